// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a sub-volume file of the split-classify-merge workflow come into being?

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "voxstitch/io/hdf5_writer.hpp"
#include "voxstitch/io/whole_file.hpp"
#include "voxstitch/pipeline/classic_files.hpp"
#include "voxstitch/pipeline/final_files.hpp"
#include "voxstitch/pipeline/job_folder.hpp"
#include "voxstitch/pipeline/provenance.hpp"

namespace voxstitch::pipeline {

/// A folder for chunks that wait to be written; this process has it alone, and it goes with the
/// object.
class scratch_folder {
 public:
  /// @throws as job_folder.
  explicit scratch_folder(std::filesystem::path const& path)
      : folder_(path, file_lock::use::alone) {
    folder_.clear();  // of a process that died
  }
  scratch_folder(scratch_folder const&) = delete;
  scratch_folder& operator=(scratch_folder const&) = delete;
  ~scratch_folder() { folder_.remove(); }

  [[nodiscard]] std::string file(std::string const& name) const {
    return (folder_.path() / name).string();
  }

 private:
  job_folder folder_;
};

/// Finished chunks with what is said about them.
struct finished_dataset {
  io::dataset_spec spec;
  io::packed_chunks const* chunks = nullptr;
};

namespace detail {

/// The smallest unsigned type that holds them: uint8 unless an overlap is above 255.
[[nodiscard]] inline element_type type_for(coord<3> const& margin) {
  auto const largest = static_cast<std::uint64_t>(*std::max_element(margin.begin(), margin.end()));
  for (element_type type : {element_type::uint8, element_type::uint16, element_type::uint32})
    if (largest >> (8 * size_of(type)) == 0) return type;
  return element_type::uint64;
}

inline void add_margin(io::hdf5_writer& writer, std::string const& name, coord<3> const& margin) {
  writer.add_numbers(name, type_for(margin), {margin.begin(), margin.end()});
}

inline void add_indices(io::hdf5_writer& writer, classic_place const& place) {
  std::vector<std::uint64_t> core;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    core.push_back(static_cast<std::uint64_t>(place.core.inclusive_min[axis]));
    core.push_back(static_cast<std::uint64_t>(place.core.exclusive_max[axis]));
  }
  writer.add_numbers(classic_core_name, element_type::uint64, core);
  add_margin(writer, classic_left_name, place.left);
  add_margin(writer, classic_right_name, place.right);
}

}  // namespace detail

/// Gives `io::partial_name(file)`, which is on the disk, its own name, replacing what stands there;
/// so it is on the disk on return.
/// @throws io_error when the system refuses.
inline void put_in_place_synced(std::string const& file) {
  io::put_in_place(io::partial_name(file), file, io::if_exists::replace);
  io::sync_folder(std::filesystem::path(file).parent_path());
}

/// The same with a record of how the file was made beside it. Whoever finds file and record finds
/// those of one run: a record is never newer than the file it stands beside.
inline void put_in_place_synced(std::string const& file, std::string const& record) {
  bool const replaces = std::filesystem::exists(file);
  if (replaces) std::filesystem::remove(provenance_name(file));
  if (!replaces) io::write_whole_file(provenance_name(file), record);
  put_in_place_synced(file);
  if (replaces) io::write_whole_file(provenance_name(file), record);
}

/// Writes a sub-volume file under `io::partial_name(file)`.
/// @throws as hdf5_writer; there is no such file then.
inline void write_classic_file(std::string const& file, classic_place const& place,
                               std::vector<finished_dataset> const& datasets) {
  auto const part = io::partial_name(file);
  std::filesystem::remove(part);  // of a process that died
  io::hdf5_writer writer(part);
  for (auto const& d : datasets) writer.add(d.spec, *d.chunks);
  detail::add_indices(writer, place);
  writer.close();
}

}  // namespace voxstitch::pipeline
