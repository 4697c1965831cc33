// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is one kind of output made from a block's probabilities and raw values?

#include "voxstitch/pipeline/output.hpp"
#include "voxstitch/pipeline/planes.hpp"
#include "voxstitch/reduce/argmax.hpp"
#include "voxstitch/reduce/class_mask.hpp"
#include "voxstitch/reduce/masked_raw.hpp"
#include "voxstitch/reduce/probabilities.hpp"
#include "voxstitch/reduce/quantized.hpp"
#include "voxstitch/reduce/uncertainty.hpp"
#include "voxstitch/view/copy_elements.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::pipeline {

namespace detail {

/// Row (z, y) of a [channel, z, y, x] view as [x, channel].
template <class T>
[[nodiscard]] strided_view<T, 2> row_of(strided_view<T, 4> const& v, index_t z, index_t y) {
  if (v.data() == nullptr) return {};
  return {v.pointer_to({{0, z, y, 0}}), {{v.extent(3), v.extent(0)}}, {{v.stride(3), v.stride(0)}}};
}

/// Applies a reducer to every row; planes of rows in parallel.
template <class Raw, reduce::reducer<Raw> Reducer>
void reduce_rows(Reducer const& r, strided_view<float const, 4> const& p,
                 strided_view<Raw const, 4> const& raw,
                 strided_view<typename Reducer::value_type, 4> const& out) {
  index_t const rows = out.extent(2);
  for_each_in_parallel(out.extent(1), [&](index_t z) {
    for (index_t y = 0; y < rows; ++y) r(row_of(p, z, y), row_of(raw, z, y), row_of(out, z, y));
  });
}

}  // namespace detail

/// Turns a core's probabilities [class, z, y, x] and raw values [channel, z, y, x] into the M
/// values per voxel of one output, [output, z, y, x].
struct recipe {
  output_kind kind = output_kind::labels;
  class_content content = class_content::mask;  ///< of `classes`
  bool quantised = false;                       ///< probabilities as round(255 p) in uint8

  [[nodiscard]] bool needs_raw() const {
    return kind == output_kind::raw ||
           (kind == output_kind::classes && content == class_content::masked_raw);
  }
  [[nodiscard]] bool needs_classifier() const { return kind != output_kind::raw; }

  /// Outputs per voxel.
  [[nodiscard]] std::size_t output_count(std::size_t class_count, std::size_t raw_channels) const {
    if (kind == output_kind::raw) return raw_channels;
    return kind == output_kind::probabilities || kind == output_kind::classes ? class_count : 1;
  }

  [[nodiscard]] element_type value_type(std::size_t class_count, element_type raw) const {
    if (needs_raw()) return raw;
    if (kind == output_kind::labels)
      return class_count > 255 ? element_type::uint16 : element_type::uint8;
    if (kind == output_kind::classes && content == class_content::mask) return element_type::uint8;
    bool const bytes =
        quantised && kind != output_kind::uncertainty && kind != output_kind::disagreement;
    return bytes ? element_type::uint8 : element_type::float32;
  }

  void operator()(strided_view<float, 4> const& p, any_view<4> const& raw,
                  any_view<4> const& out) const {
    switch (kind) {
    case output_kind::probabilities: return make_probabilities(p, out);
    case output_kind::labels: return make_labels(p, out);
    case output_kind::uncertainty:
      return detail::reduce_rows<float>(reduce::uncertainty{}, p, {}, out.as<float>());
    case output_kind::classes: return make_classes(p, raw, out);
    case output_kind::disagreement:
      return detail::reduce_rows<float>(reduce::probabilities{}, p, {}, out.as<float>());
    case output_kind::raw: return copy_raw(raw, out);
    }
  }

 private:
  void make_probabilities(strided_view<float, 4> const& p, any_view<4> const& out) const {
    if (quantised)
      detail::reduce_rows<float>(reduce::quantized{}, p, {}, out.as<std::uint8_t>());
    else
      detail::reduce_rows<float>(reduce::probabilities{}, p, {}, out.as<float>());
  }

  static void make_labels(strided_view<float, 4> const& p, any_view<4> const& out) {
    if (out.type() == element_type::uint8)
      detail::reduce_rows<float>(reduce::argmax<std::uint8_t>{}, p, {}, out.as<std::uint8_t>());
    else
      detail::reduce_rows<float>(reduce::argmax<std::uint16_t>{}, p, {}, out.as<std::uint16_t>());
  }

  void make_classes(strided_view<float, 4> const& p, any_view<4> const& raw,
                    any_view<4> const& out) const {
    if (content == class_content::probability) return make_probabilities(p, out);
    if (content == class_content::mask)
      return detail::reduce_rows<float>(reduce::class_mask<>{}, p, {}, out.as<std::uint8_t>());
    raw.visit([&]<class Raw>(strided_view<Raw, 4> const& values) {
      detail::reduce_rows<Raw>(reduce::masked_raw<Raw>{}, p, values, out.as<Raw>());
    });
  }

  static void copy_raw(any_view<4> const& raw, any_view<4> const& out) {
    for_each_in_parallel(out.extent(1), [&](index_t z) {
      box<4> slab = box<4>::at_origin(out.shape());
      slab.inclusive_min[1] = z;
      slab.exclusive_max[1] = z + 1;
      copy_elements(raw.sub(slab), out.sub(slab));
    });
  }
};

}  // namespace voxstitch::pipeline
