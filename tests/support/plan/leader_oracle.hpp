// SPDX-License-Identifier: MIT
// An oracle for the leaders of a table: fair shares by trying all sets of nodes, the fewest changes by a dense flow.
//
//   fair shares   of all sets of nodes that are left, the largest with the lowest  slots that it holds / weight  stops
//                 rising there; then the rest, without its slots
//
// Rejected: anything that is clever. 2^nodes sets are few for the nodes of a test.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"

namespace test {

struct leader_shares_of {
  std::vector<fraction> shares;    ///< by node: how many slots it leads
  std::vector<std::size_t> order;  ///< by node: nodes of a lower level have a lower number
};

/// `choices`: by slot, the nodes that may lead it. The weights of these nodes must be above 0.
inline leader_shares_of fair_leaders(const oracle_table& choices, const std::vector<std::uint64_t>& weights) {
  const std::size_t all = (std::size_t{1} << weights.size()) - 1;
  std::vector<std::size_t> holders;
  for (const std::vector<std::size_t>& nodes : choices) {
    holders.push_back(0);
    for (const std::size_t n : nodes) holders.back() |= std::size_t{1} << n;
  }
  leader_shares_of result{std::vector<fraction>(weights.size()), std::vector<std::size_t>(weights.size(), 0)};
  std::size_t done = 0;
  for (std::size_t n = 0; n < weights.size(); ++n) {
    if (weights[n] == 0) done |= std::size_t{1} << n;
  }
  for (std::size_t round = 0; done != all; ++round) {
    std::optional<fraction> lowest;
    std::size_t best = 0;
    for (std::size_t set = 1; set <= all; ++set) {
      if ((set & done) != 0) continue;
      const auto slots = static_cast<std::uint64_t>(std::count_if(
          holders.begin(), holders.end(), [&](std::size_t h) { return (h & set) != 0 && (h & done) == 0; }));
      natural weight;
      for (std::size_t n = 0; n < weights.size(); ++n) weight = weight + ((set >> n & 1U) != 0 ? weights[n] : 0);
      const fraction level = fraction(slots) / fraction(weight, 1);
      if (lowest && *lowest < level) continue;
      // Sets of the lowest level are closed under union, so the largest has all of them.
      best = lowest && *lowest == level ? best | set : set;
      lowest = level;
    }
    for (std::size_t n = 0; n < weights.size(); ++n) {
      if ((best >> n & 1U) == 0) continue;
      result.shares[n] = *lowest * fraction(weights[n]);
      result.order[n] = round;
    }
    done |= best;
  }
  return result;
}

/// The fewest slots whose leader changes, if node n leads limits[n] slots and every slot is led by one of its choices;
/// nothing if that is impossible. `before`: by slot the leader, or a number that is no node.
inline std::optional<std::uint64_t> fewest_changes(const oracle_table& choices, const std::vector<std::size_t>& before,
                                                   const std::vector<oracle_limits>& limits) {
  const std::size_t nodes = limits.size(), all = nodes, first = nodes + 1;
  circulation network(first + choices.size());
  for (std::size_t n = 0; n < nodes; ++n) network.add(n, all, limits[n].least, limits[n].most, 0);
  for (std::size_t p = 0; p < choices.size(); ++p) {
    network.add(all, first + p, 1, 1, 0);
    for (const std::size_t n : choices[p]) network.add(first + p, n, 0, 1, before[p] == n ? 0 : 1);
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

}  // namespace test
