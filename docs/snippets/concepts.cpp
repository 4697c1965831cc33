// SPDX-License-Identifier: BSL-1.0
// Models of two concepts that the library does not have: a reducer, and a classifier of feature
// vectors, which ilastik's filters are put before.

#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <voxstitch/voxstitch.hpp>

namespace vs = voxstitch;

//! [reducer]
/// How much more probable the first class is than the second.
struct lead {
  using value_type = float;
  std::size_t output_count(std::size_t) const { return 1; }  // per voxel, whatever the classes

  /// p: [x, class]; out: [x, output]
  void operator()(vs::strided_view<float const, 2> const& p,
                  vs::strided_view<float const, 2> const&,  // raw values: not needed
                  vs::strided_view<float, 2> const& out) const {
    for (vs::index_t x = 0; x < p.extent(0); ++x) out(x, 0) = p(x, 0) - p(x, 1);
  }
};

static_assert(vs::reduce::reducer<lead>);
//! [reducer]

//! [rows]
/// A voxel belongs to the class whose mean feature vector is nearest.
class nearest_mean {
 public:
  /// @param means [class][feature]
  explicit nearest_mean(std::vector<std::vector<float>> means) : means_(std::move(means)) {}

  std::size_t feature_count() const { return means_.front().size(); }
  std::size_t class_count() const { return means_.size(); }

  /// x: [feature, voxel]; p: [class, voxel]
  void predict(vs::strided_view<float const, 2> const& x,
               vs::strided_view<float, 2> const& p) const {
    for (vs::index_t voxel = 0; voxel < x.extent(1); ++voxel) {
      std::size_t const winner = nearest(x, voxel);
      for (std::size_t c = 0; c < class_count(); ++c)
        p(vs::index_t(c), voxel) = c == winner ? 1.0f : 0.0f;
    }
  }

 private:
  std::size_t nearest(vs::strided_view<float const, 2> const& x, vs::index_t voxel) const {
    std::size_t winner = 0;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < class_count(); ++c) {
      float sum = 0;  // in the order of the features, for every voxel alike
      for (std::size_t f = 0; f < feature_count(); ++f) {
        float const d = x(vs::index_t(f), voxel) - means_[c][f];
        sum += d * d;
      }
      if (sum < least) least = sum, winner = c;
    }
    return winner;
  }

  std::vector<std::vector<float>> means_;
};

static_assert(vs::classify::row_classifier<nearest_mean>);
//! [rows]

int main() {
  //! [together]
  using vs::features::filter;
  vs::features::selection const chosen{
      {filter::gaussian_smoothing, filter::gaussian_gradient_magnitude},
      {{1.0}, {1.6}},                  // sigmas in voxels
      {{true, true}, {true, false}}};  // [filter][sigma]
  nearest_mean const rows({{100, 100, 5}, {250, 250, 20}});
  vs::models::pixel_classifier const classifier(vs::features::filter_bank(chosen, 1), rows,
                                                {"dark", "bright"});
  static_assert(vs::classify::block_classifier<decltype(classifier)>);
  //! [together]

  vs::coord const shape{12, 40, 50};  // z, y, x
  auto const domain = vs::box<3>::at_origin(shape);
  boost::multi_array<float, 3> image(shape.values);
  vs::for_each_voxel(domain, [&](vs::coord<3> const& v) {
    image(v.values) = float(100 + 7 * v[0] + (v[1] * v[2]) % 131);
  });
  auto const leads = [&](vs::coord<3> const& block_shape) {
    vs::dense_array<float, 3> result(shape);
    for (auto const& b : vs::blocking<3>(domain, block_shape, classifier.halo())) {
      auto const [z, y, x] = b.result.shape().values;
      vs::dense_array<float, 4> p(vs::coord{z, y, x, 2});
      vs::strided_view<float const, 3> const seen = vs::view_of(image).sub(b.read);
      classifier.classify(seen.expanded(0), b, domain, p.view());
      auto const to = result.view().sub(b.result);
      for (vs::index_t i = 0; i < z; ++i)
        for (vs::index_t j = 0; j < y; ++j)
          lead{}(p.view().slice(0, i).slice(0, j), {}, to.slice(0, i).slice(0, j).expanded(1));
    }
    return result;
  };
  auto const whole = leads(shape);
  auto const parts = leads({5, 16, 11});
  std::size_t const bytes = std::size_t(domain.size()) * sizeof(float);
  bool const equal = std::memcmp(whole.view().data(), parts.view().data(), bytes) == 0;
  float most = -1;
  float least = 1;
  vs::for_each_voxel(domain, [&](vs::coord<3> const& v) {
    most = std::max(most, whole.view()[v]);
    least = std::min(least, whole.view()[v]);
  });
  return equal && most > 0.5f && least < -0.5f ? 0 : 1;
}
