// SPDX-License-Identifier: MIT
// A minimal program that needs every part of a package of quoit, and compiles fast: its headers, C++20, xxHash's
// header, and the linking of xxHash.
#include <quoit/version.hpp>
#include <quoit/xxhash.hpp>

#include <cstdio>

#if defined(WANT_CPLUSPLUS) && defined(_MSVC_LANG)
static_assert(_MSVC_LANG >= WANT_CPLUSPLUS);
#elif defined(WANT_CPLUSPLUS)
static_assert(__cplusplus >= WANT_CPLUSPLUS);
#endif

int main() {
  std::printf("quoit %s\n", QUOIT_VERSION_STRING);
  return quoit::xxh3{}("user:42", 0) == 0x9fc1e605fa7174aa ? 0 : 1;
}
