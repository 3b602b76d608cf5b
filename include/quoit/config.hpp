// SPDX-License-Identifier: MIT
// How quoit reports errors: the two macros a project may define before it includes any quoit header.
//
//   QUOIT_ASSERT(condition, message)   a broken precondition of a noexcept lookup. The default prints and aborts, in
//                                      release builds too: it is one predictable branch, and a lookup that goes on
//                                      with a null owner would be undefined behaviour.
//   QUOIT_THROW(exception)             bad configuration. The default throws; where exceptions are switched off it
//                                      prints what() and aborts.
//
// Rejected: assert() from <cassert>, which would turn owner() on an empty ring into undefined behaviour under NDEBUG.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <quoit/version.hpp>

#if !defined(QUOIT_ASSERT)
/// A broken precondition, such as owner() of an empty ring. Define it before the first include; it must not return. The
/// default prints the message and aborts. Threads: any number.
#define QUOIT_ASSERT(condition, message) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::quoit::detail::abort_with(message))
#endif

#if !defined(QUOIT_THROW)
/// How errors are reported: with std::invalid_argument or std::logic_error, whose message names the culprit. Define it
/// before the first include; it must not return. The default throws and, without exceptions, prints and aborts.
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define QUOIT_THROW(exception) throw exception
#else
#define QUOIT_THROW(exception) ::quoit::detail::abort_with((exception).what())
#endif
#endif

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

[[noreturn]] inline void abort_with(const char* message) noexcept {
  std::fputs("quoit: ", stderr);
  std::fputs(message, stderr);
  std::fputc('\n', stderr);
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
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
