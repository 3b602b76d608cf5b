// SPDX-License-Identifier: MIT
// A placement without ranges has no arcs to be compared exactly.
// expect: quoit: this placement is not made of ranges of positions, so it has no arcs.*quoit::diff\(before, after,
// keys\)
#include <quoit/ring.hpp>

#include "../support/highest_random_weight.hpp"

void use(const test::highest_random_weight& before, const test::highest_random_weight& after) {
#if defined(QUOIT_EXPECT_ERROR)
  (void)quoit::diff(before, after);
#endif
  (void)quoit::diff(before, after, {"key"});
}
