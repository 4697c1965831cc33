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
