// SPDX-License-Identifier: MIT
// Holes: slots of a slot_table without any copy, in every query, comparison, plan, migration and map.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/diff.hpp>
#include <quoit/plan.hpp>
#include <quoit/print.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>
#include <quoit/walk.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/slot_tables.hpp"

namespace {

using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using lists_type = std::vector<std::vector<std::string>>;
using ranges_type = std::vector<quoit::slot_range<std::string>>;
using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
using quoit::share;
constexpr auto none = table_type::no_node;

// Slots 1 and 2 are holes.
table_type with_holes() {
  return table_type({"a", "b", "c"}, {0, 1, none, none, none, none, none, 2}, {.slots = 4, .replicas = 2});
}
table_type all_holes() { return table_type::adopt({"a", "b"}, lists_type(3), {.slots = 3, .replicas = 2}); }

// A key of a slot: its hash.
quoit::key_hash key_in(const table_type& table, std::uint64_t slot) {
  return {share::ratio(2 * slot + 1, 2 * table.slot_count()).low()};
}

// A placement over the whole circle, as a table of 2^63 wide positions would be: half of it is owned by nobody.
struct half_owned {
  using node_type = std::string;
  std::vector<quoit::node_spec<std::string>> specs{{"a"}};
  bool inverted = false;

  [[nodiscard]] bool owned(std::uint64_t position) const { return (position >> 63 == 0) != inverted; }
  [[nodiscard]] std::uint64_t position(const auto& key) const noexcept {
    return quoit::detail::position_of_key(quoit::xxh3(), quoit::whole_circle(), key, 0);
  }
  [[nodiscard]] const std::string* find(const auto& key) const noexcept {
    return owned(position(key)) ? &specs[0].node : nullptr;
  }
  [[nodiscard]] std::size_t preferred(std::uint64_t at, std::span<const std::string*> out,
                                      quoit::spread) const noexcept {
    if (!owned(at) || out.empty()) return 0;
    out[0] = &specs[0].node;
    return 1;
  }
  [[nodiscard]] const auto& nodes() const noexcept { return specs; }
  [[nodiscard]] std::string key_spec() const {
    return quoit::detail::key_spec_of(quoit::xxh3(), quoit::whole_circle(), 0);
  }
  [[nodiscard]] std::string spec() const { return "half_owned"; }
  [[nodiscard]] quoit::fingerprint fingerprint() const { return {}; }
  [[nodiscard]] std::vector<quoit::arc<std::string>> arcs() const {
    constexpr std::uint64_t middle = (std::uint64_t{1} << 63) - 1, last = ~std::uint64_t{0};
    const std::string *const low = inverted ? nullptr : &specs[0].node, *const high =
                                                                            inverted ? &specs[0].node : nullptr;
    return {{{last, middle}, low, share::ratio(1, 2)}, {{middle, last}, high, share::ratio(1, 2)}};
  }
  [[nodiscard]] share size_of(const quoit::position_range& range) const noexcept {
    return quoit::detail::size_of_range(quoit::whole_circle(), range);
  }
};

}  // namespace

TEST_CASE("holes: missing_slots() counts the slots without a copy", "[slot_table][holes]") {
  CHECK(with_holes().missing_slots() == 2);
  CHECK(all_holes().missing_slots() == 3);
  CHECK(table_type({"a"}, {0, 0}, {.slots = 2, .replicas = 1}).missing_slots() == 0);
  // A copy that is missing in a slot with another one is no hole.
  CHECK(table_type({"a"}, {none, 0}, {.slots = 1, .replicas = 2}).missing_slots() == 0);
  // Without nodes no slot has a copy.
  CHECK(table_type().missing_slots() == 16384);
  CHECK(table_type({}, {none, none}, {.slots = 2, .replicas = 1}).missing_slots() == 2);
  table_type from = with_holes();
  const table_type copy = from, moved = std::move(from);
  CHECK((copy.missing_slots() == 2 && moved.missing_slots() == 2));
  CHECK(from.missing_slots() == 4);  // NOLINT(bugprone-use-after-move): it has no nodes
  CHECK(with_holes().doubled().missing_slots() == 4);
  CHECK(test::lists_of(with_holes().doubled()) ==
        std::vector<std::string>{"a b", "a b", "- -", "- -", "- -", "- -", "- c", "- c"});
}

TEST_CASE("holes: every query of a slot without a copy is empty", "[slot_table][holes]") {
  const table_type table = with_holes();
  const auto any = [](const std::string&) { return true; };
  for (std::uint64_t slot = 0; slot < 4; ++slot) {
    const bool hole = slot == 1 || slot == 2;
    const quoit::key_hash key = key_in(table, slot);
    REQUIRE(table.position(key) == slot);
    CHECK((table.find(key) == nullptr) == hole);
    CHECK((table.find_at(slot) == nullptr) == hole);
    CHECK((table.find_if(key, any) == nullptr) == hole);
    CHECK((table.find_if_at(slot, any) == nullptr) == hole);
    CHECK((quoit::find_if(table, key, any) == nullptr) == hole);
    CHECK(table.walk(key).empty() == hole);
    CHECK(table.walk_at(slot).empty() == hole);
    CHECK((quoit::walk(table, key).begin() == quoit::walk(table, key).end()) == hole);
    CHECK(table.replicas_of(slot).empty() == hole);
    CHECK(table.replicas(key, 2).empty() == hole);
    std::array<const std::string*, 2> room{};
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      CHECK((table.preferred(slot, room, apart) == 0) == hole);
      CHECK((table.replicas(key, room, apart) == 0) == hole);
    }
    CHECK(std::ranges::all_of(table.ranks(slot), [](auto rank) { return rank == none; }) == hole);
  }
  CHECK((table.at(1, 0) == nullptr && table.at(2, 1) == nullptr && table.at(3, 0) == nullptr));
  CHECK(*table.at(3, 1) == "c");
  // A table with nodes, of which no slot has a copy.
  const table_type bare = all_holes();
  CHECK((bare.size() == 2 && bare.active() == 2 && bare.contains_node("b") && !bare.empty()));
  for (std::uint64_t slot = 0; slot < 3; ++slot) CHECK((bare.find_at(slot) == nullptr && bare.walk_at(slot).empty()));
}

TEST_CASE("holes: lookups of many keys give null, and groups keep the keys without an owner", "[slot_table][holes]") {
  const table_type table = with_holes();
  std::vector<quoit::key_hash> keys;
  for (const std::uint64_t slot : {2U, 0U, 3U, 1U, 0U, 2U}) keys.push_back(key_in(table, slot));
  const auto owners = table.owners(keys);
  std::string text;
  for (const auto* const owner : owners) text += owner == nullptr ? "-" : *owner;
  CHECK(text == "-ac-a-");
  std::array<const std::string*, 4> some{};
  CHECK(table.owners(keys, some) == 4);
  CHECK((some[0] == nullptr && some[3] == nullptr && *some[1] == "a"));

  auto groups = table.partition_by_owner(keys);
  REQUIRE(groups.size() == 2);
  CHECK((*groups[0].node == "a" && std::ranges::equal(groups[0].keys, std::vector<std::size_t>{1, 4})));
  CHECK((*groups[1].node == "c" && std::ranges::equal(groups[1].keys, std::vector<std::size_t>{2})));
  CHECK(std::ranges::equal(groups.without_owner(), std::vector<std::size_t>{0, 3, 5}));
  CHECK(to_string(groups) == "[a  2 keys, c  1 key], and 3 keys without an owner");
  const auto rest = groups.without_owner();
  auto moved = std::move(groups);
  CHECK((rest.data() == moved.without_owner().data() && rest.size() == moved.without_owner().size()));
  CHECK(groups.without_owner().empty());  // NOLINT(bugprone-use-after-move)
  quoit::key_groups<std::string> other;
  other = std::move(moved);
  CHECK(rest.data() == other.without_owner().data());

  // Nobody owns anything: all holes, no nodes, no node with a weight.
  const auto all = [](const auto& groups_of_nobody) {
    return groups_of_nobody.empty() && groups_of_nobody.without_owner().size() == 3 &&
           groups_of_nobody.without_owner()[2] == 2;
  };
  const std::vector<std::string> three{"x", "y", "z"};
  const table_type bare = all_holes(), empty;
  CHECK(all(bare.partition_by_owner(three)));
  CHECK(all(empty.partition_by_owner(three)));
  quoit::ring<> ring;
  CHECK(all(ring.partition_by_owner(three)));
  ring.add("a");
  CHECK(ring.partition_by_owner(three).size() == 1);
  const auto owned = ring.partition_by_owner(three);
  CHECK(owned.without_owner().empty());
  ring.set_weight("a", 0);
  CHECK(all(ring.partition_by_owner(three)));
}

TEST_CASE("holes: a run of them is an arc without an owner, and the arcs cover everything", "[slot_table][holes]") {
  const table_type table = with_holes();
  const auto arcs = table.arcs();
  REQUIRE(arcs.size() == 3);
  CHECK((arcs[0].range == quoit::position_range{3, 0} && *arcs[0].owner == "a"));
  CHECK((arcs[1].range == quoit::position_range{0, 2} && arcs[1].owner == nullptr));
  CHECK((arcs[2].range == quoit::position_range{2, 3} && *arcs[2].owner == "c"));
  share sum;
  for (const auto& arc : arcs) sum += arc.size;
  CHECK(sum == share::whole());
  CHECK(to_string(arcs[1]) == "(0x0000000000000000, 0x0000000000000002]  nobody  50.0000%");
  const table_type bare = all_holes();
  CHECK(bare.arcs().empty());
  static_assert(quoit::ranged_placement<table_type>);
}

TEST_CASE("holes: balance_of() counts what nobody owns", "[slot_table][stats][holes]") {
  const table_type table = with_holes();
  const auto exact = quoit::balance_of(table);
  REQUIRE(exact.size() == 3);
  CHECK(exact.loads()[0].load == share::ratio(1, 4));
  CHECK(exact.loads()[1].load == share());
  CHECK(exact.unowned() == share::ratio(1, 2));
  CHECK(exact.unowned_keys() == 0);
  // The mean is that of the nodes: 1/6 of all hashes.
  CHECK(exact.max_over_mean() == 1.5);
  CHECK(to_string(exact) == "3 nodes, fullest 1.5000 of the mean, emptiest 0.0000, 50.0000% owned by nobody");

  std::vector<quoit::key_hash> keys;
  for (const std::uint64_t slot : {2U, 0U, 3U, 1U, 0U, 2U, 1U, 1U}) keys.push_back(key_in(table, slot));
  const auto counted = quoit::balance_of(table, keys);
  CHECK((counted.loads()[0].keys == 2 && counted.loads()[1].keys == 0 && counted.loads()[2].keys == 1));
  CHECK(counted.unowned_keys() == 5);
  CHECK(counted.unowned() == share::ratio(5, 8));
  CHECK(counted.loads()[0].load == share::ratio(2, 8));

  auto from = counted;
  const auto moved = std::move(from);
  CHECK((moved.unowned_keys() == 5 && from.unowned_keys() == 0 && from.size() == 0));  // NOLINT
  from = counted;
  CHECK((from.unowned_keys() == 5 && from.unowned() == counted.unowned()));

  // Nobody owns anything.
  CHECK(quoit::balance_of(all_holes()).unowned() == share::whole());
  CHECK(quoit::balance_of(table_type()).unowned() == share::whole());
  CHECK(quoit::balance_of(all_holes(), keys).unowned_keys() == 8);
  CHECK(quoit::balance_of(all_holes(), keys).unowned() == share::whole());
  CHECK(quoit::balance_of(all_holes(), std::vector<std::string>()).unowned() == share());
  CHECK(quoit::balance_of(quoit::ring<>({"a", "b"})).unowned() == share());
  CHECK(quoit::balance_of(quoit::ring<>({"a", "b"}), keys).unowned_keys() == 0);
}

TEST_CASE("holes: diff() moves to nobody and from nobody", "[slot_table][diff][holes]") {
  const table_type table = with_holes();
  // Slots 0 and 1 keep "nobody" or "a"; slot 2 gets an owner; slot 3 loses its own.
  const table_type later({"a", "b", "c"}, {0, none, none, none, 1, none, none, none}, {.slots = 4, .replicas = 2});
  const auto change = quoit::diff(table, later);
  REQUIRE(change.size() == 2);
  CHECK(to_string(change.moves()[0]) == "(0x0000000000000001, 0x0000000000000002]  nobody -> b  25.0000%");
  CHECK(to_string(change.moves()[1]) == "(0x0000000000000002, 0x0000000000000003]  c -> nobody  25.0000%");
  CHECK(change.moved() == share::ratio(1, 2));
  CHECK(change.minimum() == share::ratio(1, 4));
  CHECK(change.transfers().size() == 2);
  CHECK(change.find(1) == nullptr);
  CHECK(change.find(2)->from == nullptr);
  CHECK(quoit::moved_share(table, later) == share::ratio(1, 2));

  // All from nobody, all to nobody, nothing from nobody to nobody.
  const table_type full({"a", "b", "c"}, {0, 1, 0, 1, 0, 1, 0, 2}, {.slots = 4, .replicas = 2});
  const table_type bare = table_type::adopt({"a"}, lists_type(4), {.slots = 4, .replicas = 2});
  CHECK(quoit::diff(bare, full).moved() == share::whole());
  CHECK(quoit::diff(bare, full).minimum() == share::whole());
  CHECK(quoit::diff(full, bare).moved() == share::whole());
  CHECK(quoit::diff(bare, bare).empty());
  CHECK(quoit::diff(bare, table_type({}, {}, {.slots = 4, .replicas = 2})).empty());

  std::vector<quoit::key_hash> keys;
  for (const std::uint64_t slot : {0U, 1U, 2U, 3U, 2U}) keys.push_back(key_in(table, slot));
  CHECK(quoit::moved_keys(table, later, keys) == 3);
  const auto of_keys = quoit::diff(table, later, keys);
  REQUIRE(of_keys.size() == 2);
  CHECK(to_string(of_keys.moves()[0]) == "c -> nobody  1 key");
  CHECK(to_string(of_keys.moves()[1]) == "nobody -> b  2 keys");
}

TEST_CASE("holes: diff() of random tables adds up, slot by slot", "[slot_table][diff][holes][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 100; ++round) {
    auto a = test::random_parts<std::string>(random, 1 + random.index(4), 1 + random.below(12), 1 + random.index(2));
    auto b = test::random_parts<std::string>(random, 1 + random.index(4), a.options.slots, 1 + random.index(2));
    b.options.seed = a.options.seed;
    const table_type before(a.nodes, a.replicas, a.options), after(b.nodes, b.replicas, b.options);
    share moved, unowned_before;
    std::uint64_t missing = 0;
    const auto name = [](const std::string* node) { return node == nullptr ? std::string("-") : *node; };
    const auto change = quoit::diff(before, after);
    for (std::uint64_t slot = 0; slot < a.options.slots; ++slot) {
      const share size = before.size_of({slot == 0 ? a.options.slots - 1 : slot - 1, slot});
      const std::string from = name(before.find_at(slot)), to = name(after.find_at(slot));
      if (from != to) moved += size;
      if (from == "-") unowned_before += size, ++missing;
      REQUIRE((change.find(slot) != nullptr) == (from != to));
      if (from != to) REQUIRE((name(change.find(slot)->from) == from && name(change.find(slot)->to) == to));
    }
    REQUIRE(change.moved() == moved);
    REQUIRE(before.missing_slots() == missing);
    const auto loads = quoit::balance_of(before);
    REQUIRE(loads.unowned() == unowned_before);
    share sum = loads.unowned();
    for (const auto& one : loads) sum += one.load;
    REQUIRE(sum == share::whole());
    // The least share: nobody counts as a node.
    share gained;
    const auto grown = [&](share was, share is) {
      if (is > was) gained += is - was;
    };
    const auto later = quoit::balance_of(after);
    grown(loads.unowned(), later.unowned());
    for (const auto& one : later) {
      const auto same = [&](const auto& other) { return other.node == one.node; };
      const auto was = std::ranges::find_if(loads.loads(), same);
      grown(was == loads.end() ? share() : was->load, one.load);
    }
    REQUIRE(change.minimum() == gained);
    REQUIRE(table_type::restore(before.save()) == before);
    REQUIRE(before.doubled().missing_slots() == 2 * missing);
    REQUIRE(quoit::diff(before.doubled(), after.doubled()).moved() == moved);
  }
}

TEST_CASE("holes: adopt() takes empty lists, gaps between ranges and empty ranges", "[slot_table][adopt][holes]") {
  CHECK(test::lists_of(table_type::adopt({"a", "b"}, lists_type{{"a", "b"}, {}, {"b"}}, {.slots = 3, .replicas = 2})) ==
        std::vector<std::string>{"a b", "- -", "b -"});
  CHECK(test::lists_of(table_type::adopt({"a", "b"}, {{"a", "b"}, {}}, {.slots = 2, .replicas = 2})) ==
        std::vector<std::string>{"a b", "- -"});
  const auto of = [](const ranges_type& ranges) {
    return test::lists_of(table_type::adopt({"a", "b"}, ranges, {.slots = 5, .replicas = 1}));
  };
  CHECK(of({{3, 3, {"b"}}, {0, 1, {"a"}}}) == std::vector<std::string>{"a", "a", "-", "b", "-"});
  CHECK(of({{1, 4, {"a"}}}) == std::vector<std::string>{"-", "a", "a", "a", "a"});
  CHECK(of({{0, 3, {}}, {4, 4, {"a"}}}) == std::vector<std::string>{"-", "-", "-", "-", "a"});
  CHECK(of({}) == std::vector<std::string>(5, "-"));
  // A range without nodes takes its slots, too.
  CHECK(
      test::message_of([&] { (void)of({{0, 3, {}}, {3, 4, {"a"}}}); }) ==
      "quoit: slot_table: slot 3 is in two ranges, 0 to 3 and 3 to 4; a slot may be in one range only, so shorten one "
      "of them");
  CHECK(
      test::lists_of(table_type::adopt({"a", "b"}, {{0, 1, {"a"}}, {4, 4, {"b", "a"}}}, {.slots = 5, .replicas = 2})) ==
      std::vector<std::string>{"a -", "a -", "- -", "- -", "b a"});
}

TEST_CASE("holes: a placement without owners is frozen into holes", "[slot_table][adopt][holes]") {
  quoit::ring<> ring({"a", "b"});
  ring.set_weight("a", 0);
  ring.set_weight("b", 0);
  quoit::adopt_report report;
  const table_type bare = table_type::adopt(ring, report, {.slots = 4, .replicas = 2});
  CHECK((bare.size() == 2 && bare.missing_slots() == 4));
  CHECK((report.changed == share() && report.exact));
  // A table with holes keeps them, in a table of other copies.
  const table_type table = with_holes();
  const table_type frozen = table_type::adopt(table, report, {.slots = 4, .replicas = 1});
  CHECK(test::lists_of(frozen) == std::vector<std::string>{"a", "-", "-", "c"});
  CHECK(report.changed == share());
  CHECK(table_type::adopt(table, {.slots = 4, .replicas = 2}, quoit::spread::domains).missing_slots() == 2);
}

TEST_CASE("holes: the report of adopt() counts the keys that nobody owns any more, and those of nobody",
          "[slot_table][adopt][holes]") {
  static_assert(quoit::ranged_placement<half_owned>);
  for (const bool inverted : {false, true}) {
    half_owned placement;
    placement.inverted = inverted;
    CHECK(quoit::balance_of(placement).unowned() == share::ratio(1, 2));
    quoit::adopt_report report;
    const table_type two = table_type::adopt(placement, report, {.slots = 2, .replicas = 1});
    CHECK(two.missing_slots() == 1);
    CHECK(report.changed == share());
    // The last hash of a slot stands for it: of three slots the middle one is cut in half.
    const table_type three = table_type::adopt(placement, report, {.slots = 3, .replicas = 1});
    CHECK(three.missing_slots() == (inverted ? 1U : 2U));
    CHECK(report.exact);
    CHECK(report.changed == three.size_of({0, 1}) - share::ratio(1, 2) + share::ratio(1, 3));
  }
}

TEST_CASE("holes: saved and restored, in format 2 if there are nodes", "[slot_table][save][holes]") {
  for (const table_type& table : {with_holes(), all_holes()}) {
    const std::string bytes = table.save();
    const table_type again = table_type::restore(bytes);
    CHECK(again == table);
    CHECK(again.save() == bytes);
    CHECK(again.missing_slots() == table.missing_slots());
    CHECK(again.fingerprint() == table.fingerprint());
    CHECK(bytes[8] == 2);
  }
  CHECK(table_type({}, {}, {.slots = 3, .replicas = 2}).save()[8] == 1);
  // Ranks of one, two and four bytes.
  for (const int count : {255, 256, 65536}) {
    std::vector<quoit::node_spec<std::int64_t>> nodes;
    for (int i = 0; i < count; ++i) nodes.push_back({i});
    const auto last = static_cast<std::uint32_t>(count - 1);
    const quoit::slot_table<std::int64_t> table(nodes, {none, none, last, 0, none, none}, {.slots = 3, .replicas = 2});
    const auto again = quoit::slot_table<std::int64_t>::restore(table.save());
    CHECK(again == table);
    CHECK(again.missing_slots() == 2);
    CHECK(*again.find_at(1) == count - 1);
  }
}

TEST_CASE("holes: they are part of equality and of the fingerprint", "[slot_table][holes]") {
  const table_type table = with_holes();
  const table_type filled({"a", "b", "c"}, {0, 1, 0, none, none, none, none, 2}, {.slots = 4, .replicas = 2});
  CHECK(!(table == filled));
  CHECK(table.fingerprint() != filled.fingerprint());
  CHECK(all_holes() != table_type({}, {}, {.slots = 3, .replicas = 2}));
  CHECK(all_holes().fingerprint() != table_type({}, {}, {.slots = 3, .replicas = 2}).fingerprint());
  CHECK(table.spec() == filled.spec());
}

TEST_CASE("holes: a Redis Cluster without the slots 5461 to 10922 gets them with as many moves", "[plan][holes]") {
  const redis damaged = redis::adopt({"M0", "M2"}, {{0, 5460, {"M0"}}, {10923, 16383, {"M2"}}}, {.replicas = 1});
  CHECK(damaged.missing_slots() == 5462);
  CHECK(damaged.find("foo") != nullptr);  // slot 12182
  CHECK(damaged.arcs()[1].owner == nullptr);
  const auto repair = quoit::plan(damaged, {"M0", "M1", "M2"});
  const quoit::plan_report report = repair.report();
  CHECK((report.moves == 5462 && report.lower_bound == 5462 && report.optimal));
  CHECK((report.missing_slots == 5462 && report.lost_slots == 0 && report.repairs == 5462));
  CHECK((report.moved_slots == 5462 && report.primaries_changed == 0));
  CHECK((report.min_load == 5461 && report.max_load == 5462));
  CHECK(repair.after().missing_slots() == 0);
  CHECK(test::text_of(repair.after(), 5460) == "M0");
  CHECK(test::text_of(repair.after(), 10923) == "M2");
  std::size_t to_newcomer = 0;
  for (const auto& move : repair) {
    CHECK_FALSE((move.slot < 5461 || move.slot > 10922 || move.replaces != nullptr));
    to_newcomer += *move.to == "M1" ? 1U : 0U;
  }
  CHECK(to_newcomer >= 5461);
  CHECK(to_string(report).find("0 slots lost, 5462 slots without a copy before, 0 primaries changed") !=
        std::string::npos);
  // A plan from a table without holes prints as before.
  CHECK(to_string(quoit::plan(repair.after(), {"M0", "M1", "M2"}).report()).find("without") == std::string::npos);

  // On the two masters that are left.
  const auto two = quoit::plan(damaged, {"M0", "M2"}).report();
  CHECK((two.moves == 5462 && two.optimal && two.min_load == 8192 && two.max_load == 8192));
  // A master that is lost, too: its slots are lost, and those without an owner are missing.
  const auto lost = quoit::plan(damaged, {"M0", "M1"}).report();
  CHECK((lost.lost_slots == 5461 && lost.missing_slots == 5462 && lost.optimal));
}

TEST_CASE("holes: a plan gives every hole R copies, and moves nothing that it need not", "[plan][holes]") {
  const table_type bare = all_holes();
  const auto first = quoit::plan(bare, {"a", "b", "c"});
  CHECK((first.report().missing_slots == 3 && first.report().lost_slots == 0 && first.report().moves == 6));
  CHECK(first.after().missing_slots() == 0);
  // As from a table without nodes.
  CHECK(quoit::build({"a", "b", "c"}, {.slots = 3, .replicas = 2}) == first.after());

  const auto pinned = quoit::plan(with_holes(), {"a", "b", "c"}, {.pinned = {0, 1}});
  CHECK(pinned.after().missing_slots() == 0);
  CHECK(test::text_of(pinned.after(), 0) == "a b");
  CHECK(quoit::plan(pinned.after(), {"a", "b", "c"}).report().missing_slots == 0);
}

TEST_CASE("holes: random tables with holes are repaired with the fewest moves", "[plan][holes][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 150; ++round) {
    const std::size_t nodes = 1 + random.index(6), replicas = 1 + random.index(std::min<std::size_t>(nodes, 3));
    const std::uint64_t slots = 1 + random.below(20);
    std::vector<quoit::node_spec<std::string>> list;
    for (std::size_t i = 0; i < nodes; ++i)
      list.push_back({"n" + std::to_string(i), 1, i % 2 == 0 ? "x" : random.chance(2) ? "y" : ""});
    const table_type built =
        quoit::build(list, {.slots = slots, .replicas = replicas}, {.spread = quoit::spread_rule::weighted()});
    // A balanced table with holes: exactly the copies in the holes are made again.
    std::vector<std::uint32_t> ranks(built.ranks().begin(), built.ranks().end());
    std::uint64_t missing = 0;
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      if (!random.chance(3)) continue;
      ++missing;
      std::fill_n(ranks.begin() + static_cast<std::ptrdiff_t>(slot * replicas), replicas, none);
    }
    const table_type damaged(list, ranks, built.options());
    REQUIRE(damaged.missing_slots() == missing);
    const auto repair = quoit::plan(damaged, list, {.spread = quoit::spread_rule::weighted()});
    REQUIRE(repair.report().optimal);
    REQUIRE(repair.report().missing_slots == missing);
    REQUIRE(repair.report().moves == missing * replicas);
    REQUIRE(repair.report().repairs == missing * replicas);
    REQUIRE(repair.report().lost_slots == 0);
    REQUIRE(repair.report().primaries_forced == 0);
    REQUIRE(repair.after().missing_slots() == 0);
    REQUIRE(repair.report().max_load - repair.report().min_load <= 1);
    for (const auto& move : repair) REQUIRE((damaged.find_at(move.slot) == nullptr && move.replaces == nullptr));
  }
}
