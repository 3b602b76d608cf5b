// SPDX-License-Identifier: MIT
// plan() against an independent oracle: random problems, random histories, and every figure of the report recounted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/plan/cases.hpp"
#include "support/plan/checks.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using quoit::plan_options;
using quoit::spread_rule;
using test::oracle_problem;
using test::oracle_rule;
using test::oracle_table;
using test::plan_nodes;
using test::plan_table;

constexpr std::uint64_t cases = test::random_cases(200, 10'000);

}  // namespace

TEST_CASE("a plan has the fewest moves of all tables, on random problems", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t too_large = 0, too_few = 0, planned = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i);
    test::random random(test::seed() + i);
    const plan_nodes as_drawn = test::nodes_of(problem);
    const bool shrunk = test::shrink_weights(problem);
    const plan_table before = test::table_before(problem, random);
    plan_options options = test::options_for(problem);
    options.balance_primaries = !random.chance(4);
    INFO("problem " << i << ": " << test::text_of(problem));
    const auto message = [&](const plan_nodes& nodes) {
      return test::message_of([&] { return quoit::plan(before, nodes, options); });
    };
    if (shrunk) {
      ++too_large;
      REQUIRE_THAT(message(as_drawn), ContainsSubstring("2^63"));
    }
    const plan_nodes nodes = test::nodes_of(problem);
    if (!test::can_be_planned(problem)) {
      ++too_few;
      REQUIRE_THAT(message(nodes),
                   ContainsSubstring(test::detail::active_nodes(problem) == 0 ? "weight 0" : "replicas"));
      continue;
    }
    ++planned;
    const auto plan = quoit::plan(before, nodes, options);
    REQUIRE(test::wrong_plan(problem, nodes, plan, options.balance_primaries) == "");
    REQUIRE(plan.before() == before);

    // The plan depends on nothing but the arguments, and not on the order of the nodes.
    auto shuffled = nodes;
    random.shuffle(shuffled);
    const auto again = quoit::plan(before, shuffled, options);
    REQUIRE(again.after() == plan.after());
    REQUIRE(again.after().fingerprint() == plan.after().fingerprint());
    // Planning again changes nothing.
    const auto same = quoit::plan(plan.after(), shuffled, options);
    REQUIRE(same.report().moves == 0);
    REQUIRE(same.report().primaries_changed == 0);
    REQUIRE(same.after() == plan.after());
  }
  CHECK(too_large > cases / 100);
  CHECK(too_few > 0);
  CHECK(planned > cases * 95 / 100);
}

TEST_CASE("primaries change as rarely as possible, compared with every choice", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t some = 0;
  for (std::uint64_t i = 0; i < cases / 20; ++i) {
    oracle_problem problem =
        test::random_problem(test::seed() + i, {.slots = 5, .replicas = 3, .nodes = 5, .weight = 100});
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    const plan_nodes nodes = test::nodes_of(problem);
    const auto plan = quoit::plan(test::table_before(problem, random), nodes, test::options_for(problem));
    INFO("problem " << i << ": " << test::text_of(problem));
    const oracle_table before = test::cells_of(plan.before(), nodes), after = test::cells_of(plan.after(), nodes);
    const auto loads = test::loads_of(problem, after);
    std::optional<std::uint64_t> fewest;
    std::vector<std::size_t> chosen(problem.slots, 0);
    for (std::size_t slot = 0; slot < chosen.size();) {
      oracle_table table = after;
      std::vector<std::uint64_t> primaries(problem.nodes(), 0);
      for (slot = 0; slot < chosen.size(); ++slot) {
        std::swap(table[slot][0], table[slot][chosen[slot]]);
        ++primaries[table[slot][0]];
      }
      bool even = true;
      for (std::size_t n = 0; n < problem.nodes(); ++n) {
        even = even && primaries[n] * problem.replicas < loads[n] + problem.replicas &&
               (primaries[n] + 1) * problem.replicas > loads[n];
      }
      if (even) fewest = std::min(fewest.value_or(~std::uint64_t{0}), test::given_up(before, table));
      for (slot = 0; slot < chosen.size() && ++chosen[slot] == problem.replicas; ++slot) chosen[slot] = 0;
    }
    REQUIRE(fewest == test::given_up(before, after));
    some += fewest != 0U ? 1U : 0U;
  }
  CHECK(some > cases / 200);
}

TEST_CASE("tables are planned one after the other while nodes are added, removed and changed",
          "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < cases / 50; ++i) {
    test::slot_history history(test::seed() + i, {.weight = (std::uint64_t{1} << 63) / 16});
    const quoit::slot_table_options what{
        .slots = history.problem().slots, .replicas = static_cast<std::size_t>(history.problem().replicas), .seed = 0};
    plan_table table({}, {}, what);
    for (int step = 0; step < 12; ++step) {
      const oracle_problem& problem = history.problem();
      INFO("history " << i << ", step " << step << ": " << test::text_of(problem));
      const plan_nodes nodes = test::nodes_of(problem, history.ids());
      const auto plan = quoit::plan(table, nodes, {.spread = test::rule_of(problem)});
      REQUIRE(test::wrong_plan(problem, nodes, plan) == "");
      if (step == 0) REQUIRE(quoit::build<plan_table>(nodes, what, {.spread = test::rule_of(problem)}) == plan.after());
      table = plan.after();
      const auto cells = test::cells_of(table, nodes);
      INFO(history.change(cells));
    }
  }
}

TEST_CASE("removing a new node costs no more moves than adding it", "[plan][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t only_to_it = 0;
  for (std::uint64_t i = 0; i < cases / 10; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i, {.weight = 1000});
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    const quoit::slot_table_options what{
        .slots = problem.slots, .replicas = static_cast<std::size_t>(problem.replicas), .seed = 0};
    const plan_options options = test::options_for(problem);
    const plan_nodes nodes = test::nodes_of(problem);
    const plan_table start = quoit::build<plan_table>(nodes, what, options);
    INFO("problem " << i << ": " << test::text_of(problem));
    plan_nodes more = nodes;
    more.push_back({500, 1 + static_cast<std::int64_t>(random.below(100)),
                    random.chance(3) ? "new" : problem.domains[random.index(problem.nodes())]});
    const auto added = quoit::plan(start, more, options);
    const auto removed = quoit::plan(added.after(), nodes, options);
    auto drained = more;
    drained.back().weight = 0;
    const auto emptied = quoit::plan(added.after(), drained, options);
    const auto at_newcomer = static_cast<std::uint64_t>(
        std::count_if(added.moves().begin(), added.moves().end(), [](const auto& move) { return *move.to == 500; }));
    REQUIRE(removed.report().moves <= added.report().moves);  // the old table is one candidate
    REQUIRE(removed.report().moves >= at_newcomer);
    REQUIRE(emptied.report().moves == removed.report().moves);
    if (at_newcomer != added.report().moves) continue;
    ++only_to_it;
    REQUIRE(removed.report().moves == added.report().moves);
    REQUIRE(removed.report().repairs == removed.report().moves);
    REQUIRE(emptied.report().repairs == 0);
  }
  CHECK(only_to_it > cases / 20);
}

// ---- Pins.

namespace {

// Whether a pinned slot has room for the least of every domain, in addition to the copies that it keeps.
bool keeps_least(const test::oracle_entitlements& entitled, const std::vector<std::size_t>& kept,
                 std::size_t replicas) {
  const auto& domains = entitled.domains;
  std::vector<std::uint64_t> least(domains.size(), 0);
  for (std::size_t d = domains.size(); d-- > 0;) {  // children before parents
    for (const std::size_t n : domains[d].direct) {
      least[d] += test::holds(kept, n) || entitled.shares[n] == test::fraction(1) ? 1U : 0U;
    }
    for (std::size_t child = d + 1; child < domains.size(); ++child) {
      if (domains[child].parent == d) least[d] += least[child];
    }
    least[d] = std::max(least[d], entitled.in_domain[d].least);
    const auto here = static_cast<std::uint64_t>(
        std::count_if(kept.begin(), kept.end(), [&](std::size_t n) { return test::holds(domains[d].nodes, n); }));
    if (least[d] > (d == 0 ? replicas : std::max(entitled.in_domain[d].most, here))) return false;
  }
  return true;
}

// What nodes may hold if some slots are pinned. Pinned slots keep their copies. Their missing copies go where they keep
// the upper limits of the rules, and the lower limits if there are enough copies for all of those. Loads may differ by
// `slack`, on nodes that are entitled to something. A node with more pinned copies than that keeps them.
std::optional<std::uint64_t> least_moves_with_pins(const oracle_problem& problem, const std::vector<bool>& pinned,
                                                   std::uint64_t slack) {
  const auto entitled = test::entitlements_of(problem).value();
  const auto& domains = entitled.domains;
  const std::size_t all = problem.nodes();
  std::vector<std::uint64_t> pins(problem.nodes(), 0);
  for (std::size_t slot = 0; slot < problem.slots; ++slot) {
    for (const std::size_t n : problem.old[slot]) pins[n] += pinned[slot] ? 1U : 0U;
  }
  test::circulation network(all + 1 + problem.slots * domains.size());
  const auto vertex = [&](std::size_t slot, std::size_t d) { return all + 1 + slot * domains.size() + d; };
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    const auto load = entitled.load[n];
    const bool any = entitled.shares[n] > test::fraction(0);
    const std::uint64_t low = load.least - std::min(load.least, slack), high = any ? load.most + slack : 0;
    network.add(n, all, low, slack == 0 ? high : std::max(high, pins[n]), 0);
  }
  for (std::size_t slot = 0; slot < problem.slots; ++slot) {
    network.add(all, vertex(slot, 0), problem.replicas, problem.replicas, 0);
    const bool loose = pinned[slot] && !keeps_least(entitled, problem.old[slot], problem.replicas);
    for (std::size_t d = 0; d < domains.size(); ++d) {
      const auto kept =
          static_cast<std::uint64_t>(std::count_if(problem.old[slot].begin(), problem.old[slot].end(),
                                                   [&](std::size_t n) { return test::holds(domains[d].nodes, n); }));
      const auto limits = entitled.in_domain[d];
      if (d != 0) {
        network.add(vertex(slot, domains[d].parent), vertex(slot, d), loose ? 0 : limits.least,
                    pinned[slot] ? std::max(limits.most, kept) : limits.most, 0);
      }
      for (const std::size_t n : domains[d].direct) {
        const bool here = test::holds(problem.old[slot], n);
        if (!here && entitled.shares[n] == test::fraction(0)) continue;
        network.add(vertex(slot, d), n, here && pinned[slot] ? 1 : 0, 1, here ? 0 : 1);
      }
    }
  }
  const auto cost = network.solve();
  return cost ? std::optional(static_cast<std::uint64_t>(*cost)) : std::nullopt;
}

}  // namespace

TEST_CASE("pinned slots keep their copies, and the others are as balanced as possible",
          "[plan][pins][oracle][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t exact = 0, slack = 0, refused = 0;
  for (std::uint64_t i = 0; i < cases / 2; ++i) {
    oracle_problem problem = test::random_problem(test::seed() + i);
    test::shrink_weights(problem);
    if (!test::can_be_planned(problem)) continue;
    test::random random(test::seed() + i);
    const plan_table before = test::table_before(problem, random);
    plan_options options = test::options_for(problem);
    options.balance_primaries = !random.chance(4);
    std::vector<bool> pinned(problem.slots, false);
    const std::uint64_t rarely = 1 + random.below(8);
    bool too_many = false;
    for (std::size_t slot = 0; slot < problem.slots; ++slot) {
      if (!random.chance(rarely)) continue;
      pinned[slot] = true;
      options.pinned.push_back(slot);
      if (random.chance(10)) options.pinned.push_back(slot);
      too_many = too_many || problem.old[slot].size() > problem.replicas;
    }
    random.shuffle(options.pinned);
    std::string text;
    for (const std::uint64_t slot : options.pinned) text += " " + std::to_string(slot);
    INFO("problem " << i << ", pinned" << text << ": " << test::text_of(problem));
    const plan_nodes nodes = test::nodes_of(problem);
    if (too_many) {
      ++refused;
      REQUIRE_THAT(test::message_of([&] { return quoit::plan(before, nodes, options); }),
                   ContainsSubstring("is pinned with"));
      continue;
    }
    const auto plan = quoit::plan(before, nodes, options);
    REQUIRE(test::wrong_bookkeeping(problem, nodes, plan, options.balance_primaries) == "");
    const oracle_table old = test::cells_of(before, nodes), after = test::cells_of(plan.after(), nodes);
    const auto entitled = test::entitlements_of(problem).value();
    for (std::size_t slot = 0; slot < problem.slots; ++slot) {
      if (pinned[slot]) {
        for (const std::size_t n : problem.old[slot]) REQUIRE(test::holds(after[slot], n));
        const std::size_t primary = test::primary_of(old[slot]);
        const bool stays = options.balance_primaries || primary == old[slot].front();
        if (test::is_copy(primary) && stays) REQUIRE(after[slot].front() == primary);
      }
      for (std::size_t d = 0; d < entitled.domains.size(); ++d) {
        const auto inside = [&](const auto& list) {
          return static_cast<std::uint64_t>(std::count_if(
              list.begin(), list.end(), [&](std::size_t n) { return test::holds(entitled.domains[d].nodes, n); }));
        };
        auto limits = entitled.in_domain[d];
        if (pinned[slot]) {
          const bool loose = !keeps_least(entitled, problem.old[slot], problem.replicas);
          limits = {loose ? 0 : limits.least, std::max(limits.most, inside(problem.old[slot]))};
        }
        REQUIRE(limits.hold(inside(after[slot])));
      }
      for (const std::size_t n : after[slot])
        REQUIRE((entitled.shares[n] > test::fraction(0) || (pinned[slot] && test::holds(problem.old[slot], n))));
    }
    std::uint64_t off = 0;
    const auto loads = test::loads_of(problem, after);
    for (std::size_t n = 0; n < problem.nodes(); ++n) {
      off = std::max({off, entitled.load[n].least - std::min(entitled.load[n].least, loads[n]),
                      loads[n] - std::min(loads[n], entitled.load[n].most)});
    }
    REQUIRE(plan.report().slack == off);
    const auto least = least_moves_with_pins(problem, pinned, 0);
    REQUIRE(least.has_value() == (off == 0));
    if (off == 0) {
      ++exact;
      REQUIRE(plan.report().moves == least);
      REQUIRE(plan.report().optimal);
    } else {
      ++slack;
      REQUIRE((off == 1 || least_moves_with_pins(problem, pinned, off).has_value()));
    }
    // All slots are pinned: the plan only repairs.
    options.pinned.clear();
    for (std::size_t slot = 0; slot < problem.slots; ++slot) options.pinned.push_back(slot);
    const auto still = quoit::plan(plan.after(), nodes, options);
    REQUIRE(still.report().moves == 0);
    REQUIRE(still.report().primaries_changed == 0);
    REQUIRE(still.after() == plan.after());
  }
  CHECK(exact > cases / 10);
  CHECK(slack > cases / 40);
  CHECK(refused > 0);
}
