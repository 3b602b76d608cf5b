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

/// Slots that are led by one choice, and what is right for it.
struct leader_rules {
  oracle_table candidates;         ///< by slot; nothing: the slot is not of this choice
  std::vector<oracle_limits> led;  ///< by node: slots
  bool pinned_anyhow = false;      ///< pinned leaders may exceed these limits
  std::vector<fraction> level;     ///< by node: its share, divided by its weight; 0 without weights
};

/// The slots that a node with a leader weight above 0 may lead, and the others, which a substitute leads.
struct leader_choices {
  leader_rules leaders, substitutes;
};

/// `table` has the nodes of every slot, and `before` its old leader. The leader of a pinned slot stays.
///
/// Leaders are shared by leader weight, and substitutes by weight. If no node has a leader weight of its own, a node
/// leads its copies / R.
inline leader_choices leader_choices_of(const cluster_problem& problem, const std::vector<std::size_t>& before,
                                        const oracle_table& table) {
  const std::size_t nodes = problem.base.nodes();
  leader_choices choices;
  choices.leaders.candidates = table;
  choices.substitutes.candidates.resize(table.size());
  std::vector<std::uint64_t> leader_weights, loads(nodes, 0);
  for (std::size_t n = 0; n < nodes; ++n) leader_weights.push_back(problem.leads_with(n));
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    auto& candidates = choices.leaders.candidates[slot];
    for (const std::size_t n : table[slot]) ++loads[n];
    if (problem.pinned[slot] && holds(candidates, before[slot])) candidates = {before[slot]};
    if (!problem.leads()) continue;
    std::vector<std::size_t> others = candidates;
    std::erase_if(candidates, [&](std::size_t n) { return leader_weights[n] == 0; });
    // Drained nodes, which pins keep, have no share.
    std::erase_if(others, [&](std::size_t n) { return problem.base.weights[n] == 0; });
    if (candidates.empty()) choices.substitutes.candidates[slot] = others;
  }
  const auto share = [&](leader_rules& rules, const std::vector<std::uint64_t>& weights) {
    const std::vector<fraction> shares = leader_shares(weights, rules.candidates);
    for (std::size_t n = 0; n < nodes; ++n) {
      rules.led.push_back({shares[n].floor(), shares[n].ceil()});
      rules.level.push_back(weights[n] == 0 ? fraction() : shares[n] / fraction(weights[n]));
    }
  };
  if (problem.leads()) {
    share(choices.leaders, leader_weights);
    share(choices.substitutes, problem.base.weights);
    return choices;
  }
  for (const std::uint64_t load : loads) {
    const fraction led(load, problem.base.replicas);
    choices.leaders.led.push_back({led.floor(), led.ceil()});
  }
  choices.leaders.pinned_anyhow = problem.pins_slots();
  choices.leaders.level.resize(nodes);
  choices.substitutes.led.resize(nodes);
  choices.substitutes.level.resize(nodes);
  return choices;
}

/// Whether a slot gives up a leader that could have stayed.
inline bool gives_up(const std::vector<std::size_t>& candidates, std::size_t before, std::size_t now) {
  return before != now && holds(candidates, before);
}

/// The fewest leaders that are given up; nothing if there is no choice. That is so only if pins leave no balance.
/// `leaders` has the nodes that may be chosen, all or some of the candidates of each slot.
inline std::optional<std::uint64_t> fewest_given_up(const leader_rules& rules, const oracle_table& leaders,
                                                    const std::vector<std::size_t>& before) {
  const std::size_t nodes = rules.led.size(), all = nodes + rules.candidates.size();
  circulation network(all + 1);
  for (std::size_t n = 0; n < nodes; ++n) network.add(n, all, rules.led[n].least, rules.led[n].most, 0);
  for (std::size_t slot = 0; slot < rules.candidates.size(); ++slot) {
    const auto& candidates = rules.candidates[slot];
    if (candidates.empty()) continue;
    network.add(all, nodes + slot, 1, 1, 0);
    for (const std::size_t n : leaders[slot])
      network.add(nodes + slot, n, 0, 1, gives_up(candidates, before[slot], n) ? 1 : 0);
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

/// The candidates of every slot part by part: those whose share per weight is the lowest. Then every part leads just the
/// slots of its nodes' shares, which may give up more leaders.
inline oracle_table in_parts(const leader_rules& rules) {
  oracle_table leaders = rules.candidates;
  for (auto& candidates : leaders) {
    const std::vector<std::size_t> all = candidates;
    std::erase_if(candidates, [&](std::size_t n) {
      return std::any_of(all.begin(), all.end(), [&](std::size_t m) { return rules.level[m] < rules.level[n]; });
    });
  }
  return leaders;
}

/// What is wrong with one choice, or an empty text. The first node of a slot leads it.
inline std::string wrong_choice(const leader_rules& rules, const std::vector<std::size_t>& before,
                                const oracle_table& table) {
  std::vector<std::uint64_t> led(rules.led.size(), 0);
  std::uint64_t given_up = 0;
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    const auto& candidates = rules.candidates[slot];
    const std::size_t leader = table[slot].front();
    if (candidates.empty()) continue;
    if (!holds(candidates, leader))
      return "slot " + std::to_string(slot) + ": node " + std::to_string(leader) + " must not lead it";
    ++led[leader];
    given_up += gives_up(candidates, before[slot], leader) ? 1U : 0U;
  }
  const auto fewest = fewest_given_up(rules, rules.candidates, before);
  if (!fewest) return rules.pinned_anyhow ? "" : "no leaders keep their shares, which refutes the theory";
  for (std::size_t n = 0; n < led.size(); ++n) {
    if (rules.led[n].hold(led[n])) continue;
    return "node " + std::to_string(n) + " leads " + std::to_string(led[n]) + " slots, not " +
           std::to_string(rules.led[n].least) + " to " + std::to_string(rules.led[n].most);
  }
  if (given_up == *fewest || given_up == fewest_given_up(rules, in_parts(rules), before)) return "";
  return std::to_string(given_up) + " leaders given up instead of " + std::to_string(*fewest);
}

/// What is wrong with the leaders of a table, or an empty text.
inline std::string wrong_leaders(const cluster_problem& problem, const std::vector<std::size_t>& before,
                                 const oracle_table& table) {
  const leader_choices choices = leader_choices_of(problem, before, table);
  if (std::string wrong = wrong_choice(choices.leaders, before, table); !wrong.empty()) return wrong;
  std::string wrong = wrong_choice(choices.substitutes, before, table);
  return wrong.empty() ? wrong : "substitute: " + wrong;
}

/// By node: the slots that it leads although its leader weight is 0. All 0 if no leader weight is set.
inline std::vector<std::uint64_t> substitutes_in(const cluster_problem& problem, const oracle_table& table) {
  std::vector<std::uint64_t> slots(problem.base.nodes(), 0);
  for (const auto& list : table)
    slots[list.front()] += problem.leads() && problem.leads_with(list.front()) == 0 ? 1U : 0U;
  return slots;
}

}  // namespace test
