// SPDX-License-Identifier: MIT
// P7: Q = 0 as a template argument.
// expect: quoit: slots<0>: a circle needs at least one slot
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::slots<0> policy;
#else
quoit::slots<1> policy;
#endif
