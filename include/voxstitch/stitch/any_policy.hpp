// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a stitching policy chosen at run time?

#include <array>
#include <string_view>
#include <variant>

#include "voxstitch/stitch/bump.hpp"
#include "voxstitch/stitch/keep_core.hpp"
#include "voxstitch/stitch/linear.hpp"
#include "voxstitch/stitch/max.hpp"
#include "voxstitch/stitch/mean.hpp"
#include "voxstitch/stitch/vote.hpp"

namespace voxstitch::stitch {

/// Any policy of the library.
using any_policy = std::variant<keep_core, mean, linear, bump, max, vote>;

/// Names of the policies, as the command line takes them, in the order of any_policy.
inline constexpr std::array<std::string_view, std::variant_size_v<any_policy>> policy_names{
    "keep-core", "mean", "linear", "bump", "max", "vote"};

[[nodiscard]] inline std::string_view name(any_policy const& policy) {
  return policy_names[policy.index()];
}

/// In voxels: z, y, x.
[[nodiscard]] inline coord<3> overlap(any_policy const& policy) {
  return std::visit([](auto const& p) { return coord<3>(p.overlap()); }, policy);
}

/// The policy of that name with that overlap (z, y, x; voxels).
/// @throws usage_error for an unknown name, a negative overlap, or an overlap for keep-core, which
///         would compute it and throw it away.
[[nodiscard]] inline any_policy parse_policy(std::string_view name, coord<3> const& overlap) {
  for (any_policy const& policy :
       {any_policy(keep_core{}), any_policy(mean(overlap)), any_policy(linear(overlap)),
        any_policy(bump(overlap)), any_policy(max(overlap)), any_policy(vote(overlap))}) {
    if (stitch::name(policy) != name) continue;
    if (stitch::overlap(policy) == overlap) return policy;
    throw usage_error("stitch '" + std::string(name) + "': overlap " + to_string(overlap) +
                      " would be computed and not used; leave it out or choose mean, linear, "
                      "bump, max or vote");
  }
  throw usage_error("stitch '" + std::string(name) +
                    "': unknown; allowed are keep-core, mean, linear, bump, max, vote");
}

}  // namespace voxstitch::stitch
