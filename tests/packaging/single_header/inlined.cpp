// SPDX-License-Identifier: MIT
// A third source file of the program, which inlines its own calls of xxHash. That is allowed after quoit, although the
// rest of the program links xxHash. Before quoit, XXH_INLINE_ALL must be defined in the whole program or nowhere.
#include "quoit.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>

XXH64_hash_t hash_inlined(const std::string& text, XXH64_hash_t seed) { return XXH64(text.data(), text.size(), seed); }
