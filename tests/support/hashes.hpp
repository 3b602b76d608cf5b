// SPDX-License-Identifier: MIT
// Hashes of the tests' own: a good one as a user would write it, and bad ones whose vnodes collide.
#pragma once

#include <cstdint>
#include <string_view>

#include <quoit/concepts.hpp>

namespace test {

/// As a user writes one: states its own stability. Jenkins' one-at-a-time, widened; nothing of quoit's is used.
struct user_hash {
  static constexpr std::string_view stable_name = "test-user/1";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    std::uint64_t h = seed ^ 0x243f6a8885a308d3U;
    for (const char c : bytes) {
      h += static_cast<unsigned char>(c);
      h += h << 21;
      h ^= h >> 29;
      h *= 0xd6e8feb86659fd93U;
      h ^= h >> 32;
    }
    h *= 0xd6e8feb86659fd93U;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93U;
    return h ^ (h >> 32);
  }
};

/// 256 different values, 0 … 255: nearly every vnode of a ring collides, and every position can be tried.
struct low_byte_hash {
  static constexpr std::string_view stable_name = "test-low-byte";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed) & 0xffU;
  }
};

/// 256 different values, evenly over the circle: collides in the slots of every policy.
struct top_byte_hash {
  static constexpr std::string_view stable_name = "test-top-byte";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed) & (std::uint64_t{0xff} << 56);
  }
};

/// Everything falls on one position.
struct constant_hash {
  static constexpr std::string_view stable_name = "test-constant";
  constexpr std::uint64_t operator()(std::string_view, std::uint64_t) const noexcept { return 77; }
};

/// Of a type that cannot be changed: its stability is stated from outside, below.
struct foreign_hash {
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed + 1);
  }
};

}  // namespace test

template <>
inline constexpr std::string_view quoit::stable_hash_name<test::foreign_hash> = "test-foreign/1";
