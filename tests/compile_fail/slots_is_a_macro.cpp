// SPDX-License-Identifier: MIT
// If Qt's keywords are macros, the error says what to do, instead of a syntax error a hundred lines further down.
// expect: slots is a macro here, probably from Qt
#if defined(QUOIT_EXPECT_ERROR)
#define slots
#endif
#include <quoit/ring.hpp>

int main() { return quoit::ring<>().empty() ? 0 : 1; }
