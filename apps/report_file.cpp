// SPDX-License-Identifier: BSL-1.0
#include "report_file.hpp"

#include <cstdio>
#include <filesystem>

#include "arguments.hpp"
#include "input_file.hpp"
#include "job_report.hpp"
#include "report_findings.hpp"
#include "report_page.hpp"
#include "voxstitch/io/whole_file.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

void tell(report_sources const& s) {
  auto warnings = s.warnings;
  if (s.probabilities && s.uncertainty)
    warnings.push_back("the uncertainty follows from the probabilities: '" + s.uncertainty->path +
                       "' is not read");
  warn(warnings);
  print({"input       " + description_text(s.input.description())});
  auto const line = [&](std::optional<named_source> const& what, char const* kind) {
    if (what)
      print({std::string("result      ") + kind + ", " + description_text(what->description())});
  };
  line(s.labels, "labels");
  line(s.probabilities, "probabilities");
  line(s.uncertainty, "uncertainty");
}

}  // namespace

void require_free_page(std::string const& page, bool overwrite) {
  auto const extension = std::filesystem::path(page).extension();
  if (extension != ".html" && extension != ".htm")
    throw usage_error("report '" + page + "': a report is a page; name a file that ends in .html");
  auto const folder = std::filesystem::absolute(page).parent_path();
  if (!std::filesystem::is_directory(folder))
    throw usage_error("report '" + page + "': there is no folder '" + folder.string() +
                      "'; make it first");
  if (!overwrite && std::filesystem::exists(page))
    throw usage_error("report '" + page + "' exists; give --overwrite to replace it");
}

int write_report(report_request const& request, job_options const& o, signal_watch const& signals) {
  stopwatch const watch;
  auto const sources = open_report_sources(request);
  require_all_axes(o, vox::spatial(sources.input.description().shape));
  tell(sources);
  std::size_t bytes = 0;
  std::vector<std::string> classes;
  int const code = work_on_voxels(
      o, signals, voxels_to_read(sources), [] { return std::string("no report was written"); },
      [&](vox::pipeline::run_control const& control) {
        auto const found = find_for_report(sources, {o.ram, o.block, o.chunk}, control);
        auto const page = report_page(sources, found);
        vox::io::write_whole_file(o.report, page);
        bytes = page.size();
        classes = class_lines(sources, found);
      });
  if (code != 0) return code;
  print(classes);
  std::printf("report      %s, %s, in %s; peak memory %s\n", o.report.c_str(),
              memory_text(static_cast<std::int64_t>(bytes)).c_str(),
              duration_text(watch.wall()).c_str(), memory_text(peak_resident_bytes()).c_str());
  return 0;
}

}  // namespace app
