// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/any_policy.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using stitch::parse_policy;

TEST_CASE("every policy is found by its name and keeps its overlap", "[stitch]") {
  coord<3> const overlap{{1, 2, 3}};
  CHECK(parse_policy("keep-core", {}) == stitch::any_policy(stitch::keep_core{}));
  CHECK(parse_policy("mean", overlap) == stitch::any_policy(stitch::mean(overlap)));
  CHECK(parse_policy("linear", overlap) == stitch::any_policy(stitch::linear(overlap)));
  CHECK(parse_policy("bump", overlap) == stitch::any_policy(stitch::bump(overlap)));
  CHECK(parse_policy("max", overlap) == stitch::any_policy(stitch::max(overlap)));
  CHECK(parse_policy("vote", overlap) == stitch::any_policy(stitch::vote(overlap)));
  CHECK(parse_policy("mean", overlap) != parse_policy("mean", {}));
  for (std::string_view name : stitch::policy_names) {
    auto const policy = parse_policy(name, name == "keep-core" ? coord<3>{} : overlap);
    CHECK(stitch::name(policy) == name);
    CHECK(stitch::overlap(policy) == (name == "keep-core" ? coord<3>{} : overlap));
  }
}

TEST_CASE("a wrong policy is a usage_error that lists what is allowed", "[stitch]") {
  CHECK_THROWS_AS(parse_policy("median", {}), usage_error);
  CHECK_THROWS_WITH(
      parse_policy("median", {}),
      "stitch 'median': unknown; allowed are keep-core, mean, linear, bump, max, vote");
  CHECK_THROWS_AS(parse_policy("", {}), usage_error);
  CHECK_THROWS_WITH(parse_policy("keep-core", {{0, 0, 8}}),
                    "stitch 'keep-core': overlap 0,0,8 would be computed and not used; leave it "
                    "out or choose mean, linear, bump, max or vote");
  CHECK_THROWS_AS(parse_policy("mean", {{0, 0, -8}}), usage_error);
}
