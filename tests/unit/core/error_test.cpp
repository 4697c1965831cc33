// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/error.hpp"

#include <type_traits>

#include "support/catch.hpp"
#include "voxstitch/core/cancel.hpp"

using namespace voxstitch;

TEMPLATE_TEST_CASE("every error of the library is caught as voxstitch::error, with its message",
                   "[core]", usage_error, format_error, shape_error, io_error, budget_error) {
  try {
    throw TestType("volume.h5: what to do");
  } catch (error const& e) {
    CHECK(std::string(e.what()) == "volume.h5: what to do");
  }
}

TEST_CASE("errors of one kind are not taken for another", "[core]") {
  STATIC_REQUIRE(!std::is_convertible_v<usage_error*, io_error*>);
  STATIC_REQUIRE(!std::is_convertible_v<io_error*, format_error*>);
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, error>);
}

TEST_CASE("paths in messages are quoted", "[core]") {
  CHECK(quoted("my slices/a.tif") == "'my slices/a.tif'");
}

TEST_CASE("a requested stop is thrown as cancelled, no request is silent", "[core]") {
  std::stop_source source;
  CHECK_NOTHROW(throw_if_stopped(source.get_token()));
  CHECK_NOTHROW(throw_if_stopped(std::stop_token{}));
  source.request_stop();
  CHECK_THROWS_AS(throw_if_stopped(source.get_token()), cancelled);
}
