// SPDX-License-Identifier: MIT
// The moves of a key_diff refer to the key_diff, so it must not be a temporary.
// expect: keep the diff in a variable first
#include <string>
#include <vector>

#include <quoit/key_diff.hpp>
#include <quoit/ring.hpp>

bool test(const quoit::ring<>& before, const quoit::ring<>& after, const std::vector<std::string>& keys) {
#if defined(QUOIT_EXPECT_ERROR)
  quoit::diff(before, after, keys).moves();
  return true;
#else
  const auto diff = quoit::diff(before, after, keys);
  return diff.moves().empty();
#endif
}
