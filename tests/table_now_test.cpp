// SPDX-License-Identifier: MIT
// table_now: the table of a migration at every moment.
#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/slot_tables.hpp"

namespace {

using table = quoit::slot_table<>;
using migration_type = quoit::transition<table>;
constexpr auto none = table::no_node;

table three_nodes(std::vector<std::uint32_t> ranks, std::size_t replicas) {
  const std::uint64_t slots = ranks.size() / static_cast<std::size_t>(replicas);
  return table({{"a"}, {"b"}, {"c"}}, ranks, {.slots = slots, .replicas = replicas});
}

}  // namespace

TEST_CASE("table_now: copies keep their positions, and missing copies theirs", "[table_now]") {
  //                                     - a b        - b c            a - -
  const table before = three_nodes({none, 0, 1, none, 1, 2, 0, none, none}, 3);
  const table after = three_nodes({none, 0, 1, 0, 1, none, 0, none, 2}, 3);
  migration_type migration(before, after);
  CHECK(test::lists_of(quoit::table_now(migration)) == test::lists_of(before));
  CHECK(quoit::table_now(migration).version() == before.version() + 1);
  for (std::size_t i = 0; i < migration.moves().size(); ++i) {
    migration.begin(i);
    migration.copied(i);
    const std::size_t slot = static_cast<std::size_t>(migration.parts()[migration.moves()[i].part].range.to);
    CHECK(test::lists_of(quoit::table_now(migration))[slot] == test::lists_of(after)[slot]);
    migration.finish(i);
  }
  CHECK(test::lists_of(quoit::table_now(migration)) == test::lists_of(after));
}

TEST_CASE("table_now: has exactly the copies in force at every moment, and the new lists at the end", "[table_now]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t slots = 1 + random.below(6), seed = random.next();
    const auto make = [&] {
      auto parts = test::random_parts<std::string>(random, 1 + random.index(6), slots, 1 + random.index(4));
      parts.options.seed = seed;
      return table(parts.nodes, parts.replicas, parts.options);
    };
    const table before = make(), after = make();
    const std::size_t replicas = 1 + random.index(5);
    migration_type migration(before, after,
                             {.replicas = replicas, .how = quoit::access::replicated, .leaving_nodes_serve = true});
    CAPTURE(round, slots, replicas);
    for (;;) {
      const table now = quoit::table_now(migration);
      REQUIRE(now.replica_count() == std::max(before.replica_count(), after.replica_count()));
      for (std::uint64_t slot = 0; slot < slots; ++slot) {
        std::vector<const std::string*> room(replicas + 1);
        room.resize(migration.now(slot, room));
        std::set<std::string> expected, held;
        for (const auto* const node : room) expected.insert(*node);
        room.resize(replicas);
        room.resize(now.preferred(slot, room));
        for (const auto* const node : room) held.insert(*node);
        REQUIRE(held == expected);
      }
      const std::vector<std::size_t> ready = migration.startable();
      if (ready.empty()) break;
      const std::size_t move = ready[random.index(ready.size())];
      migration.begin(move);
      REQUIRE(test::lists_of(quoit::table_now(migration)) == test::lists_of(now));
      migration.copied(move);
      const auto arrived = test::lists_of(quoit::table_now(migration));
      migration.finish(move);
      REQUIRE(test::lists_of(quoit::table_now(migration)) == arrived);
    }
    REQUIRE(migration.finished());
    const table now = quoit::table_now(migration);
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      for (std::size_t i = 0; i < after.replica_count(); ++i) {
        const auto *const is = now.at(slot, i), *const should = after.at(slot, i);
        REQUIRE((is == nullptr ? std::string("-") : *is) == (should == nullptr ? std::string("-") : *should));
      }
    }
  }
}

TEST_CASE("table_now: tables without nodes", "[table_now]") {
  const table empty({}, {}, {.slots = 2});
  CHECK(quoit::table_now(migration_type(empty, empty)).empty());
  // What has no copy yet is a hole.
  migration_type first(empty, three_nodes({0, 1}, 1));
  CHECK(quoit::table_now(first).missing_slots() == 2);
  CHECK(quoit::table_now(first).size() == 3);
  const std::size_t move = first.next_startable().value();
  first.begin(move);
  CHECK(quoit::table_now(first).missing_slots() == 2);
  first.copied(move);
  CHECK(quoit::table_now(first).missing_slots() == 1);
  CHECK(test::text_of(quoit::table_now(first), first.parts()[first.moves()[move].part].range.to).front() != '-');
}
