// SPDX-License-Identifier: MIT
// detail::leader_shares: fair shares of the slots to lead, against an oracle that tries all sets of nodes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/leader_shares.hpp>

#include "catch2.hpp"
#include "support/plan/leader_oracle.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::none;
using list = std::vector<std::uint32_t>;

std::string shares_of(list choices, std::uint32_t width, const std::vector<std::uint64_t>& weights) {
  const quoit::detail::leader_shares shares(choices, width, weights);
  std::string text;
  for (std::uint32_t n = 0; n < weights.size(); ++n) {
    text += (n == 0 ? "" : " ") + std::to_string(shares[n].floor);
    if (shares[n].ceil != shares[n].floor) text += '-' + std::to_string(shares[n].ceil);
  }
  return text;
}

}  // namespace

TEST_CASE("leader_shares: shares computed by hand", "[plan]") {
  // Three slots that all may lead.
  CHECK(shares_of({0, 1, 2, 2, 0, 1, 1, 2, 0}, 3, {1, 1, 1}) == "1 1 1");
  CHECK(shares_of({0, 1, 0, 1, 1, 0}, 2, {1, 1}) == "1-2 1-2");
  CHECK(shares_of({0, 1, 0, 1, 1, 0}, 2, {1, 2}) == "1 2");
  // Node 2 may lead one slot only, however much it weighs.
  CHECK(shares_of({0, 1, 0, 1, 1, 2}, 2, {1, 1, 1000}) == "1 1 1");
  CHECK(shares_of({0, 1, 0, 1, 0, 1, 1, 2}, 2, {2, 1, 1000}) == "2 1 1");
  // Nobody may lead slot 1, and node 2 no slot at all.
  CHECK(shares_of({0, none, none, none, 1, 0}, 2, {1, 1, 1}) == "1 1 0");
  CHECK(shares_of({}, 1, {1, 1}) == "0 0");
  CHECK(shares_of({0, 0, 0}, 1, {7}) == "3");
  // A weight so small that its share is no slot, and not none.
  CHECK(shares_of({0, 1, 0, 1}, 2, {1, (std::uint64_t{1} << 63) - 2}) == "0-1 1-2");
  CHECK(shares_of({0, 1}, 2, {std::uint64_t{1} << 62, std::uint64_t{1} << 62}) == "0-1 0-1");
}

TEST_CASE("leader_shares: floor and ceil of the oracle's shares", "[plan][oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (std::uint64_t round = 0; round < test::random_cases(100, 1000); ++round) {
    INFO("round " << round);
    const std::size_t nodes = 1 + random.index(7), slots = random.index(30);
    const auto width = static_cast<std::uint32_t>(1 + random.index(std::min<std::size_t>(nodes, 4)));
    std::vector<std::uint64_t> weights(nodes);
    const std::size_t kind = random.index(4);
    for (std::uint64_t& weight : weights) {
      weight = kind == 0   ? 1
               : kind == 1 ? 1 + random.below(5)
               : kind == 2 ? std::uint64_t{1} << random.below(60)
                           : 1 + random.below(1'000'000'000'000);
    }
    list choices, order(nodes);
    test::oracle_table table(slots);
    for (std::size_t p = 0; p < slots; ++p) {
      for (std::uint32_t n = 0; n < nodes; ++n) order[n] = n;
      random.shuffle(order);
      for (std::uint32_t i = 0; i < width; ++i) {
        choices.push_back(random.chance(4) ? none : order[i]);
        if (choices.back() != none) table[p].push_back(order[i]);
      }
    }
    const auto oracle = test::fair_leaders(table, weights);
    const quoit::detail::leader_shares shares(choices, width, weights);
    for (std::uint32_t n = 0; n < nodes; ++n) {
      INFO("node " << n);
      REQUIRE(shares[n].floor == oracle.shares[n].floor());
      REQUIRE(shares[n].ceil == oracle.shares[n].ceil());
    }
    // A node of the lowest level among those of a slot may always lead it.
    for (std::size_t p = 0; p < slots; ++p) {
      for (const std::size_t n : table[p]) {
        const bool lowest = std::none_of(table[p].begin(), table[p].end(),
                                         [&](std::size_t other) { return oracle.order[other] < oracle.order[n]; });
        const auto row = choices.begin() + static_cast<std::ptrdiff_t>(p * width);
        if (lowest) REQUIRE(std::find(row, row + width, n) != row + width);
      }
    }
  }
}
