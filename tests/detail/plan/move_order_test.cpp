// SPDX-License-Identifier: MIT
// move_order: the order of moves, in which no node is ever above its limit.
#include <quoit/detail/plan/move_order.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::detail::move_order;
using quoit::detail::none;
using quoit::detail::ordered_move;

namespace {

using list = std::vector<std::uint32_t>;
using units = std::vector<list>;

ordered_move balancing(std::uint32_t slot, std::uint32_t from, std::uint32_t to) {
  return {slot, 0, to, from, move_order::value_of_balance, slot};
}
ordered_move repair(std::uint32_t slot, std::uint32_t to, std::uint32_t live, bool lost = false) {
  return {slot, 0, to, none, move_order::value_of_repair(live, lost), slot};
}

// The limits and entitlements that follow from the moves: a node is entitled to what it holds in the end.
units order_of(const std::vector<ordered_move>& moves, const list& load) {
  list goal = load;
  for (const ordered_move& one : moves) {
    ++goal[one.to];
    if (one.replaces != none) --goal[one.replaces];
  }
  std::vector<move_order::bounds> nodes;
  for (std::size_t node = 0; node < load.size(); ++node)
    nodes.push_back({goal[node], goal[node], std::max(load[node], goal[node])});
  const move_order order(moves, load, nodes);
  units result;
  order.for_each_unit([&](auto unit) { result.emplace_back(unit.begin(), unit.end()); });
  return result;
}

}  // namespace

TEST_CASE("a full node gives before it receives", "[plan][move_order]") {
  // Node 1 is full. It receives from 0 and gives to 2.
  CHECK(order_of({balancing(0, 0, 1), balancing(1, 1, 2)}, {2, 1, 0}) == units{{1}, {0}});
  // A repair on a full node waits only for the move that makes room.
  CHECK(order_of({repair(0, 1, 1), balancing(1, 1, 2), balancing(2, 3, 2)}, {1, 1, 0, 2}) == units{{1}, {0}, {2}});
}

TEST_CASE("full nodes in a ring move together", "[plan][move_order]") {
  CHECK(order_of({balancing(0, 0, 1), balancing(1, 1, 2), balancing(2, 2, 0)}, {1, 1, 1}) == units{{0, 2, 1}});
  // Two rings are two units.
  CHECK(
      order_of({balancing(0, 0, 1), balancing(1, 2, 3), balancing(2, 1, 0), balancing(3, 3, 2)}, {1, 1, 1, 1}).size() ==
      2);
  // One node with room opens the ring.
  CHECK(
      order_of({balancing(0, 0, 1), balancing(1, 1, 2), balancing(2, 2, 0), balancing(3, 2, 3)}, {1, 1, 2, 0}).size() ==
      4);
}

TEST_CASE("a ring elsewhere does not hide room", "[plan][move_order]") {
  std::vector<ordered_move> moves{balancing(0, 0, 1), balancing(1, 1, 2), balancing(2, 2, 0),
                                  balancing(3, 3, 4), balancing(4, 4, 3), balancing(5, 4, 5)};
  for (std::size_t i = 0; i < 4; ++i) moves[i].value = move_order::value_of_spread;
  CHECK(order_of(moves, {1, 1, 1, 1, 2, 0}) == units{{0, 2, 1}, {5}, {3}, {4}});
}

TEST_CASE("repairs are ordered by live copies", "[plan][move_order]") {
  CHECK(order_of({repair(0, 0, 2), repair(1, 1, 1), repair(2, 2, 0, true), repair(2, 3, 1, true)}, {0, 0, 0, 0}) ==
        units{{2}, {1}, {3}, {0}});
}

TEST_CASE("the node farthest from its entitlement comes first", "[plan][move_order]") {
  // Node 0 drains. Of the receivers, 2 lacks two of three and 1 lacks one of nine. Then 3 gives to 1.
  CHECK(order_of({balancing(0, 3, 1), balancing(1, 0, 1), balancing(2, 0, 2), balancing(3, 0, 2)}, {3, 8, 1, 9}) ==
        units{{2}, {3}, {1}, {0}});
}

TEST_CASE("moves that are joined come last, as one unit", "[plan][move_order]") {
  std::vector<ordered_move> moves{balancing(0, 0, 1), balancing(0, 2, 3), balancing(1, 0, 1)};
  moves[0].value = moves[1].value = move_order::value_of_joined;
  CHECK(order_of(moves, {2, 0, 1, 0}) == units{{2}, {0, 1}});
}

TEST_CASE("no unit puts a node above its limit, on random moves", "[plan][move_order][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::uint64_t singles = 0, rings = 0;
  for (std::uint64_t i = 0; i < test::random_cases(200, 2000); ++i) {
    const std::size_t nodes = 2 + random.index(7);
    list load(nodes), out(nodes, 0);
    std::vector<ordered_move> moves;
    for (std::uint32_t slot = 0; slot < 1 + random.index(20); ++slot) {
      const auto from = static_cast<std::uint32_t>(random.index(nodes));
      const auto to = static_cast<std::uint32_t>((from + 1 + random.index(nodes - 1)) % nodes);
      if (random.chance(8)) {
        moves.push_back(repair(slot, to, static_cast<std::uint32_t>(random.index(3))));
      } else {
        moves.push_back(balancing(slot, from, to));
        if (random.chance(4)) moves.back().value = move_order::value_of_spread;
        ++out[from];
      }
    }
    for (std::size_t node = 0; node < nodes; ++node)
      load[node] = out[node] + static_cast<std::uint32_t>(random.index(3));
    list limit = load, goal = load, now = load;
    for (const ordered_move& one : moves) {
      ++goal[one.to];
      if (one.replaces != none) --goal[one.replaces];
    }
    for (std::size_t node = 0; node < nodes; ++node) limit[node] = std::max(load[node], goal[node]);
    std::vector<int> made(moves.size(), 0);
    INFO("case " << i);
    for (const list& unit : order_of(moves, load)) {
      const list before = now;
      for (const std::uint32_t k : unit) {
        ++made[k];
        ++now[moves[k].to];
        if (moves[k].replaces != none) --now[moves[k].replaces];
      }
      for (std::size_t node = 0; node < nodes; ++node) REQUIRE(now[node] <= limit[node]);
      if (unit.size() == 1) {
        ++singles;
        continue;
      }
      // A ring: all its nodes are full, and none of its moves could be made alone.
      ++rings;
      REQUIRE(now == before);
      for (const std::uint32_t k : unit) REQUIRE(before[moves[k].to] == limit[moves[k].to]);
    }
    REQUIRE(std::count(made.begin(), made.end(), 1) == static_cast<std::ptrdiff_t>(moves.size()));
    REQUIRE(now == goal);
  }
  CHECK(singles > 1000 / (test::slow ? 10 : 1));
  CHECK(rings > 10 / (test::slow ? 10 : 1));
}
