// SPDX-License-Identifier: MIT
// A value that counts how often values of its type are copied and moved. For one thread.
#pragma once

#include <cstddef>

namespace test {

struct counted_value {
  inline static std::size_t copies = 0;
  inline static std::size_t moves = 0;

  explicit counted_value(int n) noexcept : number(n) {}
  counted_value(const counted_value& other) noexcept : number(other.number) { ++copies; }
  counted_value(counted_value&& other) noexcept : number(other.number) { ++moves; }
  counted_value& operator=(const counted_value& other) noexcept { return number = other.number, ++copies, *this; }
  counted_value& operator=(counted_value&& other) noexcept { return number = other.number, ++moves, *this; }
  ~counted_value() = default;
  friend bool operator==(const counted_value&, const counted_value&) noexcept = default;

  int number = 0;
};

}  // namespace test
