// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/dataset_name.hpp"

#include "support/catch.hpp"

using voxstitch::io::usable_dataset_name;

TEST_CASE("usable_dataset_name keeps what HDF5 can hold", "[io]") {
  std::set<std::string> taken;
  CHECK(usable_dataset_name("Background", taken) == "Background");
  CHECK(usable_dataset_name("blood vessel", taken) == "blood vessel");
  CHECK(usable_dataset_name("\xCF\x83 cells.1", taken) == "\xCF\x83 cells.1");
  CHECK(taken.size() == 3);
}

TEST_CASE("usable_dataset_name replaces what HDF5 would misread", "[io]") {
  std::set<std::string> taken;
  CHECK(usable_dataset_name("axon/dendrite", taken) == "axon_dendrite");
  CHECK(usable_dataset_name("  both ends ", taken) == "both ends");
  CHECK(usable_dataset_name(std::string("nul\0inside", 10), taken) == "nul_inside");
  CHECK(usable_dataset_name("tab\tnewline\n", taken) == "tab_newline_");
  CHECK(usable_dataset_name("", taken) == "class");
  CHECK(usable_dataset_name(".", taken) == "class_");
  CHECK(usable_dataset_name("..", taken) == "class__");
}

TEST_CASE("usable_dataset_name never gives a name twice", "[io]") {
  std::set<std::string> taken;
  CHECK(usable_dataset_name("cell", taken) == "cell");
  CHECK(usable_dataset_name("cell", taken) == "cell_2");
  CHECK(usable_dataset_name("cell_2", taken) == "cell_2_2");
  CHECK(usable_dataset_name("cell ", taken) == "cell_3");
  CHECK(usable_dataset_name("   ", taken) == "class");
  CHECK(usable_dataset_name("", taken) == "class_2");
  CHECK(usable_dataset_name("a/b", taken) != usable_dataset_name("a_b", taken));
}
