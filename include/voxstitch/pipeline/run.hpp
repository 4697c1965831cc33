// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a volume walked block by block, on all cores, within a memory budget?

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/core/cancel.hpp"
#include "voxstitch/core/memory_budget.hpp"
#include "voxstitch/core/progress.hpp"
#include "voxstitch/core/recycled_memory.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/handed_work.hpp"
#include "voxstitch/pipeline/mask_reader.hpp"
#include "voxstitch/pipeline/masking.hpp"
#include "voxstitch/pipeline/placement.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/reading_order.hpp"
#include "voxstitch/pipeline/recipe.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// One output: what it holds, and one sink per dataset (class maps have one per class).
template <io::volume_sink Sink>
struct output_target {
  recipe what;
  std::vector<Sink*> sinks;
  std::optional<box<1>> classes = {};  ///< that it is made of; all when not given
};

/// Stands where a classifier stands and needs no input: its values were computed before.
///
/// Let `c` be a `C const`, `p` a [z, y, x, class] view of the result box of `b`. `C` models
/// computed_before iff `c.classify_at(time, b, p)` overwrites all of `p`, voxel by voxel with
/// values that depend neither on the box nor on who else asks; concurrent calls on one `c` are
/// race-free. The compiler checks the syntax; tests/support/computed_before_laws.hpp the rest.
template <class C>
concept computed_before = requires(C const& c, index_t time, block<3> const& b,
                                   strided_view<float, 4> const& p) {
  c.classify_at(time, b, p);
};

/// What the walk obeys and reports to.
struct run_control {
  int threads = 1;
  progress* voxels_done = nullptr;
  std::stop_token stop;
};

/// Which steps of the plan a walk takes, and who wants to know.
struct walk_steps {
  index_t begin = 0;
  std::optional<index_t> end;                  ///< the plan's last when not given
  std::function<bool(index_t)> is_done;        ///< such a step is left out; may be empty
  std::function<void(index_t)> after_writing;  ///< called by any thread; may be empty
};

/// Walks the blocks of one job. Every block is classified, reduced and written by tasks of one
/// arena; as many blocks are in work as the plan's budget admits, and meanwhile the next one is
/// read by tasks of another arena, which come first: nobody computes on what is not there.
template <io::volume_source Source, class Classifier, io::volume_sink Sink>
requires(classify::block_classifier<Classifier> || computed_before<Classifier>) class block_walk {
 public:
  /// @param mask source of the same z, y, x; where all its channels are 0 nothing is classified
  block_walk(Source const& source, Classifier const* classifier, Source const* mask,
             std::span<output_target<Sink> const> outputs, block_grid const& grid, plan const& p)
      : block_walk(source, classifier, mask, outputs, grid, p, placement::of_cores(grid.region)) {}
  /// @param where what of each block is written, and where
  block_walk(Source const& source, Classifier const* classifier, Source const* mask,
             std::span<output_target<Sink> const> outputs, block_grid const& grid, plan const& p,
             placement const& where)
      : source_(source), reader_(source, p.cache_bytes), classifier_(classifier), outputs_(outputs),
        grid_(grid), plan_(p), order_(grid, p.block_shape, source.description().shape[0]),
        placement_(where) {
    if (mask != nullptr)
      mask_.emplace(*mask, grid, p.block_shape, source.description().shape[0], p.mask_cache_bytes);
  }

  /// Works on the blocks of all time steps, or on some of them.
  /// @throws cancelled when stopped, and whatever reading, classifying or writing throws; what was
  /// in work is finished first.
  void operator()(run_control const& control, walk_steps const& steps = {}) const {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(control.threads) + 1);
    tbb::task_arena reading(control.threads, 0, tbb::task_arena::priority::high);
    tbb::task_arena working(control.threads, 0);  // this thread only hands blocks over
    memory_recycling const recycling(plan_.block_bytes * plan_.blocks_in_flight);
    memory_budget budget(plan_.block_bytes * plan_.blocks_in_flight);
    failure_slot failure;
    handed_work blocks(working);  // goes first: its tasks use all of these
    auto const lease_of = [&](index_t step) {
      return budget.take(share_of(step), patience, [&] { blocks.help_if_idle(); });
    };
    auto const goes_on = [&] { return !failure.raised() && !control.stop.stop_requested(); };
    index_t const end = steps.end.value_or(plan_.blocks);
    for (index_t step = steps.begin; step < end && goes_on(); ++step) {
      if (steps.is_done && steps.is_done(step)) continue;
      auto const work = std::make_shared<work_item>();
      work->step = step;
      if (!plan_.reads_ahead) work->lease = lease_of(step);
      auto const read = [&] { failure.guard([&] { load(*work); }); };
      if (plan_.reads_ahead)
        do_in(reading, read);
      else
        reading.execute(read);
      if (plan_.reads_ahead) work->lease = lease_of(step);
      blocks.add([&, work] { failure.guard([&] { work_on(*work, control, steps); }); });
    }
    blocks.wait();
    failure.rethrow();
    throw_if_stopped(control.stop);
  }

 private:
  /// Keeps the first exception of any task.
  class failure_slot {
   public:
    [[nodiscard]] bool raised() const { return raised_.load(); }
    template <class Function>
    void guard(Function&& f) {
      try {
        if (!raised()) f();
      } catch (...) {
        if (!raised_.exchange(true)) first_ = std::current_exception();
      }
    }
    void rethrow() const {
      if (first_) std::rethrow_exception(first_);
    }

   private:
    std::atomic<bool> raised_{false};
    std::exception_ptr first_;
  };

  /// A block with what was read for it.
  struct work_item {
    memory_budget::lease lease;  ///< first: given back after what it stands for
    index_t step = 0;
    block<3> where;  ///< its core: what is written
    index_t time = 0;
    std::optional<dense_array<std::uint8_t, 3>> mask;
    std::optional<detail::typed_block> raw;  ///< none where nothing is to be classified
  };

  /// Bytes of a block, as its part of what was planned for the largest. (At the volume's border a
  /// block reads less, but what it computes is as large as elsewhere.)
  [[nodiscard]] std::int64_t share_of(index_t step) const {
    block<3> const largest = detail::largest_block(grid_, plan_.block_shape);
    block<3> const b = order_.at(step);
    double const share = std::max(double(b.read.size()) / double(largest.read.size()),
                                  double(b.result.size()) / double(largest.result.size()));
    return static_cast<std::int64_t>(double(plan_.block_bytes) * std::min(1.0, share));
  }

  [[nodiscard]] index_t channels() const { return source_.description().shape[1]; }

  void load(work_item& work) const {
    index_t const step = work.step;
    work.where = order_.at(step);
    work.where.core = placement_.part(work.where);
    work.time = order_.time(step);
    if (mask_) work.mask = mask_->read(step, work.time, work.where.core);
    if (work.mask && !detail::any_inside(*work.mask) && !copies_input()) return;
    if (computed_before<Classifier> && !needs_raw()) return void(work.raw.emplace());
    auto& raw = work.raw.emplace(source_.description().type, shape_of(work.where.read));
    reader_.read(step, detail::at_time(work.time, channels(), work.where.read),
                 raw.view_at_one_time(),
                 [&](box<5> const& voxels) { return order_.next_use(voxels, step); });
  }

  void work_on(work_item& work, run_control const& control, walk_steps const& steps) const {
    throw_if_stopped(control.stop);
    if (work.raw)
      compute(work);
    else
      write_zeros(work.where, work.time);
    index_t const done = order_.at(work.step).core.size();
    index_t const step = work.step;
    work = {};
    if (steps.after_writing) steps.after_writing(step);
    if (control.voxels_done != nullptr) control.voxels_done->advance(done);
  }

  void compute(work_item& work) const {
    auto const& b = work.where;
    auto& raw = *work.raw;
    if (classifier_ == nullptr) return write_all(b, work.time, {}, raw.view());
    dense_array<float, 4> input;
    if constexpr (!computed_before<Classifier>) {
      input = dense_array<float, 4>(shape_of(b.read));
      detail::convert_planes(raw.view(), input.view());
    }
    raw = needs_raw() ? core_of(raw, b) : detail::typed_block{};
    coord<3> const r = b.result.shape();
    auto const classes = static_cast<index_t>(classifier_->class_count());
    dense_array<float, 4> planar(coord<4>{{classes, r[0], r[1], r[2]}});
    auto const p = planar.view().permuted({1, 2, 3, 0});  // z, y, x, class
    if constexpr (computed_before<Classifier>)
      classifier_->classify_at(work.time, b, p);
    else
      classifier_->classify(strided_view<float const, 4>(input.view()), b, grid_.volume, p);
    input = {};
    auto const core = planar.view().sub(detail::all_channels(classes, b.core, b.result));
    if (work.mask) detail::clear_outside(*work.mask, core);
    write_all(b, work.time, core, raw.view());
  }

  [[nodiscard]] coord<4> shape_of(box<3> const& b) const {
    coord<3> const s = b.shape();
    return {{channels(), s[0], s[1], s[2]}};
  }

  [[nodiscard]] bool needs_raw() const {
    for (auto const& o : outputs_)
      if (o.what.needs_raw()) return true;
    return false;
  }

  /// An output holds the input, also where nothing is classified.
  [[nodiscard]] bool copies_input() const {
    for (auto const& o : outputs_)
      if (o.what.kind == output_kind::raw) return true;
    return false;
  }

  [[nodiscard]] detail::typed_block core_of(detail::typed_block& raw, block<3> const& b) const {
    detail::typed_block core(source_.description().type, shape_of(b.core));
    auto const part = detail::all_channels(channels(), b.core, b.read);
    detail::copy_planes(raw.view().sub(part), core.view());
    return core;
  }

  /// Chunk by chunk, in parallel: what is made of a chunk's voxels is packed while it is hot.
  /// @param p [class, z, y, x] probabilities of the core
  void write_all(block<3> const& b, index_t t, strided_view<float, 4> const& p,
                 any_view<4> const& raw) const {
    for_each_chunk(b.core, placement_.first_chunk(b), plan_.chunk, [&](box<3> const& chunk) {
      for (auto const& o : outputs_) {
        auto values = made(o, chunk);
        o.what(part_of(classes_of(p, o), chunk, b.core), part_of(raw, chunk, b.core),
               values.view());
        write(o, b, chunk, t, values);
      }
    });
  }

  void write_zeros(block<3> const& b, index_t t) const {
    for_each_chunk(b.core, placement_.first_chunk(b), plan_.chunk, [&](box<3> const& chunk) {
      for (auto const& o : outputs_) {
        auto values = made(o, chunk);
        values.clear();
        write(o, b, chunk, t, values);
      }
    });
  }

  /// A chunk of a [channel, z, y, x] view of the core; nothing of nothing.
  template <class View>
  [[nodiscard]] static View part_of(View const& v, box<3> const& chunk, box<3> const& core) {
    if (v.extent(0) == 0) return v;
    return v.sub(detail::all_channels(v.extent(0), chunk, core));
  }

  /// The classes (axis 0) that an output is made of.
  [[nodiscard]] static strided_view<float, 4> classes_of(strided_view<float, 4> const& p,
                                                         output_target<Sink> const& o) {
    if (!o.classes) return p;
    box<4> part = box<4>::at_origin(p.shape());
    part.inclusive_min[0] = o.classes->inclusive_min[0];
    part.exclusive_max[0] = o.classes->exclusive_max[0];
    return p.sub(part);
  }

  /// Room for one output's values of a chunk.
  [[nodiscard]] static detail::typed_block made(output_target<Sink> const& o, box<3> const& chunk) {
    auto const& d = o.sinks.front()->description();
    coord<3> const s = chunk.shape();
    index_t const channels = d.shape[1] * static_cast<index_t>(o.sinks.size());
    return {d.type, {{channels, s[0], s[1], s[2]}}};
  }

  /// Hands every sink its channels of a chunk's values.
  void write(output_target<Sink> const& o, block<3> const& b, box<3> const& chunk, index_t t,
             detail::typed_block& values) const {
    index_t const per_sink = o.sinks.front()->description().shape[1];
    box<3> const place = placement_.place(b, chunk);
    auto const all = values.view_at_one_time();
    for (std::size_t i = 0; i < o.sinks.size(); ++i) {
      box<5> part = box<5>::at_origin(all.shape());
      part.inclusive_min[1] = static_cast<index_t>(i) * per_sink;
      part.exclusive_max[1] = part.inclusive_min[1] + per_sink;
      o.sinks[i]->write(detail::at_time(t, per_sink, place), all.sub(part));
    }
  }

  Source const& source_;
  io::unit_reader<Source> reader_;
  Classifier const* classifier_;
  std::optional<mask_reader<Source>> mask_;
  std::span<output_target<Sink> const> outputs_;
  block_grid grid_;
  plan plan_;
  reading_order order_;
  placement placement_;
};

}  // namespace voxstitch::pipeline
