// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which number stands for a text?

#include <cstdint>
#include <string_view>

namespace voxstitch {

/// FNV-1a, 64 bits: against accidents, not against attackers. (G. Fowler, L. C. Noll, K.-P. Vo.)
/// @param seed the hash of what precedes `bytes`
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view bytes,
                                              std::uint64_t seed = 0xcbf29ce484222325) {
  for (char c : bytes) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return seed;
}

}  // namespace voxstitch
