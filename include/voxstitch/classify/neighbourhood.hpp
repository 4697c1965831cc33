// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What can a classifier see from one voxel?

#include <cassert>
#include <cstddef>

#include "voxstitch/geometry/block.hpp"
#include "voxstitch/geometry/mirror.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::classify {

/// A voxel with its neighbours. Beyond the volume's border the volume is mirrored, the border voxel
/// not repeated (as ilastik's filters see it).
class neighbourhood {
 public:
  /// @param input [channel, z, y, x] on `read`
  neighbourhood(strided_view<float const, 4> const& input, box<3> const& read, box<3> const& domain,
                coord<3> const& halo)
      : input_(input), read_(read), domain_(domain), halo_(halo) {}

  void move_to(coord<3> const& voxel) { voxel_ = voxel; }

  /// Where the voxel lies in the volume: z, y, x.
  [[nodiscard]] coord<3> const& position() const { return voxel_; }
  [[nodiscard]] std::size_t channel_count() const {
    return static_cast<std::size_t>(input_.extent(0));
  }

  /// The voxel's own value.
  [[nodiscard]] float value(index_t channel = 0) const { return (*this)(0, 0, 0, channel); }

  /// The value of the voxel dz, dy, dx further.
  /// @pre the offsets lie within the classifier's halo
  [[nodiscard]] float operator()(index_t dz, index_t dy, index_t dx, index_t channel = 0) const {
    coord<3> const offset{{dz, dy, dx}};
    coord<4> at{{channel, 0, 0, 0}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      assert(-halo_[axis] <= offset[axis] && offset[axis] <= halo_[axis]);
      at[axis + 1] = mirrored(voxel_[axis] + offset[axis], domain_.inclusive_min[axis],
                              domain_.exclusive_max[axis]) -
                     read_.inclusive_min[axis];
    }
    return input_[at];
  }

 private:
  strided_view<float const, 4> input_;
  box<3> read_;
  box<3> domain_;
  coord<3> halo_;
  coord<3> voxel_{};
};

}  // namespace voxstitch::classify
