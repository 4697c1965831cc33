// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the two translation units compute?

#include <vector>

#include "voxstitch/core/simd.hpp"

namespace two_units {

struct triple {
  float a, b, c;
};
struct result {
  float once;        ///< a * b + c, rounded once
  float twice;       ///< a * b, rounded, + c
  double in_double;  ///< the same in double
};
using triples = std::vector<triple>;
using results = std::vector<result>;

results plain(triples const& input, voxstitch::simd::target target);
results native(triples const& input, voxstitch::simd::target target);

}  // namespace two_units
