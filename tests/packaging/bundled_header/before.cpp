// SPDX-License-Identifier: MIT
// A program with quoit and its bundled xxHash in one header, beside an installed xxHash of the program's own use. Here
// the program inlines its own, before quoit. In after.cpp it links it, and includes it after quoit.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "quoit.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#if !defined(XXH_INLINE_ALL)
#error "quoit changes the program's macros of xxHash"
#endif

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key);
std::uint64_t xxh3_elsewhere(const std::string& text, std::uint64_t seed);
std::uint64_t xxh64_elsewhere(const std::string& text, std::uint64_t seed);

int main() {
  // Of every length that xxHash treats in a way of its own.
  std::string text;
  for (std::size_t length = 0; length <= 2100; ++length) {
    const std::uint64_t seed = length % 3;
    if (quoit::xxh3{}(text, seed) != XXH3_64bits_withSeed(text.data(), length, seed)) return 1;
    if (quoit::xxh64{}(text, seed) != XXH64(text.data(), length, seed)) return 2;
    if (quoit::xxh3{}(text, seed) != xxh3_elsewhere(text, seed)) return 3;
    if (quoit::xxh64{}(text, seed) != xxh64_elsewhere(text, seed)) return 4;
    text.push_back(static_cast<char>('a' + length % 26));
  }

  quoit::ring<std::string> ring;
  for (int node = 0; node < 10; ++node) ring.add("node-" + std::to_string(node));
  for (int key = 0; key < 1000; ++key) {
    const std::string name = "key-" + std::to_string(key);
    if (ring.owner(name) != owner_elsewhere(ring, name)) return 5;
  }
  std::puts("quoit " QUOIT_VERSION_STRING);
}
