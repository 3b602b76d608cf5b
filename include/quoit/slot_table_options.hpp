// SPDX-License-Identifier: MIT
// What a slot table is made with, and the ranges of slots in which other systems describe theirs.
#pragma once

#include <cstdint>
#include <vector>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What a slot table is made with. Q × R must be below 2^32.
struct slot_table_options {
  std::uint64_t slots = 16384;  ///< their number Q, for the policy quoit::slots<>; any other policy has its own
  std::size_t replicas = 3;     ///< the length R of a slot's list, 1 … 255
  std::uint64_t seed = 0;       ///< of the hash
};

/// The slots `first` to `last`, both included, are held by these nodes, primary first: an entry of Redis Cluster's
/// CLUSTER SLOTS. `Node` may also be an id of a node: a string or an integer.
template <class Node>
struct slot_range {
  std::uint64_t first = 0;       ///< the lowest slot
  std::uint64_t last = 0;        ///< the highest slot, no less than the first
  std::vector<Node> nodes = {};  ///< primary first, no more than R
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
