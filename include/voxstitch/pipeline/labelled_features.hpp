// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the features of an image's labelled voxels computed, block after block?

#include <algorithm>
#include <cstdint>
#include <span>

#include <tbb/task_arena.h>

#include "voxstitch/core/cancel.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/models/labelled_block_features.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// Reads what the filters need around each block of labels, and computes the features there.
template <features::feature_bank Bank, io::volume_source Source>
class labelled_features {
 public:
  /// Both must outlive this.
  /// @param cache_bytes of the image that may be kept, decoded, between neighbouring blocks
  labelled_features(Bank const& bank, Source const& image, std::int64_t cache_bytes = 0)
      : bank_(bank), image_(image), reader_(image, cache_bytes),
        domain_(box<3>::at_origin(spatial(image.description().shape))) {}

  /// Upper bound of the memory in bytes that the blocks take, one at a time, without the cache.
  [[nodiscard]] std::int64_t bytes_for(std::span<models::label_block const> blocks,
                                       int threads) const {
    auto const& d = image_.description();
    auto const per_voxel = d.shape[1] * static_cast<index_t>(size_of(d.type) + sizeof(float));
    models::labelled_block_features const features(bank_);
    tbb::task_arena arena(threads);
    std::int64_t most = 0;
    arena.execute([&] {
      for (auto const& b : blocks)
        most = std::max(most,
                        read_box(b).size() * per_voxel + features.scratch_bytes(b.where, domain_));
    });
    return most + 2 * threads * product(io::piece_shape(d, image_.decode_unit())) *
                      static_cast<std::int64_t>(size_of(d.type));
  }

  /// @param blocks in the image; in the order in which they are read
  /// @param out    [feature, sample], unit stride along the samples: block after block, in each
  ///               the labelled voxels in z, y, x order
  /// @throws shape_error when the image is smaller than the filters; cancelled; whatever reading
  /// throws.
  void operator()(std::span<models::label_block const> blocks, strided_view<float, 2> const& out,
                  run_control const& control) const {
    bank_.check_domain(domain_.shape());
    models::labelled_block_features const features(bank_);
    tbb::task_arena arena(control.threads);
    index_t first = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      throw_if_stopped(control.stop);
      auto const& b = blocks[i];
      index_t const next = first + label_count(b);
      auto const samples = out.sub({{{0, first}}, {{out.extent(0), next}}});
      arena.execute([&] { features(read(blocks, i).view(), read_box(b), b, domain_, samples); });
      first = next;
      if (control.voxels_done != nullptr) control.voxels_done->advance(b.where.size());
    }
  }

 private:
  [[nodiscard]] box<3> read_box(models::label_block const& b) const {
    return grown_within(b.where, bank_.halo(), domain_);
  }

  /// The image as float, [channel, z, y, x] on the block's read box.
  [[nodiscard]] dense_array<float, 4> read(std::span<models::label_block const> blocks,
                                           std::size_t i) const {
    auto const& d = image_.description();
    box<3> const where = read_box(blocks[i]);
    coord<3> const s = where.shape();
    detail::typed_block stored(d.type, {{d.shape[1], s[0], s[1], s[2]}});
    reader_.read(static_cast<index_t>(i), detail::at_time(blocks[i].time, d.shape[1], where),
                 stored.view_at_one_time(),
                 [&](box<5> const& unit) { return next_use(blocks, i, unit); });
    dense_array<float, 4> values(coord<4>{{d.shape[1], s[0], s[1], s[2]}});
    detail::convert_planes(stored.view(), values.view());
    return values;
  }

  /// The next block that reads of a unit; those far off are not worth a search.
  [[nodiscard]] index_t next_use(std::span<models::label_block const> blocks, std::size_t i,
                                 box<5> const& unit) const {
    constexpr std::size_t horizon = 256;
    index_t const channels = image_.description().shape[1];
    for (std::size_t j = i + 1; j < std::min(blocks.size(), i + horizon); ++j) {
      auto const wanted = detail::at_time(blocks[j].time, channels, read_box(blocks[j]));
      if (!intersection(unit, wanted).empty()) return static_cast<index_t>(j);
    }
    return io::never;
  }

  Bank const& bank_;
  Source const& image_;
  io::unit_reader<Source> reader_;
  box<3> domain_;
};

}  // namespace voxstitch::pipeline
