// SPDX-License-Identifier: MIT
// Every kind of ring that the conformance suite runs on: each hash, each slot policy, each kind of node id, and the users' own.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <quoit/ring.hpp>

#include "support/hashes.hpp"
#include "support/nodes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"

namespace test {

using placements = std::tuple<
    quoit::ring<>,                                                                  // 0: the defaults
    quoit::ring<std::int64_t, quoit::xxh64, quoit::slots<1000>>,                    // 1
    quoit::ring<server, quoit::murmur3, quoit::modulo_circle<1009, 97>>,            // 2: many vnodes a slot
    quoit::ring<std::string, quoit::crc32, quoit::redis_slots>,                     // 3
    quoit::ring<std::uint32_t, user_hash, quoit::whole_circle>,                     // 4
    quoit::ring<shard, quoit::fnv1a, high_bits>,                                    // 5: user policy, required members only
    quoit::ring<std::string, quoit::mix64, quoit::slots<>>,                         // 6: slots at run time
    quoit::ring<std::string, low_byte_hash, quoit::whole_circle>,                   // 7: every vnode collides
    quoit::ring<std::int16_t, top_byte_hash, quoit::slots<7>>,                      // 8: and every slot is shared
    quoit::ring<server, foreign_hash, uneven>,                                      // 9: slots of different width
    quoit::ring<std::uint64_t, quoit::xxh3, quoit::modulo_circle<>>,                // 10
    quoit::ring<std::string, constant_hash, quoit::whole_circle>>;                  // 11: one position for all

/// An empty one of the given type.
template <class Ring>
Ring make_ring(std::int64_t vnodes = 8, std::uint64_t seed = 3) {
  using slots = typename Ring::slots_type;
  const quoit::ring_options options{.vnodes = vnodes, .seed = seed};
  if constexpr (std::is_same_v<slots, quoit::slots<>>) return Ring(options, slots(257));
  else if constexpr (std::is_same_v<slots, quoit::modulo_circle<>>) return Ring(options, slots(5003, 613));
  else return Ring(options);
}

/// `count` nodes with mixed weights (one of them 0) and domains (some without one).
template <class Ring>
std::vector<quoit::node_spec<typename Ring::node_type>> make_specs(int count) {
  const char* const domains[] = {"eu/a", "eu/b", "", "us/a", "eu/a"};
  std::vector<quoit::node_spec<typename Ring::node_type>> specs;
  for (int i = 0; i < count; ++i) {
    specs.push_back({make_node<typename Ring::node_type>(i), i == 3 ? 0 : 1 + i % 3, domains[i % 5]});
  }
  return specs;
}

template <class Ring>
Ring make_ring_of(int count, std::int64_t vnodes = 8) {
  Ring ring = make_ring<Ring>(vnodes);
  ring.assign(make_specs<Ring>(count));
  return ring;
}

/// Keys of every kind that the ring takes: text, and integers unless its policy prescribes the key hash.
template <class Ring, class Use>
void for_each_key(int count, const Use& use) {
  using namespace std::string_view_literals;
  for (int i = 0; i < count; ++i) {
    use("key-" + std::to_string(i));
    if constexpr (!quoit::detail::prescribes_key_hash<typename Ring::slots_type>) use(i - count / 2);
    use(quoit::key_hash{static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U});
  }
  use(""sv);
  use("\0"sv);
  use("a\0b"sv);
  use(quoit::key_hash{0});
  use(quoit::key_hash{~std::uint64_t{0}});
}

}  // namespace test
