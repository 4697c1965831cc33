// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a model of volume_source keep the concept's promises?

#include <cstring>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// A volume of random bits; floats are finite, every fourth row is zero.
[[nodiscard]] inline any_array<5> random_volume(element_type type, coord<5> const& shape,
                                                random_source& random) {
  any_array<5> volume(type, shape);
  volume.view().visit([&]<class T>(strided_view<T, 5> const& view) {
    for_each_row(box<5>::at_origin(shape), [&](coord<5> position) {
      if (random.between(0, 3) == 0) return;
      for (; position[4] < shape[4]; ++position[4]) {
        if constexpr (std::is_integral_v<T>)
          view[position] = static_cast<T>(random.bits());
        else
          view[position] = static_cast<T>(random.unit()) * T{200} - T{100};
      }
    });
  });
  return volume;
}

/// Whether two views of one type hold the same bits.
[[nodiscard]] inline bool same_bits(any_view<5> const& a, any_view<5> const& b) {
  if (a.type() != b.type() || a.shape() != b.shape()) return false;
  return a.visit([&]<class T>(strided_view<T, 5> const& left) {
    auto const right = b.as<T>();
    bool same = true;
    for_each_voxel(box<5>::at_origin(a.shape()), [&](coord<5> const& at) {
      same = same && std::memcmp(left.pointer_to(at), right.pointer_to(at), sizeof(T)) == 0;
    });
    return same;
  });
}

/// What `source` reads in `b`, through a view with gaps between its rows and another axis order in
/// memory; the second member tells whether the gaps stayed untouched.
template <io::volume_source S>
[[nodiscard]] std::pair<any_array<5>, bool> read_with_gaps(S const& source, box<5> const& b) {
  element_type const type = source.description().type;
  coord<5> const shape = b.shape();
  index_t const margin = 3;
  // memory order x, t, c, z, y with y padded: no axis of the view has stride 1
  coord<5> const padded{{shape[4], shape[0], shape[1], shape[2], 2 * shape[3] + margin}};
  coord<5> const dense = dense_strides(padded);
  coord<5> const strides{{dense[1], dense[2], dense[3], 2 * dense[4], dense[0]}};
  any_array<5> memory(type, padded);
  auto* const bytes = memory.view().data();
  std::memset(bytes, 0x5a, memory.bytes().size());
  any_view<5> const view(bytes, type, shape, strides);
  source.read(b, view);

  any_array<5> values(type, shape);
  view.visit([&]<class T>(strided_view<T, 5> const& v) {
    copy(strided_view<T const, 5>(v), values.view().as<T>());
    fill(v, T{});
  });
  std::size_t untouched = 0;
  for (std::byte const byte : memory.bytes()) untouched += byte == std::byte{0x5a} ? 1U : 0U;
  auto const expected = memory.bytes().size() - static_cast<std::size_t>(b.size()) * size_of(type);
  return {std::move(values), untouched == expected};
}

/// Without Catch's macros, which are for one thread only.
template <io::volume_source S>
[[nodiscard]] bool reads_right(S const& source, box<5> const& b, any_array<5>& expected) {
  try {
    any_array<5> values(expected.type(), b.shape());
    source.read(b, values.view());
    return same_bits(values.view(), expected.view().sub(b));
  } catch (error const&) {
    return false;
  }
}

/// Checks every law of volume_source against the volume (t, c, z, y, x) it should hold.
template <io::volume_source S>
void check_volume_source_laws(S const& source, any_array<5>& expected) {
  random_source random;
  CAPTURE(random);
  volume_description const& description = source.description();
  REQUIRE(description.shape == expected.shape());
  REQUIRE(description.type == expected.type());
  auto const domain = box<5>::at_origin(description.shape);

  for (char letter : description.axes) CHECK(canonical_axes.find(letter) != std::string_view::npos);
  for (std::size_t axis = 0; axis < 5; ++axis) {
    CAPTURE(axis);
    CHECK(source.decode_unit()[axis] >= 1);
    CHECK(source.decode_unit()[axis] <= description.shape[axis]);
    if (description.axes.find(canonical_axes[axis]) == std::string::npos)
      CHECK(description.shape[axis] == 1);
  }

  SECTION("the whole volume has the stored values") {
    any_array<5> whole(expected.type(), expected.shape());
    std::memset(whole.view().data(), 0x5a, whole.bytes().size());
    source.read(domain, whole.view());
    CHECK(same_bits(whole.view(), expected.view()));
  }
  SECTION("any box has the same values, in views of any strides, and nothing else is written") {
    for (int repeat = 0; repeat < 40; ++repeat) {
      auto const b = random.box_within(domain);
      CAPTURE(to_string(b));
      auto [values, gaps_untouched] = read_with_gaps(source, b);
      CHECK(same_bits(values.view(), expected.view().sub(b)));
      CHECK(gaps_untouched);
    }
  }
  SECTION("concurrent reads do not disturb each other") {
    constexpr std::size_t workers = 4;
    std::vector<std::vector<box<5>>> boxes(workers);
    for (auto& own : boxes)
      for (int i = 0; i < 10; ++i) own.push_back(random.box_within(domain));
    std::vector<int> wrong(workers, 0);
    {
      std::vector<std::jthread> threads;
      for (std::size_t worker = 0; worker < workers; ++worker)
        threads.emplace_back([&, worker] {
          for (auto const& b : boxes[worker])
            wrong[worker] += reads_right(source, b, expected) ? 0 : 1;
        });
    }
    CHECK(wrong == std::vector<int>(workers, 0));
  }
}

}  // namespace voxstitch::test
