// SPDX-License-Identifier: MIT
// The conformance suite of membership: what a ring does when its nodes change (P1, P4, P5, P7), for every kind of ring.
#include <algorithm>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/ring/checks.hpp"

using test::rings;

TEMPLATE_LIST_TEST_CASE("P1 any order of adding gives the same ring", "[conformance]", rings) {
  // All 120 orders of five nodes, among them a drained one and one of weight 2.
  auto specs = test::make_specs<TestType>(5);
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  TestType expected = test::make_ring<TestType>(4);
  expected.assign(specs);
  REQUIRE(test::broken_invariant(expected) == "");
  int orders = 0;
  do {
    TestType ring = test::make_ring<TestType>(4);
    for (const std::size_t i : order) ring.add(specs[i].node, {.weight = specs[i].weight, .domain = specs[i].domain});
    REQUIRE(test::difference(ring, expected) == "");
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(orders == 120);
}

TEMPLATE_LIST_TEST_CASE("P1 any history that ends in the same set of nodes ends in the same ring", "[conformance]",
                        rings) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto specs = test::make_specs<TestType>(9);
  TestType expected = test::make_ring<TestType>(4);
  expected.assign(specs);
  for (int history = 0; history < 8; ++history) {
    TestType ring = test::make_ring<TestType>(4);
    for (int step = 0; step < 30; ++step) {
      const auto& spec = specs[random.index(specs.size())];
      if (!ring.contains_node(spec.node))
        ring.add(spec.node, {.weight = static_cast<std::int64_t>(random.below(4)), .domain = "elsewhere"});
      else if (random.chance(3)) ring.set_weight(spec.node, static_cast<std::int64_t>(random.below(4)));
      else if (random.chance(4)) ring.assign(std::vector(1, spec));
      else ring.remove(spec.node);
    }
    ring.assign(specs);
    REQUIRE(test::difference(ring, expected) == "");
  }
}

TEMPLATE_LIST_TEST_CASE("P4 a join moves only to the newcomer and a leave only from the leaver", "[conformance]",
                        rings) {
  // Both directions of every single step from 0 to 9 nodes, at every position where a lookup can differ.
  const auto specs = test::make_specs<TestType>(9);
  TestType before = test::make_ring<TestType>();
  for (const auto& spec : specs) {
    TestType after = before;
    after.add(spec.node, {.weight = spec.weight, .domain = spec.domain});
    const std::string newcomer = quoit::id_text(spec.node);
    for (const std::uint64_t position : test::all_boundaries<TestType>({&before, &after})) {
      const std::string from = test::name_of(before.find_at(position)), to = test::name_of(after.find_at(position));
      if (from != to && to != newcomer) FAIL("position " << position << " went from " << from << " to " << to);
    }
    for (const auto& move : quoit::diff(before, after)) REQUIRE(test::name_of(move.to) == newcomer);
    for (const auto& move : quoit::diff(after, before)) REQUIRE(test::name_of(move.from) == newcomer);
    CHECK(quoit::diff(before, after).moved() == quoit::diff(before, after).minimum());
    CHECK(quoit::diff(after, before).moved() == quoit::diff(after, before).minimum());
    TestType back = after;
    back.remove(spec.node);
    REQUIRE(test::difference(back, before) == "");
    before = after;
  }
}

TEMPLATE_LIST_TEST_CASE("P4 a changed weight moves only to or from that node", "[conformance]", rings) {
  const TestType start = test::make_ring_of<TestType>(7);
  const auto changed = test::make_node<typename TestType::node_type>(2);
  for (const std::int64_t low : {0, 1, 2, 5}) {
    for (const std::int64_t high : {1, 2, 3, 8}) {
      if (low >= high) continue;
      TestType less = start, more = start;
      less.set_weight(changed, low);
      more.set_weight(changed, high);
      INFO("weight " << low << " and " << high);
      for (const std::uint64_t position : test::all_boundaries<TestType>({&less, &more})) {
        const std::string from = test::name_of(less.find_at(position)), to = test::name_of(more.find_at(position));
        if (from != to && to != quoit::id_text(changed))
          FAIL("position " << position << " went from " << from << " to " << to);
      }
      CHECK(quoit::diff(less, more).moved() == quoit::diff(less, more).minimum());
      CHECK(quoit::diff(more, less).moved() == quoit::diff(more, less).minimum());
      CHECK(quoit::diff(more, less).moved() == quoit::diff(less, more).moved());
    }
  }
}

TEMPLATE_LIST_TEST_CASE("P1 a changed domain gives the ring that has the node in that domain", "[conformance]", rings) {
  const auto specs = test::make_specs<TestType>(9);
  TestType expected = test::make_ring<TestType>(4), ring = test::make_ring<TestType>(4);
  auto elsewhere = specs;
  for (auto& spec : elsewhere) spec.domain = spec.domain.empty() ? "moon" : "";
  expected.assign(specs);
  ring.assign(elsewhere);
  const TestType other = ring;
  for (const auto& spec : specs) {
    const auto at = ring.find_node(spec.node)->weight;
    ring.set_domain(spec.node, "passing/through");
    REQUIRE(test::broken_invariant(ring) == "");
    ring.set_domain(spec.node, spec.domain);
    REQUIRE(test::broken_invariant(ring) == "");
    REQUIRE(ring.find_node(spec.node)->weight == at);
    REQUIRE(ring.find_node(spec.node)->domain == spec.domain);
  }
  CHECK(test::difference(ring, expected) == "");
  CHECK(ring.fingerprint() == expected.fingerprint());
  CHECK(ring.fingerprint() != other.fingerprint());
  CHECK(quoit::diff(other, ring).empty());
}

TEMPLATE_LIST_TEST_CASE("P5 every node of positive weight is in every preference list and drained ones in none",
                        "[conformance]", rings) {
  const TestType ring = test::make_ring_of<TestType>(10, 1);
  REQUIRE(ring.size() == 10);
  REQUIRE(ring.active() == 9);
  for (const std::uint64_t position : test::all_boundaries<TestType>({&ring})) {
    std::vector<const typename TestType::node_type*> list(20);
    list.resize(ring.preferred(position, list));
    REQUIRE(list.size() == 9);
    std::sort(list.begin(), list.end());
    REQUIRE(std::adjacent_find(list.begin(), list.end()) == list.end());
    for (const auto* node : list) REQUIRE(ring.find_node(*node)->weight > 0);
  }
}

TEMPLATE_LIST_TEST_CASE("P5 colliding vnodes lose nobody: without the winners the others own", "[conformance]", rings) {
  TestType ring = test::make_ring_of<TestType>(12, 2);
  std::size_t owners = 0;
  while (ring.active() > 0) {
    const auto arcs = ring.arcs();
    REQUIRE(!arcs.empty());
    const auto winner = *arcs.front().owner;
    ring.remove(winner);
    ++owners;
  }
  CHECK(owners == 11);
  CHECK(ring.size() == 1);
  CHECK(ring.find_at(0) == nullptr);
}

TEMPLATE_LIST_TEST_CASE("P7 refused changes leave the ring as it was", "[conformance]", rings) {
  using node_type = typename TestType::node_type;
  TestType ring = test::make_ring_of<TestType>(6);
  const TestType before = ring;
  const auto known = test::make_node<node_type>(1), unknown = test::make_node<node_type>(90);
  const auto names_culprit = [](const node_type& node) {
    return Catch::Matchers::ContainsSubstring("'" + quoit::id_text(node) + "'");
  };
  const auto message_of = [](const auto& action) -> std::string {
    try {
      action();
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  CHECK_THAT(message_of([&] { ring.add(known); }), names_culprit(known));
  CHECK_THAT(message_of([&] { ring.remove(unknown); }), names_culprit(unknown));
  CHECK_THAT(message_of([&] { ring.set_weight(unknown, 1); }), names_culprit(unknown));
  CHECK_THAT(message_of([&] { ring.set_domain(unknown, "eu"); }), names_culprit(unknown));
  CHECK_THAT(message_of([&] { ring.add(unknown, {.weight = -1}); }), names_culprit(unknown));
  CHECK_THAT(message_of([&] { ring.set_weight(known, -5); }),
             names_culprit(known) && Catch::Matchers::ContainsSubstring("-5"));
  CHECK_THAT(message_of([&] { ring.set_weight(known, INT64_MAX); }), names_culprit(known));
  CHECK_THAT(message_of([&] { ring.assign({{known}, {unknown}, {known}}); }), names_culprit(known));
  CHECK_THAT(message_of([&] { ring.assign({{known, -1, {}}, {unknown}}); }), names_culprit(known));
  CHECK(test::difference(ring, before) == "");
}

TEMPLATE_LIST_TEST_CASE("P7 a ring without an owner answers null and empty", "[conformance]", rings) {
  TestType ring = test::make_ring<TestType>();
  for (const bool drained : {false, true}) {
    if (drained) {
      ring.assign(test::make_specs<TestType>(4));
      for (int i = 0; i < 4; ++i) ring.set_weight(test::make_node<typename TestType::node_type>(i), 0);
      CHECK(ring.size() == 4);
    }
    INFO((drained ? "drained" : "empty"));
    CHECK(ring.empty() == !drained);
    CHECK(ring.active() == 0);
    CHECK(ring.vnode_count() == 0);
    CHECK(ring.arcs().empty());
    test::for_each_key<TestType>(5, [&](const auto& key) {
      CHECK(ring.find(key) == nullptr);
      CHECK(ring.replicas(key, 3).empty());
      CHECK(ring.replicas(key, 30, quoit::spread::domains).empty());
      CHECK(ring.owners(std::vector{key}) == std::vector<const typename TestType::node_type*>{nullptr});
      CHECK(ring.partition_by_owner(std::vector{key}).empty());
    });
    CHECK(test::broken_invariant(ring) == "");
    TestType joined = ring;
    joined.add(test::make_node<typename TestType::node_type>(50));
    const auto diff = quoit::diff(ring, joined);
    REQUIRE(diff.size() == 1);
    CHECK(diff.moves()[0].from == nullptr);
    CHECK(diff.moved() == quoit::share::whole());
    CHECK(diff.minimum() == quoit::share::whole());
    CHECK(quoit::diff(joined, ring).moved() == quoit::share::whole());
    CHECK(quoit::diff(joined, ring).minimum() == quoit::share::whole());
    CHECK(quoit::diff(ring, ring).empty());
  }
}
