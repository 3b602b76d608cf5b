// SPDX-License-Identifier: MIT
// node_range: a view of the nodes of a placement, with their weights and domains, in id order. nodes() returns it.
//
// The view is valid until the placement changes. Nodes are stored in the order in which they joined; the placement
// keeps a list of indices in id order. So a join does not move other nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A random-access range of const node_spec<Node>. O(1), noexcept. Threads: not synchronised, like a built-in type.
template <class Node>
class QUOIT_DETAIL_VIEW node_range {
  using entry_type = std::optional<node_spec<Node>>;
  struct access {
    const std::uint32_t* order = nullptr;
    const entry_type* entries = nullptr;
    const node_spec<Node>& operator()(std::size_t index) const noexcept { return *entries[order[index]]; }
  };

 public:
  using value_type = node_spec<Node>;                 ///< the element type
  using iterator = detail::indexed_iterator<access>;  ///< a random-access iterator to const elements
  using const_iterator = iterator;                    ///< the same as iterator

  /// An empty range.
  node_range() = default;
  /// For placements: a view in which order[i] is the index of the i-th node among the entries.
  node_range(std::span<const std::uint32_t> order, const entry_type* entries) noexcept
      : access_{order.data(), entries}, size_(order.size()) {}

  /// The number of nodes, including drained ones.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether there are no nodes.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// An iterator to the node with the smallest id.
  [[nodiscard]] iterator begin() const noexcept { return {access_, 0}; }
  /// The iterator one past the last node.
  [[nodiscard]] iterator end() const noexcept { return {access_, size_}; }
  /// The node at this index in id order. Precondition (QUOIT_ASSERT): index < size().
  [[nodiscard]] const node_spec<Node>& operator[](std::size_t index) const noexcept {
    QUOIT_ASSERT(index < size_, "node_range: index out of range");
    return access_(index);
  }
  /// The first node. Precondition (QUOIT_ASSERT): the range is not empty.
  [[nodiscard]] const node_spec<Node>& front() const noexcept { return (*this)[0]; }
  /// The last node. Precondition (QUOIT_ASSERT): the range is not empty.
  [[nodiscard]] const node_spec<Node>& back() const noexcept { return (*this)[size_ - 1]; }

 private:
  access access_;
  std::size_t size_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
