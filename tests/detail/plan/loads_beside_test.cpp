// SPDX-License-Identifier: MIT
#include <quoit/detail/plan/loads_beside.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include "catch2.hpp"

namespace {

using quoit::detail::entitlement;
using quoit::detail::make_room_for;
using quoit::detail::only_slots_stay;
using quoit::detail::scale_loads;
using load_list = std::vector<std::uint32_t>;

entitlement limited_to(load_list least, load_list most) {
  entitlement rules;
  rules.least_load = std::move(least);
  rules.most_load = std::move(most);
  return rules;
}

}  // namespace

TEST_CASE("loads_beside: a node that keeps more has just these, and the others share the rest", "[detail][plan]") {
  const entitlement exact = limited_to({20, 20, 20}, {20, 20, 20});
  const load_list pinned = {30, 0, 5};
  entitlement loads = exact;
  const auto scaled = [&](const std::vector<bool>& fixed) { scale_loads(exact, pinned, fixed, 60, loads); };
  CHECK(make_room_for(pinned, {false, false, false}, loads, scaled));
  CHECK(loads.least_load == load_list{30, 15, 15});
  CHECK(loads.most_load == load_list{30, 15, 15});
  CHECK_FALSE(loads.full_nodes);
}

TEST_CASE("loads_beside: what is left for one node may be less than it keeps, too", "[detail][plan]") {
  // 16 of 60 copies are less than the 18 that node 2 keeps, although its entitlement was 20.
  const entitlement exact = limited_to({20, 20, 20}, {20, 20, 20});
  const load_list pinned = {28, 0, 18};
  entitlement loads = exact;
  int calls = 0;
  const auto scaled = [&](const std::vector<bool>& fixed) {
    ++calls;
    scale_loads(exact, pinned, fixed, 60, loads);
  };
  CHECK(make_room_for(pinned, {false, false, false}, loads, scaled));
  CHECK(calls == 2);
  CHECK(loads.most_load == load_list{28, 14, 18});
}

TEST_CASE("loads_beside: where no node keeps too much, nothing changes", "[detail][plan]") {
  entitlement loads = limited_to({3, 4}, {4, 5});
  CHECK_FALSE(make_room_for({4, 5}, {false, false}, loads, [](const std::vector<bool>&) { FAIL(); }));
  CHECK(loads.full_nodes);
  // A node that is fixed from the start may keep any number.
  CHECK_FALSE(make_room_for({9, 0}, {true, false}, loads, [](const std::vector<bool>&) { FAIL(); }));
}

TEST_CASE("loads_beside: copies of other slots are more than whole slots", "[detail][plan]") {
  CHECK(only_slots_stay({true, true, false, false}, {true, false}, 2));
  CHECK_FALSE(only_slots_stay({true, true, true, false}, {true, false}, 2));
  CHECK(only_slots_stay({}, {}, 2));
}
