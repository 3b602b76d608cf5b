// SPDX-License-Identifier: MIT
// node_union: the nodes of two placements as one list in id order, with a map from a node's address to its rank there.
//
//   before   a   c   d          rank   0       1       2       3
//   after    a b   d            node   a a     - b     c -     d d         (before, after)
//
// The same node has two addresses in two placements, so code that compares placements compares ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/address_ranks.hpp>
#include <quoit/detail/placement/by_id.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node>
class node_union {
 public:
  // A pointer is null if the placement does not have the node.
  struct entry {
    const Node* before;
    const Node* after;
    [[nodiscard]] const Node& newest() const noexcept { return after != nullptr ? *after : *before; }
  };

  // O(nodes). Refers to the nodes of both.
  template <class Before, class After>
  node_union(const Before& before, const After& after) {
    const auto& old_nodes = before.nodes();
    const auto& new_nodes = after.nodes();
    const auto node_at = [](const auto& nodes, std::uint32_t index) -> const Node* {
      return index == none ? nullptr : &(std::ranges::begin(nodes)[static_cast<std::ptrdiff_t>(index)].node);
    };
    merge_by_id(old_nodes, new_nodes, node_of_spec, node_of_spec, [&](std::uint32_t b, std::uint32_t a) {
      entries_.push_back({node_at(old_nodes, b), node_at(new_nodes, a)});
    });
    ranks_ = address_ranks<Node>(2 * entries_.size());
    for (std::uint32_t rank = 0; rank < entries_.size(); ++rank) {
      ranks_.enter(entries_[rank].before, rank);
      ranks_.enter(entries_[rank].after, rank);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const entry& operator[](std::size_t rank) const noexcept { return entries_[rank]; }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  // The rank of a node, given by its address in either placement; `none` for null.
  [[nodiscard]] std::uint32_t rank(const Node* node) const noexcept { return ranks_[node]; }

 private:
  std::vector<entry> entries_;
  address_ranks<Node> ranks_{0};
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
