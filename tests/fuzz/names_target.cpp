// SPDX-License-Identifier: BSL-1.0
// Any text as a path, a pattern, a label or the name of one slice of a stack.

#include "fuzz_input.hpp"
#include "fuzz_target.hpp"
#include "voxstitch/io/dataset_name.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/hdf5_path.hpp"

using namespace voxstitch;

namespace {

void check_order(std::string const& a, std::string const& b, std::string const& c) {
  bool const equal = a == b;
  fuzz::promise(io::natural_less(a, b) != io::natural_less(b, a) || equal, "one goes first");
  fuzz::promise(!(io::natural_less(a, b) && io::natural_less(b, c)) || io::natural_less(a, c),
                "the order of names is transitive");
}

void check_dataset_names(std::string const& a, std::string const& b) {
  std::set<std::string> taken;
  for (auto const& label : {a, b, a}) {
    auto const name = io::usable_dataset_name(label, taken);
    fuzz::promise(!name.empty() && name.find('/') == name.npos && name.find('\0') == name.npos,
                  "a name of a dataset");
  }
  fuzz::promise(taken.size() == 3, "every label has its own name");
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static test::temporary_folder const empty_folder;
  fuzz::fuzz_input input({data, size});
  std::string const a = input.text(255);
  std::string const b = input.text(255);
  std::string const c = input.text(255);
  check_order(a, b, c);
  check_dataset_names(a, b);
  if (auto const inside = io::split_hdf5_path(a))
    fuzz::promise(a.starts_with(inside->file + inside->internal), "the parts of a path");
  static_cast<void>(io::numbering_gaps({a, b, c}));
  static_cast<void>(io::detail::nearest(a, {b, c}));
  std::string const pattern = (empty_folder / "").string() + io::detail::family_of(a);
  fuzz::accepted([&] { static_cast<void>(io::files_matching(pattern)); });
  return 0;
}
