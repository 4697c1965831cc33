// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a volume read once, tile after tile, in bounded memory?

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "voxstitch/core/cancel.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/reading_order.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// A box of a region that has been read.
struct tile {
  index_t time = 0;
  box<3> where;        ///< z, y, x; counted from the region's first voxel
  any_view<4> values;  ///< c, z, y, x
};

/// Reads a region of a volume, all channels and time steps, in tiles that do not overlap.
template <io::volume_source Source>
class tile_walk {
 public:
  /// @param region z, y, x; in the source
  /// @param p      plan of the walk that request_for() asks for
  tile_walk(Source const& source, box<3> const& region, plan const& p)
      : source_(source), reader_(source, p.cache_bytes), region_(region),
        order_(block_grid{box<3>::at_origin(spatial(source.description().shape)), region, {}, {}},
               p.block_shape, source.description().shape[0]) {}

  /// What to plan for: see make_plan(). The caller adds memory, threads and wishes.
  /// @param bytes_per_voxel that whoever visits the tiles needs, besides a float per channel
  [[nodiscard]] static plan_request request_for(Source const& source, box<3> const& region,
                                                std::int64_t bytes_per_voxel) {
    plan_request r;
    r.input = source.description();
    r.decode_unit = io::piece_shape(r.input, source.decode_unit());
    r.region = region;
    r.class_count = 1;
    r.scratch_bytes = [=](block<3> const& b) { return b.core.size() * bytes_per_voxel; };
    return r;
  }

  /// Calls `visit(tile)` for every tile, one after the other, in a task arena of all threads.
  /// @param wanted wanted(box<3>): whether a tile there must be read; the box is as tile::where
  /// @throws cancelled when stopped, what reading throws and what `visit` throws.
  template <class Visit, class Wanted>
  void operator()(run_control const& control, Visit const& visit, Wanted const& wanted) const {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(control.threads));
    tbb::task_arena arena(control.threads);
    for (index_t step = 0; step < order_.size(); ++step) {
      throw_if_stopped(control.stop);
      box<3> const core = order_.at(step).core;
      if (wanted(relative_to(core, region_))) arena.execute([&] { read_tile(step, core, visit); });
      if (control.voxels_done != nullptr) control.voxels_done->advance(core.size());
    }
  }

  template <class Visit>
  void operator()(run_control const& control, Visit const& visit) const {
    (*this)(control, visit, [](box<3> const&) { return true; });
  }

 private:
  template <class Visit>
  void read_tile(index_t step, box<3> const& core, Visit const& visit) const {
    auto const& d = source_.description();
    coord<3> const s = core.shape();
    detail::typed_block values(d.type, {{d.shape[1], s[0], s[1], s[2]}});
    reader_.read(step, detail::at_time(order_.time(step), d.shape[1], core),
                 values.view_at_one_time(),
                 [&](box<5> const& voxels) { return order_.next_use(voxels, step); });
    visit(tile{order_.time(step), relative_to(core, region_), values.view()});
  }

  Source const& source_;
  io::unit_reader<Source> reader_;
  box<3> region_;
  reading_order order_;
};

}  // namespace voxstitch::pipeline
