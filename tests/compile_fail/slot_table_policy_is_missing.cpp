// SPDX-License-Identifier: MIT
// A policy that is not default-constructible must be passed.
// expect: (could not convert|no matching|no viable|constraints not satisfied|use of deleted)
#include <quoit/slot_table.hpp>

using table = quoit::slot_table<std::string, quoit::xxh3, quoit::modulo_circle<>>;

#if defined(QUOIT_EXPECT_ERROR)
table make() { return table({{"a"}}, {0, 0}, {.replicas = 1}); }
#else
table make() { return table({{"a"}}, {0, 0}, {.replicas = 1}, 1, {}, quoit::modulo_circle<>(9, 2)); }
#endif
