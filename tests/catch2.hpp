// SPDX-License-Identifier: MIT
// Includes Catch2, version 2 or 3, and defines the names that differ between them.
#pragma once

// TEST_CASE names its function with __COUNTER__, and clang 22 warns that this is an extension of a future C standard.
#if defined(__clang__)
#if __has_warning("-Wc2y-extensions")
#pragma clang diagnostic ignored "-Wc2y-extensions"
#endif
#endif

#if __has_include(<catch2/catch_test_macros.hpp>)

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>

#else

#include <catch2/catch.hpp>

namespace Catch::Matchers {

// Version 3 renamed the string matcher and uses the old name for another matcher.
inline auto ContainsSubstring(const std::string& text, CaseSensitive::Choice choice = CaseSensitive::Yes) {
  return Contains(text, choice);
}

}  // namespace Catch::Matchers

#endif
