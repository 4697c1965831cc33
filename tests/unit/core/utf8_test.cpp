// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/utf8.hpp"

#include "support/catch.hpp"

using voxstitch::is_utf8;

TEST_CASE("is_utf8: whole characters of one to four bytes", "[core]") {
  for (char const* text : {"", "Cell", "\xc3\xa4", "Zelle \xce\xbc", "\xe2\x82\xac", "\xed\x9f\xbf",
                           "\xf0\x9f\xa7\xa0", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(text));
}

TEST_CASE("is_utf8: no parts, no long forms, no surrogates, nothing beyond the last", "[core]") {
  for (char const* text :
       {"Zelle \xe4", "\x80", "\xc3", "\xc3(", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
    CHECK_FALSE(is_utf8(text));
}
