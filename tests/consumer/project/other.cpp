// SPDX-License-Identifier: MIT
// The second translation unit of the consumer, with the umbrella header.
#include <quoit/quoit.hpp>

#include <string>

std::string owner_of(const std::string& key) {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b");
  return ring.owner(key);
}
