// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/hash.hpp"

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("hash_of: the published values of FNV-1a", "[core]") {
  CHECK(hash_of("") == 0xcbf29ce484222325);
  CHECK(hash_of("a") == 0xaf63dc4c8601ec8c);
  CHECK(hash_of("foobar") == 0x85944171f73967e8);
}

TEST_CASE("hash_of: a text may be hashed in parts", "[core]") {
  CHECK(hash_of("bar", hash_of("foo")) == hash_of("foobar"));
}
