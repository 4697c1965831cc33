// SPDX-License-Identifier: BSL-1.0
#include "support/probability_block.hpp"

#include "support/forest_examples.hpp"
#include "voxstitch/models/pixel_classifier.hpp"

namespace voxstitch::benchmarks {

dense_array<float, 4> probability_block(index_t side) {
  features::filter_bank const bank(full_selection(), 1);
  auto const block = phantom_block(side, bank.halo());
  models::pixel_classifier const classifier(bank, middle_forest().ours,
                                            {"tissue", "cell", "vessel"});
  dense_array<float, 4> p(coord<4>{{3, side, side, side}});
  classifier.classify(block.input.view(), {0, block.region, block.region, block.read}, block.domain,
                      p.view().permuted({1, 2, 3, 0}));
  return p;
}

}  // namespace voxstitch::benchmarks
