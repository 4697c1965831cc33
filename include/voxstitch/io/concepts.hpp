// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to be read from, or written to, as a volume?

#include <concepts>
#include <cstdint>

#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::io {

/// Somewhere voxels can be read from.
///
/// Let `s` be a `S const`, `b` a box within `s.description().shape` (t, c, z, y, x), `v` a view of
/// b's shape and of `s.description().type`. `S` models volume_source iff
///  - `s.description()` is constant over the lifetime of `s`;
///  - `s.decode_unit()` is the box shape (t, c, z, y, x) that is decoded whole whatever part is
///    asked: a chunk, a strip, a slice; all ones where any voxel is as near as any other;
///  - `s.read(b, v)` overwrites all of `v` with the stored values, and throws io_error or
///    format_error with the file's name when it cannot;
///  - concurrent calls on one `s` are race-free, and the values do not depend on the boxes asked.
/// The compiler checks the syntax; tests/support/volume_source_laws.hpp checks the rest.
template <class S>
concept volume_source = requires(S const& s, box<5> const& b, any_view<5> const& v) {
  { s.description() } -> std::convertible_to<volume_description const&>;
  { s.decode_unit() } -> std::convertible_to<coord<5>>;
  { s.read(b, v) } -> std::same_as<void>;
};

/// A source that counts its work: `s.units_decoded()` is how many units of `decode_unit()` `s` has
/// decoded so far, each time anew. Not asked of every source: many decode nothing.
template <class S>
concept counts_decoding = volume_source<S> && requires(S const& s) {
  { s.units_decoded() } -> std::convertible_to<std::int64_t>;
};

/// Somewhere voxels can be written to.
///
/// Let `k` be a `K`, `b` a box within its shape, `v` a view of b's shape and of its type.
/// `K` models volume_sink iff
///  - `k.description()` is constant, and `k.chunk()` is the box shape (t, c, z, y, x) of one chunk;
///  - `k.write(b, v)` stores the values; `b` begins at multiples of the chunk and ends at such or
///    at the volume's end; every voxel is written at most once;
///  - `k.finish()` is called once, after all writes, by one thread; afterwards the file is
///    complete;
///  - concurrent writes of disjoint boxes are race-free, and the file's bytes do not depend on
///    their order.
/// The compiler checks the syntax; tests/support/volume_sink_laws.hpp checks the rest.
template <class K>
concept volume_sink = requires(K& k, box<5> const& b, any_view<5> const& v) {
  { k.description() } -> std::convertible_to<volume_description const&>;
  { k.chunk() } -> std::convertible_to<coord<5>>;
  { k.write(b, v) } -> std::same_as<void>;
  { k.finish() } -> std::same_as<void>;
};

}  // namespace voxstitch::io
