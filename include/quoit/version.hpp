// SPDX-License-Identifier: MIT
// The version of quoit. CMake, the packages and the inline namespace read it from this file.
//
// Every header includes this one first. So it also checks that the compiler can read the others, and stops with a clear
// message if not.
#pragma once

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
#error "quoit needs C++20: compile with -std=c++20 (MSVC: /std:c++20) or newer, and g++ 11, clang 13 or newer"
// A failing include ends the compilation. Otherwise pages of errors about C++20 syntax would follow.
#include <quoit needs C++20, see above>
#endif
#if defined(slots)
#error "quoit: slots is a macro here, probably from Qt: include quoit before Qt's headers, or define QT_NO_KEYWORDS"
#include <quoit cannot be read while slots is a macro, see above>
#endif

/// The major version: the 1 of 1.2.3. docs/guarantees.md describes what may change in which version.
#define QUOIT_VERSION_MAJOR 0
/// The minor version: the 2 of 1.2.3.
#define QUOIT_VERSION_MINOR 2
/// The patch version: the 3 of 1.2.3.
#define QUOIT_VERSION_PATCH 0

// Two macros each, because # and ## use the name of a macro argument and not its value.
#define QUOIT_DETAIL_VERSION_STRING(major, minor, patch) #major "." #minor "." #patch
#define QUOIT_DETAIL_VERSION_STRING_OF(major, minor, patch) QUOIT_DETAIL_VERSION_STRING(major, minor, patch)
#define QUOIT_DETAIL_VERSION_NAMESPACE(major, minor, patch) v##major##_##minor##_##patch
#define QUOIT_DETAIL_VERSION_NAMESPACE_OF(major, minor, patch) QUOIT_DETAIL_VERSION_NAMESPACE(major, minor, patch)

/// The version as text: "0.2.0".
#define QUOIT_VERSION_STRING \
  QUOIT_DETAIL_VERSION_STRING_OF(QUOIT_VERSION_MAJOR, QUOIT_VERSION_MINOR, QUOIT_VERSION_PATCH)

/// The inline namespace of all names in quoit: v0_2_0. It keeps the symbols of two versions apart if both are linked
/// into one program.
#define QUOIT_VERSION_NAMESPACE \
  QUOIT_DETAIL_VERSION_NAMESPACE_OF(QUOIT_VERSION_MAJOR, QUOIT_VERSION_MINOR, QUOIT_VERSION_PATCH)
