// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/unit_reader.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/slice_stack.hpp"
#include "voxstitch/io/tiff_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

namespace {

io::slice_stack stack_of(std::filesystem::path const& folder, any_array<5>& volume,
                         tiff_form const& form) {
  std::vector<io::slice_stack::slice> slices;
  for (index_t z = 0; z < volume.shape()[2]; ++z) {
    auto const path = (folder / (std::to_string(z) + ".tif")).string();
    box<5> plane = box<5>::at_origin(volume.shape());
    plane.inclusive_min[2] = z;
    plane.exclusive_max[2] = z + 1;
    any_array<5> page(volume.type(), plane.shape());
    copy_elements(volume.view().sub(plane), page.view());
    make_tiff(path, page, form);
    slices.push_back({path, io::any_source(io::tiff_source(path))});
  }
  return {std::move(slices), 'z'};
}

/// Reads eight overlapping boxes in order; whether all values were right.
template <class Source>
bool reads_overlapping(io::unit_reader<Source> const& reader, any_array<5>& volume) {
  bool right = true;
  for (index_t step = 0; step < 8; ++step) {
    box<5> const b{{{0, 0, step, 2 * step, 0}}, {{1, 1, step + 4, 2 * step + 9, 30}}};
    any_array<5> values(volume.type(), b.shape());
    reader.read(step, b, values.view(), [&](box<5> const& voxels) {
      bool const again =
          step < 7 && voxels.exclusive_max[2] > step + 1 && voxels.exclusive_max[3] > 2 * step + 2;
      return again ? step + 1 : io::never;
    });
    right = right && same_bits(values.view(), volume.view().sub(b));
  }
  return right;
}

}  // namespace

TEST_CASE("unit_reader: with room every strip is decoded once, without as often as it is asked",
          "[io][tiff]") {
  temporary_folder const folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{1, 1, 12, 25, 30}}, random);
  for (int compression : {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS}) {
    tiff_form form;
    form.compression = compression;
    form.rows_per_strip = 25;
    auto const stack = stack_of(folder.path(), volume, form);
    io::unit_reader const roomy(stack, 1 << 20);
    CHECK(reads_overlapping(roomy, volume));
    CHECK(stack.units_decoded() == 11);
    io::unit_reader const cramped(stack, 0);
    CHECK(reads_overlapping(cramped, volume));
    CHECK(stack.units_decoded() == 11 + 8 * 4);
  }
}

TEST_CASE("unit_reader: uncompressed files are read directly", "[io][tiff]") {
  temporary_folder const folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{1, 1, 12, 25, 30}}, random);
  auto const stack = stack_of(folder.path(), volume, {});
  io::unit_reader const reader(stack, 1 << 20);
  CHECK(reads_overlapping(reader, volume));
  CHECK(stack.units_decoded() == 0);
}

TEST_CASE("unit_reader: thin strips are kept several at a time", "[io]") {
  volume_description d;
  d.shape = {{1, 1, 100, 5000, 4000}};
  d.type = element_type::uint16;
  CHECK(io::piece_shape(d, {{1, 1, 1, 1, 4000}}) == coord<5>{{1, 1, 1, 64, 4000}});
  CHECK(io::piece_shape(d, {{1, 1, 1, 5000, 4000}}) == coord<5>{{1, 1, 1, 5000, 4000}});
  CHECK(io::piece_shape(d, {{1, 1, 64, 64, 64}}) == coord<5>{{1, 1, 64, 64, 64}});
  CHECK(io::piece_shape(d, coord<5>::filled(1)) == coord<5>::filled(1));
  d.shape = {{1, 1, 100, 50, 40}};
  CHECK(io::piece_shape(d, {{1, 1, 1, 7, 40}}) == coord<5>{{1, 1, 1, 50, 40}});
}
