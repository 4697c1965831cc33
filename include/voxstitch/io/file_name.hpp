// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which files does the user mean: a pattern, a folder, a name?

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <glob.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/io/natural_order.hpp"

namespace voxstitch::io {

/// Whether a file, folder or anything else of that name exists.
[[nodiscard]] inline bool exists(std::string const& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}
[[nodiscard]] inline bool is_folder(std::string const& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// The same for all spellings of a name, whatever links they lead through; the file need not exist.
[[nodiscard]] inline std::string canonical_name(std::string const& path) {
  return std::filesystem::weakly_canonical(std::filesystem::absolute(path)).string();
}

/// The part after the last dot of the name, lower case, with the dot; empty without one.
[[nodiscard]] inline std::string extension_of(std::string const& path) {
  return detail::in_lower_case(std::filesystem::path(path).extension().string());
}

[[nodiscard]] inline bool is_tiff_name(std::string const& path) {
  std::string const extension = extension_of(path);
  return extension == ".tif" || extension == ".tiff" || extension == ".btf" || extension == ".tf8";
}

/// Names of the 2D formats that libvigraimpex reads.
[[nodiscard]] inline bool is_picture_name(std::string const& path) {
  constexpr std::array names{".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pnm",
                             ".pgm", ".ppm", ".pbm",  ".hdr", ".ras", ".xv"};
  return std::find(names.begin(), names.end(), extension_of(path)) != names.end();
}

/// Names of what is read of a folder: TIFF, npy, 2D formats; nothing that is hidden.
[[nodiscard]] inline bool is_image_name(std::string const& name) {
  bool const image = is_tiff_name(name) || is_picture_name(name) || extension_of(name) == ".npy";
  return image && !name.starts_with('.');
}

/// Whether `path` is a pattern for glob(3); the name of an existing file never is, even with
/// brackets in it.
[[nodiscard]] inline bool is_pattern(std::string const& path) {
  return path.find_first_of("*?[") != std::string::npos && !exists(path);
}

/// Whoever opened a pipe would wait for its other end.
/// @throws io_error for what is there, but neither a file nor a folder.
inline void refuse_special_file(std::string const& path) {
  std::error_code ignored;
  auto const status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status) ||
      std::filesystem::is_directory(status))
    return;
  throw io_error(quoted(path) + " is neither a file nor a folder, but a pipe, a socket or a "
                                "device; write what comes from it to a file first");
}

namespace detail {

/// Names in a folder, in natural order; empty when it cannot be read.
[[nodiscard]] inline std::vector<std::string> names_in(std::string const& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (std::filesystem::directory_iterator i(folder, failure), end; !failure && i != end;
       i.increment(failure))
    names.push_back(i->path().filename().string());
  sort_naturally(names);
  return names;
}

/// `name` with '*' for each run of digits: slices of one stack have one family.
[[nodiscard]] inline std::string family_of(std::string_view name) {
  std::string family;
  while (!name.empty()) {
    std::size_t const digits = digits_in(name);
    family += digits > 0 ? '*' : name.front();
    name.remove_prefix(std::max<std::size_t>(1, digits));
  }
  return family;
}

/// Insertions, deletions and replacements that make `b` of `a` (V. Levenshtein).
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

/// The candidate nearest to `name`, if it is near: at most a third of its letters differ.
[[nodiscard]] inline std::optional<std::string>
nearest(std::string_view name, std::vector<std::string> const& candidates) {
  std::optional<std::string> best;
  std::size_t least = name.size() / 3 + 1;
  for (std::string const& candidate : candidates)
    if (std::size_t const distance = edit_distance(name, candidate); distance < least) {
      least = distance;
      best = candidate;
    }
  return best;
}

struct split_name {
  std::string folder;  ///< "." when the path has none
  std::string prefix;  ///< what to put before a name to get a path, as "slices/"
  std::string name;
};

[[nodiscard]] inline split_name split(std::string const& path) {
  std::size_t const slash = path.rfind('/');
  if (slash == std::string::npos) return {".", "", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(0, slash + 1),
          path.substr(slash + 1)};
}

/// "it holds 30 entries, as 'slice_000.tif'".
[[nodiscard]] inline std::string content_text(std::vector<std::string> const& names) {
  if (names.empty()) return "it is empty";
  return "it holds " + std::to_string(names.size()) +
         (names.size() == 1 ? " entry, " : " entries, as ") + quoted(names.front());
}

/// What stands at the place where `path` should be, and what may have been meant.
[[nodiscard]] inline std::string neighbourhood(std::string const& path) {
  auto const [folder, prefix, name] = split(path);
  if (folder.find_first_of("*?[") != std::string::npos && !exists(folder)) return "";
  if (!is_folder(folder)) return "; the folder " + quoted(folder) + " does not exist";
  auto names = names_in(folder);
  std::string text = "; the folder " + quoted(folder) + " exists: " + content_text(names);
  if (name.find_first_of("*?[") != std::string::npos)
    for (std::string& candidate : names) candidate = family_of(candidate);
  if (auto const near = nearest(name, names))
    text += "; did you mean " + quoted(prefix + *near) + "?";
  return text;
}

struct glob_result : glob_t {
  glob_result() : glob_t{} {}
  glob_result(glob_result const&) = delete;
  glob_result& operator=(glob_result const&) = delete;
  ~glob_result() { globfree(this); }
};

}  // namespace detail

/// @throws io_error that says there is no such file, what is there instead, and a similar name.
[[noreturn]] inline void throw_no_such_file(std::string const& path) {
  std::error_code none;
  if (auto const target = std::filesystem::read_symlink(path, none); !none)
    throw io_error("no such file: " + quoted(path) + " is a link to " + quoted(target.string()) +
                   ", which is not there; put that back, or name another file");
  throw io_error("no such file: " + quoted(path) + detail::neighbourhood(path));
}

namespace detail {

/// What glob(3) finds, folders left out, in no order.
/// @throws io_error when the pattern cannot be searched.
[[nodiscard]] inline std::vector<std::string> glob_files(std::string const& pattern) {
  glob_result found;
  int const failure = ::glob(pattern.c_str(), GLOB_NOSORT | GLOB_MARK, nullptr, &found);
  if (failure == GLOB_NOSPACE || failure == GLOB_ABORTED)
    throw io_error("pattern: " + quoted(pattern) + " cannot be searched");
  std::vector<std::string> files;
  for (std::size_t i = 0; i < found.gl_pathc; ++i)
    if (std::string path = found.gl_pathv[i]; path.back() != '/') files.push_back(std::move(path));
  return files;
}

/// `pattern` with brackets that stand for themselves.
[[nodiscard]] inline std::string with_plain_brackets(std::string const& pattern) {
  std::string plain;
  for (char c : pattern) {
    if (c == '[' || c == ']') plain += '\\';
    plain += c;
  }
  return plain;
}

/// How to write a pattern whose brackets are part of a name; nothing where there is no such name.
[[nodiscard]] inline std::string advice_on_brackets(std::string const& pattern) {
  std::string const plain = with_plain_brackets(pattern);
  if (plain == pattern || glob_files(plain).empty()) return "";
  std::string advice =
      "; in a pattern [ ] stand for one character of a set: write " + quoted(plain);
  std::string const folder = split(pattern).folder;
  if (folder.find('[') != std::string::npos && is_folder(folder))
    advice += ", or name the folder, " + quoted(folder) + ", without a pattern";
  return advice;
}

}  // namespace detail

/// Files that match a pattern of glob(3), in natural order; folders are left out.
/// @throws io_error when none does, naming the pattern, the folder searched and a similar pattern.
[[nodiscard]] inline std::vector<std::string> files_matching(std::string const& pattern) {
  auto files = detail::glob_files(pattern);
  if (files.empty()) {
    auto const advice = detail::advice_on_brackets(pattern);
    throw io_error("no file matches " + quoted(pattern) +
                   (advice.empty() ? detail::neighbourhood(pattern) : advice));
  }
  sort_naturally(files);
  return files;
}

/// All images (TIFF, npy, 2D formats) of a folder, in natural order.
/// @throws io_error when there is none, usage_error when they are of several formats.
[[nodiscard]] inline std::vector<std::string> files_in_folder(std::string const& folder) {
  std::string const prefix = folder.ends_with('/') ? folder : folder + "/";
  std::map<std::string, std::vector<std::string>> by_extension;
  auto const names = detail::names_in(folder);
  for (std::string const& name : names) {
    if (!is_image_name(name) || is_folder(prefix + name)) continue;
    by_extension[is_tiff_name(name) ? ".tif" : extension_of(name)].push_back(prefix + name);
  }
  if (by_extension.empty())
    throw io_error("folder " + quoted(folder) +
                   " holds no image (TIFF, npy, PNG and the like): " + detail::content_text(names));
  if (by_extension.size() == 1) return by_extension.begin()->second;
  std::string text;
  for (auto const& [extension, files] : by_extension)
    text += (text.empty() ? "" : ", ") + std::to_string(files.size()) + " of " + extension;
  throw usage_error("folder " + quoted(folder) + " holds images of several formats (" + text +
                    "); choose by a pattern, as " +
                    quoted(prefix + "*" + by_extension.begin()->first));
}

namespace detail {

[[nodiscard]] inline unsigned long long value_of(std::string_view digits) {
  unsigned long long value = 0;
  for (char digit : digits) value = 10 * value + static_cast<unsigned long long>(digit - '0');
  return value;
}

/// From the number in `a` to that in `b`; nothing when the names differ in anything but one number
/// (of at most 18 digits).
[[nodiscard]] inline std::optional<unsigned long long> step_between(std::string_view a,
                                                                    std::string_view b) {
  std::optional<unsigned long long> step;
  while (!a.empty() && !b.empty()) {
    std::string_view const left = a.substr(0, std::max<std::size_t>(1, digits_in(a)));
    std::string_view const right = b.substr(0, std::max<std::size_t>(1, digits_in(b)));
    a.remove_prefix(left.size());
    b.remove_prefix(right.size());
    if (left == right) continue;
    bool const numbers = is_digit(left.front()) && is_digit(right.front());
    if (!numbers || step || std::max(left.size(), right.size()) > 18) return std::nullopt;
    step = value_of(right) - value_of(left);
  }
  return a.empty() && b.empty() ? step : std::nullopt;
}

}  // namespace detail

/// Gaps in the numbering of files in natural order, one sentence each (at most ten, then a sum). A
/// constant step (0, 5, 10...) is no gap.
[[nodiscard]] inline std::vector<std::string>
numbering_gaps(std::vector<std::string> const& files) {
  std::vector<std::optional<unsigned long long>> steps;
  for (std::size_t i = 1; i < files.size(); ++i)
    steps.push_back(detail::step_between(files[i - 1], files[i]));
  unsigned long long usual = 0;
  for (auto const& step : steps)
    if (step && *step > 0 && (usual == 0 || *step < usual)) usual = *step;

  std::vector<std::string> gaps;
  std::size_t more = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i] || *steps[i] == usual) continue;
    if (gaps.size() == 10) {
      ++more;
      continue;
    }
    std::string const what = *steps[i] == 0 ? "the same number twice" : "a gap";
    gaps.push_back("numbering: " + what + " between " + quoted(files[i]) + " and " +
                   quoted(files[i + 1]));
  }
  if (more > 0) gaps.push_back("numbering: " + std::to_string(more) + " more gaps");
  return gaps;
}

}  // namespace voxstitch::io
