// SPDX-License-Identifier: MIT
// plan_options::carried: a plan that knows what its nodes carry in other tables.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/plan/totals_oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::carried_load;
using quoit::plan_options;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using counts = std::vector<std::uint64_t>;
using test::totals_order;

constexpr std::uint64_t cases = test::random_cases(20, 150);

// The nodes of the only copies of a table.
std::string holders(const table_type& table) {
  std::string text;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) text += (slot == 0 ? "" : " ") + *table.find_at(slot);
  return text;
}

// What every node of a table carries in it is added.
void add_loads(std::vector<carried_load>& carried, const table_type& table) {
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    for (std::size_t i = 0; i < table.replica_count(); ++i)
      carried.push_back({*table.at(slot, i), 1, i == 0 ? std::uint64_t{1} : 0});
  }
}

}  // namespace

TEST_CASE("an open copy goes where least is, relative to weight", "[plan][carried]") {
  const auto one = [](const specs& nodes, const std::vector<carried_load>& carried) {
    return holders(quoit::build(nodes, {.slots = 1, .replicas = 1}, {.carried = carried}));
  };
  const specs abc = {{"a"}, {"b"}, {"c"}};
  CHECK(one(abc, {{"a", 10}, {"b", 5}, {"c", 7}}) == "b");
  CHECK(one(abc, {{"a", 10}, {"b", 5}}) == "c");
  CHECK(one(abc, {{"a", 1}, {"c", 1}}) == "b");
  // Entries of one node add up.
  CHECK(one(abc, {{"a", 3}, {"b", 2}, {"c", 4}, {"b", 2}}) == "a");
  // 4 of weight 1 is more than 10 of weight 3.
  CHECK(one({{"a"}, {"b", 3}}, {{"a", 4}, {"b", 10}}) == "b");
  CHECK(one({{"a"}, {"b", 3}}, {{"a", 3}, {"b", 11}}) == "a");
  // Both fair totals leave room. A copy more on 4 of weight 10 is less than one on weight 1, and on 5 it is not.
  CHECK(one({{"a"}, {"b", 10}}, {{"b", 4}}) == "b");
  CHECK(one({{"a"}, {"b", 10}}, {{"b", 5}}) == "a");
  CHECK(one({{"a", 10}, {"b"}}, {{"a", 4}}) == "a");
  CHECK(one({{"a", 10}, {"b"}}, {{"a", 5}}) == "b");
  CHECK(one({{"a"}, {"b", 10}}, {{"a", 1}, {"b", 5}}) == "b");
  // What a drained node carries does not count.
  CHECK(one({{"a"}, {"b"}, {"c", 0}}, {{"a", 2}, {"b", 1}, {"c", 1000}}) == "b");
  CHECK(one({{"a"}, {"b", 3}, {"c", 0}}, {{"b", 2}, {"c", 1000}}) == "a");
  // A load never leaves the entitlement: two slots on two nodes are one each.
  CHECK(quoit::build({"a", "b"}, {.slots = 2, .replicas = 1}, {.carried = {{"a", 100}}}) ==
        quoit::build({"a", "b"}, {.slots = 2, .replicas = 1}));
}

TEST_CASE("an open primary goes where least is", "[plan][carried]") {
  const specs nodes = {{"a"}, {"b"}, {"c"}};
  const auto leader = [&](const std::vector<carried_load>& carried) {
    return holders(quoit::build(nodes, {.slots = 1, .replicas = 3}, {.carried = carried}));
  };
  CHECK(leader({{"a", 9, 5}, {"b", 9, 3}, {"c", 9, 4}}) == "b");
  CHECK(leader({{"a", 9, 1}, {"b", 9, 1}, {"c", 9}}) == "c");
  CHECK(leader({{"b", 9, 1}, {"c", 9, 1}}) == "a");
}

TEST_CASE("tables that are built one by one stay even in total", "[plan][carried]") {
  const specs nodes = {{"n0", 1, "z0"}, {"n1", 1, "z0"}, {"n2", 1, "z1"},
                       {"n3", 1, "z1"}, {"n4", 1, "z2"}, {"n5", 1, "z2"}};
  std::vector<carried_load> carried;
  for (std::uint64_t tables = 1; tables <= 60; ++tables) {
    add_loads(carried, quoit::build(nodes, {.slots = 1}, {.carried = carried}));
    counts copies(6, 0), leaders(6, 0);
    for (const carried_load& load : carried) {
      const auto n = static_cast<std::size_t>(load.node.text()[1] - '0');
      copies[n] += load.copies;
      leaders[n] += load.leaders;
    }
    INFO(tables << " tables");
    for (std::size_t n = 0; n < 6; ++n) {
      CHECK(copies[n] >= tables / 2);
      CHECK(copies[n] <= (tables + 1) / 2);
      CHECK(leaders[n] >= tables / 6);
      CHECK(leaders[n] <= (tables + 5) / 6);
    }
  }
}

TEST_CASE("a lost copy is replaced where least is, and nothing else moves", "[plan][carried]") {
  const table_type table = quoit::build({"a", "b", "c", "d"}, {.slots = 1, .replicas = 2});
  std::vector<std::string> rest;
  for (const std::string node : {"a", "b", "c", "d"}) {
    if (node != *table.at(0, 0)) rest.push_back(node);
  }
  const std::string stays = *table.at(0, 1);
  for (const std::string& wanted : rest) {
    if (wanted == stays) continue;
    std::vector<carried_load> carried;
    for (const std::string& node : rest) carried.push_back({node, node == wanted ? 1U : 2U});
    const auto plan = quoit::plan(table, rest, {.carried = carried});
    CHECK(plan.size() == 1);
    CHECK(*plan.begin()->to == wanted);
    CHECK(plan.report().optimal);
    CHECK(plan.report().lower_bound == 1);
  }
}

TEST_CASE("carried loads choose the best of all tables with the fewest moves", "[plan][carried][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t planned = 0, different = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    const test::oracle_problem problem =
        test::random_problem(test::seed() + i, {.slots = 4, .replicas = 3, .nodes = 6, .weight = 1000});
    if (!test::can_be_planned(problem)) continue;
    ++planned;
    test::random random(test::seed() + i);
    INFO("case " << i << ": " << test::text_of(problem));
    const auto table = test::table_before(problem, random);
    const auto nodes = test::nodes_of(problem);
    plan_options options = test::options_for(problem);
    const auto alone = quoit::plan(table, nodes, options);
    counts copies, leaders;
    for (const auto& spec : nodes) {
      copies.push_back(random.below(6));
      leaders.push_back(random.below(std::min(copies.back() + 1, std::uint64_t{4})));
      options.carried.push_back({spec.node, copies.back(), leaders.back()});
    }
    const auto plan = quoit::plan(table, nodes, options);
    REQUIRE(test::wrong_plan(problem, nodes, plan) == "");
    different += plan.after() == alone.after() ? 0U : 1U;
    const auto best = test::best_totals({problem}, copies, totals_order::moves_first);
    const auto before = test::cells_of(table, nodes), after = test::cells_of(plan.after(), nodes);
    const auto loads = test::loads_of(problem, after);
    counts totals = copies, led = leaders;
    for (std::size_t n = 0; n < nodes.size(); ++n) totals[n] += loads[n];
    for (const auto& list : after) ++led[list.front()];
    const auto shares = test::entitlements_of(problem).value().shares;
    const std::size_t units = problem.slots * problem.replicas;
    REQUIRE(plan.report().moves == best->moves);
    REQUIRE(test::squares_of(totals, test::fair_totals_of(shares, problem.replicas, units, copies)) == best->squares);
    const auto best_led = test::best_leader_totals({problem}, {before}, {after}, leaders, totals_order::moves_first);
    REQUIRE(test::given_up(before, after) == best_led->moves);
    REQUIRE(test::squares_of(led, test::fair_totals_of(shares, problem.replicas, problem.slots, leaders)) ==
            best_led->squares);
    // The same plan again changes nothing.
    const auto again = quoit::plan(plan.after(), nodes, options);
    REQUIRE(again.after() == plan.after());
    // Where all carry nothing, the moves are those of a plan that knows nothing.
    options.carried = {{nodes.front().node}};
    REQUIRE(quoit::plan(table, nodes, options).report().moves == alone.report().moves);
  }
  CHECK(planned > cases * 9 / 10);
  CHECK(different > cases / 10);
}

TEST_CASE("carried loads that cannot be are refused", "[plan][carried]") {
  const table_type table = quoit::build({"a", "b"}, {.slots = 4, .replicas = 1});
  const auto message = [&](const std::vector<carried_load>& carried) {
    return test::message_of([&] { return quoit::plan(table, {"a"}, {.carried = carried}); });
  };
  CHECK(message({{"a", 1}, {"x", 3}}) ==
        "quoit: plan: node 'x' carries 3 copies, but is not among the 1 nodes of the plan; name only these in "
        "plan_options::carried");
  CHECK_THAT(message({{"b", 3}}), ContainsSubstring("node 'b' carries"));  // it is lost
  CHECK_THAT(message({{7, 3}}), ContainsSubstring("node '7' carries"));
  const std::uint64_t largest = ~std::uint64_t{0};
  CHECK_THAT(message({{"a", largest}}), ContainsSubstring("what node 'a' carries, have more than 2^52"));
  CHECK_THAT(message({{"a", 1, largest}}), ContainsSubstring("2^52"));
  CHECK_THAT(message({{"a", std::uint64_t{1} << 51}, {"a", std::uint64_t{1} << 52}}), ContainsSubstring("2^52"));
  CHECK(message({{"a", 3, 2}, {"a", 1, 3}}) ==
        "quoit: plan: node 'a' carries 5 leaders, but only 4 copies; each leader is a copy, so count it in "
        "carried_load::copies, too");
  CHECK(quoit::plan(table, {"a"}, {.carried = {{"a", 3, 0}, {"a", 0, 3}}}).report().max_load == 4);
  CHECK(quoit::plan(table, {"a"}, {.carried = {{"a", std::uint64_t{1} << 51}}}).report().max_load == 4);
  CHECK(quoit::plan(table, {"a"}, {.carried = {{"a"}}}).after() == quoit::plan(table, {"a"}).after());
}
