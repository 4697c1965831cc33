// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the values of a project file read, whatever version wrote them, with errors that
/// say where and what to do?

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"

namespace voxstitch::ilastik::detail {

namespace hdf5 = io::detail::hdf5;

inline constexpr std::string_view save_again =
    "open the project in ilastik and save it again, or use another copy";

/// An open project; places are paths from the file's root, as "PixelClassification/LabelNames".
class project_file {
 public:
  /// @throws io_error, format_error
  explicit project_file(std::string path) : path_(std::move(path)), file_(open(path_)) {}

  [[nodiscard]] std::string const& path() const { return path_; }

  [[nodiscard]] bool has_group(std::string const& place) const {
    return hdf5::kind_of(file_, place) == hdf5::object_kind::group;
  }
  [[nodiscard]] bool has_dataset(std::string const& place) const {
    return hdf5::kind_of(file_, place) == hdf5::object_kind::dataset;
  }
  /// Whether ilastik would read the group: without a StorageVersion it takes it for absent.
  [[nodiscard]] bool has_stored_group(std::string const& place) const {
    return has_dataset(place + "/StorageVersion");
  }

  /// Names of a group's children, sorted as strings; none when there is no such group.
  [[nodiscard]] std::vector<std::string> children(std::string const& place) const {
    if (!has_group(place)) return {};
    return guarded(place, [&] { return hdf5::children(hdf5::open_group(file_, place)); });
  }

  /// Extents of a dataset, slowest first; empty for a scalar.
  [[nodiscard]] std::vector<index_t> shape(std::string const& place) const {
    return guarded(place, [&] { return hdf5::shape_of(hdf5::open_dataset(file_, place)); });
  }

  /// The strings of a dataset, in whichever of the three forms they are stored.
  [[nodiscard]] std::vector<std::string> strings(std::string const& place) const {
    return guarded(place, [&] {
      auto const dataset = hdf5::open_dataset(file_, place);
      count(dataset);
      auto texts = hdf5::read_strings(dataset);
      for (auto const& text : texts) read_bytes_ += double(text.size());
      return texts;
    });
  }

  /// The numbers of a dataset; bools are 0 and 1.
  template <class T>
  [[nodiscard]] std::vector<T> numbers(std::string const& place) const {
    return guarded(place, [&] {
      auto const dataset = hdf5::open_dataset(file_, place);
      count(dataset);
      return hdf5::read_numbers<T>(dataset);
    });
  }

  /// The first string of a dataset; nothing when it is absent or holds none.
  [[nodiscard]] std::optional<std::string> text(std::string const& place) const {
    if (!has_dataset(place)) return std::nullopt;
    auto texts = strings(place);
    if (texts.empty()) return std::nullopt;
    return std::move(texts.front());
  }

  /// Whether a dataset holds numbers (or bools) and no strings.
  [[nodiscard]] bool holds_numbers(std::string const& place) const {
    return guarded(place, [&] {
      auto const dataset = hdf5::open_dataset(file_, place);
      return hdf5::number_type(hdf5::type_of(dataset)).has_value();
    });
  }

  /// Whether a dataset is a dummy: ilastik writes garbage and an attribute for empty lists.
  [[nodiscard]] bool is_empty(std::string const& place) const {
    return guarded(place, [&] {
      auto const flags = hdf5::number_attribute<int>(hdf5::open_dataset(file_, place), "isEmpty");
      return flags && !flags->empty() && flags->front() != 0;
    });
  }

  /// The numbers of a group's attribute; nothing when it is absent.
  [[nodiscard]] std::optional<std::vector<double>> attribute(std::string const& place,
                                                             std::string const& name) const {
    return guarded(place, [&] {
      return hdf5::number_attribute<double>(hdf5::open_group(file_, place), name);
    });
  }

  /// The first string of a dataset's attribute; nothing when it is absent or holds none.
  [[nodiscard]] std::optional<std::string> text_attribute(std::string const& place,
                                                          std::string const& name) const {
    return guarded(place, [&]() -> std::optional<std::string> {
      auto texts = hdf5::string_attribute(hdf5::open_dataset(file_, place), name);
      if (!texts || texts->empty()) return std::nullopt;
      return std::move(texts->front());
    });
  }

  /// The first dataset whose path ends with `name`.
  [[nodiscard]] std::optional<std::string> dataset_ending(std::string const& name) const {
    return guarded("", [&]() -> std::optional<std::string> {
      for (auto& dataset : hdf5::all_datasets(file_))
        if (dataset.ends_with(name)) return std::move(dataset);
      return std::nullopt;
    });
  }

  /// @throws format_error: "ilastik project 'path': <place>: <problem>; <remedy>"
  [[noreturn]] void refuse(std::string const& place, std::string const& problem,
                           std::string_view remedy) const {
    throw format_error("ilastik project " + quoted(path_) + ": " +
                       (place.empty() ? "" : place + ": ") + problem + "; " + std::string(remedy));
  }
  void require(bool holds, std::string const& place, std::string const& problem,
               std::string_view remedy = save_again) const {
    if (!holds) refuse(place, problem, remedy);
  }

 private:
  static hdf5::handle open(std::string const& path) {
    try {
      return hdf5::open_file(path);
    } catch (format_error const& problem) {
      throw format_error("ilastik project: " + std::string(problem.what()) +
                         "; give the whole .ilp file that ilastik saved, and close it in ilastik");
    } catch (io_error const& problem) {
      std::string const text = problem.what();
      bool const has_remedy = text.find("; ") != std::string::npos;
      throw io_error("ilastik project: " + text +
                     (has_remedy ? "" : "; check the path and the rights"));
    }
  }

  /// Links let a small file hold the same values again and again, so what is read is bounded by the
  /// file's length in all, too. Every value is read a few times at most, one by one.
  void count(hdf5::handle const& dataset) const {
    constexpr double small = 1 << 24;
    constexpr double header = 64;  // no dataset takes less
    hdf5::check_claim(dataset);
    auto const bytes = hdf5::claimed_bytes_of(dataset);
    read_bytes_ += header + (bytes.stored > 0 ? bytes.stored : bytes.claimed);
    if (read_bytes_ > small + 4 * bytes.file)
      throw format_error("the file's links lead to the same values again and again");
  }

  /// Runs `read` and says of its errors where they came from and what to do.
  template <class Read>
  std::invoke_result_t<Read const&> guarded(std::string const& place, Read const& read) const {
    try {
      return read();
    } catch (error const& problem) {
      refuse(place, std::string("the values cannot be used: ") + problem.what(), save_again);
    }
  }

  std::string path_;
  hdf5::handle file_;
  double mutable read_bytes_ = 0;
};

}  // namespace voxstitch::ilastik::detail
