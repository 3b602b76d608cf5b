// SPDX-License-Identifier: MIT
// Every class can be assigned, with every hash, slot policy and node that the library admits.
//
//   const member, reference, deleted assignment, lambda  policies that cannot be assigned themselves
//   a key as a string                                    a policy whose copies may throw, and whose moves lose the key
//
// After an assignment that throws, the object is as it was. A moved-from object is empty and can be used.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/diff.hpp>
#include <quoit/key_diff.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/published.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/stats.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/hashes.hpp"

namespace {

constexpr std::uint64_t secret_salt = 0x1234567;

struct const_key_hash {
  static constexpr std::string_view stable_name = "test-const-key";
  const std::uint64_t key = 0;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return test::user_hash{}(bytes, seed ^ key);
  }
};
struct reference_hash {
  static constexpr std::string_view stable_name = "test-reference";
  const std::uint64_t& key = secret_salt;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return test::user_hash{}(bytes, seed ^ key);
  }
};
struct fixed_hash {
  static constexpr std::string_view stable_name = "test-fixed";
  fixed_hash() = default;
  fixed_hash(const fixed_hash&) = default;
  fixed_hash& operator=(const fixed_hash&) = delete;
  ~fixed_hash() = default;
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return test::user_hash{}(bytes, seed);
  }
};
// Its copies may throw, and a moved-from one has another key.
struct text_key_hash {
  static constexpr std::string_view stable_name = "test-text-key";
  std::string key = "a key that is too long to be stored inside the string";
  std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept {
    return test::user_hash{}(bytes, seed ^ test::user_hash{}(key, 0));
  }
};
const auto lambda_hash = [salt = std::uint64_t{77}](std::string_view bytes, std::uint64_t seed) noexcept {
  return test::user_hash{}(bytes, seed ^ salt);
};
using lambda_type = std::remove_const_t<decltype(lambda_hash)>;

struct const_slots {
  const std::uint64_t q = 64;
  std::string name() const { return "test-const-slots/" + std::to_string(q); }
  std::uint64_t count() const { return q; }
  std::uint64_t slot(std::uint64_t hash) const noexcept { return (hash >> 32) * q >> 32; }
};
struct text_slots {
  std::string label = "a name that is too long to be stored inside the string";
  std::string name() const { return label; }
  std::uint64_t count() const { return 1 + label.size(); }
  std::uint64_t slot(std::uint64_t hash) const noexcept { return hash % (1 + label.size()); }
};

// A node that can be copied and moved, but not copy-assigned.
struct strange_node {
  explicit strange_node(std::string name) : id(std::move(name)) {}
  strange_node(const strange_node&) = default;
  strange_node(strange_node&&) noexcept = default;
  strange_node& operator=(const strange_node&) = delete;
  strange_node& operator=(strange_node&&) noexcept = default;
  ~strange_node() = default;
  std::string id;
  friend std::string_view quoit_id(const strange_node& node) noexcept { return node.id; }
};

}  // namespace

template <>
inline constexpr std::string_view quoit::stable_hash_name<lambda_type> = "test-lambda";

namespace {

// Whether a type has all assignments and moves that placements promise.
template <class T>
constexpr bool is_value = std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                          std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
template <class T>
constexpr bool is_movable_only = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                                 std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;

template <class Node, class Hash>
constexpr bool all_are_values() {
  using ring = quoit::ring<Node, Hash>;
  using small_ring = quoit::ring<Node, Hash, const_slots>;
  using table = quoit::slot_table<Node, Hash>;
  using small_table = quoit::slot_table<Node, Hash, const_slots>;
  static_assert(is_value<ring> && is_value<small_ring> && is_value<quoit::ring<Node, Hash, text_slots>>);
  static_assert(is_value<table> && is_value<small_table> && is_value<quoit::slot_table<Node, Hash, text_slots>>);
  static_assert(std::is_nothrow_copy_constructible_v<table> && std::is_nothrow_copy_assignable_v<table>);
  static_assert(is_value<quoit::slot_plan<table>> && is_value<quoit::slot_plan<small_table>>);
  // A transition is copied when it is moved: it has no empty state.
  static_assert(std::copyable<quoit::transition<ring>> && std::copyable<quoit::transition<small_table>>);
  static_assert(is_value<quoit::placement_diff<Node>> && is_value<quoit::balance<Node>>);
  static_assert(is_movable_only<quoit::key_diff<Node>> && is_movable_only<quoit::key_groups<Node>>);
  static_assert(is_value<quoit::preference_list<Node>> && is_value<quoit::access_set<Node>>);
  static_assert(is_value<quoit::node_range<Node>> && is_value<quoit::slot_replicas<Node>>);
  static_assert(is_value<typename quoit::published<ring>::snapshot_type>);
  static_assert(is_value<typename quoit::published<ring>::reader_type>);
  static_assert(is_value<quoit::arc<Node>> && is_value<quoit::move<Node>> && is_value<quoit::transfer<Node>>);
  static_assert(is_value<quoit::copy_move<Node>> && is_value<quoit::access_step<Node>>);
  // The threads of a program refer to these.
  static_assert(!std::movable<quoit::published<ring>> && !std::movable<quoit::kv_map<int, ring>>);
  return true;
}

static_assert(all_are_values<std::string, quoit::xxh3>() && all_are_values<std::uint32_t, const_key_hash>());
static_assert(all_are_values<std::string, reference_hash>() && all_are_values<strange_node, fixed_hash>());
static_assert(all_are_values<std::string, text_key_hash>() && all_are_values<std::string, lambda_type>());
static_assert(is_value<quoit::fingerprint> && is_value<quoit::share> && is_value<quoit::position_range>);
static_assert(is_value<quoit::slots<>> && is_value<quoit::modulo_circle<>> && is_value<quoit::spread_rule>);

// The owners of 200 keys.
template <class Placement>
std::vector<std::string> owners_now(const Placement& placement) {
  std::vector<std::string> owners;
  for (int i = 0; i < 200; ++i) {
    const auto* const node = placement.find("key-" + std::to_string(i));
    owners.push_back(node == nullptr ? "-" : quoit::id_text(*node));
  }
  return owners;
}

template <class Placement>
std::string state_of(const Placement& placement) {
  std::string text = placement.spec() + '/' + placement.key_spec() + '/' + quoit::to_string(placement.fingerprint());
  for (const std::string& owner : owners_now(placement)) text += ' ' + owner;
  return text;
}

template <class Ring>
Ring filled(Ring ring, int nodes) {
  using node = typename Ring::node_type;
  for (int i = 0; i < nodes; ++i) ring.add(node("node-" + std::to_string(i)), {.domain = i % 2 == 0 ? "x" : "y"});
  return ring;
}

// Assigns in every way, and compares answers. `other` differs from `one`.
template <class T>
void check_assignments(const T& one, const T& other, const std::function<std::string(const T&)>& state) {
  const std::string state_of_one = state(one), state_of_other = state(other);
  REQUIRE(state_of_one != state_of_other);
  T b = other;
  b = one;
  CHECK(state(b) == state_of_one);
  CHECK(state(one) == state_of_one);
  T source = other;
  b = std::move(source);
  CHECK(state(b) == state_of_other);
  source = one;  // a moved-from object can be assigned to
  CHECK(state(source) == state_of_one);
  std::swap(b, source);
  CHECK((state(b) == state_of_one && state(source) == state_of_other));
  T& same = b;
  b = same;
  CHECK(state(b) == state_of_one);
  b = std::move(same);
  CHECK(state(b) == state_of_one);
  for (std::size_t n = 0;; ++n) {
    T target = other;
    try {
      const test::failing_allocations failing(n);
      target = one;
    } catch (const std::bad_alloc&) {
      INFO("allocation " << n);
      REQUIRE(state(target) == state_of_other);
      continue;
    }
    CHECK(state(target) == state_of_one);
    break;
  }
}

template <class Ring>
void check_ring(const Ring& empty) {
  const Ring one = filled(empty, 5), other = filled(empty, 9);
  check_assignments<Ring>(one, other, state_of<Ring>);
  Ring source = one;
  const Ring taken = std::move(source);
  CHECK(state_of(taken) == state_of(one));
  CHECK((source.empty() && source.vnode_count() == 0 && source.spec() == one.spec()));
  CHECK(source.key_spec() == one.key_spec());
  CHECK(state_of(filled(std::move(source), 5)) == state_of(one));  // and it works like a new one
}

template <class Table>
void check_table(const Table& one, const Table& other) {
  check_assignments<Table>(one, other, state_of<Table>);
  Table source = one;
  const Table taken = std::move(source);
  CHECK(state_of(taken) == state_of(one));
  CHECK((source.empty() && source.find("key") == nullptr && source.spec() == one.spec()));
  CHECK((source.key_spec() == one.key_spec() && source.arcs().empty()));
}

template <class Hash, class Slots>
quoit::slot_table<std::string, Hash, Slots> table_with(Hash hash, Slots slots, int nodes) {
  return quoit::slot_table<std::string, Hash, Slots>::adopt(
      filled(quoit::ring<std::string, Hash>({.vnodes = 8}, hash), nodes), {.replicas = 2}, quoit::spread::nodes, hash,
      slots);
}

template <class Hash>
void check_placements(const Hash& hash) {
  check_ring(quoit::ring<std::string, Hash>({.vnodes = 40}, hash));
  check_ring(quoit::ring<std::string, Hash, const_slots>({.vnodes = 40}, hash, const_slots{512}));
  check_ring(quoit::ring<std::string, Hash, text_slots>({.vnodes = 40}, hash, text_slots{}));
  check_ring(quoit::ring<strange_node, Hash>({.vnodes = 40}, hash));
  using slots = quoit::slots<>;
  check_table(table_with(hash, slots(100), 4), table_with(hash, slots(100), 7));
}

template <class Node>
std::string text_of_moves(const quoit::placement_diff<Node>& diff) {
  std::string text = to_string(diff.moved()) + to_string(diff.minimum()) + to_string(diff.ideal());
  for (const auto& move : diff) text += to_string(move) + '\n';
  return text;
}

template <class Table>
std::string text_of_plan(const quoit::slot_plan<Table>& plan) {
  std::string text = state_of(plan.before()) + state_of(plan.after()) + std::to_string(plan.report().moves);
  for (const auto& move : plan.moves()) {
    text += ' ' + std::to_string(move.slot) + (move.replaces == nullptr ? "-" : *move.replaces) + '>' + *move.to;
  }
  return text;
}

template <class Placement>
std::string text_of_transition(const quoit::transition<Placement>& now) {
  std::string text = state_of(now.before()) + state_of(now.after()) + now.save();
  for (const auto& move : now.moves()) text += quoit::id_text(*move.to);
  return text;
}

}  // namespace

TEST_CASE("a ring or table whose hash or policy cannot be assigned is assigned, swapped and moved", "[assignment]") {
  check_placements(quoit::xxh3{});
  check_placements(const_key_hash{5});
  check_placements(reference_hash{});
  check_placements(fixed_hash{});
  check_placements(text_key_hash{});
  check_placements(lambda_hash);
}

TEST_CASE("an assigned ring has the hash and the policy of the other", "[assignment]") {
  using ring = quoit::ring<std::string, const_key_hash, const_slots>;
  const ring one = filled(ring({.vnodes = 8}, const_key_hash{1}, const_slots{100}), 4);
  const ring other = filled(ring({.vnodes = 8}, const_key_hash{2}, const_slots{200}), 4);
  ring b = one;
  b = other;
  CHECK((b.key_spec() == other.key_spec() && b.slots().q == 200 && b == other));
  b = ring(one);
  CHECK((b.key_spec() == one.key_spec() && b.slots().q == 100 && b == one));
}

TEST_CASE("a hash that keeps its key in a string is a part of every moved-from placement", "[assignment]") {
  using ring = quoit::ring<std::string, text_key_hash, text_slots>;
  ring source({.vnodes = 8}, text_key_hash{"one key that is rather long, so that it is allocated"});
  const std::string spec = source.key_spec();
  ring taken = std::move(source);
  CHECK(source.key_spec() == spec);
  taken = ring({.vnodes = 8}, text_key_hash{"another key"});
  CHECK(taken.key_spec() != spec);
}

TEST_CASE("plans, diffs, balances and transitions are assigned, whole or not at all", "[assignment]") {
  using table = quoit::slot_table<std::string, const_key_hash, quoit::slots<>>;
  const table three = table_with(const_key_hash{3}, quoit::slots<>(64), 3);
  const table five = table_with(const_key_hash{3}, quoit::slots<>(64), 5);
  const auto next = [&](std::vector<quoit::node_spec<std::string>> nodes) { return quoit::plan(three, nodes); };
  const auto plan = next({{"node-0"}, {"node-1"}, {"node-2"}, {"a node with a long name, which has to be allocated"}});
  check_assignments<quoit::slot_plan<table>>(plan, next({{"node-1"}, {"node-7"}}), text_of_plan<table>);
  auto source = plan;
  const auto taken = std::move(source);
  CHECK(text_of_plan(taken) == text_of_plan(plan));
  CHECK((source.moves().empty() && source.before().empty() && source.after().empty()));

  using transition = quoit::transition<table>;
  transition begun(three, five);
  begun.begin(0);
  check_assignments<transition>(begun, transition(five, three), text_of_transition<table>);
  transition moved = std::move(begun);
  CHECK(text_of_transition(begun) == text_of_transition(moved));

  using diff = quoit::placement_diff<std::string>;
  const diff changes = quoit::diff(three, five);
  check_assignments<diff>(changes, quoit::diff(five, three), text_of_moves<std::string>);
  diff gone = changes;
  const diff here = std::move(gone);
  CHECK(text_of_moves(here) == text_of_moves(changes));
  CHECK((gone.empty() && gone.moved() == quoit::share() && gone.minimum() == quoit::share()));

  using loads = quoit::balance<std::string>;
  const auto text_of_loads = [](const loads& all) {
    std::string text;
    for (const auto& one : all) text += one.node + to_string(one.load);
    return text;
  };
  using named_ring = quoit::ring<std::string>;
  named_ring ring;
  ring.assign({{"the first node, with a name that has to be allocated"}, {"the second node, with a name like that"}});
  const loads two = quoit::balance_of(ring);
  ring.remove("the second node, with a name like that");
  ring.add("another node, whose name has to be allocated as well");
  check_assignments<loads>(two, quoit::balance_of(ring), text_of_loads);
}

TEST_CASE("classes of nodes that cannot be copy-assigned are assigned", "[assignment]") {
  using ring = quoit::ring<strange_node>;
  const ring one = filled(ring({.vnodes = 8}), 3), other = filled(ring({.vnodes = 8}), 4);
  auto diff = quoit::diff(one, other);
  const auto back = quoit::diff(other, one);
  diff = back;
  CHECK(diff.moved() == back.moved());
  auto loads = quoit::balance_of(one);
  const auto more = quoit::balance_of(other);
  loads = more;
  CHECK(loads.size() == 4);
  quoit::transition<ring> now(one, other);
  now = quoit::transition<ring>(other, one);
  CHECK(now.before().size() == 4);
}

TEST_CASE("a moved key diff and moved groups keep their pointers, and leave an empty one", "[assignment]") {
  const auto one = filled(quoit::ring<>(), 3), other = filled(quoit::ring<>(), 5);
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("key-" + std::to_string(i));
  auto diff = quoit::diff(one, other, keys);
  const auto* const first = &diff.moves().front();
  const std::size_t moved = diff.moved();
  quoit::key_diff<std::string> target = quoit::diff(other, one, keys);
  target = std::move(diff);
  CHECK((&target.moves().front() == first && target.moved() == moved && target.keys() == 100));
  CHECK((diff.empty() && diff.moved() == 0 && diff.keys() == 0));
  auto& same = target;
  target = std::move(same);
  CHECK((target.moved() == moved && target.keys() == 100));

  auto groups = one.partition_by_owner(keys);
  auto taken = other.partition_by_owner(keys);
  taken = std::move(groups);
  CHECK((taken.size() == 3 && groups.empty()));
  auto& here = taken;
  taken = std::move(here);
  CHECK(taken.size() == 3);
}

TEST_CASE("published rings and maps work with a hash that cannot be assigned", "[assignment]") {
  using ring = quoit::ring<std::string, const_key_hash, const_slots>;
  quoit::published<ring> rings(filled(ring({.vnodes = 8}, const_key_hash{9}), 3));
  auto reader = rings.reader();
  rings.update([](ring& next) { next.add("more"); });
  const ring before = reader.get();
  rings.update([&](ring& next) { next = before; });
  rings.update([&](ring& next) { next = filled(ring({.vnodes = 8}, const_key_hash{10}), 2); });
  CHECK((reader.get().size() == 2 && rings.version() == 4));

  quoit::kv_map<int, ring> map(before);
  map.put("k", 1);
  map.join("newcomer");
  map.rehome(filled(ring({.vnodes = 8}, const_key_hash{9}), 2));
  CHECK(map.get("k")->value == 1);
  using table = quoit::slot_table<std::string, const_key_hash, const_slots>;
  quoit::kv_map<int, table> slots(table_with(const_key_hash{9}, const_slots{}, 3));
  slots.put("k", 2);
  slots.start_migration(table_with(const_key_hash{9}, const_slots{}, 5));
  while (slots.step_migration()) {
  }
  CHECK((slots.get("k")->value == 2 && slots.placement_now()->size() == 5));
}
