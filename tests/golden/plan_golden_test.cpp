// SPDX-License-Identifier: MIT
// The contract (P2) of plans: tables, moves and primaries of a chain of plans are the same on every machine, as
// plan.tsv has them.
//
// Nothing else computes them: which of many best tables a plan comes to is for the library alone to say. That they are
// best, and that they do not depend on the order of nodes, is for plan_oracle_test.cpp. To pin another choice, take the
// rows that the test prints.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/tables.hpp"

namespace {

using quoit::plan_options;
using quoit::spread_rule;
using quoit::to_string;

// Names, fingerprints and reports of tables that follow one another.
class recorder {
 public:
  template <class Table>
  void add(const std::string& name, const quoit::slot_plan<Table>& plan) {
    const quoit::plan_report& report = plan.report();
    std::string row = name + '\t' + to_string(plan.after().fingerprint());
    for (const std::uint64_t number : {report.moves, report.moved_slots, report.repairs, report.cross_domain,
                                       report.primaries_changed, report.max_in, report.max_out, report.peak_load,
                                       report.min_load, report.max_load, report.dispersion, report.slack}) {
      row += '\t' + std::to_string(number);
    }
    rows_.push_back(row);
  }
  void compare() const {
    const auto expected = test::read_table("plan.tsv");
    std::string actual;
    for (const std::string& row : rows_) actual += row + '\n';
    INFO("the rows now:\n" << actual);
    CHECK(expected.size() == rows_.size());
    for (std::size_t i = 0; i < rows_.size() && i < expected.size(); ++i)
      CHECK(test::split(rows_[i], '\t') == expected[i]);
  }

 private:
  std::vector<std::string> rows_;
};

using strings = std::vector<quoit::node_spec<std::string>>;
using numbers = std::vector<quoit::node_spec<std::int64_t>>;

// As a plan from a table without nodes.
template <class Table, class Nodes>
quoit::slot_plan<Table> first(const Nodes& nodes, const quoit::slot_table_options& what,
                              const plan_options& options = {}) {
  auto plan = quoit::plan(Table({}, {}, what), nodes, options);
  CHECK(quoit::build<Table>(nodes, what, options).fingerprint() == plan.after().fingerprint());
  return plan;
}

}  // namespace

TEST_CASE("P2 golden plans", "[golden][plan]") {
  recorder record;

  // Strings: a node comes, one drains, one is lost, weights change, R changes.
  using string_table = quoit::slot_table<>;
  strings nodes{{"alpha", 1, "eu/zone-1"}, {"beta", 2, "eu/zone-2"},         {"gamma", 5, "eu/zone-1"},
                {"delta", 1, "us/zone-1"}, {"epsilon", 1, "us/zone-1"},      {"node1", 1, {}},
                {"node", 3, {}},           {"z\xc3\xbcrich", 2, "eu/zone-2"}};
  auto plan = first<string_table>(nodes, {.slots = 1000});
  record.add("strings", plan);
  nodes.push_back({"eta", 2, "us/zone-2"});
  plan = quoit::plan(plan.after(), nodes);
  record.add("strings: one more", plan);
  nodes[1].weight = 0;
  nodes[2].weight = 3;
  plan = quoit::plan(plan.after(), nodes, {.pinned = {0, 1, 2, 500, 999}});
  record.add("strings: drained and reweighted, with pins", plan);
  nodes.erase(nodes.begin() + 3);
  plan = quoit::plan(plan.after(), nodes, {.spread = spread_rule::overload(250)});
  record.add("strings: one lost, overload(250)", plan);
  plan = quoit::plan(plan.after(), nodes, {.spread = spread_rule::weighted(), .replicas = 5});
  record.add("strings: five replicas, weighted", plan);
  plan = quoit::plan(plan.after(), nodes,
                     {.spread = spread_rule::at_least(2, 2), .balance_primaries = false, .replicas = 2});
  record.add("strings: two replicas, at_least(2, 2)", plan);

  // Integers, negative ones too, and weights of 62 bits.
  using number_table = quoit::slot_table<std::int64_t>;
  numbers machines;
  for (std::int64_t i = -20; i < 20; ++i)
    machines.push_back(
        {i * i * i * 1000003, 1 + (i & 3), "r" + std::to_string((i + 20) % 3) + "/z" + std::to_string((i + 20) % 5)});
  auto next = first<number_table>(machines, {.slots = 4096, .replicas = 3, .seed = 9});
  record.add("integers", next);
  std::erase_if(machines, [](const auto& spec) { return spec.domain.starts_with("r1"); });
  next = quoit::plan(next.after(), machines);
  record.add("integers: a region lost", next);
  for (std::int64_t i = 0; i < 10; ++i) machines.push_back({i * 7 + 3, 5, "r1/z" + std::to_string(i % 2)});
  next = quoit::plan(next.after(), machines);
  record.add("integers: a region back, with other nodes", next);
  for (auto& spec : machines) spec.weight *= (std::int64_t{1} << 55) / 3;
  machines.front().weight += 1;
  next = quoit::plan(next.after(), machines);
  record.add("integers: large weights", next);

  // Many nodes.
  numbers large;
  for (std::int64_t i = 0; i < 300; ++i) large.push_back({i, 1, "zone-" + std::to_string(i % 5)});
  next = first<number_table>(large, {.slots = 2048, .replicas = 3, .seed = 0});
  record.add("300 nodes", next);
  for (std::int64_t i = 300; i < 330; ++i) large.push_back({i, 1 + i % 2, "zone-" + std::to_string(i % 5)});
  next = quoit::plan(next.after(), large);
  record.add("330 nodes", next);
  std::erase_if(large, [](const auto& spec) { return spec.domain == "zone-2"; });
  next = quoit::plan(next.after(), large);
  record.add("264 nodes in four zones", next);

  // Redis: all slots from one master.
  using redis = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;
  strings masters;
  for (int i = 0; i < 20; ++i) masters.push_back({"master-" + std::to_string(i)});
  const auto spread_out = quoit::plan(redis::adopt({masters[7]}, {{0, 16383, {"master-7"}}}, {.replicas = 1}), masters);
  record.add("redis", spread_out);
  record.add("redis with replicas", quoit::plan(spread_out.after(), masters, {.replicas = 2}));
  record.compare();
}
