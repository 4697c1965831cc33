// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a function of one's own become a classifier?
///
///     auto const classifier = classify::make_classifier(
///         {"background", "edge"}, {{0, 1, 1}},
///         [](classify::neighbourhood const& at, std::span<float> p) {
///           float const step = std::abs(at(0, 0, 1) - at(0, 0, -1));
///           p[step > 50 ? 1 : 0] = 1;
///         });

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/classify/neighbourhood.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::classify {

/// `f(at, p)` sets some of a voxel's class probabilities; p is [class], all 0 before.
template <class F>
concept voxel_function = std::invocable<F const&, neighbourhood const&, std::span<float>>;

/// `f(input, b, domain, p)` does what block_classifier's classify() does; it overwrites all of p.
template <class F>
concept block_function = std::invocable < F const&,
        strided_view<float const, 4>
const&, block<3> const&, box<3> const&, strided_view<float, 4> const& > ;

/// A block classifier made of a function. The function is called from several threads at once, and
/// for voxels in any order: it must not keep a state that changes.
template <class Function>
requires(voxel_function<Function> || block_function<Function>) class function_adaptor {
 public:
  /// @throws usage_error when there is no class or the halo is negative.
  function_adaptor(std::vector<std::string> class_names, coord<3> const& halo, Function function)
      : class_names_(std::move(class_names)), halo_(halo), function_(std::move(function)) {
    if (class_names_.empty()) throw usage_error("make_classifier: needs at least one class name");
    if (std::any_of(halo.begin(), halo.end(), [](index_t reach) { return reach < 0; }))
      throw usage_error("make_classifier: halo " + to_string(halo) +
                        " (z,y,x) must not be negative");
  }

  [[nodiscard]] coord<3> halo() const { return halo_; }
  [[nodiscard]] std::size_t class_count() const { return class_names_.size(); }
  [[nodiscard]] std::vector<std::string> class_names() const { return class_names_; }
  /// Of a voxel function; a block function must do with the memory of its own variables.
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const&) const {
    return static_cast<std::int64_t>(class_count() * sizeof(float)) *
           tbb::this_task_arena::max_concurrency();
  }

  /// @param input [channel, z, y, x] on b.read
  /// @param p     [z, y, x, class] on b.result; overwritten
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const& domain,
                strided_view<float, 4> const& p) const {
    if constexpr (block_function<Function>)
      function_(input, b, domain, p);
    else
      classify_voxels(input, b, domain, p);
  }

 private:
  /// Plane by plane, in parallel.
  void classify_voxels(strided_view<float const, 4> const& input, block<3> const& b,
                       box<3> const& domain, strided_view<float, 4> const& p) const {
    tbb::parallel_for(b.result.inclusive_min[0], b.result.exclusive_max[0], [&](index_t z) {
      box<3> plane = b.result;
      plane.inclusive_min[0] = z;
      plane.exclusive_max[0] = z + 1;
      std::vector<float> values(class_count());
      neighbourhood at(input, b.read, domain, halo_);
      for_each_voxel(plane, [&](coord<3> const& voxel) {
        std::fill(values.begin(), values.end(), 0.0f);
        at.move_to(voxel);
        function_(std::as_const(at), std::span<float>(values));
        coord<3> const to = voxel - b.result.inclusive_min;
        for (std::size_t c = 0; c < values.size(); ++c)
          p[coord<4>{{to[0], to[1], to[2], static_cast<index_t>(c)}}] = values[c];
      });
    });
  }

  std::vector<std::string> class_names_;
  coord<3> halo_;
  Function function_;
};

/// A block classifier that calls `function` for each voxel or for each block.
/// @param class_names one per class, in the order of the probabilities
/// @param halo        how far the function looks: z, y, x; voxels
/// @param function    a voxel_function or a block_function
/// @throws usage_error when there is no class or the halo is negative.
template <class Function>
[[nodiscard]] function_adaptor<Function> make_classifier(std::vector<std::string> class_names,
                                                         coord<3> const& halo, Function function) {
  return {std::move(class_names), halo, std::move(function)};
}

}  // namespace voxstitch::classify
