// SPDX-License-Identifier: MIT
// The balance of the default placement, with fixed seeds and a stated significance.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/statistics.hpp"

TEST_CASE("balance: the keys per node match the exact shares", "[balance]") {
  // Chi-square of counted keys against the exact shares of the arcs. It measures only how uniform the hash is.
  quoit::ring<> ring;
  for (int i = 0; i < 32; ++i) ring.add("node-" + std::to_string(i), {.weight = 1 + i % 3});
  std::vector<std::string> keys;
  for (int i = 0; i < 100000; ++i) keys.push_back("user:" + std::to_string(i));
  const auto exact = quoit::balance_of(ring), counted = quoit::balance_of(ring, keys);
  double sum = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double expected = exact.loads()[i].load.fraction() * 100000;
    const double difference = static_cast<double>(counted.loads()[i].keys) - expected;
    sum += difference * difference / expected;
  }
  CHECK(sum < test::chi_square_limit(31));
}

TEST_CASE("balance: the spread of loads shrinks with the square root of the vnodes", "[balance]") {
  // With n equal nodes and v vnodes each, the coefficient of variation of a node's load is about 1 / sqrt(v). Over 200
  // nodes, its own relative deviation is about 1 / sqrt(2 * 200) = 5 %. A quarter is five of those.
  for (const std::int64_t vnodes : {std::int64_t{16}, std::int64_t{64}, std::int64_t{256}, quoit::default_vnodes}) {
    quoit::ring<> ring({.vnodes = vnodes});
    std::vector<std::string> nodes;
    for (int i = 0; i < 200; ++i) nodes.push_back("node-" + std::to_string(i));
    ring.assign(nodes);
    const double expected = 1 / std::sqrt(static_cast<double>(vnodes));
    INFO(vnodes << " vnodes");
    CHECK(quoit::balance_of(ring).coefficient_of_variation() > 0.75 * expected);
    CHECK(quoit::balance_of(ring).coefficient_of_variation() < 1.25 * expected);
  }
}

TEST_CASE("balance: weights are loads", "[balance]") {
  // With 512 vnodes per unit of weight, the load of weight w has the relative deviation 1 / sqrt(512 w), below 4.5 %.
  // The bound is six deviations.
  quoit::ring<> ring;
  for (int i = 0; i < 20; ++i) ring.add("node-" + std::to_string(i), {.weight = 1 + i % 5});
  const auto balance = quoit::balance_of(ring);
  CHECK(balance.max_over_mean() < 1 + 6 / std::sqrt(512.0));
  CHECK(balance.min_over_mean() > 1 - 6 / std::sqrt(512.0));
}
