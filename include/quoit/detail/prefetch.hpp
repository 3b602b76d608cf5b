// SPDX-License-Identifier: MIT
// Asks the processor to fetch a cache line that will be needed soon.
#pragma once

#include <quoit/detail/inline.hpp>
#include <quoit/version.hpp>

#if defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <xmmintrin.h>
#endif

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

// Any address will do, even one that is not there. Always inlined: g++ 12 takes a function that only prefetches for one
// without an effect, and drops the calls of it before it would inline them. Callers that wrap it must be, too.
#if defined(__GNUC__)
QUOIT_DETAIL_ALWAYS_INLINE void prefetch(const void* address) noexcept { __builtin_prefetch(address); }
#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
inline void prefetch(const void* address) noexcept { _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0); }
#else
inline void prefetch(const void*) noexcept {}
#endif

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
