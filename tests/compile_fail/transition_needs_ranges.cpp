// SPDX-License-Identifier: MIT
// A transition moves ranges of positions; a placement without them is frozen first.
// expect: quoit: this placement is not made of ranges of positions, so it has no arcs.*quoit::slot_table<>::adopt
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include "../support/highest_random_weight.hpp"

void use(const test::highest_random_weight& before, const test::highest_random_weight& after) {
#if defined(QUOIT_EXPECT_ERROR)
  (void)sizeof(quoit::transition<test::highest_random_weight>(before, after));
#endif
  quoit::adopt_report report;
  (void)quoit::transition<quoit::slot_table<>>(quoit::slot_table<>::adopt(before, report),
                                               quoit::slot_table<>::adopt(after, report));
}
