// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <boost/program_options.hpp>
#include <tbb/parallel_for.h>

#include "arguments.hpp"
#include "command_words.hpp"
#include "commands.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/synthetic/phantom.hpp"
#include "voxstitch/synthetic/strokes.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace app {

namespace {

namespace fs = std::filesystem;
namespace vox = voxstitch;

char const* const phantom_help =
    "voxstitch phantom -o DIR [--shape z,y,x] [--seed N] [--strokes N]\n"
    "\n"
    "Writes a synthetic light-sheet image of a brain with cells, vessels, axons and noise:\n"
    "  DIR/raw/slice_0000.tif ...     uint16, one file per slice\n"
    "  DIR/truth/slice_0000.tif ...   uint8: 1 background, 2 tissue, 3 cell, 4 vessel, 5 axon\n"
    "The same shape and seed give the same files everywhere.\n"
    "\n"
    "  -o DIR           a new or empty folder\n"
    "  --shape Z,Y,X    default 64,512,512\n"
    "  --seed N         default 1\n"
    "  --strokes N      also DIR/strokes/slice_0000.tif ...: labels as somebody paints them, N "
    "strokes\n"
    "                   per class, for voxstitch train\n"
    "\n"
    "Example:\n"
    "  voxstitch phantom -o brain --shape 64,512,512\n";

struct phantom_options {
  fs::path folder;
  vox::coord<3> shape{{64, 512, 512}};
  std::uint64_t seed = 1;
  int strokes = 0;  ///< per class
};

int strokes_of(std::string const& text) {
  constexpr char const* allowed = "a whole number from 1 to 100000";
  int const strokes = number<int>("--strokes", text, allowed);
  if (strokes < 1 || strokes > 100'000)
    throw usage_error("--strokes: '" + text + "' is not " + allowed);
  return strokes;
}

std::optional<phantom_options> parse(std::vector<std::string> const& words) {
  namespace po = boost::program_options;
  po::options_description options;
  auto const text = [] { return po::value<std::string>(); };
  options.add_options()("help,h", "")("output,o",
                                      text())("shape", text())("seed", text())("strokes", text());
  po::variables_map values;
  try {
    po::store(
        without_empty_values(po::command_line_parser(words).options(options).positional({}).run()),
        values);
  } catch (po::error const& e) {
    throw usage_error(std::string("phantom: ") + e.what() + " (see voxstitch phantom --help)");
  }
  if (values.count("help") != 0) return std::nullopt;
  if (values.count("output") == 0)
    throw usage_error("phantom: give the folder to write to with -o DIR");
  phantom_options o;
  o.folder = values["output"].as<std::string>();
  if (values.count("shape") != 0) o.shape = shape3("--shape", values["shape"].as<std::string>());
  if (values.count("seed") != 0)
    o.seed = number<std::uint64_t>("--seed", values["seed"].as<std::string>(), "a whole number");
  if (values.count("strokes") != 0) o.strokes = strokes_of(values["strokes"].as<std::string>());
  return o;
}

void make_folders(fs::path const& folder, std::vector<char const*> const& parts) {
  if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder)))
    throw usage_error("phantom: " + vox::quoted(folder.string()) +
                      " exists and is not empty; name a new folder");
  std::error_code failure;
  for (char const* part : parts) fs::create_directories(folder / part, failure);
  if (failure)
    throw vox::io_error("phantom: " + vox::quoted(folder.string()) +
                        " cannot be made: " + failure.message());
}

/// "slice_0007.tif", with as many digits as the last slice needs and at least four.
std::string slice_name(vox::index_t z, vox::index_t count) {
  auto const digits = std::max<std::size_t>(4, std::to_string(count - 1).size());
  auto const text = std::to_string(z);
  return "slice_" + std::string(digits - text.size(), '0') + text + ".tif";
}

template <class T>
void write_slice(fs::path const& path, vox::strided_view<T, 2> const& slice) {
  vox::coord<5> const shape{{1, 1, 1, slice.extent(0), slice.extent(1)}};
  vox::io::view_source const source(vox::any_view<5>(vox::strided_view<T, 5>(slice.data(), shape)),
                                    "yx");
  vox::io::write_tiff(path.string(), source, std::int64_t{1} << 30);
}

/// Slices [first, last) of image and truth, computed and written in parallel.
void write_slab(vox::synthetic::phantom const& brain, vox::index_t first, vox::index_t last,
                fs::path const& folder) {
  auto slab = vox::box<3>::at_origin(brain.shape());
  slab.inclusive_min[0] = first;
  slab.exclusive_max[0] = last;
  vox::dense_array<std::uint16_t, 3> raw(slab.shape());
  vox::dense_array<std::uint8_t, 3> truth(slab.shape());
  tbb::parallel_for(vox::index_t{0}, vox::divide_up(slab.extent(1), 64), [&](vox::index_t i) {
    auto part = slab;
    part.inclusive_min[1] = 64 * i;
    part.exclusive_max[1] = std::min(slab.exclusive_max[1], 64 * (i + 1));
    brain.raw(part, raw.view().sub(relative_to(part, slab)));
    brain.truth(part, truth.view().sub(relative_to(part, slab)));
  });
  tbb::parallel_for(first, last, [&](vox::index_t z) {
    auto const name = slice_name(z, brain.shape()[0]);
    write_slice(folder / "raw" / name, raw.view().slice(0, z - first));
    write_slice(folder / "truth" / name, truth.view().slice(0, z - first));
  });
}

/// One file per slice, most of them hardly painted.
/// @return voxels that are labelled
std::size_t write_strokes(vox::synthetic::phantom const& brain, phantom_options const& o) {
  auto const painted = vox::synthetic::paint(brain, {o.strokes, 12, o.seed});
  auto const& shape = brain.shape();
  vox::dense_array<std::uint8_t, 2> slice(vox::coord<2>{{shape[1], shape[2]}});
  auto next = painted.begin();
  for (vox::index_t z = 0; z < shape[0]; ++z) {
    fill(slice.view(), 0);
    for (; next != painted.end() && next->at[0] == z; ++next)
      slice.view()[{{next->at[1], next->at[2]}}] = next->label;
    write_slice(o.folder / "strokes" / slice_name(z, shape[0]), slice.view());
  }
  return painted.size();
}

}  // namespace

int phantom(std::vector<std::string> const& words) {
  auto const options = parse(words);
  if (!options) return std::fputs(phantom_help, stdout), 0;
  std::vector<char const*> parts{"raw", "truth"};
  if (options->strokes > 0) parts.push_back("strokes");
  make_folders(options->folder, parts);
  vox::synthetic::phantom const brain(options->shape, options->seed);
  constexpr vox::index_t slab = 32;
  for (vox::index_t z = 0; z < options->shape[0]; z += slab)
    write_slab(brain, z, std::min(z + slab, options->shape[0]), options->folder);
  auto const labelled = options->strokes > 0 ? write_strokes(brain, *options) : 0;
  std::printf("%s voxels (z,y,x) of synthetic brain in %s: %s\n", to_string(options->shape).c_str(),
              (options->folder / "raw").c_str(),
              ("\"" + (options->folder / "raw" / "slice_*.tif").string() + "\"").c_str());
  std::printf("its truth (1 background, 2 tissue, 3 cell, 4 vessel, 5 axon) in %s\n",
              (options->folder / "truth").c_str());
  if (options->strokes > 0)
    std::printf("strokes on %zu voxels (%.2f %%) in %s\n", labelled,
                100 * double(labelled) / double(product(options->shape)),
                (options->folder / "strokes").c_str());
  return 0;
}

}  // namespace app
