// SPDX-License-Identifier: MIT
// hash.hpp against published values, against the independent golden file, and in constant expressions.
#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/hash.hpp>

#include "catch2.hpp"
#include "support/golden_hashes.hpp"

using namespace std::string_view_literals;

namespace {

// A promise of the header: all of this works at compile time.
static_assert(quoit::fnv1a{}("a"sv, 0) == quoit::fmix64(0xaf63dc4c8601ec8cU));
static_assert(quoit::crc32{}("123456789"sv, 0) == quoit::splitmix64(0xcbf43926U));
static_assert(quoit::murmur3{}("hello"sv, 0) == 0xcbd8a7b341bd9b02U);
static_assert(quoit::mix64{}("\x2a\0\0\0\0\0\0\0"sv, 0) == quoit::splitmix64(42));

}  // namespace

TEST_CASE("P2 hash FNV-1a 64: vectors of draft-eastlake-fnv", "[hash]") {
  CHECK(quoit::fnv1a_64("") == 0xcbf29ce484222325U);
  CHECK(quoit::fnv1a_64("a") == 0xaf63dc4c8601ec8cU);
  CHECK(quoit::fnv1a_64("foobar") == 0x85944171f73967e8U);
  // Bytes above 0x7f must not be sign-extended: basis ^ 0xff, times the prime, written out.
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

TEST_CASE("P2 hash fmix64: fixed points and bijection on a sample", "[hash]") {
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

TEST_CASE("P2 hash golden values at every boundary length: fnv1a", "[hash]") { test::compare_with_golden_hashes<quoit::fnv1a>(); }
TEST_CASE("P2 hash golden values at every boundary length: mix64", "[hash]") { test::compare_with_golden_hashes<quoit::mix64>(); }
TEST_CASE("P2 hash golden values at every boundary length: murmur3", "[hash]") { test::compare_with_golden_hashes<quoit::murmur3>(); }
TEST_CASE("P2 hash golden values at every boundary length: crc32", "[hash]") { test::compare_with_golden_hashes<quoit::crc32>(); }

TEST_CASE("hash: mix64 keeps a short tail apart from the same bytes with zeros behind", "[hash]") {
  std::string bytes;
  std::vector<std::uint64_t> seen;
  for (int length = 0; length <= 40; ++length, bytes += '\0') {
    const std::uint64_t hash = quoit::mix64{}(bytes, 0);
    for (const std::uint64_t other : seen) CHECK(hash != other);
    seen.push_back(hash);
  }
}
