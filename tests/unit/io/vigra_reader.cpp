// SPDX-License-Identifier: BSL-1.0
#include "vigra_reader.hpp"

#include <algorithm>
#include <stdexcept>

#include <vigra/axistags.hxx>
#include <vigra/hdf5impex.hxx>
#include <vigra/impex.hxx>

namespace voxstitch::test {

namespace {

/// Calls `read` with a number of the type that vigra calls `name`.
template <class Read>
vigra_array for_type(std::string const& name, Read read) {
  if (name == "UINT8") return read(vigra::UInt8{});
  if (name == "INT16") return read(vigra::Int16{});
  if (name == "UINT16") return read(vigra::UInt16{});
  if (name == "INT32") return read(vigra::Int32{});
  if (name == "UINT32") return read(vigra::UInt32{});
  if (name == "FLOAT") return read(float{});
  if (name == "DOUBLE") return read(double{});
  throw std::invalid_argument("vigra_reader: no image of vigra's has the type '" + name + "'");
}

template <unsigned N, class T>
void append(std::vector<std::byte>& bytes, vigra::MultiArray<N, T> const& array) {
  auto const* const first = reinterpret_cast<std::byte const*>(array.data());
  bytes.insert(bytes.end(), first, first + static_cast<std::size_t>(array.size()) * sizeof(T));
}

/// vigra's first axis is the fastest one.
template <unsigned N, class T>
vigra_array read_dataset(vigra::HDF5ImportInfo const& info) {
  vigra::MultiArray<N, T> array(typename vigra::MultiArrayShape<N>::type(info.shape().begin()));
  vigra::readHDF5(info, array);
  vigra_array result{info.getPixelType(), {array.shape().begin(), array.shape().end()}, {}};
  std::reverse(result.shape.begin(), result.shape.end());
  append(result.bytes, array);
  return result;
}

}  // namespace

vigra_array vigra_read_hdf5(std::string const& path, std::string const& dataset) {
  vigra::HDF5ImportInfo const info(path.c_str(), dataset.c_str());
  return for_type(info.getPixelType(), [&](auto number) {
    using T = decltype(number);
    return info.numDimensions() == 3 ? read_dataset<3, T>(info) : read_dataset<4, T>(info);
  });
}

vigra_array vigra_read_pages(std::string const& path) {
  vigra::ImageImportInfo const first(path.c_str());
  return for_type(first.getPixelType(), [&](auto number) {
    vigra_array result{
        first.getPixelType(), {first.numImages(), first.height(), first.width()}, {}};
    for (int page = 0; page < first.numImages(); ++page) {
      vigra::ImageImportInfo const info(path.c_str(), static_cast<unsigned>(page));
      vigra::MultiArray<2, decltype(number)> array(first.shape());
      vigra::importImage(info, array);
      append(result.bytes, array);
    }
    return result;
  });
}

std::string vigra_axistags(std::string const& axes, std::array<double, 3> const& voxel_size) {
  vigra::AxisTags tags(axes);
  for (std::size_t i = 0; i < voxel_size.size(); ++i) {
    std::string const key(1, "zyx"[i]);
    if (tags.contains(key)) tags.get(key).setResolution(voxel_size[i]);
  }
  return tags.toJSON();
}

}  // namespace voxstitch::test
