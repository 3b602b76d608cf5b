// SPDX-License-Identifier: MIT
// P3: a floating-point number is not a key.
// expect: quoit: this type is not a key\. Pass a string
#include <string>

#include <quoit/ring.hpp>

const std::string* find(const quoit::ring<>& ring) {
#if defined(QUOIT_EXPECT_ERROR)
  return ring.find(1.5);
}
#else
  return ring.find(15);
}
#endif
