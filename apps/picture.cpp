// SPDX-License-Identifier: BSL-1.0
#include "picture.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "voxstitch/io/png_writer.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using plane = vox::dense_array<float, 2>;
using color = std::array<std::uint8_t, 3>;

/// Slice z of the first channel and time, as float; every `step`-th row and column.
plane slice_of(vox::io::volume_source auto const& source, vox::box<3> const& b, vox::index_t step) {
  auto const s = b.shape();
  vox::pipeline::detail::typed_block values(source.description().type, {{1, 1, s[1], s[2]}});
  source.read(vox::pipeline::detail::at_time(0, 1, b), values.view_at_one_time());
  plane result(vox::coord<2>{{vox::divide_up(s[1], step), vox::divide_up(s[2], step)}});
  values.view().visit([&]<class T>(vox::strided_view<T, 4> const& v) {
    vox::for_each_voxel(vox::box<2>::at_origin(result.shape()), [&](vox::coord<2> const& at) {
      result.view()[at] = static_cast<float>(v(0, 0, at[0] * step, at[1] * step));
    });
  });
  return result;
}

/// Grey levels between the darkest and brightest half percent.
struct contrast {
  float low = 0;
  float high = 1;

  explicit contrast(plane const& p) {
    auto const count = static_cast<std::size_t>(p.view().size());
    std::vector<float> values(p.view().data(), p.view().data() + count);
    std::ranges::sort(values);
    low = values[count / 200];
    high = std::max(low + 1e-6F, values[count - 1 - count / 200]);
  }
  [[nodiscard]] std::uint8_t operator()(float value) const {
    return static_cast<std::uint8_t>(255 * std::clamp((value - low) / (high - low), 0.0F, 1.0F));
  }
};

/// Colours of labels 1, 2, ...: distinct for colour-blind eyes too (after Okabe and Ito).
color color_of(int label) {
  constexpr std::array<color, 7> palette{{{60, 60, 60},
                                          {86, 180, 233},
                                          {230, 159, 0},
                                          {0, 158, 115},
                                          {240, 228, 66},
                                          {204, 121, 167},
                                          {213, 94, 0}}};
  if (label <= 0) return {0, 0, 0};
  return palette[static_cast<std::size_t>(label - 1) % palette.size()];
}

void paint(vox::strided_view<std::uint8_t, 3> const& picture, vox::coord<2> const& at,
           color const& c) {
  for (vox::index_t i = 0; i < 3; ++i) picture(at[0], at[1], i) = c[static_cast<std::size_t>(i)];
}

vox::io::packed_chunks labels_of(vox::pipeline::prepared_job const& prepared,
                                 vox::pipeline::job_run const& finished) {
  std::size_t dataset = 0;
  for (auto const& o : prepared.outputs) {
    if (o.request.kind == vox::pipeline::output_kind::labels) break;
    dataset += o.datasets.size();
  }
  return finished.chunks_of(dataset);
}

}  // namespace

void write_picture(std::string const& path, vox::pipeline::job const& job,
                   vox::pipeline::prepared_job const& prepared,
                   vox::pipeline::job_run const& finished) {
  auto b = prepared.grid.region;
  auto const step = std::max<vox::index_t>(1, std::max(b.extent(1), b.extent(2)) / 1200);
  b.inclusive_min[0] += b.extent(0) / 2;
  b.exclusive_max[0] = b.inclusive_min[0] + 1;
  auto const raw = slice_of(job.input, b, step);
  auto const labels =
      slice_of(labels_of(prepared, finished), relative_to(b, prepared.grid.region), step);
  contrast const grey(raw);
  auto const shape = raw.shape();
  constexpr vox::index_t gap = 8;
  vox::dense_array<std::uint8_t, 3> picture(vox::coord<3>{{shape[0], 2 * shape[1] + gap, 3}});
  vox::fill(picture.view(), 255);
  vox::for_each_voxel(vox::box<2>::at_origin(shape), [&](vox::coord<2> const& at) {
    auto const level = grey(raw.view()[at]);
    paint(picture.view(), at, {level, level, level});
    paint(picture.view(), {{at[0], at[1] + shape[1] + gap}},
          color_of(static_cast<int>(labels.view()[at])));
  });
  vox::io::write_png(path, vox::strided_view<std::uint8_t const, 3>(picture.view()));
}

}  // namespace app
