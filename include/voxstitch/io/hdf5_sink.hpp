// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a volume written to a new HDF5 file, box by box, in any order?

#include "voxstitch/io/chunk_shape.hpp"
#include "voxstitch/io/chunk_store.hpp"
#include "voxstitch/io/hdf5_writer.hpp"
#include "voxstitch/io/whole_file.hpp"

namespace voxstitch::io {

/// A new HDF5 file with one dataset. The chunks wait beside it (`<path>.chunks`), the file is
/// written under its partial_name() and appears under its own when it is complete.
class hdf5_sink {
 public:
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @param level of deflate, 1 (fast) to 9 (small)
  /// @throws usage_error when the file exists; io_error when its folder cannot be written; else as
  /// chunk_store.
  hdf5_sink(std::string const& path, dataset_spec spec, volume_description const& description,
            coord<5> const& chunk, int level = 1)
      : path_(checked(path)), spec_(std::move(spec)),
        store_(path + ".chunks", description, chunk, level) {}
  hdf5_sink(std::string const& path, dataset_spec spec, volume_description const& description)
      : hdf5_sink(path, std::move(spec), description, default_chunk(description.shape)) {}

  [[nodiscard]] volume_description const& description() const { return store_.description(); }
  [[nodiscard]] coord<5> chunk() const { return store_.chunk(); }

  /// As chunk_store.
  void write(box<5> const& b, any_view<5> const& v) { store_.write(b, v); }

  /// @throws io_error when a chunk is missing, the disk refuses or meanwhile there is such a file;
  /// there is no file of ours then.
  void finish() {
    store_.finish();
    auto const part = partial_name(path_);
    ::unlink(part.c_str());
    hdf5_writer writer(part);
    writer.add(spec_, store_);
    writer.close();
    store_.abandon();
    try {
      put_in_place(part, path_, if_exists::refuse);
    } catch (...) {
      ::unlink(part.c_str());
      throw;
    }
  }

 private:
  [[nodiscard]] static std::string const& checked(std::string const& path) {
    if (::access(path.c_str(), F_OK) == 0)
      throw usage_error(quoted(path) + " exists; choose another name or remove it");
    return path;
  }

  std::string path_;
  dataset_spec spec_;
  chunk_store store_;
};

static_assert(volume_sink<hdf5_sink>);

}  // namespace voxstitch::io
