// SPDX-License-Identifier: MIT
// P3: a hash with a stable name, but without a seed.
// expect: quoit: this hash takes no seed
#include <string>

#include <quoit/ring.hpp>

struct my_hash {
  static constexpr std::string_view stable_name = "mine/1";
#if defined(QUOIT_EXPECT_ERROR)
  std::uint64_t operator()(std::string_view bytes) const noexcept { return quoit::fnv1a{}(bytes, 0); }
#else
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::fnv1a{}(bytes, seed);
  }
#endif
};

quoit::ring<std::string, my_hash> ring;
