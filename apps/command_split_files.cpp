// SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <filesystem>
#include <set>

#include "arguments.hpp"
#include "classic_commands.hpp"
#include "classic_job.hpp"
#include "classic_options.hpp"
#include "input_file.hpp"
#include "voxstitch/pipeline/classic_split.hpp"

namespace app {

namespace {

namespace fs = std::filesystem;
namespace vox = voxstitch;
using vox::pipeline::classic_split;

char const* const split_command = "split --materialize";

char const* const split_files_help =
    "voxstitch split INPUT --materialize DIR_OR_PREFIX [--block Z,Y,X] [--overlap Z,Y,X]\n"
    "\n"
    "Writes the sub-volume files of the classic split-classify-merge workflow: NAME00000.hdf5, "
    "...\n"
    "with the datasets /NAME00000 (core and overlap; axes z, y, x), /orig_indices (z0, z1, y0, "
    "y1,\n"
    "x0, x1 of the core), /left_overlap and /right_overlap (z, y, x). An overlap that would leave\n"
    "the volume is clipped; a last block thinner than half a block joins its neighbour.\n"
    "\n"
    "  --materialize    a folder (made if it ends with / or --name is given), or a folder and the\n"
    "                   begin of the names: parts/brain\n"
    "  --name NAME      begin of the names in that folder; default: block\n"
    "  --block Z,Y,X    voxels of a core; default: 400,400,600\n"
    "  --overlap Z,Y,X  default: 20,20,20; no less than the classifier's reach avoids seams\n"
    "                   (voxstitch info PROJECT tells it)\n"
    "  --chunk Z,Y,X    of the files, clipped to them; default: 64,64,64\n"
    "  --axes zyx  --stack-along z  --threads N  --ram 8G  --progress STYLE   as in voxstitch run\n"
    "  --overwrite      replace files that exist\n"
    "\n"
    "Stopped or killed, the same command goes on with the files that are missing.\n"
    "\n"
    "Example:\n"
    "  voxstitch split \"slices/slice_*.tif\" --materialize parts/ --name brain --overlap "
    "40,40,40\n";

bool names_folder(classic_options const& o) {
  return o.target.ends_with('/') || !o.name.empty() || fs::is_directory(o.target);
}

/// Folder and begin of the names.
fs::path stem_of(classic_options const& o) {
  if (!names_folder(o)) return o.target;
  if (o.name.find('/') != std::string::npos)
    throw usage_error("--name '" + o.name +
                      "' must not hold a slash; the folder is that of --materialize");
  return fs::path(o.target) / (o.name.empty() ? "block" : o.name);
}

/// Files in the folder that are named as sub-volumes of that stem are.
std::vector<std::string> numbered_files(fs::path const& stem) {
  std::string const name = stem.filename().string();
  fs::path const folder = stem.parent_path().empty() ? "." : stem.parent_path();
  std::vector<std::string> found;
  if (!fs::is_directory(folder)) return found;
  for (auto const& entry : fs::directory_iterator(folder)) {
    std::string const file = entry.path().filename().string();
    if (!file.starts_with(name) || entry.path().extension() != ".hdf5") continue;
    std::string const digits = entry.path().stem().string().substr(name.size());
    bool const numbered = digits.find_first_not_of("0123456789") == std::string::npos;
    if (digits.size() >= 5 && numbered) found.push_back((stem.parent_path() / file).string());
  }
  vox::io::sort_naturally(found);
  return found;
}

/// Files of another split would be taken for this one's by whoever reads the folder.
void refuse_others(classic_split const& s, std::vector<std::string> const& existing) {
  std::set<std::string> ours;
  for (vox::index_t i = 0; i < s.blocks().size(); ++i) ours.insert(s.file(i));
  for (auto const& file : existing)
    if (!ours.contains(file))
      throw usage_error("output: " + vox::quoted(file) +
                        " is of another split and would stay "
                        "beside the new files; move it away, or choose another --name");
}

/// How a split stands to what it finds.
struct beginning {
  std::string record;  ///< path of the note that says how the files were made
  bool replaces = false;
  bool goes_on = false;
};

/// @throws usage_error when files are there that may not be replaced.
beginning begin(classic_split const& s, vox::pipeline::fingerprint const& facts, bool overwrite) {
  auto const existing = numbered_files(s.stem);
  refuse_others(s, existing);
  std::string const stem = s.stem.string();
  beginning b{vox::pipeline::provenance_name(stem), overwrite && !existing.empty(), false};
  if (existing.empty() || overwrite) return b;
  if (vox::pipeline::recorded_fingerprint_in(b.record) != facts.text())
    throw usage_error("output " + vox::quoted(existing.front()) +
                      " exists and was not made by this same command; choose another --name or "
                      "folder, or give --overwrite to replace it");
  b.goes_on = true;
  return b;
}

vox::pipeline::fingerprint facts_of(classic_options const& o, classic_split const& s,
                                    std::vector<std::string> const& files) {
  auto facts = facts_of_files(files);
  facts.add("the input", absolute_name(o.inputs.front()))
      .add("the axes", s.input.description().axes)
      .add("--block", to_string(o.block))
      .add("--overlap", to_string(o.overlap))
      .add("--chunk", o.common.chunk ? to_string(*o.common.chunk) : "");
  return facts;
}

void print_plan(classic_split const& s, vox::pipeline::plan const& p, std::int64_t allowed) {
  auto const blocks = s.blocks();
  print({"input       " + description_text(s.input.description()),
         "files       " + std::to_string(blocks.size()) + ", " + s.file(0) + " ...: cores of " +
             to_string(s.block) + " voxels (z,y,x) and " + to_string(s.overlap) +
             " around them, clipped to the volume",
         "memory      " + memory_text(p.peak_bytes) + " at the peak, of " + memory_text(allowed) +
             " allowed"});
  if (p.decodes.times > vox::pipeline::most_decodes)
    warn({"every strip or chunk of the input is decoded about " +
          std::to_string(static_cast<int>(p.decodes.times + 0.5)) +
          " times; more --ram helps, or first make one volume of it: voxstitch run INPUT -o "
          "raw=volume.h5"});
}

std::vector<std::string> done_files(classic_split const& s) {
  std::vector<std::string> files;
  for (vox::index_t i = 0; i < s.blocks().size(); ++i)
    if (fs::exists(s.file(i))) files.push_back(s.file(i));
  return files;
}

vox::index_t voxels_left(classic_split const& s, bool all) {
  vox::index_t voxels = 0;
  for (auto const& b : s.blocks())
    if (all || !fs::exists(s.file(b.index))) voxels += b.result.size();
  return voxels;
}

std::string kept_text(classic_split const& s, bool replaces) {
  if (replaces) return "files that were replaced are complete; the same command begins anew";
  return std::to_string(done_files(s).size()) + " of " + std::to_string(s.blocks().size()) +
         " files are complete; the same command goes on";
}

/// The record is written when all files are new; before the first one where nothing is replaced, so
/// that the same command may go on.
template <class Work, class Record>
int with_record(beginning const& how, Record const& record, Work const& work) {
  if (how.replaces) fs::remove(how.record);
  if (!how.replaces && !how.goes_on) vox::io::write_whole_file(how.record, record());
  int const code = work();
  if (code == 0 && how.replaces) vox::io::write_whole_file(how.record, record());
  return code;
}

classic_options read_split_words(std::vector<std::string> const& words) {
  auto o = parse_classic_options(
      split_command, words,
      {"materialize", "name", "block", "overlap", "chunk", "axes", "stack-along"});
  if (o.inputs.size() != 1)
    throw usage_error("split --materialize: give one input; quote a pattern so that the shell does "
                      "not expand it: \"slices/slice_*.tif\"");
  if (o.target.empty()) throw usage_error("--materialize: name a folder, or a folder and a name");
  return o;
}

}  // namespace

int split_into_files(std::vector<std::string> const& words) {
  if (has_option(words, "--help") || has_option(words, "-h"))
    return std::fputs(split_files_help, stdout), 0;
  auto const o = read_split_words(words);
  signal_watch const signals;
  auto const opened = open_input(o.inputs.front(), {o.common.axes, o.common.stack_along, ""});
  require_all_axes(o.common, vox::spatial(opened.source.description().shape));
  warn(opened.warnings);
  classic_split const s{opened.source, o.block, o.overlap, stem_of(o)};
  auto const means = o.means(resident_bytes());
  auto const p = plan_split(s, means);
  auto const facts = facts_of(o, s, opened.files);
  if (names_folder(o)) make_folder(o.target);
  require_writable(s.stem.parent_path());
  vox::pipeline::scratch_folder const scratch(s.stem.string() + ".parts");
  auto const how = begin(s, facts, o.common.overwrite);
  print_plan(s, p, o.common.ram);
  if (how.goes_on) std::printf("resumed     %s\n", kept_text(s, false).c_str());
  stopwatch const watch;
  vox::index_t const voxels = voxels_left(s, how.replaces);
  using existing = vox::pipeline::existing_files;
  auto const work = [&](auto const& control) {
    split_classic(s, p, means, control, scratch, how.replaces ? existing::replace : existing::keep);
  };
  auto const record = [&] {
    return record_of(facts, {{"input", o.inputs.front()}, {"plan", to_json(p)}}, watch);
  };
  int const code = with_record(how, record, [&] {
    return work_on_voxels(
        o.common, signals, voxels, [&] { return kept_text(s, how.replaces); }, work);
  });
  if (code == 0) print_done(done_files(s), voxels, watch);
  return code;
}

}  // namespace app
