// SPDX-License-Identifier: MIT
// The loads where copies that must stay exceed what a node is entitled to: such a node has just these, and the others
// share the rest.
//
//   entitlement  a 20  b 20  c 20      a keeps 30 copies, so      loads  a 30  b 15  c 15
//
// locked_entitlement.hpp shares the rest exactly. Plans in which only whole slots are pinned share it in proportion to
// the entitlements, which are rounded already: they are older than locks and pinned copies, and golden files fix them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// pinned: by node, the copies that must stay. fixed: the nodes that have just these from the start. share(fixed) sets
// the limits of loads of all nodes. It may lower the entitlement of another node below what that one keeps, so it is
// called until there is no such node. Returns whether there was any.
template <class Share>
bool make_room_for(const std::vector<std::uint32_t>& pinned, std::vector<bool> fixed, entitlement& loads,
                   const Share& share) {
  bool any = false;
  for (bool again = true; again;) {
    again = false;
    for (std::size_t node = 0; node < pinned.size(); ++node) {
      if (!fixed[node] && pinned[node] > loads.most_load[node]) fixed[node] = again = any = true;
    }
    if (again) share(fixed);
  }
  loads.full_nodes = loads.full_nodes && !any;
  return any;
}

// Whether nothing but whole slots must stay. kept: by cell of the old table, `width` for each slot.
[[nodiscard]] inline bool only_slots_stay(const std::vector<bool>& kept, const std::vector<bool>& pinned_slots,
                                          std::uint32_t width) noexcept {
  for (std::size_t cell = 0; cell < kept.size(); ++cell) {
    if (kept[cell] && !pinned_slots[cell / width]) return false;
  }
  return true;
}

// Sets the limits of loads: `pinned` for fixed nodes, the rest of `copies` in proportion to the limits in `exact`.
inline void scale_loads(const entitlement& exact, const std::vector<std::uint32_t>& pinned,
                        const std::vector<bool>& fixed, std::uint64_t copies, entitlement& loads) {
  std::uint64_t rest = copies, due = 0;
  for (std::size_t node = 0; node < pinned.size(); ++node) {
    if (fixed[node]) rest -= pinned[node];
    else due += exact.most_load[node];
  }
  for (std::size_t node = 0; node < pinned.size(); ++node) {
    if (fixed[node]) {
      loads.least_load[node] = loads.most_load[node] = pinned[node];
    } else if (due > 0) {
      loads.least_load[node] = static_cast<std::uint32_t>(multiply_divide(exact.least_load[node], rest, due));
      loads.most_load[node] = static_cast<std::uint32_t>(multiply_divide_up(exact.most_load[node], rest, due));
    }
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
