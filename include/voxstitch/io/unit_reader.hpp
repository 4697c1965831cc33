// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are overlapping boxes read without decoding the same strip or chunk again and again?

#include <memory>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/unit_cache.hpp"

namespace voxstitch::io {

/// What a reader keeps as one piece (t, c, z, y, x): a decode unit, or, where those are thin
/// strips, several of them along y. Single voxels where the source has no units.
[[nodiscard]] inline coord<5> piece_shape(volume_description const& d,
                                          coord<5> const& decode_unit) {
  constexpr index_t worth_a_call = index_t{256} << 10;  // opening a file for it must not be felt
  if (product(decode_unit) == 1) return decode_unit;
  coord<5> piece = decode_unit;
  auto const bytes = [&] { return product(piece) * static_cast<index_t>(size_of(d.type)); };
  while (bytes() < worth_a_call && piece[3] < d.shape[3]) piece[3] *= 2;
  return min(piece, d.shape);
}

/// Reads boxes of a source and keeps what later boxes need, decoded.
/// @thread_safety read() may be called concurrently; a read decodes its pieces in parallel.
template <volume_source Source>
class unit_reader {
 public:
  /// @param source      must outlive the reader
  /// @param cache_bytes what may be kept between reads
  unit_reader(Source const& source, std::int64_t cache_bytes)
      : source_(source),
        grid_(source.description(), piece_shape(source.description(), source.decode_unit())),
        cache_(std::make_unique<unit_cache>(cache_bytes)) {}

  /// @param step     number of this read; they rise, and some may be left out
  /// @param next_use next_use(box<5>): number of the first later read that wants a voxel of the
  /// box, or `never`
  /// @throws as the source's read()
  template <class NextUse>
  void read(index_t step, box<5> const& b, any_view<5> const& target,
            NextUse const& next_use) const {
    if (product(grid_.chunk()) == 1) return source_.read(b, target);
    if (b.empty()) return;
    detail::check_request("reader", source_.description(), b, target);
    cache_->forget_before(step);
    box<5> const positions = grid_.positions_in(b);
    tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
      auto const position = nth_position(positions, n);
      index_t const later = next_use(grid_.box_of(position));
      box<5> const part = intersection(grid_.box_of(position), b);
      read_part(position, part, target.sub(relative_to(part, b)), later);
    });
  }

 private:
  void read_part(coord<5> const& position, box<5> const& part, any_view<5> const& target,
                 index_t later) const {
    index_t const key = grid_.index_of(position);
    auto const unit = later == never ? cache_->find(key, never) : decoded(key, position, later);
    if (!unit) return source_.read(part, target);
    auto const frame = grid_.box_of(position);
    any_view<5> const values(unit.get(), target.type(), frame.shape());
    copy_elements(values.sub(relative_to(part, frame)), target);
  }

  /// (Isolated: while this thread decodes, it must not begin to wait for another's unit.)
  [[nodiscard]] unit_cache::unit decoded(index_t key, coord<5> const& position,
                                         index_t later) const {
    box<5> const whole = grid_.box_of(position);
    element_type const type = source_.description().type;
    index_t const bytes = whole.size() * static_cast<index_t>(size_of(type));
    return cache_->get(key, bytes, later, [&](std::byte* to) {
      tbb::this_task_arena::isolate([&] { source_.read(whole, {to, type, whole.shape()}); });
    });
  }

  Source const& source_;
  chunk_grid grid_;
  std::unique_ptr<unit_cache> cache_;
};

}  // namespace voxstitch::io
