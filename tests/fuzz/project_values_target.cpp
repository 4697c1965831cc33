// SPDX-License-Identifier: BSL-1.0
// A valid ilastik project with some of its values, types, shapes and links replaced.

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz_input.hpp"
#include "support/project_builder.hpp"
#include "use_project.hpp"

using namespace voxstitch;
using test::classifier_place;
using test::hdf5_editor;

namespace {

std::vector<std::string> const& places() {
  static std::string const forest = classifier_place + "/Forest000";
  static std::vector<std::string> const all{
      "FeatureSelections/ComputeIn2d",
      "FeatureSelections/FeatureIds",
      "FeatureSelections/Scales",
      "FeatureSelections/SelectionMatrix",
      "FeatureSelections/StorageVersion",
      "Input Data/Role Names",
      "Input Data/infos",
      test::raw_place,
      test::raw_place + "/__class__",
      test::raw_place + "/axisorder",
      test::raw_place + "/axistags",
      test::raw_place + "/datasetId",
      test::raw_place + "/filePath",
      test::raw_place + "/inner_path",
      test::raw_place + "/location",
      test::raw_place + "/shape",
      "PixelClassification/ClassifierFactory",
      "PixelClassification/LabelColors",
      "PixelClassification/LabelNames",
      "PixelClassification/LabelSets",
      "PixelClassification/LabelSets/labels000",
      test::label_place,
      classifier_place,
      classifier_place + "/feature_names",
      classifier_place + "/known_labels",
      classifier_place + "/pickled_type",
      forest + "0",
      forest + "0/Tree_0",
      forest + "0/Tree_0/parameters",
      forest + "0/Tree_0/topology",
      forest + "0/Tree_1/parameters",
      forest + "0/Tree_1/topology",
      forest + "0/_ext_param/class_count_",
      forest + "0/_ext_param/column_count_",
      forest + "0/_options/predict_weighted_",
      forest + "0/_options/tree_count_",
      forest + "1",
      forest + "1/Tree_0",
      forest + "1/Tree_0/parameters",
      forest + "1/Tree_0/topology",
      forest + "1/_ext_param/class_count_",
      forest + "1/_ext_param/column_count_",
      forest + "1/_options/predict_weighted_",
      "ilastikVersion",
      "workflowName",
  };
  return all;
}

template <class T>
void put_numbers(fuzz::fuzz_input& input, hdf5_editor& file, std::string const& place) {
  std::vector<hsize_t> shape(input.up_to(3));
  hsize_t count = 1;
  for (hsize_t& extent : shape) count *= extent = input.up_to(shape.size() == 1 ? 40 : 6);
  std::vector<T> values(count);
  for (T& value : values) value = input.number<T>();
  file.array(place, shape, values);
}

void put_texts(fuzz::fuzz_input& input, hdf5_editor& file, std::string const& place) {
  std::vector<std::string> texts(input.up_to(6));
  for (auto& text : texts) text = input.text(80);
  file.texts(place, texts,
             input.one_of(std::vector{test::string_form::varying, test::string_form::fixed,
                                      test::string_form::opaque}));
}

void put_attribute(fuzz::fuzz_input& input, hdf5_editor& file, std::string const& place) {
  std::vector<double> values(input.up_to(2));
  for (double& value : values) value = input.number<double>();
  std::vector<std::string> const names{"isEmpty", "vigra_random_forest_version"};
  if (file.has(place)) file.attribute<double>(place, input.one_of(names), values);
}

/// Changes a few of a tree's numbers.
template <class T>
void bend(fuzz::fuzz_input& input, hdf5_editor& file, std::string const& place,
          std::vector<T> values) {
  for (std::size_t count = input.up_to(4); count > 0; --count)
    values[input.up_to(values.size() - 1)] = input.number<T>();
  file.numbers(place, values);
}

/// Gives the labels another shape, place or axes.
void bend_labels(fuzz::fuzz_input& input, hdf5_editor& file) {
  std::string ranges;
  std::vector<hsize_t> shape(input.up_to(5));
  hsize_t count = 1;
  for (hsize_t& extent : shape) {
    auto const begin = input.up_to(40);
    count *= extent = input.up_to(4);
    ranges += (ranges.empty() ? "" : ",") + std::to_string(begin) + ":" +
              std::to_string(begin + extent + input.up_to(20) / 20);
  }
  std::vector<std::uint8_t> values(count);
  for (auto& value : values) value = std::uint8_t(input.up_to(3));
  file.array(test::label_place, shape, values);
  file.text_attribute(test::label_place, "blockSlice",
                      {input.up_to(9) == 0 ? input.text(40) : "[" + ranges + "]"});
  if (input.up_to(1) == 0)
    file.text_attribute(test::label_place, "axistags", {test::axistags_text(input.text(5))});
  if (input.up_to(2) == 0)
    file.text("ilastikVersion", input.one_of(std::vector<std::string>{"1.2.0", "1.3.3post2"}));
}

void change(fuzz::fuzz_input& input, hdf5_editor& file) {
  auto const& place = input.one_of(places());
  auto const& other = input.one_of(places());
  auto const tree = test::vigra_stump(5, 0, 100, {0.75, 0.25}, {0.25, 0.75});
  switch (input.up_to(16)) {
  case 0: return file.remove(place);
  case 1:
    if (!file.has(other) && file.has(place) && !other.starts_with(place)) file.rename(place, other);
    return;
  case 2:
    if (file.has(place)) file.link(place, other + std::to_string(input.up_to(9)));
    return;
  case 3: return file.claim(place, input.number<hsize_t>());
  case 4: return put_attribute(input, file, place);
  case 5: return file.text(place, input.text(200));
  case 6: return put_texts(input, file, place);
  case 7: return put_numbers<double>(input, file, place);
  case 8: return put_numbers<std::int32_t>(input, file, place);
  case 9: return put_numbers<std::uint64_t>(input, file, place);
  case 10: return put_numbers<std::uint8_t>(input, file, place);
  case 11: return put_numbers<std::int64_t>(input, file, place);
  case 12:
    return bend(input, file, classifier_place + "/Forest0001/Tree_0/topology", tree.topology);
  case 13:
    return bend(input, file, classifier_place + "/Forest0001/Tree_0/parameters", tree.parameters);
  case 14: return file.text(test::raw_place + "/axistags", test::axistags_text(input.text(6)));
  case 15: return bend_labels(input, file);
  default: return put_numbers<float>(input, file, place);
  }
}

std::string valid_project(std::string const& path) {
  test::write_project(path);
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(std::string const& path, std::string const& start, fuzz::fuzz_input& input) {
  std::ofstream(path, std::ios::binary) << start;
  hdf5_editor file(path, hdf5_editor::mode::change);
  for (std::size_t count = 1 + input.up_to(7); count > 0 && !input.empty(); --count) {
    try {
      change(input, file);
    } catch (error const&) {  // what the library does not let happen, as links below a dataset
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.ilp");
  static std::string const start = valid_project(file.path());
  fuzz::fuzz_input input({data, size});
  write(file.path(), start, input);
  fuzz::use_project(file.path());
  return 0;
}
