// SPDX-License-Identifier: MIT
// build and plan: the next slot table, with perfect balance, the spread that you ask for, and provably the fewest
// moves.
//
//   table now ─┐
//              ├─ plan ─▶ table next, moves, report
//   nodes ─────┘
//
// In the next table the load of every node is within one copy of its entitlement, and every slot is spread over failure
// domains. Only pinned slots can prevent that, because pins come first.
//
//   auto table = quoit::build<quoit::slot_table<>>(nodes, {.slots = 16384, .replicas = 3});
//   auto next  = quoit::plan(table, nodes_tomorrow);           // next.after(), next.moves(), next.report()
//
// Nodes are one list, as everywhere: id, weight, domain, leader weight. A node of weight 0 drains: it gives up all its
// copies that are not pinned, and can still send them. A node of the table that the list does not name is lost, with
// all its copies.
//
// The plan is a pure function of the table, the set of nodes and the options. The order of the nodes does not matter,
// and every machine computes the same plan. Always plan from the table in force. detail/plan/README.md says where the
// algorithm is, and detail/plan/entitlement.hpp what a node is entitled to and why a perfect table always exists.
//
// A budget of moves (plan_options::max_moves) cuts the plan after its most valuable moves. Plan again from the result,
// until no move is left: the budgets together cost exactly the moves of the whole plan. They end in a table whose loads
// are as good, and the same but for ties: where a copy may go to one node or another, the next plan may choose the
// other one.
//
// Rejected: thresholds below which an imbalance is left alone, because nothing would then say where the table stops.
#pragma once

#include <memory>
#include <vector>

#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/detail/plan/group.hpp>
#include <quoit/detail/plan/maker.hpp>
#include <quoit/plan_options.hpp>
#include <quoit/slot_plan.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The next table after `from`, for these nodes, in any order: a list in braces as ring::assign() takes it, or a range
/// of node_spec or of plain nodes (weight 1). Its version is one higher. A table that breaks today's rules (copies
/// missing, slots without any copy, two copies in a domain, nodes that are gone) is repaired.
///
/// Primaries follow the copies: every node becomes primary of floor or ceil of (its copies / R) slots. If some node has
/// a leader weight, primaries are balanced by it instead: every node leads floor or ceil of its max-min-fair share in
/// proportion to the leader weights. The shares divide the nodes into parts by level, which is share / leader weight;
/// nodes of one level are in one part. A slot that several parts could lead is led by the part with the lowest levels,
/// and as few primaries change as this division into parts allows. (Without it, fewer would sometimes do.) A node of
/// leader weight 0 leads only slots that have no other node; slot_plan::substitute_leaders() has these nodes. Leader
/// weights never cost a move, nor balance or spread of copies. Among tables with the fewest moves, slots without a
/// leader exchange copies with others, and nodes that may lead hold the copies that floor and ceil leave open. With
/// R = 1 and without pins that is nearly always the most that they can lead; with more replicas, few tables have a
/// slot without a leader that could have one.
///
/// O(Q × R) and the flow: milliseconds for 16,384 slots and 1,000 nodes, some seconds for a million slots. At worst the
/// flow runs one search of O(Q × R × levels of domains) for each misplaced copy and for each node.
///
/// Throws std::invalid_argument, and names the culprit, if there are no nodes or none has a weight above 0, if an id is
/// given twice, if a weight or leader weight is negative or the sum of either is 2^63 or more, if leader weights are
/// set and no node with a weight may lead, if replicas is out of range or larger than the number of nodes with a weight
/// above 0, if the domains cannot give the spread, if a pinned slot does not exist or would lose a copy, if a pinned
/// copy does not exist or is named twice, if a locked node, or that of a pinned copy, is unknown, lost or drained, if
/// locks leave too few nodes for the copies of a slot, if max_moves is 0, and if a node that is carried is not one of
/// the nodes.
template <class Table>
[[nodiscard]] slot_plan<Table> plan(const Table& from, detail::nodes_argument<typename Table::node_type> nodes,
                                    const plan_options& options = {}) {
  if (!options.carried.empty()) {
    return detail::plan_beside(std::make_unique<detail::plan_maker<Table>>(from, nodes.take(), options),
                               from.version() + 1);
  }
  return detail::plan_maker<Table>(from, nodes.take(), options).make(from.version() + 1);
}

/// The first table, of version 1: like plan() from a table without nodes. Costs what plan() costs. Throws what plan()
/// and the table's constructor throw.
template <class Table = slot_table<>>
[[nodiscard]] Table build(detail::nodes_argument<typename Table::node_type> nodes, const slot_table_options& what = {},
                          const plan_options& options = {}) {
  const Table empty({}, {}, what);
  if (!options.carried.empty()) {
    return detail::plan_beside(std::make_unique<detail::plan_maker<Table>>(empty, nodes.take(), options), 1).after();
  }
  return detail::plan_maker<Table>(empty, nodes.take(), options).make(1).after();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
