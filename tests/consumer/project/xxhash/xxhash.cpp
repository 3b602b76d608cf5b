// SPDX-License-Identifier: MIT
// All of xxHash, which is in its header.
#define XXH_STATIC_LINKING_ONLY
#define XXH_IMPLEMENTATION
#include <xxhash.h>
