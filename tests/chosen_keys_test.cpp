// SPDX-License-Identifier: MIT
// What SECURITY.md says about keys and bytes that an attacker chooses: which keys collide under every seed, what a spec
// reveals, and what a checksum does not prove.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/core/little_endian.hpp>
#include <quoit/hash.hpp>
#include <quoit/key.hpp>
#include <quoit/node.hpp>
#include <quoit/ring.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/slots.hpp>

#include "catch2.hpp"

namespace {

constexpr std::uint64_t some_seeds[] = {0, 1, 42, 0x8000000000000000U, 0x123456789abcdef0U, ~std::uint64_t{0}};

// The inverse of an odd number modulo 2^64, by Newton's iteration.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t result = odd;
  for (int i = 0; i < 5; ++i) result *= 2 - odd * result;
  return result;
}

constexpr std::uint64_t right(std::uint64_t value, int bits) { return (value >> bits) | (value << (64 - bits)); }

// Two blocks of MurmurHash3_x64_128 whose scrambled words are `words`.
std::string murmur_blocks(const std::uint64_t (&words)[4]) {
  constexpr std::uint64_t c1 = inverse(0x87c37b91114253d5U), c2 = inverse(0x4cf5ad432745937fU);
  std::string text(32, '\0');
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t key = i % 2 == 0 ? right(words[i] * c2, 31) * c1 : right(words[i] * c1, 33) * c2;
    quoit::detail::write_little_endian(key, text.data() + 8 * i, 8);
  }
  return text;
}

// A hash with a key of its own, which is not part of its name.
struct keyed {
  static constexpr std::string_view stable_name = "keyed-example/1";
  std::uint64_t key = 0;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::murmur3{}(bytes, seed ^ quoit::splitmix64(key));
  }
};

}  // namespace

TEST_CASE("SECURITY.md: keys with the same CRC-32 collide in crc32 under every seed", "[hash][security]") {
  const std::string_view a = "plumless", b = "buckeroo";  // a well-known pair
  REQUIRE(quoit::crc32_ieee(a) == quoit::crc32_ieee(b));
  for (const std::uint64_t seed : some_seeds) CHECK(quoit::crc32{}(a, seed) == quoit::crc32{}(b, seed));
}

TEST_CASE("SECURITY.md: chosen keys collide in murmur3 under every seed", "[hash][security]") {
  // A difference in the highest bit survives additions and multiplications by odd numbers unchanged, so the second
  // block can remove what the first one made, whatever the seed is.
  constexpr std::uint64_t highest = std::uint64_t{1} << 63, turned = std::uint64_t{1} << 36;
  for (const std::uint64_t word : {std::uint64_t{0}, std::uint64_t{0x0123456789abcdefU}}) {
    const std::string a = murmur_blocks({word, ~word, word * 3, word + 7});
    const std::string b = murmur_blocks({word ^ turned, ~word, word * 3 ^ (highest | turned), (word + 7) ^ highest});
    REQUIRE(a != b);
    for (const std::uint64_t seed : some_seeds) CHECK(quoit::murmur3{}(a, seed) == quoit::murmur3{}(b, seed));
    CHECK(quoit::xxh3{}(a, 1) != quoit::xxh3{}(b, 1));
  }
}

TEST_CASE("SECURITY.md: redis_slots ignores the seed, and the tag of a key chooses its slot", "[slots][security]") {
  for (const std::uint64_t seed : some_seeds) {
    const quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots> table({}, {}, {.replicas = 1, .seed = seed});
    CHECK(table.position("{user}:1") == table.position("{user}:2"));
    CHECK(table.position("foo") == 12'182);  // of Redis Cluster's documentation
  }
}

TEST_CASE("SECURITY.md: a spec shows the seed, but of a hash only its name and a probe", "[ring][security]") {
  const quoit::ring<std::string> seeded({.seed = 1234567890123});
  CHECK(seeded.spec().find("seed=1234567890123") != std::string::npos);

  using keyed_ring = quoit::ring<std::string, keyed>;
  const keyed_ring secret({}, keyed{9876543210123});
  CHECK(secret.spec().find("9876543210123") == std::string::npos);
  CHECK(secret.key_spec().find("probe=") != std::string::npos);
  CHECK(secret.key_spec() != keyed_ring({}, keyed{1}).key_spec());
}

TEST_CASE("SECURITY.md: a checksum finds damage, but not bytes that an attacker sealed again", "[table][security]") {
  using table_type = quoit::slot_table<std::string>;
  const table_type table({{"a"}, {"b"}}, {0, 1, 0, 1}, {.slots = 4, .replicas = 1});
  std::string bytes = table.save();
  const std::size_t end = bytes.size() - 16;
  REQUIRE(bytes.substr(end - 4, 4) == std::string("\0\1\0\1", 4));
  bytes[end - 1] = 0;  // the last slot now belongs to a
  CHECK_THROWS_AS(table_type::restore(bytes), std::invalid_argument);
  const quoit::hash128 forged = quoit::murmur3_x64_128(std::string_view(bytes).substr(0, end));
  quoit::detail::write_little_endian(forged.first, bytes.data() + end, 8);
  quoit::detail::write_little_endian(forged.second, bytes.data() + end + 8, 8);
  const table_type other = table_type::restore(bytes);
  CHECK(*other.find_at(3) == "a");
  CHECK(*table.find_at(3) == "b");
}
