// SPDX-License-Identifier: MIT
// A broken precondition prints a message to standard error and aborts, in release builds, too (P7).
#include <string>
#include <vector>

#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/child_process.hpp"

#if defined(QUOIT_TEST_CHILD_PROCESS)

TEST_CASE("P7 owner() of a ring without active nodes aborts with a message", "[config]") {
  for (const bool drained : {false, true}) {
    const auto outcome = test::in_child_process([&] {
      quoit::ring<> ring;
      if (drained) ring.add("a", {.weight = 0});
      const std::string& owner = ring.owner("key");
      _exit(static_cast<int>(owner.size()) + 50);
    });
    CHECK(outcome.aborted);
    CHECK_THAT(outcome.errors,
               Catch::Matchers::ContainsSubstring("quoit: ring::owner() on a ring without active nodes"));
  }
}

TEST_CASE("P7 an index past the end of a preference list aborts with a message", "[config]") {
  const auto outcome = test::in_child_process([] {
    quoit::ring<> ring;
    ring.add("a");
    const auto list = ring.replicas("key", 3);
    _exit(static_cast<int>(list[1].size()) + 50);
  });
  CHECK(outcome.aborted);
  CHECK_THAT(outcome.errors, Catch::Matchers::ContainsSubstring("quoit: preference_list: index out of range"));
}

TEST_CASE("P7 an index past the end of key groups aborts with a message", "[config]") {
  const auto outcome = test::in_child_process([] {
    quoit::ring<> ring;
    ring.add("a");
    const auto groups = ring.partition_by_owner(std::vector<std::string>{"key"});
    _exit(static_cast<int>(groups[1].keys.size()) + 50);
  });
  CHECK(outcome.aborted);
  CHECK_THAT(outcome.errors, Catch::Matchers::ContainsSubstring("quoit: key_groups: index out of range"));
}

TEST_CASE("config: a call whose precondition holds does not abort", "[config]") {
  // Shows that in_child_process() can have the other outcome, so that the tests above can fail.
  const auto outcome = test::in_child_process([] {
    quoit::ring<> ring;
    ring.add("a");
    _exit(static_cast<int>(ring.owner("key").size()) + 50);
  });
  CHECK(!outcome.aborted);
  CHECK(outcome.code == 51);
}

#else

TEST_CASE("config: preconditions are not tested on systems without fork()", "[config]") { SUCCEED(); }

#endif
