// SPDX-License-Identifier: MIT
// table_now: where a transition between two slot tables is, as a slot table of its own.
//
// To plan anew half-way, as when a node dies, when the wish changes, or to go back: plan(table_now(way), nodes). What
// is at write_both_read_new or done counts as moved, all else as not moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/detail/node_union.hpp>
#include <quoit/node.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

/// The table in force: the nodes of both tables, with the weights and domains of the later one. Its version is one
/// above that of before(). O(Q × R + nodes log nodes), allocates.
template <class Node, class Hash, class Slots>
[[nodiscard]] slot_table<Node, Hash, Slots> table_now(const transition<slot_table<Node, Hash, Slots>>& way) {
  using table = slot_table<Node, Hash, Slots>;
  const table &before = way.before(), &after = way.after();
  const detail::node_union<Node> both(before, after);
  std::vector<node_spec<Node>> nodes;
  for (const auto& one : both) nodes.push_back(*(one.after != nullptr ? after : before).find_node(one.newest()));
  if (nodes.empty()) return before;

  // Copies that are only to be dropped may make a list longer than either table's.
  const std::size_t slots = static_cast<std::size_t>(after.slot_count());
  const std::size_t most = std::max(before.replica_count(), after.replica_count());
  std::vector<const Node*> list(most + 1);
  std::vector<std::uint32_t> ranks;
  ranks.reserve(slots * most);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::size_t count = std::min(way.now(slot, list), most);
    for (std::size_t i = 0; i < most; ++i) {
      ranks.push_back(i < count ? static_cast<std::uint32_t>(both.rank(list[i])) : table::no_node);
    }
  }
  slot_table_options options = after.options();
  options.replicas = static_cast<std::int64_t>(most);
  return table(std::move(nodes), ranks, options, before.version() + 1, after.hash(), after.slots());
}

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
