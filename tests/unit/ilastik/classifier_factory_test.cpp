// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/classifier_factory.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/pickle_text.hpp"

using namespace voxstitch::ilastik;

TEST_CASE("the pickle of a factory says what it would train", "[ilastik]") {
  std::string const pickle = pickle_of({70, 12});
  auto const tokens = pickle_tokens(pickle);
  CHECK(find_pickled_integer(tokens, "_num_trees") == 70);
  CHECK(find_pickled_integer(tokens, "_num_forests") == 12);
  CHECK(find_pickled_value(tokens, "_label_proportion")->code == 'N');
  CHECK(find_pickled_class(tokens, "lazyflow.")->name ==
        "ParallelVigraRfLazyflowClassifierFactory");
}

TEST_CASE("the pickle of a factory is ilastik's, byte by byte", "[ilastik]") {
  auto const folder = voxstitch::test::test_data("brain-lightsheet");
  if (!folder) return;
  detail::project_file const file((*folder / "brain-cells.ilp").string());
  CHECK(pickle_of({100, 2}) == file.text("PixelClassification/ClassifierFactory"));
}
