// SPDX-License-Identifier: MIT
// transition: sources, rounds, urgency, streams, limits of the cluster, losses and the status: what an operator reads.
#include <quoit/transition.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/table_now.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/slow.hpp"
#include "support/transitions.hpp"

using Catch::Matchers::ContainsSubstring;
using quoit::access;
using quoit::move_stage;
using quoit::transition_state;
using test::names;
using progress_transition = quoit::transition<test::table>;

namespace {

std::vector<quoit::node_spec<std::string>> lettered(std::size_t count) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (std::size_t i = 0; i < count; ++i) nodes.push_back({std::string(1, static_cast<char>('a' + i)), 1, {}});
  return nodes;
}

test::table lists(std::size_t nodes, const std::vector<std::uint32_t>& ranks, std::size_t replicas) {
  return test::table(lettered(nodes), ranks, {.slots = ranks.size() / replicas, .replicas = replicas});
}

std::vector<quoit::node_spec<std::string>> zoned(std::size_t count, std::size_t zones) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back({"n" + std::to_string(i), 1, "zone-" + std::to_string(i % zones)});
  }
  return nodes;
}

// The live copies of each part, counted from the stages.
std::size_t live_copies(const progress_transition& t, std::size_t part, const test::losses& lost) {
  std::set<std::string> holders;
  const std::uint64_t slot = t.parts()[part].range.to;
  for (const std::string& node : test::preferred(t.before(), slot, t.replicas())) holders.insert(node);
  for (const std::uint32_t i : t.moves_of(part)) {
    const auto& m = t.moves()[i];
    const move_stage stage = t.stage(i);
    if (m.to != nullptr && (stage == move_stage::copied || stage == move_stage::done)) holders.insert(*m.to);
    if (m.replaces != nullptr && stage == move_stage::done) holders.erase(*m.replaces);
  }
  std::size_t live = 0;
  for (const std::string& node : holders) live += lost.count(node) == 0 ? 1U : 0U;
  return live;
}

// The lists of a table, each with fewer copies.
test::table shortened(test::random& random, const test::table& table, std::size_t replicas) {
  std::vector<quoit::node_spec<std::string>> nodes(table.nodes().begin(), table.nodes().end());
  std::vector<std::uint32_t> ranks;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    std::vector<std::uint32_t> list(table.ranks(slot).begin(), table.ranks(slot).end());
    std::stable_partition(list.begin(), list.end(), [](std::uint32_t rank) { return rank != test::table::no_node; });
    if (random.chance(2)) std::swap(list[0], list[replicas - 1]);
    if (list[0] == test::table::no_node) std::swap(list[0], list[replicas - 1]);
    ranks.insert(ranks.end(), list.begin(), list.begin() + static_cast<std::ptrdiff_t>(replicas));
  }
  return test::table(std::move(nodes), ranks, {.slots = table.slot_count(), .replicas = replicas});
}

// Begins all moves of a round, makes the copies, finishes all; then the next round. Every step must be possible.
template <class Transition>
void run_by_rounds(Transition& t) {
  std::map<std::uint32_t, std::vector<std::size_t>> rounds;
  for (std::size_t i = 0; i < t.moves().size(); ++i) {
    if (t.stage(i) == move_stage::pending && t.moves()[i].round != t.moves()[i].no_round)
      rounds[t.moves()[i].round].push_back(i);
  }
  for (std::size_t i = 0; i < t.moves().size(); ++i) {  // what a loss has left in flight has round 0
    if (t.stage(i) == move_stage::copying) t.copied(i);
  }
  for (std::size_t i = 0; i < t.moves().size(); ++i) {
    if (t.stage(i) == move_stage::copied) REQUIRE_NOTHROW(t.finish(i));
  }
  for (const auto& [round, moves] : rounds) {
    for (const std::size_t i : moves) REQUIRE_NOTHROW(t.begin(i));
    for (const std::size_t i : moves) REQUIRE_NOTHROW(t.copied(i));
    for (const std::size_t i : moves) REQUIRE_NOTHROW(t.finish(i));
  }
}

}  // namespace

TEST_CASE("transition: the source of a store is the old node while either node holds keys", "[transition]") {
  progress_transition t(lists(2, {0}, 1), lists(2, {1}, 1));
  REQUIRE(t.how() == access::store);
  const auto source = [&] { return t.moves()[0].source == nullptr ? "nobody" : *t.moves()[0].source; };
  const auto check = [&] {
    CHECK(source() == "a");
    const auto restored = progress_transition::restore(t.before(), t.after(), t.save());
    REQUIRE(restored.moves()[0].source != nullptr);
    CHECK(*restored.moves()[0].source == "a");
    REQUIRE(t.streams().size() == 1);
    CHECK(t.streams()[0].source == t.moves()[0].source);
  };
  check();
  t.begin(0), check();
  t.copied(0), check();
  t.back(0), check();
  t.begin(0), check();
  t.copied(0), check();
  t.back(0), check();
  t.back(0), check();
  CHECK(t.stage(0) == move_stage::pending);
  t.begin(0), check();
}

TEST_CASE("transition: a record of version 0.1 without a source gets the node that holds the keys", "[transition]") {
  // What 0.1 saved after begin(0); copied(0); back(0): the source was missing.
  progress_transition t(lists(2, {0}, 1), lists(2, {1}, 1));
  t.begin(0), t.copied(0), t.back(0);
  std::string bytes = t.save();
  bytes.resize(bytes.size() - 16);
  for (std::size_t i = bytes.size() - 4; i < bytes.size(); ++i) bytes[i] = '\xff';
  quoit::detail::byte_writer writer;
  writer.raw(bytes);
  const auto restored = progress_transition::restore(t.before(), t.after(), writer.sealed());
  CHECK(restored.stage(0) == move_stage::returning);
  REQUIRE(restored.moves()[0].source != nullptr);
  CHECK(*restored.moves()[0].source == "a");
}

TEST_CASE("transition: a part without a copy gets a source as soon as one node holds it", "[transition]") {
  progress_transition t(lists(5, {0, 1}, 2), lists(5, {2, 3}, 2), {.failed = {"a", "b"}});
  REQUIRE(t.moves().size() == 2);
  CHECK(t.moves()[0].source == nullptr);
  CHECK(t.moves()[1].source == nullptr);
  const std::string first = *t.moves()[0].to;
  t.begin(0), t.copied(0);
  REQUIRE(t.moves()[1].source != nullptr);
  CHECK(*t.moves()[1].source == first);
  t.finish(0);
  const auto restored = progress_transition::restore(t.before(), t.after(), t.save());
  CHECK(*restored.moves()[1].source == first);
}

TEST_CASE("transition: planned rounds can be executed: the four slots that could not", "[transition]") {
  // [e a][a d][b d][d b] -> [a e][b c][a c][a d]
  progress_transition t(lists(5, {4, 0, 0, 3, 1, 3, 3, 1}, 2), lists(5, {0, 4, 1, 2, 0, 2, 0, 3}, 2));
  run_by_rounds(t);
  CHECK(t.finished());
}

TEST_CASE("transition: planned rounds can be executed, also those that a loss makes anew", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  int losses = 0, impossible = 0;
  for (int round = 0; round < (test::slow ? 600 : 6'000); ++round) {
    const std::size_t replicas = 1 + random.index(4);
    const auto before =
        test::random_table(random, test::random_nodes(random, 2 + random.index(7)), 1 + random.below(12), replicas);
    auto after = test::changed_table(random, before);
    quoit::transition_options<std::string> options{.leaving_nodes_serve = random.chance(2)};
    if (replicas > 1 && random.chance(2)) {
      after = shortened(random, after, replicas - 1);
      options.replicas = replicas;
    }
    if (random.chance(3)) options.how = access::cache;
    const auto some = [&] { return static_cast<std::uint32_t>(1 + random.below(3)); };
    options.limits = {.in = some(), .out = some(), .per_part = options.how == access::cache ? some() : 1};
    if (random.chance(2)) options.limits.total = some();
    if (random.chance(2)) options.limits.unit = quoit::transfer_unit::streams;
    if (random.chance(4)) options.failed = {before.nodes()[random.index(before.size())].node};
    progress_transition t(before, after, options);
    REQUIRE(t.report().rounds >= t.report().round_bound);
    if (random.chance(2)) {  // half-way, then a loss
      for (std::size_t steps = random.index(12); steps > 0 && !t.startable().empty(); --steps) {
        const std::vector<std::size_t> moves = t.startable();
        const std::size_t i = moves[random.index(moves.size())];
        t.begin(i);
        if (random.chance(4)) continue;  // stays in flight
        t.copied(i);
        try {
          if (!random.chance(4)) t.finish(i);
        } catch (const std::logic_error&) {  // a move that stays in flight copies from the node
        }
      }
      const std::string lost = before.nodes()[random.index(before.size())].node;
      const auto report = t.failed(lost);
      // If the node counts as lost already, the rounds stay as planned, and the steps above broke their order.
      if (std::count(options.failed.begin(), options.failed.end(), lost) != 0) continue;
      if (!options.leaving_nodes_serve && std::none_of(after.nodes().begin(), after.nodes().end(),
                                                       [&](const auto& spec) { return spec.node == lost; })) {
        continue;
      }
      losses += t.moves().empty() ? 0 : 1;
      for (std::size_t i = 0; i < t.moves().size(); ++i) {
        if (t.stage(i) == move_stage::pending && t.moves()[i].round != t.moves()[i].no_round)
          REQUIRE(t.moves()[i].round < report.rounds);
      }
      const auto restored = progress_transition::restore(before, after, t.save());
      for (std::size_t i = 0; i < t.moves().size(); ++i) REQUIRE(restored.moves()[i].round == t.moves()[i].round);
      REQUIRE(restored.save() == t.save());
    }
    run_by_rounds(t);
    for (std::size_t i = 0; i < t.moves().size(); ++i) {
      const bool never = t.moves()[i].round == t.moves()[i].no_round;
      REQUIRE((t.stage(i) == move_stage::done) == !never);
      impossible += never ? 1 : 0;
    }
    REQUIRE(t.startable().empty());
    REQUIRE(t.status().state == (t.finished() ? transition_state::done : transition_state::stuck));
  }
  CHECK(losses > 100);
  CHECK(impossible > 20);
}

TEST_CASE("transition: startable() names what a search through all moves finds, and each of them may begin alone",
          "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 120; ++round) {
    const std::size_t replicas = 1 + random.index(3);
    const auto before =
        test::random_table(random, test::random_nodes(random, 2 + random.index(6)), 1 + random.below(10), replicas);
    const auto after = test::changed_table(random, before);
    quoit::transition_options<std::string> options{.leaving_nodes_serve = random.chance(2)};
    if (random.chance(2)) options.how = access::cache;
    progress_transition t(before, after, options);
    const auto some = [&] { return static_cast<std::uint32_t>(random.below(4)); };
    for (int step = 0; step < 60; ++step) {
      if (random.chance(10)) {
        quoit::transfer_limits limits{.in = some(), .out = some(), .per_part = t.how() == access::cache ? some() : 1};
        if (random.chance(2)) limits.total = some();
        if (random.chance(2)) limits.unit = quoit::transfer_unit::streams;
        t.set_limits(limits);
      }
      if (random.chance(40)) static_cast<void>(t.failed(before.nodes()[random.index(before.size())].node));
      const std::vector<std::size_t> moves = t.startable();
      REQUIRE(t.startable().empty() == moves.empty());
      REQUIRE(t.next_startable() == (moves.empty() ? std::nullopt : std::optional(moves.front())));
      for (const std::size_t i : moves) {
        auto alone = t;
        REQUIRE_NOTHROW(alone.begin(i));
      }
      auto all = t;
      for (const std::size_t i : moves) REQUIRE_NOTHROW(all.begin(i));
      for (std::size_t i = 0; i < t.moves().size(); ++i) {  // nothing was left out
        INFO("move " << i << " of " << t.moves().size() << ", listed " << moves.size() << ", in " << t.limits().in
                     << " out " << t.limits().out << " total " << t.limits().total << " streams "
                     << static_cast<int>(t.limits().unit));
        if (all.stage(i) == move_stage::pending) REQUIRE_THROWS_AS(all.begin(i), std::logic_error);
      }
      // A loop that begins what it is given gets the same.
      auto looped = t;
      std::vector<std::size_t> begun;
      for (const std::size_t i : looped.startable()) {
        REQUIRE_NOTHROW(looped.begin(i));
        begun.push_back(i);
      }
      REQUIRE(begun == moves);
      if (t.moves().empty()) break;
      const std::size_t i = random.index(t.moves().size());
      try {
        switch (random.below(6)) {
        case 0:
          t.back(i);
          break;
        case 1:
          t.finish(i);
          break;
        case 2:
          t.copied(i);
          break;
        default:
          if (!moves.empty()) t.begin(moves[random.index(moves.size())]);
        }
      } catch (const std::logic_error&) {
      }
    }
  }
}

TEST_CASE("transition: the next move is one whose part has the fewest live copies", "[transition]") {
  // 1,200 slots with three copies on eight nodes in four zones; two nodes are lost.
  auto nodes = zoned(8, 4);
  const test::table before = quoit::build(nodes, {.slots = 1'200, .replicas = 3});
  nodes.erase(nodes.begin() + 5);
  nodes.erase(nodes.begin() + 2);
  const auto plan = quoit::plan(before, nodes);
  const test::losses lost{"n2", "n5"};
  progress_transition t(plan.before(), plan.after());

  std::size_t single = 0;  // parts with one live copy
  for (std::size_t p = 0; p < t.parts().size(); ++p) single += live_copies(t, p, lost) == 1 ? 1U : 0U;
  REQUIRE(single > 100);
  // The recommended order, and so the rounds, begin with them.
  std::set<std::size_t> first;
  for (std::size_t i = 0; i < single; ++i) {
    REQUIRE(live_copies(t, t.moves()[i].part, lost) == 1);
    first.insert(t.moves()[i].part);
  }
  REQUIRE(first.size() == single);

  // One after another, and with as many in flight as the limits allow.
  for (const bool together : {false, true}) {
    auto way = progress_transition(plan.before(), plan.after(), {.limits = {.in = 2, .out = 2}});
    std::vector<std::size_t> flying;
    while (!way.finished()) {
      const auto next = way.next_startable();
      if (next) {
        const std::size_t live = live_copies(way, way.moves()[*next].part, lost);
        for (const std::size_t other : way.startable())
          REQUIRE(live_copies(way, way.moves()[other].part, lost) >= live);
        way.begin(*next);
        flying.push_back(*next);
      }
      if (next && together) continue;
      for (const std::size_t i : flying) way.copied(i);
      for (const std::size_t i : flying) way.finish(i);
      flying.clear();
    }
  }

  // A node that is lost half-way: the same.
  auto way = t;
  for (std::size_t i = 0; i < 300; ++i) test::do_move(way, i);
  const std::vector<quoit::copy_move<std::string>> moves = way.moves();
  const auto report = way.failed("n0");
  const test::losses three{"n0", "n2", "n5"};
  CHECK(report.rounds > 0);
  for (std::size_t i = 0; i < moves.size(); ++i) {  // the indices stay
    REQUIRE(way.moves()[i].part == moves[i].part);
    REQUIRE(way.moves()[i].to == moves[i].to);
  }
  std::size_t last = 0;
  while (const auto next = way.next_startable()) {
    std::size_t fewest = 99;
    for (const std::size_t other : way.startable())
      fewest = std::min(fewest, live_copies(way, way.moves()[other].part, three));
    REQUIRE(live_copies(way, way.moves()[*next].part, three) == fewest);
    REQUIRE(fewest >= last);  // one at a time, urgency never rises
    last = fewest;
    test::do_move(way, *next);
  }
  CHECK(way.status().state == transition_state::stuck);
}

TEST_CASE("transition: a hundred thousand moves, one by one, paused and resumed", "[transition]") {
  // In a debug build a loop that looks at all moves for each step would need minutes.
  auto nodes = zoned(test::slow ? 20 : 100, 5);
  const std::uint64_t slots = test::slow ? 4'096 : 131'072;
  const test::table before = quoit::build(nodes, {.slots = slots, .replicas = 3});
  for (std::size_t i = 0; i < nodes.size(); i += 2) nodes[i].weight = 3;
  const auto plan = quoit::plan(before, nodes);
  progress_transition t(plan.before(), plan.after());
  REQUIRE(t.moves().size() > slots / 2);
  const auto limits = t.limits();
  std::size_t steps = 0;
  while (const auto next = t.next_startable()) {
    t.begin(*next);
    t.set_limits({.in = 0});
    REQUIRE(!t.next_startable());
    t.copied(*next);
    t.finish(*next);
    if (!t.finished()) REQUIRE(t.status().state == transition_state::paused);
    t.set_limits(limits);
    ++steps;
  }
  CHECK(t.finished());
  CHECK(steps == t.moves().size());

  progress_transition rounds(plan.before(), plan.after());
  std::size_t count = 0;
  while (!rounds.finished()) {
    const std::vector<std::size_t> moves = rounds.startable();
    for (const std::size_t i : moves) rounds.begin(i);
    for (const std::size_t i : moves) rounds.copied(i);
    for (const std::size_t i : moves) rounds.finish(i);
    ++count;
  }
  CHECK(count <= 2 * rounds.report().rounds);
}

TEST_CASE("transition: a join takes as many rounds as it has senders if limits count streams", "[transition]") {
  quoit::ring<> before;
  for (int i = 0; i < (test::slow ? 20 : 100); ++i) before.add("n" + std::to_string(i));
  auto after = before;
  after.add("new");
  using ring_transition = quoit::transition<quoit::ring<>>;
  const ring_transition by_moves(before, after, {.replicas = 3});
  CHECK(by_moves.report().rounds == by_moves.report().moves);
  ring_transition t(before, after, {.replicas = 3, .limits = {.unit = quoit::transfer_unit::streams}});
  const auto streams = t.streams();
  CHECK(t.report().streams == streams.size());
  CHECK(t.report().moves == t.moves().size());
  CHECK(t.report().rounds == streams.size());
  CHECK(t.report().round_bound == streams.size());

  std::vector<bool> seen(t.moves().size());
  quoit::share sum, expected;
  for (const auto& stream : streams) {
    REQUIRE(*stream.to == "new");
    REQUIRE(stream.moves.size() == stream.ranges.size());
    quoit::share size;
    std::set<std::uint32_t> rounds;
    for (std::size_t k = 0; k < stream.moves.size(); ++k) {
      const auto& m = t.moves()[stream.moves[k]];
      REQUIRE(!seen[stream.moves[k]]);
      seen[stream.moves[k]] = true;
      REQUIRE(m.source == stream.source);
      REQUIRE(stream.ranges[k] == t.parts()[m.part].range);
      size += t.parts()[m.part].size;
      rounds.insert(m.round);
    }
    REQUIRE(rounds.size() == 1);
    REQUIRE(size == stream.size);
    sum += size;
  }
  for (const auto& part : t.parts()) expected += part.size;
  CHECK(sum == expected);
  CHECK(std::count(seen.begin(), seen.end(), false) == 0);

  std::size_t rounds = 0;
  for (; !t.finished(); ++rounds) {
    const std::vector<std::size_t> moves = t.startable();
    for (const std::size_t i : moves) REQUIRE(t.moves()[i].source == t.moves()[moves[0]].source);
    for (const std::size_t i : moves) t.begin(i);
    CHECK(!t.next_startable());
    for (const std::size_t i : moves) t.copied(i);
    for (const std::size_t i : moves) t.finish(i);
  }
  CHECK(rounds == streams.size());
}

TEST_CASE("transition: a limit for the whole cluster holds in plan and in steps", "[transition]") {
  auto nodes = zoned(12, 3);
  const test::table before = quoit::build(nodes, {.slots = 240, .replicas = 2});
  for (std::size_t i = 0; i < 6; ++i) nodes[i].weight = 3;
  const auto plan = quoit::plan(before, nodes);
  for (const quoit::transfer_unit unit : {quoit::transfer_unit::moves, quoit::transfer_unit::streams}) {
    for (const std::uint32_t total : {1U, 2U, 5U}) {
      progress_transition t(plan.before(), plan.after(), {.limits = {.in = 3, .out = 3, .total = total, .unit = unit}});
      const auto busy = [&](const std::vector<std::size_t>& moves) {
        std::set<std::pair<const void*, const void*>> pairs;
        for (const std::size_t i : moves) pairs.insert({t.moves()[i].source, t.moves()[i].to});
        return unit == quoit::transfer_unit::moves ? moves.size() : pairs.size();
      };
      std::map<std::uint32_t, std::vector<std::size_t>> rounds;
      for (std::size_t i = 0; i < t.moves().size(); ++i) rounds[t.moves()[i].round].push_back(i);
      for (const auto& [round, moves] : rounds) REQUIRE(busy(moves) <= total);
      if (unit == quoit::transfer_unit::moves) CHECK(t.report().rounds == t.report().round_bound);
      const auto by_rounds = t;
      while (!t.finished()) {
        const std::vector<std::size_t> moves = t.startable();
        REQUIRE(busy(moves) <= total);
        for (const std::size_t i : moves) t.begin(i);
        for (const std::size_t i : moves) t.copied(i);
        for (const std::size_t i : moves) t.finish(i);
      }
      auto planned = by_rounds;
      run_by_rounds(planned);
      CHECK(planned.finished());
      auto restored = progress_transition::restore(t.before(), t.after(), by_rounds.save());
      CHECK(restored.limits() == by_rounds.limits());
      CHECK(restored.startable() == by_rounds.startable());
      CHECK(restored.save() == by_rounds.save());
    }
  }
  CHECK_THAT(test::message_of([&] {
               static_cast<void>(progress_transition(plan.before(), plan.after(), {.limits = {.total = 0}}));
             }),
             ContainsSubstring("limits.total is 0"));
}

TEST_CASE("transition: a lost node is reported with all that it held, and the transition says that it is stuck",
          "[transition]") {
  // One copy of each slot: a destination dies after most of its slots have arrived.
  auto nodes = zoned(4, 1);
  const test::table before = quoit::build(nodes, {.slots = 1'000, .replicas = 1});
  nodes[3].weight = 3;
  const auto plan = quoit::plan(before, nodes);
  progress_transition t(plan.before(), plan.after());
  CHECK(t.status().state == transition_state::working);
  std::size_t arrived = 0;
  while (arrived < 100) test::do_move(t, *t.next_startable()), ++arrived;
  std::size_t held = 0;
  for (std::uint64_t slot = 0; slot < 1'000; ++slot) held += test::now(t, slot) == names{"n3"} ? 1U : 0U;
  const auto report = t.failed("n3");
  CHECK(report.lost.size() == 100);  // parts
  CHECK(report.lost_ranges.size() == held);
  CHECK(held > 300);
  quoit::share sum;
  for (const auto& one : report.lost_ranges) {
    REQUIRE(test::now(t, one.range.to) == names{"n3"});
    sum += one.size;
  }
  CHECK(report.lost_size == sum);
  CHECK(report.last_copy_ranges.empty());
  CHECK(t.failed("n3").lost_ranges.empty());  // only once

  CHECK(!t.finished());
  CHECK(t.startable().empty());
  CHECK(t.count(move_stage::pending) + t.count(move_stage::done) == t.moves().size());
  const quoit::transition_status status = t.status();
  CHECK(status.state == transition_state::stuck);
  CHECK_THAT(status.why, ContainsSubstring("'n3'"));
  CHECK_THAT(status.why, ContainsSubstring("plan again"));
  CHECK(std::string(to_string(status.state)) == "stuck");

  nodes.pop_back();
  const auto again = quoit::plan(quoit::table_now(t), nodes);
  progress_transition second(again.before(), again.after());
  while (const auto next = second.next_startable()) test::do_move(second, *next);
  CHECK(second.status().state == transition_state::done);
}

TEST_CASE("transition: a lost node of a ring is reported in ranges", "[transition]") {
  quoit::ring<> before({.vnodes = 20});
  for (const char* node : {"a", "b", "c", "d"}) before.add(node);
  auto after = before;
  after.add("e");
  for (const std::size_t copies : {std::size_t{1}, std::size_t{2}}) {
    quoit::transition<quoit::ring<>> t(before, after, {.replicas = copies, .leaving_nodes_serve = true});
    while (const auto next = t.next_startable()) test::do_move(t, *next);
    const auto report = t.failed("a");
    const auto& ranges = copies == 1 ? report.lost_ranges : report.last_copy_ranges;
    quoit::share expected;
    for (const auto& arc : after.arcs()) {
      const names list = test::preferred(after, arc.range.to, copies);
      if (std::count(list.begin(), list.end(), "a") != 0) expected += arc.size;
    }
    CHECK((copies == 1 ? report.lost_size : report.last_copy_size) == expected);
    CHECK((copies == 1 ? report.last_copy_ranges : report.lost_ranges).empty());
    for (const auto& one : ranges) {
      const names list = test::preferred(after, one.range.to, copies);
      REQUIRE(std::count(list.begin(), list.end(), "a") == 1);
    }
    CHECK(t.status().state == transition_state::done);
    CHECK_THAT(t.status().why, ContainsSubstring("plan again"));
  }
}

TEST_CASE("transition: the status tells done, working, paused and stuck apart", "[transition]") {
  progress_transition t(lists(4, {0, 1, 1, 0}, 2), lists(4, {0, 3, 3, 0}, 2));
  const auto state = [&] { return t.status().state; };
  CHECK(state() == transition_state::working);
  for (const char* const limit : {"in", "out", "per_part", "total"}) {
    quoit::transfer_limits limits;
    const std::string name = limit;
    (name == "in" ? limits.in : name == "out" ? limits.out : name == "total" ? limits.total : limits.per_part) = 0;
    t.set_limits(limits);
    CHECK(state() == transition_state::paused);
    CHECK_THAT(t.status().why, ContainsSubstring("limits." + name + " is 0"));
    CHECK_THROWS_WITH(t.begin(0), ContainsSubstring("pauses the transition"));
    CHECK(progress_transition::restore(t.before(), t.after(), t.save()).status().state == transition_state::paused);
  }
  t.set_limits({});
  t.begin(0);
  t.set_limits({.in = 0});
  CHECK(state() == transition_state::working);  // a move is in flight
  t.copied(0), t.finish(0);
  CHECK(state() == transition_state::paused);
  t.set_limits({});
  CHECK(state() == transition_state::working);
  auto stuck = t;
  static_cast<void>(stuck.failed("d"));
  CHECK(stuck.status().state == transition_state::stuck);
  test::do_move(t, 1);
  CHECK(state() == transition_state::done);
  CHECK(progress_transition(t.after(), t.after()).status().state == transition_state::done);
}

TEST_CASE("transition: rounds can be executed when lists get shorter and a node is lost", "[transition]") {
  constexpr auto none = test::table::no_node;
  //                                 [b f a]->[a c]  [a d f]->[c e]  [f a e]->[e d]
  progress_transition by_moves(lists(6, {1, 5, 0, 0, 3, 5, 5, 0, 4}, 3),
                               lists(6, {0, 2, none, 2, 4, none, 4, 3, none}, 3),
                               {.failed = {"a"}, .leaving_nodes_serve = true});
  run_by_rounds(by_moves);
  progress_transition by_streams(lists(6, {0, 1, 2, 1, 0, none, 2, 0, 1}, 3),
                                 lists(6, {3, 4, 5, none, 3, 4, 3, none, 5}, 3),
                                 {.how = access::cache,
                                  .failed = {"c"},
                                  .leaving_nodes_serve = true,
                                  .limits = {.unit = quoit::transfer_unit::streams}});
  run_by_rounds(by_streams);
  CHECK(by_streams.finished());
}

TEST_CASE("transition: a drop in flight that a loss makes impossible goes back, and the transition is stuck",
          "[transition]") {
  constexpr auto none = test::table::no_node;
  progress_transition t(lists(2, {0, 1}, 2), lists(2, {0, none}, 2));
  t.begin(0), t.copied(0);
  const auto report = t.failed("a");
  CHECK(report.stopped == std::vector<std::size_t>{0});
  CHECK(t.stage(0) == move_stage::pending);
  CHECK(t.moves()[0].round == t.moves()[0].no_round);
  CHECK(t.status().state == transition_state::stuck);
  CHECK_THAT(t.status().why, ContainsSubstring("too few live ones"));
}

TEST_CASE("transition: abort() takes back copies that served as sources, too", "[transition]") {
  progress_transition t(
      lists(6, {0, 1, 2}, 3), lists(6, {3, 4, 5}, 3),
      {.how = access::cache, .failed = {"a", "b", "c"}, .limits = {.in = 9, .out = 9, .per_part = 9}});
  t.begin(0), t.copied(0);
  t.begin(1), t.copied(1), t.finish(1);
  t.begin(2);
  CHECK(t.moves()[2].source != nullptr);
  CHECK(t.abort().empty());
  CHECK(t.count(move_stage::pending) == 2);
}

TEST_CASE("transition: a limit of 0 pauses drops, too", "[transition]") {
  constexpr auto none = test::table::no_node;
  progress_transition t(lists(2, {0, 1}, 2), lists(2, {0, none}, 2));
  t.set_limits({.in = 0});
  CHECK(t.startable().empty());
  CHECK(t.status().state == transition_state::paused);
  CHECK_THROWS_WITH(t.begin(0), ContainsSubstring("pauses the transition"));
  t.set_limits({});
  test::do_move(t, 0);
  CHECK(t.finished());
}

TEST_CASE("transition: several drops of a part begin only if all of them can be finished", "[transition]") {
  constexpr auto none = test::table::no_node;
  progress_transition t(lists(3, {0, 1, 2}, 3), lists(3, {0, none, none}, 3),
                        {.how = access::cache, .failed = {"a"}, .limits = {.per_part = 3}});
  const std::vector<std::size_t> moves = t.startable();
  REQUIRE(moves.size() == 1);
  t.begin(moves[0]);
  CHECK(t.startable().empty());
  t.copied(moves[0]), t.finish(moves[0]);
  CHECK(t.status().state == transition_state::stuck);
}
