// SPDX-License-Identifier: MIT
// plan_all() and plan_options::carried together with the other options: leader weights, locks and pins, holes,
// contiguous ranges, and budgets of moves.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/plan_all.hpp>

#include "catch2.hpp"
#include "support/plan/many_tables.hpp"
#include "support/message_of.hpp"
#include "support/plan/leader_oracle.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using quoit::carried_load;
using quoit::plan_options;
using quoit::slot_table_options;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using counts = std::vector<std::uint64_t>;

constexpr std::uint64_t cases = test::random_cases(20, 200);

using test::in_zones;
using test::many;

counts leaders_of(const table_type& table) {
  counts totals(table.size(), 0);
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) ++totals[table.ranks(slot).front()];
  return totals;
}
counts copies_of(const table_type& table) {
  counts totals(table.size(), 0);
  for (const std::uint32_t rank : table.ranks()) ++totals[rank];
  return totals;
}
template <class Count>
counts sum_of(const std::vector<table_type>& tables, const Count& count) {
  counts totals(tables.front().size(), 0);
  for (const table_type& table : tables) {
    const counts one = count(table);
    for (std::size_t n = 0; n < one.size(); ++n) totals[n] += one[n];
  }
  return totals;
}
std::uint64_t ranges_of(const table_type& table) {
  std::uint64_t ranges = 1;
  for (std::uint64_t slot = 1; slot < table.slot_count(); ++slot)
    ranges += table.ranks(slot).front() != table.ranks(slot - 1).front() ? 1U : 0U;
  return ranges;
}

// Tables on n0, n1, …, and the same nodes with other weights, some lost and some new.
struct random_group {
  std::vector<table_type> tables;
  specs nodes;

  random_group(test::random& random, std::size_t replicas) {
    const auto any = [&](std::size_t i) {
      return quoit::node_spec<std::string>{"n" + std::to_string(i), 1 + static_cast<std::int64_t>(random.below(3)),
                                           "z" + std::to_string(i % 2)};
    };
    const std::size_t count = replicas + 2 + random.index(3);
    for (std::size_t i = 0; i < count; ++i) nodes.push_back(any(i));
    for (std::size_t t = 2 + random.index(3); t > 0; --t)
      tables.push_back(quoit::build(nodes, {.slots = 1 + random.below(6), .replicas = replicas}));
    for (auto& spec : nodes) spec.weight = 1 + static_cast<std::int64_t>(random.below(3));
    if (random.chance(2)) nodes.push_back(any(count));
    if (random.chance(2)) nodes.erase(nodes.begin());
  }
};

}  // namespace

TEST_CASE("many tables have even leaders by leader weight", "[plan_all][leaders]") {
  specs nodes = {{"n0"}, {"n1"}, {"n2"}, {"n3"}};
  nodes[0].leader_weight = 0;
  nodes[3].leader_weight = 2;
  const auto tables = quoit::build_all(nodes, many(100, 1, 4));
  CHECK(sum_of(tables, leaders_of) == counts{0, 25, 25, 50});
  // Taken off leadership, n1 gives its slots up, and no copy moves.
  nodes[1].leader_weight = 0;
  const auto next = quoit::plan_all(tables, nodes);
  CHECK(next.report().moves == 0);
  CHECK(next.report().primaries_changed == 25);
  CHECK(sum_of(next.after(), leaders_of) == counts{0, 0, 33, 67});
  CHECK(next.report().leader_imbalance == 0);
  CHECK(next.report().slots_without_leader == 0);
  // Changes beyond the fewest are made for the totals where they are allowed.
  nodes[2].leader_weight = 3;
  CHECK(quoit::plan_all(next.after(), nodes).report().primaries_changed == 0);
  const auto paid = quoit::plan_all(next.after(), nodes, {.primaries_for_totals = 10});
  CHECK(paid.report().primaries_changed == 10);
  CHECK(sum_of(paid.after(), leaders_of) == counts{0, 0, 43, 57});
  CHECK(paid.report().max_leaders == 57);
  CHECK(paid.report().leader_imbalance == 17);
  // Leaders are chosen after the copies, and go as far as these allow.
  specs zones = in_zones(3, 2);
  zones[0].leader_weight = 0;
  const auto spread = quoit::build_all(zones, many(100, 1, 3));
  CHECK(sum_of(spread, copies_of) == counts(6, 50));
  CHECK(sum_of(spread, leaders_of) == counts{0, 17, 25, 17, 16, 25});
  nodes = {{"a"}, {"b"}};
  nodes[0].leader_weight = 0;
  const auto single = quoit::plan_all(quoit::build_all({"a", "b"}, many(4, 1, 1)), nodes).report();
  CHECK(single.slots_without_leader == 2);
  CHECK(to_string(single).find("0 primaries changed, 2 slots without a leader, 2 to 2 copies") != std::string::npos);
}

TEST_CASE("what nodes lead elsewhere counts by leader weight", "[plan][carried][leaders]") {
  specs nodes = {{"a"}, {"b"}, {"c"}};
  nodes[0].leader_weight = 4;
  const auto leader = [&](const std::vector<carried_load>& carried) {
    const auto table = quoit::build(nodes, {.slots = 1, .replicas = 3}, {.carried = carried});
    return *table.at(0, 0);
  };
  CHECK(leader({{"a", 9, 7}, {"b", 9, 2}, {"c", 9, 3}}) == "a");
  CHECK(leader({{"a", 9, 9}, {"b", 9, 2}, {"c", 9, 1}}) == "c");
  nodes[0].leader_weight = 0;
  CHECK(leader({{"a", 9}, {"b", 9, 2}, {"c", 9, 3}}) == "b");
}

TEST_CASE("leaders that are exchanged between tables keep each table's shares", "[plan_all][leaders][oracle][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < cases; ++i) {
    INFO("case " << i);
    test::random random(test::seed() + i);
    random_group group(random, 2 + random.index(2));
    for (auto& spec : group.nodes) {
      if (random.chance(2)) spec.leader_weight = static_cast<std::int64_t>(random.below(3));
    }
    group.nodes.back().leader_weight = 2;
    const auto plans = quoit::plan_all(group.tables, group.nodes);
    for (std::size_t t = 0; t < plans.size(); ++t) {
      const table_type& after = plans[t].after();
      REQUIRE(plans[t].size() == quoit::plan(group.tables[t], group.nodes).size());
      std::vector<std::uint64_t> weights, substitute_weights;
      for (const auto& spec : after.nodes()) {
        weights.push_back(static_cast<std::uint64_t>(spec.leader_weight.value_or(spec.weight)));
        substitute_weights.push_back(static_cast<std::uint64_t>(spec.weight));
      }
      test::oracle_table eligible(static_cast<std::size_t>(after.slot_count())), substitutes = eligible;
      for (std::size_t p = 0; p < eligible.size(); ++p) {
        for (const std::uint32_t n : after.ranks(p)) {
          if (weights[n] > 0) eligible[p].push_back(n);
        }
        const auto row = after.ranks(p);
        if (eligible[p].empty()) substitutes[p].assign(row.begin(), row.end());
        else REQUIRE(weights[row.front()] > 0);
      }
      const auto fair = test::fair_leaders(eligible, weights).shares;
      const auto beside = test::fair_leaders(substitutes, substitute_weights).shares;
      const counts leads = leaders_of(after);
      for (std::size_t n = 0; n < leads.size(); ++n) {
        REQUIRE(leads[n] >= fair[n].floor() + beside[n].floor());
        REQUIRE(leads[n] <= fair[n].ceil() + beside[n].ceil());
      }
    }
    const auto again = quoit::plan_all(plans.after(), group.nodes);
    REQUIRE(again.report().moves == 0);
    REQUIRE(again.report().primaries_changed == 0);
  }
}

TEST_CASE("locked nodes keep their copies in every table, and the others share the rest", "[plan_all][locks]") {
  specs nodes = {{"n0"}, {"n1"}, {"n2"}, {"n3"}};
  const auto before = quoit::build_all(nodes, many(100, 1, 2));
  nodes.push_back({"n4"});
  const auto plans = quoit::plan_all(before, nodes, {.each = {.locked = {"n0"}}, .moves_for_totals = 1000});
  // 150 copies on four nodes.
  CHECK(plans.report().imbalance == 0);
  CHECK(plans.report().min_load == 37);
  CHECK(plans.report().max_load == 50);
  CHECK(sum_of(plans.after(), copies_of)[0] == 50);
  CHECK(sum_of(plans.after(), copies_of)[4] >= 37);
  for (const auto& one : plans) {
    CHECK(one.before().find_node("n0") != nullptr);
    CHECK(copies_of(one.before())[0] == copies_of(one.after())[0]);
    for (const auto& move : one) CHECK((*move.to != "n0" && *move.replaces != "n0"));
  }
  // A locked node leads its share of what it holds.
  const auto even = quoit::plan_all(plans.after(), nodes, {.each = {.locked = {"n0"}}, .primaries_for_totals = 1000});
  CHECK(even.report().moves == 0);
  CHECK(even.report().leader_imbalance == 0);
  CHECK(sum_of(even.after(), leaders_of)[0] == 25);
  // If all nodes are locked, nothing moves.
  const auto none =
      quoit::plan_all(before, nodes, {.each = {.locked = {"n0", "n1", "n2", "n3", "n4"}}, .moves_for_totals = 1000});
  CHECK(none.report().moves == 0);
  CHECK(none.report().imbalance == 0);
}

TEST_CASE("exchanges between tables move no copy that must stay", "[plan_all][locks][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t exchanged = 0, beyond = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    INFO("case " << i);
    test::random random(test::seed() + i);
    const random_group group(random, 1 + random.index(3));
    plan_options each;
    // With R of these left open, no lock leaves too few nodes.
    for (std::size_t n = group.tables.front().replica_count(); n < group.nodes.size(); ++n) {
      if (random.chance(3) && group.tables.front().find_node(group.nodes[n].node) != nullptr)
        each.locked.push_back(group.nodes[n].node);
    }
    if (random.chance(2)) each.pinned.push_back(0);
    const std::uint64_t budget = random.below(4);
    const auto plans = quoit::plan_all(group.tables, group.nodes, {.each = each, .moves_for_totals = budget});
    std::uint64_t fewest = 0;
    for (std::size_t t = 0; t < plans.size(); ++t) {
      const auto alone = quoit::plan(group.tables[t], group.nodes, each);
      const table_type &before = plans[t].before(), &after = plans[t].after();
      fewest += alone.size();
      exchanged += alone.after() != after ? 1U : 0U;
      beyond += alone.report().slack > 0 ? 1U : 0U;
      REQUIRE(plans[t].size() >= alone.size());
      REQUIRE(plans[t].report().lower_bound <= alone.size());
      REQUIRE(plans[t].report().slack <= std::max<std::uint64_t>(alone.report().slack, 1));
      for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
        for (const std::string& node : before.replicas_of(slot)) {
          const bool stays =
              std::find(each.locked.begin(), each.locked.end(), quoit::node_id(node)) != each.locked.end() ||
              (!each.pinned.empty() && slot == 0);
          if (!stays || after.find_node(node) == nullptr) continue;
          const auto now = after.replicas_of(slot);
          REQUIRE(std::find(now.begin(), now.end(), node) != now.end());
        }
      }
      for (const auto& move : plans[t])
        REQUIRE(std::find(each.locked.begin(), each.locked.end(), quoit::node_id(*move.to)) == each.locked.end());
    }
    REQUIRE(plans.report().moves <= fewest + budget);
  }
  CHECK(exchanged > cases / 4);
  CHECK((beyond > 0 || test::slow));  // sanitizers run few cases
}

TEST_CASE("tables with holes are planned together", "[plan_all][holes]") {
  constexpr auto none = table_type::no_node;
  const specs nodes = {{"a"}, {"b"}, {"c"}};
  const std::vector<table_type> damaged = {
      table_type(nodes, {0, none, 1, none}, {.slots = 4, .replicas = 1}),
      table_type(nodes, {none, none}, {.slots = 2, .replicas = 1}),
      table_type({}, {}, {.slots = 3, .replicas = 1}),
  };
  const auto plans = quoit::plan_all(damaged, nodes);
  CHECK(plans.report().moves == 7);
  CHECK(plans.report().repairs == 7);
  CHECK(plans.report().lost_slots == 0);
  CHECK(plans.report().missing_slots == 2 + 2 + 3);
  CHECK(plans.report().imbalance == 0);
  CHECK(sum_of(plans.after(), copies_of) == counts{3, 3, 3});
  CHECK(plans[0].after().ranks(0).front() == 0);
  CHECK(plans[0].after().ranks(2).front() == 1);
  CHECK(to_string(plans.report()).starts_with("7 slots without a copy before, 7 moves of at least 7, in 3 tables"));
}

TEST_CASE("each of many tables has few ranges", "[plan_all][ranges]") {
  const specs nodes = {{"a"}, {"b"}, {"c"}};
  const std::vector<slot_table_options> what = {
      {.slots = 16, .replicas = 1}, {.slots = 16, .replicas = 1}, {.slots = 16, .replicas = 1}};
  const auto tables = quoit::build_all(nodes, what, {.contiguous = true});
  CHECK(sum_of(tables, copies_of) == counts(3, 16));
  for (const table_type& table : tables) CHECK(ranges_of(table) == 3);
  const auto plans = quoit::plan_all(tables, {{"a"}, {"b"}, {"c"}, {"d"}}, {.each = {.contiguous = true}});
  CHECK(plans.report().imbalance == 0);
  for (const auto& one : plans) {
    CHECK(one.size() == 4);
    CHECK(one.report().optimal);
    CHECK(one.report().ranges == ranges_of(one.after()));
    CHECK(one.report().ranges <= one.report().fewest_ranges + 1);
  }
  const auto carried =
      quoit::build({"a", "b"}, {.slots = 7, .replicas = 1}, {.contiguous = true, .carried = {{"a", 5}, {"b", 4}}});
  CHECK(copies_of(carried) == counts{3, 4});
  CHECK(ranges_of(carried) == 2);
}

TEST_CASE("errors name the table that causes them", "[plan_all]") {
  const specs nodes = {{"a"}, {"b"}, {"c"}};
  const auto message = [&](const std::vector<table_type>& tables, const plan_options& each) {
    return test::message_of([&] { return quoit::plan_all(tables, nodes, {.each = each}); });
  };
  const auto rows = [&](const std::vector<std::vector<std::string>>& lists) {
    return table_type::adopt(nodes, lists, {.slots = lists.size(), .replicas = 2});
  };
  const std::vector<table_type> tables = {rows({{"a", "b"}, {"b", "c"}, {"c", "a"}, {"a", "b"}}),
                                          rows({{"a", "b"}, {"c", "b"}})};
  CHECK(message(tables, {.pinned = {3}}) ==
        "quoit: plan_all: table 1: slot 3 is pinned, but there are only 2 slots; pin slots that every table has");
  CHECK(message(tables, {.pinned = {1}, .replicas = 1}) ==
        "quoit: plan_all: table 0: slot 1 is pinned with 2 copies, but only 1 replicas are allowed; raise replicas, or "
        "do not pin the slot");
  CHECK(message(tables, {.pinned_copies = {{2, "c"}}}) ==
        "quoit: plan_all: table 1: the copy of slot 2 on 'c' is pinned, but there are only 2 slots; pin copies that "
        "every table has");
  CHECK(message({tables[1], tables[0], tables[1]}, {.pinned_copies = {{0, "a"}, {1, "b"}, {0, "c"}}}) ==
        "quoit: plan_all: table 0: the copy of slot 0 on 'c' is pinned, but the node has no copy of that slot; pin "
        "copies that every table has");
  CHECK(message({tables[0], rows({{"a", "b"}, {"c"}})}, {.locked = {"a", "b", "c"}}) ==
        "quoit: plan_all: table 1: slot 1 needs 2 replicas, but keeps 1 on nodes that receive none, and no "
        "other node is left; unlock 'a', add nodes, or set fewer replicas");
  CHECK(message({rows({{"a"}, {"c"}}), tables[1]}, {.locked = {"a", "b"}, .replicas = 1}) ==
        "quoit: plan_all: table 1: slot 0 has 2 copies that are pinned or on locked nodes, but only 1 replicas are "
        "allowed; raise replicas, or let the copy on 'b' go");
  const auto large = [] { return quoit::build_all({"a"}, many(1, 4, 1), {.pinned = {4}}); };
  CHECK(test::message_of(large) ==
        "quoit: build_all: table 0: slot 4 is pinned, but there are only 4 slots; pin slots that every table has");
  // The nodes and the other options are the same for all tables.
  CHECK(message(tables, {.locked = {"x"}}) ==
        "quoit: plan: 'x' is locked, but there is no such node; name a node of the list, or do not lock it");
  CHECK_THAT(message(tables, {.replicas = 4}), Catch::Matchers::StartsWith("quoit: plan: 4 replicas need"));
  // build_all() has the options of each table in `options`.
  CHECK(test::message_of([&] {
          return quoit::build_all(nodes, {{.slots = 2, .replicas = 1}, {.slots = 2, .replicas = 2}});
        }) == "quoit: build_all: table 1 has 2 replicas, but table 0 has 1; plan tables with as many replicas "
              "together, or give all of them a new number: options.replicas");
  // plan() has one table, which needs no name.
  CHECK(test::message_of([&] { return quoit::plan(tables[1], nodes, {.pinned = {3}}); }) ==
        "quoit: plan: slot 3 is pinned, but there are only 2 slots; pin slots of the table only");
  CHECK(test::message_of([&] { return quoit::plan(tables[1], nodes, {.pinned_copies = {{0, "c"}}}); }) ==
        "quoit: plan: the copy of slot 0 on 'c' is pinned, but the node has no copy of that slot; pin copies of the "
        "table only");
}

TEST_CASE("a budget of moves is for one table, with what its nodes carry", "[plan_all][budget]") {
  const specs nodes = {{"a"}, {"b"}, {"c"}};
  const auto before = quoit::build_all({"a"}, many(2, 6, 1));
  CHECK(test::message_of([&] { return quoit::plan_all(before, nodes, {.each = {.max_moves = 3}}); }) ==
        "quoit: plan_all: each.max_moves is 3, but plans that are cut do not even out totals; leave it unset, or call "
        "plan() for one table after the other, each with max_moves and carried");
  CHECK_THAT(test::message_of([&] { return quoit::build_all(nodes, many(2, 6, 1), {.max_moves = 3}); }),
             Catch::Matchers::StartsWith("quoit: build_all: options.max_moves is 3, but plans that are cut"));
  // 7 slots on 3 nodes: the third copy goes where nothing is, whatever is cut.
  const auto table = quoit::build({"a"}, {.slots = 7, .replicas = 1});
  const auto whole = quoit::plan(table, nodes, {.carried = {{"a", 8}, {"b", 8}, {"c", 7}}});
  CHECK(copies_of(whole.after()) == counts{3, 2, 2});
  const auto cut = quoit::plan(table, nodes, {.max_moves = 3, .carried = {{"a", 8}, {"b", 8}, {"c", 7}}});
  CHECK(cut.size() == 3);
  CHECK(cut.report().whole_moves == 4);
}
