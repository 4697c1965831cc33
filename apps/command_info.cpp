// SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include "arguments.hpp"
#include "commands.hpp"
#include "input_file.hpp"
#include "project_classifier.hpp"
#include "voxstitch/ilastik/selection_text.hpp"
#include "voxstitch/ilastik/summary.hpp"
#include "voxstitch/ilastik/training_project.hpp"

namespace app {

namespace {

char const* const info_help =
    "voxstitch info FILE...\n"
    "\n"
    "Tells what is in volumes and projects.\n"
    "  a volume     shape, number type, axes and where they were learnt from, voxel size\n"
    "  a project    classes, features, trees, the channels it expects, its halo\n"
    "FILE is anything that `voxstitch run` takes, or an ilastik project (.ilp).\n"
    "\n"
    "Example:\n"
    "  voxstitch info brain-cells.ilp \"slices/slice_*.tif\" p.h5/exported_data\n";

void describe_untrained(std::string const& path) {
  auto const project = as_input([&] { return voxstitch::ilastik::read_training_project(path); });
  std::printf("  ilastik project: %s, saved by ilastik %s, not trained\n", project.workflow.c_str(),
              project.version.c_str());
  for (auto const& name : project.label_names) std::printf("  class: %s\n", name.c_str());
  for (auto const& lane : project.lanes)
    std::printf("  image: %s, %zu blocks of labels\n", lane.files.front().c_str(),
                lane.labels.size());
  std::printf("  features: %s\n", voxstitch::ilastik::to_text(project.selection).c_str());
}

void describe_project(std::string const& path) {
  bool const is_trained = as_input([&] { return voxstitch::ilastik::holds_classifier(path); });
  if (!is_trained) return describe_untrained(path);
  auto const project = open_project(path, {});
  for (auto const& line : voxstitch::ilastik::summary(project)) std::printf("  %s\n", line.c_str());
  auto const halo = halo_of(project);
  std::printf("  halo: %s voxels (z,y,x)\n", to_string(halo).c_str());
  for (auto const& text : project.warnings) std::printf("  warning: %s\n", text.c_str());
}

void describe_volume(std::string const& path) {
  auto const opened = open_input(path);
  auto const& d = opened.source.description();
  std::printf("  %s\n", description_text(d).c_str());
  std::printf("  %s in memory",
              memory_text(product(d.shape) * static_cast<std::int64_t>(size_of(d.type))).c_str());
  if (opened.files.size() > 1)
    std::printf(", %zu files from %s to %s", opened.files.size(), opened.files.front().c_str(),
                opened.files.back().c_str());
  std::printf("; decoded %s at once (t,c,z,y,x)\n", to_string(opened.source.decode_unit()).c_str());
  for (auto const& text : opened.warnings) std::printf("  warning: %s\n", text.c_str());
}

}  // namespace

int info(std::vector<std::string> const& words) {
  if (words.empty()) throw usage_error("info: name at least one file (see voxstitch info --help)");
  for (auto const& word : words)
    if (word == "--help" || word == "-h") return std::fputs(info_help, stdout), 0;
  for (auto const& path : words) {
    std::printf("%s\n", path.c_str());
    path.ends_with(".ilp") ? describe_project(path) : describe_volume(path);
  }
  return 0;
}

}  // namespace app
