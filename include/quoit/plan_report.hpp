// SPDX-License-Identifier: MIT
// plan_report: the costs of a plan and the figures of its result, as integers.
//
// A move is a copy that a node must receive. A copy that is only dropped is not a move. If max_moves has cut the plan,
// all figures describe the moves that are left in it and the table after them, except where they say otherwise.
//
// Rejected: percentages, which hide whether one slot moved or none.
#pragma once

#include <cstdint>

#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The costs of a plan and the figures of its result. A move is a copy that a node must receive. Loads are numbers of
/// copies.
struct plan_report {
  // ---- The costs.

  /// Copies that a node must receive.
  std::uint64_t moves = 0;
  /// The moves of the whole plan. Equal to `moves` unless plan_options::max_moves has cut the plan.
  std::uint64_t whole_moves = 0;
  /// A lower bound for `whole_moves`: no table that keeps the spread, and whose loads are within the `slack` of the
  /// whole plan, needs fewer moves. Equal to `whole_moves` if `optimal` is true.
  std::uint64_t lower_bound = 0;
  /// Whether the dual of the flow proves that `whole_moves` is the minimum. It is checked, not assumed, and true for
  /// every plan without pins, unless plan_all() has paid moves of this table for the totals. If pins keep a node above
  /// its entitlement, the other nodes share the rest evenly. A table with less even loads may then need fewer moves; if
  /// there is one within `slack`, this is false.
  bool optimal = false;
  /// Slots with at least one move.
  std::uint64_t moved_slots = 0;
  /// Moves that restore a missing or lost copy, or add one because R has grown. Make these first.
  std::uint64_t repairs = 0;
  /// Moves that replace a copy of another failure domain. Domains are compared by their whole path; a node without a
  /// domain shares its domain with no other node. So this counts all moves that replace a copy if has_domains is false.
  std::uint64_t cross_domain = 0;
  /// Whether some node has a domain, before or after.
  bool has_domains = false;
  /// Slots that have no copy left to copy from, because lost nodes held all of them. missing_slots are not among them.
  std::uint64_t lost_slots = 0;
  /// Moves whose copy can come only from a locked node: only locked nodes have the slot.
  std::uint64_t locked_sources = 0;
  /// Slots without any copy in the table that was planned from: holes. The plan gives each R copies, which are repairs,
  /// and there is nothing to copy from.
  std::uint64_t missing_slots = 0;
  /// Slots that get another primary.
  std::uint64_t primaries_changed = 0;
  /// Slots among primaries_changed whose old primary no longer holds the slot.
  std::uint64_t primaries_forced = 0;

  // ---- The migration. It takes at least as long as its busiest node needs.

  /// Copies that the busiest receiver receives.
  std::uint64_t max_in = 0;
  /// Copies that the busiest source sends, with the best choice of sources.
  std::uint64_t max_out = 0;
  /// Rounds, if a node receives at most one copy and sends at most one copy in each: the larger of max_in and max_out
  /// (König 1916).
  std::uint64_t rounds = 0;
  /// Copies on the fullest node, drained ones included, if no node drops a copy before the last move is done.
  std::uint64_t peak_load = 0;

  // ---- The result.

  /// Copies on the emptiest node with a weight above 0.
  std::uint64_t min_load = 0;
  /// Copies on the fullest node with a weight above 0.
  std::uint64_t max_load = 0;
  /// Copies in excess of strict spread: for each slot and each domain of a level, the copies above the most that
  /// spread_rule::strict() allows there. Counted at the level with the largest number.
  std::uint64_t dispersion = 0;
  /// The largest distance of a load from its entitlement, in copies, because of pins or locks, or because max_moves has
  /// cut the plan. 0: all loads are within one copy. A locked node is entitled to what it holds.
  std::uint64_t slack = 0;
  /// Slots whose primary has leader weight 0: because none of their nodes may lead, because they are pinned, or because
  /// plan_options::balance_primaries is false. slot_plan::substitute_leaders() has their primaries. A small number, but
  /// not proved to be the least. 0 if no leader weight is set.
  std::uint64_t slots_without_leader = 0;
  /// Nodes of leader weight 0 that lead those slots: the length of slot_plan::substitute_leaders().
  std::uint64_t substitutes = 0;
  /// With plan_options::contiguous and R = 1: maximal runs of consecutive slots with the same owner; a hole that
  /// max_moves leaves counts as one. Otherwise 0.
  std::uint64_t ranges = 0;
  /// A lower bound on `ranges`: no table with as few moves and the same limits of loads has fewer. That of the whole
  /// plan if max_moves has cut it. Otherwise 0.
  std::uint64_t fewest_ranges = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
