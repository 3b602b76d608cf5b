// SPDX-License-Identifier: MIT
// Which new node replaces which old one when a list of copies changes: pairs with the deepest common domain come first.
//
//   eu/a   removed 0      added 1         0 and 1 meet in eu/a, which is deeper than any other meeting: 1 replaces 0
//   eu/b   removed 2                      2 and 3 meet only at the root: 3 replaces 2
//   us/a                  added 3
//
// After all pairs inside a domain are made, only one kind is left over in it: old nodes, or new ones. So all the pairs
// that cross its border change its number of copies in the same direction. Whatever subset of the replacements has
// happened, every domain, at every level, holds a number of copies between the old and the new one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// `removed` and `added` are leaves of the tree that leave a list, and that join it. A leaf's index may be its position
// in the list; entries that are `none` are skipped. Within a domain, equal indices are paired first, then in ascending
// order. A node on both sides is paired with itself. Calls use(index in removed, index in added) once for every entry,
// ascending by the index in removed, then for the added ones without a partner; `none` stands for a missing partner.
// O(depth × removed × added), allocates.
template <class Use>
void pair_replacements(const domain_tree& tree, std::span<const domain_tree::vertex> removed,
                       std::span<const domain_tree::vertex> added, const Use& use) {
  std::vector<std::size_t> partner(removed.size() + added.size(), none);
  const std::span<std::size_t> of_removed = std::span(partner).first(removed.size());
  const std::span<std::size_t> of_added = std::span(partner).subspan(removed.size());
  const auto meet = [&](std::size_t r, std::size_t a, domain_tree::vertex depth) {
    if (removed[r] == none || added[a] == none || of_removed[r] != none || of_added[a] != none) return;
    const auto domain = tree.ancestor(removed[r], depth);
    if (domain == none || domain != tree.ancestor(added[a], depth)) return;
    of_removed[r] = a;
    of_added[a] = r;
  };
  const std::size_t common = removed.size() < added.size() ? removed.size() : added.size();
  for (domain_tree::vertex depth = tree.max_depth() + 1; depth-- > 0;) {
    for (std::size_t i = 0; i < common; ++i) meet(i, i, depth);
    for (std::size_t r = 0; r < removed.size(); ++r) {
      for (std::size_t a = 0; a < added.size() && of_removed[r] == none; ++a) meet(r, a, depth);
    }
  }
  for (std::size_t r = 0; r < removed.size(); ++r) {
    if (removed[r] != none) use(r, of_removed[r]);
  }
  for (std::size_t a = 0; a < added.size(); ++a) {
    if (added[a] != none && of_added[a] == none) use(none, a);
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
