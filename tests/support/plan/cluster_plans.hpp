// SPDX-License-Identifier: MIT
// Problems of the cluster oracle as nodes, tables and options of the library, and checks of its plans.
//
//   problem ──▶ nodes, table before, options ──quoit::plan──▶ plan ──▶ copies, moves, leaders, report: what is wrong
//
// The copies and the leaders are checked first, with figures that are counted here, and the report last. So a planner
// that is wrong about copies is caught by the rule that it breaks, whatever its report says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "support/plan/checks.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/cluster_leaders.hpp"
#include "support/plan/oracle.hpp"

namespace test {

inline plan_nodes nodes_of(const cluster_problem& problem) {
  plan_nodes nodes = nodes_of(problem.base);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (problem.leader_weight[n]) nodes[n].leader_weight = static_cast<std::int64_t>(*problem.leader_weight[n]);
  }
  return nodes;
}

inline quoit::plan_options options_for(const cluster_problem& problem) {
  quoit::plan_options options = options_for(problem.base);
  options.balance_primaries = problem.balance_primaries;
  for (std::size_t n = 0; n < problem.locked.size(); ++n) {
    if (problem.locked[n]) options.locked.emplace_back(static_cast<std::int64_t>(n));
  }
  for (std::size_t slot = 0; slot < problem.pinned.size(); ++slot) {
    if (problem.pinned[slot]) options.pinned.push_back(slot);
  }
  for (const cluster_copy& copy : problem.pinned_copies)
    options.pinned_copies.push_back({copy.slot, static_cast<std::int64_t>(copy.node)});
  return options;
}

// ---- Checks. Each function returns the first thing that is wrong, or an empty text.

/// The fewest moves of all tables with the same loads. If no rule says how each slot is spread, the spread is the same,
/// too.
inline std::uint64_t fewest_like(const cluster_problem& problem, cluster_rules rules, const oracle_table& after) {
  std::vector<oracle_limits> same;
  for (const std::uint64_t load : loads_of(problem.base, after)) same.push_back({load, load});
  for (std::size_t slot = 0; !rules.possible && slot < after.size(); ++slot) {
    for (std::size_t d = 0; d < rules.entitled.domains.size(); ++d) {
      const std::uint64_t here = detail::copies_in(after[slot], rules.entitled.domains[d]);
      rules.in_domain[slot][d] = {here, here};
    }
    for (const std::size_t n : after[slot]) rules.receives[n] = true;
  }
  return cheapest_table(problem, rules, same).value().moves;
}

/// The copies, and whether any table with such loads has fewer moves.
inline std::string wrong_copies(const cluster_problem& problem, const cluster_rules& rules, const oracle_table& after,
                                const quoit::plan_report& report) {
  if (std::string wrong = broken_slot(problem, rules, after); !wrong.empty()) return wrong;
  const std::uint64_t moves = moves_of(problem.base.old, after);
  const auto too_many = [&](std::uint64_t fewer, const char* what) {
    return std::to_string(moves) + " moves instead of " + std::to_string(fewer) + what;
  };
  if (!rules.possible) {
    const std::uint64_t fewest = fewest_like(problem, rules, after);
    return moves == fewest ? "" : too_many(fewest, " with the same loads and spread");
  }
  const auto loads = loads_of(problem.base, after);
  const std::uint64_t off = distance_of(rules.entitled.load, loads);
  const std::uint64_t off_beside = distance_of(rules.load, loads);
  const cluster_answer beside = best_table(problem, rules, rules.load);
  if (off == 0 && moves != beside.best.moves) return too_many(beside.best.moves, "");
  if (off != 0) {
    const cluster_answer least = best_table(problem, rules, rules.entitled.load);
    const auto scaled = detail::scaled_loads(problem, rules);
    const bool is_scaled =
        problem.pins_only_slots() && distance_of(scaled, loads) == best_table(problem, rules, scaled).slack;
    if (off_beside != beside.slack && off != least.slack && !is_scaled) {
      return "loads are " + std::to_string(off_beside) + " copies off, and could be " + std::to_string(beside.slack) +
             " off";
    }
    // Loads may be off in several ways. Whichever a plan takes, its moves are the fewest for these loads.
    const std::uint64_t fewest = fewest_like(problem, rules, after);
    if (moves != fewest) return too_many(fewest, " with the same loads");
    // The figures of the report are for all tables whose loads are as far off.
    const std::uint64_t bound =
        cheapest_table(problem, rules, extended(problem, rules, rules.entitled.load, off)).value().moves;
    if (report.optimal && moves != bound) return too_many(bound, ", and the report says optimal");
    if (report.lower_bound > bound) return "lower_bound: a table has fewer moves";
  }
  if (report.slack != off) return "slack: " + std::to_string(report.slack) + " instead of " + std::to_string(off);
  if (report.lower_bound > moves) return "lower_bound above the moves";
  if (report.optimal && report.lower_bound != moves) return "optimal, but not the lower_bound";
  if (off == 0 && !report.optimal) return "not reported as optimal";
  return "";
}

/// A node that leads slots although its leader weight is 0.
struct substitute {
  std::int64_t node = 0;
  std::uint64_t slots = 0;
  friend bool operator==(const substitute&, const substitute&) = default;
};

/// By value, because the nodes of an edited plan are those of another table.
template <class Plan>
std::vector<substitute> substitutes_of(const Plan& plan) {
  std::vector<substitute> all;
  for (const auto& one : plan.substitute_leaders()) all.push_back({*one.node, one.slots});
  return all;
}

/// The figures of the report that wrong_report() does not know, and the list of substitutes.
template <class Plan>
std::string wrong_cluster_figures(const cluster_problem& problem, const plan_nodes& nodes, const Plan& plan,
                                  const oracle_table& before, const oracle_table& after) {
  const auto hole = [](const auto& list) {
    return std::all_of(list.begin(), list.end(), [](std::size_t n) { return n == missing_copy; });
  };
  const auto missing = static_cast<std::uint64_t>(std::count_if(before.begin(), before.end(), hole));
  if (plan.report().missing_slots != missing) return "missing_slots";
  std::uint64_t locked_sources = 0;
  for (std::size_t slot = 0; slot < after.size(); ++slot) {
    const auto sources = sources_of(before[slot], problem.locked);
    if (sources.empty() || !problem.locked[sources.front()]) continue;
    for (const std::size_t n : after[slot]) locked_sources += holds(before[slot], n) ? 0U : 1U;
  }
  if (plan.report().locked_sources != locked_sources) return "locked_sources";
  const std::vector<std::uint64_t> slots = substitutes_in(problem, after);
  if (plan.report().slots_without_leader != std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}))
    return "slots_without_leader";
  std::vector<substitute> expected;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (slots[n] != 0) expected.push_back({nodes[n].node, slots[n]});
  }
  return substitutes_of(plan) == expected ? "" : "substitute_leaders";
}

/// By slot: the copy that leads it as long as lost copies do not.
inline std::vector<std::size_t> leaders_before(const plan_table& table, const plan_nodes& nodes) {
  std::vector<std::size_t> leaders;
  for (const auto& list : cells_of(table, nodes)) leaders.push_back(primary_of(list));
  return leaders;
}

/// A plan for such a problem. It may be any type with the functions of a slot_plan.
template <class Plan>
std::string wrong_cluster_plan(const cluster_problem& problem, const cluster_rules& rules, const plan_nodes& nodes,
                               const Plan& plan) {
  const oracle_table before = cells_of(plan.before(), nodes), cells = cells_of(plan.after(), nodes);
  const oracle_table after = living(cells);
  if (after.size() != problem.base.slots) return "another size";
  if (std::string wrong = wrong_copies(problem, rules, after, plan.report()); !wrong.empty()) return wrong;
  if (problem.balance_primaries) {
    if (std::string wrong = wrong_leaders(problem, leaders_before(plan.before(), nodes), after); !wrong.empty())
      return wrong;
  }
  if (std::string wrong = wrong_bookkeeping(problem.base, nodes, plan, problem.balance_primaries, problem.locked);
      !wrong.empty())
    return wrong;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (plan.after().nodes()[n].leader_weight != nodes[n].leader_weight) return "another leader weight";
  }
  return wrong_cluster_figures(problem, nodes, plan, before, after);
}

}  // namespace test
