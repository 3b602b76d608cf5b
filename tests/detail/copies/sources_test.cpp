// SPDX-License-Identifier: MIT
// copy_sources compared with every possible choice in small cases: the sorted loads are the best.
#include <quoit/detail/copies/sources.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::detail::copy_sources;

namespace {

using load_list = std::vector<std::uint32_t>;

// Not operator<: for vectors of 32-bit numbers, libstdc++ 12 compares only the first bytes on big-endian machines
// (its bug 113960). A comparison function keeps it from calling memcmp.
bool higher(const load_list& a, const load_list& b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end(),
                                      [](std::uint32_t x, std::uint32_t y) { return x < y; });
}

// The lowest loads, in descending order and compared from the highest on.
load_list best_loads(const std::vector<load_list>& tasks, std::size_t nodes) {
  load_list best, load(nodes, 0);
  const auto assign_rest = [&](const auto& self, std::size_t task) -> void {
    if (task == tasks.size()) {
      load_list sorted = load;
      std::sort(sorted.begin(), sorted.end(), std::greater<>());
      if (best.empty() || higher(best, sorted)) best = sorted;
      return;
    }
    if (tasks[task].empty()) self(self, task + 1);
    for (const std::uint32_t node : tasks[task]) {
      ++load[node];
      self(self, task + 1);
      --load[node];
    }
  };
  assign_rest(assign_rest, 0);
  return best;
}

}  // namespace

TEST_CASE("copy_sources: finds a path over several tasks", "[transition]") {
  copy_sources sources(3);
  for (const load_list& nodes : {load_list{0}, load_list{0, 1}, load_list{1, 2}, load_list{0, 1}, load_list{}})
    sources.add(nodes);
  sources.balance();
  CHECK(sources.node_of(0) == 0);
  CHECK(sources.node_of(2) == 2);
  CHECK(sources.node_of(4) == quoit::detail::none);
  CHECK(std::max({sources.load(0), sources.load(1), sources.load(2)}) == 2);
  CHECK(sources.load(0) + sources.load(1) == 3);
}

TEST_CASE("copy_sources: no other choice is better", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::size_t greedy_was_not = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::size_t nodes = 1 + random.index(5);
    std::vector<load_list> tasks(random.index(9));
    for (load_list& task : tasks) {
      for (std::uint32_t node = 0; node < nodes; ++node) {
        if (random.chance(2)) task.push_back(node);
      }
      random.shuffle(task);
    }
    copy_sources sources(nodes);
    for (const load_list& task : tasks) sources.add(task);
    load_list load;
    const auto sorted_loads = [&] {
      load.clear();
      for (std::size_t node = 0; node < nodes; ++node) load.push_back(sources.load(node));
      std::sort(load.begin(), load.end(), std::greater<>());
      return load;
    };
    const load_list best = best_loads(tasks, nodes);
    if (sorted_loads() != best) ++greedy_was_not;
    sources.balance();
    REQUIRE(sorted_loads() == best);
    load_list counted(nodes, 0);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const std::uint32_t node = sources.node_of(i);
      REQUIRE((node == quoit::detail::none) == tasks[i].empty());
      if (tasks[i].empty()) continue;
      REQUIRE(std::count(tasks[i].begin(), tasks[i].end(), node) == 1);
      ++counted[node];
    }
    for (std::size_t node = 0; node < nodes; ++node) REQUIRE(counted[node] == sources.load(node));
  }
  CHECK(greedy_was_not > 20);  // otherwise this test would prove nothing
}
