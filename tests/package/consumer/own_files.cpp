// SPDX-License-Identifier: BSL-1.0
/// @file A volume of one's own goes through an HDF5 and a TIFF file and comes back.

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>

#include <voxstitch/io.hpp>

namespace vs = voxstitch;

namespace {

vs::coord<5> const shape{{1, 1, 5, 40, 70}};  // t, c, z, y, x

bool comes_back(char const* file, vs::io::volume_source auto const& source,
                std::vector<std::uint16_t> const& values) {
  std::vector<std::uint16_t> back(values.size());
  source.read(vs::box<5>::at_origin(shape), {back.data(), vs::element_type::uint16, shape});
  std::printf("%s: %s\n", file, back == values ? "the same values" : "DIFFERENT");
  return back == values;
}

}  // namespace

int main() {
  std::vector<std::uint16_t> values(static_cast<std::size_t>(vs::product(shape)));
  std::iota(values.begin(), values.end(), std::uint16_t{7});
  vs::any_view<5> const view(values.data(), vs::element_type::uint16, shape);
  vs::io::view_source const memory(view);

  std::remove("own.h5");
  vs::io::dataset_spec spec;
  spec.name = "/own/volume";
  vs::io::hdf5_sink sink("own.h5", spec, memory.description(), {{1, 1, 4, 16, 16}});
  sink.write(vs::box<5>::at_origin(shape), view);
  sink.finish();

  std::remove("own.tif");
  vs::io::write_tiff("own.tif", memory, 1 << 20);

  bool const hdf5 =
      comes_back("own.h5", vs::io::hdf5_source("own.h5", "/own/volume", "zyx"), values);
  bool const tiff = comes_back("own.tif", vs::io::tiff_source("own.tif"), values);
  return hdf5 && tiff ? 0 : 1;
}
