// SPDX-License-Identifier: MIT
// Numbers instead of options: the error names the type that says how to write them.
// expect: named_options
#include <quoit/ring.hpp>

#ifdef QUOIT_EXPECT_ERROR
const quoit::ring<int> ring(quoit::ring_options{5, 7});
#else
const quoit::ring<int> ring(quoit::ring_options{.vnodes = 5, .seed = 7});
#endif
