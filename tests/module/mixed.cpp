// SPDX-License-Identifier: MIT
// Includes a header of quoit, then imports quoit. Both give the same classes.
#include <quoit/ring.hpp>

#include <string>

#include "check.hpp"

import quoit;

std::string owner_by_include(const std::string& key) {
  static const quoit::ring<std::string> ring = [] {
    quoit::ring<std::string> made;
    made.assign({{"cache-a"}, {"cache-b", 2, "eu/zone-1"}, {"cache-c"}});
    return made;
  }();
  CHECK(quoit::balance_of(ring).size() == 3);  // from stats.hpp, which only the module provides
  return ring.owner(key);
}
