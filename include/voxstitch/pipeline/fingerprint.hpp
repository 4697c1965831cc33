// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Would two jobs make the same values?

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

namespace voxstitch::pipeline {

/// A running 128-bit hash of everything that determines a job's values (FNV-1a with two offsets:
/// against accidents, not against attackers).
class fingerprint {
 public:
  /// One named fact; name and value are kept apart, so that "ab","c" is not "a","bc".
  fingerprint& add(std::string_view name, std::string_view value) {
    mix(name);
    mix(std::string_view("\0=", 2));
    mix(value);
    mix(std::string_view("\0;", 2));
    return *this;
  }

  /// A file's bytes.
  fingerprint& add_content(std::string_view name, std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::string buffer(1 << 16, '\0');
    add(name, "");
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
           file.gcount() > 0)
      mix(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
    return *this;
  }

  /// A file's name, size and time of last change: for inputs too large to read.
  fingerprint& add_identity(std::string_view name, std::string const& path) {
    std::error_code none;
    auto const canonical = std::filesystem::weakly_canonical(path, none).string();
    auto const size = std::filesystem::file_size(path, none);
    auto const time = std::filesystem::last_write_time(path, none).time_since_epoch().count();
    return add(name, canonical + " " + std::to_string(size) + " " + std::to_string(time));
  }

  /// 32 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::hex << std::setfill('0') << std::setw(16) << high_ << std::setw(16) << low_;
    return out.str();
  }

 private:
  void mix(std::string_view bytes) {
    constexpr std::uint64_t prime = 0x100000001b3;
    for (char c : bytes) {
      auto const byte = static_cast<unsigned char>(c);
      low_ = (low_ ^ byte) * prime;
      high_ = (high_ ^ static_cast<unsigned char>(byte + 0x5b)) * prime + (low_ >> 32);
    }
  }

  std::uint64_t low_ = 0xcbf29ce484222325;
  std::uint64_t high_ = 0x6c62272e07bb0142;
};

}  // namespace voxstitch::pipeline
