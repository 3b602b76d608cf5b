// SPDX-License-Identifier: MIT
// The moves of a plan refer to its tables, so it must not be a temporary.
// expect: keep the plan in a variable first
#include <string>
#include <vector>

#include <quoit/plan.hpp>

bool test(const quoit::slot_table<>& now, const std::vector<std::string>& nodes) {
#if defined(QUOIT_EXPECT_ERROR)
  for (const auto& move : quoit::plan(now, nodes).moves()) {
    if (move.replaces == nullptr) return false;
  }
#else
  const auto plan = quoit::plan(now, nodes);
  for (const auto& move : plan.moves()) {
    if (move.replaces == nullptr) return false;
  }
#endif
  return true;
}
