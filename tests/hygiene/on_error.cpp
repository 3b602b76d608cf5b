// SPDX-License-Identifier: MIT
// Every error ends in one function, with its message: QUOIT_ON_ERROR of the user's own where QUOIT_TEST_ON_ERROR is
// defined, quoit's otherwise; compiled with exceptions and without. Each case runs in a process of its own, as most end
// it.
#include "support/child_process.hpp"

#include <cstdio>
#include <string>

#if defined(QUOIT_TEST_CHILD_PROCESS)

#if defined(__cpp_exceptions)
#include <exception>
#endif

namespace {

constexpr int handled = 42;

#if defined(QUOIT_TEST_ON_ERROR)
bool returns = false;

#if defined(__cpp_exceptions)
struct own_exception {
  std::string message;
};
#endif

// Has the name of quoit's own function, to test that the two are not confused.
void fail(const char* message) {
  if (returns) return;
#if defined(__cpp_exceptions)
  throw own_exception{message};
#else
  std::fprintf(stderr, "my own handler: %s\n", message);
  _exit(handled);
#endif
}

#define QUOIT_ON_ERROR fail
#endif

}  // namespace

#include <quoit/ring.hpp>
#include <quoit/transition.hpp>

namespace {

#if defined(QUOIT_TEST_ON_ERROR)
constexpr const char* by = "my own handler: ";
constexpr bool aborts = false;
#elif defined(__cpp_exceptions)
constexpr const char* by = "thrown: ";
constexpr bool aborts = false;
#else
constexpr const char* by = "";
constexpr bool aborts = true;
#endif

template <class Action>
test::outcome run(const Action& action) {
  return test::in_child_process([&] {
#if defined(__cpp_exceptions)
    try {
      action();
#if defined(QUOIT_TEST_ON_ERROR)
    } catch (const own_exception& error) {
      std::fprintf(stderr, "my own handler: %s\n", error.message.c_str());
      _exit(handled);
#endif
    } catch (const std::exception& error) {
      std::fprintf(stderr, "thrown: %s\n", error.what());
      _exit(handled);
    }
#else
    action();
#endif
  });
}

int failures = 0;

void expect(const char* what, const test::outcome& outcome, bool aborted, const std::string& errors) {
  if (outcome.aborted == aborted && (aborted || outcome.code == handled) && outcome.errors == errors) return;
  std::fprintf(stderr, "%s: aborted: %d, code %d, \"%s\" instead of \"%s\"\n", what, outcome.aborted, outcome.code,
               outcome.errors.c_str(), errors.c_str());
  ++failures;
}

template <class Action>
void expect_bad(const std::string& message, const Action& action) {
  expect(message.c_str(), run(action), aborts, by + message + '\n');
}

void test_configuration() {
  expect_bad("quoit: ring: node 'a' is already in the ring; set_weight(), set_domain() and assign() change a node", [] {
    quoit::ring<> ring;
    ring.add("a");
    ring.add("a");
  });
  expect_bad("quoit: slots: Q = 0; a circle needs at least one slot", [] { quoit::slots<>{0}; });
  expect_bad("quoit: transition: there is no move 7; there are 1", [] {
    quoit::ring<> before({.vnodes = 1});
    before.add("a");
    quoit::ring<> after({.vnodes = 1});
    after.add("b");
    quoit::transition<quoit::ring<>> transition(before, after);
    transition.begin(7);
  });
}

void test_precondition() {
  const auto broken = [] {
    const quoit::ring<> ring;
    _exit(static_cast<int>(ring.owner("key").size()));
  };
  const std::string message = "quoit: ring::owner() on a ring without active nodes; find() returns null instead\n";
#if !defined(QUOIT_TEST_ON_ERROR)
  expect("precondition", run(broken), true, message);
#elif defined(__cpp_exceptions)
  // A handler that throws out of a noexcept lookup ends the program. What std::terminate() prints is not specified.
  const test::outcome outcome = run(broken);
  expect("precondition", outcome, true, outcome.errors);
#else
  expect("precondition", run(broken), false, by + message);
#endif
}

#if defined(QUOIT_TEST_ON_ERROR)
void test_returning() {
  returns = true;
  expect("a handler that returns", run([] { quoit::ring<>({.vnodes = 0}); }), true, "");
  expect("a handler that returns to a lookup", run([] {
           const quoit::ring<> ring;
           _exit(static_cast<int>(ring.owner("key").size()));
         }),
         true, "");
  returns = false;
}
#endif

}  // namespace

int main() {
  test_configuration();
  test_precondition();
#if defined(QUOIT_TEST_ON_ERROR)
  test_returning();
#endif
  // A case without an error, to show that the cases above can fail.
  if (run([] { _exit(static_cast<int>(quoit::slots<>{5}.count())); }).code != 5) {
    std::fputs("a correct call is reported as an error\n", stderr);
    ++failures;
  }
  return failures;
}

#else

int main() { return std::puts("skipped: this system has no fork()") < 0; }

#endif
