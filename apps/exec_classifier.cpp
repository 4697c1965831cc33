// SPDX-License-Identifier: BSL-1.0
#include "exec_classifier.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include <unistd.h>

#include "arguments.hpp"
#include "voxstitch/core/separated.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/models/external_program.hpp"

namespace app {

namespace {

/// "a,b,c", or a number of classes that have no names.
std::vector<std::string> names_of(std::string const& text) {
  if (text.empty())
    throw usage_error("--classifier exec needs --class-names A,B,... (or how many classes there "
                      "are): one for each along the last axis of the program's output");
  auto names = class_names("--class-names", text);
  int count = 0;
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure == std::errc{} && end == text.data() + text.size()) {
    if (count < 1 || count > 1000)
      throw usage_error("--class-names '" + text + "': allowed are 1 to 1000 classes");
    names.clear();
    for (int i = 1; i <= count; ++i) names.push_back("class " + std::to_string(i));
  }
  return names;
}

}  // namespace

std::vector<std::string> files_in_command(std::string const& classifier) {
  std::vector<std::string> files;
  if (!is_exec(classifier)) return files;
  auto const command = std::string_view(classifier).substr(exec_prefix.size());
  for (auto word : voxstitch::separated(command, ' ')) {
    auto const name = std::string(word);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(name, ignored)) files.push_back(name);
  }
  return files;
}

std::string exec_job_folder(job_options const& o) {
  if (o.outputs.empty())
    return (std::filesystem::temp_directory_path() / ("voxstitch-" + std::to_string(::getpid())))
        .string();
  auto const& path = o.outputs.front().path;
  auto const dataset = voxstitch::io::split_hdf5_path(path);
  return (dataset ? dataset->file : path) + ".job";
}

voxstitch::models::any_block_classifier
exec_classifier(job_options const& o, std::string const& job_folder, std::stop_token const& stop) {
  voxstitch::models::external_program_options program;
  program.command = o.classifier.substr(exec_prefix.size());
  program.class_names = names_of(o.class_names);
  program.halo = margin3("--halo", o.halo);
  if (o.normalise) program.scores = voxstitch::models::score_rule::normalised;
  program.folder = job_folder + "/exec";
  program.failed_folder = job_folder + ".failed";
  program.stop = stop;
  return voxstitch::models::any_block_classifier(
      voxstitch::models::external_program(std::move(program)));
}

}  // namespace app
