// SPDX-License-Identifier: MIT
// Leader weights: which nodes lead the slots of a plan, how many each, and who leads where none may.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/leader_oracle.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"
#include "support/slow.hpp"

namespace {

using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;
using leader_counts = std::map<std::string, std::uint64_t>;
using test::message_of;

template <class Table>
leader_counts leaders_of(const Table& table) {
  leader_counts counts;
  for (const auto& spec : table.nodes()) counts[spec.node] = 0;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) ++counts[*table.find_at(slot)];
  return counts;
}

// The slots that nodes with this prefix lead.
std::uint64_t led_by(const table_type& table, const std::string& prefix) {
  std::uint64_t sum = 0;
  for (const auto& [node, slots] : leaders_of(table)) sum += node.starts_with(prefix) ? slots : 0;
  return sum;
}

specs zone_of(const std::string& domain, std::size_t nodes, std::optional<std::int64_t> leader_weight = {}) {
  specs result;
  for (std::size_t i = 0; i < nodes; ++i) {
    result.push_back({domain + "-" + std::to_string(i), 1, domain, leader_weight});
  }
  return result;
}

specs operator+(specs a, const specs& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

template <class Table>
std::string substitutes_of(const quoit::slot_plan<Table>& plan) {
  std::string text;
  for (const auto& one : plan.substitute_leaders()) text += *one.node + ":" + std::to_string(one.slots) + " ";
  return text;
}

}  // namespace

TEST_CASE("leaders: a node taken off leadership stays off, and newcomers lead", "[plan][leaders]") {
  specs nodes = zone_of("a", 2) + zone_of("b", 2) + zone_of("c", 2);
  table_type table = quoit::build(nodes, {.slots = 600});
  CHECK(leaders_of(table)["a-0"] == 100);
  nodes[0].leader_weight = 0;
  auto plan = quoit::plan(table, nodes);
  CHECK(plan.moves().empty());
  // Its own 100, and 20 that a-1, which shares no slot with it, takes from the others.
  CHECK(plan.report().primaries_changed == 120);
  CHECK(plan.report().slots_without_leader == 0);
  CHECK(plan.substitute_leaders().empty());
  CHECK(leaders_of(plan.after()) ==
        leader_counts{{"a-0", 0}, {"a-1", 120}, {"b-0", 120}, {"b-1", 120}, {"c-0", 120}, {"c-1", 120}});
  // The table keeps the leader weight, so the next plan need not be told.
  CHECK(plan.after().find_node("a-0")->leader_weight == 0);
  CHECK_FALSE(plan.after().find_node("a-1")->leader_weight.has_value());
  specs next(plan.after().nodes().begin(), plan.after().nodes().end());
  next.push_back({"a-new", 1, "a"});
  plan = quoit::plan(plan.after(), next);
  auto counts = leaders_of(plan.after());
  CHECK(counts["a-0"] == 0);
  CHECK(counts["a-new"] == 100);
  // Another newcomer, and one that is lost.
  next.push_back({"b-new", 1, "b"});
  std::erase_if(next, [](const auto& spec) { return spec.node == "c-1"; });
  plan = quoit::plan(plan.after(), next);
  counts = leaders_of(plan.after());
  for (const auto& [node, slots] : counts) CHECK(slots == (node == "a-0" ? 0U : 100U));
  // Back.
  next[0].leader_weight = 1;
  for (const auto& [node, slots] : leaders_of(quoit::plan(plan.after(), next).after())) {
    CHECK((slots == 85 || slots == 86));
  }
}

TEST_CASE("leaders: only in one data centre, kept by later plans", "[plan][leaders]") {
  specs nodes = zone_of("dc1", 5) + zone_of("dc2", 3, 0);
  auto plan = quoit::plan(table_type({}, {}, {.slots = 960, .replicas = 2}), nodes);
  for (const auto& [node, slots] : leaders_of(plan.after())) CHECK(slots == (node.starts_with("dc1") ? 192U : 0U));
  CHECK(plan.report().slots_without_leader == 0);
  nodes.push_back({"dc1-new", 1, "dc1"});
  nodes.push_back({"dc2-new", 1, "dc2", 0});
  plan = quoit::plan(plan.after(), nodes);
  for (const auto& [node, slots] : leaders_of(plan.after())) CHECK(slots == (node.starts_with("dc1") ? 160U : 0U));
  nodes.erase(nodes.begin());
  nodes[5].weight = 0;
  plan = quoit::plan(plan.after(), nodes);
  CHECK(led_by(plan.after(), "dc1") == 960);
}

TEST_CASE("leaders: after the loss of region A, all are in region B and none in C", "[plan][leaders]") {
  const specs a = zone_of("A", 3, 1'000'000'000), b = zone_of("B", 4, 1), c = zone_of("C", 5, 0);
  const table_type before = quoit::build(a + b + c, {.slots = 960});
  // A node of B has a share of 3.2 millionths of a slot: none or one.
  CHECK(led_by(before, "A") >= 956);
  CHECK(led_by(before, "C") == 0);
  const auto lost = quoit::plan(before, b + c, {.replicas = 2});
  for (const auto& [node, slots] : leaders_of(lost.after())) CHECK(slots == (node.starts_with("B") ? 240U : 0U));
  CHECK(lost.report().slots_without_leader == 0);
  // With three replicas in two regions as well.
  const auto three = quoit::plan(before, b + c);
  CHECK(led_by(three.after(), "B") == 960);
  // And A comes back.
  const auto back = quoit::plan(lost.after(), a + b + c, {.replicas = 3});
  CHECK(led_by(back.after(), "A") >= 956);
  CHECK(led_by(back.after(), "C") == 0);
}

TEST_CASE("leaders: balanced by weight where domains limit the copies", "[plan][leaders]") {
  specs nodes = zone_of("big", 4) + zone_of("small", 1);
  nodes.back().leader_weight = 1;
  const auto plan = quoit::plan(table_type({}, {}, {.slots = 1024, .replicas = 2}), nodes);
  for (const auto& [node, slots] : leaders_of(plan.after())) {
    INFO(node);
    CHECK((slots == 204 || slots == 205));
  }
  // The small group holds a copy of every slot, and still leads no more than the others.
  const auto load = [&](std::size_t rank) { return std::ranges::count(plan.after().ranks(), rank); };
  CHECK(load(0) == 256);
  CHECK(load(4) == 1024);
}

TEST_CASE("leaders: replicas of a Redis Cluster never lead", "[plan][leaders]") {
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  specs nodes{{"M0"}, {"M1"}, {"M2"}, {"S0", 1, {}, 0}, {"S1", 1, {}, 0}, {"S2", 1, {}, 0}};
  const auto adopted = redis::adopt(
      nodes, {{0, 5460, {"M0", "S0"}}, {5461, 10922, {"M1", "S1"}}, {10923, 16383, {"M2", "S2"}}}, {.replicas = 2});
  auto plan = quoit::plan(adopted, nodes);
  CHECK(plan.report().primaries_changed == 0);
  CHECK(leaders_of(plan.after()) ==
        leader_counts{{"M0", 5461}, {"M1", 5462}, {"M2", 5461}, {"S0", 0}, {"S1", 0}, {"S2", 0}});
  CHECK(plan.after() == adopted);
  // A fourth pair: every slot still has a master, because copies that move anyway are exchanged.
  nodes.push_back({"M3"});
  nodes.push_back({"S3", 1, {}, 0});
  const specs without = [&] {
    specs result = nodes;
    for (auto& spec : result) spec.leader_weight = {};
    return result;
  }();
  plan = quoit::plan(plan.after(), nodes);
  CHECK(plan.report().moves == quoit::plan(adopted, without).report().moves);
  CHECK(plan.report().optimal);
  CHECK(plan.report().slots_without_leader == 0);
  for (const auto& [node, slots] : leaders_of(plan.after())) CHECK(slots == (node.starts_with("M") ? 4096U : 0U));
}

TEST_CASE("leaders: slots without a leader exchange copies that move anyway", "[plan][leaders]") {
  specs nodes;
  for (int i = 0; i < 20; ++i) nodes.push_back({"n" + std::to_string(100 + i)});
  const table_type empty({}, {}, {.slots = 1000, .replicas = 2});
  const auto plain = quoit::plan(empty, nodes);
  for (std::size_t i = 0; i < nodes.size(); i += 2) nodes[i].leader_weight = 0;
  std::uint64_t without = 0;
  for (std::uint64_t slot = 0; slot < 1000; ++slot) {
    const auto row = plain.after().ranks(slot);
    without += std::ranges::all_of(row, [](std::uint32_t rank) { return rank % 2 == 0; }) ? 1U : 0U;
  }
  CHECK(without > 0);
  const auto plan = quoit::plan(empty, nodes);
  CHECK(plan.report().slots_without_leader == 0);
  CHECK(plan.report().min_load == 100);
  CHECK(plan.report().max_load == 100);
  // Not for a move more, where most copies stay.
  specs more = nodes;
  more.push_back({"n200"});
  more.push_back({"n201"});
  const auto led = quoit::plan(plain.after(), more);
  for (auto& spec : more) spec.leader_weight = {};
  CHECK(led.report().moves == quoit::plan(plain.after(), more).report().moves);
  CHECK(led.report().optimal);
  CHECK(led.report().max_load <= 91);
  CHECK(led.report().slots_without_leader < without);
}

TEST_CASE("leaders: a node that may lead holds the copy that floor and ceil leave open", "[plan][leaders]") {
  SECTION("two copies") {
    const specs nodes{{"n0", 2, {}, 1}, {"n1", 2, {}, 0}, {"n2", 3, {}, 0}};
    specs old = nodes;
    old.push_back({"n3", 1, {}, 1});
    const auto before = table_type::adopt(old, {{"n3", "n2"}, {"n0", "n3"}}, {.slots = 2, .replicas = 2});
    const auto plan = quoit::plan(before, nodes);
    CHECK(plan.report().slots_without_leader == 0);
    CHECK(plan.report().moves == 2);
    CHECK(plan.report().slack == 0);
  }
  SECTION("one copy") {
    // Each node is entitled to 4 / 3 copies. Either "b" or "c" sends the copy that "a" gets, and "c" may not lead.
    const specs old{{"a", 1, {}, 1}, {"b", 1, {}, 1}, {"c", 1, {}, 0}};
    const auto before = table_type::adopt(old, {{"b"}, {"b"}, {"c"}, {"c"}}, {.slots = 4, .replicas = 1});
    const auto plan = quoit::plan(before, old);
    CHECK(plan.report().moves == 1);
    CHECK(plan.report().slots_without_leader == 1);
    CHECK(plan.report().slack == 0);
  }
  SECTION("another slot drops the node that this one needs") {
    // "a" sends one copy to "x": that of slot 1, which "b" can lead.
    const specs nodes{{"a", 1, {}, 1}, {"b", 3, {}, 1}, {"c", 3, {}, 0}};
    const auto before =
        table_type::adopt(nodes, {{"b", "c"}, {"a", "b"}, {"b", "c"}, {"a", "c"}}, {.slots = 4, .replicas = 2});
    specs more = nodes;
    more.push_back({"x", 1, {}, 0});
    const auto plan = quoit::plan(before, more);
    CHECK(plan.report().moves == 1);
    CHECK(plan.report().slots_without_leader == 0);
  }
  SECTION("ranges leave it there") {
    specs nodes;
    for (int i = 0; i < 6; ++i) nodes.push_back({"n" + std::to_string(i), 1, {}, i % 2});
    const table_type empty({}, {}, {.slots = 63, .replicas = 1});
    CHECK(quoit::plan(empty, nodes).report().slots_without_leader == 30);
    const auto plan = quoit::plan(empty, nodes, {.contiguous = true});
    CHECK(plan.report().slots_without_leader == 30);
    CHECK(plan.report().ranges == 6);
    CHECK(plan.report().slack == 0);
  }
}

TEST_CASE("leaders: where too few may lead, the report has the substitutes", "[plan][leaders]") {
  // One node of six may lead. It holds a third of the slots; the others lead the rest in proportion to their weights.
  specs nodes{{"a"}, {"b", 1, {}, 0}, {"c", 1, {}, 0}, {"d", 1, {}, 0}, {"e", 1, {}, 0}, {"f", 1, {}, 0}};
  const table_type empty({}, {}, {.slots = 600, .replicas = 2});
  auto plan = quoit::plan(empty, nodes);
  CHECK(leaders_of(plan.after())["a"] == 200);
  CHECK(plan.report().slots_without_leader == 400);
  CHECK(substitutes_of(plan) == "b:80 c:80 d:80 e:80 f:80 ");
  CHECK(plan.substitute_leaders().front().node == &plan.after().nodes()[1].node);
  // A plan without a change has the same answer.
  const auto again = quoit::plan(plan.after(), nodes);
  CHECK(again.report().primaries_changed == 0);
  CHECK(substitutes_of(again) == substitutes_of(plan));
  // R = 1: the only copy leads, wherever it is.
  plan = quoit::plan(table_type({}, {}, {.slots = 12, .replicas = 1}), nodes);
  CHECK(plan.report().slots_without_leader == 10);
  CHECK(substitutes_of(plan) == "b:2 c:2 d:2 e:2 f:2 ");
  // Without a leader weight nothing is counted.
  for (auto& spec : nodes) spec.leader_weight = {};
  plan = quoit::plan(empty, nodes);
  CHECK(plan.report().slots_without_leader == 0);
  CHECK(plan.substitute_leaders().empty());
  // Copies and moves of a plan keep the substitutes.
  nodes[1].leader_weight = 0;
  plan = quoit::plan(table_type({}, {}, {.slots = 12, .replicas = 1}), nodes);
  auto copy = plan;
  CHECK(substitutes_of(copy) == "b:2 ");
  auto moved = std::move(copy);
  CHECK(substitutes_of(moved) == "b:2 ");
  moved = plan;
  CHECK(substitutes_of(moved) == "b:2 ");
}

TEST_CASE("leaders: pins and fixed indices win over leader weights, and are counted", "[plan][leaders]") {
  specs nodes{{"a"}, {"b"}, {"c"}};
  const table_type before = table_type::adopt(nodes, {{"a", "b"}, {"a", "c"}, {"b", "c"}}, {.slots = 3, .replicas = 2});
  nodes[0].leader_weight = 0;
  auto plan = quoit::plan(before, nodes, {.pinned = {0}});
  CHECK(*plan.after().find_at(0) == "a");
  CHECK(*plan.after().find_at(1) == "c");
  CHECK(plan.report().slots_without_leader == 1);
  CHECK(substitutes_of(plan) == "a:1 ");
  plan = quoit::plan(before, nodes, {.balance_primaries = false});
  CHECK(plan.after() == table_type::adopt(nodes, {{"a", "b"}, {"a", "c"}, {"b", "c"}}, {.slots = 3, .replicas = 2}));
  CHECK(plan.report().slots_without_leader == 2);
  CHECK(substitutes_of(plan) == "a:2 ");
}

TEST_CASE("P7 leaders: bad weights are refused by name", "[plan][leaders]") {
  const table_type before = quoit::build({"a", "b", "c"}, {.slots = 16, .replicas = 2});
  const auto refusal = [&](const specs& nodes) { return message_of([&] { (void)quoit::plan(before, nodes); }); };
  CHECK(refusal({{"a"}, {"b", 1, {}, -1}, {"c"}}) ==
        "quoit: plan: node 'b' has leader weight -1; it must not be negative (with 0 the node never leads; unset, it "
        "leads by its weight)");
  CHECK(
      refusal({{"a", 1, {}, 0}, {"b", 1, {}, 0}, {"c", 0, {}, 5}}) ==
      "quoit: plan: no node may lead: all 2 nodes with a weight have leader weight 0 ('a' is the first); at least one "
      "needs a leader weight above 0, or leave it unset for all");
  const std::int64_t large = std::int64_t{1} << 62;
  CHECK(refusal({{"a", 1, {}, large}, {"b", 1, {}, large}, {"c"}}) ==
        "quoit: plan: with the leader weight of node 'b' the sum of the leader weights is 2^63 or more; use smaller "
        "ones: divide all by the same number (a node without one counts with its weight)");
  CHECK(refusal({{"a", 1, {}, large}, {"b", 1, {}, large - 2}, {"c"}}) == "nothing was thrown");
  CHECK(message_of([] {
          (void)table_type({{"a", 1, {}, -7}}, std::vector<std::uint32_t>(16384, 0), {.replicas = 1});
        }).starts_with("quoit: slot_table: node 'a' has leader weight -7;"));
  CHECK(message_of([] {
          (void)quoit::build({{"a", {.leader_weight = 0}}}, {.slots = 4, .replicas = 1});
        }).starts_with("quoit: plan: no node may lead: all 1 nodes"));
}

TEST_CASE("leaders: random clusters against the oracle", "[plan][leaders][oracle]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::uint64_t exchanged = 0;
  for (std::uint64_t round = 0; round < test::random_cases(40, 400); ++round) {
    INFO("round " << round);
    const std::size_t count = 2 + random.index(5), replicas = 1 + random.index(std::min<std::size_t>(count, 4));
    const std::uint64_t slots = 1 + random.below(24);
    specs nodes;
    const auto any = [&](std::size_t i) {
      quoit::node_spec<std::string> spec{"n" + std::to_string(i), 1 + static_cast<std::int64_t>(random.below(3))};
      if (random.chance(2)) spec.domain = "z" + std::to_string(random.below(3));
      if (!random.chance(4)) spec.leader_weight = static_cast<std::int64_t>(random.below(4) * random.below(1000));
      return spec;
    };
    for (std::size_t i = 0; i < count; ++i) nodes.push_back(any(i));
    nodes[random.index(count)].leader_weight = 3;
    const table_type before = quoit::build(nodes, {.slots = slots, .replicas = replicas});
    // Other nodes, weights and R.
    for (auto& spec : nodes) {
      if (random.chance(4)) spec = any(static_cast<std::size_t>(spec.node[1] - '0'));
    }
    if (random.chance(2)) nodes.push_back(any(count));
    if (nodes.size() > replicas && random.chance(2)) nodes.erase(nodes.begin());
    nodes[random.index(nodes.size())].leader_weight = 2;
    quoit::plan_options options;
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      if (random.chance(8)) options.pinned.push_back(slot);
    }
    const auto plan = quoit::plan(before, nodes, options);
    const table_type& after = plan.after();

    // Leader weights change no figure of the copies.
    specs plain = nodes;
    for (auto& spec : plain) spec.leader_weight = {};
    const auto follows = quoit::plan(before, plain, options);
    REQUIRE(plan.report().moves == follows.report().moves);
    REQUIRE(plan.report().optimal == follows.report().optimal);
    REQUIRE(plan.report().slack == follows.report().slack);
    REQUIRE(plan.report().dispersion == follows.report().dispersion);

    // Which nodes may lead a slot, and which one leads it.
    std::vector<std::uint64_t> weights(after.size()), substitute_weights(after.size());
    for (std::size_t n = 0; n < after.size(); ++n) {
      const auto& spec = after.nodes()[n];
      weights[n] = static_cast<std::uint64_t>(spec.leader_weight.value_or(spec.weight));
      substitute_weights[n] = static_cast<std::uint64_t>(spec.weight);
    }
    const auto leads = [&](const table_type& table, std::uint64_t slot) {
      const auto row = table.ranks(slot);
      return std::any_of(row.begin(), row.end(), [&](std::uint32_t n) { return weights[n] > 0; });
    };
    test::oracle_table eligible(after.slot_count()), substitutes(after.slot_count());
    std::vector<std::size_t> old_leader, leader;
    std::uint64_t without = 0;
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      const auto p = static_cast<std::size_t>(slot);
      const auto row = after.ranks(slot);
      // The first copy that is not lost.
      std::size_t old = after.size();
      for (const std::string& node : before.replicas_of(slot)) {
        const auto* const spec = after.find_node(node);
        if (spec == nullptr || old != after.size()) continue;
        old = static_cast<std::size_t>(spec - after.nodes().data());
      }
      const bool pinned = std::ranges::count(options.pinned, slot) > 0 && std::ranges::count(row, old) > 0;
      for (const std::uint32_t n : row) {
        if (pinned ? n == old : weights[n] > 0 || !leads(after, slot))
          (weights[n] > 0 ? eligible : substitutes)[p].push_back(n);
      }
      old_leader.push_back(old);
      leader.push_back(row.front());
      without += weights[leader.back()] == 0 ? 1U : 0U;
      if (pinned) REQUIRE(leader.back() == old);
      if (!pinned && leads(after, slot)) REQUIRE(weights[leader.back()] > 0);
      exchanged += leads(follows.after(), slot) ? 0U : leads(after, slot) ? 1U : 0U;
    }
    REQUIRE(plan.report().slots_without_leader == without);
    if (replicas == 1) continue;

    // Floor and ceil of the fair shares.
    const auto fair = test::fair_leaders(eligible, weights);
    const auto fair_substitutes = test::fair_leaders(substitutes, substitute_weights);
    std::vector<test::oracle_limits> limits;
    for (std::size_t n = 0; n < after.size(); ++n) {
      limits.push_back({fair.shares[n].floor() + fair_substitutes.shares[n].floor(),
                        fair.shares[n].ceil() + fair_substitutes.shares[n].ceil()});
      INFO("node " << n);
      REQUIRE(limits[n].hold(static_cast<std::uint64_t>(std::ranges::count(leader, n))));
    }
    // The fewest changes lie between those of leaders that need not be fair beyond floor and ceil, and those of leaders
    // of the lowest level only.
    test::oracle_table all = eligible, lowest(all.size());
    for (std::size_t p = 0; p < all.size(); ++p) {
      const auto& order = eligible[p].empty() ? fair_substitutes.order : fair.order;
      if (eligible[p].empty()) all[p] = substitutes[p];
      for (const std::size_t n : all[p]) {
        if (std::none_of(all[p].begin(), all[p].end(), [&](std::size_t other) { return order[other] < order[n]; }))
          lowest[p].push_back(n);
      }
    }
    std::uint64_t changes = 0;
    for (std::size_t p = 0; p < leader.size(); ++p) changes += leader[p] == old_leader[p] ? 0U : 1U;
    const auto least = test::fewest_changes(all, old_leader, limits),
               most = test::fewest_changes(lowest, old_leader, limits);
    REQUIRE(least.has_value());
    REQUIRE(most.has_value());
    REQUIRE(changes >= *least);
    REQUIRE(changes <= *most);
  }
  CHECK((exchanged > 0 || test::slow));
}
