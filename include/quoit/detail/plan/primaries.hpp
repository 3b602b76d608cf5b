// SPDX-License-Identifier: MIT
// Chooses the primary of every slot of the next table, among the nodes that hold it.
//
//   copies of the next table ─▶ slot_flow, one unit for each slot ─▶ swaps of the first index with another
//
// Every node becomes primary of floor or ceil of (its copies / R) slots, with the fewest changes. x / R is such a choice
// in fractions, so one in whole numbers exists.
//
// Rejected: the optimum of moves and primaries together, which is not a flow problem. The fewest moves have priority.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// `alive` is the old table without lost copies. `table` has `replicas` nodes for each slot; primaries swap places.
inline void choose_primaries(const domain_tree& tree, cell_rows alive, const std::vector<bool>& pinned_slots,
                             std::span<domain_tree::vertex> table, std::uint32_t replicas) {
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;
  const auto slots = static_cast<slot>(alive.slots());
  const auto row = [&](slot p) { return table.subspan(std::size_t{p} * replicas, replicas); };
  if (replicas == 1) return;
  std::vector<vertex> start(slots, none), free(table.size(), none);
  std::vector<std::uint32_t> loads(tree.leaves(), 0), pinned(tree.leaves(), 0);
  for (const vertex node : table) ++loads[node];
  for (slot p = 0; p < slots; ++p) {
    const vertex before = first_copy(alive[p]);
    const auto now = row(p);
    const auto free_row = std::span<vertex>(free).subspan(std::size_t{p} * replicas, replicas);
    if (before != none && detail::contains(now, before)) {
      start[p] = free_row[0] = before;
      if (pinned_slots[p]) ++pinned[before];
    } else {
      std::copy(now.begin(), now.end(), free_row.begin());  // the change is forced, so every node costs the same
    }
  }
  const domain_tree flat(std::vector<std::string_view>(tree.leaves()));
  entitlement rules;
  rules.least.assign(flat.size(), 0);
  rules.most.assign(flat.size(), 1);
  rules.least[flat.root()] = 1;
  for (const std::uint32_t load : loads) {
    rules.least_load.push_back(load / replicas);
    rules.most_load.push_back(load / replicas + (load % replicas != 0 ? 1 : 0));
  }
  const entitlement exact = rules;
  for (std::uint32_t slack = 0; slack < 4 * std::uint64_t{slots} + 4; slack = slack == 0 ? 1 : 2 * slack) {
    if (slack != 0) widen(exact, pinned, rules, slack);
    for (std::size_t node = 0; node < loads.size(); ++node) {
      rules.most_load[node] = (std::max)(rules.most_load[node], pinned[node]);
    }
    slot_state state(flat, rules, 1, {start, 1}, {free, replicas}, pinned_slots);
    slot_flow flow(state, rules, 1, {table, replicas});
    if (!flow.solve()) continue;
    for (slot p = 0; p < slots; ++p) {
      const auto now = row(p);
      std::swap(now.front(), *std::find(now.begin(), now.end(), first_copy(state.copies(p))));
    }
    return;
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
