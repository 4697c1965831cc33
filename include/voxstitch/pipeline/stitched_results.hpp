// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do results that overlap, kept block by block, become values of the volume?

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/io/packed_chunks.hpp"
#include "voxstitch/pipeline/placement.hpp"
#include "voxstitch/pipeline/typed_block.hpp"
#include "voxstitch/stitch/any_policy.hpp"
#include "voxstitch/stitch/combine.hpp"

namespace voxstitch::pipeline {

/// Stands where a classifier stands: the probabilities of a block are blended from what all blocks
/// computed there. Needs no input and no halo.
/// @thread_safety may be called concurrently
class stitched_results {
 public:
  /// @param results [t, class, z, y, x], each block's result in its slot, in step with the volume
  /// @param blocks  that computed them, divided with the policy's overlap
  /// @param policy  any but keep_core
  /// @param compared whether the largest difference between blocks follows as one more class
  stitched_results(io::packed_chunks results, blocking<3> const& blocks, stitch::any_policy policy,
                   bool compared)
      : results_(std::move(results)), blocks_(blocks), policy_(std::move(policy)),
        compared_(compared),
        slots_(placement::of_results_in_step(blocks, spatial(results_.chunk()))) {}

  [[nodiscard]] std::size_t class_count() const {
    return static_cast<std::size_t>(classes()) + (compared_ ? 1 : 0);
  }

  /// Chunks of the results that were unpacked, each time anew.
  [[nodiscard]] std::int64_t units_decoded() const { return results_.units_decoded(); }

  /// Memory of one call.
  /// @param chunk   extents (z, y, x) of a chunk of the results
  /// @param classes that are blended
  [[nodiscard]] static std::int64_t scratch_bytes(coord<3> const& chunk, index_t classes,
                                                  int threads) {
    std::int64_t const unpacked = 2 * product(chunk) * std::int64_t{sizeof(float)};
    return threads * (stitch::combine_bytes(chunk, classes) + unpacked);
  }

  /// @param time of the results
  /// @param b    its result box lies in the domain of the blocks; where it begins at chunks of
  ///             these, every chunk of the results is unpacked once
  /// @param p    [z, y, x, class] of b.result; overwritten
  void classify_at(index_t time, block<3> const& b, strided_view<float, 4> const& p) const {
    for_each_chunk(b.result, spatial(results_.chunk()),
                   [&](box<3> const& part) { blend(time, part, b.result, p); });
  }

 private:
  [[nodiscard]] index_t classes() const { return results_.description().shape[1]; }

  /// Makes the values of `part`.
  void blend(index_t time, box<3> const& part, box<3> const& result,
             strided_view<float, 4> const& p) const {
    box<3> const at = relative_to(part, result);
    auto const& lo = at.inclusive_min;
    auto const& hi = at.exclusive_max;
    auto const values = p.sub({{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], classes()}}});
    strided_view<float, 3> difference;
    if (compared_)
      difference = p.sub({{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], p.extent(3)}}})
                       .slice(3, classes());
    auto const fetch = [&](block<3> const& b, box<3> const& piece,
                           strided_view<float, 4> const& to) { read(time, b, piece, to); };
    std::visit(
        [&]<class Policy>(Policy const& policy) {
          if constexpr (stitch::blending_policy<Policy>)
            stitch::combine(policy, blocks_, part, fetch, values, difference);
        },
        policy_);
  }

  void read(index_t time, block<3> const& b, box<3> const& piece,
            strided_view<float, 4> const& to) const {
    coord<3> const s = piece.shape();
    any_view<5> const target(to.data(), element_type::float32, {{1, classes(), s[0], s[1], s[2]}},
                             {{0, to.stride(3), to.stride(0), to.stride(1), to.stride(2)}});
    results_.read(detail::at_time(time, classes(), slots_.place(b, piece)), target);
  }

  io::packed_chunks results_;
  blocking<3> blocks_;
  stitch::any_policy policy_;
  bool compared_;
  placement slots_;
};

}  // namespace voxstitch::pipeline
