// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which classifier does a project file hold, and which classes does it know?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/detail/read_forests.hpp"
#include "voxstitch/ilastik/pickle_text.hpp"

namespace voxstitch::ilastik::detail {

inline constexpr std::string_view classifier_group = "PixelClassification/ClassifierForests";
inline constexpr std::string_view use_default_classifier =
    "choose \"Parallel Random Forest (VIGRA)\" in ilastik (Advanced > Classifier), train and save";

/// A classifier type of ilastik, and where its forests are.
struct known_type {
  std::string_view module;
  std::string_view name;
  std::string_view forests;  ///< the forests' group names begin so
};
inline constexpr std::array<known_type, 3> forest_types{{
    {"lazyflow.classifiers.parallelVigraRfLazyflowClassifier", "ParallelVigraRfLazyflowClassifier",
     "Forest"},
    {"lazyflow.classifiers.vigraRfLazyflowClassifier", "VigraRfLazyflowClassifier", "forest"},
    {"lazyflow.classifiers.vigraRfPixelwiseClassifier", "VigraRfPixelwiseClassifier", "forest"},
}};

/// The class that a pickle names; the tokens of a damaged one name none.
[[nodiscard]] inline std::optional<pickled_class> class_in_pickle(std::string const& pickle) {
  try {
    return find_pickled_class(pickle_tokens(pickle), "lazyflow.classifiers.");
  } catch (format_error const&) {
    return std::nullopt;
  }
}

[[nodiscard]] inline std::optional<known_type> forest_type(pickled_class const& named) {
  for (auto const& type : forest_types)
    if (type.module == named.module && type.name == named.name) return type;
  return std::nullopt;
}

/// The type of the stored classifier; old files do not tell, theirs is the parallel forest.
[[nodiscard]] inline known_type read_type(project_file const& file) {
  std::string const group(classifier_group);
  std::string const place = group + "/pickled_type";
  auto const pickle = file.text(place);
  auto const named = pickle ? class_in_pickle(*pickle) : std::nullopt;
  bool const is_sklearn = file.has_dataset(group + "/pickled_classifier") ||
                          (named && named->name.starts_with("Sklearn"));
  file.require(!is_sklearn, group, "scikit-learn classifiers are not supported",
               use_default_classifier);
  if (!pickle) return forest_types.front();
  file.require(named.has_value(), place, "it names no classifier of ilastik",
               use_default_classifier);
  auto const type = forest_type(*named);
  file.require(type.has_value(), place,
               "unknown classifier type " + quoted(std::string(named->name)),
               use_default_classifier);
  return *type;
}

/// What ilastik would train with: the factory's pickle as tokens; none when it is absent or no
/// text. The tokens point into `pickle`.
[[nodiscard]] inline std::vector<pickle_token> factory_tokens(std::string const& pickle) {
  try {
    return pickle_tokens(pickle);
  } catch (format_error const&) {
    return {};
  }
}

/// A number of the factory, as "_num_trees".
[[nodiscard]] inline std::optional<std::int64_t> read_factory_number(project_file const& file,
                                                                     std::string_view key) {
  auto const pickle = file.text("PixelClassification/ClassifierFactory");
  if (!pickle) return std::nullopt;
  return find_pickled_integer(factory_tokens(*pickle), key);
}

/// Trees that ilastik would grow at the next training.
[[nodiscard]] inline std::optional<std::int64_t> read_factory_trees(project_file const& file) {
  return read_factory_number(file, "_num_trees");
}

/// Whether ilastik would find the group of the classifier.
[[nodiscard]] inline bool has_classifier_group(project_file const& file) {
  return file.has_stored_group("PixelClassification") &&
         file.has_group(std::string(classifier_group));
}

/// Whether there is something in it that was trained, of whatever kind.
[[nodiscard]] inline bool holds_classifier(project_file const& file) {
  if (!has_classifier_group(file)) return false;
  auto const names = file.children(std::string(classifier_group));
  return std::any_of(names.begin(), names.end(), [](std::string const& name) {
    return name.starts_with("Forest") || name.starts_with("forest") || name == "pickled_classifier";
  });
}

inline void require_trained(project_file const& file) {
  file.require(has_classifier_group(file), "", "it holds no trained classifier",
               "open it in ilastik, turn on Live Update or train, and save");
}

/// The label values the classifier knows, ascending; 1, 2, ... in old files.
[[nodiscard]] inline std::vector<std::size_t> read_known_labels(project_file const& file,
                                                                std::size_t class_count) {
  std::string const place = std::string(classifier_group) + "/known_labels";
  std::vector<std::size_t> labels(class_count);
  std::iota(labels.begin(), labels.end(), std::size_t{1});
  if (!file.has_dataset(place)) return labels;
  auto const stored = file.numbers<std::uint64_t>(place);
  file.require(stored.size() == class_count, place,
               std::to_string(stored.size()) + " labels, but the forests have " +
                   std::to_string(class_count) + " classes",
               train_again);
  for (std::size_t i = 0; i < class_count; ++i) {
    file.require(stored[i] > (i == 0 ? 0 : stored[i - 1]), place,
                 "the labels are not positive and ascending", train_again);
    labels[i] = std::size_t(stored[i]);
  }
  return labels;
}

struct stored_classifier {
  std::string type;
  std::vector<std::size_t> known_labels;  ///< of the forests' classes
  std::vector<classify::forest_description> forests;
};

/// @throws format_error when there is none, or one of another kind than vigra's forests.
[[nodiscard]] inline stored_classifier read_classifier(project_file const& file) {
  require_trained(file);
  std::string const group(classifier_group);
  auto const type = read_type(file);
  auto names = file.children(group);
  std::erase_if(names, [&](std::string const& name) { return !name.starts_with(type.forests); });
  file.require(!names.empty(), "", "it holds no trained classifier (" + group + " is empty)",
               "open it in ilastik, turn on Live Update or train, and save");
  auto forests = read_forests(file, group, names);
  auto known_labels = read_known_labels(file, forests.front().class_count);
  return {std::string(type.name), std::move(known_labels), std::move(forests)};
}

/// Class i of the forests is class `classes[i]` of the result. With as many labels as classes they
/// correspond one to one, whatever the labels' values (as in ilastik).
/// @throws format_error when the classifier knows more than `class_count` classes.
[[nodiscard]] inline std::vector<std::size_t>
classes_of(project_file const& file, std::vector<std::size_t> const& known_labels,
           std::size_t class_count) {
  bool const one_to_one = known_labels.size() == class_count;
  bool const fits =
      one_to_one || (known_labels.size() < class_count && known_labels.back() <= class_count);
  file.require(fits, std::string(classifier_group),
               "the classifier knows " + std::to_string(known_labels.size()) +
                   " classes (labels up to " + std::to_string(known_labels.back()) +
                   "), but the project names " + std::to_string(class_count),
               train_again);
  std::vector<std::size_t> classes(known_labels.size());
  for (std::size_t i = 0; i < classes.size(); ++i)
    classes[i] = one_to_one ? i : known_labels[i] - 1;
  return classes;
}

}  // namespace voxstitch::ilastik::detail
