// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does the HDF5 C library enter? One inline function per call; nobody else includes it.
///
/// Every function takes the library's lock itself and may be called from any thread. Failures are
/// thrown with the innermost message of HDF5's error stack; nothing is printed.

#include <cerrno>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include <hdf5.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/posix_file.hpp"

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

[[nodiscard]] inline handle new_properties(hid_t list_class) {
  library_lock const lock;
  return owned(H5Pcreate(list_class), "property list");
}

/// Opens for reading.
/// @throws io_error when there is no such file or no right to read it, format_error when it is no
/// HDF5 file or is damaged.
[[nodiscard]] inline handle open_file(std::string const& path) {
  if (access(path.c_str(), R_OK) != 0)
    throw io_error(quoted(path) + " cannot be read: " + system_message(errno));
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

}  // namespace voxstitch::io::detail::hdf5
