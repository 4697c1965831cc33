// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/hdf5_path.hpp"

#include "support/catch.hpp"

using voxstitch::io::hdf5_path;
using voxstitch::io::split_hdf5_path;

TEST_CASE("split_hdf5_path cuts behind the extension", "[io]") {
  CHECK(split_hdf5_path("a.h5") == hdf5_path{"a.h5", ""});
  CHECK(split_hdf5_path("a.h5/") == hdf5_path{"a.h5", ""});
  CHECK(split_hdf5_path("dir/a.h5/data") == hdf5_path{"dir/a.h5", "/data"});
  CHECK(split_hdf5_path("/dir/a.hdf5/group/data/") == hdf5_path{"/dir/a.hdf5", "/group/data"});
  CHECK(split_hdf5_path("p.ilp/Input Data/x") == hdf5_path{"p.ilp", "/Input Data/x"});
  CHECK(split_hdf5_path("A.H5") == hdf5_path{"A.H5", ""});
  CHECK(split_hdf5_path("Dir/A.Hdf5/Group/Data") == hdf5_path{"Dir/A.Hdf5", "/Group/Data"});
}

TEST_CASE("split_hdf5_path: the extension furthest to the right wins, at its last occurrence",
          "[io]") {
  CHECK(split_hdf5_path("all.h5.d/a.hdf5/data") == hdf5_path{"all.h5.d/a.hdf5", "/data"});
  CHECK(split_hdf5_path("old.ilp/a.h5/data") == hdf5_path{"old.ilp/a.h5", "/data"});
  CHECK(split_hdf5_path("x.h5/y.h5/data") == hdf5_path{"x.h5/y.h5", "/data"});
}

TEST_CASE("split_hdf5_path: other paths are none of its business", "[io]") {
  CHECK(!split_hdf5_path("a.tif"));
  CHECK(!split_hdf5_path(""));
  CHECK(!split_hdf5_path("a.h5x/data"));
  CHECK(!split_hdf5_path("results.h5.d/slice_000.tif"));
}
