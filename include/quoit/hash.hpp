// SPDX-License-Identifier: MIT
// Hashes without dependencies. They take a seed, are constexpr, and give the same values on every machine.
//
// A hash for placements is a function object (std::string_view bytes, std::uint64_t seed) -> std::uint64_t. All of its
// 64 bits must be well distributed; a ring reads the high bits first. Two textbook hashes do not fulfil that, so there
// are a raw and a finalised version of each:
//
//   raw function, for test vectors and other systems      hash for placements
//   fnv1a_64(bytes)      weak high bits on short keys     fnv1a     raw value, then the finaliser fmix64
//   crc32_ieee(bytes)    only 32 bits                     crc32     raw value and seed, then splitmix64
//   murmur3_x64_128()    128 good bits                    murmur3   the first 64 bits
//
// Rejected: raw FNV-1a or CRC-32 as a hash for placements. With FNV-1a, keys such as k1 … k300 fall into a few arcs.
// The 32 bits of a CRC reach only the first 2^-32 of the circle.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <quoit/detail/core/little_endian.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

constexpr std::uint64_t rotate_left(std::uint64_t value, int bits) noexcept {
  return (value << bits) | (value >> (64 - bits));
}

inline constexpr std::array<std::uint32_t, 256> crc32_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}();

}  // namespace detail

/// The finaliser of MurmurHash3 (Appleby, 2011): every input bit reaches every output bit. A bijection; fmix64(0) = 0.
/// O(1).
[[nodiscard]] constexpr std::uint64_t fmix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdU;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53U;
  return x ^ (x >> 33);
}

/// One output of the SplitMix64 generator with state x (Steele, Lea, Flood, OOPSLA 2014, §4). A bijection. O(1).
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// The offset basis of 64-bit FNV.
inline constexpr std::uint64_t fnv1a_64_basis = 0xcbf29ce484222325U;

/// FNV-1a, 64 bits, as in draft-eastlake-fnv §2. O(bytes). For placements use `fnv1a`.
[[nodiscard]] constexpr std::uint64_t fnv1a_64(std::string_view bytes, std::uint64_t basis = fnv1a_64_basis) noexcept {
  for (const char c : bytes) basis = (basis ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return basis;
}

/// CRC-32 as in IEEE 802.3 and zlib (reflected, polynomial 0x04c11db7). O(bytes). For placements use `crc32`.
[[nodiscard]] constexpr std::uint32_t crc32_ieee(std::string_view bytes) noexcept {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) crc = (crc >> 8) ^ detail::crc32_table[(crc ^ static_cast<unsigned char>(c)) & 0xffU];
  return ~crc;
}

/// A 128-bit hash. Systems that need only 64 bits of it use `first`.
struct hash128 {
  std::uint64_t first = 0;   ///< h1 of the reference
  std::uint64_t second = 0;  ///< h2 of the reference
  friend constexpr bool operator==(const hash128&, const hash128&) noexcept = default;
};

/// MurmurHash3_x64_128 (Appleby, 2011). O(bytes). The reference takes a 32-bit seed. Here both words start at a 64-bit
/// seed, which gives the values of the reference for every seed below 2^32.
[[nodiscard]] constexpr hash128 murmur3_x64_128(std::string_view bytes, std::uint64_t seed = 0) noexcept {
  constexpr std::uint64_t c1 = 0x87c37b91114253d5U, c2 = 0x4cf5ad432745937fU;
  const auto scramble1 = [](std::uint64_t k) { return detail::rotate_left(k * c1, 31) * c2; };
  const auto scramble2 = [](std::uint64_t k) { return detail::rotate_left(k * c2, 33) * c1; };
  std::uint64_t h1 = seed, h2 = seed;
  std::size_t at = 0;
  for (; bytes.size() - at >= 16; at += 16) {
    h1 ^= scramble1(detail::read_little_endian(bytes.data() + at, 8));
    h1 = (detail::rotate_left(h1, 27) + h2) * 5 + 0x52dce729U;
    h2 ^= scramble2(detail::read_little_endian(bytes.data() + at + 8, 8));
    h2 = (detail::rotate_left(h2, 31) + h1) * 5 + 0x38495ab5U;
  }
  const std::size_t rest = bytes.size() - at;
  if (rest > 8) h2 ^= scramble2(detail::read_little_endian(bytes.data() + at + 8, rest - 8));
  if (rest > 0) h1 ^= scramble1(detail::read_little_endian(bytes.data() + at, rest < 8 ? rest : 8));
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  h1 = fmix64(h1);
  h2 = fmix64(h2);
  h1 += h2;
  return {h1, h2 + h1};
}

/// FNV-1a with a finaliser. One multiplication for each byte: good for short keys and constant expressions, slow for
/// long keys.
struct fnv1a {
  static constexpr std::string_view stable_name = "fnv1a-fmix64";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return fmix64(fnv1a_64(bytes, fnv1a_64_basis ^ seed));
  }
};

/// A mixer for integers. An 8-byte key costs one splitmix64: mix64{}(8 little-endian bytes of x, 0) is splitmix64(x).
/// Keys of other lengths are mixed eight bytes at a time. Not resistant to strings chosen by an attacker.
struct mix64 {
  static constexpr std::string_view stable_name = "mix64";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    std::uint64_t state = seed;
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
      state = splitmix64(state ^ detail::read_little_endian(bytes.data() + at, 8));
    }
    const std::size_t rest = bytes.size() - at;
    if (rest == 0 && at != 0) return state;
    // The complement and the length distinguish a short tail from a whole block that ends in zeros.
    const std::uint64_t tail = detail::read_little_endian(bytes.data() + at, rest) | (std::uint64_t{rest} << 56);
    return splitmix64(~(state ^ tail));
  }
};

/// The first 64 bits of MurmurHash3_x64_128. Cassandra's tokens and many client libraries use it.
struct murmur3 {
  static constexpr std::string_view stable_name = "murmur3_x64_128";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return murmur3_x64_128(bytes, seed).first;
  }
};

/// CRC-32, mixed with the seed and extended to 64 bits. There are only 2^32 different values: among 77,000 keys, two
/// collide with a probability of one half. Use it only to agree with systems that have no other hash.
struct crc32 {
  static constexpr std::string_view stable_name = "crc32-splitmix64";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return splitmix64(seed ^ crc32_ieee(bytes));
  }
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
