// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which of two versions of ilastik is the later one?

#include <array>
#include <charconv>
#include <compare>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace voxstitch::ilastik::detail {

/// A version as ilastik writes it: "1.4.0", "1.4.0b15", "1.4.0rc2", "1.3.3post2", "1.4.2.post28".
struct version {
  /// How far a release was, in the order of time.
  enum class phase { alpha, beta, candidate, final, post };

  std::array<int, 3> release{};  ///< 1, 4, 0
  phase stage = phase::final;
  int number = 0;  ///< of the stage: 15 of "b15"

  friend constexpr auto operator<=>(version const&, version const&) = default;
};

/// The number at the beginning of `text`, which is shortened by it; 0 where there is none.
[[nodiscard]] inline int take_number(std::string_view& text) {
  int value = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(std::size_t(end - text.data()));
  return problem == std::errc{} ? value : 0;
}

[[nodiscard]] inline bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What cannot be understood counts as 0, or as a release.
[[nodiscard]] inline version parse_version(std::string_view text) {
  using phase = version::phase;
  version result;
  for (std::size_t i = 0; i < 3; ++i)
    if (i == 0 || take_prefix(text, ".")) result.release[i] = take_number(text);
  if (!take_prefix(text, ".")) static_cast<void>(take_prefix(text, "-"));
  result.stage = take_prefix(text, "post") ? phase::post
                 : take_prefix(text, "rc") ? phase::candidate
                 : take_prefix(text, "b")  ? phase::beta
                 : take_prefix(text, "a")  ? phase::alpha
                                           : phase::final;
  if (result.stage != phase::final) result.number = take_number(text);
  return result;
}

}  // namespace voxstitch::ilastik::detail
