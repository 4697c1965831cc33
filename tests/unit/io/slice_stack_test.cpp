// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/slice_stack.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/tiff_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

namespace {

io::any_source open_tiff(std::string const& path) {
  return io::any_source(io::tiff_source(io::detail::index_tiff(path), {}, 0));
}

io::slice_stack stack_of(std::vector<std::string> const& files, char along = 'z') {
  return {io::open_slices(files, open_tiff), along, "tiff_stack"};
}

/// Writes the parts of `volume` between the positions in `cuts` along `axis` to files of their own.
std::vector<std::string> parts_of(temporary_folder const& folder, any_array<5>& volume,
                                  std::size_t axis, std::vector<index_t> const& cuts) {
  std::vector<std::string> files;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    box<5> part = box<5>::at_origin(volume.shape());
    part.inclusive_min[axis] = cuts[i];
    part.exclusive_max[axis] = cuts[i + 1];
    any_array<5> copied(volume.type(), part.shape());
    copy_elements(volume.view().sub(part), copied.view());
    files.push_back((folder / ("slice_" + std::to_string(i) + ".tif")).string());
    tiff_form form;
    form.compression = i % 2 == 0 ? COMPRESSION_LZW : COMPRESSION_NONE;
    make_tiff(files.back(), copied, form);
  }
  return files;
}

}  // namespace

TEST_CASE("slice_stack: pages of yx become zyx, with the laws of a source", "[io]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 6, 21, 17}}, random);
  auto const stack = stack_of(parts_of(folder, volume, 2, {0, 1, 2, 3, 4, 5, 6}));
  CHECK(stack.description().axes == "zyx");
  CHECK(stack.description().axes_origin == "the TIFF's pages, stacked along z");
  CHECK(stack.decode_unit() == coord<5>{{1, 1, 1, 7, 17}});
  check_volume_source_laws(stack, volume);
}

TEST_CASE("slice_stack: files that have the axis are joined along it, whatever their extents",
          "[io]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::float32, {{1, 1, 9, 8, 7}}, random);
  auto const stack = stack_of(parts_of(folder, volume, 2, {0, 2, 7, 9}));
  CHECK(stack.description().axes == "zyx");
  check_volume_source_laws(stack, volume);
}

TEST_CASE("slice_stack: files may be time steps or channels", "[io]") {
  temporary_folder folder;
  random_source random;
  char const along = GENERATE('t', 'c');
  std::size_t const axis = canonical_axis(along);
  coord<5> shape{{1, 1, 3, 8, 7}};
  shape[axis] = 4;
  auto volume = random_volume(element_type::uint8, shape, random);
  auto const stack = stack_of(parts_of(folder, volume, axis, {0, 1, 2, 3, 4}), along);
  CHECK(stack.description().axes == along + std::string("zyx"));
  check_volume_source_laws(stack, volume);
}

TEST_CASE("slice_stack: a slice of another size or type is named with both shapes", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{1, 1, 3, 21, 17}}, random);
  auto const files = parts_of(folder, volume, 2, {0, 1, 2, 3});
  auto odd = random_volume(element_type::uint16, {{1, 1, 1, 21, 16}}, random);
  make_tiff(files[1], odd);
  CHECK_THROWS_AS(stack_of(files), shape_error);
  CHECK_THROWS_WITH(stack_of(files),
                    Equals("tiff_stack: '" + files[1] +
                           "' is 21 x 16 uint16, but the stack is 21 x 17 uint16 (from '" +
                           files[0] + "'); crop it or leave it out of the pattern"));
  auto deep = random_volume(element_type::float32, {{1, 1, 1, 21, 17}}, random);
  make_tiff(files[1], deep);
  CHECK_THROWS_WITH(stack_of(files),
                    Contains("is 21 x 17 float32, but the stack is 21 x 17 uint16") &&
                        Contains("; convert it to uint16 or leave it out"));
  tiff_form colours;
  colours.samples = true;
  auto rgb = random_volume(element_type::uint16, {{1, 3, 1, 21, 17}}, random);
  make_tiff(files[1], rgb, colours);
  CHECK_THROWS_WITH(stack_of(files), Contains("is 21 x 17 x 3 uint16 (axes yxc instead of yx)") &&
                                         Contains("; save it with the same axes or leave it out"));
}

TEST_CASE("slice_stack: the first slice that cannot be opened is named", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{1, 1, 5, 21, 17}}, random);
  auto const files = parts_of(folder, volume, 2, {0, 1, 2, 3, 4, 5});
  std::string const bytes = bytes_of(files[2]);
  write_bytes(files[2], bytes.substr(0, bytes.size() / 2));
  write_bytes(files[4], "no TIFF");
  CHECK_THROWS_WITH(stack_of(files), Contains(files[2]) && Contains("cut"));
  std::filesystem::remove(files[2]);
  CHECK_THROWS_AS(stack_of(files), io_error);
}

TEST_CASE("slice_stack: no files and unknown axes are usage errors", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 5, 6}}, random);
  auto const files = parts_of(folder, volume, 2, {0, 1});
  CHECK_THROWS_AS(stack_of({}), usage_error);
  CHECK_THROWS_WITH(stack_of(files, 'q'), Contains("--stack-along 'q'"));
}

TEST_CASE("slice_stack: thousands of slices need no thousands of handles", "[io]") {
  temporary_folder folder;
  random_source random;
  auto slice = random_volume(element_type::uint8, {{1, 1, 1, 2, 3}}, random);
  tiff_form form;
  form.compression = COMPRESSION_LZW;
  std::vector<std::string> files;
  for (int i = 0; i < 1500; ++i) {
    files.push_back((folder / std::to_string(i)).string());
    make_tiff(files.back(), slice, form);
  }
  auto const stack = stack_of(files);
  any_array<5> all(element_type::uint8, stack.description().shape);
  stack.read(box<5>::at_origin(all.shape()), all.view());
  auto const descriptors = std::filesystem::directory_iterator("/proc/self/fd");
  CHECK(std::distance(begin(descriptors), end(descriptors)) < 100);
  box<5> last = box<5>::at_origin(all.shape());
  last.inclusive_min[2] = 1499;
  CHECK(same_bits(all.view().sub(last), slice.view()));
}
