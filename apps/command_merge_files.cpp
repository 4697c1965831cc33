// SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include "arguments.hpp"
#include "classic_commands.hpp"
#include "classic_job.hpp"
#include "classic_options.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/pipeline/classic_merge.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::classic_set;

char const* const merge_files_help =
    "voxstitch merge --classic FILES... -o OUT.h5\n"
    "\n"
    "Makes one file of the volume from the class files of sub-volumes (subvol_NAME00000.h5, ...),\n"
    "whatever wrote them: one dataset per class, of any name and type. Each voxel comes from the\n"
    "file whose core holds it (/orig_indices); the type is kept, so masks, raw values and float32\n"
    "probabilities merge alike. All files are read and compared before work starts: a file that "
    "is\n"
    "missing, or of other classes, types or extents, is an error that names it.\n"
    "\n"
    "  FILES            paths or quoted patterns\n"
    "  -o OUT.h5        appears when it is complete\n"
    "  --chunk Z,Y,X    of the output, clipped to the volume; default: 64,64,64\n"
    "  --threads N  --ram 8G  --progress STYLE   as in voxstitch run\n"
    "  --overwrite      replace an output that exists\n"
    "\n"
    "Example:\n"
    "  voxstitch merge --classic \"classes/subvol_brain*.h5\" -o volume_brain.h5\n";

std::string output_of(classic_options const& o) {
  auto const place = vox::io::split_hdf5_path(o.target);
  if (!place || !place->internal.empty())
    throw usage_error("merge --classic: -o '" + o.target + "': name an HDF5 file, as -o volume.h5");
  return place->file;
}

void print_plan(classic_set const& set, vox::pipeline::plan const& p, std::string const& output,
                std::int64_t allowed) {
  std::vector<std::string> lines{
      "input       " + std::to_string(set.files.size()) + " files, from " +
          vox::quoted(set.files.front().path) + " to " + vox::quoted(set.files.back().path) +
          ": their cores make up " + to_string(set.shape()) + " voxels (z,y,x)",
      "memory      " + memory_text(p.peak_bytes) + " at the peak, of " + memory_text(allowed) +
          " allowed"};
  for (auto const& d : set.datasets)
    lines.push_back("output      " + output + "/" + d.name + "  (" + to_string(d.description.type) +
                    ", axes zyx)");
  print(lines);
}

}  // namespace

int merge_files(std::vector<std::string> const& words) {
  if (has_option(words, "--help") || has_option(words, "-h"))
    return std::fputs(merge_files_help, stdout), 0;
  auto const o = parse_classic_options("merge --classic", words, {"output,o", "chunk"});
  auto const output = output_of(o);
  signal_watch const signals;
  auto const files = files_named("merge --classic", o.inputs);
  auto const set = as_input([&] { return vox::pipeline::read_classic_set(files); });
  require_all_axes(o.common, set.shape());
  auto facts = facts_of_files(files);
  facts.add("--chunk", o.common.chunk ? to_string(*o.common.chunk) : "");
  require_writable(std::filesystem::path(output).parent_path());
  vox::pipeline::scratch_folder const scratch(output + ".parts");
  if (!o.common.overwrite && vox::pipeline::recorded_fingerprint(output) == facts.text())
    return std::puts("already done: the output is there and was made from these same files"), 0;
  require_free_place(output, o.common.overwrite);
  auto const means = o.means(resident_bytes());
  auto const p = plan_merge(set, means);
  print_plan(set, p, output, o.common.ram);
  stopwatch const watch;
  auto const voxels = product(set.shape()) * static_cast<vox::index_t>(set.datasets.size());
  auto const record = [&] { return record_of(facts, {{"plan", to_json(p)}}, watch); };
  int const code = work_on_voxels(
      o.common, signals, voxels,
      [] { return "there is no output; the sub-volume files are as they were"; },
      [&](auto const& control) { merge_classic(set, output, means, control, scratch, record); });
  if (code != 0) return code;
  print_done({output}, voxels, watch);
  return 0;
}

bool asks_for_files(std::vector<std::string> const& words) {
  return has_option(words, "--materialize") || has_option(words, "--classic");
}

}  // namespace app
