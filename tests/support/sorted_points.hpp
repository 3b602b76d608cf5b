// SPDX-License-Identifier: MIT
// The ring's engine: all vnodes in one sorted vector, and the search for the first one at or after a position.
//
//   (position, tie, node)  ascending; `node` is an index into the ring's nodes, which are in id order, so that
//   equal positions are ordered by id whatever the history was. On the whole circle a position is the full hash and there
//   is no tie field. In finite slots many vnodes share a slot; there the full hash decides before the id does,
//   or the node with the smallest id would win every shared slot.
//
// This is the straightforward engine: O(log V) a lookup, O(V) a change of membership. ring uses nothing of it but the
// functions below.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/slots.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

struct no_tie {
  friend constexpr auto operator<=>(const no_tie&, const no_tie&) noexcept = default;
};

// Where a node of the old ring is in the new one.
inline constexpr std::uint32_t node_gone = ~std::uint32_t{0};

template <class Slots>
class ring_points {
 public:
  using tie_type = std::conditional_t<is_whole_circle<Slots>, no_tie, std::uint64_t>;
  struct point {
    std::uint64_t position;
    [[no_unique_address]] tie_type tie;
    std::uint32_t node;
    friend constexpr auto operator<=>(const point&, const point&) noexcept = default;
  };

  [[nodiscard]] std::size_t size() const noexcept { return points_.size(); }
  [[nodiscard]] const point& operator[](std::size_t index) const noexcept { return points_[index]; }

  // The first point at or after the position, wrapping; 0 where there are none.
  [[nodiscard]] std::size_t search(std::uint64_t position) const noexcept {
    const auto at = std::lower_bound(points_.begin(), points_.end(), position,
                                     [](const point& p, std::uint64_t value) { return p.position < value; });
    return at == points_.end() ? 0 : static_cast<std::size_t>(at - points_.begin());
  }

  void reserve(std::size_t count) { points_.reserve(count); }

  void push_back(std::uint64_t position, std::uint64_t hash, std::uint32_t node) {
    if constexpr (is_whole_circle<Slots>) points_.push_back({position, {}, node});
    else points_.push_back({position, hash, node});
  }

  // The points of `old` whose nodes stay, under their new numbers, merged with `fresh`. `renumber` keeps the order of
  // nodes, hence what is left of a sorted vector is sorted.
  [[nodiscard]] static ring_points merged(const ring_points& old, const std::vector<std::uint32_t>& renumber,
                                          ring_points fresh) {
    std::sort(fresh.points_.begin(), fresh.points_.end());
    ring_points result;
    result.points_.reserve(old.size() + fresh.size());
    auto next = fresh.points_.cbegin();
    for (point p : old.points_) {
      if (renumber[p.node] == node_gone) continue;
      p.node = renumber[p.node];
      while (next != fresh.points_.cend() && *next < p) result.points_.push_back(*next++);
      result.points_.push_back(p);
    }
    result.points_.insert(result.points_.end(), next, fresh.points_.cend());
    return result;
  }

  [[nodiscard]] std::size_t memory() const noexcept { return points_.capacity() * sizeof(point); }

 private:
  std::vector<point> points_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
