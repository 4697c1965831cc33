// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/deflate.hpp"

#include <thread>

#include <zlib.h>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using Catch::Matchers::Contains;
using io::deflated;
using io::inflate_into;

namespace {

std::vector<std::byte> random_bytes(test::random_source& random, std::size_t size, int alphabet) {
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.between(0, alphabet - 1));
  return bytes;
}

}  // namespace

TEST_CASE("deflated bytes come back, at every level and size", "[io]") {
  test::random_source random;
  CAPTURE(random);
  int const level = GENERATE(1, 4, 9);
  for (std::size_t const size : {0U, 1U, 7U, 1000U, 100000U})
    for (int const alphabet : {1, 3, 256}) {
      auto const bytes = random_bytes(random, size, alphabet);
      std::vector<std::byte> back(size);
      CHECK(inflate_into(deflated(bytes, level), back) == size);
      CHECK((back == bytes));
    }
}

TEST_CASE("deflated makes streams that zlib reads, and inflate_into reads zlib's", "[io]") {
  test::random_source random;
  auto const bytes = random_bytes(random, 50000, 5);
  auto const ours = deflated(bytes, 1);
  std::vector<std::byte> back(bytes.size());
  auto size = static_cast<uLongf>(back.size());
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(back.data()), &size,
                     reinterpret_cast<Bytef const*>(ours.data()), ours.size()) == Z_OK);
  CHECK((back == bytes));

  auto bound = compressBound(bytes.size());
  std::vector<std::byte> theirs(bound);
  REQUIRE(compress2(reinterpret_cast<Bytef*>(theirs.data()), &bound,
                    reinterpret_cast<Bytef const*>(bytes.data()), bytes.size(), 6) == Z_OK);
  theirs.resize(bound);
  std::fill(back.begin(), back.end(), std::byte{0});
  CHECK(inflate_into(theirs, back) == bytes.size());
  CHECK((back == bytes));
}

TEST_CASE("deflated gives the same bytes in every thread and at every call", "[io]") {
  test::random_source random;
  auto const bytes = random_bytes(random, 30000, 9);
  auto const first = deflated(bytes, 1);
  static_cast<void>(deflated(bytes, 9));
  CHECK((deflated(bytes, 1) == first));
  std::vector<std::byte> other;
  std::jthread([&] { other = deflated(bytes, 1); }).join();
  CHECK((other == first));
}

TEST_CASE("inflate_into: damaged, cut or too long data are an error", "[io]") {
  std::vector<std::byte> const bytes(10000, std::byte{42});
  auto const packed = deflated(bytes, 1);
  std::vector<std::byte> out(10000);
  std::vector<std::byte> shorter(9999);
  CHECK_THROWS_AS(inflate_into(packed, shorter), format_error);
  CHECK_THROWS_WITH(inflate_into(packed, shorter), Contains("longer than the 9999 bytes"));
  auto const cut = std::span(packed).first(packed.size() / 2);
  CHECK_THROWS_WITH(inflate_into(cut, out), Contains("damaged"));
  auto flipped = packed;
  flipped.back() ^= std::byte{1};
  CHECK_THROWS_WITH(inflate_into(flipped, out), Contains("damaged"));
  CHECK_THROWS_WITH(inflate_into({}, out), Contains("damaged"));
  std::vector<std::byte> larger(20000);
  CHECK(inflate_into(packed, larger) == 10000);
}
