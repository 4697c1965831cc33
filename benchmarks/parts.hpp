// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is measured?
///
/// Every benchmark is called "part/case/who": who is voxstitch or the baseline that does the same
/// job on the same data. items_per_second counts voxels and CPU time of one thread.

namespace voxstitch::benchmarks {

void register_machine();
void register_features();
void register_forest();
void register_training();
void register_blocks();
void register_chunks();

}  // namespace voxstitch::benchmarks
