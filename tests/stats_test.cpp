// SPDX-License-Identifier: MIT
// stats.hpp: figures computed by hand, exact loads compared with all positions of a small circle, and counted keys.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <quoit/key_diff.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"

namespace {

using load = quoit::node_load<std::string>;

bool near(double x, double y) { return std::abs(x - y) < 1e-12; }

quoit::balance<std::string> of(std::vector<load> loads) { return quoit::balance<std::string>(std::move(loads)); }

}  // namespace

TEST_CASE("stats: figures computed by hand", "[stats]") {
  // Loads 1/2, 1/4, 1/8, 1/8 of four equal nodes: mean 1/4; relative 2, 1, 1/2, 1/2; variance (1 + 0 + 1/4 + 1/4) / 4.
  const auto one = of({{"a", 1, 0, quoit::share::ratio(1, 2)},
                       {"b", 1, 0, quoit::share::ratio(1, 4)},
                       {"c", 1, 0, quoit::share::ratio(1, 8)},
                       {"d", 1, 0, quoit::share::ratio(1, 8)}});
  CHECK(near(one.max_over_mean(), 2.0));
  CHECK(near(one.min_over_mean(), 0.5));
  CHECK(near(one.coefficient_of_variation(), std::sqrt(0.375)));
  CHECK(one.size() == 4);
}

TEST_CASE("stats: a load is relative to its node's weight", "[stats]") {
  const auto even = of({{"a", 1, 0, quoit::share::ratio(1, 4)}, {"b", 3, 0, quoit::share::ratio(3, 4)}});
  CHECK(near(even.max_over_mean(), 1.0));
  CHECK(near(even.min_over_mean(), 1.0));
  CHECK(near(even.coefficient_of_variation(), 0.0));
  // Halves for weights 1 and 3: twice the fair load, and two thirds of it. Mean 4/3, deviation 2/3.
  const auto uneven = of({{"a", 1, 0, quoit::share::ratio(1, 2)}, {"b", 3, 0, quoit::share::ratio(1, 2)}});
  CHECK(near(uneven.max_over_mean(), 2.0));
  CHECK(near(uneven.min_over_mean(), 2.0 / 3));
  CHECK(near(uneven.coefficient_of_variation(), 0.5));
}

TEST_CASE("stats: the owners of a slot table are its leaders, so loads are relative to leader weights", "[stats]") {
  const std::vector<quoit::node_spec<std::string>> nodes{{"a", 1, {}, 3}, {"b"}, {"c", 5, {}, 0}};
  const std::vector<std::uint32_t> ranks{0, 2, 0, 1, 0, 2, 1, 2};
  const quoit::slot_table<> table(nodes, ranks, {.slots = 4, .replicas = 2});
  const auto loads = quoit::balance_of(table);
  CHECK(loads.loads()[0].weight == 3);
  CHECK(loads.loads()[2].weight == 0);
  CHECK(near(loads.max_over_mean(), 1.0));
  CHECK(near(loads.min_over_mean(), 1.0));
  // A ring does not know leaders.
  const quoit::ring<> ring({{"a", {.weight = 2, .leader_weight = 0}}, {"b", {.leader_weight = 9}}});
  CHECK(quoit::balance_of(ring).loads()[0].weight == 2);
  CHECK(quoit::balance_of(ring).loads()[1].weight == 1);
}

TEST_CASE("stats: drained nodes are listed, but do not count in means", "[stats]") {
  const auto drained =
      of({{"a", 1, 0, quoit::share::ratio(1, 2)}, {"b", 0, 0, quoit::share()}, {"c", 1, 0, quoit::share::ratio(1, 2)}});
  CHECK(drained.size() == 3);
  CHECK(near(drained.max_over_mean(), 1.0));
  CHECK(near(drained.min_over_mean(), 1.0));
  CHECK(near(drained.coefficient_of_variation(), 0.0));
}

TEST_CASE("P7 stats: without any load, figures are zero and nothing is divided by zero", "[stats]") {
  for (const auto& none : {of({}), of({{"a", 0, 0, quoit::share()}}), of({{"a", 1, 0, quoit::share()}})}) {
    CHECK(none.max_over_mean() == 0.0);
    CHECK(none.min_over_mean() == 0.0);
    CHECK(none.coefficient_of_variation() == 0.0);
  }
  const auto single = of({{"a", 5, 0, quoit::share::whole()}});
  CHECK(near(single.max_over_mean(), 1.0));
  CHECK(near(single.coefficient_of_variation(), 0.0));
  CHECK(quoit::balance_of(quoit::ring<>()).size() == 0);
  CHECK(quoit::balance_of(quoit::ring<>(), std::vector<std::string>{"a"}).size() == 0);
}

TEST_CASE("stats: exact loads equal loads counted over all positions", "[stats]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  using ring_type = quoit::ring<std::string, quoit::xxh3, quoit::modulo_circle<509, 200>>;
  for (int round = 0; round < 20; ++round) {
    ring_type ring({.vnodes = 5});
    for (int i = 0; i < 8; ++i)
      ring.add("n" + std::to_string(i), {.weight = static_cast<std::int64_t>(random.below(3))});
    if (ring.active() == 0) continue;
    // A slot has ceil or floor of 509 / 200 positions. About 2^64 / 509 hashes map to each position.
    std::map<std::string, quoit::share> counted;
    for (std::uint64_t position = 0; position < 509; ++position) {
      const quoit::share hashes(~std::uint64_t{0} / 509 + (position <= ~std::uint64_t{0} % 509 ? 1 : 0));
      counted[*ring.find(quoit::key_hash{position})] += hashes;
    }
    const auto balance = quoit::balance_of(ring);
    REQUIRE(balance.size() == 8);
    quoit::share sum;
    for (const auto& one : balance) {
      REQUIRE(one.load == counted[one.node]);
      REQUIRE(one.weight == ring.find_node(one.node)->weight);
      REQUIRE(one.keys == 0);
      sum += one.load;
    }
    REQUIRE(sum == quoit::share::whole());
  }
}

TEST_CASE("stats: counted keys", "[stats]") {
  quoit::ring<std::string, quoit::xxh3, quoit::slots<16>> ring({.vnodes = 8});
  for (const char* node : {"a", "b", "c"}) ring.add(node);
  ring.add("d", {.weight = 0});
  std::vector<quoit::key_hash> keys;
  for (std::uint64_t slot = 0; slot < 16; ++slot) {
    for (int i = 0; i < 3; ++i) keys.push_back({(slot << 60) + 1});
  }
  const auto exact = quoit::balance_of(ring), counted = quoit::balance_of(ring, keys);
  REQUIRE(counted.size() == 4);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto &e = exact.loads()[i], &c = counted.loads()[i];
    CHECK(c.node == e.node);
    CHECK(quoit::share::ratio(c.keys, 48) == e.load);
    CHECK(c.load == e.load);
    sum += c.keys;
  }
  CHECK(sum == 48);
  CHECK(near(counted.max_over_mean(), exact.max_over_mean()));
  CHECK(counted.loads()[3].keys == 0);
}

TEST_CASE("stats: moved share and moved keys agree if all slots have the same number of keys", "[stats]") {
  using ring_type = quoit::ring<std::string, quoit::xxh3, quoit::slots<64>>;
  ring_type before({.vnodes = 4});
  for (const char* node : {"a", "b", "c"}) before.add(node);
  ring_type after = before;
  after.add("d");
  std::vector<quoit::key_hash> keys;
  for (std::uint64_t slot = 0; slot < 64; ++slot) keys.push_back({slot << 58});
  const std::size_t allocations = test::allocations();
  const std::uint64_t moved = quoit::moved_keys(before, after, keys);
  const std::size_t allocated = test::allocations() - allocations;
  CHECK(allocated == 0);
  CHECK(moved > 0);
  CHECK(quoit::moved_share(before, after) == quoit::share::ratio(moved, 64));
  CHECK(quoit::moved_share(before, after) == quoit::diff(before, after).moved());
  CHECK(quoit::moved_keys(before, before, keys) == 0);
  CHECK(quoit::moved_keys(ring_type({.vnodes = 4}), before, keys) == 64);
  CHECK(quoit::moved_keys(before, ring_type({.vnodes = 4}), keys) == 64);
}

namespace {

// A ring that can only be asked for many keys at once.
class asked_at_once {
 public:
  using node_type = std::string;

  explicit asked_at_once(const quoit::ring<>& ring) : ring_(ring) {}
  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return ring_.position(key);
  }
  template <class Key>
  [[nodiscard]] const std::string* find(const Key& key) const noexcept {
    ++single;
    return ring_.find(key);
  }
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread apart) const noexcept {
    return ring_.preferred(position, out, apart);
  }
  template <class Keys, class Use>
  void for_each_owner(Keys&& keys, const Use& use) const {
    ring_.for_each_owner(keys, use);
  }
  [[nodiscard]] auto nodes() const noexcept { return ring_.nodes(); }
  [[nodiscard]] std::string key_spec() const { return ring_.key_spec(); }
  [[nodiscard]] std::string spec() const { return ring_.spec(); }
  [[nodiscard]] quoit::fingerprint fingerprint() const { return ring_.fingerprint(); }

  mutable int single = 0;

 private:
  const quoit::ring<>& ring_;
};
static_assert(quoit::placement<asked_at_once>);

}  // namespace

TEST_CASE("stats: functions over many keys look them up at once", "[stats]") {
  quoit::ring<> before, after;
  before.assign({{"a"}, {"b"}, {"c"}});
  after.assign({{"a"}, {"b"}, {"c"}, {"d"}});
  const asked_at_once old_one(before), new_one(after);
  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i) keys.push_back("key-" + std::to_string(i));
  const std::size_t moved = quoit::diff(before, after, keys).moved();
  CHECK(moved > 500);
  CHECK(quoit::moved_keys(old_one, new_one, keys) == moved);
  CHECK(quoit::diff(old_one, new_one, keys).moved() == moved);
  std::uint64_t counted = 0;
  for (const auto& one : quoit::balance_of(new_one, keys)) counted += one.keys;
  CHECK(counted == 3000);
  CHECK(old_one.single + new_one.single == 0);
}
