// SPDX-License-Identifier: MIT
// find_by_id() and merge_by_id() against a std::set, for strings and for integers of different width and signedness.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/node.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

namespace {

template <class Id>
std::vector<quoit::node_spec<Id>> specs_of(const std::set<Id>& ids) {
  std::vector<quoit::node_spec<Id>> specs;
  for (const Id& id : ids) specs.push_back({id});
  return specs;
}

template <class Id>
std::uint32_t index_in(const std::set<Id>& ids, const Id& id) {
  const auto at = ids.find(id);
  return at == ids.end() ? quoit::detail::none : static_cast<std::uint32_t>(std::distance(ids.begin(), at));
}

using index_pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

template <class Before, class After>
index_pairs merged(const std::vector<quoit::node_spec<Before>>& before,
                   const std::vector<quoit::node_spec<After>>& after) {
  index_pairs pairs;
  quoit::detail::merge_by_id(before, after, quoit::detail::node_of_spec, quoit::detail::node_of_spec,
                             [&](std::uint32_t b, std::uint32_t a) { pairs.emplace_back(b, a); });
  return pairs;
}

template <class Id>
index_pairs expected_pairs(const std::set<Id>& before, const std::set<Id>& after) {
  std::set<Id> both = before;
  both.insert(after.begin(), after.end());
  index_pairs pairs;
  for (const Id& id : both) pairs.emplace_back(index_in(before, id), index_in(after, id));
  return pairs;
}

// Random subsets of `ids`: merges them, and searches every id in one of them.
template <class Id>
void compare_with_sets(const std::vector<Id>& ids, test::random& random) {
  for (int round = 0; round < 200; ++round) {
    std::set<Id> before, after;
    const std::uint64_t one_in_before = 1 + random.below(5), one_in_after = 1 + random.below(5);
    for (const Id& id : ids) {
      if (random.chance(one_in_before)) before.insert(id);
      if (random.chance(one_in_after)) after.insert(id);
    }
    if (random.chance(10)) before.clear();
    if (random.chance(10)) after.clear();
    const auto specs = specs_of(before);
    REQUIRE(merged(specs, specs_of(after)) == expected_pairs(before, after));
    for (const Id& id : ids) {
      const auto key = quoit::detail::id_of(id);
      REQUIRE(quoit::detail::find_by_id(specs, key, quoit::detail::node_of_spec) == index_in(before, id));
      const auto bound = std::distance(before.begin(), before.lower_bound(id));
      REQUIRE(quoit::detail::lower_bound_by_id(specs, key, quoit::detail::node_of_spec) ==
              static_cast<std::size_t>(bound));
    }
  }
}

template <class Id, class Key>
std::uint32_t found(const std::vector<quoit::node_spec<Id>>& specs, const Key& key) {
  return quoit::detail::find_by_id(specs, quoit::detail::id_of(key), quoit::detail::node_of_spec);
}

}  // namespace

TEST_CASE("by_id: strings are found and merged like the elements of a set", "[detail][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  compare_with_sets<std::string>({"", "a", "aa", "ab", "b", "ba", "z", "\xc3\xa9", std::string("a\0", 2)}, random);
}

TEST_CASE("by_id: integers are found and merged like the elements of a set", "[detail][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  compare_with_sets<int>({std::numeric_limits<int>::min(), -7, -1, 0, 1, 8, std::numeric_limits<int>::max()}, random);
  compare_with_sets<std::uint64_t>({0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, ~std::uint64_t{0}}, random);
}

TEST_CASE("by_id: integers of different types compare by value", "[detail]") {
  const std::vector<quoit::node_spec<int>> negative{{-2}, {-1}, {3}};
  CHECK(found(negative, -1) == 1);
  CHECK(found(negative, std::int64_t{-1}) == 1);
  CHECK(found(negative, 3U) == 2);
  CHECK(found(negative, 0xffffffffU) == quoit::detail::none);
  CHECK(found(negative, ~std::uint64_t{0}) == quoit::detail::none);
  CHECK(found(negative, ~std::uint64_t{0} - 1) == quoit::detail::none);
  const std::vector<quoit::node_spec<std::uint32_t>> large{{3}, {0xfffffffeU}, {0xffffffffU}};
  CHECK(found(large, -1) == quoit::detail::none);
  CHECK(found(large, std::int64_t{0xffffffff}) == 2);
  CHECK(found(large, std::uint64_t{0x1ffffffff}) == quoit::detail::none);
  constexpr std::uint32_t no_index = quoit::detail::none;
  CHECK(merged(negative, large) == index_pairs{{0, no_index}, {1, no_index}, {2, 0}, {no_index, 1}, {no_index, 2}});
  CHECK(merged(large, negative) == index_pairs{{no_index, 0}, {no_index, 1}, {0, 2}, {1, no_index}, {2, no_index}});
}

TEST_CASE("by_id: strings are found by everything that converts to a string_view", "[detail]") {
  const std::vector<quoit::node_spec<std::string>> specs{{"a"}, {"b"}};
  CHECK(found(specs, "b") == 1);
  CHECK(found(specs, std::string("b")) == 1);
  CHECK(found(specs, std::string_view("bc").substr(0, 1)) == 1);
  CHECK(found(specs, "") == quoit::detail::none);
  CHECK(found(specs, "c") == quoit::detail::none);
}

TEST_CASE("by_id: lists of other elements, with the function that finds their nodes", "[detail]") {
  const std::vector<std::string> nodes{"d", "a", "c"};
  const std::vector<std::uint32_t> order{1, 2, 0};  // indices in id order
  const auto node_of = [&](std::uint32_t index) -> const std::string& { return nodes[index]; };
  CHECK(quoit::detail::find_by_id(order, std::string_view("d"), node_of) == 2);
  CHECK(quoit::detail::find_by_id(order, std::string_view("b"), node_of) == quoit::detail::none);
  const std::vector<quoit::node_spec<std::string>> specs{{"b"}, {"c"}};
  index_pairs pairs;
  quoit::detail::merge_by_id(order, specs, node_of, quoit::detail::node_of_spec,
                             [&](std::uint32_t b, std::uint32_t a) { pairs.emplace_back(b, a); });
  CHECK(pairs == index_pairs{{0, quoit::detail::none}, {quoit::detail::none, 0}, {1, 1}, {2, quoit::detail::none}});
}
