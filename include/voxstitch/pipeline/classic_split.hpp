// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a volume become sub-volume files of the split-classify-merge workflow?

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "voxstitch/pipeline/classic_walk.hpp"
#include "voxstitch/pipeline/classic_writer.hpp"

namespace voxstitch::pipeline {

/// Which blocks of which volume become files.
struct classic_split {
  io::any_source input;        ///< one channel, one time
  coord<3> block{};            ///< voxels of a core; the last of an axis may differ
  coord<3> overlap{};          ///< voxels around a core, clipped to the volume
  std::filesystem::path stem;  ///< folder and begin of the files' names

  [[nodiscard]] blocking<3> blocks() const {
    return {box<3>::at_origin(spatial(input.description().shape)), block, {}, overlap};
  }
  /// "<name>00007".
  [[nodiscard]] std::string name(index_t index) const {
    return classic_name(stem.filename().string(), index, blocks().size());
  }
  [[nodiscard]] std::string file(index_t index) const {
    return (stem.parent_path() / (name(index) + ".hdf5")).string();
  }
};

/// Where a block's file lies in the volume.
[[nodiscard]] inline classic_place classic_place_of(block<3> const& b) {
  return {b.core, b.core.inclusive_min - b.result.inclusive_min,
          b.result.exclusive_max - b.core.exclusive_max};
}

/// Takes whole blocks, side by side in slots, and makes a file of each. A volume_sink.
/// @thread_safety write() and finish_block() may be called concurrently, for different blocks.
class classic_file_sink {
 public:
  /// @param split   must outlive the sink, as must `scratch`
  /// @param chunk   of the files (z, y, x)
  classic_file_sink(classic_split const& split, coord<3> const& chunk,
                    scratch_folder const& scratch)
      : split_(split), blocks_(split.blocks()), chunk_(chunk), scratch_(scratch),
        slots_(placement::of_results(blocks_, chunk)), description_(split.input.description()) {
    description_.shape = of_one_channel(slots_.shape());
    description_.axes = "zyx";
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> chunk() const { return of_one_channel(chunk_); }

  void write(box<5> const& b, any_view<5> const& v) {
    coord<3> const position =
        zip(spatial(b.inclusive_min), slots_.slot(), [](index_t p, index_t s) { return p / s; });
    coord<3> const first = zip(position, slots_.slot(), [](index_t n, index_t s) { return n * s; });
    box<5> const within = shifted(b, coord<5>{{0, 0, -first[0], -first[1], -first[2]}});
    store_of(blocks_.index_of(position)).write(within, v);
  }

  /// Writes the file of a block whose voxels have all come.
  void finish_block(index_t index) {
    auto const store = taken(index);
    io::dataset_spec spec;
    spec.name = "/" + split_.name(index);
    write_classic_file(split_.file(index), classic_place_of(blocks_[index]), {{spec, store.get()}});
    put_in_place_synced(split_.file(index));
  }

  void finish() {}

 private:
  [[nodiscard]] volume_description described(index_t index) const {
    volume_description d = description_;
    d.shape = of_one_channel(blocks_[index].result.shape());
    return d;
  }

  [[nodiscard]] io::chunk_store& store_of(index_t index) {
    std::lock_guard const lock(mutex_);
    auto& store = stores_[index];
    if (!store)
      store = std::make_unique<io::chunk_store>(scratch_.file(std::to_string(index)),
                                                described(index), chunk());
    return *store;
  }

  [[nodiscard]] std::unique_ptr<io::chunk_store> taken(index_t index) {
    std::lock_guard const lock(mutex_);
    return std::move(stores_.extract(index).mapped());
  }

  classic_split const& split_;
  blocking<3> blocks_;
  coord<3> chunk_;
  scratch_folder const& scratch_;
  placement slots_;
  volume_description description_;
  std::mutex mutex_;
  std::map<index_t, std::unique_ptr<io::chunk_store>> stores_;
};

static_assert(io::volume_sink<classic_file_sink>);

namespace detail {

[[nodiscard]] inline plan_request request_to_split(classic_split const& s,
                                                   classic_means const& means) {
  auto r = request_to_copy(s.input, means);
  r.overlap = s.overlap;
  return r;
}

}  // namespace detail

/// How the blocks will be read: exactly the blocks that were asked for.
/// @throws shape_error for a volume of several channels or times; budget_error that names the
/// smallest budget that would do.
[[nodiscard]] inline plan plan_split(classic_split const& s, classic_means const& means) {
  auto const& d = s.input.description();
  if (d.shape[0] != 1 || d.shape[1] != 1)
    throw shape_error("split: the input has " + std::to_string(d.shape[1]) + " channels and " +
                      std::to_string(d.shape[0]) +
                      " times, but sub-volume files hold one of each; take them apart first");
  auto const r = detail::request_to_split(s, means);
  auto g = detail::readings_of(r);
  coord<3> const chunk = chunk_for(r.region.shape(), r.chunk);
  for (auto const& [way, factor] : detail::ways_for(r)) {
    plan const p = detail::plan_of_shape(r, g, chunk, s.block, way);
    if (p.peak_bytes <= r.budget_bytes) return detail::completed(p, r);
  }
  auto const needed = detail::mebibytes(peak_bytes(r, g.input.grid(), chunk, s.block, {}));
  throw budget_error("memory budget: --ram " + detail::budget_text(r.budget_bytes) +
                     " is too small; blocks of " + to_string(s.block) +
                     " voxels (z,y,x) and their overlap need " + needed + "; give at least --ram " +
                     needed + " or a smaller --block");
}

/// What becomes of sub-volume files that exist.
enum class existing_files { keep, replace };

/// Writes the files of the blocks; each appears when it is complete.
/// @throws cancelled when stopped; what reading and writing throw; finished files stay.
inline void split_classic(classic_split const& s, plan const& p, classic_means const& means,
                          run_control const& control, scratch_folder const& scratch,
                          existing_files existing = existing_files::keep) {
  classic_file_sink sink(s, p.chunk, scratch);
  auto const grid = detail::grid_of(detail::request_to_split(s, means));
  using target = output_target<classic_file_sink>;
  std::vector<target> const targets(1, target{recipe{output_kind::raw}, {&sink}});
  block_walk<io::any_source, models::any_block_classifier, classic_file_sink> const walk(
      s.input, nullptr, nullptr, targets, grid, p, placement::of_results(s.blocks(), p.chunk));
  auto const is_done = [&](index_t i) {
    return existing == existing_files::keep && std::filesystem::exists(s.file(i));
  };
  walk(control, {0, {}, is_done, [&](index_t i) { sink.finish_block(i); }});
}

}  // namespace voxstitch::pipeline
