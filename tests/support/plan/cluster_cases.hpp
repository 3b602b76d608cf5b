// SPDX-License-Identifier: MIT
// Random clusters for the oracle: a random problem with locked nodes, pinned copies, slots without copies, and leaders
// of every kind. Each follows from its seed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <quoit/plan.hpp>

#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/random.hpp"

namespace test {

/// A problem as the library gets it.
struct cluster_case {
  cluster_problem problem;
  plan_table before;
  plan_nodes nodes;
  quoit::plan_options options;
};

inline std::string text_of(const cluster_problem& problem) {
  std::string text = text_of(problem.base);
  for (std::size_t n = 0; n < problem.locked.size(); ++n) {
    if (problem.locked[n]) text += "  locked " + std::to_string(n) + "\n";
    if (problem.leader_weight[n])
      text += "  leader weight of " + std::to_string(n) + ": " + std::to_string(*problem.leader_weight[n]) + "\n";
  }
  for (std::size_t slot = 0; slot < problem.pinned.size(); ++slot) {
    if (problem.pinned[slot]) text += "  pinned " + std::to_string(slot) + "\n";
  }
  for (const cluster_copy& copy : problem.pinned_copies)
    text += "  pinned copy {" + std::to_string(copy.slot) + "," + std::to_string(copy.node) + "}\n";
  return text + (problem.balance_primaries ? "" : "  indices stay\n");
}

namespace detail {

// Takes the copies of a range of slots, as a damaged cluster has them.
inline void make_holes(oracle_problem& problem, random& random) {
  const std::size_t first = random.index(problem.slots), count = 1 + random.index(problem.slots - first);
  for (std::size_t slot = first; slot < first + count; ++slot) problem.old[slot].clear();
}

inline void draw_leader_weights(cluster_problem& problem, random& random) {
  const oracle_problem& base = problem.base;
  const std::size_t kind = random.index(5), some = random.index(base.nodes());
  for (std::size_t n = 0; n < base.nodes(); ++n) {
    std::optional<std::uint64_t>& weight = problem.leader_weight[n];
    switch (kind) {
    case 0:  // some nodes never lead
      if (random.chance(3)) weight = 0;
      break;
    case 1:  // only one domain leads
      if (base.domains[n] != base.domains[some]) weight = 0;
      break;
    case 2:
      weight = random.below(5);
      break;
    case 3:  // everyone alike
      weight = 1;
      break;
    default:
      if (random.chance(2)) weight = random.chance(3) ? 0 : 1 + random.below(1000);
    }
  }
  const auto leads = [&](std::size_t n) { return base.weights[n] != 0 && problem.leads_with(n) != 0; };
  for (std::size_t n = 0; n < base.nodes(); ++n) {
    if (leads(n)) return;
  }
  for (std::size_t n = 0; n < base.nodes(); ++n) {
    if (base.weights[n] != 0) problem.leader_weight[n] = 1 + random.below(3);
  }
}

inline void draw_locks(cluster_problem& problem, random& random) {
  const std::uint64_t rarely = 2 + random.below(6);
  for (std::size_t n = 0; n < problem.base.nodes(); ++n) {
    problem.locked[n] = problem.base.weights[n] != 0 && random.chance(rarely);
  }
}

inline void draw_pinned_copies(cluster_problem& problem, random& random) {
  const std::uint64_t rarely = 1 + random.below(8);
  for (std::size_t slot = 0; slot < problem.base.slots; ++slot) {
    for (const std::size_t n : problem.base.old[slot]) {
      if (problem.base.weights[n] != 0 && random.chance(rarely)) problem.pinned_copies.push_back({slot, n});
    }
  }
}

}  // namespace detail

/// A random cluster, of at most this size. Every node of the problem that is locked is a node of the table before.
inline cluster_case random_cluster(std::uint64_t seed, std::optional<problem_size> size = std::nullopt) {
  random random(seed);
  const bool large = random.chance(64), leaders = random.chance(2);
  problem_size most{.slots = 12, .replicas = 3, .nodes = 8, .weight = 1000};
  if (large) most = {.slots = 40, .replicas = 3, .nodes = 16, .weight = 1000};
  if (!large && random.chance(32)) most.weight = std::uint64_t{1} << (leaders ? 40 : 62);  // slow
  if (size) most = *size;
  cluster_case result;
  cluster_problem& problem = result.problem;
  problem.base = random_problem(random.next(), most);
  shrink_weights(problem.base);
  if (detail::active_nodes(problem.base) == 0) problem.base.weights[0] = 1;
  problem.base.replicas = std::min<std::uint64_t>(problem.base.replicas, detail::active_nodes(problem.base));
  const bool holes = random.chance(3);
  if (holes) detail::make_holes(problem.base, random);
  result.before = table_before(problem.base, random, holes);
  problem.locked.assign(problem.base.nodes(), false);
  problem.pinned.assign(problem.base.slots, false);
  problem.leader_weight.resize(problem.base.nodes());
  const bool known = !result.before.empty();
  if (known && random.chance(3)) detail::draw_locks(problem, random);
  if (known && random.chance(4)) detail::draw_pinned_copies(problem, random);
  if (leaders) detail::draw_leader_weights(problem, random);
  problem.balance_primaries = !random.chance(6);
  const bool pins = known && random.chance(8);
  for (std::size_t slot = 0; pins && slot < problem.base.slots; ++slot) problem.pinned[slot] = random.chance(3);
  result.nodes = nodes_of(problem);
  result.options = options_for(problem);
  return result;
}

}  // namespace test
