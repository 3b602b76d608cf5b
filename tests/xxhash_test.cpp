// SPDX-License-Identifier: MIT
// xxhash.hpp: both hashes give the reference values at every boundary length and seed.
#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/xxhash.hpp>

#include "catch2.hpp"
#include "support/golden_hashes.hpp"
#include "support/tables.hpp"

namespace {

// SMHasher's VerificationTest for a 64-bit hash; see hash_test.cpp.
template <class Hash>
std::uint32_t smhasher_verification() {
  std::string key, digests;
  for (unsigned length = 0; length < 256; ++length) {
    const std::uint64_t hash = Hash{}(key, 256U - length);
    for (int i = 0; i < 8; ++i) digests += static_cast<char>(static_cast<unsigned char>(hash >> (8 * i)));
    key += static_cast<char>(static_cast<unsigned char>(length));
  }
  return static_cast<std::uint32_t>(Hash{}(digests, 0));
}

}  // namespace

TEST_CASE("P2 hash golden values at every boundary length: xxh3", "[xxhash]") {
  test::compare_with_golden_hashes<quoit::xxh3>();
}
TEST_CASE("P2 hash golden values at every boundary length: xxh64", "[xxhash]") {
  test::compare_with_golden_hashes<quoit::xxh64>();
}

TEST_CASE("P2 hash XXH64: published values", "[xxhash]") {
  // xxHash, tests/sanity_test_vectors.h and cli/xsum_sanity_check.c.
  CHECK(quoit::xxh64{}("", 0) == 0xef46db3751d8e999U);
  CHECK(quoit::xxh64{}("", 2654435761U) == 0xac75fda2929b17efU);
  const std::string buffer = test::sanity_buffer(8);
  CHECK(quoit::xxh64{}(buffer.substr(0, 1), 0) == 0xe934a84adb052768U);
  CHECK(quoit::xxh64{}(buffer.substr(0, 1), 2654435761U) == 0x5014607643a9b4c3U);
  CHECK(quoit::xxh64{}(buffer.substr(0, 4), 0) == 0x9136a0dca57457eeU);
  // LLVM, unittests/Support/xxhashTest.cpp.
  CHECK(quoit::xxh64{}("foo", 0) == 0x33bf00a859c4ba3fU);
  CHECK(quoit::xxh64{}("0123456789abcdefghijklmnopqrstuvwxyz", 0) == 0x69196c1b3af0bff9U);
  // SMHasher, main.cpp.
  CHECK(smhasher_verification<quoit::xxh64>() == 0x024b7cf4U);
}

TEST_CASE("P2 hash XXH3: published values", "[xxhash]") {
  // LLVM, unittests/Support/xxhashTest.cpp: bytes of a xorshift64 generator.
  std::string bytes;
  std::uint64_t x = 1;
  for (int i = 0; i < 2243; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    bytes += static_cast<char>(static_cast<unsigned char>(x & 0xffU));
  }
  const std::pair<std::size_t, std::uint64_t> vectors[] = {
      {0, 0x2d06800538d394c2U},    {1, 0xd0d496e05c553485U},    {2, 0x84d625edb7055eacU},   {3, 0x6ea2d59aca5c3778U},
      {4, 0xbf65290914e80242U},    {5, 0xc01fd099ad4fc8e4U},    {6, 0x9e3ea8187399caa5U},   {7, 0x9da8b60540644f5aU},
      {8, 0xabc1413da6cd0209U},    {9, 0x8bc89400bfed51f6U},    {16, 0x7e46916754d7c9b8U},  {17, 0xed4be912ba5f836dU},
      {32, 0xf59b59b58c304fd1U},   {33, 0x9013fb74ca603e0cU},   {64, 0xfa5271fcce0db1c3U},  {65, 0x79c42431727f1012U},
      {96, 0x591ee0ddf9c9ccd1U},   {97, 0x8ffc6a3111fe19daU},   {128, 0x06a146ee9a2da378U}, {129, 0xbc7138129bf065daU},
      {403, 0xcefeb3ffa532ad8cU},  {512, 0xcdfa6b6268e3650fU},  {513, 0x4bb5d42742f9765fU}, {2048, 0x330ce110cbb79eaeU},
      {2049, 0x3ba6afa0249fef9aU}, {2240, 0xd61d4d2a94e926a8U}, {2243, 0x0979f786a24edde7U}};
  for (const auto& [length, expected] : vectors) {
    INFO("length " << length);
    CHECK(quoit::xxh3{}(std::string_view(bytes).substr(0, length), 0) == expected);
  }
}

TEST_CASE("P7 hash: a default-constructed string_view hashes like an empty string", "[xxhash]") {
  CHECK(quoit::xxh3{}(std::string_view(), 5) == quoit::xxh3{}(std::string_view("x", 0), 5));
  CHECK(quoit::xxh64{}(std::string_view(), 5) == quoit::xxh64{}(std::string_view("x", 0), 5));
}
