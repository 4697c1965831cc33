// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is something kept per chunk of a volume of which few chunks may be there?

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::io::detail {

/// A list whose elements are all T{} at first; memory is taken in pages, where one was set.
template <class T>
class paged_list {
 public:
  static constexpr index_t page_size = 1024;

  explicit paged_list(index_t size)
      : size_(size), pages_(static_cast<std::size_t>(divide_up(size, page_size))) {}

  /// Bytes of memory when all elements were set.
  [[nodiscard]] static std::int64_t bytes_of(index_t size) {
    constexpr auto page = page_size * sizeof(T) + sizeof(std::unique_ptr<T[]>);
    return divide_up(size, page_size) * static_cast<std::int64_t>(page);
  }

  [[nodiscard]] index_t size() const { return size_; }

  [[nodiscard]] T const& operator[](index_t i) const {
    static T const nothing{};
    auto const& page = page_of(i);
    return page ? page[static_cast<std::size_t>(i % page_size)] : nothing;
  }

  /// @thread_safety may be called concurrently for different elements
  void set(index_t i, T const& value) {
    auto& page = pages_[static_cast<std::size_t>(i / page_size)];
    {
      std::lock_guard const lock(*mutex_);
      if (!page) page = std::make_unique<T[]>(page_size);
    }
    page[static_cast<std::size_t>(i % page_size)] = value;
  }

  /// The first element from `i` on that was set, as far as pages tell; size() when there is none.
  [[nodiscard]] index_t skip_missing_pages(index_t i) const {
    while (i < size_ && !page_of(i)) i = (i / page_size + 1) * page_size;
    return std::min(i, size_);
  }

 private:
  [[nodiscard]] std::unique_ptr<T[]> const& page_of(index_t i) const {
    return pages_[static_cast<std::size_t>(i / page_size)];
  }

  index_t size_;
  std::vector<std::unique_ptr<T[]>> pages_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace voxstitch::io::detail
