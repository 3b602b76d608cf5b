// SPDX-License-Identifier: MIT
// domain_path: one reading of domain paths in the whole library, however they are spelled, and a limit of their levels.
#include <quoit/detail/placement/domain_path.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "support/highest_random_weight.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/tables.hpp"

namespace {

using path_specs = std::vector<quoit::node_spec<std::string>>;
using path_table = quoit::slot_table<std::string, quoit::xxh3, quoit::slots<64>>;
using path_ring = quoit::ring<std::string, quoit::xxh3, quoit::slots<64>>;
using Catch::Matchers::ContainsSubstring;

std::string normal(std::string path) {
  quoit::detail::normalise_path(path);
  return path;
}

// Random paths with few names, so that domains are often equal.
std::string random_path(test::random& random) {
  std::string path;
  for (std::size_t level = random.index(4); level > 0; --level) {
    path += (path.empty() ? "" : "/") + std::string(1 + random.index(2), static_cast<char>('a' + random.index(2)));
  }
  return path;
}

// The same domain with slashes added anywhere.
std::string spelled(test::random& random, const std::string& path) {
  const auto slashes = [&](std::size_t least) { return std::string(least + random.index(3), '/'); };
  std::string result = slashes(0);
  for (const char c : path) {
    if (c == '/') result += slashes(1);
    else result += c;
  }
  return result + slashes(0);
}

path_specs random_nodes(test::random& random, std::size_t count) {
  path_specs nodes;
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back({"n" + std::to_string(i), static_cast<std::int64_t>(1 + random.index(3)), random_path(random)});
  }
  return nodes;
}

path_specs spelled(test::random& random, path_specs nodes) {
  for (auto& node : nodes) node.domain = spelled(random, node.domain);
  return nodes;
}

path_ring ring_of(const path_specs& nodes) {
  path_ring ring({.vnodes = 4});
  ring.assign(nodes);
  return ring;
}

std::string deep_path(std::size_t levels) {
  std::string path;
  for (std::size_t i = 0; i < levels; ++i) path += "/l" + std::to_string(i);
  return path;
}

// The moves of a transition as text.
template <class Placement>
std::string moves_of(const quoit::transition<Placement>& t) {
  std::string text = std::to_string(t.report().cross_domain) + ' ';
  for (const auto& move : t.moves()) {
    for (const std::string* node : {move.to, move.source, move.replaces}) text += (node == nullptr ? "-" : *node) + ' ';
    text += std::to_string(move.position) + ' ' + std::to_string(move.round) + '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("domain_path: the normal form of a path", "[detail]") {
  CHECK(normal("eu/a") == "eu/a");
  CHECK(normal("/eu//a/") == "eu/a");
  CHECK(normal("r1/") == "r1");
  CHECK(normal("/r1") == "r1");
  CHECK(normal("//r1") == "r1");
  CHECK(normal("") == "");
  CHECK(normal("/") == "");
  CHECK(normal("////") == "");
  CHECK(normal("../. /\\") == "../. /\\");  // names like any other
  CHECK(normal(std::string("\0/\0/", 4)) == std::string("\0/\0", 3));
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int i = 0; i < 1000; ++i) {
    const std::string path = random_path(random), other = spelled(random, path);
    REQUIRE(normal(other) == path);
    REQUIRE(quoit::detail::levels_of(other) == quoit::detail::levels_of(path));
  }
}

TEST_CASE("both copies are never in one rack because its name ends with a slash once", "[ring]") {
  quoit::ring<> ring;
  const std::array<const char*, 6> domains{"r1", "r1/", "/r1", "r2", "//r2", "r3"};
  for (std::size_t i = 0; i < domains.size(); ++i) ring.add("n" + std::to_string(i), {.domain = domains[i]});
  CHECK(ring.find_node("n1")->domain == "r1");
  CHECK(ring.find_node("n4")->domain == "r2");
  int same = 0;
  for (int key = 0; key < 1000; ++key) {
    const auto copies = ring.replicas("key" + std::to_string(key), 2, quoit::spread::domains);
    REQUIRE(copies.size() == 2);
    same += ring.find_node(copies[0])->domain == ring.find_node(copies[1])->domain ? 1 : 0;
  }
  CHECK(same == 0);
  CHECK(ring.replicas("key", 9, quoit::spread::domains_only).size() == 3);
}

TEST_CASE("a path that is only slashes is no domain: such nodes are apart from each other", "[ring]") {
  quoit::ring<> ring;
  for (const char* const node : {"a", "b", "c"}) ring.add(node, {.domain = "//"});
  CHECK(ring.replicas("key", 9, quoit::spread::domains_only).size() == 3);
  CHECK(ring.nodes()[0].domain.empty());
  const auto table =
      quoit::build<path_table>(path_specs{{"a", 1, "/"}, {"b", 1, "//"}, {"c", 1, "///"}}, {.replicas = 3});
  CHECK(table.replicas("key", 3, quoit::spread::domains_only).size() == 3);
}

TEST_CASE("P1 nodes that differ only in the spelling of domains are one set of nodes", "[ring][slot_table][plan]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (std::uint64_t i = 0; i < test::random_cases(5, 40); ++i) {
    const path_specs plain = random_nodes(random, 3 + random.index(8)), odd = spelled(random, plain);
    // A ring.
    const path_ring expected = ring_of(plain);
    path_ring ring({.vnodes = 4});
    for (const auto& node : odd) ring.add(node.node, {.weight = node.weight, .domain = node.domain});
    REQUIRE(ring == expected);
    REQUIRE(ring.fingerprint() == expected.fingerprint());
    for (const auto& node : plain) REQUIRE(ring.find_node(node.node)->domain == node.domain);
    REQUIRE(ring.assign(spelled(random, plain)) == quoit::assign_result{0, 0, 0});
    REQUIRE(ring.assign(plain).changed == 0);
    for (std::uint64_t slot = 0; slot < 64; ++slot) {
      for (const auto apart : {quoit::spread::domains, quoit::spread::domains_only}) {
        std::array<const std::string*, 8> a{}, b{};
        const std::size_t count = ring.preferred(slot, a, apart);
        REQUIRE(count == expected.preferred(slot, b, apart));
        for (std::size_t n = 0; n < count; ++n) REQUIRE(*a[n] == *b[n]);
      }
    }
    // A table, made by the constructor, by adopt() and by build().
    const auto table = quoit::build<path_table>(odd, {.replicas = 3});
    const auto plain_table = quoit::build<path_table>(plain, {.replicas = 3});
    REQUIRE(table == plain_table);
    REQUIRE(table.save() == plain_table.save());
    REQUIRE(table.fingerprint() == plain_table.fingerprint());
    REQUIRE(path_table::restore(table.save()).fingerprint() == plain_table.fingerprint());
    std::vector<quoit::node_spec<std::string>> given(table.nodes().begin(), table.nodes().end());
    for (auto& node : given) node.domain = spelled(random, node.domain);
    const std::vector<std::uint32_t> ranks(table.ranks().begin(), table.ranks().end());
    REQUIRE(path_table(given, ranks, table.options()).save() == plain_table.save());
    REQUIRE(path_table::adopt(ring, {.replicas = 2}, quoit::spread::domains) ==
            path_table::adopt(expected, {.replicas = 2}, quoit::spread::domains));
    const test::highest_random_weight own(odd, 0), own_plain(plain, 0);
    REQUIRE(path_table::adopt(own, {.replicas = 2}) == path_table::adopt(own_plain, {.replicas = 2}));
    // Plans and transitions.
    path_specs next = plain;
    next.push_back({"new", 2, random_path(random)});
    next.erase(next.begin());
    const auto change = quoit::plan(table, spelled(random, next)), plain_change = quoit::plan(plain_table, next);
    REQUIRE(change.after() == plain_change.after());
    REQUIRE(change.report().cross_domain == plain_change.report().cross_domain);
    REQUIRE(moves_of(quoit::transition(table, change.after())) ==
            moves_of(quoit::transition(plain_table, plain_change.after())));
    REQUIRE(moves_of(quoit::transition(ring, ring_of(spelled(random, next)), {.replicas = 2})) ==
            moves_of(quoit::transition(expected, ring_of(next), {.replicas = 2})));
  }
}

TEST_CASE("kv_map: an update that only spells domains in another way moves nothing", "[kv_map]") {
  quoit::ring<> ring({.vnodes = 16}), other({.vnodes = 16});
  ring.assign({{"a", 1, "r1"}, {"b", 1, "r1/"}, {"c", 1, "r2"}, {"d", 1, "//r3"}});
  other.assign({{"a", 1, "/r1"}, {"b", 1, "r1"}, {"c", 1, "r2//"}, {"d", 1, "r3"}});
  quoit::kv_map<std::string> map(ring, {.replicas = 2, .apart = quoit::spread::domains});
  for (int i = 0; i < 200; ++i) map.put("key" + std::to_string(i), "v");
  const auto report = map.rehome(other);
  CHECK(report.moved_copies == 0);
  CHECK(report.examined == 0);
  map.join("e", {.domain = "/r3/"});
  std::size_t copies = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string key = "key" + std::to_string(i);
    std::set<std::string> domains;
    for (const auto& node : map.placement_now()->nodes()) {
      if (map.find_on(node.node, key) != nullptr) domains.insert(node.domain), ++copies;
    }
    REQUIRE(domains.size() == 2);
  }
  CHECK(copies == 400);
}

TEST_CASE("P2 bytes that an older version saved with other spellings are read, with domains in normal form",
          "[slot_table]") {
  // Saved by quoit 0.1: nodes a in "r1", b in "/r1/", c in "eu//x", d in "///", e in "eu/x".
  const std::string bytes = test::from_hexadecimal(
      "71756f69742d737401000000f10000000000000031000000736c6f745f7461626c652f313b787868333b736c6f74733d736c6f74732f343b"
      "7265706c696361733d323b736565643d307a86efa0cd3dab8a04000000000000000200000000000000000000000700000000000000000500"
      "00000100000061010000000000000002000000723101000000620200000000000000040000002f72312f0100000063010000000000000005"
      "00000065752f2f7801000000640100000000000000030000002f2f2f010000006501000000000000000400000065752f7800020100020103"
      "0400be53f7060146d9861deb74d7e74342");
  using old_table = quoit::slot_table<std::string, quoit::xxh3, quoit::slots<4>>;
  const old_table table = old_table::restore(bytes);
  const old_table expected({{"a", 1, "r1"}, {"b", 2, "r1"}, {"c", 1, "eu/x"}, {"d", 1, ""}, {"e", 1, "eu/x"}},
                           {0, 2, 1, 0, 2, 1, 3, 4}, {.slots = 4, .replicas = 2}, 7);
  CHECK(table == expected);
  CHECK(table.version() == 7);
  CHECK(table.save() == expected.save());
  // The fingerprint is that of the normal form, and no longer that of the spelling.
  CHECK(to_string(table.fingerprint()) == "bcd258ea7c90e8229a5a563d44cf45e8");
  CHECK(to_string(table.fingerprint()) != "187bb2825022565c02d476d82be627c9");
  const std::array<std::string, 5> domains{"r1", "r1", "eu/x", "", "eu/x"};
  for (std::size_t i = 0; i < domains.size(); ++i) CHECK(table.nodes()[i].domain == domains[i]);
}

TEST_CASE("P7 a domain of more than 64 levels is refused everywhere, with a sentence, and changes nothing",
          "[ring][slot_table][plan][transition][kv_map]") {
  const std::string deepest = deep_path(quoit::max_domain_levels), deep = deep_path(5000);
  quoit::ring<> ring;
  ring.add("a", {.domain = deepest});
  ring.add("b");
  CHECK(ring.find_node("a")->domain == deepest.substr(1));
  const auto before = ring.fingerprint();
  const auto complains = [](const std::string& message, const std::string& who) {
    CHECK_THAT(message, ContainsSubstring(who + ": the domain of node 'c' has 5000 levels ('"));
    CHECK_THAT(message, ContainsSubstring("the limit is 64. Leave out"));
    CHECK(message.size() < 300);
  };
  const path_specs nodes{{"a", 1, "x"}, {"c", 1, deep}};
  complains(test::message_of([&] { ring.add("c", {.domain = deep}); }), "ring");
  complains(test::message_of([&] { ring.assign(nodes); }), "ring");
  CHECK(ring.fingerprint() == before);
  CHECK(ring.size() == 2);

  complains(test::message_of([&] { (void)quoit::build(nodes, {.slots = 4, .replicas = 1}); }), "plan");
  const std::vector<std::uint32_t> entries(64, 1);
  complains(test::message_of([&] { (void)path_table(nodes, entries, {.replicas = 1}); }), "slot_table");
  using lists = std::vector<std::vector<std::string>>;
  complains(test::message_of([&] { (void)path_table::adopt(nodes, lists(64, {"a"})); }), "slot_table");
  const test::highest_random_weight own(nodes, 0);
  complains(test::message_of([&] { (void)path_table::adopt(own); }), "slot_table");
  const auto table = quoit::build<path_table>(path_specs{{"a", 1, deepest}, {"b"}}, {.replicas = 2});
  complains(test::message_of([&] { (void)quoit::plan(table, nodes); }), "plan");

  quoit::kv_map<std::string> map(ring);
  map.put("key", "value");
  complains(test::message_of([&] { map.join("c", {.domain = deep}); }), "ring");
  CHECK(map.placement_now()->fingerprint() == before);
  CHECK(map.copies_per_node().size() == 2);

  // One level too many, and slashes that are no levels.
  CHECK_THROWS_AS(ring.add("c", {.domain = deep_path(65)}), std::invalid_argument);
  ring.add("c", {.domain = std::string(10'000, '/') + "x" + std::string(10'000, '/') + "y"});
  CHECK(ring.find_node("c")->domain == "x/y");
}

TEST_CASE("10,000 nodes, each in a domain of its own 32 levels deep, are planned in time", "[plan]") {
  path_specs nodes;
  for (int i = 0; i < (test::slow ? 300 : 10'000); ++i) {
    std::string path;
    for (int level = 0; level < 32; ++level) path += "/n" + std::to_string(i) + "-" + std::to_string(level);
    nodes.push_back({"n" + std::to_string(i), 1, path});
  }
  const auto table = quoit::build(nodes, {.slots = 16'384, .replicas = 2});
  const auto next = quoit::plan(table, path_specs(nodes.begin() + 1, nodes.end()));
  CHECK(next.report().optimal);
  const quoit::transition t(table, next.after());
  CHECK(t.moves().size() == next.moves().size());
}
