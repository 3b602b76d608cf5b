// SPDX-License-Identifier: MIT
// A ring cannot represent an unfinished migration. So a migration between rings could not stop, and it could not
// continue after the loss of a node.
// expect: quoit: kv_map::start_migration\(\) needs a slot table, which can represent a migration that is not finished;
#include <quoit/kv_map.hpp>
#include <quoit/slot_table.hpp>

void test(quoit::kv_map<int>& ring, quoit::kv_map<int, quoit::slot_table<>>& table) {
#if defined(QUOIT_EXPECT_ERROR)
  ring.start_migration(quoit::ring<>());
#endif
  ring.rehome(quoit::ring<>());
  table.start_migration(quoit::slot_table<>());
}
