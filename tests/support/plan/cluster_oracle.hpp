// SPDX-License-Identifier: MIT
// The oracle for clusters with locked nodes and pinned copies: which copies stay, what the other nodes are entitled to,
// and the fewest moves.
//
//   locked nodes, pins ─▶ copies that stay ─┬─▶ entitlements of the others ─▶ least slack ─▶ fewest moves
//                                           └─▶ spread of each slot, as far as these copies leave it open
//
//   a locked node       keeps its copies and receives none; its share is what it holds, and the others share the rest
//   a slot that keeps   holds at most the largest number that the spread allows in each domain, or what it keeps there;
//   some copies         and at least the smallest number, unless it has too few open copies for all of those
//   a node that keeps   has these, and the others share the rest by weight
//   more than its share
//   slack               the largest distance of a load from its entitlement. It is as small as the copies that stay
//                       allow. Without slack the moves are the fewest of all tables; with slack, of all tables with
//                       the same loads, and what the report says about them is checked
//
// Each is a circulation, as in oracle.hpp: with an arc for every slot × node.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"

namespace test {

/// A copy of a slot.
struct cluster_copy {
  std::size_t slot = 0, node = 0;
};

/// A problem with locks, pins and leaders. `base.old` has the copies that are neither missing nor lost.
struct cluster_problem {
  oracle_problem base;
  std::vector<bool> locked;                                 ///< by node
  std::vector<bool> pinned;                                 ///< by slot
  std::vector<cluster_copy> pinned_copies;                  ///< distinct, of `base.old`
  std::vector<std::optional<std::uint64_t>> leader_weight;  ///< by node; nothing: the weight of the node
  bool balance_primaries = true;

  [[nodiscard]] bool locks() const { return std::find(locked.begin(), locked.end(), true) != locked.end(); }
  [[nodiscard]] bool pins_slots() const { return std::find(pinned.begin(), pinned.end(), true) != pinned.end(); }
  [[nodiscard]] bool pins_only_slots() const {
    return !locks() && std::all_of(pinned_copies.begin(), pinned_copies.end(),
                                   [this](const cluster_copy& copy) { return pinned[copy.slot]; });
  }
  [[nodiscard]] bool pins() const { return !pinned_copies.empty() || pins_slots(); }
  /// Whether any node has a leader weight of its own.
  [[nodiscard]] bool leads() const {
    return std::any_of(leader_weight.begin(), leader_weight.end(), [](const auto& weight) { return weight; });
  }
  [[nodiscard]] std::uint64_t leads_with(std::size_t n) const { return leader_weight[n].value_or(base.weights[n]); }
};

/// What a table for such a problem must keep.
struct cluster_rules {
  oracle_entitlements entitled;                       ///< of locked nodes: what they hold
  oracle_table kept;                                  ///< by slot: the copies that stay
  std::vector<std::uint64_t> pins;                    ///< by node: its copies that stay
  std::vector<bool> receives;                         ///< by node: whether it may get a copy that it did not have
  std::vector<oracle_limits> load;                    ///< by node, beside nodes that keep more than their entitlement
  std::vector<std::vector<oracle_limits>> in_domain;  ///< by slot and domain
  bool possible = true;                               ///< every slot has room for all its copies
};

// ---- What stays.

inline oracle_table kept_copies(const cluster_problem& problem) {
  oracle_table kept(problem.base.slots);
  for (std::size_t slot = 0; slot < kept.size(); ++slot) {
    for (const std::size_t n : problem.base.old[slot]) {
      const bool named = std::any_of(problem.pinned_copies.begin(), problem.pinned_copies.end(),
                                     [&](const cluster_copy& copy) { return copy.slot == slot && copy.node == n; });
      if (problem.pinned[slot] || problem.locked[n] || named) kept[slot].push_back(n);
    }
  }
  return kept;
}

namespace detail {

inline std::uint64_t copies_in(const std::vector<std::size_t>& nodes, const oracle_domain& domain) {
  return static_cast<std::uint64_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](std::size_t n) { return holds(domain.nodes, n); }));
}

/// Shares under the caps of `entitled`, if some nodes have just the copies of `kept` that are theirs. The others share
/// the rest: a domain takes from every slot what its cap leaves beside these copies, and by weight as always.
inline std::vector<fraction> shares_beside(const oracle_problem& problem, const oracle_entitlements& entitled,
                                           const std::vector<bool>& fixed, oracle_table kept) {
  oracle_problem others = problem;
  for (std::size_t n = 0; n < problem.nodes(); ++n) others.weights[n] = fixed[n] ? 0 : problem.weights[n];
  for (auto& nodes : kept) std::erase_if(nodes, [&](std::size_t n) { return !fixed[n]; });
  auto groups = groups_of(others, entitled.domains, entitled.caps);
  for (std::size_t d = 0; d < entitled.domains.size(); ++d) {
    std::uint64_t room = 0;
    for (const auto& nodes : kept) {
      const std::uint64_t here = copies_in(nodes, entitled.domains[d]);
      room += entitled.caps[d] - std::min(entitled.caps[d], here);
    }
    groups[d].most = fraction(room, problem.slots);
  }
  std::vector<fraction> shares = fair_shares(others.weights, groups);
  for (const auto& nodes : kept) {
    for (const std::size_t n : nodes) shares[n] += fraction(1, problem.slots);
  }
  return shares;
}

inline std::vector<oracle_limits> loads_of(const oracle_problem& problem, const std::vector<fraction>& shares) {
  std::vector<oracle_limits> loads;
  for (const fraction& share : shares) {
    const fraction load = fraction(problem.slots) * share;
    loads.push_back({load.floor(), load.ceil()});
  }
  return loads;
}

/// What the nodes are entitled to. A locked node has what it holds.
inline oracle_entitlements entitlements_with_locks(const cluster_problem& problem, const oracle_table& kept) {
  oracle_entitlements result = entitlements_of(problem.base).value();
  if (!problem.locks()) return result;
  result.shares = shares_beside(problem.base, result, problem.locked, kept);
  result.load = loads_of(problem.base, result.shares);
  for (std::size_t d = 0; d < result.domains.size(); ++d) {
    const fraction share = sum_of(result.shares, result.domains[d].nodes);
    result.in_domain[d] = {std::min(share.floor(), result.caps[d]), std::min(share.ceil(), result.caps[d])};
  }
  return result;
}

/// The loads if nodes that keep more copies than they are entitled to have just these, and the others share the rest.
inline std::vector<oracle_limits> loads_with_pins(const cluster_problem& problem, const cluster_rules& rules) {
  std::vector<oracle_limits> loads = rules.entitled.load;
  std::vector<bool> fixed = problem.locked;
  for (;;) {
    bool more = false;
    for (std::size_t n = 0; n < loads.size(); ++n) {
      if (fixed[n] || rules.pins[n] <= loads[n].most) continue;
      fixed[n] = more = true;
    }
    if (!more) return loads;
    loads = loads_of(problem.base, shares_beside(problem.base, rules.entitled, fixed, rules.kept));
  }
}

/// The same loads as version 0.1 shares them: in proportion to the entitlements, which are rounded already. Plans in
/// which only whole slots are pinned still do, because golden files fix them.
inline std::vector<oracle_limits> scaled_loads(const cluster_problem& problem, const cluster_rules& rules) {
  const std::vector<oracle_limits>& entitled = rules.entitled.load;
  std::vector<oracle_limits> loads = entitled;
  std::vector<bool> fixed(loads.size(), false);
  for (bool more = true; more;) {
    more = false;
    std::uint64_t rest = problem.base.slots * problem.base.replicas, due = 0;
    for (std::size_t n = 0; n < loads.size(); ++n) {
      if (!fixed[n] && rules.pins[n] > loads[n].most) fixed[n] = more = true;
      if (fixed[n]) rest -= rules.pins[n];
      else due += entitled[n].most;
    }
    for (std::size_t n = 0; more && n < loads.size(); ++n) {
      if (fixed[n]) loads[n] = {rules.pins[n], rules.pins[n]};
      else if (due > 0) loads[n] = {entitled[n].least * rest / due, (entitled[n].most * rest + due - 1) / due};
    }
  }
  return loads;
}

/// Whether a slot alone can keep its limits. If not `loose`, nodes with a share of 1 are in it.
inline bool slot_is_possible(const cluster_problem& problem, const cluster_rules& rules, std::size_t slot, bool loose) {
  const auto& domains = rules.entitled.domains;
  const std::size_t all = domains.size();
  circulation network(all + 1);
  network.add(all, 0, problem.base.replicas, problem.base.replicas, 0);
  for (std::size_t d = 0; d < domains.size(); ++d) {
    const oracle_limits limits = rules.in_domain[slot][d];
    if (d != 0) network.add(domains[d].parent, d, limits.least, limits.most, 0);
    for (const std::size_t n : domains[d].direct) {
      const bool kept = holds(rules.kept[slot], n);
      if (!kept && !rules.receives[n]) continue;
      const bool always = !loose && rules.receives[n] && rules.entitled.shares[n] == fraction(1);
      network.add(d, all, always || kept ? 1 : 0, 1, 0);
    }
  }
  return network.solve().has_value();
}

/// The limits of a slot: those that every slot has, without the least if it has too few open copies, and with the caps
/// instead of the most if it has too little room. Returns whether it has room with the caps.
inline bool limit_slot(const cluster_problem& problem, cluster_rules& rules, std::size_t slot) {
  const oracle_entitlements& entitled = rules.entitled;
  for (const bool wide : {false, true}) {
    for (const bool loose : {false, true}) {
      for (std::size_t d = 0; d < entitled.domains.size(); ++d) {
        const oracle_limits limits = entitled.in_domain[d];
        const std::uint64_t here = copies_in(rules.kept[slot], entitled.domains[d]);
        rules.in_domain[slot][d] = {loose ? 0 : limits.least, std::max(wide ? entitled.caps[d] : limits.most, here)};
      }
      if (slot_is_possible(problem, rules, slot, loose)) return true;
    }
  }
  return false;
}

}  // namespace detail

/// The rules of a problem with enough active nodes.
inline cluster_rules rules_of(const cluster_problem& problem) {
  cluster_rules rules;
  rules.kept = kept_copies(problem);
  rules.entitled = detail::entitlements_with_locks(problem, rules.kept);
  rules.pins.assign(problem.base.nodes(), 0);
  for (const auto& nodes : rules.kept) {
    for (const std::size_t n : nodes) ++rules.pins[n];
  }
  for (std::size_t n = 0; n < problem.base.nodes(); ++n)
    rules.receives.push_back(!problem.locked[n] && rules.entitled.shares[n] > fraction(0));
  rules.load = detail::loads_with_pins(problem, rules);
  rules.in_domain.assign(problem.base.slots, rules.entitled.in_domain);
  if (!problem.locks() && !problem.pins()) return rules;
  std::vector<std::size_t> seen;  // slots that keep other copies
  for (std::size_t slot = 0; slot < problem.base.slots && rules.possible; ++slot) {
    const auto same = std::find_if(seen.begin(), seen.end(),
                                   [&](std::size_t other) { return rules.kept[other] == rules.kept[slot]; });
    if (same != seen.end()) {
      rules.in_domain[slot] = rules.in_domain[*same];
      continue;
    }
    seen.push_back(slot);
    rules.possible = detail::limit_slot(problem, rules, slot);
  }
  return rules;
}

/// Whether no slot keeps more copies than it may have.
inline bool can_be_kept(const cluster_problem& problem, const cluster_rules& rules) {
  return std::all_of(rules.kept.begin(), rules.kept.end(),
                     [&](const auto& nodes) { return nodes.size() <= problem.base.replicas; });
}

/// Whether every slot finds nodes for all its copies, whatever their domains.
inline bool has_enough_nodes(const cluster_problem& problem, const cluster_rules& rules) {
  return std::all_of(rules.kept.begin(), rules.kept.end(), [&](const auto& nodes) {
    std::size_t room = nodes.size();
    for (std::size_t n = 0; n < problem.base.nodes(); ++n) {
      room += problem.base.weights[n] != 0 && !problem.locked[n] && !holds(nodes, n) ? 1U : 0U;
    }
    return room >= problem.base.replicas;
  });
}

/// These limits of the loads, extended by `slack`. A locked node has exactly what it holds.
inline std::vector<oracle_limits> extended(const cluster_problem& problem, const cluster_rules& rules,
                                           std::vector<oracle_limits> loads, std::uint64_t slack) {
  for (std::size_t n = 0; n < loads.size(); ++n) {
    if (problem.locked[n]) continue;
    loads[n].least -= std::min(loads[n].least, slack);
    loads[n].most += slack;
    // A node that is entitled to nothing only keeps what it must.
    if (!rules.receives[n]) loads[n].most = std::min(loads[n].most, rules.pins[n]);
  }
  return loads;
}

// ---- The fewest moves.

/// A table with the fewest moves and such loads; nothing if there is no table.
inline std::optional<oracle_answer> cheapest_table(const cluster_problem& problem, const cluster_rules& rules,
                                                   const std::vector<oracle_limits>& loads) {
  const std::vector<oracle_domain>& domains = rules.entitled.domains;
  const oracle_problem& base = problem.base;
  const std::size_t all_copies = base.nodes();
  const auto vertex = [&](std::size_t slot, std::size_t d) { return all_copies + 1 + slot * domains.size() + d; };
  circulation network(vertex(base.slots, 0));
  struct choice {
    std::size_t slot, node, arc;
  };
  std::vector<choice> choices;
  for (std::size_t n = 0; n < base.nodes(); ++n) network.add(n, all_copies, loads[n].least, loads[n].most, 0);
  for (std::size_t slot = 0; slot < base.slots; ++slot) {
    network.add(all_copies, vertex(slot, 0), base.replicas, base.replicas, 0);
    for (std::size_t d = 0; d < domains.size(); ++d) {
      const oracle_limits limits = rules.in_domain[slot][d];
      if (d != 0) network.add(vertex(slot, domains[d].parent), vertex(slot, d), limits.least, limits.most, 0);
      for (const std::size_t n : domains[d].direct) {
        const bool kept = holds(rules.kept[slot], n);
        if (!kept && !rules.receives[n]) continue;
        const std::int64_t cost = holds(base.old[slot], n) ? 0 : 1;
        choices.push_back({slot, n, network.add(vertex(slot, d), n, kept ? 1 : 0, 1, cost)});
      }
    }
  }
  const auto cost = network.solve();
  if (!cost) return std::nullopt;
  oracle_answer answer{static_cast<std::uint64_t>(*cost), oracle_table(base.slots)};
  for (const choice& made : choices) {
    if (network.flow(made.arc) != 0) answer.table[made.slot].push_back(made.node);
  }
  return answer;
}

/// The least slack for which there is a table, and the fewest moves with it. The problem must be possible.
struct cluster_answer {
  std::uint64_t slack = 0;
  oracle_answer best;
};

inline cluster_answer best_table(const cluster_problem& problem, const cluster_rules& rules,
                                 const std::vector<oracle_limits>& loads) {
  for (std::uint64_t slack = 0;; ++slack) {
    auto best = cheapest_table(problem, rules, extended(problem, rules, loads, slack));
    if (best) return {slack, std::move(*best)};
  }
}

// ---- Checks.

/// The largest distance of a load from its limits.
inline std::uint64_t distance_of(const std::vector<oracle_limits>& right, const std::vector<std::uint64_t>& loads) {
  std::uint64_t off = 0;
  for (std::size_t n = 0; n < loads.size(); ++n) {
    const oracle_limits limits = right[n];
    off = std::max({off, limits.least - std::min(limits.least, loads[n]), loads[n] - std::min(loads[n], limits.most)});
  }
  return off;
}

/// The first rule of a single slot that a table breaks, or an empty text.
inline std::string broken_slot(const cluster_problem& problem, const cluster_rules& rules, const oracle_table& table) {
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    const std::string at = "slot " + std::to_string(slot) + ": ";
    const auto& nodes = table[slot];
    if (nodes.size() != problem.base.replicas) return at + std::to_string(nodes.size()) + " copies";
    for (const std::size_t n : nodes) {
      const std::string on = at + "node " + std::to_string(n);
      if (std::count(nodes.begin(), nodes.end(), n) != 1) return on + " twice";
      if (!holds(rules.kept[slot], n) && problem.base.weights[n] == 0) return on + " has weight 0";
      if (!holds(rules.kept[slot], n) && problem.locked[n]) return on + " is locked";
    }
    for (const std::size_t n : rules.kept[slot]) {
      if (!holds(nodes, n)) return at + "the copy on node " + std::to_string(n) + " must stay";
    }
    for (std::size_t d = 0; rules.possible && d < rules.entitled.domains.size(); ++d) {
      const oracle_limits limits = rules.in_domain[slot][d];
      const std::uint64_t here = detail::copies_in(nodes, rules.entitled.domains[d]);
      if (limits.hold(here)) continue;
      return at + std::to_string(here) + " copies in domain '" + rules.entitled.domains[d].path + "', not " +
             std::to_string(limits.least) + " to " + std::to_string(limits.most);
    }
  }
  return "";
}

}  // namespace test
