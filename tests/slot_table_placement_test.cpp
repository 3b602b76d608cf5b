// SPDX-License-Identifier: MIT
// Everything that takes a placement takes a slot table: diff, balance, published, and a kv_map that changes from one
// table to the next.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/diff.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/published.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/estranged.hpp"
#include "support/kv/checks.hpp"
#include "support/message_of.hpp"
#include "support/slot_tables.hpp"

namespace {

using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
constexpr std::uint32_t no_copy = table_type::no_node;

const specs three_nodes{{"a", 1, "x"}, {"b", 1, "y"}, {"c", 1, "x"}};

}  // namespace

TEST_CASE("slot_table: diff shows the slots that move, with old and new owner", "[slot_table][diff]") {
  const quoit::slot_table_options options{.slots = 8, .replicas = 1};
  const table_type before(three_nodes, {0, 0, 0, 1, 1, 1, 2, 2}, options),
      after(three_nodes, {0, 0, 2, 2, 1, 1, 2, 0}, options);
  const auto difference = quoit::diff(before, after);
  REQUIRE(difference.size() == 3);
  std::vector<std::string> lines;
  for (const auto& move : difference) lines.push_back(to_string(move));
  CHECK(lines == std::vector<std::string>{"(0x0000000000000001, 0x0000000000000002]  a -> c  12.5000%",
                                          "(0x0000000000000002, 0x0000000000000003]  b -> c  12.5000%",
                                          "(0x0000000000000006, 0x0000000000000007]  c -> a  12.5000%"});
  CHECK(difference.moved() == quoit::share::ratio(3, 8));
  CHECK(difference.minimum() == quoit::share::ratio(1, 8));
  CHECK(quoit::diff(before, before).empty());
  CHECK(quoit::diff(table_type({}, {}, options), before).moved() == quoit::share::whole());
  CHECK(quoit::moved_share(before, after) == difference.moved());
  CHECK_THROWS_AS(quoit::diff(before, before.doubled()), std::invalid_argument);
}

TEST_CASE("slot_table: balance_of counts the slots of each node", "[slot_table][stats]") {
  const table_type table(three_nodes, {0, 0, 0, 1, 1, 1, 2, 2}, {.slots = 8, .replicas = 1});
  const auto balance = quoit::balance_of(table);
  REQUIRE(balance.size() == 3);
  CHECK(balance.loads()[0].load == quoit::share::ratio(3, 8));
  CHECK(balance.loads()[2].load == quoit::share::ratio(2, 8));
  CHECK(std::abs(balance.max_over_mean() - 9.0 / 8) < 1e-12);
  std::vector<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back("key-" + std::to_string(i));
  std::uint64_t counted = 0;
  for (const auto& one : quoit::balance_of(table, keys)) counted += one.keys;
  CHECK(counted == 1000);
}

TEST_CASE("slot_table: can be published like a ring", "[slot_table][published]") {
  quoit::published<table_type> tables(table_type(three_nodes, {0, 1}, {.slots = 2, .replicas = 1}));
  auto reader = tables.reader();
  CHECK(*reader.get().find_at(1) == "b");
  const auto old = tables.snapshot();
  tables.update([](table_type& table) {
    table = table_type(three_nodes, {0, 2}, {.slots = 2, .replicas = 1}, table.version() + 1);
  });
  CHECK(*reader.get().find_at(1) == "c");
  CHECK(reader.get().version() == 2);
  CHECK(*old->find_at(1) == "b");
}

TEST_CASE("slot_table: a kv_map changes from one table to the next", "[slot_table][kv]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::size_t replicas : {1U, 2U, 3U}) {
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      const quoit::kv_options options{.replicas = replicas, .apart = apart};
      const auto next_table = [&] {
        auto parts = test::random_parts<std::string>(random, 1 + random.index(9), 40, 4);
        parts.options.seed = 5;
        // A map refuses to write into a slot without a copy, which slot_table_missing_test.cpp tests.
        for (std::size_t first = 0; first < parts.replicas.size(); first += parts.options.replicas) {
          const std::span<std::uint32_t> row(parts.replicas.data() + first, parts.options.replicas);
          if (std::all_of(row.begin(), row.end(), [](std::uint32_t rank) { return rank == table_type::no_node; }))
            row.front() = 0;
        }
        return table_type(parts.nodes, parts.replicas, parts.options);
      };
      table_type table = next_table();
      quoit::kv_map<int, table_type> map(table, options);
      test::kv_rows<int> rows;
      std::vector<std::string> keys;
      for (int i = 0; i < 150; ++i) {
        const std::string key = "key-" + std::to_string(i);
        const auto index = map.put(key, i);
        rows[key] = {i, 0, index, index};
      }
      for (const auto& [key, row] : rows) keys.push_back(key);
      REQUIRE(test::broken_kv_invariant(map, options) == "");
      for (int step = 0; step < 12; ++step) {
        INFO("R = " << replicas << ", step " << step);
        // Sometimes the same table, with the same node objects, and sometimes a table that differs in one copy only.
        const table_type next = random.chance(6) ? table : next_table();
        const auto report = map.rehome(next);
        REQUIRE(test::report_difference(report, test::expect_report(table, next, keys, options), table, next) == "");
        REQUIRE(test::broken_kv_invariant(map, options) == "");
        REQUIRE(test::kv_difference(map, rows) == "");
        table = next;
      }
      // A table frozen from a ring, and a table without nodes.
      quoit::ring<> ring({.vnodes = 8, .seed = 5});
      for (int i = 0; i < 5; ++i) ring.add("node-" + std::to_string(i), {.domain = i % 2 == 0 ? "eu" : "us"});
      map.rehome(table_type::adopt(ring, {.slots = 40, .seed = 5}));
      REQUIRE(test::broken_kv_invariant(map, options) == "");
      REQUIRE(test::kv_difference(map, rows) == "");
      CHECK_THROWS_AS(map.rehome(table_type({}, {}, {.slots = 40, .seed = 5})), std::invalid_argument);
      CHECK_THROWS_AS(map.rehome(table_type()), std::invalid_argument);
      REQUIRE(test::kv_difference(map, rows) == "");
    }
  }
}

TEST_CASE("slot_table: with a missing copy, a kv_map has one copy less and all keys", "[slot_table][kv]") {
  const quoit::slot_table_options options{.slots = 1, .replicas = 3};
  quoit::kv_map<int, table_type> map(table_type(three_nodes, {0, 1, 2}, options), {.replicas = 3});
  map.put("key", 1);
  const auto report = map.rehome(table_type(three_nodes, {no_copy, 1, 2}, options));
  CHECK(report.moved_keys == 1);
  CHECK(report.moved_copies == 0);
  CHECK(report.lost.empty());
  CHECK(map.find_on("a", "key") == nullptr);
  CHECK(map.find_on("b", "key") != nullptr);
  CHECK(*map.placement_now()->find("key") == "b");
}

TEST_CASE("P7 a placement that answers with a node that is not in its nodes() is refused", "[slot_table][stats]") {
  quoit::ring<> ring;
  ring.assign(three_nodes);
  const test::estranged strange(ring);
  STATIC_REQUIRE(quoit::placement<test::estranged>);
  const std::string adopting = test::message_of([&] { (void)table_type::adopt(strange, {.slots = 4, .replicas = 1}); });
  CHECK_THAT(adopting, Catch::Matchers::StartsWith("quoit: slot_table: for slot 0 the placement prefers node '"));
  CHECK_THAT(adopting, Catch::Matchers::ContainsSubstring("', which is not in its nodes(); preferred() must give"));
  for (const std::string& message : {test::message_of([&] { (void)quoit::balance_of(strange); }), test::message_of([&] {
                                       (void)quoit::balance_of(strange, std::vector<std::string>{"key"});
                                     })}) {
    CHECK_THAT(message, Catch::Matchers::StartsWith("quoit: balance_of: the owner '"));
    CHECK_THAT(message,
               Catch::Matchers::ContainsSubstring("' is not in the placement's nodes(); find() and arcs() must"));
  }
}
