// SPDX-License-Identifier: BSL-1.0
#include "project_classifier.hpp"

#include <map>
#include <utility>

#include "input_file.hpp"
#include "trained_classifier.hpp"
#include "voxstitch/ilastik/classifier.hpp"

namespace app {

namespace {

/// Trained once, however often a command opens it.
voxstitch::ilastik::project const& trained_now(std::string const& path,
                                               training_means const& means) {
  static std::map<std::string, voxstitch::ilastik::project> trained;
  auto const known = trained.find(path);
  if (known != trained.end()) return known->second;
  auto project = train_project(path, means.threads, means.ram, means.stop);
  project.warnings.push_back(
      "project " + voxstitch::quoted(path) +
      " holds labels, but no classifier: " + std::to_string(project.tree_count()) +
      " trees were grown on them now; voxstitch train would keep them");
  return trained.emplace(path, std::move(project)).first->second;
}

}  // namespace

voxstitch::ilastik::project open_project(std::string const& path, training_means const& means) {
  bool const is_trained = as_input([&] { return voxstitch::ilastik::holds_classifier(path); });
  if (!is_trained) return trained_now(path, means);
  return as_input([&] { return voxstitch::ilastik::read_project(path); });
}

voxstitch::models::any_block_classifier classifier_of(voxstitch::ilastik::project const& project,
                                                      voxstitch::volume_description const& image) {
  return voxstitch::models::any_block_classifier(
      voxstitch::ilastik::make_classifier(project, image));
}

voxstitch::pipeline::training_samples
samples_of(voxstitch::features::selection const& selection,
           std::span<voxstitch::pipeline::labelled_image const> images, std::int64_t budget_bytes,
           voxstitch::pipeline::run_control const& control) {
  auto const& shape = images.front().image.description().shape;
  voxstitch::features::filter_bank const bank(selection, static_cast<std::size_t>(shape[1]));
  return voxstitch::pipeline::collect_samples(bank, images, budget_bytes, control);
}

voxstitch::coord<3> halo_of(voxstitch::ilastik::project const& project) {
  return voxstitch::ilastik::halo_of(project);
}

}  // namespace app
