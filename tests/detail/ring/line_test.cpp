// SPDX-License-Identifier: MIT
// vnode_line: the search gives the same results with and without SIMD, for every number of vnodes and every remainder.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <quoit/detail/ring/line.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

namespace {

// A line with these remainders. `noise` fills the numbers, which share a register with the remainders of a wide line.
template <class Line>
Line line_of(std::vector<std::uint16_t> remainders, std::uint32_t noise) {
  using number_type = typename Line::number_type;
  std::sort(remainders.begin(), remainders.end());
  Line line = Line::filled(static_cast<number_type>(noise));
  std::copy(remainders.begin(), remainders.end(), line.remainder.begin());
  return line;
}

// The first remainder for which a result is wrong, or 32768.
template <class Line>
std::uint32_t first_wrong(const Line& line, std::size_t count) {
  std::size_t not_above = 0;
  for (std::uint32_t wanted = 0; wanted < 32768; ++wanted) {
    while (not_above < count && line.remainder[not_above] <= wanted) ++not_above;
    const auto key = static_cast<std::uint16_t>(wanted);
    if (line.first_above(key) != not_above || first_above_scalar(line, key) != not_above) return wanted;
    if (not_above > 0 && line.may_tie(not_above, key) != (line.remainder[not_above - 1] == wanted)) return wanted;
  }
  return 32768;
}

template <class Line>
void try_all() {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (std::size_t count = 0; count <= Line::capacity; ++count) {
    INFO(count << " vnodes");
    // Random remainders, with equal ones and both extremes among them.
    std::vector<std::uint16_t> mixed(count);
    for (auto& remainder : mixed) remainder = static_cast<std::uint16_t>(random.below(32768));
    if (count > 2) mixed[1] = mixed[0];
    if (count > 4) mixed[3] = 0;
    if (count > 5) mixed[4] = 0x7fff;
    if (count > 6) mixed[5] = 0x7ffe;
    const Line line = line_of<Line>(mixed, random.chance(2) ? 0U : ~0U);
    CHECK(first_wrong(line, count) == 32768);
    CHECK(line.size() == count);
  }
  for (const int value : {0x0000, 0x0001, 0x3fff, 0x4000, 0x7ffe, 0x7fff}) {
    INFO("all " << value);
    const std::vector<std::uint16_t> equal(Line::capacity, static_cast<std::uint16_t>(value));
    CHECK(first_wrong(line_of<Line>(equal, 0x0000ffffU), Line::capacity) == 32768);
  }
}

// others() with many equal numbers.
template <class Line>
void try_others() {
  using number_type = typename Line::number_type;
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::size_t wrong = 0;
  for (int i = 0; i < 5000; ++i) {
    Line line = line_of<Line>({}, static_cast<std::uint32_t>(random.next()));
    const std::uint64_t nodes = 1 + random.below(6);
    for (auto& number : line.number)
      number = static_cast<number_type>(random.chance(30) ? Line::unknown : random.below(nodes));
    for (const auto a :
         {line.number[random.index(line.number.size())], static_cast<number_type>(nodes), Line::unknown}) {
      std::uint32_t expected = 0;
      for (std::size_t index = 0; index < line.number.size(); ++index) {
        if (line.number[index] != a) expected += std::uint32_t{1} << index;
      }
      if (line.others(a) != expected || others_scalar(line, a) != expected) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

// Many lines, with searches for their remainders and for the neighbours of those.
template <class Line>
void try_many() {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::size_t wrong = 0;
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::uint16_t> remainders(random.below(Line::capacity + 1));
    const std::uint64_t spread = std::uint64_t{1} << (1 + random.below(15));  // a small one gives equal remainders
    const std::uint64_t base = random.below(32768);
    for (auto& remainder : remainders) remainder = static_cast<std::uint16_t>((base + random.below(spread)) % 32768);
    const Line line = line_of<Line>(remainders, static_cast<std::uint32_t>(random.next()));
    remainders.push_back(static_cast<std::uint16_t>(random.below(32768)));
    for (const std::uint16_t remainder : remainders) {
      for (int beside = -1; beside <= 1; ++beside) {
        const auto wanted = static_cast<std::uint16_t>((remainder + beside) & 0x7fff);
        const auto end = line.remainder.begin() + static_cast<std::ptrdiff_t>(Line::capacity);
        const auto expected =
            static_cast<std::size_t>(std::upper_bound(line.remainder.begin(), end, wanted) - line.remainder.begin());
        if (line.first_above(wanted) != expected || first_above_scalar(line, wanted) != expected) ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("vnode_line: every remainder in a narrow line", "[detail]") { try_all<quoit::detail::narrow_line>(); }
TEST_CASE("vnode_line: every remainder in a wide line", "[detail]") { try_all<quoit::detail::wide_line>(); }
TEST_CASE("vnode_line: many narrow and wide lines", "[detail]") {
  try_many<quoit::detail::narrow_line>();
  try_many<quoit::detail::wide_line>();
}

TEST_CASE("vnode_line: others() marks the vnodes of other nodes", "[detail]") {
  try_others<quoit::detail::narrow_line>();
  try_others<quoit::detail::wide_line>();
}

TEST_CASE("vnode_line: a line is exactly one cache line", "[detail]") {
  CHECK(sizeof(quoit::detail::narrow_line) == 64);
  CHECK(alignof(quoit::detail::narrow_line) == 64);
  CHECK(sizeof(quoit::detail::wide_line) == 64);
  CHECK(alignof(quoit::detail::wide_line) == 64);
  const auto many = std::make_unique_for_overwrite<quoit::detail::narrow_line[]>(3);
  CHECK(reinterpret_cast<std::uintptr_t>(many.get()) % 64 == 0);
}

TEST_CASE("vnode_line: QUOIT_NO_SIMD disables SIMD", "[detail]") {
#if defined(QUOIT_NO_SIMD)
#if defined(QUOIT_DETAIL_SSE2) || defined(QUOIT_DETAIL_NEON)
  FAIL("SIMD is used despite QUOIT_NO_SIMD");
#endif
  SUCCEED();
#elif defined(__x86_64__) || defined(_M_X64)
#if !defined(QUOIT_DETAIL_SSE2)
  FAIL("every x86-64 has SSE2");
#endif
  SUCCEED();
#elif defined(__aarch64__)
#if !defined(QUOIT_DETAIL_NEON)
  FAIL("every AArch64 has NEON");
#endif
  SUCCEED();
#else
  SUCCEED("a target without SIMD");
#endif
}
