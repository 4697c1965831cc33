// SPDX-License-Identifier: BSL-1.0
/// @file One of two translation units with all headers: VOXSTITCH_UNIT names it, the build gives
/// each flags of its own.

#include "two_units.hpp"
#include "voxstitch/io.hpp"

namespace two_units {
namespace {

using voxstitch::fused;
using voxstitch::rounded;
namespace simd = voxstitch::simd;

template <class Target>
[[gnu::always_inline]] inline void combine(triples const& input, results& output) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    auto const [a, b, c] = input[i];
    output[i].once = fused<Target>(a, b, c);
    output[i].twice = rounded<Target>(a, b) + c;
    output[i].in_double = rounded<Target>(double{a}, double{b}) + double{c};
  }
}

VOXSTITCH_TARGET_BASELINE void combine_baseline(triples const& input, results& output) {
  combine<simd::baseline>(input, output);
}
VOXSTITCH_TARGET_AVX2 void combine_avx2(triples const& input, results& output) {
  combine<simd::avx2>(input, output);
}
VOXSTITCH_TARGET_AVX512 void combine_avx512(triples const& input, results& output) {
  combine<simd::avx512>(input, output);
}

}  // namespace

results VOXSTITCH_UNIT(triples const& input, simd::target target) {
  results output(input.size());
  simd::choose(combine_baseline, combine_avx2, combine_avx512, target)(input, output);
  return output;
}

}  // namespace two_units
