// SPDX-License-Identifier: MIT
// vnode_line: one cache line with the vnodes of a small part of the circle and the vnodes that follow. It gives the
// owner of nearly every position in its part.
//
//   narrow_line   16-bit node numbers of 16 consecutive vnodes │ 15-bit remainders of those in this part, at most 15
//   wide_line     32-bit node numbers of 11 consecutive vnodes │ 15-bit remainders of those in this part, at most 10
//
//   remainder   ascending: the 15 bits of a vnode's position that follow the bits which choose the line; `end` after
//               the last vnode of this part
//   number      the node of the vnode with that remainder; after the last vnode of this part, the nodes of the vnodes
//               that follow on the circle
//   unknown     stands in place of a number if the line cannot answer: for vnodes of this part that do not fit, and for
//               all that follow them
//
// The owner of a position is the number of the first entry whose remainder is greater than that of the position. That
// is a vnode of this part, or the first one that follows. If an entry has an equal remainder, only the store can
// compare the full positions. All remainders are compared at once, without a branch that depends on the key. The scalar
// version gives the same results; QUOIT_NO_SIMD selects it.
//
// Rejected: AVX2 where compiler flags allow it, which made a lookup 7 % slower (its mask has two bits for each lane);
// AVX-512, which saved 1 % at best (g++ 12, Zen 4); 16-bit remainders, because with a free sign bit one subtraction is
// the whole comparison.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <quoit/version.hpp>

#if !defined(QUOIT_NO_SIMD) && (defined(__SSE2__) || defined(_M_X64))
#define QUOIT_DETAIL_SSE2 1
#include <emmintrin.h>
#elif !defined(QUOIT_NO_SIMD) && defined(__ARM_NEON) && defined(__aarch64__)
#define QUOIT_DETAIL_NEON 1
#include <arm_neon.h>
#endif

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Number, std::size_t Capacity>
struct alignas(64) vnode_line {
  using number_type = Number;
  static constexpr std::size_t capacity = Capacity;
  static constexpr std::uint16_t end = 0x8000;
  static constexpr Number unknown = (std::numeric_limits<Number>::max)();

  std::array<Number, Capacity + 1> number;
  // A narrow line has one more than its capacity. It is always `end`.
  std::array<std::uint16_t, Capacity + Capacity % 2> remainder;

  // The remainder of a position, from the low half of the product whose high half is the number of the part.
  [[nodiscard]] static constexpr std::uint16_t remainder_of(std::uint64_t low) noexcept {
    return static_cast<std::uint16_t>(low >> 49);
  }

  // The index of the first entry whose remainder is greater than `wanted`, or `capacity` if there is no such entry.
  [[nodiscard]] std::size_t first_above(std::uint16_t wanted) const noexcept;

  // Whether the entry before `index` has this remainder. For index 0 the result may be a false positive, which costs
  // only time.
  [[nodiscard]] bool may_tie(std::size_t index, std::uint16_t wanted) const noexcept {
    std::uint16_t before;
    std::memcpy(&before, reinterpret_cast<const char*>(this) + remainder_offset + 2 * index - 2, 2);
    return before == wanted;
  }

  // One bit for each entry, the lowest bit for the first entry. A bit is set if the number is not `a`.
  [[nodiscard]] std::uint32_t others(Number a) const noexcept;

  // How many vnodes of this part the line has.
  [[nodiscard]] std::size_t size() const noexcept { return first_above(end - 1); }

  [[nodiscard]] static constexpr vnode_line filled(Number with) noexcept {
    vnode_line line{};
    line.number.fill(with);
    line.remainder.fill(end);
    return line;
  }

 private:
  static constexpr std::size_t remainder_offset = sizeof(Number) * (Capacity + 1);
};

using narrow_line = vnode_line<std::uint16_t, 15>;
using wide_line = vnode_line<std::uint32_t, 10>;
static_assert(sizeof(narrow_line) == 64 && sizeof(wide_line) == 64);

template <class Line>
[[nodiscard]] std::size_t first_above_scalar(const Line& line, std::uint16_t wanted) noexcept {
  std::size_t not_above = 0;
  for (std::size_t i = 0; i < Line::capacity; ++i) not_above += line.remainder[i] <= wanted ? 1U : 0U;
  return not_above;
}

template <class Number, std::size_t Capacity>
std::size_t vnode_line<Number, Capacity>::first_above(std::uint16_t wanted) const noexcept {
  // The second half of a line has all remainders. In a wide line its first lanes have numbers.
  [[maybe_unused]] constexpr std::size_t lanes_of_numbers = Capacity == 15 ? 0 : 6;
#if defined(QUOIT_DETAIL_SSE2)
  const auto* const halves = reinterpret_cast<const __m128i*>(this);
  const __m128i key = _mm_set1_epi16(static_cast<short>(wanted));
  // key - remainder is negative if the remainder is greater than the key, as `end` always is. Packing keeps the sign.
  const __m128i low = _mm_sub_epi16(key, _mm_load_si128(halves + 2));
  const __m128i high = _mm_sub_epi16(key, _mm_load_si128(halves + 3));
  std::uint64_t above = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  if constexpr (lanes_of_numbers != 0) above = (above | 0x10000U) >> lanes_of_numbers;
#if defined(__GNUC__)
  // `above` is never zero, and std::countr_zero would test for that.
  return static_cast<std::size_t>(__builtin_ctzll(above));
#else
  return static_cast<std::size_t>(std::countr_zero(above));
#endif
#elif defined(QUOIT_DETAIL_NEON)
  // A comparison gives -1 for "not greater", so the sum over all lanes is the negated result.
  uint16x8_t low, high;
  std::memcpy(&low, reinterpret_cast<const char*>(this) + 32, 16);
  std::memcpy(&high, reinterpret_cast<const char*>(this) + 48, 16);
  const uint16x8_t key = vdupq_n_u16(wanted);
  low = vcleq_u16(low, key);
  high = vcleq_u16(high, key);
  if constexpr (lanes_of_numbers != 0) {
    static constexpr std::uint16_t lanes[8] = {0, 0, 0, 0, 0, 0, 0xffff, 0xffff};
    uint16x8_t kept;
    std::memcpy(&kept, lanes, 16);
    low = vandq_u16(low, kept);
  }
  return static_cast<std::uint16_t>(-vaddvq_u16(vaddq_u16(low, high)));
#else
  return first_above_scalar(*this, wanted);
#endif
}

template <class Line>
[[nodiscard]] std::uint32_t others_scalar(const Line& line, typename Line::number_type a) noexcept {
  std::uint32_t result = 0;
  for (std::size_t i = 0; i <= Line::capacity; ++i) result |= std::uint32_t{line.number[i] != a} << i;
  return result;
}

template <class Number, std::size_t Capacity>
std::uint32_t vnode_line<Number, Capacity>::others(Number a) const noexcept {
#if defined(QUOIT_DETAIL_SSE2)
  if constexpr (Capacity == 15) {
    const auto* const halves = reinterpret_cast<const __m128i*>(this);
    const __m128i all = _mm_set1_epi16(static_cast<short>(a));
    const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(halves), all),
                  high = _mm_cmpeq_epi16(_mm_load_si128(halves + 1), all);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high))) ^ 0xffffU;
  }
#endif
  return others_scalar(*this, a);
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
