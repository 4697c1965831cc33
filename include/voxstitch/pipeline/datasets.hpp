// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which datasets, in which files, do the asked outputs become?

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "voxstitch/core/separated.hpp"
#include "voxstitch/io/dataset_name.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/recipe.hpp"

namespace voxstitch::pipeline {

/// File formats that outputs are written in.
enum class file_format { hdf5, tiff, npy };

/// One asked output with everything that decides its files.
struct output_plan {
  output_request request;
  recipe what;
  file_format format = file_format::hdf5;
  std::vector<dataset_plan> datasets;  ///< one, or one per class
};

/// What the outputs are made of.
struct output_context {
  volume_description input;              ///< with the region's extents
  std::vector<std::string> class_names;  ///< empty when nothing is classified
  class_content content = class_content::mask;
  bool quantised = false;
};

namespace detail {

struct place {
  file_format format;
  std::string file;
  std::string name;  ///< inside an HDF5 file; empty when not asked for
};

/// "/group/name", or nothing.
/// @throws usage_error for what HDF5 would take for something else.
inline void require_dataset_name(output_request const& request, std::string_view name) {
  if (name.empty()) return;
  for (auto part : separated(name.substr(1), '/'))
    if (part.empty() || part == "." || part == "..")
      throw usage_error("output " + to_string(request.kind) + "=" + quoted(request.path) + ": " +
                        quoted(std::string(name)) +
                        " is no name of a dataset; give file.h5/name or file.h5/group/name");
}

/// What the system takes as the name of a file, less what stands around it in names of files in the
/// making: ".NAME.provenance.json.0123abcd.partial" (see final_files).
inline constexpr std::size_t longest_file_name = 255 - 34;

[[nodiscard]] inline bool has_short_name(std::string const& file) {
  return std::filesystem::path(file).filename().string().size() <= longest_file_name;
}

/// @throws usage_error for a name that the system would not take.
inline void require_short_name(output_request const& request, std::string const& file) {
  if (!has_short_name(file))
    throw usage_error("output " + to_string(request.kind) + "=" + quoted(request.path) +
                      ": the file's name is too long; " + std::to_string(longest_file_name) +
                      " bytes are possible");
}

/// @throws usage_error for an extension that is not written, or a name that is none.
[[nodiscard]] inline place place_of(output_request const& request) {
  auto const split = io::split_hdf5_path(request.path);
  require_short_name(request, split ? split->file : request.path);
  if (split) {
    require_dataset_name(request, split->internal);
    return {file_format::hdf5, split->file, split->internal};
  }
  auto const extension = io::extension_of(request.path);
  if (extension == ".tif" || extension == ".tiff") return {file_format::tiff, request.path, ""};
  if (extension == ".npy") return {file_format::npy, request.path, ""};
  throw usage_error("output " + to_string(request.kind) + "=" + quoted(request.path) +
                    ": the extension decides the format; allowed are .h5, .hdf5, .tif, .tiff "
                    "and .npy");
}

/// "c.tif" and "Cell" become "c_Cell.tif".
/// @throws usage_error, which names the class, when that is no name of a file.
[[nodiscard]] inline std::string file_of_class(output_request const& request,
                                               std::string const& name) {
  std::filesystem::path const path(request.path);
  auto const leaf = path.stem().string() + "_" + name + path.extension().string();
  auto file = (path.parent_path() / leaf).string();
  if (!has_short_name(file))
    throw usage_error("output " + to_string(request.kind) + "=" + quoted(request.path) +
                      ": the class " + quoted(name) + " has too long a name for a file, " +
                      quoted(leaf) + "; " + std::to_string(longest_file_name) +
                      " bytes are possible: give a shorter name of the class, or an HDF5 file, "
                      "whose datasets may have it");
  return file;
}

/// The input's axes with `channels` values per voxel: c keeps its own place or comes last.
[[nodiscard]] inline volume_description described(volume_description d, element_type type,
                                                  std::size_t channels, bool needs_channel_axis) {
  d.type = type;
  d.shape[1] = static_cast<index_t>(channels);
  if (needs_channel_axis && d.axes.find('c') == std::string::npos) d.axes += 'c';
  return d;
}

/// Default names when the path gives none: ilastik's name, or the kinds' where files are shared.
[[nodiscard]] inline std::string default_name(output_kind kind, bool shares_file) {
  return shares_file ? "/" + to_string(kind) : "/exported_data";
}

}  // namespace detail

/// Plans one output's datasets.
[[nodiscard]] inline output_plan plan_output(output_request const& request,
                                             output_context const& context, bool shares_file) {
  std::size_t const k = context.class_names.size();
  output_plan out{request, {request.kind, context.content, context.quantised}, {}, {}};
  auto const place = detail::place_of(request);
  out.format = place.format;
  auto const type = out.what.value_type(k, context.input.type);
  bool const hdf5 = place.format == file_format::hdf5;
  if (request.kind != output_kind::classes) {
    auto const m = out.what.output_count(k, static_cast<std::size_t>(context.input.shape[1]));
    auto d = detail::described(context.input, type, m, request.kind != output_kind::raw);
    auto const name =
        place.name.empty() ? detail::default_name(request.kind, shares_file) : place.name;
    out.datasets.push_back({place.file, hdf5 ? name : "", d});
    return out;
  }
  std::set<std::string> taken;
  for (auto const& label : context.class_names) {
    auto const name = io::usable_dataset_name(label, taken);
    auto d = detail::described(context.input, type, 1, false);
    std::erase(d.axes, 'c');
    if (hdf5)
      out.datasets.push_back({place.file, place.name + "/" + name, d});
    else
      out.datasets.push_back({detail::file_of_class(request, name), "", d});
  }
  return out;
}

namespace detail {

/// Whether a dataset would have to be the group that another lies in, or is that other.
[[nodiscard]] inline bool collide(std::string const& a, std::string const& b) {
  return a == b || a.starts_with(b + '/') || b.starts_with(a + '/');
}

inline void refuse_same_place(std::vector<output_plan> const& outputs) {
  std::vector<dataset_plan> before;
  for (auto const& o : outputs)
    for (auto const& d : o.datasets) {
      for (auto const& other : before)
        if (d.file == other.file && collide(d.name, other.name))
          throw usage_error("output " + to_string(o.request.kind) + "=" + quoted(o.request.path) +
                            ": another output is written to the same place " +
                            quoted(other.file + other.name) +
                            "; name another file or dataset (file.h5/name)");
      before.push_back(d);
    }
}

}  // namespace detail

/// Plans all outputs of a job.
/// @throws usage_error for an unknown format, or for two outputs at one place.
[[nodiscard]] inline std::vector<output_plan>
plan_outputs(std::vector<output_request> const& requests, output_context const& context) {
  auto const file_of = [](output_request const& r) {
    return io::canonical_name(detail::place_of(r).file);
  };
  std::map<std::string, int> users;
  for (auto const& r : requests) ++users[file_of(r)];
  std::vector<output_plan> outputs;
  std::map<std::string, std::string> spelling;  // of a file: the first that was used
  for (auto const& r : requests) {
    outputs.push_back(plan_output(r, context, users[file_of(r)] > 1));
    for (auto& d : outputs.back().datasets)
      d.file = spelling.try_emplace(io::canonical_name(d.file), d.file).first->second;
  }
  detail::refuse_same_place(outputs);
  return outputs;
}

/// All datasets of all outputs, in order.
[[nodiscard]] inline std::vector<dataset_plan>
datasets_of(std::vector<output_plan> const& outputs) {
  std::vector<dataset_plan> all;
  for (auto const& o : outputs) all.insert(all.end(), o.datasets.begin(), o.datasets.end());
  return all;
}

}  // namespace voxstitch::pipeline
