// SPDX-License-Identifier: MIT
// Random small problems for slot planners, and histories of nodes that are added, removed and changed. Each follows
// from its seed.
//
// The problems are small enough for the oracle, and difficult: domains of one node, domains that must hold several
// copies of a slot, weights of every kind, and old tables from valid to absurd.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace test {

/// The copies of every slot as text.
inline std::string text_of(const oracle_table& table) {
  std::string text;
  for (const std::vector<std::size_t>& nodes : table) {
    text += " {";
    for (const std::size_t n : nodes) text += (text.back() == '{' ? "" : ",") + std::to_string(n);
    text += "}";
  }
  return text;
}

/// The whole problem as text, for the message of a failing test.
inline std::string text_of(const oracle_problem& problem) {
  std::string text = std::to_string(problem.slots) + " slots, " + std::to_string(problem.replicas) + " replicas, ";
  text += problem.rule == oracle_rule::weighted ? "weighted\n" : "strict spread\n";
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    text += "  node " + std::to_string(n) + ": weight " + std::to_string(problem.weights[n]) + " in '" +
            problem.domains[n] + "'\n";
  }
  return text + "  old:" + text_of(problem.old) + "\n";
}

/// The maximum of each. There must be at least as many nodes as replicas.
struct problem_size {
  std::size_t slots = 24, replicas = 4, nodes = 9;
  std::uint64_t weight = (std::uint64_t{1} << 63) - 1;
};

namespace detail {

// The shape of the domains of one problem. At depth 0 there are no domains.
struct domain_shape {
  std::size_t depth = 0;
  std::array<std::size_t, 3> width = {1, 1, 1};  // by level: the number of domains in one domain
  bool ragged = false;                           // nodes on every level

  explicit domain_shape(random& random) : depth(random.index(4)), ragged(random.chance(3)) {
    for (std::size_t& width_here : width) width_here = 1 + random.index(4);
  }
  std::string path(random& random) const {
    const std::size_t levels = ragged ? random.index(depth + 1) : depth;
    std::string text;
    for (std::size_t level = 0; level < levels; ++level) {
      text += (level == 0 ? "" : "/") + std::string(1, static_cast<char>('a' + random.index(width[level])));
    }
    return text;
  }
};

// How the weights of one problem are chosen.
class weight_source {
 public:
  weight_source(std::uint64_t most, random& random) : most_(most), kind_(random.index(6)) {}

  std::uint64_t next(random& random) const { return std::min(most_, any(random)); }
  std::uint64_t other_than(std::uint64_t weight, random& random) const {
    const std::uint64_t drawn = next(random);
    return drawn != weight ? drawn : weight == 1 ? 2 : 1;
  }

 private:
  std::uint64_t any(random& random) const {
    if (kind_ != 0 && random.chance(12)) return 0;
    switch (kind_) {
    case 0:
    case 1:
      return 1;
    case 2:
      return random.below(5);
    case 3:
      return random.chance(3) ? 100 : 1;
    case 4:
      return 1 + random.below(1000);
    default:
      return random.chance(2) ? most_ - random.below(3) : 1 + random.below(most_);
    }
  }

  std::uint64_t most_;
  std::size_t kind_;
};

inline std::size_t active_nodes(const oracle_problem& problem) {
  return problem.nodes() - static_cast<std::size_t>(std::count(problem.weights.begin(), problem.weights.end(), 0U));
}

// Gives weights to nodes until enough are active for the replicas.
inline void wake_nodes(oracle_problem& problem, random& random) {
  while (active_nodes(problem) < problem.replicas) problem.weights[random.index(problem.nodes())] = 1;
}

// Up to `count` distinct nodes.
inline std::vector<std::size_t> some_nodes(std::size_t nodes, std::size_t count, random& random) {
  std::vector<std::size_t> all(nodes);
  for (std::size_t n = 0; n < nodes; ++n) all[n] = n;
  random.shuffle(all);
  all.resize(std::min(nodes, count));
  return all;
}

inline oracle_table random_table(const oracle_problem& problem, random& random) {
  oracle_table table(problem.slots);
  for (auto& nodes : table) nodes = some_nodes(problem.nodes(), random.index(problem.replicas + 3), random);
  return table;
}

// A random table that breaks no rule. If there is no such table, a random one.
inline oracle_table valid_table(oracle_problem problem, random& random) {
  problem.old = random_table(problem, random);
  auto answer = best_table(problem);
  if (!answer) return problem.old;
  for (auto& nodes : answer->table) random.shuffle(nodes);
  return std::move(answer->table);
}

inline oracle_table old_table(const oracle_problem& problem, random& random) {
  const std::size_t kind = random.index(8);
  if (kind == 0) return oracle_table(problem.slots);
  if (kind == 1) return oracle_table(problem.slots, some_nodes(problem.nodes(), problem.replicas, random));
  if (kind == 2) return random_table(problem, random);
  oracle_problem before = problem;
  // A table for the same nodes if some had another weight, if one had been missing, or under the other rule.
  std::uint64_t& weight = before.weights[random.index(before.nodes())];
  if (kind == 3 || kind > 5) weight = weight < 4 ? weight * 3 + 1 : weight / 2;
  if (kind == 4) weight = 0;
  if (kind == 5)
    before.rule = before.rule == oracle_rule::weighted ? oracle_rule::strict_spread : oracle_rule::weighted;
  oracle_table table = valid_table(before, random);
  for (auto& nodes : table) {
    if (kind == 6 && !nodes.empty() && random.chance(3)) nodes.erase(nodes.begin() + 1, nodes.end());
    if (kind != 7 || !random.chance(2)) continue;
    const std::size_t more = random.index(problem.nodes());
    if (!holds(nodes, more)) nodes.insert(nodes.begin(), more);
  }
  return table;
}

}  // namespace detail

/// A random problem. About one in a hundred has too few active nodes.
inline oracle_problem random_problem(std::uint64_t seed, problem_size most = {}) {
  random random(seed);
  oracle_problem problem;
  problem.slots = 1 + random.index(most.slots);
  problem.replicas = 1 + random.index(most.replicas);
  problem.rule = random.chance(3) ? oracle_rule::weighted : oracle_rule::strict_spread;
  const detail::domain_shape shape(random);
  const detail::weight_source weights(most.weight, random);
  const std::size_t fewest = random.chance(30) ? 1 : problem.replicas;
  const std::size_t nodes = fewest + random.index(most.nodes + 1 - fewest);
  for (std::size_t n = 0; n < nodes; ++n) {
    problem.domains.push_back(shape.path(random));
    problem.weights.push_back(weights.next(random));
  }
  if (fewest != 1) detail::wake_nodes(problem, random);
  problem.old = detail::old_table(problem, random);
  return problem;
}

/// Nodes that are added, removed and changed, one event at a time. There are always enough for the replicas. The caller
/// passes the table that was planned for the current problem, and the next problem starts from it.
class slot_history {
 public:
  explicit slot_history(std::uint64_t seed, problem_size most = {})
      : most_nodes_(most.nodes), random_(seed), shape_(random_), weights_(most.weight, random_) {
    problem_.slots = 1 + random_.index(most.slots);
    problem_.replicas = 1 + random_.index(most.replicas);
    problem_.rule = random_.chance(3) ? oracle_rule::weighted : oracle_rule::strict_spread;
    problem_.old.resize(problem_.slots);
    const std::size_t nodes = problem_.replicas + random_.index(most_nodes_ + 1 - problem_.replicas);
    while (problem_.nodes() < nodes) add();
    detail::wake_nodes(problem_, random_);
  }

  [[nodiscard]] const oracle_problem& problem() const { return problem_; }
  /// The permanent ids of the nodes of the problem. No id is used twice.
  [[nodiscard]] const std::vector<std::uint64_t>& ids() const { return ids_; }

  /// Changes the nodes. Returns what happened: "add 7", "remove 3", "reweight 2", "lose 'a/b'".
  std::string change(const oracle_table& planned) {
    problem_.old = planned;
    for (;;) {
      const std::string what = random_event();
      if (!what.empty()) return what;
    }
  }

 private:
  std::string random_event() {
    switch (random_.index(7)) {
    case 0:
    case 1:
    case 2:
      return problem_.nodes() < most_nodes_ ? add() : "";
    case 3:
      return remove({random_.index(problem_.nodes())}, "remove ");
    case 4:
    case 5:
      return reweight();
    default:
      return lose_domain();
    }
  }

  std::string add() {
    ids_.push_back(next_id_++);
    problem_.domains.push_back(shape_.path(random_));
    problem_.weights.push_back(weights_.next(random_));
    return "add " + std::to_string(ids_.back());
  }

  std::string reweight() {
    const std::size_t n = random_.index(problem_.nodes());
    const std::uint64_t before = problem_.weights[n];
    problem_.weights[n] = weights_.other_than(before, random_);
    if (detail::active_nodes(problem_) >= problem_.replicas) return "reweight " + std::to_string(ids_[n]);
    problem_.weights[n] = before;
    return "";
  }

  std::string lose_domain() {
    const std::vector<oracle_domain> domains = domains_of(problem_.domains);
    const oracle_domain& lost = domains[random_.index(domains.size())];
    return lost.path.empty() ? "" : remove(lost.nodes, "lose '" + lost.path + "' ");
  }

  // `gone` must be in ascending order.
  std::string remove(const std::vector<std::size_t>& gone, std::string what) {
    std::size_t active = detail::active_nodes(problem_);
    for (const std::size_t n : gone) active -= problem_.weights[n] == 0 ? 0 : 1;
    if (active < problem_.replicas) return "";
    for (const std::size_t n : gone) what += std::to_string(ids_[n]) + " ";
    for (auto& nodes : problem_.old) {
      std::erase_if(nodes, [&](std::size_t n) { return holds(gone, n); });
      for (std::size_t& n : nodes) {
        n -= static_cast<std::size_t>(std::count_if(gone.begin(), gone.end(), [&](std::size_t g) { return g < n; }));
      }
    }
    for (auto n = gone.rbegin(); n != gone.rend(); ++n) {
      const auto at = static_cast<std::ptrdiff_t>(*n);
      problem_.domains.erase(problem_.domains.begin() + at);
      problem_.weights.erase(problem_.weights.begin() + at);
      ids_.erase(ids_.begin() + at);
    }
    what.pop_back();
    return what;
  }

  std::size_t most_nodes_;
  random random_;
  detail::domain_shape shape_;
  detail::weight_source weights_;
  oracle_problem problem_;
  std::vector<std::uint64_t> ids_;
  std::uint64_t next_id_ = 0;
};

}  // namespace test
