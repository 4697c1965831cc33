// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/tiff_source.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

std::vector<tiff_form> const& all_forms() {
  static std::vector<tiff_form> const forms = [] {
    std::vector<tiff_form> list(24);
    auto next = list.begin();
    auto const form = [&](char const* name) -> tiff_form& {
      next->name = name;
      return *next++;
    };
    form("strips");
    form("one strip").rows_per_strip = 1000;
    form("one row per strip").rows_per_strip = 1;
    form("big endian").mode = "wb";
    form("BigTIFF").mode = "w8";
    form("BigTIFF, big endian").mode = "w8b";
    form("tiles").tile = 16;
    form("LZW").compression = COMPRESSION_LZW;
    form("deflate").compression = COMPRESSION_ADOBE_DEFLATE;
    form("old deflate").compression = COMPRESSION_DEFLATE;
    form("PackBits").compression = COMPRESSION_PACKBITS;
    for (int compression : {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE}) {
      tiff_form& f = form("strips with a predictor");
      f.compression = compression;
      f.predictor = PREDICTOR_HORIZONTAL;
    }
    tiff_form& one = form("one LZW strip, big endian, predictor");
    one.compression = COMPRESSION_LZW;
    one.predictor = PREDICTOR_HORIZONTAL;
    one.mode = "wb";
    one.rows_per_strip = 1000;
    tiff_form& tiles = form("deflate tiles, predictor, BigTIFF");
    tiles.compression = COMPRESSION_ADOBE_DEFLATE;
    tiles.predictor = PREDICTOR_HORIZONTAL;
    tiles.tile = 32;
    tiles.mode = "w8";
    for (char const* mode : {"w", "wb"}) {
      form("samples side by side").samples = true;
      std::prev(next)->mode = mode;
      form("samples in planes").samples = true;
      std::prev(next)->planes = true;
      std::prev(next)->mode = mode;
    }
    tiff_form& lzw = form("LZW samples side by side");
    lzw.samples = true;
    lzw.compression = COMPRESSION_LZW;
    tiff_form& planes = form("deflate tiles in planes");
    planes.samples = planes.planes = true;
    planes.compression = COMPRESSION_ADOBE_DEFLATE;
    planes.tile = 16;
    form("rows that fill a strip exactly").rows_per_strip = 21;
    tiff_form& strips = form("deflate strips in planes");
    strips.samples = strips.planes = true;
    strips.compression = COMPRESSION_ADOBE_DEFLATE;
    form("LZW tiles").compression = COMPRESSION_LZW;
    std::prev(next)->tile = 16;
    list.erase(next, list.end());
    return list;
  }();
  return forms;
}

/// Shape of a test volume of that form: samples are channels.
coord<5> shape_for(tiff_form const& form) { return {{1, form.samples ? 3 : 1, 3, 21, 37}}; }

/// OME-XML of one image; `sizes` are attributes of its Pixels.
std::string ome_description(std::string const& sizes, std::string const& children = "") {
  return "<OME><Image ID=\"Image:0\"><Pixels DimensionOrder=\"XYZCT\" " + sizes + ">" + children +
         "</Pixels></Image></OME>";
}

std::string message_of_opening(std::filesystem::path const& path) {
  try {
    io::tiff_source const source(path.string());
  } catch (error const& e) {
    return e.what();
  }
  return "opened without an error";
}

}  // namespace

TEST_CASE("tiff_source: every form of file keeps the laws of a source", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto const& form = all_forms()[GENERATE(range(std::size_t{0}, all_forms().size()))];
  CAPTURE(form.name, form.mode);
  element_type const type =
      form.predictor == PREDICTOR_NONE ? element_type::int16 : element_type::uint16;
  auto volume = random_volume(type, shape_for(form), random);
  make_tiff(folder / "a.tif", volume, form);
  io::tiff_source const source((folder / "a.tif").string());
  CHECK(source.description().axes == (!form.samples ? "zyx" : form.planes ? "zcyx" : "zyxc"));
  check_volume_source_laws(source, volume);
}

TEST_CASE("tiff_source: every number type comes with its bits, compressed or not", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  for (element_type type : all_element_types)
    for (char const* mode : {"w", "wb"})
      for (int compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE})
        for (bool predicted : {false, true}) {
          if (predicted && compression == COMPRESSION_NONE) continue;
          tiff_form form;
          form.mode = mode;
          form.compression = compression;
          bool const real = type == element_type::float32 || type == element_type::float64;
          // libtiff 4.5 writes this one with the wrong byte order (it reads the right one)
          if (predicted && real && form.mode == "wb") continue;
          if (predicted) form.predictor = real ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL;
          CAPTURE(to_string(type), mode, compression, predicted);
          auto volume = random_volume(type, {{1, 1, 2, 9, 11}}, random);
          make_tiff(folder / "a.tif", volume, form);
          io::tiff_source const source((folder / "a.tif").string());
          REQUIRE(source.description().type == type);
          any_array<5> read(type, volume.shape());
          source.read(box<5>::at_origin(volume.shape()), read.view());
          CHECK(same_bits(read.view(), volume.view()));
        }
}

TEST_CASE("tiff_source: one page is yx, and its decode unit is a strip or tile", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 21, 37}}, random);
  tiff_form form;
  form.compression = COMPRESSION_LZW;
  make_tiff(folder / "strips.tif", volume, form);
  form.tile = 16;
  make_tiff(folder / "tiles.tif", volume, form);
  make_tiff(folder / "raw.tif", volume);
  io::tiff_source const strips((folder / "strips.tif").string());
  CHECK(strips.description().axes == "yx");
  CHECK(strips.decode_unit() == coord<5>{{1, 1, 1, 7, 37}});
  CHECK(io::tiff_source((folder / "tiles.tif").string()).decode_unit() ==
        coord<5>{{1, 1, 1, 16, 16}});
  CHECK(io::tiff_source((folder / "raw.tif").string()).decode_unit() == coord<5>::filled(1));
}

TEST_CASE("tiff_source: pages are what --axes or the project says, else z", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 5, 6, 7}}, random);
  auto const path = (folder / "a.tif").string();
  make_tiff(path, volume);
  CHECK(io::tiff_source(path).description().axes == "zyx");
  CHECK(io::tiff_source(path, {"", "tyx"}).description().shape == coord<5>{{5, 1, 1, 6, 7}});
  CHECK(io::tiff_source(path, {"cyx", "tyx"}).description().shape == coord<5>{{1, 5, 1, 6, 7}});
  auto const turned = io::tiff_source(path, {"xyz", ""}).description();
  CHECK(turned.shape == coord<5>{{1, 1, 7, 6, 5}});
  CHECK(turned.axes_origin == "option --axes");
  any_array<5> expected(element_type::uint8, turned.shape);
  copy(strided_view<std::uint8_t const, 5>(
           volume.view().as<std::uint8_t>().permuted({0, 1, 4, 3, 2})),
       expected.view().as<std::uint8_t>());
  check_volume_source_laws(io::tiff_source(path, {"xyz", ""}), expected);
}

TEST_CASE("tiff_source: ImageJ's metadata order the pages and give the voxel size", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{2, 3, 4, 9, 8}}, random);
  tiff_form form;
  form.description = "ImageJ=1.53t\nimages=24\nchannels=3\nslices=4\nframes=2\nhyperstack=true\n"
                     "mode=composite\nunit=\\u00B5m\nspacing=2.5\nloop=false\n";
  form.resolution = 4;
  make_tiff(folder / "a.tif", volume, form);
  io::tiff_source const source((folder / "a.tif").string());
  auto const& d = source.description();
  CHECK(d.axes == "tzcyx");
  CHECK(d.axes_origin == "ImageJ metadata");
  CHECK(d.voxel_size == std::array{2.5, 0.5, 0.25});
  CHECK(d.voxel_unit == "um");
  check_volume_source_laws(source, volume);
}

TEST_CASE("tiff_source: OME metadata order the pages and give the voxel size", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint16, {{2, 3, 4, 9, 8}}, random);
  tiff_form form;
  form.description =
      R"(<?xml version="1.0"?><OME><Image ID="Image:0"><Pixels DimensionOrder="XYCZT" ID="Pixels:0")"
      R"( PhysicalSizeX="0.25" PhysicalSizeXUnit=")"
      "\xc2\xb5m"
      R"(" PhysicalSizeY="0.5" PhysicalSizeZ="2" SizeC="3" SizeT="2" SizeX="8" SizeY="9" SizeZ="4" )"
      R"(Type="uint16"><TiffData/></Pixels></Image></OME>)";
  make_tiff(folder / "a.tif", volume, form);
  io::tiff_source const source((folder / "a.tif").string());
  auto const& d = source.description();
  CHECK(d.axes == "tzcyx");
  CHECK(d.axes_origin == "OME metadata");
  CHECK(d.voxel_size == std::array{2.0, 0.5, 0.25});
  CHECK(d.voxel_unit == "um");
  check_volume_source_laws(source, volume);
}

TEST_CASE("tiff_source: OME's units, one per axis, become one", "[io][tiff]") {
  auto const of = [](std::string const& sizes) {
    return io::detail::metadata_in("<OME><Pixels " + sizes + "/></OME>", {0, 0}, 1);
  };
  auto const mixed = of(
      R"(PhysicalSizeX="500" PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeZ="0.002" PhysicalSizeZUnit="mm")");
  CHECK(mixed.voxel_unit == "um");
  CHECK(mixed.voxel_size == std::array{2.0, 0.5, 0.5});
  auto const alike =
      of(R"(PhysicalSizeX="3" PhysicalSizeXUnit="nm" PhysicalSizeY="4" PhysicalSizeYUnit="nm")");
  CHECK(alike.voxel_unit == "nm");
  CHECK(alike.voxel_size == std::array{0.0, 4.0, 3.0});
  auto const odd = of(R"(PhysicalSizeX="3" PhysicalSizeXUnit="reference frame" PhysicalSizeY="4")");
  CHECK(odd.voxel_unit == "um");
  CHECK(odd.voxel_size == std::array{0.0, 4.0, 0.0});
}

TEST_CASE("tiff_source: metadata that count no pages leave them to the shape", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 5, 9, 8}}, random);
  tiff_form form;
  form.description =
      GENERATE("ImageJ=", "ImageJ=1.53t\nunit=um\nmin=0\n", "<OME><Pixels SizeZ=\"7\" SizeC='x",
               "<OME><Pixels", "<OME><Image/></OME>", "<OME><!-- <Pixels SizeZ='7'/> --></OME>");
  make_tiff(folder / "a.tif", volume, form);
  auto const d = io::tiff_source((folder / "a.tif").string()).description();
  CHECK(d.axes == "zyx");
  CHECK(d.axes_origin == "the TIFF's pages");
}

TEST_CASE("tiff_source: metadata of another number of pages are an error, but for --axes",
          "[io][tiff]") {
  struct example {
    std::string description;
    std::string promised;
    index_t pages = 5;
  };
  auto const e = GENERATE(
      example{"ImageJ=1.53t\nimages=6\nchannels=3\nslices=2\n", "6 (t 1, z 2, c 3): it is cut"},
      example{"ImageJ=1.53t\nimages=8\n", "8 (t 1, z 8, c 1)"},
      example{"ImageJ=1.53t\nimages=9\nslices=5\n", "9 (t 1, z 5, c 1)"},
      example{"ImageJ=1.53t\nimages=5\nslices=2\n", "2 (t 1, z 2, c 1): they belong to another"},
      example{"ImageJ=1.53t\nframes=3\n", "3 (t 3, z 1, c 1)"},
      example{"ImageJ=1.53t\nimages=1\n", "1 (t 1, z 1, c 1)"},
      example{"ImageJ=1\nslices=99999999999\nframes=99999999999\n", "9223372036854775807 (t 9999"},
      example{"ImageJ=1.53t\nimages=14\nslices=14\n", "14 (t 1, z 14, c 1)", 1},
      example{ome_description(R"(SizeZ="7")"), "7 (t 1, c 1, z 7)"},
      example{ome_description(R"(SizeZ="5" SizeT="2")"), "10 (t 2, c 1, z 5)"},
      example{ome_description(R"(SizeZ="14" SizeC="1" SizeT="1")",
                              R"(<TiffData FirstZ="0" IFD="0" PlaneCount="1">)"
                              R"(<UUID FileName="a_0.ome.tif">urn:uuid:0</UUID></TiffData>)"
                              R"(<TiffData FirstZ="1" IFD="0" PlaneCount="1">)"
                              R"(<UUID FileName="a_1.ome.tif">urn:uuid:1</UUID></TiffData>)"),
              "14 (t 1, c 1, z 14): it is cut, or one of a set of files", 1});
  CAPTURE(e.description);
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, e.pages, 9, 8}}, random);
  tiff_form form;
  form.description = e.description;
  form.compression = COMPRESSION_LZW;
  auto const path = (folder / "a.tif").string();
  make_tiff(path, volume, form);
  CHECK_THROWS_AS(io::tiff_source(path), format_error);
  CHECK_THAT(message_of_opening(path),
             Contains("'" + path + "' holds " + std::to_string(e.pages) + " page") &&
                 Contains("metadata speak of " + e.promised) && Contains("--axes"));
  io::tiff_source const source(path, {e.pages == 1 ? "yx" : "zyx", ""});
  check_volume_source_laws(source, volume);
}

TEST_CASE("tiff_source: several series in one file are an error", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  std::string const prefix = GENERATE("", "ome:");
  std::string image = "<" + prefix + "Image ID='a>b'><" + prefix +
                      "Pixels SizeX='8' SizeZ='3' SizeC='1' SizeT='1'><" + prefix + "TiffData/></" +
                      prefix + "Pixels></" + prefix + "Image>";
  std::string const annotation = "<StructuredAnnotations><XMLAnnotation><Value><Image/><Image/>"
                                 "</Value></XMLAnnotation></StructuredAnnotations>";
  auto const described = [&](std::string const& images) {
    tiff_form form;
    form.description = "<?xml version='1.0'?><!-- <Image/> --><" + prefix + "OME><Instrument/>" +
                       images + annotation + "</" + prefix + "OME>";
    return form;
  };
  auto const path = (folder / "a.tif").string();
  auto volume = random_volume(element_type::uint8, {{1, 1, 6, 9, 8}}, random);
  make_tiff(path, volume, described(image + image));
  std::string const refused = "'" + path + "' holds 2 images (series) by its OME metadata";
  CHECK_THAT(message_of_opening(path), Contains(refused) && Contains("export one series"));
  CHECK_THROWS_WITH(io::tiff_source(path, {"zyx", ""}), Contains(refused));

  auto one = random_volume(element_type::uint8, {{1, 1, 3, 9, 8}}, random);
  make_tiff(path, one, described(image));
  check_volume_source_laws(io::tiff_source(path), one);
}

TEST_CASE("tiff_source: TiffData in the order of the pages is believed, other is refused",
          "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{2, 1, 3, 9, 8}}, random);
  auto const path = (folder / "a.tif").string();
  auto const describe = [&](std::string const& tiff_data) {
    tiff_form form;
    form.description = ome_description(R"(SizeZ="3" SizeC="1" SizeT="2")", tiff_data);
    make_tiff(path, volume, form);
  };
  auto const plane = [](int z, int t, int page) {
    return "<TiffData FirstZ=\"" + std::to_string(z) + "\" FirstC=\"0\" FirstT=\"" +
           std::to_string(t) + "\" IFD=\"" + std::to_string(page) +
           "\" PlaneCount=\"1\"><UUID FileName=\"of the set.tif\">u</UUID></TiffData>";
  };
  std::string every;
  for (int page = 0; page < 6; ++page) every += plane(page % 3, page / 3, page);
  for (auto const& usual :
       {std::string(), std::string("<TiffData/>"), std::string("<TiffData IFD='0'/>"),
        std::string("<TiffData PlaneCount='6' IFD='0'></TiffData>"), every,
        std::string("<TiffData PlaneCount='3'/><TiffData FirstT='1' IFD='3' PlaneCount='3'/>")}) {
    CAPTURE(usual);
    describe(usual);
    check_volume_source_laws(io::tiff_source(path), volume);
  }
  for (auto const& odd :
       {plane(2, 0, 0) + plane(1, 0, 1), plane(0, 0, 0) + plane(0, 1, 1), plane(3, 0, 3),
        plane(-1, 0, 0), std::string("<TiffData IFD='1'/>"), plane(1, 0, 0)}) {
    CAPTURE(odd);
    describe(odd);
    CHECK_THROWS_AS(io::tiff_source(path), format_error);
    CHECK_THAT(message_of_opening(path), Contains(path) && Contains("TiffData") &&
                                             Contains("save it anew") && Contains("--axes"));
    CHECK(io::tiff_source(path, {"tzyx", ""}).description().axes == "tzyx");
  }
}

TEST_CASE("tiff_source: metadata in another file are an error, but for --axes", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 2, 9, 8}}, random);
  tiff_form form;
  form.description = R"(<OME><BinaryOnly MetadataFile="a.companion.ome" UUID="u"/></OME>)";
  auto const path = (folder / "a.tif").string();
  make_tiff(path, volume, form);
  CHECK_THAT(message_of_opening(path), Contains("'a.companion.ome'") && Contains("--axes"));
  check_volume_source_laws(io::tiff_source(path, {"zyx", ""}), volume);
}

TEST_CASE("tiff_source: samples of a pixel are among OME's channels", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 3, 4, 9, 8}}, random);
  tiff_form form;
  form.samples = true;
  std::string const channels = GENERATE("SizeC=\"3\"", "SizeC=\"1\"");
  form.description = ome_description(R"(SizeZ="4" SizeT="1" )" + channels,
                                     R"(<TiffData FirstZ="0" FirstC="0" IFD="0"/>)"
                                     R"(<TiffData FirstZ="1" FirstC="0" IFD="1"/>)"
                                     R"(<TiffData FirstZ="1" FirstC="2" IFD="1"/>)");
  make_tiff(folder / "a.tif", volume, form);
  check_volume_source_laws(io::tiff_source((folder / "a.tif").string()), volume);
}

TEST_CASE("tiff_source: a description of many elements takes little time", "[io][tiff]") {
  std::string const part = GENERATE("<TiffData FirstZ='0' IFD='0'/>", "<", "<!--", "<Pixels ",
                                    "<a x='", "<a '\"", "</a>", "<![CDATA[", "<a>");
  std::string elements;
  for (int i = 0; i < 200'000; ++i) elements += part;
  auto const begin = std::chrono::steady_clock::now();
  auto const metadata = io::detail::metadata_in(ome_description("", elements), {0, 0}, 1);
  CHECK(metadata.axes.size() == metadata.extents.size());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("tiff_source: voxel sizes that are none are unknown", "[io][tiff]") {
  using io::detail::metadata_in;
  auto const unknown = std::array<double, 3>{};
  auto const value = GENERATE(as<std::string>{}, "nan", "-nan", "inf", "-inf", "1e999");
  CHECK(metadata_in("ImageJ=1\nunit=um\nspacing=" + value + "\n", {0, 0}, 1).voxel_size == unknown);
  CHECK(metadata_in("<OME><Pixels PhysicalSizeZ=\"" + value + "\" PhysicalSizeX=\"-1\"/></OME>",
                    {0, 0}, 1)
            .voxel_size == unknown);
  double const denormal = std::numeric_limits<double>::denorm_min();  // its inverse is infinite
  CHECK(metadata_in("ImageJ=1\nunit=um\n", {denormal, denormal}, 1).voxel_size == unknown);
}

TEST_CASE("tiff_source: an order of dimensions that is none is not believed", "[io][tiff]") {
  auto const order = GENERATE(as<std::string>{}, "XYZZT", "XYZC", "", "ZZZZZ", "XYZCTZ");
  auto const pixels = "<OME><Pixels DimensionOrder=\"" + order + "\" SizeZ=\"3\"/></OME>";
  CHECK(io::detail::metadata_in(pixels, {0, 0}, 1).axes == "tcz");
}

TEST_CASE("tiff_source: ImageJ's stack with one directory keeps the laws", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  bool const big_endian = GENERATE(false, true);
  CAPTURE(big_endian);
  auto volume = random_volume(element_type::uint16, {{1, 2, 5, 13, 17}}, random);
  one_directory_tiff const file(big_endian, {13, 17, 16, 13 * 17 * 2},
                                "ImageJ=1.53t\nimages=10\nchannels=2\nslices=5\nhyperstack=true\n");
  std::string bytes = file.header();
  for (index_t z = 0; z < 5; ++z)
    for (index_t c = 0; c < 2; ++c)
      for_each_voxel(box<2>::at_origin({{13, 17}}), [&](coord<2> const& at) {
        auto const v = volume.view().as<std::uint16_t>()(0, c, z, at[0], at[1]);
        char const low = static_cast<char>(v & 255U);
        char const high = static_cast<char>(v >> 8U);
        bytes += big_endian ? std::string{high, low} : std::string{low, high};
      });
  auto const path = folder / "a.tif";
  write_bytes(path, bytes);
  io::tiff_source const source(path.string());
  CHECK(source.description().axes == "zcyx");
  check_volume_source_laws(source, volume);

  write_bytes(path, bytes.substr(0, bytes.size() - 1));
  CHECK_THAT(message_of_opening(path),
             Contains("holds 9 pages in one directory, but its ImageJ metadata speak of 10") &&
                 Contains("cut") && Contains(path.string()));
}

TEST_CASE("tiff_source: ImageJ's stack beyond 4 GB is read at its end", "[io][tiff]") {
  temporary_folder folder;
  constexpr std::uint32_t side = 2048;
  constexpr std::uint64_t pages = 1100;  // 4.6 GB, of which the disk holds a few blocks
  one_directory_tiff const file(true, {side, side, 8, side * side},
                                "ImageJ=1.53t\nimages=1100\nslices=1100\n");
  auto const path = (folder / "large.tif").string();
  auto const out = io::posix_file::create(path);
  out.write_at(0, std::as_bytes(std::span(file.header())));
  std::uint64_t const end = one_directory_tiff::data_offset + pages * side * side;
  std::string const mark = "the last voxels";
  if (::ftruncate(out.descriptor(), static_cast<off_t>(end)) != 0) {
    WARN("SKIPPED: the temporary folder takes no sparse file of 4.6 GB");
    return;
  }
  out.write_at(end - mark.size(), std::as_bytes(std::span(mark)));
  io::tiff_source const source(path);
  REQUIRE(source.description().shape == coord<5>{{1, 1, pages, side, side}});
  box<5> const tail{{{0, 0, pages - 1, side - 1, side - 15}}, {{1, 1, pages, side, side}}};
  any_array<5> read(element_type::uint8, tail.shape());
  source.read(tail, read.view());
  CHECK(std::memcmp(read.bytes().data(), mark.data(), mark.size()) == 0);
}

TEST_CASE("tiff_source: JPEG pages decode to 8 bits", "[io][tiff]") {
  temporary_folder folder;
  any_array<5> volume(element_type::uint8, {{1, 1, 2, 32, 32}});
  for_each_voxel(box<5>::at_origin(volume.shape()), [&](coord<5> const& at) {
    volume.view().as<std::uint8_t>()[at] = static_cast<std::uint8_t>(4 * at[3] + 3 * at[4]);
  });
  tiff_form form;
  form.compression = COMPRESSION_JPEG;
  form.rows_per_strip = 16;
  make_tiff(folder / "a.tif", volume, form);
  io::tiff_source const source((folder / "a.tif").string());
  any_array<5> read(element_type::uint8, volume.shape());
  source.read(box<5>::at_origin(volume.shape()), read.view());
  int worst = 0;
  for (std::size_t i = 0; i < read.bytes().size(); ++i)
    worst = std::max(worst, std::abs(std::to_integer<int>(read.bytes()[i]) -
                                     std::to_integer<int>(volume.bytes()[i])));
  CHECK(worst < 16);
}

TEST_CASE("tiff_source: a file that is no TIFF is refused by name", "[io][tiff]") {
  temporary_folder folder;
  auto const path = folder / "a.tif";
  CHECK_THAT(message_of_opening(path), Contains("'" + path.string() + "' cannot be opened"));
  write_bytes(path, GENERATE("", "II", "this is a text", "\x89PNG\r\n\x1a\n"));
  CHECK_THAT(message_of_opening(path), Contains("'" + path.string() + "' is not a TIFF file"));
  CHECK_THROWS_AS(io::tiff_source(path.string()), format_error);
  CHECK_THAT(message_of_opening(folder.path()), Contains("is a folder, not a file"));
}

TEST_CASE("tiff_source: pages that differ are named", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto first = random_volume(element_type::uint8, {{1, 1, 3, 10, 13}}, random);
  auto narrow = random_volume(element_type::uint8, {{1, 1, 1, 10, 12}}, random);
  auto deep = random_volume(element_type::uint16, {{1, 1, 1, 10, 13}}, random);
  auto const path = folder / "a.tif";
  {
    tiff_file_maker file(path, {});
    file.add(first);
    file.add(narrow);
  }
  CHECK_THAT(message_of_opening(path), Contains("page 3 is 10 x 12 uint8, but page 0 is 10 x 13 "
                                                "uint8; all pages must agree: delete that page"));
  {
    tiff_file_maker file(path, {});
    file.add(first);
    file.add(deep);
  }
  CHECK_THAT(message_of_opening(path), Contains("page 3 is 10 x 13 uint16, but page 0 is"));
}

TEST_CASE("tiff_source: sample formats without a number type are refused", "[io][tiff]") {
  temporary_folder folder;
  auto const path = folder / "a.tif";
  auto const bits =
      GENERATE(std::uint16_t{1}, std::uint16_t{4}, std::uint16_t{12}, std::uint16_t{24});
  write_bytes(path,
              one_directory_tiff(false, {4, 4, bits, 64}, "x").header() + std::string(64, '\0'));
  CHECK_THAT(message_of_opening(path),
             Contains("page 0 has " + std::to_string(bits) + " bits per sample") &&
                 Contains("are supported"));
}

TEST_CASE("tiff_source: a cut file is found when it is opened, wherever it is cut", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 2, 21, 37}}, random);
  tiff_form form;
  form.compression = GENERATE(COMPRESSION_NONE, COMPRESSION_ADOBE_DEFLATE);
  make_tiff(folder / "whole.tif", volume, form);
  std::string const bytes = bytes_of(folder / "whole.tif");
  auto const path = folder / "cut.tif";
  for (std::size_t length = 0; length + 8 < bytes.size(); length += 61) {
    write_bytes(path, bytes.substr(0, length));
    CAPTURE(length, bytes.size());
    CHECK_THROWS_AS(io::tiff_source(path.string()), format_error);
    CHECK_THAT(message_of_opening(path), Contains(path.string()));
  }
  write_bytes(path, one_directory_tiff(false, {100, 100, 8, 10000}, "x").header() + "abc");
  CHECK_THAT(message_of_opening(path),
             Contains("page 0 reaches to byte 11024, but the file has only 1027 bytes: it is cut"));
}

TEST_CASE("tiff_source: damaged strips are errors that name file and strip", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 1, 21, 37}}, random);
  tiff_form form;
  form.compression = COMPRESSION_ADOBE_DEFLATE;
  make_tiff(folder / "a.tif", volume, form);
  std::string bytes = bytes_of(folder / "a.tif");
  std::fill(bytes.begin() + 20, bytes.begin() + 200, '\xff');
  write_bytes(folder / "a.tif", bytes);
  io::tiff_source const source((folder / "a.tif").string());
  any_array<5> read(element_type::uint16, volume.shape());
  CHECK_THROWS_WITH(source.read(box<5>::at_origin(volume.shape()), read.view()),
                    Contains((folder / "a.tif").string()) &&
                        Contains("cannot be decoded: strip 0"));
}

TEST_CASE("tiff_source: a bit turned in a deflated strip or tile makes no voxel wrong in silence",
          "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  tiff_form form;
  form.compression = GENERATE(COMPRESSION_DEFLATE, COMPRESSION_ADOBE_DEFLATE);
  form.predictor = GENERATE(PREDICTOR_NONE, PREDICTOR_HORIZONTAL);
  form.mode = GENERATE("w", "wb");
  form.tile = GENERATE(0U, 32U);
  CAPTURE(form.compression, form.predictor, form.mode, form.tile);
  any_array<5> volume(element_type::uint16, {{1, 1, 1, 60, 50}});
  for_each_voxel(box<5>::at_origin(volume.shape()), [&](coord<5> const& at) {
    volume.view().as<std::uint16_t>()[at] = static_cast<std::uint16_t>(random.between(100, 140));
  });
  auto const path = folder / "a.tif";
  make_tiff(path, volume, form);
  std::string const sound = bytes_of(path);
  any_array<5> read(element_type::uint16, volume.shape());
  auto const read_all = [&] {
    io::tiff_source(path.string()).read(box<5>::at_origin(volume.shape()), read.view());
  };
  CHECK_NOTHROW(read_all());
  int wrong = 0;
  for (int repeat = 0; repeat < 100; ++repeat) {
    std::string damaged = sound;
    auto const at = static_cast<std::size_t>(random.between(10, 1500));  // before the directory
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << random.between(0, 7));
    write_bytes(path, damaged);
    try {
      read_all();
      wrong += same_bits(read.view(), volume.view()) ? 0 : 1;
    } catch (format_error const&) {  // as it should be
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("tiff_source: a last strip with as many rows as the others, or bytes behind, is sound",
          "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 10, 9}}, random);
  int const level = GENERATE(1, 6);
  std::size_t const bytes_behind = GENERATE(0U, 5U);
  CAPTURE(level, bytes_behind);
  auto const path = (folder / "a.tif").string();
  auto handle = io::detail::tiff_handle::create(path, io::detail::tiff_handle::flavour::classic);
  handle.set_field(TIFFTAG_IMAGEWIDTH, 9U);
  handle.set_field(TIFFTAG_IMAGELENGTH, 10U);
  handle.set_field(TIFFTAG_BITSPERSAMPLE, 8);
  handle.set_field(TIFFTAG_ROWSPERSTRIP, 7U);
  handle.set_field(TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  std::vector<std::byte> rows(volume.bytes().begin(), volume.bytes().end());
  rows.resize(14 * 9);  // two strips of 7 rows; 3 of the second belong to the page
  for (std::uint32_t strip : {0U, 1U}) {
    auto stream = io::deflated(std::span(rows).subspan(strip * 63, 63), level);
    stream.resize(stream.size() + bytes_behind);
    handle.write_encoded(strip, stream);
  }
  handle.write_directory();
  handle.finish();
  any_array<5> read(element_type::uint8, volume.shape());
  io::tiff_source(path).read(box<5>::at_origin(volume.shape()), read.view());
  CHECK(same_bits(read.view(), volume.view()));
}

TEST_CASE("tiff_source: headers that claim too much do not cost memory", "[io][tiff]") {
  temporary_folder folder;
  auto const path = folder / "a.tif";
  auto const claim = [&](std::uint32_t rows, std::uint32_t columns) {
    write_bytes(path, one_directory_tiff(false, {rows, columns, 8, 64}, "x").header() +
                          std::string(64, '\0'));
    return message_of_opening(path);
  };
  CHECK_THAT(claim(4000000000U, 4000000000U), Contains("'" + path.string() + "'"));
  CHECK_THAT(claim(2000000000U, 2000000000U), Contains("the file is damaged"));
  CHECK_THAT(claim(60000U, 60000U), Contains("it is cut"));
  CHECK_THAT(claim(0, 7), Contains("'" + path.string() + "'"));

  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 8, 8}}, random);
  tiff_form form;
  form.compression = COMPRESSION_ADOBE_DEFLATE;
  form.rows_per_strip = 8;
  make_tiff(path, volume, form);
  std::string bytes = bytes_of(path);
  // ImageWidth, ImageLength and RowsPerStrip of 8 become 8 + 2^24
  for (std::string const& tag :
       {std::string("\0\1", 2), std::string("\1\1"), std::string("\x16\1")})
    for (char type : {'\3', '\4'}) {
      std::string const entry = tag + std::string{type, '\0', '\1', '\0', '\0', '\0', '\x08'};
      auto const at = bytes.find(entry);
      if (at == std::string::npos) continue;
      bytes[at + 2] = '\4';
      bytes[at + 11] = '\1';
    }
  write_bytes(path, bytes);
  CHECK_THAT(message_of_opening(path), Contains("page 0") && Contains("damaged"));
}

TEST_CASE("tiff_source: no damage to a file's bytes does more than throw", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 3, 2, 12, 11}}, random);
  tiff_form form = all_forms()[GENERATE(0U, 6U, 7U, 8U, 12U, 14U)];
  form.samples = true;
  form.description = "ImageJ=1.53t\nimages=2\nslices=2\n";
  make_tiff(folder / "a.tif", volume, form);
  std::string const bytes = bytes_of(folder / "a.tif");
  auto const path = (folder / "b.tif").string();
  for (int repeat = 0; repeat < 150; ++repeat) {
    std::string damaged = bytes;
    for (index_t i = random.between(1, 4); i > 0; --i)
      damaged[static_cast<std::size_t>(random.between(0, static_cast<index_t>(bytes.size()) - 1))] =
          static_cast<char>(random.bits());
    write_bytes(path, damaged);
    try {
      io::tiff_source const source(path);
      auto const& d = source.description();
      box<5> const corner = box<5>::at_origin(min(d.shape, coord<5>::filled(8)));
      any_array<5> read(d.type, corner.shape());
      source.read(corner, read.view());
    } catch (error const& e) {
      CHECK_THAT(e.what(), Contains(path));
    }
  }
}

TEST_CASE("tiff_source: a box outside of the volume is refused", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 2, 5, 6}}, random);
  make_tiff(folder / "a.tif", volume);
  io::tiff_source const source((folder / "a.tif").string());
  any_array<5> read(element_type::uint8, {{1, 1, 1, 1, 7}});
  CHECK_THROWS_AS(source.read(box<5>::at_origin(read.shape()), read.view()), shape_error);
}

TEST_CASE("tiff_source: a real slice has the values its own library decodes", "[io][tiff]") {
  auto const data = test_data("brain-lightsheet");
  if (!data) return;
  auto const path = (*data / "slices" / "slice_007.tif").string();
  io::tiff_source const source(path);
  REQUIRE(source.description().shape == coord<5>{{1, 1, 1, 510, 667}});
  any_array<5> read(element_type::uint16, source.description().shape);
  source.read(box<5>::at_origin(read.shape()), read.view());
  TIFF* const file = TIFFOpen(path.c_str(), "r");
  std::vector<std::uint16_t> row(667);
  bool same = true;
  for (std::uint32_t y = 0; y < 510; ++y) {
    TIFFReadScanline(file, row.data(), y, 0);
    same = same && std::memcmp(row.data(), read.bytes().data() + y * 1334, 1334) == 0;
  }
  TIFFClose(file);
  CHECK(same);
}
