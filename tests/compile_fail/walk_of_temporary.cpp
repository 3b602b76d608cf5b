// SPDX-License-Identifier: MIT
// The nodes of a walk belong to the ring, so the ring must not be a temporary.
// expect: keep the ring in a variable first
#include <string>

#include <quoit/ring.hpp>

quoit::ring<> make_ring();

std::size_t test() {
  std::size_t bytes = 0;
#if defined(QUOIT_EXPECT_ERROR)
  for (const std::string& node : make_ring().walk("key")) bytes += node.size();
#else
  const quoit::ring<> ring = make_ring();
  for (const std::string& node : ring.walk("key")) bytes += node.size();
#endif
  return bytes;
}
