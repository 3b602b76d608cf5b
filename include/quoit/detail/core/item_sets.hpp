// SPDX-License-Identifier: MIT
// item_sets: ordered sets of numbered items. Every item is in at most one set, and a set is nothing but the number of
// its root, so thousands of sets share three arrays, and no operation allocates.
//
//           root ──▶ 5            A treap (Seidel and Aragon, Randomized search trees, Algorithmica 1996): a search
//                   ╱ ╲           tree by key and a heap by a priority. The priority is a hash of the item, so the
//                  2   7          shape depends on the items and their keys alone.
//
// Rejected: std::set, which allocates for every item, so that a step of a transition could fail half-way, and a copy
// of it would cost as many allocations as it has items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Keys within a set must differ. A set without items is `none`. Expected O(log items of the set) unless stated
// otherwise.
class item_sets {
 public:
  explicit item_sets(std::size_t items) : key_(items), left_(items, none), right_(items, none) {}

  // O(1).
  [[nodiscard]] std::uint64_t key(std::uint32_t item) const noexcept { return key_[item]; }

  // The item must be in no set.
  void insert(std::uint32_t& root, std::uint32_t item, std::uint64_t key) noexcept {
    key_[item] = key;
    std::uint32_t* place = &root;
    while (*place != none && priority(*place) > priority(item)) place = &child(*place, key);
    std::uint32_t rest = *place;
    *place = item;
    std::uint32_t *less = &left_[item], *greater = &right_[item];
    while (rest != none) {
      const std::uint32_t node = rest;
      if (key_[node] < key) {
        *less = node;
        less = &right_[node];
        rest = *less;
      } else {
        *greater = node;
        greater = &left_[node];
        rest = *greater;
      }
    }
    *less = *greater = none;
  }

  // The item must be in this set.
  void erase(std::uint32_t& root, std::uint32_t item) noexcept {
    std::uint32_t* place = &root;
    while (*place != item) place = &child(*place, key_[item]);
    std::uint32_t a = left_[item], b = right_[item];
    while (a != none && b != none) {
      if (priority(a) > priority(b)) {
        *place = a;
        place = &right_[a];
        a = *place;
      } else {
        *place = b;
        place = &left_[b];
        b = *place;
      }
    }
    *place = a != none ? a : b;
    left_[item] = right_[item] = none;
  }

  // The item with the least key; none in an empty set.
  [[nodiscard]] std::uint32_t first(std::uint32_t root) const noexcept {
    if (root == none) return none;
    while (left_[root] != none) root = left_[root];
    return root;
  }
  // The item with the least key of at least `key`; none if there is none.
  [[nodiscard]] std::uint32_t first_from(std::uint32_t root, std::uint64_t key) const noexcept {
    std::uint32_t best = none;
    while (root != none) {
      if (key_[root] < key) {
        root = right_[root];
      } else {
        best = root;
        root = left_[root];
      }
    }
    return best;
  }

 private:
  [[nodiscard]] static std::uint32_t priority(std::uint32_t item) noexcept {
    std::uint64_t x = (item + 1) * 0x9e3779b97f4a7c15u;
    x ^= x >> 29;
    return static_cast<std::uint32_t>((x * 0xbf58476d1ce4e5b9u) >> 32);
  }
  [[nodiscard]] std::uint32_t& child(std::uint32_t item, std::uint64_t key) noexcept {
    return key < key_[item] ? left_[item] : right_[item];
  }

  std::vector<std::uint64_t> key_;
  std::vector<std::uint32_t> left_, right_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
