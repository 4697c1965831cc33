// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are a few numbers out of many sorted without comparing them?

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace voxstitch::classify::detail {

/// A set of numbers below a limit: one bit each, and one bit per 64 of them that says whether there
/// is any. Taking all n out in order costs n + limit / 4096 steps.
class place_set {
 public:
  explicit place_set(std::size_t limit)
      : words_((limit + 63) / 64), summary_((words_.size() + 63) / 64) {}

  void insert(std::uint32_t number) {
    words_[number / 64] |= std::uint64_t{1} << (number % 64);
    summary_[number / 4096] |= std::uint64_t{1} << (number / 64 % 64);
  }

  /// Calls `f(number)` for all in ascending order; the set is empty then.
  template <class Function>
  void take_all(Function&& f) {
    for (std::size_t i = 0; i < summary_.size(); ++i)
      for (std::uint64_t filled = std::exchange(summary_[i], 0); filled != 0;
           filled &= filled - 1) {
        std::size_t const at = 64 * i + std::size_t(std::countr_zero(filled));
        for (std::uint64_t word = std::exchange(words_[at], 0); word != 0; word &= word - 1)
          f(std::uint32_t(64 * at) + std::uint32_t(std::countr_zero(word)));
      }
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> summary_;
};

}  // namespace voxstitch::classify::detail
