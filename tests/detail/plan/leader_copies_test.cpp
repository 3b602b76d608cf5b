// SPDX-License-Identifier: MIT
// detail::leader_copies: which copies are exchanged for a slot without leader, and which are not. Cases made by hand.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/leader_copies.hpp>
#include <quoit/detail/plan/leaders.hpp>
#include <quoit/detail/table/rows.hpp>

#include "catch2.hpp"

namespace {

using quoit::detail::cell_rows;
using quoit::detail::domain_tree;
using quoit::detail::none;
using list = std::vector<std::uint32_t>;

// Two nodes that never lead, and three that do.
constexpr std::uint32_t s1 = 0, s2 = 1, m1 = 2, m2 = 3, m3 = 4;

// Slots of two copies. Only the loads that the table has are right, unless a test says otherwise.
struct slots_of_two {
  list before, table;
  std::uint32_t width = 2;                                         // of `before`
  std::vector<std::string_view> domains = {"", "", "", "", ""};    // by node; at most one copy of a slot in each
  list room_for = {};                                              // nodes that may hold one copy more or one less
  std::vector<std::pair<std::size_t, std::uint32_t>> pinned = {};  // slot and node
  list locked = {};
  list needed = {};  // every slot needs a copy in the domains of these nodes

  [[nodiscard]] list exchanged() const {
    const domain_tree tree(domains);
    quoit::detail::entitlement rules;
    rules.least.assign(tree.size(), 0);
    rules.most.assign(tree.size(), 1);
    rules.most[tree.root()] = 2;
    for (const std::uint32_t node : needed) rules.least[tree.parent(node)] = 1;
    rules.least_load.assign(domains.size(), 0);
    for (const std::uint32_t node : table) ++rules.least_load[node];
    rules.most_load = rules.least_load;
    for (const std::uint32_t node : room_for) {
      ++rules.most_load[node];
      if (rules.least_load[node] > 0) --rules.least_load[node];
    }
    std::vector<bool> kept(before.size(), false), is_locked(domains.size(), false);
    for (const auto& [slot, node] : pinned) {
      for (std::size_t cell = slot * width; cell < (slot + 1) * width; ++cell)
        kept[cell] = kept[cell] || before[cell] == node;
    }
    for (const std::uint32_t node : locked) is_locked[node] = true;
    const std::vector<std::uint64_t> leading{0, 0, 1, 1, 1}, weights{1, 1, 1, 1, 1};
    list result = table;
    quoit::detail::leader_copies(tree, rules, {leading, weights}, cell_rows{before, width}, kept, is_locked, result, 2)
        .exchange();
    return result;
  }
};

}  // namespace

TEST_CASE("leader_copies: an exchange costs no move", "[detail][plan][leaders]") {
  // Slot 1 drops s1 and receives m2. Instead it keeps s1, and slot 0 receives m2.
  slots_of_two slots{.before = {s1, s2, s1, m1}, .table = {s1, s2, m1, m2}};
  CHECK(slots.exchanged() == list{m2, s2, m1, s1});
  // Slot 1 drops s1 because there are fewer replicas. Any exchange would be a move more.
  slots = {.before = {s1, s2, none, s1, m1, m2}, .table = {s1, s2, m1, m2}, .width = 3};
  CHECK(slots.exchanged() == slots.table);
  // Slot 0 drops m1, too. The slots exchange what they drop.
  slots.before[2] = m1;
  CHECK(slots.exchanged() == list{m1, s2, s1, m2});
  // Both slots receive copies.
  slots = {.before = {none, none, none, none}, .table = {s1, s2, m1, m2}};
  CHECK(slots.exchanged() == list{m1, s2, s1, m2});
  // Slot 1 has one node that may lead, and needs it.
  slots.table = {s1, s2, m1, s2};
  CHECK(slots.exchanged() == slots.table);
  // Slot 2 can give one node, and not two.
  slots = {.before = {s1, s2, s1, s2, s1, s2}, .table = {s1, s2, s1, s2, m1, m2}};
  CHECK(slots.exchanged() == list{m1, s2, s1, s2, s1, m2});
}

TEST_CASE("leader_copies: a copy goes to a node with room", "[detail][plan][leaders]") {
  slots_of_two slots{.before = {none, s2, none, m1}, .table = {s1, s2, m1, s1}};
  CHECK(slots.exchanged() == slots.table);
  slots.room_for = {m3};  // but nobody may hold one copy less
  CHECK(slots.exchanged() == slots.table);
  slots.room_for = {s1, m3};
  CHECK(slots.exchanged() == list{m3, s2, m1, s1});
  slots.before[0] = s1;  // it would be a move more
  CHECK(slots.exchanged() == slots.table);
}

TEST_CASE("leader_copies: exchanges keep pinned copies and locked nodes", "[detail][plan][leaders][locks]") {
  const auto stays = [](slots_of_two slots, std::vector<std::pair<std::size_t, std::uint32_t>> pinned, list locked) {
    CHECK(slots.exchanged() != slots.table);
    slots.pinned = std::move(pinned);
    slots.locked = std::move(locked);
    return slots.exchanged() == slots.table;
  };
  const slots_of_two with_new{.before = {s1, s2, s1, m1}, .table = {s1, s2, m1, m2}};
  CHECK(stays(with_new, {{0, s1}}, {}));
  CHECK_FALSE(stays(with_new, {{0, s2}, {1, m1}}, {}));
  CHECK(stays(with_new, {}, {m2}));  // slot 0 would receive it
  CHECK(stays(with_new, {}, {s1}));  // slot 1 would receive it
  CHECK_FALSE(stays(with_new, {}, {s2, m1}));
  const slots_of_two with_dropped{.before = {s1, s2, m1, s1, m1, m2}, .table = {s1, s2, m1, m2}, .width = 3};
  CHECK(stays(with_dropped, {{0, s1}}, {}));
  CHECK(stays(with_dropped, {{1, m1}}, {}));
  CHECK_FALSE(stays(with_dropped, {{0, s2}, {1, m2}}, {}));
  const slots_of_two with_room{.before = {none, s2, none, m1}, .table = {s1, s2, m1, s1}, .room_for = {s1, m3}};
  CHECK(stays(with_room, {}, {m3}));
}

TEST_CASE("leader_copies: exchanges keep the spread", "[detail][plan][leaders]") {
  slots_of_two slots{.before = {s1, s2, s1, m1}, .table = {s1, s2, m1, m2}, .domains = {"a", "b", "b", "a", ""}};
  CHECK(slots.exchanged() == list{m2, s2, m1, s1});
  slots.domains = {"a", "b", "a", "b", ""};
  CHECK(slots.exchanged() == slots.table);
  slots.domains = {"a", "b", "c", "d", ""};
  CHECK(slots.exchanged() == list{m2, s2, m1, s1});
  slots.needed = {s1};
  CHECK(slots.exchanged() == slots.table);
}
