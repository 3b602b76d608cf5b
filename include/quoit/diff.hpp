// SPDX-License-Identifier: MIT
// diff(before, after): which ranges of positions change their owner, how much that is, and the least that is possible.
//
//   moves()       ascending and merged: two neighbours differ in their old or their new owner
//   transfers()   the same by pair of nodes
//   find()        the move that a position belongs to
//   moved()       the exact share of all hashes that change their owner
//                 A position without an owner, in a hole of a slot table, counts as owned by no node
//   minimum()     the least share that any placement has to move to change the loads before into the loads after:
//                 the sum over all nodes of max(0, load after - load before). If moved() == minimum(), no move is
//                 unnecessary. A ring reaches this for every join, every leave and every change of one weight (P4)
//   ideal()       the same for perfectly balanced loads, from the weights alone
//
// All results are exact. A ranged_placement is required. diff(before, after, keys) in key_diff.hpp compares the keys
// you have, for any placement.
//
// Rejected: counting the moved keys of a sample, which cannot show that no other key moved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/detail/placement/segments.hpp>
#include <quoit/node.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A range of positions whose keys change their owner.
template <class Node>
struct move {
  position_range range;        ///< of positions, or of slots
  const Node* from = nullptr;  ///< the owner before; null if no node owned the range
  const Node* to = nullptr;    ///< the owner after; null if no node owns the range
  share size;                  ///< in hashes
};

/// All moves from one node to another, added up.
template <class Node>
struct transfer {
  const Node* from = nullptr;  ///< as in a move
  const Node* to = nullptr;    ///< as in a move
  share size;                  ///< of all these moves, in hashes
  std::size_t ranges = 0;      ///< the number of moves
};

/// The difference between two placements. A value that does not refer to them; copies share the nodes. O(1) and
/// noexcept unless stated otherwise. Not synchronised, like a built-in type.
template <class Node>
class placement_diff {
 public:
  using value_type = move<Node>;  ///< the element type of the range

  /// No difference.
  placement_diff() = default;
  /// O(moves), allocates. Both objects refer to the same nodes.
  placement_diff(const placement_diff&) = default;
  /// O(moves), allocates. Changes nothing if it throws std::bad_alloc.
  placement_diff& operator=(const placement_diff& other) {
    placement_diff copy(other);
    swap(copy);
    return *this;
  }
  /// A moved-from diff has no difference.
  placement_diff(placement_diff&& other) noexcept { swap(other); }
  /// The same for an assignment.
  placement_diff& operator=(placement_diff&& other) noexcept {
    placement_diff taken(std::move(other));  // makes self-assignment safe
    swap(taken);
    return *this;
  }
  ~placement_diff() = default;

  /// The moves, ascending and merged: two neighbours differ in their old or their new owner.
  [[nodiscard]] const std::vector<move<Node>>& moves() const& noexcept { return moves_; }
  /// The first move.
  [[nodiscard]] auto begin() const& noexcept { return moves_.begin(); }
  /// One past the last move.
  [[nodiscard]] auto end() const& noexcept { return moves_.end(); }
  /// The number of moves.
  [[nodiscard]] std::size_t size() const noexcept { return moves_.size(); }
  /// Whether no key changes its owner.
  [[nodiscard]] bool empty() const noexcept { return moves_.empty(); }

  /// The move that contains a position, such as Placement::position(key). Null if its keys keep their owner, and if
  /// there is no such position. O(log moves).
  [[nodiscard]] const move<Node>* find(std::uint64_t position) const& noexcept {
    if (moves_.empty() || position > last_) return nullptr;
    auto at = std::lower_bound(moves_.begin(), moves_.end(), position,
                               [](const move<Node>& m, std::uint64_t value) { return m.range.to < value; });
    if (at == moves_.end()) at = moves_.begin();  // only the first range can wrap
    return at->range.contains(position) ? &*at : nullptr;
  }

  /// One entry for each pair of nodes, in id order of the old owner, then of the new one. O(moves log moves),
  /// allocates.
  [[nodiscard]] std::vector<transfer<Node>> transfers() const& {
    std::map<std::pair<std::uint32_t, std::uint32_t>, transfer<Node>> pairs;
    for (const move<Node>& m : moves_) {
      transfer<Node>& sum = pairs[{rank(m.from), rank(m.to)}];
      sum.from = m.from;
      sum.to = m.to;
      sum.size += m.size;
      ++sum.ranges;
    }
    std::vector<transfer<Node>> result;
    for (auto& [nodes, sum] : pairs) result.push_back(sum);
    return result;
  }

  /// The exact share of all hashes that change their owner.
  [[nodiscard]] share moved() const noexcept { return moved_; }
  /// The least share that any placement has to move to change the loads before into the loads after.
  [[nodiscard]] share minimum() const noexcept { return minimum_; }
  /// The same for perfectly balanced loads: from the weights alone.
  [[nodiscard]] share ideal() const noexcept { return ideal_; }

  /// The rank of a node of this diff among the nodes of both placements, in id order. 2^32 - 1 for null.
  [[nodiscard]] std::uint32_t rank(const Node* node) const noexcept {
    return node == nullptr ? detail::none : static_cast<std::uint32_t>(node - nodes_->data());
  }

  // ---- A temporary diff hands out nothing that refers to it (P9). A loop over a temporary diff is allowed.

  void moves() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void find(std::uint64_t position) const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");
  void transfers() const&& QUOIT_DETAIL_TEMPORARY("keep the diff in a variable first");

  /// Implements diff().
  template <ranged_placement Placement>
  static placement_diff between(const Placement& before, const Placement& after) {
    require_comparable(before, after);
    return between(before, after, detail::node_union<Node>(before, after), before.arcs(), after.arcs());
  }

  /// The same for callers that have the arcs and the nodes of both. O(arcs of both + nodes + moves).
  template <ranged_placement Placement>
  static placement_diff between(const Placement& before, const Placement& after, const detail::node_union<Node>& nodes,
                                const std::vector<arc<Node>>& arcs_before, const std::vector<arc<Node>>& arcs_after) {
    require_comparable(before, after);
    placement_diff result(nodes);
    result.last_ = detail::last_position_of(after);
    const auto rank = [&](const arc<Node>* a) { return nodes.rank(detail::owner_of(a)); };
    detail::for_each_segment(arcs_before, arcs_after, [&](const position_range& range, const auto* b, const auto* a) {
      const std::uint32_t from = rank(b), to = rank(a);
      if (from != to) result.append(range, result.node(from), result.node(to));
    });
    result.merge_ends();

    // The load of a node changes by what moves to it and from it, and by nothing else.
    share_list received(nodes.size()), sent(nodes.size());
    for (move<Node>& m : result.moves_) {
      m.size = arcs_after.empty() ? before.size_of(m.range) : after.size_of(m.range);
      result.moved_ += m.size;
      if (m.from != nullptr) sent[result.rank(m.from)] += m.size;
      if (m.to != nullptr) received[result.rank(m.to)] += m.size;
    }
    result.minimum_ = least(sent, received);
    result.ideal_ = least(targets(before, nodes), targets(after, nodes));
    return result;
  }

 private:
  void swap(placement_diff& other) noexcept {
    nodes_.swap(other.nodes_);
    moves_.swap(other.moves_);
    std::swap(moved_, other.moved_);
    std::swap(minimum_, other.minimum_);
    std::swap(ideal_, other.ideal_);
    std::swap(last_, other.last_);
  }

  using share_list = std::vector<share>;

  [[nodiscard]] const Node* node(std::uint32_t rank) const noexcept {
    return rank == detail::none ? nullptr : &(*nodes_)[rank];
  }

  template <class Placement>
  static void require_comparable(const Placement& before, const Placement& after) {
    if (before.key_spec() == after.key_spec()) return;
    detail::throw_invalid_argument("diff: the placements put keys at different positions (" + before.key_spec() +
                                   " and " + after.key_spec() + "); give both the same hash, seed and slots");
  }

  // A node of both placements is copied from the later one, which has its newest payload.
  explicit placement_diff(const detail::node_union<Node>& nodes) {
    auto copies = std::make_shared<std::vector<Node>>();
    copies->reserve(nodes.size());
    for (const auto& entry : nodes) copies->push_back(entry.newest());
    nodes_ = std::move(copies);
  }

  void append(const position_range& range, const Node* from, const Node* to) {
    if (!moves_.empty()) {
      move<Node>& last = moves_.back();
      if (last.range.to == range.from && last.from == from && last.to == to) {
        last.range.to = range.to;
        return;
      }
    }
    moves_.push_back({range, from, to, share()});
  }

  // The last move and the first one may be one move that wraps.
  void merge_ends() {
    if (moves_.size() < 2) return;
    move<Node>& first = moves_.front();
    const move<Node>& last = moves_.back();
    if (last.range.to != first.range.from || last.from != first.from || last.to != first.to) return;
    first.range.from = last.range.from;
    moves_.pop_back();
  }

  template <class Placement>
  static share_list targets(const Placement& p, const detail::node_union<Node>& nodes) {
    share_list result(nodes.size());
    std::uint64_t total = 0;
    for (const auto& entry : p.nodes()) total += static_cast<std::uint64_t>(detail::owner_weight(p, entry));
    if (total == 0) return result;
    for (const auto& entry : p.nodes()) {
      result[nodes.rank(&entry.node)] = share::ratio(static_cast<std::uint64_t>(detail::owner_weight(p, entry)), total);
    }
    return result;
  }

  // The least that must move to change the loads `before` into `after`. A common part of both may be missing in both.
  static share least(const share_list& before, const share_list& after) {
    share gained, lost;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (after[i] > before[i]) gained += after[i] - before[i];
      else lost += before[i] - after[i];
    }
    return (std::max)(gained, lost);  // they differ if one side has more positions without an owner
  }

  std::shared_ptr<const std::vector<Node>> nodes_;
  std::vector<move<Node>> moves_;
  share moved_, minimum_, ideal_;
  std::uint64_t last_ = ~std::uint64_t{0};  // the last position of the placements
};

/// The exact difference between two placements of one type, with ranges. Both must put keys at the same positions
/// (equal hash, seed and slots), otherwise throws std::invalid_argument. O(vnodes of both + nodes + moves), allocates.
template <placement Placement>
[[nodiscard]] placement_diff<typename Placement::node_type> diff(const Placement& before, const Placement& after) {
  if constexpr (detail::require_ranged_placement<Placement>()) {
    return placement_diff<typename Placement::node_type>::between(before, after);
  }
}

/// "(0x0000000000000010, 0x00000000000000ff]  a -> b  0.0001%", with "nobody" if there is no owner. O(1), allocates.
template <class Node>
[[nodiscard]] std::string to_string(const move<Node>& m) {
  const auto name = [](const Node* node) { return node == nullptr ? std::string("nobody") : quoit::id_text(*node); };
  return to_string(m.range) + "  " + name(m.from) + " -> " + name(m.to) + "  " + to_string(m.size);
}

/// Writes to_string(m).
template <class Char, class Traits, class Node>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const move<Node>& m) {
  return out << to_string(m).c_str();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// diff(before, after, keys) has the same name, so that callers of either find both.
#include <quoit/key_diff.hpp>  // IWYU pragma: export
