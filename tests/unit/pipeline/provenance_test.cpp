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

TEST_CASE("provenance: it tells whether a file was cut since", "[pipeline]") {
  test::temporary_folder const folder;
  std::string const file = folder / "l.h5";
  std::ofstream(file) << "12345";
  CHECK(has_recorded_bytes(file));  // nothing is known
  std::ofstream(provenance_name(file)) << R"({"bytes": 5})";
  CHECK(has_recorded_bytes(file));
  std::filesystem::resize_file(file, 4);
  CHECK_FALSE(has_recorded_bytes(file));
}

TEST_CASE("provenance: it tells what the datasets of a job are", "[pipeline]") {
  test::temporary_folder const folder;
  std::string const file = folder / "all.h5";
  output_plan labels{{output_kind::labels, ""}, {}, file_format::hdf5, {{"made/all.h5", "/l", {}}}};
  output_plan classes{{output_kind::classes, ""},
                      {},
                      file_format::hdf5,
                      {{"made/all.h5", "/Cell", {}}, {"c.h5", "/Cell", {}}}};
  nlohmann::ordered_json const note{{"outputs", to_json({labels, classes})}};
  std::ofstream(provenance_name(file)) << note;
  CHECK(recorded_kind(file, "/l") == output_kind::labels);
  CHECK(recorded_kind(file, "/Cell") == output_kind::classes);
  CHECK(recorded_kind(file, "") == output_kind::labels);
  CHECK_FALSE(recorded_kind(file, "/other"));
  CHECK_FALSE(recorded_kind(folder / "c.h5", "/Cell"));  // has no provenance
  for (char const* text : {"", "{}", R"({"outputs": 3})", R"({"outputs": [3, {"kind": 3}]})",
                           R"({"outputs": [{"file": "all.h5", "dataset": "/l", "kind": "?"}]})"}) {
    std::ofstream(provenance_name(file)) << text;
    CAPTURE(text);
    CHECK_FALSE(recorded_kind(file, "/l"));
  }
}
