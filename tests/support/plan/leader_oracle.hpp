// SPDX-License-Identifier: MIT
// An oracle for the leaders of slots: fair shares by trying all sets of nodes, the fewest changes by a dense flow.
//
//   the nodes that may lead each slot ─▶ max-min-fair shares ─▶ floor … ceil ─▶ fewest changes
//
// A set X of nodes can lead at most f(X) slots: those that have a copy in X. f is submodular, and the max-min-fair
// shares are the lexicographically optimal base of f (Fujishige, Lexicographically optimal base of a polymatroid with
// respect to a weight vector, 1980). They follow from their definition: of all sets of nodes, the largest one whose
// slots are the fewest per weight gets just these slots, by weight. Then the same for the remaining nodes and slots.
//
// The fair shares are a flow from slots to nodes, so their floor … ceil admits a flow in whole numbers.
//
// Rejected: any algorithm that does not enumerate all sets. They are few for the nodes of a test.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"

namespace test {

struct leader_shares {
  std::vector<fraction> shares;    ///< by node: how many slots it leads
  std::vector<std::size_t> order;  ///< by node: nodes of a lower level, share / weight, have a lower number
};

namespace detail {

// slots / weight, for slots below 2^32 and a weight above 0.
struct leader_level {
  std::uint64_t slots = 0, weight = 1;
  friend std::strong_ordering operator<=>(const leader_level& a, const leader_level& b) {
    return a.times(b.weight) <=> b.times(a.weight);
  }

 private:
  // The product in two parts. A natural would be slow for all sets.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> times(std::uint64_t other) const {
    const std::uint64_t low = slots * (other & 0xffff'ffff), high = slots * (other >> 32) + (low >> 32);
    return {high, low & 0xffff'ffff};
  }
};

}  // namespace detail

/// The max-min-fair numbers of slots that the nodes lead. `choices`: by slot, the nodes that may lead it; a slot
/// without such nodes counts for none. The weights of these nodes must be above 0. At most 16 nodes, and weights whose
/// sum is below 2^64.
inline leader_shares fair_leaders(const oracle_table& choices, const std::vector<std::uint64_t>& weights) {
  const std::size_t nodes = weights.size(), sets = std::size_t{1} << nodes;
  // By set of nodes: the slots that only these nodes may lead, and the sum of the weights.
  std::vector<std::uint64_t> only(sets, 0), weight(sets, 0);
  for (const std::vector<std::size_t>& list : choices) {
    std::size_t set = 0;
    for (const std::size_t n : list) set |= std::size_t{1} << n;
    if (set != 0) ++only[set];
  }
  for (std::size_t n = 0; n < nodes; ++n) {
    const std::size_t bit = std::size_t{1} << n;
    for (std::size_t set = 0; set < sets; ++set) {
      if ((set & bit) == 0) continue;
      only[set] += only[set ^ bit];
      weight[set] += weights[n];
    }
  }
  leader_shares result{std::vector<fraction>(nodes), std::vector<std::size_t>(nodes, 0)};
  std::size_t rest = 0;
  for (std::size_t n = 0; n < nodes; ++n) rest |= weights[n] == 0 ? 0 : std::size_t{1} << n;
  for (std::size_t round = 0; rest != 0; ++round) {
    const auto level_of = [&](std::size_t set) {
      return detail::leader_level{only[rest] - only[rest ^ set], weight[set]};
    };
    std::size_t tightest = rest;
    detail::leader_level lowest = level_of(rest);
    for (std::size_t set = (rest - 1) & rest; set != 0; set = (set - 1) & rest) {
      const auto than_lowest = level_of(set) <=> lowest;
      if (than_lowest > 0) continue;
      tightest = than_lowest == 0 ? tightest | set : set;  // the union of two tightest sets is one
      lowest = level_of(tightest);
    }
    for (std::size_t n = 0; n < nodes; ++n) {
      if ((tightest >> n & 1U) == 0) continue;
      result.shares[n] = fraction(natural(lowest.slots) * weights[n], lowest.weight);
      result.order[n] = round;
    }
    rest ^= tightest;
  }
  return result;
}

/// The fewest slots whose leader changes, if node n leads limits[n] slots and every slot is led by one of its choices;
/// nothing if that is impossible. A slot without choices does not count. `before`: by slot the leader, or a number that
/// is no node.
inline std::optional<std::uint64_t> fewest_changes(const oracle_table& choices, const std::vector<std::size_t>& before,
                                                   const std::vector<oracle_limits>& limits) {
  const std::size_t nodes = limits.size(), all = nodes, first = nodes + 1;
  circulation network(first + choices.size());
  for (std::size_t n = 0; n < nodes; ++n) network.add(n, all, limits[n].least, limits[n].most, 0);
  for (std::size_t p = 0; p < choices.size(); ++p) {
    if (choices[p].empty()) continue;
    network.add(all, first + p, 1, 1, 0);
    for (const std::size_t n : choices[p]) network.add(first + p, n, 0, 1, before[p] == n ? 0 : 1);
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

}  // namespace test
