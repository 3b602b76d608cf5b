// SPDX-License-Identifier: MIT
// number_set against std::set, around the number of elements that need no allocation, and with memory that runs out.
#include <cstdint>
#include <new>
#include <set>
#include <utility>

#include <quoit/detail/core/number_set.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/random.hpp"

TEST_CASE("number_set: has what was inserted, once", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint64_t below : {4U, 9U, 20U, 5000U, 0xfffffffeU}) {
    quoit::detail::number_set set;
    std::set<std::uint32_t> model;
    for (int i = 0; i < 3000; ++i) {
      const auto number = static_cast<std::uint32_t>(random.below(below));
      set.make_room();
      REQUIRE(set.insert(number) == model.insert(number).second);
      REQUIRE(set.size() == model.size());
    }
    for (const std::uint32_t number : model) {
      set.make_room();
      REQUIRE_FALSE(set.insert(number));
    }
  }
}

TEST_CASE("number_set: copies and moves are independent", "[detail]") {
  for (const std::uint32_t count : {3U, 8U, 9U, 100U}) {
    quoit::detail::number_set set;
    const auto fill = [&](std::uint32_t from, std::uint32_t to) {
      std::uint32_t fresh = 0;
      for (std::uint32_t n = from; n < to; ++n) {
        set.make_room();
        fresh += set.insert(n) ? 1U : 0U;
      }
      return fresh;
    };
    REQUIRE(fill(0, count) == count);
    quoit::detail::number_set copy = set;
    REQUIRE(fill(count, 2 * count) == count);
    REQUIRE(copy.size() == count);
    copy.make_room();
    REQUIRE(copy.insert(count));
    quoit::detail::number_set taken = std::move(set);
    REQUIRE(taken.size() == 2 * count);
    REQUIRE(set.size() == 0);  // NOLINT: use after move is the test
    REQUIRE(fill(0, count) == count);
    set = std::move(taken);
    REQUIRE(fill(0, 2 * count) == 0);
    set = copy;
    REQUIRE(fill(0, count + 1) == 0);
  }
}

TEST_CASE("P7 number_set: room that cannot be made changes nothing", "[detail]") {
  quoit::detail::number_set set;
  std::size_t failures = 0;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    try {
      const test::failing_allocations none_left(0);
      set.make_room();
    } catch (const std::bad_alloc&) {
      ++failures;
      REQUIRE(set.size() == n);
      set.make_room();
    }
    REQUIRE(set.insert(n));
  }
  CHECK(failures == 7);  // for 9, 17, 33, … and 513 numbers
  for (std::uint32_t n = 0; n < 1000; ++n) REQUIRE_FALSE(set.insert(n));
}
