// SPDX-License-Identifier: MIT
// none: the number that means "no node", "no rank", "no copy" or "no partner" in a table of numbers.
//
// Rejected: std::optional, which doubles the size of every entry; one constant for each class, which led to eight
// spellings of the same value.
#pragma once

#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

inline constexpr std::uint32_t none = 0xffffffffU;

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
