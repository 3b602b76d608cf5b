// SPDX-License-Identifier: MIT
// domain_table: equal domains have equal numbers, different ones have different numbers, and active domains are
// counted.
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/placement/domain_table.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/random.hpp"

TEST_CASE("domain_table: a random history against a list of nodes", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  struct member {
    std::string domain;
    bool active;
    std::uint64_t number;
  };
  const char* const names[] = {"", "", "a", "b", "a/b", "c"};
  quoit::detail::domain_table table;
  std::map<std::uint32_t, member> nodes;
  for (int step = 0; step < 3000; ++step) {
    const auto node = static_cast<std::uint32_t>(random.below(12));
    const auto at = nodes.find(node);
    if (at == nodes.end()) {
      const std::string domain = names[random.below(6)];
      const bool active = random.chance(2);
      nodes[node] = {domain, active, table.enter(domain, node, active)};
    } else if (random.chance(2)) {
      table.leave(at->second.domain, at->second.active);
      nodes.erase(at);
    } else {
      at->second.active = !at->second.active;
      table.activate(at->second.domain, at->second.active);
    }
    std::map<std::string, bool> domains;
    for (const auto& [number, what] : nodes) {
      auto& active = domains[what.domain.empty() ? "\n" + std::to_string(number) : what.domain];
      active = active || what.active;
      for (const auto& [other, its] : nodes) {
        const bool same = number == other || (!what.domain.empty() && what.domain == its.domain);
        REQUIRE((what.number == its.number) == same);
      }
    }
    std::size_t active = 0;
    for (const auto& [domain, owns] : domains) active += owns ? 1U : 0U;
    REQUIRE(table.active() == active);
  }
}

TEST_CASE("domain_table: enter() changes nothing if it fails", "[detail]") {
  quoit::detail::domain_table table;
  table.enter("a", 0, true);
  for (std::size_t n = 0; n < 2; ++n) {
    const test::failing_allocations fail(n);
    CHECK_THROWS_AS(table.enter("a domain that is too long to be stored inline", 1, true), std::bad_alloc);
    CHECK(table.active() == 1);
  }
  const std::uint64_t number = table.enter("a domain that is too long to be stored inline", 1, true);
  CHECK(number != table.enter("a", 2, false));
  CHECK(table.active() == 2);
}
