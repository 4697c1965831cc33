// SPDX-License-Identifier: BSL-1.0
#include "training_data.hpp"

#include <algorithm>
#include <set>

#include "arguments.hpp"
#include "input_file.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/pipeline/find_labels.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::models::label_block;

/// Runs `read`; an error says which file it is about.
template <class Read>
auto naming(std::string const& file, Read const& read) {
  try {
    return read();
  } catch (vox::format_error const& e) {
    throw vox::format_error(vox::quoted(file) + ": " + e.what());
  } catch (vox::shape_error const& e) {
    throw vox::shape_error(vox::quoted(file) + ": " + e.what());
  }
}

vox::ilastik::label_block as_stored(label_block const& b) {
  auto const& lo = b.where.inclusive_min;
  auto const& hi = b.where.exclusive_max;
  auto const* const first = b.values.view().data();
  return {{{{b.time, 0, lo[0], lo[1], lo[2]}}, {{b.time + 1, 1, hi[0], hi[1], hi[2]}}},
          {first, first + b.where.size()}};
}

/// One block per time step.
void add_block(std::vector<label_block>& blocks, vox::ilastik::label_block const& stored) {
  auto const& lo = stored.where.inclusive_min;
  auto const& hi = stored.where.exclusive_max;
  vox::box<3> const where{{{lo[2], lo[3], lo[4]}}, {{hi[2], hi[3], hi[4]}}};
  for (index_t t = lo[0]; t < hi[0]; ++t) {
    label_block b{t, where, vox::dense_array<std::uint8_t, 3>(where.shape())};
    std::copy_n(stored.values.begin() + (t - lo[0]) * where.size(), where.size(), b.values.data());
    if (label_count(b) > 0) blocks.push_back(std::move(b));
  }
}

std::vector<index_t> shape_in_file(vox::volume_description const& d) {
  std::vector<index_t> shape;
  for (char letter : d.axes) shape.push_back(d.shape[vox::canonical_axis(letter)]);
  return shape;
}

/// The files of an image as a project names them: with the path inside an HDF5 file.
std::vector<std::string> files_of(std::string const& input, vox::io::opened_source const& opened) {
  bool const inside = vox::io::split_hdf5_path(input).has_value() && opened.files.size() == 1;
  if (!inside) return opened.files;
  return {input};
}

void add_image(training_data& data, std::string const& input, vox::io::opened_source const& image,
               std::vector<label_block> labels) {
  auto const& d = image.source.description();
  vox::ilastik::lane lane{files_of(input, image), "", d.axes, shape_in_file(d), {}};
  for (auto const& b : labels) lane.labels.push_back(as_stored(b));
  data.lanes.push_back(std::move(lane));
  data.images.push_back({image.source, std::move(labels)});
  data.warnings.insert(data.warnings.end(), image.warnings.begin(), image.warnings.end());
}

std::set<std::uint8_t> labels_in(training_data const& data) {
  std::set<std::uint8_t> found;
  for (auto const& image : data.images)
    for (auto const& b : image.labels)
      for_each_label(b, [&](vox::coord<3> const&, std::uint8_t label) { found.insert(label); });
  return found;
}

/// Grey values are no numbers of classes: 0, 128 and 255 would make 255 of them. Who names all
/// classes knows how many there are.
void warn_of_gaps(training_data& data, std::set<std::uint8_t> const& labels) {
  if (labels.empty() || *labels.rbegin() == labels.size()) return;
  constexpr std::size_t most_named = 10;
  std::string values;
  std::size_t named = 0;
  for (auto const label : labels)
    if (++named <= most_named) values += (named > 1 ? ", " : "") + std::to_string(label);
  data.warnings.push_back(
      "--labels: the values that occur are " + values + (named > most_named ? ", ..." : "") +
      ", which makes " + std::to_string(*labels.rbegin()) + " classes, " +
      std::to_string(*labels.rbegin() - labels.size()) +
      " of them without a voxel; number the classes 1, 2, ..., or name all with --names");
}

/// The image as its stored axes say, or, where the file is a stack, as the stack's own.
vox::io::opened_source open_lane(vox::ilastik::lane const& lane) {
  auto const one = [&](std::string const& path) { return open_input(path, {"", 'z', lane.axes}); };
  if (lane.files.size() == 1) return one(lane.files.front());
  return as_input([&] { return vox::io::open_files(lane.files, {"", 'z', lane.axes}); });
}

/// Where the labels were painted must be there still.
void require_same_extents(vox::ilastik::lane const& lane, vox::volume_description const& d) {
  if (lane.shape.empty() || vox::product(d.shape) == 0) return;
  vox::coord<5> stored = vox::coord<5>::filled(1);
  for (std::size_t i = 0; i < lane.axes.size(); ++i)
    stored[vox::canonical_axis(lane.axes[i])] = lane.shape[i];
  if (stored == d.shape) return;
  throw vox::shape_error("the image is " + to_string(d.shape) +
                         " (t,c,z,y,x), but the project was painted on one of " +
                         to_string(stored) + "; put the image back that it was");
}

}  // namespace

training_data open_labelled(labelled_files const& files,
                            vox::pipeline::run_control const& control) {
  std::vector<vox::io::opened_source> images;
  std::vector<vox::io::opened_source> labels;
  index_t voxels = 0;
  for (std::size_t i = 0; i < files.images.size(); ++i) {
    images.push_back(open_input(files.images[i], {files.axes, files.stack_along, ""}));
    auto const& d = images[i].source.description();
    labels.push_back(open_input(files.labels[i], {"", files.stack_along, d.axes}));
    naming(files.labels[i],
           [&] { vox::pipeline::require_labels_of(d, labels[i].source.description()); });
    voxels += product(labels[i].source.description().shape);
  }
  if (control.voxels_done != nullptr) control.voxels_done->start(voxels);
  training_data data;
  for (std::size_t i = 0; i < images.size(); ++i)
    add_image(data, files.images[i], images[i], naming(files.labels[i], [&] {
                return vox::pipeline::find_labels(labels[i].source, control);
              }));
  return data;
}

training_data open_labelled(vox::ilastik::training_project const& project) {
  training_data data;
  for (auto const& lane : project.lanes) {
    if (lane.labels.empty()) continue;
    auto const image = open_lane(lane);
    naming(lane.files.front(), [&] { require_same_extents(lane, image.source.description()); });
    std::vector<label_block> blocks;
    for (auto const& b : lane.labels) add_block(blocks, b);
    add_image(data, lane.files.front(), image, std::move(blocks));
  }
  data.names = project.label_names;
  data.colors = project.label_colors;
  return data;
}

void name_classes(training_data& data, std::vector<std::string> const& names) {
  if (!names.empty()) data.names = names;
  auto const found = labels_in(data);
  auto const labels = found.empty() ? 0 : std::size_t{*found.rbegin()};
  if (data.names.empty()) {
    warn_of_gaps(data, found);
    for (std::size_t i = 1; i <= labels; ++i) data.names.push_back("Label " + std::to_string(i));
  }
  if (data.names.size() < labels)
    throw usage_error("--names: label " + std::to_string(labels) + " was painted, but only " +
                      std::to_string(data.names.size()) + " classes are named; name all of them");
}

}  // namespace app
