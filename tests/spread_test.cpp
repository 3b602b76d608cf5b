// SPDX-License-Identifier: MIT
// The promises of each spread rule, on random trees: compared with the oracle if it knows the rule, else with every set
// of nodes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/spread.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::spread_rule;
using test::fraction;
using test::oracle_problem;
using test::oracle_rule;
using test::oracle_table;
using test::plan_nodes;
using test::plan_table;

constexpr std::uint64_t rule_cases = test::random_cases(150, 4'000);

static_assert(spread_rule().what() == spread_rule::kind::strict);
static_assert(spread_rule() == spread_rule::strict());
static_assert(spread_rule::at_least(3).amount() == 3 && spread_rule::at_least(3).level() == 1);
static_assert(spread_rule::at_least(3, 2).what() == spread_rule::kind::at_least &&
              spread_rule::at_least(3, 2).level() == 2);
static_assert(spread_rule::at_least(3, 2) != spread_rule::at_least(3, 1));
static_assert(spread_rule::overload(100).what() == spread_rule::kind::overload &&
              spread_rule::overload(100).amount() == 100);
static_assert(spread_rule::weighted().what() == spread_rule::kind::weighted);

// The domain of that level of a node. A node with a shorter path is a domain of its own.
std::string domain_at(const oracle_problem& problem, std::size_t node, std::uint32_t level) {
  std::string path;
  std::uint32_t depth = 0;
  for (const char c : problem.domains[node] + '/') {
    if (c == '/' && !path.empty() && path.back() != '/' && ++depth == level) return path;
    if (c != '/' || (!path.empty() && path.back() != '/')) path += c;
  }
  return "node " + std::to_string(node);
}

std::size_t domains_in(const oracle_problem& problem, const std::vector<std::size_t>& nodes, std::uint32_t level) {
  std::set<std::string> names;
  for (const std::size_t n : nodes) names.insert(domain_at(problem, n, level));
  return names.size();
}

// The fewest domains that a slot may be in while it stays within the limits, by trying every set of nodes.
std::size_t fewest_domains(const oracle_problem& problem, const test::oracle_entitlements& entitled,
                           std::uint32_t level) {
  std::size_t fewest = problem.nodes() + 1;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << problem.nodes(); ++bits) {
    std::vector<std::size_t> set;
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      if ((bits >> n & 1U) != 0) set.push_back(n);
    }
    if (set.size() != problem.replicas) continue;
    bool fits = true;
    for (std::size_t n = 0; n < problem.nodes() && fits; ++n) {
      const bool in = test::holds(set, n);
      fits = in ? entitled.shares[n] > fraction(0) : entitled.shares[n] < fraction(1);
    }
    for (std::size_t d = 0; d < entitled.domains.size() && fits; ++d) {
      const auto& inside = entitled.domains[d].nodes;
      fits = entitled.in_domain[d].hold(static_cast<std::uint64_t>(
          std::count_if(set.begin(), set.end(), [&](std::size_t n) { return test::holds(inside, n); })));
    }
    if (fits) fewest = std::min(fewest, domains_in(problem, set, level));
  }
  return fewest;
}

// Whether all copies fit under the caps.
bool room_for_all(const oracle_problem& problem, const std::vector<test::oracle_domain>& domains,
                  const std::vector<std::uint64_t>& caps) {
  std::vector<std::uint64_t> room(domains.size(), 0);
  for (std::size_t d = domains.size(); d > 0; --d) {
    for (const std::size_t n : domains[d - 1].direct) room[d - 1] += problem.weights[n] == 0 ? 0 : 1;
    room[d - 1] = std::min(room[d - 1], caps[d - 1]);
    if (d > 1) room[domains[d - 1].parent] += room[d - 1];
  }
  return room[0] == problem.replicas;
}

// The loosest limits that at_least may set: one cap for all the domains of the level, or else those of strict spread.
std::optional<test::oracle_entitlements> at_least_limits(oracle_problem problem, std::size_t wanted,
                                                         std::uint32_t level) {
  const auto domains = test::domains_of(problem.domains);
  for (std::uint64_t cap = problem.replicas; cap > 0; --cap) {
    std::vector<std::uint64_t> caps(domains.size(), problem.replicas);
    for (std::size_t d = 0; d < domains.size(); ++d) {
      if (domains[d].depth == level) caps[d] = cap;
    }
    if (!room_for_all(problem, domains, caps)) break;
    auto entitled = test::entitlements_under(problem, caps);
    if (fewest_domains(problem, entitled, level) >= wanted) return entitled;
  }
  problem.rule = oracle_rule::strict_spread;
  auto entitled = test::entitlements_of(problem).value();
  return fewest_domains(problem, entitled, level) >= wanted ? std::optional(entitled) : std::nullopt;
}

// Equal nodes differ by at most one copy: every rule promises at least that. Returns the first exception, or an empty
// text.
std::string uneven(const oracle_problem& problem, const oracle_table& table) {
  for (const auto& domain : test::domains_of(problem.domains)) {
    std::set<std::size_t> counts;
    for (const auto& list : table) {
      counts.insert(static_cast<std::size_t>(
          std::count_if(list.begin(), list.end(), [&](std::size_t n) { return test::holds(domain.nodes, n); })));
    }
    if (*counts.rbegin() - *counts.begin() > 1) return "domain '" + domain.path + "'";
  }
  for (std::size_t a = 0; a < problem.nodes(); ++a) {
    for (std::size_t b = 0; b < problem.nodes(); ++b) {
      if (problem.weights[a] != problem.weights[b] ||
          test::plain_path(problem.domains[a]) != test::plain_path(problem.domains[b]))
        continue;
      const auto loads = test::loads_of(problem, table);
      if (loads[a] > loads[b] + 1) return "nodes " + std::to_string(a) + " and " + std::to_string(b);
    }
  }
  return "";
}

oracle_problem small_problem(std::uint64_t seed, std::uint64_t weight = (std::uint64_t{1} << 63) / 32) {
  return test::random_problem(seed, {.slots = 16, .replicas = 4, .nodes = 9, .weight = weight});
}

plan_nodes equal_nodes(const std::vector<std::string>& domains) {
  plan_nodes nodes;
  for (const std::string& domain : domains) nodes.push_back({static_cast<std::int64_t>(nodes.size()), 1, domain});
  return nodes;
}

}  // namespace

TEST_CASE("at_least: every slot is in at least the requested number of domains", "[plan][spread][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t planned = 0, too_few_replicas = 0, too_few_domains = 0, dealt_out = 0, looser = 0;
  for (std::uint64_t i = 0; i < rule_cases; ++i) {
    const oracle_problem problem = small_problem(test::seed() + i);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    const std::uint32_t level = 1 + static_cast<std::uint32_t>(random.below(3));
    const std::uint32_t wanted =
        1 + static_cast<std::uint32_t>(random.below(problem.replicas + (random.chance(4) ? 1 : 0)));
    plan_options options = test::options_for(problem);
    options.spread = spread_rule::at_least(wanted, level);
    INFO("problem " << i << ", " << wanted << " domains of level " << level << ": " << test::text_of(problem));
    const plan_table before = test::table_before(problem, random);
    const plan_nodes nodes = test::nodes_of(problem);

    std::vector<std::size_t> active;
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      if (problem.weights[n] != 0) active.push_back(n);
    }
    const std::size_t domains = domains_in(problem, active, level);
    const auto message = [&] { return test::message_of([&] { return quoit::plan(before, nodes, options); }); };
    if (wanted > problem.replicas) {
      ++too_few_replicas;
      REQUIRE_THAT(message(), ContainsSubstring("only " + std::to_string(problem.replicas) + " replicas"));
      continue;
    }
    if (wanted > domains) {
      ++too_few_domains;
      const std::string text = message();
      REQUIRE_THAT(text, ContainsSubstring("only " + std::to_string(domains) + " have a node"));
      for (const std::size_t n : active) {
        const std::string name = domain_at(problem, n, level);
        if (!name.starts_with("node ")) REQUIRE_THAT(text, ContainsSubstring("'" + name + "'"));
      }
      continue;
    }
    const auto limits = at_least_limits(problem, wanted, level);
    if (!limits) {
      // The domains get whole copies. The oracle has no limits for that, but the promises of the rule hold.
      ++dealt_out;
      const auto plan = quoit::plan(before, nodes, options);
      REQUIRE(test::wrong_bookkeeping(problem, nodes, plan, true) == "");
      const oracle_table after = test::cells_of(plan.after(), nodes);
      for (const auto& list : after) REQUIRE(domains_in(problem, list, level) >= wanted);
      REQUIRE(uneven(problem, after) == "");
      REQUIRE(plan.report().optimal);
      continue;
    }
    ++planned;
    const auto plan = quoit::plan(before, nodes, options);
    REQUIRE(test::wrong_bookkeeping(problem, nodes, plan, true) == "");
    const oracle_table after = test::cells_of(plan.after(), nodes);
    for (const auto& list : after) REQUIRE(domains_in(problem, list, level) >= wanted);
    REQUIRE(test::broken_rule(problem, *limits, after) == "");
    REQUIRE(plan.report().moves == test::best_table(problem, *limits).value().moves);
    REQUIRE(plan.report().optimal);
    looser += plan.report().dispersion > 0 ? 1U : 0U;
  }
  CHECK(planned > rule_cases / 2);
  CHECK(too_few_replicas > rule_cases / 100);
  CHECK(too_few_domains > rule_cases / 100);
  CHECK(looser > rule_cases / 100);
  CHECK(dealt_out < rule_cases / 100);
}

TEST_CASE("at_least: by hand", "[plan][spread]") {
  const quoit::slot_table_options what{.slots = 60, .replicas = 3, .seed = 0};
  const auto loads = [](const plan_table& table) {
    std::vector<int> counts(table.size(), 0);
    for (const std::uint32_t rank : table.ranks()) ++counts[rank];
    return counts;
  };
  const plan_nodes nodes = equal_nodes({"a", "a", "a", "a", "b", "c"});
  // Two zones are enough: a takes two copies of three, according to its weight.
  CHECK(loads(quoit::build<plan_table>(nodes, what, {.spread = spread_rule::at_least(2)})) ==
        std::vector<int>{30, 30, 30, 30, 30, 30});
  CHECK(loads(quoit::build<plan_table>(nodes, what, {.spread = spread_rule::at_least(3)})) ==
        std::vector<int>{15, 15, 15, 15, 60, 60});
  CHECK(loads(quoit::build<plan_table>(nodes, what, {.spread = spread_rule::at_least(1)})) ==
        std::vector<int>{30, 30, 30, 30, 30, 30});
  const auto message = [&](const spread_rule& rule) {
    return test::message_of([&] { return quoit::build<plan_table>(nodes, what, {.spread = rule}); });
  };
  CHECK_THAT(message(spread_rule::at_least(4)),
             ContainsSubstring("4 domains of level 1") && ContainsSubstring("only 3 replicas"));
  CHECK_THAT(message(spread_rule::at_least(0)), ContainsSubstring("at_least(0, 1)"));
  CHECK_THAT(message(spread_rule::at_least(1, 0)), ContainsSubstring("at_least(1, 0)"));
  CHECK_THAT(message(spread_rule::at_least(~std::uint32_t{0}, ~std::uint32_t{0})),
             ContainsSubstring("only 3 replicas"));
  // At a level below every path, every node is a domain of its own.
  CHECK(message(spread_rule::at_least(3, ~std::uint32_t{0})) == "nothing was thrown");
  const plan_nodes two_zones = equal_nodes({"a", "a", "b"});
  CHECK_THAT(
      test::message_of([&] { return quoit::build<plan_table>(two_zones, what, {.spread = spread_rule::at_least(3)}); }),
      ContainsSubstring("only 2 have a node with a weight: 'a', 'b'"));
  plan_nodes drained = equal_nodes({"a", "a", "a", "b", "c"});
  drained.back().weight = 0;
  CHECK_THAT(
      test::message_of([&] { return quoit::build<plan_table>(drained, what, {.spread = spread_rule::at_least(3)}); }),
      ContainsSubstring("only 2 have a node with a weight: 'a', 'b'"));
}

// One cap for all the domains of a level allows two copies in a, two in b and none in c. So each domain gets whole
// copies.
TEST_CASE("at_least: all domains, with more replicas than domains", "[plan][spread]") {
  const plan_nodes nodes = equal_nodes({"a", "a", "b", "b", "c"});
  const auto build = [&] {
    return quoit::build<plan_table>(nodes, {.slots = 60, .replicas = 4, .seed = 0},
                                    {.spread = spread_rule::at_least(3)});
  };
  REQUIRE(test::message_of(build) == "nothing was thrown");
  const auto table = build();
  for (std::uint64_t slot = 0; slot < 60; ++slot) {
    std::set<std::string> domains;
    for (const auto& node : table.replicas_of(slot)) domains.insert(table.find_node(node)->domain);
    REQUIRE(domains.size() == 3);
  }
}

TEST_CASE("weighted: the domains do not matter", "[plan][spread][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < rule_cases / 8; ++i) {
    oracle_problem problem = small_problem(test::seed() + i);
    problem.rule = oracle_rule::weighted;
    if (!test::can_be_planned(problem)) continue;
    INFO("problem " << i << ": " << test::text_of(problem));
    const auto table = quoit::build<plan_table>(
        test::nodes_of(problem),
        {.slots = problem.slots, .replicas = static_cast<std::size_t>(problem.replicas), .seed = 0},
        test::options_for(problem));
    std::fill(problem.domains.begin(), problem.domains.end(), "");
    const auto flat = test::entitlements_of(problem).value();
    const auto loads = test::loads_of(problem, test::cells_of(table, test::nodes_of(problem)));
    for (std::size_t n = 0; n < problem.nodes(); ++n) REQUIRE(flat.load[n].hold(loads[n]));
  }
}

TEST_CASE("overload: no node is above the bound while the domains can take more", "[plan][spread][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t strict = 0, weighted = 0, between = 0;
  for (std::uint64_t i = 0; i < rule_cases; ++i) {
    oracle_problem problem = small_problem(test::seed() + i, 1'000'000);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    const auto permille = static_cast<std::uint32_t>(random.below(random.chance(2) ? 300 : 3000));
    INFO("problem " << i << ", overload " << permille << ": " << test::text_of(problem));
    const plan_table before = test::table_before(problem, random);
    const plan_nodes nodes = test::nodes_of(problem);
    plan_options options = test::options_for(problem);
    const auto table_under = [&](const spread_rule& rule) {
      options.spread = rule;
      return quoit::plan(before, nodes, options);
    };
    const auto plan = table_under(spread_rule::overload(permille));
    REQUIRE(test::wrong_bookkeeping(problem, nodes, plan, true) == "");
    REQUIRE(plan.report().optimal);
    const oracle_table after = test::cells_of(plan.after(), nodes);
    REQUIRE(uneven(problem, after) == "");

    const auto by_weight = table_under(spread_rule::weighted());
    const auto by_domain = table_under(spread_rule::strict());
    REQUIRE(table_under(spread_rule::overload(0)).after() == by_weight.after());
    REQUIRE(table_under(spread_rule::overload(4'000'000'000U)).after() == by_domain.after());
    REQUIRE(by_domain.report().dispersion == 0);

    // The bound is on shares. Loads differ from shares by less than one.
    fraction total;
    for (const std::uint64_t weight : problem.weights) total += fraction(weight);
    const auto loads = test::loads_of(problem, after);
    std::size_t above = problem.nodes();
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      const fraction part = fraction(problem.slots) * fraction(problem.replicas) * fraction(problem.weights[n]) / total;
      const fraction bound = part * fraction(1000 + std::uint64_t{permille}, 1000);
      if (loads[n] > bound.ceil()) above = n;
    }
    if (above != problem.nodes()) {
      INFO("node " << above << " is above its bound");
      problem.rule = oracle_rule::weighted;
      REQUIRE(test::broken_rule(problem, after) == "");  // the domains have no caps left, and the other nodes are full
    }
    const bool as_weighted = plan.after() == by_weight.after(), as_strict = plan.after() == by_domain.after();
    weighted += as_weighted && !as_strict ? 1U : 0U;
    strict += as_strict && !as_weighted ? 1U : 0U;
    between += !as_strict && !as_weighted ? 1U : 0U;
  }
  CHECK(strict > rule_cases / 50);
  CHECK(weighted > rule_cases / 50);
  CHECK(between > rule_cases / 400);
}

TEST_CASE("overload: by hand", "[plan][spread]") {
  // A zone of one node and two zones of three: with strict spread that node is on every slot, 7 / 3 times its share.
  const plan_nodes nodes = equal_nodes({"a", "a", "a", "b", "b", "b", "c"});
  const quoit::slot_table_options what{.slots = 70, .replicas = 3, .seed = 0};
  const auto load = [&](std::uint32_t permille) {
    const plan_table table = quoit::build<plan_table>(nodes, what, {.spread = spread_rule::overload(permille)});
    return std::count(table.ranks().begin(), table.ranks().end(), 6U);
  };
  CHECK(load(0) == 30);  // 70 × 3 / 7
  CHECK(load(1332) == 30);
  CHECK(load(1333) == 30);
  CHECK(load(1334) == 70);
  CHECK(load(~std::uint32_t{0}) == 70);
}
