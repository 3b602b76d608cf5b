// SPDX-License-Identifier: MIT
// contains: whether a short list holds a value.
#pragma once

#include <algorithm>
#include <ranges>
#include <span>
#include <vector>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// O(size).
template <class List, class Value>
[[nodiscard]] constexpr bool contains(const List& list, const Value& value) noexcept {
  return std::find(std::ranges::begin(list), std::ranges::end(list), value) != std::ranges::end(list);
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
