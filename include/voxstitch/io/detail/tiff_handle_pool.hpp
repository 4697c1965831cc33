// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do many tasks read one TIFF file, when a handle belongs to one task at a time?

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/io/detail/tiff_calls.hpp"

namespace voxstitch::io::detail {

/// Open handles of one file; a borrower has one for itself.
/// @thread_safety borrow() may be called concurrently.
class tiff_handle_pool {
 public:
  /// @param most_idle handles that stay open while nobody reads
  tiff_handle_pool(std::string path, std::size_t most_idle)
      : path_(std::move(path)), most_idle_(most_idle) {}

  /// A borrowed handle, given back on destruction.
  class lease {
   public:
    lease(tiff_handle_pool& pool, std::unique_ptr<tiff_handle> handle)
        : pool_(&pool), handle_(std::move(handle)) {}
    lease(lease&&) noexcept = default;
    ~lease() {
      if (handle_) pool_->give_back(std::move(handle_));
    }
    tiff_handle& operator*() const { return *handle_; }
    tiff_handle* operator->() const { return handle_.get(); }

   private:
    tiff_handle_pool* pool_;
    std::unique_ptr<tiff_handle> handle_;
  };

  /// @throws io_error or format_error when a new handle cannot be opened.
  [[nodiscard]] lease borrow() {
    {
      std::lock_guard const lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return {*this, std::move(handle)};
      }
    }
    return {*this, std::make_unique<tiff_handle>(tiff_handle::open_to_read(path_))};
  }

 private:
  void give_back(std::unique_ptr<tiff_handle> handle) {
    std::lock_guard const lock(mutex_);
    if (idle_.size() < most_idle_) idle_.push_back(std::move(handle));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<tiff_handle>> idle_;
  std::string path_;
  std::size_t most_idle_;
};

}  // namespace voxstitch::io::detail
