// SPDX-License-Identifier: MIT
// Locked nodes and pinned copies in plan(): what stays, who shares the rest, and what is refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/checks.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::spread_rule;
using specs = std::vector<quoit::node_spec<std::string>>;
using table_type = quoit::slot_table<>;

std::uint64_t load_of(const table_type& table, const std::string& node) {
  std::uint64_t load = 0;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    for (std::size_t i = 0; i < table.replica_count(); ++i) load += *table.at(slot, i) == node ? 1U : 0U;
  }
  return load;
}

}  // namespace

TEST_CASE("a locked node keeps its load, and the others share the rest", "[plan][locks]") {
  // rs1 = 100, rs2 = 2000, rs3 = 900.
  const table_type before = table_type::adopt(
      {"rs1", "rs2", "rs3"}, {{0, 99, {"rs1"}}, {100, 2099, {"rs2"}}, {2100, 2999, {"rs3"}}}, {.slots = 3000, .replicas = 1});
  const auto plan = quoit::plan(before, {"rs1", "rs2", "rs3"}, {.locked = {"rs1"}});
  CHECK(load_of(plan.after(), "rs1") == 100);
  CHECK(load_of(plan.after(), "rs2") == 1450);
  CHECK(load_of(plan.after(), "rs3") == 1450);
  CHECK(plan.report().slack == 0);
  CHECK(plan.report().moves == 550);
  CHECK(plan.report().optimal);
}
