// SPDX-License-Identifier: MIT
// Random walks through small transitions: plans, orders of steps, limits and losses that no test by hand has.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/walk/walk.hpp"

namespace {

// The number of walks: QUOIT_TEST_WALKS, or a number that takes about two seconds.
std::uint64_t walks() {
  const char* const text = std::getenv("QUOIT_TEST_WALKS");
#if defined(QUOIT_FULL_CONFORMANCE)
  constexpr std::uint64_t many = 20000;
#else
  constexpr std::uint64_t many = 2000;
#endif
  return text == nullptr || *text == '\0' ? test::random_cases(200, many) : std::strtoull(text, nullptr, 0);
}

}  // namespace

TEST_CASE("transition: random walks: what startable() names may begin, and planned rounds can be done", "[walk]") {
  const std::uint64_t first = test::seed();
  for (std::uint64_t i = 0; i < walks(); ++i) {
    INFO("repeat with QUOIT_TEST_SEED=" << first + i << " QUOIT_TEST_WALKS=1");
    test::random_choices choices(first + i);
    std::string broken;
    try {
      test::walk::walk_once(choices, 40);
    } catch (const test::fault& rule) {
      broken = rule.what();
    }
    REQUIRE(broken == "");
  }
}
