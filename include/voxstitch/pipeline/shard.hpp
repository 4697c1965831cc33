// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a process work on a run of blocks so that nothing is lost when it dies?

#include <algorithm>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>

#include "voxstitch/io/packed_chunks.hpp"
#include "voxstitch/io/spool_sink.hpp"
#include "voxstitch/pipeline/committer.hpp"
#include "voxstitch/pipeline/file_lock.hpp"
#include "voxstitch/pipeline/journal.hpp"
#include "voxstitch/pipeline/stage.hpp"

namespace voxstitch::pipeline {

/// Of all chunks: fast, and not much larger than the highest level.
inline constexpr int deflate_level = 1;

namespace detail {

/// Where a shard's files are.
struct shard_files {
  std::filesystem::path folder;

  shard_files(std::filesystem::path const& job, stage const& s, index_t number) {
    char digits[24];
    std::snprintf(digits, sizeof digits, "-%06lld", static_cast<long long>(number));
    folder = job / (s.name + digits);
  }
  [[nodiscard]] std::string journal() const { return (folder / "journal").string(); }
  /// A final dataset file of the shard's own, to which virtual datasets point.
  [[nodiscard]] std::string linked(std::size_t file) const {
    return (folder / (std::to_string(file) + ".h5")).string();
  }
  /// Says that these files have taken the place of the spools.
  [[nodiscard]] std::string linked_note() const { return (folder / "linked").string(); }
  [[nodiscard]] std::string lock() const { return (folder / "lock").string(); }
  [[nodiscard]] std::string spool(std::size_t dataset) const {
    return (folder / (std::to_string(dataset) + ".chunks")).string();
  }
};

/// Whose the journals of a stage are: a job's, and of one grid of blocks.
[[nodiscard]] inline std::string journal_owner(stage const& s, std::string const& fingerprint) {
  return fingerprint + ' ' + s.grid_text();
}

/// Bytes of a file; 0 where there is none.
/// @throws io_error when that cannot be told.
[[nodiscard]] inline std::uint64_t bytes_of_file(std::string const& path) {
  std::error_code failure;
  auto const size = std::filesystem::file_size(path, failure);
  if (!failure) return size;
  if (failure == std::errc::no_such_file_or_directory) return 0;
  throw io_error("file: " + quoted(path) + " cannot be looked at: " + failure.message());
}

/// Calls `f` for each block of a shard that the journal calls finished, and whose chunks are there.
inline void for_each_finished(shard_files const& files, stage const& s, index_t number,
                              std::string const& fingerprint,
                              std::function<void(journal_entry const&)> const& f) {
  auto const written = s.written();
  std::vector<std::uint64_t> sizes;
  for (std::size_t d = 0; d < s.datasets.size(); ++d)
    sizes.push_back(bytes_of_file(files.spool(d)));
  auto const sound = [&](journal_entry const& e) {
    if (e.step < s.first_step(number) || e.step >= s.first_step(number + 1)) return false;
    if (e.places.size() != s.datasets.size()) return false;
    for (std::size_t d = 0; d < s.datasets.size(); ++d) {
      auto const chunks = product(io::units_touched(written(e.step, d), s.chunk()));
      if (static_cast<index_t>(e.places[d].size()) != chunks) return false;
      for (auto const& place : e.places[d])
        if (place.offset + place.size > sizes[d]) return false;
    }
    return true;
  };
  journal::read(files.journal(), journal_owner(s, fingerprint), [&](journal_entry&& e) {
    if (sound(e)) f(e);
  });
}

}  // namespace detail

/// A shard that this process, and no other, works on.
class shard {
 public:
  /// Makes the shard's folder, or goes on with what is there.
  /// @throws io_error when another process has it, which is named, or the disk refuses.
  shard(std::filesystem::path const& job, stage const& s, index_t number,
        std::string const& fingerprint)
      : stage_(s), written_(s.written()), files_(job, s, number), first_(s.first_step(number)),
        done_(static_cast<std::size_t>(s.first_step(number + 1) - first_)),
        lock_(locked(files_, number, s)) {
    open_spools(number, fingerprint);
    journal_.emplace(files_.journal(), detail::journal_owner(s, fingerprint));
    committer_.emplace([this](std::vector<std::string> const& lines) {
      for (auto const& sink : sinks_) sink.sync();
      journal_->append(lines);
    });
  }

  [[nodiscard]] index_t begin() const { return first_; }
  [[nodiscard]] index_t end() const { return first_ + static_cast<index_t>(done_.size()); }
  /// Whether a block was finished before this process began.
  [[nodiscard]] bool is_done(index_t step) const {
    return done_[static_cast<std::size_t>(step - first_)];
  }

  /// A sink per dataset of the stage.
  [[nodiscard]] std::deque<io::spool_sink>& sinks() { return sinks_; }

  /// Notes that all of a block was written to the sinks.
  /// @throws io_error when the disk refuses, now or before.
  /// @thread_safety may be called concurrently
  void commit(index_t step) {
    journal_entry entry{step, {}};
    for (std::size_t d = 0; d < sinks_.size(); ++d)
      entry.places.push_back(sinks_[d].take(written_(step, d)));
    committer_->add(to_line(entry));
  }

  /// Waits until everything that was noted is on the disk.
  void finish() { committer_->finish(); }

 private:
  [[nodiscard]] static file_lock locked(detail::shard_files const& files, index_t number,
                                        stage const& s) {
    std::error_code failure;
    std::filesystem::create_directories(files.folder, failure);
    if (failure)
      throw io_error("folder " + quoted(files.folder.string()) +
                     " cannot be made: " + failure.message() + "; free space there");
    return {files.lock(), "shard " + std::to_string(number + 1) + " of " +
                              std::to_string(s.shards) + " in " +
                              quoted(files.folder.parent_path().string())};
  }

  void open_spools(index_t number, std::string const& fingerprint) {
    std::vector<std::uint64_t> kept(stage_.datasets.size(), 0);
    detail::for_each_finished(files_, stage_, number, fingerprint, [&](journal_entry const& e) {
      done_[static_cast<std::size_t>(e.step - first_)] = true;
      for (std::size_t d = 0; d < kept.size(); ++d)
        for (auto const& place : e.places[d])
          kept[d] = std::max(kept[d], place.offset + place.size);
    });
    for (std::size_t d = 0; d < kept.size(); ++d)
      sinks_.emplace_back(files_.spool(d), kept[d], stage_.datasets[d], stage_.chunk(),
                          deflate_level);
  }

  stage const& stage_;
  written_boxes written_;
  detail::shard_files files_;
  index_t first_;
  std::vector<bool> done_;
  file_lock lock_;
  std::deque<io::spool_sink> sinks_;
  std::optional<journal> journal_;
  std::optional<committer> committer_;
};

/// How far a shard has come.
struct shard_state {
  index_t blocks = 0;    ///< of the shard
  index_t finished = 0;  ///< of these
  index_t voxels = 0;    ///< that the finished ones own

  [[nodiscard]] bool complete() const { return finished == blocks; }
};

[[nodiscard]] inline shard_state state_of(std::filesystem::path const& job, stage const& s,
                                          index_t number, std::string const& fingerprint) {
  auto const order = s.order();
  index_t const first = s.first_step(number);
  shard_state state{s.first_step(number + 1) - first};
  detail::shard_files const files(job, s, number);
  if (std::filesystem::exists(files.linked_note())) {
    state.finished = state.blocks;
    for (index_t step = first; step < first + state.blocks; ++step)
      state.voxels += order.at(step).core.size();
    return state;
  }
  std::vector<bool> seen(static_cast<std::size_t>(state.blocks));
  detail::for_each_finished(files, s, number, fingerprint, [&](journal_entry const& e) {
    auto const i = static_cast<std::size_t>(e.step - first);
    if (seen[i]) return;
    seen[i] = true;
    ++state.finished;
    state.voxels += order.at(e.step).core.size();
  });
  return state;
}

/// The states of all shards of a stage.
[[nodiscard]] inline std::vector<shard_state>
shard_states(std::filesystem::path const& job, stage const& s, std::string const& fingerprint) {
  std::vector<shard_state> states;
  for (index_t number = 0; number < s.shards; ++number)
    states.push_back(state_of(job, s, number, fingerprint));
  return states;
}

/// Adds a shard's chunks of one dataset to those of others.
/// @throws io_error when there are none any more.
inline void collect(io::packed_chunks& all, std::filesystem::path const& job, stage const& s,
                    index_t number, std::string const& fingerprint, std::size_t dataset) {
  detail::shard_files const files(job, s, number);
  if (std::filesystem::exists(files.linked_note()))
    throw io_error("job folder " + quoted(job.string()) +
                   ": its shards have become files of their own; go on with merge --link");
  auto const written = s.written();
  auto const spool =
      all.add(std::make_shared<io::chunk_spool const>(files.spool(dataset), io::read_only));
  detail::for_each_finished(files, s, number, fingerprint, [&](journal_entry const& e) {
    box<5> const positions = all.grid().positions_in(written(e.step, dataset));
    auto const& places = e.places[dataset];
    for (index_t n = 0; n < positions.size(); ++n)
      all.put(all.grid().index_of(nth_position(positions, n)), spool,
              places[static_cast<std::size_t>(n)]);
  });
}

/// One dataset of a stage, from all its shards.
/// @complexity 16 bytes of memory per chunk
/// @throws io_error when a shard's file is not there.
[[nodiscard]] inline io::packed_chunks collected(std::filesystem::path const& job, stage const& s,
                                                 std::string const& fingerprint,
                                                 std::size_t dataset) {
  io::packed_chunks all(s.datasets[dataset], s.chunk(), deflate_level);
  for (index_t number = 0; number < s.shards; ++number)
    collect(all, job, s, number, fingerprint, dataset);
  return all;
}

}  // namespace voxstitch::pipeline
