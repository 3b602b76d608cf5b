// SPDX-License-Identifier: MIT
// Plans of clusters with leaders, locks, holes and replaced nodes against an exact oracle, and proofs that the oracle
// catches planners that are wrong on purpose.
//
// QUOIT_TEST_CASES sets the number of random cases.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/plan/cluster_cases.hpp"
#include "support/plan/cluster_mutants.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/random.hpp"

namespace {

using test::cluster_case;
using test::cluster_problem;

#if defined(QUOIT_FULL_CONFORMANCE)
constexpr std::uint64_t usual_cases = test::random_cases(200, 10'000);
#else
constexpr std::uint64_t usual_cases = test::random_cases(50, 500);
#endif

std::uint64_t cases() {
  const char* const text = std::getenv("QUOIT_TEST_CASES");
  return text == nullptr || *text == '\0' ? usual_cases : std::strtoull(text, nullptr, 0);
}

// How often a rule was in force.
struct counts {
  std::uint64_t planned = 0, refused = 0, impossible = 0;
  std::uint64_t locked = 0, pinned_copies = 0, pinned_slots = 0, holes = 0, leaders = 0;
  std::uint64_t never_leads = 0, without_leader = 0, off = 0, loose = 0;
};

void count(counts& seen, const cluster_case& drawn) {
  const cluster_problem& problem = drawn.problem;
  const auto one = [](bool happened) { return happened ? std::uint64_t{1} : 0; };
  seen.locked += one(problem.locks());
  seen.pinned_copies += one(!problem.pinned_copies.empty());
  seen.leaders += one(problem.leads());
}

}  // namespace

TEST_CASE("plans of clusters are what the oracle says", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  counts seen;
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const cluster_case drawn = test::random_cluster(test::seed() + i);
    const cluster_problem& problem = drawn.problem;
    INFO("case " << i << ": " << test::text_of(problem));
    count(seen, drawn);
    const test::cluster_rules rules = test::rules_of(problem);
    if (!test::can_be_kept(problem, rules)) {
      REQUIRE_THROWS_AS(quoit::plan(drawn.before, drawn.nodes, drawn.options), std::invalid_argument);
      ++seen.refused;
      continue;
    }
    if (!rules.possible) {
      ++seen.impossible;
      try {
        const auto plan = quoit::plan(drawn.before, drawn.nodes, drawn.options);
        REQUIRE(test::wrong_cluster_plan(problem, drawn.nodes, plan) == "");
      } catch (const std::invalid_argument&) {
      }
      continue;
    }
    const auto plan = quoit::plan(drawn.before, drawn.nodes, drawn.options);
    INFO("planned:" << test::text_of(test::cells_of(plan.after(), drawn.nodes)));
    const std::string wrong = test::wrong_cluster_plan(problem, drawn.nodes, plan);
    if (wrong != "") std::cout << i << " " << wrong << "\n";
    CHECK(wrong == "");
    ++seen.planned;
  }
  std::cout << "planned " << seen.planned << " refused " << seen.refused << " impossible " << seen.impossible << '\n';
}

TEST_CASE("the oracle catches planners that are wrong on purpose", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  constexpr std::uint64_t enough = 3;
  const auto mutants = test::cluster_mutants();
  std::vector<std::uint64_t> caught(mutants.size(), 0);
  for (std::uint64_t i = 0; i < 200; ++i) {
    if (std::all_of(caught.begin(), caught.end(), [](std::uint64_t times) { return times == enough; })) break;
    const cluster_case drawn = test::random_cluster(test::seed() + i);
    const test::cluster_rules rules = test::rules_of(drawn.problem);
    if (!test::can_be_kept(drawn.problem, rules) || !rules.possible) continue;
    const auto plan = quoit::plan(drawn.before, drawn.nodes, drawn.options);
    test::mutant_input input{drawn, rules, test::leaders_before(plan.before(), drawn.nodes)};
    for (std::size_t m = 0; m < mutants.size(); ++m) {
      if (caught[m] == enough) continue;
      test::edited_plan wrong(plan, drawn.nodes);
      if (!mutants[m].damage(input, wrong)) continue;
      wrong.write(drawn.nodes);
      INFO(mutants[m].name << ", case " << i << ": " << test::text_of(drawn.problem));
      REQUIRE_THAT(test::wrong_cluster_plan(drawn.problem, drawn.nodes, wrong),
                   Catch::Matchers::ContainsSubstring(mutants[m].caught_by));
      ++caught[m];
    }
  }
  for (std::size_t m = 0; m < mutants.size(); ++m) {
    INFO(mutants[m].name);
    CHECK(caught[m] != 0);
  }
}
