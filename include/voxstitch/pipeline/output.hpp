// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What can be made from a classified volume?

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "voxstitch/core/error.hpp"

namespace voxstitch::pipeline {

/// What an output holds.
enum class output_kind { probabilities, labels, uncertainty, classes, disagreement, raw };

/// What a class map holds where its class wins; elsewhere it is 0. `probability` holds the class's
/// probability at every voxel.
enum class class_content { mask, masked_raw, probability };

/// One asked output: `path` is a file, or a file and a dataset in it ("p.h5/exported_data").
struct output_request {
  output_kind kind = output_kind::labels;
  std::string path;

  friend bool operator==(output_request const&, output_request const&) = default;
};

namespace detail {

struct kind_name {
  output_kind kind;
  std::string_view name;
};
inline constexpr std::array kind_names{kind_name{output_kind::probabilities, "probabilities"},
                                       kind_name{output_kind::labels, "labels"},
                                       kind_name{output_kind::uncertainty, "uncertainty"},
                                       kind_name{output_kind::classes, "classes"},
                                       kind_name{output_kind::disagreement, "disagreement"},
                                       kind_name{output_kind::raw, "raw"}};

struct content_name {
  class_content content;
  std::string_view name;
};
inline constexpr std::array content_names{content_name{class_content::mask, "mask"},
                                          content_name{class_content::masked_raw, "masked-raw"},
                                          content_name{class_content::probability, "probability"}};

}  // namespace detail

[[nodiscard]] inline std::string to_string(output_kind kind) {
  for (auto const& entry : detail::kind_names)
    if (entry.kind == kind) return std::string(entry.name);
  return "unknown";
}

[[nodiscard]] inline std::string to_string(class_content content) {
  for (auto const& entry : detail::content_names)
    if (entry.content == content) return std::string(entry.name);
  return "unknown";
}

/// The kind of that name.
[[nodiscard]] inline std::optional<output_kind> kind_named(std::string_view name) {
  for (auto const& entry : detail::kind_names)
    if (entry.name == name) return entry.kind;
  return std::nullopt;
}

/// Reads "labels=l.h5".
/// @throws usage_error that lists the kinds.
[[nodiscard]] inline output_request parse_output(std::string_view text) {
  auto const equals = text.find('=');
  if (equals == std::string_view::npos || equals + 1 == text.size())
    throw usage_error("-o '" + std::string(text) + "': write KIND=PATH, as labels=l.h5");
  if (auto const kind = kind_named(text.substr(0, equals)))
    return {*kind, std::string(text.substr(equals + 1))};
  throw usage_error("-o '" + std::string(text) + "': '" + std::string(text.substr(0, equals)) +
                    "' is no kind of output; allowed are probabilities, labels, uncertainty, "
                    "classes, disagreement, raw");
}

/// Reads the value of --classes.
/// @throws usage_error that lists the contents.
[[nodiscard]] inline class_content parse_class_content(std::string_view text) {
  for (auto const& entry : detail::content_names)
    if (entry.name == text) return entry.content;
  throw usage_error("--classes '" + std::string(text) +
                    "': allowed are mask, masked-raw, probability");
}

}  // namespace voxstitch::pipeline
