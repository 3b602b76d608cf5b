// SPDX-License-Identifier: MIT
// Hints for compiler and processor: which functions to inline, which classes are views, which cache line to fetch.
#pragma once

#include <quoit/version.hpp>

#if defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <xmmintrin.h>
#endif

// For the few functions for which the compiler's own choice is measurably slower.
#if defined(__GNUC__)
#define QUOIT_DETAIL_ALWAYS_INLINE [[gnu::always_inline]] inline
#define QUOIT_DETAIL_NOINLINE [[gnu::noinline]]
#elif defined(_MSC_VER)
#define QUOIT_DETAIL_ALWAYS_INLINE __forceinline
#define QUOIT_DETAIL_NOINLINE __declspec(noinline)
#else
#define QUOIT_DETAIL_ALWAYS_INLINE inline
#define QUOIT_DETAIL_NOINLINE
#endif

// `class QUOIT_DETAIL_VIEW name` declares that references returned by the class outlive the object. Without the
// attribute, g++ 14 warns about a dangling reference in `const auto& first = ring.nodes()[0]`.
#if __has_cpp_attribute(gnu::no_dangling)
#define QUOIT_DETAIL_VIEW [[gnu::no_dangling]]
#else
#define QUOIT_DETAIL_VIEW
#endif

// `void f() const&& QUOIT_DETAIL_TEMPORARY("advice");` deletes a member for temporaries (P9), or another call that has
// no meaning. Since C++26 the advice is a part of the message. Before, compilers show it because they print the line of
// the declaration, where the name must be too.
#if defined(__cpp_deleted_function) && __cplusplus > 202302L
#define QUOIT_DETAIL_TEMPORARY(advice) = delete ("quoit: " advice)
#else
#define QUOIT_DETAIL_TEMPORARY(advice) = delete
#endif

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Asks the processor to fetch a cache line. The address need not be valid. It must be inlined: g++ 12 considers a
// function that only prefetches to have no effect, and removes the calls before it inlines them. The same holds for
// every function that wraps this one.
#if defined(__GNUC__)
QUOIT_DETAIL_ALWAYS_INLINE void prefetch(const void* address) noexcept { __builtin_prefetch(address); }
#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
inline void prefetch(const void* address) noexcept { _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0); }
#else
inline void prefetch(const void*) noexcept {}
#endif

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
