// SPDX-License-Identifier: MIT
// The one place where the version is written: CMake, the packages and the inline namespace take it from here. Every header
// includes this one before it says anything, so it also is the one that can refuse what they cannot be read in.
#pragma once

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
#error "quoit needs C++20: compile with -std=c++20 (MSVC: /std:c++20) or newer, and g++ 11, clang 13 or newer"
// An include that fails ends the compilation: what would follow is pages of errors about C++20's syntax.
#include <quoit needs C++20, see above>
#endif
#if defined(slots)
#error "quoit: slots is a macro here, as Qt's headers make it: include quoit before Qt, or define QT_NO_KEYWORDS"
#include <quoit cannot be read while slots is a macro, see above>
#endif

/// The 1 of 1.2.3. docs/guarantees.md says what changes with which.
#define QUOIT_VERSION_MAJOR 0
/// The 2 of 1.2.3.
#define QUOIT_VERSION_MINOR 2
/// The 3 of 1.2.3.
#define QUOIT_VERSION_PATCH 0

// Two steps each, because # and ## take a macro's name and not its value.
#define QUOIT_DETAIL_VERSION_STRING(major, minor, patch) #major "." #minor "." #patch
#define QUOIT_DETAIL_VERSION_STRING_OF(major, minor, patch) QUOIT_DETAIL_VERSION_STRING(major, minor, patch)
#define QUOIT_DETAIL_VERSION_NAMESPACE(major, minor, patch) v##major##_##minor##_##patch
#define QUOIT_DETAIL_VERSION_NAMESPACE_OF(major, minor, patch) QUOIT_DETAIL_VERSION_NAMESPACE(major, minor, patch)

/// "0.2.0"
#define QUOIT_VERSION_STRING \
  QUOIT_DETAIL_VERSION_STRING_OF(QUOIT_VERSION_MAJOR, QUOIT_VERSION_MINOR, QUOIT_VERSION_PATCH)

/// v0_2_0. Everything lives in `namespace quoit::inline QUOIT_VERSION_NAMESPACE`, so that two versions linked into one
/// program stay two sets of symbols instead of silently becoming one.
#define QUOIT_VERSION_NAMESPACE \
  QUOIT_DETAIL_VERSION_NAMESPACE_OF(QUOIT_VERSION_MAJOR, QUOIT_VERSION_MINOR, QUOIT_VERSION_PATCH)
