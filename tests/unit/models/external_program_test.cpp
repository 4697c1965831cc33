// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/models/external_program.hpp"

#include <csignal>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "support/block_classifier_laws.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/view/any_view.hpp"

using namespace voxstitch;
using Catch::Matchers::Contains;
using models::external_program;
using models::external_program_options;
using test::temporary_folder;

namespace {

/// What `cp {input} {output}` makes of two channels: channel c is the score of class c.
constexpr char const* identity = "cp {input} {output}";

/// Three blocks side by side along x; the middle one is read with a halo of 1.
constexpr block<3> middle{
    1, {{{0, 0, 2}}, {{2, 3, 4}}}, {{{0, 0, 2}}, {{2, 3, 4}}}, {{{0, 0, 1}}, {{2, 3, 5}}}};
constexpr box<3> domain{{}, {{2, 3, 6}}};

external_program_options options_of(std::string command, std::filesystem::path const& folder) {
  external_program_options o;
  o.command = std::move(command);
  o.class_names = {"dark", "bright"};
  o.halo = {{0, 0, 1}};
  o.folder = folder.string();
  return o;
}

/// [2, z, y, x] on middle.read: each voxel's own share of class 0, the rest of class 1.
std::vector<float> two_channels() {
  auto const voxels = static_cast<std::size_t>(middle.read.size());
  std::vector<float> values(2 * voxels);
  for (std::size_t i = 0; i < voxels; ++i) {
    values[i] = static_cast<float>(i) / 32.0f;
    values[voxels + i] = 1.0f - values[i];
  }
  return values;
}

coord<4> shape_of(index_t first, box<3> const& b) {
  return {{first, b.extent(0), b.extent(1), b.extent(2)}};
}

/// [z, y, x, class] of middle.result.
std::vector<float> scores_of(external_program const& program, std::vector<float> const& input) {
  auto const channels = static_cast<index_t>(input.size()) / middle.read.size();
  auto const classes = static_cast<index_t>(program.class_count());
  coord<3> const r = middle.result.shape();
  std::vector<float> p(static_cast<std::size_t>(product(r) * classes), -7.0f);
  program.classify({input.data(), shape_of(channels, middle.read)}, middle, domain,
                   {p.data(), {{r[0], r[1], r[2], classes}}});
  return p;
}

/// What the identity makes of two_channels(), or of others.
std::vector<float> expected(std::vector<float> const& input = two_channels()) {
  strided_view<float const, 4> const channels(input.data(), shape_of(2, middle.read));
  std::vector<float> p;
  for_each_voxel(relative_to(middle.result, middle.read), [&](coord<3> const& v) {
    for (index_t c = 0; c < 2; ++c) p.push_back(channels(c, v[0], v[1], v[2]));
  });
  return p;
}

std::string text_of(std::filesystem::path const& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A .npy file of z,y,x,c elements that count up from 0.
template <class T>
void write_array(std::filesystem::path const& file, coord<4> const& shape, T step) {
  std::vector<T> values(static_cast<std::size_t>(product(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(T(i) * step);
  strided_view<T, 4> const zyxc(values.data(), shape);
  io::write_npy(file.string(), io::view_source(zyxc.permuted({3, 0, 1, 2}).expanded(0), "zyxc"),
                1 << 20);
}

/// The message of the io_error that scores_of() throws.
std::string complaint(external_program const& program,
                      std::vector<float> const& input = two_channels()) {
  try {
    scores_of(program, input);
  } catch (io_error const& e) {
    return e.what();
  }
  return "nothing thrown";
}

std::size_t entries_in(std::filesystem::path const& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("external_program: a block goes out and its scores come back, npy and HDF5",
          "[models][exec]") {
  temporary_folder folder;
  for (char const* command :
       {identity, "cp {input.npy} {output.npy}", "cp {input.h5} {output.h5}"}) {
    CAPTURE(command);
    external_program const program(options_of(command, folder / "work"));
    CHECK(scores_of(program, two_channels()) == expected());
  }
  CHECK(entries_in(folder.path()) == 0);
}

TEST_CASE("external_program: the input is float32, z,y,x and c where there are channels",
          "[models][exec]") {
  temporary_folder folder;
  auto const seen = (folder / "seen").string();
  auto const scores = (folder / "scores.npy").string();
  write_array<float>(scores, {{2, 3, 2, 2}}, 0.0f);
  auto const layout_of = [&](std::string const& extension, std::size_t channels) {
    std::string const file = seen + std::to_string(channels) + extension;
    external_program const program(options_of(
        "cp {input" + extension + "} " + file + "; cp " + scores + " {output}", folder / "work"));
    scores_of(program, std::vector<float>(channels * 24));
    return extension == ".h5" ? io::probe_hdf5(file, "/data") : io::probe_npy(file);
  };
  for (char const* extension : {".npy", ".h5"}) {
    CHECK(layout_of(extension, 1).shape == std::vector<index_t>{2, 3, 4});
    CHECK(layout_of(extension, 2).shape == std::vector<index_t>{2, 3, 4, 2});
    CHECK(layout_of(extension, 3).type == element_type::float32);
  }
  CHECK(io::probe_hdf5(seen + "1.h5").axes == "zyx");
  CHECK(io::probe_hdf5(seen + "3.h5").axes == "zyxc");
}

TEST_CASE("external_program: the output may lie on the read box or the result box, in any of three "
          "types",
          "[models][exec]") {
  temporary_folder folder;
  auto const file = folder / "scores.npy";
  auto options = options_of("cp " + file.string() + " {output} # {input}", folder / "work");
  options.scores = models::score_rule::normalised;
  external_program const program(options);
  std::vector<float> const one_channel(24);
  auto const share = [](double first, index_t c) {
    return static_cast<float>((first + double(c)) / (2 * first + 1));
  };
  auto const check = [&](std::vector<float> const& p, index_t row_length, index_t first_x) {
    for_each_voxel(box<4>::at_origin({{2, 3, 2, 2}}), [&](coord<4> const& at) {
      index_t const voxel = (at[0] * 3 + at[1]) * row_length + first_x + at[2];
      auto const i = static_cast<std::size_t>(((at[0] * 3 + at[1]) * 2 + at[2]) * 2 + at[3]);
      CHECK(p[i] == share(2 * double(voxel), at[3]));
    });
  };
  write_array<float>(file, {{2, 3, 4, 2}}, 1.0f);
  check(scores_of(program, one_channel), 4, 1);
  write_array<double>(file, {{2, 3, 2, 2}}, 0.125);
  check(scores_of(program, one_channel), 2, 0);
  write_array<std::uint8_t>(file, {{2, 3, 4, 2}}, 1);
  check(scores_of(program, one_channel), 4, 1);
}

TEST_CASE("external_program: bytes are 255ths, and their rounding is allowed for",
          "[models][exec]") {
  temporary_folder folder;
  auto const file = folder / "scores.npy";
  std::vector<std::uint8_t> values(2 * 3 * 2 * 3, 0);
  auto const write = [&] {
    strided_view<std::uint8_t, 4> const zyxc(values.data(), {{2, 3, 2, 3}});
    io::write_npy(file.string(), io::view_source(zyxc.permuted({3, 0, 1, 2}).expanded(0), "zyxc"),
                  1 << 20);
  };
  auto options = options_of("cp " + file.string() + " {output} # {input}", folder / "work");
  options.class_names = {"a", "b", "c"};
  external_program const program(options);
  std::copy_n(std::array<std::uint8_t, 6>{51, 204, 0, 128, 64, 64}.begin(), 6, values.begin());
  write();
  auto const p = scores_of(program, std::vector<float>(24));
  CHECK(p[0] == 51.0f / 255.0f);
  CHECK(p[1] == 204.0f / 255.0f);
  CHECK(p[3] == 0.5f);
  CHECK(p[4] == 0.25f);
  CHECK(p[6] == 0.0f);
  test::check_voxel_distributions(p, 3);
  values[0] = 48;
  write();
  CHECK_THAT(complaint(program, std::vector<float>(24)),
             Contains("voxel 0,0,2 (z,y,x) is 48, 204, 0, whose sum is 252.000000 and not 255"));
}

TEST_CASE("external_program: scores that a network rounds are made to sum to 1", "[models][exec]") {
  temporary_folder folder;
  auto input = two_channels();
  for (std::size_t i = 0; i < 24; ++i) input[i] = 0.25f, input[24 + i] = 0.75006f;
  auto const p = scores_of(external_program(options_of(identity, folder / "work")), input);
  test::check_voxel_distributions(p, 2);
  CHECK(p[0] == static_cast<float>(0.25 / (0.25 + double(0.75006f))));
}

TEST_CASE("external_program: the places in a command are words of the shell", "[models][exec]") {
  temporary_folder folder;
  auto const odd = folder / "it's $HOME, \"a\" `name` with\nall";
  auto const said = (folder / "said").string();
  external_program const program(options_of(
      "printf '%s|' {block} {box} {halo} ${HOME:+home} > " + said + "; " + identity, odd));
  CHECK(scores_of(program, two_channels()) == expected());
  CHECK(text_of(said) == "1|0:2,0:3,1:5|0,0,1|home|");
}

TEST_CASE("external_program: a command has no input but its file", "[models][exec]") {
  temporary_folder folder;
  external_program const program(
      options_of("test -z \"$(cat)\" && cp {input} {output}", folder / "work"));
  CHECK(scores_of(program, two_channels()) == expected());
}

TEST_CASE("external_program: a command inherits no open file", "[models][exec]") {
  temporary_folder folder;
  int const open_file = ::open("/dev/null", O_RDONLY);
  REQUIRE(open_file > 2);
  external_program const program(
      options_of("test ! -e /proc/self/fd/" + std::to_string(open_file) + " && cp {input} {output}",
                 folder / "work"));
  CHECK(scores_of(program, two_channels()) == expected());
  ::close(open_file);
}

TEST_CASE("external_program: a command that fails once is run again", "[models][exec]") {
  temporary_folder folder;
  auto const mark = (folder / "mark").string();
  for (std::string const first :
       {"exit 3", "kill -9 $$", "exit 0", "echo rubbish > {output}", "mkdir -p {output}/in"}) {
    CAPTURE(first);
    std::filesystem::remove(mark);
    external_program const program(options_of("if test -e " + mark +
                                                  "; then cp {input} {output}; else touch " + mark +
                                                  "; " + first + "; fi",
                                              folder / "work"));
    CHECK(scores_of(program, two_channels()) == expected());
    CHECK(std::filesystem::exists(mark));
  }
}

TEST_CASE("external_program: a failure names the block, the command, its end and its last words",
          "[models][exec]") {
  temporary_folder folder;
  auto const runs = (folder / "runs").string();
  external_program const program(
      options_of("echo run >> " + runs + "; echo 'no GPU' >&2; cat {input} {output}; exit 3",
                 folder / "work"));
  auto const message = complaint(program);
  CHECK_THAT(message, Contains("exec: block 1, voxels [0:2, 0:3, 1:5] (z,y,x): the command failed "
                               "twice; at last it ended with exit code 3. Its files are kept in '" +
                               (folder / "work/block-1-").string()));
  CHECK_THAT(message, Contains("cat '" + (folder / "work/block-1-").string()));
  CHECK_THAT(message, Contains("\nIt said last:\n"));
  CHECK_THAT(message, Contains("no GPU"));
  CHECK(text_of(runs) == "run\nrun\n");
}

TEST_CASE("external_program: signals and missing commands have their own words", "[models][exec]") {
  temporary_folder folder;
  auto const message = [&](std::string const& command) {
    return complaint(external_program(options_of(command + " # {input} {output}", folder / "w")));
  };
  CHECK_THAT(message("kill -9 $$"), Contains("at last it was killed by signal 9 (Killed)."));
  CHECK_THAT(message("sh -c 'kill -11 $$'; exit $?"),
             Contains("exit code 139, which may be signal 11 (Segmentation fault)"));
  CHECK_THAT(message("/no/such/program"), Contains("exit code 127: the shell did not find it"));
  CHECK_THAT(message("/dev/null"), Contains("exit code 126: the shell may not execute it"));
  CHECK_THAT(message("true"), Contains("ended well, but it wrote no output file '"));
}

TEST_CASE("external_program: only the end of what a command says is kept", "[models][exec]") {
  temporary_folder folder;
  external_program const program(options_of(
      "seq 100000 >&2; printf 'a\\033[1mb\\rc'; exit 1 # {input} {output}", folder / "work"));
  auto const message = complaint(program);
  CHECK(message.size() < 4000);
  CHECK_THAT(message, Contains("\n99999\n100000\na[1mb\nc"));
  CHECK_THAT(message, !Contains("\n90000\n"));
  auto const last = message.substr(message.find("It said last:\n") + 14);
  CHECK_THAT(last.substr(0, last.find('\n')), Catch::Matchers::Matches("99[0-9]{3}"));
}

TEST_CASE("external_program: an output of another shape, type or axes is refused",
          "[models][exec]") {
  temporary_folder folder;
  auto const file = folder / "scores.npy";
  external_program const program(
      options_of("cp " + file.string() + " {output} # {input}", folder / "work"));
  write_array<float>(file, {{2, 2, 3, 4}}, 0.0f);
  CHECK_THAT(complaint(program),
             Contains("its output is float32 2 x 2 x 3 x 4, but it must be 2 x 3 x 4 x 2 "
                      "(z,y,x,class; the block as it was given) or 2 x 3 x 2 x 2 (the same without "
                      "the halo)"));
  write_array<std::int32_t>(file, {{2, 3, 4, 2}}, 0);
  CHECK_THAT(
      complaint(program),
      Contains("its output is int32 2 x 3 x 4 x 2, but it must be float32, float64 or uint8"));
  external_program const one_channel(options_of(identity, folder / "work"));
  CHECK_THAT(complaint(one_channel, std::vector<float>(24)),
             Contains("its output is float32 2 x 3 x 4, but"));
  std::ofstream(file) << "no array";
  CHECK_THAT(complaint(program), Contains("is not a .npy file"));
  any_array<5> cxyz(element_type::float32, {{1, 2, 2, 3, 4}});
  io::hdf5_sink sink((folder / "c.h5").string(), {},
                     io::view_source(cxyz.view(), "czyx").description());
  sink.write(box<5>::at_origin(cxyz.shape()), cxyz.view());
  sink.finish();
  external_program const channels_first(
      options_of("cp " + (folder / "c.h5").string() + " {output.h5} # {input}", folder / "work"));
  CHECK_THAT(complaint(channels_first), Contains("of axes czyx, but they must be zyxc"));
}

TEST_CASE("external_program: values that are no scores are refused", "[models][exec]") {
  temporary_folder folder;
  auto const message = [&](float value, models::score_rule rule) {
    auto input = two_channels();
    input[10] = value;  // z 0, y 2, x 2 of the read box: 3 of the volume
    auto options = options_of(identity, folder / "work");
    options.scores = rule;
    return complaint(external_program(options), input);
  };
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (auto const rule : {models::score_rule::probabilities, models::score_rule::normalised}) {
    for (float value : {-0.25f, nan, infinity}) {
      CAPTURE(value);
      CHECK_THAT(message(value, rule), Contains("its output for voxel 0,2,3 (z,y,x) is ") &&
                                           Contains(": scores are finite and not negative"));
    }
  }
  CHECK_THAT(
      message(0.5f, models::score_rule::probabilities),
      Contains("is 0.500000, 0.687500, whose sum is 1.187500 and not 1 (or 0, where no class "
               "is known); --normalise divides scores by their sum"));
  CHECK(message(0.5f, models::score_rule::normalised) == "nothing thrown");
}

TEST_CASE("external_program: no class is known where all scores are 0", "[models][exec]") {
  temporary_folder folder;
  auto options = options_of(identity, folder / "work");
  std::vector<float> const zeros(48);
  CHECK(scores_of(external_program(options), zeros) == expected(zeros));
  options.scores = models::score_rule::normalised;
  CHECK(scores_of(external_program(options), zeros) == expected(zeros));
}

TEST_CASE("external_program: files go when a block is done, and are kept when it failed",
          "[models][exec]") {
  temporary_folder folder;
  auto options = options_of("cp {input} {output}; exit 1", folder / "work");
  options.failed_folder = (folder / "failed").string();
  auto const message = complaint(external_program(options));
  CHECK_THAT(message, Contains("kept in '" + (folder / "failed/block-1-").string()));
  CHECK_THAT(message, Contains("cp '" + (folder / "failed/block-1-").string()));
  CHECK(entries_in(folder.path()) == 1);
  REQUIRE(entries_in(folder / "failed") == 1);
  auto const kept = std::filesystem::directory_iterator(folder / "failed")->path();
  CHECK(io::probe_npy((kept / "input.npy").string()).shape == std::vector<index_t>{2, 3, 4, 2});
  CHECK(std::filesystem::exists(kept / "output.npy"));
}

TEST_CASE("external_program: a folder that cannot be written to is named", "[models][exec]") {
  CHECK_THAT(complaint(external_program(options_of(identity, "/proc/nowhere"))),
             Contains("exec: folder '/proc/nowhere' cannot hold the files of a block: "));
}

TEST_CASE("external_program: commands of several blocks run side by side", "[models][exec]") {
  temporary_folder folder;
  auto const pipe = (folder / "pipe").string();
  // Whoever comes first waits until the other one opens the pipe's other end.
  external_program const program(
      options_of("if mkdir " + pipe + ".first 2>/dev/null; then mkfifo " + pipe + ".new && mv " +
                     pipe + ".new " + pipe + " && echo hello > " + pipe + "; else until test -p " +
                     pipe + "; do sleep 0.01; done; read word < " + pipe + "; fi; " + identity,
                 folder / "work"));
  std::vector<std::vector<float>> results(2);
  {
    std::vector<std::jthread> threads;
    for (auto& result : results)
      threads.emplace_back([&] { result = scores_of(program, two_channels()); });
  }
  for (auto const& result : results) CHECK(result == expected());
}

TEST_CASE("external_program: a stop ends the command and all that it started", "[models][exec]") {
  temporary_folder folder;
  auto const mark = (folder / "mark").string();
  std::stop_source stop;
  auto options =
      options_of("(sleep 1000; cp {input} {output}) & touch " + mark + "; wait", folder / "work");
  options.stop = stop.get_token();
  external_program const program(options);
  sigset_t blocked;  // as in a program that waits for signals in one thread
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  std::jthread const stopper([&] {
    while (!std::filesystem::exists(mark)) std::this_thread::yield();
    stop.request_stop();
  });
  CHECK_THROWS_AS(scores_of(program, two_channels()), cancelled);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(entries_in(folder / "work") == 0);
  CHECK_THROWS_AS(scores_of(program, two_channels()), cancelled);
}

TEST_CASE("external_program: keeps the laws of block classifiers", "[models][exec]") {
  temporary_folder folder;
  auto const script = (folder / "row_share.py").string();
  // Class 1: how many of a voxel and its neighbours along x, in the last channel, exceed 100. The
  // standard library alone: it starts fast.
  std::ofstream(script) << R"(
import array, struct, sys
data = open(sys.argv[1], 'rb').read()
end = 10 + struct.unpack('<H', data[8:10])[0]
shape = eval(data[10:end])['shape']
z, y, x = shape[:3]
channels = shape[3] if len(shape) == 4 else 1
values = array.array('f', data[end:])[channels - 1::channels]
scores = array.array('d')
for row in range(z * y):
    line = values[row * x:(row + 1) * x]
    for i in range(x):
        near = line[max(0, i - 1):i + 2]
        share = sum(v > 100 for v in near) / len(near)
        scores.extend((1 - share, share))
text = str({'descr': '<f8', 'fortran_order': False, 'shape': (z, y, x, 2)}).encode().ljust(117) + b'\n'
open(sys.argv[2], 'wb').write(b'\x93NUMPY\1\0' + struct.pack('<H', len(text)) + text + scores.tobytes())
)";
  external_program const program(options_of(
      "PATH=/usr/bin:$PATH python3 -I -S " + script + " {input} {output}", folder / "work"));
  test::check_block_classifier_laws(program, 1, {{1, 1, 1}}, 5);
  test::check_block_classifier_laws(program, 2, {{1, 1, 1}}, 4);
}

TEST_CASE("external_program: memory is counted by what the formats need", "[models][exec]") {
  temporary_folder folder;
  external_program const npy(options_of(identity, folder / "work"));
  external_program const hdf5(options_of("cp {input.h5} {output.h5}", folder / "work"));
  box<3> const large = box<3>::at_origin({{200, 300, 400}});
  block<3> const b{0, large, large, large};
  CHECK(npy.scratch_bytes(b) >= 300 * 400 * 2 * 8);
  CHECK(npy.scratch_bytes(b) < large.size() * 8);
  CHECK(hdf5.scratch_bytes(b) >= 3 * large.size() * 2 * 8);
}

TEST_CASE("external_program: what cannot work is refused before the first block",
          "[models][exec]") {
  auto const message = [](auto change) -> std::string {
    auto options = options_of(identity, "folder");
    change(options);
    try {
      external_program const program(options);
    } catch (usage_error const& e) {
      return e.what();
    }
    return "nothing thrown";
  };
  auto const of_command = [&](std::string const& command) {
    return message([&](auto& o) { o.command = command; });
  };
  CHECK_THAT(of_command(" "), Contains("no command; write exec:\"CMD {input} {output}\""));
  CHECK_THAT(of_command("net {input}"), Contains("'net {input}' has no {output}; write"));
  CHECK_THAT(of_command("net {output} {inputs}"), Contains("has no {input}"));
  CHECK_THAT(of_command("net {input.tif} {output}"),
             Contains("asks for {input.tif}; allowed are {input.npy} and {input.h5}"));
  CHECK_THAT(of_command("net {input} {output.h5} {output}"),
             Contains("has {output} as .h5 and as .npy; a block's file has one format"));
  CHECK_THAT(message([](auto& o) { o.class_names.clear(); }), Contains("names of the classes"));
  CHECK_THAT(message([](auto& o) { o.halo[1] = -2; }), Contains("halo 0,-2,1"));
  CHECK_THAT(message([](auto& o) { o.folder.clear(); }), Contains("needs a folder"));
  CHECK(message([](auto&) {}) == "nothing thrown");
}
