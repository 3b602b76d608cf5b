// SPDX-License-Identifier: MIT
// A program with quoit in one header, and with an xxHash of its own use: included before quoit here, after it in
// other.cpp. A program must be able to ask for more of xxHash than quoit does, in any order.
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "quoit.hpp"

#include <cstdio>
#include <string>

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key);
XXH64_hash_t hash_elsewhere(const std::string& text, XXH64_hash_t seed);
XXH64_hash_t hash_inlined(const std::string& text, XXH64_hash_t seed);

int main() {
  quoit::ring<std::string> ring;
  for (int node = 0; node < 10; ++node) ring.add("node-" + std::to_string(node));
  for (int key = 0; key < 1000; ++key) {
    const std::string text = "key-" + std::to_string(key);
    XXH64_state_t state;  // complete only with XXH_STATIC_LINKING_ONLY
    XXH64_reset(&state, 7);
    XXH64_update(&state, text.data(), text.size());
    if (ring.owner(text) != owner_elsewhere(ring, text)) return 1;
    if (quoit::xxh64{}(text, 7) != XXH64_digest(&state)) return 2;
    if (quoit::xxh64{}(text, 7) != hash_inlined(text, 7)) return 4;
    if (quoit::xxh3{}(text, 7) != hash_elsewhere(text, 7)) return 3;
  }
  std::puts("quoit " QUOIT_VERSION_STRING);
}
