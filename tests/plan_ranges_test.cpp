// SPDX-License-Identifier: MIT
// plan_options::contiguous: few ranges, the fewest moves, and a bound that holds, compared with every table.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "catch2.hpp"
#include "support/plan/checks.hpp"
#include "support/random.hpp"

namespace {

using quoit::plan_options;
using test::plan_nodes;
using test::plan_table;
using rank_list = std::vector<std::uint32_t>;

constexpr std::uint32_t hole = std::numeric_limits<std::uint32_t>::max();

plan_nodes numbered(std::int64_t count) {
  plan_nodes nodes;
  for (std::int64_t i = 0; i < count; ++i) nodes.push_back({i, 1, ""});
  return nodes;
}

std::uint64_t ranges_of(const plan_table& table) {
  const auto ranks = table.ranks();
  std::uint64_t ranges = 0;
  for (std::size_t p = 0; p < ranks.size(); ++p) ranges += p == 0 || ranks[p] != ranks[p - 1] ? 1U : 0U;
  return ranges;
}

// A problem with one copy of each slot. Node i has number i in every table; slots of `hole` belong to a node that is
// lost.
struct range_case {
  std::vector<std::uint64_t> weights;
  rank_list owners;
  std::vector<std::uint64_t> pinned = {};
  bool has_domains = true;

  [[nodiscard]] plan_nodes nodes() const {
    plan_nodes all;
    for (std::size_t n = 0; n < weights.size(); ++n) {
      // Domains only break ties of one copy.
      all.push_back({static_cast<std::int64_t>(n), static_cast<std::int64_t>(weights[n]),
                     has_domains ? "z" + std::to_string(n % 3) : ""});
    }
    return all;
  }
  [[nodiscard]] plan_table table() const {
    plan_nodes all = nodes();
    all.push_back({test::ghost, 1, ""});
    rank_list ranks = owners;
    std::replace(ranks.begin(), ranks.end(), hole, static_cast<std::uint32_t>(weights.size()));
    return plan_table(all, ranks, {.slots = ranks.size(), .replicas = 1}, 1);
  }
  [[nodiscard]] std::string text() const {
    std::string text = "weights";
    for (const std::uint64_t weight : weights) text += ' ' + std::to_string(weight);
    text += ", owners";
    for (const std::uint32_t owner : owners) text += owner == hole ? " -" : ' ' + std::to_string(owner);
    text += ", pinned";
    for (const std::uint64_t slot : pinned) text += ' ' + std::to_string(slot);
    return text;
  }
};

std::vector<std::uint64_t> loads_of(const rank_list& owners, std::size_t nodes) {
  std::vector<std::uint64_t> loads(nodes, 0);
  for (const std::uint32_t owner : owners) {
    if (owner != hole) ++loads[owner];
  }
  return loads;
}

// Plans with and without the option, and compares: the same moves, all loads in their entitlement, pinned slots in
// place, and figures that fit the table.
quoit::slot_plan<plan_table> checked_plan(const range_case& one) {
  const plan_table before = one.table();
  const auto plain = quoit::plan(before, one.nodes(), {.pinned = one.pinned});
  auto plan = quoit::plan(before, one.nodes(), {.pinned = one.pinned, .contiguous = true});
  REQUIRE(plain.report().ranges == 0);
  REQUIRE(plain.report().fewest_ranges == 0);
  REQUIRE(plan.report().moves == plain.report().moves);
  REQUIRE(plan.report().slack <= plain.report().slack);
  if (plan.report().slack == plain.report().slack) REQUIRE(plan.report().optimal == plain.report().optimal);
  REQUIRE(plan.report().ranges == ranges_of(plan.after()));
  REQUIRE(plan.report().ranges <= ranges_of(plain.after()));
  REQUIRE(plan.report().fewest_ranges <= plan.report().ranges);
  REQUIRE(plan.report().fewest_ranges > 0);
  const auto ranks = plan.after().ranks();
  for (const std::uint64_t slot : one.pinned) {
    const auto p = static_cast<std::size_t>(slot);
    REQUIRE((one.owners[p] == hole || ranks[p] == one.owners[p]));
  }
  if (plan.report().slack == 0) {
    const std::uint64_t total = std::accumulate(one.weights.begin(), one.weights.end(), std::uint64_t{0});
    const auto loads = loads_of({ranks.begin(), ranks.end()}, one.weights.size());
    for (std::size_t n = 0; n < loads.size(); ++n) {
      const std::uint64_t product = one.weights[n] * one.owners.size();
      REQUIRE(loads[n] >= product / total);
      REQUIRE(loads[n] <= (product + total - 1) / total);
    }
  }
  return plan;
}

void change_weights(std::vector<std::uint64_t>& weights, rank_list& owners, std::size_t most, test::random& random) {
  const std::size_t n = random.index(weights.size());
  switch (random.below(5)) {
  case 0:
    for (std::size_t more = 1 + random.index(3); more > 0 && weights.size() < most; --more) {
      weights.push_back(random.chance(2) ? 1 : 1 + random.below(8));
    }
    break;
  case 1:
    weights[n] = 0;
    break;  // drained
  case 2:   // lost, and back without its slots
    std::replace(owners.begin(), owners.end(), static_cast<std::uint32_t>(n), hole);
    weights[n] = random.below(2);
    break;
  case 3:
    weights[n] = 1 + random.below(8);
    break;
  default:
    for (std::uint64_t& weight : weights) {
      if (weight > 0 && random.chance(3)) weight = 1 + random.below(4);
    }
  }
  if (std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}) == 0) weights[n] = 1;
}

// Any owners at all: from one range to a range for each slot.
rank_list random_owners(std::size_t slots, std::size_t nodes, test::random& random) {
  rank_list owners;
  const std::uint64_t length = 1 + random.below(12), holes = 2 + random.below(30);
  for (std::size_t p = 0; p < slots; ++p) {
    const bool next = p == 0 || random.chance(length);
    owners.push_back(next ? static_cast<std::uint32_t>(random.index(nodes)) : owners.back());
    if (random.chance(holes)) owners.back() = hole;
    if (owners.back() == hole && next && random.chance(2)) owners.back() = 0;
  }
  return owners;
}

// The fewest ranges of all tables that have that many moves, pinned slots in place, and loads in their entitlement.
class every_table {
 public:
  every_table(const range_case& one, std::uint64_t moves)
      : one_(one), fixed_(one.owners.size(), false), loads_(one.weights.size(), 0) {
    for (const std::uint64_t slot : one.pinned) fixed_[static_cast<std::size_t>(slot)] = true;
    total_ = std::accumulate(one.weights.begin(), one.weights.end(), std::uint64_t{0});
    choose(0, hole, moves, 0);
  }
  [[nodiscard]] std::uint64_t fewest() const noexcept { return fewest_; }

 private:
  void choose(std::size_t p, std::uint32_t last, std::uint64_t moves, std::uint64_t ranges) {
    if (ranges >= fewest_) return;
    if (p == one_.owners.size()) {
      if (moves != 0) return;
      for (std::size_t n = 0; n < loads_.size(); ++n) {
        if (loads_[n] < one_.weights[n] * p / total_) return;
      }
      fewest_ = ranges;
      return;
    }
    for (std::uint32_t n = 0; n < loads_.size(); ++n) {
      const std::uint32_t old = one_.owners[p];
      if (n != old && (moves == 0 || (fixed_[p] && old != hole))) continue;
      if (loads_[n] + 1 > (one_.weights[n] * one_.owners.size() + total_ - 1) / total_) continue;
      ++loads_[n];
      choose(p + 1, n, moves - (n != old ? 1 : 0), ranges + (n != last ? 1 : 0));
      --loads_[n];
    }
  }

  const range_case& one_;
  std::vector<bool> fixed_;
  std::vector<std::uint64_t> loads_;
  std::uint64_t total_ = 0;
  std::uint64_t fewest_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace

TEST_CASE("build makes one range for each node that gets slots", "[plan][ranges]") {
  const plan_options contiguous{.contiguous = true};
  const auto masters = quoit::build<plan_table>(numbered(3), {.slots = 16384, .replicas = 1}, contiguous);
  CHECK(ranges_of(masters) == 3);
  CHECK(ranges_of(quoit::plan(masters, numbered(3), contiguous).after()) == 3);
  CHECK(ranges_of(quoit::build<plan_table>(numbered(3), {.slots = 16384, .replicas = 1})) == 10'825);
  CHECK(ranges_of(quoit::build<plan_table>(numbered(1), {.slots = 1, .replicas = 1}, contiguous)) == 1);
  CHECK(ranges_of(quoit::build<plan_table>(numbered(200), {.slots = 1024, .replicas = 1}, contiguous)) == 200);
  CHECK(ranges_of(quoit::build<plan_table>(numbered(9), {.slots = 4, .replicas = 1}, contiguous)) == 4);
  const auto weighted =
      quoit::build<plan_table>({{0, 3}, {1, 1000}, {2, 0}, {3, 70}, {4, 7}}, {.slots = 512, .replicas = 1}, contiguous);
  CHECK(ranges_of(weighted) == 4);
}

TEST_CASE("masters of a Redis Cluster join and leave in few ranges", "[plan][ranges]") {
  const plan_options contiguous{.contiguous = true};
  const auto three = quoit::build<plan_table>(numbered(3), {.slots = 16384, .replicas = 1}, contiguous);
  const auto five = quoit::plan(three, numbered(5), contiguous);
  CHECK(five.report().ranges == 6);
  const auto left = quoit::plan(five.after(), numbered(3), contiguous);
  CHECK(left.report().ranges == 3);
  const auto six = quoit::plan(left.after(), numbered(6), contiguous);
  CHECK(six.report().ranges == 6);
  CHECK(six.report().fewest_ranges == 6);
  CHECK(six.report().moves == 8191);
  CHECK_THAT(to_string(six), Catch::Matchers::EndsWith(", 6 ranges of at least 6"));
  CHECK_THAT(to_string(quoit::plan(left.after(), numbered(6))), Catch::Matchers::EndsWith("copies on a node"));
}

TEST_CASE("ranges are few: at most 1.5 times the bound on random sequences", "[plan][ranges][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < test::random_cases(4, 12); ++i) {
    test::random random(test::seed() + i);
    range_case one{{1, 1 + random.below(3)}, rank_list(16 + random.index(200), hole)};
    for (int step = 0; step < 10; ++step) {
      INFO("sequence " << i << ", step " << step << ": " << one.text());
      const auto plan = checked_plan(one);
      REQUIRE(2 * plan.report().ranges <= 3 * plan.report().fewest_ranges);
      const auto ranks = plan.after().ranks();
      one.owners.assign(ranks.begin(), ranks.end());
      change_weights(one.weights, one.owners, 16, random);
    }
  }
}

TEST_CASE("ranges of any table, with holes and pins, are few and the bound holds", "[plan][ranges][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < test::random_cases(10, 40); ++i) {
    test::random random(test::seed() + 1000 + i);
    range_case one{std::vector<std::uint64_t>(1 + random.index(9), 1), {}};
    for (std::uint64_t& weight : one.weights) weight = 1 + random.below(5);
    one.owners = random_owners(8 + random.index(120), one.weights.size(), random);
    change_weights(one.weights, one.owners, 12, random);
    for (std::uint64_t p = 0; p < one.owners.size(); ++p) {
      if (i % 3 == 0 && random.chance(20)) one.pinned.push_back(p);
    }
    INFO("case " << i << ": " << one.text());
    const auto plan = checked_plan(one);
    // Pins may leave no choice that the bound sees.
    if (plan.report().slack == 0) REQUIRE(2 * plan.report().ranges <= 3 * plan.report().fewest_ranges);
  }
}

TEST_CASE("ranges of a table that was planned without the option are few, too", "[plan][ranges]") {
  // 2,691 ranges, which took a quarter of a minute once.
  const plan_table scattered = quoit::build<plan_table>(numbered(3), {.slots = 4'096, .replicas = 1});
  REQUIRE(ranges_of(scattered) > 2'500);
  const auto plan = quoit::plan(scattered, numbered(6), {.contiguous = true});
  CHECK(plan.report().moves == 2'047);
  CHECK(plan.report().optimal);
  CHECK(plan.report().ranges == ranges_of(plan.after()));
  CHECK(2 * plan.report().ranges <= 3 * plan.report().fewest_ranges);
}

TEST_CASE("the ranges of a plan that a budget cuts are those of its table", "[plan][ranges][budget]") {
  const plan_table two = quoit::build<plan_table>(numbered(2), {.slots = 12, .replicas = 1}, {.contiguous = true});
  for (std::uint64_t budget = 1; budget <= 5; ++budget) {
    const auto plan = quoit::plan(two, numbered(3), {.contiguous = true, .max_moves = budget});
    CHECK(plan.report().ranges == ranges_of(plan.after()));
    CHECK(plan.report().fewest_ranges == 3);
  }
  // Holes that the budget leaves.
  const plan_table holes(numbered(2), {0, hole, hole, 1, 1, hole}, {.slots = 6, .replicas = 1});
  const auto plan = quoit::plan(holes, numbered(2), {.contiguous = true, .max_moves = 1});
  CHECK(plan.after().missing_slots() == 2);
  CHECK(plan.report().ranges == ranges_of(plan.after()));
}

TEST_CASE("balance beside pins comes before ranges", "[plan][ranges]") {
  range_case one{{1, 38, 50, 44, 0}, rank_list(25, 0), {4, 9, 13, 21, 23, 24}, false};
  for (std::size_t p = 13; p < 25; ++p) one.owners[p] = p < 20 ? 4 : p < 23 ? 3 : 2;
  const auto plan = checked_plan(one);
  CHECK(plan.report().moves == 17);
  CHECK(plan.report().slack == 1);
  const auto ranks = plan.after().ranks();
  CHECK(loads_of({ranks.begin(), ranks.end()}, 5) == std::vector<std::uint64_t>{2, 6, 8, 8, 1});
}

TEST_CASE("few ranges never cost balance or moves, with many pins", "[plan][ranges][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < test::random_cases(100, 2'000); ++i) {
    test::random random(test::seed() + 3000 + i);
    range_case one{std::vector<std::uint64_t>(2 + random.index(5), 0), {}};
    for (std::uint64_t& weight : one.weights) weight = random.chance(4) ? 0 : 1 + random.below(i % 2 == 0 ? 4 : 100);
    if (std::accumulate(one.weights.begin(), one.weights.end(), std::uint64_t{0}) == 0) one.weights[0] = 1;
    one.owners = random_owners(3 + random.index(24), one.weights.size(), random);
    for (std::uint64_t p = 0; p < one.owners.size(); ++p) {
      if (random.chance(2 + i % 4)) one.pinned.push_back(p);
    }
    INFO("case " << i << ": " << one.text());
    checked_plan(one);
  }
}

TEST_CASE("no table has fewer ranges than the bound, compared with every table", "[plan][ranges][random]") {
  QUOIT_INFO_SEED();
  std::uint64_t compared = 0, exact = 0;
  for (std::uint64_t i = 0; i < test::random_cases(20, 200); ++i) {
    test::random random(test::seed() + 2000 + i);
    range_case one{std::vector<std::uint64_t>(1 + random.index(4), 1), {}};
    for (std::uint64_t& weight : one.weights) weight = 1 + random.below(3);
    one.owners = random_owners(1 + random.index(8), one.weights.size(), random);
    change_weights(one.weights, one.owners, 4, random);
    for (std::uint64_t p = 0; p < one.owners.size(); ++p) {
      if (i % 3 == 0 && random.chance(5)) one.pinned.push_back(p);
    }
    INFO("case " << i << ": " << one.text());
    const auto plan = checked_plan(one);
    if (plan.report().slack != 0) continue;
    const every_table all(one, plan.report().moves);
    ++compared;
    REQUIRE(plan.report().fewest_ranges <= all.fewest());
    REQUIRE(plan.report().ranges >= all.fewest());
    REQUIRE(2 * plan.report().ranges <= 3 * all.fewest());
    exact += plan.report().ranges == all.fewest() ? 1U : 0U;
  }
  CHECK(compared > test::random_cases(20, 200) * 3 / 4);
  CHECK(exact > compared * 9 / 10);
}

TEST_CASE("the ranges option has no effect where a slot has more than one copy", "[plan][ranges]") {
  const plan_table three = quoit::build<plan_table>(numbered(5), {.slots = 64, .replicas = 3});
  CHECK(quoit::build<plan_table>(numbered(5), {.slots = 64, .replicas = 3}, {.contiguous = true}) == three);
  for (const std::size_t replicas : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    const auto plain = quoit::plan(three, numbered(6), {.replicas = replicas});
    const auto plan = quoit::plan(three, numbered(6), {.contiguous = true, .replicas = replicas});
    CHECK(plan.after() == plain.after());
    CHECK(plan.report().ranges == 0);
    CHECK(plan.report().fewest_ranges == 0);
  }
}
