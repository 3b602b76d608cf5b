// SPDX-License-Identifier: MIT
// plan_options: what plan() and build() are told beside the table and the nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/spread.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// How to plan.
struct plan_options {
  /// How copies are spread over failure domains.
  spread_rule spread = spread_rule::strict();
  /// Slots that may not move now; they keep all their copies that are not lost, and their primary. The nodes that this
  /// keeps above their entitlement are left there, and the others share the rest.
  std::vector<std::uint64_t> pinned = {};
  /// Off, copies never change their position (for erasure codes).
  bool balance_primaries = true;
  /// A new R; 0 keeps the table's.
  std::size_t replicas = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
