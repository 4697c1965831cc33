// SPDX-License-Identifier: BSL-1.0
#include "report_pictures.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "voxstitch/io/png_bytes.hpp"
#include "voxstitch/pipeline/planes.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using nlohmann::json;
using float_picture = vox::strided_view<float const, 3>;

std::string base64(std::vector<std::byte> const& bytes) {
  static constexpr char const* digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto const at = [&](std::size_t k) {
      return i + k < bytes.size() ? std::to_integer<unsigned>(bytes[i + k]) : 0U;
    };
    unsigned const three = at(0) << 16 | at(1) << 8 | at(2);
    for (unsigned k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[three >> (18 - 6 * k) & 63];
  }
  return text;
}

/// Channels [first, first + 3) of a picture, each value made a byte; one channel is grey, two get
/// an empty third.
template <class Byte>
std::string data_uri(float_picture const& values, index_t first, Byte const& byte_of) {
  index_t const left = values.extent(2) - first;
  index_t const channels = left == 1 ? 1 : 3;
  vox::dense_array<std::uint8_t, 3> picture(
      vox::coord<3>{{values.extent(0), values.extent(1), channels}});
  for_each_voxel(vox::box<3>::at_origin(picture.shape()), [&](vox::coord<3> const& at) {
    bool const there = first + at[2] < values.extent(2);
    picture.view()[at] = there ? byte_of(values(at[0], at[1], first + at[2])) : std::uint8_t{0};
  });
  return "data:image/png;base64," + base64(vox::io::png_bytes(picture.view()));
}

std::string raw_uri(float_picture const& values, grey_range const& greys) {
  return data_uri(values, 0, [&](float value) {
    float const level = 255 * (value - greys.low) / (greys.high - greys.low);
    return static_cast<std::uint8_t>(level > 0 ? std::min(255.0F, level) : 0);  // NaN too
  });
}

std::string label_uri(float_picture const& labels) {
  return data_uri(labels, 0,
                  [](float label) { return static_cast<std::uint8_t>(std::min(label, 255.0F)); });
}

/// (32 levels: the eye sees no more of a colour that is laid over a picture, and they pack well.)
std::string soft_uri(float_picture const& soft, index_t first) {
  return data_uri(soft, first, [](float value) {
    float const level = value > 0 ? std::round(31 * std::min(1.0F, value)) : 0;  // NaN is 0
    return static_cast<std::uint8_t>(std::round(level * 255 / 31));
  });
}

/// One picture per plane, made on all cores.
json pictures(index_t planes, std::function<json(index_t)> const& picture_of) {
  std::vector<json> made(static_cast<std::size_t>(planes));
  vox::pipeline::for_each_in_parallel(
      planes, [&](index_t n) { made[static_cast<std::size_t>(n)] = picture_of(n); });
  return made;
}

json soft_pictures(float_picture const& soft) {
  auto uris = json::array();
  for (index_t first = 0; first < soft.extent(2); first += 3) uris.push_back(soft_uri(soft, first));
  return uris;
}

}  // namespace

grey_range grey_range_of(report_findings const& f, vox::element_type type) {
  if (f.raw.channels() == 3 && type == vox::element_type::uint8) return {0, 255};
  std::vector<float> values;
  for (std::size_t n = 0; n < f.raw.sampling().planes[0].size(); ++n) {
    auto const picture = f.raw.picture(0, static_cast<index_t>(n));
    for_each_voxel(vox::box<3>::at_origin(picture.shape()), [&](vox::coord<3> const& at) {
      if (std::isfinite(picture[at])) values.push_back(picture[at]);
    });
  }
  if (values.empty()) return {};
  std::ranges::sort(values);
  auto const few = values.size() / 300;
  float const low = values[few];
  float const high = values[values.size() - 1 - few];
  return {low, high > low ? high : low + 1};
}

json views_of(report_findings const& f, grey_range const& greys) {
  auto views = json::array();
  auto const& sampling = f.raw.sampling();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto const count = static_cast<index_t>(sampling.planes[axis].size());
    json view{{"planes", sampling.planes[axis]},
              {"rows", sampling.picture(axis)[0]},
              {"columns", sampling.picture(axis)[1]}};
    view["raw"] =
        pictures(count, [&](index_t n) { return raw_uri(f.raw.picture(axis, n), greys); });
    view["labels"] =
        pictures(count, [&](index_t n) { return label_uri(f.labels.picture(axis, n)); });
    if (f.soft)
      view["soft"] =
          pictures(count, [&](index_t n) { return soft_pictures(f.soft->picture(axis, n)); });
    views.push_back(std::move(view));
  }
  return views;
}

json spots_of(report_findings const& f, grey_range const& greys) {
  return pictures(static_cast<index_t>(f.spots.size()), [&](index_t n) {
    auto const& [spot, window, raw, labels] = f.spots[static_cast<std::size_t>(n)];
    auto const shown = std::min<index_t>(raw.shape()[2], f.raw.channels());
    auto const s = raw.shape();
    return json{{"low", spot.where.inclusive_min.values},
                {"high", spot.where.exclusive_max.values},
                {"window", window.inclusive_min.values},
                {"mean", spot.mean},
                {"rows", s[0]},
                {"columns", s[1]},
                {"raw", raw_uri(raw.view().sub({{}, {{s[0], s[1], shown}}}), greys)},
                {"labels", label_uri(labels.view())}};
  });
}

}  // namespace app
