// SPDX-License-Identifier: MIT
// wide: the 128-bit integer arithmetic that placements need, for exact shares of 2^64 hashes and for hash * Q / 2^64.
//
// A value is high * 2^64 + low. Compilers that have a 128-bit integer use it. The portable functions give the same
// results on 32-bit targets. Both work in constant expressions, so that tests can compare them.
#pragma once

#include <compare>
#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const wide&, const wide&) noexcept = default;
};

constexpr wide add(wide a, wide b) noexcept {
  const std::uint64_t low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1U : 0U), low};
}

constexpr wide subtract(wide a, wide b) noexcept {
  return {a.high - b.high - (a.low < b.low ? 1U : 0U), a.low - b.low};
}

constexpr wide multiply_portable(std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t a0 = a & 0xffffffffU, a1 = a >> 32;
  const std::uint64_t b0 = b & 0xffffffffU, b1 = b >> 32;
  const std::uint64_t low = a0 * b0;
  const std::uint64_t middle = a1 * b0 + (low >> 32);  // at most (2^32-1)^2 + 2^32 - 1: no overflow
  const std::uint64_t middle2 = a0 * b1 + (middle & 0xffffffffU);
  return {a1 * b1 + (middle >> 32) + (middle2 >> 32), (middle2 << 32) | (low & 0xffffffffU)};
}

// Divides bit by bit. Only membership changes and statistics divide, never a lookup.
constexpr wide divide_portable(wide value, std::uint64_t divisor) noexcept {
  wide quotient;
  std::uint64_t remainder = 0;
  for (int bit = 127; bit >= 0; --bit) {
    const bool carry = (remainder >> 63) != 0;
    const std::uint64_t next = bit >= 64 ? value.high >> (bit - 64) : value.low >> bit;
    remainder = (remainder << 1) | (next & 1U);
    const bool fits = carry || remainder >= divisor;
    if (fits) remainder -= divisor;
    std::uint64_t& half = bit >= 64 ? quotient.high : quotient.low;
    half |= static_cast<std::uint64_t>(fits) << (bit & 63);
  }
  return quotient;
}

// clang-cl has the type, but Microsoft's libraries lack the function that divides it.
#if defined(__SIZEOF_INT128__) && !defined(_MSC_VER)
__extension__ typedef unsigned __int128 native_wide;

constexpr wide multiply(std::uint64_t a, std::uint64_t b) noexcept {
  const native_wide product = static_cast<native_wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

constexpr wide divide(wide value, std::uint64_t divisor) noexcept {
  const native_wide quotient = ((static_cast<native_wide>(value.high) << 64) | value.low) / divisor;
  return {static_cast<std::uint64_t>(quotient >> 64), static_cast<std::uint64_t>(quotient)};
}
#else
constexpr wide multiply(std::uint64_t a, std::uint64_t b) noexcept { return multiply_portable(a, b); }
constexpr wide divide(wide value, std::uint64_t divisor) noexcept { return divide_portable(value, divisor); }
#endif

// floor(a * b / divisor). The result must fit 64 bits.
constexpr std::uint64_t multiply_divide(std::uint64_t a, std::uint64_t b, std::uint64_t divisor) noexcept {
  return divide(multiply(a, b), divisor).low;
}

// ceil(a * b / divisor). The result must fit 64 bits.
constexpr std::uint64_t multiply_divide_up(std::uint64_t a, std::uint64_t b, std::uint64_t divisor) noexcept {
  return divide(add(multiply(a, b), {0, divisor - 1}), divisor).low;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
