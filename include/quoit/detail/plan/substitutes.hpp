// SPDX-License-Identifier: MIT
// Finds the nodes that lead slots in a table though their leader weight is 0, and counts these slots in the report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/slot_plan.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Empty if no node of the table has a leader weight of its own. O(Q + nodes).
template <class Table>
[[nodiscard]] std::vector<substitute_leader<typename Table::node_type>> substitute_leaders_in(const Table& table,
                                                                                              plan_report& report) {
  const auto nodes = table.nodes();
  if (!sets_leader_weight(nodes)) return {};
  std::vector<std::uint64_t> slots(nodes.size(), 0);
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    const std::uint32_t leader = first_copy(table.ranks(slot));
    if (leader != none && leader_weight_of(nodes[leader]) == 0) ++slots[leader];
  }
  std::vector<substitute_leader<typename Table::node_type>> result;
  for (std::size_t rank = 0; rank < slots.size(); ++rank) {
    if (slots[rank] == 0) continue;
    result.push_back({&nodes[rank].node, slots[rank]});
    report.slots_without_leader += slots[rank];
  }
  report.substitutes = result.size();
  return result;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
