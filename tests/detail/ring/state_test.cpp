// SPDX-License-Identifier: MIT
// ring_state: after any history, a ring equals one to which the same nodes are assigned at once; the allocations of a
// change; changes that fail; and rings that are copied, moved and swapped.
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"
#include "support/random.hpp"
#include "support/ring/sorted_points.hpp"

namespace {

// Compares a ring with a new one to which the same nodes are assigned at once. Empty, or what differs.
template <class Ring>
std::string differs_from_fresh(const Ring& ring, test::random& random, std::size_t samples = 40) {
  Ring fresh(ring.options(), ring.slots());
  fresh.assign(ring.nodes());
  if (!(ring == fresh) || ring.fingerprint() != fresh.fingerprint()) return "fingerprint";
  if (ring.active() != fresh.active() || ring.vnode_count() != fresh.vnode_count()) return "counts";
  const auto a = ring.arcs(), b = fresh.arcs();
  const auto same = [](const auto& x, const auto& y) {
    return x.range == y.range && x.size == y.size && *x.owner == *y.owner;
  };
  if (!std::equal(a.begin(), a.end(), b.begin(), b.end(), same)) return "arcs";
  return test::engine_difference(ring, random, samples);
}

// Compares nodes, the owner at every vnode of `expected`, and some preference lists. Fast, because it is called often.
template <class Ring>
std::string difference(const Ring& ring, const Ring& expected,
                       const std::vector<quoit::arc<typename Ring::node_type>>& arcs, test::random& random) {
  if (!(ring == expected) || ring.size() != expected.size()) return "nodes";
  if (ring.active() != expected.active() || ring.vnode_count() != expected.vnode_count()) return "counts";
  for (const auto& arc : arcs) {
    const auto* const owner = ring.find_at(arc.range.to);
    const std::uint64_t last = ring.slots().count() - 1, first = arc.range.from == last ? 0 : arc.range.from + 1;
    if (owner == nullptr || *owner != *arc.owner || ring.find_at(first) != owner) return "owner";
  }
  std::vector<const typename Ring::node_type*> of_ring(20), of_expected(20);
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t position = ring.slots().slot(random.next());
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      const std::size_t count = ring.preferred(position, of_ring, apart);
      if (count != expected.preferred(position, of_expected, apart)) return "length of a preference list";
      for (std::size_t n = 0; n < count; ++n) {
        if (*of_ring[n] != *of_expected[n]) return "preference list";
      }
    }
  }
  return "";
}

template <class Ring>
std::string difference(const Ring& ring, const Ring& expected, test::random& random) {
  return difference(ring, expected, expected.arcs(), random);
}

const char* const domain_names[] = {"", "", "a", "b", "c", "d"};

// Random operations on a ring of about 4,000 vnodes. A change of one node changes far less than an eighth of them.
template <class Ring>
void random_operations(typename Ring::slots_type slots = {}) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  Ring ring({.vnodes = 40, .seed = random.next()}, slots);
  std::vector<quoit::node_spec<std::uint32_t>> start;
  for (std::uint32_t i = 0; i < 100; ++i) start.push_back({i, 1, domain_names[i % 6]});
  ring.assign(start);
  for (int step = 0; step < 40; ++step) {
    INFO("step " << step);
    const auto id = static_cast<std::uint32_t>(random.below(150));
    const auto weight = static_cast<std::int64_t>(random.below(4));
    const std::string domain = domain_names[random.below(6)];
    if (random.chance(6)) {
      // A new set that differs in few nodes, or in many.
      const std::uint64_t one_in = random.chance(2) ? 60 : 3;
      std::vector<quoit::node_spec<std::uint32_t>> specs;
      for (std::uint32_t i = 0; i < 150; ++i) {
        const auto* const present = ring.find_node(i);
        const bool change = random.chance(one_in);
        if (present != nullptr && !change) specs.push_back(*present);
        else if (change && random.chance(2)) specs.push_back({i, static_cast<std::int64_t>(random.below(4)), domain});
      }
      random.shuffle(specs);
      ring.assign(specs);
    } else if (!ring.contains_node(id)) {
      ring.add(id, {.weight = weight, .domain = domain});
    } else if (random.chance(2)) {
      ring.remove(id);
    } else {
      ring.set_weight(id, weight);
    }
    REQUIRE(differs_from_fresh(ring, random) == "");
  }
}

// Adds node by node to an empty ring, then removes node by node, so that the pages grow and shrink.
template <class Ring>
void grow_and_shrink(std::uint32_t nodes, typename Ring::slots_type slots = {}) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  Ring ring({.vnodes = 16}, slots);
  std::vector<std::uint32_t> order(nodes);
  for (std::uint32_t i = 0; i < nodes; ++i) order[i] = i;
  random.shuffle(order);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    ring.add(order[i], {.domain = domain_names[i % 6]});
    if (i < 8 || i % 7 == 0) REQUIRE(differs_from_fresh(ring, random) == "");
  }
  random.shuffle(order);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    ring.remove(order[i]);
    if (i + 8 > nodes || i % 7 == 0) REQUIRE(differs_from_fresh(ring, random) == "");
  }
  CHECK(ring.empty());
}

using huge_slots = quoit::slots<(std::uint64_t{1} << 40)>;
using plain_ring = quoit::ring<std::uint32_t>;

// The position of vnode `index` of a node, as the head of ring.hpp defines it, for seed 0.
std::uint64_t hash_of_vnode(std::uint32_t id, std::uint32_t index) {
  char label[16];
  quoit::detail::write_little_endian(8, label, 4);
  quoit::detail::write_little_endian(id, label + 4, 8);
  quoit::detail::write_little_endian(index, label + 12, 4);
  return quoit::xxh3{}(std::string_view(label, 16), 0);
}

std::vector<std::uint32_t> numbers_to(std::uint32_t count) {
  std::vector<std::uint32_t> list(count);
  for (std::uint32_t i = 0; i < count; ++i) list[i] = i;
  return list;
}

}  // namespace

TEST_CASE("P1 ring_state: random changes give the ring that is assigned at once", "[detail]") {
  random_operations<plain_ring>();
  random_operations<quoit::ring<std::uint32_t, quoit::xxh3, quoit::slots<1000>>>();
  random_operations<quoit::ring<std::uint32_t, quoit::xxh3, huge_slots>>();
  random_operations<quoit::ring<std::uint32_t, test::top_byte_hash>>();
}

TEST_CASE("P1 ring_state: nodes are added and removed one by one", "[detail]") {
  grow_and_shrink<plain_ring>(140);
  grow_and_shrink<quoit::ring<std::uint32_t, quoit::xxh3, quoit::slots<1000>>>(140);
  grow_and_shrink<quoit::ring<std::uint32_t, quoit::xxh3, huge_slots>>(60);
  grow_and_shrink<quoit::ring<std::uint32_t, test::top_byte_hash>>(60);
}

TEST_CASE("ring_state: the owners of the first and the last slot are right with 64 pages", "[detail]") {
  // 2,048 vnodes are in 64 pages. The page before the first one is the last one.
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  quoit::ring<std::uint32_t, quoit::xxh3, quoit::slots<1000>> ring({.vnodes = 16});
  ring.assign(numbers_to(128));
  for (std::uint32_t id = 128; id < 260; ++id) {
    ring.add(id);
    ring.remove(id - 128);
  }
  CHECK(differs_from_fresh(ring, random) == "");
}

TEST_CASE("P1 ring_state: numbers of removed nodes are used again", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  quoit::ring<std::uint32_t> ring({.vnodes = 4});
  for (int step = 0; step < 3000; ++step) {
    const auto id = static_cast<std::uint32_t>(random.below(1000));
    if (ring.contains_node(id)) ring.remove(id);
    else ring.add(id, {.domain = domain_names[id % 6]});
    if (step % 250 == 249) REQUIRE(differs_from_fresh(ring, random, 100) == "");
  }
}

TEST_CASE("P1 ring_state: more than 65,535 nodes, and fewer again", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  plain_ring ring({.vnodes = 8});
  const std::uint32_t before = 65530, after = 65545;
  ring.assign(numbers_to(before));
  const std::size_t narrow = ring.lookup_memory();
  std::vector<std::uint64_t> positions(3000);
  for (auto& position : positions) position = random.next();
  std::vector<std::uint32_t> owners(positions.size());
  const auto look = [&] {
    for (std::size_t i = 0; i < positions.size(); ++i) owners[i] = *ring.find_at(positions[i]);
  };
  look();
  const auto start = owners;
  // One by one. Keys move only to or from this node, and the positions of its vnodes do.
  const auto step = [&](std::uint32_t id, bool join) {
    const auto previous = owners;
    join ? ring.add(id) : ring.remove(id);
    look();
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (owners[i] != previous[i] && (join ? owners[i] : previous[i]) != id) ++wrong;
    }
    CHECK(wrong == 0);
    std::vector<const std::uint32_t*> room(3);
    for (std::uint32_t vnode = 0; vnode < 8; ++vnode) {
      const std::uint64_t hash = hash_of_vnode(id, vnode);
      CHECK((*ring.find_at(hash) == id) == join);
      CHECK(ring.preferred(hash, room) == 3);
      CHECK((*room[0] == id) == join);
    }
  };
  for (std::uint32_t id = before; id < after; ++id) step(id, true);
  CHECK(ring.lookup_memory() > narrow);
  CHECK(test::engine_difference(ring, random, 500) == "");
  // Removes nodes with small numbers first, then those with the largest ones.
  for (std::uint32_t id = 0; id < 5; ++id) step(id, false);
  for (std::uint32_t id = after; id-- > before;) step(id, false);
  for (std::uint32_t id = 0; id < 5; ++id) step(id, true);
  CHECK(ring.size() == before);
  CHECK(owners == start);
  // At once.
  plain_ring fresh({.vnodes = 8});
  fresh.assign(numbers_to(after));
  CHECK(fresh.lookup_memory() > narrow);
  for (std::uint32_t id = before; id < after; ++id) ring.add(id);
  const auto a = ring.arcs(), b = fresh.arcs();
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end(),
                   [](const auto& x, const auto& y) { return x.range == y.range && *x.owner == *y.owner; }));
  std::size_t wrong = 0;
  for (const std::uint64_t position : positions) wrong += *ring.find_at(position) != *fresh.find_at(position) ? 1U : 0U;
  CHECK(wrong == 0);
  fresh.assign(numbers_to(40000));
  CHECK(fresh.lookup_memory() < narrow);
  plain_ring small({.vnodes = 8});
  small.assign(numbers_to(40000));
  for (const std::uint64_t position : positions)
    wrong += *small.find_at(position) != *fresh.find_at(position) ? 1U : 0U;
  CHECK(wrong == 0);
}

// ---- The cost of a change in allocations, which are counted exactly and depend only on the change.

TEST_CASE("ring_state: the allocations for a change of one node do not depend on the size of the ring", "[detail]") {
  for (const std::uint32_t nodes : {256U, 1024U, 6144U}) {  // up to 98,304 vnodes; none of the sizes is close to growth
    INFO(nodes << " nodes");
    quoit::ring<std::uint32_t> ring({.vnodes = 16});
    ring.assign(numbers_to(nodes));
    std::size_t add = 0, heavier = 0, lighter = 0, remove = 0;
    const auto count = [](std::size_t& most, const auto& change) {
      const std::size_t before = test::allocations();
      change();
      most = std::max(most, test::allocations() - before);
    };
    for (std::uint32_t id = nodes; id < nodes + 40; ++id) {
      count(add, [&] { ring.add(id); });
      count(heavier, [&] { ring.set_weight(id, 2); });
      count(lighter, [&] { ring.set_weight(id, 1); });
      count(remove, [&] { ring.remove(id); });
    }
    // At most one for each page of the 16 vnodes, one for their list, two for labels, and the first time one for each
    // of the four lists of nodes.
    CHECK(add <= 16 + 3 + 4);
    CHECK(heavier <= 16 + 3);
    CHECK(lighter <= 3);
    CHECK(remove <= 3);
    CHECK(ring.vnode_count() == 16 * nodes);
  }
}

TEST_CASE("ring_state: memory grows and shrinks with the number of vnodes", "[detail]") {
  plain_ring ring({.vnodes = 16});
  for (std::uint32_t id = 0; id < 1000; ++id) ring.add(id);
  const std::size_t large = ring.vnode_memory();
  CHECK(large <= 36 * ring.vnode_count());
  CHECK(ring.lookup_memory() <= 12 * ring.vnode_count());
  for (std::uint32_t id = 100; id < 1000; ++id) ring.remove(id);
  CHECK(ring.vnode_memory() < large / 6);
  for (std::uint32_t id = 0; id < 100; ++id) ring.remove(id);
  CHECK(ring.vnode_memory() == 0);
  // Repeated joins and leaves do not waste memory.
  ring.assign(numbers_to(1000));
  for (std::uint32_t id = 1000; id < 4000; ++id) {
    ring.add(id);
    ring.remove(id - 1000);
  }
  CHECK(ring.vnode_memory() <= 2 * large);
}

// ---- Strong guarantee.

namespace {

// Lets each allocation of a change fail. The ring then stays as it was, and the change can be repeated. Returns the
// number of allocations.
template <class Ring>
std::size_t try_every_failure(const Ring& before, const auto& make, const auto& change, test::random& random) {
  Ring expected = before;
  change(expected);
  const auto arcs_before = before.arcs(), arcs_expected = expected.arcs();
  for (std::size_t n = 0;; ++n) {
    Ring ring = make();
    bool failed = false;
    {
      const test::failing_allocations fail(n);
      try {
        change(ring);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
    }
    INFO("allocation " << n);
    if (!failed) {
      REQUIRE(differs_from_fresh(ring, random) == "");
      REQUIRE(difference(ring, expected, arcs_expected, random) == "");
      return n;
    }
    // The complete comparison is slow.
    if (n % 16 == 0) REQUIRE(differs_from_fresh(ring, random) == "");
    REQUIRE(difference(ring, before, arcs_before, random) == "");
    change(ring);
    // Nodes can still be added and removed.
    ring.add("yet another");
    ring.remove("yet another");
    REQUIRE(difference(ring, expected, arcs_expected, random) == "");
  }
}

template <class Ring>
void try_all_changes(std::size_t nodes, std::size_t first_removed, typename Ring::slots_type slots = {}) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  // A ring that has grown; and its copy, which has no spare capacity and takes less time to make.
  const auto grown = [&] {
    Ring ring({.vnodes = 16}, slots);
    std::vector<quoit::node_spec<std::string>> specs;
    for (std::size_t i = 0; i < 64; ++i) specs.push_back({"node-" + std::to_string(i), 1, domain_names[i % 6]});
    ring.assign(specs);
    for (std::size_t i = 64; i < nodes; ++i) ring.add("node-" + std::to_string(i), {.domain = domain_names[i % 6]});
    for (std::size_t i = nodes; i < 64; ++i) ring.remove("node-" + std::to_string(i));
    for (std::size_t i = 0; i < first_removed; ++i) ring.remove("node-" + std::to_string(i));
    return ring;
  };
  const Ring before = grown();
  const auto copied = [&] { return before; };
  const auto try_change = [&](const auto& change) {
    if (nodes == 64 && first_removed == 0) try_every_failure(before, grown, change, random);
    return try_every_failure(before, copied, change, random);
  };
  CHECK(try_change([](auto& ring) {
          ring.add("a node whose id is too long to be stored inline", {.domain = "a domain that is too long as well"});
        }) >= 4);
  CHECK(try_change([](auto& ring) { ring.remove("node-20"); }) >= 1);
  CHECK(try_change([](auto& ring) { ring.set_weight("node-21", 3); }) >= 1);
  CHECK(try_change([](auto& ring) { ring.set_weight("node-21", 0); }) >= 1);
  const auto reassign = [](auto& ring, std::size_t out_of) {
    std::vector<quoit::node_spec<std::string>> specs;
    for (const auto& spec : ring.nodes()) {
      if (specs.size() % out_of != 3) specs.push_back(spec);
      else specs.push_back({spec.node + "'", 1, "a domain that is too long to be stored inline"});
    }
    ring.assign(specs);
  };
  // Replaces few nodes, then many.
  CHECK(try_change([&](auto& ring) { reassign(ring, 30); }) >= 10);
  CHECK(try_change([&](auto& ring) { reassign(ring, 4); }) >= 10);
}

}  // namespace

TEST_CASE("P7 ring_state: a failing change in place leaves the ring as it was", "[detail]") {
  try_all_changes<quoit::ring<>>(64, 0);
  try_all_changes<quoit::ring<>>(64, 1);  // with a free number
}
TEST_CASE("P7 ring_state: a failing change of a ring with slots leaves the ring as it was", "[detail]") {
  try_all_changes<quoit::ring<std::string, quoit::xxh3, quoit::slots<100>>>(64, 1);
}
TEST_CASE("P7 ring_state: a failing change of the number of pages leaves the ring as it was", "[detail]") {
  try_all_changes<quoit::ring<>>(80, 0);  // 1,280 vnodes in 32 pages: one more node is too many
  try_all_changes<quoit::ring<>>(48, 0);  // 768 vnodes: one node less is too few
}

namespace {

// 1,000 slots. After `*left` calls, slot() returns a wrong slot.
struct failing_slots {
  std::uint64_t* left;
  static std::string name() { return "failing"; }
  static std::uint64_t count() { return 1000; }
  std::uint64_t slot(std::uint64_t hash) const noexcept {
    if (*left == 0) return count();
    --*left;
    return hash % count();
  }
};

}  // namespace

TEST_CASE("P7 ring_state: a policy that fails during a change leaves the ring as it was", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  constexpr std::uint64_t never = ~std::uint64_t{0};
  std::uint64_t left = never;
  using ring_type = quoit::ring<std::string, quoit::xxh3, failing_slots>;
  ring_type before({.vnodes = 16}, failing_slots{&left});
  for (int i = 0; i < 64; ++i) before.add("node-" + std::to_string(i), {.domain = domain_names[i % 6]});
  // Changes in place and rebuilds, with the number of vnodes that they hash.
  const auto try_change = [&](std::uint64_t vnodes, const auto& change) {
    ring_type expected = before;
    change(expected);
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, vnodes / 2, vnodes - 1}) {
      INFO(vnodes << " vnodes, " << n << " good ones");
      ring_type ring = before;
      left = n;
      CHECK_THROWS_AS(change(ring), std::logic_error);
      left = never;
      REQUIRE(difference(ring, before, random) == "");
      change(ring);
      REQUIRE(difference(ring, expected, random) == "");
      REQUIRE(differs_from_fresh(ring, random) == "");
    }
    ring_type ring = before;
    left = vnodes;
    change(ring);
    CHECK(left == 0);  // each vnode is hashed once
    left = never;
  };
  try_change(16, [](auto& ring) { ring.add("x"); });
  try_change(112, [](auto& ring) { ring.add("x", {.weight = 7}); });
  try_change(640, [](auto& ring) { ring.add("x", {.weight = 40}); });
  try_change(16, [](auto& ring) { ring.remove("node-3"); });
  try_change(32, [](auto& ring) { ring.set_weight("node-3", 3); });
  try_change(16, [](auto& ring) { ring.set_weight("node-3", 0); });
  // All nodes but one leave, and two join.
  try_change(63 * 16 + 32, [](auto& ring) { ring.assign({{"node-7"}, {"x"}, {"y"}}); });
}

TEST_CASE("P7 ring_state: a failing copy leaves both rings as they were", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto run = [&]<class Slots>(Slots) {
    quoit::ring<std::string, quoit::xxh3, Slots> from({.vnodes = 16}), to({.vnodes = 9, .seed = 4});
    for (int i = 0; i < 30; ++i)
      from.add("a node whose id is too long to be stored inline " + std::to_string(i), {.domain = domain_names[i % 6]});
    for (int i = 0; i < 5; ++i) to.add("node-" + std::to_string(i), {.domain = domain_names[i % 6]});
    const auto from_before = from, to_before = to;
    std::size_t n = 0;
    for (bool failed = true; failed; ++n) {
      INFO("allocation " << n);
      failed = false;
      {
        const test::failing_allocations fail(n);
        try {
          to = from;
        } catch (const std::bad_alloc&) {
          failed = true;
        }
      }
      REQUIRE(difference(to, failed ? to_before : from_before, random) == "");
      REQUIRE(difference(from, from_before, random) == "");
    }
    CHECK(n > 30);
    std::size_t copies = 0;
    for (std::size_t made = 0; made < n; ++made) {
      const test::failing_allocations fail(made);
      try {
        const auto copy = from;
        copies += copy.size() == from.size() ? 1U : 0U;
      } catch (const std::bad_alloc&) {
      }
    }
    CHECK(copies >= 1);
    REQUIRE(difference(from, from_before, random) == "");
  };
  run(quoit::whole_circle{});
  run(quoit::slots<100>{});
}

// ---- Copies, moves, swaps.

namespace {

template <class Ring>
void check_empty(const Ring& ring) {
  CHECK(ring.size() == 0);
  CHECK(ring.empty());
  CHECK(ring.active() == 0);
  CHECK(ring.vnode_count() == 0);
  CHECK(ring.nodes().empty());
  CHECK(ring.arcs().empty());
  CHECK(ring.find("key") == nullptr);
  for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{5}, ~std::uint64_t{0}})
    CHECK(ring.find_at(position) == nullptr);
  for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only})
    CHECK(ring.replicas("key", 3, apart).empty());
  CHECK(ring.owners(std::vector<std::string>{"a", "b"}) == std::vector<const std::string*>{nullptr, nullptr});
  CHECK(ring.partition_by_owner(std::vector<std::string>{"a", "b"}).size() == 0);
  CHECK(!ring.contains_node("node-1"));
  CHECK(ring.lookup_memory() == 0);
}

template <class Slots>
void run_moves(std::size_t nodes) {
  using ring_type = quoit::ring<std::string, quoit::xxh3, Slots>;
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto make = [&](std::size_t count, std::uint64_t seed) {
    ring_type ring({.vnodes = 8, .seed = seed});
    std::vector<quoit::node_spec<std::string>> specs;
    for (std::size_t i = 0; i < count; ++i) specs.push_back({"node-" + std::to_string(i), 1, domain_names[i % 6]});
    ring.assign(specs);
    return ring;
  };
  const ring_type one = make(nodes, 1), two = make(3, 2);

  auto from = one;
  auto to = std::move(from);
  check_empty(from);  // NOLINT: use after move is the test
  REQUIRE(difference(to, one, random) == "");
  // The ring can be used again, and keeps neither nodes nor domains.
  from.add("x", {.domain = "a"});
  from.add("y", {.domain = "a"});
  CHECK(from.replicas("key", 3, quoit::spread::domains_only).size() == 1);
  CHECK(from.replicas("key", 3).size() == 2);
  REQUIRE(differs_from_fresh(from, random) == "");
  from.remove("x");
  from.remove("y");
  check_empty(from);

  from = two;
  from = std::move(to);
  check_empty(to);  // NOLINT: use after move is the test
  REQUIRE(difference(from, one, random) == "");
  to = two;
  REQUIRE(difference(to, two, random) == "");

  ring_type& same = from;
  from = same;
  REQUIRE(difference(from, one, random) == "");
  from = std::move(same);
  // The standard requires only a valid ring.
  if (from.size() != 0) REQUIRE(difference(from, one, random) == "");
  else check_empty(from);
  from = one;

  std::swap(from, to);
  REQUIRE(difference(from, two, random) == "");
  REQUIRE(difference(to, one, random) == "");
  std::swap(from, from);
  REQUIRE(difference(from, two, random) == "");
  from.add("z");
  to.remove("node-0");
  REQUIRE(differs_from_fresh(from, random) == "");
  REQUIRE(differs_from_fresh(to, random) == "");

  // Copies are independent of the original.
  auto original = one;
  auto copy = original;
  original.add("q");
  original.set_weight("node-1", 0);
  REQUIRE(difference(copy, one, random) == "");
  copy.remove("node-2");
  copy.set_weight("node-0", 3);
  const auto copy_of_copy = copy;
  copy.assign({{"only"}});
  CHECK(original.size() == one.size() + 1);
  REQUIRE(differs_from_fresh(original, random) == "");
  REQUIRE(differs_from_fresh(copy_of_copy, random) == "");
  REQUIRE(differs_from_fresh(copy, random) == "");
  check_empty(ring_type(std::move(make(0, 1))));
}

}  // namespace

TEST_CASE("ring_state: copies, moves and swaps on the whole circle", "[detail]") {
  run_moves<quoit::whole_circle>(100);
}
TEST_CASE("ring_state: copies, moves and swaps of rings with slots", "[detail]") {
  run_moves<quoit::slots<16>>(100);
  run_moves<huge_slots>(100);
}
TEST_CASE("ring_state: a moved-from ring of many nodes can be used for few nodes", "[detail]") {
  plain_ring large({.vnodes = 1});
  large.assign(numbers_to(65600));
  auto copy = large;
  const auto taken = std::move(copy);
  CHECK(copy.find_at(0) == nullptr);  // NOLINT: use after move is the test
  CHECK(copy.replicas(quoit::key_hash{1}, 3).empty());
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  copy.assign(numbers_to(40));
  CHECK(differs_from_fresh(copy, random) == "");
  copy.remove(7U);
  copy.add(70000U);
  CHECK(differs_from_fresh(copy, random) == "");
  CHECK(taken.size() == 65600);
}

TEST_CASE("ring_state: swaps and assignments include slot policies of different size", "[detail]") {
  using ring_type = quoit::ring<std::uint32_t, quoit::xxh3, quoit::slots<>>;
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  ring_type small({.vnodes = 8}, quoit::slots<>(7)), large({.vnodes = 8}, quoit::slots<>(std::uint64_t{1} << 50));
  small.assign(numbers_to(30));
  large.assign(numbers_to(50));
  std::swap(small, large);
  CHECK(differs_from_fresh(small, random) == "");
  CHECK(differs_from_fresh(large, random) == "");
  small = large;
  CHECK(differs_from_fresh(small, random) == "");
  small.add(99);
  large = std::move(small);
  CHECK(differs_from_fresh(large, random) == "");
}
