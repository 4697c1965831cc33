// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/sampled_planes.hpp"

#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

/// A value that tells the place.
int value_at(index_t c, coord<3> const& v) {
  return static_cast<int>(c * 100000 + v[0] * 5000 + v[1] * 71 + v[2]);
}

dense_array<std::int32_t, 4> volume(index_t channels, box<3> const& b) {
  coord<3> const s = b.shape();
  dense_array<std::int32_t, 4> values(coord<4>{{channels, s[0], s[1], s[2]}});
  for_each_voxel(box<4>::at_origin(values.shape()), [&](coord<4> const& at) {
    values.view()[at] = value_at(at[0], b.inclusive_min + coord<3>{{at[1], at[2], at[3]}});
  });
  return values;
}

void check_plane(sampled_planes const& planes, std::size_t axis, std::size_t n) {
  auto const& s = planes.sampling();
  auto const [down, right] = plane_sampling::axes_of_plane(axis);
  auto const picture = planes.picture(axis, static_cast<index_t>(n));
  REQUIRE(picture.shape() == coord<3>{{s.picture(axis)[0], s.picture(axis)[1], planes.channels()}});
  bool right_values = true;
  for_each_voxel(box<3>::at_origin(picture.shape()), [&](coord<3> const& at) {
    coord<3> voxel;
    voxel[axis] = s.planes[axis][n];
    voxel[down] = at[0] * s.stride[down];
    voxel[right] = at[1] * s.stride[right];
    right_values = right_values && picture[at] == float(value_at(at[2], voxel));
  });
  CHECK(right_values);
}

}  // namespace

TEST_CASE("sampled planes: hold the volume's values, from whatever boxes they come", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 20; ++round) {
    auto const shape = random.shape<3>(30);
    plane_sampling s{shape, random.shape<3>(4), {}};
    for (std::size_t axis = 0; axis < 3; ++axis)
      s.planes[axis] = pipeline::detail::evenly_spread(shape[axis], random.between(1, 5));
    index_t const channels = random.between(1, 3);
    auto const block = random.shape<3>(12);
    CAPTURE(shape, s.stride, block);
    sampled_planes planes(s, channels);
    for (auto const& b : blocking<3>(box<3>::at_origin(shape), block, {}))
      planes.add(b.core, volume(channels + 1, b.core).view());  // one more than is asked for
    for (std::size_t axis = 0; axis < 3; ++axis)
      for (std::size_t n = 0; n < s.planes[axis].size(); ++n) check_plane(planes, axis, n);
  }
}
