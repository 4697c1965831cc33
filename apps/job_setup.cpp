// SPDX-License-Identifier: BSL-1.0
#include "job_setup.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "arguments.hpp"
#include "exec_classifier.hpp"
#include "input_file.hpp"
#include "process.hpp"
#include "project_classifier.hpp"
#include "voxstitch/classify/threshold.hpp"
#include "voxstitch/core/hash.hpp"
#include "voxstitch/core/simd.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

void require_input(job_options const& o) {
  if (o.input.empty())
    throw usage_error("no input was given: name a file, a folder or a quoted pattern");
}

void require_one_classifier(job_options const& o) {
  if (!o.project.empty() && !o.classifier.empty())
    throw usage_error("--project and --classifier exclude each other; give one of them");
}

/// @throws usage_error for what only a program has to be told, where there is none.
void refuse_words_of_exec(job_options const& o) {
  bool const own = o.classifier.empty() || o.classifier.starts_with("threshold:");
  if (own && (!o.class_names.empty() || !o.halo.empty() || o.normalise))
    throw usage_error("--class-names, --halo and --normalise are for --classifier exec:CMD; other "
                      "classifiers know these themselves");
}

void require_consistent(job_options const& o) {
  require_input(o);
  if (o.outputs.empty())
    throw usage_error("no output was asked for: give -o KIND=PATH, as -o labels=l.h5");
  require_one_classifier(o);
  auto const raw_only = std::ranges::all_of(
      o.outputs, [](auto const& r) { return r.kind == vox::pipeline::output_kind::raw; });
  if (!raw_only && o.project.empty() && o.classifier.empty())
    throw usage_error("no classifier: give --project P.ilp, --classifier threshold:V or "
                      "--classifier exec:\"CMD {input} {output}\"");
  refuse_words_of_exec(o);
  if (!o.picture.empty() && std::ranges::none_of(o.outputs, [](auto const& r) {
        return r.kind == vox::pipeline::output_kind::labels;
      }))
    throw usage_error("--picture shows labels: ask for them too, with -o labels=PATH");
}

std::vector<float> thresholds_of(std::string const& text) {
  std::string const prefix = "threshold:";
  if (!text.starts_with(prefix))
    throw usage_error("--classifier '" + text +
                      "': allowed are threshold:V[,V...] and exec:\"CMD {input} {output}\"");
  std::vector<float> values;
  for (auto part : separated(std::string_view(text).substr(prefix.size()), ','))
    values.push_back(number<float>("--classifier threshold", part, "a number"));
  if (!std::ranges::is_sorted(values, std::ranges::less_equal{}))
    throw usage_error("--classifier '" + text + "': thresholds must rise");
  return values;
}

/// A visit of a tree node and a filter tap cost about this much in nanoseconds, on one thread.
vox::pipeline::work_costs costs_of(vox::ilastik::project const& p) {
  double const trees = double(p.tree_count());
  double const depth = std::log2(std::max(2.0, double(p.node_count()) / std::max(1.0, trees)));
  return {0.6 * trees * depth + 2.0 * double(p.feature_count()),
          8.0 * double(p.selection.scales.size()), 4};
}

std::string classifier_line(vox::models::any_block_classifier const& c, std::string const& what) {
  std::string names;
  for (auto const& name : c.class_names()) names += (names.empty() ? "" : ", ") + name;
  return what + "; classes " + names + "; halo " + to_string(c.halo()) + " (z,y,x)";
}

/// A hash of the trees: a project that was saved untrained is trained anew each time, on images
/// that may have changed since.
std::string content_of(vox::classify::ensemble_description const& classifier) {
  auto hash = vox::hash_of("");
  auto const add = [&](auto const& value) {
    hash = vox::hash_of({reinterpret_cast<char const*>(&value), sizeof value}, hash);
  };
  for (auto const& forest : classifier.forests)
    for (auto const& tree : forest.trees) {
      for (auto const& node : tree.nodes) {
        add(node.threshold);
        add(node.feature);
      }
      for (double p : tree.leaf_probabilities) add(p);
    }
  return vox::pipeline::hash_text(hash);
}

void use_project(job_setup& s, vox::ilastik::project const& p) {
  auto const& d = s.job.input.description();
  s.job.classifier = classifier_of(p, d);
  s.job.costs = costs_of(p);
  s.classifier_line =
      classifier_line(*s.job.classifier, std::to_string(p.feature_count()) + " features, " +
                                             std::to_string(p.tree_count()) + " trees, " +
                                             std::to_string(p.node_count()) + " nodes");
}

void use_threshold(job_setup& s, std::string const& text) {
  s.job.classifier.emplace(vox::classify::threshold(thresholds_of(text)));
  s.job.costs = {2, 1, 4};
  s.classifier_line = classifier_line(*s.job.classifier, text);
}

/// What a program costs is not known; that it has to work on the halo too is.
void use_exec(job_setup& s, job_options const& o, std::stop_token const& stop) {
  if (s.job.folder.empty()) s.job.folder = exec_job_folder(o);
  s.job.classifier = exec_classifier(o, s.job.folder, stop);
  s.job.costs = {2, 100, 4};
  s.classifier_line = classifier_line(*s.job.classifier, o.classifier);
}

/// Everything that determines the values, and nothing else.
vox::pipeline::fingerprint facts_of(job_options const& o, job_setup const& s,
                                    vox::ilastik::project const* project) {
  namespace pipeline = vox::pipeline;
  pipeline::fingerprint f;
  auto const add_files = [&](std::vector<std::string> const& files) {
    for (auto const& file : files)
      f.add("file " + absolute_name(file), pipeline::identity_of_file(file));
  };
  f.add("voxstitch", VOXSTITCH_VERSION).add("the input", absolute_name(o.input));
  add_files(s.input_files);
  f.add("the axes", s.job.input.description().axes);
  f.add("--project", absolute_name(o.project));
  if (!o.project.empty()) f.add("the project's content", pipeline::content_of_file(o.project));
  if (project != nullptr) f.add("the project's trees", content_of(project->classifier));
  f.add("--class-names", o.class_names).add("--halo", o.halo);
  f.add("--normalise", o.normalise ? "given" : "");
  add_files(files_in_command(o.classifier));
  f.add("--classifier", o.classifier).add("--roi", o.region).add("--mask", absolute_name(o.mask));
  add_files(s.mask_files);
  f.add("--classes", to_string(o.content)).add("--dtype", o.quantised ? "uint8" : "float32");
  f.add("--stitch", o.stitch).add("--overlap", o.stitch.empty() ? "" : to_string(o.overlap));
  if (blends(s.job)) f.add("--block", o.block ? to_string(*o.block) : "");
  f.add("--chunk", o.chunk ? to_string(*o.chunk) : "");
  for (auto const& r : o.outputs) f.add("-o " + to_string(r.kind), absolute_name(r.path));
  return f;
}

vox::pipeline::job job_of(job_options const& o, vox::io::any_source input) {
  vox::pipeline::job j(std::move(input));
  j.outputs = o.outputs;
  j.content = o.content;
  j.quantised = o.quantised;
  j.block = o.block;
  j.chunk = o.chunk;
  j.budget_bytes = o.ram;
  j.threads = o.threads;
  j.overwrite = o.overwrite;
  j.folder = o.job_folder;
  if (o.shards > 0) j.shards = o.shards;
  j.policy = vox::stitch::parse_policy(o.stitch.empty() ? "keep-core" : o.stitch, o.overlap);
  if (!o.region.empty())
    j.region = region("--roi", o.region, vox::spatial(j.input.description().shape));
  return j;
}

/// Whatever the outputs are.
job_setup open_job(job_options const& o, std::stop_token const& stop) {
  static_cast<void>(vox::simd::active());  // a wrong VOXSTITCH_SIMD is said first
  std::optional<vox::ilastik::project> project;
  if (!o.project.empty()) project = open_project(o.project, {o.threads, o.ram, stop});
  vox::io::source_options const how{o.axes, o.stack_along, project ? project->training_axes : ""};
  auto opened = open_input(o.input, how);
  require_all_axes(o, vox::spatial(opened.source.description().shape));
  job_setup s{job_of(o, opened.source),
              o.input,
              o.project,
              opened.warnings,
              description_text(opened.source.description()),
              "",
              opened.files,
              {}};
  if (project) {
    s.warnings.insert(s.warnings.end(), project->warnings.begin(), project->warnings.end());
    use_project(s, *project);
  }
  if (is_exec(o.classifier))
    use_exec(s, o, stop);
  else if (!o.classifier.empty())
    use_threshold(s, o.classifier);
  if (!o.mask.empty()) {
    auto mask = open_input(o.mask, {"", o.stack_along, opened.source.description().axes});
    s.job.mask = mask.source;
    s.mask_files = mask.files;
  }
  s.job.facts = facts_of(o, s, project ? &*project : nullptr);
  project.reset();
  s.job.process_bytes = resident_bytes();
  return s;
}

}  // namespace

job_setup set_up(job_options const& o, std::stop_token const& stop) {
  require_consistent(o);
  return open_job(o, stop);
}

job_setup set_up_without_outputs(job_options const& o, std::stop_token const& stop) {
  require_input(o);
  require_one_classifier(o);
  if (o.project.empty() && o.classifier.empty())
    throw usage_error("no classifier: give --project P.ilp or --classifier C");
  refuse_words_of_exec(o);
  return open_job(o, stop);
}

namespace {

std::string factor(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

/// ", decoding every strip or chunk 1.00 times (9.2 MiB kept)"; nothing where none is decoded.
std::string decoding_text(vox::pipeline::job const& j, vox::pipeline::job_plan const& p) {
  if (product(j.input.decode_unit()) == 1) return "";
  auto const& reading = p.staging ? p.staging->what : p.blocks;
  return ", decoding every strip or chunk " + factor(reading.decodes.times) + " times (" +
         memory_text(reading.cache_bytes) + " kept)";
}

std::string staging_line(vox::pipeline::staged_input const& s) {
  return "the input is copied into chunks of " + to_string(s.what.chunk) +
         " first: blocks would decode it too often; at most " + memory_text(s.what.disk_bytes) +
         " of disk until the blocks are done";
}

std::string time_text(job_setup const& s, vox::pipeline::prepared_job const& p) {
  return is_exec(s.classifier_line) ? "as the program takes"
                                    : "about " + duration_text(seconds_of(p));
}

/// What became of --block; nothing where the blocks are as asked.
std::string block_text(vox::pipeline::job const& j, vox::pipeline::prepared_job const& prepared) {
  auto const& p = prepared.what.blocks;
  if (!j.block || *j.block == p.block_shape) return "";
  auto const asked = min(*j.block, prepared.grid.region.shape());
  if (vox::rounded_up_to_chunks(asked, p.chunk) == p.block_shape)
    return " (--block " + to_string(*j.block) + " became whole chunks)";
  return " (of the unfinished job, which keeps its blocks; with --fresh it starts anew with "
         "--block " +
         to_string(*j.block) + ")";
}

std::string blocks_line(vox::pipeline::job const& j, vox::pipeline::prepared_job const& prepared) {
  auto const& p = prepared.what.blocks;
  return std::to_string(p.blocks) + (p.blocks == 1 ? " block" : " blocks") + " of " +
         to_string(p.block_shape) + " voxels (z,y,x), chunks of " + to_string(p.chunk) +
         block_text(j, prepared);
}

}  // namespace

std::vector<std::string> plan_lines(job_setup const& s, vox::pipeline::prepared_job const& prepared,
                                    std::optional<std::int64_t> peak) {
  auto const& what = prepared.what;
  auto const& p = what.blocks;
  std::vector<std::string> lines{"input       " + s.input_line};
  if (!s.classifier_line.empty()) lines.push_back("classifier  " + s.classifier_line);
  lines.push_back("blocks      " + blocks_line(s.job, prepared) + ", " +
                  std::to_string(p.blocks_in_flight) + " in work at once");
  lines.push_back("reading     every voxel " + factor(p.overhead.halo) + " times with the halo" +
                  decoding_text(s.job, what));
  if (what.staging) lines.push_back("staging     " + staging_line(*what.staging));
  lines.push_back("memory      " + memory_text(peak.value_or(peak_of(prepared))) +
                  " at the peak, of " + memory_text(s.job.budget_bytes) + " allowed");
  auto const staged = what.staging ? what.staging->what.disk_bytes : 0;
  auto const final_files = p.disk_bytes + waiting_strip_bytes(s.job, prepared);
  lines.push_back("disk        at most " +
                  memory_text(p.disk_bytes + std::max(final_files, staged)) + " while it runs, " +
                  memory_text(p.disk_bytes) + " afterwards, less what compression saves");
  lines.push_back("time        " + time_text(s, prepared) + " on " + std::to_string(s.job.threads) +
                  (s.job.threads == 1 ? " thread" : " threads") + " (" + name(vox::simd::active()) +
                  ")");
  for (auto const& o : prepared.outputs)
    for (auto const& d : o.datasets)
      lines.push_back("output      " + to_string(o.request.kind) + " -> " + d.file + d.name +
                      "  (" + to_string(d.description.type) + ", axes " + d.description.axes + ")");
  return lines;
}

}  // namespace app
