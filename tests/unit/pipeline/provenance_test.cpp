// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/provenance.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

TEST_CASE("provenance: it tells the blocks and the fingerprint of a file", "[pipeline]") {
  test::temporary_folder const folder;
  std::string const file = folder / "l.h5";
  auto const says = [&](std::string const& text) { std::ofstream(provenance_name(file)) << text; };
  says(R"({"fingerprint": "f00", "plan": {"block": [3, 40, 50]}})");
  CHECK_FALSE(recorded_block(file));  // the file is not there
  std::ofstream(file) << "x";
  CHECK(recorded_block(file) == coord<3>{{3, 40, 50}});
  CHECK(recorded_fingerprint(file) == "f00");
  for (char const* text : {"", "no JSON", "[]", "{}", R"({"plan": 3})", R"({"plan": {"block": 3}})",
                           R"({"plan": {"block": [1, 2]}})", R"({"plan": {"block": [1, 2, 0]}})",
                           R"({"plan": {"block": [1, 2, "3"]}})"}) {
    says(text);
    CAPTURE(text);
    CHECK_FALSE(recorded_block(file));
    CHECK_FALSE(recorded_fingerprint(file));
  }
}
