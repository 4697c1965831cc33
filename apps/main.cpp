// SPDX-License-Identifier: BSL-1.0
/// @file voxstitch: classifies every voxel of volumes larger than memory.

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "commands.hpp"
#include "process.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/io/hdf5_process.hpp"

namespace {

char const* const help =
    "voxstitch: classifies every voxel of volumes larger than memory, without seams.\n"
    "\n"
    "  voxstitch info FILE...                     what is in a volume or a project\n"
    "  voxstitch plan --project P INPUT -o ...    what run would do; runs nothing\n"
    "  voxstitch run  --project P INPUT -o ...    classify a volume, all outputs in one pass\n"
    "  voxstitch split --job DIR ..., classify --job DIR --shard i/n, merge --job DIR\n"
    "                                             the same by many processes\n"
    "  voxstitch train INPUT --labels L -o P.ilp  a project without ilastik, which ilastik opens\n"
    "  voxstitch check --project P INPUT RESULT   is a result right, and are there seams?\n"
    "  voxstitch report INPUT RESULT... -o P.html one page to look at: slices, classes, seams\n"
    "  voxstitch phantom -o DIR                   a synthetic brain to try things on\n"
    "\n"
    "Example: a stack of slices and a trained ilastik project become probability maps,\n"
    "labels and one map per class:\n"
    "\n"
    "  voxstitch run --project brain-cells.ilp \"slices/slice_*.tif\" \\\n"
    "    -o probabilities=p.h5 -o labels=l.h5 -o classes=c.h5\n"
    "\n"
    "voxstitch COMMAND --help tells more. Exit codes: 0 done, 1 internal error, 2 wrong usage,\n"
    "3 input or project not usable, 4 reading or writing failed, 5 memory budget too small,\n"
    "6 check: the result is not right, 130 and 143 stopped by a signal.\n";

int run_command(std::vector<std::string> const& words) {
  if (words.empty()) {
    std::fputs(help, stderr);
    return app::exit_usage;
  }
  std::vector<std::string> const rest(words.begin() + 1, words.end());
  if (words[0] == "info") return app::info(rest);
  if (words[0] == "plan") return app::plan(rest);
  if (words[0] == "run") return app::run(rest);
  if (words[0] == "split") return app::split(rest);
  if (words[0] == "classify") return app::classify(rest);
  if (words[0] == "merge") return app::merge(rest);
  if (words[0] == "train") return app::train(rest);
  if (words[0] == "check") return app::check(rest);
  if (words[0] == "report") return app::report(rest);
  if (words[0] == "phantom") return app::phantom(rest);
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help")
    return std::fputs(help, stdout), 0;
  if (words[0] == "--version") return std::puts("voxstitch " VOXSTITCH_VERSION), 0;
  throw voxstitch::usage_error("'" + words[0] +
                               "' is no command; allowed are info, plan, run, split, classify, "
                               "merge, train, check, report, phantom (see voxstitch --help)");
}

int fail(char const* message, int code) {
  std::fprintf(stderr, "voxstitch: %s\n", message);
  return code;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::signal(SIGCHLD, SIG_DFL);  // ignored, as it may be inherited, it hides how programs ended
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error of writing like any other
  app::bound_allocator();
  voxstitch::io::leave_hdf5_alone_at_exit();
  try {
    return run_command(std::vector<std::string>(argv + 1, argv + argc));
  } catch (voxstitch::usage_error const& e) {
    return fail(e.what(), app::exit_usage);
  } catch (voxstitch::format_error const& e) {
    return fail(e.what(), app::exit_input);
  } catch (voxstitch::shape_error const& e) {
    return fail(e.what(), app::exit_input);
  } catch (voxstitch::io_error const& e) {
    return fail(e.what(), app::exit_io);
  } catch (voxstitch::budget_error const& e) {
    return fail(e.what(), app::exit_budget);
  } catch (std::bad_alloc const&) {
    return fail("out of memory although the plan was kept; lower --ram or free memory",
                app::exit_budget);
  } catch (std::exception const& e) {
    return fail((std::string("internal error: ") + e.what()).c_str(), app::exit_internal);
  }
}
