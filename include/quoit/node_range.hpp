// SPDX-License-Identifier: MIT
// node_range: the nodes of a placement with weight and domain, in id order, as nodes() gives them.
//
// A view of what the placement holds, valid until the placement changes. Its elements lie where they were when their
// nodes joined, and only the order is kept up to date: a join does not move other nodes.
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

/// A random-access range of const node_spec<Node>. O(1), noexcept. Threads: as with an int.
template <class Node>
class QUOIT_DETAIL_VIEW node_range {
  using entry_type = std::optional<node_spec<Node>>;
  struct access {
    const std::uint32_t* order = nullptr;
    const entry_type* entries = nullptr;
    const node_spec<Node>& operator()(std::size_t index) const noexcept { return *entries[order[index]]; }
  };

 public:
  using value_type = node_spec<Node>;                 ///< what a range-for gets
  using iterator = detail::indexed_iterator<access>;  ///< random-access, to const
  using const_iterator = iterator;                    ///< the same

  /// No nodes.
  node_range() = default;
  /// For placements. order[i] is the index of the i-th node among the entries.
  node_range(std::span<const std::uint32_t> order, const entry_type* entries) noexcept
      : access_{order.data(), entries}, size_(order.size()) {}

  /// How many nodes, drained ones included.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The one with the least id.
  [[nodiscard]] iterator begin() const noexcept { return {access_, 0}; }
  /// Behind the one with the greatest.
  [[nodiscard]] iterator end() const noexcept { return {access_, size_}; }
  /// The node with `index` smaller ids; index < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const node_spec<Node>& operator[](std::size_t index) const noexcept {
    QUOIT_ASSERT(index < size_, "node_range: index out of range");
    return access_(index);
  }
  /// The first one. QUOIT_ASSERT where there is none.
  [[nodiscard]] const node_spec<Node>& front() const noexcept { return (*this)[0]; }
  /// The last one. QUOIT_ASSERT where there is none.
  [[nodiscard]] const node_spec<Node>& back() const noexcept { return (*this)[size_ - 1]; }

 private:
  access access_;
  std::size_t size_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
