// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a dataset lie in its HDF5 file, and how are its chunks fetched?

#include "voxstitch/io/detail/hdf5_types.hpp"

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
  std::string name;                     ///< as stored in the file; may be empty
  bool available = false;               ///< whether the library can undo it
  std::vector<unsigned> settings = {};  ///< of the filter, as stored; at most 32
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
    std::vector<unsigned> settings(32);
    std::size_t values = settings.size();
    H5Z_filter_t const id = H5Pget_filter2(creation.id(), i, &flags, &values, settings.data(),
                                           name.size() - 1, name.data(), &config);
    settings.resize(std::min(values, settings.size()));
    filters.push_back({id, name.data(), H5Zfilter_avail(id) > 0, std::move(settings)});
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

/// The element that stands for what was never written, in this machine's byte order. (Where a
/// damaged file claims a fill value of less than 0 bytes, the library would follow a null pointer:
/// it is asked first whether there is one.)
/// @throws format_error when the fill value is damaged.
[[nodiscard]] inline std::array<std::byte, 8> fill_value(handle const& dataset, element_type type) {
  library_lock const lock;
  handle const creation = creation_of(dataset);
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  checked<format_error>(H5Pfill_value_defined(creation.id(), &defined), [&] {
    return place_of(dataset) + ": the fill value is damaged; use another copy of the file";
  });
  std::array<std::byte, 8> value{};
  H5Pget_fill_value(creation.id(), native_type(type), value.data());
  H5Eclear2(H5E_DEFAULT);
  return value;
}

using file_offset = std::vector<hsize_t>;

[[nodiscard]] inline file_offset to_offset(std::vector<index_t> const& values) {
  return {values.begin(), values.end()};
}

namespace detail {

template <class Text>
[[nodiscard]] handle space_of(file_offset const& shape, Text const& doing) {
  return owned(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), doing);
}

/// A space of which only a box is meant.
template <class Text>
[[nodiscard]] handle selected(handle space, file_offset const& begin, file_offset const& shape,
                              Text const& doing) {
  checked(
      H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), nullptr, shape.data(), nullptr),
      doing);
  return space;
}

}  // namespace detail

/// A chunk as it lies in the file; bit i of the mask set: filter i was skipped.
struct raw_chunk {
  std::vector<std::byte> bytes;
  std::uint32_t skipped_filters = 0;
};

/// Bytes of the chunk that begins at `at`; 0 when it was never written. (The library's other
/// question, for all that it knows about a chunk, walks through the whole index.)
/// @throws format_error when it claims more than `max_bytes`.
[[nodiscard]] inline std::size_t chunk_size(handle const& dataset, file_offset const& at,
                                            std::size_t max_bytes) {
  hsize_t size = 0;
  if (H5Dget_chunk_storage_size(dataset.id(), at.data(), &size) < 0) {
    std::string const message = last_message();
    if (message == "chunk storage is not allocated") return 0;
    throw io_error(place_of(dataset) + ": a chunk cannot be found: HDF5: " + message);
  }
  if (size > max_bytes)
    throw format_error(place_of(dataset) + ": a chunk claims " + std::to_string(size) +
                       " bytes, but can have at most " + std::to_string(max_bytes) +
                       ": the file is damaged");
  return size;
}

/// The chunk that begins at `offset` (file order, elements); nothing when it was never written.
/// @pre the dataset has filters
/// @throws format_error when it claims more than `max_bytes`.
[[nodiscard]] inline std::optional<raw_chunk>
read_chunk(handle const& dataset, std::vector<index_t> const& offset, std::size_t max_bytes) {
  library_lock const lock;
  file_offset const at = to_offset(offset);
  raw_chunk chunk;
  chunk.bytes.resize(chunk_size(dataset, at, max_bytes));
  if (chunk.bytes.empty()) return std::nullopt;
  checked(H5Dread_chunk(dataset.id(), H5P_DEFAULT, at.data(), &chunk.skipped_filters,
                        chunk.bytes.data()),
          [&] { return place_of(dataset) + ": a chunk cannot be read"; });
  return chunk;
}

/// The same of a dataset without filters. Asked for such a chunk, the library would copy as many
/// bytes as the index claims and not tell how many: it is asked for the voxels instead. What lies
/// beyond the volume's end is 0.
/// @param extents of a chunk, file order
/// @throws format_error when it claims more than `max_bytes`, or its size is not `bytes`.
[[nodiscard]] inline std::optional<raw_chunk>
read_plain_chunk(handle const& dataset, std::vector<index_t> const& offset,
                 std::vector<index_t> const& extents, std::size_t bytes, std::size_t max_bytes) {
  library_lock const lock;
  file_offset const at = to_offset(offset);
  std::size_t const size = chunk_size(dataset, at, max_bytes);
  if (size == 0) return std::nullopt;
  if (size != bytes)
    throw format_error(place_of(dataset) + ": a chunk has " + std::to_string(size) +
                       " bytes instead of " + std::to_string(bytes) + ": the file is damaged");
  auto const doing = [&] { return place_of(dataset) + ": a chunk cannot be read"; };
  file_offset const whole = to_offset(extents);
  file_offset count = to_offset(shape_of(dataset));
  for (std::size_t i = 0; i < count.size(); ++i) count[i] = std::min(whole[i], count[i] - at[i]);
  handle const in_file =
      detail::selected(owned(H5Dget_space(dataset.id()), doing), at, count, doing);
  file_offset const begin(count.size(), 0);
  handle const in_memory = detail::selected(detail::space_of(whole, doing), begin, count, doing);
  raw_chunk chunk;
  chunk.bytes.resize(bytes);
  checked(H5Dread(dataset.id(), type_of(dataset).id(), in_memory.id(), in_file.id(), H5P_DEFAULT,
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
  handle const in_file =
      detail::selected(owned(H5Dget_space(dataset.id()), doing), start, count, doing);
  handle const in_memory = detail::space_of(count, doing);
  checked(H5Dread(dataset.id(), memory_type, in_memory.id(), in_file.id(), H5P_DEFAULT, memory),
          doing);
}

}  // namespace voxstitch::io::detail::hdf5
