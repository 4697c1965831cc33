// SPDX-License-Identifier: BSL-1.0
/// @file A classifier of one's own, over blocks of several shapes: the same bits as over the whole.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <voxstitch/voxstitch.hpp>

namespace vs = voxstitch;

/// Votes "bright" as the mean of a cube of 3 x 3 x 3 voxels says; outside the volume the nearest
/// voxel inside counts.
struct bright_cubes {
  static constexpr vs::index_t reach = 1;

  [[nodiscard]] vs::coord<3> halo() const { return vs::coord<3>::filled(reach); }
  [[nodiscard]] std::size_t class_count() const { return 2; }
  [[nodiscard]] std::vector<std::string> class_names() const { return {"dark", "bright"}; }
  [[nodiscard]] std::int64_t scratch_bytes(vs::block<3> const&) const { return 0; }

  void classify(vs::strided_view<float const, 4> const& input, vs::block<3> const& b,
                vs::box<3> const& domain, vs::strided_view<float, 4> const& p) const {
    auto const volume = input.slice(0, 0);
    vs::for_each_voxel(b.result, [&](vs::coord<3> const& voxel) {
      float const mean = cube_mean(volume, b, domain, voxel);
      vs::coord<3> const to = voxel - b.result.inclusive_min;
      p(to[0], to[1], to[2], 1) = mean;
      p(to[0], to[1], to[2], 0) = 1.0f - mean;
    });
  }

 private:
  static float cube_mean(vs::strided_view<float const, 3> const& volume, vs::block<3> const& b,
                         vs::box<3> const& domain, vs::coord<3> const& voxel) {
    float sum = 0;
    vs::box<3> const one{voxel, voxel + vs::coord<3>::filled(1)};
    vs::box<3> const cube = vs::grown(one, vs::coord<3>::filled(reach));
    vs::for_each_voxel(cube, [&](vs::coord<3> const& at) {
      vs::coord<3> const last = domain.exclusive_max - vs::coord<3>::filled(1);
      vs::coord<3> const inside = vs::min(vs::max(at, domain.inclusive_min), last);
      sum += volume[inside - b.read.inclusive_min];
    });
    return sum / 27.0f;
  }
};
static_assert(vs::classify::block_classifier<bright_cubes>);

namespace {

std::vector<float> random_volume(vs::coord<3> const& shape) {
  std::vector<float> values(static_cast<std::size_t>(vs::product(shape)));
  std::uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = float(state >> 8) / float(1u << 24);
  }
  return values;
}

/// The box of all channels in a [channel, z, y, x] view.
vs::box<4> channels_first(vs::box<3> const& b, vs::index_t channels) {
  auto const [from, to] = b;
  return {{{0, from[0], from[1], from[2]}}, {{channels, to[0], to[1], to[2]}}};
}

/// The box of all classes in a [z, y, x, class] view.
vs::box<4> classes_last(vs::box<3> const& b, vs::index_t classes) {
  auto const [from, to] = b;
  return {{{from[0], from[1], from[2], 0}}, {{to[0], to[1], to[2], classes}}};
}

/// The class probabilities [z, y, x, class] of the volume, classified in blocks of that shape.
std::vector<float> classified(std::vector<float> const& raw, vs::coord<3> const& shape,
                              vs::coord<3> const& block_shape) {
  bright_cubes const classifier;
  vs::box<3> const domain = vs::box<3>::at_origin(shape);
  std::vector<float> merged(raw.size() * classifier.class_count(), -1.0f);
  vs::strided_view<float const, 4> const input(raw.data(), channels_first(domain, 1).shape());
  vs::strided_view<float, 4> const output(merged.data(), classes_last(domain, 2).shape());
  for (auto const& b : vs::blocking<3>{domain, block_shape, classifier.halo()})
    classifier.classify(input.sub(channels_first(b.read, 1)), b, domain,
                        output.sub(classes_last(b.result, 2)));
  return merged;
}

}  // namespace

int main() {
  vs::coord<3> const shape{{13, 22, 31}};
  auto const raw = random_volume(shape);
  auto const whole = classified(raw, shape, shape);
  int wrong = 0;
  for (vs::coord<3> const& block :
       {vs::coord<3>{{5, 7, 9}}, {{1, 1, 1}}, {{13, 4, 31}}, {{64, 64, 64}}}) {
    auto const blocks = classified(raw, shape, block);
    bool const same = std::memcmp(whole.data(), blocks.data(), whole.size() * sizeof(float)) == 0;
    std::printf("blocks of %s: %s\n", to_string(block).c_str(),
                same ? "the same bits" : "DIFFERENT");
    wrong += same ? 0 : 1;
  }
  return wrong;
}
