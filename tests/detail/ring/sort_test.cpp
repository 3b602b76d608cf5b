// SPDX-License-Identifier: MIT
// vnode_sort against std::sort: uniform positions and every adverse kind, even if the expected number of vnodes is
// wrong.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/ring/sort.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

template <class Tie>
void check_sort(std::uint64_t last, std::size_t vnodes, std::size_t expected, std::size_t page_for) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int kind = 0; kind < test::positions::last_kind; ++kind) {
    INFO("last position " << last << ", " << vnodes << " vnodes, " << expected << " expected, kind of positions "
                          << kind);
    test::positions positions(last, random);
    quoit::detail::vnode_store<Tie> store(last, page_for);
    quoit::detail::vnode_sort<Tie> sort(store, expected);
    test::naive_circle<Tie> naive;
    test::vnode_list<Tie> list;
    for (std::size_t i = 0; i < vnodes; ++i) {
      const std::uint64_t near = list.empty() ? 0 : list[random.below(list.size())].position;
      quoit::detail::vnode<Tie> v{
          positions.next(static_cast<test::positions::kind>(kind), store.pages().size() * 4, near),
          {},
          static_cast<std::uint32_t>(random.below(1000))};
      if constexpr (std::is_same_v<Tie, std::uint64_t>) v.tie = random.below(3);
      list.push_back(v);
    }
    // Some one by one, the others at once.
    const std::size_t alone = random.below(vnodes + 1);
    for (std::size_t i = 0; i < alone; ++i) sort.add(list[i]);
    sort.add(std::span<const quoit::detail::vnode<Tie>>(list).subspan(alone));
    naive.change({}, list);
    sort.finish(test::scrambled{});
    REQUIRE(store.size() == vnodes);
    std::size_t at = 0;
    bool same = true;
    store.for_each([&](const auto& v) { same = same && test::same_vnode(v, naive.all[at++]); });
    CHECK(same);
    // Every vnode is in its page, and previous() finds the last page that is not empty.
    bool placed = true;
    for (std::size_t page = 0; page < store.pages().size(); ++page) {
      for (std::size_t i = 0; i < store.pages()[page].size(); ++i)
        placed = placed && store.page_of(store.pages()[page].position(i)) == page;
    }
    CHECK(placed);
    if (vnodes != 0) CHECK(test::same_vnode(store[store.previous(store.first())], naive.all.back()));
  }
}

}  // namespace

TEST_CASE("vnode_sort: the whole circle", "[detail]") {
  for (const std::size_t vnodes : {0U, 1U, 2U, 47U, 48U, 2048U, 5000U, 30000U}) {
    check_sort<quoit::detail::no_tie>(~std::uint64_t{0}, vnodes, vnodes, vnodes);
  }
  // More vnodes than expected, fewer, and far too few pages.
  check_sort<quoit::detail::no_tie>(~std::uint64_t{0}, 3000, 10, 3000);
  check_sort<quoit::detail::no_tie>(~std::uint64_t{0}, 3000, 100000, 100000);
  check_sort<quoit::detail::no_tie>(~std::uint64_t{0}, 3000, 3000, 1);
}

TEST_CASE("vnode_sort: more than one bucket", "[detail]") {
  check_sort<quoit::detail::no_tie>(~std::uint64_t{0}, 3000, 3000, 300000);
  check_sort<std::uint64_t>((std::uint64_t{1} << 50) + 1, 3000, 3000, 300000);
}

TEST_CASE("vnode_sort: finite circles", "[detail]") {
  for (const std::uint64_t last : {0ULL, 1ULL, 9ULL, 16383ULL, (1ULL << 40) - 1, ~0ULL - 1}) {
    check_sort<std::uint64_t>(last, 3000, 3000, 3000);
  }
}
