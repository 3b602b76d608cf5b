// SPDX-License-Identifier: MIT
// All of xxHash. Its header contains the code.
#define XXH_STATIC_LINKING_ONLY
#define XXH_IMPLEMENTATION
#include <xxhash.h>
