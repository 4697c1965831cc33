// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/detail/hdf5_calls.hpp"

#include <array>
#include <thread>

#include "hdf5_fixture.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

TEST_CASE("the library may be used by many threads at once, and prints nothing", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "t.h5").string();
  any_array<5> values(element_type::uint8, {{1, 1, 1, 20, 20}});
  write_file(path, values, "yx", {{7, 7}});
  std::array<int, 4> done{};
  {
    std::vector<std::jthread> threads;
    for (int& count : done)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          auto const file = h5::open_file(path);
          count += h5::read_numbers<int>(h5::open_dataset(file, "data")).size() == 400 ? 1 : 0;
          count += h5::exists(file, "/nothing") ? 0 : 1;
        }
      });
  }
  CHECK(done == std::array<int, 4>{100, 100, 100, 100});
}
