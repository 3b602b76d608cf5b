// SPDX-License-Identifier: MIT
// slot_replicas: the nodes that hold one slot of a table, as a range. slot_table::replicas_of() returns it.
//
//   entries     2 - 0          a missing copy has a place in the table, but not in this range
//   nodes       c   a
#pragma once

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A random-access range of const Node, primary first. It refers to the table that made it and stays valid as long as
/// that table or a copy of it. O(1) and noexcept; access to an element is O(R) if a copy before another one is missing.
/// Threads: not synchronised, like a built-in type.
template <class Node>
class QUOIT_DETAIL_VIEW slot_replicas {
  struct access {
    const std::uint32_t* ranks = nullptr;
    const node_spec<Node>* nodes = nullptr;
    bool dense = true;  // no copy is missing before another one

    const Node& operator()(std::size_t index) const noexcept {
      std::size_t at = dense ? index : 0;
      for (std::size_t left = dense ? 0 : index + 1; left > 0; ++at) {
        if (ranks[at] != detail::none && --left == 0) break;
      }
      return nodes[ranks[at]].node;
    }
  };

 public:
  using value_type = Node;                            ///< the type of an element
  using iterator = detail::indexed_iterator<access>;  ///< a random-access iterator to const
  using const_iterator = iterator;                    ///< the same

  /// No nodes.
  slot_replicas() = default;
  /// For slot_table only. `ranks` are indices into `nodes`, or slot_table::no_node for a missing copy. O(R).
  slot_replicas(std::span<const std::uint32_t> ranks, const node_spec<Node>* nodes) noexcept
      : access_{ranks.data(), nodes, true} {
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] == detail::none) continue;
      if (i != size_) access_.dense = false;
      ++size_;
    }
  }

  /// The number of copies that are not missing.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether there are no copies, as in a hole of a table.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The primary.
  [[nodiscard]] iterator begin() const noexcept { return {access_, 0}; }
  /// One past the last.
  [[nodiscard]] iterator end() const noexcept { return {access_, size_}; }
  /// The node of a copy; missing copies are not counted. index < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const Node& operator[](std::size_t index) const noexcept {
    QUOIT_ASSERT(index < size_, "slot_replicas: index out of range");
    return access_(index);
  }
  /// The primary. The range must not be empty: QUOIT_ASSERT.
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }
  /// The last copy. The range must not be empty: QUOIT_ASSERT.
  [[nodiscard]] const Node& back() const noexcept { return (*this)[size_ - 1]; }

 private:
  access access_;
  std::size_t size_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// A copy is O(1), so range adaptors copy it.
template <class Node>
inline constexpr bool std::ranges::enable_view<quoit::slot_replicas<Node>> = true;
// Iterators refer to the table, so algorithms return them for a temporary range, too.
template <class Node>
inline constexpr bool std::ranges::enable_borrowed_range<quoit::slot_replicas<Node>> = true;
