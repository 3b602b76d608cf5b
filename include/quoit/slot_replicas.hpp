// SPDX-License-Identifier: MIT
// slot_replicas: the nodes that hold one slot of a table, as replicas_of() gives them.
//
//   entries     2 - 0          a missing copy keeps its place in the table, and has none here
//   nodes       c   a
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A random-access range of const Node, primary first. Refers to the table that made it, and its copies. O(1),
/// noexcept; an element is O(R) where a copy in front of another one is missing. Threads: as with an int.
template <class Node>
class QUOIT_DETAIL_VIEW slot_replicas {
  struct access {
    const std::uint32_t* ranks = nullptr;
    const node_spec<Node>* nodes = nullptr;
    bool dense = true;  // nothing is missing in front of a copy that is there

    const Node& operator()(std::size_t index) const noexcept {
      std::size_t at = dense ? index : 0;
      for (std::size_t left = dense ? 0 : index + 1; left > 0; ++at) {
        if (ranks[at] != ~std::uint32_t{0} && --left == 0) break;
      }
      return nodes[ranks[at]].node;
    }
  };

 public:
  using value_type = Node;                            ///< what a range-for gets
  using iterator = detail::indexed_iterator<access>;  ///< random-access, to const
  using const_iterator = iterator;                    ///< the same

  /// No nodes.
  slot_replicas() = default;
  /// For slot_table. ranks: indices into `nodes`, ~0 where a copy is missing. O(R).
  slot_replicas(std::span<const std::uint32_t> ranks, const node_spec<Node>* nodes) noexcept
      : access_{ranks.data(), nodes, true} {
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] == ~std::uint32_t{0}) continue;
      if (i != size_) access_.dense = false;
      ++size_;
    }
  }

  /// How many copies are there.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether there are none, as in a table without nodes.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The primary.
  [[nodiscard]] iterator begin() const noexcept { return {access_, 0}; }
  /// Behind the last one.
  [[nodiscard]] iterator end() const noexcept { return {access_, size_}; }
  /// The node of a copy, missing ones not counted; index < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const Node& operator[](std::size_t index) const noexcept {
    QUOIT_ASSERT(index < size_, "slot_replicas: index out of range");
    return access_(index);
  }
  /// The primary. QUOIT_ASSERT where there is none.
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }
  /// The last one. QUOIT_ASSERT where there is none.
  [[nodiscard]] const Node& back() const noexcept { return (*this)[size_ - 1]; }

 private:
  access access_;
  std::size_t size_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
