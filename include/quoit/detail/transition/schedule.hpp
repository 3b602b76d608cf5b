// SPDX-License-Identifier: MIT
// move_schedule: the round of each move. Rounds done one after another keep the limits of every node and every part.
//
//   1. The copies are coloured as transfers between nodes (edge_colouring.hpp): as few rounds as the nodes allow.
//   2. Where copies of one part share a round beyond the limit, one of them changes rounds with others, or goes to an
//      extra round after the last one.
//   3. The drops of a part come after its copies: until then a copy may still be needed as a source.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
};

constexpr bool is_copy(const scheduled_move& one) noexcept { return one.to != none; }

inline constexpr std::uint32_t rounds_for(std::size_t moves, std::uint32_t limit) noexcept {
  return static_cast<std::uint32_t>(moves / limit + (moves % limit != 0 ? 1 : 0));
}

// Calls use(first copy, first drop, end) for each part. Meanwhile `sequence` has the copies of the part in their order,
// then its drops. Rejected: std::stable_partition, which allocates, and which makes newer clangs warn in every program
// that includes this header with libstdc++ 12.
template <class Use>
void for_each_scheduled_part(std::span<const scheduled_move> moves, std::vector<std::uint32_t>& sequence,
                             const Use& use) {
  sequence.resize(moves.size());
  for (std::size_t first = 0; first < moves.size();) {
    std::size_t end = first, next = first;
    for (; end < moves.size() && moves[end].part == moves[first].part; ++end) {
      if (is_copy(moves[end])) sequence[next++] = static_cast<std::uint32_t>(end);
    }
    const std::size_t drops = next;
    for (std::size_t i = first; i < end; ++i) {
      if (!is_copy(moves[i])) sequence[next++] = static_cast<std::uint32_t>(i);
    }
    use(first, drops, end);
    first = end;
  }
}

inline std::vector<transfer_edge> copies_of(std::span<const scheduled_move> moves) {
  std::vector<transfer_edge> edges;
  for (const scheduled_move& one : moves) {
    if (is_copy(one)) edges.push_back({one.source, one.to});
  }
  return edges;
}

// A lower bound: no schedule has fewer rounds.
inline std::uint32_t bound_of_rounds(std::span<const scheduled_move> moves, std::uint32_t nodes,
                                     transfer_limits limits) {
  std::uint32_t result = edge_colouring::bound(copies_of(moves), nodes, limits.out, limits.in);
  std::vector<std::uint32_t> sequence;
  for_each_scheduled_part(moves, sequence, [&](std::size_t first, std::size_t drops, std::size_t end) {
    result = (std::max)(result, rounds_for(drops - first, limits.per_part) + rounds_for(end - drops, limits.per_part));
  });
  return result;
}

// O(moves × (path length + moves of a part)), plus the cost of the colouring.
class move_schedule {
 public:
  move_schedule(std::span<const scheduled_move> moves, std::uint32_t nodes, transfer_limits limits)
      : moves_(moves), limits_(limits), nodes_(nodes), edges_(copies_of(moves)), part_of_(edges_.size()) {
    std::uint32_t count = edge_colouring::bound(edges_, nodes, limits.out, limits.in);
    std::vector<std::uint32_t> sequence;
    std::uint32_t edge = 0;
    for_each_scheduled_part(moves, sequence, [&](std::size_t first, std::size_t drops, std::size_t) {
      // Edges have the order of the copies, which the partition of a part keeps.
      const auto copies = static_cast<std::uint32_t>(drops - first);
      for (std::uint32_t i = 0; i < copies; ++i) part_of_[edge + i] = {edge, edge + copies};
      edge += copies;
      count = (std::max)(count, rounds_for(copies, limits.per_part));
    });
    separate(count);
    place_drops(sequence);
  }

  [[nodiscard]] std::vector<std::uint32_t>& rounds() noexcept { return rounds_; }

 private:
  struct edge_range {
    std::uint32_t first, last;
  };

  void separate(std::uint32_t count) {
    edge_colouring colouring(edges_, nodes_, limits_.out, limits_.in, count);
    const auto in_same_round = [&](std::uint32_t e) {
      std::uint32_t in_round = 0;
      for (std::uint32_t i = part_of_[e].first; i < part_of_[e].last; ++i) {
        in_round += colouring.round_of(i) == colouring.round_of(e) ? 1U : 0U;
      }
      return in_round;
    };
    const auto within_limit = [&](std::uint32_t e) { return in_same_round(e) <= limits_.per_part; };
    for (std::uint32_t e = 0; e < edges_.size(); ++e) {
      if (!within_limit(e)) colouring.move(e, within_limit);
    }
    edge_rounds_.resize(edges_.size());
    for (std::uint32_t e = 0; e < edges_.size(); ++e) edge_rounds_[e] = colouring.round_of(e);
    for (std::uint32_t e = 0; e < edges_.size(); ++e) {
      if (earlier_in_round(e) >= limits_.per_part) postpone(e, count);
    }
  }

  // The edges of the same part and round that precede an edge.
  [[nodiscard]] std::uint32_t earlier_in_round(std::uint32_t e) const noexcept {
    std::uint32_t in_round = 0;
    for (std::uint32_t i = part_of_[e].first; i < e; ++i) in_round += edge_rounds_[i] == edge_rounds_[e] ? 1U : 0U;
    return in_round;
  }

  // Moves an edge to the first extra round with room for it.
  void postpone(std::uint32_t e, std::uint32_t count) {
    for (std::size_t extra = 0;; ++extra) {
      if (extra == extra_.size())
        extra_.push_back({std::vector<std::uint32_t>(nodes_), std::vector<std::uint32_t>(nodes_)});
      auto& [sent, received] = extra_[extra];
      const auto [source, to] = edges_[e];
      edge_rounds_[e] = count + static_cast<std::uint32_t>(extra);
      const bool can_send = source == none || sent[source] < limits_.out;
      if (!can_send || received[to] >= limits_.in || earlier_in_round(e) >= limits_.per_part) continue;
      if (source != none) ++sent[source];
      ++received[to];
      return;
    }
  }

  void place_drops(std::vector<std::uint32_t>& sequence) {
    rounds_.resize(moves_.size());
    std::uint32_t edge = 0;
    for_each_scheduled_part(moves_, sequence, [&](std::size_t first, std::size_t drops, std::size_t end) {
      std::uint32_t next = 0;
      for (std::size_t i = first; i < drops; ++i) {
        rounds_[sequence[i]] = edge_rounds_[edge++];
        next = (std::max)(next, rounds_[sequence[i]] + 1);
      }
      for (std::size_t i = drops; i < end; ++i) {
        rounds_[sequence[i]] = next + static_cast<std::uint32_t>(i - drops) / limits_.per_part;
      }
    });
  }

  struct extra_round {
    std::vector<std::uint32_t> sent, received;
  };

  std::span<const scheduled_move> moves_;
  transfer_limits limits_;
  std::uint32_t nodes_;
  std::vector<transfer_edge> edges_;
  std::vector<edge_range> part_of_;  // of an edge
  std::vector<std::uint32_t> edge_rounds_;
  std::vector<extra_round> extra_;  // after the last round of the colouring
  std::vector<std::uint32_t> rounds_;
};

inline std::vector<std::uint32_t> rounds_of(std::span<const scheduled_move> moves, std::uint32_t nodes,
                                            transfer_limits limits) {
  return std::move(move_schedule(moves, nodes, limits).rounds());
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
