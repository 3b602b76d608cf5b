// SPDX-License-Identifier: MIT
// edge_colouring: transfers between nodes in rounds. In a round no node sends more than `out` copies or receives more
// than `in`, and there are as few rounds as the busiest node needs.
//
//   senders   receivers
//   a ──0──── x           A transfer is an edge between the two sides; a round is a colour.
//     ╲╱1
//     ╱╲
//   b ──0──── y
//
// A bipartite multigraph needs no more colours than its busiest vertex has edges (Kőnig 1916). A new edge takes a
// colour that is free at both ends. If no colour is, let c be free at the sender and d free at the receiver. Exchange c
// and d along the path of these colours that begins at the receiver. Then c is free at both ends: the path cannot end
// at the sender, because the graph is bipartite.
//
// A node that may do c transfers at a time is c vertices. Nodes with few transfers share a vertex while all of them
// together fit into the rounds: sharing only forbids more. So the table of what each vertex does in each round has at
// most about four entries for each transfer, whatever the number of nodes and rounds.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Ranks of nodes; none for an end that has no limit.
struct transfer_edge {
  std::uint32_t source;
  std::uint32_t to;
};

class edge_colouring {
 public:
  // The rounds that the busiest node needs: the largest ceil(transfers / limit); 1 if only ends without a limit occur.
  // O(edges + nodes).
  [[nodiscard]] static std::uint32_t bound(std::span<const transfer_edge> edges, std::uint32_t nodes, std::uint32_t out,
                                           std::uint32_t in) {
    std::vector<std::uint32_t> sent(nodes, 0), received(nodes, 0);
    std::uint32_t result = edges.empty() ? 0 : 1;
    const auto count = [&](std::vector<std::uint32_t>& counts, std::uint32_t node, std::uint32_t limit) {
      if (node == none) return;
      const std::uint32_t rounds = counts[node]++ / limit + 1;
      if (rounds > result) result = rounds;
    };
    for (const transfer_edge& edge : edges) {
      count(sent, edge.source, out);
      count(received, edge.to, in);
    }
    return result;
  }

  // `rounds` must be at least the bound. O(edges × vertices) in the worst case; paths are short in practice.
  edge_colouring(std::span<const transfer_edge> edges, std::uint32_t nodes, std::uint32_t out, std::uint32_t in,
                 std::uint32_t rounds)
      : rounds_(rounds), words_((std::size_t{rounds} + 63) / 64), colour_(edges.size(), none), in_round_(rounds, 0) {
    const auto count = static_cast<std::uint32_t>(edges.size());
    sides_[0] = side(*this, count, nodes, out, [&](std::uint32_t e) { return edges[e].source; });
    sides_[1] = side(*this, count, nodes, in, [&](std::uint32_t e) { return edges[e].to; });
    for (std::uint32_t e = 0; e < count; ++e) {
      const std::uint32_t both = first_free(sides_[0].vertex[e], sides_[1].vertex[e]);
      if (both != none) {
        set(e, both);
        continue;
      }
      const std::uint32_t at_sender = first_free(sides_[0], sides_[0].vertex[e]);
      const std::uint32_t at_receiver = first_free(sides_[1], sides_[1].vertex[e]);
      path_.clear();
      walk(1, sides_[1].vertex[e], at_sender, at_receiver);
      exchange(at_sender, at_receiver);
      set(e, at_sender);
    }
  }

  [[nodiscard]] std::uint32_t round_of(std::size_t edge) const noexcept { return colour_[edge]; }
  [[nodiscard]] std::uint32_t transfers_in(std::uint32_t round) const noexcept { return in_round_[round]; }

  // Leaves at most `most` transfers in each round, which must be possible: edges <= rounds × most. Of two rounds of
  // different size, the larger one has a path of their two colours that begins and ends with it. To exchange the
  // colours of that path makes it smaller by one (de Werra, Equitable colorations of graphs, 1971). O(edges² × path
  // length) in the worst case; nearly every path is as short as one transfer.
  void level(std::uint32_t most) {
    std::uint32_t target = 0;
    for (bool again = true; again;) {
      again = false;
      for (std::uint32_t edge = 0; edge < colour_.size();) {
        const std::uint32_t crowded = colour_[edge];
        if (in_round_[crowded] <= most) {
          ++edge;
          continue;
        }
        while (in_round_[target] >= most) ++target;
        path_.assign(1, edge);
        const bool open = walk(0, sides_[0].vertex[edge], target, crowded, edge);
        if (open) walk(1, sides_[1].vertex[edge], target, crowded, edge);
        std::size_t of_crowded = 0;
        for (const std::uint32_t e : path_) of_crowded += colour_[e] == crowded ? 1U : 0U;
        if (open && 2 * of_crowded > path_.size()) exchange(crowded, target);
        else ++edge;
        again = true;
      }
    }
  }

  // Moves an edge to another round, together with the edges that must make room for it. A round is taken if
  // accepted(edge) holds for each of them after the exchange. Returns false and changes nothing if no round is accepted
  // within 255 attempts.
  template <class Accepted>
  bool move(std::uint32_t edge, const Accepted& accepted) {
    const std::uint32_t old = colour_[edge];
    for (std::uint32_t attempt = 1; attempt < rounds_ && attempt < 256; ++attempt) {
      const std::uint32_t other = (old + attempt) % rounds_;
      path_.assign(1, edge);
      const bool cycle = !walk(0, sides_[0].vertex[edge], other, old, edge);
      if (!cycle) walk(1, sides_[1].vertex[edge], other, old, edge);
      if (path_.size() > 64) continue;
      exchange(old, other);
      bool fine = true;
      for (const std::uint32_t e : path_) fine = fine && accepted(e);
      if (fine) return true;
      exchange(old, other);
    }
    return false;
  }

 private:
  struct side {
    side() = default;
    // Distributes the edges over vertices of at most `rounds` edges, node by node.
    template <class NodeOf>
    side(const edge_colouring& all, std::uint32_t edges, std::uint32_t nodes, std::uint32_t limit,
         const NodeOf& node_of)
        : vertex(edges) {
      std::vector<std::uint32_t> first(std::size_t{nodes} + 2, 0), order(edges);
      const auto group = [&](std::uint32_t e) { return node_of(e) == none ? nodes : node_of(e); };
      for (std::uint32_t e = 0; e < edges; ++e) ++first[group(e) + 1];
      for (std::uint32_t n = 0; n <= nodes; ++n) first[n + 1] += first[n];
      std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
      for (std::uint32_t e = 0; e < edges; ++e) order[next[group(e)]++] = e;

      std::uint32_t current = 0, room = all.rounds_;
      for (std::uint32_t n = 0; n <= nodes; ++n) {
        const std::uint32_t degree = first[n + 1] - first[n];
        // Starting in a vertex that others have begun must not give the node more vertices than its limit.
        if (n < nodes && degree > room && 1 + (degree - room - 1) / all.rounds_ + 1 > limit) {
          ++current;
          room = all.rounds_;
        }
        for (std::uint32_t i = first[n]; i < first[n + 1]; ++i, --room) {
          if (room == 0) {
            ++current;
            room = all.rounds_;
          }
          vertex[order[i]] = current;
        }
      }
      const std::size_t vertices = std::size_t{current} + 1;
      edge_at.assign(vertices * all.rounds_, none);
      taken.assign(vertices * all.words_, 0);
      if (all.rounds_ % 64 != 0) {
        for (std::size_t v = 0; v < vertices; ++v)
          taken[(v + 1) * all.words_ - 1] = ~std::uint64_t{0} << (all.rounds_ % 64);
      }
    }

    std::vector<std::uint32_t> vertex;   // of an edge
    std::vector<std::uint32_t> edge_at;  // of a vertex, in each round
    std::vector<std::uint64_t> taken;    // of a vertex: a bit for each round; bits past the last round are set
  };

  [[nodiscard]] std::uint32_t first_free(std::uint32_t sender, std::uint32_t receiver) const noexcept {
    const std::uint64_t* const a = &sides_[0].taken[sender * words_];
    const std::uint64_t* const b = &sides_[1].taken[receiver * words_];
    for (std::size_t word = 0; word < words_; ++word) {
      if (const std::uint64_t taken = a[word] | b[word]; ~taken != 0) return bit_of(word, taken);
    }
    return none;
  }
  // There is a free colour: a vertex has at most as many edges as there are rounds.
  [[nodiscard]] std::uint32_t first_free(const side& s, std::uint32_t vertex) const noexcept {
    std::size_t word = 0;
    while (~s.taken[vertex * words_ + word] == 0) ++word;
    return bit_of(word, s.taken[vertex * words_ + word]);
  }
  static std::uint32_t bit_of(std::size_t word, std::uint64_t taken) noexcept {
    return static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_one(taken));
  }

  [[nodiscard]] std::uint32_t& edge_at(std::size_t s, std::uint32_t edge, std::uint32_t colour) noexcept {
    return sides_[s].edge_at[std::size_t{sides_[s].vertex[edge]} * rounds_ + colour];
  }

  void set(std::uint32_t edge, std::uint32_t colour) noexcept {
    colour_[edge] = colour;
    ++in_round_[colour];
    for (const std::size_t s : {std::size_t{0}, std::size_t{1}}) {
      edge_at(s, edge, colour) = edge;
      sides_[s].taken[sides_[s].vertex[edge] * words_ + colour / 64] |= std::uint64_t{1} << (colour % 64);
    }
  }
  void clear(std::uint32_t edge) noexcept {
    const std::uint32_t colour = colour_[edge];
    --in_round_[colour];
    for (const std::size_t s : {std::size_t{0}, std::size_t{1}}) {
      edge_at(s, edge, colour) = none;
      sides_[s].taken[sides_[s].vertex[edge] * words_ + colour / 64] &= ~(std::uint64_t{1} << (colour % 64));
    }
  }

  // Appends to path_ the path that leaves a vertex with colour `next`, then `after`, and so on. Returns false if it
  // comes back to the edge `begun`.
  bool walk(std::size_t s, std::uint32_t vertex, std::uint32_t next, std::uint32_t after, std::uint32_t begun = none) {
    for (;;) {
      const std::uint32_t edge = sides_[s].edge_at[std::size_t{vertex} * rounds_ + next];
      if (edge == none) return true;
      if (edge == begun) return false;
      path_.push_back(edge);
      s = 1 - s;
      vertex = sides_[s].vertex[edge];
      const std::uint32_t swap = next;
      next = after;
      after = swap;
    }
  }

  // Exchanges two colours along path_. All edges are cleared first, because neighbours take each other's places.
  void exchange(std::uint32_t a, std::uint32_t b) noexcept {
    for (const std::uint32_t edge : path_) clear(edge);
    for (const std::uint32_t edge : path_) set(edge, colour_[edge] == a ? b : a);
  }

  std::uint32_t rounds_;
  std::size_t words_;
  std::vector<std::uint32_t> colour_;
  std::vector<std::uint32_t> in_round_;  // transfers
  side sides_[2];
  std::vector<std::uint32_t> path_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
