// SPDX-License-Identifier: MIT
// diff(before, after, keys): which of the keys you have change their owner, grouped by old and new owner.
//
//   keys      k0 k1 k2 k3 k4 k5          moves()    a -> c   {1, 4}      indices into the keys
//   before    a  a  b  b  a  c                      b -> c   {3}
//   after     a  c  b  c  c  c           moved()    3 of keys() == 6
//
// It compares any two placements with the same type of nodes, for example two placements without ranges (rendezvous
// hashing), or a ring and a slot table. diff(before, after) in diff.hpp compares all possible keys, exactly, and needs
// ranges.
//
// Rejected: moves that refer to the nodes of the placements, because one of the two is often a temporary.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/lookup.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/node.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The keys that change from one owner to another.
template <class Node>
struct key_move {
  const Node* from = nullptr;         ///< the owner before; null if there was none
  const Node* to = nullptr;           ///< the owner after; null if there is none
  std::span<const std::size_t> keys;  ///< indices of the keys that were given, ascending; never empty
};

/// The keys that change their owner, grouped by old and new owner. Refers neither to the placements nor to the keys,
/// and has copies of the nodes. Movable, but not copyable: the groups refer into the object. O(1) and noexcept unless
/// stated otherwise. Not synchronised, like a built-in type.
template <class Node>
class key_diff {
 public:
  using value_type = key_move<Node>;  ///< the element type of the range

  /// An empty difference.
  key_diff() = default;
  key_diff(const key_diff&) = delete;
  key_diff& operator=(const key_diff&) = delete;
  /// Pointers and spans stay valid. A moved-from difference is empty.
  key_diff(key_diff&& other) noexcept { swap(other); }
  /// Pointers and spans of `other` stay valid. A moved-from difference is empty.
  key_diff& operator=(key_diff&& other) noexcept {
    key_diff taken(std::move(other));  // makes self-assignment safe
    swap(taken);
    return *this;
  }
  ~key_diff() = default;

  /// The groups, in id order of the old owner, then of the new one; no owner comes last.
  [[nodiscard]] const std::vector<key_move<Node>>& moves() const& noexcept { return moves_; }
  /// The first group.
  [[nodiscard]] auto begin() const& noexcept { return moves_.begin(); }
  /// One past the last group.
  [[nodiscard]] auto end() const& noexcept { return moves_.end(); }
  /// The number of groups.
  [[nodiscard]] std::size_t size() const noexcept { return moves_.size(); }
  /// Whether no key changes its owner.
  [[nodiscard]] bool empty() const noexcept { return moves_.empty(); }

  /// The number of keys that were compared.
  [[nodiscard]] std::size_t keys() const noexcept { return keys_; }
  /// The number of keys that change their owner.
  [[nodiscard]] std::size_t moved() const noexcept { return indices_.size(); }

  // ---- A temporary diff hands out nothing that refers to it (P9). A loop over a temporary diff is allowed.

  void moves() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");

  /// Implements diff().
  template <class Before, class After, class Keys>
  [[nodiscard]] static key_diff between(const Before& before, const After& after, Keys& keys) {
    const detail::node_union<Node> nodes(before, after);
    const auto rank_of = [&nodes](const Node* node) {
      const std::uint32_t rank = nodes.rank(node);
      if (node != nullptr && rank == detail::none) {
        detail::throw_invalid_argument(
            "diff: the owner '" + quoit::id_text(*node) +
            "' is not in the placement's nodes(); find() must give addresses of its nodes()");
      }
      return rank;
    };
    key_diff result;
    std::vector<change> changes;
    detail::for_each_pair_of_owners(before, after, keys, [&](const Node* from, const Node* to) {
      const change one{rank_of(from), rank_of(to), result.keys_++};
      if (one.from != one.to) changes.push_back(one);
    });
    result.group(nodes, changes);
    return result;
  }

 private:
  struct change {
    std::uint32_t from;
    std::uint32_t to;
    std::size_t key;
  };

  void swap(key_diff& other) noexcept {
    nodes_.swap(other.nodes_);
    indices_.swap(other.indices_);
    moves_.swap(other.moves_);
    std::swap(keys_, other.keys_);
  }

  void group(const detail::node_union<Node>& nodes, std::vector<change>& changes) {
    std::sort(changes.begin(), changes.end(), [](const change& a, const change& b) {
      if (a.from != b.from) return a.from < b.from;
      return a.to != b.to ? a.to < b.to : a.key < b.key;
    });
    nodes_.reserve(nodes.size());
    for (const auto& entry : nodes) nodes_.push_back(entry.newest());
    const auto node = [this](std::uint32_t rank) { return rank == detail::none ? nullptr : &nodes_[rank]; };
    indices_.reserve(changes.size());
    for (const change& one : changes) indices_.push_back(one.key);
    for (std::size_t first = 0, last = 0; first < changes.size(); first = last) {
      const auto same = [&](const change& one) {
        return one.from == changes[first].from && one.to == changes[first].to;
      };
      while (last < changes.size() && same(changes[last])) ++last;
      moves_.push_back({node(changes[first].from), node(changes[first].to),
                        std::span<const std::size_t>(indices_).subspan(first, last - first)});
    }
  }

  std::vector<Node> nodes_;
  std::vector<std::size_t> indices_;
  std::vector<key_move<Node>> moves_;
  std::size_t keys_ = 0;
};

/// The keys that change their owner from one placement to the other, of the same or of another type, grouped by old and
/// new owner. O(keys × lookup + moved keys × log(moved keys) + nodes), allocates. Throws std::invalid_argument for a
/// placement whose find() returns a node that is not in its nodes().
template <placement Before, placement After, std::ranges::input_range Keys>
  requires std::same_as<typename Before::node_type, typename After::node_type>
[[nodiscard]] key_diff<typename Before::node_type> diff(const Before& before, const After& after, Keys&& keys) {
  return key_diff<typename Before::node_type>::between(before, after, keys);
}

/// The same for a list in braces.
template <placement Before, placement After, class Key>
  requires std::same_as<typename Before::node_type, typename After::node_type>
[[nodiscard]] key_diff<typename Before::node_type> diff(const Before& before, const After& after,
                                                        std::initializer_list<Key> keys) {
  return key_diff<typename Before::node_type>::between(before, after, keys);
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
