// SPDX-License-Identifier: MIT
// User-defined slot policies: with only the required members, with slots of different size, and incorrect ones.
#pragma once

#include <cstdint>
#include <string>

#include <quoit/share.hpp>

namespace test {

/// Has only the members that the concept requires, without hashes_below(). 512 slots.
struct high_bits {
  std::string name() const { return "test-high-bits"; }
  std::uint64_t count() const { return 512; }
  std::uint64_t slot(std::uint64_t hash) const noexcept { return hash >> 55; }
};

/// Four slots of different width: half of the circle, a quarter, an eighth, an eighth.
struct uneven {
  std::string name() const { return "test-uneven"; }
  std::uint64_t count() const { return 4; }
  std::uint64_t slot(std::uint64_t hash) const noexcept {
    return hash >> 63 == 0 ? 0U : hash >> 62 == 2 ? 1U : hash >> 61 == 6 ? 2U : 3U;
  }
  quoit::share hashes_below(std::uint64_t slot) const noexcept {
    const std::uint64_t eighths = slot == 0 ? 0U : slot == 1 ? 4U : slot == 2 ? 6U : 7U;
    return slot >= 4 ? quoit::share::whole() : quoit::share(eighths << 61);
  }
};

/// Incorrect: slot() is not less than count().
struct overflowing {
  std::string name() const { return "test-overflowing"; }
  std::uint64_t count() const { return 8; }
  std::uint64_t slot(std::uint64_t) const noexcept { return 8; }
};

/// Incorrect: it has no slots.
struct no_slots {
  std::string name() const { return "test-no-slots"; }
  std::uint64_t count() const { return 0; }
  std::uint64_t slot(std::uint64_t) const noexcept { return 0; }
};

}  // namespace test
