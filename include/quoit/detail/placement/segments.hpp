// SPDX-License-Identifier: MIT
// for_each_segment: the segments of the circle in which two placements are both constant.
//
//   before    ───a───┼─────────b─────────┼──        boundary: the end of an arc
//   after     ───a───────┼───b───┼───c───┼──
//   segments  ───────┼───┼───────┼───────┼──        each with its arc of before and its arc of after
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/arcs.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The arc with the index `next`, or the first one (wrapping) if `next` is one past the last. Null for an empty list.
template <class Arc>
const Arc* arc_at(const std::vector<Arc>& arcs, std::size_t next) noexcept {
  if (arcs.empty()) return nullptr;
  return next == arcs.size() ? &arcs.front() : &arcs[next];
}

// The owner of such an arc; null for no arc, and for an arc without an owner.
template <class Node>
const Node* owner_of(const arc<Node>* one) noexcept {
  return one == nullptr ? nullptr : one->owner;
}

// Calls use(range, arc_before, arc_after) for every segment in ascending order of its end. An arc is null if its
// placement has no owner at all. Both lists are in the order of arcs(). There are no segments if both lists are empty.
template <class Arc, class Use>
void for_each_segment(const std::vector<Arc>& before, const std::vector<Arc>& after, const Use& use) {
  if (before.empty() && after.empty()) return;
  std::uint64_t from = 0;
  if (before.empty() || (!after.empty() && after.back().range.to > before.back().range.to))
    from = after.back().range.to;
  else from = before.back().range.to;
  std::size_t b = 0, a = 0;
  while (b < before.size() || a < after.size()) {
    const bool take_before = a == after.size() || (b < before.size() && before[b].range.to <= after[a].range.to);
    const std::uint64_t to = take_before ? before[b].range.to : after[a].range.to;
    use(position_range{from, to}, arc_at(before, b), arc_at(after, a));
    from = to;
    if (b < before.size() && before[b].range.to == to) ++b;
    if (a < after.size() && after[a].range.to == to) ++a;
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
