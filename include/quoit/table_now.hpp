// SPDX-License-Identifier: MIT
// table_now: where a transition between two slot tables is, as a slot table of its own.
//
// To plan anew half-way, as when a node dies, when the wish changes, or to go back: plan(table_now(way), nodes). What
// is at copied or done counts as moved, all else as not moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/detail/placement/node_union.hpp>
#include <quoit/node.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

namespace detail {

// The row of one slot that is on its way, by rank in `both`: every copy in force keeps its place.
template <class Table, class Union>
void row_on_its_way(const transition<Table>& way, std::uint64_t slot, std::size_t part, const Union& both,
                    std::vector<std::uint32_t>& row) {
  using node_type = typename Table::node_type;
  constexpr std::uint32_t missing = Table::no_node;
  const auto rank = [&](const node_type* node) {
    return node == nullptr ? missing : static_cast<std::uint32_t>(both.rank(node));
  };
  const auto holders = [&] {
    std::vector<const node_type*> list(row.size());
    list.resize(way.now(slot, list));
    std::vector<std::uint32_t> ranks(list.size());
    std::transform(list.begin(), list.end(), ranks.begin(), rank);
    return ranks;
  }();
  std::vector<copy_move<node_type>> arrived;
  for (const std::uint32_t move : way.moves_of(part)) {
    const move_stage stage = way.stage(move);
    if (stage == move_stage::copied || stage == move_stage::done) arrived.push_back(way.moves()[move]);
  }
  for (std::size_t i = 0; i < way.before().replica_count(); ++i) {
    const std::uint32_t old = rank(way.before().at(slot, i));
    const auto replaced = std::find_if(arrived.begin(), arrived.end(),
                                       [&](const auto& move) { return old != missing && rank(move.replaces) == old; });
    const bool newcomer = std::any_of(arrived.begin(), arrived.end(),
                                      [&](const auto& move) { return move.to != nullptr && rank(move.to) == old; });
    if (replaced != arrived.end()) row[i] = rank(replaced->to);
    else if (!newcomer && std::find(holders.begin(), holders.end(), old) != holders.end()) row[i] = old;
  }
  for (const auto& move : arrived) {
    if (move.replaces != nullptr) continue;
    const bool free = move.position < row.size() && row[move.position] == missing;
    *(free ? row.begin() + static_cast<std::ptrdiff_t>(move.position) : std::find(row.begin(), row.end(), missing)) =
        rank(move.to);
  }
}

}  // namespace detail

/// The table in force: the nodes of both tables, with the weights and domains of the later one. Copies keep their
/// places, and missing ones theirs. Copies that the transition does not look at, being more than its replicas(), are
/// missing in a slot that is half-way. Its version is one above that of before(). O(Q × R + nodes log nodes),
/// allocates. Throws what the table's constructor throws: for a slot without any copy yet, where before() has no nodes,
/// and weights whose sum, those of the nodes that leave among them, is 2^63 or more.
template <class Node, class Hash, class Slots>
[[nodiscard]] slot_table<Node, Hash, Slots> table_now(const transition<slot_table<Node, Hash, Slots>>& way) {
  using table = slot_table<Node, Hash, Slots>;
  const table &before = way.before(), &after = way.after();
  const detail::node_union<Node> both(before, after);
  std::vector<node_spec<Node>> nodes;
  for (const auto& one : both) nodes.push_back(*(one.after != nullptr ? after : before).find_node(one.newest()));
  if (nodes.empty()) return before;

  const std::size_t most = (std::max)(before.replica_count(), after.replica_count());
  std::vector<std::uint32_t> ranks, row;
  ranks.reserve(static_cast<std::size_t>(after.slot_count()) * most);
  for (std::uint64_t slot = 0; slot < after.slot_count(); ++slot) {
    row.assign(most, table::no_node);
    const std::size_t part = way.part_at(slot);
    const bool there = part == way.no_part || std::ranges::all_of(way.moves_of(part), [&](std::uint32_t move) {
                         const move_stage stage = way.stage(move);
                         return stage == move_stage::copied || stage == move_stage::done;
                       });
    if (there) {
      for (std::size_t i = 0; i < after.replica_count(); ++i) {
        if (const Node* const node = after.at(slot, i); node != nullptr) {
          row[i] = static_cast<std::uint32_t>(both.rank(node));
        }
      }
    } else {
      detail::row_on_its_way(way, slot, part, both, row);
    }
    ranks.insert(ranks.end(), row.begin(), row.end());
  }
  slot_table_options options = after.options();
  options.replicas = most;
  return table(std::move(nodes), ranks, options, before.version() + 1, after.hash(), after.slots());
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
