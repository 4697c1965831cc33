// SPDX-License-Identifier: BSL-1.0
#include "classic_job.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

#include "arguments.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/posix_file.hpp"
#include "voxstitch/pipeline/final_files.hpp"

namespace app {

namespace vox = voxstitch;

std::vector<std::string> files_named(std::string const& command,
                                     std::vector<std::string> const& words) {
  if (words.empty())
    throw usage_error(command + ": no file was named; give paths or a quoted pattern");
  std::vector<std::string> files;
  for (auto const& word : words) {
    if (vox::io::is_folder(word))
      throw usage_error(command + ": " + vox::quoted(word) + " is a folder; give its files, as " +
                        vox::quoted(word + "/*.h5"));
    if (vox::io::exists(word) || !vox::io::is_pattern(word)) {
      files.push_back(word);
      continue;
    }
    auto const found = as_input([&] { return vox::io::files_matching(word); });
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

void make_folder(std::string const& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw vox::io_error("folder " + vox::quoted(folder) + " cannot be made: " + failure.message());
}

void require_writable(std::filesystem::path const& folder) {
  std::string const name = folder.empty() ? "." : folder.string();
  if (!vox::io::is_folder(name))
    throw vox::io_error("output: the folder " + vox::quoted(name) +
                        " does not exist; make it first");
  if (access(name.c_str(), W_OK) == 0) return;
  int const refused = errno;
  throw vox::io_error("output: the folder " + vox::quoted(name) +
                      " cannot be written to: " + vox::io::system_message(refused));
}

void require_free_place(std::string const& output, bool overwrite) {
  if (vox::io::is_folder(output))
    throw usage_error("output " + vox::quoted(output) + " is a folder; name a file in it");
  if (vox::io::exists(output) && !overwrite)
    throw usage_error("output " + vox::quoted(output) +
                      " exists and was not made by this same command; name another, or give "
                      "--overwrite to replace it");
  require_writable(std::filesystem::path(output).parent_path());
}

std::string record_of(vox::pipeline::fingerprint const& facts, nlohmann::ordered_json more,
                      stopwatch const& watch) {
  more["program"] = "voxstitch " VOXSTITCH_VERSION;
  more["fingerprint"] = facts.text();
  more["wall_seconds"] = watch.wall();
  more["host"] = host_name();
  more["finished"] = time_text();
  return more.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

vox::pipeline::fingerprint facts_of_files(std::vector<std::string> const& files) {
  vox::pipeline::fingerprint facts;
  facts.add("voxstitch", VOXSTITCH_VERSION);
  for (auto const& file : files)
    facts.add("file " + absolute_name(file), vox::pipeline::identity_of_file(file));
  return facts;
}

void print_done(std::vector<std::string> const& files, vox::index_t voxels,
                stopwatch const& watch) {
  std::printf("done        %zu %s, %s in %s: %s; peak memory %s\n", files.size(),
              files.size() == 1 ? "file" : "files", memory_text(file_bytes(files)).c_str(),
              duration_text(watch.wall()).c_str(),
              counted(double(voxels) / watch.wall(), "voxel/s").c_str(),
              memory_text(peak_resident_bytes()).c_str());
}

}  // namespace app
