// SPDX-License-Identifier: MIT
// Nodes that are replaced, one for one: a random replacement, and the check of its plan. Exactly the copies of the old
// node are those of the new one, at the same index of the same slot.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/replace_node.hpp>

#include "support/plan/checks.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/random.hpp"

namespace test {

struct replacement {
  std::int64_t old_node = 0;
  plan_nodes::value_type by;  ///< the new node
  bool alike = true;          ///< it has the weight, leader weight and domain of the old node
  bool lost = false;
};

/// Replaces a node of a table that has nodes. The new id is above or below all others.
inline replacement random_replacement(const plan_table& table, random& random) {
  const auto& old = table.nodes()[random.index(table.size())];
  replacement result{old.node, old, !random.chance(4), random.chance(3)};
  result.by.node = random.chance(2) ? -1 : 2 * ghost;
  if (!result.alike) {
    result.by.weight = static_cast<std::int64_t>(random.below(3));
    result.by.domain = "new";
    result.by.leader_weight = {};
    if (random.chance(2)) result.by.leader_weight = static_cast<std::int64_t>(random.below(3));
  }
  return result;
}

/// A node that is alike is given by its id alone.
template <class Table>
auto plan_replacement(const Table& table, const replacement& what) {
  const quoit::replace_options options{.lost = what.lost};
  const auto& by = what.by;
  if (what.alike) return quoit::replace_node(table, what.old_node, by.node, options);
  if (!by.leader_weight) return quoit::replace_node(table, what.old_node, by, options);
  return quoit::replace_node(
      table, what.old_node,
      {.node = by.node, .weight = by.weight, .domain = by.domain, .leader_weight = by.leader_weight}, options);
}

namespace detail {

inline std::string wrong_new_nodes(const replacement& what, const plan_table& before, const plan_table& after) {
  if (after.size() != before.size()) return "another number of nodes";
  for (const auto& old : before.nodes()) {
    const auto& expected = old.node == what.old_node ? what.by : old;
    const auto at = std::find_if(after.nodes().begin(), after.nodes().end(),
                                 [&](const auto& spec) { return spec.node == expected.node; });
    if (at == after.nodes().end()) return "a node is missing";
    if ((*at).weight != expected.weight || (*at).domain != expected.domain ||
        (*at).leader_weight != expected.leader_weight)
      return "node " + std::to_string(expected.node) + " has another weight or domain";
  }
  return "";
}

inline std::string wrong_new_cells(const replacement& what, const plan_table& before, const plan_table& after) {
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    for (std::size_t i = 0; i < before.replica_count(); ++i) {
      const std::int64_t *const old = before.at(slot, i), *const now = after.at(slot, i);
      const std::string at = "slot " + std::to_string(slot) + ", index " + std::to_string(i) + ": ";
      if ((old == nullptr) != (now == nullptr)) return at + "a copy appears or vanishes";
      if (old != nullptr && *now != (*old == what.old_node ? what.by.node : *old))
        return at + "not the node that takes over";
    }
  }
  return "";
}

/// The nodes of leader weight 0 that lead slots.
inline std::vector<substitute> substitutes_in(const plan_table& table) {
  std::vector<substitute> all;
  const auto& nodes = table.nodes();
  if (std::none_of(nodes.begin(), nodes.end(), [](const auto& spec) { return spec.leader_weight.has_value(); }))
    return all;
  for (const auto& spec : nodes) {
    if (spec.leader_weight.value_or(spec.weight) != 0) continue;
    std::uint64_t led = 0;
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
      const std::int64_t* first = nullptr;
      for (std::size_t i = 0; i < table.replica_count() && first == nullptr; ++i) first = table.at(slot, i);
      led += first != nullptr && *first == spec.node ? 1U : 0U;
    }
    if (led != 0) all.push_back({spec.node, led});
  }
  return all;
}

}  // namespace detail

/// What is wrong with the plan of a replacement, or an empty text.
template <class Plan>
std::string wrong_replacement(const replacement& what, const Plan& plan) {
  const plan_table &before = plan.before(), &after = plan.after();
  if (after.slot_count() != before.slot_count() || after.replica_count() != before.replica_count())
    return "another size";
  if (after.version() != before.version() + 1) return "another version";
  if (std::string wrong = detail::wrong_new_nodes(what, before, after); !wrong.empty()) return wrong;
  if (std::string wrong = detail::wrong_new_cells(what, before, after); !wrong.empty()) return wrong;
  std::uint64_t moves = 0, primaries = 0, lost_slots = 0;
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    std::size_t copies = 0;
    bool moved = false;
    for (std::size_t i = 0; i < before.replica_count(); ++i) {
      const std::int64_t* const old = before.at(slot, i);
      copies += old != nullptr ? 1U : 0U;
      if (old == nullptr || *old != what.old_node) continue;
      moved = true;
      primaries += copies == 1 ? 1U : 0U;
      if (moves == plan.moves().size()) return "a move is missing";
      const auto& move = plan.moves()[static_cast<std::size_t>(moves)];
      const std::string at = "move " + std::to_string(moves++) + ": ";
      if (move.slot != slot || move.position != i || move.to != after.at(slot, i)) return at + "another copy";
      if (what.lost ? move.replaces != nullptr : (move.replaces == nullptr || *move.replaces != what.old_node))
        return at + "it replaces another copy";
    }
    lost_slots += moved && copies == 1 && what.lost ? 1U : 0U;
  }
  if (moves != plan.moves().size()) return "a move too many";
  const quoit::plan_report& report = plan.report();
  if (report.moves != moves || report.moved_slots != moves || report.max_in != moves) return "moves";
  if (!report.optimal || report.lower_bound != moves || report.slack != 0) return "optimal, lower_bound, slack";
  if (report.repairs != (what.lost ? moves : 0)) return "repairs";
  if (report.lost_slots != lost_slots) return "lost_slots";
  if (report.primaries_changed != primaries || report.primaries_forced != primaries) return "primaries";
  if (report.missing_slots != before.missing_slots()) return "missing_slots";
  const std::vector<substitute> substitutes = detail::substitutes_in(after);
  std::uint64_t without = 0;
  for (const substitute& one : substitutes) without += one.slots;
  if (report.slots_without_leader != without) return "slots_without_leader";
  if (substitutes_of(plan) != substitutes) return "substitute_leaders";
  return "";
}

}  // namespace test
