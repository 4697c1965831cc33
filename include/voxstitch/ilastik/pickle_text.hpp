// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a Python pickle of protocol 0 say, read as text and never executed?

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "voxstitch/core/error.hpp"

namespace voxstitch::ilastik {

/// One instruction of a pickle: its letter and the lines that follow it. The texts point into the
/// pickle.
struct pickle_token {
  char code = 0;
  std::string_view first;   ///< the argument; the module of `c` and `i`
  std::string_view second;  ///< the class of `c` and `i`
};

/// A class that a pickle refers to.
struct pickled_class {
  std::string_view module;
  std::string_view name;
};

namespace detail {

/// Lines of text that follow an instruction of protocol 0.
[[nodiscard]] constexpr int pickle_lines_after(char code) {
  if (code == 'c' || code == 'i') return 2;
  return std::string_view("pgPIFLVS").find(code) != std::string_view::npos ? 1 : 0;
}

[[nodiscard]] constexpr bool is_pickle_code(char code) {
  return std::string_view("cipgPIFLVS()[]{}.012NRabdelostu").find(code) != std::string_view::npos;
}

/// The next line of `rest`, which is shortened by it and its line feed.
[[nodiscard]] inline std::string_view take_line(std::string_view& rest) {
  auto const end = rest.find('\n');
  if (end == std::string_view::npos)
    throw format_error("pickle: the text ends inside the line \"" +
                       std::string(rest.substr(0, 40)) + "\"");
  auto const line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

/// `text` without the quotes that Python 2 wrote around strings.
[[nodiscard]] constexpr std::string_view without_quotes(std::string_view text) {
  bool const has_quotes = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                          text.front() == text.back();
  return has_quotes ? text.substr(1, text.size() - 2) : text;
}

/// The string that `token` pushes, in the form of Python 3 (V) or 2 (S).
[[nodiscard]] constexpr std::optional<std::string_view> pickled_text(pickle_token const& token) {
  if (token.code == 'V') return token.first;
  if (token.code == 'S') return without_quotes(token.first);
  return std::nullopt;
}

}  // namespace detail

/// The instructions of a pickle of protocol 0, up to and with its final `.`.
/// @throws format_error for text that is no such pickle (binary protocols included).
[[nodiscard]] inline std::vector<pickle_token> pickle_tokens(std::string_view pickle) {
  std::vector<pickle_token> tokens;
  while (!pickle.empty()) {
    pickle_token token{pickle.front(), {}, {}};
    if (!detail::is_pickle_code(token.code))
      throw format_error("pickle: byte " + std::to_string(static_cast<unsigned char>(token.code)) +
                         " is no instruction of protocol 0");
    pickle.remove_prefix(1);
    int const lines = detail::pickle_lines_after(token.code);
    if (lines > 0) token.first = detail::take_line(pickle);
    if (lines > 1) token.second = detail::take_line(pickle);
    tokens.push_back(token);
    if (token.code == '.') return tokens;
  }
  throw format_error("pickle: the text ends without its final '.'");
}

/// The first class that the pickle refers to and whose module begins with `module_prefix`.
[[nodiscard]] inline std::optional<pickled_class>
find_pickled_class(std::vector<pickle_token> const& tokens, std::string_view module_prefix) {
  for (auto const& token : tokens)
    if ((token.code == 'c' || token.code == 'i') && token.first.starts_with(module_prefix))
      return pickled_class{token.first, token.second};
  return std::nullopt;
}

/// The instruction that pushes the value of the dictionary entry `key`.
[[nodiscard]] inline std::optional<pickle_token>
find_pickled_value(std::vector<pickle_token> const& tokens, std::string_view key) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (detail::pickled_text(tokens[i]) != key) continue;
    std::size_t next = i + 1;
    while (next < tokens.size() && tokens[next].code == 'p') ++next;
    if (next < tokens.size()) return tokens[next];
  }
  return std::nullopt;
}

/// The integer entry `key`; nothing when it is absent or no integer.
[[nodiscard]] inline std::optional<std::int64_t>
find_pickled_integer(std::vector<pickle_token> const& tokens, std::string_view key) {
  auto const token = find_pickled_value(tokens, key);
  if (!token || (token->code != 'I' && token->code != 'L')) return std::nullopt;
  std::string_view digits = token->first;
  if (digits.ends_with('L')) digits.remove_suffix(1);
  std::int64_t value = 0;
  auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace voxstitch::ilastik
