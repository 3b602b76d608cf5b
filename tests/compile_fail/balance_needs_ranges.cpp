// SPDX-License-Identifier: MIT
// A placement without ranges has no exact loads; keys can be counted.
// expect: quoit: this placement is not made of ranges of positions, so its loads.*quoit::balance_of\(placement, keys\)
#include <quoit/stats.hpp>

#include "../support/highest_random_weight.hpp"

#include <string>
#include <vector>

void use(const test::highest_random_weight& placement, const std::vector<std::string>& keys) {
#if defined(QUOIT_EXPECT_ERROR)
  (void)quoit::balance_of(placement);
#endif
  (void)quoit::balance_of(placement, keys);
}
