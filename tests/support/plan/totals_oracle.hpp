// SPDX-License-Identifier: MIT
// The most even totals of nodes over many tables, from the definition alone. plan_all() is compared with it.
//
//   oracle network of each table ──▶ (table, node) ──least … most of the table──▶ node ══▶ all copies
//
// The last step is one arc for each unit, whose cost is what the unit adds to the squared distance of the node from its
// fair total. These costs rise with each unit, so the cheapest circulation fills the arcs in their order.
//
// Rejected: every shortcut, as in oracle.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/plan/checks.hpp"
#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"

namespace test {

/// What decides between tables: first the moves and then the squares, or the other way round.
enum class totals_order { moves_first, squares_first };

/// The cost of tables: moves, or primaries given up, and the sum of the squared distances from the fair totals.
struct totals_answer {
  std::uint64_t moves = 0;
  std::uint64_t squares = 0;
  friend bool operator==(const totals_answer&, const totals_answer&) = default;
};

/// How far a total is from floor … ceil of the fair total.
inline std::uint64_t distance_of(std::uint64_t total, const fraction& fair) {
  return total < fair.floor() ? fair.floor() - total : total > fair.ceil() ? total - fair.ceil() : 0;
}

inline std::uint64_t squares_of(const std::vector<std::uint64_t>& totals, const std::vector<fraction>& fair) {
  std::uint64_t sum = 0;
  for (std::size_t n = 0; n < totals.size(); ++n) {
    if (fair[n] != fraction(0)) sum += distance_of(totals[n], fair[n]) * distance_of(totals[n], fair[n]);
  }
  return sum;
}

/// By node: its share of all units. `active`: by node, whether it has a weight; what others carry does not count.
inline std::vector<fraction> fair_totals_of(const std::vector<fraction>& shares, std::size_t replicas,
                                            std::uint64_t units, const std::vector<std::uint64_t>& carried) {
  for (std::size_t n = 0; n < shares.size(); ++n) units += shares[n] == fraction(0) ? 0 : carried[n];
  std::vector<fraction> fair;
  for (const fraction& share : shares) fair.push_back(share * fraction(natural(units), natural(replicas)));
  return fair;
}

namespace detail {

/// Adds the arcs from each node to `all`, and solves. `first`: the vertex of node 0; the others follow.
inline std::optional<totals_answer> solve_totals(circulation& network, std::size_t first, std::size_t all,
                                                 std::uint64_t units, const std::vector<fraction>& fair,
                                                 const std::vector<std::uint64_t>& carried, totals_order order,
                                                 std::int64_t per_move) {
  // All units take one of these arcs, so a constant that makes each cost positive changes nothing.
  constexpr std::int64_t shift = 10'000;
  const std::int64_t per_square = order == totals_order::squares_first ? 1000 : 1;
  for (std::size_t n = 0; n < fair.size(); ++n) {
    for (std::uint64_t unit = 0; unit < units; ++unit) {
      const auto before = static_cast<std::int64_t>(distance_of(carried[n] + unit, fair[n]));
      const auto after = static_cast<std::int64_t>(distance_of(carried[n] + unit + 1, fair[n]));
      network.add(first + n, all, 0, 1, per_square * (after * after - before * before + shift));
    }
  }
  const auto cost = network.solve();
  if (!cost) return std::nullopt;
  std::int64_t rest = *cost - per_square * shift * static_cast<std::int64_t>(units);
  const std::vector<std::uint64_t>& start = carried;
  std::int64_t squares = static_cast<std::int64_t>(squares_of(start, fair)), moves = 0;
  // Squares may shrink, so `rest` is taken apart with the start added.
  rest += per_square * squares;
  if (order == totals_order::squares_first) {
    squares = rest / per_square;
    moves = rest % per_square;
  } else {
    moves = rest / per_move;
    squares = rest % per_move;
  }
  return totals_answer{static_cast<std::uint64_t>(moves), static_cast<std::uint64_t>(squares)};
}

}  // namespace detail

/// The best copies of all tables. The problems have the same nodes, replicas and rule.
inline std::optional<totals_answer> best_totals(const std::vector<oracle_problem>& problems,
                                                const std::vector<std::uint64_t>& carried, totals_order order) {
  const std::size_t nodes = problems.front().nodes(), replicas = problems.front().replicas;
  const std::int64_t per_move = order == totals_order::moves_first ? 1'000'000 : 1;
  std::size_t vertices = nodes + 1, slots = 0;
  for (const oracle_problem& one : problems) {
    vertices += nodes + one.slots * domains_of(one.domains).size();
    slots += one.slots;
  }
  circulation network(vertices);
  std::size_t next = nodes + 1;
  std::vector<fraction> shares;
  for (const oracle_problem& problem : problems) {
    const auto entitled = entitlements_of(problem);
    if (!entitled) return std::nullopt;
    shares = entitled->shares;
    const auto& domains = entitled->domains;
    const std::size_t of_node = next, of_slot = next + nodes;
    next = of_slot + problem.slots * domains.size();
    for (std::size_t n = 0; n < nodes; ++n) {
      network.add(of_node + n, n, entitled->load[n].least, entitled->load[n].most, 0);
    }
    for (std::size_t slot = 0; slot < problem.slots; ++slot) {
      const auto vertex = [&](std::size_t d) { return of_slot + slot * domains.size() + d; };
      network.add(nodes, vertex(0), replicas, replicas, 0);
      for (std::size_t d = 0; d < domains.size(); ++d) {
        const oracle_limits limits = entitled->in_domain[d];
        if (d != 0) network.add(vertex(domains[d].parent), vertex(d), limits.least, limits.most, 0);
        for (const std::size_t n : domains[d].direct) {
          network.add(vertex(d), of_node + n, 0, 1, holds(problem.old[slot], n) ? 0 : per_move);
        }
      }
    }
  }
  const std::uint64_t units = slots * replicas;
  return detail::solve_totals(network, 0, nodes, units, fair_totals_of(shares, replicas, units, carried), carried,
                              order, per_move);
}

/// The best primaries for tables with these copies. `moves` of the answer are primaries that are given up.
inline std::optional<totals_answer> best_leader_totals(const std::vector<oracle_problem>& problems,
                                                       const std::vector<oracle_table>& before,
                                                       const std::vector<oracle_table>& after,
                                                       const std::vector<std::uint64_t>& carried, totals_order order) {
  const std::size_t nodes = problems.front().nodes(), replicas = problems.front().replicas;
  const std::int64_t per_move = order == totals_order::moves_first ? 1'000'000 : 1;
  std::size_t vertices = nodes + 1, slots = 0;
  for (const oracle_problem& one : problems) {
    vertices += nodes + one.slots;
    slots += one.slots;
  }
  circulation network(vertices);
  std::size_t next = nodes + 1;
  for (std::size_t t = 0; t < problems.size(); ++t) {
    const auto loads = loads_of(problems[t], after[t]);
    for (std::size_t n = 0; n < nodes; ++n) {
      network.add(next + n, n, loads[n] / replicas, (loads[n] + replicas - 1) / replicas, 0);
    }
    for (std::size_t slot = 0; slot < problems[t].slots; ++slot) {
      network.add(nodes, next + nodes + slot, 1, 1, 0);
      const std::size_t old = primary_of(before[t][slot]);
      const bool keeps = is_copy(old) && holds(after[t][slot], old);
      for (const std::size_t n : after[t][slot]) {
        network.add(next + nodes + slot, next + n, 0, 1, keeps && n != old ? per_move : 0);
      }
    }
    next += nodes + problems[t].slots;
  }
  const auto shares = entitlements_of(problems.front()).value().shares;
  return detail::solve_totals(network, 0, nodes, slots, fair_totals_of(shares, replicas, slots, carried), carried,
                              order, per_move);
}

}  // namespace test
