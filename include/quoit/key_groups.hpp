// SPDX-License-Identifier: MIT
// key_groups: many keys grouped by the node that owns them, for one request a node instead of one a key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Groups in id order of their nodes, none of them empty. Refers to nodes of the placement that made it. Movable, not
/// copyable: a group is a view into it. O(1), where nothing else is said. Threads: as with an int.
template <class Node>
class key_groups {
 public:
  /// One node, and which keys are its.
  struct group {
    const Node* node;                   ///< never null
    std::span<const std::size_t> keys;  ///< indices into the keys that were given, ascending
  };

  /// No groups.
  key_groups() = default;
  key_groups(const key_groups&) = delete;
  key_groups& operator=(const key_groups&) = delete;
  /// Groups keep referring to the same keys.
  key_groups(key_groups&&) noexcept = default;
  /// Groups keep referring to the same keys.
  key_groups& operator=(key_groups&&) noexcept = default;
  ~key_groups() = default;

  /// For placements. Counts, then scatters: O(keys + numbers), and no allocation per key. owner_of[i] < numbers is the
  /// number of the node of the i-th key, `order` has the numbers of all nodes in id order, node_at(number) the address
  /// of one.
  template <class NodeAt>
  key_groups(std::span<const std::uint32_t> owner_of, std::size_t numbers, std::span<const std::uint32_t> order,
             const NodeAt& node_at)
      : indices_(owner_of.size()) {
    std::vector<std::size_t> next(numbers);
    for (const std::uint32_t number : owner_of) ++next[number];
    groups_.reserve((std::min)(order.size(), owner_of.size()));
    std::size_t begin = 0;
    for (const std::uint32_t number : order) {
      const std::size_t count = std::exchange(next[number], begin);
      if (count != 0) groups_.push_back({node_at(number), {indices_.data() + begin, count}});
      begin += count;
    }
    for (std::size_t key = 0; key < owner_of.size(); ++key) indices_[next[owner_of[key]]++] = key;
  }

  /// How many nodes own any of the keys.
  [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }
  /// Whether there was no key, or no owner.
  [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }
  /// The n-th group; n < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const group& operator[](std::size_t n) const noexcept {
    QUOIT_ASSERT(n < groups_.size(), "key_groups: index out of range");
    return groups_[n];
  }
  /// The first group.
  [[nodiscard]] auto begin() const noexcept { return groups_.begin(); }
  /// Behind the last one.
  [[nodiscard]] auto end() const noexcept { return groups_.end(); }

 private:
  std::vector<std::size_t> indices_;
  std::vector<group> groups_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
