// SPDX-License-Identifier: MIT
// Every public header, included after hostile macros, and a use of the templates.
#include "hygiene/hostile_macros.hpp"

#include <quoit/quoit.hpp>

int main() {
  quoit::ring<> ring;
  ring.assign({{"alpha"}, {"beta", 2}, {"gamma", 1, "eu/zone-1"}});
  const auto before = ring;
  ring.remove("alpha");
  quoit::kv_map<int> map(before, {.replicas = 2});
  map.put("key", 1);
  map.leave("alpha");
  const auto table = quoit::build({{"a"}, {"b"}, {"c"}}, {.slots = 16, .replicas = 2});
  const auto plan = quoit::plan(table, {{"a"}, {"b"}, {"d"}});
  const quoit::transition<quoit::slot_table<>> transition(plan.before(), plan.after());
  const quoit::published<quoit::ring<>> rings(ring);
  return ring.size() == 2 && quoit::diff(before, ring).size() > 0 && map.size() == 1 && plan.report().optimal &&
                 quoit::table_now(transition).size() == 4 && quoit::balance_of(ring).size() == 2 && rings.version() == 1
             ? 0
             : 1;
}
