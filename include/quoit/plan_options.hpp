// SPDX-License-Identifier: MIT
// plan_options: the options of plan() and build().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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

/// What a node carries in other tables.
struct carried_load {
  node_id node;               ///< one of the nodes of the plan
  std::uint64_t copies = 0;   ///< copies in other tables, primaries included: at least `leaders`
  std::uint64_t leaders = 0;  ///< slots of other tables whose primary it is
};

/// The options of plan() and build().
struct plan_options {
  /// Options are given by name, as in {.replicas = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// How copies are spread over failure domains.
  spread_rule spread = spread_rule::strict();
  /// Slots that must not move now. They keep all their copies that are not lost; only missing and lost ones are
  /// replaced. They also keep their primary, the first copy that is left. Only if balance_primaries is false, the index
  /// has priority: if the first copy is missing or lost, the copy that takes its index becomes primary. A node that
  /// holds more pinned copies than its entitlement keeps them, and the other nodes share the rest.
  std::vector<std::uint64_t> pinned = {};
  /// Copies that must not move now, each named by its slot and its node. The other copies of the slot may move, and the
  /// primary may change. The loads are as with pinned slots.
  std::vector<pinned_copy> pinned_copies = {};
  /// Nodes that neither receive nor give up a copy: each keeps exactly the copies that it holds, and the other nodes
  /// share the rest by weight. The spread gives way where locked copies leave no room for it. Primaries may change,
  /// because no copy moves then. A locked node sends no copy either, unless only locked nodes have the slot;
  /// plan_report::locked_sources counts those moves. The figures of the report are for such sources; quoit::transition
  /// chooses its sources without regard to locks.
  std::vector<node_id> locked = {};
  /// Whether the plan also balances the primaries, by exchanging copies within the list of a slot. If false, a copy
  /// that stays keeps its index in the list, as erasure codes need; only if R becomes smaller, copies whose index is no
  /// longer below R get another one. Then leader weights change nothing, and the report counts the slots whose first
  /// copy is on a node that is not to lead.
  bool balance_primaries = true;
  /// Whether the next table has few ranges, which are maximal runs of consecutive slots with the same owner. build()
  /// then makes one range for each node that gets slots. plan() makes as few moves as without this option, and takes a
  /// table with few ranges among those whose loads are as even; the report compares it with a lower bound. Without pins
  /// and locks it nearly always has at most 1.5 times as many ranges; many single pinned slots cut ranges that the
  /// bound does not see, and exceed that. No effect where a slot has more than one copy, before or after the plan.
  bool contiguous = false;
  /// A new R; 0 keeps the R of the table.
  std::size_t replicas = 0;
  /// The most moves of this plan, at least 1. Unset: all moves. If the whole plan has more, only its most valuable
  /// moves are planned, and the copies that the others would replace stay. plan() from the result plans the others.
  ///
  /// Value: first repairs, slots with the fewest live copies before others. A slot that is lost gets its first copy, an
  /// empty one, before all other repairs, and further copies after those of slots with as many live copies. Then moves
  /// that take a slot out of a domain where it has more copies than the spread rule allows. Then the others. Among
  /// equal moves, the next one is to or from the node whose load is farthest from its entitlement, relative to that.
  ///
  /// Every prefix of the moves is safe. No slot has fewer live copies, or a worse spread, than before or after the
  /// whole plan. No node holds more copies than the larger of its loads before and after; moves that make room for
  /// another come right before it. Rarely, full nodes must exchange copies in a ring, which is safe only together. Such
  /// a group is made as a whole or not at all, so that the plan may have fewer moves than allowed, or none if nothing
  /// but larger groups is left.
  ///
  /// What needs no move is not held back. Slots without moves are as in the whole plan, with their primary. If R
  /// shrinks, surplus copies are dropped at once. A slot that waits for a move keeps its primary, unless the primary of
  /// the whole plan holds it already.
  std::optional<std::uint64_t> max_moves = {};
  /// What nodes carry already, in other tables; nodes that are not named carry nothing, and entries of one node add up.
  /// Where the plan has a choice at no further move, a copy goes to the node whose total is farthest below its fair
  /// share of all copies, and a primary likewise. Each load stays within one copy of its entitlement.
  std::vector<carried_load> carried = {};
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
