// SPDX-License-Identifier: MIT
// Entitlements compared with the oracle's, vertex by vertex. spread_test.cpp tests at_least and overload.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/plan/entitlement.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::spread_rule;
using quoit::detail::domain_tree;
using quoit::detail::entitlement_rules;
using test::oracle_problem;

constexpr std::uint64_t entitlement_cases = test::random_cases(500, 4'000);

}  // namespace

TEST_CASE("entitlements equal the oracle's", "[detail][plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < entitlement_cases; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i, {.slots = 24, .replicas = 6, .nodes = 14});
    test::shrink_weights(problem);
    problem.slots = i % 3 == 0 ? problem.slots : i % 3 == 1 ? 16384 : 700'000'000;
    INFO("problem " << i << ": " << test::text_of(problem));
    const std::vector<std::string_view> paths(problem.domains.begin(), problem.domains.end());
    const domain_tree tree(paths);
    const auto replicas = static_cast<std::uint32_t>(problem.replicas);
    const auto expected = test::entitlements_of(problem);
    if (!expected) {
      ++refused;
      REQUIRE_THAT(test::message_of([&] { return entitlement_rules(tree, problem.weights, replicas); }),
                   ContainsSubstring("replicas"));
      continue;
    }
    const auto got = entitlement_rules(tree, problem.weights, replicas).apply(test::rule_of(problem), problem.slots);
    REQUIRE(got.least.size() == tree.size());
    REQUIRE(got.least_load.size() == problem.nodes());
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      INFO("node " << n);
      REQUIRE(got.least[n] == expected->shares[n].floor());
      REQUIRE(got.most[n] == expected->shares[n].ceil());
      REQUIRE(got.least_load[n] == expected->load[n].least);
      REQUIRE(got.most_load[n] == expected->load[n].most);
    }
    for (std::size_t d = 0; d < expected->domains.size(); ++d) {
      INFO("domain '" << expected->domains[d].path << "'");
      REQUIRE(got.least[problem.nodes() + d] == expected->in_domain[d].least);
      REQUIRE(got.most[problem.nodes() + d] == expected->in_domain[d].most);
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("entitlements of one node, of 255 replicas, and of the largest table", "[detail][plan]") {
  const std::vector<std::string_view> one{"a/b/c"};
  const std::vector<std::uint64_t> weight{(std::uint64_t{1} << 63) - 1};
  const domain_tree single(one);
  const auto all = entitlement_rules(single, weight, 1).apply(spread_rule::strict(), 0xffffffffU);
  CHECK(all.least_load == std::vector<std::uint32_t>{0xffffffffU});
  CHECK(all.most_load == std::vector<std::uint32_t>{0xffffffffU});

  const std::vector<std::string_view> many(510, "rack");
  const std::vector<std::uint64_t> weights(510, 3);
  const domain_tree rack(many);
  const auto half = entitlement_rules(rack, weights, 255).apply(spread_rule::strict(), 0xffffffffU / 255);
  for (std::size_t n = 0; n < 510; ++n) {
    CHECK(half.least_load[n] == 0xffffffffU / 255 / 2);
    CHECK(half.most_load[n] == 0xffffffffU / 255 / 2 + 1);
  }
}
