// SPDX-License-Identifier: MIT
// plan_options: the options of plan() and build().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/spread.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The options of plan() and build().
struct plan_options {
  /// Options are given by name, as in {.replicas = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// How copies are spread over failure domains.
  spread_rule spread = spread_rule::strict();
  /// Slots that must not move now. They keep all their copies that are not lost, and their primary. A node that holds
  /// more pinned copies than its entitlement keeps them, and the other nodes share the rest.
  std::vector<std::uint64_t> pinned = {};
  /// Whether the plan also balances the primaries, by exchanging copies within the list of a slot. If false, a copy
  /// that stays keeps its index in the list, as erasure codes need.
  bool balance_primaries = true;
  /// A new R; 0 keeps the R of the table.
  std::size_t replicas = 0;
  /// The most moves of this plan, at least 1. Unset: all moves. If the whole plan has more, only its most valuable moves
  /// are planned, and the copies that the others would replace stay. plan() from the result plans the others.
  ///
  /// Value: first repairs, slots with the fewest live copies before others. A slot that is lost gets its first copy, an
  /// empty one, before all other repairs, and further copies after those of slots with as many live copies. Then moves
  /// that take a slot out of a domain where it has more copies than the spread rule allows. Then the others. Among equal
  /// moves, the next one is to or from the node whose load is farthest from its entitlement, relative to that.
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
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
