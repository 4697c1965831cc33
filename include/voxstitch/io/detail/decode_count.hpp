// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How many strips, tiles or chunks has a source decoded?

#include <atomic>
#include <cstdint>
#include <memory>

namespace voxstitch::io::detail {

/// A counter that its source may advance while it is read from; copies count together.
/// @thread_safety All members may be called concurrently.
class decode_count {
 public:
  void add(std::int64_t units) const { count_->fetch_add(units, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const { return count_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> count_ =
      std::make_shared<std::atomic<std::int64_t>>(0);
};

}  // namespace voxstitch::io::detail
