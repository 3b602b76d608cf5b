// SPDX-License-Identifier: MIT
// The cost of the next slot table: time, moves, memory.
//
//   slot_plan        plan() from an existing table, and from none ("build"). Nodes have weight 1 and zones are of equal
//                    size, unless a row says otherwise
//   slot_leaders     the same where only the nodes of two zones lead
//   slot_locks       the same where a tenth of the nodes is locked
//   slot_ranges      the same with one copy of each slot, with and without plan_options::contiguous
//   slot_masters     masters of a Redis Cluster join and leave: four plans, with and without contiguous
//   slot_scenarios   cases for which the figures of other systems are known; benchmarks/README.md compares them
//   slot_plan_all    build_all() and plan_all() of 1,000 tables of 16 slots
//
//   moves     copies that nodes must receive; proved to be the minimum, or the benchmark stops
//   bound     the lower bound that proves it
//   min load, max load   copies on the emptiest and on the fullest node with a weight above 0
//   imbalance   slot_plan_all: the largest distance of a node's total from its fair total
//   ranges    runs of consecutive slots with the same owner, after each plan, in total
//   ratio     ranges / the lower bounds of the reports; 0 without the option
//   peak MB   the maximum heap use during one plan, without the existing table
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/plan_all.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using table_type = quoit::slot_table<>;
using nodes_type = std::vector<quoit::node_spec<std::string>>;

// A series of plans, each from the table of the previous one.
struct plan_case {
  table_type from;
  std::vector<nodes_type> steps;
  quoit::plan_options options = {};
};

struct cluster {
  std::size_t slots, nodes, replicas, zones;  // zones = 0: no domains

  [[nodiscard]] std::string row(const std::string& event) const {
    return "slots:" + std::to_string(slots) + "/nodes:" + std::to_string(nodes) +
           "/replicas:" + std::to_string(replicas) + "/zones:" + std::to_string(zones) + '/' + event;
  }
  [[nodiscard]] table_type empty() const {
    return table_type({}, {}, {.slots = static_cast<std::uint64_t>(slots), .replicas = replicas});
  }
  [[nodiscard]] nodes_type specs(bool weighted = false) const {
    nodes_type result;
    for (std::size_t i = 0; i < nodes; ++i) result.push_back(spec(i, weighted));
    return result;
  }
  [[nodiscard]] quoit::node_spec<std::string> spec(std::size_t i, bool weighted = false) const {
    return {"node-" + std::to_string(i), weighted ? static_cast<std::int64_t>(quoit::splitmix64(i) % 4 + 1) : 1,
            zones == 0 ? std::string() : "zone-" + std::to_string(i % zones)};
  }
};

nodes_type with_more(nodes_type nodes, const cluster& c, std::size_t more, bool weighted) {
  for (std::size_t i = 0; i < more; ++i) nodes.push_back(c.spec(c.nodes + i, weighted));
  return nodes;
}

nodes_type with_zone(nodes_type nodes, const cluster& c) {
  for (std::size_t i = 0; i < c.nodes / c.zones; ++i) nodes.push_back({"fresh-" + std::to_string(i), 1, "zone-fresh"});
  return nodes;
}

// Drains or removes a tenth of the nodes: a mixed selection, the same every time.
nodes_type without_tenth(nodes_type nodes, bool drained) {
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [](std::size_t a, std::size_t b) { return quoit::splitmix64(a) < quoit::splitmix64(b); });
  order.resize(nodes.size() / 10);
  std::sort(order.rbegin(), order.rend());
  for (const std::size_t i : order) {
    if (drained) nodes[i].weight = 0;
    else nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return nodes;
}

// Only the nodes of two zones lead.
nodes_type with_leaders(nodes_type nodes) {
  for (auto& node : nodes) {
    if (node.domain != "zone-1" && node.domain != "zone-2") node.leader_weight = 0;
  }
  return nodes;
}

// A tenth of the `old` nodes that stay is locked.
quoit::plan_options with_locks(const nodes_type& nodes, std::size_t old) {
  quoit::plan_options options;
  for (std::size_t i = 3; i < nodes.size() && i < old; i += 10) {
    if (nodes[i].weight > 0) options.locked.push_back(nodes[i].node);
  }
  return options;
}

nodes_type without_zone(nodes_type nodes, const std::string& zone) {
  std::erase_if(nodes, [&](const auto& node) { return node.domain == zone; });
  return nodes;
}

// The case of a row. It is made on first use and kept, because interleaved repetitions return to it.
const plan_case& made(const std::string& row, const std::function<plan_case()>& make) {
  static std::map<std::string, std::unique_ptr<plan_case>> all;
  auto& one = all[row];
  if (one == nullptr) one = std::make_unique<plan_case>(make());
  return *one;
}

const table_type& table_of(const cluster& c, bool weighted) {
  static std::map<std::string, std::unique_ptr<table_type>> all;
  auto& one = all[c.row(weighted ? "weighted" : "")];
  if (one == nullptr) one = std::make_unique<table_type>(quoit::plan(c.empty(), c.specs(weighted)).after());
  return *one;
}

std::uint64_t ranges_of(const table_type& table) {
  const auto ranks = table.ranks();
  std::uint64_t ranges = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) ranges += i == 0 || ranks[i] != ranks[i - 1] ? 1U : 0U;
  return ranges;
}

double peak_megabytes(const plan_case& one) {
  std::int64_t most = 0;
  table_type from = one.from;
  for (const nodes_type& nodes : one.steps) {
    table_type next;
    most = std::max(most, peak_bytes_of([&] { next = quoit::plan(from, nodes, one.options).after(); }));
    from = next;
  }
  return static_cast<double>(most) / 1e6;
}

void run(benchmark::State& state, const plan_case& one) {
  quoit::plan_report report;
  std::uint64_t moves = 0, bound = 0, ranges = 0, fewest_ranges = 0;
  bool optimal = true;
  for (auto _ : state) {
    moves = bound = ranges = fewest_ranges = 0;
    table_type from = one.from;
    double seconds = 0;
    for (const nodes_type& nodes : one.steps) {
      seconds += seconds_of([&] {
        auto plan = quoit::plan(from, nodes, one.options);
        report = plan.report();
        from = plan.after();
      });
      moves += report.moves;
      bound += report.lower_bound;
      fewest_ranges += report.fewest_ranges;
      if (from.replica_count() == 1) ranges += ranges_of(from);
      optimal = optimal && report.optimal && report.slack == 0;
    }
    state.SetIterationTime(seconds);
  }
  check(optimal, "a plan has the fewest moves");
  state.counters["moves"] = static_cast<double>(moves);
  state.counters["bound"] = static_cast<double>(bound);
  state.counters["min load"] = static_cast<double>(report.min_load);
  state.counters["max load"] = static_cast<double>(report.max_load);
  if (ranges > 0) {
    check(2 * ranges <= 3 * fewest_ranges || !one.options.contiguous, "ranges are within 1.5 times the bound");
    state.counters["ranges"] = static_cast<double>(ranges);
    state.counters["ratio"] = fewest_ranges == 0 ? 0 : static_cast<double>(ranges) / static_cast<double>(fewest_ranges);
  }
  state.counters["peak MB"] = peak_megabytes(one);
}

class plans {
 public:
  explicit plans(const suite& suite) : suite_(suite) {}

  using change = std::function<nodes_type(const nodes_type&)>;

  void add(const cluster& c, const std::string& event, const change& next, bool weighted = false) const {
    add("slot_plan", c.row(event + (weighted ? ", weights 1 to 4" : "")), c.slots,
        [=] { return plan_case{table_of(c, weighted), {next(c.specs(weighted))}}; });
  }
  void build(const cluster& c, bool weighted = false) const {
    add("slot_plan", c.row(weighted ? "build, weights 1 to 4" : "build"), c.slots,
        [=] { return plan_case{c.empty(), {c.specs(weighted)}}; });
  }

  void add(const std::string& question, const std::string& row, std::size_t slots,
           const std::function<plan_case()>& make) const {
    const auto measure = [=](benchmark::State& state) { run(state, made(question + '/' + row, make)); };
    if (slots < 100'000) suite_.add(question, row, "quoit", measure)->UseManualTime();
    else suite_.add_once(question, row, "quoit", measure)->UseManualTime();  // each takes about a second
  }

 private:
  suite suite_;
};

void add_changes(const plans& all, const cluster& c) {
  all.build(c);
  all.add(c, "unchanged", [](const nodes_type& n) { return n; });
  all.add(c, "add one", [=](const nodes_type& n) { return with_more(n, c, 1, false); });
  all.add(c, "add 10 %", [=](const nodes_type& n) { return with_more(n, c, c.nodes / 10, false); });
  all.add(c, "drain 10 %", [](const nodes_type& n) { return without_tenth(n, true); });
  all.add(c, "lose 10 %", [](const nodes_type& n) { return without_tenth(n, false); });
  if (c.zones == 0) return;
  all.add(c, "lose a zone", [](const nodes_type& n) { return without_zone(n, "zone-0"); });
  all.add(c, "add a zone", [=](const nodes_type& n) { return with_zone(n, c); });
}

// ---- Leaders and locks.

void add_leaders_and_locks(const plans& all, const cluster& c) {
  const auto add = [&](const std::string& event, const plans::change& next) {
    all.add("slot_leaders", c.row(event), c.slots, [=] {
      return plan_case{quoit::plan(c.empty(), with_leaders(c.specs())).after(), {with_leaders(next(c.specs()))}};
    });
    all.add("slot_locks", c.row(event), c.slots, [=] {
      const nodes_type nodes = next(c.specs());
      return plan_case{table_of(c, false), {nodes}, with_locks(nodes, c.nodes)};
    });
  };
  all.add("slot_leaders", c.row("build"), c.slots, [=] { return plan_case{c.empty(), {with_leaders(c.specs())}}; });
  add("unchanged", [](const nodes_type& n) { return n; });
  add("add one", [=](const nodes_type& n) { return with_more(n, c, 1, false); });
  add("add 10 %", [=](const nodes_type& n) { return with_more(n, c, c.nodes / 10, false); });
  add("drain 10 %", [](const nodes_type& n) { return without_tenth(n, true); });
  add("lose 10 %", [](const nodes_type& n) { return without_tenth(n, false); });
  add("lose a zone", [](const nodes_type& n) { return without_zone(n, "zone-1"); });
  add("add a zone", [=](const nodes_type& n) { return with_zone(n, c); });
}

// ---- Contiguous ranges.

// Two masters join a cluster of three and leave it; then three join.
plan_case masters_come_and_go(bool contiguous) {
  const auto masters = [](std::size_t count) { return cluster{16'384, count, 1, 0}.specs(); };
  return {
      cluster{16'384, 3, 1, 0}.empty(), {masters(3), masters(5), masters(3), masters(6)}, {.contiguous = contiguous}};
}

void add_ranges(const plans& all) {
  const cluster c{16'384, 1000, 1, 0};
  const auto add = [&](const std::string& event, const plans::change& next) {
    for (const bool contiguous : {false, true}) {
      all.add("slot_ranges", c.row(event + (contiguous ? ", contiguous" : "")), c.slots, [=] {
        const quoit::plan_options options = {.contiguous = contiguous};
        return plan_case{quoit::plan(c.empty(), c.specs(), options).after(), {next(c.specs())}, options};
      });
    }
  };
  for (const bool contiguous : {false, true}) {
    all.add("slot_masters", contiguous ? "3, 5, 3, 6 masters, contiguous" : "3, 5, 3, 6 masters", 0,
            [=] { return masters_come_and_go(contiguous); });
  }
  // The first plan with the option, of a table that has none of its ranges.
  const auto add_first = [&](const std::string& event, const plans::change& next) {
    all.add("slot_ranges", c.row(event + ", first contiguous"), c.slots,
            [=] { return plan_case{table_of(c, false), {next(c.specs())}, {.contiguous = true}}; });
  };
  add("add one", [=](const nodes_type& n) { return with_more(n, c, 1, false); });
  add("add 10 %", [=](const nodes_type& n) { return with_more(n, c, 100, false); });
  add("drain 10 %", [](const nodes_type& n) { return without_tenth(n, true); });
  add("lose 10 %", [](const nodes_type& n) { return without_tenth(n, false); });
  add_first("add 10 %", [=](const nodes_type& n) { return with_more(n, c, 100, false); });
  add_first("lose 10 %", [](const nodes_type& n) { return without_tenth(n, false); });
}

// ---- Many tables together.

void run_all(benchmark::State& state, const std::vector<table_type>& tables, const nodes_type& nodes,
             std::uint64_t budget) {
  quoit::plan_all_report report;
  for (auto _ : state) {
    state.SetIterationTime(
        seconds_of([&] { report = quoit::plan_all(tables, nodes, {.moves_for_totals = budget}).report(); }));
  }
  check(report.moves <= report.lower_bound + budget, "each table has its fewest moves, and the budget is kept");
  state.counters["moves"] = static_cast<double>(report.moves);
  state.counters["bound"] = static_cast<double>(report.lower_bound);
  state.counters["min load"] = static_cast<double>(report.min_load);
  state.counters["max load"] = static_cast<double>(report.max_load);
  state.counters["imbalance"] = static_cast<double>(report.imbalance);
}

void add_many(const suite& suite, const cluster& c, std::size_t tables) {
  const auto add = [&](const std::string& event, bool fresh, const nodes_type& nodes, std::uint64_t budget = 0) {
    const std::string row = "tables:" + std::to_string(tables) + '/' + c.row(event);
    suite
        .add("slot_plan_all", row, "quoit",
             [=](benchmark::State& state) {
               static std::map<std::string, std::vector<table_type>> all;
               auto& from = all[c.row(fresh ? "empty" : "built")];
               if (from.empty()) {
                 from.assign(tables, c.empty());
                 if (!fresh) from = quoit::plan_all(from, c.specs()).after();
               }
               run_all(state, from, nodes, budget);
             })
        ->UseManualTime();
  };
  nodes_type fewer = c.specs();
  fewer.pop_back();
  add("build", true, c.specs());
  add("unchanged", false, c.specs());
  add("add one", false, with_more(c.specs(), c, 1, false));
  add("add one, any moves for totals", false, with_more(c.specs(), c, 1, false), 1'000'000);
  add("lose one", false, fewer);
}

// ---- Published cases of other systems.

// The example in Swift's ring_builder_analyzer.py: a disk is added to the fourth server with an eighth of its weight,
// and grows by an eighth in every round. In the third round another disk is removed. Rounds 2 to 9.
plan_case swift_analyzer() {
  nodes_type nodes;
  for (const char* const server : {"40", "41", "43", "44"}) {
    for (const char* const disk : {"sda", "sdb", "sdc", "sdd"}) {
      nodes.push_back({std::string(server) + '/' + disk, 8000, std::string("region-1/zone-2/10.20.30.") + server});
    }
  }
  nodes.pop_back();
  plan_case result{quoit::build(nodes, {.slots = 4096, .replicas = 3}), {}};
  nodes.push_back({"44/sdd", 0, "region-1/zone-2/10.20.30.44"});
  for (std::int64_t weight = 1000; weight <= 8000; weight += 1000) {
    nodes.back().weight = weight;
    if (weight == 3000) nodes.erase(nodes.begin() + 3);
    result.steps.push_back(nodes);
  }
  return result;
}

// The second example of Garage's documentation of its layout: node4 moves from dc1 to dc3.
plan_case garage_example() {
  nodes_type nodes = {{"node1", 1, "dc1"}, {"node2", 1, "dc2"}, {"node3", 1, "dc3"}, {"node4", 1, "dc1"}};
  plan_case result{quoit::build(nodes, {.slots = 256, .replicas = 3}), {}};
  nodes[3].domain = "dc3";
  result.steps.push_back(nodes);
  return result;
}

// The clusters of Riak's documentation of claiming by location, as nodes per location.
plan_case riak_locations(const std::vector<std::size_t>& locations, std::size_t copies) {
  nodes_type nodes;
  for (std::size_t l = 0; l < locations.size(); ++l) {
    for (std::size_t i = 0; i < locations[l]; ++i) {
      const std::string location = "location-" + std::to_string(l);
      nodes.push_back({location + '/' + std::to_string(i), 1, location});
    }
  }
  return {table_type({}, {}, {.slots = 512, .replicas = copies}), {nodes}};
}

// redis/redis#4941: all slots are on one master, and 200 masters join.
plan_case redis_masters() {
  const cluster one{16'384, 1, 1, 0}, all{16'384, 201, 1, 0};
  return {table_of(one, false), {all.specs()}};
}

// The same issue: one of the 201 gets weight 0.
plan_case redis_drain() {
  const cluster all{16'384, 201, 1, 0};
  nodes_type nodes = all.specs();
  nodes[7].weight = 0;
  return {table_of(all, false), {nodes}};
}

}  // namespace

void add_plan(const suite& suite) {
  const plans all(suite);
  const cluster usual{16'384, 1000, 3, 5}, large{65'536, 2000, 3, 5};
  add_changes(all, usual);
  all.build(usual, true);
  all.add(usual, "add 10 %", [=](const nodes_type& n) { return with_more(n, usual, 100, true); }, true);
  all.add(usual, "lose 10 %", [](const nodes_type& n) { return without_tenth(n, false); }, true);
  add_changes(all, large);
  add_changes(all, {16'384, 1000, 3, 0});
  add_changes(all, {16'384, 1000, 3, 2});  // a zone must hold two copies of half the slots
  add_leaders_and_locks(all, usual);
  add_ranges(all);
  if (suite.full) {
    const cluster largest{1'048'576, 5000, 3, 5};
    all.build(largest);
    all.add(largest, "add one", [=](const nodes_type& n) { return with_more(n, largest, 1, false); });
    all.add(largest, "add 10 %", [=](const nodes_type& n) { return with_more(n, largest, 500, false); });
    all.add(largest, "lose a zone", [](const nodes_type& n) { return without_zone(n, "zone-0"); });
  }

  add_many(suite, {16, 100, 3, 5}, 1000);

  const cluster small{1024, 16, 3, 4};
  all.add("slot_scenarios", "Swift's analyzer", 0, swift_analyzer);
  all.add("slot_scenarios", "Swift 1024 slots", 0,
          [=] { return plan_case{table_of(small, false), {with_more(small.specs(), small, 1, false)}}; });
  all.add("slot_scenarios", "Garage example 2", 0, garage_example);
  all.add("slot_scenarios", "Riak 3+3+3", 0, [] { return riak_locations({3, 3, 3}, 3); });
  all.add("slot_scenarios", "Riak 3+3+3+4", 0, [] { return riak_locations({3, 3, 3, 4}, 4); });
  all.add("slot_scenarios", "Redis 201 masters", 0, redis_masters);
  all.add("slot_scenarios", "Redis weight 0", 0, redis_drain);
}

}  // namespace bench
