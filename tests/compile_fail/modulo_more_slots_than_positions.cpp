// SPDX-License-Identifier: MIT
// P7: Q above M as template arguments.
// expect: quoit: modulo_circle: more slots than positions
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<5, 6> policy;
#else
quoit::modulo_circle<5, 5> policy;
#endif
