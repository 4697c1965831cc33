// SPDX-License-Identifier: BSL-1.0
// From files to files: trains on labels in a file, classifies a volume in a file as `voxstitch run`
// does, and reads the result.

//! [files]
#include <voxstitch/io.hpp>
#include <voxstitch/voxstitch.hpp>
//! [files]

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace vs = voxstitch;
using pixel_forest =
    vs::models::pixel_classifier<vs::features::filter_bank, vs::classify::random_forest>;

//! [project]
/// A classifier that ilastik trained, or `voxstitch train`.
vs::models::any_block_classifier classifier_of(std::string const& project,
                                               vs::volume_description const& image) {
  return vs::models::any_block_classifier(
      vs::ilastik::make_classifier(vs::ilastik::read_project(project), image));
}
//! [project]

//! [train]
/// Learns from an image and a volume of labels: 0 nothing was said, 1 dark, 2 bright.
pixel_forest trained(vs::io::any_source const& image, vs::io::any_source const& labels) {
  vs::pipeline::run_control const control;
  vs::pipeline::require_labels_of(image.description(), labels.description());
  std::vector<vs::pipeline::labelled_image> images;
  images.push_back({image, vs::pipeline::find_labels(labels, control)});

  auto const features = vs::ilastik::parse_selection("GaussianSmoothing:0.7,1.6", {}, false);
  vs::features::filter_bank bank(features, 1);  // of one channel
  std::int64_t const memory = std::int64_t{1} << 30;
  auto const samples = vs::pipeline::collect_samples(bank, images, memory, control);
  vs::classify::training_set const set{samples.features.view(), samples.classes, 2};

  vs::classify::forest_training const how{20, 0};  // trees; the same seed, the same forest
  auto const forest = vs::classify::train_forest(set, how);
  std::printf("%.2f %% wrong out of bag\n", 100 * out_of_bag(set, forest, how).error());
  return {std::move(bank), vs::classify::random_forest({2, {0, 1}, {forest}}), {"dark", "bright"}};
}
//! [train]

//! [features]
/// Features [feature, z, y, x] of an image (z, y, x) that fits into memory.
vs::dense_array<float, 4> features_of(vs::features::filter_bank const& bank,
                                      vs::strided_view<float const, 3> const& image) {
  auto const all = vs::box<3>::at_origin(image.shape());
  bank.check_domain(image.shape());
  auto const smoothed = bank.prepare(image.expanded(0), all, all, all);  // read, result, domain

  vs::coord<3> const packet{{8, 8, 8}};  // lanes are voxels, packet after packet
  vs::features::packet_order const order(image.shape(), packet);
  auto const count = static_cast<vs::index_t>(bank.feature_count());
  vs::dense_array<float, 2> lanes(vs::coord<2>{{count, order.lanes()}});
  vs::features::tile_scratch scratch;
  bank.compute(smoothed, all, packet, scratch, lanes.view());  // all of it as one tile

  auto const [z, y, x] = image.shape().values;
  vs::dense_array<float, 4> result(vs::coord<4>{{count, z, y, x}});
  vs::for_each_voxel(all, [&](vs::coord<3> const& v) {
    for (vs::index_t f = 0; f < count; ++f)
      result.view()(f, v[0], v[1], v[2]) = lanes.view()(f, order.lane_of(v));
  });
  return result;
}
//! [features]

//! [job]
/// Classifies a file or a stack within 1 GiB, on two threads, into a file of labels.
void classify(std::string const& input, vs::models::any_block_classifier classifier,
              std::string const& output) {
  namespace pipeline = vs::pipeline;
  pipeline::job job(vs::io::open_source(input).source);
  job.classifier = std::move(classifier);
  job.outputs = {{pipeline::output_kind::labels, output}};
  job.budget_bytes = std::int64_t{1} << 30;
  job.threads = 2;
  job.facts.add("the input", input).add("the classifier", "dark or bright");  // and all else

  job.folder = output + ".job";  // unfinished work
  pipeline::job_folder const folder(job.folder, pipeline::file_lock::use::alone);
  std::optional<pipeline::manifest> begun;  // by a process that did not come to its end
  if (pipeline::has_manifest(job.folder)) begun = pipeline::read_manifest(job.folder);
  auto const prepared = pipeline::prepare(job, begun);  // the plan; throws budget_error
  pipeline::require_free_places(job, prepared);
  if (!begun) write_manifest(job.folder, manifest_of(job, prepared, {}));

  pipeline::job_run const steps(job, prepared, job.folder);
  pipeline::run_control control;
  control.threads = job.threads;
  steps.stage_input(control);
  steps.classify(0, prepared.shards, control);  // leaves out blocks that are done
  steps.stitch(control);
  steps.merge([&] { return nlohmann::ordered_json{{"fingerprint", job.facts.text()}}; });
  steps.clear_up(folder);
}
//! [job]

namespace {

void write(std::string const& path, std::vector<std::uint16_t>& values, vs::coord<5> const& shape) {
  vs::any_view<5> const view(values.data(), vs::element_type::uint16, shape);
  std::filesystem::remove(path);
  vs::io::write_npy(path, vs::io::view_source(view), 1 << 20);
}

}  // namespace

int main() {
  vs::coord<5> const shape{{1, 1, 20, 60, 70}};  // t, c, z, y, x
  std::vector<std::uint16_t> image;
  std::vector<std::uint16_t> labels;
  vs::for_each_voxel(vs::box<5>::at_origin(shape), [&](vs::coord<5> const& v) {
    bool const bright = v[4] >= 35;
    image.push_back(std::uint16_t((bright ? 300 : 100) + v[3] % 7));
    bool const painted = v[2] == 9 && v[3] == 30;
    labels.push_back(painted ? std::uint16_t(bright ? 2 : 1) : std::uint16_t(0));
  });
  write("image.npy", image, shape);
  write("labels.npy", labels, shape);
  std::filesystem::remove("result.h5");

  std::vector<float> const floats(image.begin(), image.end());
  vs::features::filter_bank const bank(
      vs::ilastik::parse_selection("GaussianSmoothing:0.7,1.6", {}, false), 1);
  auto const features = features_of(bank, {floats.data(), {{20, 60, 70}}});
  if (features.view()(1, 10, 30, 10) > 200 || features.view()(1, 10, 30, 60) < 200) return 1;

  auto const classifier =
      trained(vs::io::open_source("image.npy").source, vs::io::open_source("labels.npy").source);
  classify("image.npy", vs::models::any_block_classifier(classifier), "result.h5");

  std::vector<std::uint8_t> result(image.size());
  vs::io::open_source("result.h5")
      .source.read(vs::box<5>::at_origin(shape), {result.data(), vs::element_type::uint8, shape});
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < result.size(); ++i) wrong += result[i] != (image[i] >= 200 ? 2 : 1);
  std::printf("%zu of %zu voxels are wrong\n", wrong, result.size());
  return wrong < result.size() / 20 && !std::filesystem::exists("result.h5.job") ? 0 : 1;
}
