// SPDX-License-Identifier: MIT
// A policy with M at run time and a fixed Q could not be constructed.
// expect: quoit: modulo_circle: M and Q must both be template arguments or both be run-time values
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<quoit::dynamic_slots, 5> policy(7, 5);
#else
quoit::modulo_circle<quoit::dynamic_slots, quoit::dynamic_slots> policy(7, 5);
#endif
