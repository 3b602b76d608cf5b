// SPDX-License-Identifier: MIT
// The owner of a key is a node of the ring, so the ring must not be a temporary.
// expect: keep the ring in a variable first
#include <string>

#include <quoit/ring.hpp>

quoit::ring<> make();

std::string test() {
#if defined(QUOIT_EXPECT_ERROR)
  return make().owner("key");
#else
  const quoit::ring<> ring = make();
  return ring.owner("key");
#endif
}
