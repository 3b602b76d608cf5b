// SPDX-License-Identifier: MIT
// diff against a brute-force difference over every position of small circles, hand-made cases, and the exact minimum
// (P4).
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <quoit/diff.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"
#include "support/nodes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"
#include "support/ring/checks.hpp"

namespace {

// Places vnode i of the node with id "p,q,…" at the i-th of these positions, and a key "p" at p: rings made by hand.
struct literal_hash {
  static constexpr std::string_view stable_name = "test-literal";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t) const noexcept {
    std::size_t field = 0;
    if (bytes.size() >= 8 && bytes[1] == 0) {  // a label: length, "name@p,q", index
      field = static_cast<unsigned char>(bytes[bytes.size() - 4]);
      bytes = bytes.substr(4, bytes.size() - 8);
      bytes.remove_prefix(bytes.find('@') + 1);
    }
    std::uint64_t value = 0;
    for (const char c : bytes) {
      if (c == ',') {
        if (field-- == 0) break;
        value = 0;
      } else if (c >= '0' && c <= '9') {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
      }
    }
    return value;
  }
};

using literal_ring = quoit::ring<std::string, literal_hash>;

literal_ring by_hand(std::initializer_list<std::string> nodes, std::int64_t vnodes = 2) {
  literal_ring ring({.vnodes = vnodes});
  for (const auto& node : nodes) ring.add(node);
  return ring;
}

template <class Diff>
std::vector<std::string> text_of(const Diff& diff) {
  std::vector<std::string> lines;
  for (const auto& move : diff) {
    lines.push_back(std::to_string(move.range.from) + ".." + std::to_string(move.range.to) + " " +
                    test::name_of(move.from) + ">" + test::name_of(move.to) + " " + std::to_string(move.size.high()) +
                    ":" + std::to_string(move.size.low()));
  }
  return lines;
}

template <class Ring>
Ring random_ring(test::random& random, int kinds) {
  Ring ring({.vnodes = 3, .seed = 1});
  for (int i = 0; i < kinds; ++i) {
    if (random.chance(3)) continue;
    ring.add("n" + std::to_string(i), {.weight = static_cast<std::int64_t>(random.below(4))});
  }
  return ring;
}

// Compares with both rings at every slot of a policy with equally many hashes a slot where that is so.
template <class Ring>
void compare_with_every_position(int rounds) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < rounds; ++round) {
    const Ring before = random_ring<Ring>(random, 6), after = random_ring<Ring>(random, 6);
    const auto diff = quoit::diff(before, after);
    quoit::share moved;
    std::map<std::string, quoit::share> load_before, load_after;
    for (std::uint64_t slot = 0; slot < before.slots().count(); ++slot) {
      const quoit::share size = before.size_of({slot == 0 ? before.slots().count() - 1 : slot - 1, slot});
      const std::string from = test::name_of(before.find_at(slot)), to = test::name_of(after.find_at(slot));
      load_before[from] += size;
      load_after[to] += size;
      int found = 0;
      for (const auto& move : diff) {
        if (!move.range.contains(slot)) continue;
        ++found;
        REQUIRE(test::name_of(move.from) == from);
        REQUIRE(test::name_of(move.to) == to);
      }
      REQUIRE(found == (from == to ? 0 : 1));
      if (from != to) moved += size;
    }
    REQUIRE(diff.moved() == moved);

    // The minimum: what the nodes gain, or what "nobody" loses or gains beside them.
    quoit::share gained;
    for (const auto& [name, load] : load_after) {
      if (load > load_before[name]) gained += load - load_before[name];
    }
    REQUIRE(diff.minimum() == gained);

    quoit::share sum;
    for (const auto& move : diff) sum += move.size;
    REQUIRE(sum == moved);
    quoit::share of_transfers;
    std::size_t ranges = 0;
    for (const auto& transfer : diff.transfers()) {
      of_transfers += transfer.size;
      ranges += transfer.ranges;
    }
    REQUIRE(of_transfers == moved);
    REQUIRE(ranges == diff.size());
    // Ascending and merged.
    for (std::size_t i = 1; i < diff.size(); ++i) {
      const auto &a = diff.moves()[i - 1], &b = diff.moves()[i];
      REQUIRE(a.range.to < b.range.to);
      REQUIRE(!(a.range.to == b.range.from && a.from == b.from && a.to == b.to));
    }
    if (diff.size() > 1) {
      const auto &a = diff.moves().back(), &b = diff.moves().front();
      REQUIRE(!(a.range.to == b.range.from && a.from == b.from && a.to == b.to));
    }
  }
}

}  // namespace

TEST_CASE("diff: a join by hand", "[diff]") {
  // before:  a 10, b 20, a 30, b 40        after: c at 15 and 16 takes (10, 16] from b
  const auto before = by_hand({"a@10,30", "b@20,40"});
  auto after = before;
  after.add("c@15,16");
  CHECK(text_of(quoit::diff(before, after)) == std::vector<std::string>{"10..16 b@20,40>c@15,16 0:6"});
  CHECK(text_of(quoit::diff(after, before)) == std::vector<std::string>{"10..16 c@15,16>b@20,40 0:6"});
  CHECK(quoit::diff(before, after).moved() == quoit::share(6));
  CHECK(quoit::diff(before, after).minimum() == quoit::share(6));
}

TEST_CASE("diff: a move across the end of the circle is one move", "[diff]") {
  const auto before = by_hand({"a@10,30", "b@20,40"});
  auto after = before;
  after.add("c@5,18446744073709551615");
  const auto diff = quoit::diff(before, after);
  CHECK(text_of(diff) == std::vector<std::string>{"40..5 a@10,30>c@5,18446744073709551615 0:18446744073709551581"});
  CHECK(to_string(diff.moves()[0].range) == "(0x0000000000000028, 0x0000000000000005]");
}

TEST_CASE("diff: the whole circle from one node to another is one move", "[diff]") {
  const auto before = by_hand({"a@10,30"}), after = by_hand({"b@20,40"});
  const auto diff = quoit::diff(before, after);
  REQUIRE(diff.size() == 1);
  CHECK(diff.moves()[0].range.from == diff.moves()[0].range.to);
  CHECK(diff.moved() == quoit::share::whole());
  CHECK(diff.minimum() == quoit::share::whole());
  CHECK(diff.ideal() == quoit::share::whole());
}

TEST_CASE("diff: equal rings have no difference whatever their history", "[diff]") {
  auto before = by_hand({"a@10,30", "b@20,40"});
  const auto after = by_hand({"b@20,40", "a@10,30"});
  CHECK(quoit::diff(before, after).empty());
  CHECK(quoit::diff(before, before).empty());
  CHECK(quoit::diff(before, before).moved() == quoit::share());
  CHECK(quoit::diff(literal_ring(), literal_ring()).empty());
}

TEST_CASE("diff: what moves in vain shows as more than the minimum", "[diff]") {
  // a and b trade arcs of ten hashes each: twenty move, though no load changes.
  //   before  a 10   b 20   a 30   b 40          after  b 10   a 20   a 30   b 40
  const auto before = by_hand({"a@10,30", "b@20,40"});
  quoit::ring<std::string, literal_hash> after({.vnodes = 1});
  const auto slots = [](const char* id, std::int64_t weight) { return quoit::node_spec<std::string>{id, weight, {}}; };
  after.assign({slots("a@10,30", 1), slots("b@20,40", 1)});
  CHECK(quoit::diff(before, after).moved() == quoit::share(10));  // (20, 30] from a to b and, behind 40, nothing
  CHECK(quoit::diff(before, after).minimum() == quoit::share(10));
  quoit::ring<std::string, test::low_byte_hash> one({.vnodes = 1}), two({.vnodes = 2});
  for (const char* node : {"a", "b", "c", "d"}) one.add(node), two.add(node);
  const auto diff = quoit::diff(one, two);  // another number of vnodes: same key positions, so they can be compared
  CHECK(diff.moved() > diff.minimum());
}

TEST_CASE("diff: ideal is computed from the weights alone", "[diff]") {
  auto before = by_hand({"a@1,2", "b@3,4", "c@5,6"});
  auto after = before;
  after.add("d@7,8");
  CHECK(quoit::diff(before, after).ideal() == quoit::share::ratio(1, 4));
  after = before;
  after.remove("c@5,6");
  // a and b go from floor(2^64 / 3) to 2^63 each.
  CHECK(quoit::diff(before, after).ideal() ==
        quoit::share::ratio(1, 3) + quoit::share(1));  // 2^64 is not divisible by 3
  after = before;
  after.set_weight("a@1,2", 2);
  CHECK(quoit::diff(before, after).ideal() == quoit::share::ratio(1, 2) - quoit::share::ratio(1, 3));
}

TEST_CASE("diff: against every slot of small circles", "[diff]") {
  compare_with_every_position<quoit::ring<std::string, quoit::xxh3, quoit::slots<40>>>(60);
  compare_with_every_position<quoit::ring<std::string, test::top_byte_hash, quoit::slots<255>>>(40);
  compare_with_every_position<quoit::ring<std::string, quoit::murmur3, quoit::modulo_circle<101, 33>>>(60);
  compare_with_every_position<quoit::ring<std::string, quoit::xxh3, test::uneven>>(40);
  compare_with_every_position<quoit::ring<std::string, quoit::xxh3, test::high_bits>>(20);
  compare_with_every_position<quoit::ring<std::string, quoit::xxh3, quoit::slots<1>>>(20);
}

TEST_CASE("diff: against every position of a whole circle that an 8-bit hash uses", "[diff]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  using ring_type = quoit::ring<std::string, test::low_byte_hash>;
  for (int round = 0; round < 60; ++round) {
    const auto before = random_ring<ring_type>(random, 7), after = random_ring<ring_type>(random, 7);
    const auto diff = quoit::diff(before, after);
    quoit::share moved;
    // 0 … 255 one by one; everything behind 255 has the owner of 256, for no vnode lies there.
    for (std::uint64_t position = 0; position <= 256; ++position) {
      const std::string from = test::name_of(before.find_at(position)), to = test::name_of(after.find_at(position));
      if (from != to) moved += position == 256 ? quoit::share::whole() - quoit::share(256) : quoit::share(1);
      bool found = false;
      for (const auto& move : diff) {
        if (!move.range.contains(position)) continue;
        REQUIRE(!found);
        REQUIRE(test::name_of(move.from) == from);
        REQUIRE(test::name_of(move.to) == to);
        found = true;
      }
      REQUIRE(found == (from != to));
    }
    REQUIRE(diff.moved() == moved);
    REQUIRE(quoit::diff(after, before).moved() == moved);
  }
}

TEST_CASE("P4 the exact minimum at full size: 100 nodes with 160 vnodes", "[diff]") {
  quoit::ring<> ring({.vnodes = 160});
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back("node-" + std::to_string(i));
  ring.assign(ids);
  auto joined = ring, left = ring, heavier = ring;
  joined.add("newcomer");
  left.remove("node-17");
  heavier.set_weight("node-17", 3);
  for (const auto& diff : {quoit::diff(ring, joined), quoit::diff(ring, left), quoit::diff(ring, heavier)}) {
    CHECK(diff.moved() == diff.minimum());
    CHECK(diff.moved() > quoit::share());
  }
  for (const auto& move : quoit::diff(ring, joined)) REQUIRE(*move.to == "newcomer");
  for (const auto& move : quoit::diff(ring, left)) REQUIRE(*move.from == "node-17");
  for (const auto& move : quoit::diff(ring, heavier)) REQUIRE(*move.to == "node-17");
}

TEST_CASE("P7 diff of rings that put keys elsewhere is refused", "[diff]") {
  quoit::ring<> a({.seed = 1}), b({.seed = 2});
  a.add("x");
  b.add("x");
  CHECK_THROWS_AS(quoit::diff(a, b), std::invalid_argument);
  CHECK_THROWS_WITH(quoit::diff(a, b),
                    Catch::Matchers::ContainsSubstring("seed=1") && Catch::Matchers::ContainsSubstring("seed=2"));
  using slotted = quoit::ring<std::string, quoit::xxh3, quoit::slots<>>;
  const slotted c({}, quoit::slots<>{10}), d({}, quoit::slots<>{11});
  CHECK_THROWS_WITH(quoit::diff(c, d),
                    Catch::Matchers::ContainsSubstring("slots/10;") && Catch::Matchers::ContainsSubstring("slots/11;"));
}

TEST_CASE("diff: does not refer to the rings and carries the newer payload", "[diff]") {
  const auto make = [] {
    quoit::ring<test::server> before, after;
    before.add({"a", "old address"});
    before.add({"b", "address"});
    after.add({"a", "new address"});
    return quoit::diff(before, after);
  };
  const auto diff = make();
  REQUIRE(!diff.empty());
  for (const auto& move : diff) {
    CHECK(move.from->address == "address");
    CHECK(move.to->address == "new address");
  }
  const auto transfers = diff.transfers();
  REQUIRE(transfers.size() == 1);
  CHECK(transfers[0].from->name == "b");
  CHECK(transfers[0].to->name == "a");
  CHECK(transfers[0].size == diff.moved());
  CHECK(transfers[0].ranges == diff.size());
}

TEST_CASE("diff: text of a move", "[diff]") {
  const auto before = by_hand({"a@10,30", "b@20,40"});
  auto after = before;
  after.add("c@15,16");
  std::ostringstream out;
  const auto join = quoit::diff(before, after);
  out << join.moves()[0];
  CHECK(out.str() == "(0x000000000000000a, 0x0000000000000010]  b@20,40 -> c@15,16  0.0000%");
  const auto first = quoit::diff(literal_ring({.vnodes = 1}), by_hand({"a@10"}, 1));
  CHECK(to_string(first.moves()[0]) == "(0x000000000000000a, 0x000000000000000a]  nobody -> a@10  100.0000%");
}

TEST_CASE("diff: an assigned or moved diff finds the moves of every position", "[diff]") {
  quoit::ring<> a({"a", "b"}), b({"a", "b", "c"});
  const quoit::slot_table<> small = quoit::slot_table<>::adopt(a, {.slots = 16, .replicas = 1}),
                            next = quoit::slot_table<>::adopt(b, {.slots = 16, .replicas = 1});
  const auto of_rings = quoit::diff(a, b);
  auto assigned = quoit::diff(small, next);
  const auto moved = std::move(assigned);
  CHECK(moved.find(16) == nullptr);
  CHECK(moved.find(~std::uint64_t{0}) == nullptr);
  assigned = of_rings;
  auto moved_rings = std::move(assigned);
  for (const auto& one : of_rings) {
    REQUIRE(moved_rings.find(one.range.to) != nullptr);
    REQUIRE(moved_rings.find(one.range.to)->size == one.size);
  }
}
