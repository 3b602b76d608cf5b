// SPDX-License-Identifier: MIT
// P6: a hash that may throw would end the program in a noexcept lookup.
// expect: quoit: lookups are noexcept, so this hash must be too
#include <string>

#include <quoit/ring.hpp>

#if defined(QUOIT_EXPECT_ERROR)
#define MAYBE_NOEXCEPT
#else
#define MAYBE_NOEXCEPT noexcept
#endif

struct my_hash {
  static constexpr std::string_view stable_name = "mine/1";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const MAYBE_NOEXCEPT {
    return quoit::fnv1a{}(bytes, seed);
  }
};

quoit::ring<std::string, my_hash> ring;
