// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a finished volume become a dataset that ilastik, h5py and vigra open?

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <sys/mman.h>

#include <tbb/parallel_invoke.h>

#include "voxstitch/io/axistags.hpp"
#include "voxstitch/io/detail/chunk_batch.hpp"
#include "voxstitch/io/detail/hdf5_output.hpp"
#include "voxstitch/io/length_unit.hpp"
#include "voxstitch/io/packed_chunks.hpp"

namespace voxstitch::io {

/// What a dataset is called and what is said about its values.
struct dataset_spec {
  std::string name = "/exported_data";               ///< path in the file; groups are made
  std::optional<std::array<double, 2>> drange = {};  ///< lowest and highest value that may occur
  std::string display_mode = "grayscale";            ///< how ilastik shows it
  std::vector<std::string> class_names = {};         ///< of the channels or labels; may be empty
};

namespace detail {

/// {"z": "um", "y": "um", "x": "um"}, as ilastik keeps units.
[[nodiscard]] inline std::string axis_units(volume_description const& description) {
  std::string text;
  for (char letter : description.axes)
    if (spatial_axis(letter))
      text += std::string(text.empty() ? "" : ", ") + "\"" + letter + "\": " +
              nlohmann::json(description.voxel_unit)
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return "{" + text + "}";
}

inline void write_voxel_size(hdf5::handle const& dataset, volume_description const& description) {
  if (description.voxel_unit.empty()) return;
  hdf5::write_string_attribute(dataset, "axis_units", axis_units(description));
  auto const micrometres = micrometres_in(description.voxel_unit);
  if (!micrometres || description.voxel_size == std::array<double, 3>{}) return;
  std::vector<double> size;
  for (double length : description.voxel_size) size.push_back(length * *micrometres);
  hdf5::write_number_list_attribute(dataset, "element_size_um", element_type::float64, size);
}

/// The attributes ilastik writes, and the class names.
inline void write_attributes(hdf5::handle const& dataset, dataset_spec const& spec,
                             volume_description const& description) {
  std::vector<std::string> labels;
  for (char letter : description.axes) labels.emplace_back(1, letter);
  hdf5::write_string_attribute(dataset, "axistags",
                               write_axistags(description.axes, description.voxel_size));
  hdf5::write_dimension_labels(dataset, labels);
  if (spec.drange)
    hdf5::write_number_list_attribute(dataset, "drange", description.type,
                                      {spec.drange->begin(), spec.drange->end()});
  hdf5::write_string_attribute(dataset, "display_mode", spec.display_mode);
  if (!spec.class_names.empty())
    hdf5::write_string_list_attribute(dataset, "class_names", spec.class_names);
  write_voxel_size(dataset, description);
}

}  // namespace detail

/// Where the voxels of a box (t, c, z, y, x) lie: at the same place of another file's dataset.
struct linked_box {
  std::string file;  ///< absolute, or as seen from the folder of the file that links
  std::string dataset;
  box<5> where;
};

/// Writes a new HDF5 file, dataset by dataset. Its bytes depend on the values, the chunk shapes and
/// the order of the datasets only. Unless close() succeeds, the file is removed.
class hdf5_writer {
 public:
  /// @throws io_error when a file of that name exists or cannot be made.
  explicit hdf5_writer(std::string path) : path_(std::move(path)) {
    reserve_name();
    try {
      file_ = detail::hdf5::create_file(path_);
    } catch (...) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  hdf5_writer(hdf5_writer&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  hdf5_writer& operator=(hdf5_writer&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    return *this;
  }
  ~hdf5_writer() { abandon(); }

  /// Writes one finished dataset.
  /// @throws usage_error when there is one of that name; io_error when a chunk is missing or the
  /// disk refuses: then the file is lost.
  void add(dataset_spec const& spec, packed_chunks const& store,
           chunks_wanted wanted = chunks_wanted::all) {
    require_new(spec.name);
    detail::hdf5::handle dataset;  // outlives the attempt: see rescue()
    attempt([&] {
      reserve(detail::hdf5::size_of_file(file_) + bytes_for(store));
      dataset = make_dataset(spec, store);
      detail::write_attributes(dataset, spec, store.description());
      copy_chunks(dataset, store, wanted);
    });
  }

  /// Makes a virtual dataset, whose voxels stay in other files.
  /// @throws as add()
  void link(dataset_spec const& spec, volume_description const& description,
            std::vector<linked_box> const& boxes) {
    require_new(spec.name);
    auto const axes = chunk_grid(description, coord<5>::filled(1)).axes();
    std::vector<index_t> shape;
    for (auto const& axis : axes) shape.push_back(axis.extent);
    std::vector<detail::hdf5::virtual_part> parts;
    for (auto const& b : boxes) {
      auto& part = parts.emplace_back(detail::hdf5::virtual_part{b.file, b.dataset, {}, {}});
      for (auto const& axis : axes) {
        part.offset.push_back(b.where.inclusive_min[axis.canonical]);
        part.extent.push_back(b.where.extent(axis.canonical));
      }
    }
    detail::hdf5::handle dataset;
    attempt([&] {
      reserve(detail::hdf5::size_of_file(file_) + 65536 + 1024 * parts.size());
      dataset =
          detail::hdf5::create_virtual_dataset(file_, spec.name, description.type, shape, parts);
      detail::write_attributes(dataset, spec, description);
    });
  }

  /// Writes a list of numbers, stored as `type`, into which they fit.
  /// @throws as add().
  void add_numbers(std::string const& name, element_type type,
                   std::vector<std::uint64_t> const& values) {
    require_open();
    require_new(name);
    attempt([&] { detail::hdf5::write_number_list(file_, name, type, values); });
  }

  /// Waits until all is on the disk.
  /// @throws io_error when the disk refuses: then the file is lost.
  void close() {
    require_open();
    attempt([&] {
      reserve(detail::hdf5::size_of_file(file_));
      detail::hdf5::flush(file_);
      detail::hdf5::close_file(file_, path_);
      sync_and_give_back();
    });
    path_.clear();
  }

  /// Closes and removes the file.
  void abandon() noexcept {
    if (path_.empty()) return;
    rescue();
    file_.reset();
    ::unlink(path_.c_str());
    path_.clear();
  }

 private:
  void require_new(std::string const& name) const {
    require_open();
    if (detail::hdf5::exists(file_, name))
      throw usage_error(quoted(path_) + ": there are two datasets " + quoted(name));
  }

  void require_open() const {
    if (!file_) throw usage_error("hdf5_writer: the file is already closed");
  }

  void reserve_name() {
    int const descriptor = ::open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor < 0)
      throw io_error(quoted(path_) + " cannot be created: " + system_message(errno));
    ::close(descriptor);
  }

  /// The packed chunks, and a generous guess of the index that finds them and of the attributes.
  [[nodiscard]] static std::uint64_t bytes_for(packed_chunks const& store) {
    constexpr std::uint64_t per_chunk = 256;
    constexpr std::uint64_t once = 65536;
    return store.encoded_bytes() + per_chunk * static_cast<std::uint64_t>(store.count()) + once;
  }

  /// Asks for the disk space before the library writes: when its own bookkeeping cannot be written,
  /// the library is left in a state that it does not survive. File systems that cannot tell are
  /// trusted.
  void reserve(std::uint64_t bytes) const {
    int const refused = ::fallocate(detail::hdf5::descriptor_of(file_), FALLOC_FL_KEEP_SIZE, 0,
                                    static_cast<off_t>(bytes)) == 0
                            ? 0
                            : errno;
    if (refused == ENOSPC || refused == EDQUOT || refused == EFBIG)
      throw io_error(quoted(path_) + " needs " + std::to_string(bytes) + " bytes, but: " +
                     system_message(refused) + "; free space there, or choose another folder");
  }

  /// What was reserved behind the file's end would stay allocated as long as the file is there.
  void sync_and_give_back() const {
    auto const file = posix_file::open_to_write(path_);
    file.resize(file.size());
    file.sync();
  }

  /// Some chunks are read while those before them are written.
  void copy_chunks(detail::hdf5::handle const& dataset, packed_chunks const& store,
                   chunks_wanted wanted) const {
    detail::chunk_batch written(store, wanted);
    detail::chunk_batch next(store, wanted);
    next.read_after(written);
    while (!next.empty()) {
      std::swap(written, next);
      tbb::parallel_invoke([&] { next.read_after(written); },
                           [&] { write_chunks(dataset, store.grid(), written); });
    }
  }

  /// The disk begins at once: what waits for the end would be waited for there.
  void write_chunks(detail::hdf5::handle const& dataset, chunk_grid const& grid,
                    detail::chunk_batch const& batch) const {
    for (auto const& [index, packed] : batch)
      detail::hdf5::write_chunk(dataset, grid.offset_in_file(grid.position_of(index)), packed);
    static_cast<void>(
        ::sync_file_range(detail::hdf5::descriptor_of(file_), 0, 0, SYNC_FILE_RANGE_WRITE));
  }

  [[nodiscard]] detail::hdf5::handle make_dataset(dataset_spec const& spec,
                                                  packed_chunks const& store) const {
    std::vector<index_t> shape;
    std::vector<index_t> chunk;
    for (auto const& axis : store.grid().axes()) {
      shape.push_back(axis.extent);
      chunk.push_back(store.chunk()[axis.canonical]);
    }
    return detail::hdf5::create_dataset(file_, spec.name, store.description().type, shape, chunk,
                                        store.level());
  }

  template <class Work>
  void attempt(Work work) {
    try {
      work();
    } catch (error const& e) {
      rescue();
      std::string const text = e.what();
      bool const full = text.find(system_message(ENOSPC)) != std::string::npos;
      if (!full || text.find("; free space") != std::string::npos) throw;
      throw io_error(quoted(path_) + " cannot be written: " + system_message(ENOSPC) +
                     "; free space there, or choose another folder");
    }
  }

  /// Lets the library close a file it cannot write: it would try again and again, at exit too, to
  /// write what it still holds. From now on that goes to memory and is forgotten.
  void rescue() noexcept {
    if (!file_) return;
    try {
      int const nowhere = ::memfd_create("voxstitch", MFD_CLOEXEC);
      if (nowhere < 0) return;
      ::dup2(nowhere, detail::hdf5::descriptor_of(file_));
      ::close(nowhere);
    } catch (...) {  // NOLINT(bugprone-empty-catch): nothing better is left to be done
    }
  }

  std::string path_;
  detail::hdf5::handle file_;
};

}  // namespace voxstitch::io
