// SPDX-License-Identifier: MIT
// A value that counts how many values of its type are alive, in any thread, and detects a read after its destruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace test {

class live_value {
 public:
  inline static std::atomic<int> alive = 0;

  explicit live_value(std::uint64_t n = 0) noexcept : number(n) { ++alive; }
  live_value(const live_value& other) noexcept : number(other.number) { ++alive; }
  live_value& operator=(const live_value&) = default;
  ~live_value() {
    pattern_ = 0;
    --alive;
  }

  [[nodiscard]] bool intact() const noexcept { return pattern_ == pattern; }

  std::uint64_t number;

 private:
  static constexpr std::uint64_t pattern = 0x5ca1ab1e0ddba115U;
  std::uint64_t pattern_ = pattern;
};

}  // namespace test
