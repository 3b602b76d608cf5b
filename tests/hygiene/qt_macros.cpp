// SPDX-License-Identifier: MIT
// Qt's keywords as macros, after quoit. A program compiles, unless it uses the name slots itself.
#include <quoit/quoit.hpp>

#define slots
#define signals public
#define emit
#define foreach(variable, container) for (variable : container)
#define forever for (;;)

int main() {
  quoit::ring<> ring;
  ring.assign({{"alpha"}, {"beta", 2}});
  quoit::slot_table_options options;
  options.replicas = 2;
  const auto table = quoit::build({{"alpha"}, {"beta"}}, options);
  quoit::kv_map<int, quoit::slot_table<>> map(table, {.replicas = 2});
  map.put("key", 1);
  map.start_migration(quoit::plan(table, {{"alpha"}, {"gamma"}}).after());
  while (map.step_migration()) {
  }
  return ring.find("key") != nullptr && map.placement_now()->contains_node("gamma") ? 0 : 1;
}
