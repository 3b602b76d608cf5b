// SPDX-License-Identifier: MIT
// table_now: the current state of a transition between two slot tables, as a slot table of its own.
//
//   plan(table_now(migration), nodes)
//
// It is for planning again during a migration: if a node dies, if the goal changes, or to go back. A move at stage
// copied or done counts as made, any other move as not made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/node.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

namespace detail {

[[nodiscard]] constexpr bool counts_as_made(move_stage stage) noexcept {
  return stage == move_stage::copied || stage == move_stage::done;
}

// The row of a slot whose moves are not all made, by rank in `both`. Every copy in force keeps its index.
template <class Table, class Union>
void row_in_migration(const transition<Table>& migration, std::uint64_t slot, std::size_t part, const Union& both,
                      std::vector<std::uint32_t>& row) {
  using node_type = typename Table::node_type;
  constexpr std::uint32_t missing = Table::no_node;
  const auto rank = [&](const node_type* node) {
    return node == nullptr ? missing : static_cast<std::uint32_t>(both.rank(node));
  };
  const auto holders = [&] {
    std::vector<const node_type*> list(row.size());
    list.resize(migration.now(slot, list));
    std::vector<std::uint32_t> ranks(list.size());
    std::transform(list.begin(), list.end(), ranks.begin(), rank);
    return ranks;
  }();
  std::vector<copy_move<node_type>> arrived;
  for (const std::uint32_t move : migration.moves_of(part)) {
    if (counts_as_made(migration.stage(move))) arrived.push_back(migration.moves()[move]);
  }
  for (std::size_t i = 0; i < migration.before().replica_count(); ++i) {
    const std::uint32_t old = rank(migration.before().at(slot, i));
    const auto replaced = std::find_if(arrived.begin(), arrived.end(),
                                       [&](const auto& move) { return old != missing && rank(move.replaces) == old; });
    const bool newcomer = std::any_of(arrived.begin(), arrived.end(),
                                      [&](const auto& move) { return move.to != nullptr && rank(move.to) == old; });
    if (replaced != arrived.end()) row[i] = rank(replaced->to);
    else if (!newcomer && detail::contains(holders, old)) row[i] = old;
  }
  // A new copy that replaces none takes its own index, or the first free one if that is taken.
  for (const auto& move : arrived) {
    if (move.replaces != nullptr) continue;
    const bool free = move.position < row.size() && row[move.position] == missing;
    *(free ? row.begin() + static_cast<std::ptrdiff_t>(move.position) : std::find(row.begin(), row.end(), missing)) =
        rank(move.to);
  }
}

}  // namespace detail

/// The table in force. It has the nodes of both tables, with the weights and domains of the later one. Copies keep
/// their index in the list, and so do missing copies. In a slot whose moves are not all made, copies beyond the
/// transition's replicas() are missing. Its version is one above that of before(). O(Q × R + nodes log nodes),
/// allocates. A slot that had no copy, and got none yet, is a hole. Throws what the table's constructor throws: if the
/// sum of the weights, including those of the nodes that leave, is 2^63 or more.
template <class Node, class Hash, class Slots>
[[nodiscard]] slot_table<Node, Hash, Slots> table_now(const transition<slot_table<Node, Hash, Slots>>& migration) {
  using table = slot_table<Node, Hash, Slots>;
  const table &before = migration.before(), &after = migration.after();
  const detail::node_union<Node> both(before, after);
  std::vector<node_spec<Node>> nodes;
  for (const auto& one : both) nodes.push_back(*(one.after != nullptr ? after : before).find_node(one.newest()));
  if (nodes.empty()) return before;

  const std::size_t width = (std::max)(before.replica_count(), after.replica_count());
  std::vector<std::uint32_t> ranks, row;
  ranks.reserve(static_cast<std::size_t>(after.slot_count()) * width);
  for (std::uint64_t slot = 0; slot < after.slot_count(); ++slot) {
    row.assign(width, table::no_node);
    const std::size_t part = migration.part_at(slot);
    const bool complete =
        part == migration.no_part || std::ranges::all_of(migration.moves_of(part), [&](std::uint32_t move) {
          return detail::counts_as_made(migration.stage(move));
        });
    if (complete) {
      for (std::size_t i = 0; i < after.replica_count(); ++i) {
        if (const Node* const node = after.at(slot, i); node != nullptr) {
          row[i] = static_cast<std::uint32_t>(both.rank(node));
        }
      }
    } else {
      detail::row_in_migration(migration, slot, part, both, row);
    }
    ranks.insert(ranks.end(), row.begin(), row.end());
  }
  slot_table_options options = after.options();
  options.replicas = width;
  return table(std::move(nodes), ranks, options, before.version() + 1, after.hash(), after.slots());
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
