// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a block classifier held whose type was chosen at run time?

#include <memory>
#include <utility>

#include "voxstitch/classify/concepts.hpp"

namespace voxstitch::models {

/// Any block_classifier behind one type; copies share it.
class any_block_classifier {
 public:
  template <classify::block_classifier C>
  requires(!std::same_as<C, any_block_classifier>) explicit any_block_classifier(C classifier)
      : self_(std::make_shared<model<C> const>(std::move(classifier))) {}

  [[nodiscard]] coord<3> halo() const { return self_->halo(); }
  [[nodiscard]] std::size_t class_count() const { return self_->class_count(); }
  [[nodiscard]] std::vector<std::string> class_names() const { return self_->class_names(); }
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const& b) const {
    return self_->scratch_bytes(b);
  }
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const& domain,
                strided_view<float, 4> const& p) const {
    self_->classify(input, b, domain, p);
  }

 private:
  struct base {
    virtual ~base() = default;
    [[nodiscard]] virtual coord<3> halo() const = 0;
    [[nodiscard]] virtual std::size_t class_count() const = 0;
    [[nodiscard]] virtual std::vector<std::string> class_names() const = 0;
    [[nodiscard]] virtual std::int64_t scratch_bytes(block<3> const& b) const = 0;
    virtual void classify(strided_view<float const, 4> const& input, block<3> const& b,
                          box<3> const& domain, strided_view<float, 4> const& p) const = 0;
  };
  template <class C>
  struct model final : base {
    explicit model(C c) : classifier(std::move(c)) {}
    [[nodiscard]] coord<3> halo() const override { return classifier.halo(); }
    [[nodiscard]] std::size_t class_count() const override { return classifier.class_count(); }
    [[nodiscard]] std::vector<std::string> class_names() const override {
      return classifier.class_names();
    }
    [[nodiscard]] std::int64_t scratch_bytes(block<3> const& b) const override {
      return classifier.scratch_bytes(b);
    }
    void classify(strided_view<float const, 4> const& input, block<3> const& b,
                  box<3> const& domain, strided_view<float, 4> const& p) const override {
      classifier.classify(input, b, domain, p);
    }
    C classifier;
  };
  std::shared_ptr<base const> self_;
};

static_assert(classify::block_classifier<any_block_classifier>);

}  // namespace voxstitch::models
