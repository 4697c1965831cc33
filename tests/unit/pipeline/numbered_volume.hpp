// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which small volume do the tests of sub-volume files split and merge?

#include "support/temporary_folder.hpp"
#include "voxstitch/io/hdf5_source.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/pipeline/classic_split.hpp"

namespace voxstitch::test {

using namespace pipeline;

inline constexpr coord<3> small_shape{{13, 22, 31}};

/// Values that tell every voxel from every other.
struct numbered_volume {
  any_array<5> values{element_type::uint16,
                      {{1, 1, small_shape[0], small_shape[1], small_shape[2]}}};
  numbered_volume() {
    std::uint16_t next = 0;
    for_each_voxel(box<5>::at_origin(values.shape()),
                   [&](coord<5> const& at) { values.view().as<std::uint16_t>()[at] = ++next; });
  }
  any_view<5> view() { return values.view(); }
  io::any_source source() { return io::any_source(io::view_source(view(), "zyx")); }
};

inline classic_means const usual_means{{}, std::int64_t{1} << 30, std::int64_t{20} << 20, 2};

[[nodiscard]] inline classic_split
split_of(numbered_volume& volume, test::temporary_folder const& folder, coord<3> const& overlap) {
  return {volume.source(), {{6, 7, 15}}, overlap, folder / "part"};
}

[[nodiscard]] inline std::vector<std::string> split_into(classic_split const& s,
                                                         classic_means const& how = usual_means) {
  scratch_folder const scratch(s.stem.string() + ".parts");
  split_classic(s, plan_split(s, how), how, {2, nullptr, {}}, scratch);
  std::vector<std::string> files;
  for (index_t i = 0; i < s.blocks().size(); ++i) files.push_back(s.file(i));
  return files;
}

[[nodiscard]] inline std::vector<std::byte> voxels_of(std::string const& file,
                                                      std::string const& dataset) {
  io::hdf5_source const source(file, dataset, "zyx");
  any_array<5> values(element_type::uint16, source.description().shape);
  source.read(box<5>::at_origin(values.shape()), values.view());
  return values.bytes();
}

}  // namespace voxstitch::test
