// SPDX-License-Identifier: BSL-1.0
#include "train_options.hpp"

#include <filesystem>

#include "arguments.hpp"
#include "command_words.hpp"

namespace app {

namespace {

namespace po = boost::program_options;
using strings = std::vector<std::string>;

/// Options that voxstitch run has too.
constexpr char const* common_options[] = {"threads", "ram", "axes", "stack-along", "progress"};

po::options_description described() {
  auto const text = [] { return po::value<std::string>(); };
  auto const texts = [] { return po::value<strings>()->composing(); };
  po::options_description all;
  all.add_options()("help,h", "")("input", texts())("labels", texts())("output,o", texts())(
      "features", text())("features-from", text())("scales", text())("2d", po::bool_switch())(
      "trees", text())("seed", text())("names", text())("suggest", po::bool_switch())(
      "overwrite", po::bool_switch());
  for (char const* name : common_options) all.add_options()(name, text());
  return all;
}

job_options common_of(po::variables_map const& values) {
  strings words;
  for (char const* name : common_options)
    if (values.count(name) != 0)
      words.push_back("--" + std::string(name) + "=" + text_of(values, name));
  if (values["overwrite"].as<bool>()) words.emplace_back("--overwrite");
  return parse_job_options(words);
}

std::string output_of(po::variables_map const& values) {
  auto const files = texts_of(values, "output");
  if (files.size() != 1 || files.front().empty())
    throw usage_error("train: give the project to write, once, with -o P.ilp");
  if (!files.front().ends_with(".ilp"))
    throw usage_error("train: -o '" + files.front() +
                      "': a project's name ends in .ilp, by which ilastik knows it");
  return files.front();
}

std::size_t trees_of(po::variables_map const& values) {
  auto const text = text_of(values, "trees");
  if (text.empty()) return 0;
  constexpr char const* allowed = "a whole number from 1 to 100000";
  auto const trees = number<std::size_t>("--trees", text, allowed);
  if (trees < 1 || trees > 100'000) throw usage_error("--trees: '" + text + "' is not " + allowed);
  return trees;
}

void require_inputs(train_options const& o) {
  if (o.inputs.empty())
    throw usage_error("train: name an image with --labels, or a project with labels in it");
  if (o.is_from_project()) {
    if (!o.labels.empty())
      throw usage_error("train: " + voxstitch::quoted(o.inputs.front()) +
                        " brings its own labels; leave out --labels");
    return;
  }
  if (o.labels.size() != o.inputs.size())
    throw usage_error("train: " + std::to_string(o.inputs.size()) +
                      (o.inputs.size() == 1 ? " image, but " : " images, but ") +
                      std::to_string(o.labels.size()) +
                      " times --labels; give one for each image, in their order (quote patterns)");
}

void require_features(train_options const& o) {
  if (!o.features.empty() && !o.features_from.empty())
    throw usage_error("train: --features and --features-from exclude each other; give one of them");
  bool const fixed = !o.features_from.empty() || (o.features.empty() && o.is_from_project());
  if (fixed && (o.in_2d || !o.scales.empty()))
    throw usage_error("train: --scales and --2d are for --features; a project says itself at which "
                      "scales its features are computed");
}

}  // namespace

bool train_options::is_from_project() const {
  return inputs.size() == 1 && inputs.front().ends_with(".ilp");
}

train_options parse_train_options(strings const& words) {
  auto const values = parse_words("train", words, described());
  train_options o;
  o.help = values.count("help") != 0;
  if (o.help) return o;
  o.inputs = texts_of(values, "input");
  o.labels = texts_of(values, "labels");
  o.output = output_of(values);
  o.features = text_of(values, "features");
  o.features_from = text_of(values, "features-from");
  o.scales = text_of(values, "scales");
  o.in_2d = values["2d"].as<bool>();
  o.trees = trees_of(values);
  if (auto const text = text_of(values, "seed"); !text.empty())
    o.seed = number<std::uint64_t>("--seed", text, "a whole number");
  if (auto const text = text_of(values, "names"); !text.empty())
    o.names = class_names("--names", text);
  o.suggest = values["suggest"].as<bool>();
  o.common = common_of(values);
  require_inputs(o);
  require_features(o);
  return o;
}

}  // namespace app
