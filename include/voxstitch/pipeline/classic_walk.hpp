// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file With which means are sub-volume files read and written, block by block?

#include <cstdint>
#include <optional>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/chunk_store.hpp"
#include "voxstitch/models/any_block_classifier.hpp"
#include "voxstitch/pipeline/run.hpp"

namespace voxstitch::pipeline {

/// Means of a walk over a classic file or volume.
struct classic_means {
  std::optional<coord<3>> chunk;  ///< of the outputs; clipped to the volume
  std::int64_t budget_bytes = 0;
  std::int64_t process_bytes = 0;  ///< resident before the work begins
  int threads = 1;
};

namespace detail {

using classic_target = output_target<io::chunk_store>;

/// A walk that copies `input` as it is, block by block.
[[nodiscard]] inline plan_request request_to_copy(io::any_source const& input,
                                                  classic_means const& means) {
  plan_request r;
  r.input = input.description();
  r.decode_unit = io::piece_shape(r.input, input.decode_unit());
  r.region = box<3>::at_origin(spatial(r.input.shape));
  r.datasets.push_back({"", "", r.input});
  r.budget_bytes = means.budget_bytes;
  r.process_bytes = means.process_bytes;
  r.threads = means.threads;
  r.chunk = means.chunk;
  coord<3> const chunk = chunk_for(r.region.shape(), r.chunk);
  r.process_bytes += io::packed_chunks::bytes_of_places(r.input.shape, of_one_channel(chunk));
  return r;
}

}  // namespace detail

}  // namespace voxstitch::pipeline
