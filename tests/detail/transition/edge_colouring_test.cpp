// SPDX-License-Identifier: MIT
// edge_colouring and move_schedule: every round stays within the limits, and there are as few rounds as the busiest
// node needs.
#include <quoit/detail/transition/edge_colouring.hpp>
#include <quoit/detail/transition/schedule.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::transfer_limits;
using quoit::detail::edge_colouring;
using quoit::detail::scheduled_move;
using quoit::detail::transfer_edge;

namespace {

// The largest ceil(degree / limit), by a second implementation.
std::uint32_t bound_of(const std::vector<transfer_edge>& edges, std::uint32_t out, std::uint32_t in) {
  std::map<std::uint32_t, std::uint32_t> sent, received;
  std::uint32_t bound = edges.empty() ? 0 : 1;
  for (const auto& [source, to] : edges) {
    if (source != quoit::detail::none) bound = std::max(bound, (++sent[source] + out - 1) / out);
    if (to != quoit::detail::none) bound = std::max(bound, (++received[to] + in - 1) / in);
  }
  return bound;
}

void check_rounds(const std::vector<transfer_edge>& edges, std::uint32_t out, std::uint32_t in, std::uint32_t rounds,
                  const auto& round_of) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> sent, received;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::uint32_t round = round_of(e);
    REQUIRE(round < rounds);
    if (edges[e].source != quoit::detail::none) REQUIRE(++sent[{edges[e].source, round}] <= out);
    if (edges[e].to != quoit::detail::none) REQUIRE(++received[{edges[e].to, round}] <= in);
  }
}

std::vector<transfer_edge> random_edges(test::random& random, std::size_t count, std::uint32_t nodes) {
  std::vector<transfer_edge> edges;
  // A few busy nodes, so that degrees differ widely.
  const auto node = [&] {
    const std::uint64_t bound = random.chance(3) ? 1 + nodes / 4 : nodes;
    return random.chance(12) ? quoit::detail::none : static_cast<std::uint32_t>(random.below(bound));
  };
  for (std::size_t i = 0; i < count; ++i) edges.push_back({node(), node()});
  return edges;
}

}  // namespace

TEST_CASE("edge_colouring: no edges, and one node that sends all", "[transition]") {
  CHECK(edge_colouring::bound({}, 3, 1, 1) == 0);
  const edge_colouring none({}, 3, 1, 1, 0);
  const std::vector<transfer_edge> star{{0, 1}, {0, 2}, {0, 3}, {0, 1}, {quoit::detail::none, 1}};
  CHECK(edge_colouring::bound(star, 4, 1, 1) == 4);
  CHECK(edge_colouring::bound(star, 4, 2, 1) == 3);
  CHECK(edge_colouring::bound(star, 4, 4, 3) == 1);
}

TEST_CASE("edge_colouring: the number of rounds is the largest ceil(degree / limit)", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 3000; ++round) {
    const auto nodes = static_cast<std::uint32_t>(1 + random.below(12));
    const auto edges = random_edges(random, random.index(round % 10 == 0 ? 400 : 60), nodes);
    const auto out = static_cast<std::uint32_t>(1 + random.below(4)),
               in = static_cast<std::uint32_t>(1 + random.below(4));
    const std::uint32_t rounds = edge_colouring::bound(edges, nodes, out, in);
    REQUIRE(rounds == bound_of(edges, out, in));
    const edge_colouring colouring(edges, nodes, out, in, rounds);
    check_rounds(edges, out, in, rounds, [&](std::size_t e) { return colouring.round_of(e); });
  }
}

TEST_CASE("edge_colouring: more rounds than a word has bits", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint32_t degree : {63U, 64U, 65U, 128U, 200U}) {
    std::vector<transfer_edge> edges;  // regular: every node is busy in every round
    for (std::uint32_t i = 0; i < degree; ++i) {
      std::vector<std::uint32_t> to{0, 1, 2, 3, 4, 5, 6};
      random.shuffle(to);
      for (std::uint32_t source = 0; source < 7; ++source) edges.push_back({source, to[source]});
    }
    random.shuffle(edges);
    REQUIRE(edge_colouring::bound(edges, 7, 1, 1) == degree);
    const edge_colouring colouring(edges, 7, 1, 1, degree);
    check_rounds(edges, 1, 1, degree, [&](std::size_t e) { return colouring.round_of(e); });
  }
}

TEST_CASE("edge_colouring: moving an edge stays within the limits", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  int moved = 0;
  for (int round = 0; round < 500; ++round) {
    const auto nodes = static_cast<std::uint32_t>(2 + random.below(8));
    const auto edges = random_edges(random, 1 + random.index(40), nodes);
    const std::uint32_t rounds =
        edge_colouring::bound(edges, nodes, 1, 2) + static_cast<std::uint32_t>(random.below(2));
    edge_colouring colouring(edges, nodes, 1, 2, rounds);
    const auto edge = static_cast<std::uint32_t>(random.index(edges.size()));
    const std::uint32_t old = colouring.round_of(edge), unwanted = static_cast<std::uint32_t>(random.below(rounds));
    const auto accepted = [&](std::uint32_t e) { return e != edge || colouring.round_of(e) != unwanted; };
    if (colouring.move(edge, accepted)) {
      ++moved;
      REQUIRE(colouring.round_of(edge) != old);
      REQUIRE(colouring.round_of(edge) != unwanted);
    } else {
      REQUIRE(colouring.round_of(edge) == old);
    }
    check_rounds(edges, 1, 2, rounds, [&](std::size_t e) { return colouring.round_of(e); });
  }
  CHECK(moved > 100);
}

TEST_CASE("move_schedule: the limits of nodes and parts hold, and drops follow the copies", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::size_t reached = 0;
  std::uint32_t worst = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto nodes = static_cast<std::uint32_t>(2 + random.below(12));
    const transfer_limits limits{.in = static_cast<std::uint32_t>(1 + random.below(3)),
                                 .out = static_cast<std::uint32_t>(1 + random.below(3)),
                                 .per_part = static_cast<std::uint32_t>(1 + random.below(3))};
    std::vector<scheduled_move> moves;
    for (std::uint64_t part = random.below(12); part > 0; --part) {
      const std::size_t copies = random.index(4);
      const std::size_t drops = copies == 0 ? 1 + random.index(3) : random.index(2);
      for (std::size_t i = 0; i < copies + drops; ++i) {
        moves.push_back({static_cast<std::uint32_t>(part),
                         random.chance(10) ? quoit::detail::none : static_cast<std::uint32_t>(random.below(nodes)),
                         i < copies ? static_cast<std::uint32_t>(random.below(nodes)) : quoit::detail::none, 0});
      }
    }
    const auto rounds = quoit::detail::rounds_of(moves, nodes, limits);
    REQUIRE(rounds.size() == moves.size());
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> sent, received, of_part;
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      last = std::max(last, rounds[i] + 1);
      REQUIRE(++of_part[{moves[i].part, rounds[i]}] <= limits.per_part);
      if (moves[i].to == quoit::detail::none) {
        for (std::size_t j = 0; j < moves.size(); ++j) {
          if (moves[j].part == moves[i].part && moves[j].to != quoit::detail::none) REQUIRE(rounds[j] < rounds[i]);
        }
        continue;
      }
      REQUIRE(++received[{moves[i].to, rounds[i]}] <= limits.in);
      if (moves[i].source != quoit::detail::none) REQUIRE(++sent[{moves[i].source, rounds[i]}] <= limits.out);
    }
    const std::uint32_t bound = quoit::detail::bound_of_rounds(moves, nodes, limits);
    REQUIRE(last >= bound);
    worst = std::max(worst, last - bound);
    if (last == bound) ++reached;
  }
  // With the limits of parts the bound is not always reachable. These numbers pin what the schedule reaches.
  CHECK(reached > 1000);
  CHECK(worst <= 4);
}
