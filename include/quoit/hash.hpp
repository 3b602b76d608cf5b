// SPDX-License-Identifier: MIT
// Seeded hashes without a dependency: constexpr, the same on every machine, ready for a placement.
//
// A quoit hash is a function object (std::string_view bytes, std::uint64_t seed) -> std::uint64_t whose 64 bits are all
// usable: a ring reads the high ones first. Two textbook hashes are not like that, so each is offered twice:
//
//   raw function, for test vectors and other systems      hash for a placement
//   fnv1a_64(bytes)      weak high bits on short keys     fnv1a     raw value, then the finaliser fmix64
//   crc32_ieee(bytes)    32 bits only                     crc32     raw value, then splitmix64 of it and the seed
//   murmur3_x64_128()    128 good bits                    murmur3   the first 64 bits
//
// Rejected: raw FNV-1a or CRC-32 as a placement hash. Keys such as k1 … k300 then crowd into a few arcs, and 32 bits
// would fill only the first 2^-32 of the circle.
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

/// Two 64-bit words; `first` is the half that other systems use when they want 64 bits.
struct hash128 {
  std::uint64_t first = 0;   ///< h1 of the reference
  std::uint64_t second = 0;  ///< h2 of the reference
  friend constexpr bool operator==(const hash128&, const hash128&) noexcept = default;
};

/// MurmurHash3_x64_128 (Appleby, 2011). O(bytes). The reference takes 32-bit seeds; here both words start at a 64-bit
/// seed, which is the same value for every seed that the reference can be given.
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

/// FNV-1a with a finaliser. One multiply a byte: good for short keys and constant expressions, slow for long ones.
struct fnv1a {
  static constexpr std::string_view stable_name = "fnv1a-fmix64";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return fmix64(fnv1a_64(bytes, fnv1a_64_basis ^ seed));
  }
};

/// A mixer for integers: an 8-byte key costs one splitmix64, and mix64{}(8 little-endian bytes of x, 0) is
/// splitmix64(x). Other lengths are absorbed eight bytes at a time. Not for adversarial strings.
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
    // The complement and the length keep a short tail apart from a whole block with zeros behind it.
    const std::uint64_t tail = detail::read_little_endian(bytes.data() + at, rest) | (std::uint64_t{rest} << 56);
    return splitmix64(~(state ^ tail));
  }
};

/// The first 64 bits of MurmurHash3_x64_128, the hash of Cassandra's tokens and of many client libraries.
struct murmur3 {
  static constexpr std::string_view stable_name = "murmur3_x64_128";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return murmur3_x64_128(bytes, seed).first;
  }
};

/// CRC-32, mixed with the seed and spread over 64 bits. Only 2^32 different values: two of 77,000 keys collide with an
/// even chance. Choose it for agreement with systems that have nothing else.
struct crc32 {
  static constexpr std::string_view stable_name = "crc32-splitmix64";  ///< see stable_hash_name
  /// The hash. O(bytes).
  [[nodiscard]] constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return splitmix64(seed ^ crc32_ieee(bytes));
  }
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
