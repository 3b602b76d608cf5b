// SPDX-License-Identifier: MIT
// A ring cannot say what is half-way, so a migration between rings could neither stop nor go on when a node is lost.
// expect: quoit: kv_map::start_migration\(\) needs a slot table, which can say what has moved and what has not; rehome\(\)
#include <quoit/kv_map.hpp>
#include <quoit/slot_table.hpp>

void test(quoit::kv_map<int>& ring, quoit::kv_map<int, quoit::slot_table<>>& table) {
#if defined(QUOIT_EXPECT_ERROR)
  ring.start_migration(quoit::ring<>());
#endif
  ring.rehome(quoit::ring<>());
  table.start_migration(quoit::slot_table<>());
}
