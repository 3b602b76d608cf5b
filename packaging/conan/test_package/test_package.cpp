// SPDX-License-Identifier: MIT
// The smallest program that needs all parts of the package: its headers, xxHash's header, and the link to xxHash.
#include <quoit/ring.hpp>
#include <quoit/version.hpp>

#include <cstdio>
#include <string>

#if defined(WANT_INLINED) != defined(XXH_INLINE_ALL)
#error "the targets quoit::quoit and quoit::inline_xxhash are mixed up"
#endif

int main() {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b");
  const std::string& owner = ring.owner("user:42");
  std::printf("quoit %s: user:42 -> %s\n", QUOIT_VERSION_STRING, owner.c_str());
  return owner == "cache-a" ? 0 : 1;
}
