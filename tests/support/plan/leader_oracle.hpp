// SPDX-License-Identifier: MIT
// The oracle for leaders: how many slots every node must lead, if the nodes of every slot are given.
//
//   nodes of every slot ─▶ those that may lead ─▶ max-min-fair shares ─▶ floor … ceil ─▶ fewest changes
//
// A set X of nodes can lead at most f(X) slots: those that have a copy in X. f is submodular, and the max-min-fair
// shares are the lexicographically optimal base of f (Fujishige, Lexicographically optimal base of a polymatroid with
// respect to a weight vector, 1980). They follow from their definition: of all sets of nodes, the largest one whose
// slots are the fewest per weight gets just these slots, by weight. Then the same for the remaining nodes and slots.
//
// The fair shares are a flow from slots to nodes, so their floor … ceil admits a flow in whole numbers.
//
// Rejected: any algorithm that does not enumerate all sets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/plan/circulation.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"

namespace test {

/// The max-min-fair numbers of slots that the nodes lead. `may_lead` has the nodes that may lead each slot; a slot
/// without such nodes counts for none. At most 16 nodes, and weights whose sum is below 2^56.
inline std::vector<fraction> leader_shares(const std::vector<std::uint64_t>& weights, const oracle_table& may_lead) {
  const std::size_t nodes = weights.size(), sets = std::size_t{1} << nodes;
  // By set of nodes: the slots that only these nodes may lead, and the sum of the weights.
  std::vector<std::uint64_t> only(sets, 0), weight(sets, 0);
  for (const auto& list : may_lead) {
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
  std::vector<fraction> shares(nodes);
  std::size_t rest = 0;
  for (std::size_t n = 0; n < nodes; ++n) rest |= weights[n] == 0 ? 0 : std::size_t{1} << n;
  while (rest != 0) {
    std::size_t tightest = rest;
    std::uint64_t slots = only[rest];
    for (std::size_t set = (rest - 1) & rest; set != 0; set = (set - 1) & rest) {
      const std::uint64_t here = only[rest] - only[rest ^ set];
      if (here * weight[tightest] > slots * weight[set]) continue;
      const bool same = here * weight[tightest] == slots * weight[set];
      tightest = same ? tightest | set : set;  // the union of two tightest sets is one
      slots = only[rest] - only[rest ^ tightest];
    }
    for (std::size_t n = 0; n < nodes; ++n) {
      if ((tightest >> n & 1U) != 0) shares[n] = fraction(natural(slots) * weights[n], weight[tightest]);
    }
    rest ^= tightest;
  }
  return shares;
}

/// What is right for the leaders of a table.
struct leader_rules {
  oracle_table may_lead;             ///< by slot
  std::vector<oracle_limits> led;    ///< by node: slots, without those that no node may lead
  std::uint64_t without_leader = 0;  ///< slots that no node may lead
};

/// `table` has the nodes of every slot. If no node has a leader weight of its own, a node leads its copies / R.
inline leader_rules leader_rules_of(const cluster_problem& problem, const oracle_table& table) {
  const std::size_t nodes = problem.base.nodes();
  leader_rules rules;
  rules.may_lead = table;
  if (!problem.leads()) {
    for (std::size_t n = 0; n < nodes; ++n) {
      std::uint64_t load = 0;
      for (const auto& list : table) load += holds(list, n) ? 1U : 0U;
      const fraction share(load, problem.base.replicas);
      rules.led.push_back({share.floor(), share.ceil()});
    }
    return rules;
  }
  std::vector<std::uint64_t> weights;
  for (std::size_t n = 0; n < nodes; ++n) weights.push_back(problem.leads_with(n));
  for (auto& list : rules.may_lead) {
    std::erase_if(list, [&](std::size_t n) { return weights[n] == 0; });
    rules.without_leader += list.empty() ? 1U : 0U;
  }
  for (const fraction& share : leader_shares(weights, rules.may_lead))
    rules.led.push_back({share.floor(), share.ceil()});
  return rules;
}

/// Whether a slot gives up a leader that could have stayed. `before` is the old leader.
inline bool gives_up(const std::vector<std::size_t>& may_lead, std::size_t before, std::size_t now) {
  return before != now && holds(may_lead, before);
}

/// The fewest leaders that are given up; nothing if there is no choice, which would refute the theory. `before` has the
/// old leader of every slot. The leader of a slot in `stays` must not change.
inline std::optional<std::uint64_t> fewest_given_up(const leader_rules& rules, const std::vector<std::size_t>& before,
                                                    const std::vector<bool>& stays) {
  const std::size_t nodes = rules.led.size(), all = nodes + rules.may_lead.size();
  circulation network(all + 1);
  for (std::size_t n = 0; n < nodes; ++n) network.add(n, all, rules.led[n].least, rules.led[n].most, 0);
  for (std::size_t slot = 0; slot < rules.may_lead.size(); ++slot) {
    const auto& list = rules.may_lead[slot];
    if (list.empty()) continue;
    network.add(all, nodes + slot, 1, 1, 0);
    for (const std::size_t n : list) {
      const bool given_up = gives_up(list, before[slot], n);
      if (given_up && stays[slot]) continue;
      network.add(nodes + slot, n, 0, 1, given_up ? 1 : 0);
    }
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

/// What is wrong with the leaders of a table, or an empty text. The first node of a slot leads it.
inline std::string wrong_leaders(const cluster_problem& problem, const std::vector<std::size_t>& before,
                                 const oracle_table& table) {
  const leader_rules rules = leader_rules_of(problem, table);
  std::vector<std::uint64_t> led(problem.base.nodes(), 0);
  std::uint64_t given_up = 0;
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    const std::string at = "slot " + std::to_string(slot) + ": ";
    const std::size_t leader = table[slot].front();
    const auto& list = rules.may_lead[slot];
    if (problem.pinned[slot] && holds(table[slot], before[slot]) && leader != before[slot])
      return at + "is pinned, and changes its leader";
    if (list.empty()) {
      if (gives_up(table[slot], before[slot], leader)) return at + "no node may lead it, and its substitute changes";
      continue;
    }
    if (!holds(list, leader)) return at + "node " + std::to_string(leader) + " never leads";
    ++led[leader];
    given_up += gives_up(list, before[slot], leader) ? 1U : 0U;
  }
  const auto fewest = fewest_given_up(rules, before, problem.pinned);
  if (!fewest) return "";  // pins leave no balance: the leaders that stay were checked
  for (std::size_t n = 0; n < led.size(); ++n) {
    if (rules.led[n].hold(led[n])) continue;
    return "node " + std::to_string(n) + " leads " + std::to_string(led[n]) + " slots, not " +
           std::to_string(rules.led[n].least) + " to " + std::to_string(rules.led[n].most);
  }
  if (given_up == *fewest) return "";
  return std::to_string(given_up) + " leaders given up instead of " + std::to_string(*fewest);
}

}  // namespace test
