// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do small datasets and attributes hold?

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/io/detail/hdf5_claims.hpp"
#include "voxstitch/io/detail/hdf5_string_heap.hpp"

namespace voxstitch::io::detail::hdf5 {

namespace detail {
/// Reads everything of an attribute or a dataset into `memory` as elements of `type`.
inline void read_whole(handle const& from, hid_t type, void* memory,
                       hid_t properties = H5P_DEFAULT) {
  bool const is_attribute = H5Iget_type(from.id()) == H5I_ATTR;
  checked<format_error>(is_attribute
                            ? H5Aread(from.id(), type, memory)
                            : H5Dread(from.id(), type, H5S_ALL, H5S_ALL, properties, memory),
                        [&] { return place_of(from) + ": the values cannot be read"; });
}

/// Memory for the strings of one read. All of them stand in the file, each once; a file whose
/// strings are longer than itself was made to fill the memory.
class string_memory {
 public:
  explicit string_memory(std::uint64_t most_bytes) : left_(most_bytes) {}
  string_memory(string_memory const&) = delete;
  string_memory& operator=(string_memory const&) = delete;

  /// A property list for reading with this memory.
  [[nodiscard]] handle properties() {
    handle list = new_properties(H5P_DATASET_XFER);
    H5Pset_vlen_mem_manager(list.id(), &allocate, this, &keep, nullptr);
    return list;
  }

 private:
  static void* allocate(std::size_t bytes, void* self) noexcept {
    auto& memory = *static_cast<string_memory*>(self);
    if (bytes > memory.left_) return nullptr;
    try {
      memory.strings_.push_back(std::make_unique<char[]>(bytes));
    } catch (...) {
      return nullptr;
    }
    memory.left_ -= bytes;
    return memory.strings_.back().get();
  }
  /// (All are freed at once, by the destructor.)
  static void keep(void*, void*) noexcept {}

  std::uint64_t left_;
  std::vector<std::unique_ptr<char[]>> strings_;
};

[[nodiscard]] inline std::vector<std::string> to_strings(std::vector<char*> const& pointers) {
  std::vector<std::string> strings;
  for (char const* p : pointers) strings.emplace_back(p == nullptr ? "" : p);
  return strings;
}

/// Of an attribute, which the library reads with no memory but its own: few strings only.
[[nodiscard]] inline std::vector<std::string>
read_varying_attribute(handle const& from, handle const& memory_type, std::size_t count) {
  constexpr std::size_t most = 64;
  if (count > most)
    throw format_error(place_of(from) + ": an attribute of " + std::to_string(count) +
                       " strings, but at most " + std::to_string(most) + " are read");
  std::vector<char*> pointers(count, nullptr);
  read_whole(from, memory_type.id(), pointers.data());
  auto strings = to_strings(pointers);
  handle const space = owned(H5Aget_space(from.id()), "data space");
  H5Dvlen_reclaim(memory_type.id(), space.id(), H5P_DEFAULT, pointers.data());
  return strings;
}

/// Makes sure of the strings before the library reads them, in the usual kind of dataset: it lies
/// in its file in one piece, and addresses have 8 bytes.
inline void check_references(handle const& dataset, std::size_t count) {
  haddr_t const offset = H5Dget_offset(dataset.id());
  handle const file(H5Iget_file_id(dataset.id()));
  handle const creation(H5Fget_create_plist(file.id()));
  std::size_t address_bytes = 0;
  std::size_t length_bytes = 0;
  hsize_t base = 0;
  H5Pget_sizes(creation.id(), &address_bytes, &length_bytes);
  H5Pget_userblock(creation.id(), &base);
  H5Eclear2(H5E_DEFAULT);
  if (offset == HADDR_UNDEF || address_bytes != 8 || length_bytes != 8) return;
  auto const raw = posix_file::open_to_read(path_of(dataset));
  std::vector<std::byte> references(count * hdf5_string_heap::reference_bytes);
  raw.read_at(offset, references);
  hdf5_string_heap(raw, base).check(references);
}

[[nodiscard]] inline std::vector<std::string> read_varying(handle const& from, handle const& type,
                                                           std::size_t count) {
  constexpr std::uint64_t small = 1 << 20;
  handle const memory_type = owned(H5Tcopy(H5T_C_S1), "string type");
  H5Tset_size(memory_type.id(), H5T_VARIABLE);
  H5Tset_cset(memory_type.id(), H5Tget_cset(type.id()));
  if (H5Iget_type(from.id()) == H5I_ATTR) return read_varying_attribute(from, memory_type, count);
  check_references(from, count);
  string_memory memory(small + file_bytes(from));
  std::vector<char*> pointers(count, nullptr);
  read_whole(from, memory_type.id(), pointers.data(), memory.properties().id());
  return to_strings(pointers);
}

/// Fixed length (padded with NULs or blanks) and opaque strings: the stored bytes up to a NUL.
[[nodiscard]] inline std::vector<std::string> read_fixed(handle const& from, handle const& type,
                                                         std::size_t count) {
  std::size_t const size = H5Tget_size(type.id());
  std::vector<char> bytes(count * size);
  read_whole(from, type.id(), bytes.data());
  bool const blanks =
      H5Tget_class(type.id()) == H5T_STRING && H5Tget_strpad(type.id()) == H5T_STR_SPACEPAD;
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < count; ++i) {
    char const* const first = bytes.data() + i * size;
    strings.emplace_back(first, strnlen(first, size));
    if (blanks) strings.back().erase(strings.back().find_last_not_of(' ') + 1);
  }
  return strings;
}

[[nodiscard]] inline std::size_t count_of(handle const& space) {
  return static_cast<std::size_t>(checked(H5Sget_simple_extent_npoints(space.id()), "data space"));
}

[[nodiscard]] inline handle space_of(handle const& from) {
  bool const is_attribute = H5Iget_type(from.id()) == H5I_ATTR;
  return owned(is_attribute ? H5Aget_space(from.id()) : H5Dget_space(from.id()),
               [&] { return place_of(from); });
}
}  // namespace detail

/// All strings of a dataset or attribute, first axis slowest: of varying length, fixed length
/// (padded) or opaque. The bytes are UTF-8 whatever the file's character set says.
/// @throws format_error when it holds something else, or claims more than the file can hold.
[[nodiscard]] inline std::vector<std::string> read_strings(handle const& from) {
  library_lock const lock;
  bool const is_attribute = H5Iget_type(from.id()) == H5I_ATTR;
  handle const type = is_attribute ? type_of_attribute(from) : type_of(from);
  std::size_t const count = detail::count_of(detail::space_of(from));
  H5T_class_t const kind = H5Tget_class(type.id());
  if (kind != H5T_STRING && kind != H5T_OPAQUE)
    throw format_error(place_of(from) + " holds " + describe(type) + ", but should hold strings");
  if (count == 0) return {};
  check_claim(from);
  return kind == H5T_STRING && H5Tis_variable_str(type.id()) > 0
             ? detail::read_varying(from, type, count)
             : detail::read_fixed(from, type, count);
}

/// All numbers of a dataset or attribute, converted to T by the library (bools are 0 and 1).
/// @throws format_error when it holds something else, or claims more than the file can hold.
template <class T>
[[nodiscard]] std::vector<T> read_numbers(handle const& from) {
  library_lock const lock;
  bool const is_attribute = H5Iget_type(from.id()) == H5I_ATTR;
  handle const type = is_attribute ? type_of_attribute(from) : type_of(from);
  if (!number_type(type))
    throw format_error(place_of(from) + " holds " + describe(type) + ", but should hold numbers");
  check_claim(from);
  std::vector<T> values(detail::count_of(detail::space_of(from)));
  if (!values.empty()) detail::read_whole(from, native_type(element_type_of<T>), values.data());
  return values;
}

[[nodiscard]] inline bool has_attribute(handle const& object, std::string const& name) {
  library_lock const lock;
  return H5Aexists(object.id(), name.c_str()) > 0;
}

/// @throws format_error when there is none.
[[nodiscard]] inline handle open_attribute(handle const& object, std::string const& name) {
  library_lock const lock;
  return owned<format_error>(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), [&] {
    return place_of(object) + ": there is no attribute " + quoted(name);
  });
}

/// The strings of an attribute; nothing when it is absent or holds no strings.
[[nodiscard]] inline std::optional<std::vector<std::string>>
string_attribute(handle const& object, std::string const& name) {
  if (!has_attribute(object, name)) return std::nullopt;
  try {
    return read_strings(open_attribute(object, name));
  } catch (format_error const&) {
    return std::nullopt;
  }
}

/// The numbers of an attribute; nothing when it is absent or holds no numbers.
template <class T>
[[nodiscard]] std::optional<std::vector<T>> number_attribute(handle const& object,
                                                             std::string const& name) {
  if (!has_attribute(object, name)) return std::nullopt;
  try {
    return read_numbers<T>(open_attribute(object, name));
  } catch (format_error const&) {
    return std::nullopt;
  }
}

}  // namespace voxstitch::io::detail::hdf5
