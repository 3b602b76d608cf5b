// SPDX-License-Identifier: MIT
// to_string, operator<< and std::formatter for what quoit returns.
#include <quoit/format.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/print.hpp>
#include <quoit/ring.hpp>
#include <quoit/scaled_weights.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>
#include <quoit/transition.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "catch2.hpp"

namespace {

// The text of to_string(), if all ways to print the value give the same.
template <class T>
std::string printed(const T& value) {
  const std::string text(to_string(value));
  std::ostringstream out;
  out << value;
  if (out.str() != text) return "operator<< wrote " + out.str() + " instead of " + text;
  std::wostringstream wide;
  wide << value;
  if (wide.str() != std::wstring(text.begin(), text.end())) return "a wide stream got another text";
#if defined(__cpp_lib_format)
  if (std::format("{}", value) != text) return "std::format wrote " + std::format("{}", value);
  if (std::format("{:*>300}", value) != std::string(300 - text.size(), '*') + text) return "std::format has no width";
#endif
  return text;
}

const std::string a = "a", b = "b", c = "c";

}  // namespace

TEST_CASE("enumerators print their names") {
  CHECK(printed(quoit::spread::nodes) == "nodes");
  CHECK(printed(quoit::spread::domains) == "domains");
  CHECK(printed(quoit::spread::domains_only) == "domains_only");
  CHECK(printed(quoit::access::automatic) == "automatic");
  CHECK(printed(quoit::access::store) == "store");
  CHECK(printed(quoit::access::replicated) == "replicated");
  CHECK(printed(quoit::access::cache) == "cache");
  CHECK(printed(quoit::action::use) == "use");
  CHECK(printed(quoit::action::use_if_present) == "use_if_present");
  CHECK(printed(quoit::action::fill_add) == "fill_add");
  CHECK(printed(quoit::action::invalidate) == "invalidate");
  CHECK(printed(quoit::action::invalidate_and_hold) == "invalidate_and_hold");
  CHECK(printed(quoit::move_stage::pending) == "pending");
  CHECK(printed(quoit::move_stage::copying) == "copying");
  CHECK(printed(quoit::move_stage::copied) == "copied");
  CHECK(printed(quoit::move_stage::done) == "done");
  CHECK(printed(quoit::move_stage::returning) == "returning");
  CHECK(printed(quoit::kv_outcome::ok) == "ok");
  CHECK(printed(quoit::kv_outcome::absent) == "absent");
  CHECK(printed(quoit::kv_outcome::stale) == "stale");
  CHECK(printed(quoit::kv_outcome::exists) == "exists");
  CHECK(printed(static_cast<quoit::move_stage>(99)) == "?");
  CHECK(printed(quoit::spread_rule::strict()) == "strict");
  CHECK(printed(quoit::spread_rule::at_least(2, 1)) == "at_least(2, 1)");
  CHECK(printed(quoit::spread_rule::weighted()) == "weighted");
  CHECK(printed(quoit::spread_rule::overload(100)) == "overload(100)");
}

TEST_CASE("nodes, lists and moves print on one line") {
  CHECK(printed(quoit::node_spec<std::string>{"a", 2, "eu/1"}) == "a  weight 2  eu/1");
  CHECK(printed(quoit::node_spec<int>{7}) == "7  weight 1");
  CHECK(printed(quoit::node_spec<int>{7, 2, "eu", 0}) == "7  weight 2  leader weight 0  eu");
  const quoit::ring ring({"a"});
  CHECK(printed(ring.replicas("key", 3)) == "[a]");
  CHECK(printed(quoit::preference_list<std::string>()) == "[]");
  CHECK(printed(quoit::balance_of(ring)) == "1 node, fullest 1.0000 of the mean, emptiest 1.0000");
  CHECK(printed(quoit::balance_of(ring).loads()[0]) == "a  weight 1  100.0000%");
  CHECK(printed(quoit::node_load<std::string>{"a", 1, 5, quoit::share::whole()}) == "a  weight 1  100.0000%  5 keys");
  CHECK(printed(quoit::transfer<std::string>{&a, &b, quoit::share::whole(), 3}) == "a -> b  100.0000% in 3 ranges");
  CHECK(printed(quoit::transfer<std::string>{nullptr, &b, quoit::share(), 1}) == "nobody -> b  0.0000% in 1 range");
  const std::vector<std::size_t> keys{4, 5};
  CHECK(printed(quoit::key_move<std::string>{&a, &b, keys}) == "a -> b  2 keys");
  CHECK(printed(quoit::slot_move<std::string>{5, 1, &c, &a}) == "slot 5  copy 1  to c, which replaces a");
  CHECK(printed(quoit::slot_move<std::string>{5, 0, &c, nullptr}) == "slot 5  copy 0  to c");
  CHECK(printed(quoit::substitute_leader<std::string>{&c, 1}) == "c  1 slot");
  CHECK(printed(quoit::copy_move<std::string>{3, &b, &a, &c, 1, 2}) ==
        "part 3  copy 1  a -> b, which replaces c  round 2");
  CHECK(printed(quoit::copy_move<std::string>{3, nullptr, nullptr, &c, 1, 0}) == "part 3  copy 1  drop at c  round 0");
  CHECK(printed(quoit::copy_move<std::string>{3, &b, nullptr, nullptr, 1, 0}) ==
        "part 3  copy 1  nobody -> b  round 0");
  quoit::access_set<std::string> set;
  set.push_back({&a, quoit::action::use_if_present, true, false});
  set.push_back({&b, quoit::action::use, false, true});
  CHECK(printed(set) == "[use_if_present at a, use at b]");
  CHECK(printed(quoit::kv_transfer<std::string>{"a", "b", 1}) == "a -> b  1 copy");
  CHECK(printed(quoit::share::whole()) == "100.0000%");
  CHECK(printed(ring.fingerprint()) == to_string(ring.fingerprint()));
  CHECK(printed(quoit::position_range{16, 255}) == "(0x0000000000000010, 0x00000000000000ff]");
  CHECK(printed(quoit::arc<std::string>{{16, 255}, &a, quoit::share()}) ==
        "(0x0000000000000010, 0x00000000000000ff]  a  0.0000%");
  CHECK(printed(quoit::move<std::string>{{16, 255}, &a, nullptr, quoit::share()}) ==
        "(0x0000000000000010, 0x00000000000000ff]  a -> nobody  0.0000%");
  CHECK(printed(quoit::transition_part{{16, 255}, quoit::share()}) ==
        "(0x0000000000000010, 0x00000000000000ff]  0.0000%");
}

TEST_CASE("reports print their figures") {
  CHECK(printed(quoit::assign_result{1, 0, 2}) == "1 added, 0 removed, 2 changed");
  CHECK(printed(quoit::adopt_report{}) == "0.0000% changed");
  CHECK(printed(quoit::adopt_report{quoit::share(), false, 0.0004, 65536}) ==
        "0.0000% changed, give or take 0.0004, from 65536 samples");
  CHECK(printed(quoit::kv_result{quoit::kv_outcome::stale, 7}) == "stale, index 7");
  CHECK(printed(quoit::kv_progress{5, 2, 120, 9}) == "2 of 5 moves done, 120 entries copied, epoch 9");
  CHECK_THAT(printed(quoit::transfer_limits{}), Catch::Matchers::StartsWith("in 1, out 1, per_part 1"));

  const auto before = quoit::build({"a", "b"}, {.slots = 4, .replicas = 1});
  const auto plan = quoit::plan(before, {"a", "b", "c"});
  CHECK_THAT(printed(plan.report()), Catch::Matchers::StartsWith("1 move of at least 1, optimal, 1 slot moved, "));
  CHECK(
      printed(quoit::plan(before, {{"a"}, {"b"}, {"c", 1, "eu"}}).report()) ==
      "1 move of at least 1, optimal, 1 slot moved, 0 repairs, 1 across domains, 0 slots lost, 1 primaries changed, 1 "
      "round, 1 to 2 copies on a node");
  const quoit::transition migration(before, plan.after());
  CHECK_THAT(printed(migration.report()), Catch::Matchers::StartsWith("1 move: 1 with a source, 0 drops, "));
  CHECK_THAT(printed(migration.moves()[0]), Catch::Matchers::StartsWith("part 0  copy 0  "));
  quoit::failure_report lost;
  lost.lost = {1};
  lost.stopped = {2, 3};
  CHECK_THAT(printed(lost),
             Catch::Matchers::StartsWith("1 part lost (in all 0 ranges, 0.0000%), 0 parts with one copy left"));

  quoit::kv_map<int> map(quoit::ring<>({"a"}));
  map.put("key", 1);
  CHECK_THAT(printed(map.join("b")), Catch::Matchers::ContainsSubstring(" of 1 key moved ("));
}

TEST_CASE("the report of a plan says how much of it is left, how uneven it is, and who leads instead") {
  const auto before = quoit::build({"a", "b", "c"}, {.slots = 90, .replicas = 1});
  CHECK(
      printed(quoit::plan(before, {"a", "b", "c", "d", "e"}, {.max_moves = 5}).report()) ==
      "5 of 36 moves (at least 36 in all), 5 slots moved, 0 repairs, 0 slots lost, 5 primaries changed, 3 rounds, 2 to "
      "29 copies on a node, slack 16");
  CHECK(
      printed(quoit::plan(before, {"a", "b", "c", "d", "e"}, {.max_moves = 36}).report()) ==
      "36 moves of at least 36, optimal, 36 slots moved, 0 repairs, 0 slots lost, 36 primaries changed, 18 rounds, 18 "
      "to 18 copies on a node");
  const auto spread = quoit::slot_table<>::adopt({{"a", 1, "x"}, {"b", 1, "x"}, {"c", 1, "y"}, {"d", 1, "y"}},
                                                 {{"a", "b"}, {"c", "d"}}, {.slots = 2, .replicas = 2});
  CHECK_THAT(printed(quoit::plan(spread, spread.nodes(), {.pinned = {0, 1}}).report()),
             Catch::Matchers::EndsWith(", 1 to 1 copies on a node, dispersion 2"));
  std::vector<quoit::node_spec<std::string>> nodes{{"a"}, {"b"}, {"c"}};
  nodes[1].leader_weight = nodes[2].leader_weight = 0;
  CHECK_THAT(printed(quoit::plan(before, nodes)),
             Catch::Matchers::EndsWith("copies on a node, 60 slots without a leader, led by 2 substitutes"));
}

TEST_CASE("every range, diff and plan prints on one line") {
  const quoit::ring ring({"a"});
  CHECK(printed(ring.walk("key")) == "[a]");
  CHECK(printed(quoit::ring<>::walk_type()) == "[]");
  quoit::ring<int> many;
  for (int i = 0; i < 16; ++i) many.add(i);
  const auto text_of = [](const auto& list) {
    std::string text;
    for (const int node : list) text += (text.empty() ? "[" : ", ") + std::to_string(node);
    return text;
  };
  CHECK(printed(many.walk("key")) == text_of(many.replicas("key", 16)) + "]");
  many.add(16);
  CHECK(printed(many.walk("key")) == text_of(many.replicas("key", 16)) + ", ...]");
  const quoit::ring<> two({{"a", 2, "eu"}, {"b"}});
  CHECK(printed(two.nodes()) == "[a  weight 2  eu, b  weight 1]");
  const std::vector<std::string> three{"x", "y", "z"};
  CHECK(printed(ring.partition_by_owner(three)) == "[a  3 keys]");
  CHECK(printed(quoit::key_groups<std::string>()) == "[]");

  const auto table = quoit::slot_table<>({"a", "b", "c"}, {2, quoit::slot_table<>::no_node, 0}, {.slots = 1});
  CHECK(printed(table.replicas_of(0)) == "[c, a]");
  CHECK(printed(table.walk("key")) == "[c, a]");
  CHECK(printed(quoit::slot_range<std::string>{0, 5460, {"a", "b"}}) == "slots 0 to 5460  [a, b]");

  const quoit::ring<> next({"b"});
  CHECK(printed(quoit::diff(ring, next)) == "1 move, 100.0000% of all keys, at least 100.0000%");
  CHECK(printed(quoit::diff(ring, ring)) == "0 moves, 0.0000% of all keys, at least 0.0000%");
  CHECK(printed(quoit::diff(ring, next, {"x", "y"})) == "2 of 2 keys moved, in 1 group");
  CHECK(printed(quoit::diff(ring, ring, {"x"})) == "0 of 1 key moved, in 0 groups");
  CHECK(printed(quoit::scaled_weights({4, 4, 8}, 100'000, {.vnodes = 16})) ==
        "weights [1562, 1562, 3124], 99968 vnodes, error 0.0000%");

  const auto before = quoit::build({"a", "b"}, {.slots = 4, .replicas = 1});
  const auto plan = quoit::plan(before, {"c", "d"});
  CHECK(printed(plan) == to_string(plan.report()));
  quoit::transition migration(before, plan.after(), {.limits = {.in = 1, .out = 1}});
  const std::vector<std::size_t> startable = migration.startable();
  CHECK(startable.size() == 2);
  CHECK(printed(migration.startable()) ==
        "[" + std::to_string(startable[0]) + ", " + std::to_string(startable[1]) + "]");
}

TEST_CASE("a plan is the range of its moves, also as a temporary in a loop") {
  const auto before = quoit::build({"a", "b"}, {.slots = 8, .replicas = 1});
  const auto plan = quoit::plan(before, {"a", "b", "c", "d"});
  std::vector<std::string> expected, found;
  for (const auto& move : plan.moves()) expected.push_back(to_string(move));
  for (auto&& move : quoit::plan(before, {"a", "b", "c", "d"})) found.push_back(to_string(move));
  CHECK(expected.size() == 4);
  CHECK(found == expected);
  CHECK(plan.size() == 4);
  CHECK(!plan.empty());
  CHECK(&*plan.begin() == plan.moves().data());
  CHECK(plan.end() - plan.begin() == 4);
  CHECK(quoit::plan(before, {"a", "b"}).empty());
}
