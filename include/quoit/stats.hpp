// SPDX-License-Identifier: MIT
// Load per node and how even it is: exact from a placement's arcs, or counted from keys.
//
//   balance_of(placement)          the exact share of all hashes that each node owns
//   balance_of(placement, keys)    how many of these keys each node owns
//   moved_share, moved_keys        the same two views of a change
//
// Loads are judged per unit of weight: a node of weight 2 that owns twice as much is balanced. Drained nodes
// (weight 0) are listed and left out of every mean. Doubles appear here only, for people; no placement reads them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/diff.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The load of one node.
template <class Node>
struct node_load {
  Node node;                ///< a copy
  std::int64_t weight = 1;  ///< 0: drained, and left out of every mean
  std::uint64_t keys = 0;   ///< that were counted; 0 where the balance is exact
  share load;               ///< its part of all hashes, or of the keys that were counted
};

/// The loads of all known nodes, in id order; a value that does not refer to the placement. O(1), where nothing else is
/// said. Threads: as with an int.
template <class Node>
class balance {
 public:
  /// For those who count loads themselves.
  explicit balance(std::vector<node_load<Node>> loads) : loads_(std::move(loads)) {}

  /// One for each known node, drained ones included.
  [[nodiscard]] const std::vector<node_load<Node>>& loads() const noexcept { return loads_; }
  /// The first of them.
  [[nodiscard]] auto begin() const noexcept { return loads_.begin(); }
  /// Behind the last of them.
  [[nodiscard]] auto end() const noexcept { return loads_.end(); }
  /// How many.
  [[nodiscard]] std::size_t size() const noexcept { return loads_.size(); }

  /// The highest load over the mean one, per unit of weight: 1 is perfect, 1.25 means that the fullest node has a
  /// quarter more than its due. 0 where no node has a weight or no key was counted. O(nodes).
  [[nodiscard]] double max_over_mean() const noexcept {
    return extreme([](double a, double b) { return (std::max)(a, b); });
  }
  /// The lowest load over the mean one. O(nodes).
  [[nodiscard]] double min_over_mean() const noexcept {
    return extreme([](double a, double b) { return (std::min)(a, b); });
  }

  /// Standard deviation over mean of the loads per unit of weight (population, not sample). O(nodes).
  [[nodiscard]] double coefficient_of_variation() const noexcept {
    double sum = 0, squares = 0, nodes = 0;
    for_each_relative([&](double load) {
      sum += load;
      nodes += 1;
    });
    if (sum <= 0) return 0;
    const double mean = sum / nodes;
    for_each_relative([&](double load) { squares += (load - mean) * (load - mean); });
    return std::sqrt(squares / nodes) / mean;
  }

 private:
  // Load over due load, for every node that is due any.
  template <class Use>
  void for_each_relative(const Use& use) const noexcept {
    double weights = 0, total = 0;
    for (const node_load<Node>& one : loads_) {
      weights += static_cast<double>(one.weight);
      total += one.load.fraction();
    }
    if (total <= 0) return;
    for (const node_load<Node>& one : loads_) {
      if (one.weight > 0) use(one.load.fraction() / total * weights / static_cast<double>(one.weight));
    }
  }

  template <class Choose>
  [[nodiscard]] double extreme(const Choose& choose) const noexcept {
    double result = 0;
    bool first = true;
    for_each_relative([&](double load) { result = std::exchange(first, false) ? load : choose(result, load); });
    return result;
  }

  std::vector<node_load<Node>> loads_;
};

namespace detail {

// One entry a node, and a way to find the entry of a node of this placement.
template <class Placement>
class load_table {
 public:
  using node_type = typename Placement::node_type;

  explicit load_table(const Placement& placement) {
    for (const auto& entry : placement.nodes()) {
      index_.emplace(&entry.node, loads_.size());
      loads_.push_back({entry.node, entry.weight, 0, share()});
    }
  }
  node_load<node_type>& operator[](const node_type* node) {
    const auto at = index_.find(node);
    if (at == index_.end()) throw_invalid_argument("balance_of: an owner is not in the placement's nodes()");
    return loads_[at->second];
  }
  std::vector<node_load<node_type>>& loads() noexcept { return loads_; }

 private:
  std::unordered_map<const node_type*, std::size_t> index_;
  std::vector<node_load<node_type>> loads_;
};

}  // namespace detail

/// Exact loads. O(vnodes or slots + nodes), allocates. Throws std::invalid_argument for a placement of yours with an
/// owner that is not in its nodes().
template <placement Placement>
[[nodiscard]] balance<typename Placement::node_type> balance_of(const Placement& placement) {
  detail::load_table<Placement> table(placement);
  for (const auto& arc : placement.arcs()) table[arc.owner].load += arc.size;
  return balance<typename Placement::node_type>(std::move(table.loads()));
}

/// Counted loads; load is keys / all keys, rounded down. Keys without an owner are not counted. O(keys × lookup +
/// nodes), allocates. Throws what the other one throws.
template <placement Placement, class Keys>
[[nodiscard]] balance<typename Placement::node_type> balance_of(const Placement& placement, const Keys& keys) {
  detail::load_table<Placement> table(placement);
  std::uint64_t total = 0;
  for (const auto& key : keys) {
    if (const auto* const node = placement.find(key); node != nullptr) ++table[node].keys, ++total;
  }
  if (total != 0) {
    for (auto& one : table.loads()) one.load = share::ratio(one.keys, total);
  }
  return balance<typename Placement::node_type>(std::move(table.loads()));
}

/// The exact share of all hashes whose owner differs: diff(before, after).moved(). Costs what that costs, throws what
/// that throws.
template <placement Placement>
[[nodiscard]] share moved_share(const Placement& before, const Placement& after) {
  return diff(before, after).moved();
}

/// How many of these keys have another owner after. O(keys × lookup), allocation-free.
template <placement Placement, class Keys>
[[nodiscard]] std::uint64_t moved_keys(const Placement& before, const Placement& after, const Keys& keys) {
  std::uint64_t moved = 0;
  for (const auto& key : keys) {
    const auto* const from = before.find(key);
    const auto* const to = after.find(key);
    if (from == nullptr || to == nullptr) moved += from != to ? 1U : 0U;
    else moved += detail::id_equal(detail::id_of(*from), detail::id_of(*to)) ? 0U : 1U;
  }
  return moved;
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
