// SPDX-License-Identifier: MIT
// All of xxHash, compiled from its header.
#define XXH_STATIC_LINKING_ONLY
#define XXH_IMPLEMENTATION
#include <xxhash.h>
