// SPDX-License-Identifier: MIT
// Water-filling compared with the oracle's exact fractions: every share of every vertex, under caps that no rule sets.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/plan/water_fill.hpp>

#include "catch2.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::domain_tree;
using quoit::detail::water_fill;
using test::fraction;
using test::oracle_problem;

constexpr std::uint64_t fill_cases = test::random_cases(150, 4'000);

std::vector<std::string_view> paths_of(const std::vector<std::string>& domains) {
  return {domains.begin(), domains.end()};
}

}  // namespace

TEST_CASE("water_fill: equals the oracle's shares under any caps", "[detail][plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t feasible = 0, infeasible = 0;
  for (std::uint64_t i = 0; i < fill_cases; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i, {.slots = 1, .replicas = 6, .nodes = 14});
    test::shrink_weights(problem);
    test::random random(test::seed() + i);
    INFO("problem " << i << ": " << test::text_of(problem));
    const auto paths = paths_of(problem.domains);
    const domain_tree tree(paths);
    const auto domains = test::domains_of(problem.domains);
    REQUIRE(tree.size() == problem.nodes() + domains.size());
    const auto vertex = [&](std::size_t d) { return static_cast<domain_tree::vertex>(problem.nodes() + d); };

    std::vector<std::uint64_t> caps(domains.size());
    std::vector<std::uint32_t> all_caps(tree.size(), 0);
    for (std::size_t n = 0; n < problem.nodes(); ++n) all_caps[n] = problem.weights[n] != 0 ? 1 : 0;
    for (std::size_t d = 0; d < domains.size(); ++d) {
      caps[d] = d == 0 ? problem.replicas : random.below(problem.replicas + 2);
      all_caps[vertex(d)] = static_cast<std::uint32_t>(caps[d]);
    }
    std::vector<std::uint64_t> room(domains.size(), 0);
    for (std::size_t d = domains.size(); d > 0; --d) {
      for (const std::size_t n : domains[d - 1].direct) room[d - 1] += problem.weights[n] == 0 ? 0 : 1;
      room[d - 1] = std::min(room[d - 1], caps[d - 1]);
      if (d > 1) room[domains[d - 1].parent] += room[d - 1];
    }

    const water_fill fill(tree, problem.weights, all_caps);
    REQUIRE(fill.feasible() == (room[0] == problem.replicas));
    if (!fill.feasible()) {
      ++infeasible;
      continue;
    }
    ++feasible;
    const auto shares = test::fair_shares(problem.weights, test::groups_of(problem, domains, caps));
    for (const std::uint64_t factor :
         {std::uint64_t{1}, std::uint64_t{2}, 1 + random.below(1000), std::uint64_t{0xffffffff} / problem.replicas}) {
      const auto check = [&](domain_tree::vertex v, const fraction& share) {
        const fraction whole = fraction(factor) * share;
        const auto got = fill.share(v, factor);
        INFO("vertex " << v << " times " << factor << ": " << test::text_of(whole));
        REQUIRE(got.floor == whole.floor());
        REQUIRE(got.ceil == whole.ceil());
      };
      for (std::size_t n = 0; n < problem.nodes(); ++n) check(static_cast<domain_tree::vertex>(n), shares[n]);
      for (std::size_t d = 0; d < domains.size(); ++d) check(vertex(d), test::sum_of(shares, domains[d].nodes));
    }
  }
  CHECK(feasible > fill_cases / 4);
  CHECK(infeasible > fill_cases / 4);
}

TEST_CASE("water_fill: by hand", "[detail][plan]") {
  const std::vector<std::string_view> paths{"a", "a", "b", ""};
  const domain_tree tree(paths);  // 0 … 3, the root 4, a 5, b 6
  const std::vector<std::uint64_t> weights{1, 2, 0, 3};
  const std::vector<std::uint32_t> caps{1, 1, 0, 1, 2, 1, 0};
  const water_fill fill(tree, weights, caps);
  REQUIRE(fill.feasible());
  CHECK(fill.share(0, 3).floor == 1);  // a has the cap 1: 1/3 and 2/3. Node 3 takes the other copy
  CHECK(fill.share(0, 3).ceil == 1);
  CHECK(fill.share(1, 3).floor == 2);
  CHECK(fill.share(2, 3).ceil == 0);
  CHECK(fill.share(3, 3).floor == 3);
  CHECK(fill.binds(5));
  CHECK(fill.share(4).floor == 2);
  const std::vector<std::uint32_t> tight{1, 1, 0, 1, 3, 1, 0};
  CHECK(!water_fill(tree, weights, tight).feasible());
}
