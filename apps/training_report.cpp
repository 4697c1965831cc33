// SPDX-License-Identifier: BSL-1.0
#include "training_report.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <numeric>

#include <tbb/task_arena.h>

#include "arguments.hpp"
#include "job_report.hpp"
#include "project_classifier.hpp"
#include "voxstitch/features/feature_groups.hpp"
#include "voxstitch/ilastik/selection_text.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace app {

namespace {

namespace vox = voxstitch;

/// "1 Background".
std::string class_text(training_data const& data, std::uint32_t label) {
  return std::to_string(label) + " " + data.names[label - 1];
}

std::size_t samples_of_class(trained_classifier const& c, std::size_t place) {
  return static_cast<std::size_t>(
      std::count(c.samples.classes.begin(), c.samples.classes.end(), place));
}

/// Columns of equal width, as wide as their longest entry; the first is left-aligned.
std::vector<std::string> table(std::vector<std::vector<std::string>> const& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (auto const& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::vector<std::string> lines;
  for (auto const& row : rows) {
    std::string line = "  " + row[0] + std::string(widths[0] - row[0].size(), ' ');
    for (std::size_t i = 1; i < row.size(); ++i)
      line += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> confusion_lines(training_data const& data, trained_classifier const& c,
                                         vox::classify::out_of_bag_estimate const& estimate) {
  auto const& labels = c.samples.labels;
  std::vector<std::vector<std::string>> rows(1, {"painted \\ predicted"});
  for (auto label : labels) rows[0].push_back(data.names[label - 1]);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto& row = rows.emplace_back(std::vector<std::string>{class_text(data, labels[i])});
    for (std::size_t j = 0; j < labels.size(); ++j)
      row.push_back(std::to_string(estimate.confusion[i * labels.size() + j]));
  }
  return table(rows);
}

/// Features, the one whose permutation costs most first.
std::vector<std::size_t> by_importance(training_quality const& q) {
  std::vector<std::size_t> order(q.permutation.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return q.permutation[a] > q.permutation[b];
  });
  return order;
}

std::vector<std::string> importance_lines(trained_classifier const& c, training_quality const& q) {
  std::vector<std::vector<std::string>> rows{{"feature", "gain %", "permutation %"}};
  for (std::size_t f : by_importance(q))
    rows.push_back({c.feature_names[f], formatted("%.2f", 100 * q.gain[f]),
                    formatted("%.3f", 100 * q.permutation[f])});
  // The names' sigma is two bytes and one character wide.
  rows[0][0] += ' ';
  return table(rows);
}

/// A block of the image around its first labels, of at most 64 voxels along every axis.
vox::block<3> example_block(vox::pipeline::labelled_image const& image, vox::coord<3> const& halo) {
  auto const volume = vox::box<3>::at_origin(vox::spatial(image.image.description().shape));
  auto const shape = min(volume.shape(), vox::coord<3>::filled(64));
  auto const low = min(image.labels.front().where.inclusive_min, volume.shape() - shape);
  vox::box<3> const core{low, low + shape};
  return {0, core, core, grown_within(core, halo, volume)};
}

/// The image as float, [channel, z, y, x] on a block's read box.
vox::dense_array<float, 4> read(vox::pipeline::labelled_image const& image,
                                vox::block<3> const& b) {
  auto const& d = image.image.description();
  auto const s = b.read.shape();
  vox::coord<4> const shape{{d.shape[1], s[0], s[1], s[2]}};
  vox::pipeline::detail::typed_block stored(d.type, shape);
  auto const time = image.labels.front().time;
  image.image.read(vox::pipeline::detail::at_time(time, d.shape[1], b.read),
                   stored.view_at_one_time());
  vox::dense_array<float, 4> values(shape);
  vox::pipeline::detail::convert_planes(stored.view(), values.view());
  return values;
}

/// Seconds per voxel that a classifier takes on the current arena's threads.
double cost_of(vox::models::any_block_classifier const& classifier,
               vox::pipeline::labelled_image const& image) {
  auto const volume = vox::box<3>::at_origin(vox::spatial(image.image.description().shape));
  auto const b = example_block(image, classifier.halo());
  auto const input = read(image, b);
  auto const r = b.result.shape();
  vox::dense_array<float, 4> p(
      vox::coord<4>{{r[0], r[1], r[2], static_cast<index_t>(classifier.class_count())}});
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 3; ++i) {
    stopwatch const watch;
    classifier.classify(input.view(), b, volume, p.view());
    best = std::min(best, watch.wall());
  }
  return best / static_cast<double>(b.result.size());
}

/// A classifier of some of the features.
vox::models::any_block_classifier classifier_of(trained_classifier const& whole,
                                                vox::features::selection const& selection,
                                                vox::classify::forest_description const& forest,
                                                vox::volume_description const& image) {
  trained_classifier part{selection, whole.input_channels, {}, {}, forest};
  part.samples.labels = whole.samples.labels;
  vox::ilastik::project p;
  p.selection = selection;
  p.has_compute_in_2d = true;
  p.label_names.assign(whole.samples.labels.back(), "class");
  p.classifier = part.ensemble(p.label_names.size(), 1);
  p.input_channels = whole.input_channels;
  return app::classifier_of(p, image);
}

/// Feature channels of some entries of the selection.
std::size_t channel_count(std::vector<vox::features::feature_group> const& groups) {
  std::size_t count = 0;
  for (auto const& g : groups) count += g.count;
  return count;
}

nlohmann::ordered_json offers_json(feature_offers const& offers) {
  auto sets = nlohmann::ordered_json::array();
  for (auto const& o : offers.sets)
    sets.push_back({{"features", vox::ilastik::to_text(o.selection)},
                    {"channels", o.channels},
                    {"out_of_bag_error", o.error},
                    {"seconds_per_voxel", o.seconds}});
  return {{"sets", sets},
          {"suggested", vox::ilastik::to_text(offers.sets[offers.suggested].selection)}};
}

}  // namespace

training_quality judge(trained_classifier const& classifier, training_plan const& plan,
                       int threads) {
  tbb::task_arena arena(threads);
  return arena.execute([&] {
    auto const set = classifier.set();
    return training_quality{out_of_bag(set, classifier.forest, plan.forest),
                            vox::classify::gain_importance(classifier.forest),
                            permutation_importance(set, classifier.forest, plan.forest)};
  });
}

feature_offers offers_for(trained_classifier const& classifier, training_data const& data,
                          training_plan const& plan, vox::pipeline::run_control const& control) {
  auto const groups =
      vox::features::feature_groups(classifier.selection, classifier.input_channels);
  std::vector<vox::classify::feature_range> ranges;
  for (auto const& g : groups) ranges.push_back({g.first, g.count});
  auto const& image = data.images.front();
  tbb::task_arena arena(control.threads);
  return arena.execute([&] {
    auto const steps = eliminate_features(classifier.set(), ranges, plan.forest, control.stop);
    feature_offers offers;
    for (auto const& step : steps) {
      std::vector<vox::features::feature_group> kept;
      for (std::size_t i : step.kept) kept.push_back(groups[i]);
      auto const selection = vox::features::only(classifier.selection, kept);
      auto const part =
          classifier_of(classifier, selection, step.forest, image.image.description());
      offers.sets.push_back({selection, channel_count(kept), step.error, cost_of(part, image)});
    }
    auto const& best = smallest_good(steps, classifier.samples.classes.size());
    offers.suggested = static_cast<std::size_t>(&best - steps.data());
    return offers;
  });
}

std::vector<std::string> label_lines(training_data const& data, trained_classifier const& c) {
  std::string classes;
  for (std::size_t i = 0; i < c.samples.labels.size(); ++i)
    classes += (i == 0 ? "" : ", ") + class_text(data, c.samples.labels[i]) + " " +
               std::to_string(samples_of_class(c, i));
  return {"labels      " + std::to_string(c.samples.classes.size()) + " voxels: " + classes,
          "features    " + std::to_string(c.feature_names.size()) +
              " channels: " + vox::ilastik::to_text(c.selection)};
}

std::vector<std::string> quality_lines(training_data const& data, trained_classifier const& c,
                                       training_quality const& q) {
  std::vector<std::string> lines{
      formatted("out of bag  %.2f %% of %zu voxels are wrong, judged by the trees that did not "
                "learn them",
                100 * q.out_of_bag.error(), q.out_of_bag.judged)};
  auto const add = [&](std::vector<std::string> const& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  add(confusion_lines(data, c, q.out_of_bag));
  lines.emplace_back("importance  gain: share of the splits' work; permutation: accuracy lost "
                     "without the feature");
  add(importance_lines(c, q));
  return lines;
}

std::vector<std::string> offer_lines(feature_offers const& offers) {
  auto const& all = offers.sets.front();
  std::vector<std::vector<std::string>> rows{{"channels", "error %", "speed"}};
  for (auto const& o : offers.sets)
    rows.push_back({std::to_string(o.channels), formatted("%.2f", 100 * o.error),
                    formatted("%.1f x", all.seconds / o.seconds)});
  auto lines = table(rows);
  lines.insert(lines.begin(), "suggestion  fewer features, by permutation importance");
  auto const& best = offers.sets[offers.suggested];
  if (offers.suggested == 0)
    lines.emplace_back("  keep all: with fewer the error grows");
  else
    lines.push_back(
        formatted("  %zu channels do about as well (%.2f against %.2f %%), %.1f times as "
                  "fast:",
                  best.channels, 100 * best.error, 100 * all.error, all.seconds / best.seconds) +
        "\n  --features \"" + vox::ilastik::to_text(best.selection) + "\"");
  return lines;
}

nlohmann::ordered_json training_json(training_data const& data, training_plan const& plan,
                                     trained_classifier const& c, training_quality const& q,
                                     std::optional<feature_offers> const& offers) {
  auto classes = nlohmann::ordered_json::array();
  auto confusion = nlohmann::ordered_json::array();
  std::size_t const count = c.samples.labels.size();
  for (std::size_t i = 0; i < count; ++i) {
    classes.push_back({{"label", c.samples.labels[i]},
                       {"name", data.names[c.samples.labels[i] - 1]},
                       {"voxels", samples_of_class(c, i)}});
    auto const row = q.out_of_bag.confusion.begin() + static_cast<std::ptrdiff_t>(i * count);
    confusion.push_back(std::vector<std::uint64_t>(row, row + static_cast<std::ptrdiff_t>(count)));
  }
  auto importance = nlohmann::ordered_json::array();
  for (std::size_t f = 0; f < c.feature_names.size(); ++f)
    importance.push_back(
        {{"feature", c.feature_names[f]}, {"gain", q.gain[f]}, {"permutation", q.permutation[f]}});
  nlohmann::ordered_json all{{"program", "voxstitch " VOXSTITCH_VERSION},
                             {"features", vox::ilastik::to_text(plan.selection)},
                             {"trees", plan.forest.trees},
                             {"seed", plan.forest.seed},
                             {"classes", classes},
                             {"out_of_bag",
                              {{"error", q.out_of_bag.error()},
                               {"judged", q.out_of_bag.judged},
                               {"confusion", confusion}}},
                             {"importance", importance}};
  if (offers) all["suggestion"] = offers_json(*offers);
  return all;
}

}  // namespace app
