// SPDX-License-Identifier: MIT
// How quoit reports errors: macros that a project may define before it includes any quoit header, in every file alike.
//
//   QUOIT_ON_ERROR   the name of one function of yours that every error then ends in, as seen from the global namespace:
//                    after void acme::failed(const char* message); it is acme::failed. It may throw what it likes, log,
//                    or end the program; the message lives as long as it runs. Should it come back, std::abort()
//                    follows, as nobody may go on; should it throw for a broken precondition, std::terminate(), as that
//                    is found in a noexcept lookup.
//
// Left alone, bad configuration throws std::invalid_argument, and a broken precondition, as every error where exceptions
// are switched off, prints its message and aborts. For one of the two kinds alone there are
//
//   QUOIT_ASSERT(condition, message)   a broken precondition of a noexcept lookup. Checked in release builds too: it is
//                                      one predictable branch, and a lookup that goes on with a null owner would be
//                                      undefined behaviour.
//   QUOIT_THROW(exception)             bad configuration, or a step that is not possible (std::logic_error).
//
// Rejected: assert() from <cassert>, which would turn owner() on an empty ring into undefined behaviour under NDEBUG. A
// handler that is set at run time: it would be a global variable.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <quoit/version.hpp>

#if !defined(QUOIT_ASSERT)
/// A broken precondition, such as owner() of an empty ring. Define it before the first include; it must not return. The
/// default ends in QUOIT_ON_ERROR. Threads: any number.
#define QUOIT_ASSERT(condition, message) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::quoit::detail::fail("quoit: " message))
#endif

#if !defined(QUOIT_THROW)
/// How errors are reported: with std::invalid_argument or std::logic_error, whose message names the culprit. Define it
/// before the first include; it must not return. The default throws; without exceptions, and where QUOIT_ON_ERROR is
/// yours, it ends in that.
#if !defined(QUOIT_ON_ERROR) && (defined(__cpp_exceptions) || defined(_CPPUNWIND))
#define QUOIT_THROW(exception) throw exception
#else
#define QUOIT_THROW(exception) ::quoit::detail::fail((exception).what())
#endif
#endif

#if !defined(QUOIT_ON_ERROR)
/// The function that every error ends in: void (const char* message). Define it before the first include as the name of
/// one of yours. The default prints the message and aborts. Threads: any number.
#define QUOIT_ON_ERROR quoit::detail::print_and_abort
#endif

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

[[noreturn]] inline void print_and_abort(const char* message) noexcept {
  std::fputs(message, stderr);
  std::fputc('\n', stderr);
  std::abort();
}

[[noreturn]] inline void fail(const char* message) {
  void (*const on_error)(const char*) = ::QUOIT_ON_ERROR;
  on_error(message);
  std::abort();
}

// Out of line, so that a check costs its caller a compare and a jump.
[[noreturn]] inline void throw_invalid_argument(const std::string& message) {
  QUOIT_THROW(std::invalid_argument("quoit: " + message));
}

[[noreturn]] inline void throw_logic_error(const std::string& message) {
  QUOIT_THROW(std::logic_error("quoit: " + message));
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
