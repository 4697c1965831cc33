// SPDX-License-Identifier: BSL-1.0
#include "report_page.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "arguments.hpp"
#include "class_colors.hpp"
#include "input_file.hpp"
#include "report_page_text.hpp"  // made of report_page.html
#include "report_pictures.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using nlohmann::json;

std::string escaped(std::string const& text) {
  std::string result;
  for (char const c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

/// "12 345 678" with narrow spaces.
std::string grouped(index_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<index_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), "\u202f");
  return text;
}

/// How large a voxel is, where all its sides are known.
struct voxel_measure {
  std::array<double, 3> sides{};  ///< z, y, x; 0 where unknown
  std::string unit;
  bool is_flat = false;  ///< the volume has one plane z: areas, not volumes

  [[nodiscard]] bool is_known() const {
    return !unit.empty() && sides[1] > 0 && sides[2] > 0 && (is_flat || sides[0] > 0);
  }
  [[nodiscard]] double size() const { return (is_flat ? 1 : sides[0]) * sides[1] * sides[2]; }

  /// "0.0123 mm³"; in micrometres or, where that is more than a million of them, millimetres.
  [[nodiscard]] std::string text(double voxels) const {
    double value = voxels * size();
    std::string name = unit == "um" ? "µm" : unit;
    double const step = is_flat ? 1e6 : 1e9;
    if (unit == "um" && value > step / 1000) {
      value /= step;
      name = "mm";
    }
    return formatted(value >= 1e6 ? "%.3e " : "%.4g ", value) + name + (is_flat ? "²" : "³");
  }
};

voxel_measure measure_of(report_sources const& s) {
  auto const* from = &s.input.description();
  auto const knows = [](vox::volume_description const& d) {
    return !d.voxel_unit.empty() && d.voxel_size[1] > 0 && d.voxel_size[2] > 0;
  };
  if (!knows(*from) && knows(s.main().description())) from = &s.main().description();
  return {from->voxel_size, from->voxel_unit, s.region.extent(0) == 1};
}

std::size_t class_count_of(report_sources const& s, report_findings const& f) {
  std::size_t count = std::max(f.counts.largest_label(), s.class_names.size());
  if (s.probabilities)
    count = std::max(count, static_cast<std::size_t>(s.probabilities->description().shape[1]));
  return s.truth ? std::max(count, f.agreement.largest_label()) : count;
}

std::string class_name(report_sources const& s, std::size_t label) {
  if (label == 0) return "no class";
  return label <= s.class_names.size() ? s.class_names[label - 1]
                                       : "class " + std::to_string(label);
}

/// What the table says about class `label`.
json class_of(report_sources const& s, report_findings const& f, std::size_t label) {
  auto const voxels = f.counts.of(label);
  json c{{"label", label},
         {"name", class_name(s, label)},
         {"color", css_color(class_color(label))},
         {"voxels", voxels},
         {"fraction", double(voxels) / double(std::max<index_t>(1, f.counts.total()))}};
  auto const measure = measure_of(s);
  if (measure.is_known()) c["volume"] = measure.text(double(voxels));
  if (label == 0) return c;
  if (label <= f.means.class_count()) c["mean_probability"] = f.means.of(label - 1);
  if (s.truth) {
    c["dice"] = f.agreement.dice(label);
    c["truth_voxels"] = f.agreement.truth_voxels(label);
  }
  return c;
}

/// Numbers that nobody uses are no classes: a mask may be 0 and 255.
bool is_listed(report_sources const& s, report_findings const& f, std::size_t label) {
  return f.counts.of(label) > 0 || label <= s.class_names.size() ||
         label <= f.means.class_count() || (s.truth && f.agreement.truth_voxels(label) > 0);
}

json classes_of(report_sources const& s, report_findings const& f) {
  auto list = json::array();
  for (std::size_t label = f.counts.of(0) > 0 ? 0 : 1; label <= class_count_of(s, f); ++label)
    if (is_listed(s, f, label)) list.push_back(class_of(s, f, label));
  return list;
}

json seams_of(report_findings const& f) {
  auto along = json::array();
  for (auto const& a : f.seams.report.along) {
    auto faces = json::array();
    for (auto const& face : a.faces)
      if (face.is_seam) faces.push_back(face.at);
    json axis{{"faces", a.faces.size()}, {"across", a.across}, {"inside", a.inside},
              {"z_score", a.z_score},    {"seams", faces},     {"is_judged", a.is_judged},
              {"has_seams", a.has_seams}};
    if (std::isfinite(a.ratio())) axis["ratio"] = a.ratio();
    double largest = 0;  // JSON knows no infinity: left out
    for (auto const& face : a.faces) largest = std::max(largest, face.z_score);
    if (std::isfinite(largest)) axis["largest"] = largest;
    along.push_back(std::move(axis));
  }
  return {{"grid", f.seams.grid.values},
          {"grid_is_known", f.seams.grid_is_known},
          {"of", to_string(f.seams.kind)},
          {"along", along}};
}

json volume_of(named_source const& what, char const* kind) {
  return {{"kind", kind}, {"path", what.path}, {"text", description_text(what.description())}};
}

json volumes_of(report_sources const& s) {
  auto list = json::array({volume_of(s.input, "input")});
  if (s.labels) list.push_back(volume_of(*s.labels, "labels"));
  if (s.probabilities) list.push_back(volume_of(*s.probabilities, "probabilities"));
  if (s.uncertainty) list.push_back(volume_of(*s.uncertainty, "uncertainty"));
  if (s.truth) list.push_back(volume_of(*s.truth, "truth"));
  return list;
}

json data_of(report_sources const& s, report_findings const& f) {
  auto const greys = grey_range_of(f, s.input.description().type);
  auto const measure = measure_of(s);
  json data{{"program", "voxstitch " VOXSTITCH_VERSION},
            {"volumes", volumes_of(s)},
            {"shape", s.region.shape().values},
            {"origin", s.region.inclusive_min.values},
            {"stride", f.raw.sampling().stride.values},
            {"times", s.input.description().shape[0]},
            {"channels", s.input.description().shape[1]},
            {"shown_channels", f.raw.channels()},
            {"voxel", {{"sides", measure.sides}, {"unit", measure.unit}}},
            {"greys", {greys.low, greys.high}},
            {"classes", classes_of(s, f)},
            {"has_uncertainty", f.has_uncertainty},
            {"probabilities", f.shown_probabilities},
            {"views", views_of(f, greys)},
            {"spots", spots_of(f, greys)},
            {"cell", f.cell.values},
            {"mean_uncertainty", f.mean_uncertainty},
            {"seams", seams_of(f)},
            {"provenance", s.provenance}};
  if (s.truth)
    data["truth"] = {{"compared", f.agreement.compared()}, {"equal", f.agreement.equal()}};
  return data;
}

std::string row_of(json const& c) {
  std::string row = "<tr><td><i class=swatch style=\"background:" + c["color"].get<std::string>() +
                    "\"></i>" + escaped(c["name"].get<std::string>()) + "</td><td class=n>" +
                    grouped(c["voxels"].get<index_t>()) + "</td>";
  double const percent = 100 * c["fraction"].get<double>();
  row += "<td class=n>" + formatted("%.3f", percent) +
         " %</td><td class=bar><i style=\"width:" + formatted("%.2f", percent) +
         "%;background:" + c["color"].get<std::string>() + "\"></i></td>";
  if (c.contains("volume")) row += "<td class=n>" + c["volume"].get<std::string>() + "</td>";
  auto const share = [&](char const* key, char const* format) {
    row +=
        "<td class=n>" + (c.contains(key) ? formatted(format, c[key].get<double>()) : "") + "</td>";
  };
  if (c["has_means"].get<bool>()) share("mean_probability", "%.4f");
  if (c["has_truth"].get<bool>()) share("dice", "%.4f");
  return row + "</tr>\n";
}

/// The table of classes, which is there without scripts too.
std::string class_table(report_sources const& s, json const& classes) {
  std::string table = "<table class=classes><thead><tr><th>class</th><th class=n>voxels</th>"
                      "<th class=n>share</th><th class=bar></th>";
  if (measure_of(s).is_known())
    table += s.region.extent(0) == 1 ? "<th class=n>area</th>" : "<th class=n>volume</th>";
  if (s.probabilities) table += "<th class=n>mean probability</th>";
  if (s.truth) table += "<th class=n>Dice</th>";
  table += "</tr></thead><tbody>\n";
  for (json c : classes) {
    c["has_means"] = s.probabilities.has_value();
    c["has_truth"] = s.truth.has_value();
    table += row_of(c);
  }
  return table + "</tbody></table>";
}

/// "labels.h5", "slices/slice_*.tif".
std::string name_of(named_source const& what) {
  std::filesystem::path const path(what.opened.files.size() == 1 ? what.opened.files.front()
                                                                 : what.path);
  auto const name = (path / "").parent_path();  // of a folder without its last slash
  if (what.opened.files.size() == 1 || !name.has_parent_path()) return name.filename().string();
  return (name.parent_path().filename() / name.filename()).string();
}

std::string summary(report_sources const& s, report_findings const& f) {
  auto text = to_string(s.region.shape(), " × ") + " voxels (z × y × x), " +
              counted(double(f.counts.total()), "voxels");
  if (s.region.shape() != vox::spatial(s.input.description().shape))
    text += ", from " + to_string(s.region.inclusive_min) + " (z,y,x) of the input on";
  auto const measure = measure_of(s);
  if (!measure.is_known()) return text + "; the voxel size is not known";
  auto const side = [&](std::size_t axis) { return formatted("%g", measure.sides[axis]); };
  return text + "; a voxel is " + (measure.is_flat ? "" : side(0) + " × ") + side(1) + " × " +
         side(2) + " " + (measure.unit == "um" ? "µm" : measure.unit);
}

/// Puts texts in the places of marks, which stand in this order; what was put in is not looked at.
std::string filled(std::string page,
                   std::vector<std::pair<std::string, std::string>> const& texts) {
  std::size_t from = 0;
  for (auto const& [mark, text] : texts) {
    auto const at = page.find(mark, from);
    page.replace(at, mark.size(), text);
    from = at + text.size();
  }
  return page;
}

/// JSON that may stand within a script: no "</script>" can occur.
std::string as_script(json const& data) {
  auto const plain = data.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string text;
  text.reserve(plain.size());
  for (char const c : plain) c == '<' ? text += "\\u003c" : text += c;
  return text;
}

}  // namespace

std::string report_page(report_sources const& s, report_findings const& f) {
  auto const data = data_of(s, f);
  auto const title = escaped(name_of(s.main()) + " of " + name_of(s.input));
  return filled(report_page_text, {{"{{TITLE}}", title},
                                   {"{{TITLE}}", title},
                                   {"{{SUMMARY}}", escaped(summary(s, f))},
                                   {"{{CLASSES}}", class_table(s, data["classes"])},
                                   {"{{DATA}}", as_script(data)}});
}

std::vector<std::string> class_lines(report_sources const& s, report_findings const& f) {
  std::vector<std::string> lines;
  for (json const& c : classes_of(s, f)) {
    auto line = formatted("class       %6.2f %%  ", 100 * c["fraction"].get<double>());
    if (c.contains("dice")) line += formatted("Dice %.3f  ", c["dice"].get<double>());
    lines.push_back(line + c["name"].get<std::string>());
  }
  return lines;
}

}  // namespace app
