// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a path of any kind become a volume?

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/io/hdf5_source.hpp"
#include "voxstitch/io/impex_source.hpp"
#include "voxstitch/io/npy_source.hpp"
#include "voxstitch/io/slice_stack.hpp"
#include "voxstitch/io/tiff_source.hpp"

namespace voxstitch::io {

/// What the user and the project say about an input.
struct source_options {
  std::string axes;           ///< --axes, slowest first; empty: not given
  char stack_along = 'z';     ///< --stack-along: where the files of a stack lie one after the other
  std::string training_axes;  ///< of the data a project was trained on; empty: none
};

struct opened_source {
  any_source source;
  std::vector<std::string> warnings;  ///< for people; one sentence each
  std::vector<std::string> files;     ///< all that are read, in the order of the stack
};

namespace detail {

enum class file_kind { tiff, npy, picture, hdf5 };

/// By the first bytes, for files whose extension says nothing.
[[nodiscard]] inline file_kind kind_by_content(std::string const& path) {
  std::array<char, 8> start{};
  auto const file = posix_file::open_to_read(path);
  static_cast<void>(file.size());
  static_cast<void>(file.read_some_at(0, std::as_writable_bytes(std::span(start))));
  auto const begins_with = [&](std::string_view magic) {
    return std::string_view(start.data(), magic.size()) == magic;
  };
  using namespace std::string_view_literals;
  for (std::string_view magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
    if (begins_with(magic)) return file_kind::tiff;
  if (begins_with("\x93NUMPY"sv)) return file_kind::npy;
  if (begins_with("\x89HDF\r\n\x1a\n"sv)) return file_kind::hdf5;
  if (call_impex<format_error>(path, "cannot be read",
                               [&] { return vigra::isImage(path.c_str()); }))
    return file_kind::picture;
  throw format_error("input: " + quoted(path) +
                     " is of no known format; TIFF, HDF5, npy, PNG, JPEG, BMP, GIF, PNM, HDR, RAS "
                     "and XV can be read");
}

/// A file, or a dataset in one.
struct file_reference {
  std::string path;      ///< as given
  std::string file;      ///< the part that names the file
  std::string internal;  ///< the part that names the dataset
  file_kind kind = file_kind::tiff;
};

[[nodiscard]] inline file_reference refer_to(std::string const& path) {
  if (auto const inside = split_hdf5_path(path); inside && !is_folder(inside->file)) {
    if (!exists(inside->file)) throw_no_such_file(inside->file);
    return {path, inside->file, inside->internal, file_kind::hdf5};
  }
  if (!exists(path)) throw_no_such_file(path);
  refuse_special_file(path);
  file_kind const kind = is_tiff_name(path)             ? file_kind::tiff
                         : extension_of(path) == ".npy" ? file_kind::npy
                         : is_picture_name(path)        ? file_kind::picture
                                                        : kind_by_content(path);
  return {path, path, "", kind};
}

/// Axes that the file has, whatever they are called.
[[nodiscard]] inline std::size_t rank_of(file_reference const& f) {
  switch (f.kind) {
  case file_kind::tiff: return index_tiff(f.file).layout.shape.size();
  case file_kind::npy: return probe_npy(f.file).shape.size();
  case file_kind::hdf5: return probe_hdf5(f.file, f.internal).shape.size();
  default: return 3;
  }
}

[[nodiscard]] inline any_source open_hdf5(file_reference const& f, axes_request const& request) {
  auto const axes = resolve_axes(f.path, probe_hdf5(f.file, f.internal), request);
  return any_source(hdf5_source(f.file, f.internal, axes.axes, axes.origin));
}

/// One HDF5 file of a stack: opened for each read, for there may be thousands.
class hdf5_slice {
 public:
  hdf5_slice(file_reference reference, axes_request const& request)
      : reference_(std::move(reference)) {
    auto const source = open_hdf5(reference_, request);
    description_ = source.description();
    decode_unit_ = source.decode_unit();
  }
  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return decode_unit_; }
  [[nodiscard]] std::int64_t units_decoded() const { return decoded_.value(); }
  void read(box<5> const& b, any_view<5> const& target) const {
    hdf5_source const file(reference_.file, reference_.internal, description_.axes,
                           description_.axes_origin);
    file.read(b, target);
    decoded_.add(file.units_decoded());
  }

 private:
  file_reference reference_;
  volume_description description_;
  coord<5> decode_unit_;
  decode_count decoded_;
};

[[nodiscard]] inline any_source open_file(file_reference const& f, axes_request const& request) {
  switch (f.kind) {
  case file_kind::tiff: return any_source(tiff_source(f.file, request));
  case file_kind::npy: return any_source(npy_source(f.file, request));
  case file_kind::picture: return any_source(impex_source(f.file, request));
  default: return open_hdf5(f, request);
  }
}

/// As open_file, but without a handle that stays open.
[[nodiscard]] inline any_source open_slice(file_reference const& f, axes_request const& request) {
  if (f.kind == file_kind::tiff) return any_source(tiff_source(index_tiff(f.file), request, 0));
  if (f.kind == file_kind::hdf5) return any_source(hdf5_slice(f, request));
  return open_file(f, request);
}

[[nodiscard]] inline std::string without(std::string axes, char letter) {
  std::erase(axes, letter);
  return axes;
}

/// --axes of a stack, whose first letter is the axis that the files follow.
/// @throws usage_error when it cannot be, or --stack-along says something else.
inline void take_axes_of_stack(source_options& options, axes_request& request) {
  std::string const where = "option --axes '" + options.axes + "': ";
  if (auto const fault = fault_of_axes(options.axes)) throw usage_error(where + *fault);
  char const first = options.axes.front();
  if (options.stack_along != source_options{}.stack_along && options.stack_along != first)
    throw usage_error(where + "its first letter, '" + first +
                      "', would be the axis that the files follow, but --stack-along says '" +
                      options.stack_along + "'; give one of the two, or the axes of one file");
  options.stack_along = first;
  request.written = options.axes;
  request.option.erase(0, 1);
}

/// What is known about the axes of a single file of `rank` axes in a stack. --axes may name the
/// axes of the stack (then its first letter is where the files lie one after the other) or those of
/// the files.
[[nodiscard]] inline axes_request request_for_slices(source_options& options, std::size_t rank) {
  axes_request request{options.axes, options.training_axes};
  if (request.option.size() == rank + 1) take_axes_of_stack(options, request);
  request.followed = options.stack_along;
  if (rank < request.training.size())
    request.training = without(request.training, options.stack_along);
  return request;
}

[[nodiscard]] inline opened_source open_stack(std::vector<std::string> const& paths,
                                              source_options options) {
  file_reference const first = refer_to(paths.front());
  axes_request const request = request_for_slices(options, rank_of(first));
  std::string const kind = first.kind == file_kind::tiff   ? "tiff_stack"
                           : first.kind == file_kind::hdf5 ? "hdf5_stack"
                           : first.kind == file_kind::npy  ? "npy_stack"
                                                           : "image_stack";
  auto slices = open_slices(
      paths, [&](std::string const& path) { return open_slice(refer_to(path), request); });
  return {any_source(slice_stack(std::move(slices), options.stack_along, kind)),
          numbering_gaps(paths), paths};
}

/// The paths of a pattern; in HDF5 paths it is the file's name that may be one.
[[nodiscard]] inline std::vector<std::string> paths_matching(std::string const& pattern) {
  auto const inside = split_hdf5_path(pattern);
  if (!inside) return files_matching(pattern);
  if (inside->internal.find_first_of("*?[") != std::string::npos && !is_pattern(inside->file))
    throw usage_error("input: " + quoted(pattern) +
                      ": a pattern may stand in the file's name, not in the dataset's");
  auto paths = files_matching(inside->file);
  for (std::string& path : paths) path += inside->internal;
  return paths;
}

}  // namespace detail

/// Whether `path` is a pattern; in HDF5 paths it is the file's name that may be one.
[[nodiscard]] inline bool is_pattern_of_files(std::string const& path) {
  auto const inside = split_hdf5_path(path);
  return is_pattern(path) && !(inside && exists(inside->file) &&
                               inside->internal.find_first_of("*?[") == std::string::npos);
}

/// The files that `path` stands for, in the order of the stack, with the dataset where they are
/// HDF5.
/// @throws as open_source(), when there are none.
[[nodiscard]] inline std::vector<std::string> files_named(std::string const& path) {
  if (is_folder(path)) return files_in_folder(path);
  if (is_pattern_of_files(path)) return detail::paths_matching(path);
  return {path};
}

/// Opens `path`: a TIFF, HDF5 ("file.h5/dataset"), npy or 2D image file, a quoted glob pattern
/// ("slices/slice_*.tif", natural order), or a folder of images of one format. Several files are
/// stacked along `stack_along`; all their headers are checked here, before any work.
/// @throws io_error when there is no such file, format_error when it cannot be understood,
/// shape_error when the files of a stack differ, usage_error when the axes are not clear.
[[nodiscard]] inline opened_source open_source(std::string const& path,
                                               source_options const& options = {}) {
  if (path.empty()) throw usage_error("input: the path is empty");
  if (is_folder(path) || is_pattern_of_files(path))
    return detail::open_stack(files_named(path), options);
  auto const reference = detail::refer_to(path);
  return {
      detail::open_file(reference, {options.axes, options.training_axes}), {}, {reference.file}};
}

/// Opens files as one stack, in the order given; checks all their headers.
/// @throws as open_source()
[[nodiscard]] inline opened_source open_files(std::vector<std::string> const& paths,
                                              source_options const& options = {}) {
  if (paths.empty()) throw usage_error("input: no file is named");
  return paths.size() == 1 ? open_source(paths.front(), options)
                           : detail::open_stack(paths, options);
}

}  // namespace voxstitch::io
