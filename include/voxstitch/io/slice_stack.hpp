// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do many files of one shape become one volume?

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tbb/parallel_for.h>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/chunk_grid.hpp"

namespace voxstitch::io {

namespace detail {

/// "510 x 667 uint16": extents along the file's own axes, and the type.
[[nodiscard]] inline std::string shape_text(volume_description const& d) {
  std::vector<index_t> extents;
  for (char letter : d.axes) extents.push_back(d.shape[canonical_axis(letter)]);
  return extents_text(extents) + " " + voxstitch::to_string(d.type);
}

}  // namespace detail

/// Files of one shape and type, one after the other along one axis: a new one, or one they have
/// (there their extents may differ). The files are opened by the caller and should keep no handle
/// each: there may be thousands.
/// @thread_safety as the files' sources; a read goes to its files in parallel.
class slice_stack {
 public:
  /// One file; `source` has been opened.
  struct slice {
    std::string path;
    any_source source;
  };

  /// @param slices in the order of the stack
  /// @param along  one of t, c, z, y, x
  /// @param kind   how errors name the stack, as "tiff_stack"
  /// @throws shape_error naming the first file that differs from the first one, usage_error for an
  /// empty list or an unknown axis.
  slice_stack(std::vector<slice> slices, char along, std::string const& kind = "slice_stack")
      : slices_(std::move(slices)), axis_(canonical_axis(along)) {
    if (slices_.empty()) throw usage_error(kind + ": no files");
    if (axis_ >= 5)
      throw usage_error("option --stack-along '" + std::string(1, along) +
                        "': one of t, c, z, y, x is needed");
    description_ = slices_.front().source.description();
    bool const own_axis = description_.axes.find(along) != std::string::npos;
    index_t end = 0;
    for (slice const& s : slices_) {
      check(s, own_axis, kind);
      ends_.push_back(end += s.source.description().shape[axis_]);
    }
    description_.shape[axis_] = end;
    if (own_axis) return;
    description_.axes.insert(description_.axes.begin(), along);
    description_.axes_origin += std::string(", stacked along ") + along;
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return slices_.front().source.decode_unit(); }
  [[nodiscard]] std::int64_t units_decoded() const {
    std::int64_t sum = 0;
    for (slice const& s : slices_) sum += s.source.units_decoded();
    return sum;
  }

  /// @throws shape_error when `b` leaves the volume or `target` does not fit; what a slice throws.
  void read(box<5> const& b, any_view<5> const& target) const {
    detail::check_request("stack of " + quoted(slices_.front().path), description_, b, target);
    if (b.empty()) return;
    auto const first = slice_at(b.inclusive_min[axis_]);
    auto const last = slice_at(b.exclusive_max[axis_] - 1);
    tbb::parallel_for(first, last + 1, [&](std::size_t i) {
      index_t const begin = i == 0 ? 0 : ends_[i - 1];
      box<5> part = b;
      part.inclusive_min[axis_] = std::max(begin, b.inclusive_min[axis_]);
      part.exclusive_max[axis_] = std::min(ends_[i], b.exclusive_max[axis_]);
      coord<5> to_slice{};
      to_slice[axis_] = -begin;
      slices_[i].source.read(shifted(part, to_slice), target.sub(relative_to(part, b)));
    });
  }

 private:
  void check(slice const& s, bool own_axis, std::string const& kind) const {
    volume_description const& d = s.source.description();
    volume_description const& first = slices_.front().source.description();
    coord<5> shape = d.shape;
    if (own_axis) shape[axis_] = first.shape[axis_];
    if (shape == first.shape && d.type == first.type && d.axes == first.axes) return;
    std::string const axes =
        d.axes == first.axes ? "" : " (axes " + d.axes + " instead of " + first.axes + ")";
    throw shape_error(kind + ": " + quoted(s.path) + " is " + detail::shape_text(d) + axes +
                      ", but the stack is " + detail::shape_text(first) + " (from " +
                      quoted(slices_.front().path) + "); " + remedy_for(d, first) +
                      " or leave it out of the pattern");
  }

  [[nodiscard]] static std::string remedy_for(volume_description const& d,
                                              volume_description const& first) {
    if (d.type != first.type) return "convert it to " + voxstitch::to_string(first.type);
    return d.axes != first.axes ? "save it with the same axes" : "crop it";
  }

  /// Number of the slice that holds position `at`.
  [[nodiscard]] std::size_t slice_at(index_t at) const {
    return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) -
                                    ends_.begin());
  }

  std::vector<slice> slices_;
  std::vector<index_t> ends_;  ///< along the stack, of each slice
  std::size_t axis_ = 2;
  volume_description description_;
};

static_assert(counts_decoding<slice_stack>);

/// Opens files with `open(path) -> any_source`, several at a time.
/// @throws what `open` throws for the first file, in order, that cannot be opened.
[[nodiscard]] inline std::vector<slice_stack::slice>
open_slices(std::vector<std::string> const& files,
            std::function<any_source(std::string const&)> const& open) {
  std::vector<std::optional<any_source>> sources(files.size());
  std::vector<std::exception_ptr> failures(files.size());
  tbb::parallel_for(std::size_t{0}, files.size(), [&](std::size_t i) {
    try {
      sources[i].emplace(open(files[i]));
    } catch (...) {
      failures[i] = std::current_exception();
    }
  });
  for (auto const& failure : failures)
    if (failure) std::rethrow_exception(failure);
  std::vector<slice_stack::slice> slices;
  for (std::size_t i = 0; i < files.size(); ++i)
    slices.push_back({files[i], std::move(*sources[i])});
  return slices;
}

}  // namespace voxstitch::io
