// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a TIFF file read as a volume?

#include <memory>
#include <string>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/decode_count.hpp"
#include "voxstitch/io/detail/describe.hpp"
#include "voxstitch/io/detail/raw_array.hpp"
#include "voxstitch/io/detail/tiff_handle_pool.hpp"
#include "voxstitch/io/detail/tiff_index.hpp"

namespace voxstitch::io {

namespace detail {

/// The strips or tiles of one page that a box touches.
struct touched_units {
  std::array<index_t, 3> first{};  ///< plane, row of units, column of units
  std::array<index_t, 3> count{};
  std::array<index_t, 3> all{};  ///< in the whole page

  [[nodiscard]] index_t size() const { return count[0] * count[1] * count[2]; }
  [[nodiscard]] std::array<index_t, 3> operator[](index_t i) const {
    return {first[0] + i / (count[1] * count[2]), first[1] + i / count[2] % count[1],
            first[2] + i % count[2]};
  }
  [[nodiscard]] std::uint32_t number(std::array<index_t, 3> const& unit) const {
    return static_cast<std::uint32_t>((unit[0] * all[1] + unit[1]) * all[2] + unit[2]);
  }
};

/// Where canonical axes lie in a TIFF file.
struct tiff_axes {
  stored_axes pages;    ///< slowest first; may be empty
  stored_axes in_page;  ///< [planes,] rows, columns [, samples]
  std::size_t rows = 3;
  std::size_t columns = 4;
  std::size_t samples = 1;
};

[[nodiscard]] inline tiff_axes tiff_axes_of(tiff_index const& index, std::string const& axes) {
  tiff_axes result;
  std::size_t const in_page = index.format.samples > 1 ? 3 : 2;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    auto& list = i + in_page < axes.size() ? result.pages : result.in_page;
    list.push_back({canonical_axis(axes[i]), index.layout.shape[i]});
  }
  std::size_t const rows = index.format.planes ? 1 : 0;
  result.rows = result.in_page[rows].canonical;
  result.columns = result.in_page[rows + 1].canonical;
  if (in_page == 3) result.samples = result.in_page[index.format.planes ? 0 : 2].canonical;
  return result;
}

}  // namespace detail

/// A single- or multi-page TIFF or BigTIFF file: stripped or tiled, compressed or not, either byte
/// order, integers of 8 to 64 bits and floats; ImageJ's one-directory stacks. Palettes are ignored:
/// voxels are indices. All pages' headers are read and checked on construction.
///
/// Uncompressed pages are read in part; of others whole strips or tiles are decoded, in parallel.
/// @thread_safety concurrent reads use handles of their own.
class tiff_source {
 public:
  /// @throws io_error, format_error or usage_error (axes) naming the file.
  explicit tiff_source(std::string const& path, axes_request const& request = {})
      : tiff_source(detail::index_tiff(path), request) {}

  /// @param idle_handles how many stay open between reads; 0 for one of thousands of slices
  explicit tiff_source(detail::tiff_index index, axes_request const& request = {},
                       std::size_t idle_handles = 64)
      : index_(std::move(index)),
        description_(
            detail::describe(index_.layout, resolve_axes(index_.path, index_.layout, request))),
        axes_(detail::tiff_axes_of(index_, description_.axes)),
        pool_(std::make_unique<detail::tiff_handle_pool>(index_.path, idle_handles)) {}

  [[nodiscard]] volume_description const& description() const { return description_; }

  /// A strip or tile; ones where pages are uncompressed.
  [[nodiscard]] coord<5> decode_unit() const {
    auto unit = coord<5>::filled(1);
    detail::tiff_page const& page = index_.pages.front();
    if (page.raw_offset != 0) return unit;
    unit[axes_.rows] = std::min(page.unit_rows, index_.format.rows);
    unit[axes_.columns] = std::min(page.unit_columns, index_.format.columns);
    if (!index_.format.planes && index_.format.samples > 1)
      unit[axes_.samples] = index_.format.samples;
    return unit;
  }

  [[nodiscard]] std::int64_t units_decoded() const { return decoded_.value(); }

  /// @throws format_error or io_error when a page cannot be decoded, shape_error when `b` leaves
  /// the volume or `target` does not fit.
  void read(box<5> const& b, any_view<5> const& target) const {
    detail::check_request("tiff: " + quoted(index_.path), description_, b, target);
    if (b.empty()) return;
    box<5> page_box = b;
    index_t pages = 1;
    for (auto const& axis : axes_.pages) pages *= b.extent(axis.canonical);
    for (auto const& axis : axes_.pages) page_box = first_page(page_box, axis.canonical);
    tbb::parallel_for(index_t{0}, pages, [&](index_t i) {
      box<5> part = box<5>::at_origin(b.shape());
      index_t const page = select_page(b, i, part);
      read_page(page, page_box, target.sub(part));
    });
  }

 private:
  /// Inside a page, the axes of the pages have extent 1.
  [[nodiscard]] static box<5> first_page(box<5> b, std::size_t axis) {
    b.inclusive_min[axis] = 0;
    b.exclusive_max[axis] = 1;
    return b;
  }

  /// Number in the file of the i-th page of `b`; narrows `part` to it.
  [[nodiscard]] index_t select_page(box<5> const& b, index_t i, box<5>& part) const {
    index_t page = 0;
    index_t step = 1;
    for (std::size_t k = axes_.pages.size(); k-- > 0;) {
      auto const [axis, extent] = axes_.pages[k];
      index_t const at = i % b.extent(axis);
      i /= b.extent(axis);
      page += (b.inclusive_min[axis] + at) * step;
      step *= extent;
      part.inclusive_min[axis] = at;
      part.exclusive_max[axis] = at + 1;
    }
    return page;
  }

  void read_page(index_t number, box<5> const& b, any_view<5> const& target) const {
    bool const raw_stack = index_.raw_page_count > 0;
    auto const& page = index_.pages[raw_stack ? 0 : static_cast<std::size_t>(number)];
    if (page.raw_offset == 0) return decode_page(page, b, target);
    std::uint64_t const skipped =
        raw_stack ? static_cast<std::uint64_t>(number) * detail::page_bytes(index_.format) : 0;
    auto const file = posix_file::open_to_read(index_.path);
    detail::read_raw(
        file,
        {page.raw_offset + skipped, index_.format.type, index_.foreign_byte_order, axes_.in_page},
        b, target);
  }

  void decode_page(detail::tiff_page const& page, box<5> const& b,
                   any_view<5> const& target) const {
    auto const units = touched(page, b);
    tbb::parallel_for(tbb::blocked_range<index_t>(0, units.size()), [&](auto const& range) {
      auto handle = pool_->borrow();
      handle->select(page.directory);
      for (index_t i = range.begin(); i < range.end(); ++i)
        decode_unit(*handle, page, units, units[i], b, target);
    });
  }

  [[nodiscard]] detail::touched_units touched(detail::tiff_page const& page,
                                              box<5> const& b) const {
    detail::touched_units units;
    auto const along = [&](std::size_t i, std::size_t axis, index_t step, index_t extent) {
      units.first[i] = b.inclusive_min[axis] / step;
      units.count[i] = divide_up(b.exclusive_max[axis], step) - units.first[i];
      units.all[i] = divide_up(extent, step);
    };
    units.first[0] = 0;
    units.count[0] = units.all[0] = 1;
    if (index_.format.planes) along(0, axes_.samples, 1, index_.format.samples);
    along(1, axes_.rows, page.unit_rows, index_.format.rows);
    along(2, axes_.columns, page.unit_columns, index_.format.columns);
    return units;
  }

  /// Box of a strip or tile, within the page; shape beyond the page's border is cut off.
  [[nodiscard]] box<5> box_of(detail::tiff_page const& page,
                              std::array<index_t, 3> const& unit) const {
    box<5> result = box<5>::at_origin(coord<5>::filled(1));
    auto const along = [&](std::size_t axis, index_t at, index_t step, index_t extent) {
      result.inclusive_min[axis] = at * step;
      result.exclusive_max[axis] = std::min(at * step + step, extent);
    };
    along(axes_.rows, unit[1], page.unit_rows, index_.format.rows);
    along(axes_.columns, unit[2], page.unit_columns, index_.format.columns);
    if (index_.format.planes)
      along(axes_.samples, unit[0], 1, index_.format.samples);
    else if (index_.format.samples > 1)
      along(axes_.samples, 0, index_.format.samples, index_.format.samples);
    return result;
  }

  void decode_unit(detail::tiff_handle& handle, detail::tiff_page const& page,
                   detail::touched_units const& units, std::array<index_t, 3> const& unit,
                   box<5> const& b, any_view<5> const& target) const {
    box<5> const whole = box_of(page, unit);
    box<5> const wanted = intersection(whole, b);
    coord<5> stored = whole.shape();  // a tile keeps its full extents at the page's border
    if (page.tiled) {
      stored[axes_.rows] = page.unit_rows;
      stored[axes_.columns] = page.unit_columns;
    }
    // libtiff decodes whole units twice as fast as their beginnings
    index_t const needed = wanted.exclusive_max[axes_.rows] - whole.inclusive_min[axes_.rows];
    bool const in_part = page.decodes_in_part && 2 * needed <= stored[axes_.rows];
    if (in_part) stored[axes_.rows] = needed;
    auto const size = static_cast<std::size_t>(product(stored)) * size_of(description_.type);
    auto const bytes = make_large_array<std::byte>(size);
    handle.decode_unit(units.number(unit), {bytes.get(), size});
    if (!in_part) handle.check_unit(units.number(unit), {bytes.get(), size});
    decoded_.add(1);
    any_view<5> const decoded(bytes.get(), description_.type, stored,
                              detail::strides_in_order(axes_.in_page, stored));
    copy_elements(decoded.sub(relative_to(wanted, whole)), target.sub(relative_to(wanted, b)));
  }

  detail::tiff_index index_;
  volume_description description_;
  detail::tiff_axes axes_;
  std::unique_ptr<detail::tiff_handle_pool> pool_;
  detail::decode_count decoded_;
};

static_assert(counts_decoding<tiff_source>);

}  // namespace voxstitch::io
