// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a reducer make of a voxel written down by hand?

#include <vector>

#include "voxstitch/reduce/concepts.hpp"

namespace voxstitch::test {

/// Outputs of one voxel with these probabilities and this raw value.
template <class Raw = float, reduce::reducer<Raw> R>
std::vector<typename R::value_type> reduced(R const& r, std::vector<float> const& p, Raw raw = {}) {
  std::vector<typename R::value_type> out(r.output_count(p.size()), 99);
  r({p.data(), {{1, static_cast<index_t>(p.size())}}}, strided_view<Raw const, 2>(&raw, {{1, 1}}),
    {out.data(), {{1, static_cast<index_t>(out.size())}}});
  return out;
}

}  // namespace voxstitch::test
