// SPDX-License-Identifier: MIT
// build_all() and plan_all(): even totals over many tables, compared with an oracle, and what they cost.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/plan_all.hpp>

#include "catch2.hpp"
#include "support/plan/many_tables.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/plan/totals_oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::slot_table_options;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using counts = std::vector<std::uint64_t>;
using test::oracle_problem;
using test::oracle_table;
using test::plan_nodes;
using test::plan_table;
using test::totals_order;

constexpr std::uint64_t cases = test::random_cases(10, 50);

using test::in_zones;
using test::many;

// By node, in id order: the copies, or the primaries, in all tables.
template <class Table>
counts copies_in(const std::vector<Table>& tables) {
  counts totals(tables.front().size(), 0);
  for (const Table& table : tables) {
    for (const std::uint32_t rank : table.ranks()) ++totals[rank];
  }
  return totals;
}
template <class Table>
counts leaders_in(const std::vector<Table>& tables) {
  counts totals(tables.front().size(), 0);
  for (const Table& table : tables) {
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) ++totals[table.ranks(slot).front()];
  }
  return totals;
}
// A view whose elements are temporaries.
struct made_again {
  struct iterator {
    using value_type = table_type;
    using difference_type = std::ptrdiff_t;

    table_type operator*() const { return *at; }
    iterator& operator++() {
      ++at;
      return *this;
    }
    iterator operator++(int) { return {at++}; }
    bool operator==(const iterator&) const = default;

    const table_type* at = nullptr;
  };
  [[nodiscard]] iterator begin() const { return {tables->data()}; }
  [[nodiscard]] iterator end() const { return {tables->data() + tables->size()}; }

  const std::vector<table_type>* tables;
};

bool within(const counts& totals, std::uint64_t least, std::uint64_t most) {
  return std::all_of(totals.begin(), totals.end(), [&](std::uint64_t n) { return least <= n && n <= most; });
}

}  // namespace

TEST_CASE("a hundred tables of one slot are even in total", "[plan_all]") {
  const specs nodes = in_zones(3, 2);
  // Each table alone gives its copies to the same nodes.
  counts alone = copies_in(std::vector<table_type>(100, quoit::build(nodes, {.slots = 1})));
  std::sort(alone.begin(), alone.end());
  CHECK(alone == counts{0, 0, 0, 100, 100, 100});
  const auto tables = quoit::build_all(nodes, many(100, 1, 3));
  CHECK(copies_in(tables) == counts(6, 50));
  CHECK(within(leaders_in(tables), 16, 17));
  for (const table_type& table : tables) {
    CHECK(table.version() == 1);
    std::vector<std::string> zones;
    for (const std::string& node : table.replicas_of(0)) zones.push_back(table.find_node(node)->domain);
    std::sort(zones.begin(), zones.end());
    CHECK(zones == std::vector<std::string>{"z0", "z1", "z2"});
  }

  // plan_all() from tables without nodes does the same.
  const std::vector<table_type> none(100, table_type({}, {}, {.slots = 1, .replicas = 3}));
  const auto plans = quoit::plan_all(none, nodes);
  REQUIRE(plans.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(plans[i].after() == tables[i]);
  const quoit::plan_all_report& report = plans.report();
  CHECK(report.moves == 300);
  CHECK(report.lower_bound == 300);
  CHECK(report.moved_tables == 100);
  CHECK(report.repairs == 300);
  CHECK(report.lost_slots == 0);
  CHECK(report.min_load == 50);
  CHECK(report.max_load == 50);
  CHECK(report.imbalance == 0);
  CHECK(report.min_leaders == 16);
  CHECK(report.max_leaders == 17);
  CHECK(report.leader_imbalance == 0);
  CHECK(to_string(report) == "100 slots without a copy before, 300 moves of at least 300, in 100 tables, 300 repairs, "
                             "0 slots lost, 0 primaries changed, 50 to 50 copies on a "
                             "node, imbalance 0, 16 to 17 primaries, imbalance 0");
  CHECK(to_string(plans) == to_string(report));
}

TEST_CASE("a hundred tables of two slots have even primaries in total", "[plan_all]") {
  const auto tables = quoit::build_all(in_zones(3, 2), many(100, 2, 3));
  CHECK(copies_in(tables) == counts(6, 100));
  CHECK(within(leaders_in(tables), 33, 34));
}

TEST_CASE("a newcomer gets nothing of small tables for free, and half for a budget", "[plan_all]") {
  const auto before = quoit::build_all({"a"}, many(20, 1, 1));
  // Each table has its fewest moves, which is none. This is also what a budget of 0 means.
  const auto free = quoit::plan_all(before, {"a", "b"});
  CHECK(free.report().moves == 0);
  CHECK(copies_in(free.after()) == counts{20, 0});
  CHECK(free.report().imbalance == 10);

  for (const std::uint64_t budget : {1U, 7U, 10U, 1000U}) {
    const auto plans = quoit::plan_all(before, {"a", "b"}, {.moves_for_totals = budget});
    const std::uint64_t moves = std::min<std::uint64_t>(budget, 10);
    CHECK(plans.report().moves == moves);
    CHECK(plans.report().lower_bound == 0);
    CHECK(plans.report().moved_tables == moves);
    CHECK(copies_in(plans.after()) == counts{20 - moves, moves});
    CHECK(plans.report().imbalance == 10 - moves);
    for (const auto& one : plans) {
      CHECK(one.report().optimal == one.empty());
      CHECK(one.report().lower_bound == 0);
      CHECK(one.after().version() == 2);
    }
  }
  // A newcomer of three times the weight gets three quarters.
  const auto heavy = quoit::plan_all(before, {"a", {"b", {.weight = 3}}}, {.moves_for_totals = 100});
  CHECK(copies_in(heavy.after()) == counts{5, 15});
}

// Here some exchanges cost two moves: the newcomer may take a copy only where its zone has none.
TEST_CASE("a budget for totals is never exceeded, and more of it is never worse", "[plan_all]") {
  for (const std::uint64_t slots : {1U, 4U}) {
    specs nodes = in_zones(3, 2);
    const auto before = quoit::build_all(nodes, many(10, slots, 2));
    nodes.push_back({"n6", 1, "z0"});
    const std::uint64_t fewest = quoit::plan_all(before, nodes).report().moves;
    std::uint64_t imbalance = ~std::uint64_t{0};
    for (std::uint64_t budget = 0; budget < 16; ++budget) {
      INFO(slots << " slots, budget " << budget);
      const auto report = quoit::plan_all(before, nodes, {.moves_for_totals = budget}).report();
      CHECK(report.lower_bound == fewest);
      CHECK(report.moves <= fewest + budget);
      CHECK(report.imbalance <= imbalance);
      imbalance = report.imbalance;
    }
    CHECK(imbalance == 0);
  }
}

TEST_CASE("a budget for primaries evens them out without a move", "[plan_all]") {
  const specs nodes = in_zones(3, 2);
  std::vector<table_type> lopsided;  // n0 leads every table
  for (const table_type& table : quoit::build_all({"n0", "n2", "n4"}, many(30, 1, 3)))
    lopsided.push_back(table_type(table.nodes(), {0, 1, 2}, table.options()));
  const auto free = quoit::plan_all(lopsided, {"n0", "n2", "n4"});
  CHECK(leaders_in(free.after()) == counts{30, 0, 0});
  CHECK(free.report().leader_imbalance == 20);
  const auto some = quoit::plan_all(lopsided, {"n0", "n2", "n4"}, {.primaries_for_totals = 12});
  CHECK(some.report().moves == 0);
  CHECK(some.report().primaries_changed == 12);
  CHECK(leaders_in(some.after()) == counts{18, 6, 6});
  const auto all = quoit::plan_all(lopsided, {"n0", "n2", "n4"}, {.primaries_for_totals = 1000});
  CHECK(all.report().primaries_changed == 20);
  CHECK(leaders_in(all.after()) == counts(3, 10));
  // Where primaries are not balanced, nothing changes.
  const auto kept = quoit::plan_all(lopsided, {"n0", "n2", "n4"},
                                    {.each = {.balance_primaries = false}, .primaries_for_totals = 1000});
  CHECK(leaders_in(kept.after()) == counts{30, 0, 0});
  CHECK(kept.report().max_leaders == 30);
}

// ---- Against the oracle.

namespace {

// Tables on the same nodes: one problem for each.
struct group_case {
  std::vector<oracle_problem> problems;
  std::vector<plan_table> tables;
  plan_nodes nodes;
  std::string text;

  explicit group_case(std::uint64_t seed) {
    test::random random(seed);
    const std::size_t most = random.chance(3) ? 4 : 2;  // small tables are uneven
    const oracle_problem first = test::random_problem(seed, {.slots = most, .replicas = 3, .nodes = 6, .weight = 1000});
    const std::size_t count = 1 + random.index(4);
    while (problems.size() < count) {
      oracle_problem one = first;
      if (!problems.empty()) one.slots = 1 + random.index(most);
      one.old = test::detail::old_table(one, random);
      text += test::text_of(one);
      tables.push_back(test::table_before(one, random));
      problems.push_back(std::move(one));
    }
    nodes = test::nodes_of(first);
  }
};

struct group_totals {
  counts copies, leaders;
  std::uint64_t moves = 0, given_up = 0;

  group_totals(const group_case& one, const quoit::slot_plans<plan_table>& plans)
      : copies(one.nodes.size(), 0), leaders(one.nodes.size(), 0) {
    for (std::size_t t = 0; t < plans.size(); ++t) {
      const auto before = test::cells_of(plans[t].before(), one.nodes),
                 after = test::cells_of(plans[t].after(), one.nodes);
      const auto loads = test::loads_of(one.problems[t], after);
      for (std::size_t n = 0; n < loads.size(); ++n) copies[n] += loads[n];
      for (const auto& list : after) ++leaders[list.front()];
      moves += plans[t].moves().size();
      given_up += test::given_up(before, after);
    }
  }
};

}  // namespace

TEST_CASE("totals are the most even ones of all tables with the fewest moves", "[plan_all][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t planned = 0, uneven = 0, paid_moves = 0, best_moves = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    const group_case one(test::seed() + i);
    const oracle_problem& first = one.problems.front();
    if (!test::can_be_planned(first)) continue;
    ++planned;
    INFO("case " << i << ": " << one.text);
    const plan_options each = test::options_for(first);
    const auto plans = quoit::plan_all(one.tables, one.nodes, {.each = each});
    REQUIRE(plans.size() == one.tables.size());
    // Each plan keeps every promise of plan(), among them the fewest moves.
    std::vector<oracle_table> before, after;
    std::uint64_t slots = 0;
    for (std::size_t t = 0; t < plans.size(); ++t) {
      REQUIRE(test::wrong_plan(one.problems[t], one.nodes, plans[t]) == "");
      REQUIRE(plans[t].moves().size() == quoit::plan(one.tables[t], one.nodes, each).size());
      before.push_back(test::cells_of(plans[t].before(), one.nodes));
      after.push_back(test::cells_of(plans[t].after(), one.nodes));
      slots += one.problems[t].slots;
    }
    // Copies.
    const counts nothing(one.nodes.size(), 0);
    const auto shares = test::entitlements_of(first).value().shares;
    const auto fair = test::fair_totals_of(shares, first.replicas, slots * first.replicas, nothing);
    const group_totals totals(one, plans);
    const auto best = test::best_totals(one.problems, nothing, totals_order::moves_first);
    REQUIRE(best.has_value());
    REQUIRE(totals.moves == best->moves);
    REQUIRE(test::squares_of(totals.copies, fair) == best->squares);
    uneven += best->squares > 0 ? 1U : 0U;
    // Primaries.
    const auto fair_leaders = test::fair_totals_of(shares, first.replicas, slots, nothing);
    const auto leaders = test::best_leader_totals(one.problems, before, after, nothing, totals_order::moves_first);
    REQUIRE(leaders.has_value());
    REQUIRE(totals.given_up == leaders->moves);
    REQUIRE(test::squares_of(totals.leaders, fair_leaders) == leaders->squares);
    // The report.
    const auto& report = plans.report();
    std::uint64_t imbalance = 0, leader_imbalance = 0;
    for (std::size_t n = 0; n < fair.size(); ++n) {
      imbalance = std::max(imbalance, test::distance_of(totals.copies[n], fair[n]));
      leader_imbalance = std::max(leader_imbalance, test::distance_of(totals.leaders[n], fair_leaders[n]));
    }
    REQUIRE(report.moves == totals.moves);
    REQUIRE(report.lower_bound == totals.moves);
    REQUIRE(report.imbalance == imbalance);
    REQUIRE(report.leader_imbalance == leader_imbalance);

    // With a budget: never more than it says, and the best totals if it is large.
    test::random random(test::seed() + i);
    const std::uint64_t budget = 1 + random.below(5);
    const auto some = quoit::plan_all(one.tables, one.nodes, {.each = each, .moves_for_totals = budget});
    const group_totals with_some(one, some);
    REQUIRE(some.report().lower_bound == totals.moves);
    REQUIRE(with_some.moves <= totals.moves + budget);
    REQUIRE(test::squares_of(with_some.copies, fair) <= best->squares);
    const auto even =
        quoit::plan_all(one.tables, one.nodes, {.each = each, .moves_for_totals = 1000, .primaries_for_totals = 1000});
    const group_totals with_all(one, even);
    const auto ideal = test::best_totals(one.problems, nothing, totals_order::squares_first);
    REQUIRE(ideal->squares == 0);  // the theorem
    REQUIRE(test::squares_of(with_all.copies, fair) == 0);
    REQUIRE(test::squares_of(with_all.leaders, fair_leaders) == 0);
    REQUIRE(even.report().imbalance == 0);
    REQUIRE(even.report().leader_imbalance == 0);
    paid_moves += with_all.moves;
    best_moves += ideal->moves;
    for (std::size_t t = 0; t < even.size(); ++t)
      REQUIRE(test::broken_rule(one.problems[t], test::cells_of(even[t].after(), one.nodes)) == "");

    // The order of the nodes does not matter, and planning again changes nothing.
    plan_nodes shuffled = one.nodes;
    random.shuffle(shuffled);
    const auto same = quoit::plan_all(one.tables, shuffled, {.each = each});
    const auto again = quoit::plan_all(plans.after(), shuffled, {.each = each});
    REQUIRE(again.report().moves == 0);
    REQUIRE(again.report().primaries_changed == 0);
    for (std::size_t t = 0; t < plans.size(); ++t) {
      REQUIRE(same[t].after() == plans[t].after());
      REQUIRE(again[t].after() == plans[t].after());
    }
  }
  CHECK(planned > cases * 9 / 10);
  CHECK(uneven > cases / 20);
  CHECK(best_moves == paid_moves);
}

TEST_CASE("fresh tables have even totals, whatever the weights and domains", "[plan_all][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < cases / 2; ++i) {
    const oracle_problem problem = test::random_problem(test::seed() + i, {.slots = 6, .nodes = 12, .weight = 1000});
    if (!test::can_be_planned(problem)) continue;
    INFO("case " << i << ": " << test::text_of(problem));
    test::random random(test::seed() + i);
    std::vector<slot_table_options> what;
    std::uint64_t slots = 0;
    for (std::size_t t = 1 + random.index(20); t > 0; --t) {
      what.push_back({.slots = 1 + random.below(5), .replicas = problem.replicas});
      slots += what.back().slots;
    }
    const plan_nodes nodes = test::nodes_of(problem);
    const auto tables = quoit::build_all<plan_table>(nodes, what, test::options_for(problem));
    const counts nothing(nodes.size(), 0), copies = copies_in(tables), leaders = leaders_in(tables);
    const auto shares = test::entitlements_of(problem).value().shares;
    const auto fair = test::fair_totals_of(shares, problem.replicas, slots * problem.replicas, nothing);
    const auto fair_leaders = test::fair_totals_of(shares, problem.replicas, slots, nothing);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      REQUIRE(test::distance_of(copies[n], fair[n]) == 0);
      REQUIRE(test::distance_of(leaders[n], fair_leaders[n]) == 0);
    }
    for (std::size_t t = 0; t < tables.size(); ++t) {
      oracle_problem one = problem;
      one.slots = static_cast<std::size_t>(what[t].slots);
      REQUIRE(test::broken_rule(one, test::cells_of(tables[t], nodes)) == "");
    }
  }
}

TEST_CASE("tables in one call may be old, new, and of different sizes", "[plan_all]") {
  const specs nodes = in_zones(3, 2);
  std::vector<table_type> tables = quoit::build_all(nodes, {{.slots = 1}, {.slots = 16}, {.slots = 5}});
  tables.push_back(table_type({}, {}, {.slots = 7, .replicas = 3}));
  const auto plans = quoit::plan_all(tables, nodes);
  for (std::size_t i = 0; i < 3; ++i) CHECK(plans[i].empty());
  CHECK(plans[3].size() == 21);
  CHECK(within(copies_in(plans.after()), 14, 15));
  CHECK(plans.report().imbalance == 0);
  // A new number of replicas is given to each.
  const auto fewer = quoit::plan_all(plans.after(), nodes, {.each = {.replicas = 2}});
  CHECK(fewer.report().moves == 0);
  for (const auto& one : fewer) CHECK(one.after().replica_count() == 2);
  // Pinned slots stay in every table.
  specs drained = nodes;
  drained[0].weight = 0;
  const auto pinned = quoit::plan_all(plans.after(), drained, {.each = {.pinned = {0}}});
  for (const auto& one : pinned) {
    for (const auto& move : one) CHECK(move.slot != 0);
  }
  // No table is no work.
  CHECK(quoit::plan_all(std::vector<table_type>(), nodes).empty());
  CHECK(quoit::build_all(nodes, {}).empty());
}

TEST_CASE("plan_all refuses tables that are not alike, and changes nothing", "[plan_all]") {
  const auto message = [](const auto& tables, const specs& nodes, const quoit::plan_all_options& options = {}) {
    return test::message_of([&] { return quoit::plan_all(tables, nodes, options); });
  };
  const specs ab = {{"a"}, {"b"}};
  std::vector<table_type> tables = quoit::build_all(ab, {{.slots = 4, .replicas = 2}, {.slots = 4, .replicas = 2}});
  const auto before = tables;
  tables.push_back(quoit::build(ab, {.slots = 4, .replicas = 1}));
  CHECK(message(tables, ab) ==
        "quoit: plan_all: table 2 has 1 replicas, but table 0 has 2; plan tables with as many replicas "
        "together, or give all of them a new number: each.replicas");
  CHECK(quoit::plan_all(tables, ab, {.each = {.replicas = 2}}).report().moves == 4);

  tables = before;
  tables.push_back(quoit::build({"a", "b", "c"}, {.slots = 4, .replicas = 2}));
  CHECK(message(tables, ab) == "quoit: plan_all: table 2 knows node 'c', but table 0 does not; plan tables of the same "
                               "nodes together, and tell each "
                               "group what its nodes carry in the others: each.carried");
  tables.back() = quoit::build({"a", "c"}, {.slots = 4, .replicas = 2});
  CHECK_THAT(message(tables, ab), ContainsSubstring("table 2 does not know node 'b', but table 0 does;"));

  CHECK_THAT(message(before, {{"a"}}), ContainsSubstring("2 replicas need as many nodes"));
  CHECK_THAT(message(before, {}), ContainsSubstring("there are no nodes"));
  CHECK_THAT(message(before, ab, {.each = {.pinned = {4}}}), ContainsSubstring("slot 4 is pinned"));
  CHECK_THAT(message(before, ab, {.each = {.carried = {{"x", 1}}}}), ContainsSubstring("node 'x' carries 1 copies"));
  CHECK(before == quoit::build_all(ab, {{.slots = 4, .replicas = 2}, {.slots = 4, .replicas = 2}}));
}

TEST_CASE("a budget for totals that nothing can use is refused in no time", "[plan_all]") {
  // Every node has every slot, so no copy can move to even out what a carries elsewhere.
  const std::vector<quoit::slot_table<>> tables(3, quoit::build({"a", "b", "c"}, {.slots = 4, .replicas = 3}));
  for (const std::uint64_t budget : {std::uint64_t{1}, std::uint64_t{100'000'000}, ~std::uint64_t{0}}) {
    const auto plans =
        quoit::plan_all(tables, {"a", "b", "c"}, {.each = {.carried = {{"a", 30, 0}}}, .moves_for_totals = budget});
    CHECK(plans.report().moves == 0);
  }
}

TEST_CASE("plan_all takes views, also of temporaries", "[plan_all]") {
  const std::vector<quoit::slot_table<>> tables(3, quoit::build({"a", "b"}, {.slots = 4, .replicas = 1}));
  const auto wanted = quoit::plan_all(tables, {"a", "b", "c"}).after();
  CHECK(quoit::plan_all(std::span(tables), {"a", "b", "c"}).after() == wanted);
  CHECK(quoit::plan_all(std::vector<quoit::slot_table<>>(tables), {"a", "b", "c"}).after() == wanted);
  CHECK(quoit::plan_all(made_again{&tables}, {"a", "b", "c"}).after() == wanted);
}

TEST_CASE("the plans of many tables are a range, and a temporary hands out copies only", "[plan_all]") {
  using plans_type = quoit::slot_plans<table_type>;
  static_assert(std::is_same_v<decltype(std::declval<plans_type>().report()), quoit::plan_all_report>);
  static_assert(std::is_same_v<decltype(std::declval<const plans_type&>().report()), const quoit::plan_all_report&>);
  const auto tables = quoit::build_all({"a", "b"}, many(3, 2, 1));
  std::uint64_t plans = 0, moves = 0;
  for (const auto& plan : quoit::plan_all(tables, {"b"})) {
    ++plans;
    moves += plan.size();
  }
  CHECK(plans == 3);
  CHECK(moves == 3);
}
