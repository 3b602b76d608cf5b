// SPDX-License-Identifier: MIT
// Plans with a budget of moves: which moves come first, and that every prefix of them is safe.
//
// The checks of prefixes recount everything from the lists of the slots, and use nothing of the library's detail/.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using test::holds;
using test::oracle_problem;
using test::oracle_table;
using test::plan_nodes;
using test::plan_table;
using table_type = quoit::slot_table<>;
using specs = std::vector<quoit::node_spec<std::string>>;

// By node and level: the path of its domain down to that level, or the node itself where its path is shorter. The last
// level is that of the nodes.
std::vector<std::vector<std::string>> levels_of(const oracle_problem& problem) {
  std::vector<std::vector<std::string>> levels(problem.nodes());
  std::size_t most = 0;
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    const std::string path = test::plain_path(problem.domains[n]) + '/';
    for (std::size_t end = 0; (end = path.find('/', end)) != std::string::npos; ++end) {
      if (end != 0) levels[n].push_back(path.substr(0, end));
    }
    most = std::max(most, levels[n].size());
  }
  for (std::size_t n = 0; n < problem.nodes(); ++n) levels[n].resize(most + 1, "node " + std::to_string(n));
  return levels;
}

// What a prefix of the moves may not do. `before` and `after` are the whole plan, without missing and lost copies.
class prefix_check {
 public:
  prefix_check(const oracle_problem& problem, const oracle_table& before, const oracle_table& after)
      : problem_(problem), before_(before), after_(after), levels_(levels_of(problem)) {}

  // The first thing that is wrong, or an empty text.
  [[nodiscard]] std::string wrong(const oracle_table& now) const {
    for (std::size_t slot = 0; slot < now.size(); ++slot) {
      if (std::string what = wrong_slot(before_[slot], after_[slot], now[slot]); !what.empty())
        return "slot " + std::to_string(slot) + ": " + what;
    }
    const auto loads = test::loads_of(problem_, now), loads_before = test::loads_of(problem_, before_),
               loads_after = test::loads_of(problem_, after_);
    for (std::size_t n = 0; n < loads.size(); ++n) {
      if (loads[n] > std::max(loads_before[n], loads_after[n]))
        return "node " + std::to_string(n) + " holds " + std::to_string(loads[n]);
    }
    return "";
  }

 private:
  using list = std::vector<std::size_t>;

  [[nodiscard]] std::string wrong_slot(const list& before, const list& after, const list& now) const {
    for (const std::size_t n : now) {
      if (std::count(now.begin(), now.end(), n) != 1) return "a node twice";
      if (!holds(before, n) && !holds(after, n)) return "a node of neither table";
    }
    for (const std::size_t n : before) {
      if (holds(after, n) && !holds(now, n)) return "a copy that stays is missing";
    }
    if (now.size() < std::min(before.size(), after.size())) return "fewer live copies";
    for (std::size_t level = 0; level < levels_.front().size(); ++level) {
      const auto old = copies_by_domain(before, level), next = copies_by_domain(after, level);
      const auto here = copies_by_domain(now, level);
      if (here.size() < std::min(old.size(), next.size())) return "fewer domains of level " + std::to_string(level);
      for (const auto& [name, copies] : here) {
        const std::string& domain = name;  // clang 14 lets no lambda capture a structured binding
        const auto in = [&](const std::map<std::string, std::size_t>& counts) {
          const auto at = counts.find(domain);
          return at == counts.end() ? std::size_t{0} : at->second;
        };
        if (copies > std::max(in(old), in(next))) return "more copies in " + domain;
      }
    }
    return "";
  }
  [[nodiscard]] std::map<std::string, std::size_t> copies_by_domain(const list& nodes, std::size_t level) const {
    std::map<std::string, std::size_t> counts;
    for (const std::size_t n : nodes) ++counts[levels_[n][level]];
    return counts;
  }

  const oracle_problem& problem_;
  const oracle_table& before_;
  const oracle_table& after_;
  std::vector<std::vector<std::string>> levels_;
};

// The figures of the report that describe the moves that are left in the plan and the table after them.
std::string wrong_figures(const oracle_problem& problem, const quoit::slot_plan<plan_table>& plan,
                          const oracle_table& before, const oracle_table& now, const quoit::plan_report& whole,
                          std::uint64_t repairs) {
  const quoit::plan_report& report = plan.report();
  std::vector<std::uint64_t> received(problem.nodes(), 0);
  std::uint64_t moves = 0, moved_slots = 0;
  for (std::size_t slot = 0; slot < now.size(); ++slot) {
    bool moved = false;
    for (const std::size_t n : now[slot]) {
      if (holds(before[slot], n)) continue;
      ++received[n];
      ++moves;
      moved = true;
    }
    moved_slots += moved ? 1U : 0U;
  }
  if (report.whole_moves != whole.moves || report.lower_bound != whole.lower_bound) return "whole_moves, lower_bound";
  if (report.moves != moves || plan.size() != moves) return "moves";
  if (report.moved_slots != moved_slots) return "moved_slots";
  if (report.repairs != repairs) return "repairs";
  return test::wrong_loads(problem, report, before, now, received);
}

// A random problem whose slots all have a copy, so that every budget is allowed.
struct budget_case {
  oracle_problem problem;
  plan_nodes nodes;
  plan_table before;
  plan_options options;
};

bool make_case(std::uint64_t seed, budget_case& result) {
  test::random random(seed);
  result.problem = test::random_problem(seed, {.slots = 16});
  test::shrink_weights(result.problem);
  if (!test::can_be_planned(result.problem)) return false;
  for (auto& list : result.problem.old) {
    if (list.empty()) list.push_back(random.index(result.problem.nodes()));
  }
  result.nodes = test::nodes_of(result.problem);
  result.before = test::table_before(result.problem, random);
  result.options = test::options_for(result.problem);
  result.options.balance_primaries = !random.chance(4);
  if (random.chance(4)) {
    for (std::uint64_t slot = random.below(4); slot < result.problem.slots; slot += 1 + random.below(8)) {
      if (result.problem.old[static_cast<std::size_t>(slot)].size() <= result.problem.replicas)
        result.options.pinned.push_back(slot);
    }
  }
  return true;
}

std::vector<std::uint64_t> loads_after(const budget_case& one, const plan_table& table) {
  return test::loads_of(one.problem, test::living(test::cells_of(table, one.nodes)));
}

// Copies that stay and whose index is below both R, but has changed.
template <class Table>
std::uint64_t copies_with_another_index(const Table& before, const Table& after) {
  std::uint64_t count = 0;
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    const auto now = after.replicas_of(slot);
    for (std::size_t i = 0; i < std::min(before.replica_count(), after.replica_count()); ++i) {
      const auto* const node = before.at(slot, i);
      if (node == nullptr || std::find(now.begin(), now.end(), *node) == now.end()) continue;
      const auto* const here = after.at(slot, i);
      count += here == nullptr || *here != *node ? 1U : 0U;
    }
  }
  return count;
}

specs equal_nodes(std::size_t count) {
  specs nodes;
  for (std::size_t i = 0; i < count; ++i) nodes.push_back({"n" + std::to_string(i), 1, {}});
  return nodes;
}

std::map<std::string, std::uint64_t> loads_of(const table_type& table) {
  std::map<std::string, std::uint64_t> loads;
  for (const auto& spec : table.nodes()) loads[spec.node] = 0;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) {
    for (const std::string& node : table.replicas_of(slot)) ++loads[node];
  }
  return loads;
}

}  // namespace

TEST_CASE("a budget of 0 is refused, and nothing changes", "[plan][budget]") {
  const auto nodes = equal_nodes(3);
  const auto table = quoit::build<table_type>(nodes, {.slots = 12, .replicas = 2});
  const auto message = test::message_of([&] { return quoit::plan(table, nodes, {.max_moves = 0}); });
  CHECK_THAT(message, ContainsSubstring("max_moves is 0"));
  CHECK_THAT(message, ContainsSubstring("at least 1"));
  CHECK_THAT(message, ContainsSubstring("unset"));
}

TEST_CASE("a budget that is large enough changes only the order of the moves", "[plan][budget]") {
  auto nodes = equal_nodes(3);
  const auto table = quoit::build<table_type>(nodes, {.slots = 100, .replicas = 2});
  nodes.push_back({"n3", 1, {}});
  const auto whole = quoit::plan(table, nodes);
  CHECK(whole.report().whole_moves == 50);
  for (const std::uint64_t budget : {std::uint64_t{50}, std::uint64_t{51}, ~std::uint64_t{0}}) {
    const auto plan = quoit::plan(table, nodes, {.max_moves = budget});
    CHECK(plan.after() == whole.after());
    CHECK(plan.after().version() == whole.after().version());
    CHECK(to_string(plan.report()) == to_string(whole.report()));
    CHECK(plan.report().whole_moves == 50);
    CHECK(plan.report().slack == 0);
    CHECK(plan.size() == 50);
  }
}

TEST_CASE("every prefix of the moves of a plan is safe, on random problems", "[plan][budget][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t cuts = 0, shrunk = 0, pinned = 0, repaired = 0;
  for (std::uint64_t i = 0; i < test::random_cases(20, 70); ++i) {
    budget_case one;
    if (!make_case(test::seed() + i, one)) continue;
    INFO("problem " << i << ": " << test::text_of(one.problem));
    const auto whole = quoit::plan(one.before, one.nodes, one.options);
    const oracle_table before = test::living(test::cells_of(one.before, one.nodes)),
                       after = test::living(test::cells_of(whole.after(), one.nodes));
    const prefix_check check(one.problem, before, after);
    shrunk += one.before.replica_count() > one.problem.replicas ? 1U : 0U;
    pinned += !one.options.pinned.empty() ? 1U : 0U;
    repaired += whole.report().repairs != 0 ? 1U : 0U;
    plan_options options = one.options;
    options.max_moves = whole.size() + 1;
    const auto all = quoit::plan(one.before, one.nodes, options);
    REQUIRE(all.after() == whole.after());
    // Small plans are cut everywhere, and large ones at some places.
    const std::size_t step = 1 + whole.size() / 12;
    for (std::size_t budget = 1; budget <= whole.size(); budget += step) {
      INFO("at most " << budget << " moves");
      options.max_moves = budget;
      const auto plan = quoit::plan(one.before, one.nodes, options);
      const auto cells = test::cells_of(plan.after(), one.nodes);
      const oracle_table now = test::living(cells);
      REQUIRE(check.wrong(now) == "");
      REQUIRE(plan.size() <= budget);
      std::uint64_t repairs = 0;
      for (std::size_t k = 0; k < plan.size(); ++k) {
        const auto& move = plan.moves()[k];
        REQUIRE(plan.after().at(move.slot, move.position) == move.to);
        repairs += move.replaces == nullptr ? 1U : 0U;
        if (move.replaces != nullptr) {
          REQUIRE(holds(before[static_cast<std::size_t>(move.slot)], static_cast<std::size_t>(*move.replaces)));
          REQUIRE(!holds(now[static_cast<std::size_t>(move.slot)], static_cast<std::size_t>(*move.replaces)));
        }
        // Only a group that does not fit makes the moves differ from a prefix.
        if (plan.size() == budget) REQUIRE((move.slot == all.moves()[k].slot && *move.to == *all.moves()[k].to));
      }
      REQUIRE(wrong_figures(one.problem, plan, before, now, whole.report(), repairs) == "");
      // A copy that stays keeps its index if the primaries are not balanced.
      if (!options.balance_primaries) REQUIRE(copies_with_another_index(one.before, plan.after()) == 0);
      // The rest of the plan costs what is left of it, and ends with loads that differ by no more than a copy.
      const auto again = quoit::plan(plan.after(), one.nodes, one.options);
      REQUIRE(again.size() + plan.size() == whole.size());
      const auto loads = loads_after(one, again.after()), wanted = loads_after(one, whole.after());
      for (std::size_t n = 0; n < loads.size() && whole.report().slack == 0; ++n)
        REQUIRE((loads[n] <= wanted[n] + 1 && wanted[n] <= loads[n] + 1));
      ++cuts;
    }
  }
  CHECK(cuts > 150 / (test::slow ? 8 : 1));
  CHECK(shrunk > 0);
  CHECK(pinned > 0);
  CHECK(repaired > 0);
}

TEST_CASE("repairs come first, and slots with the fewest copies before others", "[plan][budget]") {
  const specs nodes = equal_nodes(6);
  // Slot 0 has all its copies, slot 1 one, slot 2 two, slot 3 lost all three.
  specs old = nodes;
  old.push_back({"lost", 1, {}});
  const auto table = table_type::adopt(old, {{"n0", "n1", "n2"}, {"n3"}, {"n0", "n1"}, {"lost"}, {"n2", "n0", "n1"}},
                                       {.slots = 5, .replicas = 3});
  const auto plan = quoit::plan(table, nodes, {.max_moves = 100});
  std::vector<std::uint64_t> slots;
  for (const auto& move : plan) {
    if (move.replaces == nullptr) slots.push_back(move.slot);
    else CHECK(slots.size() == plan.report().repairs);
  }
  // Slot 3 gets a copy at once. Its other copies come after those of the slots whose data is alive.
  CHECK(slots == std::vector<std::uint64_t>{3, 1, 3, 1, 2, 3});
  CHECK(plan.report().lost_slots == 1);
}

TEST_CASE("the next move takes the largest imbalance", "[plan][budget]") {
  // n0 and n1 hold everything. n0 is to give most, relative to its entitlement.
  specs nodes = equal_nodes(2);
  nodes[0].weight = 2;
  const auto table = quoit::build<table_type>(nodes, {.slots = 120, .replicas = 1});
  nodes = equal_nodes(5);
  nodes[4].weight = 2;  // entitled to 20 20 20 20 40
  auto loads = loads_of(table);
  for (const auto& spec : nodes) loads[spec.node];
  const std::map<std::string, std::uint64_t> entitled{{"n0", 20}, {"n1", 20}, {"n2", 20}, {"n3", 20}, {"n4", 40}};
  const auto plan = quoit::plan(table, nodes, {.max_moves = 1000});
  REQUIRE(plan.size() == 80);
  for (const auto& move : plan) {
    // The distance of every node from its entitlement, in parts of 40 of it.
    std::map<std::string, std::uint64_t> distance;
    std::uint64_t largest = 0;
    for (const auto& [node, load] : loads) {
      const std::uint64_t goal = entitled.at(node);
      distance[node] = (load > goal ? load - goal : goal - load) * 40 / goal;
      largest = std::max(largest, distance[node]);
    }
    const std::string from = *move.replaces, to = *move.to;
    REQUIRE(std::max(distance[from], distance[to]) == largest);
    --loads[from];
    ++loads[to];
  }
  CHECK(loads == loads_of(plan.after()));
}

TEST_CASE("moves that mend the spread come before those that balance", "[plan][budget]") {
  specs nodes{{"a1", 1, "a"}, {"a2", 1, "a"}, {"b1", 1, "b"}, {"b2", 1, "b"}};
  const auto table = table_type::adopt(
      nodes,
      {{"a1", "b1"}, {"b1", "a1"}, {"a1", "b1"}, {"b1", "a1"}, {"a1", "a2"}, {"b1", "b2"}, {"a1", "b1"}, {"b1", "a1"}},
      {.slots = 8, .replicas = 2});
  const auto plan = quoit::plan(table, nodes, {.max_moves = 2});
  REQUIRE(plan.size() == 2);
  for (const auto& move : plan) CHECK((move.slot == 4 || move.slot == 5));
  CHECK(plan.report().dispersion == 0);
}

TEST_CASE("a node at its limit gives before it receives", "[plan][budget]") {
  // Slots 0 and 1 need another zone, and every node is full: each move alone would put a node above its load.
  const specs nodes{{"a1", 1, "a"}, {"a2", 1, "a"}, {"b1", 1, "b"}, {"b2", 1, "b"}};
  const auto table = table_type::adopt(nodes, {{"a1", "a2"}, {"b1", "b2"}}, {.slots = 2, .replicas = 2});
  const auto one = quoit::plan(table, nodes, {.max_moves = 1});
  CHECK(one.size() == 0);
  CHECK(one.report().whole_moves == 2);
  CHECK(one.report().moves == 0);
  const auto both = quoit::plan(table, nodes, {.max_moves = 2});
  CHECK(both.size() == 2);
  CHECK(both.report().dispersion == 0);
}

TEST_CASE("the old primary leads until the new one has its copy", "[plan][budget]") {
  auto nodes = equal_nodes(3);
  const auto table = quoit::build<table_type>(nodes, {.slots = 30, .replicas = 2});
  nodes.push_back({"n3", 1, {}});
  const auto whole = quoit::plan(table, nodes);
  const auto plan = quoit::plan(table, nodes, {.max_moves = 5});
  std::set<std::uint64_t> made, moved;
  for (const auto& move : plan) made.insert(move.slot);
  for (const auto& move : whole) moved.insert(move.slot);
  std::uint64_t waiting = 0;
  for (std::uint64_t slot = 0; slot < 30; ++slot) {
    const std::string &old = *table.at(slot, 0), &next = *whole.after().at(slot, 0), &now = *plan.after().at(slot, 0);
    if (made.contains(slot) || !moved.contains(slot)) {
      CHECK(now == next);
    } else if (next == "n3") {
      CHECK(now == old);
      ++waiting;
    }
  }
  CHECK(waiting > 0);
}

TEST_CASE("planning again ends with the loads of the whole plan", "[plan][budget]") {
  // Nodes that are added, and weights that change: node for node.
  for (const std::size_t more : {1U, 2U, 3U}) {
    auto nodes = equal_nodes(5);
    const auto table = quoit::build<table_type>(nodes, {.slots = 101, .replicas = 3});
    for (std::size_t i = 0; i < more; ++i) nodes.push_back({"new" + std::to_string(i), 1 + static_cast<int>(i), {}});
    const auto whole = quoit::plan(table, nodes);
    for (std::uint64_t budget = 1; budget < whole.size(); budget += 19) {
      const auto plan = quoit::plan(table, nodes, {.max_moves = budget});
      REQUIRE(plan.size() == budget);
      REQUIRE(loads_of(quoit::plan(plan.after(), nodes).after()) == loads_of(whole.after()));
    }
    // Step by step, to the end.
    auto now = table;
    std::uint64_t moves = 0;
    for (;;) {
      const auto plan = quoit::plan(now, nodes, {.max_moves = 10});
      if (plan.empty()) break;
      moves += plan.size();
      now = plan.after();
    }
    CHECK(moves == whole.size());
    CHECK(quoit::plan(now, nodes).empty());
  }
}

TEST_CASE("a budget may leave slots without a copy, which the next plan repairs first", "[plan][budget]") {
  const specs nodes = equal_nodes(3);
  specs old = nodes;
  old.push_back({"lost", 1, {}});
  const auto table =
      table_type::adopt(old, {{"lost"}, {"lost"}, {"n0"}, {"n1"}, {"n2"}, {"n2"}}, {.slots = 6, .replicas = 1});
  const auto plan = quoit::plan(table, nodes, {.max_moves = 1});
  CHECK(plan.size() == 1);
  CHECK(plan.report().repairs == 1);
  CHECK(plan.after().missing_slots() == 1);
  const auto next = quoit::plan(plan.after(), nodes, {.max_moves = 1});
  CHECK(next.report().missing_slots == 1);
  CHECK(next.report().repairs == 1);
  CHECK(next.after().missing_slots() == 0);
}

TEST_CASE("a transition follows a plan that is cut", "[plan][budget][transition]") {
  auto nodes = equal_nodes(6);
  const auto table = quoit::build<table_type>(nodes, {.slots = 60, .replicas = 3});
  nodes.erase(nodes.begin());
  nodes[0].weight = 0;
  nodes.push_back({"new", 2, {}});
  const auto whole = quoit::plan(table, nodes);
  for (const std::uint64_t budget : {std::uint64_t{1}, std::uint64_t{20}, whole.size() - std::uint64_t{1}}) {
    const auto plan = quoit::plan(table, nodes, {.max_moves = budget});
    quoit::transition t(plan.before(), plan.after());
    CHECK(t.report().copies == plan.size());
    CHECK(t.report().unrecoverable == 0);
    while (!t.finished()) {
      const auto moves = t.startable();
      REQUIRE(!moves.empty());
      for (const std::size_t move : moves) {
        t.begin(move);
        t.copied(move);
        t.finish(move);
      }
    }
    // From there to the end.
    const auto rest = quoit::plan(plan.after(), nodes);
    quoit::transition last(rest.before(), rest.after());
    CHECK(last.report().copies == rest.size());
  }
}

TEST_CASE("budgets of plans at the limits", "[plan][budget]") {
  const quoit::node_spec<std::string> heavy{"heavy", std::int64_t{1} << 62, {}}, light{"light", 1, {}};
  const auto table = quoit::build<table_type>(specs{light}, {.slots = 3, .replicas = 1});
  const auto plan = quoit::plan(table, {heavy, light}, {.max_moves = 1});
  CHECK(plan.size() == 1);
  CHECK(loads_of(plan.after()) == std::map<std::string, std::uint64_t>{{"heavy", 1}, {"light", 2}});
  CHECK(plan.report().whole_moves >= 2);
  CHECK(plan.report().slack > 0);

  const auto same = quoit::plan(table, {light}, {.max_moves = 1});
  CHECK(same.empty());
  CHECK(same.after() == table);
  CHECK(same.report().whole_moves == 0);

  // R = 1, one slot: the only move.
  const auto single = quoit::build<table_type>(specs{light}, {.slots = 1, .replicas = 1});
  const auto moved = quoit::plan(single, specs{heavy, {"light", 0, {}}}, {.max_moves = 1});
  CHECK(moved.size() == 1);
  CHECK(*moved.after().at(0, 0) == "heavy");
}

TEST_CASE("R grows and shrinks within a budget", "[plan][budget]") {
  const auto nodes = equal_nodes(5);
  const auto table = quoit::build<table_type>(nodes, {.slots = 20, .replicas = 2});
  const auto more = quoit::plan(table, nodes, {.replicas = 3, .max_moves = 7});
  CHECK(more.size() == 7);
  CHECK(more.after().replica_count() == 3);
  CHECK(more.report().repairs == 7);
  CHECK(more.report().whole_moves == 20);
  CHECK(quoit::plan(more.after(), nodes).size() == 13);
  // Surplus copies are dropped at once, whatever the budget.
  auto other = nodes;
  other.push_back({"n5", 1, {}});
  const auto fewer =
      quoit::plan(quoit::plan(table, nodes, {.replicas = 3}).after(), other, {.replicas = 2, .max_moves = 1});
  CHECK(fewer.size() == 1);
  for (std::uint64_t slot = 0; slot < 20; ++slot) CHECK(fewer.after().replicas_of(slot).size() == 2);
}

TEST_CASE("a copy that waits for its move keeps its index while R shrinks", "[plan][budget]") {
  constexpr auto none = table_type::no_node;
  // R is 3, and no slot has a copy of index 1. The copies on x are to move to d; those on c lose their index.
  const table_type table({"c", "d", "x"}, {2, none, 0, 2, none, 0}, {.slots = 2, .replicas = 3});
  const specs nodes{{"c", 1, "z1"}, {"d", 1, "z2"}, {"x", 0, "z1"}};
  const plan_options fewer{.balance_primaries = false, .replicas = 2};
  plan_options one_move = fewer;
  one_move.max_moves = 1;
  const auto plan = quoit::plan(table, nodes, one_move);
  REQUIRE(plan.size() == 1);
  const std::uint64_t made = plan.moves()[0].slot, waits = 1 - made;
  CHECK(*plan.after().at(waits, 0) == "x");
  CHECK(*plan.after().at(waits, 1) == "c");
  CHECK(*plan.moves()[0].replaces == "x");
  CHECK(*plan.after().at(made, plan.moves()[0].position) == "d");
  const auto last = quoit::plan(plan.after(), nodes, fewer);
  REQUIRE(last.size() == 1);
  CHECK(*last.after().at(waits, 0) == "d");
  CHECK(*last.after().at(waits, 1) == "c");
}

TEST_CASE("copies that stay keep their index while R shrinks, on random tables", "[plan][budget][random]") {
  QUOIT_INFO_SEED();
  constexpr auto none = table_type::no_node;
  std::uint64_t cuts = 0;
  for (std::uint64_t i = 0; i < test::random_cases(40, 500); ++i) {
    INFO("case " << i);
    test::random random(test::seed() + i);
    specs old;
    for (std::size_t n = 0; n < 7; ++n)
      old.push_back({"n" + std::to_string(n), 1, "z" + std::to_string(random.index(3))});
    const std::size_t before = 3 + random.index(2), after = 2 + random.index(before - 2), slots = 1 + random.index(4);
    std::vector<std::uint32_t> cells;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      std::vector<std::uint32_t> row{0, 1, 2, 3, 4, 5, 6};
      for (std::size_t k = 0; k < before; ++k) {
        std::swap(row[k], row[k + random.index(row.size() - k)]);
        cells.push_back(random.chance(4) ? none : row[k]);
      }
    }
    const table_type table(old, cells, {.slots = slots, .replicas = before});
    specs nodes;
    for (auto spec : old) {
      if (random.chance(6)) continue;  // lost
      if (random.chance(3)) spec.weight = 0;
      nodes.push_back(spec);
    }
    for (std::size_t n = 7; n < 10; ++n)
      nodes.push_back({"n" + std::to_string(n), 1, "z" + std::to_string(random.index(3))});
    plan_options options{.balance_primaries = false, .replicas = after};
    const auto whole = quoit::plan(table, nodes, options);
    REQUIRE(copies_with_another_index(table, whole.after()) == 0);
    for (std::size_t budget = 1; budget < whole.size(); ++budget) {
      options.max_moves = budget;
      const auto plan = quoit::plan(table, nodes, options);
      REQUIRE(copies_with_another_index(table, plan.after()) == 0);
      for (const auto& move : plan) REQUIRE(plan.after().at(move.slot, move.position) == move.to);
      ++cuts;
    }
  }
  CHECK(cuts > 0);
}
