// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_merge.hpp"

#include "numbered_volume.hpp"
#include "support/catch.hpp"
#include "support/hdf5_editor.hpp"
#include "support/volume_source_laws.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

TEST_CASE("classic_volume: the files of a volume are a source of it", "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {{2, 3, 4}});
  auto const parts = split_into(s);
  for (std::size_t i = 0; i < parts.size(); ++i)  // the same dataset name in all
    hdf5_editor(parts[i], hdf5_editor::mode::change)
        .rename(s.name(static_cast<index_t>(i)), "Cell");
  auto const set = read_classic_set(parts);
  CHECK(set.shape() == small_shape);
  check_volume_source_laws(classic_volume(set, 0), volume.values);

  auto const output = (folder / "volume.h5").string();
  for (coord<3> const& chunk : {coord<3>{{64, 64, 64}}, coord<3>{{5, 6, 7}}}) {
    auto how = usual_means;
    how.chunk = chunk;
    scratch_folder const scratch(output + ".parts");
    merge_classic(set, output, how, {2, nullptr, {}}, scratch, [] { return std::string("{}"); });
    CHECK(voxels_of(output, "Cell") == volume.values.bytes());
    CHECK(std::filesystem::exists(provenance_name(output)));
  }
}

TEST_CASE("plan_merge: what unpacking the files' chunks takes is counted or refused",
          "[pipeline]") {
  test::temporary_folder const folder;
  numbered_volume volume;
  auto const s = split_of(volume, folder, {});
  auto const parts = split_into(s);
  for (std::size_t i = 0; i < parts.size(); ++i)
    hdf5_editor(parts[i], hdf5_editor::mode::change)
        .rename(s.name(static_cast<index_t>(i)), "Cell");
  auto set = read_classic_set(parts);
  for (auto const& f : set.files) {
    auto const& d = f.datasets.front();
    CHECK(d.chunk == spatial(d.description.shape));
    CHECK(d.unpacking_bytes >= 3 * product(d.chunk));
  }

  constexpr std::int64_t chunk_bytes = std::int64_t{200} << 20;
  auto const small = plan_merge(set, usual_means).peak_bytes;
  auto& file = set.files[2];
  file.datasets.front().unpacking_bytes = chunk_bytes;
  CHECK(plan_merge(set, usual_means).peak_bytes > small + chunk_bytes - 4096);
  CHECK(plan_merge(set, usual_means).peak_bytes < small + chunk_bytes + 4096);
  auto tight = usual_means;
  tight.budget_bytes = chunk_bytes;
  file.datasets.front().chunk = {{384, 384, 384}};
  CHECK_THROWS_WITH(plan_merge(set, tight), Catch::Contains(file.path) &&
                                                Catch::Contains("give at least --ram") &&
                                                Catch::Contains("384,384,384") &&
                                                Catch::Contains("h5repack -l /Cell:CHUNK="));
}
