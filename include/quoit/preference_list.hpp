// SPDX-License-Identifier: MIT
// preference_list: distinct nodes in order, primary first; up to eight without an allocation.
#pragma once

#include <cstddef>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>
#include <quoit/detail/core/small_list.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Distinct nodes in order, primary first. Refers to nodes of the placement that made it; valid until that placement
/// changes. Up to eight nodes without an allocation. O(1) and noexcept, where nothing else is said. Threads: as with an
/// int.
template <class Node>
class QUOIT_DETAIL_VIEW preference_list {
  struct access {
    const Node* const* nodes = nullptr;
    const Node& operator()(std::size_t index) const noexcept { return *nodes[index]; }
  };

 public:
  using iterator = detail::indexed_iterator<access>;  ///< random-access, to const
  using value_type = Node;                            ///< what a range-for gets
  using const_iterator = iterator;                    ///< the same as iterator

  /// No nodes. A list that was moved from is empty. A copy throws std::bad_alloc for more than eight nodes.
  preference_list() noexcept = default;

  /// For placements: room for `capacity` nodes, to be written through room() and kept by resize(). O(capacity);
  /// allocates above eight (std::bad_alloc).
  explicit preference_list(std::size_t capacity) : nodes_(capacity) {}

  /// For placements: where the nodes are written. At least `capacity` and at least eight.
  [[nodiscard]] std::span<const Node*> room() noexcept { return nodes_.room(); }

  /// For placements: how many nodes of room() are the list; all of them were written.
  void resize(std::size_t size) noexcept { nodes_.resize(size); }

  /// The list as addresses, none of them null.
  [[nodiscard]] std::span<const Node* const> pointers() const noexcept { return {nodes_.data(), nodes_.size()}; }

  /// How many nodes.
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The primary.
  [[nodiscard]] iterator begin() const noexcept { return {access{nodes_.data()}, 0}; }
  /// Behind the last one.
  [[nodiscard]] iterator end() const noexcept { return {access{nodes_.data()}, size()}; }
  /// The n-th node, 0 for the primary; n < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const Node& operator[](std::size_t n) const noexcept {
    QUOIT_ASSERT(n < size(), "preference_list: index out of range");
    return *nodes_.data()[n];
  }
  /// The primary. QUOIT_ASSERT where the list is empty.
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }

 private:
  detail::small_list<const Node*> nodes_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
