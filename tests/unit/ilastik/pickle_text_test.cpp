// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/pickle_text.hpp"

#include <string>

#include "support/catch.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;

TEST_CASE("a class is named by its module and its name", "[ilastik]") {
  std::string const pickle = "clazyflow.classifiers.some\nSome\np0\n.";
  auto const tokens = pickle_tokens(pickle);
  REQUIRE(tokens.size() == 3);
  auto const found = find_pickled_class(tokens, "lazyflow.");
  REQUIRE(found.has_value());
  CHECK(found->module == "lazyflow.classifiers.some");
  CHECK(found->name == "Some");
  CHECK_FALSE(find_pickled_class(tokens, "sklearn.").has_value());
}

TEST_CASE("the first class with the asked module counts, in both spellings of Python",
          "[ilastik]") {
  std::string const pickle = "ccopy_reg\n_reconstructor\np0\n(ilazyflow.classifiers.a\nA\np1\n"
                             "clazyflow.classifiers.b\nB\np2\n.";
  auto const found = find_pickled_class(pickle_tokens(pickle), "lazyflow.classifiers.");
  REQUIRE(found.has_value());
  CHECK(found->name == "A");
}

TEST_CASE("dictionary entries are found under keys of Python 3 and Python 2", "[ilastik]") {
  auto const key = GENERATE(as<std::string>{}, "V_num_trees", "S'_num_trees'", "S\"_num_trees\"");
  std::string const pickle = "(dp5\nVVERSION\np6\nI2\ns" + key + "\np7\nI100\nsb.";
  CAPTURE(pickle);
  CHECK(find_pickled_integer(pickle_tokens(pickle), "_num_trees") == 100);
}

TEST_CASE("values follow their key with or without a memo, and may be long", "[ilastik]") {
  CHECK(find_pickled_integer(pickle_tokens("(dVa\nI7\ns."), "a") == 7);
  CHECK(find_pickled_integer(pickle_tokens("(dVa\np1\np2\nL-12L\ns."), "a") == -12);
}

TEST_CASE("entries that are absent or of another kind are no integers", "[ilastik]") {
  std::string const pickle = "(dp5\nV_label_proportion\np8\nNsV_f\np9\nF0.5\nsVlast\n.";
  auto const tokens = pickle_tokens(pickle);
  CHECK_FALSE(find_pickled_integer(tokens, "_num_trees").has_value());
  CHECK_FALSE(find_pickled_integer(tokens, "_label_proportion").has_value());
  CHECK_FALSE(find_pickled_integer(tokens, "_f").has_value());
  REQUIRE(find_pickled_value(tokens, "_f").has_value());
  CHECK(find_pickled_value(tokens, "_f")->first == "0.5");
  CHECK_FALSE(find_pickled_integer(pickle_tokens("VkeyI\nIx1\n."), "keyI").has_value());
  CHECK_FALSE(find_pickled_integer(pickle_tokens("Vk\nI99999999999999999999\n."), "k").has_value());
}

TEST_CASE("text that is no pickle of protocol 0 is refused", "[ilastik]") {
  CHECK_THROWS_AS(pickle_tokens(""), format_error);
  CHECK_THROWS_AS(pickle_tokens("clazyflow"), format_error);        // no end of line
  CHECK_THROWS_AS(pickle_tokens("clazyflow\nSome"), format_error);  // no second line
  CHECK_THROWS_AS(pickle_tokens("(dp5\n"), format_error);           // no final stop
  CHECK_THROWS_AS(pickle_tokens("\x80\x04\x95."), format_error);    // protocol 4
  CHECK_THROWS_AS(pickle_tokens("hello\n."), format_error);
}

TEST_CASE("what follows the final stop is not looked at", "[ilastik]") {
  CHECK(pickle_tokens("(lp0\n.\x80garbage").size() == 4);
}

}  // namespace
