// SPDX-License-Identifier: MIT
// The types that the conformance suite runs on, and one way to make any of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "support/hashes.hpp"
#include "support/highest_random_weight.hpp"
#include "support/nodes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"

namespace test {

// Ten types, chosen so that each kind of node id meets each kind of hash and each kind of policy, and each kind of hash
// each kind of policy. QUOIT_FULL_CONFORMANCE adds the rest, which takes as long again to compile.
//
//                            good hash                      user's hash                    colliding hash
//   whole circle             string                         own type                       integer
//   slots of quoit's         integer (at run time), string  string                         own type
//   slots of the user's      own type                       integer                        string

/// Those whose nodes change one by one.
using chosen_rings =
    std::tuple<quoit::ring<>,                                                  // the defaults
               quoit::ring<std::int16_t, low_byte_hash, quoit::whole_circle>,  // every vnode collides
               quoit::ring<server, user_hash, quoit::whole_circle>,
               quoit::ring<std::string, foreign_hash, quoit::modulo_circle<1009, 97>>,  // many vnodes a slot
               quoit::ring<std::uint64_t, quoit::xxh64, quoit::slots<>>,                // slots at run time
               quoit::ring<shard, quoit::fnv1a, high_bits>>;  // a policy with the required members only

using chosen_tables = std::tuple<quoit::slot_table<std::string, quoit::crc32, quoit::redis_slots>,
                                 quoit::slot_table<server, top_byte_hash, quoit::slots<7>>,  // every slot is shared
                                 quoit::slot_table<std::string, low_byte_hash, uneven>,      // slots of different width
                                 quoit::slot_table<std::int64_t, user_hash, high_bits>>;

#if defined(QUOIT_FULL_CONFORMANCE)
using other_rings =
    std::tuple<quoit::ring<std::int64_t, quoit::xxh64, quoit::slots<1000>>,
               quoit::ring<server, quoit::murmur3, quoit::modulo_circle<1009, 97>>,
               quoit::ring<std::string, quoit::crc32, quoit::redis_slots>,
               quoit::ring<std::uint32_t, user_hash, quoit::whole_circle>,
               quoit::ring<std::string, quoit::mix64, quoit::slots<>>,
               quoit::ring<std::string, low_byte_hash, quoit::whole_circle>,
               quoit::ring<std::int16_t, top_byte_hash, quoit::slots<7>>, quoit::ring<server, foreign_hash, uneven>,
               quoit::ring<std::uint64_t, quoit::xxh3, quoit::modulo_circle<>>,
               quoit::ring<std::string, constant_hash, quoit::whole_circle>>;  // one position for all

using other_tables = std::tuple<quoit::slot_table<>,  // the defaults
                                quoit::slot_table<std::int64_t, quoit::xxh64, quoit::slots<1000>>,
                                quoit::slot_table<server, quoit::murmur3, quoit::modulo_circle<1009, 97>>,
                                quoit::slot_table<shard, quoit::fnv1a, high_bits>,
                                quoit::slot_table<std::int16_t, top_byte_hash, quoit::slots<7>>,
                                quoit::slot_table<server, foreign_hash, uneven>,
                                quoit::slot_table<std::uint64_t, quoit::xxh3, quoit::modulo_circle<>>>;
#else
using other_rings = std::tuple<>;
using other_tables = std::tuple<>;
#endif

using rings = decltype(std::tuple_cat(std::declval<chosen_rings>(), std::declval<other_rings>()));
using tables = decltype(std::tuple_cat(std::declval<chosen_tables>(), std::declval<other_tables>()));

/// What has the lookups of rings and tables, beyond the concepts.
using rings_and_tables = decltype(std::tuple_cat(std::declval<rings>(), std::declval<tables>()));

/// Every ranged_placement.
using ranged_placements = rings_and_tables;

/// Every placement, with and without ranges.
using placements =
    decltype(std::tuple_cat(std::declval<ranged_placements>(), std::declval<std::tuple<highest_random_weight>>()));

template <class Placement>
inline constexpr bool is_ring = requires(const Placement& p) { p.vnode_count(); };

template <class Placement>
inline constexpr bool is_table = requires(const Placement& p) { p.slot_count(); };

template <class Placement>
inline constexpr bool has_slots = requires(const Placement& p) { p.slots().count(); };

template <class Slots>
Slots make_policy() {
  if constexpr (std::is_same_v<Slots, quoit::slots<>>) return Slots(257);
  else if constexpr (std::is_same_v<Slots, quoit::modulo_circle<>>) return Slots(5003, 613);
  else return Slots();
}

/// An empty ring of the given type.
template <class Ring>
Ring make_ring(std::int64_t vnodes = 8, std::uint64_t seed = 3) {
  return Ring({.vnodes = vnodes, .seed = seed}, make_policy<typename Ring::slots_type>());
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

/// How many replicas the tables have: more than there are nodes in most tests.
inline constexpr std::size_t table_replicas = 16;

/// A table of `count` nodes in which every slot has all active nodes, as far as they fit, in an order of its own. Some
/// slots begin alike, so that arcs have several slots, and some have a gap.
template <class Table>
Table make_table_of(int count, std::uint64_t seed = 3) {
  using slots = typename Table::slots_type;
  const slots policy = make_policy<slots>();
  const auto specs = make_specs<Table>(count);
  std::vector<std::uint32_t> active;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].weight > 0) active.push_back(static_cast<std::uint32_t>(i));
  }
  test::random random(static_cast<std::uint64_t>(count));
  const std::uint64_t run = policy.count() / 300 + 1;
  std::vector<std::uint32_t> replicas;
  for (std::uint64_t slot = 0; slot < policy.count(); ++slot) {
    if (slot % run == 0) random.shuffle(active);
    std::vector<std::uint32_t> list(active.begin(), active.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                                         active.size(), table_replicas)));
    const std::size_t gap = static_cast<std::size_t>(slot / run % 5);
    if (gap <= list.size() && list.size() < table_replicas)
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(gap), Table::no_node);
    list.resize(table_replicas, Table::no_node);
    replicas.insert(replicas.end(), list.begin(), list.end());
  }
  return Table(specs, replicas, {.slots = policy.count(), .replicas = table_replicas, .seed = seed}, 1, {}, policy);
}

/// `count` nodes in any placement. One that is neither a ring nor a table is made from its nodes.
template <class Placement>
Placement make_placement_of(int count) {
  if constexpr (is_ring<Placement>) return make_ring_of<Placement>(count);
  else if constexpr (is_table<Placement>) return make_table_of<Placement>(count);
  else return Placement(make_specs<Placement>(count));
}

/// Keys of every kind that the placement takes: text, and integers unless its policy prescribes the key hash.
template <class Placement, class Use>
void for_each_key(int count, const Use& use) {
  using namespace std::string_view_literals;
  for (int i = 0; i < count; ++i) {
    use("key-" + std::to_string(i));
    if constexpr (!quoit::detail::prescribes_key_hash<typename Placement::slots_type>) use(i - count / 2);
    use(quoit::key_hash{static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U});
  }
  use(""sv);
  use("\0"sv);
  use("a\0b"sv);
  use(quoit::key_hash{0});
  use(quoit::key_hash{~std::uint64_t{0}});
}

}  // namespace test
