// SPDX-License-Identifier: MIT
// replace_node(): exactly the copies of one node move, each to the new node at the same index.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/replace_node.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/checks.hpp"
#include "support/random.hpp"
#include "support/slot_tables.hpp"

namespace fleet {
struct server {
  std::string name;
  int port;
};
std::string_view quoit_id(const server& one) noexcept { return one.name; }
}  // namespace fleet

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::replace_node;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using plan_type = quoit::slot_plan<table_type>;
constexpr auto none = table_type::no_node;

specs numbered(int count, int zones = 0) {
  specs nodes;
  for (int i = 0; i < count; ++i) {
    nodes.push_back({"n" + std::to_string(i), 1, zones == 0 ? "" : "z" + std::to_string(i % zones)});
  }
  return nodes;
}

// The first thing that is wrong with a plan that puts y in the place of x; x is not lost.
template <class Table>
std::string wrong_replacement(const quoit::slot_plan<Table>& plan, const typename Table::node_type& x,
                              const typename Table::node_type& y) {
  const Table &before = plan.before(), &after = plan.after();
  std::size_t next = 0;
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    for (std::size_t i = 0; i < before.replica_count(); ++i) {
      const auto *old = before.at(slot, i), *now = after.at(slot, i);
      const std::string at = "slot " + std::to_string(slot) + ", index " + std::to_string(i) + ": ";
      if (old == nullptr || *old != x) {
        if ((old == nullptr) != (now == nullptr) || (old != nullptr && *old != *now)) return at + "a copy strays";
        continue;
      }
      if (now == nullptr || *now != y) return at + "not at the new node";
      if (next == plan.size()) return at + "a move is missing";
      const auto& move = plan.moves()[next++];
      if (move.slot != slot || move.position != i || move.to != now || move.replaces != old) return at + "the move";
    }
  }
  if (next != plan.size() || plan.report().moves != next) return "a move too many";
  if (after.version() != before.version() + 1) return "the version";
  if (after.size() != before.size() || after.contains_node(x)) return "the nodes";
  if (after.spec() != before.spec()) return "the spec";
  for (const auto& spec : before.nodes()) {
    const auto* const now = after.find_node(spec.node == x ? y : spec.node);
    if (now == nullptr || now->weight != spec.weight || now->domain != spec.domain) return "a node";
  }
  return "";
}

}  // namespace

TEST_CASE("a replaced node: its copies move, and no other copy does", "[replace_node]") {
  const table_type table = quoit::build(numbered(9), {.slots = 100, .replicas = 3});
  const plan_type plan = replace_node(table, "n2", "zz-new");
  CHECK(wrong_replacement<table_type>(plan, "n2", "zz-new") == "");
  CHECK(plan.before() == table);
  CHECK(plan.size() == 34);
  const quoit::plan_report& report = plan.report();
  CHECK(report.moves == 34);
  CHECK(report.lower_bound == 34);
  CHECK(report.optimal);
  CHECK(report.moved_slots == 34);
  CHECK(report.repairs == 0);
  CHECK(report.lost_slots == 0);
  CHECK(report.max_in == 34);
  CHECK(report.rounds == 34);
  CHECK(report.max_out < 34);  // the other nodes of each slot can send, too
  CHECK(report.peak_load == 34);
  CHECK(report.min_load == 33);
  CHECK(report.max_load == 34);
  CHECK(report.dispersion == 0);
  CHECK(report.slack == 0);
  CHECK(report.primaries_changed == report.primaries_forced);

  // A plan with the list of nodes lets a copy stray, which is why there is replace_node().
  specs nodes(plan.after().nodes().begin(), plan.after().nodes().end());
  const plan_type strays = quoit::plan(table, nodes);
  CHECK(std::any_of(strays.begin(), strays.end(), [](const auto& move) { return *move.to != "zz-new"; }));
  CHECK(quoit::plan(plan.after(), nodes).empty());
}

TEST_CASE("a replaced node: the new one may be written in many ways", "[replace_node]") {
  const table_type table =
      quoit::build({{"x", 2, "eu"}, {"a", 1, "eu"}, {"b", 1, "us"}, {"c", 1, "us"}}, {.slots = 12, .replicas = 2});
  const std::string name = "y";
  const auto described = [&](const plan_type& plan) {
    const auto* const y = plan.after().find_node("y");
    return y == nullptr ? "unknown" : std::to_string(y->weight) + ' ' + y->domain;
  };
  CHECK(described(replace_node(table, "x", "y")) == "2 eu");
  CHECK(described(replace_node(table, "x", name)) == "2 eu");
  CHECK(described(replace_node(table, std::string("x"), std::string_view("y"))) == "2 eu");
  CHECK(described(replace_node(table, {"x"}, {"y"})) == "2 eu");
  CHECK(described(replace_node(table, "x", {.node = "y"})) == "2 eu");
  CHECK(described(replace_node(table, "x", {.node = name, .weight = 3})) == "3 eu");
  CHECK(described(replace_node(table, "x", {.node = "y", .domain = "/us//"}, {.lost = true})) == "2 us");
  CHECK(described(replace_node(table, "x", {"y", 5, "asia"})) == "5 asia");
  CHECK(described(replace_node(table, "x", quoit::node_spec<std::string>{"y"})) == "1 ");
  CHECK(described(replace_node(table, "x", quoit::node_spec<std::string>{"y", 4, "us"})) == "4 us");
  const quoit::new_node<std::string> kept{.node = name, .weight = 7};
  CHECK(described(replace_node(table, table.nodes().back().node, kept)) == "7 eu");

  using integers = quoit::slot_table<std::uint8_t>;
  const auto small = quoit::build<integers>({1, 2, 3}, {.slots = 8, .replicas = 1});
  CHECK(wrong_replacement<integers>(replace_node(small, 2, 200), 2, 200) == "");
  CHECK(wrong_replacement<integers>(replace_node(small, 3, {.node = 0}), 3, 0) == "");

  using servers = quoit::slot_table<fleet::server>;
  const auto two = quoit::build<servers>({fleet::server{"a", 1}, fleet::server{"b", 2}}, {.slots = 4, .replicas = 2});
  const auto c_of = [](const servers& after) { return *after.find_node("c"); };
  CHECK(c_of(replace_node(two, "a", fleet::server{"c", 3}).after()).node.port == 3);
  CHECK(c_of(replace_node(two, fleet::server{"a", 0}, {.node = {"c", 4}}).after()).node.port == 4);
  CHECK(c_of(replace_node(two, "b", {{"c", 5}, 9}).after()).weight == 9);
}

TEST_CASE("a replaced node: the new one leads as the old one, unless it is told otherwise", "[replace_node][leaders]") {
  const table_type table = quoit::build({{"x", 1, {}, 0}, {"a"}, {"b"}}, {.slots = 12, .replicas = 2});
  const auto weight_of = [](const plan_type& plan) { return plan.after().find_node("y")->leader_weight; };
  CHECK(weight_of(replace_node(table, "x", "y")) == 0);
  CHECK(weight_of(replace_node(table, "x", {.node = "y", .weight = 5})) == 0);
  CHECK(weight_of(replace_node(table, "x", {.node = "y", .leader_weight = 4})) == 4);
  CHECK_FALSE(weight_of(replace_node(table, "x", quoit::node_spec<std::string>{"y"})).has_value());
  CHECK_FALSE(weight_of(replace_node(table, "a", "y")).has_value());

  // Every slot keeps its leader. The report has those that should not lead, and a later plan changes them.
  const plan_type off = replace_node(table, "a", {.node = "y", .leader_weight = 0});
  CHECK(off.report().slots_without_leader == 6);
  REQUIRE(off.substitute_leaders().size() == 1);
  CHECK(off.substitute_leaders().front().node == &off.after().find_node("y")->node);
  CHECK(off.substitute_leaders().front().slots == 6);
  CHECK(replace_node(table, "x", "y").report().slots_without_leader == 0);
  const plan_type later = quoit::plan(off.after(), off.after().nodes());
  CHECK(later.report().slots_without_leader < 6);
}

TEST_CASE("a replaced node: 400 random replacements are exact", "[replace_node][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::size_t moves = 0, lost_slots = 0, holes = 0;
  for (int round = 0; round < 400; ++round) {
    auto parts = test::random_parts_up_to<std::int64_t>(random, 9, 40, 5);
    // Ids with gaps, so that the new one sorts anywhere.
    for (auto& spec : parts.nodes) spec.node *= 10;
    if (random.chance(4)) {
      for (auto& spec : parts.nodes) spec.weight = 1 + static_cast<std::int64_t>(random.below(3));
    }
    const test::plan_table before(parts.nodes, parts.replicas, parts.options, 1 + random.below(5));
    const auto x = before.nodes()[random.index(before.size())];
    const std::int64_t y = -5 + 10 * static_cast<std::int64_t>(random.below(12));
    const bool lost = random.chance(3);
    INFO("round " << round << ": " << x.node << " to " << y << (lost ? ", lost" : ""));
    const auto plan = replace_node(before, x.node, y, {.lost = lost});
    if (!lost) REQUIRE(wrong_replacement(plan, x.node, y) == "");
    const auto same = replace_node(before, x.node, y).after();
    REQUIRE(test::lists_of(plan.after()) == test::lists_of(same));

    // The report and the moves, recounted. A lost node is left out of the nodes, so its copies count as lost.
    test::plan_nodes nodes;
    for (const auto& spec : before.nodes()) {
      if (spec.node != x.node) nodes.push_back(spec);
      else if (!lost) nodes.push_back({spec.node, 0, spec.domain});
    }
    nodes.push_back({y, x.weight, x.domain});
    test::oracle_problem problem;
    problem.slots = static_cast<std::size_t>(before.slot_count());
    for (const auto& spec : nodes) {
      problem.weights.push_back(static_cast<std::uint64_t>(spec.weight));
      problem.domains.push_back(spec.domain);
    }
    problem.replicas = std::min(before.replica_count(), before.active());
    const auto old = test::cells_of(before, nodes), now = test::cells_of(plan.after(), nodes);
    REQUIRE(test::wrong_moves(problem, nodes, plan, old, now) == "");
    const auto& report = plan.report();
    if (problem.replicas != 0) REQUIRE(test::wrong_report(problem, report, old, now) == "");
    else REQUIRE(report.min_load + report.max_load + report.dispersion == 0);
    REQUIRE(report.optimal);
    REQUIRE(report.lower_bound == report.moves);
    REQUIRE(report.repairs == (lost ? report.moves : 0));
    REQUIRE(report.slack == 0);
    moves += plan.size();
    lost_slots += static_cast<std::size_t>(report.lost_slots);
    for (const auto& list : now)
      holes += static_cast<std::size_t>(std::count(list.begin(), list.end(), test::missing_copy));

    // And back: the same lists as before.
    const auto back = replace_node(plan.after(), y, x.node);
    REQUIRE(back.after() == before);
    REQUIRE(back.size() == plan.size());
  }
  CHECK(moves > 1000);
  CHECK(lost_slots > 100);
  CHECK(holes > 1000);
}

TEST_CASE("a replaced node: a planned table stays planned", "[replace_node][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed() + 1);
  for (int round = 0; round < 100; ++round) {
    const std::size_t count = 3 + random.index(8), zones = 1 + random.index(4);
    test::plan_nodes nodes;
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back({static_cast<std::int64_t>(10 * i), 1 + static_cast<std::int64_t>(random.below(3)),
                       random.chance(5) ? "" : "z" + std::to_string(random.below(zones))});
    }
    const auto table = quoit::build<test::plan_table>(
        nodes, {.slots = 1 + random.below(60), .replicas = 1 + random.index(3), .seed = 0});
    const std::int64_t x = nodes[random.index(count)].node, y = -5 + 10 * static_cast<std::int64_t>(random.below(14));
    INFO("round " << round << ": " << x << " to " << y);
    const auto after = replace_node(table, x, y).after();
    const auto again = quoit::plan(after, after.nodes());
    REQUIRE(again.empty());
    REQUIRE(again.after() == after);
  }
}

TEST_CASE("a replaced node: missing copies stay missing", "[replace_node]") {
  //                                                     - x b           x - -           a - x
  const table_type before({{"a"}, {"b"}, {"x"}}, {none, 2, 1, 2, none, none, 0, none, 2}, {.slots = 3, .replicas = 3});
  const plan_type plan = replace_node(before, "x", "0");
  CHECK(test::lists_of(plan.after()) == std::vector<std::string>{"- 0 b", "0 - -", "a - 0"});
  CHECK(plan.size() == 3);
  CHECK(plan.report().primaries_changed == 2);
  CHECK(plan.report().primaries_forced == 2);
  // Of the other nodes only b can help to send.
  CHECK(plan.report().max_out == 1);

  const plan_type lost = replace_node(before, "x", "0", {.lost = true});
  CHECK(lost.after() == plan.after());
  CHECK(lost.report().repairs == 3);
  CHECK(lost.report().lost_slots == 1);
  CHECK(lost.report().max_out == 1);
  for (const auto& move : lost) CHECK(move.replaces == nullptr);
  for (const auto& move : plan) CHECK(move.replaces == &plan.before().nodes()[2].node);
}

TEST_CASE("a replaced node: another weight or domain is taken, and a later plan corrects", "[replace_node]") {
  const specs nodes = numbered(6, 3);
  const table_type table = quoit::build(nodes, {.slots = 60, .replicas = 3});
  const auto replan = [](const plan_type& plan) { return quoit::plan(plan.after(), plan.after().nodes()); };

  // n3 was in z0, and every slot has a copy there.
  const plan_type moved = replace_node(table, "n3", {.node = "y", .domain = "z1"});
  CHECK(moved.report().dispersion == 30);
  CHECK(moved.report().cross_domain == 30);
  CHECK(replan(moved).report().dispersion == 0);

  const plan_type heavy = replace_node(table, "n3", {.node = "y", .weight = 3});
  CHECK(heavy.report().max_load == 30);
  CHECK(heavy.report().cross_domain == 0);
  CHECK(replan(heavy).report().max_load == 45);

  // A drained node that holds copies, because it has yet to give them away: so has its successor.
  specs drained = nodes;
  drained[3].weight = 0;
  std::vector<std::uint32_t> ranks(table.ranks().begin(), table.ranks().end());
  const table_type draining(drained, ranks, table.options());
  const plan_type successor = replace_node(draining, "n3", "y");
  CHECK(successor.size() == 30);
  CHECK(successor.after().find_node("y")->weight == 0);
  CHECK(successor.report().min_load == 30);
  CHECK(replan(successor).size() == 30);
  CHECK(quoit::plan(draining, drained).size() == 30);
  // A node that holds nothing has nothing to move.
  CHECK(replace_node(quoit::plan(draining, drained).after(), "n3", "y").empty());

  // All weights are 0: no load counts.
  const table_type idle({{"a", 0}, {"b", 0}}, {0, 1}, {.slots = 2, .replicas = 1});
  CHECK(replace_node(idle, "a", "c").report().max_load == 0);
  CHECK(replace_node(idle, "a", "c").report().min_load == 0);
  CHECK(replace_node(idle, "a", "c").report().dispersion == 0);
}

TEST_CASE("a replaced node: a transition copies from it", "[replace_node][transition]") {
  const table_type table = quoit::build(numbered(5), {.slots = 20, .replicas = 2});
  const plan_type plan = replace_node(table, "n1", "y");
  quoit::transition<table_type> migration(plan.before(), plan.after(), {.leaving_nodes_serve = true});
  REQUIRE(migration.moves().size() == plan.size());
  CHECK(migration.report().rounds >= plan.report().rounds);
  std::size_t done = 0;
  while (const auto next = migration.next_startable()) {
    const auto& move = migration.moves()[*next];
    CHECK(*move.to == "y");
    REQUIRE(move.replaces != nullptr);
    CHECK(*move.replaces == "n1");
    REQUIRE(move.source != nullptr);
    migration.begin(*next);
    migration.copied(*next);
    migration.finish(*next);
    ++done;
    // What is done is in the table of now, at its index.
    if (done == 3) {
      std::size_t at_y = 0;
      const auto now = quoit::table_now(migration);
      for (std::uint64_t slot = 0; slot < 20; ++slot) {
        for (std::size_t i = 0; i < 2; ++i) {
          if (*now.at(slot, i) == "y") CHECK(*plan.after().at(slot, i) == "y");
          at_y += *now.at(slot, i) == "y" ? 1U : 0U;
        }
      }
      CHECK(at_y == 3);
    }
  }
  CHECK(done == plan.size());
  CHECK(migration.finished());

  // If the node is lost, the other copies are the sources.
  const plan_type lost = replace_node(table, "n1", "y", {.lost = true});
  const quoit::transition<table_type> repair(lost.before(), lost.after());
  REQUIRE(repair.moves().size() == lost.size());
  for (const auto& move : repair.moves()) {
    CHECK(*move.to == "y");
    REQUIRE(move.source != nullptr);
    CHECK(*move.source != "n1");
  }
  CHECK(lost.report().lost_slots == 0);
  CHECK(lost.report().repairs == 8);
}

TEST_CASE("P7 replace_node: throws for bad input and names the culprit", "[replace_node][errors]") {
  const table_type table = quoit::build(numbered(4), {.slots = 16, .replicas = 2});
  const std::string saved = table.save();
  const auto message = [&](const quoit::node_id& x, const auto& y) {
    return test::message_of([&] { return replace_node(table, x, y); });
  };
  const auto weighing = [&](std::int64_t weight) {
    return test::message_of([&] { return replace_node(table, "n1", {.node = "y", .weight = weight}); });
  };
  CHECK_THAT(message("n7", "y"), ContainsSubstring("'n7' is not in the table") && ContainsSubstring("4 nodes"));
  CHECK_THAT(message(1, "y"), ContainsSubstring("'1'") && ContainsSubstring("ids are strings"));
  CHECK_THAT(message("n1", "n3"), ContainsSubstring("'n3' is in the table already") && ContainsSubstring("plan()") &&
                                      ContainsSubstring("'n1'"));
  CHECK_THAT(message("n1", "n1"), ContainsSubstring("'n1' is in the table already"));
  CHECK_THAT(weighing(-1), ContainsSubstring("'y' has weight -1"));
  CHECK_THAT(test::message_of([&] { return replace_node(table, "n1", {.node = "y", .leader_weight = -2}); }),
             ContainsSubstring("replace_node: node 'y' has leader weight -2"));
  CHECK_THAT(weighing((std::numeric_limits<std::int64_t>::max)()),
             ContainsSubstring("'y'") && ContainsSubstring("2^63"));
  // The weight of the old node does not count.
  CHECK(weighing((std::numeric_limits<std::int64_t>::max)() - 3) == "nothing was thrown");
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/d";
  CHECK_THAT(test::message_of([&] { return replace_node(table, "n1", {.node = "y", .domain = deep}); }),
             ContainsSubstring("replace_node") && ContainsSubstring("'y'") && ContainsSubstring("64"));
  CHECK_THAT(test::message_of([&] { return replace_node(table_type(), "n1", "y"); }),
             ContainsSubstring("'n1' is not in"));

  const auto integers = quoit::build<quoit::slot_table<std::int8_t>>({1, 2}, {.slots = 4, .replicas = 1});
  CHECK_THAT(test::message_of([&] { return replace_node(integers, "1", 3); }),
             ContainsSubstring("'1'") && ContainsSubstring("ids are integers"));
  CHECK_THAT(test::message_of([&] { return replace_node(integers, 3, 4); }), ContainsSubstring("'3' is not in"));
  CHECK_THAT(test::message_of([&] { return replace_node(integers, 1, 400); }), ContainsSubstring("'400' does not fit"));
  CHECK(table.save() == saved);
}
