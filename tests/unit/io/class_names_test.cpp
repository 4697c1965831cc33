// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/class_names.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/io/hdf5_writer.hpp"

using namespace voxstitch;
using namespace voxstitch::io;

namespace {

std::string result_with(test::temporary_folder const& folder, std::vector<std::string> names) {
  auto const path = (folder.path() / "l.h5").string();
  std::filesystem::remove(path);
  volume_description d;
  d.shape = {{1, 1, 2, 3, 4}};
  dataset_spec spec;
  spec.name = "/exported_data";
  spec.class_names = std::move(names);
  hdf5_writer file(path);
  file.add(spec, packed_chunks(d, {{1, 1, 2, 3, 4}}, 1), chunks_wanted::present);
  file.close();
  return path;
}

}  // namespace

TEST_CASE("class names: as they were written", "[io]") {
  test::temporary_folder const folder;
  std::vector<std::string> const names{"Tissue", "Zelle \xC3\xA4", ""};
  CHECK(stored_class_names(result_with(folder, names)) == names);
  CHECK(stored_class_names(result_with(folder, names) + "/exported_data") == names);
}

TEST_CASE("class names: none where there are none", "[io]") {
  test::temporary_folder const folder;
  CHECK(stored_class_names(result_with(folder, {})).empty());
  CHECK(stored_class_names("l.tif").empty());
  CHECK_THROWS_AS(stored_class_names((folder.path() / "missing.h5").string()), io_error);
}
