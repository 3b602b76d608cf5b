// SPDX-License-Identifier: MIT
// slot_table: its answers for given lists, its errors, and its value semantics.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/message_of.hpp"
#include "support/policies.hpp"
#include "support/slot_tables.hpp"

namespace {

using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
constexpr std::uint32_t none = table_type::no_node;
using Catch::Matchers::ContainsSubstring;

static_assert(quoit::placement<quoit::slot_table<>>);
static_assert(std::is_same_v<quoit::slot_table<>,
                             quoit::slot_table<std::string, quoit::xxh3, quoit::slots<quoit::dynamic_slots>>>);

// Copies share their content, so neither copying nor moving can fail.
static_assert(std::is_nothrow_copy_constructible_v<table_type> && std::is_nothrow_copy_assignable_v<table_type>);
static_assert(std::is_nothrow_move_constructible_v<table_type> && std::is_nothrow_move_assignable_v<table_type>);
// Const members. conformance/lookup_test.cpp tests the members of all placements.
static_assert(noexcept(std::declval<const table_type&>().position("")) &&
              noexcept(std::declval<const table_type&>().find_at(0)));
static_assert(noexcept(std::declval<const table_type&>().replicas_of(0)) &&
              noexcept(std::declval<const table_type&>().at(0, 0)));
static_assert(noexcept(std::declval<const table_type&>().ranks(0)) &&
              noexcept(std::declval<const table_type&>().ranks()));
static_assert(noexcept(std::declval<const table_type&>().size_of({})) &&
              noexcept(std::declval<const table_type&>().find_node("")));
static_assert(noexcept(std::declval<const table_type&>().contains_node("")) &&
              noexcept(std::declval<const table_type&>().memory()));
static_assert(noexcept(*quoit::slot_replicas<std::string>().begin()) &&
              noexcept(quoit::slot_replicas<std::string>()[0]));
static_assert(std::random_access_iterator<quoit::slot_replicas<std::string>::iterator>);
static_assert(std::ranges::random_access_range<quoit::slot_replicas<std::string>>);
// Members that allocate are not noexcept.
static_assert(!noexcept(table_type()) && !noexcept(std::declval<const table_type&>().save()) &&
              !noexcept(std::declval<const table_type&>().doubled()));
// A policy without a default constructor must be passed.
static_assert(!std::is_default_constructible_v<quoit::slot_table<std::string, quoit::xxh3, quoit::modulo_circle<>>>);
static_assert(std::is_default_constructible_v<quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>>);

// Four slots. The nodes are not in id order.
table_type small(std::uint64_t version = 1) {
  return table_type(specs{{"b", 1, "x"}, {"a", 2, "y"}, {"c", 0, "x"}}, {0, 1, 2, 1, 2, none, none, 0, 2, 2, none, 1},
                    {.slots = 4}, version);
}

// A hash with a state that is not part of its name.
struct keyed_hash {
  static constexpr std::string_view stable_name = "test-keyed";
  std::uint64_t key = 0;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return quoit::xxh3{}(bytes, seed ^ key);
  }
};

}  // namespace

TEST_CASE("slot_table: answers with the given lists", "[slot_table]") {
  const table_type table = small();
  CHECK(test::lists_of(table) == std::vector<std::string>{"b a c", "a c -", "- b c", "c - a"});
  CHECK(table.slot_count() == 4);
  CHECK(table.replica_count() == 3);
  CHECK(table.size() == 3);
  CHECK(!table.empty());
  CHECK(table.active() == 2);
  CHECK(table.version() == 1);
  CHECK(small(7).version() == 7);
  CHECK(table.memory() == 4 * 3 * 4);
  CHECK(table.spec() == "slot_table/1;xxh3;slots=slots/4;replicas=3;seed=0");
  CHECK(table.key_spec() == "xxh3;slots=slots/4;seed=0");

  // The nodes are in id order, whatever the given order.
  REQUIRE(table.nodes().size() == 3);
  CHECK(table.nodes()[0].node == "a");
  CHECK(table.nodes()[0].weight == 2);
  CHECK(table.nodes()[0].domain == "y");
  CHECK(table.nodes()[2].node == "c");
  CHECK(table.find_node("b") == &table.nodes()[1]);
  CHECK(table.find_node("d") == nullptr);
  CHECK(table.contains_node("c"));
  CHECK(!table.contains_node(""));
  CHECK(std::vector(table.ranks().begin(), table.ranks().end()) ==
        std::vector<std::uint32_t>{1, 0, 2, 0, 2, none, none, 1, 2, 2, none, 0});
  CHECK(table.ranks(1).data() == table.ranks().data() + 3);
  CHECK(table.ranks(1).size() == 3);

  // The primary is the first copy that is not missing.
  CHECK(*table.find_at(0) == "b");
  CHECK(*table.find_at(2) == "b");
  CHECK(table.at(2, 0) == nullptr);
  CHECK(table.at(2, 1) == table.find_at(2));
  CHECK(table.at(2, 3) == nullptr);
  CHECK(table.at(2, ~std::size_t{0}) == nullptr);
  const auto replicas = table.replicas_of(3);
  REQUIRE(replicas.size() == 2);
  CHECK(replicas.front() == "c");
  CHECK(replicas.back() == "a");
  CHECK(replicas[1] == "a");
  CHECK(*(replicas.begin() + 1) == "a");
  CHECK(replicas.end() - replicas.begin() == 2);
  CHECK(table.replicas_of(1).size() == 2);
  CHECK(&table.replicas_of(2)[1] == &table.nodes()[2].node);
}

TEST_CASE("P7 slot_table: a slot that does not exist has no nodes", "[slot_table]") {
  const table_type table = small();
  for (const std::uint64_t slot :
       {std::uint64_t{4}, std::uint64_t{5}, std::uint64_t{1} << 32, std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
    CHECK(table.find_at(slot) == nullptr);
    CHECK(table.replicas_of(slot).empty());
    CHECK(table.at(slot, 0) == nullptr);
    CHECK(std::ranges::count(table.ranks(slot), none) == 3);
    CHECK(test::preferred_text(table, slot, 3, quoit::spread::domains) == "");
  }
  // Not even if the policy returns it.
  const quoit::slot_table<std::string, quoit::xxh3, test::overflowing> wrong({{"a"}}, std::vector<std::uint32_t>(8),
                                                                             {.replicas = 1});
  CHECK(wrong.position("key") == 8);
  CHECK(wrong.find("key") == nullptr);
  CHECK(wrong.replicas("key", 3).empty());
  CHECK(wrong.owners(std::vector<std::string>{"key"}) == std::vector<const std::string*>{nullptr});
}

TEST_CASE("P7 slot_table: a table without nodes answers null and empty", "[slot_table]") {
  const auto check = [](const table_type& table, std::uint64_t slots, std::size_t replicas) {
    CHECK(table.empty());
    CHECK(table.size() == 0);
    CHECK(table.active() == 0);
    CHECK(table.slot_count() == slots);
    CHECK(table.replica_count() == replicas);
    CHECK(table.find("key") == nullptr);
    CHECK(table.find_at(0) == nullptr);
    CHECK(table.replicas("key", 9).empty());
    CHECK(table.replicas_of(0).empty());
    CHECK(table.at(0, 0) == nullptr);
    CHECK(table.ranks(0).size() == replicas);
    CHECK(static_cast<std::size_t>(std::ranges::count(table.ranks(0), none)) == replicas);
    CHECK(table.ranks().empty());
    CHECK(table.memory() == 0);
    CHECK(table.nodes().empty());
    CHECK(table.arcs().empty());
    CHECK(table.find_node("a") == nullptr);
    CHECK(table.partition_by_owner(std::vector<std::string>{"a", "b"}).empty());
    CHECK(table.owners(std::vector<std::string>{"a", "b"}) == std::vector<const std::string*>{nullptr, nullptr});
    CHECK(test::preferred_text(table, 0, 3, quoit::spread::domains_only) == "");
  };
  check(table_type(), 16384, 3);
  check(table_type({}, {}, {.slots = 10, .replicas = 255}), 10, 255);
  check(table_type({}, std::vector<std::uint32_t>(4, none), {.slots = 2, .replicas = 2}), 2, 2);
  CHECK(table_type() == table_type({}, std::vector<std::uint32_t>(16384 * 3, none)));
  CHECK(table_type().fingerprint() == table_type({}, std::vector<std::uint32_t>(16384 * 3, none)).fingerprint());

  table_type table = small();
  const table_type moved = std::move(table);
  check(table, 4, 3);
  CHECK(moved == small());
  table = moved;
  CHECK(table == small());
  table_type& same = table;
  table = std::move(same);
  CHECK(table == small());
  table_type target;
  target = std::move(table);
  check(table, 4, 3);
  CHECK(target == small());
  CHECK(target.find_at(3) == &target.nodes()[2].node);
}

TEST_CASE("slot_table: copies share their content and outlive each other", "[slot_table]") {
  auto first = std::make_unique<table_type>(small());
  const std::size_t before = test::allocations();
  const table_type copy = *first;
  const std::size_t allocated = test::allocations() - before;
  CHECK(allocated == 0);
  const std::string* const node = first->find_at(1);
  CHECK(copy.find_at(1) == node);
  first.reset();
  CHECK(copy.find_at(1) == node);
  CHECK(*node == "a");
  CHECK(copy == small());
}

TEST_CASE("P1 slot_table: the order of the nodes does not matter", "[slot_table]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 60; ++round) {
    const auto parts = test::random_parts_up_to<std::int64_t>(random, 8, 40, 6);
    using integers = quoit::slot_table<std::int64_t>;
    const integers table(parts.nodes, parts.replicas, parts.options);
    std::vector<std::uint32_t> order(parts.nodes.size()), new_index(parts.nodes.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    random.shuffle(order);
    auto nodes = parts.nodes;
    for (std::size_t i = 0; i < order.size(); ++i) {
      nodes[i] = parts.nodes[order[i]];
      new_index[order[i]] = static_cast<std::uint32_t>(i);
    }
    auto replicas = parts.replicas;
    for (auto& index : replicas) index = index == none ? none : new_index[index];
    const integers other(nodes, replicas, parts.options);
    REQUIRE(other == table);
    REQUIRE(other.fingerprint() == table.fingerprint());
    REQUIRE(test::lists_of(other) == test::lists_of(table));
    REQUIRE(other.save() == table.save());
  }
}

TEST_CASE("slot_table: lookups agree with the lists, for any lists", "[slot_table]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 60; ++round) {
    const auto parts = test::random_parts_up_to<std::string>(random, 12, 30, 12);
    const table_type table(parts.nodes, parts.replicas, parts.options);
    const std::size_t width = table.replica_count();
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
      // The expected lists, computed in the simplest way.
      std::vector<std::string> list, firsts, others;
      std::set<std::string> domains;
      for (std::size_t i = 0; i < width; ++i) {
        const std::uint32_t index = parts.replicas[static_cast<std::size_t>(slot) * width + i];
        REQUIRE((table.at(slot, i) == nullptr) == (index == none));
        if (index == none) continue;
        const auto& spec = parts.nodes[index];
        REQUIRE(*table.at(slot, i) == spec.node);
        list.push_back(spec.node);
        if (spec.domain.empty() || domains.insert(spec.domain).second) firsts.push_back(spec.node);
        else others.push_back(spec.node);
      }
      std::vector<std::string> apart = firsts;
      apart.insert(apart.end(), others.begin(), others.end());
      const auto text = [](const std::vector<std::string>& names, std::size_t k) {
        std::string joined;
        for (std::size_t i = 0; i < std::min(k, names.size()); ++i) joined += (i == 0 ? "" : " ") + names[i];
        return joined;
      };
      REQUIRE(std::ranges::equal(table.replicas_of(slot), list));
      REQUIRE((table.find_at(slot) == nullptr) == list.empty());
      if (!list.empty()) REQUIRE(*table.find_at(slot) == list.front());
      for (std::size_t k = 0; k <= width + 1; ++k) {
        REQUIRE(test::preferred_text(table, slot, k) == text(list, k));
        REQUIRE(test::preferred_text(table, slot, k, quoit::spread::domains) == text(apart, k));
        REQUIRE(test::preferred_text(table, slot, k, quoit::spread::domains_only) == text(firsts, k));
      }
    }
  }
}

TEST_CASE("slot_table: an arc is a run of slots with equal lists", "[slot_table]") {
  const table_type table({{"a"}, {"b"}}, {0, 1, 0, 1, 0, none, 1, 0, 0, 1}, {.slots = 5, .replicas = 2});
  const auto arcs = table.arcs();
  REQUIRE(arcs.size() == 4);
  CHECK(arcs[0].range == quoit::position_range{4, 1});
  CHECK(arcs[1].range == quoit::position_range{1, 2});
  CHECK(arcs[2].range == quoit::position_range{2, 3});
  CHECK(arcs[3].range == quoit::position_range{3, 4});
  CHECK(*arcs[2].owner == "b");
  CHECK(arcs[0].size == table.size_of({4, 1}));
  quoit::share sum;
  for (const auto& arc : arcs) sum += arc.size;
  CHECK(sum == quoit::share::whole());

  const table_type one({{"a"}}, std::vector<std::uint32_t>(100), {.slots = 100, .replicas = 1});
  REQUIRE(one.arcs().size() == 1);
  CHECK(one.arcs()[0].range == quoit::position_range{99, 99});
  CHECK(one.arcs()[0].size == quoit::share::whole());
}

TEST_CASE("slot_table: R = 255, and more nodes than one or two bytes can number", "[slot_table]") {
  for (const int count : {255, 256, 257, 65536, 65537}) {
    std::vector<quoit::node_spec<std::int64_t>> nodes;
    for (int i = 0; i < count; ++i) nodes.push_back({i});
    std::vector<std::uint32_t> replicas;
    for (int i = 0; i < 255; ++i) replicas.push_back(static_cast<std::uint32_t>(count - 1 - i));
    const quoit::slot_table<std::int64_t> table(nodes, replicas, {.slots = 1, .replicas = 255});
    CHECK(table.owner("key") == count - 1);
    CHECK(table.replicas("key", 1000).size() == 255);
    CHECK(*table.at(0, 254) == count - 255);
    CHECK(quoit::slot_table<std::int64_t>::restore(table.save()) == table);
  }
}

TEST_CASE("P7 slot_table: refuses invalid arguments and says why", "[slot_table]") {
  const auto refused = [](specs nodes, std::vector<std::uint32_t> replicas, quoit::slot_table_options options) {
    return test::message_of([&] { table_type(std::move(nodes), replicas, options); });
  };
  CHECK(refused({{"x"}, {"y"}}, {0, 1, 1, 1}, {.slots = 2, .replicas = 2}) ==
        "quoit: slot_table: slot 1 names node 'y' twice; a slot names each node at most once");
  CHECK(refused({{"x"}}, {0, 1}, {.slots = 2, .replicas = 1}) ==
        "quoit: slot_table: slot 1 names node number 1 of 1; use indices into the nodes, or no_node");
  CHECK(refused({}, {none, 0}, {.slots = 2, .replicas = 1}) ==
        "quoit: slot_table: slot 1 names node number 0 of 0; use indices into the nodes, or no_node");
  CHECK(refused({{"x"}}, {0}, {.slots = 2, .replicas = 1}) ==
        "quoit: slot_table: 1 entries for 2 slots of 1 replicas; give as many entries as slots times replicas");
  CHECK(refused({{"x"}}, {}, {.slots = 2, .replicas = 1}) ==
        "quoit: slot_table: 0 entries for 2 slots of 1 replicas; give as many entries as slots times replicas");
  CHECK(refused({}, {none, none, none}, {.slots = 2, .replicas = 1}) ==
        "quoit: slot_table: 3 entries for 2 slots of 1 replicas; give as many entries as slots times replicas");
  CHECK(refused({{"x"}, {"y"}, {"x"}}, {0}, {.slots = 1, .replicas = 1}) ==
        "quoit: slot_table: node 'x' is given twice; give each id once");
  CHECK(refused({{"x", -1, {}}}, {0}, {.slots = 1, .replicas = 1}) ==
        "quoit: slot_table: node 'x' has weight -1; it must not be negative (0 drains the node)");
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(refused({{"x", most, {}}, {"y", 1, {}}}, {0}, {.slots = 1, .replicas = 1}) ==
        "quoit: slot_table: with the weight of node 'y' the sum of the weights is 2^63 or more; "
        "use smaller weights: divide all by the same number");
  CHECK(refused({{"x", most - 1, {}}, {"y", 1, {}}}, {0}, {.slots = 1, .replicas = 1}) == "nothing was thrown");
  for (const std::size_t replicas :
       {std::size_t{0}, std::size_t{256}, std::size_t{1} << 31, (std::numeric_limits<std::size_t>::max)()}) {
    CHECK(refused({}, {}, {.replicas = replicas}) == "quoit: slot_table: replicas = " + std::to_string(replicas) +
                                                         "; it must be 1 to 255, the number of copies of each key");
  }
  CHECK_THAT(refused({}, {}, {.slots = 0}), ContainsSubstring("Q = 0"));
  CHECK(refused({}, {}, {.slots = 0xffffffffU, .replicas = 1}) == "nothing was thrown");
  CHECK_THAT(refused({}, {}, {.slots = std::uint64_t{1} << 32, .replicas = 1}),
             ContainsSubstring("4294967296 slots of 1 replicas"));
  CHECK(refused({}, {}, {.slots = 0x55555555U, .replicas = 3}) == "nothing was thrown");
  CHECK_THAT(refused({}, {}, {.slots = 0x55555556U, .replicas = 3}),
             ContainsSubstring("1431655766 slots of 3 replicas"));
  CHECK_THAT(refused({}, {}, {.slots = ~std::uint64_t{0}, .replicas = 255}), ContainsSubstring("2^32 - 1 entries"));
  CHECK(test::message_of([] { quoit::slot_table<std::string, quoit::xxh3, test::no_slots>(); }) ==
        "quoit: slot_table: slot policy 'test-no-slots' has no slots; count() must be at least 1");
}

TEST_CASE("slot_table: the policy decides the number of slots", "[slot_table]") {
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  const redis table({{"a"}}, std::vector<std::uint32_t>(16384), {.slots = 5, .replicas = 1});
  CHECK(table.slot_count() == 16384);
  CHECK(table.options().slots == 16384);
  CHECK(table.position("{user1000}.following") == table.position("{user1000}.followers"));
  CHECK(table.position("123456789") == 12739);
  // A policy that is passed has priority over options.slots, even slots<>.
  const table_type given({{"a"}}, {0, 0}, {.slots = 5, .replicas = 1}, 1, {}, quoit::slots<>(2));
  CHECK(given.slot_count() == 2);
  CHECK(given.options().slots == 2);
  CHECK(given.slots().count() == 2);
  const quoit::slot_table<std::string, quoit::xxh3, quoit::modulo_circle<>> modulo({{"a"}}, {0, 0, 0}, {.replicas = 1},
                                                                                   1, {}, quoit::modulo_circle<>(9, 3));
  CHECK(modulo.spec() == "slot_table/1;xxh3;slots=modulo_circle/9/3;replicas=1;seed=0");
}

TEST_CASE("slot_table: tables that place alike are equal and have equal fingerprints", "[slot_table]") {
  const std::vector<std::uint32_t> lists{0, 1, 1, 0};
  const quoit::slot_table_options options{.slots = 2, .replicas = 2, .seed = 5};
  const table_type table(specs{{"a", 1, "x"}, {"b"}}, lists, options);
  const table_type same(specs{{"b"}, {"a", 1, "x"}}, {1, 0, 0, 1}, options, 99);
  CHECK(table == same);
  CHECK(table.fingerprint() == same.fingerprint());
  const std::vector<table_type> others{
      table_type(specs{{"a", 1, "x"}, {"b"}}, {0, 1, 0, 1}, options),                          // a list
      table_type(specs{{"a", 1, "x"}, {"b"}}, {0, none, 1, 0}, options),                       // one copy less
      table_type(specs{{"a", 1, "x"}, {"b"}}, {none, 0, 1, 0}, options),                       // and in another slot
      table_type(specs{{"a", 2, "x"}, {"b"}}, lists, options),                                 // a weight
      table_type(specs{{"a", 1, "y"}, {"b"}}, lists, options),                                 // a domain
      table_type(specs{{"a", 1, "x"}, {"c"}}, lists, options),                                 // an id
      table_type(specs{{"a", 1, "x"}, {"b"}, {"c"}}, lists, options),                          // a node without slots
      table_type(specs{{"a", 1, "x"}, {"b"}}, lists, {.slots = 2, .replicas = 2, .seed = 6}),  // the seed
      table_type(specs{{"a", 1, "x"}, {"b"}}, lists, {.slots = 4, .replicas = 1, .seed = 5}),  // the shape
      table_type({}, {}, options),
  };
  std::set<std::string> fingerprints{to_string(table.fingerprint())};
  for (const table_type& other : others) {
    CHECK(!(other == table));
    CHECK(fingerprints.insert(to_string(other.fingerprint())).second);
  }
  // Payloads do not matter.
  using servers = quoit::slot_table<test::server>;
  CHECK(servers({{{"a", "10.0.0.1"}}}, {0}, {.slots = 1, .replicas = 1}) ==
        servers({{{"a", "10.0.0.2"}}}, {0}, {.slots = 1, .replicas = 1}));
  // Hashes with the same name and another state are different.
  using keyed = quoit::slot_table<std::string, keyed_hash>;
  const keyed one({{"a"}}, {0}, {.slots = 1, .replicas = 1}, 1, keyed_hash{1}),
      two({{"a"}}, {0}, {.slots = 1, .replicas = 1}, 1, keyed_hash{2});
  CHECK(one.spec() == two.spec());
  CHECK(one.key_spec() != two.key_spec());
  CHECK(!(one == two));
  CHECK(one.fingerprint() != two.fingerprint());
  CHECK(one.hash().key == 1);
}

TEST_CASE("slot_table: doubling moves no key", "[slot_table]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto parts = test::random_parts<std::string>(random, 7, 33, 4);
  const table_type table(parts.nodes, parts.replicas, parts.options, 41);
  const table_type twice = table.doubled();
  CHECK(twice.slot_count() == 66);
  CHECK(twice.version() == 42);
  CHECK(twice.seed() == table.seed());
  for (std::uint64_t slot = 0; slot < 66; ++slot) REQUIRE(test::text_of(twice, slot) == test::text_of(table, slot / 2));
  for (int i = 0; i < 2000; ++i) {
    const std::string key = "key-" + std::to_string(i);
    REQUIRE(twice.position(key) / 2 == table.position(key));
  }
  CHECK(table.slot_count() == 33);

  CHECK(table_type().doubled().slot_count() == 32768);
  CHECK(table_type().doubled().version() == 2);
  const table_type most({}, {}, {.slots = 0x80000000U, .replicas = 1});
  CHECK_THAT(test::message_of([&] { (void)most.doubled(); }), ContainsSubstring("4294967296 slots of 1 replicas"));
}
