// SPDX-License-Identifier: MIT
// The conformance suite of find_if() and walk(): in every placement they agree with preferred() (P6, P7).
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/walk.hpp>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/allocations.hpp"

using test::placements;

namespace {

// The whole preference list of a position.
template <class Placement>
auto whole_list(const Placement& p, std::uint64_t position) {
  std::vector<const typename Placement::node_type*> list(99);
  list.resize(p.preferred(position, list, quoit::spread::nodes));
  return list;
}

template <class Range>
auto addresses_of(const Range& range) {
  std::vector<const std::ranges::range_value_t<Range>*> list;
  for (const auto& node : range) list.push_back(&node);
  return list;
}

std::vector<quoit::key_hash> walk_keys(std::uint64_t count) {
  std::vector<quoit::key_hash> keys{{0}, {~std::uint64_t{0}}};
  for (std::uint64_t i = 0; i < count; ++i) keys.push_back({quoit::splitmix64(i)});
  return keys;
}

template <class Placement, class Key>
void check_walk(const Placement& p, const Key& key) {
  const auto list = whole_list(p, p.position(key));
  REQUIRE(addresses_of(quoit::walk(p, key)) == list);
  REQUIRE(addresses_of(quoit::walk_at(p, p.position(key))) == list);
  for (const auto* const wanted : list) {
    const auto is_wanted = [&](const auto& node) { return &node == wanted; };
    REQUIRE(quoit::find_if(p, key, is_wanted) == wanted);
    REQUIRE(quoit::find_if_at(p, p.position(key), is_wanted) == wanted);
  }
  // The order in which a predicate sees the nodes for the first time is the order of the list.
  std::vector<const typename Placement::node_type*> seen;
  const auto refuse = [&](const auto& node) {
    if (std::find(seen.begin(), seen.end(), &node) == seen.end()) seen.push_back(&node);
    return false;
  };
  REQUIRE(quoit::find_if(p, key, refuse) == nullptr);
  REQUIRE(seen == list);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("walk: gives the nodes of preferred() in its order, and find_if() the first that holds",
                        "[conformance]", placements) {
  for (const int nodes : {1, 2, 5, 12, 40}) {
    INFO(nodes << " nodes");
    const TestType p = test::make_placement_of<TestType>(nodes);
    for (const quoit::key_hash& key : walk_keys(12)) check_walk(p, key);
  }
}

TEMPLATE_LIST_TEST_CASE("P7 walk: without an owner there are no nodes", "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(0);
  const auto any = [](const auto&) { return true; };
  for (const quoit::key_hash& key : walk_keys(3)) {
    CHECK(quoit::walk(p, key).empty());
    CHECK(quoit::find_if(p, key, any) == nullptr);
    CHECK(quoit::walk_at(p, key.value).empty());
    CHECK(quoit::find_if_at(p, key.value, any) == nullptr);
  }
}

TEMPLATE_LIST_TEST_CASE("P6 walk: find_if() allocates nothing, and the first eight steps of a walk allocate nothing",
                        "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(40);
  const auto none_of_them = [](const auto&) noexcept { return false; };
  STATIC_REQUIRE(noexcept(quoit::find_if(p, quoit::key_hash{}, none_of_them)));
  STATIC_REQUIRE(noexcept(quoit::find_if_at(p, 0, none_of_them)));
  const auto may_throw = [](const auto&) { return false; };
  STATIC_REQUIRE(!noexcept(quoit::find_if(p, quoit::key_hash{}, may_throw)));
  std::size_t passed = 0;
  const auto keys = walk_keys(10);
  const std::size_t before = test::allocations();
  for (const quoit::key_hash& key : keys) {
    passed += quoit::find_if(p, key, none_of_them) == nullptr ? 1U : 0U;
    std::size_t steps = 0;
    for (const auto& node : quoit::walk(p, key)) {
      const auto* const visited = &node;
      passed += visited != nullptr ? 1U : 0U;
      if (++steps == 8) break;
    }
  }
  const std::size_t allocated = test::allocations() - before;
  CHECK(allocated == 0);
  CHECK(passed == keys.size() * 9);
}

TEMPLATE_LIST_TEST_CASE("walk: is a forward range of const nodes, a view, and borrowed", "[conformance]", placements) {
  using walk_type = decltype(quoit::walk(std::declval<const TestType&>(), quoit::key_hash{}));
  STATIC_REQUIRE(std::ranges::forward_range<walk_type> && std::ranges::forward_range<const walk_type>);
  STATIC_REQUIRE(std::ranges::common_range<walk_type> && std::ranges::view<walk_type>);
  STATIC_REQUIRE(std::ranges::borrowed_range<walk_type>);
  STATIC_REQUIRE(std::is_same_v<std::ranges::range_reference_t<walk_type>, const typename TestType::node_type&>);
  const TestType p = test::make_placement_of<TestType>(30);
  for (const quoit::key_hash& key : walk_keys(5)) {
    const auto list = whole_list(p, p.position(key));
    REQUIRE(list.size() > 9);
    const auto is_tenth = [&](const auto& node) { return &node == list[9]; };
    const auto tenth = std::ranges::find_if(quoit::walk(p, key), is_tenth);  // valid after the walk has gone
    REQUIRE(&*tenth == list[9]);
    const auto walk = quoit::walk(p, key);
    REQUIRE(static_cast<std::size_t>(std::ranges::distance(walk)) == list.size());
    REQUIRE(std::distance(walk.begin(), tenth) == 9);
    REQUIRE(&walk.front() == list[0]);
    REQUIRE_FALSE(walk.empty());
    // A copy walks on its own.
    auto at = std::ranges::next(walk.begin(), 9);
    REQUIRE(at == tenth);
    auto copy = at;
    for (std::size_t i = 9; i < list.size(); ++i) REQUIRE(&*copy++ == list[i]);
    REQUIRE(copy == walk.end());
    for (std::size_t i = 9; i < list.size(); ++i, ++at) REQUIRE(&*at == list[i]);
    REQUIRE(at == walk.end());
  }
}

TEMPLATE_LIST_TEST_CASE("walk: the members give what the functions give, for every kind of key", "[conformance]",
                        test::rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(12);
  test::for_each_key<TestType>(6, [&](const auto& key) {
    check_walk(p, key);
    const auto list = whole_list(p, p.position(key));
    REQUIRE(addresses_of(p.walk(key)) == list);
    REQUIRE(addresses_of(p.walk_at(p.position(key))) == list);
    const auto is_last = [&](const auto& node) { return &node == list.back(); };
    REQUIRE(p.find_if(key, is_last) == list.back());
    REQUIRE(p.find_if_at(p.position(key), is_last) == list.back());
  });
}

TEMPLATE_LIST_TEST_CASE("P7 walk: a position after the last slot has no nodes", "[conformance]",
                        test::rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(5);
  const std::uint64_t count = p.slots().count();
  if (count == 0) return;  // the whole circle
  const auto any = [](const auto&) { return true; };
  CHECK(p.find_if_at(count - 1, any) == p.find_at(count - 1));
  CHECK_FALSE(p.walk_at(count - 1).empty());
  for (const std::uint64_t position : {count, count + 1, (std::numeric_limits<std::uint64_t>::max)()}) {
    CHECK(p.find_if_at(position, any) == nullptr);
    CHECK(p.walk_at(position).empty());
    CHECK(quoit::find_if_at(p, position, any) == nullptr);
    CHECK(quoit::walk_at(p, position).empty());
  }
}

TEMPLATE_LIST_TEST_CASE("walk: an exception of the predicate reaches the caller", "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(9);
  const auto list = whole_list(p, p.position(quoit::key_hash{7}));
  std::size_t calls = 0;
  const auto fails_later = [&](const auto& node) -> bool {
    ++calls;
    if (&node == list[4]) throw 42;
    return false;
  };
  CHECK_THROWS_AS(quoit::find_if(p, quoit::key_hash{7}, fails_later), int);
  CHECK(calls >= 5);
}
