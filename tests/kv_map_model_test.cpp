// SPDX-License-Identifier: MIT
// Random operations and changes of nodes on a kv_map and on a plain std::map, over several placements and spreads.
#include <cstdint>
#include <string>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"
#include "support/kv/player.hpp"

namespace {

// All numbers of replicas up to 4, and all spreads. 4 replicas are often more than there are nodes.
template <class Ring>
void play() {
  QUOIT_INFO_SEED();
  test::kv_play_counts sum;
  for (std::size_t replicas = 1; replicas <= 4; ++replicas) {
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      CAPTURE(replicas, static_cast<int>(apart));
      test::kv_player<Ring> player({.replicas = replicas, .apart = apart},
                                   test::seed() + replicas * 10 + static_cast<std::uint64_t>(apart));
      REQUIRE(player.play(400) == "");
      const auto& counts = player.counts();
      sum.writes += counts.writes, sum.refusals += counts.refusals, sum.erased += counts.erased;
      sum.changes += counts.changes, sum.refused_changes += counts.refused_changes, sum.lost += counts.lost;
      sum.moved += counts.moved, sum.rehomed += counts.rehomed;
    }
  }
  // Every kind of step must have happened. The bounds are far below the counts of any seed.
  CHECK(sum.writes > 300);
  CHECK(sum.refusals > 50);
  CHECK(sum.erased > 20);
  CHECK(sum.changes > 100);
  CHECK(sum.refused_changes > 0);
  CHECK(sum.lost > 0);
  CHECK(sum.moved > 200);
  CHECK(sum.rehomed > 5);
}

}  // namespace

TEST_CASE("kv_map: equals a std::map after random operations, on the whole circle", "[kv_map][random]") {
  play<quoit::ring<>>();
}

TEST_CASE("kv_map: equals a std::map after random operations, on 64 slots", "[kv_map][random]") {
  play<quoit::ring<std::string, quoit::xxh3, quoit::slots<64>>>();
}

TEST_CASE("kv_map: equals a std::map after random operations, on the slots of Redis", "[kv_map][random]") {
  play<quoit::ring<std::string, quoit::xxh3, quoit::redis_slots>>();
}

TEST_CASE("kv_map: equals a std::map after random operations, with integer ids", "[kv_map][random]") {
  play<quoit::ring<std::int64_t>>();
}

TEST_CASE("kv_map: equals a std::map after random operations, with vnodes that collide", "[kv_map][random]") {
  play<quoit::ring<test::server, test::low_byte_hash>>();
}

TEST_CASE("kv_map: equals a std::map after random operations, with all keys at one position", "[kv_map][random]") {
  play<quoit::ring<test::shard, test::constant_hash, quoit::slots<3>>>();
}
