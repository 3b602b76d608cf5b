// SPDX-License-Identifier: MIT
// ring against a sorted vector of its vnodes: at and next to every vnode, for many sizes, policies and adverse hashes.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"
#include "support/ring/sorted_points.hpp"
#include "support/slow.hpp"

namespace {

// The 40 high bits of all positions are equal, so all vnodes are in one line of the index.
struct one_bucket_hash {
  static constexpr std::string_view stable_name = "test-one-bucket";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return 0xfedcba9876000000U | (test::user_hash{}(bytes, seed) & 0xffffffU);
  }
};

// A good hash, except that one vnode of eight is in the same small range.
struct crowding_hash {
  static constexpr std::string_view stable_name = "test-crowding";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    const std::uint64_t h = test::user_hash{}(bytes, seed);
    return h % 8 == 0 ? (std::uint64_t{3} << 60) + (h >> 30) : h;
  }
};

// 2,048 vnodes give 256 lines. One vnode in four has the largest remainder of its line, and one in four the smallest.
struct end_of_line_hash {
  static constexpr std::string_view stable_name = "test-end-of-line";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    const std::uint64_t h = test::user_hash{}(bytes, seed), remainder = std::uint64_t{0xffff} << 40;
    return h % 4 == 0 ? h | remainder : h % 4 == 1 ? h & ~remainder : h;
  }
};

// All vnodes are in the last 1/65536 of the circle, so earlier lines and pages are empty, and walks wrap.
struct last_hash {
  static constexpr std::string_view stable_name = "test-last";
  constexpr std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return ~(test::user_hash{}(bytes, seed) >> 48);
  }
};

// Nodes with different weights and domains, some of them drained.
template <class Ring>
void fill(Ring& ring, std::uint32_t nodes, test::random& random) {
  const char* const domains[] = {"", "", "a", "b", "c", "d"};
  std::vector<quoit::node_spec<typename Ring::node_type>> specs;
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const auto weight = i == 0 ? 1 : static_cast<std::int64_t>(random.below(20) < 16 ? 1 : random.below(4));
    if constexpr (std::is_same_v<typename Ring::node_type, std::string>)
      specs.push_back({"node-" + std::to_string(i), weight, domains[random.below(6)]});
    else specs.push_back({i, weight, domains[random.below(6)]});
  }
  ring.assign(specs);
}

template <class Hash, class Slots = quoit::whole_circle>
void run(std::uint32_t nodes, std::int64_t vnodes, Slots slots = {}) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  INFO(nodes << " nodes of " << vnodes << " vnodes");
  quoit::ring<std::uint32_t, Hash, Slots> ring({.vnodes = vnodes, .seed = 5}, slots);
  fill(ring, nodes, random);
  REQUIRE(test::engine_difference(ring, random) == "");
  // Batched lookups.
  std::vector<quoit::key_hash> keys;
  for (int i = 0; i < 100; ++i) keys.push_back({random.next()});
  const auto owners = ring.owners(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) REQUIRE(owners[i] == ring.find(keys[i]));
}

template <class Slots, class Hash = quoit::xxh3>
void run_policy(Slots slots = {}) {
  INFO(slots.name());
  for (const std::uint32_t nodes : {1U, 2U, 60U, 300U}) run<Hash>(nodes, 8, slots);
}

}  // namespace

TEST_CASE("oracle: sizes from one node to a quarter million vnodes", "[oracle]") {
  for (const std::int64_t vnodes : {1, 2, 8, 47, 48, 49, 160, 4096}) run<quoit::xxh3>(1, vnodes);
  for (const std::uint32_t nodes : {2U, 3U, 6U, 8U, 64U, 256U, 1600U}) run<quoit::xxh3>(nodes, 160);
  run<quoit::xxh3>(100000, 1);
}

TEST_CASE("oracle: 1.6 million vnodes", "[oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  quoit::ring<std::uint32_t> ring({.vnodes = 160});
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t i = 0; i < 10000; ++i) nodes.push_back(i);
  ring.assign(nodes);
  REQUIRE(ring.vnode_count() == 1600000);
  REQUIRE(test::engine_difference(ring, random, 2000) == "");
}

#if defined(__OPTIMIZE__) && !defined(QUOIT_TEST_SLOW)
// Ten times as many take a minute without optimisation.
TEST_CASE("oracle: 16 million vnodes", "[oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  quoit::ring<std::uint32_t> ring({.vnodes = 1000});
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t i = 0; i < 16000; ++i) nodes.push_back(i);
  ring.assign(nodes);
  REQUIRE(ring.vnode_count() == 16000000);
  const test::sorted_points oracle(ring);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < oracle.heads().size(); ++i)
    wrong += ring.find_at(oracle.points()[oracle.heads()[i]].position) != oracle.node(oracle.heads()[i]) ? 1U : 0U;
  for (int i = 0; i < 1000000; ++i) {
    const std::uint64_t position = random.next();
    wrong += ring.find_at(position) != oracle.owner(position) ? 1U : 0U;
  }
  CHECK(wrong == 0);
}
#endif

TEST_CASE("oracle: hashes with equal positions", "[oracle]") {
  for (const std::uint32_t nodes : {1U, 2U, 16U, 100U, 500U}) {
    run<test::low_byte_hash>(nodes, 8);
    run<test::top_byte_hash>(nodes, 8);
    run<test::constant_hash>(nodes, 8);
  }
}

TEST_CASE("oracle: hashes that fill few lines", "[oracle]") {
  for (const std::uint32_t nodes : {1U, 2U, 16U, 256U, 1000U}) {
    run<one_bucket_hash>(nodes, 8);
    run<crowding_hash>(nodes, 8);
    run<last_hash>(nodes, 8);
  }
}

TEST_CASE("oracle: the largest and the smallest remainder of a line", "[oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  quoit::ring<std::uint32_t, end_of_line_hash> ring({.vnodes = 8});
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t i = 0; i < 256; ++i) nodes.push_back(i);
  ring.assign(nodes);
  REQUIRE(ring.lookup_memory() == 256 * 64);
  REQUIRE(test::engine_difference(ring, random, 2000) == "");
}

TEST_CASE("oracle: few slots", "[oracle]") {
  run_policy<quoit::slots<1>>();
  run_policy<quoit::slots<2>>();
  run_policy<quoit::slots<1000>>();
  run_policy<test::uneven>();
  run_policy<test::high_bits>();
  run_policy<quoit::slots<1000>, test::top_byte_hash>();
}
TEST_CASE("oracle: Redis slots", "[oracle]") { run_policy<quoit::redis_slots>(); }
TEST_CASE("oracle: too many slots for a table of owners", "[oracle]") {
  run_policy<quoit::slots<(std::uint64_t{1} << 18) + 1>>();
  run_policy<quoit::slots<(std::uint64_t{1} << 40)>>();
  run_policy<quoit::slots<(std::uint64_t{1} << 40)>, test::top_byte_hash>();
}
TEST_CASE("oracle: modulo circles", "[oracle]") {
  run_policy<quoit::modulo_circle<7>>();
  run_policy<quoit::modulo_circle<997, 101>>();
  run_policy<quoit::modulo_circle<(std::uint64_t{1} << 61) - 1>>();
}
TEST_CASE("oracle: policies whose size is given at run time", "[oracle]") {
  for (const std::uint64_t count :
       {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{4096}, (std::uint64_t{1} << 63) + 1, ~std::uint64_t{0}}) {
    run_policy(quoit::slots<>(count));
    run_policy(quoit::modulo_circle<>(count));
    run_policy(quoit::modulo_circle<>(count, count / 2 + 1));
  }
}

TEST_CASE("oracle: text ids and every hash of the library", "[oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto try_hash = [&]<class Hash>(Hash) {
    quoit::ring<std::string, Hash> ring({.vnodes = 40});
    fill(ring, 50, random);
    REQUIRE(test::engine_difference(ring, random) == "");
  };
  try_hash(quoit::xxh3{});
  try_hash(quoit::xxh64{});
  try_hash(quoit::fnv1a{});
  try_hash(quoit::mix64{});
  try_hash(quoit::murmur3{});
  try_hash(quoit::crc32{});  // has only 2^32 values
}
