// SPDX-License-Identifier: MIT
// Tells the compiler what to inline, where its own judgement was measured to be wrong.
#pragma once

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
