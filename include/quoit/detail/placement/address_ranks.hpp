// SPDX-License-Identifier: MIT
// address_ranks: a map from the address of a node in a placement to a rank.
//
// An open-addressing hash table, at most half full: several times as fast as std::unordered_map. A diff searches it for
// every vnode, and a count of keys for every key.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node>
class address_ranks {
 public:
  // Room for that many addresses. O(addresses).
  explicit address_ranks(std::size_t addresses) : buckets_(std::bit_ceil(2 * addresses + 2)) {  // never full
    shift_ = 64 - std::countr_zero(buckets_.size());
  }

  // Adds an address, or gives it another rank. Null is ignored. There must be room.
  void enter(const Node* node, std::uint32_t rank) noexcept {
    if (node != nullptr) buckets_[bucket_of(node)] = {node, rank};
  }

  // The rank of a node; `none` for null and for an address that was not entered.
  [[nodiscard]] std::uint32_t operator[](const Node* node) const noexcept { return buckets_[bucket_of(node)].rank; }

 private:
  struct bucket {
    const Node* node = nullptr;
    std::uint32_t rank = none;
  };

  // The bucket of the node, or the empty bucket that it would get.
  [[nodiscard]] std::size_t bucket_of(const Node* node) const noexcept {
    const std::uint64_t mixed =
        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(node)) * 0x9e3779b97f4a7c15U;
    std::size_t at = static_cast<std::size_t>(mixed >> shift_);
    while (buckets_[at].node != node && buckets_[at].node != nullptr) at = (at + 1) & (buckets_.size() - 1);
    return at;
  }

  std::vector<bucket> buckets_;
  int shift_ = 0;
};

// The number of nodes of a placement, which no preference list exceeds.
template <class Placement>
[[nodiscard]] std::size_t node_count(const Placement& placement) noexcept {
  const auto& nodes = placement.nodes();
  return static_cast<std::size_t>(std::ranges::end(nodes) - std::ranges::begin(nodes));
}

// The index in nodes() of each node of a placement. O(nodes).
template <class Placement>
[[nodiscard]] address_ranks<typename Placement::node_type> ranks_of(const Placement& placement) {
  address_ranks<typename Placement::node_type> ranks(node_count(placement));
  std::uint32_t rank = 0;
  for (const auto& entry : placement.nodes()) ranks.enter(&entry.node, rank++);
  return ranks;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
