// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a reducer keep its promises?

#include <vector>

#include "support/random.hpp"
#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// Memory of a [x, column] view, planar (x has unit stride), interleaved or neither.
template <class T>
class row_memory {
 public:
  enum class layout { planar, interleaved, sparse };

  row_memory(index_t length, index_t columns, layout l, T const& value = {})
      : values_(static_cast<std::size_t>(3 * length * columns + 1), value), shape_{{length,
                                                                                    columns}},
        strides_(l == layout::planar        ? coord<2>{{1, length + 1}}
                 : l == layout::interleaved ? coord<2>{{columns, 1}}
                                            : coord<2>{{3 * columns, 2}}) {}

  [[nodiscard]] strided_view<T, 2> view() { return {values_.data(), shape_, strides_}; }
  [[nodiscard]] strided_view<T const, 2> view() const { return {values_.data(), shape_, strides_}; }

 private:
  std::vector<T> values_;
  coord<2> shape_;
  coord<2> strides_;
};

/// Probabilities of one voxel: random, or one certain class, or two equal ones, or none.
inline void fill_probabilities(strided_view<float, 1> const& p, random_source& random) {
  fill(p, 0.0f);
  index_t const last = p.extent(0) - 1;
  index_t const kind = random.between(0, 4);
  if (kind == 0) return;
  if (kind == 1) p(random.between(0, last)) = 1;
  if (kind == 2)
    for (int i = 0; i < 2; ++i) p(random.between(0, last)) = 0.5f;
  if (kind < 3) return;
  float sum = 0;
  for (index_t c = 0; c <= last; ++c) sum += p(c) = random.unit() + 0.001f;
  for (index_t c = 0; c <= last; ++c) p(c) /= sum;
}

template <class Raw>
void fill_raw(strided_view<Raw, 2> const& raw, random_source& random) {
  for_each_voxel(box<2>::at_origin(raw.shape()),
                 [&](coord<2> const& at) { raw[at] = static_cast<Raw>(random.between(0, 255)); });
}

/// One voxel's outputs, computed alone.
template <class Raw, reduce::reducer<Raw> R>
std::vector<typename R::value_type> reduced_alone(R const& r, strided_view<float const, 2> const& p,
                                                  strided_view<Raw const, 2> const& raw,
                                                  index_t x) {
  using value = typename R::value_type;
  auto const only = [x](auto const& v) { return v.sub({{{x, 0}}, {{x + 1, v.extent(1)}}}); };
  std::vector<value> out(r.output_count(static_cast<std::size_t>(p.extent(1))), value{99});
  r(only(p), only(raw), {out.data(), {{1, static_cast<index_t>(out.size())}}});
  return out;
}

/// The laws for one row: everything is overwritten, each voxel depends on itself only, and
/// no layout changes a value.
template <class Raw, reduce::reducer<Raw> R>
void check_reducer_on_a_row(R const& r, index_t length, index_t classes, random_source& random) {
  using value = typename R::value_type;
  using layout = typename row_memory<float>::layout;
  auto const any_layout = [&] { return static_cast<layout>(random.between(0, 2)); };
  auto const as = [](auto l, auto other) { return static_cast<decltype(other)>(l); };
  row_memory<float> p(length, classes, any_layout());
  for (index_t x = 0; x < length; ++x) fill_probabilities(p.view().slice(0, x), random);
  row_memory<Raw> raw(length, 2, as(any_layout(), row_memory<Raw>::layout::planar));
  fill_raw(raw.view(), random);
  auto const outputs = static_cast<index_t>(r.output_count(static_cast<std::size_t>(classes)));
  row_memory<value> out(length, outputs, as(any_layout(), row_memory<value>::layout::planar), 77);
  strided_view<float const, 2> const p_read = p.view();
  strided_view<Raw const, 2> const raw_read = raw.view();
  r(p_read, raw_read, out.view());
  for (index_t x = 0; x < length; ++x) {
    auto const expected = reduced_alone<Raw>(r, p_read, raw_read, x);
    for (index_t m = 0; m < outputs; ++m)
      if (out.view()(x, m) != expected[static_cast<std::size_t>(m)]) {
        CAPTURE(length, classes, x, m);
        CHECK(out.view()(x, m) == expected[static_cast<std::size_t>(m)]);
      }
  }
}

/// All laws of a reducer over raw values of type `Raw`.
template <class Raw, reduce::reducer<Raw> R>
void check_reducer_laws(R const& r) {
  random_source random;
  CAPTURE(random);
  for (std::size_t k = 1; k < 9; ++k) CHECK(r.output_count(k) >= 1);
  for (int i = 0; i < 40; ++i)
    check_reducer_on_a_row<Raw>(r, random.between(1, 60), random.between(1, 6), random);
  for (index_t length : {511, 512, 513, 1300})
    check_reducer_on_a_row<Raw>(r, length, random.between(1, 4), random);
}

}  // namespace voxstitch::test
