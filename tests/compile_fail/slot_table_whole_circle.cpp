// SPDX-License-Identifier: MIT
// P7: a table cannot have 2^64 slots.
// expect: quoit: a slot table needs a finite number of slots, and whole_circle has 2\^64
#include <quoit/slot_table.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::slot_table<std::string, quoit::xxh3, quoit::whole_circle> table;
#else
quoit::slot_table<std::string, quoit::xxh3, quoit::slots<16>> table;
#endif
