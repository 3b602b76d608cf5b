// SPDX-License-Identifier: MIT
// Chooses the leader of every slot of the next table where leader weights are set: its primary.
//
//   a slot with a node that may lead   one of these nodes; each leads floor or ceil of its fair share (leader_shares.hpp)
//   a slot without one                 one of its nodes as a substitute, in proportion to their weights
//   a pinned slot                      the leader that it has
//
// The fewest leaders change that this takes.
//
// Rejected: shares in proportion to the copies, as without leader weights. A node that follows only would give its
// share to those that hold the same slots, and not to all that lead.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/leader_shares.hpp>
#include <quoit/detail/plan/primaries.hpp>
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

// The arguments are those of swap_primaries().
inline void choose_leaders(const leader_weights& weights, cell_rows alive, const std::vector<bool>& pinned_slots,
                           std::span<std::uint32_t> table, std::uint32_t replicas) {
  if (replicas == 1) return;
  const std::size_t nodes = weights.leading.size();
  // The slots that a node may lead by its leader weight, and those that it may lead as a substitute.
  std::vector<std::uint32_t> eligible(table.size(), none), substitutes;
  for (std::size_t p = 0; p < alive.slots(); ++p) {
    const auto now = cell_rows{table, replicas}[p];
    const auto row = std::span<std::uint32_t>(eligible).subspan(p * replicas, replicas);
    const std::uint32_t before = first_copy(alive[p]);
    const bool pinned = pinned_slots[p] && before != none && detail::contains(now, before);
    std::size_t count = 0;
    for (const std::uint32_t node : now) {
      if (weights.may_lead(node) && (!pinned || node == before)) row[count++] = node;
    }
    if (count > 0) continue;
    if (substitutes.empty()) substitutes.assign(table.size(), none);
    const auto others = std::span<std::uint32_t>(substitutes).subspan(p * replicas, replicas);
    for (const std::uint32_t node : now) {
      if (!pinned || node == before) others[count++] = node;
    }
  }

  primary_rules want{{}, std::vector<std::uint32_t>(nodes, 0), std::vector<std::uint32_t>(nodes, 0)};
  const auto demand = [&](std::span<std::uint32_t> choices, std::span<const std::uint64_t> by) {
    const leader_shares shares(choices, replicas, by);
    for (std::uint32_t node = 0; node < nodes; ++node) {
      want.least[node] += static_cast<std::uint32_t>(shares[node].floor);
      want.most[node] += static_cast<std::uint32_t>(shares[node].ceil);
    }
  };
  demand(eligible, weights.leading);
  if (!substitutes.empty()) {
    // A node that drains leads pinned slots only. Any weight does.
    std::vector<std::uint64_t> by(weights.weights.begin(), weights.weights.end());
    for (std::uint64_t& weight : by) weight = (std::max)(weight, std::uint64_t{1});
    demand(substitutes, by);
    for (std::size_t cell = 0; cell < eligible.size(); ++cell) {
      if (eligible[cell] == none) eligible[cell] = substitutes[cell];
    }
  }
  want.choices = {eligible, replicas};
  swap_primaries(alive, pinned_slots, want, table, replicas);
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
