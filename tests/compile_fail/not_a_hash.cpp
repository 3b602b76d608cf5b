// SPDX-License-Identifier: MIT
// P3: a hash must have 64 bits, not 32.
// expect: quoit: this type cannot hash\. Write
#include <string>

#include <quoit/ring.hpp>

struct my_hash {
  static constexpr std::string_view stable_name = "mine/1";
#if defined(QUOIT_EXPECT_ERROR)
  std::uint32_t operator()(std::string_view bytes, std::uint64_t) const noexcept { return quoit::crc32_ieee(bytes); }
#else
  std::uint64_t operator()(std::string_view bytes, std::uint64_t) const noexcept { return quoit::crc32_ieee(bytes); }
#endif
};

quoit::ring<std::string, my_hash> ring;
