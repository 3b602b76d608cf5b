// SPDX-License-Identifier: MIT
// Replacements that are wrong on purpose: each takes a right plan and breaks one rule. The check must catch them all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/plan/checks.hpp"
#include "support/plan/edited_plan.hpp"
#include "support/plan/oracle.hpp"
#include "support/plan/replacements.hpp"

namespace test {

/// A replacement that breaks one rule. `nodes` are those of the plan.
struct replacement_mutant {
  std::string name;
  std::string caught_by;
  std::function<bool(const replacement&, plan_nodes&, edited_plan&)> damage;
};

namespace detail {

/// Changes the first cell (slot, index) for which `breaks(list, index)` is true, as `change(list, index)` does.
template <class Breaks, class Change>
bool change_cell(edited_plan& plan, const Breaks& breaks, const Change& change) {
  for (auto& list : plan.cells) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!breaks(list, i)) continue;
      change(list, i);
      return true;
    }
  }
  return false;
}

inline std::size_t number_of(const plan_nodes& nodes, std::int64_t id) {
  const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const auto& spec) { return spec.node == id; });
  return static_cast<std::size_t>(at - nodes.begin());
}

/// Moves a copy to a node that does not have the slot: one of the new node, or one of another.
inline bool let_stray(const plan_nodes& nodes, edited_plan& plan, std::size_t by, bool of_new) {
  std::size_t to = 0;
  return change_cell(
      plan,
      [&](const auto& list, std::size_t i) {
        for (to = 0; to < nodes.size() && (holds(list, to) || to == by); ++to) {
        }
        return is_copy(list[i]) && (list[i] == by) == of_new && to != nodes.size();
      },
      [&](auto& list, std::size_t i) { list[i] = to; });
}

}  // namespace detail

inline std::vector<replacement_mutant> replacement_mutants() {
  return {
      {"lets a copy of the old node stray", "takes over",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         return detail::let_stray(nodes, plan, detail::number_of(nodes, what.by.node), true);
       }},
      {"moves a copy of another node", "takes over",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         return detail::let_stray(nodes, plan, detail::number_of(nodes, what.by.node), false);
       }},
      {"changes an index", "takes over",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         const std::size_t by = detail::number_of(nodes, what.by.node);
         return detail::change_cell(
             plan, [&](const auto& list, std::size_t i) { return i != 0 && list[i] == by && is_copy(list[0]); },
             [](auto& list, std::size_t i) { std::swap(list[0], list[i]); });
       }},
      {"repairs a missing copy", "appears",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         const std::size_t by = detail::number_of(nodes, what.by.node);
         return detail::change_cell(
             plan, [&](const auto& list, std::size_t i) { return list[i] == missing_copy && !holds(list, by); },
             [&](auto& list, std::size_t i) { list[i] = by; });
       }},
      {"forgets the weight", "another weight",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         ++nodes[detail::number_of(nodes, what.by.node)].weight;
         plan.write_with(nodes);
         return true;
       }},
      {"counts a move too many", "moves",
       [](const replacement&, plan_nodes&, edited_plan& plan) {
         ++plan.report().moves;
         return true;
       }},
      {"forgets the leader weight", "another weight",
       [](const replacement& what, plan_nodes& nodes, edited_plan& plan) {
         auto& weight = nodes[detail::number_of(nodes, what.by.node)].leader_weight;
         const bool changes = weight.has_value();
         weight = {};
         plan.write_with(nodes);
         return changes;
       }},
      {"counts a slot without leader too many", "slots_without_leader",
       [](const replacement&, plan_nodes&, edited_plan& plan) {
         ++plan.report().slots_without_leader;
         return true;
       }},
      {"forgets a substitute leader", "substitute_leaders",
       [](const replacement&, plan_nodes&, edited_plan& plan) {
         if (plan.substitutes.empty()) return false;
         plan.substitutes.pop_back();
         return true;
       }},
  };
}

}  // namespace test
