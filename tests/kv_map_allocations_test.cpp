// SPDX-License-Identifier: MIT
// P7 for every member of kv_map that allocates, at every stage of a migration.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/failing_sweep.hpp"
#include "support/slow.hpp"

namespace {

using sweep_ring_map = quoit::kv_map<std::string>;
using sweep_table = quoit::slot_table<>;
using sweep_table_map = quoit::kv_map<std::string, sweep_table>;

std::string long_key(int n) { return "directory/a key that is long enough to be allocated " + std::to_string(n); }

sweep_table table_of_four(bool changed) {
  const std::vector<quoit::node_spec<std::string>> nodes = {{"a"}, {"b"}, {"c"}, {"d"}};
  using lists = std::vector<std::vector<std::string>>;
  const lists before = {{"a", "b"}, {"b", "c"}, {"c"}, {"a", "b"}}, after = {{"a", "d"}, {"b", "c"}, {"c", "d"}, {"d"}};
  return sweep_table::adopt(nodes, changed ? after : before, {.slots = 4, .replicas = 2});
}

// Everything that a map says about its entries, copies, nodes and migration.
template <class Map>
std::string seen_in(const std::unique_ptr<Map>& map) {
  std::string text = std::to_string(map->index()) + ' ' + std::to_string(map->size());
  for (const auto& [key, entry] : map->list()) {
    text += '\n' + key + '=' + entry.value + std::to_string(entry.flags) + ' ' + std::to_string(entry.create_index) +
            ' ' + std::to_string(entry.modify_index);
    for (const auto& node : map->placement_now()->nodes()) text += map->find_on(node.node, key) != nullptr ? '1' : '0';
  }
  for (const auto& [node, copies] : map->copies_per_node()) text += '\n' + node + ' ' + std::to_string(copies);
  text += to_string(map->placement_now()->fingerprint());
  const auto progress = map->migration_progress();
  text += '\n' + std::to_string(progress.moves) + ' ' + std::to_string(progress.done) + ' ' +
          std::to_string(progress.epoch);
  if constexpr (requires { map->step_migration(); }) {
    if (const auto now = map->migration(); now) text += now->save();
  }
  return text;
}

template <class Map, class Placement>
std::unique_ptr<Map> filled_map(const Placement& placement) {
  auto map = std::make_unique<Map>(placement, quoit::kv_options{.replicas = 2});
  for (int n = 0; n < 6; ++n) map->put(long_key(n), std::string(40, 'v'), 9);
  return map;
}

quoit::ring<> four_in_a_ring() {
  quoit::ring<> ring({.vnodes = 4});
  for (const char* name : {"a", "b", "c", "d"}) ring.add(name);
  return ring;
}

// A map whose migration has made so many steps.
std::unique_ptr<sweep_table_map> migrating(int steps) {
  auto map = filled_map<sweep_table_map>(table_of_four(false));
  map->start_migration(table_of_four(true));
  for (int n = 0; n < steps; ++n) map->step_migration();
  return map;
}

}  // namespace

TEST_CASE("P7 every allocation of every member of a kv_map may fail", "[allocations][kv_map]") {
  const quoit::ring<> ring = four_in_a_ring();
  const auto check = [&](const char* what, const auto& act) {
    const auto on_map = [&](std::unique_ptr<sweep_ring_map>& map) { act(*map); };
    CHECK(test::every_allocation_fails(
              what, [&] { return filled_map<sweep_ring_map>(ring); }, seen_in<sweep_ring_map>, on_map) > 0);
  };
  CHECK(test::every_allocation_fails("constructor", [&] { return seen_in(filled_map<sweep_ring_map>(ring)); }) > 0);
  using map_type = sweep_ring_map;
  const std::string value(50, 'n');
  check("put, new", [&](map_type& map) { map.put(long_key(20), value, 1); });
  check("put, over another", [&](map_type& map) { map.put(long_key(2), value, 1); });
  check("cas, new", [&](map_type& map) { map.cas(long_key(20), value, 0); });
  check("cas, over another", [&](map_type& map) { map.cas(long_key(2), value, 3); });
  check("cas, stale", [&](map_type& map) { map.cas(long_key(2), value, 99); });
  check("update, new", [&](map_type& map) { map.update(long_key(20), [&](const std::string*) { return value; }); });
  check("update", [&](map_type& map) { map.update(long_key(2), [](const std::string* now) { return *now + "!"; }); });
  check("get", [&](map_type& map) { static_cast<void>(map.get(long_key(2))); });
  check("list", [&](map_type& map) { static_cast<void>(map.list("directory/")); });
  check("keys", [&](map_type& map) { static_cast<void>(map.keys()); });
  check("keys of a directory", [&](map_type& map) { static_cast<void>(map.keys("", "/")); });
  check("erase", [](map_type& map) { map.erase(long_key(2)); });
  check("erase at an index", [](map_type& map) { map.erase(long_key(2), 3); });
  check("erase_prefix", [](map_type& map) { map.erase_prefix("directory/"); });
  check("join", [](map_type& map) { map.join(std::string(60, 'j'), {.domain = std::string(60, 'd')}); });
  check("leave", [](map_type& map) { map.leave("b"); });
  check("fail", [](map_type& map) { map.fail("b"); });
  check("fail_all", [](map_type& map) { map.fail_all({"b", "c"}); });
  check("fail_all of a range", [](map_type& map) { map.fail_all(std::vector<std::string>{"a", "d"}); });
  check("set_weight", [](map_type& map) { map.set_weight("b", 3); });
  check("drain", [](map_type& map) { map.set_weight("b", 0); });
  check("rehome", [](map_type& map) {
    quoit::ring<> next = *map.placement_now();
    next.remove("a");
    next.add("e");
    map.rehome(std::move(next));
  });
  check("lose", [](map_type& map) { map.lose("b"); });
  check("copies_per_node", [](map_type& map) { static_cast<void>(map.copies_per_node()); });
}

TEST_CASE("P7 every allocation of every step of a kv_map's migration may fail", "[allocations][kv_map]") {
  const sweep_table after = table_of_four(true);
  const auto check = [](const char* what, int steps, const auto& act) {
    CAPTURE(steps);
    const auto make = [&] { return steps < 0 ? filled_map<sweep_table_map>(table_of_four(false)) : migrating(steps); };
    test::every_allocation_fails(what, make, seen_in<sweep_table_map>,
                                 [&](std::unique_ptr<sweep_table_map>& map) { act(*map); });
  };
  using map_type = sweep_table_map;
  check("start_migration", -1, [&](map_type& map) { map.start_migration(after); });
  check("lose", -1, [&](map_type& map) { map.lose("b"); });
  for (int steps = 0; migrating(steps)->migration().has_value(); steps += test::slow ? 4 : 1) {
    check("step_migration", steps, [](map_type& map) { map.step_migration(); });
    check("stop_migration", steps, [](map_type& map) { map.stop_migration(); });
    for (const char* const node : {"a", "d"}) check("lose", steps, [&](map_type& map) { map.lose(node); });
    if (steps % 5 != 0 || test::slow) continue;
    check("put", steps, [](map_type& map) { map.put(long_key(20), std::string(50, 'n')); });
    check("erase", steps, [](map_type& map) { map.erase(long_key(2)); });
    check("erase_prefix", steps, [](map_type& map) { map.erase_prefix("directory/"); });
    check("migration", steps, [](map_type& map) { static_cast<void>(map.migration()); });
  }
}
