// SPDX-License-Identifier: MIT
// plan_options: the options of plan() and build().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/node_id.hpp>
#include <quoit/spread.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// One copy of a slot, for plan_options::pinned_copies.
struct pinned_copy {
  std::uint64_t slot;  ///< less than Q
  node_id node;        ///< the node that has the copy now
};

/// The options of plan() and build().
struct plan_options {
  /// Options are given by name, as in {.replicas = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// How copies are spread over failure domains.
  spread_rule spread = spread_rule::strict();
  /// Slots that must not move now. They keep all their copies that are not lost, and their primary. A node that holds
  /// more pinned copies than its entitlement keeps them, and the other nodes share the rest.
  std::vector<std::uint64_t> pinned = {};
  /// Copies that must not move now, each named by its slot and its node. The other copies of the slot may move, and the
  /// primary may change. The loads are as with pinned slots.
  std::vector<pinned_copy> pinned_copies = {};
  /// Nodes that neither receive nor give up a copy: each keeps exactly the copies that it holds, and the other nodes
  /// share the rest by weight. The spread gives way where locked copies leave no room for it. Primaries may change,
  /// because no copy moves then. A locked node sends no copy either, unless it has the only copy left of a slot;
  /// plan_report::locked_sources counts those moves. The figures of the report are for such sources; quoit::transition
  /// chooses its sources without regard to locks.
  std::vector<node_id> locked = {};
  /// Whether the plan also balances the primaries, by exchanging copies within the list of a slot. If false, a copy
  /// that stays keeps its index in the list, as erasure codes need.
  bool balance_primaries = true;
  /// A new R; 0 keeps the R of the table.
  std::size_t replicas = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
