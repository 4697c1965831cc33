// SPDX-License-Identifier: BSL-1.0
#include "report_sources.hpp"

#include <algorithm>

#include "arguments.hpp"
#include "input_file.hpp"
#include "job_options.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/ilastik/training_project.hpp"
#include "voxstitch/io/class_names.hpp"
#include "voxstitch/pipeline/finished_result.hpp"
#include "voxstitch/pipeline/kind_of_volume.hpp"
#include "voxstitch/pipeline/provenance.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::output_kind;

/// "labels=l.h5", or a path alone.
struct named_result {
  std::optional<output_kind> kind;
  std::string path;
};

named_result result_of(std::string const& word) {
  auto const equals = word.find('=');
  if (equals == word.npos || word.find('/') < equals) return {std::nullopt, word};
  auto const kind = vox::pipeline::kind_named(word.substr(0, equals));
  if (kind == output_kind::labels || kind == output_kind::probabilities ||
      kind == output_kind::uncertainty)
    return {kind, word.substr(equals + 1)};
  if (kind)
    throw usage_error("result '" + word +
                      "': what can be shown is labels, probabilities or uncertainty");
  return {std::nullopt, word};  // a file's name may hold an equals sign
}

/// What the provenance says, where it knows one of the kinds that can be shown.
std::optional<output_kind> recorded_kind(std::string const& path, std::string const& file) {
  auto const inside = vox::io::split_hdf5_path(path);
  auto const kind = vox::pipeline::recorded_kind(file, inside ? inside->internal : "");
  bool const shown = kind == output_kind::labels || kind == output_kind::probabilities ||
                     kind == output_kind::uncertainty;
  return shown ? kind : std::nullopt;
}

std::optional<named_source>& place_of(report_sources& s, output_kind kind) {
  if (kind == output_kind::labels) return s.labels;
  return kind == output_kind::probabilities ? s.probabilities : s.uncertainty;
}

/// A result without marks of its own has the input's axes, with one for the classes.
vox::io::opened_source open_result(report_sources const& s, report_request const& r,
                                   std::string const& path) {
  std::string axes = s.input.description().axes;
  if (axes.find('c') == axes.npos) axes += 'c';
  return open_input(path, {r.result_axes, r.stack_along, axes});
}

void add_result(report_sources& s, report_request const& r, named_result const& result) {
  auto opened = open_result(s, r, result.path);
  auto const& file = opened.files.front();
  auto const wish = result.kind ? result.kind : recorded_kind(result.path, file);
  auto const kind = vox::pipeline::kind_of_volume(opened.source.description(), result.path, wish);
  if (s.provenance.is_null())
    s.provenance = vox::pipeline::detail::read_record(vox::pipeline::provenance_name(file));
  if (s.class_names.empty() && kind != output_kind::uncertainty)
    s.class_names = vox::io::stored_class_names(result.path);
  auto& place = place_of(s, kind);
  if (place)
    throw usage_error("results '" + place->path + "' and '" + result.path + "' are both " +
                      to_string(kind) + "; give one, or say with KIND=PATH what they are");
  s.warnings.insert(s.warnings.end(), opened.warnings.begin(), opened.warnings.end());
  place = named_source{result.path, std::move(opened)};
}

/// [[z, y, x], [z, y, x]], where a provenance tells it.
std::optional<vox::box<3>> recorded_region(nlohmann::json const& provenance) {
  try {
    vox::box<3> region;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      region.inclusive_min[axis] = provenance.at("region").at(0).at(axis).get<index_t>();
      region.exclusive_max[axis] = provenance.at("region").at(1).at(axis).get<index_t>();
    }
    return region;
  } catch (nlohmann::json::exception const&) {
    return std::nullopt;
  }
}

vox::box<3> region_of(report_sources const& s, report_request const& r) {
  auto const shape = vox::spatial(s.input.description().shape);
  auto const whole = vox::box<3>::at_origin(shape);
  if (!r.region.empty()) {
    job_options given;
    if (std::ranges::count(r.region, ',') == 1) given.flat["--roi"] = r.region;
    require_all_axes(given, shape);
    return region("--roi", r.region, shape);
  }
  auto const recorded = recorded_region(s.provenance);
  return recorded && contains(whole, *recorded) && !recorded->empty() ? *recorded : whole;
}

/// A truth of the whole input may stand beside a result of a part of it.
void open_truth(report_sources& s, report_request const& r) {
  s.truth = named_source{r.truth, open_result(s, r, r.truth)};
  auto const& d = s.truth->description();
  static_cast<void>(vox::pipeline::kind_of_volume(d, r.truth, output_kind::labels));
  auto const extents = vox::spatial(d.shape);
  auto const whole = vox::spatial(s.input.description().shape);
  if (extents != s.region.shape() && extents != whole)
    throw vox::shape_error("--truth '" + r.truth + "' is " + to_string(extents) +
                           " (z,y,x), but the result is " + to_string(s.region.shape()) +
                           " and the input " + to_string(whole) + "; give labels of one of them");
  if (d.shape[0] != s.input.description().shape[0])
    throw vox::shape_error("--truth '" + r.truth + "' has " + std::to_string(d.shape[0]) +
                           " time steps, but the input has " +
                           std::to_string(s.input.description().shape[0]));
}

void require_extents(report_sources const& s) {
  for (auto const* result : {&s.labels, &s.probabilities, &s.uncertainty})
    if (*result)
      vox::pipeline::require_extents_of_result((*result)->description(), s.input.description(),
                                               s.region);
}

std::vector<std::string> recorded_names(nlohmann::json const& provenance) {
  std::vector<std::string> names;
  if (!provenance.is_object() || !provenance.contains("classes")) return names;
  for (auto const& name : provenance["classes"])
    if (name.is_string()) names.push_back(name.get<std::string>());
  return names;
}

/// What a project says about images and results; empty where there is none.
struct project_words {
  std::string axes;  ///< of the last training image
  std::vector<std::string> names;
};

/// A trained project need not know any more where its images are; one that a run trains must.
project_words words_of_project(std::string const& path) {
  if (vox::ilastik::holds_classifier(path)) {
    auto const project = vox::ilastik::read_project(path);
    return {project.training_axes, project.label_names};
  }
  auto const project = vox::ilastik::read_training_project(path);
  return {project.lanes.empty() ? std::string() : project.lanes.back().axes, project.label_names};
}

}  // namespace

std::string path_of_result(std::string const& word) { return result_of(word).path; }

report_sources open_report_sources(report_request const& r) {
  if (r.input.empty() || r.results.empty())
    throw usage_error("report: name the input, then one or more results of it (see --help)");
  project_words project;
  if (!r.project.empty()) project = as_input([&] { return words_of_project(r.project); });
  report_sources s{{r.input, open_input(r.input, {r.axes, r.stack_along, project.axes})}};
  s.warnings = s.input.opened.warnings;
  for (auto const& word : r.results) add_result(s, r, result_of(word));
  if (!s.labels && !s.probabilities)
    throw usage_error("report: an uncertainty alone tells nothing about classes; give the labels "
                      "or the probabilities too");
  s.region = region_of(s, r);
  require_extents(s);
  if (!r.truth.empty()) open_truth(s, r);
  if (!r.class_names.empty()) s.class_names = class_names("--class-names", r.class_names);
  if (s.class_names.empty()) s.class_names = recorded_names(s.provenance);
  if (s.class_names.empty()) s.class_names = project.names;
  return s;
}

}  // namespace app
