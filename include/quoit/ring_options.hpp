// SPDX-License-Identifier: MIT
// ring_options: the options of a ring, and the default number of virtual nodes.
#pragma once

#include <cstddef>
#include <cstdint>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The default number of virtual nodes for each unit of weight. The loads of equal nodes deviate by about
/// 1/sqrt(vnodes) from their mean, for any number of nodes. 512 is the smallest power of two for which the fullest node
/// exceeds its fair share by at most 15 % on average, up to 1,000 nodes. 160 vnodes give 28 %; 1,024 vnodes give 10 %,
/// for twice the memory and twice the work for each join. Measured: benchmarks/balance.md.
inline constexpr std::int64_t default_vnodes = 512;

/// The maximum of weight × vnodes for one node. A larger value is most likely a mistake in the weight, such as the size
/// of a disk; scaled_weights() makes smaller ones.
inline constexpr std::int64_t max_vnodes_per_node = std::int64_t{1} << 24;

/// The maximum number of virtual nodes of a ring: 2^32 - 2.
inline constexpr std::uint64_t max_vnodes = 0xfffffffeU;

/// The options of a ring.
struct ring_options {
  /// Options are given by name, as in {.vnodes = 256}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  std::int64_t vnodes = default_vnodes;  ///< virtual nodes for each unit of weight, 1 … max_vnodes_per_node
  std::uint64_t seed = 0;                ///< seed of the hash, for keys and vnodes
};

/// The number of nodes that ring::assign() changed.
struct assign_result {
  std::size_t added = 0;    ///< new nodes
  std::size_t removed = 0;  ///< nodes that are no longer in the ring
  std::size_t changed = 0;  ///< nodes with a new weight or domain
  friend constexpr bool operator==(const assign_result&, const assign_result&) noexcept = default;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
