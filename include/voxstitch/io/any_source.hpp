// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a source held whose type was chosen at run time?

#include <memory>
#include <utility>

#include "voxstitch/io/concepts.hpp"

namespace voxstitch::io {

/// Any volume_source behind one type; copies share the source.
class any_source {
 public:
  template <volume_source S>
  requires(!std::same_as<S, any_source>) explicit any_source(S source)
      : self_(std::make_shared<model<S> const>(std::move(source))) {}

  [[nodiscard]] volume_description const& description() const { return self_->description(); }
  [[nodiscard]] coord<5> decode_unit() const { return self_->decode_unit(); }
  void read(box<5> const& b, any_view<5> const& v) const { self_->read(b, v); }
  /// 0 where the source does not count.
  [[nodiscard]] std::int64_t units_decoded() const { return self_->units_decoded(); }

 private:
  struct base {
    virtual ~base() = default;
    [[nodiscard]] virtual volume_description const& description() const = 0;
    [[nodiscard]] virtual coord<5> decode_unit() const = 0;
    virtual void read(box<5> const& b, any_view<5> const& v) const = 0;
    [[nodiscard]] virtual std::int64_t units_decoded() const = 0;
  };
  template <class S>
  struct model final : base {
    explicit model(S s) : source(std::move(s)) {}
    [[nodiscard]] volume_description const& description() const override {
      return source.description();
    }
    [[nodiscard]] coord<5> decode_unit() const override { return source.decode_unit(); }
    void read(box<5> const& b, any_view<5> const& v) const override { source.read(b, v); }
    [[nodiscard]] std::int64_t units_decoded() const override {
      if constexpr (counts_decoding<S>)
        return source.units_decoded();
      else
        return 0;
    }
    S source;
  };
  std::shared_ptr<base const> self_;
};

static_assert(counts_decoding<any_source>);

}  // namespace voxstitch::io
