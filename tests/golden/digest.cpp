// SPDX-License-Identifier: MIT
// Digests of two million answers, of thousands of plans, and of saved bytes. They must equal those of digest.tsv
// with every machine, compiler and standard library (P2).
//
//   quoit_digest [file]    prints "kind <tab> answers <tab> digest" lines; with a file, compares and prints differences
//
// Other tests check that the answers are right. This one checks that they are the same everywhere, and must be a small
// program. So it has few instantiations: one hash type that calls any hash by a pointer, one slot policy that selects
// any policy, and the defaults. After an intended change of a plan, the printed lines are the new file. A refused
// call counts; its message does not.
//
// Rejected: std::shuffle and the distributions of <random>, which differ between standard libraries; two random numbers
// in one expression, whose order differs between compilers; doubles, which differ on 32-bit x86.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>
#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>

#include "support/digest.hpp"
#include "support/digest_cases.hpp"
#include "support/random.hpp"

namespace test {
namespace {

using ledger = digest_ledger;

// ---- Adding answers to a digest.

void add(digest& to, const std::string& id) { to.text(id); }
void add(digest& to, std::int64_t id) { to.number(static_cast<uint64_t>(id)); }
void add(digest& to, const server& node) { add(to, std::int64_t{node.id}); }
void add(digest& to, quoit::share share) { to.numbers(share.high(), share.low()); }
void add(digest& to, const quoit::position_range& range) { to.numbers(range.from, range.to); }
void add(digest& to, const quoit::fingerprint& value) { to.numbers(value.high, value.low); }

template <class Node>
void add(digest& to, const Node* node) {
  to.number(node == nullptr ? 0U : 1U);
  if (node != nullptr) add(to, *node);
}

// Adds that the call was refused, without the message: messages are for people, and may change.
template <class Use>
void refused(digest& to, const Use& use) {
  try {
    use();
  } catch (const std::logic_error&) {  // includes std::invalid_argument
    to.text("refused");
    to.end_of_answer();
  }
}

// Preference lists of positions, of every length and with every rule for domains.
template <class Placement>
void add_lists(digest& to, random& r, const Placement& placement, int keys) {
  std::array<const typename Placement::node_type*, 6> room{};
  for (int i = 0; i < keys; ++i) {
    const uint64_t position = random_position_in(r, placement);
    const std::size_t k = 1 + r.index(room.size());
    const auto apart = static_cast<quoit::spread>(r.below(3));
    const std::size_t count = placement.preferred(position, std::span(room.data(), k), apart);
    to.numbers(position, count);
    for (std::size_t n = 0; n < count; ++n) add(to, *room[n]);
    to.end_of_answer();
  }
  // The same answers from batched lookups.
  std::vector<quoit::key_hash> batch(r.index(70));
  for (quoit::key_hash& key : batch) key.value = r.next();
  for (const auto* const node : placement.owners(batch)) {
    add(to, node);
    to.end_of_answer();
  }
}

template <class Placement>
void add_names(digest& to, const Placement& placement) {
  to.text(placement.spec());
  to.text(placement.key_spec());
  add(to, placement.fingerprint());
  to.numbers(placement.size(), placement.active());
  for (const auto& spec : placement.nodes()) {
    add(to, spec.node);
    add(to, spec.weight);
    to.text(spec.domain);
  }
  to.end_of_answer();
}

template <class Placement>
void add_arcs(digest& to, const Placement& placement) {
  for (const auto& arc : placement.arcs()) {
    add(to, arc.range);
    add(to, *arc.owner);
    add(to, arc.size);
    to.end_of_answer();
  }
}

template <class Placement>
void add_loads(digest& to, random& r, const Placement& placement) {
  std::vector<quoit::key_hash> keys(r.index(100));
  for (quoit::key_hash& key : keys) key.value = r.next();
  for (const auto& balance : {quoit::balance_of(placement), quoit::balance_of(placement, keys)}) {
    for (const auto& load : balance) {
      add(to, load.node);
      to.number(load.keys);
      add(to, load.load);
    }
    to.end_of_answer();
  }
}

template <class Placement>
void add_diff(digest& to, const Placement& before, const Placement& after) {
  const auto diff = quoit::diff(before, after);
  for (const auto& move : diff) {
    add(to, move.range);
    add(to, move.from);
    add(to, move.to);
    add(to, move.size);
  }
  for (const auto& pair : diff.transfers()) {
    add(to, pair.from);
    add(to, pair.to);
    add(to, pair.size);
    to.number(pair.ranges);
  }
  add(to, diff.moved());
  add(to, diff.minimum());
  add(to, diff.ideal());
  to.end_of_answer();
}

// ---- Hashes, keys, slots.

void play_hashes(ledger& all, random& r) {
  for (const named_hash& one : hashes) {
    digest& to = all[std::string("hash/") + one.name];
    const std::string bytes = random_bytes(r, 1200);
    // Every length up to the block sizes of all hashes, at every alignment.
    for (std::size_t size = 0; size < 1100; size += size < 300 ? 1 : 13) {
      const std::string_view text = std::string_view(bytes).substr(size % 8, size);
      to.number(one.hash(text, 0));
      to.number(one.hash(text, r.next()));
      to.end_of_answer();
    }
  }
  digest& raw = all["hash/raw"];
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(r);
    const quoit::hash128 both = quoit::murmur3_x64_128(text, r.next());
    raw.numbers(both.first, both.second, quoit::fnv1a_64(text), quoit::crc32_ieee(text), quoit::crc16_xmodem(text),
                quoit::redis_slots::hash_key(text), quoit::fmix64(both.first), quoit::splitmix64(both.first));
    raw.end_of_answer();
  }
}

void play_keys(ledger& all, random& r) {
  for (std::size_t kind = 0; kind < key_kinds.size(); ++kind) {
    digest& to = all[std::string("key/") + key_kinds[kind]];
    for (int i = 0; i < 700; ++i) {
      const any_hash hash = random_hash(r);
      const uint64_t seed = r.next();
      const auto position_of = [&](const auto& key) { return quoit::hash_key(hash, key, seed); };
      to.number(random_position<true>(r, kind, position_of));
      to.end_of_answer();
    }
  }
}

void play_slots(ledger& all, random& r) {
  for (int i = 0; i < 3000; ++i) {
    const uint64_t most = (~uint64_t{0} >> r.below(64)) - 1;
    const any_slots slots = random_slots(r, most + (most == 0 ? 1 : 0));
    const std::string name = slots.name();
    digest& to = all["slots/" + name.substr(0, name.find('/'))];
    to.text(name);
    for (int j = 0; j < 5; ++j) {
      const uint64_t slot = slots.slot(r.next());
      to.number(slot);
      add(to, slots.hashes_below(slot));
    }
    to.end_of_answer();
  }
  digest& shares = all["slots/share"];
  for (int i = 0; i < 3000; ++i) {
    const uint64_t a = random_number(r);
    const uint64_t b = random_number(r);
    const quoit::share share = quoit::share::ratio((std::min)(a, b), (std::max)(a, b));
    add(shares, share);
    add(shares, quoit::share::whole() - share);
    shares.text(to_string(share));
    shares.end_of_answer();
  }
}

// ---- Rings.

// Changes a ring and its specs in the same way.
template <class Ring, class Node>
void change(random& r, Ring& ring, specs_of<Node>& specs, uint64_t& next) {
  const uint64_t what = r.below(4);
  if (what == 0 || specs.empty()) {
    add_random(r, specs, next, 1);
    ring.add(specs.back().node, {.weight = specs.back().weight, .domain = specs.back().domain});
  } else if (what == 1) {
    const std::size_t at = r.index(specs.size());
    ring.remove(specs[at].node);
    erase_at(specs, at);
  } else if (what == 2) {
    const std::size_t at = r.index(specs.size());
    specs[at].weight = random_weight(r, 1);
    ring.set_weight(specs[at].node, specs[at].weight);
  } else {
    for (std::size_t i = specs.size() / 4; i > 0; --i) erase_at(specs, r.index(specs.size()));
    for (uint64_t i = r.below(4); i > 0; --i) add_random(r, specs, next, 1);
    r.shuffle(specs);
    ring.assign(specs);
  }
}

// Lookups in a ring that changes. `ring` is empty at the begin.
template <class Ring>
void play_ring(ledger& all, const std::string& name, random& r, Ring ring, std::size_t most_nodes) {
  using node = typename Ring::node_type;
  uint64_t next = 0;
  specs_of<node> specs;
  for (std::size_t i = r.index(most_nodes + 1); i > 0; --i) add_random(r, specs, next, 1);
  if (r.chance(2)) {
    ring.assign(specs);
  } else {
    for (const auto& spec : specs) ring.add(spec.node, {.weight = spec.weight, .domain = spec.domain});
  }
  const Ring first = ring;
  for (int step = 0; step < 4; ++step) {
    if (step != 0) change(r, ring, specs, next);
    add_lists(all["ring/" + name + "/lists"], r, ring, 60);
    add_names(all["ring/" + name + "/names"], ring);
  }
  add_arcs(all["ring/" + name + "/arcs"], ring);
  add_diff(all["ring/" + name + "/diff"], first, ring);
  add_loads(all["ring/" + name + "/loads"], r, ring);
}

quoit::ring_options random_ring_options(random& r) {
  const std::int64_t vnodes = 1 + static_cast<std::int64_t>(r.below(r.chance(8) ? 100 : 10));
  const uint64_t seed = r.chance(3) ? 0 : r.next();
  return {.vnodes = vnodes, .seed = seed};
}

void play_rings(ledger& all) {
  random r(1);
  for (int i = 0; i < 1000; ++i) {
    const std::size_t most = r.chance(4) ? 60 : 12;
    const quoit::ring_options options = random_ring_options(r);
    play_ring(all, "default", r, quoit::ring<>(options), most);
    const any_hash hash = random_hash(r);
    const any_slots slots = random_slots(r, r.chance(2) ? 200 : 1000000);
    play_ring(all, "slots", r, quoit::ring<std::string, any_hash, any_slots>(options, hash, slots), most);
    play_ring(all, "integers", r, quoit::ring<std::int64_t, any_hash>(options, hash), most);
    play_ring(all, "own type", r, quoit::ring<server, quoit::xxh64, quoit::redis_slots>(options), most);
  }
  // More nodes than a 16-bit number can have.
  random many(2);
  const quoit::ring_options options{.vnodes = 1, .seed = 3};
  play_ring(all, "many nodes", many, quoit::ring<std::int64_t, any_hash>(options, hashes[5].hash), 140000);
}

// ---- Slot tables, plans, transitions.

using strings = quoit::slot_table<>;
using integers = quoit::slot_table<std::int64_t, any_hash, any_slots>;
using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;

template <class Table>
void add_table(ledger& all, const std::string& name, random& r, const Table& table, int keys) {
  add_lists(all["table/" + name + "/lists"], r, table, keys);
  digest& names = all["table/" + name + "/names"];
  add_names(names, table);
  names.number(table.version());
  digest& ranks = all["table/" + name + "/ranks"];
  for (const std::uint32_t rank : table.ranks()) ranks.number(rank);
  ranks.end_of_answer();
  const std::string bytes = table.save();
  digest& saved = all["table/" + name + "/saved"];
  saved.text(bytes);
  saved.end_of_answer();
  digest& restored = all["table/" + name + "/restored"];
  refused(restored, [&] {
    const Table again = Table::restore(bytes, table.hash(), table.slots());
    add_names(restored, again);
    restored.numbers(again.version(), again == table ? 1U : 0U, again.save() == bytes ? 1U : 0U);
  });
}

template <class Table>
void add_plan(ledger& all, const std::string& name, const quoit::slot_plan<Table>& plan) {
  digest& moves = all["plan/" + name + "/moves"];
  for (const auto& move : plan.moves()) {
    moves.numbers(move.slot, move.position);
    add(moves, move.to);
    add(moves, move.replaces);
    moves.end_of_answer();
  }
  digest& report = all["plan/" + name + "/report"];
  const quoit::plan_report& is = plan.report();
  report.numbers(is.moves, is.lower_bound, is.optimal ? 1U : 0U, is.moved_slots, is.repairs, is.cross_domain,
                 is.lost_slots, is.primaries_changed, is.primaries_forced, is.max_in, is.max_out, is.rounds,
                 is.peak_load, is.min_load, is.max_load, is.dispersion, is.slack);
  report.end_of_answer();
}

quoit::spread_rule random_rule(random& r) {
  const auto amount = static_cast<std::uint32_t>(r.below(4));
  const auto level = static_cast<std::uint32_t>(1 + r.below(2));
  switch (r.below(5)) {
  case 0:
    return quoit::spread_rule::weighted();
  case 1:
    return quoit::spread_rule::at_least(amount, level);
  case 2:
    return quoit::spread_rule::overload(100 * amount);
  default:
    return quoit::spread_rule::strict();
  }
}

quoit::plan_options random_plan_options(random& r, uint64_t slots) {
  quoit::plan_options options;
  options.spread = random_rule(r);
  if (r.chance(4)) {
    for (uint64_t i = r.below(8); i > 0; --i) options.pinned.push_back(r.below(slots));
  }
  options.balance_primaries = !r.chance(5);
  options.replicas = r.chance(5) ? 1 + static_cast<std::size_t>(r.below(4)) : 0;
  return options;
}

template <class Node>
void change_specs(random& r, specs_of<Node>& specs, uint64_t& next, std::int64_t unit) {
  for (uint64_t i = 1 + r.below(2); i > 0; --i) {
    const uint64_t what = r.below(3);
    const std::size_t at = r.index(specs.size());
    if (what == 0 || specs.size() < 3) add_random(r, specs, next, unit);
    else if (what == 1) erase_at(specs, at);
    else specs[at].weight = unit * static_cast<std::int64_t>(r.below(5));
  }
  r.shuffle(specs);
}

// Makes a chain of plans and calls use(before, after) for each. `table` has no nodes.
template <class Table, class Use>
void play_table(ledger& all, const std::string& name, random& r, Table table, std::size_t most_nodes, const Use& use) {
  using node = typename Table::node_type;
  uint64_t next = 0;
  specs_of<node> specs;
  // Sums of weights above 2^53.
  const std::int64_t unit = r.chance(4) ? (std::int64_t{1} << 54) + static_cast<std::int64_t>(r.below(1000)) : 1;
  for (std::size_t i = 1 + r.index(most_nodes); i > 0; --i) add_random(r, specs, next, unit);
  for (int step = 0; step < 4; ++step) {
    const quoit::plan_options options = random_plan_options(r, table.slot_count());
    refused(all["plan/" + name + "/refused"], [&] {
      const auto plan = quoit::plan(table, specs, options);
      add_plan(all, name, plan);
      use(plan.before(), plan.after());
      table = plan.after();
    });
    add_table(all, name, r, table, 60);
    change_specs(r, specs, next, unit);
  }
  if (!table.empty()) {
    add_arcs(all["table/" + name + "/arcs"], table);
    add_loads(all["table/" + name + "/loads"], r, table);
  }
}

// Tiny tables with rules that their domains can hardly fulfil: the planner's fallbacks.
void play_tight_rules(ledger& all) {
  random r(6);
  for (int i = 0; i < 4000; ++i) {
    uint64_t next = 0;
    specs_of<std::int64_t> specs;
    const std::int64_t unit = r.chance(2) ? std::int64_t{1} << r.below(58) : 1;
    for (std::size_t n = 3 + r.index(7); n > 0; --n) add_random(r, specs, next, unit);
    const auto replicas = static_cast<std::uint32_t>(2 + r.below(5));
    quoit::slot_table_options what;
    what.replicas = replicas;
    const any_slots slots = random_slots(r, 6);
    const integers nothing({}, {}, what, 1, hashes[0].hash, slots);
    quoit::plan_options options;
    const auto domains = static_cast<std::uint32_t>(2 + r.below(replicas - 1));
    const auto level = static_cast<std::uint32_t>(1 + r.below(3));
    options.spread = r.chance(4) ? random_rule(r) : quoit::spread_rule::at_least(domains, level);
    refused(all["plan/tight/refused"], [&] {
      const auto plan = quoit::plan(nothing, specs, options);
      add_plan(all, "tight", plan);
      digest& ranks = all["plan/tight/ranks"];
      for (const std::uint32_t rank : plan.after().ranks()) ranks.number(rank);
      ranks.end_of_answer();
    });
  }
}

template <class Way>
void add_moves(digest& to, const Way& way) {
  for (std::size_t i = 0; i < way.moves().size(); ++i) {
    const auto& move = way.moves()[i];
    to.numbers(move.part, move.position, move.round, static_cast<uint64_t>(way.stage(i)));
    add(to, move.to);
    add(to, move.source);
    add(to, move.replaces);
    to.end_of_answer();
  }
}

template <class Way>
void add_state(ledger& all, const std::string& name, random& r, const Way& way) {
  add_moves(all["transition/" + name + "/moves"], way);
  digest& sets = all["transition/" + name + "/sets"];
  for (int i = 0; i < 20; ++i) {
    // A move in progress, if there is one.
    uint64_t position = random_position_in(r, way.after());
    if (!way.parts().empty() && !r.chance(4)) position = way.parts()[r.index(way.parts().size())].range.to;
    sets.number(position);
    for (const auto& set : {way.read_set_at(position), way.write_set_at(position), way.erase_set_at(position)}) {
      sets.numbers(set.size(), set.both_quorums() ? 1U : 0U);
      for (const auto& step : set) {
        add(sets, step.at);
        sets.numbers(static_cast<uint64_t>(step.what), step.in_old ? 1U : 0U, step.in_new ? 1U : 0U);
      }
    }
    sets.end_of_answer();
  }
  const std::string bytes = way.save();
  digest& saved = all["transition/" + name + "/saved"];
  saved.text(bytes);
  saved.end_of_answer();
  digest& restored = all["transition/" + name + "/restored"];
  refused(restored, [&] { add_moves(restored, Way::restore(way.before(), way.after(), bytes)); });
}

// One or more random steps.
template <class Way>
void step(random& r, digest& refusals, Way& way) {
  const std::vector<std::size_t> startable = way.startable();
  for (const std::size_t move : startable) {
    if (r.chance(2)) refused(refusals, [&] { way.begin(move); });
  }
  for (std::size_t move = 0; move < way.moves().size(); ++move) {
    const quoit::move_stage stage = way.stage(move);
    if (stage == quoit::move_stage::pending || stage == quoit::move_stage::done || r.chance(3)) continue;
    const bool back = r.chance(6);
    refused(refusals, [&] {
      if (back || stage == quoit::move_stage::returning) way.back(move);
      else if (stage == quoit::move_stage::copying) way.copied(move);
      else way.finish(move);
    });
  }
}

// Runs a transition from its begin to a random state, and calls use(way) for some states. It has a random generator of
// its own, because the number of random numbers depends on the answers.
template <class Placement, class Use>
void play_transition(ledger& all, const std::string& name, uint64_t seed, const Placement& before,
                     const Placement& after, std::size_t replicas, const Use& use) {
  random r(seed);
  using node = typename Placement::node_type;
  quoit::transition_options<node> options;
  options.replicas = replicas;
  options.apart = static_cast<quoit::spread>(r.below(3));
  options.how = r.chance(3) ? quoit::access::cache : quoit::access::automatic;
  options.leaving_nodes_serve = r.chance(2);
  options.limits.in = static_cast<std::uint32_t>(1 + r.below(3));
  options.limits.out = static_cast<std::uint32_t>(1 + r.below(3));
  if (options.how == quoit::access::cache) options.limits.per_part = static_cast<std::uint32_t>(1 + r.below(2));
  options.epoch = r.chance(2) ? 1 : r.next() >> 1;
  if (!before.empty() && r.chance(4)) options.failed.push_back(before.nodes()[r.index(before.size())].node);
  digest& refusals = all["transition/" + name + "/refused"];
  refused(refusals, [&] {
    quoit::transition<Placement> way(before, after, options);
    digest& report = all["transition/" + name + "/report"];
    const quoit::transition_report& is = way.report();
    report.numbers(is.moves, is.copies, is.unrecoverable, is.drops, is.rounds, is.round_bound, is.max_in, is.max_out,
                   is.cross_domain, is.primaries_changed);
    add(report, is.peak_load);
    for (const quoit::transition_part& part : way.parts()) {
      add(report, part.range);
      add(report, part.size);
    }
    report.end_of_answer();
    for (uint64_t i = r.below(5); i > 0; --i) {
      for (uint64_t steps = 1 + r.below(3); steps > 0; --steps) step(r, refusals, way);
      if (!after.empty() && r.chance(4)) {
        const quoit::failure_report lost = way.failed(after.nodes()[r.index(after.size())].node);
        for (const auto* const list : {&lost.lost, &lost.last_copy, &lost.stopped}) {
          report.number(list->size());
          for (const std::size_t index : *list) report.number(index);
        }
        report.end_of_answer();
      }
      add_state(all, name, r, way);
      use(way);
    }
  });
}

void play_tables(ledger& all) {
  random r(3);
  const auto nothing = [](const auto&...) {};
  for (int i = 0; i < 500; ++i) {
    const std::size_t most = r.chance(8) ? 40 : 10;
    quoit::slot_table_options options;
    options.slots = 1 + r.below(r.chance(8) ? 300 : 40);
    options.replicas = 1 + static_cast<std::size_t>(r.below(4));
    options.seed = r.chance(2) ? 0 : r.next();
    play_table(all, "strings", r, strings({}, {}, options), most, [&](const strings& before, const strings& after) {
      const std::size_t copies = r.chance(2) ? 0 : 1 + r.index(3);
      play_transition(all, "table", r.next(), before, after, copies, [&](const quoit::transition<strings>& way) {
        digest& now = all["transition/table/now"];
        refused(now, [&] { add_names(now, quoit::table_now(way)); });
      });
    });
    const any_hash hash = random_hash(r);
    const any_slots slots = random_slots(r, options.slots);
    play_table(all, "integers", r, integers({}, {}, options, 1, hash, slots), most, nothing);
  }
}

// Adopted tables, and tables that no plan makes: gaps, ranks of two and four bytes, many slots.
void play_adopted(ledger& all) {
  random r(4);
  for (int i = 0; i < 300; ++i) {
    uint64_t next = 0;
    specs_of<std::string> specs;
    for (uint64_t n = 4 + r.below(r.chance(20) ? 400 : 8); n > 0; --n) add_random(r, specs, next, 1);
    specs[0].weight = 1;
    quoit::slot_table_options options;
    options.slots = 1 + r.below(100);
    options.replicas = 3;
    options.seed = r.next();
    std::vector<std::vector<std::string>> lists(static_cast<std::size_t>(options.slots));
    for (auto& list : lists) {
      const std::size_t first = r.index(specs.size() - 2);
      for (std::size_t n = 1 + r.index(3); n > 0; --n) list.push_back(specs[first + n - 1].node);
    }
    add_table(all, "adopted", r, strings::adopt(specs, lists, options), 30);
    quoit::ring<> ring({.vnodes = 5, .seed = options.seed});
    ring.assign(specs);
    const auto apart = static_cast<quoit::spread>(r.below(3));
    const strings frozen = strings::adopt(ring, options, apart);
    add_table(all, "adopted", r, frozen, 30);
    add_table(all, "adopted", r, frozen.doubled(), 30);
    std::vector<std::uint32_t> gaps;
    for (uint64_t slot = 0; slot < options.slots; ++slot) {
      const std::uint32_t rank = static_cast<std::uint32_t>(r.index(specs.size() - 1));
      gaps.insert(gaps.end(), {r.chance(3) ? strings::no_node : rank, rank + 1, strings::no_node});
    }
    add_table(all, "adopted", r, strings(specs, gaps, options, r.next()), 30);
  }
  specs_of<std::string> masters;
  for (int i = 0; i < 6; ++i) masters.push_back({"master-" + std::to_string(i), 1 + i % 2, i % 3 == 0 ? "a" : "b"});
  std::vector<quoit::slot_range<std::string>> ranges;
  for (uint64_t first = 0; first < 16384;) {
    const uint64_t last = (std::min)(first + r.below(900), uint64_t{16383});
    const std::size_t at = r.index(5);
    ranges.push_back({first, last, {masters[at].node, masters[at + 1].node}});
    first = last + 1;
  }
  add_table(all, "redis", r, redis::adopt(masters, ranges, {.replicas = 2}), 20000);
  specs_of<std::int64_t> many;
  std::vector<std::uint32_t> ranks;
  for (std::uint32_t i = 0; i < 70000; ++i) {
    many.push_back({std::int64_t{i} * 3 - 100000, 1 + i % 3, {}});
    ranks.push_back((i * 7919U) % 70000U);
  }
  const any_slots slots(70000, 70000, false);
  add_table(all, "many nodes", r, integers(many, ranks, {.replicas = 1}, 1, hashes[0].hash, slots), 1000);
}

// The moves of a ring, as a transition.
void play_ring_transitions(ledger& all) {
  random r(5);
  for (int i = 0; i < 400; ++i) {
    uint64_t next = 0;
    specs_of<std::string> specs;
    for (uint64_t n = 1 + r.below(8); n > 0; --n) add_random(r, specs, next, 1);
    quoit::ring<> before({.vnodes = 1 + static_cast<std::int64_t>(r.below(4)), .seed = static_cast<uint64_t>(i)});
    before.assign(specs);
    quoit::ring<> after = before;
    for (uint64_t n = 1 + r.below(3); n > 0; --n) change(r, after, specs, next);
    const std::size_t copies = 1 + r.index(3);
    play_transition(all, "ring", r.next(), before, after, copies, [](const auto&) {});
  }
}

// No part throws. If one does, the other parts still run, and "thrown" differs.
void play(ledger& all) {
  refused(all["thrown"], [&] {
    random r(0);
    play_hashes(all, r);
    play_keys(all, r);
    play_slots(all, r);
  });
  for (const auto part : {play_rings, play_tables, play_tight_rules, play_adopted, play_ring_transitions}) {
    refused(all["thrown"], [&] { part(all); });
  }
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  test::ledger all;
  test::play(all);
  all.print(std::cout);
  return argc < 2 || all.agrees_with(argv[1], std::cerr) ? 0 : 1;
}
