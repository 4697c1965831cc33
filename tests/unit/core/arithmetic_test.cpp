// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/arithmetic.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;

namespace {

/// Equal bits, or both NaN.
bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

struct operands {
  float a, b, c;
};

std::vector<float> special_values() {
  using limits = std::numeric_limits<float>;
  std::vector<float> values;
  for (float v : {0.0f, limits::denorm_min(), 3 * limits::denorm_min(), limits::min(),
                  std::nextafter(limits::min(), 0.0f), 0x1p-75f, 0x1.000002p-63f, 0.1f,
                  1 - limits::epsilon() / 2, 1.0f, 1 + limits::epsilon(), 1.5f, 3.0f, 4097.0f,
                  0x1.fffffep63f, 0x1p64f, limits::max(), limits::infinity(), limits::quiet_NaN()})
    values.insert(values.end(), {v, -v});
  return values;
}

/// c nearly, or exactly, cancels a * b.
operands cancelling(test::random_source& random) {
  float const a = std::ldexp(1 + random.unit(), static_cast<int>(random.between(-60, 60)));
  float const b = std::ldexp(1 + random.unit(), static_cast<int>(random.between(-60, 60)));
  float const c = -a * b;
  return {a, b, random.flip() ? c : std::nextafter(c, random.flip() ? 0.0f : 2 * c)};
}

/// The product has the size of c's last places: ties and double roundings.
operands at_the_edge(test::random_source& random) {
  float const a = std::ldexp(1.0f, static_cast<int>(random.between(-30, -20)));
  return {a,
          1 + static_cast<float>(random.between(0, 8)) * 0x1p-23f * (random.flip() ? 1.0f : -1.0f),
          1 + static_cast<float>(random.between(0, 64)) * 0x1p-23f};
}

operands any(test::random_source& random) {
  return {random.any_float(), random.any_float(), random.any_float()};
}

#if defined(__x86_64__)
[[gnu::target("fma")]] float rounded_then_added(float a, float b, float c) {
  return rounded<simd::avx2>(a, b) + c;
}
[[gnu::target("fma")]] double rounded_then_added(double a, double b, double c) {
  return rounded<simd::avx2>(a, b) + c;
}
[[gnu::target("fma")]] float fused_by_instruction(float a, float b, float c) {
  return fused<simd::avx2>(a, b, c);
}
#endif

/// a * b + c with the product stored in between.
template <class T>
T rounded_twice(T a, T b, T c) {
  T volatile product = a * b;
  return product + c;
}

}  // namespace

TEST_CASE("fused without the instruction is fma bit for bit", "[core]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 400'000; ++i)
    for (operands const& o : {any(random), cancelling(random), at_the_edge(random)}) {
      float const expected = std::fma(o.a, o.b, o.c);
      if (same(detail::fused_by_double(o.a, o.b, o.c), expected) &&
          same(fused<simd::baseline>(o.a, o.b, o.c), expected))
        continue;
      CAPTURE(o.a, o.b, o.c, expected);
      FAIL("fused differs from fma");
    }
}

TEST_CASE("fused is fma for zeros, subnormals, infinities and NaN too", "[core]") {
  auto const values = special_values();
  for (float a : values)
    for (float b : values)
      for (float c : values) {
        float const expected = std::fma(a, b, c);
        if (same(detail::fused_by_double(a, b, c), expected)) continue;
        CAPTURE(a, b, c, expected);
        FAIL_CHECK("fused differs from fma");
      }
}

TEST_CASE("rounding once differs from rounding twice, so that the tests can tell", "[core]") {
  float const a = 1 + 0x1p-12f;
  CHECK(rounded_twice(a, a, -1.0f) != std::fma(a, a, -1.0f));
  CHECK(fused<simd::baseline>(a, a, -1.0f) == std::fma(a, a, -1.0f));
  CHECK(rounded<simd::baseline>(a, a) - 1.0f == rounded_twice(a, a, -1.0f));
}

#if defined(__x86_64__)
TEST_CASE("rounded products are never fused into a following sum", "[core]") {
  if (!__builtin_cpu_supports("fma")) {
    WARN("SKIPPED: this processor has no fma");
    return;
  }
  test::random_source random;
  CAPTURE(random);
  int telling = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto const [a, b, c] = cancelling(random);
    telling += rounded_twice(a, b, c) != std::fma(a, b, c) ? 1 : 0;
    REQUIRE(same(rounded_then_added(a, b, c), rounded_twice(a, b, c)));
    REQUIRE(same(fused_by_instruction(a, b, c), std::fma(a, b, c)));
    double const d = 1 + double(random.unit());
    REQUIRE(rounded_then_added(d, d / 3, -1.0 / 3) == rounded_twice(d, d / 3, -1.0 / 3));
  }
  CHECK(telling > 100'000);
}

TEST_CASE("rounded keeps the sign of zero, overflow and NaN", "[core]") {
  if (!__builtin_cpu_supports("fma")) return;
  auto const values = special_values();
  for (float a : values)
    for (float b : values) {
      float volatile const product = a * b;
      CHECK(same(rounded<simd::baseline>(a, b), product));
      CHECK(same(rounded_then_added(a, b, -0.0f), product - 0.0f));
    }
}
#endif
