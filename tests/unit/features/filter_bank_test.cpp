// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/filter_bank.hpp"

#include <random>

#include "naive_features.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/features/feature_groups.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;
using namespace voxstitch::features;

namespace {

std::vector<naive::image> random_channels(coord<3> const& shape, std::size_t count,
                                          std::mt19937& random) {
  std::vector<naive::image> channels(count, naive::image(shape));
  std::uniform_int_distribution<int> grey(0, 255);
  for (naive::image& channel : channels)
    for (float& v : channel.values) v = static_cast<float>(grey(random));
  return channels;
}

selection everything(std::vector<scale> scales) {
  selection s;
  s.filters.assign(all_filters.begin(), all_filters.end());
  s.chosen.assign(s.filters.size(), std::vector<bool>(scales.size(), true));
  s.scales = std::move(scales);
  return s;
}

/// How a volume is divided.
struct division {
  coord<3> block;
  coord<3> tile;
  coord<3> packet;
};

/// The part of the channels in `b`, dense, [c, z, y, x].
std::vector<float> cut(std::vector<naive::image> const& channels, box<3> const& b) {
  std::vector<float> part;
  for (naive::image const& channel : channels)
    for_each_voxel(b, [&](coord<3> const& v) { part.push_back(channel(v[0], v[1], v[2])); });
  return part;
}

/// Copies the lanes of a tile into whole images.
void unpack(std::vector<float> const& lanes, box<3> const& tile, coord<3> const& packet,
            std::vector<naive::image>& out) {
  coord<3> const packets = zip(tile.shape(), packet, divide_up);
  auto const lanes_per_feature = lanes.size() / out.size();
  for (std::size_t f = 0; f < out.size(); ++f)
    for_each_voxel(tile, [&](coord<3> const& v) {
      coord<3> const at = v - tile.inclusive_min;
      coord<3> const p = zip(at, packet, [](index_t a, index_t b) { return a / b; });
      coord<3> const i = zip(at, packet, [](index_t a, index_t b) { return a % b; });
      index_t const which = (p[0] * packets[1] + p[1]) * packets[2] + p[2];
      index_t const inside = (i[0] * packet[1] + i[1]) * packet[2] + i[2];
      out[f](v[0], v[1], v[2]) =
          lanes[f * lanes_per_feature + static_cast<std::size_t>(which * product(packet) + inside)];
    });
}

std::vector<naive::image> computed(filter_bank const& bank,
                                   std::vector<naive::image> const& channels, division const& how) {
  coord<3> const shape = channels[0].shape;
  box<3> const domain = box<3>::at_origin(shape);
  std::vector<naive::image> out(bank.feature_count(), naive::image(shape));
  tile_scratch scratch;
  for (block<3> const& b : blocking<3>(domain, how.block, bank.halo())) {
    std::vector<float> const input = cut(channels, b.read);
    coord<4> const input_shape{static_cast<index_t>(channels.size()), b.read.extent(0),
                               b.read.extent(1), b.read.extent(2)};
    slabs const parts(b.result, 8);
    presmoothed p(parts);
    for (index_t s = 0; s < parts.count(); ++s) {
      bank.prepare({input.data(), input_shape}, b.read, s, domain, p);
      for (block<3> const& tile : blocking<3>(parts[s], how.tile)) {
        index_t const lanes = packet_order(tile.core.shape(), how.packet).lanes();
        auto const count = static_cast<index_t>(bank.feature_count());
        std::vector<float> values(static_cast<std::size_t>(count * lanes), NAN);
        bank.compute(p, tile.core, how.packet, scratch, {values.data(), {count, lanes}});
        CHECK(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
        unpack(values, tile.core, how.packet, out);
      }
    }
  }
  return out;
}

void require_equal(std::vector<naive::image> const& a, std::vector<naive::image> const& b,
                   std::vector<std::string> const& names) {
  REQUIRE(a.size() == b.size());
  for (std::size_t f = 0; f < a.size(); ++f) {
    INFO(names[f]);
    REQUIRE(a[f].values == b[f].values);
  }
}

coord<3> random_shape(coord<3> const& least, coord<3> const& most, std::mt19937& random) {
  return zip(least, most, [&](index_t a, index_t b) {
    return std::uniform_int_distribution<index_t>(a, b)(random);
  });
}

}  // namespace

TEST_CASE("filter_bank: every filter equals the plain computation bit by bit, borders included",
          "[features]") {
  std::mt19937 random(20);
  auto const check = [&](coord<3> const& shape, std::size_t channels,
                         std::vector<scale> const& scales, coord<3> const& packet) {
    auto const image = random_channels(shape, channels, random);
    filter_bank const bank(everything(scales), channels);
    require_equal(computed(bank, image, {shape, shape, packet}),
                  naive::all_features(image, bank.chosen()), bank.feature_names());
  };
  SECTION("2D") {
    check(
        {1, 41, 50}, 1,
        {{0.3, true}, {0.7, true}, {1.0, true}, {1.6, true}, {3.5, true}, {5.0, true}, {10, true}},
        {1, 16, 16});
  }
  SECTION("3D") { check({15, 16, 37}, 1, {{0.3}, {0.7}, {1.0}, {1.6}, {3.5}}, {4, 8, 8}); }
  SECTION("3D with the longest kernel") { check({36, 37, 38}, 1, {{10.0}}, {4, 8, 8}); }
  SECTION("2D and 3D mixed, two channels") {
    check({7, 21, 19}, 2, {{0.7}, {5.0, true}, {1.6}, {1.0, true}}, {4, 8, 8});
  }
  SECTION("scales whose kernels shrink to one voxel") {
    check({6, 9, 17}, 1, {{0.1}, {0.2}, {0.26}, {0.4}, {0.45}, {0.55}, {0.8}}, {2, 4, 5});
  }
}

TEST_CASE("filter_bank: any part of the filters gives the bits that all of them give",
          "[features]") {
  std::mt19937 random(6);
  coord<3> const shape{9, 17, 21};
  auto const image = random_channels(shape, 1, random);
  auto const in_2d = GENERATE(false, true);
  division const how{shape, shape, {4, 8, 8}};
  filter_bank const all(everything({{1.6, in_2d}}), 1);
  auto const expected = computed(all, image, how);
  for (unsigned part = 1; part < 64; ++part) {
    CAPTURE(part);
    selection s = all.chosen();
    for (std::size_t row = 0; row < 6; ++row) s.chosen[row][0] = (part >> row & 1) != 0;
    filter_bank const bank(s, 1);
    auto const found = computed(bank, image, how);
    for (std::size_t f = 0; f < found.size(); ++f) {
      auto const& names = all.feature_names();
      auto const same = std::find(names.begin(), names.end(), bank.feature_names()[f]);
      REQUIRE(found[f].values == expected[std::size_t(same - names.begin())].values);
    }
  }
}

TEST_CASE("filter_bank: blocks and tiles do not change a bit", "[features]") {
  auto const seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::vector<coord<3>> const shapes{
      {1, 40, 37}, {3, 20, 23}, {5, 17, 40}, {6, 24, 21}, {14, 19, 17}};
  for (coord<3> const& shape : shapes) {
    std::vector<scale> scales;
    for (double sigma : {0.3, 0.7, 1.0, 1.6, 3.5, 10.0}) {
      auto const least = static_cast<index_t>(std::ceil(3.5 * sigma)) + 1;
      if (shape[1] >= least && shape[2] >= least)
        scales.push_back({sigma, shape[0] < least || random() % 3 == 0});
    }
    selection chosen = everything(scales);
    for (auto& row : chosen.chosen)
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = random() % 4 != 0;
    chosen.chosen[4][0] = true;
    filter_bank const bank(chosen, 1 + random() % 2);
    auto const image = random_channels(shape, bank.input_channels(), random);
    auto const whole = computed(bank, image, {shape, shape, {4, 8, 8}});
    for (int repetition = 0; repetition < 4; ++repetition) {
      division const how{random_shape({1, 3, 3}, shape, random),
                         random_shape({1, 1, 1}, {9, 17, 40}, random),
                         random() % 2 ? coord<3>{4, 8, 8} : coord<3>{1, 16, 16}};
      INFO("volume " << to_string(shape) << " block " << to_string(how.block) << " tile "
                     << to_string(how.tile));
      require_equal(whole, computed(bank, image, how), bank.feature_names());
    }
  }
}

TEST_CASE("filter_bank: blocks of one voxel see the same neighbourhood", "[features]") {
  std::mt19937 random(3);
  coord<3> const shape{5, 6, 7};
  auto const image = random_channels(shape, 1, random);
  filter_bank const bank(everything({{0.7}, {1.0}, {1.0, true}}), 1);
  require_equal(computed(bank, image, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}),
                computed(bank, image, {shape, shape, {4, 8, 8}}), bank.feature_names());
}

TEST_CASE("filter_bank: every instruction set computes the same bits", "[features]") {
  std::mt19937 random(4);
  coord<3> const shape{15, 20, 45};
  auto const image = random_channels(shape, 1, random);
  auto const chosen = everything({{0.3}, {0.7}, {1.6}, {3.5}, {1.0, true}, {5.0, true}});
  division const how{{15, 20, 33}, {8, 8, 32}, {4, 8, 8}};
  filter_bank const plain(chosen, 1, simd::target::baseline);
  auto const expected = computed(plain, image, how);
  for (simd::target t : {simd::target::avx2, simd::target::avx512}) {
    if (t > simd::best_supported()) continue;
    INFO(simd::name(t));
    require_equal(expected, computed(filter_bank(chosen, 1, t), image, how), plain.feature_names());
  }
}

TEST_CASE("filter_bank: the halo is the reach of the filters that are chosen", "[features]") {
  CHECK(filter_bank(everything({{10.0}}), 1).halo() == coord<3>{38, 38, 38});
  CHECK(filter_bank(everything({{0.7}, {1.6, true}}), 1).halo() == coord<3>{4, 7, 7});
  CHECK(filter_bank(everything({{3.5, true}}), 1).halo() == coord<3>{0, 15, 15});
  selection no_tensor = everything({{5.0}});
  no_tensor.chosen[4][0] = false;
  CHECK(filter_bank(no_tensor, 1).halo() == coord<3>{19, 19, 19});
}

TEST_CASE("filter_bank: features are numbered by filter, scale, channel and eigenvalue",
          "[features]") {
  selection s = everything({{0.7, true}, {1.6}});
  s.chosen[1] = s.chosen[2] = s.chosen[3] = {false, false};
  filter_bank const bank(s, 2);
  CHECK(bank.feature_count() == 2 * (2 + 2 * (2 + 3)));
  CHECK(bank.feature_names()[0] == "Gaussian Smoothing (\xCF\x83=0.7) in 2D [0]");
  CHECK(bank.feature_names()[4] == "Structure Tensor Eigenvalues (\xCF\x83=0.7) in 2D [0]");
  CHECK(bank.feature_names()[23] == "Hessian of Gaussian Eigenvalues (\xCF\x83=1.6) [5]");
}

TEST_CASE("filter_bank: a group of features has the names of its filter", "[features]") {
  filter_bank const bank(everything({{0.7, true}, {1.6}}), 2);
  std::size_t count = 0;
  for (auto const& g : feature_groups(bank.chosen(), 2)) {
    auto const begin = name(bank.chosen().filters[g.row]) + " (";
    for (std::size_t i = g.first; i < g.first + g.count; ++i)
      CHECK(bank.feature_names()[i].substr(0, begin.size()) == begin);
    count += g.count;
  }
  CHECK(count == bank.feature_count());
}

TEST_CASE("filter_bank: an image that is too small names scale, axis and what is needed",
          "[features]") {
  filter_bank const bank(everything({{0.7}, {10.0}}), 1);
  CHECK_NOTHROW(bank.check_domain({36, 36, 36}));
  CHECK_THROWS_WITH(bank.check_domain({30, 36, 36}),
                    "filter_bank: scale 10.0 needs at least 36 voxels along z, but the image has "
                    "30; compute this scale in 2D or leave it out");
  CHECK_THROWS_WITH(bank.check_domain({36, 36, 3}),
                    Catch::Matchers::Contains("scale 0.7 needs at least 4 voxels along x"));
  CHECK_THROWS_AS(bank.check_domain({1, 36, 36}), shape_error);
  CHECK_NOTHROW(filter_bank(everything({{10.0, true}}), 1).check_domain({1, 36, 36}));
}

TEST_CASE("filter_bank: refuses selections without sense", "[features]") {
  selection s = everything({{0.7}});
  CHECK_THROWS_WITH(filter_bank(s, 0), Catch::Matchers::Contains("no channels"));
  s.chosen.pop_back();
  CHECK_THROWS_WITH(filter_bank(s, 1), Catch::Matchers::Contains("6 filters x 1 scales"));
  s.chosen.assign(6, {false});
  CHECK_THROWS_WITH(filter_bank(s, 1), Catch::Matchers::Contains("no feature is selected"));
  CHECK_THROWS_WITH(filter_bank(everything({{-1.0}}), 1),
                    Catch::Matchers::Contains("not a positive number"));
}

TEST_CASE("filter_bank: all slabs stay within the bytes that are announced", "[features]") {
  filter_bank const bank(everything({{0.7}, {3.5}}), 2);
  box<3> const domain = box<3>::at_origin({130, 40, 50});
  box<3> const result{{10, 5, 0}, {115, 30, 50}};
  box<3> const read = grown_within(result, bank.halo(), domain);
  std::vector<float> const input(static_cast<std::size_t>(2 * read.size()), 1.0f);
  coord<4> const shape{2, read.extent(0), read.extent(1), read.extent(2)};
  for (slabs const& parts : {slabs(result, 8), slabs(result)}) {
    presmoothed p(parts);
    for (index_t s = 0; s < parts.count(); ++s)
      bank.prepare({input.data(), shape}, read, s, domain, p);
    index_t floats = 0;
    for (presmoothed_field const& field : p.fields) floats += field.floats();
    for (auto const& window : p.windows) floats += window.floats();
    CHECK(floats * 4 <= bank.prepared_bytes(parts, domain));
    CHECK(floats * 4 > 2 * 2 * 4 * parts[0].size());
  }
}

TEST_CASE("filter_bank: a slab that follows another has the bits of a block of its own",
          "[features]") {
  filter_bank const bank(everything({{1.0}, {3.5}, {1.6, true}}), 1);
  box<3> const domain = box<3>::at_origin({100, 30, 33});
  test::random_source random;
  CAPTURE(random);
  std::vector<float> input(static_cast<std::size_t>(domain.size()));
  for (float& v : input) v = static_cast<float>(random.between(0, 65535));
  strided_view<float const, 4> const view{input.data(), {1, 100, 30, 33}};
  slabs const parts(domain, 8);
  presmoothed rolling(parts);
  REQUIRE(parts.count() > 2);
  for (index_t s = 0; s < parts.count(); ++s) {
    bank.prepare(view, domain, s, domain, rolling);
    presmoothed const fresh = bank.prepare(view, domain, parts[s], domain);
    for (std::size_t f = 0; f < fresh.fields.size(); ++f) {
      box<3> const inside = intersection(fresh.fields[f].frame(), domain);
      bool equal = rolling.fields[f].frame() == fresh.fields[f].frame();
      for_each_voxel(inside, [&](coord<3> const& v) {
        equal = equal && *rolling.fields[f].at(v) == *fresh.fields[f].at(v);
      });
      CHECK(equal);
    }
  }
}
