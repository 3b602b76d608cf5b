// SPDX-License-Identifier: MIT
// Uses every public header and every template in them, for programs that test how quoit compiles: without exceptions,
// with every warning, after hostile macros, in two translation units. Other tests check the results. The checks here
// only ensure that nothing is left out, by an optimiser or by mistake.
#pragma once

#include <quoit/quoit.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everything {

struct machine {
  std::string name;
  int port = 0;
  friend std::string_view quoit_id(const machine& node) noexcept { return node.name; }
};

// Names of quoit's internals in the user's namespace: quoit must not find them.
template <class List, class Value>
bool contains(const List& list, const Value& value) = delete;
template <class Node>
std::string id_text(const Node& node) = delete;

class checker {
 public:
  void operator()(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "%s\n", what);
    ++failures_;
  }
  [[nodiscard]] int failures() const noexcept { return failures_; }

 private:
  int failures_ = 0;
};

template <class Node>
Node make_node(int number) {
  if constexpr (std::integral<Node>) return static_cast<Node>(number);
  else if constexpr (std::same_as<Node, machine>) return {"machine-" + std::to_string(number), number};
  else return "node-" + std::to_string(number);
}

template <class Node>
std::vector<quoit::node_spec<Node>> make_nodes(int count) {
  std::vector<quoit::node_spec<Node>> nodes;
  for (int i = 0; i < count; ++i) nodes.push_back({make_node<Node>(i), 1 + i % 2, "zone-" + std::to_string(i % 3)});
  return nodes;
}

inline std::vector<std::string> make_keys() {
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("key-" + std::to_string(i));
  return keys;
}

template <class T>
std::string shown(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

// Uses what every placement has.
template <class Placement>
void use_placement(checker& check, const Placement& before, const Placement& after) {
  using node_type = typename Placement::node_type;
  const std::vector<std::string> keys = make_keys();
  const std::vector<std::uint64_t> numbers = {1, 2, 3};

  check(before.find("a key") != nullptr && before.find(std::string_view("a key")) != nullptr, "find");
  check(before.find(quoit::key_hash{42}) != nullptr, "find: a hash");
  check(before.find_at(before.position(keys[0])) == &before.owner(keys[0]), "find_at, owner");
  check(before.replicas(keys[0], 2).size() == 2 && before.replicas(keys[0], 2, quoit::spread::domains).size() == 2 &&
            !before.replicas(keys[0], 20, quoit::spread::domains_only).empty(),
        "replicas");
  const node_type* two[2];
  check(before.replicas(keys[0], two) == 2 && two[0] != two[1], "replicas into the caller's memory");
  check(before.owners(keys).size() == keys.size() && before.owners(keys, two) == 2, "owners");
  if constexpr (!std::same_as<typename Placement::slots_type, quoit::redis_slots>) {  // which hashes only text
    check(before.find(42) != nullptr && before.owners(numbers, two) == 2, "find: numbers");
  }
  std::size_t grouped = 0;
  for (const auto& group : before.partition_by_owner(keys)) grouped += group.keys.size();
  check(grouped == keys.size(), "partition_by_owner");

  quoit::share sum;
  for (const auto& one : before.arcs()) sum += one.size;
  check(sum == quoit::share::whole() && !shown(before.arcs().front()).empty(), "arcs");
  check(shown(before.fingerprint()) == to_string(before.fingerprint()) && !before.spec().empty(), "spec, fingerprint");
  check(before == before && !(before == after), "==");

  const auto keyed = quoit::diff(before, after, keys);
  check(keyed.keys() == keys.size() && keyed.moved() == quoit::moved_keys(before, after, keys), "diff of keys");
  for (const auto& move : keyed) check(!move.keys.empty() && move.from != move.to, "diff of keys: a group");
  const auto& first = *before.nodes().begin();
  check(before.find_node(first.node) == &first && before.contains_node(first.node), "nodes");
  check(!quoit::id_text(first.node).empty(), "id_text");
  // References from temporary views. They stay valid as long as the placement.
  const auto& again = before.nodes()[0];
  const node_type& primary = before.replicas(keys[0], 2)[0];
  check(&again == &first && &before.nodes().front() == &first && &primary == &before.owner(keys[0]), "views");

  const auto moves = quoit::diff(before, after);
  check(!moves.empty() && moves.moved() >= moves.minimum() && moves.minimum() <= quoit::share::whole(), "diff");
  check(moves.find(moves.begin()->range.to) == &*moves.begin(), "diff: find");
  check(!moves.transfers().empty() && shown(*moves.begin()) == to_string(*moves.begin()), "diff: transfers");

  check(quoit::balance_of(before).max_over_mean() >= 1 && quoit::balance_of(before, keys).min_over_mean() <= 1 &&
            quoit::balance_of(before).coefficient_of_variation() >= 0,
        "balance_of");
  check(quoit::moved_share(before, after) == moves.moved(), "moved_share");
  check(quoit::moved_keys(before, after, keys) <= keys.size(), "moved_keys");
}

template <class Placement>
void use_transition(checker& check, const Placement& before, const Placement& after, quoit::access how,
                    std::size_t replicas) {
  using transition_type = quoit::transition<Placement>;
  quoit::transition_options<typename Placement::node_type> options;
  options.how = how;
  options.replicas = replicas;
  options.leaving_nodes_serve = true;
  transition_type transition(before, after, options);
  check(!transition.parts().empty() && transition.report().moves == transition.moves().size(), "transition: parts");
  // Not any part: a part whose copies only change their order has no moves.
  const std::size_t part = transition.moves().front().part;
  check(transition.part_at(transition.parts()[part].range.to) == part && !transition.moves_of(part).empty(),
        "transition: part_at");
  transition.set_limits({.in = 2, .out = 2});
  check(transition.limits().in == 2 && transition.how() == how && transition.replicas() == replicas,
        "transition: limits");

  const std::size_t move = transition.startable().front();
  transition.begin(move);
  transition.copied(move);
  transition.back(move);
  const std::vector<std::size_t> left = transition.abort();
  for (const std::size_t returning : left) transition.back(returning);
  check(transition.stage(move) == quoit::move_stage::pending, "transition: abort");

  const std::string bytes = transition.save();
  check(transition_type::restore(before, after, bytes).save() == bytes, "transition: save, restore");

  for (const std::string& key : make_keys()) {
    check(!transition.read_set(key).empty() && !transition.write_set(key).empty() && !transition.erase_set(key).empty(),
          "transition: sets");
    check(!transition.holders(key).empty(), "transition: holders");
  }
  check(!transition.write_set("key").both_quorums() || how == quoit::access::replicated, "transition: quorums");
  const quoit::failure_report failure = transition.failed(before.nodes().begin()->node);
  check(failure.lost.size() + failure.last_copy.size() + failure.stopped.size() <= 3 * transition.moves().size(),
        "failed");
  for (std::vector<std::size_t> next = transition.startable(); !next.empty(); next = transition.startable()) {
    for (const std::size_t one : next) transition.begin(one);
    for (const std::size_t one : next) transition.copied(one);
    for (const std::size_t one : next) transition.finish(one);
  }
  check(transition.epoch() > 1 && transition.count(quoit::move_stage::done) > 0, "transition: the end");
}

template <class Node, class Hash, class Slots>
void use_ring(checker& check, Slots slots = Slots()) {
  quoit::ring<Node, Hash, Slots> ring(quoit::ring_options{.vnodes = 16, .seed = 7}, Hash(), slots);
  check(ring.empty() && ring.find("key") == nullptr, "ring: empty");
  const auto nodes = make_nodes<Node>(9);
  check(ring.assign(nodes).added == 9 && ring.size() == 9 && ring.active() == 9, "ring: assign");
  check(ring.nodes()[1].weight == 2 && !ring.nodes().back().domain.empty(), "ring: nodes");
  const auto before = ring;
  ring.add(make_node<Node>(10), {.weight = 3, .domain = "zone-1"});
  ring.remove(nodes[0].node);
  ring.set_weight(nodes[1].node, 0);
  check(ring.assign({nodes[1], nodes[2], {make_node<Node>(11)}}).removed > 0, "ring: assign a list");
  check(ring.vnode_count() > 0 && ring.vnode_memory() >= ring.lookup_memory(), "ring: vnodes");
  use_placement(check, before, ring);
  use_transition(check, before, ring, quoit::access::store, 1);
}

template <class Node, class Hash, class Slots>
void use_slot_table(checker& check, Slots slots, std::uint64_t count) {
  using table = quoit::slot_table<Node, Hash, Slots>;
  const quoit::slot_table_options options{.slots = count, .replicas = 2, .seed = 7};
  const auto nodes = make_nodes<Node>(9);

  quoit::ring<Node, Hash, Slots> ring({.seed = 7}, Hash(), slots);
  ring.assign(nodes);
  const table frozen = table::adopt(ring, options, quoit::spread::domains, Hash(), slots);
  quoit::adopt_report report;
  check(table::adopt(ring, report, options, quoit::spread::domains, Hash(), slots) == frozen && report.exact, "adopt");
  const std::vector<quoit::slot_range<Node>> ranges = {{0, count - 1, {nodes[0].node, nodes[1].node}}};
  const table of_ranges = table::adopt(nodes, ranges, options, Hash(), slots);
  check(of_ranges.find_at(0) != nullptr, "slot_table: from ranges");
  const std::vector<std::vector<Node>> lists(static_cast<std::size_t>(count), {nodes[2].node});
  const table of_lists = table::adopt(nodes, lists, options, Hash(), slots);
  check(of_lists.at(0, 1) == nullptr, "slot_table: from lists");

  quoit::plan_options how;
  how.spread = quoit::spread_rule::weighted();
  const auto next = quoit::plan(frozen, make_nodes<Node>(10), how);
  check(next.report().optimal && !next.moves().empty() && next.after().version() == 2, "plan");
  const auto replaced = quoit::replace_node(frozen, nodes[0].node, make_node<Node>(9), {.lost = true});
  check(replaced.report().repairs == replaced.size() && replaced.after().size() == 9, "replace_node");
  use_placement(check, next.before(), next.after());
  for (const auto how_reached : {quoit::access::replicated, quoit::access::cache}) {
    use_transition(check, next.before(), next.after(), how_reached, 2);
  }

  quoit::transition<table> transition(next.before(), next.after());
  transition.begin(0);
  transition.copied(0);
  check(quoit::table_now(transition).size() == 10, "table_now");
  check(next.after().replicas_of(0).size() == 2 && next.after().ranks(0).size() == 2, "slot_table: replicas_of");
  const Node& primary = next.after().replicas_of(0)[0];
  check(&primary == next.after().find_at(0), "slot_table: the primary");
  check(next.after().memory() > 0, "slot_table: memory");
  if constexpr (!std::same_as<Node, machine>) {
    const std::string bytes = next.after().save();
    check(table::restore(bytes, Hash(), slots) == next.after(), "slot_table: save, restore");
  }
  if constexpr (std::same_as<Slots, quoit::slots<>>) {
    check(next.after().doubled().slot_count() == 2 * count, "slot_table: doubled");
  }
}

inline void use_build(checker& check) {
  const auto from_list = quoit::build({{"a"}, {"b"}, {"c"}}, {.slots = 16, .replicas = 2});
  const auto from_range = quoit::build(make_nodes<std::string>(5), {.slots = 16, .replicas = 2});
  check(from_list.size() == 3 && from_range.size() == 5, "build");
  const auto plan = quoit::plan(from_list, {{"a"}, {"b"}, {"d"}}, {.spread = quoit::spread_rule::at_least(1)});
  check(plan.report().moves >= plan.report().lower_bound, "plan from a list");
}

template <class Map>
void use_entries(checker& check, Map& map) {
  const auto index = map.put("a/1", 1, 5);
  check(map.find("a/1")->flags == 5 && map.get("a/1")->value == 1 && map.index() == index, "kv_map: get");
  check(static_cast<bool>(map.cas("a/2", 2, 0)) && map.cas("a/2", 3, 0) == quoit::kv_outcome::exists, "kv_map: cas");
  map.update("a/2", [](const int* now) { return now == nullptr ? 0 : *now + 1; });
  check(map.list("a/").size() == 2 && map.keys("", "/").size() == 1 && map.size() == 2, "kv_map: list");
  check(map.erase("a/1") && map.erase("a/2", 0) == quoit::kv_outcome::stale, "kv_map: erase");
  map.put("b/1", 1);
  check(map.erase_prefix("b/") == 1 && !map.empty(), "kv_map: erase_prefix");
  check(map.wait_past(0, std::chrono::milliseconds(1)) > 0 && map.wait_past(0, std::chrono::steady_clock::now()) > 0,
        "kv_map: wait_past");
#if defined(__cpp_lib_jthread)
  check(map.wait_past(0, std::stop_token()) > 0, "kv_map: wait_past, until a stop is requested");
#endif
  for (const std::string& key : make_keys()) map.put(key, 3);
}

inline void use_kv_map(checker& check) {
  quoit::ring<> ring;
  ring.assign(make_nodes<std::string>(6));
  quoit::kv_map<int> map(ring, {.replicas = 2, .apart = quoit::spread::domains});
  use_entries(check, map);
  check(map.join("new", {.weight = 2}).moved_copies > 0 && map.leave("node-0").lost.empty(), "kv_map: join, leave");
  check(map.fail("node-1").lost.empty() && map.fail_all({"node-2"}).lost.empty(), "kv_map: fail");
  check(map.set_weight("node-3", 5).keys > 0 && map.rehome(ring).keys > 0, "kv_map: set_weight, rehome");
  check(map.copies_per_node().size() == 6 && map.placement_now()->size() == 6, "kv_map: copies_per_node");
  check(map.find_on("node-0", "no key") == nullptr, "kv_map: find_on");

  const auto table = quoit::build(make_nodes<std::string>(6), {.slots = 64, .replicas = 2});
  quoit::kv_map<int, quoit::slot_table<>> moving(table, {.replicas = 2});
  use_entries(check, moving);
  const auto next = quoit::plan(table, make_nodes<std::string>(7));
  moving.start_migration(next.after());
  check(moving.step_migration() && moving.migration().has_value(), "kv_map: step_migration");
  moving.stop_migration();
  moving.start_migration(next.after());
  check(moving.lose("node-5").empty(), "kv_map: lose");
  while (moving.step_migration()) {
  }
  check(moving.migration_progress().moves >= moving.migration_progress().done, "kv_map: migration_progress");
}

inline void use_published(checker& check) {
  quoit::published<quoit::ring<>> rings;
  auto reader = rings.reader();
  rings.update([](auto& ring) { ring.add("a"); });
  check(rings.update([](auto& ring) { return ring.size(); }) == 1, "published: update");
  check(!rings.update_if([](auto&) { return false; }) && reader.refresh(), "published: update_if");
  check(reader.get().size() == 1 && reader.held().size() == 1 && reader.version() == 3, "published: reader");
  check(rings.publish(quoit::ring<>()) == 4 && rings.version() == 4, "published: publish");
  const auto snapshot = rings.snapshot();
  check(snapshot && snapshot->empty() && (*snapshot).empty() && !(snapshot == reader.snapshot()),
        "published: snapshot");
}

inline void use_hashes(checker& check) {
  constexpr std::string_view bytes = "bytes";
  check(quoit::xxh3{}(bytes, 1) != quoit::xxh64{}(bytes, 1) && quoit::fnv1a{}(bytes, 1) != quoit::mix64{}(bytes, 1) &&
            quoit::murmur3{}(bytes, 1) != quoit::crc32{}(bytes, 1),
        "hashes");
  const std::vector<std::byte> raw(3);
  check(quoit::hash_key(quoit::mix64{}, raw, 0) != quoit::hash_key(quoit::mix64{}, machine{"m"}, 0), "hash_key");
  check(quoit::crc16_xmodem("123456789") == 0x31c3 && quoit::redis_slots::hash_key("{a}b") == quoit::crc16_xmodem("a"),
        "redis_slots");
  check(shown(quoit::share::ratio(1, 2)) == "50.0000%" && shown(quoit::position_range{0, 1}).size() > 8, "share");
}

// Returns the number of failed checks.
inline int use_everything() {
  checker check;
  use_hashes(check);
  use_ring<std::string, quoit::xxh3, quoit::whole_circle>(check);
  use_ring<machine, quoit::mix64, quoit::redis_slots>(check);
  use_slot_table<std::string, quoit::xxh3>(check, quoit::slots<>(64), 64);
  use_slot_table<std::uint32_t, quoit::fnv1a>(check, quoit::modulo_circle<>(1000, 50), 50);
  use_build(check);
  use_kv_map(check);
  use_published(check);
  return check.failures();
}

}  // namespace everything
