// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/detail/paged_list.hpp"

#include <tbb/parallel_for.h>

#include "support/catch.hpp"

using namespace voxstitch;
using list = io::detail::paged_list<int>;

TEST_CASE("paged_list: what was not set is nothing, and is passed over in pages", "[io]") {
  index_t const size = 5 * list::page_size + 3;
  list numbers(size);
  CHECK(numbers.size() == size);
  CHECK(numbers.skip_missing_pages(0) == size);
  CHECK(numbers.skip_missing_pages(size) == size);
  index_t const at = 3 * list::page_size + 7;
  numbers.set(at, 42);
  CHECK(numbers[at] == 42);
  CHECK(numbers[at + 1] == 0);
  CHECK(numbers[0] == 0);
  CHECK(numbers[size - 1] == 0);
  CHECK(numbers.skip_missing_pages(0) == 3 * list::page_size);
  CHECK(numbers.skip_missing_pages(at + 1) == at + 1);
  CHECK(numbers.skip_missing_pages(4 * list::page_size) == size);
  numbers.set(size - 1, 7);
  CHECK(numbers.skip_missing_pages(4 * list::page_size) == 5 * list::page_size);
}

TEST_CASE("paged_list: different elements may be set at once", "[io]") {
  index_t const size = 20 * list::page_size;
  list numbers(size);
  tbb::parallel_for(index_t{0}, size, [&](index_t i) { numbers.set(i, static_cast<int>(i) + 1); });
  bool all = true;
  for (index_t i = 0; i < size; ++i) all = all && numbers[i] == i + 1;
  CHECK(all);
}
