// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/nickname.hpp"

#include "support/catch.hpp"

using voxstitch::ilastik::nickname_of;

TEST_CASE("an image is called by its file and the path inside it", "[ilastik]") {
  CHECK(nickname_of({"data/scan.tif"}) == "scan");
  CHECK(nickname_of({"/a/brain.h5/raw"}) == "brain-raw");
  CHECK(nickname_of({"brain.h5/group/data"}) == "brain-group-data");
  CHECK(nickname_of({"brain.h5"}) == "brain");
  CHECK(nickname_of({"slices/slice_*.png"}) == "slice_");
}

TEST_CASE("a stack is called by what its files have in common", "[ilastik]") {
  CHECK(nickname_of({"s/slice_000.tif", "s/slice_001.tif"}) == "slice_00");
  CHECK(nickname_of({"s/000.tif", "s/100.tif"}) == "s");
  CHECK(nickname_of({"a.tif", "b.tif"}) == "stack_at-a");
}
