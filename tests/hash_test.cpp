// SPDX-License-Identifier: MIT
// hash.hpp against published values, against the independent golden file, and in constant expressions.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/hash.hpp>

#include "catch2.hpp"
#include "support/golden_hashes.hpp"

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// The header guarantees that all hashes work at compile time.
static_assert(quoit::fnv1a{}("a"sv, 0) == quoit::fmix64(0xaf63dc4c8601ec8cU));
static_assert(quoit::crc32{}("123456789"sv, 0) == quoit::splitmix64(0xcbf43926U));
static_assert(quoit::murmur3{}("hello"sv, 0) == 0xcbd8a7b341bd9b02U);
static_assert(quoit::mix64{}("\x2a\0\0\0\0\0\0\0"sv, 0) == quoit::splitmix64(42));

// Different bytes, most of them above 0x7f, enough for all lengths and offsets below.
constexpr auto sample = [] {
  std::array<char, 64> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(static_cast<unsigned char>(0xf1 + 0x53 * i));
  return bytes;
}();

// One result for each length 0 … 8 and offset 0 … 8, or for each length 0 … 40 and offset 0 … 7. The tests compare
// results of the compiler with those of the program.
using numbers = std::array<std::uint64_t, 9 * 9>;
using hashes = std::array<std::uint64_t, 41 * 8>;

constexpr numbers read_all(const char* bytes) {
  numbers result{};
  for (std::size_t length = 0; length <= 8; ++length) {
    for (std::size_t at = 0; at <= 8; ++at)
      result[length * 9 + at] = quoit::detail::read_little_endian(bytes + at, length);
  }
  return result;
}

constexpr std::array<char, 24> written(std::uint64_t value, std::size_t at, std::size_t length) {
  std::array<char, 24> bytes{};
  bytes.fill('#');
  quoit::detail::write_little_endian(value, bytes.data() + at, length);
  return bytes;
}

constexpr auto write_all(std::uint64_t value) {
  std::array<std::array<char, 24>, 9 * 9> result{};
  for (std::size_t length = 0; length <= 8; ++length) {
    for (std::size_t at = 0; at <= 8; ++at) result[length * 9 + at] = written(value, at, length);
  }
  return result;
}

template <class Hash>
constexpr hashes hash_all(std::string_view bytes) {
  hashes result{};
  for (std::size_t length = 0; length <= 40; ++length) {
    for (std::size_t at = 0; at < 8; ++at) result[length * 8 + at] = Hash{}(bytes.substr(at, length), 9);
  }
  return result;
}

}  // namespace

TEST_CASE("P2 hash: numbers from bytes, for every length and offset, at compile time and run time", "[hash]") {
  constexpr numbers by_compiler = read_all(sample.data());
  const std::vector<char> bytes(sample.begin(), sample.begin() + 16);
  CHECK(read_all(bytes.data()) == by_compiler);
  for (std::size_t length = 0; length <= 8; ++length) {
    // The bytes end where their memory ends, so that a sanitizer detects reads past the end.
    const std::vector<char> exact(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(quoit::detail::read_little_endian(exact.data(), length) == by_compiler[length * 9]);
    for (std::size_t at = 0; at <= 8; ++at) {
      std::uint64_t expected = 0;
      for (std::size_t i = length; i-- > 0;) expected = expected * 256 + static_cast<unsigned char>(sample[at + i]);
      INFO("length " << length << ", offset " << at);
      CHECK(by_compiler[length * 9 + at] == expected);
    }
  }
}

TEST_CASE("P2 hash: bytes of numbers, for every length and offset, at compile time and run time", "[hash]") {
  constexpr std::uint64_t value = 0xf1e2d3c4b5a69788U;
  constexpr auto by_compiler = write_all(value);
  CHECK(write_all(value) == by_compiler);
  for (std::size_t length = 0; length <= 8; ++length) {
    for (std::size_t at = 0; at <= 8; ++at) {
      const std::string before(at, '#'), after(24 - at - length, '#');
      const std::string expected = before + "\x88\x97\xa6\xb5\xc4\xd3\xe2\xf1"s.substr(0, length) + after;
      const auto& bytes = by_compiler[length * 9 + at];
      INFO("length " << length << ", offset " << at);
      CHECK(std::string(bytes.begin(), bytes.end()) == expected);
    }
  }
}

TEMPLATE_TEST_CASE("P2 hash: the same values at compile time and run time, for every length", "[hash]", quoit::fnv1a,
                   quoit::mix64, quoit::murmur3, quoit::crc32) {
  constexpr hashes by_compiler = hash_all<TestType>({sample.data(), sample.size()});
  const std::vector<char> bytes(sample.begin(), sample.begin() + 47);
  CHECK(hash_all<TestType>({bytes.data(), bytes.size()}) == by_compiler);
}

TEST_CASE("P2 hash FNV-1a 64: vectors of draft-eastlake-fnv", "[hash]") {
  CHECK(quoit::fnv1a_64("") == 0xcbf29ce484222325U);
  CHECK(quoit::fnv1a_64("a") == 0xaf63dc4c8601ec8cU);
  CHECK(quoit::fnv1a_64("foobar") == 0x85944171f73967e8U);
  // Bytes above 0x7f must not be sign-extended. The expected value is (basis ^ 0xff) times the prime.
  CHECK(quoit::fnv1a_64("\xff") == (0xcbf29ce484222325U ^ 0xffU) * 0x100000001b3U);
}

TEST_CASE("P2 hash CRC-32: check value of the CRC RevEng catalogue and of zlib", "[hash]") {
  CHECK(quoit::crc32_ieee("123456789") == 0xcbf43926U);
  CHECK(quoit::crc32_ieee("") == 0U);
  CHECK(quoit::crc32_ieee("\0"sv) == 0xd202ef8dU);
  CHECK(quoit::crc32_ieee("\xff\xff\xff\xff"sv) == 0xffffffffU);
  CHECK(quoit::crc32_ieee("The quick brown fox jumps over the lazy dog") == 0x414fa339U);
}

TEST_CASE("P2 hash SplitMix64: first outputs of Vigna's splitmix64.c from state 1234567", "[hash]") {
  // The generator adds the golden gamma to its state before every output.
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                       4593380528125082431U, 16408922859458223821U}) {
    CHECK(quoit::splitmix64(state) == expected);
    state += 0x9e3779b97f4a7c15U;
  }
}

TEST_CASE("P2 hash fmix64: known values", "[hash]") {
  CHECK(quoit::fmix64(0) == 0U);
  CHECK(quoit::fmix64(1) == 0xb456bcfc34c2cb2cU);
}

TEST_CASE("P2 hash MurmurHash3_x64_128: SMHasher's verification value", "[hash]") {
  // SMHasher, KeysetTest.cpp, VerificationTest: hash {0}, {0,1}, … of length 0 … 255 with seed 256 - length, then hash
  // the 256 results with seed 0. Its main.cpp lists 0x6384BA69 for MurmurHash3_x64_128. Covers every tail length.
  std::string key, digests;
  const auto append = [&](std::uint64_t word) {
    for (int i = 0; i < 8; ++i) digests += static_cast<char>(static_cast<unsigned char>(word >> (8 * i)));
  };
  for (unsigned length = 0; length < 256; ++length) {
    const quoit::hash128 hash = quoit::murmur3_x64_128(key, 256U - length);
    append(hash.first);
    append(hash.second);
    key += static_cast<char>(static_cast<unsigned char>(length));
  }
  CHECK((quoit::murmur3_x64_128(digests).first & 0xffffffffU) == 0x6384ba69U);
}

TEST_CASE("P2 hash golden values at every boundary length: fnv1a", "[hash]") {
  test::compare_with_golden_hashes<quoit::fnv1a>();
}
TEST_CASE("P2 hash golden values at every boundary length: mix64", "[hash]") {
  test::compare_with_golden_hashes<quoit::mix64>();
}
TEST_CASE("P2 hash golden values at every boundary length: murmur3", "[hash]") {
  test::compare_with_golden_hashes<quoit::murmur3>();
}
TEST_CASE("P2 hash golden values at every boundary length: crc32", "[hash]") {
  test::compare_with_golden_hashes<quoit::crc32>();
}

TEST_CASE("hash: mix64 gives different values for strings of zeros of different length", "[hash]") {
  std::string bytes;
  std::vector<std::uint64_t> seen;
  for (int length = 0; length <= 40; ++length, bytes += '\0') {
    const std::uint64_t hash = quoit::mix64{}(bytes, 0);
    for (const std::uint64_t other : seen) CHECK(hash != other);
    seen.push_back(hash);
  }
}
