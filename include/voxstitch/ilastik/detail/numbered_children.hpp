// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which order do numbered groups of a project stand?

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/detail/version.hpp"

namespace voxstitch::ilastik::detail {

/// The number in "lane0012" or "labels012"; 0 without one.
[[nodiscard]] inline int number_in(std::string_view name) {
  auto const first = name.find_first_of("0123456789");
  if (first == name.npos) return 0;
  name.remove_prefix(first);
  return take_number(name);
}

/// A group's children by the numbers in their names: older files do not pad them.
[[nodiscard]] inline std::vector<std::string> numbered_children(project_file const& file,
                                                                std::string const& group) {
  auto names = file.children(group);
  std::stable_sort(names.begin(), names.end(), [](std::string const& a, std::string const& b) {
    return number_in(a) < number_in(b);
  });
  return names;
}

}  // namespace voxstitch::ilastik::detail
