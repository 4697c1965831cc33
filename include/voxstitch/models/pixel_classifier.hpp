// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do a bank of filters and a classifier of feature vectors classify a block?

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/features/concepts.hpp"
#include "voxstitch/features/slabs.hpp"
#include "voxstitch/features/tile_shape.hpp"
#include "voxstitch/models/detail/packets.hpp"
#include "voxstitch/models/detail/row_scratch.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::models {

/// A block classifier made of local filters and a row classifier.
///
/// A block is presmoothed slab after slab; the tiles of a slab are spread over the threads of the
/// caller's arena.
/// The features of one tile stay in the caches of its core between the filters that write them and
/// the forest that reads them; they never exist for more than a tile per thread.
template <features::feature_bank Bank, classify::row_classifier Rows>
class pixel_classifier {
 public:
  /// @throws shape_error when the classifier was trained on another number of features.
  pixel_classifier(Bank bank, Rows rows, std::vector<std::string> class_names)
      : bank_(std::move(bank)), rows_(std::move(rows)), class_names_(std::move(class_names)) {
    if (bank_.feature_count() != rows_.feature_count())
      throw shape_error(
          "pixel_classifier: the filters make " + std::to_string(bank_.feature_count()) +
          " features, but the classifier takes " + std::to_string(rows_.feature_count()));
    if (class_names_.size() != rows_.class_count())
      throw shape_error("pixel_classifier: " + std::to_string(class_names_.size()) +
                        " class names for " + std::to_string(rows_.class_count()) + " classes");
  }

  [[nodiscard]] coord<3> halo() const { return bank_.halo(); }
  [[nodiscard]] std::size_t class_count() const { return rows_.class_count(); }
  [[nodiscard]] std::vector<std::string> class_names() const { return class_names_; }

  /// The presmoothed scales of a slab and one tile per thread.
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const& b) const {
    auto const threads = static_cast<std::int64_t>(tbb::this_task_arena::max_concurrency());
    return bank_.prepared_bytes(slabs_of(b.result), b.read) + threads * tile_bytes(b.result);
  }

  /// @param input [channel, z, y, x] on b.read
  /// @param p     [z, y, x, class] on b.result
  /// @throws shape_error when the domain is smaller than the filters.
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const& domain,
                strided_view<float, 4> const& p) const {
    bank_.check_domain(domain.shape());
    features::slabs const slabs = slabs_of(b.result);
    tbb::enumerable_thread_specific<tile_memory> memory(
        [&] { return tile_memory(bank_, rows_, largest_tile(slabs)); });
    typename Bank::prepared_type prepared(slabs);
    for (index_t s = 0; s < slabs.count(); ++s) {
      bank_.prepare(input, b.read, s, domain, prepared);
      detail::packet_layout const layout = layout_of(slabs[s]);
      tbb::parallel_for(index_t{0}, layout.tile_count(), [&](index_t i) {
        classify_tile(prepared, layout, layout.tile(i), memory.local(), b.result, p);
      });
    }
  }

 private:
  /// What one thread needs: a tile's features [feature, lane] and probabilities [class, lane].
  struct tile_memory {
    tile_memory(Bank const& bank, Rows const& rows, index_t lanes)
        : row_scratch(detail::make_scratch(rows)),
          features(coord<2>{{static_cast<index_t>(bank.feature_count()), padded(lanes)}}),
          probabilities(coord<2>{{static_cast<index_t>(rows.class_count()), lanes}}) {}
    typename Bank::scratch_type scratch;
    decltype(detail::make_scratch(std::declval<Rows const&>())) row_scratch;
    dense_array<float, 2> features;
    dense_array<float, 2> probabilities;
  };

  /// Rows a power of two apart would share cache sets.
  [[nodiscard]] static index_t padded(index_t lanes) { return lanes + 16; }

  [[nodiscard]] static features::slabs slabs_of(box<3> const& result) {
    return {result, detail::packet_layout::packet_for(result)[0]};
  }

  [[nodiscard]] detail::packet_layout layout_of(box<3> const& slab) const {
    coord<3> const packet = detail::packet_layout::packet_for(slab);
    return {slab, features::tile_shape(bank_.feature_count(), packet)};
  }

  /// Lanes of the largest tile of all slabs.
  [[nodiscard]] index_t largest_tile(features::slabs const& slabs) const {
    index_t lanes = 0;
    for (index_t s = 0; s < slabs.count(); ++s)
      lanes = std::max(lanes, layout_of(slabs[s]).lanes_per_tile());
    return lanes;
  }

  [[nodiscard]] std::int64_t tile_bytes(box<3> const& result) const {
    auto const columns = static_cast<std::int64_t>(bank_.feature_count() + class_count());
    index_t const lanes = padded(largest_tile(slabs_of(result)));
    return 2 * columns * lanes * static_cast<std::int64_t>(sizeof(float)) +
           detail::scratch_bytes(rows_);
  }

  template <class Prepared>
  void classify_tile(Prepared const& prepared, detail::packet_layout const& layout,
                     box<3> const& tile, tile_memory& memory, box<3> const& frame,
                     strided_view<float, 4> const& p) const {
    index_t const lanes = layout.lanes_in(tile);
    auto const first = [lanes](auto const& v) { return v.sub({{}, {{v.extent(0), lanes}}}); };
    auto const features = first(memory.features.view());
    bank_.compute(prepared, tile, layout.packet_shape(), memory.scratch, features);
    auto const probabilities = first(memory.probabilities.view());
    detail::predict(rows_, features, probabilities, memory.row_scratch);
    layout.scatter(probabilities, tile, p.sub(widened(relative_to(tile, frame), p.extent(3))));
  }

  /// Box (z, y, x) with all classes behind it.
  [[nodiscard]] static box<4> widened(box<3> const& b, index_t classes) {
    auto const& lo = b.inclusive_min;
    auto const& hi = b.exclusive_max;
    return {{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], classes}}};
  }

  Bank bank_;
  Rows rows_;
  std::vector<std::string> class_names_;
};

}  // namespace voxstitch::models
