// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a plane of the input read, so that all scales can smooth it along x?

#include <algorithm>

#include "voxstitch/features/detail/aligned_floats.hpp"
#include "voxstitch/features/detail/mirrored_rows.hpp"
#include "voxstitch/features/detail/row_passes.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::features::detail {

/// One channel of a block.
struct channel_input {
  strided_view<float const, 3> values;  ///< z, y, x of `read`
  box<3> read;
  box<3> domain;
};

/// Rows within the domain, and columns that may leave it.
struct plane_part {
  index_t first_row = 0, end_row = 0;
  index_t first_column = 0, end_column = 0;

  /// The smallest part that holds both.
  [[nodiscard]] plane_part with(plane_part const& o) const {
    return {std::min(first_row, o.first_row), std::max(end_row, o.end_row),
            std::min(first_column, o.first_column), std::max(end_column, o.end_column)};
  }
};

/// Part of a plane with rows and columns exchanged: a filter along x runs across its rows. Bunches
/// of 16 input rows lie one after the other, each [column][row]. Columns beyond the domain are
/// mirrored.
class turned_plane {
 public:
  static constexpr index_t bunch = vector_floats;

  explicit turned_plane(plane_part const& part)
      : part_(part), line_(line_of(part)), memory_(floats_of(part)) {}

  [[nodiscard]] static index_t floats_of(plane_part const& part) {
    return (divide_up(part.end_row - part.first_row, bunch) + 1) * bunch * line_of(part);
  }

  void load(row_passes const& passes, channel_input const& input, index_t z) {
    float* const lines = memory_.data();
    float* turned = lines + bunch * line_;
    for (index_t y = part_.first_row; y < part_.end_row; y += bunch, turned += bunch * line_) {
      for (index_t i = 0; i < bunch; ++i)  // beyond the last row anything will do
        load_line(input, z, std::min(y + i, part_.end_row - 1), lines + i * line_);
      passes.transpose({lines, line_, turned, bunch, bunch, line_});
    }
  }

  /// The first row of the bunch that row y is in.
  [[nodiscard]] index_t bunch_of(index_t y) const { return y - (y - part_.first_row) % bunch; }
  /// A column of the bunch that begins at row y; the next columns follow.
  [[nodiscard]] float const* column(index_t y, index_t x) const {
    return memory_.data() + (y - part_.first_row + bunch) * line_ +
           (x - part_.first_column) * bunch;
  }

 private:
  /// Filters may be run on some columns more than a row has.
  [[nodiscard]] static index_t line_of(plane_part const& part) {
    return odd_lines(part.end_column - part.first_column + vector_floats);
  }

  /// A row, mirrored at the domain's border; then zeros to the end of the line.
  void load_line(channel_input const& input, index_t z, index_t y, float* line) const {
    index_t const domain_begin = input.domain.inclusive_min[2];
    index_t const domain_end = input.domain.exclusive_max[2];
    index_t const begin = std::max(part_.first_column, domain_begin);
    index_t const count = std::min(part_.end_column, domain_end) - begin;
    index_t const columns = part_.end_column - part_.first_column;
    index_t const step = input.values.stride(2);
    coord<3> const first = {z, y, begin};
    float const* const from = input.values.pointer_to(first - input.read.inclusive_min);
    float* const to = line + (begin - part_.first_column);
    if (step == 1)
      std::copy_n(from, count, to);
    else
      for (index_t i = 0; i < count; ++i) to[i] = from[i * step];
    mirror_row(line, columns, domain_begin - part_.first_column, domain_end - part_.first_column);
    std::fill(line + columns, line + line_, 0.0f);
  }

  plane_part part_;
  index_t line_;
  aligned_floats memory_;
};

}  // namespace voxstitch::features::detail
