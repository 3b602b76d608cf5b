// SPDX-License-Identifier: MIT
// A third source file of the program: its author wants the calls of his own inlined. After quoit he may, although all else
// in the program links xxHash; before it, XXH_INLINE_ALL is for the whole program or for none of it.
#include "quoit.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>

XXH64_hash_t hash_inlined(const std::string& text, XXH64_hash_t seed) { return XXH64(text.data(), text.size(), seed); }
