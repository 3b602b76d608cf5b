// SPDX-License-Identifier: MIT
// The messages of refused arguments: each names the culprit, the limit, and the way out.
#include <quoit/diff.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/scaled_weights.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>
#include <quoit/xxhash.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "support/message_of.hpp"

namespace {

struct refusal {
  std::string message;
  std::string culprit;
  std::string way_out;
};

std::string broken(const refusal& one) {
  if (one.message.find("quoit: ") != 0) return "it does not begin with quoit: " + one.message;
  const auto at = one.message.find(one.culprit);
  if (at == std::string::npos) return "'" + one.culprit + "' is not named: " + one.message;
  if (one.message.find(one.way_out, at) == std::string::npos) return "no way out after it: " + one.message;
  return "";
}

std::vector<refusal> refusals() {
  using table = quoit::slot_table<>;
  const auto of = [](const auto& action) { return test::message_of(action); };
  const quoit::slot_table_options two{.slots = 2, .replicas = 1};
  const std::int64_t huge = INT64_MAX;
  quoit::ring<> ring({"a", "b"});
  const quoit::ring<> seeded({"a"}, {.seed = 4});
  const std::vector<quoit::node_spec<std::string>> one_rack{{"a", 1, "z"}, {"b", 1, "z"}};
  const table built = quoit::build({"a", "b"}, two);
  quoit::kv_map<int> map(quoit::ring<>({"a"}));
  map.put("key", 1);
  // Bytes of a table with one byte less, with another byte, and with other types.
  const std::string saved = built.save();
  std::string damaged = saved;
  damaged[40] = static_cast<char>(damaged[40] ^ 1);
  const std::string newer = saved.substr(0, 8) + static_cast<char>(99) + saved.substr(9);
  const std::string wide = quoit::slot_table<std::int64_t>({std::int64_t{1} << 40}, {0, 0}, two).save();
  return {
      {of([] { (void)table::restore("not a table"); }), "not a saved slot table", "save()"},
      {of([&] { (void)table::restore(saved.substr(0, saved.size() - 1)); }), "truncated", "read them again"},
      {of([&] { (void)table::restore(damaged); }), "checksum", "read them again"},
      {of([&] { (void)table::restore(newer); }), "unknown format 99", "restore them with the version"},
      {of([&] { (void)quoit::slot_table<int>::restore(saved); }), "of another kind", "restore them with the type"},
      {of([&] { (void)quoit::slot_table<int>::restore(wide); }), "does not fit", "restore them with the type"},
      {of([&] { (void)quoit::slot_table<std::string, quoit::xxh64>::restore(saved); }), "xxh3", "the type, hash and"},
      {of([&] { ring.add("c", {.weight = -3}); }), "'c' has weight -3", "0 drains"},
      {of([&] { ring.assign({{"c", -3}}); }), "'c' has weight -3", "remove()"},
      {of([] { quoit::ring<>({.vnodes = -5}); }), "vnodes = -5", "the default of 512"},
      {of([] { quoit::ring<>({.vnodes = 1 << 25}); }), "vnodes = 33554432", "the default of 512"},
      {of([] { (void)quoit::scaled_weights({1}, 9, {.vnodes = 0}); }), "vnodes = 0", "options of the ring"},
      {of([] { table({}, {}, {.slots = 1, .replicas = 0}); }), "replicas = 0", "copies of each key"},
      {of([&] { (void)quoit::plan(built, {"a"}, {.spread = quoit::spread_rule::at_least(2, 1)}); }), "2 domains",
       "fewer domains"},
      {of([&] { (void)quoit::plan(built, one_rack, {.spread = quoit::spread_rule::at_least(2, 1), .replicas = 2}); }),
       "2 domains", "fewer domains"},
      {of([] { quoit::ring<>({.vnodes = 0}); }), "vnodes = 0", "1 to 16777216"},
      {of([&] { ring.add("a"); }), "'a'", "assign()"},
      {of([&] { ring.remove("x"); }), "'x'", "nodes()"},
      {of([&] { ring.set_weight("x", 1); }), "'x'", "nodes()"},
      {of([&] { ring.set_domain("x", "eu"); }), "'x'", "nodes()"},
      {of([&] { ring.set_weight("a", -7); }), "-7", "0 to"},
      {of([&] { ring.assign({"p", "q", "p"}); }), "'p'", "once"},
      {of([] { quoit::slots<>(0); }), "Q = 0", "at least one"},
      {of([] { quoit::modulo_circle<>(0, 1); }), "M = 0", "at least one"},
      {of([] { quoit::modulo_circle<>(7, 9); }), "Q = 9, M = 7", "at most M"},
      {of([] { table({"a"}, {0}, {.slots = 1, .replicas = 256}); }), "replicas = 256", "1 to 255"},
      {of([] { table({}, {}, {.slots = 1ULL << 32, .replicas = 2}); }), "4294967296 slots of 2", "fewer"},
      {of([&] { table({"a"}, {0}, two); }), "1 entries", "slots times replicas"},
      {of([&] { table({"a"}, {0, 5}, two); }), "slot 1", "indices into the nodes"},
      {of([&] { table({{"a", -1}}, {0, 0}, two); }), "'a' has weight -1", "0 drains"},
      {of([&] { table({{"a", huge}, {"b", huge}}, {0, 1}, two); }), "'b'", "smaller weights"},
      {of([&] { (void)table::adopt({"a"}, {{"a"}}, two); }), "1 lists for 2", ".slots"},
      {of([&] { (void)table::adopt({"a"}, {{"a"}, {"x"}}, two); }), "slot 1 names node 'x'", "add it"},
      {of([&] { (void)table::adopt({"a", "b"}, {{"a"}, {"a", "b"}}, two); }), "slot 1", ".replicas"},
      {of([&] { (void)table::adopt({"a"}, {{0, 1, {"a"}}, {1, 1, {"a"}}}, two); }), "slot 1", "shorten one"},
      {of([&] { (void)table::adopt({"a"}, {{0, 9, {"a"}}}, two); }), "slot 9", ".slots"},
      {of([&] { (void)table::adopt(seeded, two); }), "seed=4", "same hash, seed and slots"},
      {of([&] { (void)quoit::diff(ring, seeded); }), "seed=4", "same hash, seed and slots"},
      {of([&] { (void)quoit::plan(built, {}); }), "no nodes", "at least one"},
      {of([&] { (void)quoit::plan(built, {{"a", 0}}); }), "'a'", "above 0"},
      {of([&] { (void)quoit::plan(built, {"a"}, {.replicas = 2}); }), "2 replicas", "fewer replicas"},
      {of([&] { (void)quoit::plan(built, {"a", "b"}, {.pinned = {7}}); }), "slot 7", "slots of the table"},
      {of([] { quoit::kv_map<int>(quoit::ring<>(), {.replicas = 0}); }), "replicas = 0", "at least 1"},
      {of([&] { map.leave("x"); }), "'x'", "nodes()"},
      {of([&] { map.lose("x"); }), "'x'", "nodes()"},
      {of([&] { map.leave("a"); }), "'key'", "erase them first"},
  };
}

}  // namespace

TEST_CASE("P7 every message names the culprit and the way out") {
  for (const refusal& one : refusals()) CHECK(broken(one) == "");
  quoit::kv_map<int> nowhere;
  CHECK_THROWS_WITH(nowhere.put("key", 1),
                    "quoit: kv_map: no node can hold 'key'; join() a node with a weight above 0 first");
}
