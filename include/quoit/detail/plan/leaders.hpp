// SPDX-License-Identifier: MIT
// Chooses the leader of every slot of the next table where leader weights are set: its primary.
//
//   a slot with a node that may lead   one of these nodes; each leads floor or ceil of its fair share
//   a slot without one                 one of its nodes as a substitute, in proportion to their weights
//   a pinned slot                      the leader that it has
//
// leader_copies.hpp gives slots a node that may lead. leader_shares.hpp has the fair shares, and divides nodes and
// slots into parts that lead their slots among themselves. leader_changes.hpp finds leaders with the fewest changes
// that this division allows. Where floor and ceil leave room, a part could also lead a slot of another part, and rarely
// (in about one of 500 small random plans) that would save changes.
//
// Rejected: shares in proportion to the copies, as without leader weights. A node that follows only would give its
// share to those that hold the same slots, and not to all that lead.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/leader_changes.hpp>
#include <quoit/detail/plan/leader_shares.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// By node.
struct leader_weights {
  std::span<const std::uint64_t> leading;  // 0: never leads. Empty if no leader weight is set
  std::span<const std::uint64_t> weights;  // for substitutes
  [[nodiscard]] bool given() const noexcept { return !leading.empty(); }
  [[nodiscard]] bool may_lead(std::uint32_t node) const noexcept { return leading[node] > 0; }
};

// What the leaders of a table must keep.
struct leader_limits {
  std::vector<std::uint32_t> choices;      // by cell: the nodes that may lead the slot, at least one, and `none`
  std::vector<std::uint32_t> before;       // by slot: the leader so far, or none
  std::vector<std::uint32_t> least, most;  // by node: the slots that it leads
};

// `alive` is the old table without lost copies. `table` has `replicas` nodes for each slot, at least 2. Pinned slots
// keep their primary if they still hold it.
[[nodiscard]] inline leader_limits limits_of_leaders(const leader_weights& weights, cell_rows alive,
                                                     const std::vector<bool>& pinned_slots,
                                                     std::span<const std::uint32_t> table, std::uint32_t replicas) {
  const std::size_t nodes = weights.leading.size();
  const auto row = [&](std::span<std::uint32_t> cells, std::size_t p) { return cells.subspan(p * replicas, replicas); };
  // The slots that a node may lead by its leader weight, and those that it may lead as a substitute.
  leader_limits limits{std::vector<std::uint32_t>(table.size(), none), std::vector<std::uint32_t>(alive.slots()),
                       std::vector<std::uint32_t>(nodes, 0), std::vector<std::uint32_t>(nodes, 0)};
  std::vector<std::uint32_t>& choices = limits.choices;
  std::vector<std::uint32_t>& before = limits.before;
  std::vector<std::uint32_t> substitutes;
  for (std::size_t p = 0; p < alive.slots(); ++p) {
    before[p] = first_copy(alive[p]);
    const auto now = table.subspan(p * replicas, replicas);
    const bool pinned = pinned_slots[p] && before[p] != none && detail::contains(now, before[p]);
    const auto list = [&](std::span<std::uint32_t> to, bool as_substitute) {
      std::size_t count = 0;
      for (const std::uint32_t node : now) {
        if ((as_substitute || weights.may_lead(node)) && (!pinned || node == before[p])) to[count++] = node;
      }
      return count;
    };
    if (list(row(choices, p), false) > 0) continue;
    if (substitutes.empty()) substitutes.assign(table.size(), none);
    list(row(substitutes, p), true);
  }

  const auto share_out = [&](std::span<std::uint32_t> slots, std::span<const std::uint64_t> by) {
    const leader_shares shares(slots, replicas, by);
    for (std::uint32_t node = 0; node < nodes; ++node) {
      limits.least[node] += static_cast<std::uint32_t>(shares[node].floor);
      limits.most[node] += static_cast<std::uint32_t>(shares[node].ceil);
    }
  };
  share_out(choices, weights.leading);
  if (!substitutes.empty()) {
    // A node that drains leads pinned slots only. Any weight does.
    std::vector<std::uint64_t> by(weights.weights.begin(), weights.weights.end());
    for (std::uint64_t& weight : by) weight = (std::max)(weight, std::uint64_t{1});
    share_out(substitutes, by);
    for (std::size_t cell = 0; cell < choices.size(); ++cell) {
      if (choices[cell] == none) choices[cell] = substitutes[cell];
    }
  }

  return limits;
}

// Swaps the leader of every slot to the front.
inline void choose_leaders(const leader_limits& limits, std::span<std::uint32_t> table, std::uint32_t replicas) {
  const leader_changes changes({limits.choices, replicas}, limits.before, limits.least, limits.most);
  for (std::size_t p = 0; p < limits.before.size(); ++p) {
    const auto now = table.subspan(p * replicas, replicas);
    std::swap(now.front(), *std::find(now.begin(), now.end(), changes.leaders()[p]));
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
