// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Would two jobs make the same values, and if not, why?

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voxstitch/core/hash.hpp"

namespace voxstitch::pipeline {

namespace detail {

[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  char text[16];
  return {text, std::to_chars(text, text + sizeof text, value, 16).ptr};
}

}  // namespace detail

/// 16 hexadecimal digits.
[[nodiscard]] inline std::string hash_text(std::uint64_t hash) {
  auto const digits = detail::hexadecimal(hash);
  return std::string(16 - digits.size(), '0') + digits;
}

/// A hash of all bytes of a file; of none when it cannot be read.
[[nodiscard]] inline std::string content_of_file(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  std::string buffer(1 << 16, '\0');
  std::uint64_t hash = hash_of("");
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
    hash = hash_of(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())), hash);
  return hash_text(hash);
}

namespace detail {

/// "2026-01-31 12:00:00.123456789 UTC".
[[nodiscard]] inline std::string utc_text(std::filesystem::file_time_type time) {
  using std::chrono::nanoseconds;
  auto const since_1970 =
      std::chrono::file_clock::to_sys(std::chrono::time_point_cast<nanoseconds>(time))
          .time_since_epoch();
  auto const seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
  std::time_t const whole = seconds.count();
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  char text[80];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d.%09lld UTC", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<long long>(nanoseconds(since_1970 - seconds).count()));
  return text;
}

}  // namespace detail

/// Size, time of last change and a hash of bytes from the file's begin, middle and end: for files
/// too large to be read.
[[nodiscard]] inline std::string identity_of_file(std::string const& path) {
  std::error_code none;
  auto const size = std::filesystem::file_size(path, none);
  if (none) return "not there";
  auto const time = std::filesystem::last_write_time(path, none);
  constexpr std::uintmax_t sample = 4096;
  std::ifstream file(path, std::ios::binary);
  std::uint64_t hash = hash_of("");
  std::string buffer(sample, '\0');
  for (std::uintmax_t const at : {std::uintmax_t{0}, size / 2, size - std::min(size, sample)}) {
    file.clear();
    file.seekg(static_cast<std::streamoff>(at));
    file.read(buffer.data(), static_cast<std::streamsize>(sample));
    hash = hash_of(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())), hash);
  }
  return std::to_string(size) + " bytes, changed " + detail::utc_text(time) + ", " +
         hash_text(hash);
}

/// Everything that determines a job's values, as named facts in order.
class fingerprint {
 public:
  using fact = std::pair<std::string, std::string>;

  fingerprint() = default;
  explicit fingerprint(std::vector<fact> facts) : facts_(std::move(facts)) {}

  fingerprint& add(std::string name, std::string value) {
    facts_.emplace_back(std::move(name), std::move(value));
    return *this;
  }

  [[nodiscard]] std::vector<fact> const& facts() const { return facts_; }

  /// 32 hexadecimal digits; names and values are kept apart, so that "ab", "c" is not "a", "bc".
  [[nodiscard]] std::string text() const {
    std::string all;
    for (auto const& [name, value] : facts_)
      all += std::to_string(name.size()) + ' ' + name + ' ' + std::to_string(value.size()) + ' ' +
             value + ' ';
    return hash_text(hash_of(all)) + hash_text(hash_of(all, hash_of("second")));
  }

  friend bool operator==(fingerprint const&, fingerprint const&) = default;

 private:
  std::vector<fact> facts_;
};

/// The first fact in which `now` is not as `then`, in words; nothing when they are equal.
[[nodiscard]] inline std::optional<std::string> difference(fingerprint const& then,
                                                           fingerprint const& now) {
  if (then == now) return std::nullopt;
  std::map<std::string, std::string> const before(then.facts().begin(), then.facts().end());
  std::map<std::string, std::string> const after(now.facts().begin(), now.facts().end());
  auto const value_in = [](auto const& facts, std::string const& name) {
    auto const found = facts.find(name);
    return found == facts.end() || found->second.empty() ? "nothing" : "'" + found->second + "'";
  };
  for (auto const* side : {&now, &then})
    for (auto const& [name, value] : side->facts())
      if (value_in(before, name) != value_in(after, name))
        return name + " was " + value_in(before, name) + " and is now " + value_in(after, name);
  return "the order of the options differs";
}

}  // namespace voxstitch::pipeline
