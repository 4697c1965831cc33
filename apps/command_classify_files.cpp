// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "arguments.hpp"
#include "classic_commands.hpp"
#include "classic_job.hpp"
#include "classic_options.hpp"
#include "job_setup.hpp"
#include "project_classifier.hpp"
#include "voxstitch/pipeline/classic_classify.hpp"

namespace app {

namespace {

namespace fs = std::filesystem;
namespace vox = voxstitch;
using vox::pipeline::classic_file;

char const* const classify_command = "classify --classic";

char const* const classify_files_help =
    "voxstitch classify --classic FILES... --project P -o DIR\n"
    "    [--classes mask|masked-raw|probability]\n"
    "\n"
    "Classifies sub-volume files of the classic workflow (NAME00000.hdf5, ...), each for itself,\n"
    "into DIR/subvol_NAME00000.h5: one dataset per class name and the same indices. Every file is\n"
    "checked before work starts. At a sub-volume's borders the values are mirrored: with an "
    "overlap\n"
    "less than the classifier's reach the merged maps have seams, and a warning says so.\n"
    "\n"
    "  FILES            paths or quoted patterns\n"
    "  -o DIR           the folder of the class files; made if it is not there\n"
    "  --classes WHAT   masked-raw (default): the raw value where the class wins, 0 elsewhere;\n"
    "                   mask: 1 and 0; probability: float32. Where raw values may be 0, take mask\n"
    "  --classifier C   instead of a project: threshold:V[,V...]\n"
    "  --chunk Z,Y,X  --threads N  --ram 8G  --progress STYLE   as in voxstitch run\n"
    "  --overwrite      replace files that exist\n"
    "\n"
    "Stopped or killed, the same command goes on with the files that are missing. Any number of\n"
    "processes may each take some of the files.\n"
    "\n"
    "Example:\n"
    "  voxstitch classify --classic \"parts/brain*.hdf5\" --project brain-cells.ilp -o classes\n";

/// The options of a job that classifies one sub-volume.
job_options options_for(classic_options const& o, classic_file const& f) {
  job_options job = o.common;
  auto const output = vox::pipeline::class_file_of(f.path, o.target);
  job.input = f.path + "/" + raw_dataset(f).name;
  job.axes = "zyx";
  job.content = o.content;
  job.outputs = {{vox::pipeline::output_kind::classes, output}};
  return job;
}

classic_file const& largest_of(std::vector<classic_file> const& files) {
  return *std::ranges::max_element(files, {}, [](auto const& f) { return f.place.whole().size(); });
}

/// @throws format_error when a file does not say which of its datasets is the image; usage_error
/// when two files would become one.
void require_usable(std::vector<classic_file> const& files, std::string const& folder) {
  std::set<std::string> names;
  for (auto const& f : files) {
    static_cast<void>(raw_dataset(f));
    if (!names.insert(vox::pipeline::class_file_of(f.path, folder)).second)
      throw usage_error("classify --classic: two of the files are named as " + vox::quoted(f.path) +
                        "; classify them into different folders");
  }
}

/// @throws shape_error, which names the file, when one is not what the project classifies.
void require_classifiable(std::vector<classic_file> const& files, job_options const& o) {
  if (o.project.empty()) return;
  auto const project = open_project(o.project, {o.threads, o.ram, {}});
  std::set<vox::coord<5>> checked;
  for (auto const& f : files) {
    auto const& d = raw_dataset(f).description;
    if (!checked.insert(d.shape).second) continue;
    try {
      static_cast<void>(classifier_of(project, d));
    } catch (vox::shape_error const& e) {
      throw vox::shape_error(vox::quoted(f.path) + ": " + e.what() +
                             "; voxstitch split --materialize joins thin blocks to their "
                             "neighbours, and a wider --overlap helps");
    }
  }
}

void warn_of_seams(std::vector<classic_file> const& files, vox::coord<3> const& reach) {
  auto const missing = overlap_missing(files, reach);
  if (missing.files == 0) return;
  warn({"the classifier reaches " + to_string(reach) + " voxels (z,y,x), but the overlap of " +
        std::to_string(missing.files) + " of " + std::to_string(files.size()) + " files is less (" +
        vox::quoted(missing.first) + ": " + to_string(missing.least) +
        "): the merged maps will have seams; make wider sub-volumes with voxstitch split "
        "--materialize --overlap " +
        to_string(reach) + ", or classify the whole volume with voxstitch run"});
}

/// A job per kind of sub-volume: a single slice is classified in another way than a volume.
class jobs {
 public:
  explicit jobs(classic_options const& o) : options_(o) {}

  [[nodiscard]] vox::pipeline::job const& of(classic_file const& f) {
    auto const& d = raw_dataset(f).description;
    bool const flat = d.shape[2] == 1;
    if (!setup_ || flat != flat_) {
      setup_.emplace(set_up(options_for(options_, f)));
      flat_ = flat;
    }
    auto& job = setup_->job;
    job.input = vox::io::any_source(vox::io::hdf5_source(f.path, raw_dataset(f).name, "zyx"));
    job.outputs = options_for(options_, f).outputs;
    return job;
  }
  [[nodiscard]] job_setup const& setup() const { return *setup_; }

 private:
  classic_options const& options_;
  std::optional<job_setup> setup_;
  bool flat_ = false;
};

/// A sub-volume that is still to be classified.
struct task {
  classic_file const* file;
  std::string output;
  vox::pipeline::fingerprint facts;
};

/// Removes what a process left that died between its file's completion and its own end.
void sweep_beside(std::string const& output) {
  std::string const folder = output + ".parts";
  if (!vox::pipeline::job_folder::stands_at(folder)) return;
  try {
    vox::pipeline::scratch_folder const left(folder);
  } catch (vox::io_error const&) {  // NOLINT(bugprone-empty-catch): another process is at work
  }
}

/// Whether the class file is there and was made by this same command.
/// @throws usage_error when something else is there that may not be replaced.
bool is_done(task const& t, bool overwrite) {
  if (!overwrite && vox::pipeline::recorded_fingerprint(t.output) == t.facts.text()) return true;
  require_free_place(t.output, overwrite);
  return false;
}

std::vector<task> tasks_of(std::vector<classic_file> const& files, classic_options const& o) {
  std::string const content =
      o.common.project.empty() ? "" : vox::pipeline::content_of_file(o.common.project);
  std::vector<task> tasks;
  for (auto const& f : files) {
    task t{&f, vox::pipeline::class_file_of(f.path, o.target), facts_of_files({f.path})};
    t.facts.add("the project's content", content)
        .add("--classifier", o.common.classifier)
        .add("--classes", to_string(o.content))
        .add("--chunk", o.common.chunk ? to_string(*o.common.chunk) : "");
    if (is_done(t, o.common.overwrite))
      sweep_beside(t.output);
    else
      tasks.push_back(std::move(t));
  }
  return tasks;
}

vox::index_t voxels_of(std::vector<task> const& tasks) {
  vox::index_t voxels = 0;
  for (auto const& t : tasks) voxels += t.file->place.whole().size();
  return voxels;
}

classic_options read_classify_words(std::vector<std::string> const& words) {
  auto o = parse_classic_options(classify_command, words,
                                 {"project,p", "classifier", "classes", "output,o", "chunk"});
  if (o.target.empty())
    throw usage_error("classify --classic: give the folder of the class files with -o DIR");
  if (o.common.project.empty() && o.common.classifier.empty())
    throw usage_error("no classifier: give --project P.ilp or --classifier threshold:V");
  return o;
}

/// Makes one class file, unless another process has made it meanwhile.
void work_on(task const& t, jobs& make, classic_options const& o,
             vox::pipeline::run_control const& control) {
  vox::pipeline::scratch_folder const scratch(t.output + ".parts");
  if (is_done(t, o.common.overwrite)) return;
  stopwatch const watch;
  auto const record = [&] {
    return record_of(t.facts,
                     {{"input", t.file->path},
                      {"project", o.common.project},
                      {"classifier", make.setup().classifier_line}},
                     watch);
  };
  classify_classic(make.of(*t.file), t.file->place, t.output, control, scratch, record);
}

}  // namespace

int classify_files(std::vector<std::string> const& words) {
  if (has_option(words, "--help") || has_option(words, "-h"))
    return std::fputs(classify_files_help, stdout), 0;
  auto const o = read_classify_words(words);
  signal_watch const signals;
  auto const paths = files_named(classify_command, o.inputs);
  auto const files = as_input([&] { return vox::pipeline::read_classic_files(paths); });
  require_usable(files, o.target);
  require_classifiable(files, o.common);
  jobs make(o);
  static_cast<void>(plan_classify(make.of(largest_of(files))));
  warn(make.setup().warnings);
  warn_of_seams(files, make.setup().job.classifier->halo());
  make_folder(o.target);
  auto const tasks = tasks_of(files, o);
  if (tasks.empty())
    return std::puts("already done: every class file is there and was made by this same command"),
           0;
  print({"files       " + std::to_string(tasks.size()) + " of " + std::to_string(files.size()) +
             " are to be classified, into " + o.target,
         "classifier  " + make.setup().classifier_line});
  stopwatch const watch;
  std::vector<std::string> done;
  auto const kept = [&] {
    return std::to_string(done.size()) + " files are complete; the same command goes on";
  };
  int const code =
      work_on_voxels(o.common, signals, voxels_of(tasks), kept, [&](auto const& control) {
        for (auto const& t : tasks) {
          work_on(t, make, o, control);
          done.push_back(t.output);
        }
      });
  if (code == 0) print_done(done, voxels_of(tasks), watch);
  return code;
}

}  // namespace app
