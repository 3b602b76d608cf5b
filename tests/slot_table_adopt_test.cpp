// SPDX-License-Identifier: MIT
// slot_table::adopt: tables of other systems, by slot and by range, and frozen placements.
#include <array>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/message_of.hpp"
#include "support/slot_tables.hpp"

namespace {

using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using Catch::Matchers::ContainsSubstring;

const specs three{{"c", 1, "x"}, {"a", 2, "y"}, {"b", 1, "x"}};

}  // namespace

TEST_CASE("adopt: with integers as nodes, braces in braces are the nodes of a range") {
  using numbers = quoit::slot_table<int>;
  const auto lists_of = [](const numbers& table) {
    std::string text;
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
      for (const int node : table.replicas_of(slot)) text += std::to_string(node);
      text += ' ';
    }
    return text;
  };
  const auto refused = [](const auto& action) { return test::message_of(action); };
  CHECK(lists_of(numbers::adopt({{0}, {1}, {2}, {3}}, {{0, 1, {2}}, {2, 3, {1}}}, {.slots = 4, .replicas = 3})) ==
        "2 2 1 1 ");
  CHECK(lists_of(numbers::adopt({1, 2, 3}, {{1, 1, {3, 2}}, {0, 0, {1}}}, {.slots = 2, .replicas = 2})) == "1 32 ");
  CHECK(lists_of(numbers::adopt({2}, {{0, 1, {2}}}, {.slots = 2, .replicas = 1})) == "2 2 ");
  const int low = 0;
  const std::int64_t high = 1;
  CHECK(lists_of(numbers::adopt({2}, {{low, high, {2}}}, {.slots = 2, .replicas = 1})) == "2 2 ");
  CHECK(lists_of(numbers::adopt({7}, {{low, 1, std::vector<int>{7}}}, {.slots = 2, .replicas = 1})) == "7 7 ");
  CHECK(lists_of(numbers::adopt({7}, {{.first = 0, .last = 1, .nodes = {7}}}, {.slots = 2, .replicas = 1})) == "7 7 ");
  // Not two lists of ids.
  CHECK_THAT(
      refused([] { (void)numbers::adopt({0, 1, 2, 3}, {{0, 2, {3}}, {3, 1, {2}}}, {.slots = 2, .replicas = 3}); }),
      ContainsSubstring("slot 2 does not exist"));
  CHECK_THAT(
      refused([] { (void)numbers::adopt({0, 1, 2, 3}, {{0, 2, {3}}, {3, 1, {2}}}, {.slots = 4, .replicas = 3}); }),
      ContainsSubstring("slots 3 to 1 is empty"));
  CHECK_THAT(refused([] { (void)numbers::adopt({1}, {{-1, 0, {1}}}, {.slots = 1, .replicas = 1}); }),
             ContainsSubstring("slot -1 does not exist"));
  // Lists of ids, of any length.
  CHECK(lists_of(numbers::adopt({0, 1, 2}, {{0, 1, 2}, {2, 1, 0}}, {.slots = 2})) == "012 210 ");
  CHECK(lists_of(numbers::adopt({0, 1, 2}, {{0, 1}, {2, 1}}, {.slots = 2, .replicas = 2})) == "01 21 ");
  CHECK(lists_of(numbers::adopt({0, 1, 2}, {{low}, {2}}, {.slots = 2, .replicas = 2})) == "0 2 ");
  CHECK(lists_of(numbers::adopt({0, 1, 2, 3}, {{0, 1, 2, 3}}, {.slots = 1, .replicas = 4})) == "0123 ");
}

TEST_CASE("slot_table: adopts one list of ids for each slot", "[slot_table]") {
  const std::vector<std::vector<std::string>> lists{{"a", "b"}, {"c"}, {"b", "c", "a"}};
  const table_type table = table_type::adopt(three, lists, {.slots = 3});
  CHECK(test::lists_of(table) == std::vector<std::string>{"a b -", "c - -", "b c a"});
  CHECK(table.version() == 1);
  CHECK(table.find_node("a")->weight == 2);

  // Lists may be any ranges of any ids.
  const std::list<std::array<std::string_view, 1>> views{{"b"}, {"a"}};
  CHECK(test::lists_of(table_type::adopt(three, views, {.slots = 2, .replicas = 1})) ==
        std::vector<std::string>{"b", "a"});
  const std::vector<std::vector<test::server>> servers{{{"b", "elsewhere"}}};
  CHECK(test::lists_of(table_type::adopt(three, servers, {.slots = 1, .replicas = 1})) ==
        std::vector<std::string>{"b"});
  using shards = quoit::slot_table<test::shard, quoit::murmur3, test::uneven>;
  const std::vector<std::vector<int>> numbers{{7, -3}, {-3}, {7}, {-3, 7}};
  CHECK(test::lists_of(shards::adopt({{{7, "x"}}, {{-3, "y"}}}, numbers, {.replicas = 2})) ==
        std::vector<std::string>{"7 -3", "-3 -", "7 -", "-3 7"});
  CHECK(table_type::adopt({}, std::vector<std::vector<std::string>>(2), {.slots = 2}).empty());
}

TEST_CASE("P7 slot_table: refuses invalid lists and names the slot", "[slot_table]") {
  const auto refused = [](const std::vector<std::vector<std::string>>& lists, const specs& nodes = three) {
    return test::message_of([&] { (void)table_type::adopt(nodes, lists, {.slots = 2, .replicas = 2}); });
  };
  CHECK(refused({{"a"}, {"b", "x"}}) ==
        "quoit: slot_table: slot 1 names node 'x', which is unknown; add it to the nodes");
  CHECK(refused({{"a"}, {"b", "a", "c"}}) ==
        "quoit: slot_table: slot 1 names more than 2 nodes; shorten the list, or raise .replicas");
  CHECK(refused({{"a"}, {"b", "b"}}) ==
        "quoit: slot_table: slot 1 names node 'b' twice; a slot names each node at most once");
  CHECK(refused({{"a"}}) == "quoit: slot_table: 1 lists for 2 slots; give one list for each slot, or change .slots");
  CHECK(refused({{"a"}, {"a"}, {"x"}}) ==
        "quoit: slot_table: 3 lists for 2 slots; give one list for each slot, or change .slots");
  CHECK(refused({{"a"}, {"a"}}, {{"a"}, {"b"}, {"a"}}) ==
        "quoit: slot_table: node 'a' is given twice; give each id once");
  CHECK_THAT(test::message_of(
                 [] { (void)table_type::adopt(three, std::vector<std::vector<std::string>>(), {.replicas = 0}); }),
             ContainsSubstring("replicas = 0"));
}

TEST_CASE("slot_table: adopts the slot ranges of a Redis Cluster", "[slot_table]") {
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  // The answer of a cluster of three masters with one replica each, in no particular order.
  const std::vector<quoit::slot_range<std::string>> ranges{
      {5461, 10922, {"b", "c"}}, {0, 5460, {"a", "b"}}, {10923, 16383, {"c", "a"}}};
  const redis table = redis::adopt(three, ranges, {.replicas = 2});
  CHECK(table.owner("foo") == "c");    // slot 12182
  CHECK(table.owner("bar") == "a");    // slot 5061
  CHECK(table.owner("hello") == "a");  // slot 866
  CHECK(test::text_of(table, 5460) == "a b");
  CHECK(test::text_of(table, 5461) == "b c");
  CHECK(test::text_of(table, 10922) == "b c");
  CHECK(test::text_of(table, 10923) == "c a");
  CHECK(test::text_of(table, 16383) == "c a");
  REQUIRE(table.arcs().size() == 3);
  CHECK(table.arcs()[0].size == quoit::share::ratio(5461, 16384));

  // Other types of ranges.
  CHECK(redis::adopt(three, std::span(ranges), {.replicas = 2}) == table);
  CHECK(redis::adopt(three, {{0, 5460, {"a", "b"}}, {5461, 10922, {"b", "c"}}, {10923, 16383, {"c", "a"}}},
                     {.replicas = 2}) == table);
  const std::vector<quoit::slot_range<std::string_view>> views{
      {0, 5460, {"a", "b"}}, {5461, 10922, {"b", "c"}}, {10923, 16383, {"c", "a"}}};
  CHECK(redis::adopt(three, views, {.replicas = 2}) == table);
}

TEST_CASE("P7 slot_table: refuses ranges that overlap, and names the slot and both ranges", "[slot_table]") {
  using ranges_type = std::vector<quoit::slot_range<std::string>>;
  const auto refused = [](const ranges_type& ranges, const specs& nodes = three) {
    return test::message_of([&] { (void)table_type::adopt(nodes, ranges, {.slots = 10, .replicas = 2}); });
  };
  CHECK(refused({{0, 9, {"a"}}}) == "nothing was thrown");
  CHECK(
      refused({{0, 4, {"a"}}, {4, 9, {"b"}}}) ==
      "quoit: slot_table: slot 4 is in two ranges, 0 to 4 and 4 to 9; a slot may be in one range only, so shorten one "
      "of them");
  CHECK(
      refused({{7, 9, {"a"}}, {0, 2, {"a"}}, {1, 4, {}}}) ==
      "quoit: slot_table: slot 1 is in two ranges, 0 to 2 and 1 to 4; a slot may be in one range only, so shorten one "
      "of them");
  CHECK(
      refused({{0, 9, {"a"}}, {3, 3, {"a"}}}) ==
      "quoit: slot_table: slot 3 is in two ranges, 0 to 9 and 3 to 3; a slot may be in one range only, so shorten one "
      "of them");
  CHECK(refused({{0, 10, {"a"}}}) ==
        "quoit: slot_table: slot 10 does not exist: there are 10 slots; change .slots or the range");
  CHECK(refused({{0, ~std::uint64_t{0}, {"a"}}}) ==
        "quoit: slot_table: slot 18446744073709551615 does not exist: there are 10 slots; change .slots or the range");
  CHECK(refused({{5, 4, {"a"}}}) ==
        "quoit: slot_table: the range of slots 5 to 4 is empty, because the first is above the last; exchange them, or "
        "leave the range out");
  CHECK(refused({{0, 4, {"a"}}, {5, 9, {"d"}}}) ==
        "quoit: slot_table: slot 5 names node 'd', which is unknown; add it to the nodes");
  CHECK(refused({}, {}) == "nothing was thrown");
}

TEMPLATE_LIST_TEST_CASE("slot_table: freezes a ring with the same slots", "[slot_table]", test::rings) {
  using slots = typename TestType::slots_type;
  if constexpr (!quoit::detail::is_whole_circle<slots>) {
    using frozen_type = quoit::slot_table<typename TestType::node_type, typename TestType::hash_type, slots>;
    const TestType ring = test::make_ring_of<TestType>(9);
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      for (const std::size_t replicas : {std::size_t{1}, std::size_t{3}, std::size_t{12}}) {
        const frozen_type table = frozen_type::adopt(
            ring, {.slots = ring.slots().count(), .replicas = replicas, .seed = 3}, apart, {}, ring.slots());
        const std::size_t k = replicas;
        for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
          REQUIRE(test::preferred_text(table, slot, k) == test::preferred_text(ring, slot, k, apart));
        }
        CHECK(std::ranges::equal(table.nodes(), ring.nodes(),
                                 quoit::detail::same_description<typename TestType::node_type>));
        test::for_each_key<TestType>(
            20, [&](const auto& key) { REQUIRE(quoit::id_text(table.owner(key)) == quoit::id_text(ring.owner(key))); });
      }
    }
  }
}

TEST_CASE("slot_table: freezes a ring over the whole circle by the last hash of each slot", "[slot_table]") {
  quoit::ring<> ring({.vnodes = 16, .seed = 8});
  for (int i = 0; i < 7; ++i)
    ring.add("node-" + std::to_string(i), {.weight = 1 + i % 2, .domain = "d" + std::to_string(i % 3)});
  for (const std::uint64_t slots : {1U, 2U, 3U, 64U, 1000U}) {
    const table_type table = table_type::adopt(ring, {.slots = slots, .seed = 8}, quoit::spread::domains);
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      // The slot ends below the fraction (slot + 1) / slots of the circle, which may lie between two hashes.
      const quoit::share end = quoit::share::ratio(slot + 1, slots);
      const std::uint64_t last =
          end != quoit::share::whole() && table.slots().slot(end.low()) == slot ? end.low() : end.low() - 1;
      REQUIRE(table.slots().slot(last) == slot);
      REQUIRE((last == ~std::uint64_t{0} || table.slots().slot(last + 1) == slot + 1));
      REQUIRE(test::preferred_text(table, slot, 3) == test::preferred_text(ring, last, 3, quoit::spread::domains));
    }
  }
  // Slots of unequal width.
  using uneven = quoit::slot_table<std::string, quoit::xxh3, test::uneven>;
  const uneven four = uneven::adopt(ring, {.replicas = 2, .seed = 8});
  CHECK(test::preferred_text(four, 0, 2) == test::preferred_text(ring, (std::uint64_t{1} << 63) - 1, 2));
  CHECK(test::preferred_text(four, 3, 2) == test::preferred_text(ring, ~std::uint64_t{0}, 2));
}

TEST_CASE("slot_table: freezes another table, with more copies or fewer", "[slot_table]") {
  const table_type table =
      table_type::adopt(three, std::vector<std::vector<std::string>>{{"b", "c", "a"}, {"c", "a"}}, {.slots = 2});
  CHECK(table_type::adopt(table, {.slots = 2}) == table);
  CHECK(test::lists_of(table_type::adopt(table, {.slots = 2, .replicas = 1})) == std::vector<std::string>{"b", "c"});
  CHECK(test::lists_of(table_type::adopt(table, {.slots = 2, .replicas = 4}, quoit::spread::domains)) ==
        std::vector<std::string>{"b a c -", "c a - -"});
  CHECK(table_type::adopt(table_type(), {}) == table_type());
}

TEST_CASE("P7 slot_table: refuses placements with other positions", "[slot_table]") {
  quoit::ring<> ring({.vnodes = 4});
  ring.add("a");
  const auto refused = [](const auto& action) { return test::message_of(action); };
  CHECK_THAT(refused([&] { (void)table_type::adopt(ring, {.seed = 1}); }),
             ContainsSubstring(
                 "different positions (xxh3;slots=whole_circle;seed=0, the table xxh3;slots=slots/16384;seed=1)"));
  using murmur = quoit::slot_table<std::string, quoit::murmur3>;
  CHECK_THAT(refused([&] { (void)murmur::adopt(ring); }), ContainsSubstring("different positions"));
  // CRC16 decides the slot of a key, so no piece of the circle corresponds to a slot.
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  CHECK_THAT(refused([&] { (void)redis::adopt(ring); }), ContainsSubstring("different positions"));
  // The slots of a modulo circle are not contiguous pieces of the circle of hashes.
  using modulo = quoit::slot_table<std::string, quoit::xxh3, quoit::modulo_circle<97>>;
  CHECK_THAT(refused([&] { (void)modulo::adopt(ring); }),
             ContainsSubstring("not pieces of the circle in ascending order"));
  const table_type ten = table_type::adopt(ring, {.slots = 10});
  CHECK_THAT(refused([&] { (void)table_type::adopt(ten, {.slots = 20}); }), ContainsSubstring("different positions"));
  ring.remove("a");
  CHECK(table_type::adopt(ring) == table_type());
}
