// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do people write down which features they want?

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/core/separated.hpp"
#include "voxstitch/features/feature_names.hpp"
#include "voxstitch/features/selection.hpp"
#include "voxstitch/ilastik/feature_names.hpp"

namespace voxstitch::ilastik {

/// The sigmas, in voxels, that ilastik offers.
inline constexpr std::array standard_sigmas{0.3, 0.7, 1.0, 1.6, 3.5, 5.0, 10.0};

/// The largest of them that a selection by default has: 10 needs images of 36 voxels along every
/// axis, and a halo of as many.
inline constexpr double largest_default_sigma = 5.0;

namespace detail {

/// Below this sigma ilastik offers gaussian smoothing alone.
inline constexpr double smallest_derivative_sigma = 0.7;

[[nodiscard]] inline bool offered(features::filter f, double sigma) {
  return f == features::filter::gaussian_smoothing || sigma >= smallest_derivative_sigma;
}

/// All filters of ilastik, in its order, at these scales; nothing is chosen.
[[nodiscard]] inline features::selection empty_selection(std::vector<double> const& sigmas,
                                                         bool in_2d) {
  features::selection s;
  for (auto const& entry : filter_names) s.filters.push_back(entry.filter);
  for (double sigma : sigmas) s.scales.push_back({sigma, in_2d});
  s.chosen.assign(s.filters.size(), std::vector<bool>(sigmas.size(), false));
  return s;
}

[[nodiscard]] inline double sigma_of(std::string_view text) {
  constexpr double largest = 1000;
  double sigma = 0;
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), sigma);
  bool const whole = failure == std::errc{} && end == text.data() + text.size();
  if (whole && sigma > 0 && sigma <= largest) return sigma;
  throw usage_error("features: '" + std::string(text) +
                    "' is no scale; give sigmas in voxels, above 0 and at most 1000, as 0.7,1.6");
}

/// Sorted, each once.
[[nodiscard]] inline std::vector<double> sorted_sigmas(std::vector<double> sigmas) {
  std::sort(sigmas.begin(), sigmas.end());
  sigmas.erase(std::unique(sigmas.begin(), sigmas.end()), sigmas.end());
  return sigmas;
}

[[nodiscard]] inline features::filter filter_named(std::string_view id) {
  if (auto const filter = filter_of_id(id)) return *filter;
  std::string known;
  for (auto const& entry : filter_names)
    known += (known.empty() ? "" : ", ") + std::string(entry.id);
  throw usage_error("features: '" + std::string(id) + "' is no filter; known are " + known);
}

/// "GaussianSmoothing:0.3,1.0".
struct filter_request {
  features::filter filter;
  std::vector<double> sigmas;
};
[[nodiscard]] inline filter_request request_of(std::string_view text) {
  auto const colon = text.find(':');
  filter_request request{filter_named(text.substr(0, colon)), {}};
  if (colon == std::string_view::npos)
    throw usage_error("features: '" + std::string(text) +
                      "' names no scales; write them behind a colon, as " + std::string(text) +
                      ":1.0,1.6");
  for (auto part : separated(text.substr(colon + 1), ',')) request.sigmas.push_back(sigma_of(part));
  return request;
}

}  // namespace detail

/// "0.7,1.6": sigmas in voxels.
/// @throws usage_error for what is no list of positive numbers.
[[nodiscard]] inline std::vector<double> parse_sigmas(std::string_view text) {
  std::vector<double> sigmas;
  for (auto part : separated(text, ',')) sigmas.push_back(detail::sigma_of(part));
  return detail::sorted_sigmas(std::move(sigmas));
}

/// Every filter at every scale, but what ilastik's own dialog does not offer: below a sigma of 0.7
/// there is gaussian smoothing only.
[[nodiscard]] inline features::selection all_features(std::vector<double> const& sigmas,
                                                      bool in_2d) {
  auto s = detail::empty_selection(sigmas, in_2d);
  for (std::size_t row = 0; row < s.filters.size(); ++row)
    for (std::size_t column = 0; column < sigmas.size(); ++column)
      s.chosen[row][column] = detail::offered(s.filters[row], sigmas[column]);
  return s;
}

/// "all": every feature that ilastik offers; "default": those up to a sigma of 5; or filters by
/// their ids in project files, with scales: "GaussianSmoothing:0.3,1.0;LaplacianOfGaussian:1.6".
/// @param sigmas for `all` and `default` instead of ilastik's; may be empty
/// @param in_2d  slice by slice
/// @throws usage_error that says what is known.
[[nodiscard]] inline features::selection parse_selection(std::string_view text,
                                                         std::vector<double> sigmas, bool in_2d) {
  bool const by_word = text == "all" || text == "default";
  if (by_word) {
    bool const by_default = sigmas.empty();
    if (by_default) sigmas.assign(standard_sigmas.begin(), standard_sigmas.end());
    if (by_default && text == "default")
      std::erase_if(sigmas, [](double sigma) { return sigma > largest_default_sigma; });
    return all_features(detail::sorted_sigmas(sigmas), in_2d);
  }
  if (!sigmas.empty())
    throw usage_error("features: scales of their own are for 'all' and 'default'; '" +
                      std::string(text) + "' names its scales itself");
  std::vector<detail::filter_request> requests;
  for (auto part : separated(text, ';')) {
    requests.push_back(detail::request_of(part));
    sigmas.insert(sigmas.end(), requests.back().sigmas.begin(), requests.back().sigmas.end());
  }
  auto s = detail::empty_selection(detail::sorted_sigmas(sigmas), in_2d);
  for (auto const& request : requests)
    for (double sigma : request.sigmas) {
      auto const row = std::find(s.filters.begin(), s.filters.end(), request.filter);
      auto const column = std::find_if(s.scales.begin(), s.scales.end(),
                                       [&](auto const& scale) { return scale.sigma == sigma; });
      s.chosen[std::size_t(row - s.filters.begin())][std::size_t(column - s.scales.begin())] = true;
    }
  return s;
}

/// The chosen filters and their scales, as parse_selection reads them.
[[nodiscard]] inline std::string to_text(features::selection const& s) {
  std::string text;
  for (std::size_t row = 0; row < s.filters.size(); ++row) {
    auto const entry = std::find_if(filter_names.begin(), filter_names.end(),
                                    [&](auto const& e) { return e.filter == s.filters[row]; });
    char separator = ':';
    for (std::size_t column = 0; column < s.scales.size(); ++column) {
      if (!s.chosen[row][column]) continue;
      if (separator == ':') (text += text.empty() ? "" : ";") += entry->id;
      (text += separator) += features::python_number(s.scales[column].sigma);
      separator = ',';
    }
  }
  return text;
}

}  // namespace voxstitch::ilastik
