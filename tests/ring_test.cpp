// SPDX-License-Identifier: MIT
// ring: configuration errors, labels, assign(), exception safety, and cases that the conformance suite does not cover.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <list>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/message_of.hpp"
#include "support/nodes.hpp"
#include "support/policies.hpp"
#include "support/ring/checks.hpp"

using Catch::Matchers::ContainsSubstring;

using test::message_of;

namespace {

quoit::ring<> three_nodes(std::int64_t vnodes = 16) {
  quoit::ring<> ring({.vnodes = vnodes});
  ring.add("cache-a");
  ring.add("cache-b", {.weight = 2, .domain = "eu/zone-1"});
  ring.add("cache-c", {.weight = 1, .domain = "eu/zone-1"});
  return ring;
}

// A node whose copy constructor throws after `copies_left` copies.
struct fragile {
  std::string name;
  static inline int copies_left = 0;
  explicit fragile(std::string text) : name(std::move(text)) {}
  fragile(const fragile& other) : name(other.name) {
    if (--copies_left < 0) throw std::runtime_error("copy");
  }
  fragile& operator=(const fragile&) = default;
  fragile(fragile&&) noexcept = default;
  fragile& operator=(fragile&&) noexcept = default;
  ~fragile() = default;
  friend std::string_view quoit_id(const fragile& node) noexcept { return node.name; }
};

// A hash with a state: objects with different keys hash differently.
struct keyed_hash {
  static constexpr std::string_view stable_name = "test-keyed";
  std::uint64_t key;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return test::user_hash{}(bytes, seed ^ quoit::splitmix64(key));
  }
};

// The words of a stream: an input range that is not iterable if it is const.
class once {
 public:
  explicit once(std::istream& words) : first_(words) {}
  std::istream_iterator<std::string> begin() { return first_; }
  std::istream_iterator<std::string> end() { return {}; }

 private:
  std::istream_iterator<std::string> first_;
};

}  // namespace

// ---- P1

TEST_CASE("P1 equal positions belong to the smaller id for every order of insertion", "[ring]") {
  // All vnodes have the same position, so only the id can decide.
  for (const auto& order : {std::vector<std::string>{"b", "a", "c"}, {"c", "b", "a"}, {"a", "b", "c"}}) {
    quoit::ring<std::string, test::constant_hash> ring({.vnodes = 3});
    for (const auto& node : order) ring.add(node);
    CHECK(ring.owner("key") == "a");
    const auto list = ring.replicas("key", 3);
    CHECK(std::vector<std::string>(list.begin(), list.end()) == std::vector<std::string>{"a", "b", "c"});
  }
  // Text ids are ordered by unsigned bytes, and integers by value.
  quoit::ring<std::string, test::constant_hash> bytes({.vnodes = 1});
  bytes.add("\xff");
  bytes.add("z");
  CHECK(bytes.owner("key") == "z");
  quoit::ring<int, test::constant_hash> integers({.vnodes = 1});
  integers.add(1);
  integers.add(-2);
  CHECK(integers.owner("key") == -2);
}

TEST_CASE("P1 in a shared slot the smaller hash decides before the id", "[ring]") {
  // Otherwise the node with the smallest id would win every slot. In a ring of one slot, the node with the smallest
  // hash is the owner.
  quoit::ring<std::string, quoit::xxh3, quoit::slots<1>> ring({.vnodes = 4});
  quoit::ring<> circle({.vnodes = 4});
  for (int i = 0; i < 20; ++i) {
    ring.add("n" + std::to_string(i));
    circle.add("n" + std::to_string(i));
    CHECK(ring.owner("key") == *circle.find_at(0));
  }
}

// ---- P2

TEST_CASE("P2 the spec has everything except the nodes", "[ring]") {
  CHECK(quoit::ring<>().spec() == "ring/1;xxh3;vnodes=512;slots=whole_circle;seed=0");
  CHECK(quoit::ring<>().key_spec() == "xxh3;slots=whole_circle;seed=0");
  const quoit::ring<int, quoit::crc32, quoit::modulo_circle<100, 7>> ring({.vnodes = 5, .seed = 9});
  CHECK(ring.spec() == "ring/1;crc32-splitmix64;vnodes=5;slots=modulo_circle/100/7;seed=9");
  CHECK(quoit::ring<int, test::foreign_hash>().spec() == "ring/1;test-foreign/1;vnodes=512;slots=whole_circle;seed=0");
}

TEST_CASE("P2 the fingerprint depends on everything that determines a placement", "[ring]") {
  const auto base = three_nodes();
  std::vector<quoit::fingerprint> prints{base.fingerprint()};
  const auto changed = [&](const auto& change) {
    auto ring = base;
    change(ring);
    CHECK(!(ring == base));
    prints.push_back(ring.fingerprint());
  };
  changed([](auto& ring) { ring.add("cache-d"); });
  changed([](auto& ring) { ring.remove("cache-a"); });
  changed([](auto& ring) { ring.set_weight("cache-a", 2); });
  changed([](auto& ring) { ring.set_weight("cache-a", 0); });
  changed([](auto& ring) { ring.set_domain("cache-a", "moon"); });
  changed([](auto& ring) { ring.remove("cache-a"), ring.add("cache-a", {.domain = "eu"}); });
  changed([](auto& ring) { ring.remove("cache-a"), ring.add("cache-"), ring.add("a"); });
  const auto three = three_nodes();
  changed([&](auto& ring) { ring = quoit::ring<>({.vnodes = 17}), ring.assign(three.nodes()); });
  changed([&](auto& ring) { ring = quoit::ring<>({.vnodes = 16, .seed = 1}), ring.assign(three.nodes()); });
  quoit::ring<std::string, quoit::xxh64> other({.vnodes = 16});
  other.assign(base.nodes());
  prints.push_back(other.fingerprint());
  quoit::ring<std::string, quoit::xxh3, quoit::slots<5>> slotted({.vnodes = 16});
  slotted.assign(base.nodes());
  prints.push_back(slotted.fingerprint());
  std::sort(prints.begin(), prints.end());
  CHECK(std::adjacent_find(prints.begin(), prints.end()) == prints.end());
}

TEST_CASE("P2 payload is not part of a placement", "[ring]") {
  quoit::ring<test::server> a, b;
  a.add({"x", "10.0.0.1"});
  b.add({"x", "10.0.0.2"});
  CHECK(a == b);
  CHECK(a.fingerprint() == b.fingerprint());
  CHECK(b.assign({{{"x", "10.0.0.3"}, 1, {}}}) == quoit::assign_result{0, 0, 0});
  CHECK(b.owner("key").address == "10.0.0.3");
}

// ---- P5

TEST_CASE("P5 labels are unambiguous: vnode 1 of node1 is not vnode 11 of node", "[ring]") {
  // Without the length, vnodes 10 … 19 of "node" would have the positions of vnodes 0 … 9 of "node1".
  const auto positions_of = [](const std::string& id) {
    quoit::ring<> ring({.vnodes = 64});
    ring.add(id);
    std::vector<std::uint64_t> positions;
    for (const auto& arc : ring.arcs()) positions.push_back(arc.range.to);
    return positions;
  };
  const std::vector<std::string> ids{"node", "node1", "node11", std::string("node\0", 5), "node1\x01", "", "1"};
  std::vector<std::uint64_t> all;
  for (const auto& id : ids) {
    const auto positions = positions_of(id);
    all.insert(all.end(), positions.begin(), positions.end());
  }
  std::sort(all.begin(), all.end());
  CHECK(all.size() == 7 * 64);
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("P5 the position of a vnode is the hash of length, id and index", "[ring]") {
  using namespace std::string_view_literals;
  quoit::ring<> text({.vnodes = 1, .seed = 5});
  text.add("node1");
  CHECK(text.arcs()[0].range.to == quoit::xxh3{}("\x05\0\0\0node1\0\0\0\0"sv, 5));
  quoit::ring<int> number({.vnodes = 1, .seed = 5});
  number.add(-2);
  CHECK(number.arcs()[0].range.to == quoit::xxh3{}("\x08\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"sv, 5));
  // Index 300 of the id "n": the index has four bytes, too.
  text = quoit::ring<>({.vnodes = 301});
  text.add("n");
  const std::uint64_t last = quoit::xxh3{}("\x01\0\0\0n\x2c\x01\0\0"sv, 0);
  const auto arcs = text.arcs();
  CHECK(std::any_of(arcs.begin(), arcs.end(), [&](const auto& arc) { return arc.range.to == last; }));
}

TEST_CASE("P5 an integer id and its digits as text have different positions", "[ring]") {
  quoit::ring<int> number({.vnodes = 8});
  quoit::ring<> text({.vnodes = 8});
  number.add(42);
  text.add("42");
  CHECK(number.arcs()[0].range.to != text.arcs()[0].range.to);
}

TEST_CASE("P5 a node with a positive weight has vnodes, and weight 0 drains it", "[ring]") {
  auto ring = three_nodes(1);
  CHECK(ring.vnode_count() == 4);
  ring.set_weight("cache-b", 0);
  CHECK(ring.size() == 3);
  CHECK(ring.active() == 2);
  CHECK(ring.contains_node("cache-b"));
  CHECK(ring.find_node("cache-b")->weight == 0);
  for (const auto& arc : ring.arcs()) CHECK(*arc.owner != "cache-b");
  ring.add("drained", {.weight = 0});
  CHECK(ring.size() == 4);
  CHECK(ring.vnode_count() == 2);
  ring.set_weight("cache-b", 2);
  ring.remove("drained");
  CHECK(test::difference(ring, three_nodes(1)) == "");
}

// ---- P7

TEST_CASE("P7 a number of vnodes outside the range is refused, and the message has it", "[ring]") {
  for (const std::int64_t vnodes :
       {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, quoit::max_vnodes_per_node + 1, INT64_MAX}) {
    CHECK_THAT(message_of([&] { quoit::ring<> ring({.vnodes = vnodes}); }),
               ContainsSubstring("quoit: ring: vnodes = " + std::to_string(vnodes)));
  }
  CHECK(quoit::ring<>({.vnodes = quoit::max_vnodes_per_node}).empty());
  CHECK(quoit::ring<>({.vnodes = 1}).empty());
}

TEST_CASE("P7 a policy without slots is refused, and the message has its name", "[ring]") {
  using ring_type = quoit::ring<std::string, quoit::xxh3, test::no_slots>;
  CHECK_THAT(message_of([] { ring_type ring; }), ContainsSubstring("test-no-slots"));
}

TEST_CASE("P7 a policy that returns a wrong slot is detected and changes nothing", "[ring]") {
  quoit::ring<std::string, quoit::xxh3, test::overflowing> ring;
  CHECK_THROWS_AS(ring.add("node"), std::logic_error);
  CHECK_THROWS_WITH(ring.add("node"), ContainsSubstring("test-overflowing") && ContainsSubstring("slot 8 of 8"));
  CHECK(ring.empty());
  CHECK(ring.vnode_count() == 0);
}

TEST_CASE("P7 messages name the cause and the limit", "[ring]") {
  auto ring = three_nodes();
  const auto before = ring;
  CHECK(message_of([&] { ring.add("cache-a"); }) ==
        "quoit: ring: node 'cache-a' is already in the ring; set_weight(), set_domain() and assign() change a node");
  CHECK(message_of([&] { ring.remove("cache-x"); }) ==
        "quoit: ring: node 'cache-x' is unknown; nodes() has those of this ring");
  CHECK(message_of([&] { ring.set_weight("", 1); }) ==
        "quoit: ring: node '' is unknown; nodes() has those of this ring");
  CHECK(message_of([&] { ring.set_weight("cache-a", -3); }) ==
        "quoit: ring: node 'cache-a' has weight -3; it must be 0 to 1048576. A weight of 0 drains the node, and "
        "remove() takes it out");
  CHECK(
      message_of([&] { ring.add("d", {.weight = 1048577}); }) ==
      "quoit: ring: node 'd' has weight 1048577; it must be 0 to 1048576, because each unit is 16 virtual nodes and a "
      "node has at most 16777216. Use smaller weights or ring_options::vnodes; quoit::scaled_weights() turns sizes "
      "into weights that fit into a budget of virtual nodes");
  CHECK_THAT(
      message_of([&] { ring.add("d", {.weight = INT64_MAX}); }),
      ContainsSubstring("quoit: ring: node 'd' has weight 9223372036854775807; it must be 0 to 1048576, because"));
  CHECK(message_of([&] { ring.add("d", {.weight = INT64_MIN}); }) ==
        "quoit: ring: node 'd' has weight -9223372036854775808; it must be 0 to 1048576. A weight of 0 drains the "
        "node, and remove() takes it out");
  CHECK(message_of([&] { ring.assign({{"p"}, {"q"}, {"p", 2, "x"}}); }) ==
        "quoit: ring: node 'p' is given twice; give each id once");
  CHECK(message_of([&] { ring.assign({{"p"}, {"q", -1, {}}}); }) ==
        "quoit: ring: node 'q' has weight -1; it must be 0 to 1048576. A weight of 0 drains the node, and remove() "
        "takes it out");
  CHECK(test::difference(ring, before) == "");
}

TEST_CASE("P7 too many vnodes are refused before they are computed", "[ring]") {
  quoit::ring<int> ring({.vnodes = quoit::max_vnodes_per_node});
  std::vector<int> nodes;
  for (int i = 0; i < 256; ++i) nodes.push_back(i);  // 256 * 2^24 = 2^32
  const std::size_t before = test::allocations();
  CHECK_THAT(message_of([&] { ring.assign(nodes); }),
             ContainsSubstring("4294967296 virtual nodes; the limit is 4294967294"));
  CHECK(test::allocations() - before < 1000);
  CHECK(ring.empty());
}

TEST_CASE("P7 a failing allocation leaves the ring as it was", "[ring]") {
  // Lets each allocation of a change fail.
  const auto try_every_failure = [](const auto& change) {
    const auto before = three_nodes(40);
    auto expected = before;
    change(expected);
    int failures = 0;
    for (std::size_t n = 0;; ++n) {
      auto ring = before;
      bool failed = false;
      {
        const test::failing_allocations fail(n);
        try {
          change(ring);
        } catch (const std::bad_alloc&) {
          failed = true;
        }
      }
      if (!failed) {
        REQUIRE(test::difference(ring, expected) == "");
        break;
      }
      ++failures;
      INFO("allocation " << n);
      REQUIRE(test::difference(ring, before) == "");
      REQUIRE(test::broken_invariant(ring) == "");
      change(ring);  // the change can be repeated
      REQUIRE(test::difference(ring, expected) == "");
    }
    return failures;
  };
  CHECK(try_every_failure([](auto& ring) {
          ring.add("a node whose id is too long to be stored inline", {.domain = "a domain that is too long as well"});
        }) > 3);
  CHECK(try_every_failure([](auto& ring) { ring.remove("cache-a"); }) > 3);
  CHECK(try_every_failure([](auto& ring) { ring.set_weight("cache-a", 7); }) > 3);
  CHECK(try_every_failure([](auto& ring) { ring.set_domain("cache-a", "a domain of more than fifteen letters"); }) > 1);
  CHECK(try_every_failure([](auto& ring) { ring.assign({{"cache-a", 3, {}}, {"x"}, {"cache-c", 1, "elsewhere"}}); }) >
        3);
}

TEST_CASE("P7 a change during which a copy of a node throws leaves the ring as it was", "[ring]") {
  fragile::copies_left = 1000;
  quoit::ring<fragile> ring({.vnodes = 4});
  for (const char* name : {"a", "b", "c"}) ring.add(fragile{name});
  const auto before = ring;
  for (int copies = 0; copies < 4; ++copies) {
    fragile::copies_left = copies;
    CHECK_THROWS_AS(ring.assign(std::vector{fragile{"d"}, fragile{"e"}}), std::runtime_error);
    CHECK(test::difference(ring, before) == "");
  }
  // Changes of one node do not copy nodes.
  fragile::copies_left = 0;
  ring.add(fragile{"d"});
  ring.set_weight("a", 2);
  ring.remove("b");
  CHECK(ring.size() == 3);
}

TEST_CASE("P7 arguments may be references to nodes of the ring itself", "[ring]") {
  auto ring = three_nodes();
  ring.set_weight(ring.owner("key"), 5);
  ring.remove(ring.owner("key"));
  CHECK(ring.size() == 2);
  ring.assign(ring.nodes());
  CHECK(ring.size() == 2);
  CHECK(test::broken_invariant(ring) == "");
  CHECK_THROWS_AS(ring.add(ring.nodes()[0].node), std::invalid_argument);
}

TEST_CASE("P7 a moved-from ring can be used again", "[ring]") {
  auto ring = three_nodes();
  const auto taken = std::move(ring);
  CHECK(taken.size() == 3);
  ring.assign(taken.nodes());  // NOLINT: use after move is the test
  CHECK(test::difference(ring, taken) == "");
}

TEST_CASE("P2 rings whose hashes have different states differ", "[ring]") {
  quoit::ring<std::string, keyed_hash> one({.vnodes = 8}, keyed_hash{1}), two({.vnodes = 8}, keyed_hash{2});
  for (auto* ring : {&one, &two}) ring->assign({"a", "b", "c"});
  CHECK(one.fingerprint() != two.fingerprint());
  CHECK_FALSE(one == two);
  CHECK(one.key_spec() != two.key_spec());
  CHECK_THROWS_AS(quoit::diff(one, two), std::invalid_argument);
  quoit::ring<std::string, keyed_hash> same({.vnodes = 8}, keyed_hash{1});
  same.assign({"c", "b", "a"});
  CHECK(one == same);
  CHECK(one.key_spec() == same.key_spec());
  CHECK(quoit::diff(one, same).empty());
}

TEST_CASE("P7 a moved-from ring is empty", "[ring]") {
  auto ring = three_nodes();
  const auto taken = std::move(ring);
  CHECK(ring.empty());  // NOLINT: use after move is the test
  CHECK(ring.active() == 0);
  CHECK(ring.vnode_count() == 0);
  CHECK(ring.find("key") == nullptr);
  CHECK(ring.replicas("key", 3, quoit::spread::domains).empty());
  CHECK(test::broken_invariant(ring) == "");
}

// ---- assign, lookup, keys

TEST_CASE("ring: nodes and keys may come from any range, even one that can be read only once", "[ring]") {
  quoit::ring<> ring({.vnodes = 8});
  ring.assign({"a", "b", "c"});
  CHECK(ring.size() == 3);
  CHECK(ring.assign({std::string("a"), std::string("d")}) == quoit::assign_result{1, 2, 0});
  CHECK(ring.assign({{"a"}, {"b", 2, {}}}) == quoit::assign_result{1, 1, 0});
  std::istringstream words("a c e");
  ring.assign(once(words));
  CHECK(ring.contains_node("e"));
  std::istringstream keys("x y z"), again("x y z");
  const auto owners = ring.owners(once(keys));
  REQUIRE(owners.size() == 3);
  CHECK(owners[1] == ring.find("y"));
  std::size_t grouped = 0;
  for (const auto& group : ring.partition_by_owner(once(again))) grouped += group.keys.size();
  CHECK(grouped == 3);
}

TEST_CASE("ring: assign() returns the numbers of changed nodes", "[ring]") {
  auto ring = three_nodes();
  const auto same = three_nodes();
  CHECK(ring.assign(same.nodes()) == quoit::assign_result{0, 0, 0});
  CHECK(ring.assign({{"cache-a", 2, {}}, {"cache-b", 2, "eu/zone-2"}, {"d"}, {"e"}}) == quoit::assign_result{2, 1, 2});
  CHECK(ring.assign(std::vector<std::string>{"d"}) == quoit::assign_result{0, 3, 0});
  CHECK(ring.assign(std::list<const char*>{"d", "c"}) == quoit::assign_result{1, 0, 0});
  CHECK(ring.assign(std::vector<std::string>{}) == quoit::assign_result{0, 2, 0});
  CHECK(ring.empty());
}

TEST_CASE("ring: nodes() is in id order, with weights and domains", "[ring]") {
  quoit::ring<> ring({.vnodes = 1});
  ring.add("b", {.weight = 3, .domain = "x"});
  ring.add("c");
  ring.add("a", {.weight = 0});
  REQUIRE(ring.nodes().size() == 3);
  CHECK(ring.nodes()[0].node == "a");
  CHECK(ring.nodes()[1].weight == 3);
  CHECK(ring.nodes()[1].domain == "x");
  CHECK(ring.find_node("b") == &ring.nodes()[1]);
  CHECK(ring.find_node("bb") == nullptr);
  CHECK(!ring.contains_node(""));
  CHECK(ring.vnode_memory() >= 4 * sizeof(std::uint64_t));
}

TEST_CASE("ring: a node can be given by its id or by a node with that id", "[ring]") {
  quoit::ring<test::server> ring;
  ring.add({"a", "address"});
  ring.add({"b", "address"});
  CHECK(ring.contains_node("a"));
  CHECK(ring.contains_node(std::string("a")));
  CHECK(ring.contains_node(test::server{"a", "another address"}));
  ring.set_weight("a", 2);
  ring.remove(test::server{"b"});
  CHECK(ring.size() == 1);
  CHECK(ring.find_node("a")->node.address == "address");
  quoit::ring<test::shard> shards({.vnodes = 4});
  shards.add({-7});
  CHECK(shards.contains_node(-7));
  CHECK(shards.contains_node(std::int64_t{-7}));
  // Integers of another type compare by value: -7 is not 2^64 - 7.
  CHECK(!shards.contains_node(std::uint64_t(-7)));
  CHECK(!shards.contains_node(std::uint32_t(-7)));
}

TEST_CASE("ring: with fewer domains than copies the list goes on with other nodes or ends", "[ring]") {
  quoit::ring<> ring({.vnodes = 8});
  for (const char* node : {"a1", "a2", "a3"}) ring.add(node, {.domain = "a"});
  for (const char* node : {"b1", "b2"}) ring.add(node, {.domain = "b"});
  for (int i = 0; i < 50; ++i) {
    const std::string key = std::to_string(i);
    const auto filled = ring.replicas(key, 4, quoit::spread::domains);
    REQUIRE(filled.size() == 4);
    CHECK(filled[0][0] != filled[1][0]);  // one node of each domain first
    CHECK(ring.replicas(key, 4, quoit::spread::domains_only).size() == 2);
    CHECK(ring.replicas(key, 1, quoit::spread::domains_only).size() == 1);
    // After that, the order is that of the list without domains.
    std::vector<std::string> rest, expected;
    const auto whole = ring.replicas(key, 5, quoit::spread::domains);
    for (std::size_t n = 2; n < 5; ++n) rest.push_back(whole[n]);
    for (const auto& node : ring.replicas(key, 5)) {
      if (node != whole[0] && node != whole[1]) expected.push_back(node);
    }
    CHECK(rest == expected);
  }
  // A drained domain does not count.
  ring.set_weight("b1", 0);
  ring.set_weight("b2", 0);
  CHECK(ring.replicas("key", 3, quoit::spread::domains_only).size() == 1);
  CHECK(ring.replicas("key", 3, quoit::spread::domains).size() == 3);
}

TEST_CASE("ring: every node without a domain counts as a domain of its own", "[ring]") {
  quoit::ring<> ring({.vnodes = 8});
  for (const char* node : {"a", "b", "c", "d"}) ring.add(node);
  CHECK(ring.replicas("key", 4, quoit::spread::domains_only).size() == 4);
}

TEST_CASE("ring: all keys of a slot have the same preference list", "[ring]") {
  quoit::ring<std::string, quoit::xxh3, quoit::slots<16>> ring({.vnodes = 8});
  for (int i = 0; i < 6; ++i) ring.add("n" + std::to_string(i));
  for (int i = 0; i < 500; ++i) {
    const std::string key = "key-" + std::to_string(i);
    REQUIRE(ring.position(key) == ring.slots().slot(quoit::xxh3{}(key, 0)));
    REQUIRE(ring.find(key) == ring.find_at(ring.position(key)));
  }
  CHECK(ring.arcs().size() <= 16);
}

TEST_CASE("ring: a policy may define the sizes of its slots", "[ring]") {
  quoit::ring<std::string, quoit::xxh3, test::uneven> ring({.vnodes = 64});
  for (int i = 0; i < 3; ++i) ring.add("n" + std::to_string(i));
  // With 192 vnodes, each of the four slots has one.
  const auto arcs = ring.arcs();
  REQUIRE(arcs.size() == 4);
  CHECK(arcs[0].size == quoit::share::ratio(1, 2));
  CHECK(arcs[1].size == quoit::share::ratio(1, 4));
  CHECK(arcs[2].size == quoit::share::ratio(1, 8));
  CHECK(arcs[3].size == quoit::share::ratio(1, 8));
  CHECK(ring.size_of({3, 3}) == quoit::share::whole());
  CHECK(ring.size_of({2, 0}) == quoit::share::ratio(5, 8));
}

TEST_CASE("ring: with Redis slots, keys with the same hash tag have the same position", "[ring]") {
  quoit::ring<std::string, quoit::xxh3, quoit::redis_slots> ring;
  for (int i = 0; i < 16; ++i) ring.add("n" + std::to_string(i));
  CHECK(ring.position("{user1000}.following") == ring.position("{user1000}.followers"));
  CHECK(ring.position("123456789") == 12739);
  CHECK(ring.position(test::server{"{user1000}.x"}) == ring.position("user1000"));
  CHECK(ring.position(std::array<char, 3>{'f', 'o', 'o'}) == 12182);
  CHECK(ring.position(quoit::key_hash{16384 + 5}) == 5);
}

TEST_CASE("ring: the first example of the README", "[ring]") {
  quoit::ring<std::string> ring;
  ring.add("cache-a");
  ring.add("cache-b", {.weight = 2, .domain = "eu/zone-2"});
  ring.add("cache-c");
  const std::string& node = ring.owner("user:42");
  auto copies = ring.replicas("user:42", 2);
  REQUIRE(copies.size() == 2);
  CHECK(&copies[0] == &node);
  auto before = ring;
  ring.add("cache-d");
  int moves = 0;
  for (auto&& move : quoit::diff(before, ring)) {
    CHECK(*move.to == "cache-d");
    ++moves;
  }
  CHECK(moves > 0);
}
