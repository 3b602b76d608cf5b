// SPDX-License-Identifier: MIT
// plan_report: what a plan costs, and what it comes to, in whole numbers.
//
// A move is a copy that a node must newly receive; what is merely dropped is none. Rejected: percentages, which hide
// whether one slot moved or none.
#pragma once

#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What a plan costs, and what it comes to. A move is a copy that a node must newly receive. Loads are counted in
/// copies of slots, over all nodes that have a weight.
struct plan_report {
  // ---- The price.

  /// Copies that a node must newly receive.
  std::uint64_t moves = 0;
  /// No table that keeps balance and spread can be had for less. Equal to moves where that was proved, which `optimal`
  /// says.
  std::uint64_t lower_bound = 0;
  /// Whether the dual of the flow certifies that moves is the least. True for every plan; it is checked, not assumed.
  bool optimal = false;
  /// Slots with at least one move.
  std::uint64_t moved_slots = 0;
  /// Moves that make up for a copy that was missing or is lost: those to make first.
  std::uint64_t repairs = 0;
  /// Moves that replace a copy of another failure domain. The whole path counts; a node without a domain shares it with
  /// nobody.
  std::uint64_t cross_domain = 0;
  /// Slots of which no copy is left to copy from.
  std::uint64_t lost_slots = 0;
  /// Slots that get another primary.
  std::uint64_t primaries_changed = 0;
  /// Those among them whose old primary does not hold the slot any more.
  std::uint64_t primaries_forced = 0;

  // ---- The way: at least as long as its busiest node needs.

  /// Copies that the busiest node receives.
  std::uint64_t max_in = 0;
  /// The fewest that the busiest source can be made to send.
  std::uint64_t max_out = 0;
  /// Rounds, where in each a node receives one copy at most and sends one at most: the larger of the two (König 1916).
  std::uint64_t rounds = 0;
  /// Copies on the fullest node if nobody drops anything before all has moved.
  std::uint64_t peak_load = 0;

  // ---- The result.

  /// Copies on the emptiest node that has a weight.
  std::uint64_t min_load = 0;
  /// Copies on the fullest node.
  std::uint64_t max_load = 0;
  /// Copies that stand in a domain which, by strict spread, would have one fewer of that slot; at the level where they
  /// are most.
  std::uint64_t dispersion = 0;
  /// By how many copies loads may be off their entitlement, because of pins: 0 says that all are within one.
  std::uint64_t slack = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
