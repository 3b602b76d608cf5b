// SPDX-License-Identifier: MIT
// Error reporting. A project may define these macros before it includes any quoit header; the definitions must be the
// same in every file.
//
//   QUOIT_ON_ERROR   the function that handles every error, by its name as seen from the global namespace: for
//                    void acme::failed(const char* message); it is acme::failed. The function may throw, log or end the
//                    program. The message is valid until the function returns. If it returns, quoit calls std::abort().
//                    If it throws for a broken precondition, std::terminate() is called, because lookups are noexcept.
//
// By default, bad configuration throws std::invalid_argument, and a broken precondition prints its message and aborts.
// Without exceptions, every error prints its message and aborts. To change only one of the two kinds, define
//
//   QUOIT_ASSERT(condition, message)   a broken precondition of a noexcept lookup. Release builds check it, too: the
//                                      check is one predictable branch, and a lookup that continued with a null owner
//                                      would be undefined behaviour.
//   QUOIT_THROW(exception)             bad configuration, or a step that is not possible (std::logic_error).
//
// Rejected: assert() from <cassert>, because with NDEBUG owner() on an empty ring would be undefined behaviour; a
// handler that is set at run time, because it would be a global variable.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <quoit/version.hpp>

#if !defined(QUOIT_ASSERT)
/// Checks a precondition, such as that owner() is not called on an empty ring. To replace it, define it before the
/// first include; it must not return if the condition is false. The default calls QUOIT_ON_ERROR. Threads: any number.
#define QUOIT_ASSERT(condition, message) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::quoit::detail::fail("quoit: " message))
#endif

#if !defined(QUOIT_THROW)
/// Reports an error: a std::invalid_argument or std::logic_error whose message names the cause. To replace it, define
/// it before the first include; it must not return. The default throws the exception. Without exceptions, or if the
/// project defines QUOIT_ON_ERROR, it calls QUOIT_ON_ERROR with the message.
#if !defined(QUOIT_ON_ERROR) && (defined(__cpp_exceptions) || defined(_CPPUNWIND))
#define QUOIT_THROW(exception) throw exception
#else
#define QUOIT_THROW(exception) ::quoit::detail::fail((exception).what())
#endif
#endif

#if !defined(QUOIT_ON_ERROR)
/// The function that handles every error: void (const char* message). To replace it, define it before the first include
/// as the name of another function. The default prints the message and aborts. Threads: any number.
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

// A function of its own, so that a check costs its caller only a comparison and a jump.
[[noreturn]] inline void throw_invalid_argument(const std::string& message) {
  QUOIT_THROW(std::invalid_argument("quoit: " + message));
}

[[noreturn]] inline void throw_logic_error(const std::string& message) {
  QUOIT_THROW(std::logic_error("quoit: " + message));
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
