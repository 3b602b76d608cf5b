// SPDX-License-Identifier: MIT
// vnode_page against a vector, and how many positions a search looks at.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/detail/ring/page.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

using quoit::detail::vnode;
using quoit::detail::vnode_page;

template <class Tie>
bool equal(const vnode_page<Tie>& page, const std::vector<vnode<Tie>>& expected) {
  bool same = page.size() == expected.size();
  for (std::size_t i = 0; same && i < page.size(); ++i) {
    same = test::same_vnode(page[i], expected[i]) && page.position(i) == expected[i].position &&
           page.number(i) == expected[i].number;
  }
  return same;
}

template <class Tie>
void check_page() {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  vnode_page<Tie> page;
  std::vector<vnode<Tie>> expected;
  for (int step = 0; step < 2000; ++step) {
    const bool grow = step / 200 % 2 == 0;
    if (grow || expected.empty()) {
      vnode<Tie> v{random.next(), {}, static_cast<std::uint32_t>(random.next())};
      if constexpr (!quoit::detail::circle_cut<Tie>::whole) v.tie = random.next();
      const std::size_t at = random.below(expected.size() + 1);
      page.reserve(1 + random.below(3));
      {
        const test::failing_allocations none(0);
        page.insert(at, v);
      }
      expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), v);
    } else {
      const std::size_t at = random.below(expected.size());
      page.erase(at);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (step % 50 == 0) {
      REQUIRE(equal(page, expected));
      vnode_page<Tie> copy = page;
      copy.reserve(1);
      copy.insert(0, {});
      REQUIRE(equal(page, expected));
      vnode_page<Tie> moved = std::move(copy);
      REQUIRE(moved.size() == expected.size() + 1);
      REQUIRE(copy.size() == 0);  // NOLINT: use after move is the test
      copy = page;
      REQUIRE(equal(copy, expected));
    }
  }
}

}  // namespace

TEST_CASE("vnode_page: inserts and erases as a vector", "[detail]") {
  check_page<quoit::detail::no_tie>();
  check_page<std::uint64_t>();
}

TEST_CASE("vnode_page: a failed reserve changes nothing", "[detail]") {
  vnode_page<std::uint64_t> page;
  std::vector<vnode<std::uint64_t>> expected;
  for (std::uint32_t i = 0; i < 5; ++i) {
    expected.push_back({i, i + 10, i + 20});
    page.reserve(1);
    page.insert(i, expected.back());
  }
  {
    const test::failing_allocations fail(0);
    CHECK_THROWS_AS(page.reserve(100), std::bad_alloc);
  }
  CHECK(equal(page, expected));
}

TEST_CASE("vnode_page: a search looks at log2 of the page", "[detail]") {
  for (const std::size_t size : {0U, 1U, 2U, 3U, 31U, 32U, 33U, 1000U, 1U << 20}) {
    vnode_page<quoit::detail::no_tie> page;
    std::vector<vnode<quoit::detail::no_tie>> sorted;
    for (std::size_t i = 0; i < size; ++i) sorted.push_back({i * 2, {}, 0});
    page.assign(sorted.data(), size, 3);
    REQUIRE(page.size() == size);
    std::size_t limit = 0;
    while (std::size_t{1} << limit <= size) ++limit;
    for (const std::uint64_t wanted :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{size}, std::uint64_t{size * 2}, ~std::uint64_t{0}}) {
      std::size_t looks = 0;
      const std::size_t below = page.count_while([&](std::uint64_t position) {
        ++looks;
        return position < wanted;
      });
      CHECK(below == std::min<std::uint64_t>(size, wanted / 2 + wanted % 2));
      CHECK(below == page.count_below(wanted));
      CHECK(looks <= limit);
    }
  }
}
