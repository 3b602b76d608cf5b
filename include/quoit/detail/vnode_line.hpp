// SPDX-License-Identifier: MIT
// One cache line that answers who owns a position: the vnodes of one small part of the circle, and the owner behind it.
//
//   narrow_line   16-bit remainders of up to 15 vnodes │ their 16-bit node numbers │ the number of the owner behind them
//   wide_line     16-bit remainders of up to 10 vnodes │ their 32-bit node numbers │ the number of the owner behind them
//
//   remainder   the next 16 bits of the position behind those that chose the line, ascending; `end` where there is no vnode
//   number      there too the owner behind: so the first entry whose remainder is not below the key's has the answer
//   unsure      instead of a number: the vnodes do not fit (or one has the remainder `end`), ask the store
//
// All remainders are compared at once, without a branch that depends on the key. The scalar version gives the same answers;
// QUOIT_NO_SIMD forces it. AVX2 and AVX-512 are not used: they save one instruction of thirty, and no time that could
// be measured.
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

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Number, std::size_t Capacity>
struct alignas(64) vnode_line {
  static constexpr std::size_t capacity = Capacity;
  static constexpr std::uint16_t end = 0xffff;
  static constexpr Number unsure = std::numeric_limits<Number>::max();

  // A narrow line has room for one more, which is always `end`.
  std::array<std::uint16_t, Capacity + Capacity % 2> remainder;
  std::array<Number, Capacity + 1> number;

  // The first entry whose remainder is not below `wanted`; `capacity`, the owner behind, where there is none.
  [[nodiscard]] std::size_t first_not_below(std::uint16_t wanted) const noexcept;

  [[nodiscard]] static constexpr vnode_line filled(Number behind) noexcept {
    vnode_line line{};
    line.remainder.fill(end);
    line.number.fill(behind);
    return line;
  }
};

using narrow_line = vnode_line<std::uint16_t, 15>;
using wide_line = vnode_line<std::uint32_t, 10>;
static_assert(sizeof(narrow_line) == 64 && sizeof(wide_line) == 64);

template <class Line>
[[nodiscard]] std::size_t first_not_below_scalar(const Line& line, std::uint16_t wanted) noexcept {
  std::size_t below = 0;
  for (std::size_t i = 0; i < Line::capacity; ++i) below += line.remainder[i] < wanted ? 1U : 0U;
  return below;
}

template <class Number, std::size_t Capacity>
std::size_t vnode_line<Number, Capacity>::first_not_below(std::uint16_t wanted) const noexcept {
#if defined(QUOIT_DETAIL_SSE2)
  // Two loads cover all remainders; in a wide line also some numbers, which the last bit keeps out of the answer.
  const auto* const words = reinterpret_cast<const __m128i*>(this);
  const __m128i key = _mm_set1_epi16(static_cast<short>(wanted));
  // key - remainder, but not below zero: zero says "not below", and packing to bytes keeps zero apart from the rest.
  const __m128i low = _mm_subs_epu16(key, _mm_load_si128(words));
  const __m128i high = _mm_subs_epu16(key, _mm_load_si128(words + 1));
  const __m128i not_below = _mm_cmpeq_epi8(_mm_packs_epi16(low, high), _mm_setzero_si128());
  const auto mask = static_cast<unsigned>(_mm_movemask_epi8(not_below)) | (1U << Capacity);
  return static_cast<std::size_t>(std::countr_zero(mask));
#elif defined(QUOIT_DETAIL_NEON)
  // A comparison gives -1 for "below"; the sum over all lanes is minus the answer.
  uint16x8_t low, high;
  std::memcpy(&low, this, 16);
  std::memcpy(&high, reinterpret_cast<const char*>(this) + 16, 16);
  const uint16x8_t key = vdupq_n_u16(wanted);
  low = vcltq_u16(low, key);
  high = vcltq_u16(high, key);
  if constexpr (Capacity < 15) {
    // What lies behind the remainders of a wide line are numbers.
    static constexpr std::uint16_t lanes[8] = {0xffff, 0xffff, 0, 0, 0, 0, 0, 0};
    uint16x8_t kept;
    std::memcpy(&kept, lanes, 16);
    high = vandq_u16(high, kept);
  }
  return static_cast<std::uint16_t>(-vaddvq_u16(vaddq_u16(low, high)));
#else
  return first_not_below_scalar(*this, wanted);
#endif
}

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
