// SPDX-License-Identifier: MIT
// P7: M = 0 as a template argument.
// expect: quoit: modulo_circle<0>: a circle needs at least one position
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<0, 1> policy;
#else
quoit::modulo_circle<1, 1> policy;
#endif
