// SPDX-License-Identifier: MIT
// Fuzz target: slot_table::restore() of any bytes. Bytes that are accepted give the same bytes again, and a table of
// which every query works and from which plan() plans.
//
//   u8 form     form % 3: 0 the rest as it is; 1 the rest with its length and checksum; 2 a header that fits, for
//               Q, R, seed and version from the rest, then the rest with a checksum
//               form / 3 % 2: nodes are strings or integers
#include <quoit/plan.hpp>
#include <quoit/slot_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz/sealed.hpp"
#include "fuzz/target.hpp"
#include "support/choices.hpp"

namespace {

// Saved bytes of a table with this Q, R, seed and version, up to the kind of ids.
template <class Table>
std::string fitting_header(test::byte_choices& c) {
  quoit::slot_table_options options;
  options.slots = 1 + c.below(12);
  options.replicas = 1 + c.index(5);
  options.seed = c.below(3);
  const Table empty({}, {}, options, c.below(200));
  std::string bytes = empty.save();
  bytes.resize(bytes.size() - test::fuzz::checksum_bytes - 4);  // without the number of nodes
  return bytes;
}

template <class Table>
void check_restored_slot(const Table& table, std::uint64_t slot) {
  using test::expect;
  const std::size_t width = table.replica_count();
  std::set<const typename Table::node_type*> nodes;
  for (std::size_t i = 0; i < width; ++i) {
    if (const auto* const node = table.at(slot, i); node != nullptr)
      expect(nodes.insert(node).second, "a node is twice in slot", slot);
  }
  const auto copies = table.replicas_of(slot);
  expect(std::size_t(std::distance(copies.begin(), copies.end())) == nodes.size(), "replicas_of() of slot", slot);
  expect(nodes.empty() || !table.empty(), "a node of none in slot", slot);
  expect((table.find_at(slot) == nullptr) == nodes.empty(), "find_at() of slot", slot);
  std::vector<const typename Table::node_type*> room(width + 1);
  for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
    const std::size_t count = table.preferred(slot, room, apart);
    expect(apart == quoit::spread::domains_only ? count <= nodes.size() : count == nodes.size(), "preferred() of slot",
           slot);
    expect(count == 0 || room[0] == table.find_at(slot), "the first preferred node of slot", slot);
    for (std::size_t i = 0; i < count; ++i) expect(nodes.count(room[i]) == 1, "a preferred node of slot", slot);
  }
}

template <class Table>
void check_plan_of(const Table& table) {
  if (table.slot_count() > 64 || table.replica_count() > 8 || table.size() > 32) return;
  for (const auto& node : table.nodes()) {
    if (node.domain.size() > 64) return;  // planning takes long
  }
  quoit::plan_options options;
  options.spread = quoit::spread_rule::weighted();
  std::optional<quoit::slot_plan<Table>> first;
  try {
    first.emplace(quoit::plan(table, table.nodes(), options));
  } catch (const std::invalid_argument&) {
    return;  // too few nodes with a weight, for example
  }
  test::expect(first->report().optimal, "a plan is not optimal");
  test::expect(first->report().missing_slots == table.missing_slots(), "another number of holes in a report");
  test::expect(first->after().missing_slots() == 0, "a plan leaves a hole");
  const auto again = quoit::plan(first->after(), table.nodes(), options);
  test::expect(again.moves().empty(), "a plan from a planned table moves something");
}

template <class Table>
void check_restored_table(const std::string& bytes) {
  using test::expect;
  std::optional<Table> restored;
  try {
    restored.emplace(Table::restore(bytes));
  } catch (const std::invalid_argument& error) {
    test::fuzz::check_message(error);
    return;
  }
  const Table& table = *restored;
  const std::string saved = table.save();
  // Only the spelling of a domain may change: "a//b/" is "a/b".
  if (saved != bytes) {
    const auto slashes = [](const std::string& sealed) {  // the checksum may have some, too
      return std::count(sealed.begin(), sealed.end() - test::fuzz::checksum_bytes, '/');
    };
    expect(slashes(bytes) > slashes(saved), "a restored table saves other bytes");
    const Table again = Table::restore(saved);
    expect(again.save() == saved && again == table, "a restored table saves bytes that change");
  }
  for (std::uint64_t slot = 0; slot < (std::min<std::uint64_t>)(table.slot_count(), 40); ++slot)
    check_restored_slot(table, slot);
  check_restored_slot(table, table.slot_count() - 1);
  expect(table.find_at(table.slot_count()) == nullptr, "a node after the last slot");
  for (const std::uint64_t key : {0U, 1U, 77U, 4096U}) {
    expect(table.position(key) < table.slot_count(), "a position after the last slot");
    expect(table.find(key) == table.find_at(table.position(key)), "find() and find_at() differ");
  }
  for (const auto& node : table.nodes()) expect(table.find_node(node.node) == &node, "find_node() misses a node");
  quoit::share sum;
  for (const auto& arc : table.arcs()) sum += arc.size;
  const bool bare = table.missing_slots() == table.slot_count();
  expect(!table.empty() || bare, "a table without nodes has copies");
  expect(sum == (bare ? quoit::share() : quoit::share::whole()), "the arcs are not the whole");
  expect(Table::restore(saved).fingerprint() == table.fingerprint(), "fingerprints differ");
  check_plan_of(table);
}

template <class Table>
void restore_in_form(std::uint64_t form, test::fuzz::input_bytes rest) {
  std::string bytes;
  if (form == 2) {
    test::byte_choices c(rest);
    bytes = fitting_header<Table>(c);
    bytes += c.text(rest.size());
  } else {
    bytes = test::fuzz::text_of(rest);
  }
  if (form != 0) {
    test::fuzz::set_length(bytes);
    bytes = test::fuzz::sealed(std::move(bytes));
  }
  check_restored_table<Table>(bytes);
}

}  // namespace

void test::fuzz::slot_table_restore(input_bytes input) {
  if (input.empty()) return;
  const std::uint64_t form = input.front() % 3;
  if (input.front() / 3 % 2 == 0) restore_in_form<quoit::slot_table<>>(form, input.subspan(1));
  else restore_in_form<quoit::slot_table<std::int32_t>>(form, input.subspan(1));
}

QUOIT_FUZZ_TARGET(slot_table_restore);

#if defined(QUOIT_LIBFUZZER)
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  if (size == 0 || data[0] % 3 != 0) return LLVMFuzzerMutate(data, size, max_size);
  return test::fuzz::mutate_sealed(data, size, max_size, seed, 1, test::fuzz::set_length);
}
#endif
