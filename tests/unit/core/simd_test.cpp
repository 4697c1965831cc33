// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/simd.hpp"

#include <optional>

#include "support/catch.hpp"

using namespace voxstitch;

namespace {

/// Sets VOXSTITCH_SIMD for a scope; nullptr removes it.
class simd_variable {
 public:
  explicit simd_variable(char const* value) {
    if (char const* const old = std::getenv("VOXSTITCH_SIMD")) before_ = old;
    set(value);
  }
  simd_variable(simd_variable const&) = delete;
  simd_variable& operator=(simd_variable const&) = delete;
  ~simd_variable() { set(before_ ? before_->c_str() : nullptr); }

 private:
  static void set(char const* value) {
    value == nullptr ? unsetenv("VOXSTITCH_SIMD") : setenv("VOXSTITCH_SIMD", value, 1);
  }
  std::optional<std::string> before_;
};

int one() { return 1; }
int two() { return 2; }
int three() { return 3; }

}  // namespace

TEST_CASE("targets have the names that VOXSTITCH_SIMD takes", "[core]") {
  CHECK(simd::name(simd::target::baseline) == std::string("baseline"));
  CHECK(simd::name(simd::target::avx2) == std::string("avx2"));
  CHECK(simd::name(simd::target::avx512) == std::string("avx512"));
}

TEST_CASE("without VOXSTITCH_SIMD the best supported target is taken", "[core]") {
  for (char const* unset : {static_cast<char const*>(nullptr), ""}) {
    simd_variable const variable(unset);
    CHECK(simd::requested() == simd::best_supported());
  }
}

TEST_CASE("VOXSTITCH_SIMD forces a target, or is an error where the processor lacks it", "[core]") {
  for (auto t : {simd::target::baseline, simd::target::avx2, simd::target::avx512}) {
    simd_variable const variable(simd::name(t));
    if (t <= simd::best_supported())
      CHECK(simd::requested() == t);
    else
      CHECK_THROWS_WITH(simd::requested(), Catch::Contains("this processor does not run"));
  }
}

TEST_CASE("an unknown VOXSTITCH_SIMD is an error that lists what is allowed", "[core]") {
  simd_variable const variable("avx3");
  CHECK_THROWS_AS(simd::requested(), usage_error);
  CHECK_THROWS_WITH(simd::requested(),
                    "VOXSTITCH_SIMD: unknown target 'avx3'; allowed are baseline, avx2, avx512");
}

TEST_CASE("choose takes the shell of the target", "[core]") {
  CHECK(simd::choose(one, two, three, simd::target::baseline)() == 1);
  CHECK(simd::choose(one, two, three, simd::target::avx2)() == 2);
  CHECK(simd::choose(one, two, three, simd::target::avx512)() == 3);
}
