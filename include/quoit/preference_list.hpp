// SPDX-License-Identifier: MIT
// preference_list: distinct nodes in order, primary first. Up to eight nodes need no allocation.
#pragma once

#include <cstddef>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>
#include <quoit/detail/core/small_list.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Distinct nodes in order, primary first. Refers to nodes of the placement that created it and is valid until that
/// placement changes. Up to eight nodes need no allocation. O(1) and noexcept unless stated otherwise. Threads: not
/// synchronised, like a built-in type.
template <class Node>
class QUOIT_DETAIL_VIEW preference_list {
  struct access {
    const Node* const* nodes = nullptr;
    const Node& operator()(std::size_t index) const noexcept { return *nodes[index]; }
  };

 public:
  using iterator = detail::indexed_iterator<access>;  ///< a random-access iterator to const elements
  using value_type = Node;                            ///< the element type
  using const_iterator = iterator;                    ///< the same as iterator

  /// An empty list. A moved-from list is empty. Copying a list of more than eight nodes may throw std::bad_alloc.
  preference_list() noexcept = default;

  /// For placements: makes room for `capacity` nodes. Write them through room(), then call resize(). O(capacity). A
  /// capacity above eight allocates and may throw std::bad_alloc.
  explicit preference_list(std::size_t capacity) : nodes_(capacity) {}

  /// For placements: the memory for the nodes. It has room for at least `capacity` and at least eight of them.
  [[nodiscard]] std::span<const Node*> room() & noexcept { return nodes_.room(); }

  /// For placements: makes the first `size` nodes of room() the list. All of them must have been written.
  void resize(std::size_t size) noexcept { nodes_.resize(size); }

  /// The addresses of the nodes. None of them is null.
  [[nodiscard]] std::span<const Node* const> pointers() const& noexcept { return {nodes_.data(), nodes_.size()}; }

  /// The number of nodes.
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  /// Whether there are no nodes.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// An iterator to the primary.
  [[nodiscard]] iterator begin() const& noexcept { return {access{nodes_.data()}, 0}; }
  /// The iterator one past the last node.
  [[nodiscard]] iterator end() const& noexcept { return {access{nodes_.data()}, size()}; }
  /// The n-th node; 0 is the primary. Precondition (QUOIT_ASSERT): n < size().
  [[nodiscard]] const Node& operator[](std::size_t n) const noexcept {
    QUOIT_ASSERT(n < size(), "preference_list: index out of range");
    return *nodes_.data()[n];
  }
  /// The primary. Precondition (QUOIT_ASSERT): the list is not empty.
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }
  /// The last node. Precondition (QUOIT_ASSERT): the list is not empty.
  [[nodiscard]] const Node& back() const noexcept { return (*this)[size() - 1]; }

  // ---- A temporary list hands out nothing that refers to it (P9). A loop over a temporary list is allowed, and so are
  // operator[] and front(), whose results refer to the placement.

  void room() && QUOIT_DETAIL_TEMPORARY("keep the list in a variable first");
  void pointers() const&& QUOIT_DETAIL_TEMPORARY("keep the list in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the list in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the list in a variable first");

 private:
  detail::small_list<const Node*> nodes_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
