// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a box of a dense array that lies uncompressed in a file read or written?

#include <algorithm>
#include <vector>

#include <tbb/parallel_for.h>

#include "voxstitch/io/detail/byte_order.hpp"
#include "voxstitch/io/posix_file.hpp"
#include "voxstitch/view/copy_elements.hpp"

namespace voxstitch::io::detail {

/// One axis of a stored array: which of t, c, z, y, x it is, and its extent.
struct stored_axis {
  std::size_t canonical = 0;
  index_t extent = 1;
};

/// Axes in the order of memory, slowest first; canonical axes that are absent have extent 1.
using stored_axes = std::vector<stored_axis>;

/// Strides in elements, per canonical axis, of a dense box of that shape in the order of `axes`.
[[nodiscard]] inline coord<5> strides_in_order(stored_axes const& axes, coord<5> const& shape) {
  coord<5> strides;
  index_t step = 1;
  for (std::size_t i = axes.size(); i-- > 0; step *= shape[axes[i].canonical])
    strides[axes[i].canonical] = step;
  return strides;
}

/// Cuts `b` into boxes of at most `max_elements` elements, which are thick only along the fastest
/// axes, in the order of memory.
[[nodiscard]] inline std::vector<box<5>> pieces_of(box<5> const& b, stored_axes const& axes,
                                                   index_t max_elements) {
  std::vector<box<5>> pieces{b};
  index_t rest = b.size();
  for (stored_axis const& axis : axes) {
    if (rest <= max_elements) break;
    std::size_t const a = axis.canonical;
    rest /= b.extent(a);
    index_t const step = std::max<index_t>(1, max_elements / std::max<index_t>(1, rest));
    std::vector<box<5>> finer;
    for (box<5> const& piece : pieces)
      for (index_t at = b.inclusive_min[a]; at < b.exclusive_max[a]; at += step) {
        finer.push_back(piece);
        finer.back().inclusive_min[a] = at;
        finer.back().exclusive_max[a] = std::min(at + step, b.exclusive_max[a]);
      }
    pieces = std::move(finer);
  }
  return pieces;
}

/// A dense array at a place in a file.
struct raw_array {
  std::uint64_t offset = 0;  ///< of the first element, bytes
  element_type type = element_type::uint8;
  bool foreign_byte_order = false;
  stored_axes axes;
};

/// Where the runs of a piece of a raw_array, bytes that lie together, are in its file.
class raw_piece_layout {
 public:
  raw_piece_layout(raw_array const& array, box<5> const& piece) : array_(array), piece_(piece) {
    std::size_t bytes = size_of(array.type);
    pitch_.resize(array.axes.size());
    for (std::size_t i = array.axes.size(); i-- > 0;
         bytes *= static_cast<std::size_t>(array.axes[i].extent))
      pitch_[i] = bytes;
    run_axis_ = array.axes.size() - 1;
    while (run_axis_ > 0 && covers(run_axis_)) --run_axis_;
  }

  /// The slowest axis of a run; indices are those of the array's axes.
  [[nodiscard]] std::size_t run_axis() const { return run_axis_; }
  /// Bytes from one voxel to the next along an axis.
  [[nodiscard]] std::size_t pitch(std::size_t i) const { return pitch_[i]; }
  [[nodiscard]] std::size_t extent(std::size_t i) const {
    return static_cast<std::size_t>(piece_.extent(array_.axes[i].canonical));
  }
  [[nodiscard]] std::uint64_t begin_bytes(std::size_t i) const {
    return static_cast<std::uint64_t>(begin(i)) * pitch_[i];
  }

 private:
  [[nodiscard]] index_t begin(std::size_t i) const {
    return piece_.inclusive_min[array_.axes[i].canonical];
  }
  [[nodiscard]] bool covers(std::size_t i) const {
    return piece_.extent(array_.axes[i].canonical) == array_.axes[i].extent;
  }

  raw_array const& array_;
  box<5> piece_;
  std::vector<std::size_t> pitch_;
  std::size_t run_axis_ = 0;
};

/// Reads one piece of a raw_array into a dense buffer, run by run.
class raw_piece_reader {
 public:
  raw_piece_reader(posix_file const& file, raw_array const& array, box<5> const& piece)
      : file_(file), offset_(array.offset), layout_(array, piece) {}

  void read_into(std::span<std::byte> dense) { read_from(0, offset_, dense); }

 private:
  void read_from(std::size_t i, std::uint64_t offset, std::span<std::byte> out) {
    offset += layout_.begin_bytes(i);
    if (i == layout_.run_axis()) return file_.read_at(offset, out);
    std::size_t const rows = layout_.extent(i);
    std::size_t const part = out.size() / rows;
    if (i + 1 == layout_.run_axis() && 2 * part >= layout_.pitch(i) && rows > 1)
      return read_span(i, offset, part, out);
    for (std::size_t row = 0; row < rows; ++row)
      read_from(i + 1, offset + row * layout_.pitch(i), out.subspan(row * part, part));
  }

  /// Rows that cover most of the pitch come with one call.
  void read_span(std::size_t i, std::uint64_t offset, std::size_t part, std::span<std::byte> out) {
    std::size_t const pitch = layout_.pitch(i);
    span_.resize((layout_.extent(i) - 1) * pitch + part);
    file_.read_at(offset + layout_.begin_bytes(i + 1), span_);
    for (std::size_t row = 0; row < layout_.extent(i); ++row)
      std::memcpy(out.data() + row * part, span_.data() + row * pitch, part);
  }

  posix_file const& file_;
  std::uint64_t offset_;
  raw_piece_layout layout_;
  std::vector<std::byte> span_;
};

/// Writes one piece of a raw_array, dense bytes in the array's order, run by run.
class raw_piece_writer {
 public:
  raw_piece_writer(posix_file const& file, raw_array const& array, box<5> const& piece)
      : file_(file), offset_(array.offset), layout_(array, piece) {}

  void write(std::span<std::byte const> dense) const { write_from(0, offset_, dense); }

 private:
  void write_from(std::size_t i, std::uint64_t offset, std::span<std::byte const> bytes) const {
    offset += layout_.begin_bytes(i);
    if (i == layout_.run_axis()) return file_.write_at(offset, bytes);
    std::size_t const part = bytes.size() / layout_.extent(i);
    for (std::size_t row = 0; row < layout_.extent(i); ++row)
      write_from(i + 1, offset + row * layout_.pitch(i), bytes.subspan(row * part, part));
  }

  posix_file const& file_;
  std::uint64_t offset_;
  raw_piece_layout layout_;
};

inline void read_raw_piece(posix_file const& file, raw_array const& array, box<5> const& piece,
                           any_view<5> const& target) {
  coord<5> const dense = strides_in_order(array.axes, piece.shape());
  auto const bytes = static_cast<std::size_t>(piece.size()) * size_of(array.type);
  auto const load = [&](std::span<std::byte> out) {
    raw_piece_reader(file, array, piece).read_into(out);
    if (array.foreign_byte_order) reverse_byte_order(out, size_of(array.type));
  };
  bool direct = true;
  for (std::size_t a = 0; a < 5; ++a)
    direct = direct && (piece.extent(a) == 1 || dense[a] == target.strides()[a]);
  if (direct) return load({target.data(), bytes});
  std::vector<std::byte> buffer(bytes);
  load(buffer);
  copy_elements(any_view<5>{buffer.data(), array.type, piece.shape(), dense}, target);
}

/// Overwrites `target` with the elements of `b`; pieces of about 1 MB in parallel.
/// @throws io_error when the file is shorter than the array.
inline void read_raw(posix_file const& file, raw_array const& array, box<5> const& b,
                     any_view<5> const& target) {
  auto const per_piece = static_cast<index_t>((std::size_t{1} << 20) / size_of(array.type));
  auto const pieces = pieces_of(b, array.axes, per_piece);
  tbb::parallel_for(std::size_t{0}, pieces.size(), [&](std::size_t i) {
    read_raw_piece(file, array, pieces[i], target.sub(relative_to(pieces[i], b)));
  });
}

}  // namespace voxstitch::io::detail
