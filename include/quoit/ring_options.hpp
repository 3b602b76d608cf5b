// SPDX-License-Identifier: MIT
// What a ring is made with, and the default number of virtual nodes.
#pragma once

#include <cstddef>
#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Virtual nodes per unit of weight, unless you say otherwise. The loads of equal nodes scatter by 1/sqrt(vnodes)
/// whatever their number; 512 is the smallest power of two whose fullest node stays, on average and up to 1,000 nodes,
/// within 15 % of its due (160: 28 %; 1,024: 10 % for twice the memory and work a join). Measured:
/// benchmarks/balance.md.
inline constexpr std::int64_t default_vnodes = 512;

/// More vnodes than this for one node is a mistake in its weight, not a wish.
inline constexpr std::int64_t max_vnodes_per_node = std::int64_t{1} << 24;

/// What a ring is made with.
struct ring_options {
  std::int64_t vnodes = default_vnodes;  ///< virtual nodes per unit of weight, 1 … max_vnodes_per_node
  std::uint64_t seed = 0;                ///< of the hash, for keys and vnodes alike
};

/// What ring::assign() changed, in nodes.
struct assign_result {
  std::size_t added = 0;    ///< that were unknown
  std::size_t removed = 0;  ///< that are unknown now
  std::size_t changed = 0;  ///< that have a new weight or domain
  friend constexpr bool operator==(const assign_result&, const assign_result&) noexcept = default;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
