// SPDX-License-Identifier: MIT
// transition: plans by hand, the invariants in every state of random migrations, nodes that fail meanwhile, and errors.
#include <quoit/transition.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/nodes.hpp"
#include "support/random.hpp"
#include "support/slow.hpp"
#include "support/transitions.hpp"

using Catch::Matchers::ContainsSubstring;
using quoit::access;
using quoit::move_stage;
using test::names;

namespace {

constexpr auto missing = test::table::no_node;

test::table by_hand(std::vector<quoit::node_spec<std::string>> nodes, const std::vector<std::uint32_t>& lists,
                    std::size_t replicas) {
  const std::uint64_t slots = lists.size() / static_cast<std::size_t>(replicas);
  return test::table(std::move(nodes), lists, {.slots = slots, .replicas = replicas});
}

std::vector<quoit::node_spec<std::string>> specs(std::initializer_list<std::pair<const char*, const char*>> nodes) {
  std::vector<quoit::node_spec<std::string>> result;
  for (const auto& [name, domain] : nodes) result.push_back({name, 1, domain});
  return result;
}

std::string text_of(const quoit::copy_move<std::string>& m) {
  const auto name = [](const std::string* node) { return node == nullptr ? std::string("-") : *node; };
  return std::to_string(m.part) + ": " + name(m.source) + ">" + name(m.to) + " replaces " + name(m.replaces) + " at " +
         std::to_string(m.position) + ", round " + std::to_string(m.round);
}

template <class Transition>
names text_of(const Transition& t) {
  names lines;
  for (const auto& m : t.moves()) lines.push_back(text_of(m));
  return lines;
}

const auto four = specs({{"a", "eu/1"}, {"b", "eu/2"}, {"c", "us/1"}, {"d", "us/2"}});

// Runs random steps, also back(), until the transition is finished. check() follows each step.
template <class Transition, class Check>
void run_at_random(test::random& random, Transition& t, std::uint64_t one_in_back, const Check& check) {
  for (int step = 0; !t.finished() && step < 100000; ++step) {
    std::vector<std::size_t> moving;
    for (std::size_t i = 0; i < t.moves().size(); ++i) {
      if (t.stage(i) != move_stage::pending && t.stage(i) != move_stage::done) moving.push_back(i);
    }
    const std::vector<std::size_t> startable = t.startable();
    if (!startable.empty() && (moving.empty() || random.chance(2))) {
      t.begin(startable[random.index(startable.size())]);
    } else {
      REQUIRE(!moving.empty());
      const std::size_t move = moving[random.index(moving.size())];
      const move_stage stage = t.stage(move);
      try {
        if (one_in_back != 0 && random.chance(one_in_back)) t.back(move);
        else if (stage == move_stage::copying) t.copied(move);
        else if (stage == move_stage::returning) t.begin(move);
        else t.finish(move);
      } catch (const std::logic_error& error) {
        // A step may be refused only to keep a copy that is still needed.
        const std::string why = error.what();
        const bool known = why.find("another move still copies from") != why.npos || why.find("is lost") != why.npos ||
                           why.find("the last copy") != why.npos || why.find("the only copy") != why.npos;
        REQUIRE(known);
        REQUIRE(t.stage(move) == stage);
      }
    }
    check();
  }
}

template <class Placement>
void check_migration(test::random& random, const Placement& before, const Placement& after, std::uint64_t positions,
                     quoit::transition_options<std::string> options) {
  const quoit::transition<Placement> fresh(before, after, options);
  test::losses lost(options.failed.begin(), options.failed.end());
  for (const auto& entry : before.nodes()) {
    if (!options.leaving_nodes_serve && !after.contains_node(entry.node)) lost.insert(entry.node);
  }
  test::check_equal(fresh, fresh.finished() ? after : before, fresh.parts().empty() ? positions : 0);

  auto in_order = fresh;  // one by one, in the recommended order
  test::check_copies(in_order, positions, lost);
  for (std::size_t i = 0; i < in_order.moves().size(); ++i) {
    test::do_move(in_order, i);
    test::check_copies(in_order, positions, lost);
  }
  REQUIRE(in_order.finished());
  test::check_equal(in_order, after, positions);

  auto by_rounds = fresh;  // round by round, all moves of a round together
  for (std::size_t i = 0; i < by_rounds.moves().size();) {
    std::size_t end = i;
    while (end < by_rounds.moves().size() && by_rounds.moves()[end].round == by_rounds.moves()[i].round) ++end;
    for (std::size_t j = i; j < end; ++j) by_rounds.begin(j);
    for (std::size_t j = i; j < end; ++j) by_rounds.copied(j);
    for (std::size_t j = i; j < end; ++j) by_rounds.finish(j);
    test::check_copies(by_rounds, positions, lost);
    i = end;
  }
  test::check_equal(by_rounds, after, positions);

  auto any_order = fresh;
  run_at_random(random, any_order, 6, [&] { test::check_copies(any_order, positions, lost); });
  test::check_equal(any_order, after, positions);

  auto undone = fresh;  // some steps without finish(), then back
  for (int step = 0; step < 40; ++step) {
    const std::vector<std::size_t> startable = undone.startable();
    const std::size_t move = undone.moves().empty() ? 0 : random.index(undone.moves().size());
    if (!startable.empty() && random.chance(2)) undone.begin(startable[random.index(startable.size())]);
    else if (!undone.moves().empty() && undone.stage(move) == move_stage::copying) undone.copied(move);
  }
  while (true) {
    const auto left = undone.abort();
    // A move with the only copy stays in flight. With a store, keys are handed back first.
    bool changed = false;
    for (const std::size_t move : left) {
      if (undone.stage(move) != move_stage::returning) continue;
      undone.back(move);
      changed = true;
    }
    if (!changed) break;
  }
  const bool sources = std::all_of(fresh.moves().begin(), fresh.moves().end(),
                                   [](const auto& m) { return m.to == nullptr || m.source != nullptr; });
  if (lost.empty() && sources) {
    REQUIRE(undone.count(move_stage::pending) == undone.moves().size());
    for (std::uint64_t position = 0; position < positions; ++position) {
      const std::size_t part = undone.part_at(position);
      if (part != undone.no_part && undone.moves_of(part).empty())
        continue;  // only the order differs, and it holds at once
      REQUIRE(test::now(undone, position) == test::preferred(before, position, undone.replicas()));
    }
  }
}

}  // namespace

TEST_CASE("transition: a plan by hand", "[transition]") {
  //              slot 0        slot 1        slot 2 (a copy is missing)
  const auto before = by_hand(four, {0, 1, 1, 2, 2, missing}, 2);
  const auto after = by_hand(four, {0, 3, 2, 0, 2, 0}, 2);
  const quoit::transition t(before, after);
  CHECK(t.how() == access::replicated);
  CHECK(t.replicas() == 2);
  REQUIRE(t.parts().size() == 3);
  CHECK(t.parts()[0].range == quoit::position_range{2, 0});
  CHECK(t.parts()[2].range == quoit::position_range{1, 2});
  // Slot 2 lacks a copy, so it comes first. a and b are both in eu, so a replaces b in slot 1.
  CHECK(text_of(t) ==
        names{"2: c>a replaces - at 1, round 0", "0: a>d replaces b at 1, round 1", "1: b>a replaces b at 1, round 1"});
  CHECK(t.report().moves == 3);
  CHECK(t.report().copies == 3);
  CHECK(t.report().rounds == 2);
  CHECK(t.report().round_bound == 2);
  CHECK(t.report().max_in == 2);
  CHECK(t.report().max_out == 1);
  CHECK(t.report().cross_domain == 3);
  CHECK(t.report().primaries_changed == 1);
  CHECK(t.report().drops == 0);
  CHECK(t.report().unrecoverable == 0);
  CHECK(t.part_at(1) == 1);
  CHECK(t.moves_of(1).size() == 1);
  CHECK(t.moves_of(1)[0] == 2);
}

TEST_CASE("transition: the stages of one move, and its epochs", "[transition]") {
  quoit::transition t(by_hand(four, {0, 1, 2}, 3), by_hand(four, {0, 3, 2}, 3), {.epoch = 41});
  const auto list = [&] { return test::now(t, 0); };
  const auto write = [&] {
    names nodes;
    for (const auto& step : t.write_set_at(0)) {
      nodes.push_back(*step.at + (step.in_old ? "o" : "") + (step.in_new ? "n" : "") +
                      (step.what == quoit::action::use ? "" : "!"));
    }
    if (t.write_set_at(0).both_quorums()) nodes.push_back("both");
    return nodes;
  };
  CHECK(t.epoch() == 41);
  CHECK(t.startable() == std::vector<std::size_t>{0});
  CHECK(write() == names{"aon", "bon", "con"});
  t.begin(0);
  CHECK(t.epoch() == 42);
  CHECK(list() == names{"a", "b", "c"});
  const names in_flight{"aon", "dn", "con", "bo", "both"};
  CHECK(write() == in_flight);
  CHECK(t.read_set_at(0)[1].at == t.moves()[0].replaces);
  t.copied(0);
  CHECK(list() == names{"a", "d", "c"});
  CHECK(write() == in_flight);
  CHECK(*t.read_set_at(0)[1].at == "d");
  t.back(0);
  CHECK(list() == names{"a", "b", "c"});
  t.back(0);
  CHECK(t.stage(0) == move_stage::pending);
  CHECK(write() == names{"aon", "bon", "con"});
  CHECK(t.epoch() == 45);
  test::do_move(t, 0);
  CHECK(t.epoch() == 48);
  CHECK(t.finished());
  CHECK(write() == names{"aon", "don", "con"});
  CHECK(t.startable().empty());
}

TEST_CASE("transition: a step that is not possible names the move and its stage, and changes nothing", "[transition]") {
  quoit::transition t(by_hand(four, {0, 1, 1, 0}, 2), by_hand(four, {0, 3, 3, 0}, 2));
  const auto refused = [&](const auto& step, const char* why) {
    const std::string before = t.save();
    CHECK_THROWS_AS(step(), std::logic_error);
    CHECK_THROWS_WITH(step(), ContainsSubstring(why));
    CHECK(t.save() == before);
  };
  refused([&] { t.copied(0); }, "copied() of move 0, which is pending");
  refused([&] { t.finish(1); }, "finish() of move 1, which is pending");
  refused([&] { t.back(1); }, "only a move in flight");
  refused([&] { t.begin(2); }, "there is no move 2; there are 2");
  t.begin(0);
  refused([&] { t.begin(0); }, "which is copying");
  refused([&] { t.begin(1); }, "its receiver already receives as many copies");
  CHECK(t.startable().empty());
  t.set_limits({.in = 2});
  CHECK(t.startable() == std::vector<std::size_t>{1});
  t.set_limits({.in = 0});
  CHECK(t.startable().empty());
  t.set_limits({});
  t.copied(0);  // receiver and source are free again
  CHECK(t.startable() == std::vector<std::size_t>{1});
  t.finish(0);
  refused([&] { t.back(0); }, "which is done");
  refused([&] { t.begin(0); }, "which is done");
}

TEST_CASE("P7 transition: bad configuration throws", "[transition]") {
  const auto one = by_hand(four, {0, 1}, 2), two = by_hand(four, {0, 2}, 2);
  const auto message = [&](quoit::transition_options<std::string> options) {
    return test::message_of([&] { static_cast<void>(quoit::transition(one, two, options)); });
  };
  CHECK_THAT(message({.failed = {"unknown"}}), ContainsSubstring("knows the failed node 'unknown'"));
  CHECK_THAT(message({.limits = {.in = 0}}), ContainsSubstring("limit is 0"));
  CHECK_THAT(message({.limits = {.out = 0}}), ContainsSubstring("limit is 0"));
  CHECK_THAT(message({.limits = {.per_part = 0}}), ContainsSubstring("limit is 0"));
  CHECK_THAT(message({.limits = {.per_part = 2}}), ContainsSubstring("per_part = 2"));
  CHECK_THAT(message({.how = access::store}), ContainsSubstring("not 2"));
  CHECK(message({.replicas = 1}) == "nothing was thrown");
  CHECK(message({.how = access::cache, .limits = {.per_part = 2}}) == "nothing was thrown");
  const auto other = test::table(four, {0, 1}, {.slots = 1, .replicas = 2, .seed = 7});
  CHECK_THAT(test::message_of([&] { static_cast<void>(quoit::transition(one, other)); }), ContainsSubstring("seed=7"));
  quoit::transition t(one, two);
  CHECK_THROWS_AS(t.failed("unknown"), std::invalid_argument);
  CHECK_THROWS_AS(t.set_limits({.per_part = 2}), std::invalid_argument);
}

TEST_CASE("transition: equal and empty placements", "[transition]") {
  const auto table = by_hand(four, {0, 1, 2, 3}, 2);
  quoit::transition t(table, table);
  CHECK(t.finished());
  CHECK(t.parts().empty());
  CHECK(t.report().rounds == 0);
  CHECK(t.abort().empty());
  test::check_equal(t, table, 2);
  quoit::transition empty(test::table{}, test::table{});
  CHECK(empty.finished());
  CHECK(empty.read_set("k").empty());
  CHECK(empty.holders("k").empty());
  quoit::transition first(quoit::ring<>{}, [] {
    quoit::ring<> r;
    return r.add("a"), r;
  }());
  REQUIRE(first.moves().size() == 1);
  CHECK(first.moves()[0].source == nullptr);
  CHECK(first.report().unrecoverable == 0);  // there was nothing to lose
  CHECK(first.read_set("k").empty());
  test::do_move(first, 0);
  CHECK(*first.read_set("k")[0].at == "a");
}

TEST_CASE("transition: a change of order alone needs no move", "[transition]") {
  const quoit::transition t(by_hand(four, {0, 1, 2}, 3), by_hand(four, {1, 0, 2}, 3));
  CHECK(t.parts().size() == 1);
  CHECK(t.moves().empty());
  CHECK(t.report().primaries_changed == 1);
  CHECK(test::now(t, 0) == names{"b", "a", "c"});
}

TEST_CASE("transition: copies are dropped after the new ones are made", "[transition]") {
  // a is lost and c joins. b may drop its copy only when c has one.
  quoit::transition t(by_hand(four, {0, 1}, 2), by_hand(four, {2, missing}, 2), {.failed = {"a"}});
  REQUIRE(t.moves().size() == 2);
  CHECK(t.moves()[1].to == nullptr);
  CHECK(t.startable() == std::vector<std::size_t>{0});
  CHECK_THROWS_WITH(t.begin(1), ContainsSubstring("only after all new copies of its part are done"));
  test::do_move(t, 0);
  CHECK(t.startable() == std::vector<std::size_t>{1});
  t.begin(1);
  t.copied(1);
  const auto report = t.failed("c");
  CHECK(report.last_copy == std::vector<std::size_t>{0});  // now b has the only copy, and its drop goes back
  CHECK(report.stopped == std::vector<std::size_t>{1});
  CHECK(t.stage(1) == move_stage::pending);
  CHECK_THROWS_WITH(t.begin(1), ContainsSubstring("too few copies"));
  CHECK(t.startable().empty());
  CHECK(t.report().drops == 1);
}

TEST_CASE("transition: a source that has dropped its copy is replaced", "[transition]") {
  // c and d replace a and b. The source of the second move may have dropped its copy after the first move.
  quoit::transition t(by_hand(four, {0, 1}, 2), by_hand(four, {2, 3}, 2));
  REQUIRE(t.moves().size() == 2);
  const auto first = *t.moves()[0].replaces;
  test::do_move(t, 0);
  t.begin(1);
  CHECK(t.moves()[1].source != nullptr);
  CHECK(*t.moves()[1].source != first);
}

TEST_CASE("transition: slot tables: the invariants hold in every order and after going back", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 250; ++round) {
    const std::size_t replicas = 1 + random.index(4);
    const auto before =
        test::random_table(random, test::random_nodes(random, 2 + random.index(7)), 1 + random.below(12), replicas);
    const auto after = test::changed_table(random, before);
    quoit::transition_options<std::string> options{.leaving_nodes_serve = random.chance(2)};
    if (random.chance(3)) options.how = access::cache;
    if (random.chance(3)) options.replicas = 1 + random.index(replicas);
    options.limits = {.in = static_cast<std::uint32_t>(1 + random.below(3)),
                      .out = static_cast<std::uint32_t>(1 + random.below(3)),
                      .per_part = options.how == access::cache ? static_cast<std::uint32_t>(1 + random.below(3)) : 1};
    check_migration(random, before, after, before.slot_count(), options);
  }
}

TEST_CASE("transition: rings: the invariants hold in every order and after going back", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  constexpr int rounds = test::slow ? 8 : 120;
  for (int round = 0; round < rounds; ++round) {
    const auto nodes = test::random_nodes(random, 2 + random.index(7));
    const auto before = test::random_ring(random, nodes), after = test::random_ring(random, nodes);
    check_migration(random, before, after, 64,
                    {.replicas = 1 + random.index(4), .leaving_nodes_serve = random.chance(2)});
  }
}

TEST_CASE("transition: the invariants hold for live copies when nodes have failed", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < (test::slow ? 40 : 150); ++round) {
    const auto before =
        test::random_table(random, test::random_nodes(random, 3 + random.index(6)), 1 + random.below(10), 3);
    const auto after = test::changed_table(random, before);
    quoit::transition_options<std::string> options;
    for (const auto& entry : before.nodes()) {
      if (!after.contains_node(entry.node) && random.chance(2)) options.failed.push_back(entry.node);
    }
    options.leaving_nodes_serve = true;
    check_migration(random, before, after, before.slot_count(), options);
  }
}

TEST_CASE("transition: rings: parts are the ranges whose first nodes differ", "[transition]") {
  quoit::ring<> before({.vnodes = 40});
  for (const char* node : {"a", "b", "c", "d", "e"}) before.add(node);
  auto joined = before, left = before, heavier = before;
  joined.add("f");
  left.remove("c");
  heavier.set_weight("c", 2);
  for (const std::size_t replicas : {std::size_t{1}, std::size_t{3}}) {
    for (const auto& after : {joined, left, heavier}) {
      const quoit::transition<quoit::ring<>> t(before, after, {.replicas = replicas, .leaving_nodes_serve = true});
      const std::string changed = after == left ? "c" : after == joined ? "f" : "c";
      REQUIRE(!t.moves().empty());
      for (const auto& m : t.moves()) {  // P4 for copies: only to or from the node that changed
        if (after == left) REQUIRE(*m.replaces == changed);
        else if (replicas == 1 || after == joined) REQUIRE(*m.to == changed);
      }
      // At both sides of every border, compared with the placements.
      for (const auto& part : t.parts()) {
        for (const std::uint64_t position : {part.range.from, part.range.from + 1, part.range.to, part.range.to + 1}) {
          const bool differs =
              test::preferred(before, position, replicas) != test::preferred(after, position, replicas);
          REQUIRE((t.part_at(position) != t.no_part) == differs);
        }
      }
      if (replicas != 1) continue;
      quoit::share moved;
      for (const auto& part : t.parts()) moved += part.size;
      REQUIRE(moved == quoit::diff(before, after).moved());
      REQUIRE(t.parts().size() == quoit::diff(before, after).size());
      REQUIRE(t.report().primaries_changed == t.parts().size());
    }
  }
  // A node that `after` does not know counts as lost by default.
  const quoit::transition<quoit::ring<>> lost(before, left);
  CHECK(lost.report().unrecoverable == lost.parts().size());
  CHECK(lost.report().copies == 0);
}

TEST_CASE("transition: holes begin empty, end empty, or are no part", "[transition][holes]") {
  constexpr auto absent = test::table::no_node;
  const auto table_of = [](const std::vector<std::uint32_t>& lists) {
    return test::table({"a", "b", "c"}, lists, {.slots = lists.size() / 2, .replicas = 2});
  };
  //                         a hole stays   is filled   is dug    keeps its copies
  const test::table before = table_of({absent, absent, absent, absent, 0, 1, 1, 2});
  const test::table after = table_of({absent, absent, 0, 1, absent, absent, 1, 2});
  quoit::transition<test::table> t(before, after);
  REQUIRE(t.parts().size() == 2);
  CHECK((t.part_at(0) == t.no_part && t.part_at(3) == t.no_part));
  CHECK((t.report().moves == 4 && t.report().copies == 0 && t.report().drops == 2));
  CHECK((t.report().unrecoverable == 0 && t.report().primaries_changed == 2));
  for (const auto& move : t.moves()) CHECK(move.source == nullptr);
  const auto sizes = [&](std::uint64_t slot) {
    return std::vector<std::size_t>{t.read_set_at(slot).size(), t.write_set_at(slot).size(),
                                    t.erase_set_at(slot).size()};
  };
  using sizes_type = std::vector<std::size_t>;
  CHECK(sizes(0) == sizes_type{0, 0, 0});
  CHECK(sizes(1) == sizes_type{0, 0, 0});
  CHECK(sizes(2) == sizes_type{2, 2, 2});
  // The first copy of slot 1: nobody writes before it is complete, and then it is the only one.
  const std::size_t first = t.moves_of(t.part_at(1)).front();
  t.begin(first);
  CHECK(sizes(1) == sizes_type{0, 0, 0});
  t.back(first);
  t.begin(first);
  t.copied(first);
  CHECK(sizes(1) == sizes_type{1, 1, 1});
  CHECK_FALSE(t.write_set_at(1).both_quorums());
  CHECK((t.write_set_at(1)[0].in_old && t.write_set_at(1)[0].in_new));
  CHECK_THROWS_WITH(t.back(first), Catch::Matchers::ContainsSubstring("its receiver has the last copy"));
  t.finish(first);
  // The second one is copied from it.
  const std::size_t second = t.moves_of(t.part_at(1)).back();
  CHECK(t.moves()[second].source == t.moves()[first].to);
  t.begin(second);
  CHECK(t.write_set_at(1).both_quorums());
  t.copied(second);
  t.finish(second);
  while (const auto next = t.next_startable()) {
    t.begin(*next);
    t.copied(*next);
    t.finish(*next);
  }
  CHECK(t.finished());
  CHECK(sizes(1) == sizes_type{2, 2, 2});
  CHECK(sizes(2) == sizes_type{0, 0, 0});
  // What nobody holds cannot be lost.
  const auto loss = t.failed("c");
  CHECK((loss.lost_ranges.empty() && loss.last_copy_ranges.size() == 1));

  // One copy, as a store: the receiver has the keys from begin() on.
  quoit::transition<test::table> store(test::table({"a"}, {absent}, {.slots = 1, .replicas = 1}),
                                       test::table({"a"}, {0}, {.slots = 1, .replicas = 1}));
  CHECK(store.write_set_at(0).empty());
  store.begin(0);
  CHECK(store.write_set_at(0).size() == 1);
  CHECK(store.read_set_at(0).size() == 1);
}

TEST_CASE("transition: a node that fails meanwhile loses nothing while another copy lives", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  int losses = 0, stopped = 0;
  for (int round = 0; round < 400; ++round) {
    const std::size_t replicas = 1 + random.index(3);
    const auto before =
        test::random_table(random, test::random_nodes(random, 3 + random.index(6)), 1 + random.below(10), replicas);
    const auto after = test::changed_table(random, before);
    quoit::transition<test::table> t(
        before, after,
        {.how = access::cache, .leaving_nodes_serve = true, .limits = {.in = 2, .out = 2, .per_part = 2}});
    // The nodes that hold a whole copy of each part.
    std::vector<std::set<std::string>> whole(t.parts().size());
    std::set<std::string> failed;
    for (std::size_t p = 0; p < whole.size(); ++p) {
      for (const auto& node : test::preferred(before, t.parts()[p].range.to, replicas)) whole[p].insert(node);
    }
    // A hole has nothing to lose, and a slot that becomes one may drop its last copy.
    std::vector<bool> lost(whole.size());
    for (std::size_t p = 0; p < whole.size(); ++p)
      lost[p] = whole[p].empty() || after.find_at(t.parts()[p].range.to) == nullptr;
    const auto require_alive = [&] {
      for (std::size_t p = 0; p < whole.size(); ++p) REQUIRE((lost[p] || !whole[p].empty()));
    };
    for (int step = 0; step < 120; ++step) {
      const std::size_t i = t.moves().empty() ? 0 : random.index(t.moves().size());
      if (random.chance(25)) {
        const auto& nodes = random.chance(2) ? before.nodes() : after.nodes();
        const std::string victim = nodes[random.index(nodes.size())].node;
        std::vector<std::size_t> expected_lost, expected_last;
        for (std::size_t p = 0; p < whole.size(); ++p) {
          if (whole[p].erase(victim) == 0) continue;
          if (whole[p].empty()) expected_lost.push_back(p), lost[p] = true;
          if (whole[p].size() == 1) expected_last.push_back(p);
        }
        std::vector<move_stage> stages;
        for (std::size_t m = 0; m < t.moves().size(); ++m) stages.push_back(t.stage(m));
        const auto report = t.failed(victim);
        const bool again = !failed.insert(victim).second;
        REQUIRE(report.lost == (again ? std::vector<std::size_t>{} : expected_lost));
        REQUIRE(report.last_copy == (again ? std::vector<std::size_t>{} : expected_last));
        losses += static_cast<int>(report.lost.size());
        stopped += static_cast<int>(report.stopped.size());
        for (std::size_t m = 0; m < t.moves().size(); ++m) {
          const bool is_stopped = std::count(report.stopped.begin(), report.stopped.end(), m) == 1;
          REQUIRE((t.stage(m) == stages[m]) == !is_stopped);
          if (is_stopped) REQUIRE(t.stage(m) == move_stage::pending);
        }
      } else if (!t.moves().empty()) {
        const auto& m = t.moves()[i];
        try {
          switch (t.stage(i)) {
          case move_stage::pending:
            t.begin(i);
            REQUIRE((m.to == nullptr || failed.count(*m.to) == 0));
            if (m.to != nullptr) REQUIRE((m.source == nullptr) == whole[m.part].empty());
            if (m.to != nullptr && m.source != nullptr) REQUIRE(whole[m.part].count(*m.source) == 1);
            break;
          case move_stage::copying:
            if (random.chance(4)) {
              t.back(i);
            } else {
              if (m.to != nullptr && m.source != nullptr) REQUIRE(whole[m.part].count(*m.source) == 1);
              t.copied(i);
              if (m.to != nullptr) whole[m.part].insert(*m.to);
            }
            break;
          case move_stage::copied:
            if (random.chance(4)) {
              t.back(i);
              if (m.to != nullptr) whole[m.part].erase(*m.to);
            } else {
              t.finish(i);
              if (m.replaces != nullptr) whole[m.part].erase(*m.replaces);
            }
            break;
          default:
            break;
          }
        } catch (const std::logic_error&) {  // limits, lost receivers, drops that wait, last copies
        }
      }
      require_alive();
    }
  }
  CHECK(losses > 50);
  CHECK(stopped > 50);
}

TEST_CASE("transition: sources share the copies of a large change", "[transition]") {
  // Every slot loses its first copy, on node 0; the other one or two copies may send.
  std::vector<quoit::node_spec<std::string>> nodes;
  for (int i = 0; i < 10; ++i) nodes.push_back({"n" + std::to_string(i), 1, {}});
  std::vector<std::uint32_t> old_lists, new_lists;
  for (std::uint32_t slot = 0; slot < 80; ++slot) {
    const std::uint32_t second = 1 + slot % 8, third = 1 + (slot + 1 + slot / 8) % 8;
    old_lists.insert(old_lists.end(), {0, second, second == third ? missing : third});
    new_lists.insert(new_lists.end(), {9, second, second == third ? missing : third});
  }
  const quoit::transition t(by_hand(nodes, old_lists, 3), by_hand(nodes, new_lists, 3), {.failed = {"n0"}});
  CHECK(t.report().copies == 80);
  CHECK(t.report().max_out == 10);  // eight nodes share eighty
  CHECK(t.report().max_in == 80);
  CHECK(t.report().rounds == 80);
  CHECK(t.report().round_bound == 80);
}

TEST_CASE("transition: copies are independent, and nodes have the payload of `after`", "[transition]") {
  quoit::ring<test::server> before, after;
  before.add({"a", "old address"});
  after.add({"a", "new address"});
  after.add({"b", "address"});
  const auto make = [&] { return quoit::transition<quoit::ring<test::server>>(before, after); };
  auto t = make();
  auto copy = t;
  copy.begin(0);
  CHECK(t.stage(0) == move_stage::pending);
  CHECK(copy.stage(0) == move_stage::copying);
  t = copy;
  CHECK(t.moves()[0].source->address == "new address");
  CHECK(t.moves()[0].to->address == "address");
  auto moved = std::move(copy);
  CHECK(moved.moves()[0].source == t.moves()[0].source);
  CHECK(copy.count(move_stage::copying) == 1);  // a move is a copy // NOLINT
}

TEST_CASE("transition: sets of a store", "[transition]") {
  quoit::transition t(by_hand(four, {0}, 1), by_hand(four, {1}, 1));
  CHECK(t.how() == access::store);
  const auto text = [&](const auto& set) {
    std::string result;
    for (const auto& step : set) result += *step.at + (step.what == quoit::action::use_if_present ? "? " : " ");
    return result;
  };
  const auto all_sets = [&](const std::string& expected) {
    CHECK(text(t.read_set("k")) == expected);
    CHECK(text(t.write_set("k")) == expected);
    CHECK(text(t.erase_set("k")) == expected);
    CHECK(!t.write_set("k").both_quorums());
  };
  all_sets("a ");
  t.begin(0);
  all_sets("a? b ");
  t.copied(0);
  all_sets("b ");
  t.back(0);
  CHECK(t.stage(0) == move_stage::returning);
  all_sets("b? a ");
  CHECK(t.abort() == std::vector<std::size_t>{0});
  t.begin(0);
  all_sets("a? b ");
  CHECK(t.abort() == std::vector<std::size_t>{0});
  t.back(0);
  all_sets("a ");
  t.begin(0);
  CHECK(t.failed("a").lost == std::vector<std::size_t>{0});  // some of the keys; the others are at b
  CHECK(t.stage(0) == move_stage::copied);
  all_sets("b ");
  CHECK_THROWS_WITH(t.back(0), ContainsSubstring("would go back to is lost"));
  t.finish(0);
  all_sets("b ");
}

TEST_CASE("transition: sets of a cache", "[transition]") {
  quoit::transition<test::table> t(by_hand(four, {0}, 1), by_hand(four, {1}, 1), {.how = access::cache});
  const auto text = [&](const auto& set) {
    std::string result;
    for (const auto& step : set) {
      result += std::string(result.empty() ? "" : " ") + "u?+xX"[static_cast<std::size_t>(step.what)] + *step.at;
    }
    return result;
  };
  const auto all_sets = [&] {
    return text(t.read_set("k")) + ", " + text(t.write_set("k")) + ", " + text(t.erase_set("k"));
  };
  CHECK(all_sets() == "ua, ua, ua");
  t.begin(0);
  CHECK(all_sets() == "ub ua +b, ub xa, Xb xa");
  t.copied(0);
  CHECK(all_sets() == "ub, ub xa, Xb xa");
  t.finish(0);
  CHECK(all_sets() == "ub, ub, ub");
}
