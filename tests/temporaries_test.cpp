// SPDX-License-Identifier: MIT
// P9 for every member of every class whose result refers to the object: it is deleted for temporaries, or gives a copy.
//
//   kept       the call compiles for a variable, and for no temporary
//   anywhere   the call compiles for a temporary, too, because its result refers to something else or is a copy
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/concepts.hpp>
#include <quoit/diff.hpp>
#include <quoit/key_diff.hpp>
#include <quoit/key_groups.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/node_range.hpp>
#include <quoit/plan.hpp>
#include <quoit/replace_node.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/published.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_replicas.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"

// A call of a member, as a function that exists only if the call compiles.
#define QUOIT_TEST_CALL(member) [](auto&& object) -> decltype(static_cast<decltype(object)>(object) member) { throw 0; }

// A namespace of its own: names such as `ring` would be shadowed in other files of the batch.
namespace temporaries_test {
namespace {

using ring = quoit::ring<>;
using table = quoit::slot_table<>;
using transition = quoit::transition<table>;
using diff = quoit::placement_diff<std::string>;
using key_diff = quoit::key_diff<std::string>;
using groups = quoit::key_groups<std::string>;
using steps = quoit::access_set<std::string>;
using list = quoit::preference_list<std::string>;
using loads = quoit::balance<std::string>;
using plan = quoit::slot_plan<table>;
using reader = quoit::published<ring>::reader_type;
using snapshot = quoit::published<ring>::snapshot_type;
using keys = std::vector<std::string>;
using room = std::vector<const std::string*>;
constexpr auto holds = [](const std::string&) { return true; };

template <class T, class Call>
constexpr bool kept(Call) {
  return std::is_invocable_v<Call, T&> && !std::is_invocable_v<Call, T> && !std::is_invocable_v<Call, const T>;
}
template <class T, class Call>
constexpr bool anywhere(Call) {
  return std::is_invocable_v<Call, T&> && std::is_invocable_v<Call, T>;
}

template <class Placement>
constexpr bool placement_is_kept() {
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.find("key"))) && kept<Placement>(QUOIT_TEST_CALL(.owner("key"))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.find_at(std::uint64_t{0}))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.replicas("key", 2))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.replicas("key", 2, quoit::spread::domains))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.replicas("key", std::declval<room&>()))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.preferred(0, std::declval<room&>()))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.preferred(0, std::declval<room&>(), quoit::spread::nodes))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.find_if("key", holds))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.find_if_at(std::uint64_t{0}, holds))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.walk("key"))) && kept<Placement>(QUOIT_TEST_CALL(.walk_at(0))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.owners(std::declval<const keys&>()))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.owners(std::declval<const keys&>(), std::declval<room&>()))));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.partition_by_owner(std::declval<const keys&>()))));
  static_assert(!std::is_reference_v<decltype(std::declval<Placement>().options())>);
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.slots())));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.find_node("a"))) && kept<Placement>(QUOIT_TEST_CALL(.nodes())));
  static_assert(kept<Placement>(QUOIT_TEST_CALL(.arcs())));
  static_assert(anywhere<Placement>(QUOIT_TEST_CALL(.position("key"))) &&
                anywhere<Placement>(QUOIT_TEST_CALL(.spec())));
  static_assert(anywhere<Placement>(QUOIT_TEST_CALL(.fingerprint())) && anywhere<Placement>(QUOIT_TEST_CALL(.size())));
  static_assert(anywhere<Placement>(QUOIT_TEST_CALL(.contains_node("a"))));
  return quoit::ranged_placement<Placement>;
}

// Rings and tables.
static_assert(placement_is_kept<ring>() && placement_is_kept<table>());
static_assert(placement_is_kept<quoit::ring<std::string, quoit::xxh3, quoit::slots<64>>>());
static_assert(kept<table>(QUOIT_TEST_CALL(.hash())) && kept<table>(QUOIT_TEST_CALL(.replicas_of(0))));
static_assert(kept<table>(QUOIT_TEST_CALL(.at(0, 0))) && kept<table>(QUOIT_TEST_CALL(.ranks())));
static_assert(kept<table>(QUOIT_TEST_CALL(.ranks(0))) && anywhere<table>(QUOIT_TEST_CALL(.doubled())));
static_assert(anywhere<table>(QUOIT_TEST_CALL(.version())) && anywhere<table>(QUOIT_TEST_CALL(.save())));

// Diffs, plans and loads.
static_assert(kept<diff>(QUOIT_TEST_CALL(.moves())) && kept<diff>(QUOIT_TEST_CALL(.transfers())));
static_assert(kept<diff>(QUOIT_TEST_CALL(.begin())) && kept<diff>(QUOIT_TEST_CALL(.end())));
static_assert(kept<diff>(QUOIT_TEST_CALL(.find(0))) && anywhere<diff>(QUOIT_TEST_CALL(.moved())));
static_assert(kept<key_diff>(QUOIT_TEST_CALL(.moves())) && anywhere<key_diff>(QUOIT_TEST_CALL(.moved())));
static_assert(kept<key_diff>(QUOIT_TEST_CALL(.begin())) && kept<key_diff>(QUOIT_TEST_CALL(.end())));
static_assert(kept<groups>(QUOIT_TEST_CALL([0])) && anywhere<groups>(QUOIT_TEST_CALL(.size())));
static_assert(kept<groups>(QUOIT_TEST_CALL(.begin())) && kept<groups>(QUOIT_TEST_CALL(.end())));
static_assert(kept<plan>(QUOIT_TEST_CALL(.substitute_leaders())));
static_assert(kept<plan>(QUOIT_TEST_CALL(.moves())) && anywhere<plan>(QUOIT_TEST_CALL(.report())));
static_assert(std::is_same_v<decltype(std::declval<plan>().after()), table>);
static_assert(std::is_same_v<decltype(std::declval<const plan>().before()), table>);
static_assert(std::is_same_v<decltype(std::declval<const plan>().report()), quoit::plan_report>);
static_assert(std::is_same_v<decltype(std::declval<loads>().loads()), std::vector<quoit::node_load<std::string>>>);
static_assert(kept<loads>(QUOIT_TEST_CALL(.begin())) && kept<loads>(QUOIT_TEST_CALL(.end())));
static_assert(anywhere<loads>(QUOIT_TEST_CALL(.max_over_mean())));

// Lists.
static_assert(kept<list>(QUOIT_TEST_CALL(.pointers())) && anywhere<list>(QUOIT_TEST_CALL(.front())));
static_assert(kept<list>(QUOIT_TEST_CALL(.begin())) && kept<list>(QUOIT_TEST_CALL(.end())));
static_assert(kept<list>(QUOIT_TEST_CALL(.room())) && anywhere<list>(QUOIT_TEST_CALL([0])));
static_assert(kept<steps>(QUOIT_TEST_CALL(.steps())) && anywhere<steps>(QUOIT_TEST_CALL(.size())));
static_assert(kept<steps>(QUOIT_TEST_CALL(.begin())) && kept<steps>(QUOIT_TEST_CALL(.end())));
static_assert(std::is_same_v<decltype(std::declval<steps>()[0]), quoit::access_step<std::string>>);
// Views refer to the placement, and so do their iterators.
static_assert(anywhere<quoit::node_range<std::string>>(QUOIT_TEST_CALL(.begin())));
static_assert(anywhere<quoit::slot_replicas<std::string>>(QUOIT_TEST_CALL(.front())));

// Transitions.
static_assert(kept<transition>(QUOIT_TEST_CALL(.before())) && kept<transition>(QUOIT_TEST_CALL(.after())));
static_assert(kept<transition>(QUOIT_TEST_CALL(.parts())) && kept<transition>(QUOIT_TEST_CALL(.moves())));
static_assert(kept<transition>(QUOIT_TEST_CALL(.moves_of(0))) && kept<transition>(QUOIT_TEST_CALL(.holders("key"))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.now(0, std::declval<room&>()))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.read_set("key"))) &&
              kept<transition>(QUOIT_TEST_CALL(.read_set_at(0))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.write_set("key"))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.write_set_at(0))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.erase_set("key"))));
static_assert(kept<transition>(QUOIT_TEST_CALL(.erase_set_at(0))));
static_assert(std::is_same_v<decltype(std::declval<transition>().report()), quoit::transition_report>);
static_assert(anywhere<transition>(QUOIT_TEST_CALL(.save())) &&
              anywhere<transition>(QUOIT_TEST_CALL(.next_startable())));
static_assert(kept<transition>(QUOIT_TEST_CALL(.startable())) && kept<transition>(QUOIT_TEST_CALL(.streams())));
static_assert(anywhere<transition>(QUOIT_TEST_CALL(.status())));

// Published values.
static_assert(!std::is_invocable_v<decltype(QUOIT_TEST_CALL(.get())), reader>);
static_assert(std::is_invocable_v<decltype(QUOIT_TEST_CALL(.get())), reader&>);
static_assert(kept<reader>(QUOIT_TEST_CALL(.held())) && anywhere<reader>(QUOIT_TEST_CALL(.snapshot())));
static_assert(kept<snapshot>(QUOIT_TEST_CALL(.operator*())) && kept<snapshot>(QUOIT_TEST_CALL(.operator->())));
static_assert(anywhere<snapshot>(QUOIT_TEST_CALL(.version())));

// No range claims that its iterators outlive it.
static_assert(!std::ranges::borrowed_range<diff> && !std::ranges::borrowed_range<key_diff>);
static_assert(!std::ranges::borrowed_range<list> && !std::ranges::borrowed_range<steps>);
static_assert(!std::ranges::borrowed_range<loads> && !std::ranges::borrowed_range<groups>);

ring ring_of_names(std::vector<std::string> names) {
  ring result;
  result.assign(names);
  return result;
}

// Long enough to be allocated, so that AddressSanitizer sees a use after free.
const std::string first_name = "a node whose name is long enough to be allocated";
const std::string second_name = "another node whose name is long enough to be allocated";

TEST_CASE("P9 a loop over a temporary works", "[temporaries]") {
  const ring one = ring_of_names({first_name}), two = ring_of_names({first_name, second_name});
  std::size_t moves = 0;
  for (auto&& move : quoit::diff(one, two)) moves += *move.to == second_name ? 1U : 0U;
  CHECK(moves > 100);
  for (auto&& move : quoit::diff(ring_of_names({first_name}), ring_of_names({second_name}))) {
    CHECK((*move.from == first_name && *move.to == second_name));
  }
  for (auto&& group : quoit::diff(one, two, keys{"a", "b", "c", "d", "e"})) CHECK(*group.to == second_name);
  for (auto&& node : two.replicas("key", 2)) CHECK(node.size() > 40);
  for (auto&& entry : two.nodes()) CHECK(entry.weight == 1);
  for (auto&& group : two.partition_by_owner(keys{"a", "b", "c"})) CHECK_FALSE(group.keys.empty());
  for (auto&& load : quoit::balance_of(ring_of_names({first_name, second_name}))) CHECK(load.node.size() > 40);
  for (auto&& load : quoit::balance_of(two).loads()) CHECK(load.node.size() > 40);
}

TEST_CASE("P9 algorithms take temporaries", "[temporaries]") {
  const ring one = ring_of_names({first_name}), two = ring_of_names({first_name, second_name});
  const auto goes_to_second = [](const auto& move) { return *move.to == second_name; };
  CHECK(std::ranges::all_of(quoit::diff(one, two), goes_to_second));
  CHECK(std::ranges::count_if(two.replicas("key", 2), [](const std::string& node) { return node.size() > 40; }) == 2);
  CHECK(std::ranges::distance(two.nodes()) == 2);
  std::ranges::for_each(quoit::balance_of(two), [](const auto& load) { CHECK(load.node.size() > 40); });
}

TEST_CASE("P9 what a temporary gives outlives it", "[temporaries]") {
  const ring two = ring_of_names({first_name, second_name});
  const std::string& primary = two.replicas("key", 2).front();
  const std::string& copy = two.replicas("key", 2)[1];
  CHECK((&primary == &two.owner("key") && two.contains_node(copy)));
  const table now = quoit::build({{first_name}, {second_name}}, {.slots = 8, .replicas = 1});
  const auto& next = quoit::plan(now, {{first_name}}).after();  // a table of its own
  CHECK((next.size() == 1 && *next.find("key") == first_name));
  const auto& before = quoit::plan(now, {{first_name}}).before();
  CHECK((before == now && quoit::plan(now, {{first_name}}).report().moves == 4));
  const auto& replaced = quoit::replace_node(now, first_name, "third").after();
  CHECK((replaced.size() == 2 && replaced.contains_node("third")));
  CHECK(transition(now, next).report().moves == 4);
  const auto& all = quoit::balance_of(two).loads();
  CHECK((all.size() == 2 && all[0].node == first_name));
  const transition migration(now, next);
  const std::uint64_t position = migration.parts().front().range.to;
  const auto& step = migration.read_set_at(position)[0];
  CHECK(*step.at == second_name);
}

}  // namespace
}  // namespace temporaries_test
