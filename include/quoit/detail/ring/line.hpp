// SPDX-License-Identifier: MIT
// One cache line that answers who owns a position: the vnodes of one small part of the circle, and those that come next.
//
//   narrow_line   16-bit node numbers of 16 vnodes in a row │ 15-bit remainders of the up to 15 that lie in this part
//   wide_line     32-bit node numbers of 11 vnodes in a row │ 15-bit remainders of the up to 10 that lie in this part
//
//   remainder   the 15 bits of the position behind those that chose the line, ascending; `end` behind the last vnode here
//   number      of the vnode with that remainder; behind the last one here, of the vnodes that follow on the circle
//   unsure      instead of a number: ask the store. Where vnodes of this part do not fit, and what follows them
//
// The owner of a position is the number of the first entry whose remainder is above that of the position, whether a vnode of
// this part or the one that follows; with an equal remainder, the store has to tell on which side the position lies. All
// remainders are compared at once, without a branch that depends on the key. The scalar version gives the same answers;
// QUOIT_NO_SIMD forces it.
//
// Rejected: AVX2 where flags allow it, which made a lookup 7 % slower (its mask has two bits a lane), and AVX-512, which saved
// 1 % at best (g++ 12, Zen 4). 16-bit remainders: with the sign bit free, a subtraction is the whole comparison.
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
  static constexpr Number unsure = (std::numeric_limits<Number>::max)();

  std::array<Number, Capacity + 1> number;
  // A narrow line has room for one more, which is always `end`.
  std::array<std::uint16_t, Capacity + Capacity % 2> remainder;

  // The 15 bits behind the part of a position, from the low half of the product that chose the part.
  [[nodiscard]] static constexpr std::uint16_t remainder_of(std::uint64_t low) noexcept {
    return static_cast<std::uint16_t>(low >> 49);
  }

  // The first entry whose remainder is above `wanted`; `capacity` where there is none.
  [[nodiscard]] std::size_t first_above(std::uint16_t wanted) const noexcept;

  // Whether the entry before has this remainder. For index 0 it may say so without reason, which costs time only.
  [[nodiscard]] bool may_tie(std::size_t index, std::uint16_t wanted) const noexcept {
    std::uint16_t before;
    std::memcpy(&before, reinterpret_cast<const char*>(this) + remainder_offset + 2 * index - 2, 2);
    return before == wanted;
  }

  // A bit for each entry, the lowest for the first, that is set where the number is not `a`.
  [[nodiscard]] std::uint32_t others(Number a) const noexcept;

  // How many vnodes of this part are here.
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
  // The second half of a line has all remainders; of a wide line also numbers, in the first lanes.
  [[maybe_unused]] constexpr std::size_t lanes_of_numbers = Capacity == 15 ? 0 : 6;
#if defined(QUOIT_DETAIL_SSE2)
  const auto* const halves = reinterpret_cast<const __m128i*>(this);
  const __m128i key = _mm_set1_epi16(static_cast<short>(wanted));
  // key - remainder is negative where the remainder is above the key, always for `end`; packing to bytes keeps the sign.
  const __m128i low = _mm_sub_epi16(key, _mm_load_si128(halves + 2));
  const __m128i high = _mm_sub_epi16(key, _mm_load_si128(halves + 3));
  std::uint64_t above = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  if constexpr (lanes_of_numbers != 0) above = (above | 0x10000U) >> lanes_of_numbers;
#if defined(__GNUC__)
  // Never zero; std::countr_zero would test for it.
  return static_cast<std::size_t>(__builtin_ctzll(above));
#else
  return static_cast<std::size_t>(std::countr_zero(above));
#endif
#elif defined(QUOIT_DETAIL_NEON)
  // A comparison gives -1 for "not above"; the sum over all lanes is minus the answer.
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
