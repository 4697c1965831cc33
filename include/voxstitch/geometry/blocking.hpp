// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a volume divided into overlapping blocks?

#include <iterator>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/block.hpp"

namespace voxstitch {

/// `block_shape` rounded up to whole chunks, so that a block's core never shares a chunk.
template <std::size_t N>
[[nodiscard]] constexpr coord<N> rounded_up_to_chunks(coord<N> const& block_shape,
                                                      coord<N> const& chunk) {
  return zip(block_shape, chunk, [](index_t b, index_t c) { return divide_up(b, c) * c; });
}

/// A random-access range of the blocks of a domain, in index order (first axis slowest).
/// Cores tile the domain exactly once, start at multiples of the block shape from the domain's
/// begin, and a last one thinner than half a block joins its neighbour: a core is at most one and a
/// half block shapes wide. Result and read boxes are clipped to the domain.
template <std::size_t N>
class blocking {
 public:
  /// @param domain      all voxels; may start anywhere
  /// @param block_shape voxels per block and axis, at least 1
  /// @param halo        the classifier's reach in voxels per axis, at least 0
  /// @param overlap     the stitching policy's overlap in voxels per axis, at least 0
  /// @throws shape_error for an empty domain or shape or a negative margin.
  blocking(box<N> const& domain, coord<N> const& block_shape, coord<N> const& halo = {},
           coord<N> const& overlap = {})
      : domain_(domain), block_shape_(block_shape), halo_(halo), overlap_(overlap) {
    for (std::size_t axis = 0; axis < N; ++axis) {
      check(axis);
      counts_[axis] = count_along(domain.extent(axis), block_shape[axis]);
    }
  }

  [[nodiscard]] index_t size() const { return product(counts_); }
  [[nodiscard]] coord<N> const& counts() const { return counts_; }
  [[nodiscard]] box<N> const& domain() const { return domain_; }
  [[nodiscard]] coord<N> const& block_shape() const { return block_shape_; }
  [[nodiscard]] coord<N> const& halo() const { return halo_; }
  [[nodiscard]] coord<N> const& overlap() const { return overlap_; }

  /// Where a block stands in the grid of blocks, which has counts() of them.
  /// @pre 0 <= index < size()
  [[nodiscard]] coord<N> position_of(index_t index) const {
    return nth_position(box<N>::at_origin(counts_), index);
  }

  /// The index of the block at that position of the grid.
  /// @pre `position` lies within counts()
  [[nodiscard]] index_t index_of(coord<N> const& position) const {
    index_t index = 0;
    for (std::size_t axis = 0; axis < N; ++axis) index = index * counts_[axis] + position[axis];
    return index;
  }

  /// Positions in the grid of the blocks whose core, grown by `margin`, meets `voxels`; empty()
  /// when there are none. For voxels of the domain: margin 0 means owners, overlap() the blocks
  /// whose result box meets them, halo() + overlap() those that read them. Index order is the
  /// order of the positions, first axis slowest.
  [[nodiscard]] box<N> positions_within(coord<N> const& margin, box<N> const& voxels) const {
    box<N> const reached = grown_within(voxels, margin, domain_);
    if (voxels.empty() || reached.empty()) return {};
    coord<N> const one = coord<N>::filled(1);
    return {owner_of(reached.inclusive_min), owner_of(reached.exclusive_max - one) + one};
  }

  /// @pre 0 <= index < size()
  [[nodiscard]] block<N> operator[](index_t index) const {
    box<N> const core = core_at(position_of(index));
    box<N> const result = grown_within(core, overlap_, domain_);
    return {index, core, result, grown_within(result, halo_, domain_)};
  }

  /// The largest read box of any block, per axis: what memory is planned for.
  [[nodiscard]] coord<N> largest_read_shape() const { return largest_shape(halo_ + overlap_); }
  [[nodiscard]] coord<N> largest_result_shape() const { return largest_shape(overlap_); }
  [[nodiscard]] coord<N> largest_core_shape() const { return largest_shape({}); }

  class iterator {
   public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;  // dereferences to a value
    using value_type = block<N>;
    using difference_type = index_t;
    using reference = block<N>;
    using pointer = void;

    iterator() = default;
    iterator(blocking const* range, index_t index) : range_(range), index_(index) {}
    block<N> operator*() const { return (*range_)[index_]; }
    block<N> operator[](index_t n) const { return (*range_)[index_ + n]; }
    iterator& operator+=(index_t n) {
      index_ += n;
      return *this;
    }
    iterator& operator-=(index_t n) {
      index_ -= n;
      return *this;
    }
    iterator& operator++() { return *this += 1; }
    iterator& operator--() { return *this -= 1; }
    iterator operator++(int) {
      iterator old = *this;
      ++*this;
      return old;
    }
    iterator operator--(int) {
      iterator old = *this;
      --*this;
      return old;
    }
    friend iterator operator+(iterator i, index_t n) { return i += n; }
    friend iterator operator+(index_t n, iterator i) { return i += n; }
    friend iterator operator-(iterator i, index_t n) { return i -= n; }
    friend index_t operator-(iterator a, iterator b) { return a.index_ - b.index_; }
    friend bool operator==(iterator a, iterator b) { return a.index_ == b.index_; }
    friend auto operator<=>(iterator a, iterator b) { return a.index_ <=> b.index_; }

   private:
    blocking const* range_ = nullptr;
    index_t index_ = 0;
  };
  [[nodiscard]] iterator begin() const { return {this, 0}; }
  [[nodiscard]] iterator end() const { return {this, size()}; }

 private:
  void check(std::size_t axis) const {
    auto const where = "blocking: axis " + std::to_string(axis) + ": ";
    if (domain_.extent(axis) < 1)
      throw shape_error(where + "the domain " + to_string(domain_) + " is empty");
    if (block_shape_[axis] < 1)
      throw shape_error(where + "the block shape " + to_string(block_shape_) +
                        " must be at least 1");
    if (halo_[axis] < 0 || overlap_[axis] < 0)
      throw shape_error(where + "halo " + to_string(halo_) + " and overlap " + to_string(overlap_) +
                        " must not be negative");
  }

  /// Whole blocks, and one more for a remainder of at least half a block.
  [[nodiscard]] static index_t count_along(index_t extent, index_t step) {
    index_t const whole = extent / step;
    index_t const rest = extent % step;
    return whole == 0 ? 1 : whole + (2 * rest >= step ? 1 : 0);
  }

  /// The position of the block whose core holds a voxel of the domain: the last one of an axis may
  /// be wider than the others.
  [[nodiscard]] coord<N> owner_of(coord<N> const& voxel) const {
    coord<N> const whole = zip(voxel - domain_.inclusive_min, block_shape_,
                               [](index_t from_begin, index_t step) { return from_begin / step; });
    return min(whole, counts_ - coord<N>::filled(1));
  }

  [[nodiscard]] box<N> core_at(coord<N> const& position) const {
    box<N> core;
    for (std::size_t axis = 0; axis < N; ++axis) {
      bool const last = position[axis] + 1 == counts_[axis];
      core.inclusive_min[axis] = domain_.inclusive_min[axis] + position[axis] * block_shape_[axis];
      core.exclusive_max[axis] =
          last ? domain_.exclusive_max[axis] : core.inclusive_min[axis] + block_shape_[axis];
    }
    return core;
  }

  /// The last core of an axis may be the widest (joined remainder); clipped margins only shrink.
  [[nodiscard]] coord<N> largest_shape(coord<N> const& margin) const {
    coord<N> largest;
    for (std::size_t axis = 0; axis < N; ++axis) {
      index_t const last = domain_.extent(axis) - (counts_[axis] - 1) * block_shape_[axis];
      index_t const widest = counts_[axis] == 1 ? last : std::max(last, block_shape_[axis]);
      largest[axis] = std::min(domain_.extent(axis), widest + 2 * margin[axis]);
    }
    return largest;
  }

  box<N> domain_;
  coord<N> block_shape_;
  coord<N> halo_;
  coord<N> overlap_;
  coord<N> counts_{};
};

}  // namespace voxstitch
