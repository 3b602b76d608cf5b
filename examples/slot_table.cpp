// SPDX-License-Identifier: MIT
// The README's example of slot tables: the first table, and the next one when a node joins.
#include <quoit/plan.hpp>

#include <iostream>
#include <string>
#include <vector>

int main() {
  std::vector<quoit::node_spec<std::string>> nodes = {{"a1", 1, "eu/zone-a"}, {"a2", 1, "eu/zone-a"},
                                                      {"b1", 1, "eu/zone-b"}, {"b2", 1, "eu/zone-b"},
                                                      {"c1", 1, "eu/zone-c"}, {"c2", 1, "eu/zone-c"}};
  const auto table = quoit::build(nodes, {.slots = 16'384, .replicas = 3});

  std::cout << "user:42 is in slot " << table.position("user:42") << ", copies on";
  for (const auto& node : table.replicas("user:42", 3)) std::cout << ' ' << node;

  nodes.push_back({"d1", 1, "eu/zone-d"});
  const auto plan = quoit::plan(table, nodes);  // plan.after(): the next table; plan.moves(): its new copies
  const auto& report = plan.report();
  std::cout << "\n\nd1 joins: " << report.moves << " of " << 3 * table.slot_count()
            << " copies move; the least possible: " << report.lower_bound << "\nafterwards every node has "
            << report.min_load << " to " << report.max_load << " copies\n";
  for (int i = 0; const auto& move : plan.moves()) {
    if (i++ < 3) std::cout << "  slot " << move.slot << ": " << *move.to << " for " << *move.replaces << '\n';
  }
}
