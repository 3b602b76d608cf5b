// SPDX-License-Identifier: MIT
// A bool as a key is a mistake, usually a converted pointer.
// expect: quoit: this type is not a key\.
#include <string>

#include <quoit/ring.hpp>

const std::string* find(const quoit::ring<>& ring) {
#if defined(QUOIT_EXPECT_ERROR)
  return ring.find(true);
}
#else
  return ring.find(1);
}
#endif
