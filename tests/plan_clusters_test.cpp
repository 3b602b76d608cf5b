// SPDX-License-Identifier: MIT
// Plans of clusters with leaders, locks, holes and replaced nodes against an exact oracle, and proofs that the oracle
// catches planners that are wrong on purpose.
//
// QUOIT_TEST_CASES sets the number of random cases. Case i has the seed QUOIT_TEST_SEED + i.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/cluster_cases.hpp"
#include "support/plan/cluster_leaders.hpp"
#include "support/plan/cluster_mutants.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/plan/edited_plan.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"
#include "support/plan/replacement_mutants.hpp"
#include "support/plan/replacements.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using test::cluster_case;
using test::cluster_problem;
using test::plan_nodes;
using test::plan_table;

#if defined(QUOIT_FULL_CONFORMANCE)
constexpr std::uint64_t usual_cases = test::random_cases(200, 10'000);
#else
constexpr std::uint64_t usual_cases = test::random_cases(100, 500);
#endif

std::uint64_t cases() {
  const char* const text = std::getenv("QUOIT_TEST_CASES");
  return text == nullptr || *text == '\0' ? usual_cases : std::strtoull(text, nullptr, 0);
}

// How often each rule was in force.
class counts {
 public:
  // In `enough` cases it happens for certain.
  void add(const std::string& what, std::uint64_t times, std::uint64_t enough = 500) {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const count& one) { return one.what == what; });
    if (at == all_.end()) all_.push_back({what, times, enough});
    else at->times += times;
  }
  void saw(const std::string& what, bool happened, std::uint64_t enough = 500) {
    add(what, happened ? 1U : 0U, enough);
  }

  // Prints all counts, and checks that none is 0, if there were enough cases.
  void check() const {
    for (const count& one : all_) {
      std::cout << one.what << ": " << one.times << '\n';
      INFO(one.what);
      CHECK((one.times != 0 || cases() < one.enough));
    }
  }

 private:
  struct count {
    std::string what;
    std::uint64_t times;
    std::uint64_t enough;
  };
  std::vector<count> all_;
};

void count_problem(counts& seen, const cluster_case& drawn) {
  const cluster_problem& problem = drawn.problem;
  const auto& weights = problem.leader_weight;
  const auto none = [](const auto& list) { return list.empty(); };
  seen.saw("cases with locked nodes", problem.locks());
  seen.saw("cases with pinned copies", !problem.pinned_copies.empty());
  seen.saw("cases with pinned slots", problem.pins_slots());
  seen.saw("cases with holes", !drawn.before.empty() && drawn.before.missing_slots() != 0);
  seen.saw("cases with repairs", std::any_of(problem.base.old.begin(), problem.base.old.end(), none));
  seen.saw("cases with leader weights", problem.leads());
  bool unequal = false;
  for (std::size_t n = 0; problem.leads() && n < weights.size(); ++n)
    unequal = unequal || problem.leads_with(n) != problem.leads_with(0);
  seen.saw("cases with unequal leader weights", unequal);
  seen.saw("cases with nodes that never lead", std::find(weights.begin(), weights.end(), 0U) != weights.end());
  seen.saw("cases with leaders and locks", problem.leads() && problem.locks());
}

void count_plan(counts& seen, const test::cluster_rules& rules, const cluster_problem& problem,
                const quoit::plan_report& report) {
  seen.saw("plans", true);
  seen.add("moves", report.moves);
  seen.add("primaries changed without a move of theirs", report.primaries_changed - report.primaries_forced);
  seen.saw("plans with loads that no table has", report.slack != 0);
  seen.add("slots without leader", report.slots_without_leader);
  seen.saw("clusters whose domains have too little room", !rules.possible, 5'000);  // one in 200
  bool least = false, most = false;
  for (const auto& slot : rules.in_domain) {
    for (std::size_t d = 0; d < slot.size(); ++d) {
      least = least || slot[d].least < rules.entitled.in_domain[d].least;
      most = most || slot[d].most > rules.entitled.in_domain[d].most;
    }
  }
  seen.saw("plans with domains that keep too many copies", most);
  seen.saw("plans with domains that get too few copies", least);
  seen.saw("plans whose indices stay", !problem.balance_primaries);
}

// Replaces a node of a planned table, and of the damaged one before it.
void check_replacements(counts& seen, const cluster_case& drawn, const plan_table& planned, test::random& random) {
  for (const bool damaged : {false, true}) {
    const plan_table& from = damaged ? drawn.before : planned;
    if (from.empty()) continue;
    const test::replacement what = test::random_replacement(from, random);
    INFO("replace " << what.old_node << " by " << what.by.node << (damaged ? " in the table before" : ""));
    const auto plan = test::plan_replacement(from, what);
    REQUIRE(test::wrong_replacement(what, plan) == "");
    seen.add("copies of replaced nodes", plan.report().moves);
    if (damaged || !what.alike || drawn.problem.locks() || drawn.problem.pins()) continue;
    const plan_nodes nodes(plan.after().nodes().begin(), plan.after().nodes().end());
    REQUIRE(quoit::plan(plan.after(), nodes, drawn.options).report().moves == 0);
  }
}

}  // namespace

TEST_CASE("plans of clusters are what the oracle says", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  counts seen;
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const cluster_case drawn = test::random_cluster(test::seed() + i);
    const cluster_problem& problem = drawn.problem;
    INFO("case " << i << ": " << test::text_of(problem));
    count_problem(seen, drawn);
    const test::cluster_rules rules = test::rules_of(problem);
    const bool refused = !test::can_be_kept(problem, rules) || !test::has_enough_nodes(problem, rules);
    seen.saw("plans refused", refused);
    if (refused) {
      REQUIRE_THROWS_AS(quoit::plan(drawn.before, drawn.nodes, drawn.options), std::invalid_argument);
      continue;
    }
    const auto plan = quoit::plan(drawn.before, drawn.nodes, drawn.options);
    INFO("planned:" << test::text_of(test::cells_of(plan.after(), drawn.nodes)));
    REQUIRE(test::wrong_cluster_plan(problem, rules, drawn.nodes, plan) == "");
    count_plan(seen, rules, problem, plan.report());
    // Planning again changes nothing, unless more copies are pinned then.
    if (!problem.pins_slots()) {
      const auto again = quoit::plan(plan.after(), drawn.nodes, drawn.options);
      REQUIRE(again.report().moves == 0);
      REQUIRE(again.report().primaries_changed == 0);
    }
    test::random random(test::seed() + i);
    if (random.chance(3)) check_replacements(seen, drawn, plan.after(), random);
  }
  seen.check();
}

TEST_CASE("the oracle shares leaders fairly", "[plan][oracle]") {
  // One node of the first four, and the fifth: every node can lead a fifth of the slots.
  test::oracle_table table(1024);
  for (std::size_t slot = 0; slot < table.size(); ++slot) table[slot] = {slot % 4, 4};
  for (const test::fraction& share : test::fair_leaders(table, {1, 1, 1, 1, 1}).shares)
    CHECK(share == test::fraction(1024, 5));
  // The slots of node 0 are too few for its weight, and it leads them all. The others share the rest by weight.
  const std::vector<test::fraction> shares = test::fair_leaders(table, {1000, 1, 1, 2, 4}).shares;
  CHECK(shares[0] == test::fraction(256));
  CHECK(shares[1] == test::fraction(96));
  CHECK(shares[3] == test::fraction(192));
  CHECK(shares[4] == test::fraction(384));
}

TEST_CASE("the oracle finds what a search of all tables finds", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t searched = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const cluster_case drawn =
        test::random_cluster(test::seed() + i, test::problem_size{.slots = 3, .replicas = 2, .nodes = 4, .weight = 9});
    const cluster_problem& problem = drawn.problem;
    const test::cluster_rules rules = test::rules_of(problem);
    if (!test::can_be_kept(problem, rules) || !rules.possible) continue;
    INFO("case " << i << ": " << test::text_of(problem));
    // Every table is a number: its digits to the base of all sets of nodes are the nodes of the slots.
    const std::size_t sets = std::size_t{1} << problem.base.nodes();
    std::optional<std::uint64_t> slack, moves;
    for (std::size_t table = 0, all = std::size_t{1} << problem.base.nodes() * problem.base.slots; table < all;
         ++table) {
      test::oracle_table cells(problem.base.slots);
      std::size_t rest = table;
      for (auto& nodes : cells) {
        for (std::size_t n = 0; n < problem.base.nodes(); ++n) {
          if ((rest % sets >> n & 1U) != 0) nodes.push_back(n);
        }
        rest /= sets;
        if (nodes.size() != problem.base.replicas) break;
      }
      if (cells.back().size() != problem.base.replicas || test::broken_slot(problem, rules, cells) != "") continue;
      const std::uint64_t off = test::distance_of(rules.load, test::loads_of(problem.base, cells));
      const std::uint64_t cost = test::moves_of(problem.base.old, cells);
      if (slack && (off > *slack || (off == *slack && cost >= *moves))) continue;
      slack = off;
      moves = cost;
    }
    const test::cluster_answer answer = test::best_table(problem, rules, rules.load);
    REQUIRE(slack == answer.slack);
    REQUIRE(moves == answer.best.moves);
    ++searched;
  }
  CHECK(searched > 40);
}

TEST_CASE("the oracle catches planners that are wrong on purpose", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  constexpr std::uint64_t enough = 2;
  const auto mutants = test::cluster_mutants();
  std::vector<std::uint64_t> caught(mutants.size(), 0);
  for (std::uint64_t i = 0; i < 200; ++i) {
    if (std::all_of(caught.begin(), caught.end(), [](std::uint64_t times) { return times == enough; })) break;
    const cluster_case drawn = test::random_cluster(test::seed() + i);
    const test::cluster_rules rules = test::rules_of(drawn.problem);
    if (!test::can_be_kept(drawn.problem, rules) || !test::has_enough_nodes(drawn.problem, rules) || !rules.possible)
      continue;
    const auto plan = quoit::plan(drawn.before, drawn.nodes, drawn.options);
    const test::mutant_input input{drawn, rules, test::leaders_before(plan.before(), drawn.nodes)};
    for (std::size_t m = 0; m < mutants.size(); ++m) {
      if (caught[m] == enough) continue;
      test::edited_plan wrong(plan, drawn.nodes);
      if (!mutants[m].damage(input, wrong)) continue;
      wrong.write(drawn.nodes);
      INFO(mutants[m].name << ", case " << i << ": " << test::text_of(drawn.problem));
      REQUIRE_THAT(test::wrong_cluster_plan(drawn.problem, rules, drawn.nodes, wrong),
                   ContainsSubstring(mutants[m].caught_by));
      ++caught[m];
    }
  }
  for (std::size_t m = 0; m < mutants.size(); ++m) {
    INFO(mutants[m].name);
    CHECK(caught[m] != 0);
  }
}

TEST_CASE("the oracle catches replacements that are wrong on purpose", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  for (const test::replacement_mutant& mutant : test::replacement_mutants()) {
    bool caught = false;
    for (std::uint64_t i = 0; i < 200 && !caught; ++i) {
      test::random random(test::seed() + i);
      const plan_table from = test::random_cluster(test::seed() + i).before;
      if (from.empty()) continue;
      const test::replacement what = test::random_replacement(from, random);
      const auto plan = test::plan_replacement(from, what);
      REQUIRE(test::wrong_replacement(what, plan) == "");
      plan_nodes nodes(plan.after().nodes().begin(), plan.after().nodes().end());
      test::edited_plan wrong(plan, nodes);
      if (!mutant.damage(what, nodes, wrong)) continue;
      wrong.write(nodes);
      INFO(mutant.name << ", case " << i);
      REQUIRE_THAT(test::wrong_replacement(what, wrong), ContainsSubstring(mutant.caught_by));
      caught = true;
    }
    INFO(mutant.name);
    CHECK(caught);
  }
}
