// SPDX-License-Identifier: MIT
// key.hpp: which types are keys, which bytes they become, and that equal values of different types are the same key
// (P3).
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/key.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/nodes.hpp"

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// User-defined keys, whose ids are a text, a number and a hash.
struct user_key {
  std::string name;
  friend std::string_view quoit_id(const user_key& key) noexcept { return key.name; }
};
struct order_key {
  long number;
  friend long quoit_id(const order_key& key) noexcept { return key.number; }
};
struct hashed_key {
  std::uint64_t hash;
  friend quoit::key_hash quoit_id(const hashed_key& key) noexcept { return {key.hash}; }
};
struct wrapped_key {
  user_key inner;
  friend const user_key& quoit_id(const wrapped_key& key) noexcept { return key.inner; }
};
enum class colour { red };
struct nothing {};

template <class Key>
std::uint64_t hash_of(const Key& key) {
  return quoit::hash_key(test::user_hash{}, key, 9);
}

std::uint64_t hash_of_bytes(std::string_view bytes) { return test::user_hash{}(bytes, 9); }

static_assert(quoit::hashable_key<std::string> && quoit::hashable_key<std::string_view> &&
              quoit::hashable_key<const char*>);
static_assert(quoit::hashable_key<char[4]> && quoit::hashable_key<int> && quoit::hashable_key<std::uint64_t>);
static_assert(quoit::hashable_key<std::vector<std::byte>> && quoit::hashable_key<std::span<const unsigned char>>);
static_assert(quoit::hashable_key<std::u8string> && quoit::hashable_key<std::array<char, 3>>);
static_assert(quoit::hashable_key<quoit::key_hash> && quoit::hashable_key<user_key> && quoit::hashable_key<order_key>);
// Types that are neither numbers nor bytes: no interpretation of them is obvious.
static_assert(!quoit::hashable_key<bool> && !quoit::hashable_key<char> && !quoit::hashable_key<wchar_t>);
static_assert(!quoit::hashable_key<char8_t> && !quoit::hashable_key<char32_t> && !quoit::hashable_key<double>);
static_assert(!quoit::hashable_key<colour> && !quoit::hashable_key<nothing> && !quoit::hashable_key<std::nullptr_t>);
static_assert(!quoit::hashable_key<void*> && !quoit::hashable_key<std::vector<int>> &&
              !quoit::hashable_key<std::wstring>);
static_assert(!quoit::hashable_key<std::map<int, int>>);

// hash_key() works in constant expressions if the hash does.
static_assert(quoit::hash_key(test::user_hash{}, "key"sv, 9) == test::user_hash{}("key"sv, 9));
static_assert(quoit::hash_key(test::user_hash{}, 7, 9) == test::user_hash{}("\7\0\0\0\0\0\0\0"sv, 9));

}  // namespace

TEST_CASE("P3 key: all text types are hashed as their bytes", "[key]") {
  const std::uint64_t expected = hash_of_bytes("key");
  CHECK(hash_of("key"s) == expected);
  CHECK(hash_of("key"sv) == expected);
  CHECK(hash_of("key") == expected);
  const char* const pointer = "key";
  CHECK(hash_of(pointer) == expected);
  CHECK(hash_of(std::array<char, 3>{'k', 'e', 'y'}) == expected);
  CHECK(hash_of(std::vector<unsigned char>{'k', 'e', 'y'}) == expected);
  CHECK(hash_of(std::vector<std::byte>{std::byte{'k'}, std::byte{'e'}, std::byte{'y'}}) == expected);
  CHECK(hash_of(std::u8string(u8"key")) == expected);
  const signed char bytes[] = {'k', 'e', 'y'};
  CHECK(hash_of(std::span<const signed char>(bytes)) == expected);
  CHECK(hash_of(user_key{"key"}) == expected);
  CHECK(hash_of(wrapped_key{{"key"}}) == expected);
}

TEST_CASE("P3 key: all integer types are hashed as 8 little-endian bytes", "[key]") {
  const std::uint64_t expected = hash_of_bytes("\x2a\0\0\0\0\0\0\0"sv);
  CHECK(hash_of(42) == expected);
  CHECK(hash_of(42U) == expected);
  CHECK(hash_of(42L) == expected);
  CHECK(hash_of(42ULL) == expected);
  CHECK(hash_of(std::int8_t{42}) == expected);
  CHECK(hash_of(std::uint16_t{42}) == expected);
  CHECK(hash_of(order_key{42}) == expected);
  const std::uint64_t minus_two = hash_of_bytes("\xfe\xff\xff\xff\xff\xff\xff\xff"sv);
  CHECK(hash_of(-2) == minus_two);
  CHECK(hash_of(std::int8_t{-2}) == minus_two);
  CHECK(hash_of(-2LL) == minus_two);
  CHECK(hash_of(0x0102030405060708) == hash_of_bytes("\x08\x07\x06\x05\x04\x03\x02\x01"sv));
  CHECK(hash_of(42) != hash_of("42"));
}

TEMPLATE_TEST_CASE("P3 key: the hash of an integer is the same at compile time and run time", "[key]", test::user_hash,
                   quoit::fnv1a, quoit::mix64, quoit::murmur3, quoit::crc32) {
  constexpr std::uint64_t by_compiler = quoit::hash_key(TestType{}, 0xf1e2d3c4b5a69788U, 9);
  volatile std::uint64_t number = 0xf1e2d3c4b5a69788U;
  CHECK(quoit::hash_key(TestType{}, std::uint64_t{number}, 9) == by_compiler);
  CHECK(TestType{}("\x88\x97\xa6\xb5\xc4\xd3\xe2\xf1"sv, 9) == by_compiler);
  constexpr std::uint64_t minus_two = quoit::hash_key(TestType{}, -2, 9);
  volatile std::int8_t small = -2;
  CHECK(quoit::hash_key(TestType{}, std::int8_t{small}, 9) == minus_two);
  CHECK(TestType{}("\xfe\xff\xff\xff\xff\xff\xff\xff"sv, 9) == minus_two);
}

TEST_CASE("P7 key: empty keys and NUL bytes", "[key]") {
  CHECK(hash_of(""s) == hash_of_bytes(""));
  CHECK(hash_of(std::string_view()) == hash_of_bytes(""));
  CHECK(hash_of(static_cast<const char*>(nullptr)) == hash_of_bytes(""));
  CHECK(hash_of(std::vector<std::byte>()) == hash_of_bytes(""));
  CHECK(hash_of("a\0b"s) == hash_of_bytes("a\0b"sv));
  CHECK(hash_of("a\0b"s) != hash_of("a\0c"s));
  CHECK(hash_of("\0"s) != hash_of(""s));
  CHECK(hash_of("a\0b") == hash_of_bytes("a"));  // a C string ends at its NUL, as documented
}

TEST_CASE("key: a key_hash is not hashed again, and the seed does not change it", "[key]") {
  CHECK(hash_of(quoit::key_hash{12345}) == 12345);
  CHECK(hash_of(hashed_key{67}) == 67);
  CHECK(quoit::hash_key(test::user_hash{}, quoit::key_hash{5}, 1) ==
        quoit::hash_key(test::user_hash{}, quoit::key_hash{5}, 2));
  CHECK(quoit::hash_key(test::user_hash{}, "k", 1) != quoit::hash_key(test::user_hash{}, "k", 2));
}

TEST_CASE("P6 key: hashing does not allocate", "[key]") {
  const std::string text(1000, 'x');
  const std::vector<std::byte> bytes(1000);
  const user_key key{text};
  const std::size_t before = test::allocations();
  const std::uint64_t sum = hash_of(text) + hash_of(bytes) + hash_of(key) + hash_of(42) + hash_of(text.c_str());
  const std::size_t allocated = test::allocations() - before;
  CHECK(allocated == 0);
  CHECK(sum != 0);
  STATIC_REQUIRE(noexcept(quoit::hash_key(test::user_hash{}, std::string_view(), 0)));
}
