// SPDX-License-Identifier: MIT
// The nodes of a kv_map: the holders after a change, the change's report, and the map after a refused change.
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <new>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/kv/checks.hpp"

namespace {

using string_map = quoit::kv_map<std::string>;
using rows = test::kv_rows<std::string>;

void fill(string_map& map, int count) {
  for (int n = 0; n < count; ++n)
    map.put("key-" + std::to_string(n), "value " + std::to_string(n), 100 + static_cast<unsigned>(n));
}

// A range that can be read only once.
struct words {
  std::istringstream text;
  auto begin() { return std::istream_iterator<std::string>(text); }
  auto end() const { return std::istream_iterator<std::string>(); }
};

// Makes a change, and compares its report with one that is counted from the placements alone.
template <class Change>
std::string report_after(string_map& map, const quoit::kv_options& options, const Change& change,
                         const std::set<std::string>& failed = {}) {
  const auto before = map.placement_now();
  const auto keys = map.keys();
  const auto report = change();
  const auto after = map.placement_now();
  const auto expected = test::expect_report(*before, *after, keys, options, failed);
  std::string wrong = test::report_difference(report, expected, *before, *after);
  // A join, a leave or a changed weight must not move more than necessary.
  if (wrong.empty() && failed.empty() && report.moved_copies != report.minimum_copies)
    wrong = "more copies moved than necessary";
  return wrong;
}

}  // namespace

TEST_CASE("kv_map: a change moves exactly what it must, and keeps every entry", "[kv_map]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 1, 2, 3, 7);
  const quoit::kv_options options{.replicas = replicas};
  CAPTURE(replicas);
  string_map map(test::ring_of(4), options);
  fill(map, 300);
  for (int n = 0; n < 100; ++n) map.put("key-" + std::to_string(3 * n), "written again", 7);
  const rows content = test::rows_of(map.list());
  const auto index = map.index();
  const auto unchanged = [&] {
    CHECK(test::kv_difference(map, content) == "");
    CHECK(test::broken_kv_invariant(map, options) == "");
    CHECK(map.index() == index);  // a move is not a write
  };

  CHECK(report_after(map, options, [&] { return map.join("node-4"); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.join("heavy", {.weight = 5, .domain = "x"}); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.join("drained", {.weight = 0}); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.leave("node-1"); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.set_weight("node-2", 4); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.set_weight("heavy", 1); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.set_weight("node-3", 0); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.set_weight("node-3", 2); }) == "");
  CHECK(report_after(map, options, [&] { return map.set_domain("node-3", "moon"); }) == "");
  CHECK(report_after(map, options, [&] { return map.set_domain("node-2", "moon"); }) == "");
  unchanged();
  CHECK(report_after(map, options, [&] { return map.leave("drained"); }) == "");
  unchanged();
  if (replicas > 1) {
    CHECK(report_after(map, options, [&] { return map.fail("node-0"); }, {"node-0"}) == "");
    unchanged();
  }
  // Every token from before the changes is still valid, once.
  for (const auto& [key, row] : content) {
    REQUIRE(map.cas(key, "after", row.modify_index) == quoit::kv_outcome::ok);
    REQUIRE(map.cas(key, "twice", row.modify_index) == quoit::kv_outcome::stale);
  }
}

TEST_CASE("kv_map: a report has the copies that moved, by source and receiver", "[kv_map]") {
  string_map map(test::ring_of(3));
  fill(map, 500);
  const auto before = map.placement_now();
  const auto join = map.join("node-3");
  std::map<std::string, std::size_t> given;
  for (const auto& key : map.keys()) {
    if (*map.placement_now()->find(key) == "node-3") ++given[*before->find(key)];
  }
  REQUIRE(given.size() == 3);
  REQUIRE(join.transfers.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(join.transfers[i].source == "node-" + std::to_string(i));
    CHECK(join.transfers[i].to == "node-3");
    CHECK(join.transfers[i].copies == given["node-" + std::to_string(i)]);
  }
  CHECK(join.keys == 500);
  CHECK(join.moved_keys == map.copies_per_node().at(3).second);
  CHECK(join.moved_copies == join.moved_keys);
  CHECK(join.examined == join.moved_keys);  // with one replica, exactly the entries that move are examined
  CHECK(join.lost.empty());

  const auto leave = map.leave("node-3");  // all copies go back
  CHECK(leave.moved_keys == join.moved_keys);
  REQUIRE(leave.transfers.size() == 3);
  CHECK(leave.transfers[2].source == "node-3");
  CHECK(leave.transfers[2].to == "node-2");
  CHECK(leave.transfers[2].copies == join.transfers[2].copies);
  CHECK(leave.moved_share == join.moved_share);
}

TEST_CASE("kv_map: a change does not look at entries that cannot move", "[kv_map]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 1, 2, 3);
  string_map map(test::ring_of(10, 32), {.replicas = replicas});
  fill(map, 2000);
  const auto report = map.join("node-10");
  CHECK(report.moved_keys > 0);
  // The new node is among the first R nodes of about R keys in eleven. A scan would look at all 2000.
  CHECK(report.examined < 2000 * (replicas + 1) / 11 + 200);
  CHECK(map.join("drained", {.weight = 0}).examined == 0);
  CHECK(map.leave("drained").examined == 0);
  CHECK(map.set_weight("node-3", 1).examined == 0);
  CHECK(map.rehome(*map.placement_now()).examined == 0);
}

TEST_CASE("kv_map: any R - 1 failures lose nothing", "[kv_map]") {
  const quoit::kv_options options{.replicas = 3};
  for (int a = 0; a < 6; ++a) {
    for (int b = a + 1; b < 6; ++b) {
      const std::set<std::string> failed = {"node-" + std::to_string(a), "node-" + std::to_string(b)};
      CAPTURE(a, b);
      string_map map(test::ring_of(6), options);
      fill(map, 150);
      const rows content = test::rows_of(map.list());
      const std::vector<std::string> names(failed.begin(), failed.end());
      CHECK(report_after(map, options, [&] { return map.fail_all(names); }, failed) == "");
      CHECK(test::kv_difference(map, content) == "");
      CHECK(test::broken_kv_invariant(map, options) == "");
      CHECK(map.index() == 150);
    }
  }
}

TEST_CASE("kv_map: fail_all takes any range of ids", "[kv_map]") {
  const auto failed = [](const auto& fail) {
    string_map map(test::ring_of(5), {.replicas = 3});
    fill(map, 50);
    CHECK(fail(map).lost.empty());
    CHECK(map.size() == 50);
    std::vector<std::string> left;
    for (const auto& entry : map.placement_now()->nodes()) left.push_back(entry.node);
    return left;
  };
  const std::vector<std::string> left = {"node-0", "node-2", "node-4"};
  CHECK(failed([](string_map& map) { return map.fail_all({"node-1", "node-3"}); }) == left);
  CHECK(failed([](string_map& map) { return map.fail_all(std::set<std::string>{"node-1", "node-3"}); }) == left);
  CHECK(failed([](string_map& map) {
          const char* const names[] = {"node-1", "node-3"};
          return map.fail_all(names);
        }) == left);
  CHECK(failed([](string_map& map) { return map.fail_all(words{std::istringstream("node-1 node-3")}); }) == left);
  CHECK(failed([](string_map& map) { return map.fail_all({}); }).size() == 5);

  quoit::kv_map<int, quoit::ring<std::int64_t>> numbers(test::ring_of<quoit::ring<std::int64_t>>(5), {.replicas = 3});
  numbers.put("key", 1);
  CHECK(numbers.fail_all({0, -1}).lost.empty());
  CHECK(numbers.fail_all(std::vector<int>{2}).lost.empty());
  CHECK(numbers.placement_now()->size() == 2);
}

TEST_CASE("kv_map: successive failures lose nothing until the last node fails", "[kv_map]") {
  const quoit::kv_options options{.replicas = 2};
  string_map map(test::ring_of(6), options);
  fill(map, 100);
  const rows content = test::rows_of(map.list());
  for (int n = 0; n < 5; ++n) {
    CAPTURE(n);
    CHECK(map.fail("node-" + std::to_string(n)).lost.empty());
    CHECK(test::kv_difference(map, content) == "");
    CHECK(test::broken_kv_invariant(map, options) == "");
  }
}

TEST_CASE("kv_map: with one replica, a failure reports the lost keys", "[kv_map]") {
  string_map map(test::ring_of(4));
  fill(map, 200);
  rows content = test::rows_of(map.list());
  std::vector<std::string> doomed;
  for (const auto& [key, row] : content) {
    if (*map.placement_now()->find(key) == "node-2") doomed.push_back(key);
  }
  REQUIRE(doomed.size() > 10);
  quoit::kv_report<std::string> report;
  CHECK(report_after(map, {}, [&] { return report = map.fail("node-2"); }, {"node-2"}) == "");
  CHECK(report.lost == doomed);
  CHECK(report.keys == 200);
  CHECK(report.moved_keys == 0);
  CHECK(report.moved_copies == 0);
  for (const auto& key : doomed) content.erase(key);
  CHECK(test::kv_difference(map, content) == "");
  CHECK(test::broken_kv_invariant(map, {}) == "");
  CHECK(map.index() == 201);  // a waiting reader must see a loss, as it sees an erase_prefix()

  // A lost key is created anew: no old token is valid.
  const auto again = map.cas(doomed.front(), "again", 0);
  CHECK(again == quoit::kv_outcome::ok);
  CHECK(map.get(doomed.front())->create_index == 202);
}

TEST_CASE("kv_map: copies in several domains survive the failure of a domain", "[kv_map]") {
  const auto apart = GENERATE(quoit::spread::domains, quoit::spread::domains_only);
  const quoit::kv_options options{.replicas = 2, .apart = apart};
  string_map map(test::ring_of(9, 16, 3), options);
  fill(map, 200);
  const rows content = test::rows_of(map.list());
  CHECK(test::broken_kv_invariant(map, options) == "");
  const std::vector<std::string> zone = {"node-1", "node-4", "node-7"};
  CHECK(report_after(map, options, [&] { return map.fail_all(zone); }, {zone.begin(), zone.end()}) == "");
  CHECK(test::kv_difference(map, content) == "");
  CHECK(test::broken_kv_invariant(map, options) == "");
}

TEST_CASE("kv_map: with one domain, only domains_only keeps just one copy", "[kv_map]") {
  string_map strict(test::ring_of(4, 16, 1), {.replicas = 3, .apart = quoit::spread::domains_only});
  string_map filled(test::ring_of(4, 16, 1), {.replicas = 3, .apart = quoit::spread::domains});
  fill(strict, 50);
  fill(filled, 50);
  const auto copies = [](const string_map& map) {
    std::size_t sum = 0;
    for (const auto& [node, count] : map.copies_per_node()) sum += count;
    return sum;
  };
  CHECK(copies(strict) == 50);
  CHECK(copies(filled) == 150);
  CHECK(strict.join("elsewhere", {.weight = 1, .domain = "zone-9"}).lost.empty());
  CHECK(copies(strict) == 100);
}

TEST_CASE("kv_map: with more replicas than nodes, every node holds every key", "[kv_map]") {
  const quoit::kv_options options{.replicas = std::numeric_limits<std::size_t>::max()};
  string_map map(test::ring_of(2), options);
  fill(map, 20);
  const rows content = test::rows_of(map.list());
  CHECK(map.join("node-2").moved_copies == 20);
  CHECK(map.join("drained", {.weight = 0}).moved_copies == 0);
  CHECK(test::broken_kv_invariant(map, options) == "");
  const std::vector<std::string> gone = {"node-0", "node-1"};
  CHECK(map.fail_all(gone).lost.empty());
  CHECK(test::kv_difference(map, content) == "");
  CHECK(test::broken_kv_invariant(map, options) == "");
}

TEST_CASE("kv_map: a drained node stays in the placement and holds nothing", "[kv_map]") {
  string_map map(test::ring_of(3), {.replicas = 2});
  fill(map, 100);
  const auto before = map.copies_per_node();
  CHECK(map.set_weight("node-1", 0).moved_copies == before.at(1).second);
  CHECK(map.copies_per_node().at(1) == std::pair<std::string, std::size_t>("node-1", 0));
  CHECK(map.placement_now()->contains_node("node-1"));
  CHECK(map.find_on("node-1", "key-1") == nullptr);
  map.set_weight("node-1", 1);
  CHECK(map.copies_per_node() == before);
}

TEST_CASE("kv_map: a snapshot of the placement does not change", "[kv_map]") {
  string_map map(test::ring_of(2));
  const auto snapshot = map.placement_now();
  const auto fingerprint = snapshot->fingerprint();
  map.join("node-2");
  map.leave("node-0");
  CHECK(snapshot->size() == 2);
  CHECK(snapshot->fingerprint() == fingerprint);
  CHECK(map.placement_now()->size() == 2);
  CHECK(map.placement_now()->contains_node("node-2"));
  CHECK_FALSE(map.placement_now()->contains_node("node-0"));
}

TEST_CASE("kv_map: nodes with a payload are identified by their id", "[kv_map]") {
  using map_type = quoit::kv_map<int, quoit::ring<test::server>>;
  map_type map(test::ring_of<quoit::ring<test::server>>(2), {.replicas = 2});
  map.put("key", 1);
  map.join({"new", "10.1.1.1"});
  const auto report = map.leave("server-0");
  CHECK(report.transfers.size() <= 1);
  CHECK(map.find_on(test::server{"server-1", "another address"}, "key") == map.find_on("server-1", "key"));
  CHECK(map.find_on("server-0", "key") == nullptr);
  CHECK(map.find_on("new", "key") != nullptr);
  CHECK(map.set_weight(test::server{"new", ""}, 3).lost.empty());
  CHECK(map.placement_now()->find_node("new")->node.address == "10.1.1.1");
  CHECK(map.fail(test::server{"new", ""}).lost.empty());
  CHECK(map.get("key")->value == 1);
}

TEST_CASE("kv_map: zero replicas are refused", "[kv_map]") {
  CHECK_THROWS_AS(string_map(test::ring_of(3), {.replicas = 0}), std::invalid_argument);
  CHECK_THROWS_AS(string_map(quoit::ring<>(), {.replicas = 0}), std::invalid_argument);
}

TEST_CASE("kv_map: a refused change leaves the map unchanged", "[kv_map]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 1, 2);
  const quoit::kv_options options{.replicas = replicas};
  string_map map(test::ring_of(3), options);
  fill(map, 60);
  map.join("drained", {.weight = 0});
  const rows content = test::rows_of(map.list());
  const auto placement = map.placement_now();
  const auto refused = [&](const char* what, const std::function<void()>& change) {
    INFO(what);
    CHECK_THROWS_AS(change(), std::invalid_argument);
    CHECK(*map.placement_now() == *placement);
    CHECK(map.index() == 60);
    CHECK(test::kv_difference(map, content) == "");
    CHECK(test::broken_kv_invariant(map, options) == "");
  };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  refused("join a known node", [&] { map.join("node-1"); });
  refused("join a known drained node", [&] { map.join("drained"); });
  refused("join with a negative weight", [&] { map.join("new", {.weight = -1}); });
  refused("join with an absurd weight", [&] { map.join("new", {.weight = most}); });
  refused("join with an absurd negative weight", [&] { map.join("new", {.weight = least}); });
  refused("leave of an unknown node", [&] { map.leave("unknown"); });
  refused("leave with an empty id", [&] { map.leave(""); });
  refused("fail of an unknown node", [&] { map.fail("unknown"); });
  refused("fail of known nodes and an unknown one",
          [&] { map.fail_all(std::vector<std::string>{"node-0", "unknown"}); });
  refused("fail of one node twice", [&] { map.fail_all(std::vector<std::string>{"node-0", "node-0"}); });
  refused("weight of an unknown node", [&] { map.set_weight("unknown", 1); });
  refused("negative weight", [&] { map.set_weight("node-0", -1); });
  refused("absurd weight", [&] { map.set_weight("node-0", most); });
  refused("absurd negative weight", [&] { map.set_weight("node-0", least); });
  refused("another seed", [&] {
    quoit::ring<> next(quoit::ring_options{.vnodes = 16, .seed = 1});
    next.add("node-0");
    map.rehome(std::move(next));
  });
  refused("an empty placement", [&] { map.rehome(quoit::ring<>(quoit::ring_options{.vnodes = 16})); });
  refused("a placement of drained nodes", [&] {
    quoit::ring<> next(quoit::ring_options{.vnodes = 16});
    next.add("node-0", {.weight = 0});
    map.rehome(std::move(next));
  });
  CHECK(map.fail_all(std::vector<std::string>{}).examined == 0);
  CHECK(*map.placement_now() == *placement);
}

TEST_CASE("kv_map: the last owner cannot leave while there are entries", "[kv_map]") {
  string_map map(test::ring_of(1), {.replicas = 2});
  map.join("drained", {.weight = 0});  // in the placement, but it cannot take over entries
  map.put("key", "value", 5);
  CHECK_THROWS_AS(map.leave("node-0"), std::invalid_argument);
  CHECK_THROWS_AS(map.set_weight("node-0", 0), std::invalid_argument);
  CHECK(test::kv_difference(map, {{"key", {"value", 5, 1, 1}}}) == "");
  CHECK(test::broken_kv_invariant(map, {.replicas = 2}) == "");
  CHECK(map.placement_now()->find_node("node-0")->weight == 1);
  CHECK(map.index() == 1);

  CHECK(map.erase("key"));
  map.set_weight("node-0", 0);
  CHECK(map.placement_now()->active() == 0);
  map.leave("node-0");
  map.leave("drained");
  CHECK(map.placement_now()->empty());
  map.join("node-9");
  CHECK(map.put("key", "value") == 3);
  CHECK(test::broken_kv_invariant(map, {.replicas = 2}) == "");
}

TEST_CASE("kv_map: without an owner, reads find nothing and writes are refused", "[kv_map]") {
  const bool drained = GENERATE(false, true);
  string_map map{quoit::ring<>()};
  if (drained) map.join("drained", {.weight = 0});
  CHECK_THROWS_AS(map.put("key", "value"), std::logic_error);
  CHECK_THROWS_AS(map.cas("key", "value", 0), std::logic_error);
  CHECK_THROWS_AS(map.update("key", [](const std::string*) { return std::string(); }), std::logic_error);
  CHECK(map.find("key") == nullptr);
  CHECK_FALSE(map.get("key").has_value());
  CHECK_FALSE(map.erase("key"));
  CHECK(map.erase("key", 1) == quoit::kv_outcome::absent);
  CHECK(map.cas("key", "value", 7) == quoit::kv_outcome::absent);  // no node is needed to know that
  CHECK(map.cas("key", "value", 7).index == 0);
  CHECK(map.erase_prefix("") == 0);
  CHECK(map.list().empty());
  CHECK(map.keys("", "/").empty());
  CHECK(map.copies_per_node().size() == (drained ? 1 : 0));
  CHECK(map.index() == 0);
  CHECK(map.size() == 0);
  map.join("node");
  CHECK(map.put("key", "value") == 1);
  CHECK(map.get("key")->value == "value");
}

TEST_CASE("kv_map: when the last node fails, all keys are lost and reported", "[kv_map]") {
  const auto replicas = GENERATE(as<std::size_t>{}, 1, 3);
  const auto nodes = GENERATE(1, 2, 3);
  string_map map(test::ring_of(nodes), {.replicas = replicas});
  fill(map, 30);
  const auto keys = map.keys();
  std::vector<std::string> names;
  for (int n = 0; n < nodes; ++n) names.push_back("node-" + std::to_string(n));
  const auto report = nodes == 1 ? map.fail("node-0") : map.fail_all(names);
  CHECK(report.lost == keys);
  CHECK(report.keys == 30);
  CHECK(report.moved_keys == 0);
  CHECK(report.moved_copies == 0);
  CHECK(report.transfers.empty());
  CHECK(map.empty());
  CHECK(map.list().empty());
  CHECK(map.find("key-1") == nullptr);
  CHECK(map.placement_now()->empty());
  map.join("phoenix");
  CHECK(map.size() == 0);
  CHECK(map.find("key-1") == nullptr);  // lost entries do not come back
  const auto index = map.put("key-1", "again");
  CHECK(index == 32);
  CHECK(test::kv_difference(map, {{"key-1", {"again", 0, index, index}}}) == "");
}

namespace {

// Runs `act` on equal maps. In the first map the first allocation fails, in the next one the second allocation, and so
// on, until `act` succeeds. After a failure, the map must be unchanged, and it must still work.
void check_every_allocation(const quoit::kv_options& options, const std::function<void(string_map&)>& act) {
  const auto build = [&](string_map& map) {
    for (int n = 0; n < 12; ++n) map.put((n % 2 == 0 ? "even/" : "odd/") + std::to_string(n), std::string(40, 'v'), 9);
  };
  const quoit::ring<> placement = test::ring_of(4, 4);
  string_map reference(placement, options);
  build(reference);
  const rows before = test::rows_of(reference.list());
  const auto index_before = reference.index();
  act(reference);
  const rows after = test::rows_of(reference.list());
  const auto placement_after = reference.placement_now();

  std::size_t failures = 0;
  for (bool done = false; !done; ++failures) {
    REQUIRE(failures < 5000);
    INFO("allocation " << failures);
    string_map map(placement, options);
    build(map);
    try {
      const test::failing_allocations failing(failures);
      act(map);
      done = true;
    } catch (const std::bad_alloc&) {
    }
    std::string wrong = test::kv_difference(map, done ? after : before);
    if (wrong.empty()) wrong = test::broken_kv_invariant(map, options);
    if (wrong.empty() && map.index() != (done ? reference.index() : index_before)) wrong = "the index changed";
    if (wrong.empty() && !(*map.placement_now() == (done ? *placement_after : placement))) wrong = "the nodes changed";
    if (wrong.empty() && !done) {
      act(map);  // with memory, it works
      wrong = test::kv_difference(map, after);
    }
    REQUIRE(wrong == "");
  }
  CHECK(failures > 1);  // otherwise no allocation has failed
}

}  // namespace

TEST_CASE("kv_map: a failing allocation changes nothing", "[kv_map]") {
  const quoit::kv_options options{.replicas = GENERATE(as<std::size_t>{}, 1, 2, 9)};
  const std::string key = "odd/" + std::string(40, 'k');  // long enough to need an allocation
  const auto check = [&](const char* what, const std::function<void(string_map&)>& act) {
    INFO(what);
    check_every_allocation(options, act);
  };
  check("put, new", [&](string_map& map) { map.put(key, std::string(50, 'n'), 3); });
  check("put, over another", [&](string_map& map) { map.put("odd/3", std::string(50, 'n'), 3); });
  check("cas, new", [&](string_map& map) { map.cas(key, std::string(50, 'n'), 0); });
  check("cas, over another", [&](string_map& map) { map.cas("odd/3", std::string(50, 'n'), 4, 1); });
  check("update", [&](string_map& map) { map.update("odd/3", [](const std::string* now) { return *now + "!"; }); });
  check("erase", [&](string_map& map) { map.erase("odd/3"); });
  check("erase at an index", [&](string_map& map) { map.erase("odd/3", 4); });
  check("erase_prefix", [&](string_map& map) { map.erase_prefix("odd/"); });
  check("join", [&](string_map& map) { map.join("newcomer"); });
  check("join, heavy", [&](string_map& map) { map.join("newcomer", {.weight = 4, .domain = std::string(40, 'd')}); });
  check("leave", [&](string_map& map) { map.leave("node-1"); });
  check("set_weight", [&](string_map& map) { map.set_weight("node-1", 3); });
  check("drain", [&](string_map& map) { map.set_weight("node-1", 0); });
  check("fail", [&](string_map& map) { map.fail("node-1"); });
  check("fail_all", [&](string_map& map) {
    static const std::vector<std::string> names = {"node-1", "node-3"};
    map.fail_all(names);
  });
  check("rehome", [&](string_map& map) { map.rehome(test::ring_of(6, 9)); });
}
