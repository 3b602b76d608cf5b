// SPDX-License-Identifier: MIT
// vnode_store against a sorted vector: places, neighbours and changes, wherever the vnodes lie.
#include <cstddef>
#include <cstdint>
#include <utility>

#include <quoit/detail/ring/store.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

template <class Tie>
std::string difference(const quoit::detail::vnode_store<Tie>& store, const test::naive_circle<Tie>& naive) {
  if (store.size() != naive.all.size()) return "size";
  std::size_t count = 0;
  bool same = true;
  store.for_each(
      [&](const auto& v) { same = same && count < naive.all.size() && test::same_vnode(v, naive.all[count++]); });
  if (!same || count != naive.all.size()) return "order of the vnodes";
  if (count == 0) return "";
  // Once round in both directions.
  auto at = store.first();
  for (std::size_t i = 0; i < count; ++i, at = store.next(at)) {
    if (!test::same_vnode(store[at], naive.all[i])) return "next()";
  }
  if (!test::same_vnode(store[at], naive.all[0])) return "next() of the last";
  for (std::size_t i = count; i-- > 0;) {
    at = store.previous(at);
    if (!test::same_vnode(store[at], naive.all[i])) return "previous()";
  }
  for (const auto& v : naive.all) {
    if (!test::same_vnode(store[store.find(v)], v)) return "find()";
    for (const std::uint64_t position : {v.position, v.position - 1, v.position + 1}) {
      if (!test::same_vnode(store[store.at_or_after(position)], naive.all[naive.search(position)]))
        return "at_or_after()";
    }
  }
  return "";
}

template <class Tie>
void check_store(std::uint64_t last, std::size_t expected_vnodes) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int kind = 0; kind < test::positions::last_kind; ++kind) {
    INFO("last position " << last << ", kind of positions " << kind);
    test::positions positions(last, random);
    quoit::detail::vnode_store<Tie> store(last, expected_vnodes);
    test::naive_circle<Tie> naive;
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 60; ++i) {
        const std::uint64_t near = naive.all.empty() ? 0 : naive.all[random.below(naive.all.size())].position;
        quoit::detail::vnode<Tie> v{
            positions.next(static_cast<test::positions::kind>(kind), store.pages().size() * 4, near),
            {},
            static_cast<std::uint32_t>(random.below(9))};
        if constexpr (std::is_same_v<Tie, std::uint64_t>) v.tie = random.below(3);
        store.reserve(store.page_of(v.position), 1);
        REQUIRE(test::same_vnode(store[store.insert(v, test::scrambled{})], v));
        naive.change({}, {v});
      }
      REQUIRE(difference(store, naive) == "");
      const std::size_t left = round == 2 ? 0 : 20;
      while (naive.all.size() > left) {
        const auto v = naive.all[random.below(naive.all.size())];
        store.erase(store.find(v));
        naive.change({v}, {});
      }
      REQUIRE(difference(store, naive) == "");
    }
    auto copy = store;
    copy.erase(copy.first());
    REQUIRE(difference(store, naive) == "");
    const auto moved = std::move(store);
    REQUIRE(difference(moved, naive) == "");
    REQUIRE(store.size() == 0);  // NOLINT: use after move is the test
  }
}

}  // namespace

TEST_CASE("vnode_store: places on the whole circle are those of a sorted vector", "[detail]") {
  for (const std::size_t expected : {1U, 60U, 2048U, 4000U, 131072U})
    check_store<quoit::detail::no_tie>(~std::uint64_t{0}, expected);
}
TEST_CASE("vnode_store: places on finite circles are those of a sorted vector", "[detail]") {
  for (const std::uint64_t last : {0ULL, 1ULL, 9ULL, 16383ULL, (1ULL << 40) - 1, ~0ULL - 1}) {
    for (const std::size_t expected : {1U, 100U, 2048U}) check_store<std::uint64_t>(last, expected);
  }
}

TEST_CASE("vnode_store: its pages suit what it was made for and a fifth more or less", "[detail]") {
  for (std::size_t vnodes = 80; vnodes < 200000; vnodes += 1 + vnodes / 7) {
    INFO(vnodes);
    const quoit::detail::vnode_store<quoit::detail::no_tie> store(~std::uint64_t{0}, vnodes);
    CHECK(store.suits(vnodes));
    CHECK(!store.suits(vnodes * 2));
    CHECK(!store.suits(vnodes / 2));
    if (vnodes > 2000) {
      CHECK(store.suits(vnodes * 6 / 5));
      CHECK(store.suits(vnodes * 4 / 5));
    }
  }
  CHECK(!quoit::detail::vnode_store<quoit::detail::no_tie>().suits(1));
}
