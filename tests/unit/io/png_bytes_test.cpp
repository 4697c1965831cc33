// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/png_bytes.hpp"

#include <fstream>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/io/impex_source.hpp"
#include "voxstitch/view/dense_array.hpp"

using namespace voxstitch;
using namespace voxstitch::io;

namespace {

std::string written(test::temporary_folder const& folder, std::vector<std::byte> const& bytes) {
  auto const path = (folder.path() / "p.png").string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<char const*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path;
}

/// The picture as libpng reads it: rows, columns, channels.
dense_array<std::uint8_t, 3> read_back(std::string const& path, coord<3> const& shape) {
  impex_source const source(path, {});
  auto const& d = source.description();
  REQUIRE(d.shape == coord<5>{{1, shape[2], 1, shape[0], shape[1]}});
  REQUIRE(d.type == element_type::uint8);
  dense_array<std::uint8_t, 5> values(d.shape);
  source.read(box<5>::at_origin(d.shape), values.view());
  dense_array<std::uint8_t, 3> picture(shape);
  copy(values.view().slice(0, 0).slice(1, 0), picture.view().permuted({2, 0, 1}));
  return picture;
}

void check_round_trip(dense_array<std::uint8_t, 3>& picture) {
  test::temporary_folder const folder;
  auto const bytes = png_bytes(picture.view());
  auto back = read_back(written(folder, bytes), picture.shape());
  bool equal = true;
  for_each_voxel(box<3>::at_origin(picture.shape()), [&](coord<3> const& at) {
    equal = equal && back.view()[at] == picture.view()[at];
  });
  CHECK(equal);
}

}  // namespace

TEST_CASE("png bytes: libpng reads back every pixel, whatever the picture", "[io]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 40; ++round) {
    coord<3> shape{{random.between(1, 40), random.between(1, 40), random.flip() ? 1 : 3}};
    CAPTURE(shape);
    dense_array<std::uint8_t, 3> picture(shape);
    index_t const kind = random.between(0, 3);  // noise, ramps, plateaus, a flat grey
    for_each_voxel(box<3>::at_origin(shape), [&](coord<3> const& at) {
      index_t const value = kind == 0   ? random.between(0, 255)
                            : kind == 1 ? 3 * at[0] + 5 * at[1] + 50 * at[2]
                            : kind == 2 ? at[0] / 7 * 3 + at[1] / 5
                                        : 200;
      picture.view()[at] = static_cast<std::uint8_t>(value);
    });
    check_round_trip(picture);
  }
}

TEST_CASE("png bytes: a smooth picture packs better than its values do", "[io]") {
  dense_array<std::uint8_t, 3> picture(coord<3>{{100, 100, 1}});
  for_each_voxel(box<3>::at_origin(picture.shape()), [&](coord<3> const& at) {
    picture.view()[at] = static_cast<std::uint8_t>(at[0] * at[1] / 40);
  });
  auto const plain = deflated(std::as_bytes(std::span(picture.data(), 10000)), 9).size();
  CHECK(png_bytes(picture.view()).size() < plain / 2);
}

TEST_CASE("png bytes: pictures that PNG does not have are refused with their shape", "[io]") {
  for (coord<3> const& shape : {coord<3>{{4, 5, 2}}, {{0, 5, 1}}, {{4, 0, 3}}, {{4, 5, 4}}}) {
    dense_array<std::uint8_t, 3> picture(shape);
    CHECK_THROWS_WITH(png_bytes(picture.view()),
                      Catch::Contains(to_string(shape, " x ")) && Catch::Contains("1 or 3"));
  }
}
