// SPDX-License-Identifier: MIT
// The round of each move. Rounds done one after another stay within the limits of every node, every part and the
// cluster.
//
//   phase 0   the copies of parts with the fewest live copies   ─┐  each phase has rounds of its own, so that urgent
//   phase 1   …                                                  │  copies do not wait for others
//   last      copies that replace a live one                    ─┘
//   drops     after the copies of their part: until then a copy may still be needed as a source
//
// Within a phase:
//   1. The copies, or the streams if the limits count those, are coloured as transfers between nodes
//      (edge_colouring.hpp): as few rounds as the nodes allow.
//   2. Rounds with more than limits.total transfers give some to rounds with fewer.
//   3. Where copies of one part share a round beyond the limit, one of them changes rounds with others, or goes to an
//      extra round after the last one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/edge_colouring.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Moves of a part are adjacent.
struct scheduled_move {
  std::uint32_t part;
  std::uint32_t source;  // none: no copy is left to copy from
  std::uint32_t to;      // none: a copy is only dropped
  std::uint32_t phase;   // of a copy
};

inline constexpr std::uint32_t rounds_for(std::size_t moves, std::uint32_t limit) noexcept {
  return static_cast<std::uint32_t>(moves / limit + (moves % limit != 0 ? 1 : 0));
}

// Calls use(begin, end) for the indices of each part.
template <class Use>
void for_each_scheduled_part(std::span<const scheduled_move> moves, const Use& use) {
  for (std::size_t begin = 0, end = 0; begin < moves.size(); begin = end) {
    while (end < moves.size() && moves[end].part == moves[begin].part) ++end;
    use(begin, end);
  }
}

// What the limits of nodes count: every copy, or every pair of nodes. `edge_of` gives the edge of each copy.
struct transfer_edges {
  transfer_edges(std::span<const scheduled_move> copies, transfer_unit unit) : edge_of(copies.size()) {
    std::vector<std::uint32_t> order(copies.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto nodes = [&](std::uint32_t i) { return std::pair(copies[i].source, copies[i].to); };
    if (unit == transfer_unit::streams)
      std::sort(order.begin(), order.end(),
                [&](auto a, auto b) { return std::pair(nodes(a), a) < std::pair(nodes(b), b); });
    for (std::size_t k = 0; k < order.size(); ++k) {
      if (unit == transfer_unit::moves || k == 0 || nodes(order[k]) != nodes(order[k - 1])) {
        first.push_back(static_cast<std::uint32_t>(k));
        edges.push_back({copies[order[k]].source, copies[order[k]].to});
      }
      edge_of[order[k]] = static_cast<std::uint32_t>(edges.size() - 1);
    }
    first.push_back(static_cast<std::uint32_t>(order.size()));
    copies_by_edge = std::move(order);
  }
  [[nodiscard]] std::span<const std::uint32_t> copies_of(std::uint32_t edge) const noexcept {
    return std::span(copies_by_edge).subspan(first[edge], first[edge + 1] - first[edge]);
  }

  std::vector<transfer_edge> edges;
  std::vector<std::uint32_t> edge_of;         // of a copy
  std::vector<std::uint32_t> first;           // of an edge: the index of its first copy in copies_by_edge
  std::vector<std::uint32_t> copies_by_edge;  // grouped
};

// A lower bound: no schedule has fewer rounds.
inline std::uint32_t bound_of_rounds(std::span<const scheduled_move> moves, std::uint32_t nodes,
                                     transfer_limits limits) {
  std::vector<scheduled_move> copies;
  std::uint32_t result = 0;
  for_each_scheduled_part(moves, [&](std::size_t begin, std::size_t end) {
    const std::size_t before = copies.size();
    for (std::size_t i = begin; i < end; ++i) {
      if (moves[i].to != none) copies.push_back(moves[i]);
    }
    const std::size_t made = copies.size() - before;
    result = (std::max)(result, rounds_for(made, limits.per_part) + rounds_for(end - begin - made, limits.per_part));
  });
  const transfer_edges units(copies, limits.unit);
  return (std::max)({result, edge_colouring::bound(units.edges, nodes, limits.out, limits.in),
                     rounds_for(units.edges.size(), limits.total)});
}

// The rounds of the copies of one phase. O(copies × (path length + copies of a part)), plus the cost of the colouring.
class phase_schedule {
 public:
  phase_schedule(std::span<const scheduled_move> copies, std::uint32_t nodes, transfer_limits limits)
      : limits_(limits), nodes_(nodes), units_(copies, limits.unit), part_of_(copies.size()), rounds_(copies.size()) {
    std::uint32_t count = (std::max)(edge_colouring::bound(units_.edges, nodes, limits.out, limits.in),
                                     rounds_for(units_.edges.size(), limits.total));
    for_each_scheduled_part(copies, [&](std::size_t begin, std::size_t end) {
      const copy_range range{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
      for (std::size_t i = begin; i < end; ++i) part_of_[i] = range;
      count = (std::max)(count, rounds_for(end - begin, limits.per_part));
    });
    edge_colouring colouring(units_.edges, nodes, limits.out, limits.in, count);
    colouring.level(limits.total);
    separate(colouring);
    for (std::size_t i = 0; i < rounds_.size(); ++i) rounds_[i] = colouring.round_of(units_.edge_of[i]);
    for (std::uint32_t i = 0; i < rounds_.size(); ++i) {
      if (earlier_in_round(i) >= limits_.per_part) postpone(i, count);
    }
  }

  [[nodiscard]] const std::vector<std::uint32_t>& rounds() const noexcept { return rounds_; }

 private:
  struct copy_range {
    std::uint32_t first, last;
  };

  // Changes rounds until no part has too many copies in one, as far as that is possible.
  void separate(edge_colouring& colouring) {
    const auto round_of = [&](std::uint32_t i) { return colouring.round_of(units_.edge_of[i]); };
    const auto within_limit = [&](std::uint32_t i) {
      std::uint32_t in_round = 0;
      for (std::uint32_t k = part_of_[i].first; k < part_of_[i].last; ++k)
        in_round += round_of(k) == round_of(i) ? 1U : 0U;
      return in_round <= limits_.per_part;
    };
    const auto accepted = [&](std::uint32_t edge) {
      const auto copies = units_.copies_of(edge);
      return colouring.transfers_in(colouring.round_of(edge)) <= limits_.total &&
             std::all_of(copies.begin(), copies.end(), within_limit);
    };
    for (std::uint32_t i = 0; i < part_of_.size(); ++i) {
      if (!within_limit(i)) colouring.move(units_.edge_of[i], accepted);
    }
  }

  // The copies of the same part and round that precede a copy.
  [[nodiscard]] std::uint32_t earlier_in_round(std::uint32_t i) const noexcept {
    std::uint32_t in_round = 0;
    for (std::uint32_t k = part_of_[i].first; k < i; ++k) in_round += rounds_[k] == rounds_[i] ? 1U : 0U;
    return in_round;
  }

  // Moves a copy to the first extra round with room for it.
  void postpone(std::uint32_t i, std::uint32_t count) {
    const std::uint32_t edge = units_.edge_of[i];
    const auto [source, to] = units_.edges[edge];
    for (std::size_t extra = 0;; ++extra) {
      if (extra == extra_.size())
        extra_.push_back({std::vector<std::uint32_t>(nodes_), std::vector<std::uint32_t>(nodes_), {}});
      auto& [sent, received, edges] = extra_[extra];
      rounds_[i] = count + static_cast<std::uint32_t>(extra);
      if (earlier_in_round(i) >= limits_.per_part) continue;
      if (edges.count(edge) != 0) return;  // a copy of the same stream is there
      const bool can_send = source == none || sent[source] < limits_.out;
      if (!can_send || received[to] >= limits_.in || edges.size() >= limits_.total) continue;
      if (source != none) ++sent[source];
      ++received[to];
      edges.insert(edge);
      return;
    }
  }

  struct extra_round {
    std::vector<std::uint32_t> sent, received;
    std::set<std::uint32_t> edges;
  };

  transfer_limits limits_;
  std::uint32_t nodes_;
  transfer_edges units_;
  std::vector<copy_range> part_of_;  // of a copy
  std::vector<extra_round> extra_;   // after the last round of the colouring
  std::vector<std::uint32_t> rounds_;
};

inline std::vector<std::uint32_t> rounds_of(std::span<const scheduled_move> moves, std::uint32_t nodes,
                                            transfer_limits limits) {
  std::vector<std::uint32_t> rounds(moves.size()), index, phases;
  std::vector<scheduled_move> copies;
  for (const scheduled_move& one : moves) {
    if (one.to != none) phases.push_back(one.phase);
  }
  std::sort(phases.begin(), phases.end());
  phases.erase(std::unique(phases.begin(), phases.end()), phases.end());
  std::uint32_t begin = 0, end = 0;  // of the last phase
  for (const std::uint32_t phase : phases) {
    begin = end;
    copies.clear();
    index.clear();
    for (std::uint32_t i = 0; i < moves.size(); ++i) {
      if (moves[i].to == none || moves[i].phase != phase) continue;
      copies.push_back(moves[i]);
      index.push_back(i);
    }
    const phase_schedule one(copies, nodes, limits);
    for (std::size_t k = 0; k < index.size(); ++k) {
      rounds[index[k]] = begin + one.rounds()[k];
      end = (std::max)(end, rounds[index[k]] + 1);
    }
  }
  for_each_scheduled_part(moves, [&](std::size_t first, std::size_t last) {
    std::uint32_t next = begin, drops = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (moves[i].to != none) next = (std::max)(next, rounds[i] + 1);
    }
    for (std::size_t i = first; i < last; ++i) {
      if (moves[i].to == none) rounds[i] = next + drops++ / limits.per_part;
    }
  });
  return rounds;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
