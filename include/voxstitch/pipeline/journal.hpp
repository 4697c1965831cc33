// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which blocks are finished, and where do their chunks lie?

#include <charconv>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/chunk_spool.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"

namespace voxstitch::pipeline {

/// One finished block.
struct journal_entry {
  index_t step = 0;                                  ///< place in the job's order of blocks
  std::vector<std::vector<io::chunk_place>> places;  ///< [dataset][chunk of the block]

  friend bool operator==(journal_entry const&, journal_entry const&) = default;
};

namespace detail {

/// Reads a number off the front of `text`, and the character after it when that is `end`.
template <class Number>
[[nodiscard]] std::optional<Number> taken(std::string_view& text, int base, char end) {
  Number value{};
  auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (!text.empty() && text.front() == end) text.remove_prefix(1);
  return value;
}

/// "offset:size", hexadecimal, with the ',' after it.
[[nodiscard]] inline std::optional<io::chunk_place> place_in(std::string_view& text) {
  auto const offset = taken<std::uint64_t>(text, 16, ':');
  if (!offset) return std::nullopt;
  auto const size = taken<std::uint64_t>(text, 16, ',');
  if (!size || *size == 0 || *offset + *size < *offset) return std::nullopt;
  return io::chunk_place{*offset, *size};
}

}  // namespace detail

/// "step offset:size,offset:size;offset:size checksum": datasets are set apart by ';'.
[[nodiscard]] inline std::string to_line(journal_entry const& entry) {
  std::string line = std::to_string(entry.step);
  char before = ' ';
  for (auto const& dataset : entry.places) {
    for (auto const& place : dataset) {
      line += before + detail::hexadecimal(place.offset) + ':' + detail::hexadecimal(place.size);
      before = ',';
    }
    before = ';';
  }
  return line + ' ' + detail::hexadecimal(hash_of(line)) + '\n';
}

/// What a line says, unless it is torn or damaged.
/// @param line without the end of line
[[nodiscard]] inline std::optional<journal_entry> parse_line(std::string_view line) {
  auto const end = line.rfind(' ');
  if (end == std::string_view::npos) return std::nullopt;
  if (line.substr(end + 1) != detail::hexadecimal(hash_of(line.substr(0, end))))
    return std::nullopt;
  line = line.substr(0, end);
  journal_entry entry;
  auto const step = detail::taken<index_t>(line, 10, ' ');
  if (!step || *step < 0) return std::nullopt;
  entry.step = *step;
  while (!line.empty()) {
    auto const dataset_end = line.find(';');
    auto text = line.substr(0, dataset_end);
    line.remove_prefix(dataset_end == std::string_view::npos ? line.size() : dataset_end + 1);
    auto& places = entry.places.emplace_back();
    while (!text.empty()) {
      auto const place = detail::place_in(text);
      if (!place) return std::nullopt;
      places.push_back(*place);
    }
  }
  return entry;
}

/// An append-only file of finished blocks, a line each, the first line naming the job. Lines that
/// a crash tore are skipped.
class journal {
 public:
  /// Calls `f` for each sound line of the journal at `path`, oldest first; there may be none.
  /// @throws io_error when it belongs to another job, or is there and cannot be read.
  static void read(std::string const& path, std::string const& fingerprint,
                   std::function<void(journal_entry&&)> const& f) {
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown) && !unknown) return;
    std::ifstream file(path);
    auto const require_readable = [&] {
      if (!file.is_open() || file.bad())
        throw io_error("journal " + quoted(path) + " cannot be read: " + io::system_message(errno));
    };
    std::string line;
    std::getline(file, line);
    require_readable();
    if (file.fail() || file.eof()) return;  // its first line is torn
    if (line + '\n' != title(fingerprint))
      throw io_error("journal " + quoted(path) +
                     " belongs to another job; give --fresh to start anew, or another --job");
    while (std::getline(file, line))
      if (auto entry = parse_line(line)) f(std::move(*entry));
    require_readable();
  }

  /// Goes on with the journal at `path`, or begins it.
  /// @throws io_error when it cannot be written.
  journal(std::string const& path, std::string const& fingerprint)
      : file_(io::posix_file::open_to_write(path)), end_(file_.size()) {
    std::string const begin = title(fingerprint);
    if (end_ < begin.size()) {
      end_ = 0;
      append(std::span(&begin, 1));
    } else {
      finish_torn_line();
    }
  }

  /// Adds lines; on the disk on return.
  /// @throws io_error when the disk refuses.
  void append(std::span<std::string const> lines) {
    std::string text;
    for (auto const& line : lines) text += line;
    file_.write_at(end_, std::as_bytes(std::span(text)));
    file_.sync();
    end_ += text.size();
  }

 private:
  [[nodiscard]] static std::string title(std::string const& fingerprint) {
    return "voxstitch journal 1 " + fingerprint + '\n';
  }

  void finish_torn_line() {
    std::byte last{};
    file_.read_at(end_ - 1, std::span(&last, 1));
    if (last == std::byte{'\n'}) return;
    std::string const newline = "\n";
    file_.write_at(end_, std::as_bytes(std::span(newline)));
    ++end_;
  }

  io::posix_file file_;
  std::uint64_t end_;
};

}  // namespace voxstitch::pipeline
