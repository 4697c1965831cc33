// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/length_unit.hpp"

#include "support/catch.hpp"

using namespace voxstitch::io;

TEST_CASE("usual_unit: the micrometre has many spellings, others are left alone", "[io]") {
  for (char const* spelling : {"um", "micron", "\xc2\xb5m", "\xce\xbcm", "&#181;m"})
    CHECK(usual_unit(spelling) == "um");
  CHECK(usual_unit("nm") == "nm");
  CHECK(usual_unit("furlong") == "furlong");
}

TEST_CASE("micrometres_in: metric lengths, and no others", "[io]") {
  CHECK(micrometres_in("nm") == 1e-3);
  CHECK(micrometres_in("um") == 1.0);
  CHECK(micrometres_in("mm") == 1e3);
  CHECK_FALSE(micrometres_in("inch"));
  CHECK_FALSE(micrometres_in(""));
}
