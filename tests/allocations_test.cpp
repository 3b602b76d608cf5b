// SPDX-License-Identifier: MIT
// P7 for every member that allocates: rings, slot tables, plans, diffs, balances, lists and published. The members of
// kv_map are in kv_map_allocations_test.cpp, those of transition in transition_allocations_test.cpp.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/adopt_report.hpp>
#include <quoit/arcs.hpp>
#include <quoit/diff.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/key.hpp>
#include <quoit/key_diff.hpp>
#include <quoit/plan.hpp>
#include <quoit/plan_options.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/published.hpp>
#include <quoit/ring.hpp>
#include <quoit/scaled_weights.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/spread.hpp>
#include <quoit/stats.hpp>
#include <quoit/walk.hpp>

#include "catch2.hpp"
#include "support/failing_sweep.hpp"
#include "support/hashes.hpp"
#include "support/random.hpp"

namespace {

using test::every_allocation_fails;
using specs_type = std::vector<quoit::node_spec<std::string>>;
using text_ring = quoit::ring<>;
using slot_ring = quoit::ring<std::string, quoit::xxh3, quoit::slots<100>>;
using table_type = quoit::slot_table<>;

// Names that have to be allocated, even by libc++, whose strings hold 22 bytes.
std::string long_name(const std::string& what, int n) {
  return what + " with a name that is long enough, number " + std::to_string(n);
}

specs_type long_nodes(int count, int first = 0) {
  specs_type nodes;
  for (int n = first; n < first + count; ++n)
    nodes.push_back({long_name("node", n), 1 + n % 3, n % 4 == 0 ? "" : long_name("domain", n % 4)});
  return nodes;
}

const std::vector<std::string>& some_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> list;
    for (int n = 0; n < 60; ++n) list.push_back("key-" + std::to_string(n));
    return list;
  }();
  return keys;
}

template <class Range>
std::string names_in(const Range& nodes) {
  std::string text;
  for (const auto* node : nodes) text += node == nullptr ? "-" : quoit::id_text(*node) + ' ';
  return text;
}

// Everything that lookups, arcs and properties say.
template <class Placement>
std::string seen_of(const Placement& placement) {
  std::string text = placement.spec() + ' ' + to_string(placement.fingerprint()) + ' ' +
                     std::to_string(placement.size()) + ' ' + std::to_string(placement.active());
  for (const auto& entry : placement.nodes()) text += entry.node + std::to_string(entry.weight) + entry.domain;
  std::uint64_t arcs = 0;
  for (const auto& arc : placement.arcs())
    arcs = (arcs ^ arc.range.from ^ (arc.range.to << 1) ^ arc.owner->size() ^
            static_cast<unsigned char>(arc.owner->back())) *
           0x9e3779b97f4a7c15U;
  text += std::to_string(arcs);
  for (std::uint64_t i = 0; i < 30; ++i) {
    std::array<const std::string*, 4> room{};
    const auto apart = i % 3 == 0   ? quoit::spread::nodes
                       : i % 3 == 1 ? quoit::spread::domains
                                    : quoit::spread::domains_only;
    const std::size_t found = placement.preferred(placement.position(quoit::key_hash{i << 59}), room, apart);
    text += names_in(std::span(room).first(found));
  }
  if constexpr (requires { placement.version(); }) text += std::to_string(placement.version());
  if constexpr (requires { placement.vnode_count(); }) text += std::to_string(placement.vnode_count());
  return text;
}

// The same placement, with no more members than the concept requires.
template <class Placement>
struct without_members {
  using node_type = std::string;
  const Placement& one;

  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return one.position(key);
  }
  template <class Key>
  [[nodiscard]] const std::string* find(const Key& key) const noexcept {
    return one.find(key);
  }
  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread apart) const noexcept {
    return one.preferred(position, out, apart);
  }
  [[nodiscard]] auto nodes() const noexcept { return one.nodes(); }
  [[nodiscard]] std::string key_spec() const { return one.key_spec(); }
  [[nodiscard]] std::string spec() const { return one.spec(); }
  [[nodiscard]] quoit::fingerprint fingerprint() const { return one.fingerprint(); }
};
static_assert(quoit::placement<without_members<text_ring>>);

// The vnodes decide between the two ways in which a ring changes: in place, or by building a new one.
template <class Ring>
void sweep_ring(std::int64_t vnodes) {
  const auto make = [&] {
    Ring ring({.vnodes = vnodes});
    ring.assign(long_nodes(9));
    return ring;
  };
  const auto check = [&](const char* what, const auto& act) {
    CHECK(every_allocation_fails(what, make, seen_of<Ring>, act) > 0);
  };
  check("add", [](Ring& ring) { ring.add(long_name("node", 50), {.weight = 2, .domain = long_name("domain", 9)}); });
  check("add without a vnode", [](Ring& ring) { ring.add(long_name("node", 50), {.weight = 0}); });
  check("remove", [](Ring& ring) { ring.remove(long_name("node", 3)); });
  check("set_weight up", [](Ring& ring) { ring.set_weight(long_name("node", 3), 5); });
  check("set_weight down", [](Ring& ring) { ring.set_weight(long_name("node", 2), 1); });
  check("drain", [](Ring& ring) { ring.set_weight(long_name("node", 2), 0); });
  check("assign nodes with weights", [](Ring& ring) { ring.assign(long_nodes(8, 4)); });
  check("assign plain nodes", [](Ring& ring) { ring.assign(std::vector{long_name("node", 1), long_name("x", 2)}); });
  check("assign nothing", [](Ring& ring) { ring.assign(specs_type()); });
  check("assign one node in braces", [](Ring& ring) { ring.assign({{long_name("node", 1), 2}}); });
  check("remove, then add", [](Ring& ring) {
    Ring next = ring;
    next.remove(long_name("node", 3));
    next.add(long_name("node", 51));
    ring = std::move(next);
  });
  const Ring other = [&] {
    Ring ring({.vnodes = vnodes + 1});
    ring.assign(long_nodes(5));
    return ring;
  }();
  check("copy assignment", [&](Ring& ring) { ring = other; });
  check("copy", [](Ring& ring) { const Ring copy = ring; });
}

// The const members of a placement, and the free functions that take one.
template <class Placement>
void sweep_questions(const Placement& one, const Placement& other) {
  const auto check = [](const char* what, const auto& result) { CHECK(every_allocation_fails(what, result) > 0); };
  const auto& keys = some_keys();
  check("spec, key_spec, fingerprint", [&] { return one.spec() + one.key_spec() + to_string(one.fingerprint()); });
  every_allocation_fails("==", [&] { return std::string(one == other ? "equal" : "different"); });
  check("arcs", [&] { return std::to_string(one.arcs().size()); });
  check("owners", [&] { return names_in(one.owners(keys)); });
  check("partition_by_owner", [&] {
    std::string text;
    const auto groups = one.partition_by_owner(keys);
    for (const auto& group : groups) text += *group.node + std::to_string(group.keys.size());
    return text;
  });
  check("walk, more than eight", [&] {
    std::string text;
    for (const std::string& node : one.walk("key")) text += node;
    return text;
  });
  check("walk, copies of iterators", [&] {
    std::string text;
    const auto walk = quoit::walk(one, "key");
    for (auto at = walk.begin(); at != walk.end();) text += *at++;
    auto last = walk.begin(), next = last;
    while (++next != walk.end()) last = next;
    return text + *last;
  });
  check("walk as text", [&] { return to_string(one.walk("key")); });
  // A placement of a user, which has neither walk() nor find_if().
  const without_members<Placement> plain{one};
  check("walk of a placement without the member", [&] {
    std::string text;
    for (const std::string& node : quoit::walk(plain, "key")) text += node;
    return text;
  });
  check("find_if of a placement without the member", [&] {
    std::size_t asked = 0;
    const auto is_last = [&](const std::string&) noexcept { return ++asked == 10; };
    const std::string* const node = quoit::find_if(plain, "key", is_last);  // with no memory at all in one of the runs
    return *node;
  });
  check("replicas, more than eight", [&] {
    const auto list = one.replicas("key", 9);
    return names_in(list.pointers());
  });
  check("diff", [&] {
    std::string text;
    const auto diff = quoit::diff(one, other);
    for (const auto& move : diff) text += to_string(move);
    for (const auto& sum : diff.transfers()) text += to_string(sum.size);
    return text + to_string(diff.moved()) + to_string(diff.minimum()) + to_string(diff.ideal());
  });
  check("diff of keys", [&] {
    std::string text;
    const auto diff = quoit::diff(one, other, keys);
    for (const auto& move : diff.moves()) text += *move.from + *move.to + std::to_string(move.keys.size());
    return text + std::to_string(diff.moved());
  });
  check("balance_of", [&] {
    std::string text;
    const auto exact = quoit::balance_of(one), counted = quoit::balance_of(one, keys);
    for (const auto& load : exact) text += load.node + to_string(load.load);
    for (const auto& load : counted) text += load.node + std::to_string(load.keys);
    return text;
  });
  check("moved_share", [&] { return to_string(quoit::moved_share(one, other)); });
  std::uint64_t slots = 100;
  if constexpr (requires { one.slot_count(); }) slots = one.slot_count();
  check("adopt with a report", [&] {
    quoit::adopt_report report;
    std::string text;
    try {
      const auto table = table_type::adopt(one, report, {.slots = slots, .replicas = 2});
      text = to_string(table.fingerprint());
    } catch (const std::bad_alloc&) {
      if (report.changed != quoit::share()) FAIL("a report of a table that does not exist");
      throw;
    }
    return text + to_string(report.changed);
  });
}

std::string plan_text(const quoit::slot_plan<table_type>& plan) {
  std::string text = seen_of(plan.before()) + seen_of(plan.after());
  for (const auto& move : plan.moves()) text += std::to_string(move.slot) + *move.to;
  return text;
}

}  // namespace

TEST_CASE("P7 every allocation of every member of a ring may fail", "[allocations]") {
  sweep_ring<text_ring>(4);
  sweep_ring<text_ring>(24);
  sweep_ring<slot_ring>(24);
  slot_ring one({.vnodes = 8}), other({.vnodes = 8});
  one.assign(long_nodes(12));
  other.assign(long_nodes(11, 3));
  sweep_questions(one, other);
}

TEST_CASE("P7 every allocation of every member of a slot table may fail", "[allocations]") {
  const auto check = [](const char* what, const auto& result) { CHECK(every_allocation_fails(what, result) > 0); };
  const specs_type nodes = long_nodes(12);
  const quoit::slot_table_options options{.slots = 12, .replicas = 11};
  const quoit::plan_options loose{.spread = quoit::spread_rule::overload(1000)};
  const table_type one = quoit::build(nodes, options, loose);
  const table_type other = quoit::plan(one, long_nodes(11, 2), loose).after();
  sweep_questions(one, other);
  check("doubled", [&] { return seen_of(one.doubled()); });
  check("save", [&] { return one.save(); });
  const std::string saved = one.save();
  check("restore", [&] { return seen_of(table_type::restore(saved)); });

  const std::vector<std::uint32_t> entries = {0, 1, 2, table_type::no_node, 1, 0, 3, 2};
  check("constructor", [&] { return seen_of(table_type(long_nodes(4), entries, {.slots = 4, .replicas = 2}, 7)); });
  const std::vector<std::vector<std::string>> ids = {{nodes[0].node, nodes[1].node}, {nodes[2].node}};
  check("adopt lists", [&] { return seen_of(table_type::adopt(nodes, ids, {.slots = 2, .replicas = 2})); });
  const std::vector<quoit::slot_range<std::string>> ranges = {{0, 2, {nodes[0].node}}, {3, 7, {nodes[5].node}}};
  check("adopt ranges", [&] { return seen_of(table_type::adopt(nodes, ranges, {.slots = 8, .replicas = 1})); });
  text_ring ring({.vnodes = 8});
  ring.assign(long_nodes(3));
  check("adopt a ring", [&] { return seen_of(table_type::adopt(ring, {.slots = 8, .replicas = 2})); });
}

TEST_CASE("P7 every allocation of a plan may fail", "[allocations]") {
  const auto check = [](const char* what, const auto& result) { CHECK(every_allocation_fails(what, result) > 0); };
  const specs_type nodes = long_nodes(4), next = long_nodes(4, 1);
  const quoit::slot_table_options options{.slots = 6, .replicas = 2};
  const table_type one = quoit::build(nodes, options);
  check("build", [&] { return seen_of(quoit::build(nodes, options)); });
  check("plan", [&] { return plan_text(quoit::plan(one, next)); });
  const auto plan = quoit::plan(one, next);
  check("copy a plan", [&] { return plan_text(quoit::slot_plan<table_type>(plan)); });
}

TEST_CASE("P7 every allocation of scaled_weights may fail", "[allocations]") {
  std::vector<std::uint64_t> sizes{3'000'000'000'000, 7, 0, 16'000'000'000'001, 1};
  const auto text_of = [](const quoit::weight_scaling& scaled) { return to_string(scaled); };
  const auto scale = [&](std::uint64_t vnodes) {
    return [&, vnodes] { return text_of(quoit::scaled_weights(sizes, vnodes, {.vnodes = 16})); };
  };
  CHECK(every_allocation_fails("with units that are taken", scale(10'000)) > 0);
  CHECK(every_allocation_fails("with a node that would be too large", scale(~std::uint64_t{0})) > 0);
  sizes = {4, 4, 8};
  CHECK(every_allocation_fails("exact", scale(10'000)) > 0);
}

TEST_CASE("P7 every allocation of a list with more than eight nodes may fail", "[allocations]") {
  text_ring ring({.vnodes = 8});
  ring.assign(long_nodes(20));
  using list_type = quoit::preference_list<std::string>;
  const auto make = [&] { return ring.replicas("key", 9); };
  const auto state = [](const list_type& list) { return names_in(list.pointers()); };
  const list_type longer = ring.replicas("another", 12);
  CHECK(every_allocation_fails("copy", make, state, [&](list_type& list) { list = longer; }) > 0);
  CHECK(every_allocation_fails("make room", [&] { return std::to_string(list_type(12).size()); }) > 0);

  using set_type = quoit::access_set<std::string>;
  const auto steps = [&] {
    set_type set;
    for (std::size_t i = 0; i < 8; ++i) set.push_back({longer.pointers()[i]});
    return set;
  };
  const auto text = [](const set_type& set) {
    std::string all;
    for (const auto& step : set) all += *step.at;
    return all;
  };
  const auto push = [&](set_type& set) {
    set_type next = set;
    next.push_back({longer.pointers()[8]});
    set = std::move(next);
  };
  CHECK(every_allocation_fails("push_back", steps, text, push) > 0);
  CHECK(every_allocation_fails("the ninth step", steps, text,
                               [&](set_type& set) { set.push_back({longer.pointers()[8]}); }) > 0);
}

TEST_CASE("P7 every allocation of published may fail", "[allocations]") {
  using rings_type = quoit::published<text_ring>;
  const auto make = [] {
    text_ring ring({.vnodes = 8});
    ring.assign(long_nodes(4));
    return std::make_unique<rings_type>(std::move(ring));
  };
  const auto state = [](const std::unique_ptr<rings_type>& rings) {
    const auto now = rings->snapshot();
    return seen_of(*now) + std::to_string(rings->version());
  };
  const auto check = [&](const char* what, const auto& act) {
    CHECK(every_allocation_fails(what, make, state, [&](std::unique_ptr<rings_type>& rings) { act(*rings); }) > 0);
  };
  check("update", [](rings_type& rings) { rings.update([](auto& next) { next.add(long_name("new", 1)); }); });
  check("update with a result",
        [](rings_type& rings) { static_cast<void>(rings.update([](auto& next) { return next.spec(); })); });
  check("update_if, true",
        [](rings_type& rings) { rings.update_if([](auto& next) { return next.assign(long_nodes(2)).removed == 2; }); });
  check("update_if, false", [](rings_type& rings) { rings.update_if([](auto&) { return false; }); });
  text_ring other({.vnodes = 8});
  other.assign(long_nodes(2));
  check("publish", [&](rings_type& rings) { rings.publish(other); });
}
