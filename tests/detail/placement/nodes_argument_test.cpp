// SPDX-License-Identifier: MIT
// nodes_argument: lists of nodes in braces and as ranges, for every call that takes nodes; options that are given by
// name only; and what must not compile, as requires-expressions.
#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <list>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "support/message_of.hpp"

namespace {

struct endpoint {
  std::string id;
  int port = 0;
};
std::string_view quoit_id(const endpoint& node) noexcept { return node.id; }

// "a*1 b*2@zone": the nodes of a placement.
template <class Placement>
std::string nodes_of(const Placement& placement) {
  std::string text;
  for (const auto& entry : placement.nodes()) {
    text += (text.empty() ? "" : " ") + quoit::id_text(entry.node) + '*' + std::to_string(entry.weight);
    if (!entry.domain.empty()) text += '@' + entry.domain;
  }
  return text;
}

// What a caller may write, with the type of the nodes as a parameter, so that the answer can be "it does not compile".
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_one_number = requires { Ring(5); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_two_numbers = requires { Ring(5, 7); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_numbers_in_braces = requires { Ring({5, 7}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_one_in_braces = requires { Ring({5}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_empty_and_numbers = requires { Ring({{}, 5, 7}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_strings_in_braces = requires { Ring({"a", "b"}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_three_braces = requires { Ring({{{"a", "b"}}}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_a_string = requires { Ring("ab"); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_of_a_double = requires { Ring({5.5}); };
template <class Node, class Ring = quoit::ring<Node>>
constexpr bool ring_becomes_braces = requires(Ring ring) { ring = {Node()}; };

static_assert(!ring_of_one_number<int> && !ring_of_one_number<std::string> && !ring_of_one_number<endpoint>);
static_assert(!ring_of_two_numbers<int> && !ring_of_two_numbers<std::string> && !ring_of_two_numbers<endpoint>);
static_assert(ring_of_numbers_in_braces<int> && !ring_of_numbers_in_braces<std::string> &&
              !ring_of_numbers_in_braces<endpoint>);
static_assert(ring_of_one_in_braces<int> && !ring_of_one_in_braces<std::string> && !ring_of_one_in_braces<endpoint>);
static_assert(!ring_of_empty_and_numbers<int> && !ring_of_empty_and_numbers<std::string> &&
              !ring_of_empty_and_numbers<endpoint>);
static_assert(!ring_of_strings_in_braces<int> && ring_of_strings_in_braces<std::string>);
static_assert(!ring_of_three_braces<int> && !ring_of_three_braces<std::string>);
static_assert(!ring_of_a_string<int> && !ring_of_a_string<std::string> && !ring_of_a_string<endpoint>);
static_assert(!ring_of_a_double<int> && !ring_of_a_double<std::string>);
static_assert(!ring_becomes_braces<int> && !ring_becomes_braces<std::string>, "the options would be lost");

// Options, by name or not at all.
template <class Options>
constexpr bool takes_numbers = requires { Options{5}; } || requires { Options{5, 7}; } || requires {
  Options{{}, 5};
} || requires { Options{{}}; } || requires { Options{{{}}, 5, 7}; };
static_assert(!takes_numbers<quoit::ring_options> && !takes_numbers<quoit::slot_table_options> &&
              !takes_numbers<quoit::plan_options> && !takes_numbers<quoit::kv_options> &&
              !takes_numbers<quoit::node_options> && !takes_numbers<quoit::transfer_limits> &&
              !takes_numbers<quoit::transition_options<int>>);
static_assert(std::is_aggregate_v<quoit::ring_options> && quoit::ring_options{.seed = 7}.vnodes == 512);
static_assert(quoit::transfer_limits{.out = 2} != quoit::transfer_limits{});

template <class Table>
constexpr bool build_takes_numbers_as_options = requires(const std::vector<std::string>& nodes) {
  quoit::build<Table>(nodes, {16, 1});
} || requires(const std::vector<std::string>& nodes) { quoit::build<Table>(nodes, {16}); };
static_assert(!build_takes_numbers_as_options<quoit::slot_table<>>);
template <class Map>
constexpr bool map_takes_numbers = requires { Map({5, 7}); } || requires { Map({}, {2}); };
static_assert(!map_takes_numbers<quoit::kv_map<int>>);
template <class Ring>
constexpr bool add_takes_a_number = requires(Ring ring) { ring.add("a", {2}); };
static_assert(!add_takes_a_number<quoit::ring<>>);

}  // namespace

TEST_CASE("a ring is made from nodes in one expression") {
  CHECK(nodes_of(quoit::ring({"a", "b", {"c", {.weight = 2}}})) == "a*1 b*1 c*2");
  const quoit::ring ring({"a", "b", {"c", {.weight = 2, .domain = "eu"}}}, {.vnodes = 64, .seed = 3});
  static_assert(std::same_as<decltype(ring), const quoit::ring<std::string>>);
  CHECK(ring.options().vnodes == 64);
  CHECK(ring.options().seed == 3);
  quoit::ring<std::string> step_by_step({.vnodes = 64, .seed = 3});
  step_by_step.add("c", {.weight = 2, .domain = "eu"});
  step_by_step.add("a");
  step_by_step.add("b");
  CHECK(ring == step_by_step);
  CHECK(ring.fingerprint() == step_by_step.fingerprint());
}

TEST_CASE("numbers in braces are the nodes of a ring of integers and never its options") {
  const quoit::ring<int> ring({5, 7});
  CHECK(nodes_of(ring) == "5*1 7*1");
  CHECK(ring.options().vnodes == quoit::default_vnodes);
  CHECK(ring.options().seed == 0);
  CHECK(nodes_of(quoit::ring<int>({1})) == "1*1");
  CHECK(nodes_of(quoit::ring<int>{5, 7}) == "5*1 7*1");
  CHECK(nodes_of(quoit::ring<int>({1, 2, 3}, {.seed = 9})) == "1*1 2*1 3*1");
  CHECK(nodes_of(quoit::ring<int>({1, {2, {.weight = 3}}, {3, 4, "z"}})) == "1*1 2*3 3*4@z");
  CHECK(nodes_of(quoit::ring<int>({})) == "");
  CHECK(nodes_of(quoit::ring<int>({.vnodes = 5, .seed = 7})) == "");
  CHECK(quoit::ring<int>({.vnodes = 5, .seed = 7}).options().vnodes == 5);
  const quoit::ring deduced({1, 2, 3});
  static_assert(std::same_as<decltype(deduced), const quoit::ring<int>>);
  CHECK(nodes_of(deduced) == "1*1 2*1 3*1");
}

TEST_CASE("two strings in braces are two nodes and never one string from a pair of iterators") {
  CHECK(nodes_of(quoit::ring<std::string>({"a", "b"})) == "a*1 b*1");
  CHECK(nodes_of(quoit::ring<std::string>{"a", "b"}) == "a*1 b*1");
  CHECK(nodes_of(quoit::ring<std::string>{{"a", "b"}}) == "a*1 b*1");
  quoit::ring<> ring;
  ring.assign({"a", "b"});
  CHECK(nodes_of(ring) == "a*1 b*1");
  ring.assign({{"c", "d"}});
  CHECK(nodes_of(ring) == "c*1 d*1");
  CHECK(nodes_of(quoit::build({"a", "b"}, {.slots = 4, .replicas = 1})) == "a*1 b*1");
  CHECK(nodes_of(quoit::slot_table<>({"a", "b"}, {0, 1}, {.slots = 2, .replicas = 1})) == "a*1 b*1");
  const auto table = quoit::slot_table<>::adopt({"a", "b"}, {{"a", "b"}}, {.slots = 1, .replicas = 2});
  CHECK(nodes_of(table) == "a*1 b*1");
  CHECK(*table.at(0, 1) == "b");
  quoit::kv_map<int> map(quoit::ring<>({"a", "b", "c"}));
  map.fail_all({"a", "b"});
  CHECK(map.placement_now()->size() == 1);
}

TEST_CASE("every way to write a node in braces gives that node") {
  using std::string_literals::operator""s;
  using std::string_view_literals::operator""sv;
  quoit::ring<> ring;
  ring.assign(
      {"a", "b"s, "c"sv, {"d", 2}, {"e", 3, "x"}, {"f", {.domain = "y"}}, quoit::node_spec<std::string>{"g", 4}});
  CHECK(nodes_of(ring) == "a*1 b*1 c*1 d*2 e*3@x f*1@y g*4");
  ring.assign({{.node = "a", .weight = 2}, {.node = "b", .domain = "z"}});
  CHECK(nodes_of(ring) == "a*2 b*1@z");
  ring.assign({{.node = "a", .leader_weight = 0}, {.node = "b"}});
  CHECK(ring.nodes()[0].leader_weight == 0);
  CHECK_FALSE(ring.nodes()[1].leader_weight.has_value());
  ring.assign({{"a", {.leader_weight = 3}}, "b"});
  CHECK(ring.nodes()[0].leader_weight == 3);
  ring.assign({{"a", {}}, {"b", 0}});
  CHECK(nodes_of(ring) == "a*1 b*0");
  ring.assign({});
  CHECK(ring.empty());

  const quoit::ring<endpoint> servers({{{"a", 80}, 2}, {{"b", 81}}});
  CHECK(nodes_of(servers) == "a*2 b*1");
  CHECK(servers.nodes()[1].node.port == 81);
  const quoit::ring<endpoint> mixed({endpoint{"a", 80}, {endpoint{"b", 81}, {.weight = 2}}, endpoint{"c", 82}});
  CHECK(nodes_of(mixed) == "a*1 b*2 c*1");
  const quoit::ring deduced({endpoint{"a", 80}, endpoint{"b", 81}});
  static_assert(std::same_as<decltype(deduced), const quoit::ring<endpoint>>);
  CHECK(nodes_of(deduced) == "a*1 b*1");
}

TEST_CASE("a ring is made from any range of nodes") {
  const std::vector<std::string> names{"a", "b"};
  const std::list<const char*> literals{"a", "b"};
  const std::array<std::string_view, 2> views{"a", "b"};
  const std::vector<quoit::node_spec<std::string>> specs{{"a", 2}, {"b", 1, "z"}};
  CHECK(nodes_of(quoit::ring(names)) == "a*1 b*1");
  CHECK(nodes_of(quoit::ring(literals)) == "a*1 b*1");
  CHECK(nodes_of(quoit::ring(views)) == "a*1 b*1");
  CHECK(nodes_of(quoit::ring(specs, {.vnodes = 8})) == "a*2 b*1@z");
  const quoit::ring ring(specs);
  static_assert(std::same_as<decltype(ring), const quoit::ring<std::string>>);
  CHECK(quoit::ring(ring.nodes()) == ring);
  CHECK(nodes_of(quoit::ring<std::uint16_t>(std::vector<int>{1, 65535})) == "1*1 65535*1");
  const quoit::ring copy(ring);
  static_assert(std::same_as<decltype(copy), const quoit::ring<std::string>>);
}

TEST_CASE("P7 an integer that the type of the nodes cannot hold is refused by name") {
  using small = quoit::ring<std::uint8_t>;
  const std::string expected =
      "quoit: node '300' does not fit the type of the nodes, which holds 0 to 255; use a wider "
      "integer as the node";
  CHECK(test::message_of([] { small({1, 300}); }) == expected);
  CHECK(test::message_of([] { small(std::vector<int>{1, 300}); }) == expected);
  small ring({1, 2});
  CHECK(test::message_of([&] { ring.assign(std::vector<long>{3, 300}); }) == expected);
  CHECK(test::message_of([&] { ring.assign({{300, {.weight = 2}}}); }) == expected);
  CHECK(nodes_of(ring) == "1*1 2*1");
}

TEST_CASE("tables and plans take nodes and lists in braces") {
  const auto built = quoit::build({{"a"}, {"b", 1, "zone"}}, {.slots = 64, .replicas = 2});
  CHECK(nodes_of(built) == "a*1 b*1@zone");
  const auto next = quoit::plan(built, {"a", {"b", {.domain = "zone"}}, {"c", 1}});
  CHECK(nodes_of(next.after()) == "a*1 b*1@zone c*1");

  const auto names = quoit::slot_table<>::adopt({"a", "b", {"c", {.weight = 2}}}, {{"a", "b"}, {"b", "c"}, {"c", "a"}},
                                                {.slots = 3, .replicas = 2});
  CHECK(nodes_of(names) == "a*1 b*1 c*2");
  CHECK(*names.at(1, 0) == "b");
  CHECK(*names.at(2, 1) == "a");
  const auto numbers = quoit::slot_table<int>::adopt({0, 1, 2}, {{0, 1}, {1, 2}, {2, 0}}, {.slots = 3, .replicas = 2});
  CHECK(*numbers.at(2, 0) == 2);
  CHECK(*numbers.at(2, 1) == 0);
  const auto ranges =
      quoit::slot_table<>::adopt({"a", "b"}, {{0, 1, {"a"}}, {2, 2, {"b", "a"}}}, {.slots = 3, .replicas = 2});
  CHECK(*ranges.at(1, 0) == "a");
  CHECK(*ranges.at(2, 0) == "b");
  CHECK(quoit::slot_table<>::adopt({}, {}) == quoit::slot_table<>());
  CHECK_THAT(
      test::message_of([] { (void)quoit::slot_table<>::adopt({"a"}, {{"a"}, {"x"}}, {.slots = 2, .replicas = 1}); }),
      Catch::Matchers::ContainsSubstring("'x'"));
}
