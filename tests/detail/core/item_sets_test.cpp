// SPDX-License-Identifier: MIT
// item_sets: many sets over the same items, compared with std::map.
#include <quoit/detail/core/item_sets.hpp>

#include <array>
#include <cstdint>
#include <map>

#include "catch2.hpp"
#include "support/random.hpp"

TEST_CASE("item_sets: every set has its items in the order of their keys", "[item_sets]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  constexpr std::uint32_t items = 60;
  quoit::detail::item_sets sets(items);
  std::array<std::uint32_t, 3> roots{quoit::detail::none, quoit::detail::none, quoit::detail::none};
  std::array<std::map<std::uint64_t, std::uint32_t>, 3> model;
  std::array<int, items> set_of{};
  set_of.fill(-1);
  for (int step = 0; step < 20'000; ++step) {
    const auto item = static_cast<std::uint32_t>(random.below(items));
    if (set_of[item] < 0) {
      const std::size_t set = random.index(3);
      const std::uint64_t key = random.below(1'000);
      if (model[set].count(key) != 0) continue;
      sets.insert(roots[set], item, key);
      model[set][key] = item;
      set_of[item] = static_cast<int>(set);
    } else {
      const auto set = static_cast<std::size_t>(set_of[item]);
      model[set].erase(sets.key(item));
      sets.erase(roots[set], item);
      set_of[item] = -1;
    }
    for (std::size_t set = 0; set < 3; ++set) {
      const std::uint64_t from = random.below(1'100);
      const auto expected = model[set].lower_bound(from);
      REQUIRE(sets.first_from(roots[set], from) ==
              (expected == model[set].end() ? quoit::detail::none : expected->second));
      REQUIRE(sets.first(roots[set]) == (model[set].empty() ? quoit::detail::none : model[set].begin()->second));
    }
  }
}
