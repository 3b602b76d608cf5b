// SPDX-License-Identifier: MIT
// Defines QUOIT_TEST_SLOW under an emulator or a sanitizer, where every step is slow and tests run fewer random cases.
// g++ and clang indicate sanitizers in different ways.
#pragma once

namespace test {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QUOIT_TEST_THREAD_SANITIZER
#endif
#if __has_feature(address_sanitizer)
#define QUOIT_TEST_SLOW
#endif
#endif
#if defined(__SANITIZE_THREAD__) && !defined(QUOIT_TEST_THREAD_SANITIZER)
#define QUOIT_TEST_THREAD_SANITIZER
#endif

#if !defined(QUOIT_TEST_SLOW) && \
    (defined(QUOIT_EMULATED) || defined(__SANITIZE_ADDRESS__) || defined(QUOIT_TEST_THREAD_SANITIZER))
#define QUOIT_TEST_SLOW
#endif

#if defined(QUOIT_TEST_SLOW)
inline constexpr bool slow = true;
#else
inline constexpr bool slow = false;
#endif

#if defined(QUOIT_TEST_THREAD_SANITIZER)
inline constexpr bool thread_sanitizer = true;
#else
inline constexpr bool thread_sanitizer = false;
#endif

}  // namespace test
