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
  /// The most moves of this plan, at least 1. The most valuable moves of the whole plan are made, and plan() from the
  /// result makes the others. Unset: all of them.
  std::optional<std::uint64_t> max_moves = {};
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
