// SPDX-License-Identifier: MIT
// The totals of nodes over many tables: what each node holds now, its fair total, and what one unit more or less is
// worth. A unit is a copy, or a primary.
//
//   distance   -2   -1    0     0    +1   +2      how far a total is from its fair total, in units
//   total       3    4    5     6     7    8      where the fair total is 5.4, between 5 and 6
//
// The exchange of a unit is worth it if it lowers the sum of the squared distances; among equal distances, if it lowers
// the sum of total² / share (Sainte-Laguë), which gives the open units to the nodes with the least for their share.
// Both sums are separable and convex, and the totals that tables can have at a given cost form a base polyhedron, as
// flows into a set of sinks always do. On such a set, totals that no single exchange improves are the best (Murota,
// Discrete Convex Analysis, 2003, theorem 6.26). They have the smallest possible largest distance, too: while some
// totals have a smaller one, one exchange takes a unit from a node at the largest distance, or gives it one, and moves
// no other node as far away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The share of each node in the units of all tables: t / R of entitlement.hpp, for copies and primaries. Or in
// proportion to other weights, where these are given.
class fair_totals {
 public:
  using vertex = domain_tree::vertex;

  // Throws what entitlement_rules throws. The tree and the weights must outlive this.
  fair_totals(const domain_tree& tree, std::span<const std::uint64_t> weights, std::uint32_t replicas, spread_rule rule)
      : replicas_(replicas), caps_(entitlement_rules(tree, weights, replicas).caps_of(rule)),
        fill_(tree, weights, caps_) {}
  fair_totals(const fair_totals&) = delete;  // refers to itself
  fair_totals& operator=(const fair_totals&) = delete;

  // From now on, shares are in proportion to these weights, by node. Their sum must be below 2^63; if it is 0, each
  // node's share is 0.
  void use(std::vector<std::uint64_t> weights) {
    by_ = std::move(weights);
    sum_ = std::accumulate(by_.begin(), by_.end(), std::uint64_t{0});
  }

  // What a node is to hold of `units`, at most most_units: rounded down and up.
  [[nodiscard]] floor_ceil of(vertex node, std::uint64_t units) const noexcept {
    if (!by_.empty()) return proportional(node, units);
    const floor_ceil all = fill_.share(node, units);
    return {all.floor / replicas_, all.ceil / replicas_ + (all.ceil % replicas_ != 0 ? 1 : 0)};
  }
  // A number in proportion to the share of a node, from 1 to 2^40: only for comparisons.
  [[nodiscard]] std::uint64_t weight(vertex node) const noexcept {
    constexpr std::uint64_t all = std::uint64_t{1} << 40;
    const std::uint64_t scaled = by_.empty() ? fill_.share(node, all).floor : proportional(node, all).floor;
    return scaled == 0 ? 1 : scaled;
  }

  // water_fill needs units × 255 below 2^64.
  static constexpr std::uint64_t most_units = std::uint64_t{1} << 52;

 private:
  [[nodiscard]] floor_ceil proportional(vertex node, std::uint64_t units) const noexcept {
    return share_of(by_[node], {units, sum_}, 1);
  }

  std::uint32_t replicas_;
  std::vector<std::uint32_t> caps_;
  water_fill fill_;
  std::vector<std::uint64_t> by_;  // by node: the weights given; empty if none are
  std::uint64_t sum_ = 0;
};

// By hub: one for each node of the plan, in id order.
class node_totals {
 public:
  using hub = std::uint32_t;

  // What it gains to take a unit from a node, or costs to give one to it.
  struct worth {
    std::int64_t distance;  // in squared distances
    std::uint64_t units;    // units / weight decides if that is equal
    std::uint64_t weight;
    friend bool operator<(const worth& a, const worth& b) noexcept {
      if (a.distance != b.distance) return a.distance < b.distance;
      return multiply(a.units, b.weight) < multiply(b.units, a.weight);
    }
  };

  explicit node_totals(std::size_t hubs) : now_(hubs, 0), fair_(hubs), weight_(hubs, 1) {}

  [[nodiscard]] hub hubs() const noexcept { return static_cast<hub>(now_.size()); }
  [[nodiscard]] std::uint64_t now(hub node) const noexcept { return now_[node]; }
  void add(hub node, std::uint64_t units) noexcept { now_[node] += units; }
  void move(hub from, hub to) noexcept {
    --now_[from];
    ++now_[to];
  }
  void set_weight(hub node, std::uint64_t weight) noexcept { weight_[node] = weight; }
  void set_fair(hub node, const floor_ceil& fair) noexcept { fair_[node] = fair; }

  // How far a total is above or below its fair total.
  [[nodiscard]] std::uint64_t above(hub node) const noexcept {
    return now_[node] > fair_[node].ceil ? now_[node] - fair_[node].ceil : 0;
  }
  [[nodiscard]] std::uint64_t below(hub node) const noexcept {
    return now_[node] < fair_[node].floor ? fair_[node].floor - now_[node] : 0;
  }
  // Whether one unit less, or more, does not lead away from the fair total.
  [[nodiscard]] bool can_spare(hub node) const noexcept { return now_[node] > fair_[node].floor; }
  [[nodiscard]] bool has_room(hub node) const noexcept { return now_[node] < fair_[node].ceil; }

  // The node must hold a unit.
  [[nodiscard]] worth gain_without_one(hub node) const noexcept {
    const std::int64_t up = signed_of(above(node)), down = signed_of(below(node));
    const std::int64_t distance = up > 0 ? 2 * up - 1 : can_spare(node) ? 0 : -2 * down - 1;
    return {distance, 2 * now_[node] - 1, weight_[node]};
  }
  [[nodiscard]] worth cost_of_one(hub node) const noexcept {
    const std::int64_t up = signed_of(above(node)), down = signed_of(below(node));
    const std::int64_t distance = down > 0 ? 1 - 2 * down : has_room(node) ? 0 : 2 * up + 1;
    return {distance, 2 * now_[node] + 1, weight_[node]};
  }

 private:
  static std::int64_t signed_of(std::uint64_t value) noexcept { return static_cast<std::int64_t>(value); }

  std::vector<std::uint64_t> now_;
  std::vector<floor_ceil> fair_;
  std::vector<std::uint64_t> weight_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
