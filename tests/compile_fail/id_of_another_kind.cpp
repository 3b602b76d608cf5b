// SPDX-License-Identifier: MIT
// An integer where the ids of nodes are strings.
// expect: quoit: an integer does not name a node here, because the ids of these nodes are strings
#include <quoit/ring.hpp>

void f(quoit::ring<>& ring) {
#ifdef QUOIT_EXPECT_ERROR
  ring.remove(5);
#else
  ring.remove("5");
#endif
}
