// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a trained random forest say about many feature vectors, bit for bit as vigra?

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/check_trees.hpp"
#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/predict_tiles.hpp"
#include "voxstitch/core/simd.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::classify {

/// Random forests, walked by packets of neighbouring voxels. Models row_classifier.
///
/// Bit-equal to vigra's RandomForest::predictProbabilities per forest (a NaN feature gives zeros),
/// and to ilastik's ParallelVigraRf over the forests: the sum of float(probability * trees) in
/// order, divided by the number of all trees.
class random_forest {
 public:
  /// Memory that one thread needs to predict.
  using scratch_type = detail::packet_tile;

  /// @param target instruction set to run on; never changes a bit of the result
  /// @throws format_error naming forest, tree and node when the description is not a forest.
  explicit random_forest(ensemble_description const& description,
                         simd::target target = simd::active())
      : predict_(simd::choose(detail::predict_baseline, detail::predict_avx2,
                              detail::predict_avx512, target)) {
    detail::check_ensemble(description);
    ensemble_.feature_count = description.forests.front().feature_count;
    ensemble_.class_count = description.class_count;
    ensemble_.classes = description.classes;
    std::size_t trees = 0;
    for (forest_description const& forest : description.forests) {
      ensemble_.forests.push_back(detail::forest_compiler(forest).take());
      trees += forest.trees.size();
    }
    ensemble_.total_trees = static_cast<float>(trees);
  }

  [[nodiscard]] std::size_t feature_count() const noexcept { return ensemble_.feature_count; }
  [[nodiscard]] std::size_t class_count() const noexcept { return ensemble_.class_count; }

  /// Bytes of the compiled trees.
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = sizeof *this;
    for (auto const& forest : ensemble_.forests) bytes += forest.memory_bytes();
    return bytes;
  }

  /// @param x features, [feature, voxel], unit stride along the voxels; compact packets of
  ///          packet_lanes neighbours are fastest
  /// @param p probabilities, [class, voxel], unit stride along the voxels; overwritten
  /// @throws shape_error when the extents do not agree with the forest or with each other.
  void predict(strided_view<float const, 2> const& x, strided_view<float, 2> const& p) const {
    auto scratch = make_scratch();
    predict(x, p, scratch);
  }

  /// The same, without allocating.
  /// @param scratch made by this forest; one thread uses it at a time
  void predict(strided_view<float const, 2> const& x, strided_view<float, 2> const& p,
               scratch_type& scratch) const {
    check(x, p);
    predict_(ensemble_, x, p, scratch);
  }
  [[nodiscard]] scratch_type make_scratch() const { return scratch_type(ensemble_); }

  /// Bytes of one scratch.
  [[nodiscard]] std::size_t scratch_bytes() const { return scratch_type::memory_bytes(ensemble_); }

 private:
  void check(strided_view<float const, 2> const& x, strided_view<float, 2> const& p) const {
    auto const has = [](auto const& view, std::size_t rows, index_t voxels) {
      return view.extent(0) == static_cast<index_t>(rows) && view.extent(1) == voxels;
    };
    if (x.extent(1) > 1 && (x.stride(1) != 1 || p.stride(1) != 1))
      throw shape_error(
          "random forest: the voxels of a feature, and those of a class, must lie one "
          "behind the other: copy the matrix to [feature, voxel]");
    if (has(x, feature_count(), x.extent(1)) && has(p, class_count(), x.extent(1))) return;
    throw shape_error("random forest: features are [" + to_string(x.shape()) +
                      "], probabilities [" + to_string(p.shape()) +
                      "] (rows,voxels), but needed are " + std::to_string(feature_count()) +
                      " features and " + std::to_string(class_count()) +
                      " classes of as many voxels");
  }

  detail::compiled_ensemble ensemble_;
  decltype(&detail::predict_baseline) predict_;
};

static_assert(row_classifier<random_forest>);

}  // namespace voxstitch::classify
