// SPDX-License-Identifier: MIT
// small_list: holds what a vector would hold, on both sides of its eighth element, and allocates only beyond it.
#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include <quoit/detail/core/small_list.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"

namespace {

using int_list = quoit::detail::small_list<int>;

int_list list_of(std::size_t size, int first = 0) {
  int_list list;
  for (std::size_t i = 0; i < size; ++i) list.push_back(first + static_cast<int>(i));
  return list;
}

bool holds(const int_list& list, std::size_t size, int first = 0) {
  bool same = list.size() == size;
  for (std::size_t i = 0; same && i < size; ++i) same = list.data()[i] == first + static_cast<int>(i);
  return same;
}

constexpr std::size_t sizes_around_eight[] = {0, 1, 7, 8, 9, 10, 40};

}  // namespace

TEST_CASE("small_list: appends any number of elements", "[detail]") {
  for (std::size_t size = 0; size <= 40; ++size) CHECK(holds(list_of(size), size));
}

TEST_CASE("small_list: the first eight elements need no allocation, the ninth one does", "[detail]") {
  int_list list;
  {
    const test::failing_allocations fail(0);
    for (int i = 0; i < 8; ++i) list.push_back(i);
    const int_list copy = list;
    CHECK(holds(copy, 8));
    CHECK_THROWS_AS(list.push_back(8), std::bad_alloc);
  }
  CHECK(holds(list, 8));
  list.push_back(8);
  CHECK(holds(list, 9));
}

TEST_CASE("small_list: whichever allocation of push_back() fails, the list stays as it was", "[detail]") {
  for (std::size_t size = 8; size <= 40; ++size) {
    for (std::size_t n = 0;; ++n) {
      int_list list = list_of(size);
      bool failed = false;
      {
        const test::failing_allocations fail(n);
        try {
          list.push_back(static_cast<int>(size));
        } catch (const std::bad_alloc&) {
          failed = true;
        }
      }
      INFO(size << " elements, allocation " << n);
      REQUIRE(holds(list, failed ? size : size + 1));
      list.push_back(static_cast<int>(list.size()));
      REQUIRE(holds(list, failed ? size + 1 : size + 2));
      if (!failed) break;
    }
  }
}

TEST_CASE("small_list: room() and resize()", "[detail]") {
  for (const std::size_t capacity : sizes_around_eight) {
    int_list list(capacity);
    REQUIRE(list.room().size() >= std::max<std::size_t>(8, capacity));
    CHECK(list.size() == 0);
    for (std::size_t i = 0; i < capacity; ++i) list.room()[i] = static_cast<int>(i);
    list.resize(capacity);
    CHECK(holds(list, capacity));
    list.resize(capacity / 2);
    CHECK(holds(list, capacity / 2));
  }
  const test::failing_allocations fail(0);
  CHECK_NOTHROW(int_list(8));
  CHECK_THROWS_AS(int_list(9), std::bad_alloc);
}

TEST_CASE("small_list: copies are independent", "[detail]") {
  for (const std::size_t from : sizes_around_eight) {
    for (const std::size_t to : sizes_around_eight) {
      INFO("from " << from << " to " << to << " elements");
      const int_list original = list_of(from);
      int_list copy = original;
      CHECK(holds(copy, from));
      copy.push_back(static_cast<int>(from));
      CHECK(holds(original, from));
      int_list assigned = list_of(to, 1000);
      assigned = original;
      CHECK(holds(assigned, from));
      assigned.push_back(static_cast<int>(from));
      CHECK(holds(assigned, from + 1));
      CHECK(holds(original, from));
    }
  }
}

TEST_CASE("small_list: moves leave an empty list that can be used again", "[detail]") {
  for (const std::size_t from : sizes_around_eight) {
    for (const std::size_t to : sizes_around_eight) {
      INFO("from " << from << " to " << to << " elements");
      int_list original = list_of(from), assigned = list_of(to, 1000);
      {
        const test::failing_allocations fail(0);
        int_list moved = std::move(original);
        CHECK(holds(moved, from));
        CHECK(holds(original, 0));  // NOLINT: use after move is the test
        assigned = std::move(moved);
        CHECK(holds(moved, 0));  // NOLINT: use after move is the test
      }
      CHECK(holds(assigned, from));
      original.push_back(0);
      CHECK(holds(original, 1));
    }
  }
}

TEST_CASE("small_list: self-assignment changes nothing", "[detail]") {
  for (const std::size_t size : sizes_around_eight) {
    int_list list = list_of(size);
    int_list& same = list;
    list = same;
    CHECK(holds(list, size));
    list = std::move(same);
    CHECK(holds(list, size));
  }
}

TEST_CASE("small_list: a copy assignment that fails changes nothing", "[detail]") {
  for (const std::size_t to : sizes_around_eight) {
    const int_list original = list_of(9);
    int_list assigned = list_of(to, 1000);
    {
      const test::failing_allocations fail(0);
      CHECK_THROWS_AS(assigned = original, std::bad_alloc);
    }
    CHECK(holds(assigned, to, 1000));
  }
}
