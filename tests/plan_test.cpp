// SPDX-License-Identifier: MIT
// build() and plan(): errors, lost and drained nodes, repairs, pins, and extreme clusters.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/message_of.hpp"
#include "support/nodes.hpp"
#include "support/plan/checks.hpp"
#include "support/slot_tables.hpp"
#include "support/slow.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::spread_rule;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using test::plan_nodes;
using test::plan_table;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

// n0, n1, … in zones z0, z1, …, in turn.
specs in_zones(int count, int zones) {
  specs nodes;
  for (int i = 0; i < count; ++i) nodes.push_back({"n" + std::to_string(i), 1, "z" + std::to_string(i % zones)});
  return nodes;
}

plan_nodes numbered(std::int64_t count, std::int64_t zones = 0) {
  plan_nodes nodes;
  for (std::int64_t i = 0; i < count; ++i) nodes.push_back({i, 1, zones == 0 ? "" : "z" + std::to_string(i % zones)});
  return nodes;
}

template <class Table>
std::vector<std::uint64_t> loads_of(const Table& table) {
  std::vector<std::uint64_t> loads(table.size(), 0);
  for (const std::uint32_t rank : table.ranks()) {
    if (rank != Table::no_node) ++loads[rank];
  }
  return loads;
}

template <class Table>
std::uint64_t load_of(const Table& table, const typename Table::node_type& node) {
  const auto* const spec = table.find_node(node);
  return spec == nullptr ? 0 : loads_of(table)[static_cast<std::size_t>(spec - table.nodes().data())];
}

// The maximum number of copies of a slot in one domain of the first level.
std::size_t most_in_a_zone(const table_type& table) {
  std::size_t most = 0;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    std::vector<std::string> zones;
    for (const std::string& node : table.replicas_of(slot)) zones.push_back(table.find_node(node)->domain);
    for (const auto& zone : zones)
      most = std::max(most, static_cast<std::size_t>(std::count(zones.begin(), zones.end(), zone)));
  }
  return most;
}

}  // namespace

// ---- Errors.

TEST_CASE("P7 plan: throws for bad nodes and names the culprit", "[plan][errors]") {
  const specs good = in_zones(4, 4);
  const table_type before = quoit::build(good, {.slots = 16});
  const std::string saved = before.save();
  const auto message = [&](const specs& nodes, const plan_options& options = {}) {
    const std::string by_plan = test::message_of([&] { return quoit::plan(before, nodes, options); });
    const std::string by_build = test::message_of([&] { return quoit::build(nodes, {.slots = 16}, options); });
    CHECK(by_plan == by_build);
    return by_plan;
  };
  CHECK_THAT(message({}), ContainsSubstring("no nodes"));
  CHECK_THAT(message({{"a"}, {"b"}, {"twin"}, {"c"}, {"twin"}}), ContainsSubstring("'twin' is given twice"));
  CHECK_THAT(message({{"a"}, {"b"}, {"minus", -1, {}}, {"c"}}), ContainsSubstring("'minus' has weight -1"));
  CHECK_THAT(message({{"a"}, {"b"}, {"c"}, {"m", std::numeric_limits<std::int64_t>::min(), {}}}),
             ContainsSubstring("'m' has weight -9223372036854775808"));
  CHECK_THAT(message({{"a", 0, {}}, {"b", 0, {}}, {"c", 0, {}}}),
             ContainsSubstring("'a'") && ContainsSubstring("weight 0"));
  CHECK_THAT(message({{"a", largest, {}}, {"b", 1, {}}, {"c", 0, {}}}),
             ContainsSubstring("'b'") && ContainsSubstring("2^63"));
  CHECK_THAT(message({{"a"}, {"b"}, {"c", 0, {}}}),
             ContainsSubstring("3 replicas") && ContainsSubstring("there are 2"));
  CHECK_THAT(message({{"a"}}), ContainsSubstring("3 replicas") && ContainsSubstring("there are 1"));
  CHECK_THAT(message(good, {.replicas = 5}), ContainsSubstring("5 replicas") && ContainsSubstring("there are 4"));
  CHECK_THAT(message(good, {.replicas = 256}), ContainsSubstring("replicas = 256"));
  CHECK_THAT(message(good, {.replicas = (std::numeric_limits<std::size_t>::max)()}),
             ContainsSubstring("replicas = " + std::to_string((std::numeric_limits<std::size_t>::max)())));
  CHECK_THAT(message(good, {.pinned = {3, 16}}),
             ContainsSubstring("slot 16 is pinned") && ContainsSubstring("only 16"));
  CHECK_THAT(message(good, {.pinned = {~std::uint64_t{0}}}), ContainsSubstring("slot 18446744073709551615 is pinned"));
  CHECK_THAT(message(good, {.spread = spread_rule::at_least(3, 0)}), ContainsSubstring("at_least(3, 0)"));
  CHECK(message(good) == "nothing was thrown");
  CHECK(message({{"a", largest, {}}, {"b", 0, {}}, {"c", 0, {}}}, {.replicas = 1}) == "nothing was thrown");

  // A smaller R would take a copy from a pinned slot.
  CHECK_THAT(test::message_of([&] { return quoit::plan(before, good, {.pinned = {7}, .replicas = 2}); }),
             ContainsSubstring("slot 7 is pinned with 3 copies") && ContainsSubstring("only 2"));
  CHECK(before.save() == saved);
}

TEST_CASE("P7 build: throws where the table's constructor throws", "[plan][errors]") {
  const specs nodes = in_zones(300, 3);
  const auto message = [&](const quoit::slot_table_options& what) {
    return test::message_of([&] { return quoit::build(nodes, what); });
  };
  CHECK_THAT(message({.slots = 16, .replicas = 0}), ContainsSubstring("replicas = 0"));
  CHECK_THAT(message({.slots = 16, .replicas = 256}), ContainsSubstring("replicas = 256"));
  CHECK_THAT(message({.slots = 16, .replicas = 257}), ContainsSubstring("replicas = 257"));
  CHECK_THAT(message({.slots = 0}), ContainsSubstring("0"));
  CHECK_THAT(message({.slots = std::uint64_t{1} << 32, .replicas = 1}), ContainsSubstring("4294967296"));
  CHECK_THAT(message({.slots = ~std::uint64_t{0}, .replicas = 255}), ContainsSubstring("18446744073709551615"));
}

TEST_CASE("P7 plan: a new R must keep Q times R in range", "[plan][errors]") {
  // A table with that many slots and one replica is allowed, but cannot get 255 replicas.
  using many = quoit::slot_table<std::int64_t>;
  const std::uint64_t slots = (std::uint64_t{1} << 32) / 255 + 1;
  const many none({}, {}, {.slots = 1000, .replicas = 1, .seed = 0});
  CHECK(none.slot_count() == 1000);
  CHECK_THAT(
      test::message_of([&] { return quoit::build<many>(numbered(255), {.slots = slots, .replicas = 255, .seed = 0}); }),
      ContainsSubstring("255"));
}

TEST_CASE("P7 plan: if an allocation fails, the table is unchanged", "[plan][errors]") {
  const specs nodes = in_zones(9, 3);
  const table_type before = quoit::build(nodes, {.slots = 24});
  const std::string saved = before.save();
  const specs next = in_zones(11, 4);
  const plan_options options{.spread = spread_rule::overload(100), .pinned = {1, 5}};
  std::string expected = quoit::plan(before, next, options).after().save();
  bool done = false;
  std::size_t failures = 0;
  for (std::size_t n = 0; !done; ++n) {
    try {
      const test::failing_allocations failing(n);
      const auto plan = quoit::plan(before, next, options);
      done = plan.after().version() == 2;
    } catch (const std::bad_alloc&) {
      ++failures;
    }
    if (!done && before.save() != saved) FAIL("allocation " << n);
  }
  CHECK(failures > 100);
  CHECK(before.save() == saved);
  CHECK(quoit::plan(before, next, options).after().save() == expected);
}

// ---- The plan as a value.

TEST_CASE("a plan is a value, and its moves refer to its tables", "[plan]") {
  const table_type before = quoit::build(in_zones(4, 4), {.slots = 64});
  CHECK(before.version() == 1);
  CHECK(before.slot_count() == 64);
  CHECK(before.replica_count() == 3);
  auto plan = quoit::plan(before, in_zones(5, 5));
  CHECK(plan.after().version() == 2);
  CHECK(plan.before() == before);
  const auto copy = plan;
  plan = quoit::plan(before, in_zones(4, 4));
  CHECK(plan.moves().empty());
  CHECK(copy.moves().size() == copy.report().moves);
  for (const auto& move : copy.moves()) {
    CHECK(copy.after().at(move.slot, move.position) == move.to);
    CHECK(move.replaces >= &copy.before().nodes().front().node);
    CHECK(move.replaces <= &copy.before().nodes().back().node);
  }
}

TEST_CASE("nodes are node_spec elements or plain nodes, in any order and any range", "[plan]") {
  const table_type plain = quoit::build(std::vector<std::string>{"c", "a", "b"}, {.slots = 8});
  const table_type list = quoit::build({{"a"}, {"b"}, {"c"}}, {.slots = 8});
  const std::string array[] = {"b", "c", "a"};
  CHECK(plain == list);
  CHECK(quoit::build(array, {.slots = 8}) == list);
  CHECK(quoit::plan(list, {{"b"}, {"a"}, {"c"}}).after() == list);
  // Payloads come from the new list.
  using server_table = quoit::slot_table<test::server>;
  const auto before = quoit::build<server_table>(std::vector<test::server>{{"a", "10.0.0.1"}, {"b", "10.0.0.2"}},
                                                 {.slots = 8, .replicas = 1});
  const auto plan = quoit::plan(before, std::vector<test::server>{{"a", "10.0.0.9"}, {"b", "10.0.0.2"}});
  CHECK(plan.moves().empty());
  CHECK(plan.after().find_node(std::string("a"))->node.address == "10.0.0.9");
  CHECK(before.find_node(std::string("a"))->node.address == "10.0.0.1");
}

TEST_CASE("seed, hash and slot policy stay the same", "[plan]") {
  using redis = quoit::slot_table<std::string, quoit::xxh64, quoit::redis_slots>;
  const redis before = quoit::build<redis>({{"a"}, {"b"}, {"c"}}, {.replicas = 2, .seed = 5});
  CHECK(before.slot_count() == 16384);
  const auto plan = quoit::plan(before, {{"a"}, {"b"}, {"c"}, {"d"}}, {.replicas = 3});
  CHECK(plan.after().seed() == 5);
  CHECK(plan.after().replica_count() == 3);
  CHECK(plan.after().slot_count() == 16384);
}

// ---- Lost and drained.

TEST_CASE("copies of a lost node are repaired, and a drained node gives up its copies", "[plan]") {
  const specs nodes = in_zones(12, 3);
  const table_type before = quoit::build(nodes, {.slots = 128});
  const std::uint64_t held = load_of(before, "n5");
  CHECK(held == 32);
  specs without = nodes, drained = nodes;
  std::erase_if(without, [](const auto& spec) { return spec.node == "n5"; });
  drained[5].weight = 0;
  const auto lost = quoit::plan(before, without), emptied = quoit::plan(before, drained);
  CHECK(lost.report().moves == held);
  CHECK(lost.report().repairs == held);
  CHECK(lost.report().lost_slots == 0);
  CHECK(emptied.report().moves == held);
  CHECK(emptied.report().repairs == 0);
  CHECK(load_of(emptied.after(), "n5") == 0);
  CHECK(emptied.after().size() == 12);
  CHECK(emptied.after().active() == 11);
  for (const auto& move : lost.moves()) CHECK(move.replaces == nullptr);
  for (const auto& move : emptied.moves()) {
    REQUIRE(move.replaces != nullptr);
    CHECK(*move.replaces == "n5");
  }
  // A drained node gets no copies back, and removing it costs no moves.
  CHECK(quoit::plan(emptied.after(), drained).report().moves == 0);
  const auto gone = quoit::plan(emptied.after(), without);
  CHECK(gone.report().moves == 0);
  CHECK(gone.report().primaries_changed == 0);
  // All nodes drain at once, except for as many as there are replicas.
  for (std::size_t i = 3; i < drained.size(); ++i) drained[i].weight = 0;
  const auto few = quoit::plan(before, drained);
  CHECK(loads_of(few.after())[0] == 128);
  CHECK(few.report().max_load == 128);
  CHECK(few.report().min_load == 128);
}

TEST_CASE("if all nodes are lost, every slot is lost and gets new copies", "[plan]") {
  const table_type before = quoit::build(in_zones(6, 3), {.slots = 32});
  specs others = in_zones(6, 3);
  for (auto& spec : others) spec.node += "-new";
  const auto plan = quoit::plan(before, others);
  CHECK(plan.report().moves == 96);
  CHECK(plan.report().repairs == 96);
  CHECK(plan.report().lost_slots == 32);
  CHECK(plan.report().max_out == 0);
  CHECK(plan.report().primaries_forced == 32);
  CHECK(plan.report().optimal);
}

TEST_CASE("R grows and shrinks", "[plan]") {
  const specs nodes = in_zones(10, 5);
  table_type table = quoit::build(nodes, {.slots = 100, .replicas = 2});
  for (const std::size_t replicas : {3U, 5U, 10U, 4U, 1U, 2U}) {
    const std::uint64_t had = table.replica_count(), now = replicas;
    const auto plan = quoit::plan(table, nodes, {.replicas = replicas});
    INFO(had << " to " << now << " replicas");
    CHECK(plan.after().replica_count() == now);
    CHECK(plan.report().moves == (now > had ? (now - had) * 100 : 0));
    CHECK(plan.report().repairs == plan.report().moves);
    CHECK(plan.report().max_load - plan.report().min_load <= 1);
    CHECK(most_in_a_zone(plan.after()) == (now + 4) / 5);
    table = plan.after();
  }
}

TEST_CASE("if R shrinks, primaries are kept", "[plan]") {
  specs nodes = in_zones(30, 3);
  const table_type table = quoit::build(nodes, {.slots = 1200, .replicas = 3});
  const auto one_copy = quoit::plan(table, nodes, {.replicas = 1});
  CHECK(one_copy.report().moves == 0);
  CHECK(one_copy.report().primaries_changed == 0);
  const auto two_copies = quoit::plan(table, nodes, {.replicas = 2});
  CHECK(two_copies.report().moves == 0);
  CHECK(two_copies.report().primaries_changed == 0);
  for (const char* const one : {"new-a", "new-b", "new-c"}) nodes.push_back({one, 1, "z0"});
  const auto grown = quoit::plan(table, nodes);
  CHECK(grown.report().moves == 276);
  CHECK(grown.report().primaries_forced == 0);
}

// ---- Tables that break the rules.

TEST_CASE("a plan repairs a table that was adopted from another system", "[plan]") {
  // Three masters with one replica each, as in Redis Cluster. Two of them are in the same zone as their replica.
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  const redis before =
      redis::adopt({{"a", 1, "x"}, {"b", 1, "y"}, {"c", 1, "z"}, {"d", 1, "x"}, {"e", 1, "y"}, {"f", 1, "z"}},
                   {{0, 5460, {"a", "d"}}, {5461, 10922, {"b", "e"}}, {10923, 16383, {"c"}}}, {.replicas = 2});
  const auto plan = quoit::plan(before, before.nodes());
  const auto& report = plan.report();
  CHECK(report.optimal);
  CHECK(report.dispersion == 0);
  CHECK(report.min_load == 5461);
  CHECK(report.max_load == 5462);
  CHECK(report.repairs == 5461);        // the missing copies of c's slots
  CHECK(report.moves == 5461 + 10923);  // and one of the two copies in each slot of a and b
  for (std::uint64_t slot = 0; slot < 16384; ++slot) {
    const auto zone = [&](std::size_t i) { return plan.after().find_node(*plan.after().at(slot, i))->domain; };
    if (zone(0) == zone(1)) FAIL("slot " << slot);
  }
}

TEST_CASE("a slot on two nodes of one zone is spread, even if copies are missing", "[plan]") {
  // Slots with three copies in one zone; with one missing copy, in the middle; with a single copy.
  const specs nodes = in_zones(9, 3);  // z0: n0 n3 n6
  constexpr std::uint32_t none = table_type::no_node;
  const table_type before(nodes, {0, 3, 6, 1, none, 2, none, none, 5}, {.slots = 3});
  const auto plan = quoit::plan(before, nodes, {.balance_primaries = false});
  CHECK(plan.report().moves == 2 + 1 + 2);
  CHECK(plan.report().repairs == 3);
  CHECK(most_in_a_zone(plan.after()) == 1);
  CHECK(*plan.after().at(1, 0) == "n1");
  CHECK(*plan.after().at(1, 2) == "n2");
  CHECK(*plan.after().at(2, 2) == "n5");
  CHECK(loads_of(plan.after()) == std::vector<std::uint64_t>(9, 1));
}

TEST_CASE("a node that changes its zone moves only what it must", "[plan]") {
  const specs nodes = in_zones(9, 3);
  const table_type before = quoit::build(nodes, {.slots = 90});
  specs moved = nodes;
  moved[0].domain = "z1";  // z0 has two nodes now, z1 four
  const auto plan = quoit::plan(before, moved);
  CHECK(most_in_a_zone(plan.after()) == 1);
  const auto loads = loads_of(plan.after());
  for (std::size_t n = 0; n < loads.size(); ++n) {
    if (n == 3 || n == 6) CHECK(loads[n] == 45);
    else if (n % 3 == 2) CHECK(loads[n] == 30);
    else CHECK((loads[n] == 22 || loads[n] == 23));
  }
}

// ---- Pins.

TEST_CASE("pinned slots stay, even on a drained node", "[plan][pins]") {
  const specs nodes = in_zones(8, 4);
  const table_type before = quoit::build(nodes, {.slots = 64});
  specs drained = nodes;
  drained[2].weight = 0;
  std::vector<std::uint64_t> pinned;
  for (std::uint64_t slot = 0; slot < 64 && pinned.size() < 3; ++slot) {
    if (test::text_of(before, slot).find("n2") != std::string::npos) pinned.push_back(slot);
  }
  REQUIRE(pinned.size() == 3);
  const auto plan = quoit::plan(before, drained, {.pinned = pinned});
  CHECK(load_of(plan.after(), "n2") == 3);
  for (const std::uint64_t slot : pinned) CHECK(test::text_of(plan.after(), slot) == test::text_of(before, slot));
  CHECK(plan.report().slack == 3);  // a drained node is entitled to nothing
  CHECK(plan.report().moves == load_of(before, "n2") - 3);
  CHECK(plan.report().optimal);
  // The next plan has no pins.
  const auto later = quoit::plan(plan.after(), drained);
  CHECK(load_of(later.after(), "n2") == 0);
  CHECK(later.report().moves == 3);
  CHECK(later.report().slack == 0);
}

TEST_CASE("if pins keep a node above its share, the others share the rest", "[plan][pins]") {
  const table_type before = quoit::build({{"a"}, {"b"}}, {.slots = 60, .replicas = 1});
  std::vector<std::uint64_t> pinned;
  for (std::uint64_t slot = 0; slot < 60; ++slot) {
    if (*before.find_at(slot) == "a") pinned.push_back(slot);
  }
  REQUIRE(pinned.size() == 30);
  const auto plan = quoit::plan(before, {{"a"}, {"b"}, {"c"}, {"d"}}, {.pinned = pinned});
  CHECK(loads_of(plan.after()) == std::vector<std::uint64_t>{30, 10, 10, 10});
  CHECK(plan.report().moves == 20);
  CHECK(plan.report().slack == 15);
}

TEST_CASE("beside a node that pins keep above its share, no other node is farther from its own than necessary",
          "[plan][pins]") {
  // Twelve slots {2, 3}, six of them pinned. Node 2 has a copy of every slot, and pins keep two copies too many on 3.
  std::vector<std::uint32_t> ranks;
  for (int slot = 0; slot < 12; ++slot) ranks.insert(ranks.end(), {2, 3});
  const plan_nodes nodes = {{0, 1, "a"}, {1, 0, "b"}, {2, 100, "a"}, {3, 1, "b"}, {4, 1, "b"}};
  const plan_table table(nodes, ranks, {.slots = 12, .replicas = 2});
  const auto plan = quoit::plan(table, nodes, {.spread = spread_rule::weighted(), .pinned = {2, 3, 4, 8, 9, 11}});
  CHECK(plan.report().slack == 2);
  CHECK(plan.report().moves == 6);
  std::vector<int> loads(5, 0);
  for (const std::uint32_t rank : plan.after().ranks()) ++loads[rank];
  CHECK(loads == std::vector<int>{3, 0, 12, 6, 3});
}

TEST_CASE("lost copies of pinned slots are repaired", "[plan][pins]") {
  const specs nodes = in_zones(8, 4);
  const table_type before = quoit::build(nodes, {.slots = 64});
  specs without = nodes;
  without.erase(without.begin() + 2);
  std::vector<std::uint64_t> all;
  for (std::uint64_t slot = 0; slot < 64; ++slot) all.push_back(slot);
  const auto plan = quoit::plan(before, without, {.pinned = all});
  CHECK(plan.report().moves == load_of(before, "n2"));
  CHECK(plan.report().repairs == plan.report().moves);
  CHECK(plan.report().primaries_changed == plan.report().primaries_forced);
  CHECK(most_in_a_zone(plan.after()) == 1);
}

// Four zones, R = 5: every slot is in all of them, 2 + 1 + 1 + 1. So is a pinned slot that is repaired, if possible.
TEST_CASE("repaired copies of pinned slots go to zones that have none", "[plan][pins]") {
  const plan_nodes nodes = numbered(12, 4);
  const plan_table whole = quoit::build<plan_table>(nodes, {.slots = 8, .replicas = 5, .seed = 0});
  std::uint64_t empty_zones = 0;
  for (std::uint64_t slot = 0; slot < 8; ++slot) {
    std::vector<std::uint32_t> ranks(whole.ranks().begin(), whole.ranks().end());
    std::fill_n(ranks.begin() + static_cast<std::ptrdiff_t>(slot * 5 + 2), 3, plan_table::no_node);
    const plan_table before(nodes, ranks, whole.options());
    const auto plan = quoit::plan(before, nodes, {.pinned = {slot}});
    std::vector<int> in_zone(4, 0);
    for (const std::int64_t node : plan.after().replicas_of(slot)) ++in_zone[static_cast<std::size_t>(node % 4)];
    empty_zones += static_cast<std::uint64_t>(std::count(in_zone.begin(), in_zone.end(), 0));
  }
  CHECK(empty_zones == 0);
}

// The copies of slot 0 must not be placed before the needs of slot 1 are known.
TEST_CASE("a pinned slot without copies leaves the balance perfect", "[plan][pins]") {
  const plan_nodes nodes{{0, 1, "b"}, {1, 1, "b"}, {2, 1, {}}, {3, 1, {}}};
  const plan_table empty({}, {}, {.slots = 2, .replicas = 2, .seed = 0});
  const auto plan = quoit::plan(empty, nodes, {.pinned = {0}});
  CHECK(loads_of(plan.after()) == std::vector<std::uint64_t>{1, 1, 1, 1});
  CHECK(plan.report().slack == 0);
}

TEST_CASE("a pinned slot keeps its primary, the first copy that is left", "[plan][pins]") {
  constexpr auto none = table_type::no_node;
  //                                                                 - b c         a b c    d a b
  const table_type before({{"a"}, {"b"}, {"c"}, {"d"}}, {none, 1, 2, 0, 1, 2, 3, 0, 1}, {.slots = 3});
  const auto next = [&](std::vector<std::uint64_t> pinned, const specs& nodes, bool balance_primaries) {
    return quoit::plan(before, nodes, {.pinned = std::move(pinned), .balance_primaries = balance_primaries});
  };
  const specs all{{"a"}, {"b"}, {"c"}, {"d"}}, without_a{{"b"}, {"c"}, {"d"}};
  CHECK(test::text_of(next({0}, all, true).after(), 0) == "b d c");
  CHECK(test::text_of(next({1}, without_a, true).after(), 1).starts_with("b "));
  CHECK(next({0}, all, true).report().primaries_changed == 0);

  // For erasure codes the index has priority. The new copy takes the index of the missing one, and is the first.
  CHECK(test::text_of(next({0}, all, false).after(), 0) == "d b c");
  CHECK(test::text_of(next({1}, without_a, false).after(), 1) == "d b c");
  CHECK(next({0}, all, false).report().primaries_changed == 1);
  CHECK(next({0}, all, false).report().primaries_forced == 0);
}

// ---- R.

TEST_CASE("the copies that a larger R adds are repairs", "[plan]") {
  const specs nodes = in_zones(6, 3);
  const table_type before = quoit::build(nodes, {.slots = 24, .replicas = 2});
  const auto plan = quoit::plan(before, nodes, {.replicas = 3});
  CHECK(plan.report().moves == 24);
  CHECK(plan.report().repairs == 24);
  CHECK(std::all_of(plan.begin(), plan.end(), [](const auto& move) { return move.replaces == nullptr; }));
}

TEST_CASE("with a smaller R, only a copy whose index is gone gets another one", "[plan]") {
  //                                                         a b c
  const table_type before({{"a"}, {"b"}, {"c"}, {"d"}}, {0, 1, 2}, {.slots = 1});
  const auto lists = [&](const specs& nodes) {
    return test::text_of(quoit::plan(before, nodes, {.balance_primaries = false, .replicas = 2}).after(), 0);
  };
  CHECK(lists({{"b"}, {"c"}}) == "c b");
  CHECK(lists({{"a"}, {"b"}}) == "a b");
  CHECK(lists({{"b"}, {"d"}}) == "d b");
}

TEST_CASE("the peak load counts drained nodes, and the other loads do not", "[plan]") {
  const table_type before({{"a"}, {"b"}, {"x"}}, {2, 2, 2, 2}, {.slots = 4, .replicas = 1});
  const auto plan = quoit::plan(before, {{"a"}, {"b"}, {"x", 0}});
  CHECK(plan.report().peak_load == 4);
  CHECK(plan.report().max_load == 2);
  CHECK(plan.report().min_load == 2);
}

// ---- Extreme clusters.

// Weights 1 and 1,000 are entitled to 0.016 and 15.984 of 16 copies: 0 or 1, and 15 or 16.
TEST_CASE("a weight that is entitled to less than a copy may get none", "[plan][extremes]") {
  const specs nodes{{"large", 1000, {}}, {"small", 1, {}}};
  const auto small_of = [&](std::uint32_t copies, std::uint64_t slots) {
    std::vector<std::uint32_t> ranks(static_cast<std::size_t>(slots), 0);
    std::fill_n(ranks.begin(), copies, 1U);
    const auto next = quoit::plan(table_type(nodes, ranks, {.slots = slots, .replicas = 1}), nodes);
    CHECK(next.report().optimal);
    return load_of(next.after(), "small");
  };
  CHECK(small_of(0, 16) == 0);
  CHECK(small_of(1, 16) == 1);
  CHECK(small_of(2, 16) == 1);
  CHECK(small_of(0, 1000) == 0);
  CHECK(small_of(0, 1001) == 1);
  // A newcomer gets nothing.
  const table_type alone = quoit::build({{"large", 1000}}, {.slots = 16, .replicas = 1});
  CHECK(quoit::plan(alone, nodes).empty());
}

TEST_CASE("one node, one slot", "[plan][extremes]") {
  const table_type one = quoit::build({{"only"}}, {.slots = 1, .replicas = 1});
  CHECK(*one.find_at(0) == "only");
  CHECK(quoit::plan(one, {{"only"}}).report().moves == 0);
  const auto other = quoit::plan(one, {{"other"}});
  CHECK(other.report().moves == 1);
  CHECK(other.report().lost_slots == 1);
  CHECK(*other.after().find_at(0) == "other");
  // The most nodes that can share one slot.
  const plan_nodes many = numbered(1000, 7);
  const auto plan = quoit::plan(quoit::build<plan_table>(many, {.slots = 1, .replicas = 255, .seed = 0}), many);
  CHECK(plan.report().moves == 0);
  CHECK(plan.report().max_load == 1);
  CHECK(plan.report().min_load == 0);
}

TEST_CASE("255 replicas", "[plan][extremes]") {
  constexpr std::uint64_t slots = test::slow ? 8 : 32;
  const auto exact = quoit::build<plan_table>(numbered(255, 5), {.slots = slots, .replicas = 255, .seed = 0});
  CHECK(loads_of(exact) == std::vector<std::uint64_t>(255, slots));
  const auto plan = quoit::plan(exact, numbered(300, 5));
  CHECK(plan.report().optimal);
  constexpr std::uint64_t least = slots * 255 / 300;  // 27.2 of 32 slots
  CHECK(plan.report().min_load == least);
  CHECK(plan.report().max_load == least + 1);
  CHECK(plan.report().moves == 45 * least);
  CHECK(plan.report().dispersion == 0);
}

TEST_CASE("100,000 nodes for 1,000 slots", "[plan][extremes]") {
  constexpr std::int64_t count = test::slow ? 5'000 : 100'000;
  for (const std::size_t replicas : {1U, 2U, 3U}) {
    const plan_nodes nodes = numbered(count, 11);
    const auto table = quoit::build<plan_table>(nodes, {.slots = 1000, .replicas = replicas, .seed = 0});
    const auto loads = loads_of(table);
    CHECK(*std::max_element(loads.begin(), loads.end()) == 1);
    plan_nodes fewer(nodes.begin() + 1000, nodes.end());
    const auto plan = quoit::plan(table, fewer);
    CHECK(plan.report().optimal);
    CHECK(plan.report().moves == static_cast<std::uint64_t>(std::count(loads.begin(), loads.begin() + 1000, 1U)));
    CHECK(plan.report().max_load == 1);
  }
}

TEST_CASE("domains nested fifty levels deep", "[plan][extremes]") {
  // One path of fifty domains with a node in each, and fifty paths of one node that share all but the last component.
  plan_nodes chain, twigs;
  std::string path;
  for (std::int64_t i = 0; i < 50; ++i) {
    path += (i == 0 ? "" : "/") + std::string("d");
    chain.push_back({i, 1 + i % 3, path});
  }
  for (std::int64_t i = 0; i < 50; ++i) twigs.push_back({i, 1, path + "/" + std::to_string(i % 10)});
  for (const auto& nodes : {chain, twigs}) {
    for (const auto& rule :
         {spread_rule::strict(), spread_rule::weighted(), spread_rule::overload(500), spread_rule::at_least(2, 51)}) {
      const auto table = quoit::build<plan_table>(nodes, {.slots = 100, .replicas = 3, .seed = 0}, {.spread = rule});
      plan_nodes other = nodes;
      other.erase(other.begin() + 20, other.begin() + 30);
      const auto plan = quoit::plan(table, other, {.spread = rule});
      CHECK(plan.report().optimal);
      CHECK(quoit::plan(plan.after(), other, {.spread = rule}).report().moves == 0);
    }
  }
}

TEST_CASE("all nodes in one rack", "[plan][extremes]") {
  specs nodes = in_zones(7, 1);
  const table_type table = quoit::build(nodes, {.slots = 70});
  CHECK(loads_of(table) == std::vector<std::uint64_t>(7, 30));
  const auto plan = quoit::plan(table, in_zones(6, 1));
  CHECK(plan.report().moves == 30);
  CHECK(plan.report().dispersion == 0);  // strict spread is not better
}

TEST_CASE("weights as different as possible", "[plan][extremes]") {
  const plan_nodes nodes{
      {0, 1, "a"}, {1, std::int64_t{1} << 61, "a"}, {2, std::int64_t{1} << 61, "b"}, {3, 1, "b"}, {4, 1, {}}};
  for (const std::size_t replicas : {1U, 2U, 3U, 4U, 5U}) {
    INFO(replicas << " replicas");
    for (const auto& rule :
         {spread_rule::strict(), spread_rule::weighted(), spread_rule::overload(0), spread_rule::overload(1000)}) {
      const auto table =
          quoit::build<plan_table>(nodes, {.slots = 999, .replicas = replicas, .seed = 0}, {.spread = rule});
      const auto loads = loads_of(table);
      CHECK(loads[0] + loads[1] + loads[2] + loads[3] + loads[4] == static_cast<std::uint64_t>(999 * replicas));
      if (replicas == 2) CHECK(loads[1] + loads[2] >= 1997);
      if (replicas >= 2 && rule == spread_rule::weighted()) {
        for (const std::size_t light : {0U, 3U, 4U})
          CHECK(loads[light] / 3 == static_cast<std::uint64_t>(replicas - 2) * 111);
      }
      CHECK(quoit::plan(table, nodes, {.spread = rule}).report().moves == 0);
    }
  }
  const plan_nodes two{{0, 1, {}}, {1, largest - 1, {}}};
  CHECK(loads_of(quoit::build<plan_table>(two, {.slots = 16384, .replicas = 1, .seed = 0}))[1] >= 16383);
}

TEST_CASE("ids and domains of any bytes", "[plan][extremes]") {
  specs nodes{{std::string("\0", 1), 1, "//a//"},
              {"", 1, "/"},
              {"a/b", 1, "a"},
              {std::string(1000, 'x'), 1, std::string(5000, '/') + "b"},
              {"\xff\xfe", 1, "a/\x01"}};
  const table_type table = quoit::build(nodes, {.slots = 30, .replicas = 2});
  CHECK(loads_of(table).size() == 5);
  CHECK(quoit::plan(table, nodes).report().moves == 0);
  std::reverse(nodes.begin(), nodes.end());
  CHECK(quoit::plan(table, nodes).after() == table);
  CHECK(table_type::restore(table.save()) == table);
}
