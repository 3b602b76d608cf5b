// SPDX-License-Identifier: MIT
// The conformance suite of stable_hash: a pure function of bytes and seed, uniform in its high and its low bits.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/xxhash.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"
#include "support/statistics.hpp"

using stable_hashes = std::tuple<quoit::xxh3, quoit::xxh64, quoit::fnv1a, quoit::mix64, quoit::murmur3, quoit::crc32,
                                 test::user_hash, test::foreign_hash>;

TEMPLATE_LIST_TEST_CASE("P3 hash: says that it is stable and is noexcept", "[hash]", stable_hashes) {
  STATIC_REQUIRE(quoit::stable_hash<TestType>);
  STATIC_REQUIRE(!quoit::stable_hash_name<TestType>.empty());
  STATIC_REQUIRE(noexcept(std::declval<const TestType&>()(std::string_view(), 0)));
}

TEMPLATE_LIST_TEST_CASE("P3 hash: depends on the bytes and not on where they lie", "[hash]", stable_hashes) {
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::uint64_t expected = TestType{}(std::string_view(text).substr(0, length), 5);
    for (std::size_t offset = 0; offset < 9; ++offset) {
      const std::string elsewhere = std::string(offset, '#') + text.substr(0, length) + "tail";
      REQUIRE(TestType{}(std::string_view(elsewhere).substr(offset, length), 5) == expected);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("hash: every byte and the length and the seed matter", "[hash]", stable_hashes) {
  const std::string text(300, '\0');
  std::vector<std::uint64_t> seen;
  for (const std::size_t length : {1U, 3U, 4U, 8U, 9U, 16U, 17U, 33U, 128U, 129U, 240U, 241U, 300U}) {
    seen.push_back(TestType{}(std::string_view(text).substr(0, length), 0));
    for (std::size_t at = 0; at < length; ++at) {
      std::string changed = text.substr(0, length);
      changed[at] = '\x80';
      seen.push_back(TestType{}(changed, 0));
    }
    // Another seed gives another value of the same bytes. It need not differ from that of other bytes: several hashes
    // begin with seed xor length or seed xor first block.
    for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{1} << 32, std::uint64_t{1} << 63}) {
      CHECK(TestType{}(std::string_view(text).substr(0, length), seed) !=
            TestType{}(std::string_view(text).substr(0, length), 0));
    }
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEMPLATE_LIST_TEST_CASE("hash: uniform in every byte of its value", "[hash]", stable_hashes) {
  // Short keys that differ in few bits, as real ones do. 2^16 keys, 256 cells.
  for (const bool integers : {false, true}) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < 65536; ++i) {
      std::string key;
      if (integers) {
        for (int byte = 0; byte < 8; ++byte) key += static_cast<char>(static_cast<unsigned char>(i >> (8 * byte)));
      } else {
        key = "k" + std::to_string(i);
      }
      values.push_back(TestType{}(key, 0));
    }
    for (int shift = 0; shift < 64; shift += 8) {
      std::vector<std::uint64_t> cells(256);
      for (const std::uint64_t value : values) ++cells[(value >> shift) & 255U];
      INFO((integers ? "integers" : "text") << ", bits from " << shift);
      CHECK(test::chi_square(cells) < test::chi_square_limit(255));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("hash: one changed input bit changes about half of the value", "[hash]", stable_hashes) {
  std::vector<int> flips(64);
  int trials = 0;
  for (int i = 0; i < 400; ++i) {
    std::string key = "key-" + std::to_string(i * 7919) + "-end";
    const std::uint64_t value = TestType{}(key, 0);
    for (std::size_t at = 0; at < key.size(); ++at, ++trials) {
      std::string changed = key;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (i % 8)));
      const std::uint64_t difference = value ^ TestType {}(changed, 0);
      for (int bit = 0; bit < 64; ++bit)
        flips[static_cast<std::size_t>(bit)] += static_cast<int>((difference >> bit) & 1U);
    }
  }
  // Six standard deviations of a binomial distribution; 512 comparisons in the suite.
  const double limit = 6 * std::sqrt(trials * 0.25);
  for (const int flip : flips) CHECK(std::abs(flip - trials * 0.5) < limit);
}
