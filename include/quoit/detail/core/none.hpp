// SPDX-License-Identifier: MIT
// none: the number that stands for "no node", "no rank", "no copy" and "no partner" in every table of numbers.
//
// Rejected: std::optional, which doubles the size of every entry; a constant for each class, which made eight spellings.
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
