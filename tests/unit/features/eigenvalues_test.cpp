// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/eigenvalues.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "support/catch.hpp"
#include "voxstitch/features/detail/aligned_floats.hpp"
#include "voxstitch/features/detail/eigenvalue_rows.hpp"

using namespace voxstitch;
using namespace voxstitch::features;

namespace {

using entries = std::array<float, 6>;  // zz, zy, zx, yy, yx, xx

/// Jacobi's rotations, largest eigenvalue first.
std::array<long double, 3> by_rotations(entries const& e) {
  long double a[3][3] = {{e[0], e[1], e[2]}, {e[1], e[3], e[4]}, {e[2], e[4], e[5]}};
  for (int sweep = 0; sweep < 40; ++sweep)
    for (int p = 0; p < 2; ++p)
      for (int q = p + 1; q < 3; ++q) {
        if (a[p][q] == 0) continue;
        long double const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        long double const t =
            std::copysign(1.0L, theta) / (std::abs(theta) + std::hypot(theta, 1.0L));
        long double const c = 1 / std::hypot(t, 1.0L), s = t * c;
        for (auto& row : a) {
          long double const x = row[p], y = row[q];
          row[p] = c * x - s * y;
          row[q] = s * x + c * y;
        }
        for (int k = 0; k < 3; ++k) {
          long double const x = a[p][k], y = a[q][k];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
        }
        a[p][q] = a[q][p] = 0;
      }
  std::array<long double, 3> values{a[0][0], a[1][1], a[2][2]};
  std::sort(values.rbegin(), values.rend());
  return values;
}

std::array<double, 3> found(entries const& e) {
  auto const v = eigenvalues_3d<simd::baseline>({e[0], e[1], e[2], e[3], e[4], e[5]});
  return {v.first, v.second, v.third};
}

/// The largest error relative to the largest entry.
double error_of(entries const& e) {
  long double norm = 0;
  for (float v : e) norm = std::max(norm, std::abs(static_cast<long double>(v)));
  auto const expected = by_rotations(e);
  auto const values = found(e);
  long double worst = 0;
  for (std::size_t i = 0; i < 3; ++i) worst = std::max(worst, std::abs(values[i] - expected[i]));
  return static_cast<double>(worst / norm);
}

}  // namespace

TEST_CASE("eigenvalues: of random matrices within 1e-14 of the norm, largest first", "[features]") {
  auto const seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (int i = 0; i < 20000; ++i) {
    entries e;
    float const size = std::pow(10.0f, 8 * normal(random));
    for (float& v : e) v = size * normal(random);
    if (!std::all_of(e.begin(), e.end(), [](float v) { return std::isfinite(v) && v != 0; }))
      continue;
    CAPTURE(e);
    REQUIRE(error_of(e) < 1e-14);
    auto const v = found(e);
    REQUIRE((v[0] >= v[1] && v[1] >= v[2]));
  }
}

TEST_CASE("eigenvalues: of nearly degenerate matrices as precisely", "[features]") {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (int i = 0; i < 20000; ++i) {
    float const v[3] = {normal(random), normal(random), normal(random)};
    float const small = std::pow(10.0f, -3 - std::abs(3 * normal(random)));
    float const offset = i % 2 == 0 ? 0 : normal(random);
    entries const e{v[0] * v[0] + offset, v[0] * v[1],         v[0] * v[2],
                    v[1] * v[1] + offset, v[1] * v[2] + small, v[2] * v[2] + offset};
    CAPTURE(e);
    REQUIRE(error_of(e) < 1e-14);
    entries const nearly_round{1 + small, small * v[0], small * v[1], 1, small * v[2], 1 - small};
    CAPTURE(nearly_round);
    REQUIRE(error_of(nearly_round) < 1e-14);
  }
}

TEST_CASE("eigenvalues: degenerate, zero, huge and tiny matrices", "[features]") {
  CHECK(found({0, 0, 0, 0, 0, 0}) == std::array<double, 3>{0, 0, 0});
  CHECK(found({7, 0, 0, 7, 0, 7}) == std::array<double, 3>{7, 7, 7});
  for (entries const& e :
       {entries{5, 0, 0, 2, 0, 2}, entries{2, 0, 0, 5, 0, 2}, entries{-5, 0, 0, 2, 0, 2},
        entries{1, 1, 1, 1, 1, 1}, entries{0, 1, 0, 0, 0, 0}, entries{0, 0, 0, 0, 0, -3},
        entries{3e38f, 1e38f, -2e38f, 1e38f, 3e38f, -1e38f},
        entries{1e-38f, 2e-38f, -1e-38f, 3e-38f, 1e-38f, 0},
        entries{1e-45f, 0, 0, 1e-45f, 1e-45f, 0}, entries{1, 1e-30f, 0, 1, 0, 1},
        entries{1e30f, 1, 1, 1, 1, 1}}) {
    CAPTURE(e);
    CHECK(error_of(e) < 1e-14);
  }
}

TEST_CASE("eigenvalues: rows of every instruction set equal the single matrices", "[features]") {
  index_t const count = 176;  // two whole chunks and a part
  features::detail::aligned_floats memory(9 * count);
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  for (index_t i = 0; i < 6 * count; ++i)
    memory.data()[i] = i % 11 == 0 ? 0 : std::round(4 * normal(random));
  for (simd::target t : {simd::target::baseline, simd::target::avx2, simd::target::avx512}) {
    if (t > simd::best_supported()) continue;
    float* const values = memory.data() + 6 * count;
    std::array<float const*, 6> entry_rows;
    for (std::size_t k = 0; k < 6; ++k)
      entry_rows[k] = memory.data() + static_cast<index_t>(k) * count;
    std::fill_n(values, 3 * count, NAN);
    features::detail::compiled_for<features::detail::eigenvalue_rows,
                                   features::detail::matrix_rows const&>(t)(
        {entry_rows, values, count, count});
    for (index_t i = 0; i < count; ++i) {
      entries e;
      for (std::size_t k = 0; k < 6; ++k) e[k] = memory.data()[static_cast<index_t>(k) * count + i];
      auto const expected = found(e);
      for (index_t k = 0; k < 3; ++k)
        REQUIRE(values[k * count + i] == static_cast<float>(expected[static_cast<std::size_t>(k)]));
    }
  }
}
