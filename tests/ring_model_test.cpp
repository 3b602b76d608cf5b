// SPDX-License-Identifier: MIT
// ring against a brute-force model: random sequences of operations, and circles that are small enough to try every
// position.
#include <optional>
#include <string>
#include <vector>

#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/hashes.hpp"
#include "support/policies.hpp"
#include "support/random.hpp"
#include "support/ring/checks.hpp"
#include "support/ring/model.hpp"

namespace {

// Compares the owner and the preference lists of every spread mode at one position. Empty, or what differs.
template <class Ring, class Model>
std::string difference_at(const Ring& ring, const Model& model, std::uint64_t position, std::size_t k) {
  const auto* const node = ring.find_at(position);
  const auto owner = model.owner(position);
  if ((node != nullptr) != owner.has_value() || (node != nullptr && *node != *owner))
    return "owner at " + std::to_string(position);
  for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
    std::vector<const typename Ring::node_type*> list(k);
    list.resize(ring.preferred(position, list, apart));
    const auto expected = model.preferred(position, k, apart);
    bool same = list.size() == expected.size();
    for (std::size_t i = 0; same && i < list.size(); ++i) same = *list[i] == expected[i];
    if (!same) return "preference list at " + std::to_string(position) + ", k = " + std::to_string(k);
  }
  return "";
}

template <class Node>
Node random_id(test::random& random) {
  // Ids that are prefixes of each other or end in digits, so that ambiguous labels would be equal.
  if constexpr (std::is_same_v<Node, std::string>) {
    const char* const stems[] = {"", "n", "node", "node1", "node11", "\xc3\xa9"};
    std::string id = stems[random.below(6)];
    if (random.chance(2)) id += std::to_string(random.below(12));
    if (random.chance(8)) id += '\0';
    return id;
  } else {
    return static_cast<Node>(static_cast<std::int64_t>(random.below(24)) - 12);
  }
}

template <class Ring>
void run(std::int64_t vnodes, typename Ring::slots_type slots = {}) {
  using node_type = typename Ring::node_type;
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const std::uint64_t hash_seed = random.next();
  Ring ring({.vnodes = vnodes, .seed = hash_seed}, slots);
  test::ring_model<node_type, typename Ring::hash_type, typename Ring::slots_type> model(vnodes, hash_seed, slots);
  const char* const domains[] = {"", "", "a", "b", "c/1", "c/2"};

  for (int step = 0; step < 60; ++step) {
    INFO("step " << step);
    const node_type id = random_id<node_type>(random);
    const auto weight = static_cast<std::int64_t>(random.below(4));
    const std::string domain = domains[random.below(6)];
    const bool present = model.nodes.count(id) != 0;
    REQUIRE(ring.contains_node(id) == present);
    switch (random.below(8)) {
    case 0:
      if (present) {
        ring.remove(id);
        model.nodes.erase(id);
      } else {
        REQUIRE_THROWS_AS(ring.remove(id), std::invalid_argument);
      }
      break;
    case 1:
      if (present) {
        ring.set_weight(id, weight);
        model.nodes[id].weight = weight;
      } else {
        REQUIRE_THROWS_AS(ring.set_weight(id, weight), std::invalid_argument);
      }
      break;
    case 2: {
      // A new set: some of the old nodes, some with other weights or domains, and new nodes, in random order.
      auto wanted = model.nodes;
      quoit::assign_result expected;
      for (auto at = wanted.begin(); at != wanted.end();) {
        if (random.chance(4)) {
          at = wanted.erase(at);
          ++expected.removed;
          continue;
        }
        if (random.chance(4)) at->second.weight = static_cast<std::int64_t>(random.below(4));
        if (random.chance(4)) at->second.domain = domains[random.below(6)];
        const auto& old = model.nodes.at(at->first);
        if (old.weight != at->second.weight || old.domain != at->second.domain) ++expected.changed;
        ++at;
      }
      if (wanted.emplace(id, typename decltype(model)::description{weight, domain}).second) {
        if (present) {  // removed above and added again, so assign() does not see a removal
          --expected.removed;
          const auto& old = model.nodes.at(id);
          if (old.weight != weight || old.domain != domain) ++expected.changed;
        } else {
          ++expected.added;
        }
      }
      std::vector<quoit::node_spec<node_type>> specs;
      for (const auto& [name, what] : wanted) specs.push_back({name, what.weight, what.domain});
      random.shuffle(specs);
      REQUIRE(ring.assign(specs) == expected);
      model.nodes = wanted;
      break;
    }
    default:
      if (present) {
        REQUIRE_THROWS_AS(ring.add(id), std::invalid_argument);
      } else {
        ring.add(id, {.weight = weight, .domain = domain});
        model.nodes[id] = {weight, domain};
      }
    }
    model.rebuild();
    REQUIRE(test::broken_invariant(ring) == "");
    REQUIRE(ring.size() == model.nodes.size());
    REQUIRE(ring.vnode_count() == model.vnodes().size());

    // Positions of vnodes, their neighbours, and random positions.
    std::vector<std::uint64_t> positions{0, test::last_position(ring)};
    for (int i = 0; i < 12; ++i) {
      positions.push_back(ring.slots().slot(random.next()));
      if (model.vnodes().empty()) continue;
      const std::uint64_t at = std::get<0>(model.vnodes()[random.index(model.vnodes().size())]);
      positions.push_back(at);
      if (at != 0) positions.push_back(at - 1);
      if (at != test::last_position(ring)) positions.push_back(at + 1);
    }
    for (const std::uint64_t position : positions)
      REQUIRE(difference_at(ring, model, position, random.index(14)) == "");
  }
}

// Every position of a circle of at most 258 positions.
template <class Ring>
void try_every_position(std::uint64_t positions) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int nodes = 1; nodes <= 24; nodes += nodes < 4 ? 1 : 5) {
    Ring ring({.vnodes = 3});
    test::ring_model<std::string, typename Ring::hash_type, typename Ring::slots_type> model(3, 0);
    for (int i = 0; i < nodes; ++i) {
      const std::string id = "n" + std::to_string(i);
      const auto weight = static_cast<std::int64_t>(random.below(4));
      const std::string domain = random.chance(3) ? "" : "d" + std::to_string(random.below(4));
      ring.add(id, {.weight = weight, .domain = domain});
      model.nodes[id] = {weight, domain};
    }
    model.rebuild();
    REQUIRE(test::broken_invariant(ring) == "");
    for (std::uint64_t position = 0; position < positions; ++position) {
      for (const std::size_t k : {1U, 2U, 3U, 9U, 40U}) REQUIRE(difference_at(ring, model, position, k) == "");
    }
  }
}

}  // namespace

TEST_CASE("P1 model: random operations on the whole circle", "[model]") { run<quoit::ring<>>(5); }
TEST_CASE("P1 model: random operations with integer nodes", "[model]") {
  run<quoit::ring<std::int32_t, quoit::murmur3>>(7);
}
TEST_CASE("P1 model: random operations in slots", "[model]") {
  run<quoit::ring<std::string, quoit::xxh64, quoit::slots<53>>>(6);
}
TEST_CASE("P1 model: random operations in run-time slots", "[model]") {
  run<quoit::ring<std::string, quoit::xxh3, quoit::slots<>>>(6, quoit::slots<>{1000});
}
TEST_CASE("P1 model: random operations on the modulo circle", "[model]") {
  run<quoit::ring<std::int64_t, quoit::mix64, quoit::modulo_circle<997, 101>>>(6);
}
TEST_CASE("P1 model: random operations in Redis slots", "[model]") {
  run<quoit::ring<std::string, quoit::crc32, quoit::redis_slots>>(6);
}
TEST_CASE("P1 model: random operations with a user's policy", "[model]") {
  run<quoit::ring<std::string, test::user_hash, test::high_bits>>(6);
}
TEST_CASE("P5 model: random operations with an 8-bit hash", "[model]") {
  run<quoit::ring<std::string, test::low_byte_hash>>(6);
}
TEST_CASE("P5 model: random operations with an 8-bit hash in seven slots", "[model]") {
  run<quoit::ring<std::int16_t, test::top_byte_hash, quoit::slots<7>>>(6);
}
TEST_CASE("P5 model: random operations if all vnodes have the same position", "[model]") {
  run<quoit::ring<std::string, test::constant_hash>>(3);
}

TEST_CASE("model: every position of a circle with an 8-bit hash", "[model]") {
  try_every_position<quoit::ring<std::string, test::low_byte_hash>>(258);
}
TEST_CASE("model: every slot of small policies", "[model]") {
  try_every_position<quoit::ring<std::string, quoit::xxh3, quoit::slots<1>>>(1);
  try_every_position<quoit::ring<std::string, quoit::xxh3, quoit::slots<100>>>(100);
  try_every_position<quoit::ring<std::string, quoit::xxh3, quoit::modulo_circle<200>>>(200);
  try_every_position<quoit::ring<std::string, test::top_byte_hash, quoit::modulo_circle<241, 60>>>(60);
  try_every_position<quoit::ring<std::string, quoit::fnv1a, test::uneven>>(4);
}

TEST_CASE("model: sizes from one node to a hundred thousand", "[model]") {
  for (const int nodes : {1, 2, 3, 8, 9, 64, 1000, 100000}) {
    INFO(nodes << " nodes");
    quoit::ring<std::int32_t> ring({.vnodes = 2});
    std::vector<std::int32_t> ids;
    test::ring_model<std::int32_t, quoit::xxh3, quoit::whole_circle> model(2, 0);
    for (std::int32_t id = 0; id < nodes; ++id) {
      ids.push_back(id);
      model.nodes[id];
    }
    ring.assign(ids);
    model.rebuild();
    REQUIRE(ring.size() == static_cast<std::size_t>(nodes));
    REQUIRE(ring.vnode_count() == 2 * static_cast<std::size_t>(nodes));
    quoit::share sum;
    for (const auto& arc : ring.arcs()) sum += arc.size;
    CHECK(sum == quoit::share::whole());
    // The model reads every vnode for each lookup, so only a few positions of a large ring are tried.
    test::random random(test::seed());
    QUOIT_INFO_SEED();
    for (int i = 0; i < (nodes > 1000 ? 5 : 200); ++i) {
      const std::uint64_t position = random.next();
      REQUIRE(*ring.find_at(position) == model.owner(position));
    }
    REQUIRE(*ring.find_at(~std::uint64_t{0}) == model.owner(~std::uint64_t{0}));
    REQUIRE(ring.replicas(quoit::key_hash{0}, 20).size() == std::min<std::size_t>(20, ring.size()));
  }
}
