// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does any program classify blocks: a network, a script, ilastik itself?

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <tbb/task_arena.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/core/cancel.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/models/detail/block_files.hpp"
#include "voxstitch/models/detail/call_folder.hpp"
#include "voxstitch/models/detail/command_template.hpp"
#include "voxstitch/models/detail/shell_command.hpp"
#include "voxstitch/models/score_rule.hpp"

namespace voxstitch::models {

/// What is known about a program that classifies blocks.
struct external_program_options {
  /// For the shell; see external_program for the places in it.
  std::string command;
  std::vector<std::string> class_names;  ///< in the order of the output's last axis
  coord<3> halo{};                       ///< how far it looks: z, y, x; voxels
  score_rule scores = score_rule::probabilities;
  std::string folder;         ///< for the files of blocks in work; made when needed
  std::string failed_folder;  ///< where those of a block that failed are kept; empty: in `folder`
  std::stop_token stop;       ///< ends the commands that run
};

/// A block classifier that runs a command for every block. Models block_classifier.
///
/// In the command, {input} and {output} become the names of two .npy files, {input.h5} and
/// {output.h5} of HDF5 files; {block} the block's index, {box} its place in the volume with halo
/// ("0:64,0:128,30:158"; z, y, x), {halo} "z,y,x". Each is one quoted word of the shell.
///
/// The input is float32, whatever the volume is: z,y,x, and c behind them where there is more than
/// one channel; in HDF5 it is the dataset /data with axistags. The output is z,y,x,class: on the
/// box of the input, or on that without the halo; float32, float64, or uint8 with 255 for 1; in
/// HDF5 the only dataset of any name. At the volume's border the input ends: the halo is clipped,
/// not mirrored, and the program follows its own rule there.
///
/// A command that fails, or writes anything else, is run once more; then it is an error.
/// That the results do not depend on the blocks is the program's promise: it holds when what it
/// says of a voxel depends on the halo around it only.
/// @thread_safety calls run their commands side by side
class external_program {
 public:
  /// @throws usage_error for a command without {input} and {output}, no class names, a negative
  /// halo, or no folder.
  explicit external_program(external_program_options options)
      : options_(checked(std::move(options))), command_(options_.command),
        folder_(std::make_shared<detail::calls_folder const>(options_.folder)) {}

  [[nodiscard]] coord<3> halo() const { return options_.halo; }
  [[nodiscard]] std::size_t class_count() const { return options_.class_names.size(); }
  [[nodiscard]] std::vector<std::string> class_names() const { return options_.class_names; }

  /// In this process; what the program needs for itself is not known.
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const& b) const {
    return std::max(detail::writing_bytes(command_.input_extension()),
                    detail::scores_file::bytes(command_.output_extension(), b, classes()) +
                        reading_bytes());
  }

  /// @param input [channel, z, y, x] on b.read
  /// @param p     [z, y, x, class] on b.result
  /// @throws io_error that names the block, the command, how it ended and what it said last, when
  /// it failed twice; cancelled when it was stopped.
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const&,
                strided_view<float, 4> const& p) const {
    detail::call_folder here(folder_->make("block-" + std::to_string(b.index)));
    // While this thread waits for others, it does not begin another block.
    tbb::this_task_arena::isolate([&] { detail::write_block(input_in(here.path()), input); });
    failed_attempt last;
    for (int attempt = 0; attempt < 2; ++attempt) {
      std::error_code nothing_there;
      std::filesystem::remove_all(output_in(here.path()), nothing_there);
      auto failed = run(here.path(), b, p);
      if (!failed) return;
      last = std::move(*failed);
    }
    fail(last, here.keep(options_.failed_folder), b);
  }

 private:
  struct failed_attempt {
    std::string what;
    std::string tail;  ///< of what the command said
  };

  [[nodiscard]] static external_program_options checked(external_program_options o) {
    if (o.class_names.empty())
      throw usage_error("exec: needs the names of the classes, one for each along the last axis of "
                        "the program's output");
    if (std::any_of(o.halo.begin(), o.halo.end(), [](index_t reach) { return reach < 0; }))
      throw usage_error("exec: halo " + to_string(o.halo) + " (z,y,x) must not be negative");
    if (o.folder.empty()) throw usage_error("exec: needs a folder for the files of blocks");
    return o;
  }

  [[nodiscard]] index_t classes() const {
    return static_cast<index_t>(options_.class_names.size());
  }

  /// Pieces of a row and of foreign order that each thread holds for a moment.
  [[nodiscard]] static std::int64_t reading_bytes() {
    return detail::transfer_bytes *
           static_cast<std::int64_t>(tbb::this_task_arena::max_concurrency());
  }

  [[nodiscard]] std::string input_in(std::filesystem::path const& folder) const {
    return (folder / ("input" + command_.input_extension())).string();
  }
  [[nodiscard]] std::string output_in(std::filesystem::path const& folder) const {
    return (folder / ("output" + command_.output_extension())).string();
  }

  [[nodiscard]] std::string command_for(block<3> const& b,
                                        std::filesystem::path const& folder) const {
    std::string box_text = to_string(b.read);
    std::erase_if(box_text, [](char c) { return c == '[' || c == ']' || c == ' '; });
    return command_.filled({{"input", input_in(folder)},
                            {"output", output_in(folder)},
                            {"block", std::to_string(b.index)},
                            {"box", box_text},
                            {"halo", to_string(options_.halo)}});
  }

  /// Runs the command and reads what it wrote.
  /// @throws cancelled when it was stopped.
  [[nodiscard]] std::optional<failed_attempt> run(std::filesystem::path const& folder,
                                                  block<3> const& b,
                                                  strided_view<float, 4> const& p) const {
    throw_if_stopped(options_.stop);
    auto const outcome = detail::shell_command(command_for(b, folder)).wait(options_.stop);
    if (outcome.stopped) throw cancelled();
    if (!outcome.succeeded()) return failed_attempt{detail::ending_text(outcome), outcome.tail};
    try {
      tbb::this_task_arena::isolate([&] {
        detail::scores_file(output_in(folder), b, classes())
            .read(options_.scores, b.result.inclusive_min, p);
      });
    } catch (error const& e) {
      return failed_attempt{std::string("ended well, but ") + e.what(), outcome.tail};
    }
    return std::nullopt;
  }

  [[noreturn]] void fail(failed_attempt const& last, std::filesystem::path const& folder,
                         block<3> const& b) const {
    throw io_error("exec: block " + std::to_string(b.index) + ", voxels " + to_string(b.read) +
                   " (z,y,x): the command failed twice; at last it " + last.what +
                   ". Its files are kept in " + quoted(folder.string()) +
                   "; to try it by hand: " + command_for(b, folder) +
                   (last.tail.empty() ? "" : "\nIt said last:\n" + last.tail));
  }

  external_program_options options_;
  detail::command_template command_;
  std::shared_ptr<detail::calls_folder const> folder_;
};

static_assert(classify::block_classifier<external_program>);

}  // namespace voxstitch::models
