// SPDX-License-Identifier: BSL-1.0
#include "job_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <sched.h>

#include <boost/program_options.hpp>

#include "command_words.hpp"
#include "voxstitch/core/memory_budget.hpp"
#include "voxstitch/io/file_name.hpp"

namespace app {

namespace {

namespace po = boost::program_options;

po::options_description described(own_words const& own) {
  auto const text = [] { return po::value<std::string>(); };
  po::options_description all;
  all.add_options()("help,h", "")("input", text())("project,p", text())("classifier", text())(
      "class-names", text())("halo", text())("normalise", po::bool_switch())(
      "output,o", po::value<std::vector<std::string>>()->composing())("classes", text())(
      "dtype", text())("mask", text())("axes", text())("stack-along", text())("roi", text())(
      "block", text())("chunk", text())("threads", text())("ram", text())("job", text())(
      "fresh", po::bool_switch())("link", po::bool_switch())("shards", text())("stitch", text())(
      "overlap", text())("shard", text())("overwrite", po::bool_switch())("progress", text())(
      "picture", text())("report", text())("config", text());
  for (auto const* names : {&own.options, &own.positional})
    for (auto const& name : *names) all.add_options()(name.c_str(), text());
  if (!own.rest.empty())
    all.add_options()(own.rest.c_str(), po::value<std::vector<std::string>>()->composing());
  return all;
}

/// @throws usage_error when one of these was given.
void refuse_given(std::vector<std::string> const& names, po::variables_map const& values) {
  for (auto const& name : names)
    if (values.count(name) != 0 && !values[name].defaulted())
      throw usage_error(
          (name == "input" ? "the input '" + text_of(values, name) + "'" : "--" + name) +
          " has no meaning for this command (see --help)");
}

/// Without the mark that some editors put before UTF-8.
/// @throws usage_error when it is no file that can be read.
std::istringstream text_of_config(std::string const& path) {
  if (voxstitch::io::is_folder(path))
    throw usage_error("--config '" + path + "' is a folder; name a file of options");
  std::ifstream file(path);
  if (!file) throw usage_error("--config '" + path + "' cannot be read; name a file of options");
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return std::istringstream(text);
}

/// @throws usage_error for what a file of options cannot say.
po::parsed_options parsed_config(std::string const& path, po::options_description const& options) {
  auto text = text_of_config(path);
  auto parsed = without_empty_values(po::parse_config_file(text, options));
  for (auto const& option : parsed.options)
    if (option.string_key == "config")
      throw usage_error("--config '" + path + "': the line 'config = " + option.value.front() +
                        "' names another file of options, which is not read; write its lines here");
  return parsed;
}

po::variables_map parse(std::vector<std::string> const& words, own_words const& own) {
  auto const options = described(own);
  po::positional_options_description positional;
  positional.add("input", 1);
  for (auto const& name : own.positional) positional.add(name.c_str(), 1);
  if (!own.rest.empty()) positional.add(own.rest.c_str(), -1);
  po::variables_map values;
  try {
    po::store(parsed(words, options, positional), values);
    refuse_given(own.refused, values);
    if (values.count("config") != 0)
      po::store(parsed_config(values["config"].as<std::string>(), options), values);
    po::notify(values);
  } catch (po::too_many_positional_options_error const&) {
    throw usage_error("more than one input was given; quote a pattern so that the shell does not "
                      "expand it: \"slices/slice_*.tif\"");
  } catch (po::error const& e) {
    throw usage_error(std::string(e.what()) + " (see --help)");
  }
  return values;
}

/// @throws usage_error when there are several.
std::string only_output(po::variables_map const& values) {
  auto const files = texts_of(values, "output");
  if (files.size() > 1)
    throw usage_error("-o '" + files[1] + "': there is one output, and it is '" + files[0] + "'");
  return files.empty() ? "" : files[0];
}

/// Cores that this process may run on.
int available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

int threads_of(po::variables_map const& values) {
  auto text = text_of(values, "threads");
  std::string option = "--threads";
  if (char const* lazyflow = std::getenv("LAZYFLOW_THREADS"); text.empty() && lazyflow != nullptr) {
    text = lazyflow;
    option = "LAZYFLOW_THREADS";
  }
  if (text.empty()) return available_cores();
  int const threads = number<int>(option, text, "a whole number from 1 to 1024");
  if (threads < 1 || threads > 1024)
    throw usage_error(option + ": '" + text + "' is not a whole number from 1 to 1024");
  return threads;
}

voxstitch::index_t shards_of(po::variables_map const& values) {
  auto const text = text_of(values, "shards");
  if (text.empty()) return 0;
  auto const shards = number<voxstitch::index_t>("--shards", text, "a whole number from 1 on");
  if (shards < 1) throw usage_error("--shards: '" + text + "' is not a whole number from 1 on");
  return shards;
}

std::int64_t ram_of(po::variables_map const& values) {
  if (auto const text = text_of(values, "ram"); !text.empty()) return bytes("--ram", text);
  if (char const* lazyflow = std::getenv("LAZYFLOW_TOTAL_RAM_MB");
      lazyflow != nullptr && *lazyflow != '\0')
    return bytes("LAZYFLOW_TOTAL_RAM_MB", std::string(lazyflow) + "M");
  return voxstitch::available_memory() / 5 * 4;
}

char stack_axis(std::string const& text) {
  if (text.empty()) return 'z';
  if (text.size() != 1 || std::string("tczyx").find(text[0]) == std::string::npos)
    throw usage_error("--stack-along '" + text + "': give one letter of tczyx");
  return text[0];
}

bool quantised(std::string const& dtype) {
  if (dtype.empty() || dtype == "float32") return false;
  if (dtype == "uint8") return true;
  throw usage_error("--dtype '" + dtype + "': allowed are float32 and uint8");
}

/// Everything that says what is made; nothing about how and where it is worked on.
std::vector<std::string> command_of(job_options const& o, po::variables_map const& values) {
  std::vector<std::string> words{absolute_name(o.input)};
  auto const add = [&](std::string const& name, std::string const& value) {
    if (!value.empty()) words.push_back("--" + name + "=" + value);
  };
  for (auto const& output : o.outputs)
    add("output", to_string(output.kind) + "=" + absolute_name(output.path));
  add("project", absolute_name(o.project));
  add("mask", absolute_name(o.mask));
  for (char const* name : {"classifier", "class-names", "halo", "classes", "dtype", "stitch",
                           "overlap", "axes", "stack-along", "roi", "chunk"})
    add(name, text_of(values, name));
  if (!o.stitch.empty()) add("block", text_of(values, "block"));  // it determines the values
  if (o.normalise) words.emplace_back("--normalise");
  return words;
}

std::optional<voxstitch::coord<3>> shape_of(po::variables_map const& values, char const* name) {
  auto const text = text_of(values, name);
  if (text.empty()) return std::nullopt;
  return shape3("--" + std::string(name), text);
}

/// Values of the options of z, y and x that were given for y and x only.
std::map<std::string, std::string> flat_options(po::variables_map const& values) {
  std::map<std::string, std::string> flat;
  for (char const* name : {"roi", "halo", "overlap", "block", "chunk"})
    if (auto const text = text_of(values, name); std::ranges::count(text, ',') == 1)
      flat["--" + std::string(name)] = text;
  return flat;
}

}  // namespace

job_options parse_job_options(std::vector<std::string> const& words, own_words const& own) {
  auto const values = parse(words, own);
  job_options o;
  o.help = values.count("help") != 0;
  if (o.help) return o;
  o.input = text_of(values, "input");
  o.project = text_of(values, "project");
  o.classifier = text_of(values, "classifier");
  o.class_names = text_of(values, "class-names");
  o.halo = text_of(values, "halo");
  o.normalise = values["normalise"].as<bool>();
  o.mask = text_of(values, "mask");
  for (auto const& text : texts_of(values, "output"))
    if (!own.output_is_file) o.outputs.push_back(voxstitch::pipeline::parse_output(text));
  if (auto const text = text_of(values, "classes"); !text.empty())
    o.content = voxstitch::pipeline::parse_class_content(text);
  o.quantised = quantised(text_of(values, "dtype"));
  o.axes = text_of(values, "axes");
  o.stack_along = stack_axis(text_of(values, "stack-along"));
  o.stitch = text_of(values, "stitch");
  o.overlap = margin3("--overlap", text_of(values, "overlap"));
  o.region = text_of(values, "roi");
  o.block = shape_of(values, "block");
  o.chunk = shape_of(values, "chunk");
  o.flat = flat_options(values);
  o.threads = threads_of(values);
  o.ram = ram_of(values);
  o.job_folder = text_of(values, "job");
  o.link = values["link"].as<bool>();
  o.fresh = values["fresh"].as<bool>();
  o.shards = shards_of(values);
  o.shard = text_of(values, "shard");
  o.overwrite = values["overwrite"].as<bool>();
  o.progress = parse_progress_style(text_of(values, "progress"));
  o.picture = text_of(values, "picture");
  o.report = own.output_is_file ? only_output(values) : text_of(values, "report");
  o.command = command_of(o, values);
  for (auto const* names : {&own.options, &own.positional})
    for (auto const& name : *names) o.own[name] = text_of(values, name.c_str());
  if (!own.rest.empty()) o.rest = texts_of(values, own.rest.c_str());
  return o;
}

void require_all_axes(job_options const& o, voxstitch::coord<3> const& shape) {
  if (o.flat.empty() || shape[0] == 1) return;
  auto const& [option, value] = *o.flat.begin();
  auto const planes = std::to_string(shape[0]);
  throw usage_error(option + " '" + value + "': two axes, y,x, are for images, but the input has " +
                    planes + " planes along z; write three, z,y,x: " + option +
                    (option == "--roi" ? " 0:" + planes + "," + value + " for all planes"
                                       : " Z," + value + " with a number of planes Z"));
}

job_options with_means_of(job_options job, job_options const& here) {
  job.threads = here.threads;
  job.ram = here.ram;
  job.job_folder = here.job_folder;
  job.shard = here.shard;
  job.overwrite = here.overwrite;
  job.progress = here.progress;
  return job;
}

}  // namespace app
