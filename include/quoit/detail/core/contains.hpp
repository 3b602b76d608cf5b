// SPDX-License-Identifier: MIT
// contains: whether a short list holds a value.
//
// Rejected: std::find, which libstdc++ unrolls four times: in lists of three copies it made plan() up to 7 % slower.
#pragma once

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// O(size). Call it as detail::contains: argument-dependent lookup also finds a function of that name in the namespace
// of a user's node type.
template <class List, class Value>
[[nodiscard]] constexpr bool contains(const List& list, const Value& value) noexcept {
  for (const auto& one : list) {
    if (one == value) return true;
  }
  return false;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
