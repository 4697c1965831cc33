// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does one sub-volume file become its file of class maps?

#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "voxstitch/io/dataset_name.hpp"
#include "voxstitch/pipeline/classic_walk.hpp"
#include "voxstitch/pipeline/classic_writer.hpp"
#include "voxstitch/pipeline/job.hpp"

namespace voxstitch::pipeline {

/// "parts/brain00007.hdf5" becomes "subvol_brain00007.h5" in `folder`.
[[nodiscard]] inline std::string class_file_of(std::string const& path, std::string const& folder) {
  auto const stem = std::filesystem::path(path).stem().string();
  return (std::filesystem::path(folder) / ("subvol_" + stem + ".h5")).string();
}

/// The dataset of a sub-volume's raw values: of the file's own name, else the only one there is.
/// @throws format_error that names the file when that is not clear.
[[nodiscard]] inline classic_dataset const& raw_dataset(classic_file const& f) {
  auto const stem = std::filesystem::path(f.path).stem().string();
  for (auto const& d : f.datasets)
    if (d.name == stem) return d;
  if (f.datasets.size() == 1) return f.datasets.front();
  throw format_error(quoted(f.path) + " holds " + std::to_string(f.datasets.size()) + " volumes (" +
                     detail::names_of(f) + ") and none named '/" + stem +
                     "': which one holds the raw values is not clear");
}

/// Files whose overlap is less than the classifier's reach, although the volume goes on there.
struct missing_overlap {
  index_t files = 0;
  std::string first;  ///< path of the first of them
  coord<3> least{};   ///< its overlap along z, y, x, on the side that has less; at most the reach
};

namespace detail {

/// Ends of the volume along z, y, x, as far as these files tell: where a core ends, nothing lies
/// behind it and no other file reaches further; else out of reach.
[[nodiscard]] inline coord<3> known_ends(std::vector<classic_file> const& files) {
  coord<3> core_end;
  coord<3> read_end;
  for (auto const& f : files) {
    core_end = max(core_end, f.place.core.exclusive_max);
    read_end = max(read_end, f.place.whole().exclusive_max);
  }
  return zip(core_end, read_end, [](index_t core, index_t read) {
    return core == read ? core : std::numeric_limits<index_t>::max();
  });
}

/// Voxels around the core, at most `reach`; beyond the volume's border none are missing.
[[nodiscard]] inline coord<3> overlap_within(classic_place const& p, coord<3> const& reach,
                                             coord<3> const& ends) {
  coord<3> least = reach;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (p.whole().inclusive_min[axis] > 0) least[axis] = std::min(least[axis], p.left[axis]);
    if (p.whole().exclusive_max[axis] < ends[axis])
      least[axis] = std::min(least[axis], p.right[axis]);
  }
  return least;
}

}  // namespace detail

/// Compares all overlaps with the classifier's reach (z, y, x; voxels).
[[nodiscard]] inline missing_overlap overlap_missing(std::vector<classic_file> const& files,
                                                     coord<3> const& reach) {
  coord<3> const ends = detail::known_ends(files);
  missing_overlap result;
  for (auto const& f : files) {
    coord<3> const least = detail::overlap_within(f.place, reach, ends);
    if (least == reach) continue;
    if (result.files == 0) result = {0, f.path, least};
    ++result.files;
  }
  return result;
}

namespace detail {

/// One per class, named after it; never as an index dataset.
[[nodiscard]] inline std::vector<io::dataset_spec>
class_specs(std::vector<std::string> const& names) {
  std::set<std::string> taken{classic_core_name, classic_left_name, classic_right_name};
  std::vector<io::dataset_spec> specs;
  for (auto const& name : names) {
    auto& spec = specs.emplace_back();
    std::string const usable = io::usable_dataset_name(name, taken);
    spec.name = "/" + usable;
    spec.class_names = names;
  }
  return specs;
}

}  // namespace detail

/// How a sub-volume will be classified.
/// @param j a job of one output, `classes`, whose input is the sub-volume
/// @throws budget_error, shape_error with the remedy.
[[nodiscard]] inline plan plan_classify(job const& j) {
  auto const p = prepare(j);
  return make_plan(detail::request_of(j, p.grid, p.outputs));
}

/// Classifies a sub-volume as if it were a whole volume: mirrored at its borders, as the workflow
/// does it. The file of its class maps appears when it is complete.
/// @param j      as for plan_classify()
/// @param record is asked at the end for the text of the record beside the file
/// @throws cancelled when stopped; what reading, classifying and writing throw: nothing has changed
/// then.
inline void classify_classic(job const& j, classic_place const& place, std::string const& output,
                             run_control const& control, scratch_folder const& scratch,
                             std::function<std::string()> const& record) {
  auto const prepared = prepare(j);
  auto const& maps = prepared.outputs.front();
  plan const p = make_plan(detail::request_of(j, prepared.grid, prepared.outputs));
  std::deque<io::chunk_store> stores;
  std::vector<detail::classic_target> targets(1, detail::classic_target{maps.what, {}});
  for (auto const& d : maps.datasets) {
    auto const spool = scratch.file(std::to_string(stores.size()));
    stores.emplace_back(spool, d.description, of_one_channel(p.chunk));
    targets.front().sinks.push_back(&stores.back());
  }
  block_walk<io::any_source, models::any_block_classifier, io::chunk_store> const walk(
      j.input, &*j.classifier, nullptr, targets, prepared.grid, p);
  walk(control);
  std::vector<finished_dataset> finished;
  auto const specs = detail::class_specs(j.classifier->class_names());
  for (std::size_t i = 0; i < specs.size(); ++i) finished.push_back({specs[i], &stores[i]});
  write_classic_file(output, place, finished);
  put_in_place_synced(output, record());
}

}  // namespace voxstitch::pipeline
