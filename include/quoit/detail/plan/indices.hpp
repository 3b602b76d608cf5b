// SPDX-License-Identifier: MIT
// Gives every copy of the next table its index in the list of its slot.
//
//   before   a b c        b goes, d comes: d takes the index of the copy that it replaces
//   nodes    {a c d}
//   after    a d c
//
// A copy that stays keeps its index. A new copy takes the index of the copy that it replaces, of the same domain if
// possible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/copies/replacements.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// `table` has `replicas` nodes for each slot, in any order; afterwards they are in order. `gone`: by node, its copies
// in `old` are lost.
inline void place_copies(const domain_tree& tree, cell_rows old, const std::vector<bool>& gone,
                         std::span<domain_tree::vertex> table, std::uint32_t replicas) {
  using vertex = domain_tree::vertex;
  std::vector<vertex> next(replicas), removed, added;
  std::vector<std::uint32_t> left_by;
  for (std::size_t p = 0; p < old.slots(); ++p) {
    const auto now = table.subspan(p * replicas, replicas);
    const auto before = old[p];
    std::fill(next.begin(), next.end(), none);
    removed.clear();
    added.clear();
    left_by.clear();
    for (const vertex node : now) {
      const auto at = static_cast<std::size_t>(std::find(before.begin(), before.end(), node) - before.begin());
      if (at < before.size() && at < next.size() && !gone[node]) next[at] = node;
      else added.push_back(node);
    }
    for (std::uint32_t i = 0; i < before.size() && i < next.size(); ++i) {
      if (before[i] == none || next[i] != none) continue;
      removed.push_back(before[i]);
      left_by.push_back(i);
    }
    pair_replacements(tree, removed, added, [&](std::size_t out, std::size_t in) {
      if (out < removed.size() && in < added.size()) next[left_by[out]] = std::exchange(added[in], none);
    });
    // Nodes that replace no copy fill the positions that are left.
    std::size_t at = 0;
    for (const vertex node : added) {
      if (node == none) continue;
      while (next[at] != none) ++at;
      next[at] = node;
    }
    std::copy(next.begin(), next.end(), now.begin());
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
