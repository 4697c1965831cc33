// SPDX-License-Identifier: BSL-1.0
#include "trained_classifier.hpp"

#include <ctime>
#include <utility>

#include <tbb/task_arena.h>

#include "input_file.hpp"
#include "process.hpp"
#include "project_classifier.hpp"
#include "voxstitch/ilastik/vigra_encoding.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

std::size_t channels_of(training_data const& data) {
  return static_cast<std::size_t>(data.images.front().image.description().shape[1]);
}

/// As ilastik writes the time of saving: "Thu Nov 26 05:43:05 2026".
std::string time_of_saving() {
  auto const now = std::time(nullptr);
  char text[40];
  std::strftime(text, sizeof text, "%a %b %d %H:%M:%S %Y", std::localtime(&now));
  return text;
}

/// The trees that the project asks for, on its features.
training_plan plan_of(vox::ilastik::training_project const& project, training_data const& data,
                      std::int64_t ram) {
  auto const slices = data.images.front().image.description().shape[2];
  return {
      project.selection_for(slices), {project.factory.trees, 0, 0}, project.factory.forests, ram};
}

/// A project that holds this classifier, as if it had been read.
vox::ilastik::project as_read(vox::ilastik::training_project const& project,
                              training_data const& data, training_plan const& plan,
                              trained_classifier const& classifier) {
  vox::ilastik::project p;
  p.path = project.path;
  p.version = project.version;
  p.workflow = project.workflow;
  p.selection = plan.selection;
  p.has_compute_in_2d = true;
  p.feature_names = classifier.feature_names;
  p.label_names = data.names;
  p.label_colors = data.colors;
  p.classifier = classifier.ensemble(data.names.size(), plan.forests);
  p.classifier_type = "ParallelVigraRfLazyflowClassifier";
  p.input_channels = classifier.input_channels;
  p.training_axes = data.lanes.back().axes;
  p.training_shape = data.lanes.back().shape;
  p.factory_trees = static_cast<std::int64_t>(plan.forest.trees);
  p.warnings = data.warnings;
  return p;
}

}  // namespace

vox::classify::training_set trained_classifier::set() const {
  return {samples.features.view(), samples.classes, samples.labels.size()};
}

vox::classify::ensemble_description trained_classifier::ensemble(std::size_t class_count,
                                                                 std::size_t forests) const {
  vox::classify::ensemble_description e;
  e.class_count = class_count;
  for (auto label : samples.labels) e.classes.push_back(label - 1);
  e.forests = vox::ilastik::distributed(forest, forests);
  return e;
}

trained_classifier with_samples(training_data const& data, training_plan const& plan,
                                vox::pipeline::run_control const& control) {
  auto const channels = channels_of(data);
  return {plan.selection,
          channels,
          vox::ilastik::expected_feature_names(plan.selection, channels),
          samples_of(plan.selection, data.images, plan.ram - resident_bytes(), control),
          {}};
}

void grow(trained_classifier& classifier, training_plan const& plan,
          vox::pipeline::run_control const& control) {
  tbb::task_arena arena(control.threads);
  arena.execute([&] {
    classifier.forest = vox::classify::train_forest(classifier.set(), plan.forest, control.stop);
  });
}

vox::ilastik::new_project project_of(training_data const& data, training_plan const& plan,
                                     trained_classifier const& classifier) {
  vox::ilastik::new_project p;
  p.selection = plan.selection;
  p.input_channels = classifier.input_channels;
  p.classifier = classifier.ensemble(data.names.size(), plan.forests);
  p.label_names = data.names;
  p.label_colors = data.colors;
  p.known_labels = classifier.samples.labels;
  p.factory = {plan.forest.trees, plan.forests};
  p.sample_count = classifier.samples.classes.size();
  p.lanes = data.lanes;
  p.time = time_of_saving();
  return p;
}

vox::ilastik::project train_project(std::string const& path, int threads, std::int64_t ram,
                                    std::stop_token const& stop) {
  auto const project = as_input([&] { return vox::ilastik::read_training_project(path); });
  auto data = open_labelled(project);
  if (data.images.empty())
    throw vox::format_error("project " + vox::quoted(path) +
                            " is not trained, and no voxel is labelled in it; open it in ilastik, "
                            "paint some of every class, and save");
  name_classes(data, {});
  auto const plan = plan_of(project, data, ram);
  vox::pipeline::run_control const control{threads, nullptr, stop};
  auto classifier = with_samples(data, plan, control);
  grow(classifier, plan, control);
  return as_read(project, data, plan, classifier);
}

}  // namespace app
