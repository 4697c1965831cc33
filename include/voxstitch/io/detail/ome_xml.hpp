// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which elements of an OME-XML description speak of the pages of a file?

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::io::detail {

/// The number at the begin of `text`, if there is one.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) {
  Number value{};
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return std::nullopt;
  return value;
}

/// The value of an attribute of an XML element's text `<Name a="1" b='2'>`.
[[nodiscard]] inline std::optional<std::string_view> xml_attribute(std::string_view element,
                                                                   std::string_view name) {
  for (std::size_t at = 0; (at = element.find(name, at)) != element.npos; at += name.size()) {
    std::size_t const equals = at + name.size();
    if (at == 0 || std::string_view(" \t\n\r").find(element[at - 1]) == std::string_view::npos)
      continue;
    if (equals + 1 >= element.size() || element[equals] != '=') continue;
    char const quote = element[equals + 1];
    std::size_t const end = element.find(quote, equals + 2);
    if ((quote != '"' && quote != '\'') || end == element.npos) continue;
    return element.substr(equals + 2, end - equals - 2);
  }
  return std::nullopt;
}

template <class Number>
[[nodiscard]] Number xml_number(std::string_view element, std::string_view name, Number otherwise) {
  auto const text = xml_attribute(element, name);
  return text ? number_in<Number>(*text).value_or(otherwise) : otherwise;
}

/// Goes through the tags of an XML text, from one to the next, in time linear in its length.
/// Comments, CDATA and what is no tag are passed over; a tag without an end ends the text.
class xml_tags {
 public:
  explicit xml_tags(std::string_view text) : rest_(text) {}

  /// Goes to the next tag; false at the end.
  [[nodiscard]] bool next() {
    depth_ = depth_after_;
    while (skip_to("<")) {
      if (rest_.starts_with("<!--")) {
        if (!skip_behind("-->")) break;
      } else if (rest_.starts_with("<![CDATA[")) {
        if (!skip_behind("]]>")) break;
      } else if (rest_.starts_with("<!") || rest_.starts_with("<?")) {
        if (!skip_behind(">")) break;
      } else {
        return take_tag();
      }
    }
    return false;
  }

  /// The name without its prefix: "Pixels" of `<ome:Pixels ...>`.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] bool closes() const { return tag_.starts_with("</"); }
  /// Whether it is an element without children, `<a/>`.
  [[nodiscard]] bool is_empty() const { return !closes() && tag_.ends_with('/'); }
  /// Everything but the last `>`.
  [[nodiscard]] std::string_view text() const { return tag_; }
  /// How many elements are open around this one; 0 for the root.
  [[nodiscard]] index_t depth() const { return depth_; }

 private:
  [[nodiscard]] bool skip_to(std::string_view mark) {
    rest_.remove_prefix(std::min(rest_.find(mark), rest_.size()));
    return !rest_.empty();
  }
  [[nodiscard]] bool skip_behind(std::string_view mark) {
    if (!skip_to(mark)) return false;
    rest_.remove_prefix(mark.size());
    return true;
  }

  [[nodiscard]] bool take_tag() {
    std::size_t const end = end_of_tag();
    if (end == rest_.npos) {
      rest_ = {};
      return false;
    }
    tag_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    name_ = tag_.substr(closes() ? 2 : 1);
    name_ = name_.substr(0, name_.find_first_of(" \t\n\r/"));
    name_.remove_prefix(name_.find(':') + 1);
    if (closes())
      depth_after_ = --depth_;
    else
      depth_after_ = is_empty() ? depth_ : depth_ + 1;
    return true;
  }

  /// Place of the tag's `>`: in quotes, one is a part of a value.
  [[nodiscard]] std::size_t end_of_tag() const {
    std::size_t at = rest_.find_first_of("'\">");
    while (at != rest_.npos && rest_[at] != '>') {
      std::size_t const quote = rest_.find(rest_[at], at + 1);
      at = quote == rest_.npos ? quote : rest_.find_first_of("'\">", quote + 1);
    }
    return at;
  }

  std::string_view rest_;
  std::string_view tag_;
  std::string_view name_;
  index_t depth_ = 0;
  index_t depth_after_ = 0;
};

/// What an OME-XML description says about pages; views into its text.
struct ome_xml {
  index_t series = 0;                        ///< images
  std::optional<std::string_view> pixels;    ///< the first Pixels element, without its children
  std::vector<std::string_view> tiff_data;   ///< its TiffData elements: which page is which plane
  std::optional<std::string_view> metadata;  ///< the file that has the metadata instead of this one
};

/// Images are children of the root: annotations may hold XML of any kind.
[[nodiscard]] inline ome_xml parse_ome_xml(std::string_view description) {
  ome_xml result;
  if (description.find("<OME") == description.npos && description.find(":OME") == description.npos)
    return result;
  bool in_first_pixels = false;
  for (xml_tags tag(description); tag.next();) {
    if (tag.name() == "Pixels") {
      in_first_pixels = !result.pixels && !tag.is_empty();
      if (!result.pixels) result.pixels = tag.text();
    }
    if (tag.closes()) continue;
    if (tag.name() == "Image" && tag.depth() == 1) ++result.series;
    if (tag.name() == "TiffData" && in_first_pixels) result.tiff_data.push_back(tag.text());
    if (tag.name() == "BinaryOnly" && tag.depth() == 1)
      result.metadata = xml_attribute(tag.text(), "MetadataFile").value_or("");
  }
  return result;
}

}  // namespace voxstitch::io::detail
