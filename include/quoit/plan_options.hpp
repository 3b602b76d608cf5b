// SPDX-License-Identifier: MIT
// plan_options: the options of plan() and build().
#pragma once

#include <cstddef>
#include <cstdint>
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
  /// Whether the next table has few ranges, which are maximal runs of consecutive slots with the same owner. build()
  /// then makes one range for each node that gets slots. plan() makes as few moves as without this option, and takes a
  /// table with few ranges among those; the report compares it with a lower bound. No effect where a slot has more than
  /// one copy, before or after the plan.
  bool contiguous = false;
  /// A new R; 0 keeps the R of the table.
  std::size_t replicas = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
