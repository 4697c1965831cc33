// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/extents_text.hpp"

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("extents_text: a shape as people write it", "[geometry]") {
  CHECK(extents_text({}) == "");
  CHECK(extents_text({7}) == "7");
  CHECK(extents_text({30, 510, 667}) == "30 x 510 x 667");
}
