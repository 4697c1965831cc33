// SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <filesystem>

#include "begun_job.hpp"
#include "commands.hpp"
#include "job_report.hpp"
#include "output_places.hpp"
#include "picture.hpp"
#include "report_file.hpp"
#include "voxstitch/io/file_name.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

char const* const run_help =
    "voxstitch run [--project P] INPUT -o KIND=PATH [-o ...]     (plan: the same, runs nothing)\n"
    "\n"
    "  INPUT            \"dir/slice_*.tif\" (quoted), a folder, a TIFF, file.h5/dataset, .npy, "
    ".png\n"
    "  -o KIND=PATH     probabilities, labels, uncertainty, classes, disagreement, raw; to "
    ".h5[/dataset], .tif, "
    ".npy\n"
    "  --project P.ilp  a trained ilastik pixel classification project\n"
    "  --classifier C   instead of a project: threshold:V[,V...], or exec:\"CMD {input} "
    "{output}\"\n"
    "    with --class-names A,B,... [--halo Z,Y,X] [--normalise]: any program classifies the "
    "blocks\n"
    "  --stitch HOW     mean, linear, bump, max, vote: blend blocks that overlap by --overlap "
    "Z,Y,X\n"
    "  --classes WHAT   what class maps hold: mask (default), masked-raw, probability\n"
    "  --dtype uint8    probabilities as round(255 p)\n"
    "  --mask PATH      classify only where it is above 0; labels are 0 elsewhere\n"
    "  --roi Z0:Z1,Y0:Y1,X0:X1   only this part, computed with its full surroundings\n"
    "  --axes zyx       the input's axes, slowest first, when the file does not say\n"
    "  --stack-along z  the axis that a stack's files follow\n"
    "  --threads N      default: all cores          --ram 8G   default: 80 % of the memory\n"
    "  --block Z,Y,X    default: the plan's choice  --chunk Z,Y,X   default: 64,64,64\n"
    "  --job DIR        where unfinished work is kept; default: beside the first output\n"
    "  --fresh          start anew although there is unfinished work of this job, or another\n"
    "  --overwrite      replace outputs that exist\n"
    "  --picture P.png  a raw slice beside its labels   --report P.html  a page about the result\n"
    "  --progress bar|plain|json|none               --config FILE   options as key = value lines\n"
    "\n"
    "Example:\n"
    "  voxstitch run --project brain-cells.ilp \"slices/slice_*.tif\" -o labels=l.h5 -o "
    "classes=c.h5\n"
    "  voxstitch run \"slices/slice_*.tif\" -o raw=volume.h5        (a stack becomes one volume)\n";

/// The outputs that a report can show, as KIND=PATH.
std::vector<std::string> shown_outputs(job_options const& o) {
  using vox::pipeline::output_kind;
  std::vector<std::string> results;
  bool has_classes = false;
  for (auto const& output : vox::pipeline::plan_outputs(o.outputs, {})) {
    auto const kind = output.request.kind;
    bool const classes = kind == output_kind::labels || kind == output_kind::probabilities;
    has_classes = has_classes || classes;
    if (classes || kind == output_kind::uncertainty)
      results.push_back(to_string(kind) + "=" + output.datasets[0].file + output.datasets[0].name);
  }
  if (!has_classes)
    throw usage_error("--report shows labels or probabilities: ask for one of them too, with -o "
                      "labels=PATH");
  return results;
}

/// Then this job was done before, or it is refused.
bool outputs_are_there(job_options const& o) {
  bool all_there = true;
  for (auto const& output : vox::pipeline::plan_outputs(o.outputs, {}))
    for (auto const& d : output.datasets) all_there = all_there && std::filesystem::exists(d.file);
  return all_there;
}

/// A page may be there when all outputs are, too.
void require_report_is_possible(job_options const& o) {
  if (o.report.empty()) return;
  static_cast<void>(shown_outputs(o));
  require_free_page(o.report, o.overwrite || outputs_are_there(o));
}

/// Said before hours of work. A picture may be there when all outputs are: it is the last to
/// appear.
void require_picture_is_possible(job_options const& o) {
  if (o.picture.empty()) return;
  if (vox::io::extension_of(o.picture) != ".png")
    throw usage_error("--picture '" + o.picture +
                      "': a picture is a PNG; name a file that ends in .png");
  if (std::filesystem::is_directory(o.picture))
    throw usage_error("--picture '" + o.picture + "' is a folder; name a file in it");
  if (std::filesystem::exists(o.picture) && !o.overwrite && !outputs_are_there(o))
    throw usage_error("--picture '" + o.picture +
                      "' exists; name another file, or give --overwrite to replace it");
  auto const folder = std::filesystem::absolute(o.picture).parent_path();
  if (!std::filesystem::is_directory(folder))
    throw usage_error("--picture '" + o.picture + "': there is no folder '" + folder.string() +
                      "'; make it first");
  vox::pipeline::require_writable_folder(o.picture);
}

/// The picture that appears with the outputs, if one was asked for.
std::optional<vox::pipeline::job_run::companion>
picture_of(job_options const& o, begun_job const& job, vox::pipeline::job_run const& steps) {
  if (o.picture.empty()) return std::nullopt;
  return vox::pipeline::job_run::companion{
      o.picture,
      [&](std::string const& path) { write_picture(path, job.setup.job, job.prepared, steps); }};
}

/// @return the exit code
int report_if_asked(job_options const& o, signal_watch const& signals) {
  if (o.report.empty()) return 0;
  return write_report(
      {o.input, shown_outputs(o), "", o.project, o.axes, "", o.stack_along, "", o.region}, o,
      signals);
}

/// Every output was there before; so may be picture and page.
int report_on_done_job(job_options const& o, signal_watch const& signals) {
  if (!o.picture.empty() && !std::filesystem::exists(o.picture))
    warn({"--picture '" + o.picture +
          "' is made with the outputs, which are there already: none was made; voxstitch report "
          "shows them, --overwrite makes all anew"});
  return std::filesystem::exists(o.report) && !o.overwrite ? 0 : report_if_asked(o, signals);
}

own_words const words_of_run{.refused = {"link", "shard"}};

}  // namespace

int plan(std::vector<std::string> const& words) {
  auto const options = parse_job_options(words, words_of_run);
  if (options.help) return std::fputs(run_help, stdout), 0;
  auto const setup = set_up(options);
  warn(setup.warnings);
  auto const prepared = vox::pipeline::prepare(setup.job);
  require_outputs_apart(options, setup, prepared);
  print(plan_lines(setup, prepared));
  return 0;
}

int run(std::vector<std::string> const& words) {
  auto const options = parse_job_options(words, words_of_run);
  if (options.help) return std::fputs(run_help, stdout), 0;
  require_report_is_possible(options);
  require_picture_is_possible(options);
  signal_watch const signals;
  auto const job = begin_job(options, signals.token());
  if (!job) return report_on_done_job(options, signals);
  print(plan_lines(job->setup, job->prepared));
  run_record record;
  auto const steps = job->steps();
  auto const before = steps.state();
  record.blocks_before = before.finished;
  int const code = work_on(*job, before, options, signals, true, [&](auto const& control) {
    if (job->prepared.what.staging) record.stage("staging", [&] { steps.stage_input(control); });
    record.stage("classify", [&] { steps.classify(0, job->prepared.shards, control); });
    if (job->prepared.stitching) record.stage("stitch", [&] { steps.stitch(control); });
    vox::throw_if_stopped(control.stop);
    record.stage("merge", [&] {
      steps.merge([&] { return provenance(options, job->setup, job->prepared, record); },
                  picture_of(options, *job, steps));
    });
  });
  if (code != 0) return code;
  steps.clear_up(job->folder);
  summarise(job->setup, job->prepared, voxels_of(job->prepared) - before.voxels, record.watch());
  return report_if_asked(options, signals);
}

}  // namespace app
