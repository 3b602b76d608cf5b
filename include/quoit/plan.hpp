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
// until no move is left: the budgets together cost exactly the moves of the whole plan. The last table has equally good
// loads. Where a copy could go to either of two nodes, the table may differ. A pinned slot that lacks a copy is an
// exception: what it gets within one budget is pinned in the next, which may cost more moves.
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
/// proportion to the leader weights. The level of a node is its share / its leader weight. Nodes with the same level
/// form a part. If several parts could lead a slot, the part with the lowest level leads it. Under this rule, as few
/// primaries change as possible; without it, fewer might. The primary of a slot is its first copy that is not missing.
/// If it is lost, that is a change, and the next live copy is kept as if it was the primary. Leader weights never cause
/// a move, and never worsen the balance or spread of copies.
///
/// A node of leader weight 0 leads only slots that have no other node; slot_plan::substitute_leaders() has these nodes.
/// To have few such slots, slots without a leader exchange copies with others, and nodes that may lead hold the copies
/// that floor and ceil leave open. With R = 1 and without pins, nearly always no table with the fewest moves has fewer
/// such slots; with more replicas, few tables have.
///
/// O(Q × R) and the flow: milliseconds for 16,384 slots and 1,000 nodes, some seconds for a million slots. At worst the
/// flow runs one search of O(Q × R × levels of domains) for each misplaced copy and for each node.
///
/// Throws std::invalid_argument, and names the culprit, if
/// - there are no nodes, or none has a weight above 0
/// - an id is given twice
/// - a weight or leader weight is negative, or the sum of either is 2^63 or more
/// - leader weights are set, and no node with a weight may lead
/// - replicas is out of range, or larger than the number of nodes with a weight above 0
/// - the domains cannot give the spread
/// - a pinned slot does not exist, or would lose a copy
/// - a pinned copy does not exist, or is named twice
/// - a locked node, or the node of a pinned copy, is unknown, lost or drained
/// - locks leave too few nodes for the copies of a slot
/// - max_moves is 0
/// - a node that is carried is not one of the nodes, or carries more leaders than copies.
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
