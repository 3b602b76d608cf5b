// SPDX-License-Identifier: MIT
// The map moves ranges of positions when nodes change.
// expect: quoit: kv_map needs a placement made of ranges of positions
#include <quoit/kv_map.hpp>

#include "../support/highest_random_weight.hpp"

void use(quoit::ring<> ring, test::highest_random_weight other) {
  quoit::kv_map<int> map(ring);
#if defined(QUOIT_EXPECT_ERROR)
  quoit::kv_map<int, test::highest_random_weight> refused(other);
#endif
  (void)map.size(), (void)other;
}
