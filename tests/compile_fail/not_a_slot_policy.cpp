// SPDX-License-Identifier: MIT
// A type whose slot() is not noexcept is not a slot policy.
// expect: quoit: this is not a slot policy\. Write
#include <string>

#include <quoit/ring.hpp>

struct my_slots {
  std::string name() const { return "mine"; }
  std::uint64_t count() const { return 16; }
#if defined(QUOIT_EXPECT_ERROR)
  std::uint64_t slot(std::uint64_t hash) const { return hash >> 60; }
#else
  std::uint64_t slot(std::uint64_t hash) const noexcept { return hash >> 60; }
#endif
};

quoit::ring<std::string, quoit::xxh3, my_slots> ring;
