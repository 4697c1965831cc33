// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/separated.hpp"

#include "support/catch.hpp"

using voxstitch::separated;
using parts = std::vector<std::string_view>;

TEST_CASE("separated: there is one part more than separators", "[core]") {
  CHECK(separated("", ',') == parts{""});
  CHECK(separated("cell", ',') == parts{"cell"});
  CHECK(separated("cell,vessel", ',') == parts{"cell", "vessel"});
  CHECK(separated(",cell,,", ',') == parts{"", "cell", "", ""});
  CHECK(separated("0:1,2:3", ':') == parts{"0", "1,2", "3"});
}
