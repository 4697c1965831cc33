// SPDX-License-Identifier: BSL-1.0
// Do written projects look like ilastik's own, down to the types of all values?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/ilastik/training_project.hpp"
#include "voxstitch/ilastik/write_project.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
namespace hdf5 = io::detail::hdf5;
using strings = std::vector<std::string>;

std::string text_of(std::vector<index_t> const& shape) {
  std::string text = " (";
  for (index_t extent : shape) text += std::to_string(extent) + ",";
  return text + ")";
}

/// The members of an enumeration, as "FALSE=0 TRUE=1".
std::string members_of(hdf5::handle const& type) {
  std::string text;
  for (unsigned i = 0; i < unsigned(H5Tget_nmembers(type.id())); ++i) {
    std::int64_t value = 0;
    H5Tget_member_value(type.id(), i, &value);
    char* const name = H5Tget_member_name(type.id(), i);
    text += " " + std::string(name) + "=" + std::to_string(value & 0xff);
    H5free_memory(name);
  }
  return text;
}

std::string text_of(hdf5::handle const& type) {
  std::string const bytes = std::to_string(H5Tget_size(type.id()));
  switch (H5Tget_class(type.id())) {
  case H5T_STRING:
    return std::string(H5Tis_variable_str(type.id()) > 0 ? "varying" : "fixed") + " string, set " +
           std::to_string(H5Tget_cset(type.id())) + ", padding " +
           std::to_string(H5Tget_strpad(type.id()));
  case H5T_ENUM: return "enum of " + bytes + members_of(type);
  case H5T_INTEGER: return (H5Tget_sign(type.id()) == H5T_SGN_2 ? "int" : "uint") + bytes;
  case H5T_FLOAT: return "float" + bytes;
  case H5T_OPAQUE: return "opaque" + bytes;
  default: return "something else";
  }
}

void list_attributes(hdf5::handle const& object, std::string const& path, strings& lines) {
  H5O_info_t info{};
  H5Oget_info2(object.id(), &info, H5O_INFO_NUM_ATTRS);
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    hdf5::handle const a(
        H5Aopen_by_idx(object.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT));
    std::string name(256, '\0');
    name.resize(std::size_t(H5Aget_name(a.id(), name.size(), name.data())));
    lines.push_back(path + " @" + name + ": " + text_of(hdf5::type_of_attribute(a)) +
                    text_of(hdf5::shape_of_attribute(a)));
  }
}

/// One line for each group, dataset and attribute below `path`.
void list(hdf5::handle const& file, std::string const& path, strings& lines) {
  auto const group = hdf5::open_group(file, path.empty() ? "/" : path);
  list_attributes(group, path, lines);
  for (auto const& name : hdf5::children(group)) {
    std::string const place = path + "/" + name;
    if (hdf5::kind_of(file, place) == hdf5::object_kind::group) {
      lines.push_back(place + ": group");
      list(file, place, lines);
      continue;
    }
    auto const dataset = hdf5::open_dataset(file, place);
    hdf5::handle const creation(H5Dget_create_plist(dataset.id()));
    lines.push_back(place + ": " + text_of(hdf5::type_of(dataset)) +
                    text_of(hdf5::shape_of(dataset)) + ", layout " +
                    std::to_string(H5Pget_layout(creation.id())));
    list_attributes(dataset, place, lines);
  }
}

strings layout_of(std::string const& path) {
  hdf5::library_lock const lock;
  strings lines;
  list(hdf5::open_file(path), "", lines);
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// The project at `path`, read and written to `copy`.
void write_again(std::string const& path, std::string const& copy) {
  auto const original = read_project(path);
  auto const training = read_training_project(path);
  new_project p;
  p.selection = original.selection;
  p.label_names = original.label_names;
  p.label_colors = original.label_colors;
  p.classifier = original.classifier;
  for (std::size_t c : original.classifier.classes) p.known_labels.push_back(std::uint32_t(c + 1));
  p.input_channels = original.input_channels;
  p.lanes = training.lanes;
  p.time = "Thu Nov 26 05:43:05 2026";
  write_project(copy, p);
}

/// Lines that only one of the files has: "- " of ilastik's, "+ " of ours.
strings differences(std::string const& path) {
  test::temporary_folder const folder;
  auto const copy = (folder / "copy.ilp").string();
  write_again(path, copy);
  auto const theirs = layout_of(path);
  auto const ours = layout_of(copy);
  CHECK(theirs.size() > 100);
  strings gone;
  strings come;
  std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                      std::back_inserter(gone));
  std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                      std::back_inserter(come));
  strings result;
  for (auto const& line : gone) result.push_back("- " + line);
  for (auto const& line : come) result.push_back("+ " + line);
  return result;
}

TEST_CASE("a project is laid out as ilastik 1.4.2 does, run without a window", "[ilastik]") {
  auto const brain = test::test_data("brain-lightsheet");
  if (!brain) return;
  // Without a window ilastik knows neither the page to open nor colours.
  CHECK(differences((*brain / "brain-cells.ilp").string()) ==
        strings{"- /PixelClassification/LabelColors: float8 (1,), layout 1",
                "- /PixelClassification/PmapColors: float8 (1,), layout 1",
                "+ /PixelClassification/LabelColors: int8 (3,3,), layout 1",
                "+ /PixelClassification/PmapColors: int8 (3,3,), layout 1",
                "+ /currentApplet: int8 (), layout 1"});
}

TEST_CASE("a project is laid out as ilastik 1.4.1 does, run with a window", "[ilastik]") {
  auto const golden = test::test_data("ilastik-golden");
  if (!golden) return;
  // Newer versions keep units, and strings of varying length where numpy had made fixed ones.
  CHECK(differences((*golden / "PixelClass3D.ilp").string()) ==
        strings{"- /FeatureSelections/FeatureIds: fixed string, set 0, padding 1 (6,), layout 1",
                "- /PixelClassification/LabelNames: fixed string, set 0, padding 1 (2,), layout 1",
                "+ /FeatureSelections/FeatureIds: varying string, set 0, padding 0 (6,), layout 1",
                "+ /Input Data/infos/lane0000/Raw Data/axis_units: varying string, set 0, padding "
                "0 (), layout 1",
                "+ /PixelClassification/LabelNames: varying string, set 0, padding 0 (2,), layout "
                "1"});
}

}  // namespace
