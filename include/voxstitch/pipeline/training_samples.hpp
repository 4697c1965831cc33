// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a classifier learn from?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/features/concepts.hpp"
#include "voxstitch/io/any_source.hpp"
#include "voxstitch/models/label_block.hpp"
#include "voxstitch/pipeline/labelled_features.hpp"
#include "voxstitch/pipeline/plan.hpp"

namespace voxstitch::pipeline {

/// An image and what somebody said about some of its voxels.
struct labelled_image {
  io::any_source image;
  std::vector<models::label_block> labels;
};

/// The labelled voxels of all images.
struct training_samples {
  dense_array<float, 2> features;      ///< [feature, sample], unit stride along the samples
  std::vector<std::uint32_t> classes;  ///< [sample]: the place of its label in `labels`
  std::vector<std::uint32_t> labels;   ///< those that occur, ascending
};

namespace detail {

[[nodiscard]] inline std::vector<std::uint8_t> labels_of(std::span<labelled_image const> images) {
  std::vector<std::uint8_t> labels;
  for (auto const& i : images)
    for (auto const& b : i.labels)
      models::for_each_label(b, [&](coord<3> const&, std::uint8_t l) { labels.push_back(l); });
  return labels;
}

/// Those that occur, ascending.
/// @throws format_error when these are fewer than two.
[[nodiscard]] inline std::vector<std::uint32_t> known_labels(std::vector<std::uint8_t> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  if (labels.empty()) throw format_error("no voxel is labelled; paint some of every class");
  if (labels.size() == 1)
    throw format_error("only class " + std::to_string(labels.front()) +
                       " is labelled; a classifier needs labels of two classes at least");
  return {labels.begin(), labels.end()};
}

inline void require_equal_channels(std::span<labelled_image const> images) {
  auto const channels = [](labelled_image const& i) { return i.image.description().shape[1]; };
  for (auto const& i : images)
    if (channels(i) != channels(images.front()))
      throw shape_error("the images have " + std::to_string(channels(images.front())) + " and " +
                        std::to_string(channels(i)) +
                        " channels; train on images with equally many");
}

}  // namespace detail

/// Labelled voxels of all images.
[[nodiscard]] inline index_t label_count(std::span<labelled_image const> images) {
  index_t count = 0;
  for (auto const& i : images) count += models::label_count(i.labels);
  return count;
}

/// How much there is to learn from, for estimates.
struct sample_count {
  index_t samples = 0;
  std::size_t features = 0;
  std::size_t classes = 0;
};

/// Bytes of the samples and of what training and judging take: the features and a part of them, or
/// their ranks; votes of each sample; what the threads note.
[[nodiscard]] inline std::int64_t sample_bytes(sample_count const& n, int threads) {
  return n.samples * (16 * static_cast<std::int64_t>(n.features) +
                      8 * static_cast<std::int64_t>(n.classes) + 40 + 40 * threads);
}

namespace detail {

/// Voxels of the blocks, labelled or not.
[[nodiscard]] inline index_t block_voxels(std::span<labelled_image const> images) {
  index_t voxels = 0;
  for (auto const& i : images)
    for (auto const& b : i.labels) voxels += b.where.size();
  return voxels;
}

/// Bytes of `budget` that are left.
inline std::int64_t left_for_cache(sample_count const& n, std::int64_t block_bytes,
                                   std::int64_t budget, int threads) {
  auto const needed = sample_bytes(n, threads) + block_bytes;
  if (needed <= budget) return (budget - needed) / 2;
  throw budget_error("memory budget: " + std::to_string(n.samples) + " labelled voxels with " +
                     std::to_string(n.features) + " features need " + mebibytes(needed) +
                     ", but only " + mebibytes(std::max<std::int64_t>(budget, 0)) +
                     " are left; add " + mebibytes(needed - budget) +
                     " to --ram, or give fewer labels or fewer features");
}

/// @param features [feature, sample] of the image's labelled voxels
/// @throws format_error that names the first voxel with a feature that is no number.
inline void require_finite(strided_view<float const, 2> const& features,
                           std::span<models::label_block const> blocks, std::string const& image,
                           coord<3> const& reach) {
  index_t sample = 0;
  auto const check = [&](coord<3> const& voxel, std::uint8_t) {
    for (index_t f = 0; f < features.extent(0); ++f)
      if (!std::isfinite(features[{{f, sample}}]))
        throw format_error(image + ": the labelled voxel " + to_string(voxel) +
                           " (z,y,x) has features that are no numbers, because of a NaN or "
                           "infinite value not farther than " +
                           to_string(reach) + "; mend the image there, or erase the label");
    ++sample;
  };
  for (auto const& b : blocks) models::for_each_label(b, check);
}

}  // namespace detail

/// Computes the features of all labelled voxels, image after image. Progress begins anew, over the
/// voxels of the blocks of labels.
/// @param budget_bytes for these and for the training that follows
/// @throws format_error when fewer than two classes are labelled, or a feature is NaN or infinite;
/// budget_error when there are more
/// labels than memory; shape_error, cancelled, and whatever reading throws.
template <features::feature_bank Bank>
[[nodiscard]] training_samples
collect_samples(Bank const& bank, std::span<labelled_image const> images, std::int64_t budget_bytes,
                run_control const& control) {
  detail::require_equal_channels(images);
  auto const labels = detail::labels_of(images);
  training_samples all;
  all.labels = detail::known_labels(labels);
  for (auto label : labels)
    all.classes.push_back(static_cast<std::uint32_t>(
        std::lower_bound(all.labels.begin(), all.labels.end(), label) - all.labels.begin()));
  sample_count const n{static_cast<index_t>(labels.size()), bank.feature_count(),
                       all.labels.size()};
  std::int64_t block_bytes = 0;
  for (auto const& i : images)
    block_bytes = std::max(block_bytes,
                           labelled_features(bank, i.image).bytes_for(i.labels, control.threads));
  auto const cache = detail::left_for_cache(n, block_bytes, budget_bytes, control.threads);
  auto const features = static_cast<index_t>(n.features);
  all.features = dense_array<float, 2>(coord<2>{{features, n.samples}});
  if (control.voxels_done != nullptr) control.voxels_done->start(detail::block_voxels(images));
  index_t first = 0;
  for (auto const& i : images) {
    index_t const next = first + models::label_count(i.labels);
    auto const mine = all.features.view().sub({{{0, first}}, {{features, next}}});
    labelled_features(bank, i.image, cache)(i.labels, mine, control);
    detail::require_finite(mine, i.labels,
                           "training image " + std::to_string(&i - images.data() + 1) + " of " +
                               std::to_string(images.size()),
                           bank.halo());
    first = next;
  }
  return all;
}

}  // namespace voxstitch::pipeline
