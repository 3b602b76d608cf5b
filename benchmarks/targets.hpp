// SPDX-License-Identifier: MIT
// What the ring and the planner have to reach, and whether they do.
#pragma once

#include "measurements.hpp"

namespace bench {

// One line a target: wanted, measured, pass or miss. What was not measured is said to be so at the end. Prints nothing
// if nothing of it was measured.
void print_targets(const measurements& all);

}  // namespace bench
