// SPDX-License-Identifier: MIT
// A policy with M at run time and a fixed Q could not be constructed.
// expect: quoit: modulo_circle takes M and Q both as template arguments or both at run time
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<quoit::dynamic_slots, 5> policy(7, 5);
#else
quoit::modulo_circle<quoit::dynamic_slots, quoit::dynamic_slots> policy(7, 5);
#endif
