// SPDX-License-Identifier: MIT
// What a kv_map stores and answers: entries with their indexes, outcomes of conditional writes, reports of changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/share.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What a kv_map is made with.
struct kv_options {
  std::size_t replicas = 1;      ///< how many distinct nodes hold each key (all of them, where there are fewer); not 0
  spread apart = spread::nodes;  ///< whether their domains must differ
};

/// The map's counter: every write gets the next one. 0 is never given to an entry.
using kv_index = std::uint64_t;

/// A value with 64 bits of the user's, and when it was created and last written.
template <class Value>
struct kv_entry {
  Value value;                ///< what was put
  std::uint64_t flags = 0;    ///< yours; never looked at
  kv_index create_index = 0;  ///< of the write that created it
  kv_index modify_index = 0;  ///< of the last write: what cas() compares
};

/// What kv_map::list() gives.
template <class Value>
struct kv_item {
  std::string key;        ///< whole, its prefix included
  kv_entry<Value> entry;  ///< a copy
};

/// How a conditional write ended.
enum class kv_outcome {
  ok,      ///< done
  absent,  ///< there is no such key
  stale,   ///< it was written since
  exists   ///< it was to be created, and is there
};

/// What a conditional write did.
struct kv_result {
  kv_outcome outcome = kv_outcome::ok;  ///< whether it was done, and why not
  /// The entry's modify_index now: the new one after ok (for an erase, the map's index), the one that stands in the way
  /// after stale and exists, 0 after absent.
  kv_index index = 0;
  /// Whether it was done.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return outcome == kv_outcome::ok; }
  friend constexpr bool operator==(const kv_result& result, kv_outcome which) noexcept {
    return result.outcome == which;
  }
};

/// How far a migration is.
struct kv_progress {
  std::size_t moves = 0;    ///< of the transition
  std::size_t done = 0;     ///< moves at move_stage::done
  std::size_t copied = 0;   ///< entries, so far
  std::uint64_t epoch = 0;  ///< of the transition
};

/// Copies that one node handed to another.
template <class Node>
struct kv_transfer {
  Node source;             ///< the node that had them
  Node to;                 ///< the node that has them
  std::size_t copies = 0;  ///< with one copy a key: keys
};

/// What a change of membership did. With one copy a key, "copies" are keys.
template <class Node>
struct kv_report {
  std::size_t keys = 0;                      ///< in the map before the change
  std::size_t moved_keys = 0;                ///< keys with another primary now (lost ones not among them)
  std::size_t moved_copies = 0;              ///< copies that a node holds now and did not before
  std::size_t minimum_copies = 0;            ///< what the numbers of copies per node before and after make unavoidable
  std::size_t examined = 0;                  ///< entries that were looked at to find those that move
  std::vector<kv_transfer<Node>> transfers;  ///< who handed how many copies to whom, in id order
  std::vector<std::string> lost;             ///< keys whose every copy was on a failed node, in key order
  share moved_share;                         ///< exact part of all hashes that changed its primary, lost keys included
  share minimum_share;                       ///< the least for these loads: see placement_diff::minimum()
  share ideal_share;                         ///< the least for perfectly balanced loads
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
