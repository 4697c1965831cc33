// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Can a file hold what it says that it holds?

#include <algorithm>
#include <cstdint>

#include "voxstitch/io/deflate.hpp"
#include "voxstitch/io/detail/hdf5_types.hpp"

namespace voxstitch::io::detail::hdf5 {

/// Bytes that a dataset or an attribute claims to hold, and what speaks for them.
struct claimed_bytes {
  double claimed = 0;
  double stored = 0;    ///< bytes that it takes in the file
  double possible = 0;  ///< most that the file can hold for it (small datasets may exist
                        ///< without any storage)
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
  bytes.possible = std::max(small, (packed ? best_deflation : 1) * bytes.stored);
  return bytes;
}

/// @throws format_error when `from` claims more than its file can hold.
inline void check_claim(handle const& from) {
  auto const bytes = claimed_bytes_of(from);
  if (bytes.claimed > bytes.possible)
    throw format_error(place_of(from) + ": it claims more values than the file can hold");
}

}  // namespace voxstitch::io::detail::hdf5
