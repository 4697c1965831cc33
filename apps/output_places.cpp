// SPDX-License-Identifier: BSL-1.0
#include "output_places.hpp"

#include <algorithm>
#include <filesystem>

#include <fnmatch.h>

#include "input_file.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/io/open_source.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

/// Without the dataset in it.
std::string file_in(std::string const& path) {
  auto const inside = vox::io::split_hdf5_path(path);
  return inside && !vox::io::is_folder(inside->file) ? inside->file : path;
}

/// Whatever links lead there; files need not exist. (Names are compared only where neither does: a
/// stack may have very many files.)
bool is_same_file(std::string const& a, std::string const& b) {
  std::error_code none;
  if (vox::io::exists(a)) return std::filesystem::equivalent(a, b, none);
  return !vox::io::exists(b) && vox::io::canonical_name(a) == vox::io::canonical_name(b);
}

std::filesystem::path folder_of_file(std::string const& file) {
  return std::filesystem::absolute(file).parent_path();
}

/// Whether a folder that is read holds `file`, as an image.
bool is_image_in(std::string const& folder, std::string const& file) {
  auto const name = std::filesystem::path(file).filename().string();
  return vox::io::is_image_name(name) && is_same_file(folder, folder_of_file(file).string());
}

/// Whether a pattern matches `file`, in one of the folders where it found `others`.
bool matches(std::string const& pattern, std::string const& file,
             std::vector<std::string> const& others) {
  auto const name = [](std::string const& path) {
    return std::filesystem::path(path).filename().string();
  };
  if (::fnmatch(name(file_in(pattern)).c_str(), name(file).c_str(), FNM_PERIOD) != 0) return false;
  auto const folder = folder_of_file(file).string();
  return std::ranges::any_of(others, [&](std::string const& other) {
    return is_same_file(folder_of_file(file_in(other)).string(), folder);
  });
}

/// What a job reads.
std::vector<named_files> files_read(job_options const& o, job_setup const& s) {
  std::vector<named_files> files{{"the input", o.input, s.input_files}};
  if (!o.mask.empty()) files.push_back({"--mask", o.mask, s.mask_files});
  if (!o.project.empty()) files.push_back({"--project", o.project, {o.project}});
  return files;
}

}  // namespace

named_files files_named(std::string const& what, std::string const& name) {
  if (name.empty()) return {what, name};
  return {what, name, as_input([&] { return vox::io::files_named(name); })};
}

void require_apart(std::string const& what, std::string const& file,
                   std::vector<named_files> const& others) {
  for (auto const& other : others)
    for (auto const& path : other.files)
      if (is_same_file(file, file_in(path)))
        throw usage_error(what + " " + vox::quoted(file) + " is the file of " + other.what + " " +
                          vox::quoted(other.name) +
                          ", and would replace it as a whole; name another file");
}

void require_outside(std::string const& what, std::string const& file,
                     std::vector<named_files> const& others) {
  for (auto const& other : others) {
    if (other.name.empty()) continue;
    bool const is_folder = vox::io::is_folder(other.name);
    if (is_folder && !is_image_in(other.name, file)) continue;
    if (!is_folder &&
        (!vox::io::is_pattern_of_files(other.name) || !matches(other.name, file, other.files)))
      continue;
    throw usage_error(what + " " + vox::quoted(file) + " would be read as a part of " + other.what +
                      " " + vox::quoted(other.name) + " the next time; name another folder");
  }
}

void require_outputs_apart(job_options const& o, job_setup const& s,
                           vox::pipeline::prepared_job const& prepared) {
  auto others = files_read(o, s);
  auto const require = [&](char const* what, std::string const& file) {
    if (file.empty()) return;
    require_apart(what, file, others);
    require_outside(what, file, others);
  };
  require("--picture", o.picture);
  require("--report", o.report);
  if (!o.picture.empty()) others.push_back({"--picture", o.picture, {o.picture}});
  if (!o.report.empty()) others.push_back({"--report", o.report, {o.report}});
  for (auto const& file : files_of(prepared)) require("output", file);
}

}  // namespace app
