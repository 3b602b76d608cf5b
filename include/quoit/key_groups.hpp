// SPDX-License-Identifier: MIT
// key_groups: many keys grouped by the node that owns them, for one request a node instead of one a key.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/version.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

/// Groups in id order of their nodes, none of them empty. Refers to nodes of the placement that made it. Movable, not
/// copyable: a group is a view into it.
template <class Node>
class key_groups {
 public:
  struct group {
    const Node* node;                   ///< never null
    std::span<const std::size_t> keys;  ///< indices into the keys that were given, ascending
  };

  key_groups() = default;
  key_groups(const key_groups&) = delete;
  key_groups& operator=(const key_groups&) = delete;
  key_groups(key_groups&&) noexcept = default;
  key_groups& operator=(key_groups&&) noexcept = default;
  ~key_groups() = default;

  /// Counts, then scatters: two passes over the keys and no allocation per key. owner_of[i] < numbers is the number of the
  /// node of the i-th key, `order` has the numbers of all nodes in id order, node_at(number) the address of one.
  template <class NodeAt>
  key_groups(std::span<const std::uint32_t> owner_of, std::size_t numbers, std::span<const std::uint32_t> order,
             const NodeAt& node_at)
      : indices_(owner_of.size()) {
    std::vector<std::size_t> next(numbers);
    for (const std::uint32_t number : owner_of) ++next[number];
    groups_.reserve(std::min(order.size(), owner_of.size()));
    std::size_t begin = 0;
    for (const std::uint32_t number : order) {
      const std::size_t count = std::exchange(next[number], begin);
      if (count != 0) groups_.push_back({node_at(number), {indices_.data() + begin, count}});
      begin += count;
    }
    for (std::size_t key = 0; key < owner_of.size(); ++key) indices_[next[owner_of[key]]++] = key;
  }

  [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }
  [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }
  [[nodiscard]] const group& operator[](std::size_t n) const noexcept { return groups_[n]; }
  [[nodiscard]] auto begin() const noexcept { return groups_.begin(); }
  [[nodiscard]] auto end() const noexcept { return groups_.end(); }

 private:
  std::vector<std::size_t> indices_;
  std::vector<group> groups_;
};

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
