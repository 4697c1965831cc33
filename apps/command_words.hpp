// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the words of a command line divided into options and inputs?

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "voxstitch/core/error.hpp"

namespace app {

/// An empty value, as of a variable that is not set, would count as not given.
/// @throws usage_error that names the option.
[[nodiscard]] inline boost::program_options::parsed_options
without_empty_values(boost::program_options::parsed_options parsed) {
  for (auto const& option : parsed.options)
    for (auto const& value : option.value)
      if (value.empty())
        throw voxstitch::usage_error((option.position_key >= 0
                                          ? "the " + option.string_key + "'s name"
                                          : "--" + option.string_key + ": the value") +
                                     " is empty; name one, or leave it out");
  return parsed;
}

/// Words of a command line; options are not abbreviated.
/// @throws usage_error for an empty value, program_options::error for words that are not allowed.
[[nodiscard]] inline boost::program_options::parsed_options
parsed(std::vector<std::string> const& words,
       boost::program_options::options_description const& options,
       boost::program_options::positional_options_description const& positional) {
  namespace po = boost::program_options;
  auto const style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  return without_empty_values(
      po::command_line_parser(words).options(options).positional(positional).style(style).run());
}

/// The words by option; those without one are "input", as many as there are.
/// @throws usage_error for words that the options do not allow.
[[nodiscard]] inline boost::program_options::variables_map
parse_words(std::string const& command, std::vector<std::string> const& words,
            boost::program_options::options_description const& options) {
  namespace po = boost::program_options;
  po::positional_options_description positional;
  positional.add("input", -1);
  po::variables_map values;
  try {
    po::store(parsed(words, options, positional), values);
  } catch (po::error const& e) {
    throw voxstitch::usage_error(std::string(e.what()) + " (see voxstitch " + command + " --help)");
  }
  return values;
}

/// Empty where the option was not given.
[[nodiscard]] inline std::string text_of(boost::program_options::variables_map const& values,
                                         std::string const& name) {
  return values.count(name) == 0 ? "" : values[name].as<std::string>();
}

/// All values of an option that may be given many times.
[[nodiscard]] inline std::vector<std::string>
texts_of(boost::program_options::variables_map const& values, std::string const& name) {
  if (values.count(name) == 0) return {};
  return values[name].as<std::vector<std::string>>();
}

}  // namespace app
