// SPDX-License-Identifier: MIT
// slot_table_options: the size and seed of a slot table. slot_range: a range of slots with the same nodes, as other
// systems describe their tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The size and seed of a slot table. Q × R must be below 2^32.
struct slot_table_options {
  /// Options are given by name, as in {.slots = 64}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  std::uint64_t slots = 16384;  ///< the number of slots Q, for the policy quoit::slots<>; other policies have their own
  std::size_t replicas = 3;     ///< the length R of a slot's list, 1 … 255
  std::uint64_t seed = 0;       ///< the seed of the hash
};

/// These nodes hold the slots from `first` to `last`, including both, primary first: an entry of Redis Cluster's
/// CLUSTER SLOTS. `Node` may also be the id of a node: a string or an integer.
template <class Node>
struct slot_range {
  std::uint64_t first = 0;       ///< the lowest slot
  std::uint64_t last = 0;        ///< the highest slot, not less than `first`
  std::vector<Node> nodes = {};  ///< primary first, at most R
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
