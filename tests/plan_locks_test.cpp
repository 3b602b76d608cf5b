// SPDX-License-Identifier: MIT
// Locked nodes and pinned copies in plan(): what stays, who shares the rest, and what is refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"
#include "support/slot_tables.hpp"
#include "support/slow.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::spread_rule;
using specs = std::vector<quoit::node_spec<std::string>>;
using table_type = quoit::slot_table<>;

// The slots of a node.
std::vector<std::uint64_t> copies_on(const table_type& table, const std::string& node) {
  std::vector<std::uint64_t> slots;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    for (std::size_t i = 0; i < table.replica_count(); ++i) {
      if (*table.at(slot, i) == node) slots.push_back(slot);
    }
  }
  return slots;
}
std::uint64_t load_of(const table_type& table, const std::string& node) { return copies_on(table, node).size(); }

}  // namespace

TEST_CASE("a locked node keeps its load, and the others share the rest", "[plan][locks]") {
  // rs1 = 100, rs2 = 2000, rs3 = 900.
  const table_type before =
      table_type::adopt({"rs1", "rs2", "rs3"}, {{0, 99, {"rs1"}}, {100, 2099, {"rs2"}}, {2100, 2999, {"rs3"}}},
                        {.slots = 3000, .replicas = 1});
  const auto plan = quoit::plan(before, {"rs1", "rs2", "rs3"}, {.locked = {"rs1"}});
  CHECK(load_of(plan.after(), "rs1") == 100);
  CHECK(load_of(plan.after(), "rs2") == 1450);
  CHECK(load_of(plan.after(), "rs3") == 1450);
  CHECK(plan.report().slack == 0);
  CHECK(plan.report().moves == 550);
  CHECK(plan.report().optimal);
}

TEST_CASE("with two copies and one node locked, another still drains", "[plan][locks]") {
  specs nodes{{"a"}, {"b"}, {"c"}, {"d"}};
  const table_type before = quoit::build(nodes, {.slots = 60, .replicas = 2});
  nodes[1].weight = 0;
  const auto plan = quoit::plan(before, nodes, {.locked = {"a"}});
  CHECK(load_of(plan.after(), "a") == 30);
  CHECK(load_of(plan.after(), "b") == 0);
  CHECK(load_of(plan.after(), "c") == 45);
  CHECK(load_of(plan.after(), "d") == 45);
  for (const auto& move : plan) CHECK(*move.to != "a");
  CHECK(copies_on(plan.after(), "a") == copies_on(before, "a"));
  CHECK(plan.report().moves >= 30);
  CHECK(plan.report().slack == 0);
  CHECK(plan.report().optimal);
}

TEST_CASE("a pinned copy stays, and the other copy of its slot drains", "[plan][pins]") {
  specs nodes{{"a"}, {"b"}, {"c"}, {"d"}};
  const table_type before = quoit::build(nodes, {.slots = 60, .replicas = 2});
  nodes[1].weight = 0;
  std::vector<quoit::pinned_copy> pinned;
  for (const std::uint64_t slot : copies_on(before, "b")) {
    for (const std::string& node : before.replicas_of(slot)) {
      if (node != "b") pinned.push_back({slot, node});
    }
  }
  REQUIRE(pinned.size() == 30);
  const auto plan = quoit::plan(before, nodes, {.pinned_copies = pinned});
  CHECK(load_of(plan.after(), "b") == 0);
  for (const auto& [slot, node] : pinned)
    CHECK(test::text_of(plan.after(), slot).find(node.text()) != std::string::npos);
  CHECK(plan.report().slack == 0);
  CHECK(plan.report().optimal);
}

TEST_CASE("a locked node that is new stays empty, and one whose weight changes keeps its load", "[plan][locks]") {
  specs nodes{{"a"}, {"b"}};
  const table_type before = quoit::build(nodes, {.slots = 60, .replicas = 1});
  nodes[0].weight = 5;
  nodes.push_back({"new"});
  nodes.push_back({"open"});
  const auto plan = quoit::plan(before, nodes, {.locked = {"new", "a"}});
  CHECK(load_of(plan.after(), "a") == 30);
  CHECK(load_of(plan.after(), "b") == 15);
  CHECK(load_of(plan.after(), "new") == 0);
  CHECK(load_of(plan.after(), "open") == 15);
  CHECK(plan.report().moves == 15);
  CHECK(plan.report().min_load == 0);
  CHECK(quoit::plan(plan.after(), nodes, {.locked = {"a", "b", "new", "open"}}).report().moves == 0);
}

TEST_CASE("the primaries of a locked node may change, but its copies do not", "[plan][locks]") {
  // "a" is the primary of every slot.
  const table_type before =
      table_type::adopt({"a", "b", "c"}, {{0, 29, {"a", "b"}}, {30, 59, {"a", "c"}}}, {.slots = 60, .replicas = 2});
  const auto plan = quoit::plan(before, {"a", "b", "c"}, {.locked = {"a"}});
  CHECK(plan.report().moves == 0);
  CHECK(plan.report().primaries_changed == 30);
  CHECK(copies_on(plan.after(), "a") == copies_on(before, "a"));
  const auto still = quoit::plan(before, {"a", "b", "c"}, {.locked = {"a"}, .balance_primaries = false});
  CHECK(still.report().primaries_changed == 0);
}

TEST_CASE("locks and spread: what is locked counts, and gives way where it must", "[plan][locks]") {
  SECTION("a locked zone") {
    const specs nodes{{"a1", 1, "a"}, {"a2", 1, "a"}, {"b1", 1, "b"}, {"b2", 1, "b"}, {"c1", 1, "c"}, {"c2", 1, "c"}};
    const table_type before = quoit::build(nodes, {.slots = 64, .replicas = 3});
    specs more = nodes;
    more.push_back({"b3", 1, "b"});
    const auto plan = quoit::plan(before, more, {.locked = {"a1", "a2"}});
    CHECK(load_of(plan.after(), "a1") == 32);
    CHECK(load_of(plan.after(), "b3") >= 21);
    CHECK(plan.report().dispersion == 0);
    CHECK(plan.report().slack == 0);
    CHECK(plan.report().moves == load_of(plan.after(), "b3"));
  }
  SECTION("a new zone that is locked counts as if it were not there") {
    specs nodes{{"b1", 1, "b"}, {"b2", 1, "b"}, {"c1", 1, "c"}, {"c2", 1, "c"}};
    const table_type before = quoit::build(nodes, {.slots = 64, .replicas = 3});
    nodes.push_back({"a1", 1, "a"});
    const auto plan = quoit::plan(before, nodes, {.locked = {"a1"}});
    CHECK(plan.report().moves == 0);
    CHECK(plan.report().optimal);
    CHECK(plan.report().dispersion == 64);  // strict spread would use the new zone
  }
  SECTION("locked copies that share a zone stay there") {
    const table_type before = table_type::adopt({{"a1", 1, "a"}, {"a2", 1, "a"}, {"b1", 1, "b"}, {"c1", 1, "c"}},
                                                {{0, 9, {"a1", "a2"}}, {10, 19, {"a1", "b1"}}, {20, 39, {"b1", "c1"}}},
                                                {.slots = 40, .replicas = 2});
    const auto plan = quoit::plan(before, before.nodes(), {.locked = {"a1", "a2"}});
    CHECK(copies_on(plan.after(), "a1") == copies_on(before, "a1"));
    CHECK(copies_on(plan.after(), "a2") == copies_on(before, "a2"));
    CHECK(plan.report().dispersion == 10);
    CHECK(load_of(plan.after(), "b1") == 25);
    CHECK(load_of(plan.after(), "c1") == 25);
    CHECK(plan.report().moves == 5);
  }
  SECTION("slots without locked copies have more copies in a zone than the others") {
    specs nodes;
    std::vector<std::uint32_t> ranks;
    for (const char* const zone : {"a", "b", "c"}) {
      for (int i = 0; i < 3; ++i) nodes.push_back({zone + std::to_string(i), 1, zone});
    }
    for (std::uint32_t slot = 0; slot < 20; ++slot) {
      if (slot < 2) ranks.insert(ranks.end(), {3, 4, 5, 6, 7, 8});
      else ranks.insert(ranks.end(), {0, 1, 2, 3 + slot % 3, 6 + slot % 3, (slot < 11 ? 3 : 6) + (slot + 1) % 3});
    }
    const table_type before(nodes, ranks, {.slots = 20, .replicas = 6});
    const auto plan = quoit::plan(before, nodes, {.locked = {"a0", "a1", "a2"}});
    CHECK(plan.report().slack == 0);
    CHECK(plan.report().moves == 0);
  }
  SECTION("a slot need not have a copy in a zone of which all nodes are locked") {
    const table_type before =
        table_type::adopt({{"a1", 1, "a"}, {"a2", 1, "a"}, {"b1", 1, "b"}, {"c1", 1, "c"}},
                          {{0, 9, {"a1", "a2"}}, {10, 11, {"b1", "c1"}}}, {.slots = 12, .replicas = 2});
    const auto plan = quoit::plan(before, before.nodes(), {.locked = {"a1", "a2"}});
    CHECK(plan.report().moves == 0);
    CHECK(plan.report().slack == 0);
  }
  SECTION("copies are in as many zones as at_least() asks for") {
    specs nodes{{"a1", 1, "a"}, {"a2", 1, "a"}, {"a3", 1, "a"}, {"c1", 1, "c"}};
    const auto rule = spread_rule::at_least(2);
    const table_type before = quoit::build(nodes, {.slots = 40, .replicas = 3}, {.spread = rule});
    for (const char* const node : {"b1", "b2", "b3"}) nodes.push_back({node, 1, "b"});
    const auto plan = quoit::plan(before, nodes, {.spread = rule, .locked = {"b1", "b2", "b3"}});
    CHECK(load_of(plan.after(), "c1") == 40);
  }
  SECTION("a slot with room keeps the spread where another one has no room") {
    // Slots 0 and 1 lose "n2", and have no other node in z2. Slot 2 is in three zones.
    const specs nodes{{"n0", 1, "z1"}, {"n1", 1, "z3"}, {"n2", 1, "z2"}, {"n3", 1, "z2"}};
    const table_type before =
        table_type::adopt(nodes, {{"n0", "n1", "n2"}, {"n1", "n0", "n2"}, {"n0", "n1", "n3"}, {"n1", "n0", "n3"}},
                          {.slots = 4, .replicas = 3});
    const auto plan = quoit::plan(before, {{"n0", 1, "z1"}, {"n1", 1, "z3"}, {"n3", 1, "z2"}, {"x", 1, "z1"}},
                                  {.locked = {"n0", "n3"}});
    CHECK(plan.report().moves == 2);
    CHECK(plan.report().optimal);
    CHECK(plan.report().dispersion == 2);
    CHECK(load_of(plan.after(), "n1") == 4);
    CHECK(load_of(plan.after(), "x") == 2);
  }
  SECTION("other rules") {
    specs nodes;
    for (int i = 0; i < 12; ++i)
      nodes.push_back({"n" + std::to_string(i), 1 + i % 3, "r" + std::to_string(i % 4) + "/z" + std::to_string(i % 3)});
    for (const auto& rule :
         {spread_rule::at_least(3), spread_rule::at_least(2, 2), spread_rule::overload(100), spread_rule::weighted()}) {
      const table_type before = quoit::build(nodes, {.slots = 120, .replicas = 4}, {.spread = rule});
      specs other = nodes;
      other[5].weight = 9;
      other[7].weight = 0;
      const auto plan = quoit::plan(before, other, {.spread = rule, .locked = {"n0", "n4"}});
      CHECK(copies_on(plan.after(), "n0") == copies_on(before, "n0"));
      CHECK(copies_on(plan.after(), "n4") == copies_on(before, "n4"));
      CHECK(load_of(plan.after(), "n7") == 0);
      CHECK(plan.report().optimal);
      if (rule != spread_rule::at_least(3)) continue;
      for (std::uint64_t slot = 0; slot < 120; ++slot) {
        std::vector<std::string> regions;
        for (const std::string& node : plan.after().replicas_of(slot))
          regions.push_back(plan.after().find_node(node)->domain.substr(0, 2));
        std::sort(regions.begin(), regions.end());
        CHECK(std::unique(regions.begin(), regions.end()) - regions.begin() >= 3);
      }
    }
  }
}

TEST_CASE("a locked node sends no copy, unless no other node has one", "[plan][locks]") {
  // "b" and "c" lose their copies of some slots with "x".
  const table_type before =
      table_type::adopt({"a", "b", "c", "x"}, {{0, 9, {"a", "x"}}, {10, 29, {"a", "b"}}, {30, 39, {"c", "x"}}},
                        {.slots = 40, .replicas = 2});
  const auto plan = quoit::plan(before, {"a", "b", "c"}, {.locked = {"a"}});
  CHECK(plan.report().repairs == 20);
  CHECK(plan.report().locked_sources == 10);
  CHECK_THAT(quoit::to_string(plan.report()), ContainsSubstring(", 10 moves from locked nodes"));
  const auto free = quoit::plan(before, {"a", "b", "c"});
  CHECK(free.report().locked_sources == 0);
  // "c" receives 30 copies, and "b" has them all.
  const table_type three = table_type::adopt({"a", "b", "x"}, {{0, 29, {"a", "b", "x"}}}, {.slots = 30, .replicas = 3});
  const auto from_b = quoit::plan(three, {"a", "b", "c"}, {.locked = {"a"}});
  CHECK(from_b.report().locked_sources == 0);
  CHECK(from_b.report().max_out == 30);
  CHECK(quoit::plan(three, {"a", "b", "c"}).report().max_out == 15);
  // Every slot has a copy on "b" or "c": "a" sends nothing.
  const table_type full = quoit::build({"a", "b", "c"}, {.slots = 60, .replicas = 2});
  specs nodes{{"a"}, {"b"}, {"c"}, {"d"}};
  CHECK(quoit::plan(full, nodes, {.locked = {"a"}}).report().locked_sources == 0);
}

TEST_CASE("if R changes, locked nodes keep their copies", "[plan][locks]") {
  const specs nodes{{"a"}, {"b"}, {"c"}, {"d"}};
  const table_type before = quoit::build(nodes, {.slots = 60, .replicas = 2});
  const auto more = quoit::plan(before, nodes, {.locked = {"a"}, .replicas = 3});
  CHECK(copies_on(more.after(), "a") == copies_on(before, "a"));
  CHECK(load_of(more.after(), "b") == 50);
  CHECK(more.report().moves == 60);
  const auto less = quoit::plan(before, nodes, {.locked = {"a"}, .replicas = 1});
  CHECK(copies_on(less.after(), "a") == copies_on(before, "a"));
  CHECK(load_of(less.after(), "b") == 10);
  CHECK(less.report().slack == 0);
}

// "a" keeps 30 copies, twice its share. The others share the rest evenly. With loads that are as far from their share
// as that of "a" is, no copy would have to move, and the report does not claim more.
TEST_CASE("where pins exceed a share, the report claims no more than it can prove", "[plan][pins]") {
  const table_type before = quoit::build({{"a"}, {"b"}}, {.slots = 60, .replicas = 1});
  std::vector<quoit::pinned_copy> pinned;
  for (const std::uint64_t slot : copies_on(before, "a")) pinned.push_back({slot, "a"});
  const auto plan = quoit::plan(before, {"a", "b", "c", "d"}, {.pinned_copies = pinned});
  CHECK(load_of(plan.after(), "a") == 30);
  CHECK(load_of(plan.after(), "b") == 10);
  CHECK(plan.report().moves == 20);
  CHECK(plan.report().slack == 15);
  CHECK(plan.report().lower_bound == 0);
  CHECK(!plan.report().optimal);
  // A locked node is entitled to what it holds.
  const auto locked = quoit::plan(before, {"a", "b", "c", "d"}, {.locked = {"a"}});
  CHECK(locked.after() == plan.after());
  CHECK(locked.report().slack == 0);
  CHECK(locked.report().lower_bound == 20);
  CHECK(locked.report().optimal);
}

// Small tables, found by random search, in which loads were further off than pins force, or a plan took more moves than
// it needs.
TEST_CASE("pins and locks force loads off their entitlement no further than they must", "[plan][locks][pins]") {
  using numbers = quoit::slot_table<int>;
  constexpr std::uint32_t no = numbers::no_node;
  using loads = std::vector<std::uint64_t>;
  const auto loads_of = [](const numbers& table) {
    loads result(table.size(), 0);
    for (const std::uint32_t rank : table.ranks()) ++result[rank];
    return result;
  };
  // A copy on node 9 is lost.
  const auto with_lost = [](std::vector<quoit::node_spec<int>> nodes) {
    nodes.push_back({9, 0});
    return nodes;
  };
  SECTION("pins keep a light node above its load, beside heavy ones") {
    const std::vector<quoit::node_spec<int>> nodes{{0, 1}, {1, 100}, {2, 1}, {3, 1}, {4, 100}};
    const auto before = numbers::adopt(nodes, {{0, 5, {2, 4}}}, {.slots = 6, .replicas = 2});
    const auto plan = quoit::plan(before, nodes, {.pinned_copies = {{0, 2}, {1, 2}}});
    const auto after = loads_of(plan.after());
    CHECK(after[1] >= 4);
    CHECK(after[2] == 2);
    CHECK(after[4] >= 5);
    CHECK(plan.report().slack == 1);
    CHECK(plan.report().moves == 5);  // the others share the rest evenly; 4 moves would do if node 4 kept all 6 copies
    CHECK(plan.report().lower_bound == 4);
    CHECK_FALSE(plan.report().optimal);
  }
  SECTION("a node of which every slot has a copy may miss one beside locked nodes") {
    const std::vector<quoit::node_spec<int>> nodes{{0, 1}, {1, 1}, {2, 100}, {3, 100}, {4, 0}, {5, 1}, {6, 1}};
    const numbers before(with_lost(nodes), {7, no, no, no, no, 0, 4, 1, no, no, 2, no, no, no, no, 7, no, no, no, no,
                                            4, 2,  no, no, no, 0, 4, 6, 5,  3,  6, no, no, no, no, 4, 6,  0,  2,  3},
                         {.slots = 8, .replicas = 5});
    const auto plan = quoit::plan(before, nodes, {.locked = {0, 5}, .balance_primaries = false, .replicas = 3});
    CHECK(loads_of(plan.after()) == loads{3, 3, 7, 7, 0, 1, 3});
    CHECK(plan.report().slack == 1);
    CHECK(plan.report().moves == 13);
    CHECK(plan.report().optimal);
  }
  SECTION("pins keep a node at four slots, and it gets no fifth one") {
    const std::vector<quoit::node_spec<int>> nodes{{0, 1, "b"}, {1, 1, "a"}, {2, 1, "b"}, {3, 1, "a"},
                                                   {4, 1, "b"}, {5, 1, "b"}, {6, 1, "b"}, {7, 1, "b"}};
    const auto before = numbers::adopt(nodes, {{0, 4, {7, 2, 5}}}, {.slots = 5, .replicas = 3});
    const auto plan = quoit::plan(
        before, nodes,
        {.pinned_copies = {{0, 7}, {0, 2}, {0, 5}, {1, 7}, {1, 2}, {1, 5}, {2, 2}, {2, 5}, {3, 7}, {3, 2}, {4, 7}}});
    const auto after = loads_of(plan.after());
    CHECK(after[2] == 4);
    CHECK(after[5] == 3);
    CHECK(after[7] == 4);
    CHECK(plan.report().slack == 2);
    CHECK(plan.report().moves == 4);
    CHECK(plan.report().lower_bound <= 4);
  }
  SECTION("a heavy node gets what pins leave") {
    const std::vector<quoit::node_spec<int>> nodes{{0, 1},      {1, 1}, {2, 1},     {3, 100, "a"},
                                                   {4, 1, "a"}, {5, 1}, {6, 1, "a"}};
    const numbers before(with_lost(nodes), {4, 0, 7, no, 7, no, 7, no, 1, 2, 7, no, 6, no, 6, 2, 4, no},
                         {.slots = 9, .replicas = 2});
    const auto plan = quoit::plan(before, nodes, {.pinned_copies = {{0, 4}, {7, 6}, {8, 4}}, .replicas = 1});
    CHECK(loads_of(plan.after()) == loads{0, 0, 0, 6, 2, 0, 1});
    CHECK(plan.report().slack == 2);
    CHECK(plan.report().optimal);
  }
  SECTION("a node of which every slot has a copy may miss one beside pins") {
    const std::vector<quoit::node_spec<int>> nodes{{0, 100}, {1, 1}, {2, 1}, {3, 100}, {4, 1}, {5, 1}, {6, 1}};
    const numbers before(with_lost(nodes), {7, no, no, no, no, 4, 6, 2, 3, 1, 7, no, no, no, no, 4, 6, no, no, no},
                         {.slots = 4, .replicas = 5});
    const auto plan = quoit::plan(
        before, nodes, {.spread = spread_rule::weighted(), .pinned_copies = {{1, 6}, {3, 6}}, .replicas = 3});
    CHECK(plan.report().slack == 1);
    CHECK(plan.report().moves == 9);  // the others share the rest evenly; 7 moves would do with other loads
    CHECK(plan.report().lower_bound == 7);
    CHECK(plan.report().lower_bound == 7);
    CHECK_FALSE(plan.report().optimal);
  }
}

TEST_CASE("locks and pins that contradict are refused", "[plan][locks][pins]") {
  specs nodes{{"a"}, {"b"}, {"c"}, {"d"}};
  const table_type before = quoit::build(nodes, {.slots = 60, .replicas = 3});
  specs other{{"a"}, {"b"}, {"c", 0}, {"e"}, {"f"}};  // "c" drains, "d" is lost
  const auto refused = [&](const plan_options& options) {
    return test::message_of([&] { return quoit::plan(before, other, options); });
  };
  std::uint64_t on_a = 0, not_on_a = 0, on_c = 0, on_d = 0;
  for (std::uint64_t slot = 0; slot < 60; ++slot) {
    const std::string text = test::text_of(before, slot);
    (text.find('a') != std::string::npos ? on_a : not_on_a) = slot;
    if (text.find('c') != std::string::npos) on_c = slot;
    if (text.find('d') != std::string::npos) on_d = slot;
  }
  const auto copy = [](std::uint64_t slot, const std::string& node) {
    return "quoit: plan: the copy of slot " + std::to_string(slot) + " on '" + node + "' is pinned";
  };
  CHECK(refused({.locked = {"x"}}) ==
        "quoit: plan: 'x' is locked, but there is no such node; name a node of the list, or do not lock it");
  CHECK(refused({.locked = {7}}) ==
        "quoit: plan: '7' is locked, but there is no such node; name a node of the list, or do not lock it");
  CHECK(refused({.locked = {"d"}}) ==
        "quoit: plan: 'd' is locked, but the list of nodes does not name it, so that its copies "
        "are lost; add it to the list, or do not lock it");
  CHECK(refused({.locked = {"a", "c"}}) ==
        "quoit: plan: 'c' is locked, but its weight is 0, so that it gives up all its "
        "copies; give it a weight above 0, or do not lock it");
  CHECK(refused({.locked = {"a", "b", "a"}}) == "quoit: plan: 'a' is locked twice; name it once");
  CHECK(refused({.pinned_copies = {{60, "a"}}}) ==
        copy(60, "a") + ", but there are only 60 slots; pin copies of the table only");
  CHECK(refused({.pinned_copies = {{0, "x"}}}) ==
        copy(0, "x") + ", but there is no such node; name a node of the list, or do not pin the copy");
  CHECK(refused({.pinned_copies = {{on_d, "d"}}}) ==
        copy(on_d, "d") + ", but the list of nodes does not name it, so "
                          "that its copies are lost; add it to the list, or do not pin the copy");
  CHECK(refused({.pinned_copies = {{on_c, "c"}}}) ==
        copy(on_c, "c") + ", but its weight is 0, so that it gives up all "
                          "its copies; give it a weight above 0, or do not pin the copy");
  CHECK(refused({.pinned_copies = {{not_on_a, "a"}}}) ==
        copy(not_on_a, "a") + ", but the node has no copy of that slot; pin copies of the table only");
  CHECK(refused({.pinned_copies = {{0, "e"}}}) ==
        copy(0, "e") + ", but the node has no copy of that slot; pin copies of the table only");
  CHECK(refused({.pinned_copies = {{on_a, "a"}, {on_a, "a"}}}) == copy(on_a, "a") + " twice; name it once");
  // What stays does not fit.
  other = nodes;
  CHECK_THAT(refused({.locked = {"a", "b"}, .replicas = 1}),
             ContainsSubstring("copies that are pinned or on locked nodes, but only 1 replicas are allowed; raise "
                               "replicas, or let the copy on '"));
  CHECK_THAT(refused({.locked = {"d"}, .replicas = 4}),
             ContainsSubstring("needs 4 replicas, but keeps 0 on nodes that receive none, and there are only 3 "
                               "other nodes; unlock 'd', add nodes, or set fewer replicas"));
  CHECK_THAT(refused({.locked = {"a", "b", "c", "d"}, .replicas = 4}),
             ContainsSubstring("no other node is left; unlock"));
  // The same options are accepted where they do not contradict.
  CHECK(refused({.pinned = {on_a}, .pinned_copies = {{on_a, "a"}}, .locked = {"a", "b", "c", "d"}}) ==
        "nothing was thrown");
  CHECK_THAT(test::message_of([&] { return quoit::build(nodes, {.slots = 8}, {.locked = {"a", "b"}}); }),
             ContainsSubstring("slot 0 needs 3 replicas"));
}

// ---- Random problems, compared with the definitions.

namespace {

// A problem with locked nodes and copies that must stay.
struct locked_problem {
  test::oracle_problem base;
  std::vector<bool> locked;                      // by node
  std::vector<std::vector<std::size_t>> kept;    // by slot: the nodes whose copies must stay
  std::vector<std::vector<std::uint64_t>> caps;  // lists of the caps of each domain, the strictest first
  std::vector<std::size_t> caps_of;              // by slot: which list it has
  test::oracle_entitlements entitled;

  [[nodiscard]] bool is_open(std::size_t n) const { return base.weights[n] != 0 && !locked[n]; }
  [[nodiscard]] bool receives(std::size_t n) const { return is_open(n) && entitled.shares[n] > test::fraction(0); }
  // Whether every slot needs a copy there.
  [[nodiscard]] bool is_full(std::size_t n) const { return is_open(n) && entitled.shares[n] == test::fraction(1); }
  [[nodiscard]] std::uint64_t kept_in(std::size_t slot, std::size_t d, bool only_locked) const {
    return static_cast<std::uint64_t>(std::count_if(kept[slot].begin(), kept[slot].end(), [&](std::size_t n) {
      return (!only_locked || locked[n]) && test::holds(entitled.domains[d].nodes, n);
    }));
  }
};

// What one slot may hold.
struct limits_of_slot {
  std::vector<test::oracle_limits> in_domain;
  bool least = true;  // whether it has a copy on every node that is full
};

// Whether some copies keep the limits. What a domain can hold is the sum of what its children can hold.
bool possible(const locked_problem& problem, std::size_t slot, const limits_of_slot& limits) {
  const auto& domains = problem.entitled.domains;
  std::vector<test::oracle_limits> can(domains.size());
  for (std::size_t d = domains.size(); d-- > 0;) {  // children before parents
    for (const std::size_t n : domains[d].direct) {
      const bool stays = test::holds(problem.kept[slot], n);
      can[d].least += stays || (limits.least && problem.is_full(n)) ? 1U : 0U;
      can[d].most += stays || problem.receives(n) ? 1U : 0U;
    }
    for (std::size_t child = d + 1; child < domains.size(); ++child) {
      if (domains[child].parent != d) continue;
      can[d].least += can[child].least;
      can[d].most += can[child].most;
    }
    can[d].least = std::max(can[d].least, limits.in_domain[d].least);
    can[d].most = std::min(can[d].most, limits.in_domain[d].most);
    if (can[d].least > can[d].most) return false;
  }
  return true;
}

// Copies that stay may exceed the most of a domain. If a slot has no room under the most, the first caps with room
// hold. If it cannot keep every least, it keeps none.
limits_of_slot limits_of(const locked_problem& problem, std::size_t slot) {
  for (std::size_t wide = 0; wide <= problem.caps.size(); ++wide) {
    for (const bool least : {true, false}) {
      limits_of_slot limits{{}, least};
      for (std::size_t d = 0; d < problem.entitled.domains.size(); ++d) {
        const test::oracle_limits usual = problem.entitled.in_domain[d];
        limits.in_domain.push_back({least ? usual.least : 0, std::max(wide > 0 ? problem.caps[wide - 1][d] : usual.most,
                                                                      problem.kept_in(slot, d, false))});
      }
      limits.in_domain[0] = {problem.base.replicas, problem.base.replicas};
      if (!least && !possible(problem, slot, limits)) break;
      if (possible(problem, slot, limits)) return limits;
      // Without its least, the slot has room under the most or not.
    }
  }
  throw std::logic_error("a slot has no room");
}

// Gives the nodes that are not locked their shares of the rest, under the caps. A domain takes from a slot what the cap
// of that slot leaves beside its locked copies.
void share_rest(locked_problem& problem) {
  const test::oracle_problem& base = problem.base;
  test::oracle_entitlements& entitled = problem.entitled;
  const std::vector<std::uint64_t>& caps = problem.caps.front();
  entitled = {};
  entitled.domains = test::domains_of(base.domains);
  std::vector<std::uint64_t> weights = base.weights, fixed(caps.size(), 0);
  for (std::size_t n = 0; n < weights.size(); ++n) weights[n] = problem.locked[n] ? 0 : weights[n];
  std::vector<test::oracle_group> groups;
  for (std::size_t d = 0; d < caps.size(); ++d) {
    std::uint64_t most = 0;
    for (std::size_t slot = 0; slot < base.slots; ++slot) {
      const std::uint64_t here = problem.kept_in(slot, d, true);
      most += std::max(d == 0 ? base.replicas : problem.caps[problem.caps_of[slot]][d], here) - here;
      fixed[d] += here;
    }
    groups.push_back({entitled.domains[d].nodes, most});
  }
  for (std::size_t n = 0; n < base.nodes(); ++n) groups.push_back({{n}, base.slots});
  entitled.shares = test::fair_shares(weights, groups);
  const auto loads = test::loads_of(base, base.old);
  for (std::size_t n = 0; n < base.nodes(); ++n) {
    const test::fraction load = problem.locked[n] ? test::fraction(loads[n]) : entitled.shares[n];
    entitled.load.push_back({load.floor(), load.ceil()});
  }
  for (std::size_t d = 0; d < caps.size(); ++d) {
    const auto total = test::sum_of(entitled.shares, entitled.domains[d].nodes) + test::fraction(fixed[d]);
    const test::fraction per_slot = total / test::fraction(base.slots);
    entitled.in_domain.push_back({std::min(caps[d], per_slot.floor()), std::min(caps[d], per_slot.ceil())});
  }
  for (test::fraction& share : entitled.shares) share = share / test::fraction(base.slots);
}

// Whether a slot has room for its copies under these caps. Copies that stay may exceed them.
bool has_room(const locked_problem& problem, std::size_t slot, const std::vector<std::uint64_t>& caps) {
  limits_of_slot limits{{}, false};
  for (std::size_t d = 0; d < caps.size(); ++d)
    limits.in_domain.push_back({0, std::max(caps[d], problem.kept_in(slot, d, false))});
  limits.in_domain[0] = {problem.base.replicas, problem.base.replicas};
  return possible(problem, slot, limits);
}

// Each slot has the first caps with room: those of all nodes, or those of the nodes that are not locked, or none.
void entitle(locked_problem& problem) {
  const test::oracle_problem& base = problem.base;
  const auto domains = test::domains_of(base.domains);
  test::oracle_problem rest = base;
  for (std::size_t n = 0; n < rest.nodes(); ++n) rest.weights[n] = problem.locked[n] ? 0 : rest.weights[n];
  std::vector<std::vector<std::uint64_t>> lists{test::domain_caps(base, domains)};
  if (test::can_be_planned(rest)) {
    lists.push_back(test::domain_caps(rest, domains));
    for (std::size_t d = 0; d < domains.size(); ++d) lists[1][d] = std::max(lists[0][d], lists[1][d]);
  }
  lists.emplace_back(domains.size(), base.replicas);
  problem.entitled.domains = domains;
  problem.entitled.shares.assign(base.nodes(), test::fraction(1));
  std::vector<std::size_t> used(lists.size(), 0);
  for (std::size_t slot = 0; slot < base.slots; ++slot) {
    std::size_t first = 0;
    while (!has_room(problem, slot, lists[first])) ++first;
    problem.caps_of.push_back(first);
    used[first] = 1;
  }
  // A list that no slot has does not count.
  for (std::size_t& list : problem.caps_of)
    list = static_cast<std::size_t>(std::count(used.begin(), used.begin() + static_cast<std::ptrdiff_t>(list), 1U));
  for (std::size_t list = 0; list < lists.size(); ++list) {
    if (used[list] != 0) problem.caps.push_back(lists[list]);
  }
  share_rest(problem);
}

// The fewest moves to a table within the limits, with loads that may leave their entitlement by `slack`. A node
// that receives nothing has what it keeps.
std::optional<std::uint64_t> fewest_moves(const locked_problem& problem, std::uint64_t slack) {
  const test::oracle_problem& base = problem.base;
  const auto& domains = problem.entitled.domains;
  const std::size_t all = base.nodes();
  test::circulation network(all + 1 + base.slots * domains.size());
  const auto vertex = [&](std::size_t slot, std::size_t d) { return all + 1 + slot * domains.size() + d; };
  for (std::size_t n = 0; n < base.nodes(); ++n) {
    const auto load = problem.entitled.load[n];
    if (problem.receives(n)) network.add(n, all, load.least - std::min(load.least, slack), load.most + slack, 0);
    else network.add(n, all, 0, base.slots, 0);
  }
  for (std::size_t slot = 0; slot < base.slots; ++slot) {
    const limits_of_slot limits = limits_of(problem, slot);
    network.add(all, vertex(slot, 0), base.replicas, base.replicas, 0);
    for (std::size_t d = 0; d < domains.size(); ++d) {
      if (d != 0) {
        network.add(vertex(slot, domains[d].parent), vertex(slot, d), limits.in_domain[d].least,
                    limits.in_domain[d].most, 0);
      }
      for (const std::size_t n : domains[d].direct) {
        const bool stays = test::holds(problem.kept[slot], n);
        if (!stays && !problem.receives(n)) continue;
        network.add(vertex(slot, d), n, stays ? 1 : 0, 1, test::holds(base.old[slot], n) ? 0 : 1);
      }
    }
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

std::string names(const std::vector<bool>& flags) {
  std::string text;
  for (std::size_t i = 0; i < flags.size(); ++i) text += flags[i] ? " " + std::to_string(i) : "";
  return text;
}

}  // namespace

TEST_CASE("locked nodes and pinned copies stay, with least slack and then fewest moves",
          "[plan][locks][pins][oracle][random]") {
  QUOIT_INFO_SEED();
  constexpr std::uint64_t cases = test::random_cases(60, 250);
  std::uint64_t exact = 0, slack = 0, unproved = 0, too_few = 0, too_many = 0, cramped = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    locked_problem problem;
    problem.base = test::random_problem(test::seed() + i, {.slots = 9, .replicas = 4, .nodes = 7});
    test::shrink_weights(problem.base);
    if (!test::can_be_planned(problem.base)) continue;
    const test::oracle_problem& base = problem.base;
    test::random random(test::seed() + i);
    const auto before = test::table_before(base, random);
    const test::plan_nodes nodes = test::nodes_of(base);
    plan_options options = test::options_for(base);
    options.balance_primaries = !random.chance(4);
    // Locks, pinned slots and pinned copies; sometimes only one of them.
    const bool locks = !random.chance(5), slots = random.chance(3), copies = random.chance(2);
    const std::uint64_t rarely = 1 + random.below(5);
    problem.locked.assign(base.nodes(), false);
    for (std::size_t n = 0; n < base.nodes(); ++n) {
      if (!locks || base.weights[n] == 0 || !random.chance(rarely)) continue;
      problem.locked[n] = true;
      options.locked.emplace_back(static_cast<std::int64_t>(n));
    }
    const auto opened = static_cast<std::size_t>(test::detail::active_nodes(base) - options.locked.size());
    bool many = false, few = false;
    for (std::size_t slot = 0; slot < base.slots; ++slot) {
      const bool pinned = slots && random.chance(5);
      if (pinned) options.pinned.push_back(slot);
      problem.kept.emplace_back();
      std::size_t here = 0;
      for (const std::size_t n : base.old[slot]) {
        const bool one = copies && base.weights[n] != 0 && random.chance(rarely);
        if (one) options.pinned_copies.push_back({slot, static_cast<std::int64_t>(n)});
        if (one || pinned || problem.locked[n]) problem.kept.back().push_back(n);
        here += problem.locked[n] || (pinned && base.weights[n] == 0) ? 1U : 0U;
      }
      many = many || problem.kept.back().size() > base.replicas;
      few = few || here + opened < base.replicas;
    }
    random.shuffle(options.locked);
    INFO("problem " << i << ", locked" << names(problem.locked) << ": " << test::text_of(base));
    std::string text;
    for (const auto& list : problem.kept) {
      text += " {";
      for (const std::size_t n : list) text += ' ' + std::to_string(n);
      text += " }";
    }
    INFO("kept" << text);
    if (many || few) {
      (many ? too_many : too_few) += 1;
      REQUIRE_THAT(test::message_of([&] { return quoit::plan(before, nodes, options); }),
                   ContainsSubstring("pinned with") || ContainsSubstring("are allowed") ||
                       ContainsSubstring("replicas, but keeps"));
      continue;
    }
    entitle(problem);
    const auto plan = quoit::plan(before, nodes, options);
    const auto& report = plan.report();
    const auto after = test::cells_of(plan.after(), nodes);
    const auto loads = test::loads_of(base, after);
    std::uint64_t off = 0;
    for (std::size_t n = 0; n < base.nodes(); ++n) {
      const auto load = problem.entitled.load[n];
      off = std::max({off, load.least - std::min(load.least, loads[n]), loads[n] - std::min(loads[n], load.most)});
      if (problem.locked[n]) REQUIRE(loads[n] == load.least);
    }
    for (std::size_t slot = 0; slot < base.slots; ++slot) {
      for (const std::size_t n : problem.kept[slot]) REQUIRE(test::holds(after[slot], n));
      const limits_of_slot limits = limits_of(problem, slot);
      for (std::size_t d = 0; d < limits.in_domain.size(); ++d) {
        REQUIRE(limits.in_domain[d].hold(
            static_cast<std::uint64_t>(std::count_if(after[slot].begin(), after[slot].end(), [&](std::size_t n) {
              return test::holds(problem.entitled.domains[d].nodes, n);
            }))));
      }
      for (const std::size_t n : after[slot]) REQUIRE((problem.receives(n) || test::holds(problem.kept[slot], n)));
      cramped += limits.least ? 0U : 1U;
    }
    REQUIRE(report.slack == off);
    REQUIRE(report.moves == test::moves_of(base.old, after));
    const auto fewest = fewest_moves(problem, off);
    REQUIRE(fewest.has_value());
    REQUIRE(report.lower_bound == *fewest);
    REQUIRE(report.optimal == (report.moves == *fewest));
    // Without pins beyond an entitlement, the slack is the least, and the moves are the fewest.
    std::vector<std::uint64_t> stay(base.nodes(), 0);
    for (const auto& list : problem.kept) {
      for (const std::size_t n : list) ++stay[n];
    }
    bool beyond = false;
    for (std::size_t n = 0; n < base.nodes(); ++n) beyond = beyond || stay[n] > problem.entitled.load[n].most;
    if (!beyond) {
      REQUIRE(report.optimal);
      if (off > 0) REQUIRE(!fewest_moves(problem, off - 1).has_value());
    }
    exact += off == 0 ? 1U : 0U;
    slack += off != 0 ? 1U : 0U;
    unproved += report.optimal ? 0U : 1U;
    // Planning again moves nothing.
    plan_options again = options;
    for (std::size_t slot = 0; slot < base.slots; ++slot) again.pinned.push_back(slot);
    REQUIRE(quoit::plan(plan.after(), nodes, again).report().moves == 0);
  }
  UNSCOPED_INFO(exact << " exact, " << slack << " with slack, " << unproved << " unproved, " << too_few << " too few, "
                      << too_many << " too many, " << cramped << " slots without their least");
  if (test::slow) return;
  CHECK(exact > cases / 3);
  CHECK(slack > 0);
  CHECK(too_few > 0);
  CHECK(too_many > 0);
  CHECK(cramped > 0);
}
