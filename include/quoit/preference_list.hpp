// SPDX-License-Identifier: MIT
// preference_list: distinct nodes in order, primary first; up to eight without an allocation.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/indexed_iterator.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Which nodes may follow each other in a preference list.
enum class spread {
  nodes,        ///< distinct ones
  domains,      ///< one of every failure domain; where those are fewer than copies, then the next distinct nodes
  domains_only  ///< one of every failure domain; where those are fewer than copies, the list is shorter
};

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

  /// No nodes.
  preference_list() noexcept = default;
  /// O(its room). Throws std::bad_alloc for more than eight.
  preference_list(const preference_list&) = default;
  /// O(its room). Throws std::bad_alloc for more than eight.
  preference_list& operator=(const preference_list&) = default;
  /// A list that was moved from is empty.
  preference_list(preference_list&& other) noexcept
      : few_(other.few_), many_(std::move(other.many_)), size_(std::exchange(other.size_, 0)) {}
  /// A list that was moved from is empty.
  preference_list& operator=(preference_list&& other) noexcept {
    preference_list taken(std::move(other));  // also where it is this very list
    few_ = taken.few_;
    many_.swap(taken.many_);
    size_ = taken.size_;
    return *this;
  }
  ~preference_list() = default;

  /// For placements: room for `capacity` nodes, to be written through room() and then kept by resize(). O(capacity);
  /// allocates above eight (std::bad_alloc).
  explicit preference_list(std::size_t capacity) {
    if (capacity > few_.size()) many_.resize(capacity);
  }

  /// For placements: where the nodes are written; as many as the list was made for, and eight at least.
  [[nodiscard]] std::span<const Node*> room() noexcept {
    return many_.empty() ? std::span<const Node*>(few_) : std::span<const Node*>(many_);
  }
  /// For placements: how many of room() are the list. No more than it has, all of them written.
  void resize(std::size_t size) noexcept { size_ = size; }

  /// The list as addresses, none of them null.
  [[nodiscard]] std::span<const Node* const> pointers() const noexcept {
    return {many_.empty() ? few_.data() : many_.data(), size_};
  }
  /// How many nodes.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The primary.
  [[nodiscard]] iterator begin() const noexcept { return {access{pointers().data()}, 0}; }
  /// Behind the last one.
  [[nodiscard]] iterator end() const noexcept { return {access{pointers().data()}, size_}; }
  /// The n-th node, 0 for the primary; n < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const Node& operator[](std::size_t n) const noexcept {
    QUOIT_ASSERT(n < size_, "preference_list: index out of range");
    return *pointers()[n];
  }
  /// The primary. QUOIT_ASSERT where the list is empty.
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }

 private:
  std::array<const Node*, 8> few_{};
  std::vector<const Node*> many_;
  std::size_t size_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
