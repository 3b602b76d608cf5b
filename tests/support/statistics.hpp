// SPDX-License-Identifier: MIT
// Pearson's chi-square test with a stated significance.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace test {

/// Sum of (observed - expected)^2 / expected for equally likely cells.
inline double chi_square(const std::vector<std::uint64_t>& cells) {
  double total = 0, sum = 0;
  for (const std::uint64_t cell : cells) total += static_cast<double>(cell);
  const double expected = total / static_cast<double>(cells.size());
  for (const std::uint64_t cell : cells) {
    const double difference = static_cast<double>(cell) - expected;
    sum += difference * difference / expected;
  }
  return sum;
}

/// The value that chi-square with this many degrees of freedom exceeds by chance once in 1,000,000 (Wilson and Hilferty, 1931).
/// With fewer than 100 such tests in the suite, a false alarm has a chance below 1 in 10,000; as every seed is fixed, it
/// would show at once and never come and go.
inline double chi_square_limit(std::size_t degrees) {
  const double z = 4.753424, d = static_cast<double>(degrees), t = 2.0 / (9.0 * d);
  return d * std::pow(1.0 - t + z * std::sqrt(t), 3);
}

}  // namespace test
