// SPDX-License-Identifier: MIT
// The smallest program that needs all parts of a package of quoit: its headers, C++20, xxHash's header, and the link to
// xxHash. It compiles fast.
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
