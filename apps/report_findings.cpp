// SPDX-License-Identifier: BSL-1.0
#include "report_findings.hpp"

#include <limits>

#include "process.hpp"
#include "voxstitch/pipeline/label_values.hpp"
#include "voxstitch/pipeline/provenance.hpp"
#include "voxstitch/pipeline/tile_walk.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::result_kind;
using vox::pipeline::tile;
using source_walk = vox::pipeline::tile_walk<vox::io::any_source>;
using label_block = vox::dense_array<std::uint16_t, 3>;

constexpr std::size_t most_spots = 12;
constexpr index_t spot_side = 96;
/// More classes than these make the page too heavy: their labels are shown, their probabilities
/// not.
constexpr std::size_t most_probabilities = 11;

/// Voxels that are shown: fewer where more is shown of each, so that the page stays small.
vox::pipeline::plane_sampling sampling_for(report_sources const& s) {
  constexpr double bytes = 4.5e6;  // as pictures that do not pack at all
  double per_pixel = s.input.description().shape[1] == 3 ? 3.2 : 1.2;
  if (s.probabilities)
    per_pixel += 0.5 * double(std::min<index_t>(s.probabilities->description().shape[1] + 1,
                                                most_probabilities + 1));
  else if (s.uncertainty)
    per_pixel += 0.6;
  vox::pipeline::sampling_limits limits;
  limits.pixels = static_cast<index_t>(bytes / per_pixel);
  return vox::pipeline::sample_planes(s.region.shape(), limits);
}

report_findings nothing_yet(report_sources const& s) {
  auto const sampling = sampling_for(s);
  index_t const channels = s.input.description().shape[1] == 3 ? 3 : 1;
  report_findings f{{sampling, channels}, {sampling, 1}};
  f.has_uncertainty = s.probabilities || s.uncertainty;
  if (s.probabilities)
    f.shown_probabilities = std::min(
        most_probabilities, static_cast<std::size_t>(s.probabilities->description().shape[1]));
  if (f.has_uncertainty) f.soft.emplace(sampling, 1 + static_cast<index_t>(f.shown_probabilities));
  return f;
}

/// One measurement of everything.
class finder {
 public:
  finder(report_sources const& s, report_means const& m, vox::pipeline::run_control const& c)
      : s_(s), m_(m), control_(c), f_(nothing_yet(s)), cells_(s.region.shape()),
        result_(vox::box<3>::at_origin(s.region.shape())) {}

  [[nodiscard]] report_findings operator()() {
    walk(
        s_.input, s_.region, [&](tile const& t) { f_.raw.add(t.where, t.values); },
        [&](vox::box<3> const& b) { return f_.raw.sampling().touches(b); });
    if (s_.probabilities)
      walk(*s_.probabilities, result_, [&](tile const& t) { add_probabilities(t); });
    if (s_.labels) walk(*s_.labels, result_, [&](tile const& t) { add_stored_labels(t); });
    if (s_.uncertainty && !s_.probabilities)
      walk(*s_.uncertainty, result_, [&](tile const& t) { add_stored_uncertainty(t); });
    find_seams();
    f_.mean_uncertainty = cells_.mean();
    f_.cell = cells_.cell();
    for (auto const& spot : cells_.hottest(most_spots)) f_.spots.push_back(picture_of(spot));
    return std::move(f_);
  }

 private:
  /// Bytes per voxel: the uncertainty, labels, and a truth with its labels.
  static constexpr std::int64_t visitor_bytes = 4 + 2 + 8 + 2;

  [[nodiscard]] vox::pipeline::plan planned(vox::pipeline::plan_request request) const {
    request.budget_bytes = m_.ram;
    request.process_bytes = resident_bytes();
    request.threads = control_.threads;
    request.chunk = m_.chunk;
    return make_plan(request);
  }

  template <class Visit, class... Wanted>
  void walk(named_source const& what, vox::box<3> const& region, Visit const& visit,
            Wanted const&... wanted) const {
    source_walk const walk(what.source(), region,
                           planned(source_walk::request_for(what.source(), region, visitor_bytes)));
    walk(control_, visit, wanted...);
  }

  void add_probabilities(tile const& t) {
    vox::coord<4> shape = t.values.shape();
    ++shape[0];  // the uncertainty comes first
    vox::dense_array<float, 4> soft(shape);
    auto const p = soft.view().sub({{{1, 0, 0, 0}}, shape});
    vox::pipeline::copy_probabilities(t.values, p);
    auto const uncertainty = soft.view().sub({{}, {{1, shape[1], shape[2], shape[3]}}});
    vox::pipeline::recipe const recipe{vox::pipeline::output_kind::uncertainty};
    recipe(p, {}, uncertainty);
    label_block labels(t.where.shape());
    vox::pipeline::most_probable_labels(p, labels.view());
    forget_unknown(labels, uncertainty.slice(0, 0));
    f_.means.add(p);
    if (!s_.labels) add_labels(t, labels);
    if (t.time > 0) return;
    f_.soft->add(t.where, soft.view());
    cells_.add(t.where, uncertainty.slice(0, 0));
  }

  /// Outside a mask nothing is uncertain.
  static void forget_unknown(label_block const& labels,
                             vox::strided_view<float, 3> const& uncertainty) {
    for_each_voxel(vox::box<3>::at_origin(labels.shape()), [&](vox::coord<3> const& at) {
      if (labels.view()[at] == 0) uncertainty[at] = std::numeric_limits<float>::quiet_NaN();
    });
  }

  void add_stored_labels(tile const& t) {
    label_block labels(t.where.shape());
    vox::pipeline::copy_labels(t.values, labels.view());
    add_labels(t, labels);
  }

  void add_labels(tile const& t, label_block& labels) {
    f_.counts.add(labels.view());
    if (t.time == 0) f_.labels.add(t.where, vox::any_view<4>(labels.view().expanded(0)));
    if (s_.truth) f_.agreement.add(labels.view(), truth_at(t).view());
  }

  [[nodiscard]] label_block truth_at(tile const& t) const {
    auto const& d = s_.truth->description();
    bool const of_input = vox::spatial(d.shape) != s_.region.shape();
    auto const where = of_input ? shifted(t.where, s_.region.inclusive_min) : t.where;
    vox::coord<3> const s = where.shape();
    vox::pipeline::detail::typed_block values(d.type, {{1, s[0], s[1], s[2]}});
    s_.truth->source().read(vox::pipeline::detail::at_time(t.time, 1, where),
                            values.view_at_one_time());
    label_block labels(s);
    vox::pipeline::copy_labels(values.view(), labels.view());
    return labels;
  }

  void add_stored_uncertainty(tile const& t) {
    if (t.time > 0) return;
    vox::dense_array<float, 4> values(t.values.shape());
    vox::pipeline::copy_probabilities(t.values, values.view());
    f_.soft->add(t.where, values.view());
    cells_.add(t.where, values.view().slice(0, 0));
  }

  void find_seams() {
    using profile_walk = vox::pipeline::profile_walk<vox::io::any_source>;
    auto const& result = s_.main();
    auto& seams = f_.seams;
    seams.kind = s_.labels ? result_kind::labels : result_kind::probabilities;
    auto const recorded = vox::pipeline::recorded_block(result.opened.files.front());
    seams.grid_is_known = m_.block || recorded;
    seams.grid = m_.block ? *m_.block : recorded.value_or(vox::coord<3>::filled(64));
    profile_walk const profile(result.source(), seams.kind,
                               planned(profile_walk::request_for(result.source())));
    seams.report = vox::pipeline::find_seams(profile(control_), seams.grid);
  }

  [[nodiscard]] spot_picture picture_of(vox::pipeline::hot_spot const& spot) const {
    auto const window = vox::pipeline::window_around(spot.where, s_.region.shape(), spot_side);
    return {spot, window,
            vox::pipeline::read_window(s_.input.source(), shifted(window, s_.region.inclusive_min)),
            labels_in(window)};
  }

  [[nodiscard]] vox::dense_array<float, 3> labels_in(vox::box<3> const& window) const {
    auto values = vox::pipeline::read_window(s_.main().source(), window);
    if (s_.labels) return values;
    vox::coord<3> const s = values.shape();
    label_block labels(vox::coord<3>{{1, s[0], s[1]}});
    auto const p = values.view().permuted({2, 0, 1}).expanded(1);
    vox::pipeline::most_probable_labels(p, labels.view());
    vox::dense_array<float, 3> picture(vox::coord<3>{{s[0], s[1], 1}});
    copy(labels.view(), picture.view().permuted({2, 0, 1}));
    return picture;
  }

  report_sources const& s_;
  report_means const& m_;
  vox::pipeline::run_control const& control_;
  report_findings f_;
  vox::pipeline::uncertainty_cells cells_;
  vox::box<3> result_;
};

}  // namespace

index_t voxels_to_read(report_sources const& s) {
  index_t const once = s.region.size() * s.input.description().shape[0];
  index_t walks = 2;  // the input, and the seams
  for (auto const* result : {&s.labels, &s.probabilities}) walks += *result ? 1 : 0;
  return (walks + (s.uncertainty && !s.probabilities ? 1 : 0)) * once;
}

report_findings find_for_report(report_sources const& s, report_means const& m,
                                vox::pipeline::run_control const& control) {
  return finder(s, m, control)();
}

}  // namespace app
