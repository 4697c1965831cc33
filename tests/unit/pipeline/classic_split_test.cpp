// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_split.hpp"

#include "numbered_volume.hpp"
#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("classic_split: every file holds its block and the overlap, clipped to the volume",
          "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {{2, 3, 4}});
  auto chunked = usual_means;
  chunked.chunk = coord<3>{{4, 4, 4}};
  auto const files = read_classic_files(split_into(s, chunked));
  REQUIRE(files.size() == std::size_t(2 * 3 * 2));
  for (auto const& b : s.blocks()) {
    auto const& f = files[static_cast<std::size_t>(b.index)];
    CHECK(f.place == classic_place_of(b));
    CHECK(f.place.whole() == b.result);
    box<5> const part = pipeline::detail::at_time(0, 1, b.result);
    any_array<5> expected(element_type::uint16, part.shape());
    copy_elements(volume.view().sub(part), expected.view());
    CHECK(voxels_of(f.path, s.name(b.index)) == expected.bytes());
  }
  CHECK_FALSE(std::filesystem::exists(folder / "part.parts"));
}

TEST_CASE("classic_split: files that are there are kept", "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {});
  auto const files = split_into(s);
  auto const time = std::filesystem::last_write_time(files[1]);
  std::filesystem::remove(files[4]);
  static_cast<void>(split_into(s));
  CHECK(std::filesystem::exists(files[4]));
  CHECK(std::filesystem::last_write_time(files[1]) == time);
}

TEST_CASE("classic_split: a budget too small for one block names what would do", "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {});
  CHECK_THROWS_WITH(plan_split(s, {{}, 1 << 20, 0, 1}),
                    Contains("at least --ram") && Contains("smaller --block"));
}
