// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are a node's samples sorted by a feature, without looking at its values?

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace voxstitch::classify::detail {

/// A sample of a tree's bag: its number, its class and how often it was drawn. (That is about once;
/// 65536 times is less likely than 1 in 10^280000.)
struct drawn_sample {
  std::uint32_t sample;
  std::uint16_t label;
  std::uint16_t times;
};

/// Rank, class and times of a sample as one number, which sorts by rank.
struct ranked_sample {
  std::uint64_t bits;

  ranked_sample() = default;
  ranked_sample(std::uint32_t rank, drawn_sample const& s)
      : bits(std::uint64_t{rank} << 32 | std::uint64_t{s.label} << 16 | s.times) {}

  [[nodiscard]] std::uint32_t rank() const { return std::uint32_t(bits >> 32); }
  [[nodiscard]] std::uint16_t label() const { return std::uint16_t(bits >> 16); }
  [[nodiscard]] std::uint16_t times() const { return std::uint16_t(bits); }
};

/// Sorts by the bytes of the ranks, lowest first; a few samples by comparison.
///
/// A node reads one number per sample from a column, and nothing else that is not its own: columns
/// lie far from the processor. (Bitmaps of all places, and payload at a sample's place, were slower
/// by up to a third.)
class rank_sorter {
 public:
  /// @param ranks ranks are below this
  explicit rank_sorter(std::size_t ranks)
      : bytes_((std::size_t(std::bit_width(ranks - 1)) + byte_bits - 1) / byte_bits) {}

  /// @param ranks [sample]
  /// @return the samples in ascending order of rank; valid until the next call
  [[nodiscard]] std::span<ranked_sample const> sort(std::span<drawn_sample const> samples,
                                                    std::uint32_t const* ranks) {
    sorted_.resize(samples.size());
    std::transform(samples.begin(), samples.end(), sorted_.begin(),
                   [ranks](drawn_sample const& s) { return ranked_sample(ranks[s.sample], s); });
    if (samples.size() >= many)
      sort_by_bytes();
    else
      std::sort(sorted_.begin(), sorted_.end(),
                [](ranked_sample a, ranked_sample b) { return a.bits < b.bits; });
    return sorted_;
  }

 private:
  static constexpr std::size_t many = 64;
  static constexpr std::size_t byte_bits = 8;
  static constexpr std::size_t byte_values = 256;

  void sort_by_bytes() {
    other_.resize(sorted_.size());
    count_bytes();
    for (std::size_t byte = 0; byte < bytes_; ++byte) {
      auto& places = counts_[byte];
      std::uint32_t sum = 0;
      for (std::uint32_t& place : places) sum += std::exchange(place, sum);
      for (ranked_sample const s : sorted_) other_[places[byte_of(s, byte)]++] = s;
      sorted_.swap(other_);
    }
  }

  void count_bytes() {
    for (std::size_t byte = 0; byte < bytes_; ++byte) counts_[byte].fill(0);
    for (ranked_sample const s : sorted_)
      for (std::size_t byte = 0; byte < bytes_; ++byte) ++counts_[byte][byte_of(s, byte)];
  }

  [[nodiscard]] static std::size_t byte_of(ranked_sample s, std::size_t byte) {
    return (s.rank() >> (byte_bits * byte)) % byte_values;
  }

  std::size_t bytes_;
  std::vector<ranked_sample> sorted_;
  std::vector<ranked_sample> other_;
  std::array<std::array<std::uint32_t, byte_values>, sizeof(std::uint32_t)> counts_{};
};

}  // namespace voxstitch::classify::detail
