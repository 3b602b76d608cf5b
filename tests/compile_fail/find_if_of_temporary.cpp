// SPDX-License-Identifier: MIT
// The node that find_if() finds belongs to the placement, so the placement must not be a temporary.
// expect: keep the placement in a variable first
#include <string>

#include <quoit/slot_table.hpp>
#include <quoit/walk.hpp>

quoit::slot_table<> make_table();

const std::string* test(const quoit::slot_table<>& table) {
  const auto is_alive = [](const std::string& node) { return node != "down"; };
#if defined(QUOIT_EXPECT_ERROR)
  return table.empty() ? nullptr : quoit::find_if(make_table(), "key", is_alive);
#else
  return quoit::find_if(table, "key", is_alive);
#endif
}
