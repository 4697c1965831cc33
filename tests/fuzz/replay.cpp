// SPDX-License-Identifier: BSL-1.0
// Calls a fuzz target once per file of a folder: replay TARGET FOLDER. Without libFuzzer, so that
// the corpus is a test for every compiler. Memory beyond what the corpus may need is refused.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include <sys/resource.h>

/// One target by its name.
struct fuzz_target {
  std::string_view name;
  int (*run)(std::uint8_t const* data, std::size_t size);
};

#include "all_targets.hpp"  // written by CMake

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VOXSTITCH_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VOXSTITCH_SHADOW_MEMORY 1
#endif
#endif

extern "C" char const* __asan_default_options();
extern "C" char const* __asan_default_options() { return "max_allocation_size_mb=512"; }

namespace {

/// (A sanitizer's own memory is larger than any bound; AddressSanitizer has one of its own.)
void bound_memory() {
#if !defined(VOXSTITCH_SHADOW_MEMORY)
  rlimit const most{rlim_t{2} << 30, rlim_t{2} << 30};
  setrlimit(RLIMIT_AS, &most);
#endif
}

std::vector<std::filesystem::path> files_in(char const* folder) {
  std::vector<std::filesystem::path> files;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) return std::fputs("usage: replay TARGET FOLDER\n", stderr), 2;
  auto const target = std::ranges::find(all_targets, std::string_view(argv[1]), &fuzz_target::name);
  if (target == std::end(all_targets)) return std::fputs("replay: unknown target\n", stderr), 2;
  bound_memory();
  auto const files = files_in(argv[2]);
  for (auto const& path : files) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    std::ifstream file(path, std::ios::binary);
    std::vector<char> const bytes{std::istreambuf_iterator<char>(file), {}};
    target->run(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
  }
  std::printf("%zu inputs: nothing found\n", files.size());
  return files.empty() ? 1 : 0;
}
