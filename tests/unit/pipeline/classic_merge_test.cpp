// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_merge.hpp"

#include "support/catch.hpp"
#include "support/hdf5_editor.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/pipeline/classic_split.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

constexpr coord<3> shape{{13, 22, 31}};

/// Values that tell every voxel from every other.
struct numbered_volume {
  any_array<5> values{element_type::uint16, {{1, 1, shape[0], shape[1], shape[2]}}};
  numbered_volume() {
    std::uint16_t next = 0;
    for_each_voxel(box<5>::at_origin(values.shape()),
                   [&](coord<5> const& at) { values.view().as<std::uint16_t>()[at] = ++next; });
  }
  any_view<5> view() { return values.view(); }
  io::any_source source() { return io::any_source(io::view_source(view(), "zyx")); }
};

classic_means const means{{}, std::int64_t{1} << 30, std::int64_t{20} << 20, 2};

classic_split split_of(numbered_volume& volume, test::temporary_folder const& folder,
                       coord<3> const& overlap) {
  return {volume.source(), {{6, 7, 15}}, overlap, folder / "part"};
}

std::vector<std::string> split_into(classic_split const& s, classic_means const& how = means) {
  split_classic(s, plan_split(s, how), how, {2, nullptr, {}});
  std::vector<std::string> files;
  for (index_t i = 0; i < s.blocks().size(); ++i) files.push_back(s.file(i));
  return files;
}

std::vector<std::byte> voxels_of(std::string const& file, std::string const& dataset) {
  io::hdf5_source const source(file, dataset, "zyx");
  any_array<5> values(element_type::uint16, source.description().shape);
  source.read(box<5>::at_origin(values.shape()), values.view());
  return values.bytes();
}

}  // namespace

TEST_CASE("classic_split: every file holds its block and the overlap, clipped to the volume",
          "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {{2, 3, 4}});
  auto chunked = means;
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

TEST_CASE("classic_volume: the files of a volume are a source of it", "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {{2, 3, 4}});
  auto const parts = split_into(s);
  for (std::size_t i = 0; i < parts.size(); ++i)  // the same dataset name in all
    test::hdf5_editor(parts[i], test::hdf5_editor::mode::change)
        .rename(s.name(static_cast<index_t>(i)), "Cell");
  auto const set = read_classic_set(parts);
  CHECK(set.shape() == shape);
  test::check_volume_source_laws(classic_volume(set, 0), volume.values);

  auto const output = (folder / "volume.h5").string();
  for (coord<3> const& chunk : {coord<3>{{64, 64, 64}}, coord<3>{{5, 6, 7}}}) {
    auto how = means;
    how.chunk = chunk;
    merge_classic(set, output, how, {2, nullptr, {}});
    put_in_place(output, "{}\n");
    CHECK(voxels_of(output, "Cell") == volume.values.bytes());
    CHECK(std::filesystem::exists(provenance_name(output)));
  }
}
