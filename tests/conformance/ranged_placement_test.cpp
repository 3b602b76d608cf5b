// SPDX-License-Identifier: MIT
// The conformance suite of `ranged_placement`: arcs cover the circle, and agree with every lookup.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/stats.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/ring/checks.hpp"

using test::ranged_placements;

TEMPLATE_LIST_TEST_CASE("ranged placement: models the concept", "[conformance]", ranged_placements) {
  STATIC_REQUIRE(quoit::ranged_placement<TestType>);
}

TEMPLATE_LIST_TEST_CASE("ranged placement: arcs cover every position once and shares sum to the whole", "[conformance]",
                        ranged_placements) {
  for (const int nodes : {1, 2, 3, 7, 20}) {
    INFO(nodes << " nodes");
    CHECK(test::broken_invariant(test::make_placement_of<TestType>(nodes)) == "");
  }
}

TEMPLATE_LIST_TEST_CASE("ranged placement: an arc holds exactly the positions that it says", "[conformance]",
                        ranged_placements) {
  const TestType p = test::make_placement_of<TestType>(9);
  const auto arcs = p.arcs();
  for (const std::uint64_t position : test::all_boundaries<TestType>({&p})) {
    int found = 0;
    for (const auto& arc : arcs) {
      if (!arc.range.contains(position)) continue;
      ++found;
      REQUIRE(p.find_at(position) == arc.owner);
    }
    REQUIRE(found == 1);
  }
}

TEMPLATE_LIST_TEST_CASE("ranged placement: exact loads are the sizes of the arcs", "[conformance]", ranged_placements) {
  const TestType p = test::make_placement_of<TestType>(7);
  const auto arcs = p.arcs();
  quoit::share total;
  for (const auto& one : quoit::balance_of(p)) {
    quoit::share owned;
    for (const auto& arc : arcs) {
      if (quoit::id_text(*arc.owner) == quoit::id_text(one.node)) owned += arc.size;
    }
    CHECK(one.load == owned);
    total += one.load;
  }
  CHECK(total == quoit::share::whole());
}

TEMPLATE_LIST_TEST_CASE("P7 ranged placement: sizes, differences and transitions know no slot after the last one",
                        "[conformance]", ranged_placements) {
  const TestType p = test::make_placement_of<TestType>(9), q = test::make_placement_of<TestType>(5);
  const std::uint64_t last = quoit::detail::last_position_of(p), middle = last / 2;
  if (last == ~std::uint64_t{0}) return;  // every position exists
  const auto difference = quoit::diff(p, q);
  const quoit::transition<TestType> migration(p, q, {.replicas = 2});
  std::array<const typename TestType::node_type*, 4> room{};
  for (const std::uint64_t beyond : {last + 1, last + 2, 2 * last + 1, ~std::uint64_t{0} - 1, ~std::uint64_t{0}}) {
    REQUIRE(p.size_of({last, beyond}) == quoit::share());
    REQUIRE(p.size_of({last + 1, beyond}) == (beyond == last + 1 ? quoit::share::whole() : quoit::share()));
    REQUIRE(p.size_of({beyond, middle}) == p.size_of({last, middle}));
    REQUIRE(p.size_of({middle, beyond}) == p.size_of({middle, last}));
    REQUIRE(difference.find(beyond) == nullptr);
    REQUIRE(migration.part_at(beyond) == migration.no_part);
    REQUIRE(migration.now(beyond, room) == 0);
    REQUIRE(migration.read_set_at(beyond).empty());
    REQUIRE(migration.write_set_at(beyond).empty());
    REQUIRE(migration.erase_set_at(beyond).empty());
  }
  REQUIRE(migration.now(last, room) == 2);
}
