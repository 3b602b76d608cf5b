// SPDX-License-Identifier: MIT
// diff(before, after, keys): the keys that change owner, grouped, for any two placements.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quoit/published.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/highest_random_weight.hpp"
#include "support/message_of.hpp"
#include "support/nodes.hpp"
#include "support/random.hpp"

namespace {

using test::highest_random_weight;
using nodes_list = std::vector<quoit::node_spec<std::string>>;

std::vector<std::string> numbered_keys(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back("key-" + std::to_string(i));
  return keys;
}

nodes_list some_nodes(int count) {
  nodes_list nodes;
  for (int i = 0; i < count; ++i) nodes.push_back({"node-" + std::to_string(i), 1 + i % 2, {}});
  return nodes;
}

std::string name(const std::string* node) { return node == nullptr ? "-" : *node; }

// What diff() has to say, key by key.
template <class Before, class After>
std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>
expected_groups(const Before& before, const After& after, const std::vector<std::string>& keys) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string from = name(before.find(keys[i])), to = name(after.find(keys[i]));
    if (from != to) groups[{from, to}].push_back(i);
  }
  return groups;
}

template <class Before, class After>
void check_diff(const Before& before, const After& after, const std::vector<std::string>& keys) {
  const auto diff = quoit::diff(before, after, keys);
  auto expected = expected_groups(before, after, keys);
  REQUIRE(diff.size() == expected.size());
  REQUIRE(diff.keys() == keys.size());
  std::size_t moved = 0;
  for (const auto& move : diff) {
    const std::pair<std::string, std::string> group{name(move.from), name(move.to)};
    REQUIRE(std::vector<std::size_t>(move.keys.begin(), move.keys.end()) == expected[group]);
    moved += move.keys.size();
  }
  REQUIRE(diff.moved() == moved);
  REQUIRE(quoit::moved_keys(before, after, keys) == moved);
}

}  // namespace

TEST_CASE("key diff: a placement without ranges is compared key by key", "[diff]") {
  const auto keys = numbered_keys(2000);
  const highest_random_weight before(some_nodes(8)), after(some_nodes(9));
  check_diff(before, after, keys);
  check_diff(after, before, keys);
  check_diff(before, before, keys);
  const auto diff = quoit::diff(before, after, keys);
  CHECK((diff.moved() > 100 && diff.moved() < 300));  // node-8 has 1 of 13 shares: 154 keys
}

TEST_CASE("P4 key diff: a join moves keys to the newcomer alone, a leave from the leaver alone", "[diff]") {
  const auto keys = numbered_keys(3000);
  for (int nodes = 1; nodes < 12; ++nodes) {
    const highest_random_weight before(some_nodes(nodes)), after(some_nodes(nodes + 1));
    const std::string newcomer = "node-" + std::to_string(nodes);
    for (const auto& move : quoit::diff(before, after, keys)) REQUIRE(name(move.to) == newcomer);
    for (const auto& move : quoit::diff(after, before, keys)) REQUIRE(name(move.from) == newcomer);
  }
}

TEST_CASE("key diff: groups are in id order, and no owner is last", "[diff]") {
  const auto keys = numbered_keys(500);
  const highest_random_weight none({}), some(some_nodes(3)), others({{"a"}, {"z"}});
  const auto to_nothing = quoit::diff(some, none, keys);
  REQUIRE(to_nothing.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(*to_nothing.moves()[i].from == "node-" + std::to_string(i));
    CHECK(to_nothing.moves()[i].to == nullptr);
  }
  const auto from_nothing = quoit::diff(none, some, keys);
  CHECK((from_nothing.size() == 3 && from_nothing.moves()[0].from == nullptr && from_nothing.moved() == 500));
  const auto all = quoit::diff(some, others, keys);
  REQUIRE(all.size() == 6);
  CHECK((*all.moves()[0].from == "node-0" && *all.moves()[0].to == "a" && *all.moves()[1].to == "z"));
  CHECK(quoit::diff(none, none, keys).empty());
  CHECK(quoit::diff(some, others, std::vector<std::string>()).keys() == 0);
}

TEST_CASE("key diff: a ring is compared with a ring, and with a table that it was frozen into", "[diff]") {
  const auto keys = numbered_keys(3000);
  quoit::ring<> ring;
  for (const auto& entry : some_nodes(7)) ring.add(entry.node, {.weight = entry.weight});
  quoit::ring<> larger = ring;
  larger.add("newcomer");
  check_diff(ring, larger, keys);
  for (const auto& move : quoit::diff(ring, larger, keys)) REQUIRE(name(move.to) == "newcomer");

  const auto table = quoit::slot_table<>::adopt(ring, {.slots = 64});
  check_diff(ring, table, keys);
  CHECK(quoit::diff(ring, table, {"a", "b", "c"}).keys() == 3);
}

TEST_CASE("key diff: it refers neither to the placements nor to the keys", "[diff]") {
  auto diff =
      quoit::diff(highest_random_weight(some_nodes(2)), highest_random_weight(some_nodes(5)), numbered_keys(200));
  const auto moved = std::move(diff);
  std::set<std::string> seen;
  for (const auto& move : moved) {
    for (const std::size_t key : move.keys) REQUIRE(key < 200);
    seen.insert(*move.to);
  }
  CHECK(seen == std::set<std::string>{"node-2", "node-3", "node-4"});
}

TEST_CASE("published: a placement without ranges", "[published]") {
  quoit::published<highest_random_weight> published(highest_random_weight(some_nodes(3)));
  const auto before = published.snapshot();
  published.publish(highest_random_weight(some_nodes(4)));
  const auto after = published.snapshot();
  CHECK(quoit::diff(*before, *after, numbered_keys(400)).moved() > 0);
  CHECK(before->nodes().size() == 3);
}

TEST_CASE("adopt: reports exactly how many keys of a ring change owner", "[slot_table]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int i = 0; i < 20; ++i) {
    quoit::ring<> ring({.vnodes = 1 + static_cast<std::int64_t>(random.below(40))});
    for (const auto& entry : some_nodes(1 + static_cast<int>(random.below(9))))
      ring.add(entry.node, {.weight = entry.weight});
    const std::uint64_t slots = 1 + random.below(300);
    quoit::adopt_report report;
    const auto table = quoit::slot_table<>::adopt(ring, report, {.slots = slots, .replicas = 1});
    REQUIRE((report.exact && report.samples == 0 && report.error == 0));
    REQUIRE(table == quoit::slot_table<>::adopt(ring, {.slots = slots, .replicas = 1}));
    // Arc by arc, and within an arc slot by slot.
    quoit::share changed;
    for (const auto& arc : ring.arcs()) {
      for (std::uint64_t slot = 0; slot < slots; ++slot) {
        const auto below = [&](std::uint64_t s) { return quoit::slots<>(slots).hashes_below(s); };
        const auto overlap = [&](quoit::share from, quoit::share to) {  // of [from, to) with the slot
          const quoit::share first = (std::max)(from, below(slot)), last = (std::min)(to, below(slot + 1));
          return first < last ? last - first : quoit::share();
        };
        if (*table.find_at(slot) == *arc.owner) continue;
        const quoit::share one(1), begin = quoit::share(arc.range.from) + one, end = quoit::share(arc.range.to) + one;
        if (arc.range.from < arc.range.to) changed += overlap(begin, end);
        else changed += overlap(begin, quoit::share::whole()) + overlap(quoit::share(), end);
      }
    }
    REQUIRE(report.changed == changed);
  }
}

TEST_CASE("adopt: a placement at the table's own slots changes nothing", "[slot_table]") {
  quoit::ring<std::string, quoit::xxh3, quoit::slots<>> ring({}, quoit::slots<>(100));
  for (const auto& entry : some_nodes(5)) ring.add(entry.node, {.weight = entry.weight});
  quoit::adopt_report report{quoit::share(1), false, 1, 1};
  (void)quoit::slot_table<>::adopt(ring, report, {.slots = 100});
  CHECK((report.exact && report.changed == quoit::share() && report.error == 0 && report.samples == 0));
  report = {quoit::share(1), false, 1, 1};
  (void)quoit::slot_table<>::adopt(quoit::ring<>(), report, {.slots = 100});
  CHECK((report.exact && report.changed == quoit::share()));
}

TEST_CASE("adopt: a placement without ranges is sampled, and the estimate covers what keys say", "[slot_table]") {
  const highest_random_weight placement(some_nodes(8), 0);
  quoit::adopt_report report;
  const auto table = quoit::slot_table<>::adopt(placement, report, {.slots = 1024, .replicas = 3});
  CHECK(!report.exact);
  CHECK(report.samples == 65'536);
  CHECK((report.error > 0 && report.error < 0.01));
  // One hash stands for a slot, so a key keeps its owner only by chance.
  const auto keys = numbered_keys(100'000);
  const double counted = static_cast<double>(quoit::moved_keys(placement, table, keys)) / 100'000;
  CHECK(counted > report.changed.fraction() - 2 * report.error);
  CHECK(counted < report.changed.fraction() + 2 * report.error);
  // With one node there is nothing to change, and the error says how sure that is.
  (void)quoit::slot_table<>::adopt(highest_random_weight(some_nodes(1), 0), report, {.slots = 16, .replicas = 1});
  CHECK((report.changed == quoit::share() && report.error > 0 && report.error < 0.001));
}

TEST_CASE("P7 key diff: an owner that is not among the nodes is refused", "[diff]") {
  class stranger : public highest_random_weight {
   public:
    using highest_random_weight::highest_random_weight;
    [[nodiscard]] const std::string* find(const quoit::key_hash&) const noexcept { return &stranger_; }
    [[nodiscard]] const std::string* find(std::string_view) const noexcept { return &stranger_; }

   private:
    std::string stranger_ = "stranger";
  };
  const stranger broken(some_nodes(2));
  CHECK(
      test::message_of([&] { (void)quoit::diff(broken, broken, numbered_keys(1)); }) ==
      "quoit: diff: the owner 'stranger' is not in the placement's nodes(); find() must give addresses of its nodes()");
}
