// SPDX-License-Identifier: MIT
// A temporary snapshot ends with the expression, and its version may end with it.
// expect: keep the snapshot in a variable first
#include <cstddef>

#include <quoit/published.hpp>
#include <quoit/ring.hpp>

std::size_t test(const quoit::published<quoit::ring<>>& rings) {
  std::size_t bytes = 0;
#if defined(QUOIT_EXPECT_ERROR)
  for (const auto& entry : rings.snapshot()->nodes()) bytes += entry.node.size();
#else
  const auto now = rings.snapshot();
  for (const auto& entry : now->nodes()) bytes += entry.node.size();
#endif
  return bytes;
}
