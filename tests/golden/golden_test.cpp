// SPDX-License-Identifier: MIT
// The contract (P2): key -> preference list, spec and fingerprint of rings, as make_golden.py computed them independently.
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/ring.hpp>

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

template <class Ring, class Key>
std::string cell(const Ring& ring, const Key& key, bool domains) {
  std::string text;
  for (const auto& node : ring.replicas(key, 3, domains ? quoit::spread::domains : quoit::spread::nodes)) {
    text += (text.empty() ? "" : " ") + quoit::id_text(node);
  }
  return text;
}

// "text:…", "hex:…", "repeat:c*n", "int:…" or "hash:…".
template <class Ring>
std::string cell_of(const Ring& ring, const std::string& key, bool domains) {
  const std::string value = key.substr(key.find(':') + 1);
  switch (key[0]) {
    case 't': return cell(ring, value, domains);
    case 'r': return cell(ring, std::string(std::stoul(value.substr(2)), value[0]), domains);
    case 'i':
      // A policy that prescribes its own key hash takes no integers; the file has "-" there.
      if constexpr (quoit::detail::prescribes_key_hash<typename Ring::slots_type>) return "-";
      else return cell(ring, std::int64_t{std::stoll(value)}, domains);
    default:
      if (key[1] == 'a') return cell(ring, quoit::key_hash{std::stoull(value)}, domains);
      return cell(ring, test::from_hexadecimal(value), domains);
  }
}

template <class Ring>
void compare_column(const table& rows, std::size_t column, const Ring& ring, bool domains) {
  CHECK(ring.spec() == rows[0][column]);
  CHECK(to_string(ring.fingerprint()) == rows[1][column]);
  for (std::size_t row = 2; row < rows.size(); ++row) {
    const std::string& key = rows[row][0];
    INFO("ring " << ring.spec() << ", key " << key);
    CHECK(cell_of(ring, key, domains) == rows[row][column]);
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

TEST_CASE("P2 golden placement: run-time policies place and are named as their static twins", "[golden]") {
  const table rows = test::read_table("ring_xxh3.tsv");
  quoit::ring<std::string, quoit::xxh3, quoit::slots<>> slots({.vnodes = 160}, quoit::slots<>{1000});
  add_nodes(slots, false);
  compare_column(rows, 3, slots, false);
  quoit::ring<std::string, quoit::xxh3, quoit::modulo_circle<>> modulo({.vnodes = 160}, quoit::modulo_circle<>{10007, 97});
  add_nodes(modulo, false);
  compare_column(rows, 5, modulo, false);
}
