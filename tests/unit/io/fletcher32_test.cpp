// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/detail/fletcher32.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::detail::checked_bytes;
using io::detail::fletcher32;

namespace {

std::vector<std::byte> random_bytes(random_source& random, index_t size) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  for (auto& b : bytes) b = static_cast<std::byte>(random.between(0, 255));
  return bytes;
}

/// The bytes with their checksum, lowest byte first.
std::vector<std::byte> sealed(std::vector<std::byte> bytes, std::uint32_t sum) {
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(sum >> 8U * i));
  return bytes;
}

/// The definition, with a modulus: words and their running sums modulo 65535.
std::uint32_t naive(std::vector<std::byte> bytes) {
  if (bytes.size() % 2 == 1) bytes.push_back(std::byte{0});
  std::uint64_t low = 0, high = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    low = (low + 256 * std::to_integer<std::uint64_t>(bytes[i]) +
           std::to_integer<std::uint64_t>(bytes[i + 1])) %
          65535;
    high = (high + low) % 65535;
  }
  return static_cast<std::uint32_t>(high << 16U | low);
}

}  // namespace

TEST_CASE("fletcher32 is the sum of words and of their sums, modulo 65535", "[io]") {
  random_source random;
  CAPTURE(random);
  for (index_t size : {0, 1, 2, 3, 719, 720, 721, 1440, 100'000}) {
    auto const bytes = random_bytes(random, size);
    auto const modulo = [](std::uint32_t v) { return v == 0xffffU ? 0 : v; };  // 65535 is 0
    std::uint32_t const sum = fletcher32(bytes);
    CHECK(modulo(sum >> 16U) == naive(bytes) >> 16U);
    CHECK(modulo(sum & 0xffffU) == (naive(bytes) & 0xffffU));
  }
}

TEST_CASE("checked_bytes: what stands before a sound checksum, of old versions too", "[io]") {
  random_source random;
  CAPTURE(random);
  auto const bytes = random_bytes(random, 1001);
  std::uint32_t const sum = fletcher32(bytes);
  auto const whole = sealed(bytes, sum);
  auto const found = checked_bytes(whole);
  CHECK(std::equal(found.begin(), found.end(), bytes.begin(), bytes.end()));
  auto const old = sealed(bytes, (sum & 0x00ff00ffU) << 8U | (sum & 0xff00ff00U) >> 8U);
  CHECK(checked_bytes(old).size() == bytes.size());
  auto damaged = whole;
  damaged[500] ^= std::byte{1};
  CHECK_THROWS_AS(checked_bytes(damaged), format_error);
  CHECK_THROWS_WITH(checked_bytes(damaged), Contains("checksum is wrong"));
}

TEST_CASE("checked_bytes: a chunk too short for a checksum is an error", "[io]") {
  for (std::size_t size = 0; size < 4; ++size)
    CHECK_THROWS_AS(checked_bytes(std::vector<std::byte>(size)), format_error);
  CHECK(checked_bytes(std::vector<std::byte>(4)).empty());
}
