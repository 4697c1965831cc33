// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Under which name does a class get its own dataset?

#include <set>
#include <string>

namespace voxstitch::io {

namespace detail {

/// A slash would make a group, a control character (NUL first of all) would end or garble the name.
[[nodiscard]] inline std::string without_special_characters(std::string label) {
  for (char& c : label)
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  return label;
}

[[nodiscard]] inline std::string without_outer_blanks(std::string const& label) {
  auto const first = label.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return label.substr(first, label.find_last_not_of(' ') - first + 1);
}

/// "." means the group itself to HDF5, ".." the parent to most people.
[[nodiscard]] inline bool is_only_dots(std::string const& label) {
  return label.find_first_not_of('.') == std::string::npos;
}

}  // namespace detail

/// `label` as the name of an HDF5 dataset that is not yet `taken`, and takes it: slashes and
/// control characters become "_", blanks at the ends go, a label that says nothing becomes "class",
/// and a second one of a name gets "_2".
[[nodiscard]] inline std::string usable_dataset_name(std::string const& label,
                                                     std::set<std::string>& taken) {
  std::string base = detail::without_outer_blanks(detail::without_special_characters(label));
  if (detail::is_only_dots(base)) base = "class" + std::string(base.size(), '_');
  std::string name = base;
  for (int number = 2; !taken.insert(name).second; ++number)
    name = base + "_" + std::to_string(number);
  return name;
}

}  // namespace voxstitch::io
