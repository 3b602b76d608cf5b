// SPDX-License-Identifier: MIT
// node_walk: the distinct nodes of a preference list, in order, found one by one while a loop asks for them. walk() of
// a placement returns it.
//
//   preferred()     a b c d e f …    the first k nodes, into memory of the caller
//   walk()          a b c            as many as the loop visits; nothing is computed for the others
//
// The state of a walk is in its iterators, which refer to the placement alone. So a view may be copied, moved and
// thrown away while an iterator of it is in use, and several iterators walk independently.
//
// Rejected: a list in the view that iterators extend, because then an iterator would refer to a view that is mostly a
// temporary; a sentinel as the end, which algorithms with two iterators of one type do not take.
#pragma once

#include <cstddef>
#include <iterator>
#include <ranges>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The distinct nodes of a preference list in order, primary first: a view (std::ranges::view) whose iterators find one
/// node after the other. It refers to the placement that made it and is valid until that placement changes. Iterators
/// stay valid without the view. O(1) and noexcept unless stated otherwise. Threads: not synchronised, like a built-in
/// type. `Steps` is internal.
template <class Steps>
class QUOIT_DETAIL_VIEW node_walk {
 public:
  using value_type = typename Steps::node_type;  ///< the element type

  /// A forward iterator to const nodes. It has the nodes that it has passed, so a copy is O(passed nodes) and allocates
  /// if it has passed more than eight. Only iterators of walks from one position may be compared. O(1) unless stated
  /// otherwise. Threads: not synchronised, like a built-in type.
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;  ///< a forward iterator
    using value_type = typename Steps::node_type;         ///< the element type
    using reference = const value_type&;                  ///< refers to the placement
    using pointer = const value_type*;                    ///< refers to the placement
    using difference_type = std::ptrdiff_t;               ///< the type of distances

    /// The end of every walk.
    iterator() = default;
    /// At the same node, and independent of the other from there on. O(passed nodes); throws std::bad_alloc.
    iterator(const iterator&) = default;
    /// A moved-from iterator may be assigned to or destroyed.
    iterator(iterator&&) noexcept = default;
    /// Changes nothing if it throws std::bad_alloc.
    iterator& operator=(const iterator& other) { return *this = iterator(other); }
    /// A moved-from iterator may be assigned to or destroyed.
    iterator& operator=(iterator&&) noexcept = default;
    ~iterator() = default;

    /// The node. Precondition (QUOIT_ASSERT): this is not the end.
    [[nodiscard]] reference operator*() const noexcept {
      QUOIT_ASSERT(node_ != nullptr, "node_walk: dereferenced at the end");
      return *node_;
    }
    /// The address of the node, which is one of the placement. Null at the end.
    [[nodiscard]] pointer operator->() const noexcept { return node_; }

    /// Finds the next node. Costs what walk() of the placement states. May allocate from the ninth node on, and changes
    /// nothing if it throws std::bad_alloc.
    iterator& operator++() {
      node_ = steps_.next();
      index_ = node_ == nullptr ? at_end : index_ + 1;
      return *this;
    }
    /// The same, and returns a copy of the iterator before, which is O(passed nodes).
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }

    /// Whether both are at the same node of the list, or at the end.
    [[nodiscard]] friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    friend node_walk;
    static constexpr std::size_t at_end = ~std::size_t{0};

    explicit iterator(const typename Steps::start& from) : steps_(from), node_(steps_.next()) {
      if (node_ != nullptr) index_ = 0;
    }

    Steps steps_;
    const value_type* node_ = nullptr;
    std::size_t index_ = at_end;
  };
  using const_iterator = iterator;  ///< the same as iterator

  /// A walk without nodes.
  node_walk() = default;
  /// For placements: a walk from there.
  explicit node_walk(const typename Steps::start& from) noexcept : from_(from) {}

  /// An iterator to the primary. Costs a lookup.
  [[nodiscard]] iterator begin() const { return iterator(from_); }
  /// The iterator one past the last node.
  [[nodiscard]] iterator end() const noexcept { return {}; }
  /// Whether there are no nodes. Costs a lookup.
  [[nodiscard]] bool empty() const { return begin() == end(); }
  /// The primary. Precondition (QUOIT_ASSERT): there is a node. Costs a lookup.
  [[nodiscard]] const value_type& front() const { return *begin(); }

 private:
  typename Steps::start from_{};
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// A copy of a walk is O(1), so range adaptors copy it.
template <class Steps>
inline constexpr bool std::ranges::enable_view<quoit::node_walk<Steps>> = true;
// Iterators refer to the placement, so algorithms return them for a temporary walk, too.
template <class Steps>
inline constexpr bool std::ranges::enable_borrowed_range<quoit::node_walk<Steps>> = true;
