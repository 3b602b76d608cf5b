// SPDX-License-Identifier: MIT
// A range of slots without nodes, beside one that has them, would also be lists of ids if {2} were an id.
// expect: a range of slots is {first, last, {id, ...}}
#include <quoit/slot_table.hpp>

quoit::slot_table<int> test() {
#if defined(QUOIT_EXPECT_ERROR)
  return quoit::slot_table<int>::adopt({0, 1, 2, 3}, {{0, 1, {2}}, {2, 3}}, {.slots = 4, .replicas = 3});
#else
  return quoit::slot_table<int>::adopt({0, 1, 2, 3}, {{0, 1, {2}}, {2, 3, {1}}}, {.slots = 4, .replicas = 3});
#endif
}
