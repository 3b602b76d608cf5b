// SPDX-License-Identifier: MIT
// find_if() and walk(): what a caller sees in rings, and in placements of its own. conformance/walk_test.cpp compares
// all placements with preferred().
#include <algorithm>
#include <cstdint>
#include <new>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/walk.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/policies.hpp"

namespace {

template <class Ring = quoit::ring<>>
Ring ring_of(int nodes, std::int64_t vnodes) {
  Ring ring({.vnodes = vnodes});
  std::vector<std::string> names;
  for (int i = 0; i < nodes; ++i) names.push_back("node-" + std::to_string(i));
  ring.assign(names);
  return ring;
}

// Asks every node of a ring of which none is alive. Returns how often the predicate was called.
template <class Ring>
std::size_t calls_if_all_are_down(const Ring& ring, std::uint64_t position) {
  std::size_t calls = 0;
  const auto down = [&](const std::string&) {
    ++calls;
    return false;
  };
  CHECK(ring.find_if_at(position, down) == nullptr);
  return calls;
}

// The same nodes for every key, in id order, turned by the position: a placement with what the concept requires.
class turning {
 public:
  using node_type = std::string;

  explicit turning(int count) {
    for (int i = 0; i < count; ++i) nodes_.push_back({std::to_string(100'000 + i)});
  }

  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return quoit::hash_key(quoit::xxh3{}, key, 0);
  }
  template <class Key>
  [[nodiscard]] const std::string* find(const Key& key) const noexcept {
    const std::string* node = nullptr;
    preferred(position(key), {&node, 1}, quoit::spread::nodes);
    return node;
  }
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread) const noexcept {
    ++calls;
    const std::size_t count = (std::min)(out.size(), nodes_.size());
    for (std::size_t i = 0; i < count; ++i)
      out[i] = &nodes_[static_cast<std::size_t>((position + i) % nodes_.size())].node;
    return count;
  }
  [[nodiscard]] const std::vector<quoit::node_spec<std::string>>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] std::string key_spec() const { return "xxh3"; }
  [[nodiscard]] std::string spec() const { return "turning/1"; }
  [[nodiscard]] quoit::fingerprint fingerprint() const { return {}; }

  mutable int calls = 0;

 private:
  std::vector<quoit::node_spec<std::string>> nodes_;
};
static_assert(quoit::placement<turning>);

// The same with members of its own.
class turning_with_members : public turning {
 public:
  using turning::turning;

  template <class Predicate>
  [[nodiscard]] const std::string* find_if_at(std::uint64_t, Predicate&& holds) const {
    for (const auto& entry : nodes()) {
      if (holds(entry.node)) return &entry.node;
    }
    return nullptr;
  }
  [[nodiscard]] std::span<const std::string> walk_at(std::uint64_t) const { return own_; }

 private:
  std::vector<std::string> own_{"from", "the", "member"};
};

}  // namespace

TEST_CASE("walk: the first node that is alive, without a list of all nodes", "[walk]") {
  quoit::ring<> ring = ring_of(5, 64);
  for (int i = 0; i < 50; ++i) {
    const std::string key = "user:" + std::to_string(i);
    const auto list = ring.replicas(key, 5);
    std::set<std::string> down;
    const auto is_alive = [&](const std::string& node) { return !down.contains(node); };
    for (std::size_t dead = 0; dead < 5; ++dead) {
      REQUIRE(ring.find_if(key, is_alive) == &list[dead]);
      down.insert(list[dead]);
    }
    REQUIRE(ring.find_if(key, is_alive) == nullptr);
  }
  // A drained node is in no list.
  ring.set_weight("node-0", 0);
  CHECK(ring.find_if("key", [](const std::string& node) { return node == "node-0"; }) == nullptr);
  CHECK(std::ranges::count(ring.walk("key"), "node-0") == 0);
}

TEST_CASE("walk: a default-constructed walk has no nodes", "[walk]") {
  const auto is_empty = [](const auto& walk) {
    for (const std::string& node : walk) FAIL(node);
    return walk.empty() && walk.begin() == walk.end();
  };
  CHECK(is_empty(quoit::ring<>::walk_type()));
  CHECK(is_empty(quoit::ring<std::string, quoit::xxh3, quoit::slots<7>>::walk_type()));
  CHECK(is_empty(decltype(quoit::walk(std::declval<const turning&>(), "key"))()));
  CHECK(is_empty(decltype(std::declval<const quoit::slot_table<>&>().walk("key"))()));
}

TEST_CASE("walk: if all nodes are down, find_if() passes every vnode once", "[walk]") {
  for (const int nodes : {1, 2, 3, 40, 300}) {
    for (const std::int64_t vnodes : {1, 3, 64}) {
      INFO(nodes << " nodes, " << vnodes << " vnodes");
      const auto ring = ring_of(nodes, vnodes);
      for (std::uint64_t i = 0; i < 20; ++i)
        REQUIRE(calls_if_all_are_down(ring, quoit::splitmix64(i)) == ring.vnode_count());
    }
  }
}

TEST_CASE("walk: if all nodes are down, find_if() passes every vnode once, however vnodes collide", "[walk]") {
  const auto low = ring_of<quoit::ring<std::string, test::low_byte_hash>>(20, 50);
  const auto top = ring_of<quoit::ring<std::string, test::top_byte_hash>>(20, 50);
  const auto one = ring_of<quoit::ring<std::string, test::constant_hash>>(20, 50);
  const auto few = ring_of<quoit::ring<std::string, quoit::xxh3, quoit::slots<7>>>(20, 50);
  const auto uneven = ring_of<quoit::ring<std::string, quoit::xxh3, test::uneven>>(20, 50);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::uint64_t positions[] = {i, i << 56, quoit::splitmix64(i), 77, 78, ~i};
    for (const std::uint64_t position : positions) {
      REQUIRE(calls_if_all_are_down(low, position) == 1000);
      REQUIRE(calls_if_all_are_down(top, position) == 1000);
      REQUIRE(calls_if_all_are_down(one, position) == 1000);
    }
    REQUIRE(calls_if_all_are_down(few, i % 7) == 1000);
    REQUIRE(calls_if_all_are_down(uneven, i % 4) == 1000);
  }
}

TEST_CASE("walk: all vnodes at one position, and vnodes that collide, give every node once", "[walk]") {
  const auto check = [](const auto& ring, std::uint64_t position) {
    std::vector<const std::string*> list(ring.size());
    list.resize(ring.preferred(position, list));
    REQUIRE(list.size() == ring.active());
    REQUIRE(std::ranges::equal(ring.walk_at(position), list, {}, [](const std::string& node) { return &node; }));
  };
  const auto low = ring_of<quoit::ring<std::string, test::low_byte_hash>>(100, 8);
  const auto one = ring_of<quoit::ring<std::string, test::constant_hash>>(100, 8);
  for (std::uint64_t position = 0; position < 260; ++position) {
    check(low, position);
    check(one, position);
  }
  check(one, ~std::uint64_t{0});
}

TEST_CASE("walk: a ring of more than 65,535 nodes", "[walk]") {
  quoit::ring<int> ring({.vnodes = 1});
  std::vector<int> nodes;
  for (int i = 0; i < 70'000; ++i) nodes.push_back(i);
  ring.assign(nodes);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const quoit::key_hash key{quoit::splitmix64(i)};
    const auto list = ring.replicas(key, 300);
    auto at = ring.walk(key).begin();
    for (std::size_t n = 0; n < list.size(); ++n, ++at) REQUIRE(&*at == &list[n]);
    REQUIRE(ring.find_if(key, [&](int node) { return node == list[299]; }) == &list[299]);
  }
}

TEST_CASE("walk: the first hundred of ten thousand nodes cost a few allocations, all of them some more", "[walk]") {
  const auto ring = ring_of(10'000, 16);
  std::size_t before = test::allocations(), steps = 0;
  for (const std::string& node : ring.walk("key")) {
    if (++steps == 100 || node.empty()) break;
  }
  const std::size_t hundred = test::allocations() - before;
  CHECK(steps == 100);
  CHECK(hundred <= 4);
  before = test::allocations();
  steps = 0;
  for (const std::string& node : ring.walk("key")) steps += node.empty() ? 0U : 1U;
  const std::size_t all = test::allocations() - before;
  CHECK(steps == 10'000);
  CHECK(all <= 11);
}

TEST_CASE("P7 walk: a step without memory changes nothing", "[walk]") {
  const auto ring = ring_of(60, 8);
  const turning own(60);
  const auto check = [](const auto& walk) {
    std::vector<const std::string*> all;
    for (const std::string& node : walk) all.push_back(&node);
    REQUIRE(all.size() == 60);
    std::size_t failures = 0, steps = 0;
    auto at = walk.begin();
    for (; at != walk.end(); ++steps) {
      REQUIRE(&*at == all[steps]);
      auto other = walk.begin();
      try {
        const test::failing_allocations none(0);
        other = at;
      } catch (const std::bad_alloc&) {
        ++failures;
        REQUIRE(&*other == all[0]);
        if (steps > 0) REQUIRE(&*++other == all[1]);
      }
      bool stepped = false;
      try {
        const test::failing_allocations none(0);
        ++at;
        stepped = true;
      } catch (const std::bad_alloc&) {
        ++failures;
      }
      if (stepped) continue;
      REQUIRE(&*at == all[steps]);
      ++at;
    }
    REQUIRE(steps == 60);
    REQUIRE(failures > 50);  // copies beyond eight nodes, and some steps
  };
  check(ring.walk("key"));
  check(quoit::walk(own, "key"));
}

TEST_CASE("walk: a placement without members is asked for more and more nodes", "[walk]") {
  const turning p(1000);
  const auto node_at = [&](std::uint64_t i) { return &p.nodes()[static_cast<std::size_t>(i % 1000)].node; };
  for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{998}, std::uint64_t{123'456}}) {
    for (const std::uint64_t index : {0U, 1U, 3U, 4U, 63U, 64U, 100U, 999U}) {
      const std::string* const wanted = node_at(position + index);
      std::size_t tests = 0;
      const auto holds = [&](const std::string& node) {
        ++tests;
        return &node == wanted;
      };
      p.calls = 0;
      REQUIRE(quoit::find_if_at(p, position, holds) == wanted);
      REQUIRE(tests == index + 1);  // no node is tested twice
      REQUIRE(p.calls <= 3);
      p.calls = 0;
      const auto at = std::ranges::next(quoit::walk_at(p, position).begin(), static_cast<std::ptrdiff_t>(index));
      REQUIRE(&*at == wanted);
      REQUIRE(p.calls <= 11);  // 1, 2, 4, …, 1000
    }
  }
}

TEST_CASE("walk: find_if() over a placement without members needs the heap after 4,096 nodes only", "[walk]") {
  for (const int nodes : {4096, 4097, 9000}) {
    const turning p(nodes);
    const std::string& last = p.nodes().back().node;
    std::size_t before = test::allocations();
    const auto* const found = quoit::find_if_at(p, 0, [&](const std::string& node) { return &node == &last; });
    std::size_t allocated = test::allocations() - before;
    CHECK(found == &last);
    CHECK(allocated == (nodes > 4096 ? 1U : 0U));
    before = test::allocations();
    const auto* const nothing = quoit::find_if_at(p, 0, [](const std::string&) { return false; });
    allocated = test::allocations() - before;
    CHECK(nothing == nullptr);
    CHECK(allocated == (nodes > 4096 ? 1U : 0U));
  }
}

TEST_CASE("walk: members of a placement are used where it has them", "[walk]") {
  const turning_with_members p(5);
  p.calls = 0;
  CHECK(quoit::find_if(p, "key", [](const std::string&) { return true; }) == &p.nodes().front().node);
  CHECK(std::ranges::equal(quoit::walk(p, "key"), std::vector<std::string>{"from", "the", "member"}));
  CHECK(p.calls == 0);
}

TEST_CASE("walk: a slot table gives the copies of the slot and no node after them", "[walk]") {
  constexpr std::uint32_t gap = quoit::slot_table<>::no_node;
  // Node d is drained and still has a copy, which can be read.
  const quoit::slot_table<> table({{"a"}, {"b"}, {"c"}, {"d", 0}}, {0, 1, 2, gap, 3, 1}, {.slots = 2, .replicas = 3});
  CHECK(std::ranges::equal(table.walk_at(0), std::vector<std::string>{"a", "b", "c"}));
  CHECK(std::ranges::equal(table.walk_at(1), std::vector<std::string>{"d", "b"}));
  const auto is = [](const char* name) { return [name](const std::string& node) { return node == name; }; };
  CHECK(*table.find_if_at(1, is("b")) == "b");
  CHECK(table.find_if_at(0, is("d")) == nullptr);
  CHECK(table.find_if_at(1, is("a")) == nullptr);
}

TEST_CASE("walk: a predicate may keep a state, and is not called after it held", "[walk]") {
  const auto ring = ring_of(6, 32);
  std::size_t calls = 0;
  auto third_call = [&](const std::string&) mutable { return ++calls == 3; };
  CHECK(ring.find_if("key", third_call) != nullptr);
  CHECK(calls == 3);
  CHECK(ring.find_if("key", [left = 2](const std::string&) mutable { return left-- == 0; }) != nullptr);
}
