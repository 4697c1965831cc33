// SPDX-License-Identifier: BSL-1.0
// Any text as a pickle of protocol 0.

#include "fuzz_input.hpp"
#include "fuzz_target.hpp"
#include "voxstitch/ilastik/pickle_text.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::fuzz_input input({data, size});
  std::string const pickle = input.rest();
  fuzz::accepted([&] {
    auto const tokens = ilastik::pickle_tokens(pickle);
    fuzz::promise(!tokens.empty() && tokens.back().code == '.', "a pickle ends with its '.'");
    auto const named = ilastik::find_pickled_class(tokens, "lazyflow.classifiers.");
    fuzz::promise(!named || named->module.starts_with("lazyflow."), "a class of another module");
    static_cast<void>(ilastik::find_pickled_integer(tokens, "_num_trees"));
    static_cast<void>(ilastik::find_pickled_integer(tokens, ""));
  });
  return 0;
}
