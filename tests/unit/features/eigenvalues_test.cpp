// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/eigenvalues.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <random>
#include <vector>

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

std::array<float, 3> found(entries const& e) {
  auto const v = eigenvalues_3d<simd::baseline>({e[0], e[1], e[2], e[3], e[4], e[5]});
  return {v.first, v.second, v.third};
}

float largest_of(entries const& e) {
  float size = 0;
  for (float v : e) size = std::max(size, std::abs(v));
  return size;
}

/// A value that no compiler fuses into a sum.
struct kept {
  float volatile value;
  operator float() const { return value; }  // NOLINT(google-explicit-constructor)
};
float times(float a, float b) { return kept{a * b}; }
float times(float a, float b, float c) { return times(times(a, b), c); }

/// fastfilters' formula, with the C library's functions.
std::array<float, 3> by_formula(entries e) {
  float const size = largest_of(e);
  if (size == 0) return {};
  for (float& v : e) v /= size;
  auto const [zz, zy, zx, yy, yx, xx] = e;
  float const c0 = times(zz, yy, xx) + times(times(2, zy), zx, yx) - times(zz, yx, yx) -
                   times(yy, zx, zx) - times(xx, zy, zy);
  float const c1 =
      times(zz, yy) - times(zy, zy) + times(zz, xx) - times(zx, zx) + times(yy, xx) - times(yx, yx);
  float const c2 = zz + yy + xx;
  float const third = 1.0f / 3.0f;
  float const mean = times(c2, third);
  float const p = std::min(times(c1 - times(c2, mean), third), 0.0f);
  float const b = times(0.5f, c0 + times(mean, times(2, mean, mean) - c1));
  float const q = std::min(times(b, b) + times(p, p, p), 0.0f);
  float const radius = std::sqrt(-p);
  float const angle = times(std::atan2(std::sqrt(-q), b), third);
  float const c = std::cos(angle);
  float const s = times(1.7320508f, std::sin(angle));
  std::array<float, 3> v{mean + times(2, radius, c), mean - times(radius, c + s),
                         mean - times(radius, c - s)};
  std::sort(v.rbegin(), v.rend());
  for (float& value : v) value = times(value, size);
  return v;
}

/// Largest difference relative to the largest entry.
template <class Expected>
double error_of(entries const& e, Expected const& expected) {
  auto const values = found(e);
  double worst = 0;
  for (std::size_t i = 0; i < 3; ++i)
    worst = std::max(worst, std::abs(double(values[i]) - double(expected[i])));
  return worst / std::max(double(largest_of(e)), 1e-300);
}

/// Half of them nearly degenerate, of any magnitude.
entries random_matrix(std::mt19937& random, int i) {
  std::normal_distribution<float> normal;
  float const size = std::pow(10.0f, 4 * normal(random));
  entries e;
  for (float& v : e) v = size * normal(random);
  if (i % 2 == 0) return e;
  float const v[3] = {normal(random), normal(random), normal(random)};
  float const small = size * std::pow(10.0f, -3 - std::abs(3 * normal(random)));
  float const offset = i % 4 == 1 ? 0 : size;
  return {size * v[0] * v[0] + offset, size * v[0] * v[1],         size * v[0] * v[2],
          size * v[1] * v[1] + offset, size * v[1] * v[2] + small, size * v[2] * v[2] + offset};
}

}  // namespace

TEST_CASE("eigenvalues: of random matrices as fastfilters' formula gives them, largest first",
          "[features]") {
  auto const seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 40000; ++i) {
    entries const e = random_matrix(random, i);
    CAPTURE(e);
    REQUIRE(error_of(e, by_formula(e)) < 2e-6);
    auto const v = found(e);
    REQUIRE((v[0] >= v[1] && v[1] >= v[2]));
  }
}

TEST_CASE("eigenvalues: near the true ones, as far as the formula can tell them apart",
          "[features]") {
  std::mt19937 random(5);
  for (int i = 0; i < 40000; ++i) {
    entries const e = random_matrix(random, i);
    CAPTURE(e);
    REQUIRE(error_of(e, by_rotations(e)) < 5e-3);
  }
}

TEST_CASE("eigenvalues: degenerate, zero, huge and tiny matrices", "[features]") {
  CHECK(found({0, 0, 0, 0, 0, 0}) == std::array<float, 3>{0, 0, 0});
  CHECK(found({7, 0, 0, 7, 0, 7}) == std::array<float, 3>{7, 7, 7});
  CHECK(found({4, 4, 4, 4, 4, 4}) == std::array<float, 3>{12, 0, 0});
  for (entries const& e :
       {entries{5, 0, 0, 2, 0, 2}, entries{2, 0, 0, 5, 0, 2}, entries{-5, 0, 0, 2, 0, 2},
        entries{0, 1, 0, 0, 0, 0}, entries{0, 0, 0, 0, 0, -3},
        entries{1e38f, 5e37f, -1e38f, 5e37f, 1e38f, -5e37f},
        entries{1e-38f, 2e-38f, -1e-38f, 3e-38f, 1e-38f, 0}, entries{1, 1e-30f, 0, 1, 0, 1},
        entries{1e30f, 1, 1, 1, 1, 1}}) {
    CAPTURE(e);
    CHECK(error_of(e, by_rotations(e)) < 1e-3);
    CHECK(error_of(e, by_formula(e)) < 2e-6);
  }
}

namespace {

std::vector<simd::target> supported_targets() {
  std::vector<simd::target> targets;
  for (simd::target t : {simd::target::baseline, simd::target::avx2, simd::target::avx512})
    if (t <= simd::best_supported()) targets.push_back(t);
  return targets;
}

/// Rows of entries; each target's eigenvalues must be those of the single matrices, bit by bit.
void require_rows_equal_single_matrices(std::vector<float> const& all_entries) {
  auto const count = static_cast<index_t>(all_entries.size()) / 6;
  features::detail::aligned_floats values(3 * count);
  for (simd::target t : supported_targets()) {
    std::array<float const*, 6> rows;
    for (std::size_t k = 0; k < 6; ++k)
      rows[k] = all_entries.data() + static_cast<index_t>(k) * count;
    std::fill_n(values.data(), 3 * count, NAN);
    features::detail::compiled_for<features::detail::eigenvalue_rows,
                                   features::detail::matrix_rows const&>(t)(
        {rows, values.data(), count, count});
    for (index_t i = 0; i < count; ++i) {
      entries e;
      for (std::size_t k = 0; k < 6; ++k) e[k] = rows[k][i];
      CAPTURE(simd::name(t), e);
      auto const expected = found(e);
      for (std::size_t k = 0; k < 3; ++k)
        REQUIRE(std::bit_cast<std::uint32_t>(values.data()[static_cast<index_t>(k) * count + i]) ==
                std::bit_cast<std::uint32_t>(expected[k]));
    }
  }
}

/// A float of 24 bits with `numerator` / b as near as possible to the middle of two floats: the
/// remainder of numerator * 2^places divided by the odd number b is `remainder`.
std::uint32_t numerator_near_middle(std::uint32_t b, int remainder, int places) {
  std::uint64_t a = remainder < 0 ? b - static_cast<std::uint32_t>(-remainder)
                                  : static_cast<std::uint32_t>(remainder);
  for (int i = 0; i < places; ++i) a = a % 2 == 0 ? a / 2 : (a + b) / 2;
  return static_cast<std::uint32_t>(a);
}

}  // namespace

TEST_CASE("eigenvalues: rows of every instruction set equal the single matrices", "[features]") {
  constexpr std::size_t count = 304;  // two whole chunks and a part
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  for (float const unit : {1.0f, 1e4f, 1e-12f, 1e13f, 1e-26f, 1e-43f, 1e37f}) {
    std::vector<float> all(6 * count);
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = i % 11 == 0 ? 0 : unit * std::round(4 * normal(random));
    require_rows_equal_single_matrices(all);
  }
}

TEST_CASE("eigenvalues: rows with entries of very different size equal the single matrices",
          "[features]") {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> exponent(-149, 60);
  std::vector<float> all(6 * 304);
  for (int low : {-149, -80, -30})
    for (int high : {41, 40, 0}) {
      for (float& v : all)
        v = std::ldexp(random() % 2 == 0 ? 1.5f : -1.0f, std::clamp(exponent(random), low, high));
      all[9] = -0.0f;
      require_rows_equal_single_matrices(all);
    }
}

TEST_CASE("quotient: by a reciprocal as exact as by division", "[features]") {
  auto const seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  auto const check = [](float a, float b) {
    CAPTURE(a, b);
    float const q = features::detail::quotient<simd::baseline>(a, b, 1.0f / b);
    REQUIRE(std::bit_cast<std::uint32_t>(q) == std::bit_cast<std::uint32_t>(a / b));
  };
  for (int i = 0; i < 20000; ++i) {
    auto const b = (1U << 23) + static_cast<std::uint32_t>(random() % (1U << 23)) / 2 * 2 + 1;
    for (int remainder : {-3, -2, -1, 1, 2, 3})
      for (int places : {24, 25})
        check(static_cast<float>(numerator_near_middle(b, remainder, places)), float(b));
    check(static_cast<float>(random() % b), float(b));
    check(-std::ldexp(static_cast<float>(random() % b), -103), float(b));
  }
  check(0.0f, 3.0f);
  check(-0.0f, 3.0f);
}
