// SPDX-License-Identifier: MIT
// Two translation units with the whole library, linked into one program. Nothing may be defined twice, and both must
// give the same owners. The other unit is odr_b.cpp.
#include <quoit/quoit.hpp>

#include <string>

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key);

int main() {
  quoit::ring<std::string> ring;
  for (int node = 0; node < 10; ++node) ring.add("node-" + std::to_string(node));
  for (int key = 0; key < 1000; ++key) {
    const std::string text = "key-" + std::to_string(key);
    if (ring.owner(text) != owner_elsewhere(ring, text)) return 1;
  }
  return 0;
}
