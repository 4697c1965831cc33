// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does the HDF5 C library enter? One inline function per call; nobody else includes it.
///
/// Every function takes the library's lock itself and may be called from any thread. Failures are
/// thrown with the innermost message of HDF5's error stack; nothing is printed.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <hdf5.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/detail/hdf5_string_heap.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/view/element_type.hpp"

namespace voxstitch::io::detail::hdf5 {

/// Held while the library works: it has one global state, thread-safe build or not.
/// Recursive, so that calls may be combined. HDF5's own printing is off in threads that held it.
class library_lock {
 public:
  library_lock() : lock_(mutex()) {
    thread_local bool const silent = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
    static_cast<void>(silent);
  }

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_;
};

/// Without the lock, which would start the library.
inline void skip_exit_handler() { H5dont_atexit(); }

/// Owns one reference to any HDF5 object: file, group, dataset, attribute, type, space, list.
class handle {
 public:
  handle() = default;
  explicit handle(hid_t id) : id_(id) {}
  handle(handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  handle& operator=(handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~handle() { reset(); }

  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }
  [[nodiscard]] hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }
  void reset() {
    if (id_ < 0) return;
    library_lock const lock;
    H5Idec_ref(release());
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

// ---------------------------------------------------------------------------------------- errors

/// The innermost message of the error stack; empty when there is none.
[[nodiscard]] inline std::string last_message() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned depth, H5E_error2_t const* e, void* out) -> herr_t {
        if (depth == 0 && e->desc != nullptr) *static_cast<std::string*>(out) = e->desc;
        return 0;
      },
      &text);
  H5Eclear2(H5E_DEFAULT);
  return text;
}

/// @throws Error: "<doing>: HDF5: <innermost message>"
/// @param doing text, or a function that makes it: it is asked after the error stack was read
template <class Error = io_error, class Text>
[[noreturn]] void fail(Text const& doing) {
  std::string const message = last_message();
  std::string text;
  if constexpr (std::is_invocable_v<Text const&>)
    text = doing();
  else
    text = doing;
  throw Error(text + (message.empty() ? "" : ": HDF5: " + message));
}

/// @throws Error when `result`, an id or a status, tells a failure.
template <class Error = io_error, class Result, class Text>
Result checked(Result result, Text const& doing) {
  if (result < 0) fail<Error>(doing);
  return result;
}

template <class Error = io_error, class Text>
[[nodiscard]] handle owned(hid_t id, Text const& doing) {
  return handle(checked<Error>(id, doing));
}

// ------------------------------------------------------------------------------------ files

[[nodiscard]] inline handle new_properties(hid_t list_class) {
  library_lock const lock;
  return owned(H5Pcreate(list_class), "property list");
}

/// Opens for reading.
/// @throws io_error when there is no such file or no right to read it, format_error when it is no
/// HDF5 file or is damaged.
[[nodiscard]] inline handle open_file(std::string const& path) {
  if (access(path.c_str(), R_OK) != 0)
    throw io_error(quoted(path) + " cannot be read: " + std::strerror(errno));
  refuse_special_file(path);
  library_lock const lock;
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    H5Eclear2(H5E_DEFAULT);
    throw format_error(quoted(path) + " is not an HDF5 file (it has no HDF5 signature)");
  }
  handle const access_list = new_properties(H5P_FILE_ACCESS);
  H5Pset_file_locking(access_list.id(), true, true);
  handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_list.id()));
  if (file) return file;
  std::string const message = last_message();
  if (message.find("unable to lock") != std::string::npos)
    throw io_error(quoted(path) + " is open for writing in another program; close it there first");
  throw format_error(quoted(path) + " cannot be opened; it is damaged or cut: HDF5: " + message);
}

// ------------------------------------------------------------------------- groups and links

enum class object_kind { missing, group, dataset, other };

/// What `path` below `where` (a file or group) leads to; links that lead nowhere are missing.
[[nodiscard]] inline object_kind kind_of(handle const& where, std::string const& path) {
  library_lock const lock;
  handle const object(H5Oopen(where.id(), path.c_str(), H5P_DEFAULT));
  if (!object) {
    H5Eclear2(H5E_DEFAULT);
    return object_kind::missing;
  }
  H5I_type_t const type = H5Iget_type(object.id());
  return type == H5I_GROUP     ? object_kind::group
         : type == H5I_DATASET ? object_kind::dataset
                               : object_kind::other;
}

[[nodiscard]] inline bool exists(handle const& where, std::string const& path) {
  return kind_of(where, path) != object_kind::missing;
}

/// Path of the file that `object` belongs to.
[[nodiscard]] inline std::string path_of(handle const& object) {
  library_lock const lock;
  auto const length = H5Fget_name(object.id(), nullptr, 0);
  std::string name(static_cast<std::size_t>(std::max<decltype(length)>(length, 0)), '\0');
  if (length > 0) H5Fget_name(object.id(), name.data(), name.size() + 1);
  return name;
}

/// The same in quotes, for messages.
[[nodiscard]] inline std::string file_of(handle const& object) { return quoted(path_of(object)); }

/// "'file.h5', '/group/data'" for messages.
[[nodiscard]] inline std::string place_of(handle const& object) {
  library_lock const lock;
  auto const length = H5Iget_name(object.id(), nullptr, 0);
  std::string name(static_cast<std::size_t>(std::max<decltype(length)>(length, 0)), '\0');
  if (length > 0) H5Iget_name(object.id(), name.data(), name.size() + 1);
  return file_of(object) + ", " + quoted(name);
}

/// @throws format_error when there is none.
[[nodiscard]] inline handle open_group(handle const& where, std::string const& path) {
  library_lock const lock;
  return owned<format_error>(H5Gopen2(where.id(), path.c_str(), H5P_DEFAULT), [&] {
    return place_of(where) + ": there is no group " + quoted(path);
  });
}

/// The library keeps no chunks: where a damaged file says that one is short, a kept one would be
/// read beyond its end.
/// @throws format_error when there is none.
[[nodiscard]] inline handle open_dataset(handle const& where, std::string const& path) {
  library_lock const lock;
  handle const access_list = new_properties(H5P_DATASET_ACCESS);
  H5Pset_chunk_cache(access_list.id(), 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT);
  return owned<format_error>(H5Dopen2(where.id(), path.c_str(), access_list.id()), [&] {
    return place_of(where) + ": there is no dataset " + quoted(path);
  });
}

namespace detail {
struct link {
  std::string name;
  bool hard = true;
};
inline herr_t collect_link(hid_t, char const* name, H5L_info_t const* info, void* out) noexcept {
  try {
    static_cast<std::vector<link>*>(out)->push_back({name, info->type == H5L_TYPE_HARD});
  } catch (...) {
    return -1;
  }
  return 0;
}
[[nodiscard]] inline std::vector<link> links(handle const& group) {
  library_lock const lock;
  std::vector<link> found;
  checked(H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_link, &found),
          [&] { return place_of(group) + ": the links cannot be listed"; });
  std::sort(found.begin(), found.end(),
            [](link const& a, link const& b) { return a.name < b.name; });
  return found;
}

/// Places in the file of the groups that were seen: links may lead back to a group.
using seen_groups = std::set<std::pair<unsigned long, haddr_t>>;

[[nodiscard]] inline bool is_new(handle const& group, seen_groups& seen) {
  library_lock const lock;
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info{};
#else
  H5O_info_t info{};
#endif
  checked(H5Oget_info2(group.id(), &info, H5O_INFO_BASIC), [&] { return place_of(group); });
  return seen.emplace(info.fileno, info.addr).second;
}

inline void collect_datasets(handle const& group, std::string const& prefix, int depth,
                             seen_groups& seen, std::vector<std::string>& found) {
  if (depth == 0 || !is_new(group, seen)) return;
  for (link const& child : links(group)) {
    if (!child.hard) continue;
    object_kind const kind = kind_of(group, child.name);
    if (kind == object_kind::dataset) found.push_back(prefix + child.name);
    if (kind == object_kind::group)
      collect_datasets(open_group(group, child.name), prefix + child.name + "/", depth - 1, seen,
                       found);
  }
}
}  // namespace detail

/// Names of the direct children, sorted as strings.
[[nodiscard]] inline std::vector<std::string> children(handle const& group) {
  std::vector<std::string> names;
  for (auto& child : detail::links(group)) names.push_back(std::move(child.name));
  return names;
}

/// Absolute paths of all datasets of a file, depth first; links by name only are not followed, and
/// a group of several names is looked into once.
[[nodiscard]] inline std::vector<std::string> all_datasets(handle const& file) {
  constexpr int deepest = 17;
  detail::seen_groups seen;
  std::vector<std::string> found;
  detail::collect_datasets(open_group(file, "/"), "/", deepest, seen, found);
  return found;
}

// ------------------------------------------------------------------------------ shapes and types

/// Extents, at most the largest index_t: a file may claim more.
[[nodiscard]] inline std::vector<index_t> extents(handle const& space) {
  library_lock const lock;
  int const rank = checked(H5Sget_simple_extent_ndims(space.id()), "data space");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  checked(H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr), "data space");
  for (hsize_t& size : sizes) size = std::min<hsize_t>(size, INT64_MAX);
  return {sizes.begin(), sizes.end()};
}

/// Extents in the file's order, slowest first; empty for a scalar.
[[nodiscard]] inline std::vector<index_t> shape_of(handle const& dataset) {
  library_lock const lock;
  return extents(owned(H5Dget_space(dataset.id()), [&] { return place_of(dataset); }));
}
[[nodiscard]] inline std::vector<index_t> shape_of_attribute(handle const& attribute) {
  library_lock const lock;
  return extents(owned(H5Aget_space(attribute.id()), [&] { return file_of(attribute); }));
}
[[nodiscard]] inline handle type_of(handle const& dataset) {
  library_lock const lock;
  return owned(H5Dget_type(dataset.id()), [&] { return place_of(dataset); });
}
[[nodiscard]] inline handle type_of_attribute(handle const& attribute) {
  library_lock const lock;
  return owned(H5Aget_type(attribute.id()), [&] { return file_of(attribute); });
}

/// The library's own name of the type in memory; valid as long as the library is.
[[nodiscard]] inline hid_t native_type(element_type type) {
  library_lock const lock;
  switch (type) {
  case element_type::uint8: return H5T_NATIVE_UINT8;
  case element_type::uint16: return H5T_NATIVE_UINT16;
  case element_type::uint32: return H5T_NATIVE_UINT32;
  case element_type::uint64: return H5T_NATIVE_UINT64;
  case element_type::int8: return H5T_NATIVE_INT8;
  case element_type::int16: return H5T_NATIVE_INT16;
  case element_type::int32: return H5T_NATIVE_INT32;
  case element_type::int64: return H5T_NATIVE_INT64;
  case element_type::float32: return H5T_NATIVE_FLOAT;
  case element_type::float64: return H5T_NATIVE_DOUBLE;
  }
  throw usage_error("element_type: value out of range");
}

/// How elements lie in the file.
struct stored_type {
  element_type type = element_type::uint8;
  bool big_endian = false;
};

namespace detail {
[[nodiscard]] inline std::optional<element_type> integer_type(std::size_t size, bool is_signed) {
  for (element_type type : all_element_types) {
    bool const matches = visit_type(type, [&]<class T>() {
      return std::is_integral_v<T> && std::is_signed_v<T> == is_signed && sizeof(T) == size;
    });
    if (matches) return type;
  }
  return std::nullopt;
}

/// Whether a float type is IEEE's: other layouts (half, bfloat, VAX, x87) are not element types.
[[nodiscard]] inline std::optional<element_type> ieee_type(hid_t type) {
  if (H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0)
    return element_type::float32;
  if (H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F64BE) > 0)
    return element_type::float64;
  return std::nullopt;
}

[[nodiscard]] inline std::optional<element_type> number_type(hid_t type) {
  if (H5Tget_class(type) == H5T_FLOAT) return ieee_type(type);
  if (H5Tget_class(type) != H5T_INTEGER || H5Tget_precision(type) != 8 * H5Tget_size(type))
    return std::nullopt;
  return integer_type(H5Tget_size(type), H5Tget_sign(type) == H5T_SGN_2);
}
}  // namespace detail

/// The element type a file's type stands for; enums (numpy's bool) count as their integers.
[[nodiscard]] inline std::optional<stored_type> number_type(handle const& type) {
  library_lock const lock;
  if (H5Tget_class(type.id()) == H5T_ENUM)
    return number_type(owned(H5Tget_super(type.id()), "enum type"));
  auto const element = detail::number_type(type.id());
  if (!element) return std::nullopt;
  return stored_type{*element, H5Tget_order(type.id()) == H5T_ORDER_BE};
}

/// "a compound", "a string": what a type is that is no number, for messages.
[[nodiscard]] inline std::string describe(handle const& type) {
  library_lock const lock;
  std::string const bits = std::to_string(8 * H5Tget_size(type.id())) + " bit ";
  switch (H5Tget_class(type.id())) {
  case H5T_INTEGER: return bits + "integers of an unusual layout";
  case H5T_FLOAT: return bits + "floats of an unusual layout";
  case H5T_STRING: return "strings";
  case H5T_OPAQUE: return "opaque bytes";
  case H5T_COMPOUND: return "compounds (records of several fields)";
  case H5T_VLEN: return "lists of varying length";
  case H5T_ARRAY: return "arrays";
  case H5T_REFERENCE: return "references";
  default: return "of an unknown type";
  }
}

// ------------------------------------------------------------------- damaged and hostile files

/// Bytes that a dataset or an attribute claims to hold, and what speaks for them.
struct claimed_bytes {
  double claimed = 0;
  double stored = 0;    ///< bytes that it takes in the file
  double possible = 0;  ///< most that the file can hold for it (deflate packs no better than
                        ///< 1 : 1032; small datasets may exist without any storage)
  double file = 0;      ///< bytes of the whole file
};

/// Bytes of the file that holds `object`.
[[nodiscard]] inline std::uint64_t file_bytes(handle const& object) {
  library_lock const lock;
  handle const file(H5Iget_file_id(object.id()));
  hsize_t bytes = 0;
  checked(H5Fget_filesize(file.id(), &bytes), [&] { return place_of(object); });
  return bytes;
}

/// Ask before allocating memory by what a file says.
[[nodiscard]] inline claimed_bytes claimed_bytes_of(handle const& from) {
  constexpr double small = 1 << 20;
  constexpr double best_compression = 1032;
  library_lock const lock;
  bool const is_attribute = H5Iget_type(from.id()) == H5I_ATTR;
  handle const type = is_attribute ? type_of_attribute(from) : type_of(from);
  claimed_bytes bytes;
  bytes.claimed = double(H5Tget_size(type.id()));
  for (index_t extent : is_attribute ? shape_of_attribute(from) : shape_of(from))
    bytes.claimed *= double(extent);
  bytes.file = double(file_bytes(from));
  bytes.stored =
      std::min(is_attribute ? bytes.claimed : double(H5Dget_storage_size(from.id())), bytes.file);
  handle const creation(is_attribute ? H5I_INVALID_HID : H5Dget_create_plist(from.id()));
  bool const packed = creation && H5Pget_nfilters(creation.id()) > 0;
  bytes.possible = std::max(small, (packed ? best_compression : 1) * bytes.stored);
  return bytes;
}

/// @throws format_error when `from` claims more than its file can hold.
inline void check_claim(handle const& from) {
  auto const bytes = claimed_bytes_of(from);
  if (bytes.claimed > bytes.possible)
    throw format_error(place_of(from) + ": it claims more values than the file can hold");
}

// ---------------------------------------------------------------------------- strings and numbers

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

// ------------------------------------------------------------------------------------ attributes

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
