// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/lanes.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/detail/version.hpp"
#include "voxstitch/io/open_source.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::hdf5_editor;
using test::raw_place;
using strings = std::vector<std::string>;
using extents = std::vector<index_t>;
using test::says;

std::string const group = "Input Data/infos/";

/// The lanes of the valid small project after `change`; its folder is replaced by "<folder>".
std::vector<lane> lanes_after(std::function<void(hdf5_editor&)> const& change) {
  test::temporary_folder const folder;
  test::write_project(folder / "small.ilp");
  {
    hdf5_editor file(folder / "small.ilp", hdf5_editor::mode::change);
    change(file);
  }
  auto lanes = read_lanes((folder / "small.ilp").string());
  for (auto& image : lanes)
    for (auto& file : image.files)
      if (file.starts_with(folder.path().string()))
        file.replace(0, folder.path().string().size(), "<folder>");
  return lanes;
}

lane lane_after(std::function<void(hdf5_editor&)> const& change) {
  auto const lanes = lanes_after(change);
  REQUIRE(lanes.size() == 1);
  return lanes.front();
}

std::string refusal_after(std::function<void(hdf5_editor&)> const& change) {
  return test::refusal_of_small_project([&] { return lanes_after(change); });
}

TEST_CASE("an image is found from the project's folder", "[ilastik]") {
  auto const image = lane_after([](hdf5_editor&) {});
  CHECK(image.files == strings{"<folder>/data/brain.h5/raw"});
  CHECK(image.nickname == "brain-raw");
  CHECK(image.axes == "zyx");
  CHECK(image.shape == extents{20, 30, 40});
  CHECK(image.labels.empty());
}

TEST_CASE("paths may be absolute, upwards, of a stack, or of Windows", "[ilastik]") {
  auto const files_of = [](std::string const& path) {
    return lane_after([&](hdf5_editor& f) { f.text(raw_place + "/filePath", path); }).files;
  };
  CHECK(files_of("/data/a.h5/g/raw") == strings{"/data/a.h5/g/raw"});
  CHECK(files_of("sub/../a.tif") == strings{"<folder>/a.tif"});
  CHECK(files_of("s/0.tif:s/1.tif:/x/2.tif") ==
        strings{"<folder>/s/0.tif", "<folder>/s/1.tif", "/x/2.tif"});
  CHECK(files_of("slices/*.png") == strings{"<folder>/slices/*.png"});
  CHECK(files_of("C:\\data\\a.h5/raw") == strings{"C:\\data\\a.h5/raw"});
}

TEST_CASE("a project named without a folder gives paths from the working directory", "[ilastik]") {
  auto const old = std::filesystem::current_path();
  test::temporary_folder const folder;
  test::write_project(folder / "small.ilp");
  std::filesystem::current_path(folder.path());
  auto const lanes = read_lanes("small.ilp");
  std::filesystem::current_path(old);
  CHECK(lanes.at(0).files == strings{"data/brain.h5/raw"});
}

void add_internal(hdf5_editor& f, std::string const& name) {
  f.array<std::uint8_t>(name, {2, 3, 4}, std::vector<std::uint8_t>(24, 7));
  f.remove(raw_place + "/shape");
}

TEST_CASE("an image inside the project can be opened by its path", "[ilastik]") {
  test::temporary_folder const folder;
  auto const path = folder / "small.ilp";
  test::write_project(path);
  {
    hdf5_editor f(path, hdf5_editor::mode::change);
    add_internal(f, "Input Data/local_data/some-id");
    f.text(raw_place + "/__class__", "ProjectInternalDatasetInfo");
    f.text(raw_place + "/inner_path", "Input Data/local_data/some-id");
  }
  auto const lanes = read_lanes(path.string());
  REQUIRE(lanes.size() == 1);
  CHECK(lanes[0].files == strings{path.string() + "/Input Data/local_data/some-id"});
  CHECK(lanes[0].shape == extents{2, 3, 4});
  auto const opened = io::open_source(lanes[0].files[0], {lanes[0].axes, 'z', ""});
  CHECK(opened.source.description().shape == coord<5>{{1, 1, 2, 3, 4}});
}

TEST_CASE("older files find an image inside the project by its identity", "[ilastik]") {
  auto const image = lane_after([](hdf5_editor& f) {
    add_internal(f, "Input Data/local_data/some-id");
    f.remove(raw_place + "/__class__");
    f.text(raw_place + "/location", "ProjectInternal");
    f.text(raw_place + "/datasetId", "some-id");
  });
  CHECK(image.files == strings{"<folder>/small.ilp/Input Data/local_data/some-id"});
  CHECK(image.shape == extents{2, 3, 4});
}

TEST_CASE("axes and shapes that are not stored are unknown", "[ilastik]") {
  auto const image = lane_after([](hdf5_editor& f) {
    f.remove(raw_place + "/axistags");
    f.remove(raw_place + "/shape");
    f.remove(raw_place + "/nickname");
  });
  CHECK(image.axes.empty());
  CHECK(image.shape.empty());
  CHECK(image.nickname.empty());
  CHECK(lane_after([](hdf5_editor& f) {
          f.remove(raw_place + "/axistags");
          f.text(raw_place + "/axisorder", "xyz");
        }).axes == "xyz");
}

TEST_CASE("lanes come in the order of their numbers", "[ilastik]") {
  auto const lanes = lanes_after([](hdf5_editor& f) {
    for (std::string const name : {"lane10", "lane9"})
      f.text(group + name + "/Raw Data/filePath", name + ".tif");
  });
  REQUIRE(lanes.size() == 3);
  CHECK(lanes[1].files == strings{"<folder>/lane9.tif"});
  CHECK(lanes[2].files == strings{"<folder>/lane10.tif"});
}

TEST_CASE("very old files describe an image without its role", "[ilastik]") {
  auto const image = lane_after([](hdf5_editor& f) {
    f.remove("Input Data/Role Names");
    f.rename(raw_place, "Input Data/moved");
    f.remove(group + "lane0000");
    f.rename("Input Data/moved", group + "lane0000");
  });
  CHECK(image.files == strings{"<folder>/data/brain.h5/raw"});
}

TEST_CASE("a project without data has no lanes", "[ilastik]") {
  CHECK(lanes_after([](hdf5_editor& f) { f.remove("Input Data"); }).empty());
  CHECK(lanes_after([](hdf5_editor& f) { f.remove("Input Data/StorageVersion"); }).empty());
  if (auto const golden = test::test_data("ilastik-golden"))
    CHECK(read_lanes((*golden / "PixelClassNoData.ilp").string()).empty());
}

TEST_CASE("images that no file holds are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) { f.remove(raw_place + "/filePath"); }),
             "it does not say where the image is"));
  CHECK(says(refusal_after([](hdf5_editor& f) { f.text(raw_place + "/filePath", ":"); }),
             "it does not say where the image is"));
  auto const server = refusal_after(
      [](hdf5_editor& f) { f.text(raw_place + "/filePath", "https://x.org/a.zarr"); });
  CHECK(says(server, "the image is on a server: 'https://x.org/a.zarr'"));
  CHECK(says(server, "download it"));
  auto const part = refusal_after([](hdf5_editor& f) {
    f.numbers<int>(raw_place + "/subvolume_roi", {0, 1});
  });
  CHECK(says(part, "only a part of the image"));
  CHECK(says(part, "save that part as a file of its own"));
}

TEST_CASE("images that are said to be inside, but are not, are refused", "[ilastik]") {
  auto const internal = [](hdf5_editor& f) {
    f.text(raw_place + "/__class__", "ProjectInternalDatasetInfo");
  };
  CHECK(says(refusal_after([&](hdf5_editor& f) {
               internal(f);
               f.text(raw_place + "/inner_path", "nowhere");
             }),
             "there is no dataset 'nowhere'"));
  CHECK(says(refusal_after([&](hdf5_editor& f) {
               internal(f);
               f.text(raw_place + "/datasetId", "unknown-id");
             }),
             "there is no dataset 'unknown-id'"));
  CHECK(says(refusal_after([&](hdf5_editor& f) {
               internal(f);
               f.remove(raw_place + "/datasetId");
             }),
             "does not say which dataset holds the image"));
}

TEST_CASE("shapes that are impossible or do not fit the axes are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.numbers<std::int64_t>(raw_place + "/shape", {1, 0, 4});
             }),
             "impossible extent 0"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.numbers<std::int64_t>(raw_place + "/shape", {5, 4});
             }),
             "the axes are 'zyx', but the image has 2 axes"));
}

TEST_CASE("what is no project has no lanes to read", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) { f.remove("ilastikVersion"); }),
             "is no ilastik project"));
  CHECK_THROWS_AS(read_lanes("/nowhere/none.ilp"), io_error);
}

TEST_CASE("versions of ilastik are ordered in time", "[ilastik]") {
  std::vector<std::string> const versions{
      "1.2.0rc10", "1.2.2",    "1.3.3", "1.3.3post1",  "1.3.3post2", "1.4.0a2",      "1.4.0b7",
      "1.4.0b15",  "1.4.0rc8", "1.4.0", "1.4.0.post1", "1.4.1",      "1.4.2.post28", "1.10.0"};
  for (std::size_t i = 1; i < versions.size(); ++i) {
    INFO(versions[i - 1] << " < " << versions[i]);
    CHECK(ilastik::detail::parse_version(versions[i - 1]) <
          ilastik::detail::parse_version(versions[i]));
  }
  CHECK(ilastik::detail::parse_version("no version") == ilastik::detail::version{});
  CHECK(ilastik::detail::parse_version("1.4.0b7") ==
        ilastik::detail::version{{1, 4, 0}, ilastik::detail::version::phase::beta, 7});
}

}  // namespace
