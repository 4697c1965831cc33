// SPDX-License-Identifier: BSL-1.0
#include "classic_options.hpp"

#include <algorithm>

#include "arguments.hpp"
#include "command_words.hpp"

namespace app {

namespace {

namespace po = boost::program_options;

po::options_description described(std::vector<std::string> const& names) {
  po::options_description all;
  auto add = all.add_options();
  add("input", po::value<std::vector<std::string>>()->composing(), "");
  add("overwrite", po::bool_switch(), "");
  add("classic", po::bool_switch(), "");
  for (auto const& name : names) add(name.c_str(), po::value<std::string>(), "");
  return all;
}

/// The options that voxstitch run has too, read as there.
job_options common_of(po::variables_map const& values) {
  std::vector<std::string> words;
  for (char const* name : {"threads", "ram", "axes", "stack-along", "block", "chunk", "project",
                           "classifier", "classes", "progress"})
    if (values.count(name) != 0)
      words.push_back("--" + std::string(name) + "=" + text_of(values, name));
  if (values["overwrite"].as<bool>()) words.emplace_back("--overwrite");
  return parse_job_options(words);
}

/// Sub-volumes are volumes: "y,x" is not enough.
voxstitch::coord<3> overlap_of(std::string const& text) {
  if (std::ranges::count(text, ',') != 2)
    throw usage_error("--overlap: '" + text + "' is not z,y,x in voxels, each 0 or more");
  return margin3("--overlap", text);
}

}  // namespace

bool has_option(std::vector<std::string> const& words, std::string_view option) {
  return std::ranges::any_of(words, [&](std::string const& word) {
    return word == option || word.starts_with(std::string(option) + "=");
  });
}

classic_options parse_classic_options(std::string const& command,
                                      std::vector<std::string> const& words,
                                      std::vector<std::string> allowed) {
  for (char const* name : {"threads", "ram", "progress"}) allowed.emplace_back(name);
  auto const values = parse_words(command, words, described(allowed));
  classic_options o;
  o.common = common_of(values);
  o.inputs = texts_of(values, "input");
  o.target = text_of(values, values.count("materialize") != 0 ? "materialize" : "output");
  o.name = text_of(values, "name");
  if (o.common.block) o.block = *o.common.block;
  if (values.count("overlap") != 0) o.overlap = overlap_of(text_of(values, "overlap"));
  if (values.count("classes") != 0) o.content = o.common.content;
  return o;
}

}  // namespace app
