// SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include "arguments.hpp"
#include "commands.hpp"
#include "output_places.hpp"
#include "report_file.hpp"

namespace app {

namespace {

char const* const report_help =
    "voxstitch report INPUT RESULT [RESULT...] -o PAGE.html\n"
    "\n"
    "One page about a finished result, to look at in any browser, without a network: slices with\n"
    "the classes over them, shares and volumes of the classes, the most uncertain places, seams,\n"
    "time and memory of the run, where the files came from. A RESULT is labels, probabilities or\n"
    "an uncertainty that anybody made of INPUT: a file.h5/dataset, .tif or .npy.\n"
    "\n"
    "  KIND=PATH        labels, probabilities, uncertainty: what a RESULT is, if it is not clear\n"
    "  --truth PATH     labels of the truth (0: not known): adds the Dice coefficient per class\n"
    "  --class-names A,B,..., or --project P.ilp    when the files do not say the names\n"
    "  --block Z,Y,X    blocks that RESULT was made of; default: its .provenance.json, or "
    "64,64,64\n"
    "  --roi Z0:Z1,Y0:Y1,X0:X1    as RESULT was made with; default: its .provenance.json\n"
    "  --axes zyx, --result-axes zyxc     of INPUT and of RESULTs, when the files do not say\n"
    "  --stack-along z  the axis that a stack's files follow\n"
    "  --overwrite      replace a page that exists\n"
    "  --threads N, --ram 8G, --progress bar|plain|json|none   --config FILE   as for run\n"
    "\n"
    "Every volume is read once, in bounded memory; `run --report PAGE.html` does it after a run.\n"
    "\n"
    "Example:\n"
    "  voxstitch report \"slices/slice_*.tif\" labels.h5 probabilities.h5 -o report.html\n";

own_words const words_of_report{.options = {"truth", "result-axes"},
                                .rest = "result",
                                .output_is_file = true,
                                .refused = {"classifier", "halo", "normalise", "mask", "chunk",
                                            "classes", "dtype", "stitch", "overlap", "job", "fresh",
                                            "link", "shards", "shard", "picture", "report"}};

/// What is read.
std::vector<named_files> files_of(report_request const& r) {
  std::vector<named_files> files{files_named("the input", r.input), files_named("--truth", r.truth),
                                 files_named("--project", r.project)};
  for (auto const& word : r.results)
    files.push_back(files_named("the result", path_of_result(word)));
  return files;
}

}  // namespace

int report(std::vector<std::string> const& words) {
  auto const o = parse_job_options(words, words_of_report);
  if (o.help) return std::fputs(report_help, stdout), 0;
  if (o.report.empty()) throw usage_error("report: name the page to write with -o PAGE.html");
  require_free_page(o.report, o.overwrite);
  report_request const request{o.input,       o.rest,        o.own.at("truth"),
                               o.project,     o.axes,        o.own.at("result-axes"),
                               o.stack_along, o.class_names, o.region};
  auto const read = files_of(request);
  require_apart("report", o.report, read);
  require_outside("report", o.report, read);
  signal_watch const signals;
  return write_report(request, o, signals);
}

}  // namespace app
