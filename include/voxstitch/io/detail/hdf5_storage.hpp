// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a dataset lie in its HDF5 file, and how are its chunks fetched?

#include "voxstitch/io/detail/hdf5_calls.hpp"

namespace voxstitch::io::detail::hdf5 {

enum class layout { contiguous, chunked, other };

[[nodiscard]] inline handle creation_of(handle const& dataset) {
  library_lock const lock;
  return owned(H5Dget_create_plist(dataset.id()), [&] { return place_of(dataset); });
}

/// Other: compact, external, virtual, or chunked with unfiltered chunks at the ends.
[[nodiscard]] inline layout layout_of(handle const& dataset) {
  library_lock const lock;
  handle const creation = creation_of(dataset);
  H5D_layout_t const stored = H5Pget_layout(creation.id());
  if (stored == H5D_CONTIGUOUS)
    return H5Pget_external_count(creation.id()) == 0 ? layout::contiguous : layout::other;
  unsigned options = 0;
  bool const usual =
      stored == H5D_CHUNKED && H5Pget_chunk_opts(creation.id(), &options) >= 0 && options == 0;
  H5Eclear2(H5E_DEFAULT);
  return usual ? layout::chunked : layout::other;
}

/// Extents of a chunk in the file's order.
/// @pre the dataset is chunked
[[nodiscard]] inline std::vector<index_t> chunk_of(handle const& dataset) {
  library_lock const lock;
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  int const rank = checked(H5Pget_chunk(creation_of(dataset).id(), H5S_MAX_RANK, sizes.data()),
                           [&] { return place_of(dataset); });
  return {sizes.begin(), sizes.begin() + rank};
}

/// One step of a dataset's filter pipeline, in the order of writing.
struct filter {
  H5Z_filter_t id = 0;
  std::string name;        ///< as stored in the file; may be empty
  bool available = false;  ///< whether the library can undo it
};

[[nodiscard]] inline std::vector<filter> filters_of(handle const& dataset) {
  library_lock const lock;
  handle const creation = creation_of(dataset);
  std::vector<filter> filters;
  int const count = H5Pget_nfilters(creation.id());
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(count, 0)); ++i) {
    std::array<char, 256> name{};
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t values = 0;
    H5Z_filter_t const id = H5Pget_filter2(creation.id(), i, &flags, &values, nullptr,
                                           name.size() - 1, name.data(), &config);
    filters.push_back({id, name.data(), H5Zfilter_avail(id) > 0});
  }
  H5Eclear2(H5E_DEFAULT);
  return filters;
}

/// Whether a dataset is stored in the file that was opened by that name: an external link leads to
/// another one.
[[nodiscard]] inline bool is_stored_in(handle const& dataset, std::string const& path) {
  library_lock const lock;
  handle const file(H5Iget_file_id(dataset.id()));
  std::string name(
      static_cast<std::size_t>(std::max<ssize_t>(H5Fget_name(file.id(), nullptr, 0), 0)) + 1, '\0');
  ssize_t const length = H5Fget_name(file.id(), name.data(), name.size());
  H5Eclear2(H5E_DEFAULT);
  name.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  return name == path;
}

/// Where the bytes of a contiguous dataset begin in the file; nothing when none were ever written.
[[nodiscard]] inline std::optional<std::uint64_t> data_offset(handle const& dataset) {
  library_lock const lock;
  haddr_t const offset = H5Dget_offset(dataset.id());
  H5Eclear2(H5E_DEFAULT);
  return offset == HADDR_UNDEF ? std::nullopt : std::optional<std::uint64_t>(offset);
}

/// The element that stands for what was never written, in this machine's byte order.
[[nodiscard]] inline std::array<std::byte, 8> fill_value(handle const& dataset, element_type type) {
  library_lock const lock;
  std::array<std::byte, 8> value{};
  H5Pget_fill_value(creation_of(dataset).id(), native_type(type), value.data());
  H5Eclear2(H5E_DEFAULT);
  return value;
}

using file_offset = std::vector<hsize_t>;

[[nodiscard]] inline file_offset to_offset(std::vector<index_t> const& values) {
  return {values.begin(), values.end()};
}

/// A chunk as it lies in the file; bit i of the mask set: filter i was skipped.
struct raw_chunk {
  std::vector<std::byte> bytes;
  std::uint32_t skipped_filters = 0;
};

/// The chunk that begins at `offset` (file order, elements); nothing when it was never written.
/// @throws format_error when it claims more than `max_bytes`.
[[nodiscard]] inline std::optional<raw_chunk>
read_chunk(handle const& dataset, std::vector<index_t> const& offset, std::size_t max_bytes) {
  library_lock const lock;
  file_offset const at = to_offset(offset);
  auto const doing = [&] { return place_of(dataset) + ": a chunk cannot be read"; };
  unsigned mask = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t size = 0;
  checked(H5Dget_chunk_info_by_coord(dataset.id(), at.data(), &mask, &address, &size), doing);
  if (address == HADDR_UNDEF || size == 0) return std::nullopt;
  if (size > max_bytes)
    throw format_error(place_of(dataset) + ": a chunk claims " + std::to_string(size) +
                       " bytes, but can have at most " + std::to_string(max_bytes) +
                       ": the file is damaged");
  raw_chunk chunk;
  chunk.bytes.resize(size);
  checked(H5Dread_chunk(dataset.id(), H5P_DEFAULT, at.data(), &chunk.skipped_filters,
                        chunk.bytes.data()),
          doing);
  return chunk;
}

/// Reads a box (file order) through the library's own filters into dense `memory`.
inline void read_box(handle const& dataset, hid_t memory_type, std::vector<index_t> const& begin,
                     std::vector<index_t> const& shape, void* memory) {
  library_lock const lock;
  file_offset const start = to_offset(begin);
  file_offset const count = to_offset(shape);
  auto const doing = [&] { return place_of(dataset) + " cannot be read"; };
  handle const in_file = owned(H5Dget_space(dataset.id()), doing);
  checked(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                              nullptr),
          doing);
  handle const in_memory =
      owned(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), doing);
  checked(H5Dread(dataset.id(), memory_type, in_memory.id(), in_file.id(), H5P_DEFAULT, memory),
          doing);
}

}  // namespace voxstitch::io::detail::hdf5
