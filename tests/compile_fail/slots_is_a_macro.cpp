// SPDX-License-Identifier: MIT
// Where Qt's keywords are macros, quoit says what to do instead of breaking a hundred lines further down.
// expect: slots is a macro here, probably from Qt
#if defined(QUOIT_EXPECT_ERROR)
#define slots
#endif
#include <quoit/ring.hpp>

int main() { return quoit::ring<>().empty() ? 0 : 1; }
