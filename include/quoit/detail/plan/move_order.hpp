// SPDX-License-Identifier: MIT
// The order of the moves of a plan: the most valuable first, and every prefix is safe.
//
//   1. repairs, slots with the fewest live copies first
//   2. moves that mend the spread of a slot
//   3. the other moves
//
// Among equals, the next move is one of the node that is farthest from its entitlement, relative to that. Among the
// moves of that node it is the one whose other node is farthest from its own. Moves between nodes within their
// entitlement come last.
//
// Invariant: no node is above `limit`, the larger of its load before and after. A node at its limit gives before it
// receives, so the moves that make room come right before the move that needs it:
//
//   wanted  c ─▶ b     b is at its limit and gives to a, which has room:   b ─▶ a, c ─▶ b
//
// If no room can be made, the nodes that the search has seen are all at their limit and give only to each other, as
// many copies as they receive. The wanted move then lies on a cycle of them. The moves of a cycle are one unit, to be
// made together or not at all. A unit of several moves changes no load, so that leaving it out keeps the other moves
// safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct ordered_move {
  std::uint32_t slot;
  std::uint32_t position;  // in the list of the slot after the whole plan
  domain_tree::vertex to;
  domain_tree::vertex replaces;  // none: a copy was missing or lost
  std::uint32_t value;           // lower is better: see move_order::value_of_…
  std::uint32_t turn;            // the order among moves between the same nodes
};

class move_order {
 public:
  using vertex = domain_tree::vertex;

  // Values of moves. A repair has the number of live copies of its slot when its turn comes, twice, plus 1 if the slot
  // had none at first: data that still exists is more urgent than a slot that is empty anyway.
  static constexpr std::uint32_t value_of_repair(std::uint32_t live, bool was_lost) noexcept {
    return 2 * live + (was_lost ? 1U : 0U);
  }
  static constexpr std::uint32_t value_of_spread = none - 3;
  static constexpr std::uint32_t value_of_balance = none - 2;
  // The slot's moves are safe only together, so they belong to the last unit.
  static constexpr std::uint32_t value_of_joined = none - 1;

  // By node.
  struct bounds {
    std::uint32_t least;  // what the node is entitled to
    std::uint32_t most;
    std::uint32_t limit;  // the most copies that it may hold on the way
  };

  // `load`: by node, before the first move.
  move_order(std::span<const ordered_move> moves, std::vector<std::uint32_t> load, std::span<const bounds> nodes)
      : moves_(moves), load_(std::move(load)), nodes_(nodes), gone_(moves.size(), false), first_(load_.size() + 1, 0),
        place_(moves.size()), seen_(load_.size(), 0), via_(load_.size()), closed_(load_.size(), false) {
    list_outgoing();
    std::vector<std::uint64_t> by_value;
    for (std::uint32_t i = 0; i < moves.size(); ++i) {
      if (moves[i].value == value_of_joined) postpone(i);
      else by_value.push_back(std::uint64_t{moves[i].value} << 32 | i);
    }
    std::sort(by_value.begin(), by_value.end());
    std::vector<std::uint32_t> equal;
    for (std::size_t at = 0; at < by_value.size(); ++at) {
      equal.push_back(static_cast<std::uint32_t>(by_value[at]));
      if (at + 1 < by_value.size() && by_value[at + 1] >> 32 == by_value[at] >> 32) continue;
      lessen_imbalance(equal);
      make_all(equal);
      equal.clear();
    }
    if (!last_.empty()) {
      std::sort(last_.begin(), last_.end());
      sequence_.insert(sequence_.end(), last_.begin(), last_.end());
      ends_.push_back(static_cast<std::uint32_t>(sequence_.size()));
    }
  }

  // Calls use(span of moves) for the units, in their order, with the indices of the moves.
  template <class Use>
  void for_each_unit(const Use& use) const {
    std::uint32_t first = 0;
    for (const std::uint32_t end : ends_) {
      use(std::span(sequence_).subspan(first, end - first));
      first = end;
    }
  }

 private:
  // ---- Single moves.

  void list_outgoing() {
    for (const ordered_move& one : moves_) {
      if (one.replaces != none) ++first_[one.replaces + std::size_t{1}];
    }
    for (std::size_t node = 1; node < first_.size(); ++node) first_[node] += first_[node - 1];
    outgoing_.resize(first_.back());
    end_.assign(first_.begin(), first_.end() - 1);
    for (std::uint32_t i = 0; i < moves_.size(); ++i) {
      if (moves_[i].replaces == none) continue;
      place_[i] = end_[moves_[i].replaces]++;
      outgoing_[place_[i]] = i;
    }
  }

  // Takes a move out of the lists.
  void take(std::uint32_t i) {
    gone_[i] = true;
    const vertex from = moves_[i].replaces;
    if (from == none) return;
    const std::uint32_t last = outgoing_[--end_[from]];
    outgoing_[place_[i]] = last;
    place_[last] = place_[i];
  }
  void postpone(std::uint32_t i) {
    take(i);
    last_.push_back(i);
  }
  void append(std::uint32_t i) {
    take(i);
    sequence_.push_back(i);
    const vertex to = moves_[i].to, from = moves_[i].replaces;
    if (++load_[to] > nodes_[to].most) farther_.push_back(to);
    if (from != none && --load_[from] < nodes_[from].least) farther_.push_back(from);
  }
  void end_unit() { ends_.push_back(static_cast<std::uint32_t>(sequence_.size())); }
  void append_alone(std::uint32_t i) {
    append(i);
    end_unit();
  }

  // Makes the move, and before it those that make room for it. Postpones it if that is not possible.
  void make(std::uint32_t i) {
    if (gone_[i]) return;
    const vertex to = moves_[i].to;
    if (load_[to] < nodes_[to].limit) return append_alone(i);
    const vertex room = find_room(to, moves_[i].replaces);
    if (room == none) return postpone(i);
    path_.clear();
    for (vertex v = room; v != to; v = moves_[via_[v]].replaces) path_.push_back(via_[v]);
    if (load_[room] < nodes_[room].limit) {
      for (const std::uint32_t one : path_) append_alone(one);
      return append_alone(i);
    }
    append(i);
    for (const std::uint32_t one : path_) append(one);
    end_unit();
  }

  // The nearest node with room that moves from `start` lead to; if there is none, `back` if they lead to it; else none.
  // Afterwards via_ has the last move of the path to each node.
  vertex find_room(vertex start, vertex back) {
    ++search_;
    queue_.assign(1, start);
    seen_[start] = search_;
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      const vertex from = queue_[next];
      for (std::uint32_t at = first_[from]; at < end_[from]; ++at) {
        const vertex to = moves_[outgoing_[at]].to;
        if (seen_[to] == search_) continue;
        seen_[to] = search_;
        via_[to] = outgoing_[at];
        if (load_[to] < nodes_[to].limit) return to;
        if (to == back && closed_[start]) return to;
        queue_.push_back(to);
      }
    }
    // Whatever is made later, no room comes to these nodes from outside.
    for (const vertex node : queue_) closed_[node] = true;
    return back != none && seen_[back] == search_ ? back : none;
  }

  // ---- The most valuable first.

  // How far a node is outside its entitlement, in copies: above it (a sender) or below it (a receiver).
  struct distance {
    std::int64_t copies;
    std::uint32_t entitled;
    vertex node;
    // Relative to the entitlement. A node that is to hold nothing is infinitely far from it.
    friend bool operator<(const distance& a, const distance& b) noexcept {
      const std::int64_t left = a.copies * b.entitled, right = b.copies * a.entitled;
      return left != right ? left < right : a.node > b.node;
    }
  };
  [[nodiscard]] distance above(vertex node) const noexcept {
    if (node == none) return {0, 1, none};
    return {std::int64_t{load_[node]} - nodes_[node].most, nodes_[node].most, node};
  }
  [[nodiscard]] distance below(vertex node) const noexcept {
    return {std::int64_t{nodes_[node].least} - load_[node], nodes_[node].most, node};
  }

  [[nodiscard]] distance outside(vertex node) const noexcept {
    return load_[node] > nodes_[node].most ? above(node) : below(node);
  }

  // The moves from one node to another, as a range of the sorted list.
  struct bucket {
    vertex from, to;
    std::uint32_t next, end;
  };

  // Sorts moves by two numbers, then by their turn.
  template <class Number>
  void sort_moves(std::vector<std::uint32_t>& list, const Number& number) {
    keys_.clear();
    for (const std::uint32_t i : list) keys_.push_back({number(moves_[i]), std::uint64_t{moves_[i].turn} << 32 | i});
    std::sort(keys_.begin(), keys_.end());
    for (std::size_t k = 0; k < keys_.size(); ++k) list[k] = static_cast<std::uint32_t>(keys_[k].second);
  }

  // Makes those moves of the list that bring a node closer to its entitlement.
  void lessen_imbalance(std::vector<std::uint32_t>& list) {
    sort_moves(list, [](const ordered_move& one) { return std::uint64_t{one.replaces} << 32 | one.to; });
    std::vector<bucket> buckets;
    for (std::uint32_t at = 0; at < list.size(); ++at) {
      const ordered_move& one = moves_[list[at]];
      if (buckets.empty() || buckets.back().from != one.replaces || buckets.back().to != one.to)
        buckets.push_back({one.replaces, one.to, at, at});
      ++buckets.back().end;
    }
    std::vector<std::vector<std::uint32_t>> given(load_.size()), received(load_.size());
    for (std::uint32_t b = 0; b < buckets.size(); ++b) {
      if (buckets[b].from != none) given[buckets[b].from].push_back(b);
      received[buckets[b].to].push_back(b);
    }
    // The bucket of one node whose other node is farthest from its goal; none if no move is left.
    const auto best = [&](std::vector<std::uint32_t>& of_node, bool senders) {
      std::uint32_t found = none;
      distance farthest{};
      for (std::size_t k = 0; k < of_node.size();) {
        bucket& one = buckets[of_node[k]];
        while (one.next < one.end && gone_[list[one.next]]) ++one.next;
        if (one.next == one.end) {
          of_node[k] = of_node.back();
          of_node.pop_back();
          continue;
        }
        const distance here = senders ? above(one.from) : below(one.to);
        if (found == none || farthest < here) {
          found = of_node[k];
          farthest = here;
        }
        ++k;
      }
      return found;
    };
    std::priority_queue<distance> nodes;
    const auto enter = [&](vertex node) {
      const distance now = outside(node);
      if (now.copies > 0) nodes.push(now);
    };
    for (vertex node = 0; node < load_.size(); ++node) enter(node);
    while (!nodes.empty()) {
      const distance top = nodes.top();
      nodes.pop();
      // An entry may be out of date. It is never too low, because farther_ enters what has moved away.
      for (distance now = outside(top.node); now.copies > 0; now = outside(top.node)) {
        if (now < top && !nodes.empty() && now < nodes.top()) {
          nodes.push(now);
          break;
        }
        const bool sends = load_[top.node] > nodes_[top.node].most;
        const std::uint32_t b = sends ? best(given[top.node], false) : best(received[top.node], true);
        if (b == none) break;
        farther_.clear();
        make(list[buckets[b].next]);
        for (const vertex node : farther_) enter(node);
      }
    }
  }

  // Makes the moves of the list that are left. First those whose nodes have room, in the order in which the flow has
  // found them. Each makes room on the node that it leaves, so a walk against the moves makes the most of them. Only
  // the rest needs a search.
  void make_all(std::vector<std::uint32_t>& list) {
    std::erase_if(list, [&](std::uint32_t i) { return gone_[i]; });
    sort_moves(list, [](const ordered_move& one) { return std::uint64_t{one.replaces}; });
    for (const std::uint32_t i : list) {
      if (load_[moves_[i].to] < nodes_[moves_[i].to].limit) append_alone(i);
    }
    std::erase_if(list, [&](std::uint32_t i) { return gone_[i]; });
    if (list.empty()) return;
    std::vector<std::vector<std::uint32_t>> incoming(load_.size());
    for (auto i = list.rbegin(); i != list.rend(); ++i) incoming[moves_[*i].to].push_back(*i);
    std::vector<vertex> roomy;
    for (vertex node = 0; node < load_.size(); ++node) roomy.push_back(node);
    while (!roomy.empty()) {
      const vertex node = roomy.back();
      roomy.pop_back();
      while (load_[node] < nodes_[node].limit && !incoming[node].empty()) {
        const std::uint32_t i = incoming[node].back();
        incoming[node].pop_back();
        append_alone(i);
        if (moves_[i].replaces != none) roomy.push_back(moves_[i].replaces);
      }
    }
    for (const std::uint32_t i : list) make(i);
  }

  std::span<const ordered_move> moves_;
  std::vector<std::uint32_t> load_;
  std::span<const bounds> nodes_;
  std::vector<bool> gone_;               // by move: made or postponed
  std::vector<std::uint32_t> first_;     // by node: its first entry in outgoing_
  std::vector<std::uint32_t> end_;       // by node: one past its last entry
  std::vector<std::uint32_t> outgoing_;  // the moves by the node whose copy they replace, without those that are gone
  std::vector<std::uint32_t> place_;     // by move: its entry in outgoing_
  std::vector<std::uint32_t> sequence_;  // the result
  std::vector<std::uint32_t> ends_;      // by unit: its end in sequence_
  std::vector<std::uint32_t> last_;      // the postponed moves
  std::vector<vertex> farther_;          // nodes whose last move took them farther from their entitlement
  std::vector<std::uint64_t> seen_;      // by node: the last search that reached it
  std::vector<std::uint32_t> via_;       // by node: the move by which it was reached
  std::vector<bool> closed_;             // by node: moves from it lead to no room
  std::uint64_t search_ = 0;
  std::vector<vertex> queue_;
  std::vector<std::uint32_t> path_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> keys_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
