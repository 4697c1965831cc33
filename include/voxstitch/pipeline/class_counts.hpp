// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How many voxels has each class, and how well do they agree with the truth?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <vector>

#include "voxstitch/pipeline/planes.hpp"
#include "voxstitch/view/rows.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::pipeline {

/// Voxels per label; entry 0 counts those of no class.
class class_counts {
 public:
  /// Planes in parallel; the result depends on neither threads nor boxes.
  void add(strided_view<std::uint16_t const, 3> const& labels) {
    std::vector<std::vector<index_t>> planes(static_cast<std::size_t>(labels.extent(0)));
    for_each_in_parallel(labels.extent(0), [&](index_t z) {
      auto& counts = planes[static_cast<std::size_t>(z)];
      auto const plane = labels.slice(0, z);
      for_each_voxel(box<2>::at_origin(plane.shape()), [&](coord<2> const& at) {
        std::size_t const label = plane[at];
        if (label >= counts.size()) counts.resize(label + 1);
        ++counts[label];
      });
    });
    for (auto const& counts : planes)
      for (std::size_t label = 0; label < counts.size(); ++label) add(label, counts[label]);
  }

  void add(std::size_t label, index_t voxels) {
    if (voxels == 0) return;
    if (label >= voxels_.size()) voxels_.resize(label + 1);
    voxels_[label] += voxels;
  }

  [[nodiscard]] index_t of(std::size_t label) const {
    return label < voxels_.size() ? voxels_[label] : 0;
  }
  [[nodiscard]] index_t total() const {
    index_t sum = 0;
    for (index_t const n : voxels_) sum += n;
    return sum;
  }
  /// 0 where there is none.
  [[nodiscard]] std::size_t largest_label() const {
    return voxels_.empty() ? 0 : voxels_.size() - 1;
  }

 private:
  std::vector<index_t> voxels_;
};

/// Mean probability of each class: the share of the volume that is expected to be of it. Sums are
/// kept in whole steps of 2^-20, so that they depend on neither threads nor boxes.
class mean_probabilities {
 public:
  /// @param p [class, z, y, x]; what is no number counts as 0
  void add(strided_view<float const, 4> const& p) {
    sums_.resize(static_cast<std::size_t>(p.extent(0)));
    std::vector<std::int64_t> planes(static_cast<std::size_t>(p.extent(0) * p.extent(1)));
    for_each_plane(p.shape(), [&](coord<2> const& cz) {
      auto const plane = p.slice(0, cz[0]).slice(0, cz[1]);
      std::int64_t sum = 0;
      for_each_voxel(box<2>::at_origin(plane.shape()),
                     [&](coord<2> const& at) { sum += in_steps(plane[at]); });
      planes[static_cast<std::size_t>(cz[0] * p.extent(1) + cz[1])] = sum;
    });
    for (std::size_t i = 0; i < planes.size(); ++i)
      sums_[i / static_cast<std::size_t>(p.extent(1))] += planes[i];
    voxels_ += p.size() / std::max<index_t>(1, p.extent(0));
  }

  [[nodiscard]] std::size_t class_count() const { return sums_.size(); }
  /// @param c from 0 on
  [[nodiscard]] double of(std::size_t c) const {
    return c < sums_.size() && voxels_ > 0 ? double(sums_[c]) / steps / double(voxels_) : 0;
  }

 private:
  static constexpr double steps = 1 << 20;

  [[nodiscard]] static std::int64_t in_steps(float p) {
    return p >= 0 && p <= 1 ? static_cast<std::int64_t>(double(p) * steps + 0.5) : 0;
  }

  std::vector<std::int64_t> sums_;
  index_t voxels_ = 0;
};

/// How labels agree with those of the truth, where that is known: voxels that are 0 in the truth
/// are left out.
class label_agreement {
 public:
  /// @param labels,truth z, y, x; of one shape
  void add(strided_view<std::uint16_t const, 3> const& labels,
           strided_view<std::uint16_t const, 3> const& truth) {
    std::mutex mutex;
    for_each_in_parallel(labels.extent(0), [&](index_t z) {
      label_agreement plane;
      plane.add_plane(labels.slice(0, z), truth.slice(0, z));
      std::lock_guard const lock(mutex);
      merge(plane);
    });
  }

  /// Voxels whose truth is known.
  [[nodiscard]] index_t compared() const { return truth_.total(); }
  [[nodiscard]] index_t equal() const { return both_.total(); }

  /// 2 |A and B| / (|A| + |B|) of the voxels of a class in labels and truth; 1 where neither has
  /// any.
  [[nodiscard]] double dice(std::size_t label) const {
    index_t const all = labels_.of(label) + truth_.of(label);
    return all == 0 ? 1 : 2 * double(both_.of(label)) / double(all);
  }
  [[nodiscard]] index_t truth_voxels(std::size_t label) const { return truth_.of(label); }
  [[nodiscard]] std::size_t largest_label() const {
    return std::max(labels_.largest_label(), truth_.largest_label());
  }

 private:
  void add_plane(strided_view<std::uint16_t const, 2> const& labels,
                 strided_view<std::uint16_t const, 2> const& truth) {
    for_each_voxel(box<2>::at_origin(labels.shape()), [&](coord<2> const& at) {
      if (truth[at] == 0) return;
      labels_.add(labels[at], 1);
      truth_.add(truth[at], 1);
      if (labels[at] == truth[at]) both_.add(truth[at], 1);
    });
  }

  void merge(label_agreement const& other) {
    for (auto const member :
         {&label_agreement::labels_, &label_agreement::truth_, &label_agreement::both_})
      for (std::size_t label = 0; label <= (other.*member).largest_label(); ++label)
        (this->*member).add(label, (other.*member).of(label));
  }

  class_counts labels_;
  class_counts truth_;
  class_counts both_;
};

}  // namespace voxstitch::pipeline
