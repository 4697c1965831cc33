// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are boxes of voxels read from an HDF5 dataset?
///
/// Chunks that are raw, deflated, shuffled or have a checksum are fetched under the library's lock
/// and unpacked outside, in parallel. Contiguous datasets are read without the library. Everything
/// else goes through the library's own filters, one reader at a time.

#include <bit>
#include <variant>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/io/detail/decode_count.hpp"
#include "voxstitch/io/detail/fletcher32.hpp"
#include "voxstitch/io/detail/hdf5_claims.hpp"
#include "voxstitch/io/detail/hdf5_elsewhere.hpp"
#include "voxstitch/io/hdf5_probe.hpp"

namespace voxstitch::io {

namespace detail {

/// Undoes HDF5's byte shuffle: all first bytes, then all second bytes, ..., then a remainder.
inline void unshuffle(std::span<std::byte const> planes, std::span<std::byte> elements,
                      std::size_t width) {
  std::size_t const count = planes.size() / width;
  for (std::size_t plane = 0; plane < width; ++plane) {
    std::byte const* const from = planes.data() + plane * count;
    std::byte* const to = elements.data() + plane;
    for (std::size_t i = 0; i < count; ++i) to[i * width] = from[i];
  }
  std::copy(planes.begin() + static_cast<std::ptrdiff_t>(count * width), planes.end(),
            elements.begin() + static_cast<std::ptrdiff_t>(count * width));
}

/// Undoes a pipeline of deflate, shuffle and checksums.
class chunk_decoder {
 public:
  chunk_decoder() = default;
  chunk_decoder(std::vector<hdf5::filter> filters, std::size_t width)
      : filters_(std::move(filters)), width_(width) {}

  [[nodiscard]] static bool is_known(hdf5::filter const& f) {
    return f.id == H5Z_FILTER_DEFLATE || f.id == H5Z_FILTER_SHUFFLE ||
           f.id == H5Z_FILTER_FLETCHER32;
  }
  /// Whether every step of the pipeline is known here.
  [[nodiscard]] bool knows_all() const {
    return std::all_of(filters_.begin(), filters_.end(),
                       [](hdf5::filter const& f) { return is_known(f); });
  }

  /// Whether a chunk lies in the file as it is.
  [[nodiscard]] bool is_plain() const { return filters_.empty(); }

  /// Ask before allocating a chunk.
  /// @throws format_error when `raw` cannot unpack to that many bytes.
  void check_size(hdf5::raw_chunk const& raw, std::size_t bytes) const {
    constexpr double small = 1 << 20;
    double possible = double(raw.bytes.size());
    for (H5Z_filter_t const step : steps_for(raw.skipped_filters))
      if (step == H5Z_FILTER_DEFLATE) possible *= best_deflation;
    if (double(bytes) > std::max(small, possible))
      throw format_error("it has " + std::to_string(raw.bytes.size()) +
                         " packed bytes, which cannot be " + std::to_string(bytes));
  }

  /// Fills `bytes` with the elements as stored.
  /// @throws format_error when the chunk is damaged.
  void decode(hdf5::raw_chunk const& raw, std::span<std::byte> bytes) const {
    std::vector<H5Z_filter_t> const steps = steps_for(raw.skipped_filters);
    std::vector<std::byte> held;
    std::span<std::byte const> current = raw.bytes;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
      std::size_t const possible = best_deflation * current.size() + 65536;
      std::vector<std::byte> next(std::min(most_bytes(bytes.size()), possible));
      next.resize(undo(steps[i], current, next));
      held = std::move(next);
      current = held;
    }
    std::size_t const size = steps.empty() ? current.size() : undo(steps.back(), current, bytes);
    if (size != bytes.size())
      throw format_error("it has " + std::to_string(size) + " bytes instead of " +
                         std::to_string(bytes.size()));
    if (steps.empty()) std::copy(current.begin(), current.end(), bytes.begin());
  }

  /// No encoder makes a chunk much longer than its elements; a file that claims so is damaged.
  [[nodiscard]] static std::size_t most_bytes(std::size_t unpacked) {
    constexpr std::size_t slack = 65536;
    return unpacked + unpacked / 8 + slack;
  }

 private:
  /// The filters of one chunk in the order of undoing.
  [[nodiscard]] std::vector<H5Z_filter_t> steps_for(std::uint32_t skipped) const {
    std::vector<H5Z_filter_t> steps;
    for (std::size_t i = filters_.size(); i-- > 0;)
      if ((skipped >> i & 1U) == 0) steps.push_back(filters_[i].id);
    return steps;
  }

  [[nodiscard]] std::size_t undo(H5Z_filter_t filter, std::span<std::byte const> from,
                                 std::span<std::byte> to) const {
    if (filter == H5Z_FILTER_DEFLATE) return inflate_into(from, to);
    if (filter == H5Z_FILTER_FLETCHER32) return copy_into(checked_bytes(from), to);
    if (from.size() > to.size()) throw format_error("the shuffled bytes are too many");
    unshuffle(from, to, width_);
    return from.size();
  }

  [[nodiscard]] static std::size_t copy_into(std::span<std::byte const> from,
                                             std::span<std::byte> to) {
    if (from.size() > to.size()) throw format_error("the bytes are too many");
    std::copy(from.begin(), from.end(), to.begin());
    return from.size();
  }

  std::vector<hdf5::filter> filters_;
  std::size_t width_ = 1;
};

/// "32015 (zstd)": the file's own name of a filter, or the registered one of the usual suspects.
[[nodiscard]] inline std::string name_of(hdf5::filter const& filter) {
  constexpr std::array<std::pair<int, char const*>, 8> registered{{{32000, "lzf"},
                                                                   {32001, "blosc"},
                                                                   {32004, "lz4"},
                                                                   {32008, "bitshuffle"},
                                                                   {32013, "zfp"},
                                                                   {32015, "zstd"},
                                                                   {32026, "blosc2"},
                                                                   {307, "bzip2"}}};
  std::string name = filter.name;
  for (auto const& [id, usual] : registered)
    if (name.empty() && id == filter.id) name = usual;
  return std::to_string(filter.id) + (name.empty() ? "" : " (" + name + ")");
}

/// What helps where a filter is missing. (h5repack needs it as well, and without it writes an empty
/// file; lzf is built into h5py, and there only.)
[[nodiscard]] inline std::string remedy_for(hdf5::filter const& filter) {
  constexpr H5Z_filter_t lzf = 32000;
  if (filter.id == lzf)
    return "copy the dataset with h5py, which has it built in: new_file.create_dataset(name, "
           "data=file[name], compression='gzip')";
  return "install its plugin and set HDF5_PLUGIN_PATH, or repack the file where that is installed "
         "(h5repack -f GZIP=1)";
}

/// @throws format_error that names the first filter nobody here can undo.
inline void check_filters(std::vector<hdf5::filter> const& filters, std::string const& where) {
  for (hdf5::filter const& filter : filters) {
    if (!chunk_decoder::is_known(filter) && !filter.available)
      throw format_error(where + " is packed with HDF5 filter " + name_of(filter) +
                         ", which is not installed; " + remedy_for(filter));
  }
}

}  // namespace detail

/// A dataset of an HDF5 file.
class hdf5_source {
 public:
  /// @param path     the file
  /// @param internal path of the dataset; empty when the file should hold only one volume
  /// @param axes     a letter of "tczyx" per axis of the dataset, in the file's order
  /// @param origin   where the axes were learnt from, for people
  /// @throws as probe_hdf5(); io_error when it is virtual and a file of its voxels is missing;
  /// shape_error when `axes` do not fit the dataset; format_error when it is packed with a filter
  /// that is not installed.
  hdf5_source(std::string const& path, std::string const& internal, std::string const& axes,
              std::string const& origin = "")
      : dataset_(detail::open_volume(path, internal)),
        where_(detail::hdf5::place_of(dataset_.handle)) {
    detail::hdf5::check_virtual_sources(dataset_.handle);
    describe(axes, origin);
    auto filters = detail::hdf5::filters_of(dataset_.handle);
    detail::check_filters(filters, where_);
    check_scale_offset(filters);
    detail::chunk_decoder decoder(std::move(filters), size_of(description_.type));
    foreign_byte_order_ = dataset_.type.big_endian != (std::endian::native == std::endian::big);
    choose_storage(path, std::move(decoder));
  }

  [[nodiscard]] volume_description const& description() const { return description_; }

  /// A chunk; single voxels where the dataset is not chunked.
  [[nodiscard]] coord<5> decode_unit() const { return decode_unit_; }
  [[nodiscard]] std::int64_t units_decoded() const { return decoded_.value(); }

  /// @throws shape_error when `b` leaves the volume or `v` does not fit; io_error, format_error
  /// when the file cannot be read.
  /// @thread_safety may be called concurrently
  void read(box<5> const& b, any_view<5> const& v) const {
    detail::check_request(where_, description_, b, v);
    if (b.empty()) return;
    if (auto const* chunks = std::get_if<own_chunks>(&storage_)) return read_own(*chunks, b, v);
    if (auto const* raw = std::get_if<raw_bytes>(&storage_))
      return detail::read_raw(raw->file, raw->array, b, v);
    read_through_library(b, v);
  }

 private:
  struct own_chunks {
    chunk_grid grid;
    detail::chunk_decoder decoder;
    std::array<std::byte, 8> fill{};
    std::size_t file_bytes = 0;  ///< no chunk in the file is longer
  };
  struct raw_bytes {
    posix_file file;
    detail::raw_array array;
  };
  struct through_library {};

  void describe(std::string const& axes, std::string const& origin) {
    auto const layout = detail::layout_of(dataset_);
    if (axes.size() != layout.shape.size() || !detail::are_axes(axes))
      throw shape_error(where_ + " has " + std::to_string(layout.shape.size()) + " axes, which '" +
                        axes + "' does not name; give one different letter of 'tczyx' per axis");
    description_.type = layout.type;
    description_.axes = axes;
    description_.axes_origin = origin;
    description_.voxel_size = layout.voxel_size;
    description_.voxel_unit = layout.voxel_unit;
    description_.shape = in_canonical_order(layout.shape);
  }

  [[nodiscard]] coord<5> in_canonical_order(std::vector<index_t> const& extents) const {
    auto result = coord<5>::filled(1);
    for (std::size_t i = 0; i < extents.size(); ++i)
      result[canonical_axis(description_.axes[i])] = extents[i];
    return result;
  }
  [[nodiscard]] std::vector<index_t> in_file_order(coord<5> const& c) const {
    std::vector<index_t> result;
    for (char letter : description_.axes) result.push_back(c[canonical_axis(letter)]);
    return result;
  }

  void choose_storage(std::string const& path, detail::chunk_decoder decoder) {
    using detail::hdf5::layout;
    layout const stored = detail::hdf5::layout_of(dataset_.handle);
    decode_unit_ = coord<5>::filled(1);
    if (stored == layout::chunked) {
      auto const chunk = in_canonical_order(detail::hdf5::chunk_of(dataset_.handle));
      check_chunk(chunk, decoder);
      decode_unit_ = min(chunk, description_.shape);
      chunk_grid grid(description_, chunk);
      if (decoder.knows_all())
        storage_ = own_chunks{std::move(grid), std::move(decoder), fill(), file_bytes()};
      return;
    }
    auto const offset = detail::hdf5::data_offset(dataset_.handle);
    if (stored != layout::contiguous || !offset) return;
    if (!detail::hdf5::is_stored_in(dataset_.handle, path)) return;
    detail::raw_array array{*offset, description_.type, foreign_byte_order_, {}};
    for (char letter : description_.axes)
      array.axes.push_back({canonical_axis(letter), description_.shape[canonical_axis(letter)]});
    storage_ = raw_bytes{posix_file::open_to_read(path), std::move(array)};
    check_end(*offset);
  }

  /// libhdf5 unpacks as many values of as many bytes as this filter says of a chunk, whatever room
  /// there is.
  void check_scale_offset(std::vector<detail::hdf5::filter> const& filters) const {
    constexpr std::size_t values = 2;  // places of its settings
    constexpr std::size_t bytes = 4;
    for (auto const& f : filters) {
      if (f.id != H5Z_FILTER_SCALEOFFSET) continue;
      index_t voxels = 1;
      for (index_t extent : detail::hdf5::chunk_of(dataset_.handle)) voxels *= extent;
      if (f.settings.size() <= bytes || f.settings[values] != static_cast<std::uint64_t>(voxels) ||
          f.settings[bytes] != size_of(description_.type))
        throw format_error(where_ +
                           ": its scale-offset filter does not fit its chunks; the file is "
                           "damaged: use another copy");
    }
  }

  [[nodiscard]] std::size_t file_bytes() const { return detail::hdf5::file_bytes(dataset_.handle); }

  /// HDF5's chunks have less than 4 GiB; and where its own filters unpack them, the library
  /// allocates them whole, so the file must be long enough for one to be believed.
  void check_chunk(coord<5> const& chunk, detail::chunk_decoder const& decoder) const {
    constexpr double most = 4294967296.0;
    constexpr double small = 1 << 26;
    double bytes = double(size_of(description_.type));
    for (index_t extent : chunk) bytes *= double(extent);
    double const possible = std::max(small, best_deflation * double(file_bytes()));
    if (bytes >= most || (!decoder.knows_all() && bytes > possible))
      throw format_error(where_ + " has chunks of " + to_string(chunk) +
                         " (t, c, z, y, x), more "
                         "than a file of " +
                         std::to_string(file_bytes()) +
                         " bytes can hold: the file is damaged; repack it with h5repack");
  }

  /// A contiguous dataset lies within its file.
  void check_end(std::uint64_t offset) const {
    auto const bytes =
        static_cast<std::uint64_t>(product(description_.shape)) * size_of(description_.type);
    std::uint64_t const file = file_bytes();
    if (bytes > file || offset > file - bytes)
      throw format_error(where_ + " has " + std::to_string(bytes) + " bytes from byte " +
                         std::to_string(offset) + " on, but the file has only " +
                         std::to_string(file) + ": it is damaged or cut; use another copy");
  }

  [[nodiscard]] std::array<std::byte, 8> fill() const {
    return detail::hdf5::fill_value(dataset_.handle, description_.type);
  }

  void read_own(own_chunks const& chunks, box<5> const& b, any_view<5> const& v) const {
    detail::for_each_chunk(chunks.grid, b, [&](coord<5> const& position, box<5> const& part) {
      auto const target = v.sub(relative_to(part, b));
      auto const raw = fetch(chunks, position);
      if (!raw) return repeat(chunks.fill, target);
      decoded_.add(1);
      unpack(chunks, position, *raw, part, target);
    });
  }

  [[nodiscard]] std::optional<detail::hdf5::raw_chunk> fetch(own_chunks const& chunks,
                                                             coord<5> const& position) const {
    std::size_t const bytes = chunks.grid.chunk_bytes();
    std::size_t const most = std::min(detail::chunk_decoder::most_bytes(bytes), chunks.file_bytes);
    auto const offset = chunks.grid.offset_in_file(position);
    if (!chunks.decoder.is_plain()) return detail::hdf5::read_chunk(dataset_.handle, offset, most);
    return detail::hdf5::read_plain_chunk(dataset_.handle, offset,
                                          in_file_order(chunks.grid.chunk()), bytes, most);
  }

  /// The voxels `part` of one chunk, in this machine's byte order.
  void unpack(own_chunks const& chunks, coord<5> const& position,
              detail::hdf5::raw_chunk const& raw, box<5> const& part,
              any_view<5> const& target) const {
    try {
      chunks.decoder.check_size(raw, chunks.grid.chunk_bytes());
      detail::read_chunk_part(chunks.grid, position, part, target, [&](std::span<std::byte> out) {
        chunks.decoder.decode(raw, out);
        if (foreign_byte_order_) detail::reverse_byte_order(out, size_of(description_.type));
      });
    } catch (format_error const& e) {
      throw format_error(where_ + ": the chunk of voxels " +
                         to_string(chunks.grid.box_of(position)) +
                         " (t, c, z, y, x) cannot be unpacked: " + e.what());
    }
  }

  /// What was never written costs no memory, whatever the file says about its chunks.
  static void repeat(std::array<std::byte, 8> const& element, any_view<5> const& target) {
    target.visit([&]<class T>(strided_view<T, 5> const& values) {
      T value;
      std::memcpy(&value, element.data(), sizeof value);
      voxstitch::fill(values, value);
    });
  }

  /// Slabs of whole chunks of a few MB, so that other readers get their turn.
  void read_through_library(box<5> const& b, any_view<5> const& v) const {
    std::size_t const axis = slowest_axis(b);
    index_t const unit = decode_unit_[axis];
    index_t const voxels = b.size() / b.extent(axis) * unit;
    constexpr index_t wanted = index_t{1} << 21;
    index_t const step = std::max<index_t>(1, wanted / voxels) * unit;
    for (index_t begin = b.inclusive_min[axis]; begin < b.exclusive_max[axis];) {
      index_t const end = std::min((begin / step + 1) * step, b.exclusive_max[axis]);
      box<5> slab = b;
      slab.inclusive_min[axis] = begin;
      slab.exclusive_max[axis] = end;
      read_slab(slab, v.sub(relative_to(slab, b)));
      begin = end;
    }
  }

  /// The first axis of the file along which `b` has more than one voxel.
  [[nodiscard]] std::size_t slowest_axis(box<5> const& b) const {
    for (char letter : description_.axes)
      if (b.extent(canonical_axis(letter)) > 1) return canonical_axis(letter);
    return canonical_axis(description_.axes.front());
  }

  void read_slab(box<5> const& slab, any_view<5> const& v) const {
    if (product(decode_unit_) > 1) decoded_.add(product(units_touched(slab, decode_unit_)));
    auto const bytes = static_cast<std::size_t>(slab.size()) * size_of(description_.type);
    std::vector<std::byte> memory(bytes);
    detail::hdf5::read_box(dataset_.handle, detail::hdf5::native_type(description_.type),
                           in_file_order(slab.inclusive_min), in_file_order(slab.shape()),
                           memory.data());
    detail::stored_axes axes;
    for (char letter : description_.axes) axes.push_back({canonical_axis(letter), 0});
    coord<5> const strides = detail::strides_in_order(axes, slab.shape());
    copy_elements(any_view<5>(memory.data(), description_.type, slab.shape(), strides), v);
  }

  detail::volume_dataset dataset_;
  std::string where_;
  volume_description description_;
  coord<5> decode_unit_ = coord<5>::filled(1);
  bool foreign_byte_order_ = false;
  detail::decode_count decoded_;
  std::variant<through_library, own_chunks, raw_bytes> storage_;
};

static_assert(counts_decoding<hdf5_source>);

}  // namespace voxstitch::io
