// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What would ilastik train next time?

#include <cstddef>
#include <string>

namespace voxstitch::ilastik {

/// ilastik's parallel random forest: trees in all, and the forests they are spread over (ilastik
/// takes the number of its threads).
struct classifier_factory {
  std::size_t trees = 100;
  std::size_t forests = 1;

  friend bool operator==(classifier_factory const&, classifier_factory const&) = default;
};

/// The factory as Python pickles it (protocol 0), which is how projects keep it.
[[nodiscard]] inline std::string pickle_of(classifier_factory const& factory) {
  return "ccopy_reg\n_reconstructor\np0\n"
         "(clazyflow.classifiers.parallelVigraRfLazyflowClassifier\n"
         "ParallelVigraRfLazyflowClassifierFactory\np1\n"
         "c__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\n"
         "VVERSION\np6\nI2\n"
         "sV_num_trees\np7\nI" +
         std::to_string(factory.trees) +
         "\nsV_label_proportion\np8\nN"
         "sV_variable_importance_path\np9\nN"
         "sV_variable_importance_enabled\np10\nI00\n"
         "sV_kwargs\np11\n(dp12\n"
         "sV_num_forests\np13\nI" +
         std::to_string(factory.forests) + "\nsb.";
}

}  // namespace voxstitch::ilastik
