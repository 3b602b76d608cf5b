// SPDX-License-Identifier: MIT
// The second translation unit of the program in before.cpp.
#include "quoit.hpp"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <cstdint>
#include <string>

#include "quoit.hpp"

#if defined(XXH_INLINE_ALL)
#error "quoit changes the program's macros of xxHash"
#endif

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key);
std::uint64_t xxh3_elsewhere(const std::string& text, std::uint64_t seed);
std::uint64_t xxh64_elsewhere(const std::string& text, std::uint64_t seed);

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key) { return ring.owner(key); }

std::uint64_t xxh3_elsewhere(const std::string& text, std::uint64_t seed) {
  XXH3_state_t state;  // complete only with XXH_STATIC_LINKING_ONLY
  XXH3_64bits_reset_withSeed(&state, seed);
  XXH3_64bits_update(&state, text.data(), text.size());
  return XXH3_64bits_digest(&state);
}

std::uint64_t xxh64_elsewhere(const std::string& text, std::uint64_t seed) {
  return XXH64(text.data(), text.size(), seed);
}
