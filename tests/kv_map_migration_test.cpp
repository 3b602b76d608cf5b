// SPDX-License-Identifier: MIT
// kv_map migrations compared with a std::map: at every stage, with nodes that crash, and with failed allocations.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/live_value.hpp"
#include "support/kv/migration_model.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/slot_tables.hpp"
#include "support/slow.hpp"
#include "support/threads.hpp"

namespace {

using table = quoit::slot_table<>;
using table_model = test::kv_migration_model<table>;
using ring_model = test::kv_migration_model<quoit::ring<>>;
using spec_list = std::vector<quoit::node_spec<std::string>>;

constexpr int rounds = test::slow ? 30 : 300;

std::string key(std::size_t number) {
  return std::string(1, static_cast<char>('a' + number % 3)) + "/" + std::to_string(number);
}

// A table from one text per slot, such as "a b -".
table table_of(const std::vector<std::string>& lists, std::size_t replicas, std::vector<std::string> more = {}) {
  std::set<std::string> names(more.begin(), more.end());
  for (const std::string& list : lists) {
    for (const char c : list) {
      if (c != ' ' && c != '-') names.insert(std::string(1, c));
    }
  }
  const std::vector<std::string> order(names.begin(), names.end());
  spec_list nodes;
  for (const std::string& name : order) nodes.push_back({name});
  std::vector<std::uint32_t> ranks;
  for (const std::string& list : lists) {
    std::size_t count = 0;
    for (const char c : list) {
      if (c == ' ') continue;
      ++count;
      ranks.push_back(c == '-' ? table::no_node
                               : static_cast<std::uint32_t>(
                                     std::lower_bound(order.begin(), order.end(), std::string(1, c)) - order.begin()));
    }
    for (; count < replicas; ++count) ranks.push_back(table::no_node);
  }
  return table(nodes, ranks, {.slots = lists.size(), .replicas = replicas});
}

// A random table over some of eight nodes, without the given ones. Some slots have no copy.
table random_table(test::random& random, std::uint64_t slots, const std::set<std::string>& without) {
  const char* const domains[] = {"", "eu/a", "eu/b", "us"};
  spec_list nodes;
  while (nodes.empty()) {
    for (int n = 0; n < 8; ++n) {
      const std::string name = test::make_node<std::string>(n);
      if (without.count(name) == 0 && random.chance(2))
        nodes.push_back({name, static_cast<std::int64_t>(random.below(3)), domains[random.index(4)]});
    }
  }
  const std::size_t replicas = 1 + random.index(4);
  std::vector<std::uint32_t> ranks, all(nodes.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
  for (std::uint64_t slot = 0; slot < slots; ++slot) {
    std::vector<std::uint32_t> list(replicas, table::no_node);
    random.shuffle(all);
    const std::size_t copies = random.index(std::min(all.size(), replicas) + 1);
    for (std::size_t i = 0; i < copies; ++i) list[i] = all[i];
    random.shuffle(list);
    ranks.insert(ranks.end(), list.begin(), list.end());
  }
  return table(nodes, ranks, {.slots = slots, .replicas = replicas});
}

// Whether a slot with a copy loses all of them.
bool digs_holes(const table& before, const table& after) {
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    if (before.find_at(slot) != nullptr && after.find_at(slot) == nullptr) return true;
  }
  return false;
}
// The same if one of these keys is in such a slot.
template <class Rows>
bool digs_holes(const table& before, const table& after, const Rows& rows) {
  return std::ranges::any_of(
      rows, [&](const auto& row) { return before.find(row.first) != nullptr && after.find(row.first) == nullptr; });
}

std::string one_of(test::random& random, const std::set<std::string>& names) {
  return *std::next(names.begin(), static_cast<std::ptrdiff_t>(random.index(names.size())));
}

quoit::kv_options random_options(test::random& random) {
  const quoit::spread apart[] = {quoit::spread::nodes, quoit::spread::nodes, quoit::spread::domains,
                                 quoit::spread::domains_only};
  quoit::kv_options options;
  options.replicas = 1 + random.index(4);
  options.apart = apart[random.index(4)];
  return options;
}

// Loses a random node from time to time. At least two of the eight nodes are left for the next placement.
template <class Model>
std::string crash(test::random& random, Model& model) {
  if (model.lost.size() > 5 || !random.chance(12)) return "";
  const std::string node = one_of(random, model.known);
  if (model.lost.count(node) != 0) return model.map.lose(node).empty() ? "" : "a second loss of a node lost keys";
  return model.lose(node);
}

// Whether the migration could stop. It can, unless the later table changed domains.
bool stopped(table_model& model, const quoit::kv_options& options) {
  try {
    model.map.stop_migration();
  } catch (const std::logic_error&) {
    if (options.apart != quoit::spread::domains_only) throw;
    return false;
  }
  model.forget();
  return true;
}

}  // namespace

TEST_CASE("kv_map: during a migration between random tables, it equals a std::map at every stage", "[kv_map]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t slots = 1 + random.below(10);
    const quoit::kv_options options = random_options(random);
    table_model model(random_table(random, slots, {}), options);
    CAPTURE(round, slots, options.replicas, static_cast<int>(options.apart));
    bool under_way = false;
    for (int step = 0; step < 120; ++step) {
      CAPTURE(step, under_way);
      for (std::size_t i = random.index(3); i > 0; --i)
        REQUIRE(model.any_operation(random, key(random.index(30))) == "");
      REQUIRE(model.difference() == "");
      REQUIRE(crash(random, model) == "");
      REQUIRE(model.difference() == "");
      if (!under_way) {
        const table next = random_table(random, slots, random.chance(4) ? std::set<std::string>{} : model.lost);
        if (random.chance(6)) {
          const bool names_lost = std::any_of(model.lost.begin(), model.lost.end(),
                                              [&](const auto& node) { return next.find_node(node) != nullptr; });
          if (names_lost || digs_holes(*model.map.placement_now(), next, model.rows)) {
            REQUIRE_THROWS_AS(model.map.rehome(next), std::invalid_argument);
          } else {
            REQUIRE(model.map.rehome(next).lost.empty());
            model.forget();
          }
        } else if (digs_holes(*model.map.placement_now(), next)) {
          REQUIRE_THROWS_AS(model.map.start_migration(next), std::invalid_argument);
        } else {
          model.map.start_migration(next);
          model.know(next);
          under_way = true;
          REQUIRE_THROWS_AS(model.map.start_migration(next), std::logic_error);
          REQUIRE_THROWS_AS(model.map.rehome(next), std::logic_error);
        }
      } else if (random.chance(12)) {
        under_way = !stopped(model, options);
      } else if (!model.map.step_migration()) {
        under_way = model.map.migration().has_value();
        if (!under_way) model.forget();
        else if (random.chance(2)) {
          REQUIRE(model.map.migration()->finished() == false);
          under_way = !stopped(model, options);
          if (under_way) break;
        }
      }
      REQUIRE(model.difference() == "");
    }
  }
}

TEST_CASE("kv_map: the loss of the receiver loses nothing while the old copy is still written", "[kv_map]") {
  table_model model(table_of({"a"}, 1), {});
  model.put("k", 1);
  const table next = table_of({"b"}, 1);
  model.map.start_migration(next);
  model.know(next);
  for (int i = 0; i < 2; ++i) REQUIRE(model.map.step_migration());  // reads go to b, writes to both
  model.put("k", 2);
  REQUIRE(model.map.lose("b").empty());
  model.lost.insert("b");
  CHECK(model.difference() == "");
  CHECK_FALSE(model.map.step_migration());
  model.map.stop_migration();
  CHECK(model.difference() == "");
}

TEST_CASE("kv_map: an entry written after the loss of every old copy is kept", "[kv_map]") {
  const bool stop = GENERATE(true, false);
  table_model model(table_of({"a"}, 1), {});
  REQUIRE(model.lose("a") == "");
  const table next = table_of({"b"}, 1);
  model.map.start_migration(next);
  model.know(next);
  REQUIRE(model.map.step_migration());
  REQUIRE(model.put("k", 1) == "");
  REQUIRE(model.rows.size() == 1);
  if (stop) {
    model.map.stop_migration();
    CHECK(model.difference() == "");
  } else {
    CHECK(model.map.lose("b") == std::vector<std::string>{"k"});
    CHECK(model.map.empty());
  }
}

TEST_CASE("kv_map: a copy that is about to be dropped stays if another copy is lost", "[kv_map]") {
  for (int steps = 1; steps <= 2; ++steps) {
    table_model model(table_of({"a b c"}, 3), {.replicas = 3});
    model.put("k", 1);
    model.map.start_migration(table_of({"a b"}, 2, {"c"}));
    for (int i = 0; i < steps; ++i) REQUIRE(model.map.step_migration());
    REQUIRE(model.lose("a") == "");
    CHECK_FALSE(model.map.step_migration());
    CHECK(model.difference() == "");
    model.map.stop_migration();
    CHECK(model.difference() == "");
    CHECK(model.map.find_on("c", "k") != nullptr);
  }
}

// More entries than are copied under one lock. One key sorts before all others, and one after them.
TEST_CASE("kv_map: a part with many entries is copied in pieces, each entry once", "[kv_map]") {
  table_model model(table_of({"a", "a"}, 1), {});
  for (std::size_t i = 0; i < 3000; ++i) model.put(key(i), i);
  model.put("", 1);
  model.put("~", 2);
  const table next = table_of({"b", "b"}, 1);
  model.map.start_migration(next);
  model.know(next);
  REQUIRE(model.map.migration_progress().moves == 2);
  while (model.map.step_migration()) REQUIRE(model.map.size() == 3002);
  model.forget();
  CHECK(model.difference() == "");
  CHECK(model.map.copies_per_node().front() == std::pair<std::string, std::size_t>("b", 3002));
}

TEST_CASE("kv_map: a migration to a placement without an owner is refused", "[kv_map]") {
  table_model model(table_of({"a", "a"}, 1), {});
  model.put("k", 1);
  CHECK_THROWS_AS(model.map.start_migration(table({}, {}, {.slots = 2})), std::invalid_argument);
  CHECK_FALSE(model.map.migration().has_value());
  CHECK(model.difference() == "");
}

TEST_CASE("kv_map: over a table with holes, and in and out of them", "[kv_map][holes]") {
  const table holes = table_of({"a b", "- -", "- -", "b a"}, 2);
  table_model model(holes, {.replicas = 2});
  // A key for each slot.
  std::vector<std::string> keys(4);
  for (std::size_t i = 0; std::ranges::count(keys, "") != 0; ++i) keys[holes.position(key(i))] = key(i);
  for (std::size_t slot = 0; slot < 4; ++slot) REQUIRE(model.put(keys[slot], slot) == "");
  CHECK(model.map.size() == 2);
  CHECK_THROWS_WITH(
      model.map.put(keys[2], 1),
      "quoit: kv_map: no node can hold '" + keys[2] +
          "'; no live node holds slot 2; rehome() or start_migration() to a table in which it has a copy, "
          "such as plan() makes");
  CHECK_THROWS_AS(model.map.cas(keys[1], 1, 0), std::logic_error);
  CHECK(model.map.cas(keys[1], 1, 5).outcome == quoit::kv_outcome::absent);
  CHECK((model.map.find(keys[1]) == nullptr && !model.map.get(keys[1]) && !model.map.erase(keys[1])));
  CHECK(model.difference() == "");

  // A repair keeps everything; a hole takes writes as soon as its first move has begun.
  const table repaired = quoit::plan(holes, {"a", "b", "c"}).after();
  model.map.start_migration(repaired);
  model.know(repaired);
  int refused = 0;
  bool more = true;
  for (std::uint64_t value = 10; more; ++value) {
    more = model.map.step_migration();
    if (!model.map.migration()) model.forget();
    for (const std::string& one : keys) {
      const std::size_t rows = model.rows.size();
      REQUIRE(model.put(one, value) == "");
      refused += model.rows.size() == rows && model.rows.count(one) == 0 ? 1 : 0;
      REQUIRE(model.difference() == "");
    }
  }
  CHECK(refused > 0);
  CHECK((model.map.size() == 4 && model.map.placement_now()->missing_slots() == 0));

  // Back to the holes: not while their slots have entries.
  CHECK(test::message_of([&] { model.map.start_migration(holes); }) ==
        "quoit: kv_map: slot 1 has a copy now, and none in the table to migrate to; no node would be left to hold its "
        "entries; give the slot a copy");
  CHECK(model.difference() == "");
  REQUIRE(model.erase(keys[2]) == "");
  CHECK(test::message_of([&] { model.map.rehome(holes); }) ==
        "quoit: kv_map: no node would be left to hold '" + keys[1] +
            "' and the other entries of slot 1; give the slot a copy, or erase them first");
  CHECK(model.difference() == "");
  REQUIRE(model.erase(keys[1]) == "");
  const auto report = model.map.rehome(holes);
  CHECK((report.lost.empty() && report.keys == 2));
  model.forget();
  CHECK(model.difference() == "");
  // And to a table that has a hole elsewhere only: what was written stays.
  CHECK(model.map.rehome(table_of({"b a", "a b", "- -", "a c"}, 2)).lost.empty());
  model.forget();
  CHECK(model.difference() == "");
  CHECK(model.put(keys[1], 7) == "");
  CHECK(model.map.size() == 3);

  // With one copy of each key, rehome() works from the diff.
  table_model single(holes, {});
  for (std::size_t slot = 0; slot < 4; ++slot) REQUIRE(single.put(keys[slot], slot) == "");
  CHECK(single.map.rehome(table_of({"b a", "a b", "- -", "a c"}, 2)).moved_keys == 2);
  single.forget();
  CHECK((single.difference() == "" && single.map.size() == 2));
  CHECK_THROWS_AS(single.map.rehome(table_of({"- -", "a b", "- -", "a c"}, 2)), std::invalid_argument);
  CHECK(single.difference() == "");
}

TEST_CASE("kv_map: fail() after lose() reports the keys that only these two nodes held", "[kv_map]") {
  ring_model model(test::ring_of(4), {.replicas = 2});
  for (std::size_t i = 0; i < 60; ++i) model.put(key(i), i);
  REQUIRE(model.lose("node-0") == "");
  const auto expected = model.only_on({"node-0", "node-1"});
  REQUIRE_FALSE(expected.empty());
  CHECK(model.map.fail_all({"node-0", "node-1"}).lost == expected);
  for (const std::string& one : expected) model.rows.erase(one);
  model.forget();
  CHECK(model.difference() == "");
}

TEST_CASE("kv_map: a migration without moves, a node lost twice, and all nodes lost", "[kv_map]") {
  const table both = table_of({"a b", "b a"}, 2);
  table_model model(both, {.replicas = 2});
  for (std::size_t i = 0; i < 20; ++i) model.put(key(i), i);
  model.map.start_migration(table_of({"b a", "a b"}, 2));
  CHECK(model.map.migration_progress().moves == 0);
  CHECK(model.difference() == "");
  CHECK_FALSE(model.map.step_migration());
  CHECK_FALSE(model.map.migration().has_value());
  CHECK(model.difference() == "");
  CHECK(model.lose("a") == "");
  CHECK(model.map.lose("a").empty());
  CHECK(model.map.size() == 20);
  CHECK(model.lose("b") == "");
  CHECK(model.map.empty());
  CHECK_THROWS_AS(model.map.lose("c"), std::invalid_argument);
  CHECK_THROWS_AS(model.map.put("k", 1), std::logic_error);
  CHECK_FALSE(model.map.erase("k"));
}

TEST_CASE("kv_map: a failed allocation changes nothing, at every step of a migration", "[kv_map]") {
  const table before = table_of({"a b", "b c", "c -", "a b"}, 2), after = table_of({"a d", "b c", "c d", "d -"}, 2);
  // Repeats `act`, with one more allocation allowed each time, until it succeeds.
  const auto until_done = [](table_model& model, const auto& act) {
    for (std::size_t n = 0;; ++n) {
      try {
        const test::failing_allocations failing(n);
        act();
        return;
      } catch (const std::bad_alloc&) {
      }
      REQUIRE(model.difference() == "");
    }
  };
  for (int stage = 0; stage <= 16; stage += test::slow ? 5 : 1) {
    for (const char* const end : {"", "stop", "a", "b", "c", "d"}) {
      CAPTURE(stage, end);
      table_model model(before, {.replicas = 2});
      for (std::size_t i = 0; i < 24; ++i) model.put(key(i), i);
      const std::string who(end);
      model.know(after);
      model.forget();
      until_done(model, [&] { model.map.start_migration(after); });
      model.know(after);
      bool more = true;
      for (int i = 0; i < stage && more; ++i) {
        until_done(model, [&] { more = model.map.step_migration(); });
        if (!model.map.migration().has_value()) model.forget();
        REQUIRE(model.difference() == "");
        if (more) model.put(key(static_cast<std::size_t>(i)), 100 + static_cast<std::uint64_t>(i));
      }
      if (who.size() == 1 && model.known.count(who) != 0) {
        const std::vector<std::string> expected = model.only_on({who});
        std::vector<std::string> lost;
        until_done(model, [&] { lost = model.map.lose(who); });
        REQUIRE(lost == expected);
        model.lost.insert(who);
        for (const std::string& one : expected) model.rows.erase(one);
        REQUIRE(model.difference() == "");
      }
      until_done(model, [&] { model.map.stop_migration(); });
      model.forget();
      REQUIRE(model.difference() == "");
    }
  }
}

TEST_CASE("kv_map: R - 1 crashes between repairs lose nothing, at any stage", "[kv_map]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < rounds / 10; ++round) {
    CAPTURE(round);
    const std::size_t replicas = 2 + random.index(2);
    spec_list nodes;
    for (int n = 0; n < 7; ++n) nodes.push_back({test::make_node<std::string>(n)});
    table_model model(quoit::build(nodes, {.slots = 12, .replicas = replicas}), {.replicas = replicas});
    for (std::size_t i = 0; i < 40; ++i) model.put(key(i), i);
    for (int repair = 0; repair < 4; ++repair) {
      for (std::size_t crashes = replicas - 1; crashes > 0; --crashes) {
        for (std::size_t steps = random.index(20); steps > 0 && model.map.step_migration(); --steps) {
        }
        const std::size_t which = random.index(nodes.size());
        REQUIRE(model.map.lose(nodes[which].node).empty());
        model.lost.insert(nodes[which].node);
        nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(which));
        if (!model.map.migration().has_value()) model.forget();
        REQUIRE(model.difference() == "");
      }
      model.map.stop_migration();
      for (std::size_t i = 0; i + 1 < replicas; ++i) {
        nodes.push_back({"fresh-" + std::to_string(repair) + "-" + std::to_string(i)});
      }
      const table whole = quoit::plan(*model.map.placement_now(), nodes).after();
      model.map.start_migration(whole);
      while (model.map.step_migration()) {
      }
      model.forget();
      REQUIRE(model.lost.empty());
      REQUIRE(model.difference() == "");
      // The next nodes crash during a migration.
      nodes.push_back({"extra-" + std::to_string(repair)});
      const table next = quoit::plan(whole, nodes).after();
      model.map.start_migration(next);
      model.know(next);
    }
  }
}

namespace {

// A value whose destructor uses the map.
struct last_word {
  quoit::kv_map<last_word, table>* map = nullptr;
  int* said = nullptr;
  last_word(quoit::kv_map<last_word, table>* m, int* s) : map(m), said(s) {}
  last_word(last_word&& other) noexcept : map(std::exchange(other.map, nullptr)), said(other.said) {}
  last_word& operator=(last_word&&) = delete;
  ~last_word() {
    if (map == nullptr) return;
    ++*said;
    static_cast<void>(map->keys());
    map->erase("another");
    static_cast<void>(map->step_migration());
  }
};

}  // namespace

TEST_CASE("kv_map: values destroyed by a loss or a migration may use the map", "[kv_map]") {
  int said = 0;
  quoit::kv_map<last_word, table> map(table_of({"a"}, 1));
  map.put("k", {&map, &said});
  map.start_migration(table_of({"b"}, 1));
  REQUIRE(map.step_migration());
  map.put("k", {&map, &said});
  CHECK(said == 1);
  CHECK(map.lose("b").empty());
  CHECK(map.lose("a") == std::vector<std::string>{"k"});
  CHECK(map.size() == map.keys().size());
  map.erase_prefix("");
  CHECK(said == 2);
  CHECK(map.empty());
}
