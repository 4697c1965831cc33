// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdio>
#include <optional>

#include "commands.hpp"
#include "job_setup.hpp"
#include "picture.hpp"
#include "process.hpp"
#include "signals.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

char const* const help =
    "voxstitch run [--project P] INPUT -o KIND=PATH [-o ...]     (plan: the same, runs nothing)\n"
    "\n"
    "  INPUT            \"dir/slice_*.tif\" (quoted), a folder, a TIFF, file.h5/dataset, .npy, "
    ".png\n"
    "  -o KIND=PATH     probabilities, labels, uncertainty, classes, raw; to .h5[/dataset], .tif, "
    ".npy\n"
    "  --project P.ilp  a trained ilastik pixel classification project\n"
    "  --classifier C   instead of a project: threshold:V[,V...]\n"
    "  --classes WHAT   what class maps hold: mask (default), masked-raw, probability\n"
    "  --dtype uint8    probabilities as round(255 p)\n"
    "  --mask PATH      classify only where it is not 0; labels are 0 elsewhere\n"
    "  --roi Z0:Z1,Y0:Y1,X0:X1   only this part, computed with its full surroundings\n"
    "  --axes zyx       the input's axes, slowest first, when the file does not say\n"
    "  --stack-along z  the axis that a stack's files follow\n"
    "  --threads N      default: all cores          --ram 8G   default: 80 % of the memory\n"
    "  --block Z,Y,X    default: the plan's choice  --chunk Z,Y,X   default: 64,64,64\n"
    "  --job DIR        where unfinished work is kept; default: beside the first output\n"
    "  --overwrite      replace outputs that exist\n"
    "  --picture P.png  a raw slice beside its labels\n"
    "  --progress bar|plain|json|none               --config FILE   options as key = value lines\n"
    "\n"
    "Example:\n"
    "  voxstitch run --project brain-cells.ilp \"slices/slice_*.tif\" -o labels=l.h5 -o "
    "classes=c.h5\n"
    "  voxstitch run \"slices/slice_*.tif\" -o raw=volume.h5        (a stack becomes one volume)\n";

void print(std::vector<std::string> const& lines) {
  for (auto const& line : lines) std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void warn(std::vector<std::string> const& warnings) {
  for (auto const& text : warnings) std::fprintf(stderr, "voxstitch: warning: %s\n", text.c_str());
}

class stopwatch {
 public:
  [[nodiscard]] double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  [[nodiscard]] double cpu() const { return cpu_seconds() - cpu_begin_; }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double cpu_begin_ = cpu_seconds();
};

nlohmann::ordered_json provenance(job_options const& o, job_setup const& s,
                                  vox::pipeline::prepared_job const& p, stopwatch const& watch) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  auto const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char date[32];
  std::strftime(date, sizeof date, "%FT%TZ", std::gmtime(&now));
  return {{"program", "voxstitch " VOXSTITCH_VERSION},
          {"fingerprint", s.job.fingerprint},
          {"input", o.input},
          {"project", o.project},
          {"classifier", s.classifier_line},
          {"plan", vox::pipeline::to_json(p.what)},
          {"threads", o.threads},
          {"simd", vox::simd::name(vox::simd::active())},
          {"wall_seconds", watch.wall()},
          {"cpu_seconds", watch.cpu()},
          {"peak_bytes", peak_resident_bytes()},
          {"host", host},
          {"finished", date}};
}

void summarise(job_setup const& s, vox::pipeline::prepared_job const& p, stopwatch const& watch) {
  if (auto const decoded = s.job.input.units_decoded(); decoded > 0) {
    auto const needed = vox::pipeline::units_needed(s.job, p);
    std::printf("decoded     every strip or chunk of the input %.2f times (%lld of %lld)\n",
                double(decoded) / double(needed), static_cast<long long>(decoded),
                static_cast<long long>(needed));
  }
  double const rate = double(p.what.voxels) / watch.wall();
  std::printf("done        %svoxels in %s (CPU %s): %svoxel/s; peak memory %s\n",
              with_unit(double(p.what.voxels)).c_str(), duration_text(watch.wall()).c_str(),
              duration_text(watch.cpu()).c_str(), with_unit(rate).c_str(),
              memory_text(peak_resident_bytes()).c_str());
}

/// A stop that was asked for before the walk began counts too.
int run_job(job_options const& o, job_setup const& s, vox::pipeline::prepared_job const& prepared,
            signal_watch const& signals) {
  stopwatch const watch;
  vox::progress voxels;
  voxels.start(vox::pipeline::voxels_of(prepared));
  vox::pipeline::job_run job(s.job, prepared);
  {
    progress_display const display(voxels, o.progress);
    job.walk({o.threads, &voxels, signals.token()});
  }
  vox::throw_if_stopped(signals.token());
  job.publish(provenance(o, s, prepared, watch));
  if (!o.picture.empty()) write_picture(o.picture, s.job, prepared, job);
  summarise(s, prepared, watch);
  return 0;
}

}  // namespace

int plan(std::vector<std::string> const& words) {
  auto const options = parse_job_options(words);
  if (options.help) return std::fputs(help, stdout), 0;
  auto const setup = set_up(options);
  warn(setup.warnings);
  print(plan_lines(setup, vox::pipeline::prepare(setup.job)));
  return 0;
}

int run(std::vector<std::string> const& words) {
  auto const options = parse_job_options(words);
  if (options.help) return std::fputs(help, stdout), 0;
  signal_watch const signals;
  auto const setup = set_up(options);
  warn(setup.warnings);
  auto const prepared = vox::pipeline::prepare(setup.job);
  if (vox::pipeline::already_done(setup.job, prepared) && !options.overwrite)
    return std::puts("already done: every output is there and was made by this same job"), 0;
  vox::pipeline::require_free_places(setup.job, prepared);
  print(plan_lines(setup, prepared));
  try {
    return run_job(options, setup, prepared, signals);
  } catch (vox::cancelled const&) {
    std::fprintf(stderr, "voxstitch: stopped by a signal; no output was written\n");
    return 128 + signals.caught();
  }
}

}  // namespace app
