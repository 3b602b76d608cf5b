// SPDX-License-Identifier: MIT
// key_groups: keys grouped by the node that owns them, so that one request for each node replaces one for each key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Groups of keys, one for each node that owns a key, in id order of the nodes. Refers to nodes of the placement that
/// created it. Movable but not copyable, because groups are views into it. O(1) unless stated otherwise. Threads: not
/// synchronised, like a built-in type.
template <class Node>
class key_groups {
 public:
  /// A node and the keys that it owns. No group is empty.
  struct group {
    const Node* node;                   ///< never null
    std::span<const std::size_t> keys;  ///< indices into the list of keys, ascending
  };

  /// An object without groups.
  key_groups() = default;
  key_groups(const key_groups&) = delete;
  key_groups& operator=(const key_groups&) = delete;
  /// Groups stay valid. A moved-from object has no groups.
  key_groups(key_groups&& other) noexcept
      : indices_(std::move(other.indices_)), groups_(std::move(other.groups_)),
        unowned_(std::exchange(other.unowned_, {})) {}
  /// Groups of `other` stay valid. A moved-from object has no groups.
  key_groups& operator=(key_groups&& other) noexcept {
    key_groups taken(std::move(other));  // makes self-assignment safe
    indices_.swap(taken.indices_);
    groups_.swap(taken.groups_);
    std::swap(unowned_, taken.unowned_);
    return *this;
  }
  ~key_groups() = default;

  /// For placements: groups keys with a counting sort. owner_of[i] is the number of the node that owns the i-th key; a
  /// number that is not below `numbers` says that no node does. `order` has the numbers of all nodes in id order.
  /// node_at(number) returns the address of a node. O(keys + numbers), without an allocation for each key.
  template <class NodeAt>
  key_groups(std::span<const std::uint32_t> owner_of, std::size_t numbers, std::span<const std::uint32_t> order,
             const NodeAt& node_at)
      : indices_(owner_of.size()) {
    std::vector<std::size_t> next(numbers);
    std::size_t unowned = 0;
    for (const std::uint32_t number : owner_of) ++(number < numbers ? next[number] : unowned);
    groups_.reserve((std::min)(order.size(), owner_of.size()));
    std::size_t begin = 0;
    for (const std::uint32_t number : order) {
      const std::size_t count = std::exchange(next[number], begin);
      if (count != 0) groups_.push_back({node_at(number), {indices_.data() + begin, count}});
      begin += count;
    }
    unowned_ = {indices_.data() + begin, unowned};
    for (std::size_t key = 0; key < owner_of.size(); ++key) {
      indices_[owner_of[key] < numbers ? next[owner_of[key]]++ : begin++] = key;
    }
  }

  /// The number of groups: of nodes that own a key.
  [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }
  /// Whether there are no groups.
  [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }
  /// The n-th group. Precondition (QUOIT_ASSERT): n < size().
  [[nodiscard]] const group& operator[](std::size_t n) const& noexcept {
    QUOIT_ASSERT(n < groups_.size(), "key_groups: index out of range");
    return groups_[n];
  }
  /// The keys that no node owns: indices into the list of keys, ascending. They are in no group. In a slot table they
  /// are the keys of slots without a copy, in a ring without active nodes all keys.
  [[nodiscard]] std::span<const std::size_t> without_owner() const& noexcept { return unowned_; }
  /// An iterator to the first group.
  [[nodiscard]] auto begin() const& noexcept { return groups_.begin(); }
  /// The iterator one past the last group.
  [[nodiscard]] auto end() const& noexcept { return groups_.end(); }

  // ---- Temporary groups hand out nothing that refers to them (P9). A loop over temporary groups is allowed.

  void operator[](std::size_t n) const&& QUOIT_DETAIL_TEMPORARY("keep the groups in a variable first");
  void without_owner() const&& QUOIT_DETAIL_TEMPORARY("keep the groups in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the groups in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the groups in a variable first");

 private:
  std::vector<std::size_t> indices_;
  std::vector<group> groups_;
  std::span<const std::size_t> unowned_;  // the last of indices_
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
