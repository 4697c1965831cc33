// SPDX-License-Identifier: BSL-1.0
#include "job_report.hpp"

#include <cstdio>
#include <ctime>

#include <unistd.h>

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
                                  vox::pipeline::prepared_job const& p, stopwatch const& watch) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  auto const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char date[32];
  std::strftime(date, sizeof date, "%FT%TZ", std::gmtime(&now));
  return {{"program", "voxstitch " VOXSTITCH_VERSION},
          {"fingerprint", s.job.facts.text()},
          {"input", o.input},
          {"project", o.project},
          {"classifier", s.classifier_line},
          {"plan", vox::pipeline::to_json(p.what.blocks)},
          {"threads", o.threads},
          {"simd", vox::simd::name(vox::simd::active())},
          {"wall_seconds", watch.wall()},
          {"cpu_seconds", watch.cpu()},
          {"peak_bytes", peak_resident_bytes()},
          {"host", host},
          {"finished", date}};
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
  std::printf("done        %svoxels in %s (CPU %s): %svoxel/s; peak memory %s\n",
              with_unit(double(voxels)).c_str(), duration_text(watch.wall()).c_str(),
              duration_text(watch.cpu()).c_str(), with_unit(rate).c_str(),
              memory_text(peak_resident_bytes()).c_str());
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
