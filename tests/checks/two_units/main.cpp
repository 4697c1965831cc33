// SPDX-License-Identifier: BSL-1.0
/// @file Do two translation units with different flags agree, with each other and with the C
/// library?

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>

#include "two_units.hpp"

namespace {

using namespace two_units;
namespace simd = voxstitch::simd;

/// Random signs and mantissas; exponents near enough to each other that every rounding matters.
/// Each third sum nearly cancels its product.
triples random_triples(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  auto const number = [&] {
    auto const exponent = static_cast<std::uint32_t>(127 - 14 + random() % 28);
    auto const rest = static_cast<std::uint32_t>(random()) & 0x807fffffU;
    return std::bit_cast<float>(rest | exponent << 23);
  };
  triples input(count);
  for (std::size_t i = 0; i < count; ++i) {
    input[i] = {number(), number(), number()};
    if (i % 3 == 0) input[i].c = -float(double{input[i].a} * double{input[i].b});
  }
  return input;
}

/// A store and a load between product and sum, which no compiler may leave out.
template <class T>
T product_then_sum(T a, T b, T c) {
  T volatile product = a * b;
  return product + c;
}

result expected(triple const& t) {
  return {std::fma(t.a, t.b, t.c), product_then_sum(t.a, t.b, t.c),
          product_then_sum<double>(t.a, t.b, t.c)};
}

bool same_bits(result const& x, result const& y) {
  return std::bit_cast<std::uint32_t>(x.once) == std::bit_cast<std::uint32_t>(y.once) &&
         std::bit_cast<std::uint32_t>(x.twice) == std::bit_cast<std::uint32_t>(y.twice) &&
         std::bit_cast<std::uint64_t>(x.in_double) == std::bit_cast<std::uint64_t>(y.in_double);
}

int differences(char const* unit, simd::target target, triples const& input,
                results const& output) {
  int count = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    result const want = expected(input[i]);
    if (same_bits(want, output[i])) continue;
    if (++count > 3) continue;
    std::printf("%s, %s: a = %a, b = %a, c = %a: %a %a %a, not %a %a %a\n", unit,
                simd::name(target), double(input[i].a), double(input[i].b), double(input[i].c),
                double(output[i].once), double(output[i].twice), output[i].in_double,
                double(want.once), double(want.twice), want.in_double);
  }
  return count;
}

}  // namespace

int main() {
  triples const input = random_triples(200'000, 20240611);
  int wrong = 0;
  for (simd::target t : {simd::target::baseline, simd::target::avx2, simd::target::avx512}) {
    if (t > simd::best_supported()) {
      std::printf("SKIPPED: this processor does not run %s\n", simd::name(t));
      continue;
    }
    wrong += differences("plain", t, input, plain(input, t));
    wrong += differences("native", t, input, native(input, t));
  }
  std::printf("%d of %zu triples differ\n", wrong, input.size());
  return wrong == 0 ? 0 : 1;
}
