// SPDX-License-Identifier: MIT
// The nodes of two placements as one list in id order, and the way from a node's address to its rank in that list.
//
//   before   a   c   d          rank   0       1       2       3
//   after    a b   d            node   a a     - b     c -     d d         (before, after)
//
// Two placements name the same node by two addresses; what compares them compares ranks instead. The addresses lie in an
// open table of their own, which is several times as fast as an unordered_map: a diff asks it for every vnode.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node>
class node_union {
 public:
  // Null where the placement does not know the node.
  struct entry {
    const Node* before;
    const Node* after;
    [[nodiscard]] const Node& newest() const noexcept { return after != nullptr ? *after : *before; }
  };
  static constexpr std::size_t nobody = ~std::size_t{0};

  // O(nodes). Refers to the nodes of both.
  template <class Placement>
  node_union(const Placement& before, const Placement& after) {
    const auto& old_nodes = before.nodes();
    const auto& new_nodes = after.nodes();
    auto b = old_nodes.begin();
    auto a = new_nodes.begin();
    while (b != old_nodes.end() || a != new_nodes.end()) {
      const bool take_before = a == new_nodes.end() || (b != old_nodes.end() && !less(a, b));
      const bool take_after = b == old_nodes.end() || (a != new_nodes.end() && !less(b, a));
      entries_.push_back({take_before ? &(*b).node : nullptr, take_after ? &(*a).node : nullptr});
      if (take_before) ++b;
      if (take_after) ++a;
    }
    const std::size_t size = std::bit_ceil(4 * entries_.size() + 2);  // at most half full, and never full
    shift_ = 64 - std::countr_zero(size);
    slots_.resize(size);
    for (std::size_t rank = 0; rank < entries_.size(); ++rank) {
      enter(entries_[rank].before, rank);
      enter(entries_[rank].after, rank);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const entry& operator[](std::size_t rank) const noexcept { return entries_[rank]; }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  // By the address that the node has in either placement; `nobody` for null.
  [[nodiscard]] std::size_t rank(const Node* node) const noexcept { return slots_[slot_of(node)].rank; }

 private:
  struct slot {
    const Node* node = nullptr;
    std::size_t rank = nobody;
  };

  template <class A, class B>
  static bool less(const A& a, const B& b) noexcept {
    return id_less(id_of((*a).node), id_of((*b).node));
  }

  // Where the node lies, or the free slot where it would.
  [[nodiscard]] std::size_t slot_of(const Node* node) const noexcept {
    const std::uint64_t mixed =
        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(node)) * 0x9e3779b97f4a7c15U;
    std::size_t at = static_cast<std::size_t>(mixed >> shift_);
    while (slots_[at].node != node && slots_[at].node != nullptr) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void enter(const Node* node, std::size_t rank) noexcept {
    if (node != nullptr) slots_[slot_of(node)] = {node, rank};
  }

  std::vector<entry> entries_;
  std::vector<slot> slots_;
  int shift_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
