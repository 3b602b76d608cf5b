// SPDX-License-Identifier: MIT
// P3: a hash must have a name that declares it stable.
// expect: quoit: this hash does not say that its output is stable\.
#include <string>

#include <quoit/ring.hpp>

struct my_hash {
#if !defined(QUOIT_EXPECT_ERROR)
  static constexpr std::string_view stable_name = "mine/1";
#endif
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::fnv1a{}(bytes, seed);
  }
};

quoit::ring<std::string, my_hash> ring;
