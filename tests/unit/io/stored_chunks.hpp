// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do tests make packed chunks of a volume?

#include "support/temporary_folder.hpp"
#include "voxstitch/io/chunk_store.hpp"
#include "voxstitch/io/view_source.hpp"

namespace voxstitch::test {

/// The volume in chunks of that shape (t, c, z, y, x), in a file `chunks` of the folder.
[[nodiscard]] inline io::packed_chunks
stored(temporary_folder const& folder, io::view_source const& volume, coord<5> const& chunk) {
  auto const& d = volume.description();
  any_array<5> values(d.type, d.shape);
  volume.read(box<5>::at_origin(d.shape), values.view());
  io::chunk_store store((folder / "chunks").string(), d, chunk);
  store.write(box<5>::at_origin(d.shape), values.view());
  store.finish();
  return store;
}

}  // namespace voxstitch::test
