// SPDX-License-Identifier: MIT
// Fuzz target: transition::restore() of any bytes, for a fixed family of migrations. Bytes that are accepted give the
// same bytes again. Whatever they say, every query and every step either works or is refused.
//
//   u8 migration, u8 form    form % 3: 0 the rest as it is; 1 the rest with its checksum; 2 a saved walk (u8 steps, a
//                            byte or more for each), then (u16 offset, u8 value) that overwrite its bytes
#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/sealed.hpp"
#include "fuzz/target.hpp"
#include "support/choices.hpp"
#include "support/walk/plans.hpp"

namespace {

using test::walk::migration;
using transition_type = test::walk::transition;
using stage = quoit::move_stage;

const migration& migration_of_family(std::size_t number) {
  static std::array<std::optional<migration>, 32> known;
  auto& one = known[number % known.size()];
  if (!one) {
    test::random_choices c(number % known.size());
    one.emplace(test::walk::choose_migration(c));
  }
  return *one;
}

// Any steps, without a model: transition_walk_test.cpp and table_transition_operations have one.
void any_step(transition_type& t, test::choices& c) {
  if (t.moves().empty()) return;
  const std::size_t move = c.index(t.moves().size());
  try {
    switch (c.below(6)) {
    case 0:
      return t.begin(move);
    case 1:
      return t.copied(move);
    case 2:
      return t.finish(move);
    case 3:
      return t.back(move);
    case 4:
      if (c.chance(4) && t.moves()[move].to != nullptr) t.failed(*t.moves()[move].to);
      return;
    default:
      if (c.chance(8)) t.abort();
    }
  } catch (const std::logic_error&) {  // refused
  }
}

void ask_everything(const transition_type& t) {
  std::vector<const std::string*> room(16);
  for (const auto& part : t.parts()) {
    const std::uint64_t slot = part.range.to;
    t.now(slot, room);
    for (const auto& set : {t.read_set_at(slot), t.write_set_at(slot), t.erase_set_at(slot)}) {
      for (const auto& one : set) test::expect(one.at != nullptr, "a step without a node, in slot", slot);
    }
  }
  std::size_t moves = 0;
  for (const stage s : {stage::pending, stage::copying, stage::copied, stage::done, stage::returning})
    moves += t.count(s);
  test::expect(moves == t.moves().size(), "the counts of the stages are not the number of moves");
  for (const std::size_t move : t.startable()) {
    transition_type copy = t;
    copy.begin(move);  // throws std::logic_error if it may not begin
  }
}

void check_restored_transition(const migration& m, const std::string& bytes, bool must_be_accepted) {
  std::optional<transition_type> restored;
  try {
    restored.emplace(transition_type::restore(m.before, m.after, bytes));
  } catch (const std::invalid_argument& error) {
    test::fuzz::check_message(error);
    test::expect(!must_be_accepted, "a saved transition is refused");
    return;
  }
  transition_type& t = *restored;
  // A source without a copy, which only a patch can cause, is replaced.
  const std::string saved = t.save();
  test::expect(saved == bytes || !must_be_accepted, "a restored transition saves other bytes");
  test::expect(transition_type::restore(m.before, m.after, saved).save() == saved, "restored bytes change");
  ask_everything(t);
  const auto current = quoit::table_now(t);
  test::expect(current.slot_count() == m.after.slot_count(), "table_now() has another number of slots");
  // To the end, with any steps.
  test::random_choices c(bytes.size());
  for (int i = 0; i < 40; ++i) any_step(t, c);
  ask_everything(t);
}

}  // namespace

void test::fuzz::transition_restore(input_bytes input) {
  if (input.size() < 2) return;
  const migration& m = migration_of_family(input[0]);
  const std::uint64_t form = input[1] % 3;
  const input_bytes rest = input.subspan(2);
  if (form == 0) return check_restored_transition(m, text_of(rest), false);
  if (form == 1) return check_restored_transition(m, sealed(text_of(rest)), false);
  byte_choices c(rest);
  transition_type t(m.before, m.after, m.options);
  for (std::uint64_t steps = c.below(64); steps > 0; --steps) any_step(t, c);
  std::string saved = t.save();
  const bool patched = c.more();
  saved.resize(saved.size() - checksum_bytes);
  while (c.more()) {
    const std::size_t at = c.index(65536) % saved.size();
    saved[at] = static_cast<char>(c.below(256));
  }
  check_restored_transition(m, sealed(std::move(saved)), !patched);
}

QUOIT_FUZZ_TARGET(transition_restore);

#if defined(QUOIT_LIBFUZZER)
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  if (size < 2 || data[1] % 3 != 0) return LLVMFuzzerMutate(data, size, max_size);
  return test::fuzz::mutate_sealed(data, size, max_size, seed, 2, [](std::string&) {});
}
#endif
