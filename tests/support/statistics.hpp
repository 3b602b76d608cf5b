// SPDX-License-Identifier: MIT
// Pearson's chi-square test with a known significance.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace test {

/// The sum of (observed - expected)^2 / expected for equally likely cells.
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

/// The value that chi-square with this number of degrees of freedom exceeds with a probability of 1 in 1,000,000
/// (Wilson and Hilferty, 1931). The suite has fewer than 100 such tests, so a false alarm has a probability below 1 in
/// 10,000. All seeds are fixed, so a false alarm would occur in every run.
inline double chi_square_limit(std::size_t degrees) {
  const double z = 4.753424, d = static_cast<double>(degrees), t = 2.0 / (9.0 * d);
  return d * std::pow(1.0 - t + z * std::sqrt(t), 3);
}

}  // namespace test
