// SPDX-License-Identifier: MIT
// slot_owners against a search for the first vnode at or after each slot.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/ring/slot_owners.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

using quoit::detail::none;
using quoit::detail::slot_owners;
using store_type = quoit::detail::vnode_store<std::uint64_t>;

std::string difference(const slot_owners& table, const test::naive_circle<std::uint64_t>& naive, std::uint64_t count) {
  for (std::uint64_t slot = 0; slot < count; ++slot) {
    if (table.find(slot) != naive.owner(slot)) return "slot " + std::to_string(slot);
  }
  return table.find(count) == quoit::detail::none && table.find(~std::uint64_t{0}) == quoit::detail::none
             ? ""
             : "after the last slot";
}

}  // namespace

TEST_CASE("slot_owners: every slot has the right owner while vnodes are added and removed", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint64_t count : {1U, 2U, 3U, 10U, 64U, 997U}) {
    // With a fitting number of pages, and with more pages than slots, so that previous() skips many empty ones.
    for (const std::size_t expected : {1U, 100U, 2048U, 5000U}) {
      INFO(count << " slots, a store for " << expected << " vnodes");
      store_type store(count - 1, expected);
      test::naive_circle<std::uint64_t> naive;
      const auto random_vnode = [&] {
        return quoit::detail::vnode<std::uint64_t>{random.below(count), random.below(4),
                                                   static_cast<std::uint32_t>(random.below(50))};
      };
      const auto insert = [&](const auto& v) {
        store.reserve(store.page_of(v.position), 1);
        naive.change({}, {v});
        return store.insert(v, test::scrambled{});
      };
      for (int i = 0; i < 3; ++i) insert(random_vnode());
      slot_owners table(store, count);
      REQUIRE(difference(table, naive, count) == "");
      for (int step = 0; step < 100; ++step) {
        // Grows, shrinks to one vnode, and grows again.
        if (step / 25 % 2 == 0 || naive.all.size() == 1) {
          table.inserted(store, insert(random_vnode()));
        } else {
          const auto v = naive.all[random.below(naive.all.size())];
          const auto at = store.find(v);
          table.erasing(store, at);
          store.erase(at);
          naive.change({v}, {});
        }
        REQUIRE(difference(table, naive, count) == "");
      }
      REQUIRE(table.memory() >= count * sizeof(std::uint32_t));
      REQUIRE(difference(slot_owners(store, count), naive, count) == "");
    }
  }
}

TEST_CASE("slot_owners: without vnodes and without a table there are no owners", "[detail]") {
  const slot_owners of_nothing(store_type(9, 1), 10);
  const slot_owners without_slots;
  for (const std::uint64_t slot : {std::uint64_t{0}, std::uint64_t{9}, ~std::uint64_t{0}}) {
    CHECK(of_nothing.find(slot) == quoit::detail::none);
    CHECK(without_slots.find(slot) == quoit::detail::none);
  }
  CHECK(without_slots.memory() == 0);
}

TEST_CASE("slot_owners: a table pays off for few slots or many vnodes", "[detail]") {
  CHECK(slot_owners::is_worth_it(1, 0));
  CHECK(slot_owners::is_worth_it(1U << 18, 1));
  CHECK(!slot_owners::is_worth_it((1U << 18) + 1, 1));
  CHECK(slot_owners::is_worth_it(1U << 20, 1U << 18));
  CHECK(!slot_owners::is_worth_it(std::uint64_t{1} << 40, 1U << 20));
  CHECK(!slot_owners::is_worth_it(~std::uint64_t{0}, 1U << 20));
}
