// SPDX-License-Identifier: MIT
// The flow alone: its answer compared with the oracle's, its certificate for tables that are not optimal, and rules
// that cannot be kept.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/state.hpp>

#include "catch2.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::cell_rows;
using quoit::detail::domain_tree;
using quoit::detail::entitlement;
using quoit::detail::entitlement_rules;
using quoit::detail::slot_flow;
using quoit::detail::slot_state;
using test::oracle_problem;
using test::oracle_table;
using vertex = domain_tree::vertex;

constexpr std::uint64_t cases = test::random_cases(120, 3'000);

// The objects that slot_state refers to, for one problem.
struct flow_case {
  explicit flow_case(const oracle_problem& problem)
      : tree(std::vector<std::string_view>(problem.domains.begin(), problem.domains.end())),
        rules(entitlement_rules(tree, problem.weights, static_cast<std::uint32_t>(problem.replicas))
                  .apply(test::rule_of(problem), problem.slots)),
        pinned(problem.slots, false) {}

  domain_tree tree;
  entitlement rules;
  std::vector<bool> pinned;
};

// A table as rows of vertices.
struct rows {
  explicit rows(const oracle_table& table, std::size_t least_width = 1) {
    for (const auto& list : table)
      width = std::max(width, static_cast<std::uint32_t>(std::max(list.size(), least_width)));
    for (const auto& list : table) {
      for (std::size_t i = 0; i < width; ++i)
        cells.push_back(i < list.size() ? static_cast<vertex>(list[i]) : quoit::detail::none);
    }
  }
  [[nodiscard]] cell_rows view() const { return {cells, width}; }
  std::vector<vertex> cells;
  std::uint32_t width = 1;
};

oracle_table table_of(const slot_state& state) {
  oracle_table table(state.slots());
  for (slot_state::slot p = 0; p < state.slots(); ++p) {
    for (const vertex node : state.copies(p)) {
      if (node != quoit::detail::none) table[p].push_back(node);
    }
  }
  return table;
}

}  // namespace

TEST_CASE("slot_flow: finds the fewest moves, and certifies no table with more", "[detail][plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t worsened = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i);
    test::shrink_weights(problem);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    INFO("problem " << i << ": " << test::text_of(problem));
    const flow_case with(problem);
    const rows old(problem.old);
    const auto replicas = static_cast<std::uint32_t>(problem.replicas);
    slot_state state(with.tree, with.rules, replicas, old.view(), old.view(), with.pinned);
    slot_flow flow(state, with.rules, replicas);
    REQUIRE(flow.solve());
    const std::uint64_t least = test::least_moves(problem).value();
    REQUIRE(test::broken_rule(problem, table_of(state)) == "");
    REQUIRE(test::moves_of(problem.old, table_of(state)) == least);
    REQUIRE(flow.optimal());
    REQUIRE(flow.solve());  // no repairs are left

    // Exchange two copies. If that keeps the rules and costs a move, the table must not be certified.
    for (int attempt = 0; attempt < 20; ++attempt) {
      const auto p = static_cast<slot_state::slot>(random.below(problem.slots)),
                 q = static_cast<slot_state::slot>(random.below(problem.slots));
      const auto cell_in = [&](slot_state::slot slot) {
        return slot * state.width() + static_cast<slot_state::cell>(random.below(state.width()));
      };
      const auto a = cell_in(p), b = cell_in(q);
      const vertex left = state.copies(p)[a - p * state.width()], right = state.copies(q)[b - q * state.width()];
      if (p == q || left == quoit::detail::none || right == quoit::detail::none || state.holds(p, right) ||
          state.holds(q, left))
        continue;
      const auto exchange = [&](vertex to_p, vertex to_q) {
        state.remove(a);
        state.remove(b);
        state.put(a, to_p);
        state.put(b, to_q);
      };
      exchange(right, left);
      const oracle_table table = table_of(state);
      const bool valid = test::broken_rule(problem, table).empty();
      const std::uint64_t moves = test::moves_of(problem.old, table);
      if (valid) REQUIRE(flow.optimal() == (moves == least));
      worsened += valid && moves > least ? 1U : 0U;
      exchange(left, right);
      REQUIRE(flow.optimal());
    }
  }
  CHECK(worsened > cases);
}

TEST_CASE("slot_flow: certifies a valid table only if it is optimal", "[detail][plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t not_best = 0, best = 0;
  for (std::uint64_t i = 0; i < cases / 5; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i);
    test::shrink_weights(problem);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    INFO("problem " << i << ": " << test::text_of(problem));
    const flow_case with(problem);
    const rows old(problem.old, problem.replicas),
        start(random.chance(3) ? test::best_table(problem).value().table : test::detail::valid_table(problem, random));
    const auto replicas = static_cast<std::uint32_t>(problem.replicas);
    slot_state state(with.tree, with.rules, replicas, start.view(), old.view(), with.pinned);
    slot_flow flow(state, with.rules, replicas);
    REQUIRE(flow.solve());  // the table is valid already
    const std::uint64_t moves = test::moves_of(problem.old, table_of(state));
    if (moves > test::least_moves(problem).value()) {
      ++not_best;
      REQUIRE(!flow.optimal());
    } else if (moves == 0) {
      ++best;
      REQUIRE(flow.optimal());
    }
  }
  CHECK(not_best > cases / 20);
  CHECK(best > cases / 100);
}

TEST_CASE("slot_flow: detects rules that cannot be kept", "[detail][plan][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t impossible = 0;
  for (std::uint64_t i = 0; i < cases / 5; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i);
    test::shrink_weights(problem);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    flow_case with(problem);
    auto entitled = test::entitlements_of(problem).value();
    // Random limits for some loads.
    for (int changes = 0; changes < 2; ++changes) {
      const std::size_t n = random.index(problem.nodes());
      const std::uint64_t low = random.below(problem.slots + 1), high = low + random.below(3);
      entitled.load[n] = {low, high};
      with.rules.least_load[n] = static_cast<std::uint32_t>(low);
      with.rules.most_load[n] = static_cast<std::uint32_t>(high);
    }
    // The rules for one slot have priority over those for all slots: some nodes take no slot, some take every slot.
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      if (entitled.shares[n] > test::fraction(0) && entitled.shares[n] < test::fraction(1)) continue;
      const std::uint64_t load = entitled.shares[n] == test::fraction(1) ? problem.slots : 0;
      entitled.load[n] = {load, load};
      with.rules.least_load[n] = with.rules.most_load[n] = static_cast<std::uint32_t>(load);
    }
    INFO("problem " << i << ": " << test::text_of(problem));
    const rows old(problem.old);
    const auto replicas = static_cast<std::uint32_t>(problem.replicas);
    slot_state state(with.tree, with.rules, replicas, old.view(), old.view(), with.pinned);
    slot_flow flow(state, with.rules, replicas);
    const auto answer = test::best_table(problem, entitled);
    REQUIRE(flow.solve() == answer.has_value());
    if (answer) {
      REQUIRE(test::broken_rule(problem, entitled, table_of(state)) == "");
      REQUIRE(test::moves_of(problem.old, table_of(state)) == answer->moves);
      REQUIRE(flow.optimal());
    } else {
      ++impossible;
    }
  }
  CHECK(impossible > cases / 50);
}
