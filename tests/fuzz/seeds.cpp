// SPDX-License-Identifier: BSL-1.0
// Writes the small files that fuzzing begins with: seeds FOLDER. What is in FOLDER/<target>/ stays,
// unless it has the name of a seed.

#include <cstdio>
#include <fstream>
#include <string>

#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "unit/io/tiff_files.hpp"
#include "voxstitch/io/axistags.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/pipeline/journal.hpp"
#include "voxstitch/pipeline/manifest.hpp"

using namespace voxstitch;
namespace fs = std::filesystem;

namespace {

char const* const ome = "<OME><Image><Pixels DimensionOrder=\"XYZCT\" SizeC=\"1\" SizeT=\"1\" "
                        "SizeZ=\"2\" PhysicalSizeX=\"0.5\"/></Image></OME>";

class seed_folder {
 public:
  explicit seed_folder(fs::path path) : path_(std::move(path)) { fs::create_directories(path_); }
  void add(std::string const& name, std::string const& bytes) const {
    std::ofstream(path_ / ("seed_" + name), std::ios::binary) << bytes;
  }
  void add_file(std::string const& name, fs::path const& file) const {
    add(name, test::bytes_of(file));
  }

 private:
  fs::path path_;
};

any_array<5> small_volume(element_type type, coord<5> const& shape) {
  any_array<5> values(type, shape);
  auto const view = values.view();
  for (std::size_t i = 0; i < values.bytes().size(); ++i) view.data()[i] = std::byte(i % 7);
  return values;
}

void tiff_seeds(fs::path const& corpus) {
  seed_folder const seeds(corpus / "tiff");
  test::temporary_folder const folder;
  auto const path = folder / "s.tif";
  std::vector<test::tiff_form> const forms{
      {"plain"},
      {"big_endian", "wb"},
      {"bigtiff", "w8", COMPRESSION_LZW},
      {"deflate", "w", COMPRESSION_ADOBE_DEFLATE, PREDICTOR_HORIZONTAL},
      {"packbits", "w", COMPRESSION_PACKBITS},
      {"tiles", "w", COMPRESSION_ADOBE_DEFLATE, PREDICTOR_NONE, 16},
      {"planes", "w", COMPRESSION_LZW, PREDICTOR_NONE, 0, 3, true, true},
      {"imagej", "w", COMPRESSION_NONE, PREDICTOR_NONE, 0, 7, false, false, PHOTOMETRIC_MINISBLACK,
       "ImageJ=1.53\nimages=2\nslices=2\nunit=micron\nspacing=2\n", 4},
      {"ome", "w", COMPRESSION_NONE, PREDICTOR_NONE, 0, 7, false, false, PHOTOMETRIC_MINISBLACK,
       ome},
  };
  for (auto const& form : forms) {
    auto values = small_volume(element_type::uint16, {{1, form.samples ? 3 : 1, 2, 9, 10}});
    test::make_tiff(path, values, form);
    seeds.add_file(form.name, path);
  }
  auto bytes = small_volume(element_type::uint8, {{1, 1, 1, 16, 16}});
  for (int code : {COMPRESSION_JPEG, COMPRESSION_LZMA, COMPRESSION_ZSTD, COMPRESSION_WEBP}) {
    if (!TIFFIsCODECConfigured(std::uint16_t(code)) || code == COMPRESSION_WEBP) continue;
    test::make_tiff(path, bytes, {"codec", "w", code, PREDICTOR_NONE, 0, 16});
    seeds.add_file("codec_" + std::to_string(code), path);
  }
  auto floats = small_volume(element_type::float64, {{1, 1, 1, 3, 4}});
  test::make_tiff(path, floats);
  seeds.add_file("float64", path);
}

void npy_seeds(fs::path const& corpus) {
  seed_folder const seeds(corpus / "npy");
  auto const file = [](std::string const& dictionary, std::size_t bytes) {
    std::string text = dictionary + "\n";
    return std::string("\x93NUMPY\x01\x00", 8) + char(text.size()) + '\0' + text +
           std::string(bytes, '\1');
  };
  seeds.add("c_order", file("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3, 5), }", 60));
  seeds.add("fortran", file("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 9), }", 72));
  seeds.add("bool", file("{'descr': '|b1', 'fortran_order': False, 'shape': (4, 5), }", 20));
}

/// Adds "/v", 2 x 3 x 4 uint16, packed by `filters`.
void add_packed(test::hdf5_editor const& file, void (*filters)(hid_t)) {
  namespace hdf5 = io::detail::hdf5;
  std::array<hsize_t, 3> const shape{2, 3, 4};
  std::array<hsize_t, 3> const chunk{1, 2, 4};
  std::array<std::uint16_t, 24> const values{1, 2, 3, 4};
  hdf5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(creation.id(), 3, chunk.data());
  filters(creation.id());
  hdf5::handle const space(H5Screate_simple(3, shape.data(), nullptr));
  hdf5::handle const dataset(H5Dcreate2(file.id(), "/v", H5T_NATIVE_UINT16, space.id(), H5P_DEFAULT,
                                        creation.id(), H5P_DEFAULT));
  H5Dwrite(dataset.id(), H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void plain(hid_t) {}
void deflate(hid_t creation) { H5Pset_deflate(creation, 1); }
void shuffle_deflate(hid_t creation) {
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, 1);
}
void fletcher(hid_t creation) { H5Pset_fletcher32(creation); }

void hdf5_seeds(fs::path const& corpus) {
  seed_folder const seeds(corpus / "hdf5_bytes");
  test::temporary_folder const folder;
  auto const path = folder / "s.h5";
  struct form {
    char const* name;
    void (*filters)(hid_t);
  };
  for (auto const& [name, filters] : {form{"chunks", plain}, form{"deflate", deflate},
                                      form{"shuffle", shuffle_deflate}, form{"sum", fletcher}}) {
    {
      test::hdf5_editor file(path, test::hdf5_editor::mode::create);
      add_packed(file, filters);
      file.text_attribute("/v", "axistags", {test::axistags_text("zyx")});
      file.attribute<double>("/v", "element_size_um", {2, 0.5, 0.5});
    }
    seeds.add_file(name, path);
  }
  {
    test::hdf5_editor file(path, test::hdf5_editor::mode::create);
    file.array<std::int32_t>("/g/v", {2, 3}, {1, 2, 3, 4, 5, 6});
    file.text_attribute("/g/v", "axes", {"x", "y"}, test::string_form::fixed);
  }
  seeds.add_file("plain", path);
}

void project_seeds(fs::path const& corpus) {
  test::temporary_folder const folder;
  test::write_project(folder / "s.ilp");
  seed_folder(corpus / "project_bytes").add_file("small", folder / "s.ilp");
}

/// Targets that build their files from values begin with bytes that stand for nothing.
void value_seeds(fs::path const& corpus) {
  for (char const* target : {"project_values", "hdf5_values", "vigra_tree"}) {
    seed_folder const seeds(corpus / target);
    for (unsigned seed = 0; seed < 8; ++seed) {
      test::random_source random(seed);
      std::string bytes;
      for (int i = 0; i < 256; ++i) bytes += static_cast<char>(random.between(0, 255) % 64);
      seeds.add("values_" + std::to_string(seed), bytes);
    }
  }
}

void text_seeds(fs::path const& corpus) {
  seed_folder const pickles(corpus / "pickle");
  pickles.add("type", test::type_pickle("parallelVigraRfLazyflowClassifier", "Classifier"));
  pickles.add("factory", "ccopy_reg\n_reconstructor\np0\n(dp5\nV_num_trees\np7\nI3\nsb.");
  seed_folder const tags(corpus / "axistags");
  tags.add("vigra", std::string(1, '\0') + io::write_axistags("tzyxc", {2, 0.5, 0.5}));
  tags.add("axes", std::string("\1\3\0\7\0\7\0\7\1\3zyx\3tyx\4tzyx", 21));
  seed_folder const descriptions(corpus / "image_description");
  std::string const header(11, '\0');
  descriptions.add("imagej", header + "ImageJ=1.53\nimages=6\nslices=3\nunit=um\nspacing=2\n");
  descriptions.add("ome", header + ome);
  descriptions.add("ome_planes",
                   header + "<o:OME><!-- 2 --><o:Image><o:Pixels SizeZ='2' SizeC='3'>"
                            "<TiffData FirstZ='1' FirstC='2' IFD='5'><UUID FileName='a>b'/>"
                            "</TiffData></o:Pixels></o:Image><o:Image/></o:OME>");
  descriptions.add("ome_elsewhere", header + "<OME><BinaryOnly MetadataFile='a.ome'/></OME>");
  seed_folder const names(corpus / "names");
  names.add("slices", "\x0bslice_2.tif\x0cslice_10.tif\x0c" + std::string("slice_12.tif"));
  names.add("hdf5", "\x0b" + std::string("a.h5/g/data\4/a/b"));
  seed_folder const arguments(corpus / "arguments");
  using argument = std::pair<char const*, char const*>;
  for (auto const& [name, text] :
       {argument{"shape", "64,64,64"}, argument{"size", "8G"}, argument{"unit", "1.5MiB"},
        argument{"region", "0:7,:,5:"}, argument{"number", "12"}})
    arguments.add(name, std::string(4, '\xff') + text);
}

void job_seeds(fs::path const& corpus) {
  seed_folder const jobs(corpus / "job_folder");
  test::temporary_folder const folder;
  pipeline::manifest m;
  m.facts.add("voxstitch", "1").add("the input", "/v.h5");
  m.command = {"/v.h5", "--output=labels=/l.h5"};
  m.stages = {{"blocks", {{8, 16, 16}}, {{8, 8, 8}}, 3}};
  pipeline::write_manifest(folder.path(), m);
  std::ifstream file(folder / "manifest.json");
  jobs.add("manifest",
           std::string(1, '\0') + std::string(std::istreambuf_iterator<char>(file), {}));
  jobs.add("done", "\1[\"/out/l%C3%A4.h5\"]\n");
  jobs.add("journal", "\2voxstitch journal 1 f\n" + pipeline::to_line({3, {{{0, 20}}}}) +
                          pipeline::to_line({7, {{{20, 9}}}}));
  auto const zeros = io::deflated(std::vector<std::byte>(64), 1);
  jobs.add("sound", "\3" + std::string("3 1e:") + std::to_string(zeros.size()) + "\n4 0:9\n" +
                        std::string(16, '\n') +
                        std::string(reinterpret_cast<char const*>(zeros.data()), zeros.size()));
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return std::fputs("usage: seeds FOLDER\n", stderr), 2;
  for (auto const write :
       {tiff_seeds, npy_seeds, hdf5_seeds, project_seeds, value_seeds, text_seeds, job_seeds})
    write(argv[1]);
  return 0;
}
