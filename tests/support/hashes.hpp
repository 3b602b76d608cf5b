// SPDX-License-Identifier: MIT
// Hashes for tests: a good one as a user would write it, and bad ones whose values collide.
#pragma once

#include <cstdint>
#include <string_view>

#include <quoit/concepts.hpp>

namespace test {

/// A user-defined hash with a stable_name: Jenkins' one-at-a-time with 64 bits. It uses nothing of quoit.
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

/// 256 different values, 0 … 255. Nearly every vnode of a ring collides, and tests can try every position.
struct low_byte_hash {
  static constexpr std::string_view stable_name = "test-low-byte";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed) & 0xffU;
  }
};

/// 256 different values, evenly distributed over the circle. They collide with every slot policy.
struct top_byte_hash {
  static constexpr std::string_view stable_name = "test-top-byte";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed) & (std::uint64_t{0xff} << 56);
  }
};

/// All keys and vnodes have the same position.
struct constant_hash {
  static constexpr std::string_view stable_name = "test-constant";
  constexpr std::uint64_t operator()(std::string_view, std::uint64_t) const noexcept { return 77; }
};

/// A hash type that cannot be changed. A specialisation of stable_hash_name, below, gives it a name.
struct foreign_hash {
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return user_hash{}(bytes, seed + 1);
  }
};

}  // namespace test

template <>
inline constexpr std::string_view quoit::stable_hash_name<test::foreign_hash> = "test-foreign/1";
