// SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <filesystem>
#include <optional>

#include "arguments.hpp"
#include "commands.hpp"
#include "input_file.hpp"
#include "job_report.hpp"
#include "output_places.hpp"
#include "project_classifier.hpp"
#include "train_options.hpp"
#include "trained_classifier.hpp"
#include "training_report.hpp"
#include "voxstitch/ilastik/selection_text.hpp"
#include "voxstitch/io/whole_file.hpp"
#include "voxstitch/pipeline/final_files.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

char const* const train_help =
    "voxstitch train INPUT [INPUT ...] --labels L [--labels L ...] -o P.ilp\n"
    "voxstitch train OLD.ilp -o P.ilp\n"
    "\n"
    "Makes a project that voxstitch and ilastik classify with: from images with sparse labels, or\n"
    "from the images and labels of a project that is there. Labels are a volume of the image's\n"
    "extents (HDF5, TIFF, PNG, ...): 0 nothing was said, 1, 2, ... the classes.\n"
    "\n"
    "  --features F     default (up to a sigma of 5), all (37 filters), or some:\n"
    "                   \"GaussianSmoothing:0.3,1.0;HessianOfGaussianEigenvalues:1.6\"; filters "
    "are\n"
    "                   GaussianSmoothing, LaplacianOfGaussian, GaussianGradientMagnitude,\n"
    "                   DifferenceOfGaussians, StructureTensorEigenvalues and\n"
    "                   HessianOfGaussianEigenvalues\n"
    "  --features-from P.ilp      the features of a project; of OLD.ilp when nothing is said\n"
    "  --scales S,S,... for default and all: other sigmas, in voxels        --2d  slice by slice\n"
    "  --trees N        default: 100, or what OLD.ilp says                  --seed N   default: 0\n"
    "  --names A,B,...  of the classes\n"
    "  --suggest        which fewer features would do, and how much faster they are\n"
    "  --axes zyx, --stack-along z, --threads N, --ram 8G, --overwrite, --progress "
    "bar|plain|json|none\n"
    "\n"
    "The same seed gives the same forest, whatever the threads. P.ilp.training.json keeps what is\n"
    "printed: the error out of bag, the confusion matrix, the importance of every feature.\n"
    "\n"
    "Example:\n"
    "  voxstitch train \"slices/slice_*.tif\" --labels strokes.h5 --names Background,Tissue,Cell "
    "\\\n"
    "    -o cells.ilp\n";

void require_free_place(std::string const& path, bool overwrite) {
  if (std::filesystem::is_directory(path))
    throw usage_error("train: " + vox::quoted(path) + " is a folder; name a file in it");
  if (!overwrite && std::filesystem::exists(path))
    throw usage_error("train: " + vox::quoted(path) + " exists; give another name, or --overwrite");
}

/// The file beside the project that keeps what is printed.
std::string record_of(train_options const& o) { return o.output + ".training.json"; }

/// The project would replace what it is made of; only OLD.ilp may be made anew.
void require_apart_from_inputs(train_options const& o) {
  std::vector<named_files> read{files_named("--features-from", o.features_from)};
  if (!o.is_from_project())
    for (auto const& input : o.inputs) read.push_back(files_named("the input", input));
  for (auto const& labels : o.labels) read.push_back(files_named("--labels", labels));
  require_apart("train: -o", o.output, read);
}

/// What a project says about features and trees; nothing when none is named.
std::optional<vox::ilastik::training_project> project_named(std::string const& path) {
  if (path.empty()) return std::nullopt;
  return as_input([&] { return vox::ilastik::read_training_project(path); });
}

vox::features::selection selection_of(train_options const& o, index_t slices,
                                      vox::ilastik::training_project const* old) {
  if (auto const from = project_named(o.features_from)) return from->selection_for(slices);
  if (old != nullptr && o.features.empty()) return old->selection_for(slices);
  auto sigmas = o.scales.empty() ? std::vector<double>{} : vox::ilastik::parse_sigmas(o.scales);
  return vox::ilastik::parse_selection(o.features.empty() ? "default" : o.features,
                                       std::move(sigmas), o.in_2d || slices == 1);
}

/// Said before anything is computed.
void require_storable_names(train_options const& o,
                            std::optional<vox::ilastik::training_project> const& old) {
  if (!old)
    for (auto const& input : o.inputs)
      vox::ilastik::require_storable_names(o.output, files_named("the input", input).files);
  else
    for (auto const& lane : old->lanes)
      if (!lane.labels.empty()) vox::ilastik::require_storable_names(o.output, lane.files);
}

training_plan plan_of(train_options const& o, training_data const& data,
                      vox::ilastik::training_project const* old) {
  auto const slices = data.images.front().image.description().shape[2];
  training_plan plan{selection_of(o, slices, old), {100, o.seed, 0}, 8, o.common.ram};
  if (old != nullptr) plan.forest.trees = old->factory.trees;
  if (o.trees != 0) plan.forest.trees = o.trees;
  return plan;
}

training_data open_data(train_options const& o,
                        std::optional<vox::ilastik::training_project> const& old,
                        vox::pipeline::run_control const& control) {
  if (old) return open_labelled(*old);
  return open_labelled({o.inputs, o.labels, o.common.axes, o.common.stack_along}, control);
}

void require_labels(train_options const& o, training_data const& data) {
  bool labelled = false;
  for (auto const& image : data.images) labelled = labelled || !image.labels.empty();
  if (labelled) return;
  throw vox::format_error(vox::quoted(o.labels.empty() ? o.inputs.front() : o.labels.front()) +
                          ": no voxel is labelled; paint some of every class");
}

std::size_t node_count(vox::classify::forest_description const& forest) {
  std::size_t count = 0;
  for (auto const& tree : forest.trees) count += tree.nodes.size();
  return count;
}

/// Everything but the options; throws cancelled.
void train(train_options const& o, vox::pipeline::run_control const& control) {
  stopwatch const watch;
  auto const old = project_named(o.is_from_project() ? o.inputs.front() : "");
  require_storable_names(o, old);
  auto data = open_data(o, old, control);
  require_labels(o, data);
  name_classes(data, o.names);
  warn(data.warnings);
  auto const plan = plan_of(o, data, old ? &*old : nullptr);
  auto classifier = with_samples(data, plan, control);
  print(label_lines(data, classifier));
  stopwatch const growing;
  grow(classifier, plan, control);
  print({"forest      " + std::to_string(plan.forest.trees) + " trees, " +
         std::to_string(node_count(classifier.forest)) + " nodes, grown in " +
         duration_text(growing.wall()) + " (CPU " + duration_text(growing.cpu()) + ")"});
  vox::ilastik::write_project(o.output, project_of(data, plan, classifier), {o.common.overwrite});
  auto const quality = judge(classifier, plan, control.threads);
  print(quality_lines(data, classifier, quality));
  std::optional<feature_offers> offers;
  if (o.suggest) {
    offers = offers_for(classifier, data, plan, control);
    print(offer_lines(*offers));
  }
  auto const json = training_json(data, plan, classifier, quality, offers);
  constexpr auto replace = nlohmann::json::error_handler_t::replace;  // of names in OLD.ilp
  vox::io::write_whole_file(record_of(o), json.dump(2, ' ', false, replace) + "\n");
  print({"done        " + o.output + " in " + duration_text(watch.wall()) + " (CPU " +
         duration_text(watch.cpu()) + "); peak memory " + memory_text(peak_resident_bytes())});
}

}  // namespace

int train(std::vector<std::string> const& words) {
  auto const o = parse_train_options(words);
  if (o.help) return std::fputs(train_help, stdout), 0;
  require_apart_from_inputs(o);
  require_free_place(o.output, o.common.overwrite);
  require_free_place(record_of(o), o.common.overwrite);
  vox::pipeline::require_writable_folder(o.output);
  signal_watch const signals;
  return work_on_voxels(
      o.common, signals, 0, [] { return std::string("nothing was written"); },
      [&](vox::pipeline::run_control const& control) { train(o, control); });
}

}  // namespace app
