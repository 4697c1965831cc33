// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does "CMD {input} {output}" become the command for one block?

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voxstitch/core/error.hpp"

namespace voxstitch::models::detail {

/// `text` as one word of a POSIX shell, whatever it holds.
[[nodiscard]] inline std::string shell_word(std::string const& text) {
  std::string word = "'";
  for (char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

/// A command with places for the facts of a block: {input} and {output} (both needed), {block},
/// {box}, {halo}. {input.h5} asks for HDF5, {input.npy} and {input} for npy; {output} alike. Other
/// braces are the shell's.
class command_template {
 public:
  /// The value of a place: its name and what stands there.
  using values = std::vector<std::pair<std::string_view, std::string>>;

  /// @throws usage_error when a needed place is missing, or a format is unknown or said twice.
  explicit command_template(std::string command) : command_(std::move(command)) {
    if (command_.find_first_not_of(" \t\n") == std::string::npos)
      throw usage_error("exec: no command; write exec:\"CMD {input} {output}\"");
    input_ = format_of("input");
    output_ = format_of("output");
  }

  [[nodiscard]] std::string const& text() const { return command_; }
  /// Extensions, ".npy" or ".h5".
  [[nodiscard]] std::string const& input_extension() const { return input_; }
  [[nodiscard]] std::string const& output_extension() const { return output_; }

  /// The command with every place filled by its value, as one word of the shell.
  [[nodiscard]] std::string filled(values const& with) const {
    std::string result;
    std::string_view rest = command_;
    while (!rest.empty()) {
      auto const here = place_at(rest);
      result += here ? shell_word(value_of(here->name, with)) : std::string(1, rest.front());
      rest.remove_prefix(here ? here->length : 1);
    }
    return result;
  }

 private:
  struct place {
    std::string_view name;
    std::string extension;  ///< with the dot; empty when not said
    std::size_t length = 0;
  };

  /// The place that `text` begins with.
  [[nodiscard]] static std::optional<place> place_at(std::string_view text) {
    constexpr std::array<std::string_view, 5> names{"input", "output", "block", "box", "halo"};
    if (!text.starts_with('{')) return std::nullopt;
    for (auto const name : names) {
      auto const rest = text.substr(1);
      auto const end = rest.find('}');
      if (!rest.starts_with(name) || end == std::string_view::npos) continue;
      auto const extension = rest.substr(name.size(), end - name.size());
      bool const may_have_one = name == "input" || name == "output";
      if (extension.empty() || (may_have_one && extension.front() == '.'))
        return place{name, std::string(extension), end + 2};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string format_of(std::string_view name) const {
    std::optional<std::string> found;
    for (std::string_view rest = command_; !rest.empty(); rest.remove_prefix(1)) {
      auto const here = place_at(rest);
      if (!here || here->name != name) continue;
      std::string const extension = checked(*here);
      if (found && *found != extension)
        fail("has {" + std::string(name) + "} as " + *found + " and as " + extension +
             "; a block's file has one format");
      found = extension;
    }
    if (!found)
      fail("has no {" + std::string(name) +
           "}; write exec:\"CMD {input} {output}\": the names "
           "of a block's files are put there");
    return *found;
  }

  [[nodiscard]] std::string checked(place const& p) const {
    if (p.extension.empty()) return ".npy";
    if (p.extension != ".npy" && p.extension != ".h5")
      fail("asks for {" + std::string(p.name) + p.extension + "}; allowed are {" +
           std::string(p.name) + ".npy} and {" + std::string(p.name) + ".h5}");
    return p.extension;
  }

  [[noreturn]] void fail(std::string const& what) const {
    throw usage_error("exec: the command " + quoted(command_) + " " + what);
  }

  [[nodiscard]] static std::string const& value_of(std::string_view name, values const& with) {
    return std::find_if(with.begin(), with.end(), [&](auto const& v) { return v.first == name; })
        ->second;
  }

  std::string command_;
  std::string input_;
  std::string output_;
};

}  // namespace voxstitch::models::detail
