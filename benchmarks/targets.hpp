// SPDX-License-Identifier: MIT
// The performance targets of the ring and the planner, compared with measurements.
#pragma once

#include "measurements.hpp"

namespace bench {

// Prints one line for each target: wanted, measured, pass or miss. Targets that were not measured are listed at the
// end. Prints nothing if no target was measured.
void print_targets(const measurements& all);

}  // namespace bench
