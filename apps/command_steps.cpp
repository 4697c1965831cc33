// SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include "arguments.hpp"
#include "begun_job.hpp"
#include "classic_commands.hpp"
#include "commands.hpp"
#include "job_report.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::file_lock;

char const* const split_help =
    "voxstitch split [--project P] INPUT --job DIR -o KIND=PATH [-o ...] [--shards N]\n"
    "\n"
    "Begins a job for any number of processes that share the folder DIR: decides blocks, chunks "
    "and\n"
    "shards, checks input and outputs, and copies the input into chunks where that is cheaper.\n"
    "\n"
    "  --job DIR    the job's folder; every process must see it, the input and the outputs\n"
    "  --shards N   parts of the work, each for one process at a time; default: 64\n"
    "  --fresh      start anew although there is unfinished work in DIR\n"
    "  all other options are those of voxstitch run\n"
    "With --materialize DIR instead of a job: the classic workflow's sub-volume files; see\n"
    "voxstitch split --materialize --help.\n"
    "\n"
    "Example: three processes, anywhere, in any order, again after a crash:\n"
    "  voxstitch split --project brain-cells.ilp \"slices/slice_*.tif\" --job j -o labels=l.h5\n"
    "  voxstitch classify --job j --shard 1/3        (2/3 and 3/3 elsewhere)\n"
    "  voxstitch merge --job j\n";

char const* const classify_help =
    "voxstitch classify --job DIR [--shard i/n]\n"
    "\n"
    "Classifies blocks of the job that voxstitch split began in DIR. Any number of processes may\n"
    "do so at the same time, each its own part; what is done already is left out.\n"
    "\n"
    "  --shard i/n    the i-th of n equal parts, i from 1 to n; default: all\n"
    "  --threads N    default: all cores        --ram 8G   default: 80 % of the memory\n"
    "  --progress bar|plain|json|none\n"
    "With --classic FILES instead of a job: the classic workflow's class files; see\n"
    "voxstitch classify --classic --help.\n"
    "\n"
    "Example, in a Slurm array of eight:\n"
    "  voxstitch classify --job j --shard $SLURM_ARRAY_TASK_ID/8\n";

char const* const merge_help =
    "voxstitch merge --job DIR [--link]\n"
    "\n"
    "Makes the final files of a job whose shards are all complete; names those that are not.\n"
    "Compressed chunks are copied as they are. A file is complete or not there; DIR goes at the "
    "end.\n"
    "\n"
    "  --link         HDF5 outputs become virtual datasets: the chunks stay in DIR, in one file "
    "per\n"
    "                 shard, and are not copied\n"
    "  --overwrite    replace outputs that exist\n"
    "With --classic FILES instead of a job: the classic workflow's class files; see\n"
    "voxstitch merge --classic --help.\n"
    "\n"
    "Example:\n"
    "  voxstitch merge --job j\n";

constexpr vox::index_t default_shards = 64;

own_words const words_of_split{.refused = {"link", "shard", "picture", "report"}};

/// Options that say what a job makes, which is decided when it begins.
std::vector<std::string> const words_of_a_new_job{
    "project", "classifier", "class-names", "halo",        "normalise", "mask",   "output",
    "classes", "dtype",      "axes",        "stack-along", "roi",       "block",  "chunk",
    "stitch",  "overlap",    "fresh",       "shards",      "picture",   "report", "input"};

/// Of a command that goes on with a job, which has its options already.
own_words words_of_step(char const* other) {
  own_words own{.refused = words_of_a_new_job};
  own.refused.emplace_back(other);
  return own;
}

}  // namespace

int split(std::vector<std::string> const& words) {
  if (asks_for_files(words)) return split_into_files(words);
  auto options = parse_job_options(words, words_of_split);
  if (options.help) return std::fputs(split_help, stdout), 0;
  if (options.job_folder.empty())
    throw usage_error("split: name the job's folder, which all processes see, with --job DIR");
  if (options.shards == 0) options.shards = default_shards;
  signal_watch const signals;
  auto const job = begin_job(options, signals.token());
  if (!job) return 0;
  auto const& staging = job->prepared.what.staging;
  print(plan_lines(job->setup, job->prepared,
                   staging ? staging->what.peak_bytes
                           : job->setup.job.process_bytes + vox::pipeline::slack_bytes));
  auto const steps = job->steps();
  int const code = work_on(*job, steps.state(), options, signals, true, [&](auto const& control) {
    steps.stage_input(control);
    vox::throw_if_stopped(control.stop);
  });
  if (code != 0) return code;
  std::printf("next        voxstitch classify --job %s [--shard 1/n], then voxstitch merge; "
              "shards: %lld\n",
              options.job_folder.c_str(), static_cast<long long>(job->prepared.shards));
  return 0;
}

int classify(std::vector<std::string> const& words) {
  if (asks_for_files(words)) return classify_files(words);
  auto const options = parse_job_options(words, words_of_step("link"));
  if (options.help) return std::fputs(classify_help, stdout), 0;
  auto const mine = part("--shard", options.shard);
  signal_watch const signals;
  auto const job = join_job(options, file_lock::use::shared, signals.token());
  auto const shards = job.prepared.shards;
  print(plan_lines(job.setup, job.prepared, peak_of(job.prepared.what)));
  stopwatch const watch;
  auto const steps = job.steps();
  auto const before = steps.state();
  int const code = work_on(job, before, options, signals, false, [&](auto const& control) {
    steps.classify(mine.first(shards), mine.last(shards), control);
    vox::throw_if_stopped(control.stop);
  });
  if (code != 0) return code;
  auto const now = steps.state();
  summarise(job.setup, job.prepared, now.voxels - before.voxels, watch);
  std::printf("next        %s are done%s\n", blocks_text(now).c_str(),
              now.complete() ? (": voxstitch merge --job " + options.job_folder).c_str() : "");
  return 0;
}

int merge(std::vector<std::string> const& words) {
  if (asks_for_files(words)) return merge_files(words);
  auto const options = parse_job_options(words, words_of_step("shard"));
  if (options.help) return std::fputs(merge_help, stdout), 0;
  signal_watch const signals;
  auto const job = join_job(options, file_lock::use::alone, signals.token());
  run_record record;
  if (vox::pipeline::final_files::has_record(job.folder.path())) {
    vox::pipeline::final_files::finish(job.folder.path());
  } else {
    require_free_places(job.setup.job, job.prepared);
    auto const& stitching = job.prepared.stitching;
    print(plan_lines(
        job.setup, job.prepared,
        std::max(merge_peak(job.setup.job, job.prepared), stitching ? stitching->peak_bytes : 0)));
    auto const steps = job.steps();
    int const code = work_on(job, steps.state(), options, signals, false, [&](auto const& control) {
      auto const note = [&] { return provenance(options, job.setup, job.prepared, record); };
      if (stitching) record.stage("stitch", [&] { steps.stitch(control); });
      record.stage("merge", [&] { options.link ? steps.link(note) : steps.merge(note); });
    });
    if (code != 0) return code;
  }
  job.steps().clear_up(job.folder);
  auto const bytes = file_bytes(files_of(job.prepared));
  std::printf("done        %s in %s: %s/s; peak memory %s\n", memory_text(bytes).c_str(),
              duration_text(record.watch().wall()).c_str(),
              memory_text(static_cast<std::int64_t>(double(bytes) / record.watch().wall())).c_str(),
              memory_text(peak_resident_bytes()).c_str());
  return 0;
}

}  // namespace app
