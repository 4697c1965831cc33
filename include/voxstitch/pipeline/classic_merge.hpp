// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do class files of sub-volumes, whoever wrote them, become one file of the volume?

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/io/hdf5_source.hpp"
#include "voxstitch/pipeline/classic_tiling.hpp"
#include "voxstitch/pipeline/classic_walk.hpp"
#include "voxstitch/pipeline/classic_writer.hpp"

namespace voxstitch::pipeline {

/// Sub-volume files of equal datasets whose cores make up one volume.
struct classic_set {
  std::vector<classic_file> files;        ///< in natural order of their names
  std::vector<classic_dataset> datasets;  ///< as they become: of the whole volume

  [[nodiscard]] coord<3> shape() const { return spatial(datasets.front().description.shape); }
};

namespace detail {

/// Takes the voxel size of `other` where none is known yet.
/// @throws format_error when both are known and differ.
inline void take_voxel_size(volume_description& known, volume_description const& other,
                            std::string const& where) {
  if (other.voxel_size == std::array<double, 3>{}) return;
  if (known.voxel_size == std::array<double, 3>{}) {
    known.voxel_size = other.voxel_size;
    known.voxel_unit = other.voxel_unit;
  }
  if (known.voxel_size != other.voxel_size || known.voxel_unit != other.voxel_unit)
    throw format_error(where + " has another voxel size than the files before it");
}

/// @throws format_error, which names both files, unless `f` has the datasets of `first`.
inline void require_same_datasets(classic_file const& f, classic_file const& first,
                                  std::vector<classic_dataset>& all) {
  if (names_of(f) != names_of(first))
    throw format_error("merge: " + quoted(f.path) + " holds the classes " + names_of(f) + ", but " +
                       quoted(first.path) + " holds " + names_of(first) +
                       "; files of one volume have the same");
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto const& d = f.datasets[i];
    std::string const where = "merge: " + quoted(f.path) + ": '/" + d.name + "'";
    if (d.description.type != all[i].description.type)
      throw format_error(where + " is " + to_string(d.description.type) + ", but in " +
                         quoted(first.path) + " it is " + to_string(all[i].description.type) +
                         "; make them of one type");
    take_voxel_size(all[i].description, d.description, where);
  }
}

}  // namespace detail

/// Reads all headers and checks them against each other, before any work.
/// @throws io_error, format_error that name the file: not readable, not of the layout, other
/// classes or types than the first, cores that leave a gap or overlap.
[[nodiscard]] inline classic_set read_classic_set(std::vector<std::string> const& paths) {
  classic_set set;
  set.files = read_classic_files(paths);
  coord<3> const shape = tiled_shape(set.files);
  set.datasets = set.files.front().datasets;
  for (auto const& f : set.files) detail::require_same_datasets(f, set.files.front(), set.datasets);
  for (auto& d : set.datasets) d.description.shape = of_one_channel(shape);
  return set;
}

/// One dataset of all files as one volume: each voxel from the file whose core holds it. A
/// volume_source; files are opened for each read, for there may be thousands.
class classic_volume {
 public:
  /// @param set     must outlive the volume
  /// @param dataset number of one of its datasets
  classic_volume(classic_set const& set, std::size_t dataset) : set_(&set), dataset_(dataset) {
    for (auto const& f : set.files) by_begin_[f.place.core.inclusive_min[0]].push_back(&f);
    for (auto const& f : set.files) deepest_ = std::max(deepest_, f.place.core.extent(0));
  }

  [[nodiscard]] volume_description const& description() const {
    return set_->datasets[dataset_].description;
  }
  /// Single voxels: the files' chunks do not lie in the volume's grid. What unpacking these takes
  /// is not counted by who plans for single voxels.
  [[nodiscard]] coord<5> decode_unit() const { return coord<5>::filled(1); }

  /// @throws io_error, format_error or shape_error, which name the file, when one cannot be read or
  /// has changed.
  void read(box<5> const& b, any_view<5> const& v) const {
    box<3> const wanted{spatial(b.inclusive_min), spatial(b.exclusive_max)};
    if (b.empty()) return;
    auto group = by_begin_.upper_bound(wanted.inclusive_min[0] - deepest_);
    for (; group != by_begin_.end() && group->first < wanted.exclusive_max[0]; ++group)
      for (auto const* f : group->second)
        if (box<3> const part = intersection(f->place.core, wanted); !part.empty())
          read_part(*f, part, v.sub(detail::at_time(0, 1, relative_to(part, wanted))));
  }

 private:
  void read_part(classic_file const& f, box<3> const& part, any_view<5> const& v) const {
    io::hdf5_source const file(f.path, f.datasets[dataset_].name, "zyx");
    file.read(detail::at_time(0, 1, relative_to(part, f.place.whole())), v);
  }

  classic_set const* set_;
  std::size_t dataset_;
  std::map<index_t, std::vector<classic_file const*>> by_begin_;  ///< by the core's first z
  index_t deepest_ = 0;                                           ///< extent of a core along z
};

static_assert(io::volume_source<classic_volume>);

namespace detail {

/// Memory for the chunks of a file that are unpacked at the same time.
[[nodiscard]] inline std::int64_t unpacking_bytes(classic_file const& f, std::size_t dataset,
                                                  int threads) {
  auto const& d = f.datasets[dataset];
  auto const chunks = product(zip(spatial(d.description.shape), d.chunk, divide_up));
  return std::min<index_t>(threads, chunks) * d.unpacking_bytes;
}

/// The file that takes most memory to read.
[[nodiscard]] inline classic_file const& largest_chunks(classic_set const& set, std::size_t dataset,
                                                        int threads) {
  return *std::ranges::max_element(
      set.files, {}, [&](classic_file const& f) { return unpacking_bytes(f, dataset, threads); });
}

/// A request to copy one dataset of all files; one file is read at a time.
[[nodiscard]] inline plan_request request_to_merge(classic_set const& set, std::size_t dataset,
                                                   classic_means const& means) {
  auto r = request_to_copy(io::any_source(classic_volume(set, dataset)), means);
  auto const& f = largest_chunks(set, dataset, means.threads);
  r.process_bytes += unpacking_bytes(f, dataset, means.threads);
  return r;
}

/// @throws budget_error that names the smallest budget that would do, and the file whose chunks are
/// larger than those of the merged one.
[[nodiscard]] inline plan plan_dataset(classic_set const& set, std::size_t dataset,
                                       classic_means const& means) {
  auto const r = request_to_merge(set, dataset, means);
  try {
    return make_plan(r);
  } catch (budget_error const& e) {
    auto const& f = largest_chunks(set, dataset, means.threads);
    auto const& d = f.datasets[dataset];
    if (product(d.chunk) <= product(chunk_for(set.shape(), means.chunk))) throw;
    throw budget_error(std::string(e.what()) + "; " + quoted(f.path) + ": '/" + d.name +
                       "' has chunks of " + to_string(d.chunk) +
                       " voxels (z,y,x), which are unpacked whole: smaller ones are made by "
                       "h5repack -l /" +
                       d.name + ":CHUNK=64x64x64 FILE NEW");
  }
}

/// The chunks of one merged dataset, in the spool file `spool`.
[[nodiscard]] inline io::chunk_store merged_chunks(classic_set const& set, std::size_t dataset,
                                                   std::string const& spool,
                                                   classic_means const& means,
                                                   run_control const& control) {
  io::any_source const source{classic_volume(set, dataset)};
  auto const request = request_to_merge(set, dataset, means);
  plan const p = plan_dataset(set, dataset, means);
  io::chunk_store store(spool, source.description(), of_one_channel(p.chunk));
  std::vector<classic_target> const targets(1, classic_target{recipe{output_kind::raw}, {&store}});
  block_walk<io::any_source, models::any_block_classifier, io::chunk_store> const walk(
      source, nullptr, nullptr, targets, grid_of(request), p);
  walk(control);
  store.finish();
  return store;
}

}  // namespace detail

/// How the merge of a set will be done; one dataset after the other.
/// @throws budget_error that names the smallest budget that would do.
[[nodiscard]] inline plan plan_merge(classic_set const& set, classic_means const& means) {
  std::optional<plan> largest;
  for (std::size_t i = 0; i < set.datasets.size(); ++i) {
    plan const p = detail::plan_dataset(set, i, means);
    if (!largest || p.peak_bytes > largest->peak_bytes) largest = p;
  }
  return *largest;
}

/// Writes the merged datasets in the order of their names; element types are kept. The file appears
/// when it is complete.
/// @param record is asked at the end for the text of the record beside the file
/// @throws cancelled when stopped; what reading and writing throw: nothing has changed then.
inline void merge_classic(classic_set const& set, std::string const& output,
                          classic_means const& means, run_control const& control,
                          scratch_folder const& scratch,
                          std::function<std::string()> const& record) {
  std::filesystem::remove(io::partial_name(output));  // of a process that died
  io::hdf5_writer writer(io::partial_name(output));
  for (std::size_t i = 0; i < set.datasets.size(); ++i) {
    auto const chunks = detail::merged_chunks(set, i, scratch.file("chunks"), means, control);
    io::dataset_spec spec;
    spec.name = "/" + set.datasets[i].name;
    spec.class_names = set.datasets[i].class_names;
    writer.add(spec, chunks);
  }
  writer.close();
  put_in_place_synced(output, record());
}

}  // namespace voxstitch::pipeline
