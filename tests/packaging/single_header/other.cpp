// SPDX-License-Identifier: MIT
// The second translation unit of the program in main.cpp.
#include "quoit.hpp"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <string>

#include "quoit.hpp"

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key) { return ring.owner(key); }

XXH64_hash_t hash_elsewhere(const std::string& text, XXH64_hash_t seed) {
  XXH3_state_t state;
  XXH3_64bits_reset_withSeed(&state, seed);
  XXH3_64bits_update(&state, text.data(), text.size());
  return XXH3_64bits_digest(&state);
}
