// SPDX-License-Identifier: MIT
// M at run time with a fixed Q would be a policy that nobody can construct.
// expect: quoit: modulo_circle: M and Q must both be template arguments or both be run-time values
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<quoit::dynamic_slots, 5> policy(7, 5);
#else
quoit::modulo_circle<quoit::dynamic_slots, quoit::dynamic_slots> policy(7, 5);
#endif
