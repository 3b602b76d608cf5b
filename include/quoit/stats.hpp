// SPDX-License-Identifier: MIT
// The load of each node and how even the loads are: exact from the arcs of a placement, or counted from keys.
//
//   balance_of(placement)          the exact share of all hashes that each node owns; requires a ranged_placement
//   balance_of(placement, keys)    how many of these keys each node owns; for any placement
//   moved_share, moved_keys        the share of hashes, and the number of keys, whose owner a change changes
//
// Loads are compared per unit of weight: a node of weight 2 that owns twice as much is balanced. Drained nodes (weight
// 0) are listed, but excluded from every mean. What no node owns, such as the holes of a slot table, is counted apart
// and excluded, too. Results are doubles for display; no placement depends on them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/address_ranks.hpp>
#include <quoit/detail/placement/lookup.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/diff.hpp>  // IWYU pragma: keep, for an overloaded name
#include <quoit/node.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The load of one node.
template <class Node>
struct node_load {
  Node node;                ///< a copy
  std::int64_t weight = 1;  ///< 0 if the node is drained; in a slot_table the node's leader weight
  std::uint64_t keys = 0;   ///< the number of keys; 0 if the balance is exact
  share load;               ///< the node's share of all hashes, or of the keys that were counted
};

/// The loads of all known nodes, in id order. A value that does not refer to the placement. O(1) unless stated
/// otherwise. Not synchronised, like a built-in type.
template <class Node>
class balance {
 public:
  /// From loads that the caller has counted, and what no node owns.
  explicit balance(std::vector<node_load<Node>> loads, share unowned = {}, std::uint64_t unowned_keys = 0)
      : loads_(std::move(loads)), unowned_(unowned), unowned_keys_(unowned_keys) {}
  /// O(nodes), allocates.
  balance(const balance&) = default;
  /// O(nodes), allocates. Changes nothing if it throws.
  balance& operator=(const balance& other) {
    balance copy(other);
    swap(copy);
    return *this;
  }
  /// A moved-from balance has no loads.
  balance(balance&& other) noexcept { swap(other); }
  /// The same for an assignment.
  balance& operator=(balance&& other) noexcept {
    balance taken(std::move(other));  // makes self-assignment safe
    swap(taken);
    return *this;
  }
  ~balance() = default;

  /// One entry for each known node, including drained nodes.
  [[nodiscard]] const std::vector<node_load<Node>>& loads() const& noexcept { return loads_; }
  /// The same of a temporary balance: a list of its own.
  [[nodiscard]] std::vector<node_load<Node>> loads() && noexcept { return std::move(loads_); }
  /// The first entry.
  [[nodiscard]] auto begin() const& noexcept { return loads_.begin(); }
  /// One past the last entry.
  [[nodiscard]] auto end() const& noexcept { return loads_.end(); }
  /// The number of nodes.
  [[nodiscard]] std::size_t size() const noexcept { return loads_.size(); }

  /// The share of all hashes, or of the keys that were counted, that no node owns: those of slots without a copy, and
  /// all of them if no node owns anything. 0 if no key was counted.
  [[nodiscard]] share unowned() const noexcept { return unowned_; }
  /// The number of keys that no node owns; 0 if the balance is exact.
  [[nodiscard]] std::uint64_t unowned_keys() const noexcept { return unowned_keys_; }

  /// The highest load divided by the mean load, per unit of weight. 1 is perfect; 1.25 means that the fullest node has
  /// a quarter more than its share. 0 if no node has a weight or no key was counted. O(nodes).
  [[nodiscard]] double max_over_mean() const noexcept {
    return extreme([](double a, double b) { return (std::max)(a, b); });
  }
  /// The lowest load divided by the mean load, per unit of weight. O(nodes).
  [[nodiscard]] double min_over_mean() const noexcept {
    return extreme([](double a, double b) { return (std::min)(a, b); });
  }

  /// The standard deviation of the loads per unit of weight, divided by their mean (population, not sample). O(nodes).
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

  // ---- A temporary balance hands out nothing that refers to it (P9). A loop over a temporary balance is allowed.

  void loads() const&& QUOIT_DETAIL_TEMPORARY("keep the balance in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the balance in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the balance in a variable first");

 private:
  void swap(balance& other) noexcept {
    loads_.swap(other.loads_);
    std::swap(unowned_, other.unowned_);
    std::swap(unowned_keys_, other.unowned_keys_);
  }

  // Calls use(load / expected load) for every node with a weight.
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
  share unowned_;
  std::uint64_t unowned_keys_ = 0;
};

namespace detail {

// The index in nodes() of an owner, which must not be null.
template <class Node>
[[nodiscard]] std::uint32_t rank_of_owner(const address_ranks<Node>& ranks, const Node* node) {
  const std::uint32_t rank = ranks[node];
  if (rank == none) {
    throw_invalid_argument("balance_of: the owner '" + quoit::id_text(*node) +
                           "' is not in the placement's nodes(); find() and arcs() must give addresses of its nodes()");
  }
  return rank;
}

// Counts keys by owner. Where a placement numbers its owners, no key needs the search for an address.
template <class Node>
class owner_counts {
 public:
  owner_counts(const address_ranks<Node>& ranks, std::size_t nodes) : ranks_(ranks), by_rank_(nodes) {}

  void add(const Node* node) { ++(node == nullptr ? unowned_ : by_rank_[rank_of_owner(ranks_, node)]); }
  void add(const Node* node, std::uint32_t number) {
    if (node == nullptr) {
      ++unowned_;
      return;
    }
    if (number >= numbered_.size()) numbered_.resize(number + std::size_t{1});
    if (numbered_[number].keys++ == 0) numbered_[number].node = node;
  }

  // The number of keys without an owner.
  [[nodiscard]] std::uint64_t unowned() const noexcept { return unowned_; }

  // By rank. Must be called last, and only once.
  [[nodiscard]] std::vector<std::uint64_t> take() {
    for (const counted_owner& owner : numbered_) {
      if (owner.keys != 0) by_rank_[rank_of_owner(ranks_, owner.node)] += owner.keys;
    }
    return std::move(by_rank_);
  }

 private:
  struct counted_owner {
    const Node* node = nullptr;
    std::uint64_t keys = 0;
  };

  const address_ranks<Node>& ranks_;
  std::vector<std::uint64_t> by_rank_;  // not in the loads, which are ten times as large
  std::uint64_t unowned_ = 0;
  std::vector<counted_owner> numbered_;
};

// The `use` of for_each_owner_in() that counts.
template <class Node>
struct count_owner {
  owner_counts<Node>& counts;
  void operator()(const Node* node) const { counts.add(node); }
  void operator()(const Node* node, owner_number number) const { counts.add(node, number.value); }
};

// One entry for each node, without a load.
template <class Placement>
[[nodiscard]] auto empty_loads(const Placement& placement) {
  std::vector<node_load<typename Placement::node_type>> loads;
  loads.reserve(node_count(placement));
  for (const auto& entry : placement.nodes()) loads.push_back({entry.node, owner_weight(placement, entry), 0, share()});
  return loads;
}

}  // namespace detail

/// The exact loads of a ranged_placement. O(vnodes or slots + nodes), allocates. Throws std::invalid_argument if an
/// owner is not in the placement's nodes(), which only a faulty placement of your own can cause.
template <placement Placement>
[[nodiscard]] balance<typename Placement::node_type> balance_of(const Placement& placement) {
  static_assert(
      ranged_placement<Placement>,
      "quoit: this placement is not made of ranges of positions, so its loads cannot be added up exactly. Write "
      "quoit::balance_of(placement, keys), which counts the keys you have");
  const auto ranks = detail::ranks_of(placement);
  auto loads = detail::empty_loads(placement);
  share unowned;
  if constexpr (ranged_placement<Placement>) {
    const auto arcs = placement.arcs();
    if (arcs.empty()) unowned = share::whole();
    for (const auto& arc : arcs) {
      (arc.owner == nullptr ? unowned : loads[detail::rank_of_owner(ranks, arc.owner)].load) += arc.size;
    }
  }
  return balance<typename Placement::node_type>(std::move(loads), unowned);
}

/// The loads of any placement, counted from keys: a load is keys / all keys, rounded down. O(keys × lookup + nodes),
/// allocates. Throws what balance_of(placement) throws.
template <placement Placement, class Keys>
[[nodiscard]] balance<typename Placement::node_type> balance_of(const Placement& placement, const Keys& keys) {
  const auto ranks = detail::ranks_of(placement);
  using node_type = typename Placement::node_type;
  detail::owner_counts<node_type> counter(ranks, detail::node_count(placement));
  detail::for_each_owner_in(placement, keys, detail::count_owner<node_type>{counter});
  const std::vector<std::uint64_t> counts = counter.take();
  const std::uint64_t unowned = counter.unowned();
  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), unowned);
  auto loads = detail::empty_loads(placement);
  for (std::size_t i = 0; i < loads.size(); ++i) {
    loads[i].keys = counts[i];
    if (total != 0) loads[i].load = share::ratio(counts[i], total);
  }
  return balance<typename Placement::node_type>(std::move(loads), total == 0 ? share() : share::ratio(unowned, total),
                                                unowned);
}

/// The exact share of all hashes whose owner differs: diff(before, after).moved(). Costs what diff() costs,
/// and throws what diff() throws. Requires a ranged_placement.
template <placement Placement>
[[nodiscard]] share moved_share(const Placement& before, const Placement& after) {
  return quoit::diff(before, after).moved();
}

/// The number of keys whose owner differs, between any two placements. diff(before, after, keys) groups them.
/// O(keys × lookup), does not allocate.
template <placement Before, placement After, class Keys>
[[nodiscard]] std::uint64_t moved_keys(const Before& before, const After& after, const Keys& keys) {
  std::uint64_t moved = 0;
  detail::for_each_pair_of_owners(before, after, keys, [&](const auto* from, const auto* to) {
    if (from == nullptr || to == nullptr) moved += from != to ? 1U : 0U;
    else moved += detail::id_equal(detail::id_of(*from), detail::id_of(*to)) ? 0U : 1U;
  });
  return moved;
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
