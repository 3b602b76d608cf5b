// SPDX-License-Identifier: MIT
// Redis has no integer keys. The digits of a number are another key than its eight bytes.
// expect: quoit: this slot policy hashes the text of a key
#include <string>

#include <quoit/ring.hpp>

using redis_ring = quoit::ring<std::string, quoit::xxh3, quoit::redis_slots>;
const std::string* find(const redis_ring& ring) {
#if defined(QUOIT_EXPECT_ERROR)
  return ring.find(42);
}
#else
  return ring.find("42");
}
#endif
