// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do all fuzz targets ask of the code they call?
///
/// A target is one function with libFuzzer's name and signature. Whatever the bytes are, the code
/// under test returns or throws a voxstitch::error; all else ends the process: a crash, a
/// sanitizer's report, another exception, memory or time beyond the limits of run.sh, and every
/// promise() that does not hold.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include <tbb/global_control.h>

#include "support/temporary_folder.hpp"
#include "voxstitch/core/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace voxstitch::fuzz {

/// Ends the process when a promise of the code under test is broken.
inline void promise(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Calls `f`, which may refuse.
/// @param names what the message must name: the file
/// @return whether it did not refuse
template <class Function>
bool accepted(Function&& f, std::string const& names = {}) {
  try {
    f();
    return true;
  } catch (error const& refusal) {
    std::string_view const message = refusal.what();
    promise(!message.empty() && message.find(names) != message.npos,
            "a refusal names the file, but this one does not: " + std::string(message));
    return false;
  }
}

/// A file whose content changes from input to input; in TMPDIR, which run.sh keeps in memory.
class scratch_file {
 public:
  explicit scratch_file(std::string const& name) : path_((folder_ / name).string()) {}
  [[nodiscard]] std::string const& path() const { return path_; }
  void write(std::span<std::uint8_t const> bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<char const*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

 private:
  test::temporary_folder folder_;
  std::string path_;
  tbb::global_control one_thread_{tbb::global_control::max_allowed_parallelism, 1};
};

}  // namespace voxstitch::fuzz
