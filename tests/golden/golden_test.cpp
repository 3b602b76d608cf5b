// SPDX-License-Identifier: MIT
// The contract (P2): preference lists of keys, specs and fingerprints of placements, compared with the values that
// make_golden.py computes independently.
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/tables.hpp"

namespace {

using table = std::vector<std::vector<std::string>>;

// The nodes of make_golden.py.
template <class Ring>
void add_nodes(Ring& ring, bool weighted) {
  if (!weighted) {
    for (int i = 0; i < 8; ++i) ring.add("node-" + std::to_string(i));
    return;
  }
  ring.add("alpha", {.weight = 1, .domain = "eu/zone-1"});
  ring.add("beta", {.weight = 2, .domain = "eu/zone-2"});
  ring.add("gamma", {.weight = 5, .domain = "eu/zone-1"});
  ring.add("delta", {.weight = 0, .domain = "us/zone-1"});
  ring.add("epsilon", {.weight = 1, .domain = "us/zone-1"});
  ring.add("node1", {.weight = 1});
  ring.add("node", {.weight = 3});
  ring.add("z\xc3\xbcrich", {.weight = 2, .domain = "eu/zone-2"});
}

template <class Placement>
inline constexpr bool is_table = requires(const Placement& p) { p.slot_count(); };

// The first nodes of the preference list. For a slot table, the slot comes first.
template <class Placement, class Key>
std::string cell(const Placement& placement, const Key& key, bool domains) {
  std::string text;
  if constexpr (is_table<Placement>) text = std::to_string(placement.position(key));
  for (const auto& node : placement.replicas(key, 3, domains ? quoit::spread::domains : quoit::spread::nodes)) {
    text += (text.empty() ? "" : " ") + quoit::id_text(node);
  }
  return text;
}

// "text:…", "hex:…", "repeat:c*n", "int:…" or "hash:…".
template <class Placement>
std::string cell_of(const Placement& placement, const std::string& key, bool domains) {
  const std::string value = key.substr(key.find(':') + 1);
  switch (key[0]) {
  case 't':
    return cell(placement, value, domains);
  case 'r':
    return cell(placement, std::string(std::stoul(value.substr(2)), value[0]), domains);
  case 'i':
    // A policy that prescribes its own key hash takes no integers; the file has "-" there.
    if constexpr (quoit::detail::prescribes_key_hash<typename Placement::slots_type>) return "-";
    else return cell(placement, std::int64_t{std::stoll(value)}, domains);
  default:
    if (key[1] == 'a') return cell(placement, quoit::key_hash{std::stoull(value)}, domains);
    return cell(placement, test::from_hexadecimal(value), domains);
  }
}

// The length and the checksum of a saved table.
std::string saved_cell(const std::string& bytes) {
  std::string text = std::to_string(bytes.size()) + ' ';
  for (const char c : bytes.substr(bytes.size() - 16))
    text += quoit::detail::hexadecimal(static_cast<unsigned char>(c)).substr(14);
  return text;
}

template <class Placement>
void compare_column(const table& rows, std::size_t column, const Placement& placement, bool domains) {
  std::size_t row = 0;
  CHECK(placement.spec() == rows[row++][column]);
  CHECK(to_string(placement.fingerprint()) == rows[row++][column]);
  if constexpr (is_table<Placement>) CHECK(saved_cell(placement.save()) == rows[row++][column]);
  for (; row < rows.size(); ++row) {
    const std::string& key = rows[row][0];
    INFO("placement " << placement.spec() << ", key " << key);
    CHECK(cell_of(placement, key, domains) == rows[row][column]);
  }
}

template <class Hash, class Slots>
void compare_policy(const table& rows, std::size_t column) {
  quoit::ring<std::string, Hash, Slots> equal({.vnodes = 160});
  add_nodes(equal, false);
  compare_column(rows, column, equal, false);
  quoit::ring<std::string, Hash, Slots> weighted({.vnodes = 40, .seed = 0x9e3779b97f4a7c15U});
  add_nodes(weighted, true);
  compare_column(rows, column + 1, weighted, true);
}

template <class Hash>
void compare(const std::string& file) {
  const table rows = test::read_table(file);
  REQUIRE(rows.size() == 75);
  for (const auto& row : rows) REQUIRE(row.size() == 10);
  compare_policy<Hash, quoit::whole_circle>(rows, 1);
  compare_policy<Hash, quoit::slots<1000>>(rows, 3);
  compare_policy<Hash, quoit::modulo_circle<10007, 97>>(rows, 5);
  compare_policy<Hash, quoit::redis_slots>(rows, 7);
  quoit::ring<std::int64_t, Hash> integers({.vnodes = 64, .seed = 7});
  integers.assign({{-3, 1, {}}, {0, 2, {}}, {7, 1, "a"}, {std::int64_t{1} << 40, 3, "a"}, {INT64_MIN, 1, "b"}});
  compare_column(rows, 9, integers, true);
}

}  // namespace

TEST_CASE("P2 golden placement: xxh3", "[golden]") { compare<quoit::xxh3>("ring_xxh3.tsv"); }
TEST_CASE("P2 golden placement: xxh64", "[golden]") { compare<quoit::xxh64>("ring_xxh64.tsv"); }
TEST_CASE("P2 golden placement: fnv1a", "[golden]") { compare<quoit::fnv1a>("ring_fnv1a.tsv"); }
TEST_CASE("P2 golden placement: mix64", "[golden]") { compare<quoit::mix64>("ring_mix64.tsv"); }
TEST_CASE("P2 golden placement: murmur3", "[golden]") { compare<quoit::murmur3>("ring_murmur3.tsv"); }
TEST_CASE("P2 golden placement: crc32", "[golden]") { compare<quoit::crc32>("ring_crc32.tsv"); }

TEST_CASE("P2 golden placement: slot tables", "[golden]") {
  const table rows = test::read_table("slot_table_xxh3.tsv");
  REQUIRE(rows.size() == 76);
  for (const auto& row : rows) REQUIRE(row.size() == 5);

  // Lists with gaps, and with drained nodes; by rank in id order, as in make_golden.py.
  using lists_type = std::vector<std::uint32_t>;
  const std::vector<quoit::node_spec<std::string>> weighted{
      {"alpha", 1, "eu/zone-1"}, {"beta", 2, "eu/zone-2"},
      {"delta", 0, "us/zone-1"}, {"epsilon", 1, "us/zone-1"},
      {"gamma", 5, "eu/zone-1"}, {"node", 3, {}},
      {"node1", 1, {}},          {"z\xc3\xbcrich", 2, "eu/zone-2"}};
  lists_type mixed;
  for (std::uint32_t p = 0; p < 12; ++p) {
    for (std::uint32_t i = 0; i < 3; ++i)
      mixed.push_back(p % 4 == 1 && i == p % 3 ? quoit::slot_table<>::no_node : (p * 5 + i * (1 + p % 3)) % 8);
  }
  compare_column(rows, 1, quoit::slot_table<>(weighted, mixed, {.slots = 12}, 42), false);
  using static_table = quoit::slot_table<std::string, quoit::xxh3, quoit::slots<12>>;
  compare_column(rows, 2, static_table(weighted, mixed, {.seed = 0x9e3779b97f4a7c15U}), true);

  const std::vector<quoit::node_spec<std::int64_t>> numbers{
      {INT64_MIN, 1, "b"}, {-3}, {0, 2, {}}, {7, 1, "a"}, {std::int64_t{1} << 40, 3, "a"}};
  lists_type pairs;
  for (std::uint32_t p = 0; p < 12; ++p) pairs.insert(pairs.end(), {p % 5, (p + 2) % 5});
  compare_column(rows, 3, quoit::slot_table<std::int64_t>(numbers, pairs, {.slots = 12, .replicas = 2, .seed = 7}),
                 true);

  std::vector<quoit::node_spec<std::string>> equal;
  for (int i = 0; i < 8; ++i) equal.push_back({"node-" + std::to_string(i)});
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  const redis adopted = redis::adopt(
      equal,
      {{0, 5460, {"node-0", "node-1"}}, {5461, 10922, {"node-1", "node-2"}}, {10923, 16383, {"node-2", "node-0"}}},
      {.replicas = 2});
  compare_column(rows, 4, adopted, false);
}

TEST_CASE("P2 golden placement: run-time policies place and are named as their static twins", "[golden]") {
  const table rows = test::read_table("ring_xxh3.tsv");
  quoit::ring<std::string, quoit::xxh3, quoit::slots<>> slots({.vnodes = 160}, quoit::slots<>{1000});
  add_nodes(slots, false);
  compare_column(rows, 3, slots, false);
  quoit::ring<std::string, quoit::xxh3, quoit::modulo_circle<>> modulo({.vnodes = 160},
                                                                       quoit::modulo_circle<>{10007, 97});
  add_nodes(modulo, false);
  compare_column(rows, 5, modulo, false);
}
