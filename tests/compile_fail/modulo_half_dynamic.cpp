// SPDX-License-Identifier: MIT
// M at run time with a fixed Q would be a policy that nobody can construct.
// expect: quoit: modulo_circle takes M and Q both as template arguments or both at run time
#include <quoit/slots.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::modulo_circle<quoit::dynamic_slots, 5> policy(7, 5);
#else
quoit::modulo_circle<quoit::dynamic_slots, quoit::dynamic_slots> policy(7, 5);
#endif
