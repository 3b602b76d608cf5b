// SPDX-License-Identifier: MIT
// A user's program: two translation units, and an output with the owner of a key.
#include <quoit/ring.hpp>
#include <quoit/version.hpp>

#include <cstdio>
#include <string>

std::string owner_of(const std::string& key);  // other.cpp

int main() {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b");
  const std::string here = ring.owner("user:42");
  const std::string there = owner_of("user:42");
  std::printf("quoit %s: user:42 -> %s\n", QUOIT_VERSION_STRING, here.c_str());
  return here == there && here == "cache-a" ? 0 : 1;
}
