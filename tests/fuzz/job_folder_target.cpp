// SPDX-License-Identifier: BSL-1.0
// Any bytes as what lies in a job's folder: its manifest, its note of finished outputs, journals
// and packed chunks.

#include <filesystem>

#include "fuzz_target.hpp"
#include "job_seed.hpp"
#include "voxstitch/classify/threshold.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/pipeline/job_run.hpp"

using namespace voxstitch;

namespace {

/// A job on a small volume, which a manifest may say anything about.
pipeline::job small_job() {
  static dense_array<std::uint8_t, 5> values(coord<5>{{2, 1, 20, 30, 40}});
  pipeline::job j(io::any_source(io::view_source(any_view<5>(values.view()), "tzyx")));
  j.classifier.emplace(classify::threshold({100.0F}));
  j.outputs = {{pipeline::output_kind::labels, "l.h5"}};
  j.budget_bytes = 1 << 30;
  return j;
}

void use_manifest(std::filesystem::path const& folder) {
  fuzz::accepted([&] {
    auto const found = pipeline::read_manifest(folder);
    auto const j = small_job();
    auto const p = pipeline::prepare(j, found);
    auto const s = pipeline::blocks_stage(j, p);
    fuzz::promise(s.shards >= 1 && s.shards <= s.what.blocks, "no shard is empty");
    fuzz::promise(pipeline::shard_states(folder, s, "f").size() ==
                      static_cast<std::size_t>(s.shards),
                  "every shard has a state");
  });
}

/// Reads what the journals call finished.
void use_shards(std::filesystem::path const& folder) {
  auto const s = fuzz::seed_stage();
  fuzz::accepted([&] {
    for (auto const& state : pipeline::shard_states(folder, s, "f"))
      fuzz::promise(state.finished >= 0 && state.finished <= state.blocks,
                    "no more blocks are finished than there are");
    auto const all = pipeline::collected(folder, s, "f", 0);
    for (index_t i = 0; i < all.grid().size(); ++i) {
      if (!all.has(i)) continue;
      box<5> const b = all.grid().box_of(all.grid().position_of(i));
      any_array<5> values(all.description().type, b.shape());
      fuzz::accepted([&] { all.read(b, values.view()); });
    }
  });
}

void write(std::filesystem::path const& path, std::string const& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static test::temporary_folder const folder;
  static tbb::global_control const one(tbb::global_control::max_allowed_parallelism, 1);
  if (size == 0) return 0;
  std::string const text(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const shard = folder / "blocks-000000";
  switch (data[0] % 4) {
  case 0:
    write(folder / "manifest.json", text);
    use_manifest(folder.path());
    break;
  case 1:
    write(folder / "done.json", text);
    fuzz::accepted([&] { static_cast<void>(pipeline::final_files::recorded(folder.path())); },
                   "done.json");
    break;
  case 2:
    write(shard / "0.chunks", std::string(1000, 'x'));
    write(shard / "journal", text);
    use_shards(folder.path());
    break;
  default:  // sound lines: what they say is the fuzzer's, and so are the chunks
    write(shard / "0.chunks", text);
    write(shard / "journal", fuzz::sealed_journal(text));
    use_shards(folder.path());
  }
  return 0;
}
