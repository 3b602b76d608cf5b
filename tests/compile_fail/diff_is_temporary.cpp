// SPDX-License-Identifier: MIT
// The sums of a diff refer to its nodes, so it must not be a temporary.
// expect: keep the diff in a variable first
#include <cstddef>

#include <quoit/diff.hpp>
#include <quoit/ring.hpp>

std::size_t test(const quoit::ring<>& before, const quoit::ring<>& after) {
  std::size_t ranges = 0;
#if defined(QUOIT_EXPECT_ERROR)
  for (const auto& sum : quoit::diff(before, after).transfers()) ranges += sum.ranges;
#else
  const auto diff = quoit::diff(before, after);
  for (const auto& sum : diff.transfers()) ranges += sum.ranges;
#endif
  return ranges;
}
