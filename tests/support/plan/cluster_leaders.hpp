// SPDX-License-Identifier: MIT
// The oracle for leaders of clusters: which nodes may lead each slot, as leaders or substitutes, and whether a table
// has the right ones. leader_oracle.hpp has the shares and the fewest changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/plan/cluster_oracle.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/leader_oracle.hpp"
#include "support/plan/oracle.hpp"

namespace test {

/// Slots that are led by one choice, and what is right for it.
struct leader_rules {
  oracle_table candidates;         ///< by slot; nothing: the slot is not of this choice
  std::vector<oracle_limits> led;  ///< by node: slots
  bool pinned_anyhow = false;      ///< pinned leaders may exceed these limits
  std::vector<std::size_t> order;  ///< by node: as in leader_shares; the same without weights
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
  const auto share_out = [&](leader_rules& rules, const std::vector<std::uint64_t>& weights) {
    leader_shares fair = fair_leaders(rules.candidates, weights);
    for (const fraction& share : fair.shares) rules.led.push_back({share.floor(), share.ceil()});
    rules.order = std::move(fair.order);
  };
  if (problem.leads()) {
    share_out(choices.leaders, leader_weights);
    share_out(choices.substitutes, problem.base.weights);
    return choices;
  }
  for (const std::uint64_t load : loads) {
    const fraction led(load, problem.base.replicas);
    choices.leaders.led.push_back({led.floor(), led.ceil()});
  }
  choices.leaders.pinned_anyhow = problem.pins_slots();
  choices.leaders.order.resize(nodes);
  choices.substitutes.led.resize(nodes);
  choices.substitutes.order.resize(nodes);
  return choices;
}

/// The candidates of every slot part by part: those whose share per weight is the lowest. Then every part leads just
/// the slots of its nodes' shares, which may change more leaders.
inline oracle_table in_parts(const leader_rules& rules) {
  oracle_table leaders = rules.candidates;
  for (auto& candidates : leaders) {
    const std::vector<std::size_t> all = candidates;
    std::erase_if(candidates, [&](std::size_t n) {
      return std::any_of(all.begin(), all.end(), [&](std::size_t m) { return rules.order[m] < rules.order[n]; });
    });
  }
  return leaders;
}

/// What is wrong with one choice, or an empty text. The first node of a slot leads it.
inline std::string wrong_choice(const leader_rules& rules, const std::vector<std::size_t>& before,
                                const oracle_table& table) {
  std::vector<std::uint64_t> led(rules.led.size(), 0);
  std::uint64_t changes = 0;
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    const auto& candidates = rules.candidates[slot];
    const std::size_t leader = table[slot].front();
    if (candidates.empty()) continue;
    if (!holds(candidates, leader))
      return "slot " + std::to_string(slot) + ": node " + std::to_string(leader) + " must not lead it";
    ++led[leader];
    changes += before[slot] == leader ? 0U : 1U;
  }
  // Nothing if pins leave no balance.
  const auto fewest = fewest_changes(rules.candidates, before, rules.led);
  if (!fewest) return rules.pinned_anyhow ? "" : "no leaders keep their shares, which refutes the theory";
  for (std::size_t n = 0; n < led.size(); ++n) {
    if (rules.led[n].hold(led[n])) continue;
    return "node " + std::to_string(n) + " leads " + std::to_string(led[n]) + " slots, not " +
           std::to_string(rules.led[n].least) + " to " + std::to_string(rules.led[n].most);
  }
  if (changes == *fewest || changes == fewest_changes(in_parts(rules), before, rules.led)) return "";
  return std::to_string(changes) + " leaders changed instead of " + std::to_string(*fewest);
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
