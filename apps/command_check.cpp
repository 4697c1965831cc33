// SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <optional>

#include "arguments.hpp"
#include "commands.hpp"
#include "input_file.hpp"
#include "job_report.hpp"
#include "signals.hpp"
#include "voxstitch/pipeline/check_blocks.hpp"
#include "voxstitch/pipeline/seam_statistic.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::result_kind;

char const* const check_help =
    "voxstitch check --project P INPUT RESULT\n"
    "\n"
    "Is a finished result right, and are there seams? Computes blocks again, with twice the halo\n"
    "that is needed, and compares; then looks at all faces between blocks. RESULT: probabilities\n"
    "or labels that anybody made of INPUT; a file.h5/dataset, .tif or .npy.\n"
    "\n"
    "  --blocks N       random blocks besides those at the corners; default: 20    --seed S\n"
    "  --block Z,Y,X    the grid of the blocks that RESULT was made of (less their overlap);\n"
    "                   default: what RESULT's .provenance.json says, else 64,64,64\n"
    "  --tolerance D    probabilities may differ by D (in 0..1); default: 0\n"
    "  --share S        this share of the voxels may differ by more; default: 0\n"
    "  --kind K         what RESULT is, where that is not clear: probabilities or labels\n"
    "  --classifier C, --mask PATH, --roi Z0:Z1,Y0:Y1,X0:X1   as RESULT was made with\n"
    "    with --class-names A,B,... [--halo Z,Y,X] [--normalise] where C is exec:CMD\n"
    "  --axes zyx, --result-axes zyxc     of INPUT and of RESULT, when the files do not say\n"
    "  --stack-along z  the axis that a stack's files follow\n"
    "  --threads N, --ram 8G, --progress bar|plain|json|none   --config FILE   as for run\n"
    "\n"
    "Results of voxstitch run agree in every bit. Exit code: 0 the result is right, 6 it is not.\n"
    "\n"
    "Example: a pipeline that cut the volume every 400, 400, 600 voxels:\n"
    "  voxstitch check --project cells.ilp \"slices/*.tif\" theirs.h5/p --block 400,400,600\n";

own_words const words_of_check{
    .options = {"blocks", "seed", "tolerance", "share", "kind", "result-axes"},
    .positional = {"result"},
    .refused = {"output", "chunk", "classes", "dtype", "stitch", "overlap", "job", "fresh", "link",
                "shards", "shard", "overwrite", "picture", "report"}};

/// What is compared with what.
struct check_setup {
  job_setup made;  ///< how the result should have been made
  vox::io::opened_source result;
  result_kind kind;
  vox::box<3> region;  ///< of the input, z, y, x
};

/// The value of one of the command's own options, or the default.
template <class Number>
Number number_or(job_options const& o, char const* name, Number otherwise, char const* allowed) {
  auto const& text = o.own.at(name);
  return text.empty() ? otherwise : number<Number>("--" + std::string(name), text, allowed);
}

/// @throws usage_error for what is not in 0..1.
double fraction(job_options const& o, char const* name) {
  double const value = number_or(o, name, 0.0, "a number from 0 to 1");
  if (value >= 0 && value <= 1) return value;
  throw usage_error("--" + std::string(name) + ": '" + o.own.at(name) +
                    "' is not a number from 0 to 1");
}

index_t random_blocks(job_options const& o) {
  auto const count = number_or<index_t>(o, "blocks", 20, "a whole number");
  if (count < 0) throw usage_error("--blocks: '" + o.own.at("blocks") + "' is less than 0");
  return count;
}

std::optional<result_kind> asked_kind(job_options const& o) {
  auto const& text = o.own.at("kind");
  if (text.empty()) return std::nullopt;
  return vox::pipeline::parse_result_kind(text);
}

vox::io::opened_source open_result(job_options const& o, job_setup const& s) {
  std::string axes = s.job.input.description().axes;
  if (axes.find('c') == axes.npos) axes += 'c';
  return open_input(o.own.at("result"), {o.own.at("result-axes"), o.stack_along, axes});
}

check_setup set_up_check(job_options const& o) {
  if (o.own.at("result").empty())
    throw usage_error("no result was given: name the input, then the result (see --help)");
  auto made = set_up_without_outputs(o);
  warn(made.warnings);
  auto result = open_result(o, made);
  warn(result.warnings);
  auto const& d = result.source.description();
  auto const kind =
      vox::pipeline::kind_of_result(d, made.job.classifier->class_count(), asked_kind(o));
  if (kind == result_kind::labels && !o.own.at("tolerance").empty())
    throw usage_error("--tolerance is for probabilities; labels are equal or not: say with --share "
                      "how many may differ");
  auto const& shape = made.job.input.description().shape;
  auto const whole = vox::box<3>::at_origin({{shape[2], shape[3], shape[4]}});
  auto const region = made.job.region.value_or(whole);
  vox::pipeline::require_extents_of_result(d, made.job.input.description(), region);
  return {std::move(made), std::move(result), kind, region};
}

/// The grid whose faces are looked at, and how it became known.
struct seam_grid {
  vox::coord<3> shape;
  std::string origin;
};

seam_grid grid_of(job_options const& o, check_setup const& s) {
  if (o.block) return {*o.block, "--block"};
  auto const& file = s.result.files.front();
  if (auto const block = vox::pipeline::recorded_block(file))
    return {*block, vox::pipeline::provenance_name(file)};
  return {vox::coord<3>::filled(64), "a guess: nothing tells the blocks; give --block"};
}

/// "2 (Tissue)" for class or label 2.
std::string class_text(check_setup const& s, index_t number) {
  auto const names = s.made.job.classifier->class_names();
  auto const text = std::to_string(number);
  if (number < 1 || number > static_cast<index_t>(names.size())) return text;
  return text + " (" + names[static_cast<std::size_t>(number - 1)] + ")";
}

std::string place_text(check_setup const& s, vox::pipeline::value_difference const& d) {
  std::string const time = s.result.source.description().shape[0] > 1
                               ? "time " + std::to_string(d.time) + ", "
                               : std::string();
  std::string const place = "at " + time + to_string(d.at) + " (z,y,x), ";
  if (s.kind == result_kind::labels)
    return place + "expected " + class_text(s, static_cast<index_t>(d.expected)) + ", found " +
           class_text(s, static_cast<index_t>(d.found));
  return place + "class " + class_text(s, d.channel + 1) + ": expected " +
         formatted("%.9g, found %.9g, off by %.3g", d.expected, d.found, d.size);
}

std::vector<std::string>
agreement_lines(check_setup const& s, vox::pipeline::difference_report const& r, double tolerance) {
  auto const voxels = std::to_string(r.voxels) + " voxels";
  if (!r.largest) return {"agreement   all " + voxels + " are equal"};
  std::vector<std::string> lines{"agreement   " + std::to_string(r.differing) + " of " + voxels +
                                 formatted(" differ (%.3g %%)", 100 * r.share()) +
                                 (tolerance > 0 ? formatted(" by more than %g", tolerance) : "")};
  if (r.first) lines.push_back("  first     " + place_text(s, *r.first));
  if (s.kind == result_kind::probabilities)
    lines.push_back("  largest   " + place_text(s, *r.largest));
  return lines;
}

/// "400, 800": the faces that are seams, the worst first where there are many.
std::string worst_faces(vox::pipeline::axis_seams const& a) {
  constexpr std::size_t shown = 8;
  std::vector<vox::pipeline::seam_face> seams;
  for (auto const& face : a.faces)
    if (face.is_seam) seams.push_back(face);
  auto const count = seams.size();
  if (count == 0) return "all faces together";
  std::ranges::stable_sort(seams, std::ranges::greater{}, &vox::pipeline::seam_face::z_score);
  seams.resize(std::min(count, shown));
  std::ranges::sort(seams, {}, &vox::pipeline::seam_face::at);
  std::string text;
  for (auto const& face : seams) text += (text.empty() ? "" : ", ") + std::to_string(face.at);
  return text + (count > shown ? " and " + std::to_string(count - shown) + " more" : "");
}

std::string seam_line(char axis, vox::pipeline::axis_seams const& a) {
  std::string const head = std::string("  ") + axis + "         ";
  if (a.faces.empty()) return head + "one block";
  auto const worst = std::ranges::max_element(a.faces, {}, &vox::pipeline::seam_face::z_score);
  std::string const line = head + std::to_string(a.faces.size()) +
                           (a.faces.size() == 1 ? " face" : " faces") +
                           formatted(": mean difference %.4g across, %.4g inside, ratio %.3f",
                                     a.across, a.inside, a.ratio());
  if (!a.is_judged)
    return line + "; no verdict: " + std::to_string(a.compared_planes) +
           " planes within blocks are too few to compare with";
  return line + formatted("; z-score %.1f, largest %.1f at %lld", a.z_score, worst->z_score,
                          static_cast<long long>(worst->at));
}

/// What is wrong with the result; nothing where it is right.
std::vector<std::string> complaints(vox::pipeline::difference_report const& blocks, double share,
                                    vox::pipeline::difference_profile const& profile,
                                    vox::pipeline::seam_report const& seams) {
  std::vector<std::string> all;
  if (blocks.share() > share)
    all.push_back(std::to_string(blocks.differing) + " of " + std::to_string(blocks.voxels) +
                  " voxels differ");
  if (profile.not_finite > 0)
    all.push_back(std::to_string(profile.not_finite) + " values are no numbers");
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (seams.along[axis].has_seams)
      all.push_back(std::string("seams along ") + "zyx"[axis] + " at " +
                    worst_faces(seams.along[axis]));
  return all;
}

/// Axes along which there are blocks, but too few planes to compare with: "z, y".
std::string axes_not_judged(vox::pipeline::seam_report const& seams) {
  std::string names;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (!seams.along[axis].faces.empty() && !seams.along[axis].is_judged)
      names += (names.empty() ? "" : ", ") + std::string(1, "zyx"[axis]);
  return names;
}

std::string verdict(std::vector<std::string> const& complaints,
                    vox::pipeline::seam_report const& seams) {
  auto const open = axes_not_judged(seams);
  bool const judged = std::ranges::any_of(seams.along, &vox::pipeline::axis_seams::is_judged);
  if (complaints.empty() && !open.empty() && !judged)
    return "verdict     blocks agree; whether there are seams is not known";
  if (complaints.empty())
    return "verdict     the result is right: blocks agree, no seams" +
           (open.empty() ? "" : " (along " + open + " that is not known)");
  std::string text;
  for (auto const& c : complaints) text += (text.empty() ? "" : "; ") + c;
  return "verdict     the result is not right: " + text;
}

using block_check =
    vox::pipeline::block_check<vox::io::any_source, vox::models::any_block_classifier,
                               vox::io::any_source>;
using profile_walk = vox::pipeline::profile_walk<vox::io::any_source>;

/// How the result is read from end to end.
vox::pipeline::plan reading_plan(job_options const& o, check_setup const& s) {
  auto request = profile_walk::request_for(s.result.source);
  request.budget_bytes = o.ram;
  request.process_bytes = s.made.job.process_bytes;
  request.threads = o.threads;
  request.chunk = o.chunk;
  return vox::pipeline::make_plan(request);
}

std::vector<vox::box<4>> boxes_of(job_options const& o, check_setup const& s,
                                  block_check const& blocks) {
  auto const room = o.ram - s.made.job.process_bytes - vox::pipeline::slack_bytes;
  auto const shape = blocks.shape_within(room, o.threads);
  auto const seed = number_or<std::uint64_t>(o, "seed", 1, "a whole number");
  auto const& [low, high] = s.region;
  vox::box<4> const all{{{0, low[0], low[1], low[2]}},
                        {{s.made.job.input.description().shape[0], high[0], high[1], high[2]}}};
  auto boxes = vox::pipeline::boxes_to_check(all, shape, random_blocks(o), seed);
  auto const halo = s.made.job.classifier->halo();
  std::printf(
      "blocks      %zu of %s voxels (z,y,x), computed again with a halo of %s (seed %llu)\n",
      boxes.size(), to_string(shape).c_str(), to_string(halo + halo).c_str(),
      static_cast<unsigned long long>(seed));
  return boxes;
}

/// Checks and reports.
/// @return the exit code
int checked(job_options const& o, check_setup const& s, std::stop_token const& stop) {
  double const tolerance = fraction(o, "tolerance");
  double const share = fraction(o, "share");
  auto const& job = s.made.job;
  block_check const check(job.input, *job.classifier, job.mask ? &*job.mask : nullptr,
                          s.result.source, s.region, s.kind, tolerance);
  auto const boxes = boxes_of(o, s, check);
  profile_walk const walk(s.result.source, s.kind, reading_plan(o, s));
  std::fflush(stdout);
  vox::progress voxels;
  voxels.start((static_cast<index_t>(boxes.size())) * boxes.front().size() +
               s.region.size() * job.input.description().shape[0]);
  std::optional<progress_display> display(std::in_place, voxels, o.progress);
  vox::pipeline::run_control const control{o.threads, &voxels, stop};
  auto const blocks = check(boxes, control);
  auto const profile = walk(control);
  display.reset();
  auto const grid = grid_of(o, s);
  auto const seams = vox::pipeline::find_seams(profile, grid.shape);
  print(agreement_lines(s, blocks, tolerance));
  print({"seams       between blocks of " + to_string(grid.shape) + " (" + grid.origin + ")"});
  for (std::size_t axis = 0; axis < 3; ++axis) print({seam_line("zyx"[axis], seams.along[axis])});
  auto const wrong = complaints(blocks, share, profile, seams);
  print({verdict(wrong, seams)});
  return wrong.empty() ? 0 : exit_not_right;
}

}  // namespace

int check(std::vector<std::string> const& words) {
  auto const options = parse_job_options(words, words_of_check);
  if (options.help) return std::fputs(check_help, stdout), 0;
  signal_watch const signals;
  auto const setup = set_up_check(options);
  print({"input       " + setup.made.input_line, "classifier  " + setup.made.classifier_line,
         "result      " + to_string(setup.kind) + ", " +
             description_text(setup.result.source.description())});
  try {
    stopwatch const watch;
    int const code = checked(options, setup, signals.token());
    std::printf("done        in %s (CPU %s); peak memory %s\n", duration_text(watch.wall()).c_str(),
                duration_text(watch.cpu()).c_str(), memory_text(peak_resident_bytes()).c_str());
    return code;
  } catch (vox::cancelled const&) {
    std::fputs("voxstitch: stopped by a signal\n", stderr);
    return 128 + signals.caught();
  }
}

}  // namespace app
