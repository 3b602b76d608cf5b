// SPDX-License-Identifier: MIT
// A user-defined QUOIT_ASSERT replaces the default, in this translation unit only.
#include "support/child_process.hpp"

#if defined(QUOIT_TEST_CHILD_PROCESS)

namespace {
[[noreturn]] void broken(const char* message) {
  std::fprintf(stderr, "my own handler: %s", message);
  _exit(42);
}
}  // namespace

#define QUOIT_ASSERT(condition, message) ((condition) ? static_cast<void>(0) : broken(message))
#include <quoit/ring.hpp>

#include "catch2.hpp"

namespace {
// A node type that no other translation unit uses, so that the macro changes no other instantiation of ring.
struct own_node {
  std::string name;
  friend std::string_view quoit_id(const own_node& node) noexcept { return node.name; }
};
}  // namespace

TEST_CASE("P7 QUOIT_ASSERT can be replaced", "[config]") {
  const auto outcome = test::in_child_process([] {
    const quoit::ring<own_node> ring;
    _exit(static_cast<int>(ring.owner("key").name.size()));
  });
  CHECK(!outcome.aborted);
  CHECK(outcome.code == 42);
  CHECK_THAT(outcome.errors,
             Catch::Matchers::ContainsSubstring("my own handler: ring::owner() on a ring without active nodes"));
}

#endif
