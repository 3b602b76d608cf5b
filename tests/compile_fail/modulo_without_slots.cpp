// SPDX-License-Identifier: MIT
// P7: Q = 0 as a template argument of the modulo circle.
// expect: quoit: modulo_circle: Q = 0; a circle needs at least one slot
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<5, 0> policy;
#else
quoit::modulo_circle<5, 1> policy;
#endif
