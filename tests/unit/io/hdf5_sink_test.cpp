// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/hdf5_sink.hpp"

#include <fstream>
#include <set>

#include <sys/mount.h>

#include "support/temporary_folder.hpp"
#include "support/volume_sink_laws.hpp"
#include "voxstitch/io/hdf5_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::hdf5_sink;

namespace {

volume_description describe(any_array<5> const& values, std::string const& axes) {
  volume_description description;
  description.shape = values.shape();
  description.type = values.type();
  description.axes = axes;
  return description;
}

std::set<std::string> names_in(std::filesystem::path const& folder) {
  std::set<std::string> names;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

/// A file system of that size; only root may have one.
class small_disk {
 public:
  small_disk(std::filesystem::path path, int kilobytes) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    auto const options = "size=" + std::to_string(kilobytes) + "k";
    mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  small_disk(small_disk const&) = delete;
  small_disk& operator=(small_disk const&) = delete;
  ~small_disk() {
    if (mounted_) umount(path_.c_str());
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("hdf5_sink keeps the laws of volume_sink", "[io]") {
  temporary_folder const folder;
  random_source random;
  struct output {
    std::string axes;
    coord<5> shape;
    element_type type;
  };
  auto const out = GENERATE(output{"zyx", {{1, 1, 17, 18, 19}}, element_type::uint8},
                            output{"zyxc", {{1, 3, 9, 8, 11}}, element_type::float32},
                            output{"xyz", {{1, 1, 9, 8, 11}}, element_type::int16},
                            output{"tzcyx", {{2, 2, 5, 6, 7}}, element_type::uint64});
  CAPTURE(out.axes);
  auto values = random_volume(out.type, out.shape, random);
  auto const make = [&](std::string const& path) {
    return hdf5_sink(path, {"/exported_data", {{0, 1}}}, describe(values, out.axes),
                     {{1, 1, 4, 5, 6}});
  };
  auto const read_back = [&](std::string const& path) {
    any_array<5> back(out.type, out.shape);
    io::hdf5_source(path, "", io::probe_hdf5(path).axes.value())
        .read(box<5>::at_origin(out.shape), back.view());
    return back;
  };
  check_volume_sink_laws(make, read_back, values, folder.path(), "v.h5");
}

TEST_CASE("hdf5_sink: the file appears when it is complete, and nothing is left over", "[io]") {
  temporary_folder const folder;
  any_array<5> values(element_type::uint8, {{1, 1, 5, 6, 7}});
  auto const path = folder / "v.h5";
  {
    hdf5_sink sink(path.string(), {}, describe(values, "zyx"));
    CHECK(sink.chunk() == values.shape());
    sink.write(box<5>::at_origin(values.shape()), values.view());
    CHECK(!std::filesystem::exists(path));
    sink.finish();
  }
  CHECK(names_in(folder.path()) == std::set<std::string>{"v.h5"});
}

TEST_CASE("hdf5_sink: an unfinished or incomplete volume leaves no file", "[io]") {
  temporary_folder const folder;
  any_array<5> values(element_type::uint8, {{1, 1, 5, 6, 7}});
  {
    hdf5_sink sink((folder / "v.h5").string(), {}, describe(values, "zyx"));
    CHECK_THROWS_AS(sink.finish(), io_error);
    CHECK_THROWS_WITH(sink.finish(), Contains("v.h5.chunks'") && Contains("was never written"));
  }
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("hdf5_sink: an existing file is not touched", "[io]") {
  temporary_folder const folder;
  auto const path = folder / "v.h5";
  std::ofstream(path) << "precious";
  any_array<5> const values(element_type::uint8, {{1, 1, 5, 6, 7}});
  CHECK_THROWS_AS(hdf5_sink(path.string(), {}, describe(values, "zyx")), usage_error);
  CHECK_THROWS_WITH(hdf5_sink(path.string(), {}, describe(values, "zyx")),
                    Contains("v.h5' exists; choose another name"));
  CHECK(bytes_of(path) == "precious");
}

TEST_CASE("hdf5_sink: nor is one that appeared meanwhile", "[io]") {
  temporary_folder const folder;
  auto const path = folder / "v.h5";
  any_array<5> values(element_type::uint8, {{1, 1, 5, 6, 7}});
  hdf5_sink sink(path.string(), {}, describe(values, "zyx"));
  sink.write(box<5>::at_origin(values.shape()), values.view());
  std::ofstream(path) << "precious";
  CHECK_THROWS_WITH(sink.finish(), Contains("v.h5' exists already"));
  CHECK(bytes_of(path) == "precious");
  CHECK(names_in(folder.path()) == std::set<std::string>{"v.h5"});
}

TEST_CASE("hdf5_sink: a full disk is an error, leaves no file, and the process lives on", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint32, {{1, 1, 32, 64, 64}}, random);
  int const kilobytes = GENERATE(100, 700, 900, 1000);  // the volume packs to about 400 KB
  CAPTURE(kilobytes);
  small_disk const disk(folder / "disk", kilobytes);
  if (!disk.mounted()) {
    WARN("SKIPPED: only root can mount the small file system that this test fills");
    return;
  }
  auto const path = disk.path() / "v.h5";
  bool failed = false;
  try {
    hdf5_sink sink(path.string(), {}, describe(values, "zyx"), {{1, 1, 4, 8, 8}});
    sink.write(box<5>::at_origin(values.shape()), values.view());
    sink.finish();
  } catch (io_error const& e) {
    failed = true;
    CHECK_THAT(e.what(), Contains("v.h5.") && Contains("No space left on device; free space"));
  }
  CHECK(failed != std::filesystem::exists(path));
  CHECK((failed || kilobytes > 100));
  CHECK(names_in(disk.path()).size() == (failed ? 0U : 1U));
}
