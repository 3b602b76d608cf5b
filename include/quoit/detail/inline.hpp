// SPDX-License-Identifier: MIT
// Tells the compiler what it cannot know: what to inline, where its own judgement was measured to be wrong, and which
// classes are views.
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

// class QUOIT_DETAIL_VIEW name: the references that it gives outlive it. Without that g++ 14 calls a reference dangling
// that was taken from a view without a name, as in `const auto& first = ring.nodes()[0]`.
#if __has_cpp_attribute(gnu::no_dangling)
#define QUOIT_DETAIL_VIEW [[gnu::no_dangling]]
#else
#define QUOIT_DETAIL_VIEW
#endif
