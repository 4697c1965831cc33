// SPDX-License-Identifier: BSL-1.0
#include "job_report.hpp"

#include <cstdio>

#include "arguments.hpp"
#include "voxstitch/core/simd.hpp"

namespace app {

namespace vox = voxstitch;

void print(std::vector<std::string> const& lines) {
  for (auto const& line : lines) std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void warn(std::vector<std::string> const& warnings) {
  for (auto const& text : warnings) std::fprintf(stderr, "voxstitch: warning: %s\n", text.c_str());
}

nlohmann::ordered_json provenance(job_options const& o, job_setup const& s,
                                  vox::pipeline::prepared_job const& p, run_record const& record) {
  return {
      {"program", "voxstitch " VOXSTITCH_VERSION},
      {"fingerprint", s.job.facts.text()},
      {"input", s.input},
      {"project", s.project},
      {"classifier", s.classifier_line},
      {"classes", s.job.classifier ? s.job.classifier->class_names() : std::vector<std::string>{}},
      {"outputs", vox::pipeline::to_json(p.outputs)},
      {"region", {p.grid.region.inclusive_min.values, p.grid.region.exclusive_max.values}},
      {"plan", vox::pipeline::to_json(p.what.blocks)},
      {"planned_peak_bytes", peak_of(p)},
      {"planned_seconds", seconds_of(p)},
      {"threads", o.threads},
      {"simd", vox::simd::name(vox::simd::active())},
      {"wall_seconds", record.watch().wall()},
      {"cpu_seconds", record.watch().cpu()},
      {"peak_bytes", peak_resident_bytes()},
      {"blocks_done_before", record.blocks_before},
      {"stages", record.stages()},
      {"memory", record.memory()},
      {"host", host_name()},
      {"finished", time_text()}};
}

void summarise(job_setup const& s, vox::pipeline::prepared_job const& p, vox::index_t voxels,
               stopwatch const& watch) {
  if (auto const decoded = s.job.input.units_decoded(); decoded > 0) {
    auto const needed = vox::pipeline::units_needed(s.job, p);
    std::printf("decoded     every strip or chunk of the input %.2f times (%lld of %lld)\n",
                double(decoded) / double(needed), static_cast<long long>(decoded),
                static_cast<long long>(needed));
  }
  double const rate = double(voxels) / watch.wall();
  std::printf("done        %s in %s (CPU %s): %s; peak memory %s\n",
              counted(double(voxels), "voxels").c_str(), duration_text(watch.wall()).c_str(),
              duration_text(watch.cpu()).c_str(), counted(rate, "voxel/s").c_str(),
              memory_text(peak_resident_bytes()).c_str());
}

int work_on_voxels(job_options const& o, signal_watch const& signals, vox::index_t voxels,
                   std::function<std::string()> const& kept,
                   std::function<void(vox::pipeline::run_control const&)> const& work) {
  std::fflush(stdout);
  vox::progress done;
  done.start(voxels);
  try {
    progress_display const display(done, o.progress);
    work({o.threads, &done, signals.token()});
    return 0;
  } catch (vox::cancelled const&) {
    std::fprintf(stderr, "voxstitch: stopped by a signal; %s\n", kept().c_str());
    return 128 + signals.caught();
  }
}

std::int64_t file_bytes(std::vector<std::string> const& files) {
  std::int64_t bytes = 0;
  for (auto const& file : files) {
    std::error_code none;
    auto const size = std::filesystem::file_size(file, none);
    if (!none) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

std::string blocks_text(vox::pipeline::shard_state const& state) {
  return std::to_string(state.finished) + " of " + std::to_string(state.blocks) +
         (state.blocks == 1 ? " block" : " blocks");
}

}  // namespace app
