// SPDX-License-Identifier: MIT
// The targets of the ring and the planner, and whether they are met.
#pragma once

#include "measurements.hpp"

namespace bench {

// Prints one line for each target: wanted, measured, pass or miss. The end names the targets that were not measured.
// Prints nothing if no target was measured.
void print_targets(const measurements& all);

}  // namespace bench
