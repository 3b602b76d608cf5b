// SPDX-License-Identifier: MIT
// The types that a kv_map stores and returns: entries with their indexes, outcomes of conditional writes, and reports
// of changes of nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/share.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The options of a kv_map.
struct kv_options {
  /// Options are given by name, as in {.replicas = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  std::size_t replicas = 1;      ///< number of nodes that hold each key (all nodes if there are fewer); not 0
  spread apart = spread::nodes;  ///< whether the domains of these nodes must differ
};

/// A value of the map's counter. Every write increments the counter. No entry has index 0.
using kv_index = std::uint64_t;

/// A value with 64 bits for the user, and the indexes of its first and its last write.
template <class Value>
struct kv_entry {
  Value value;                ///< the stored value
  std::uint64_t flags = 0;    ///< for the user; the map never reads them
  kv_index create_index = 0;  ///< index of the write that created the entry
  kv_index modify_index = 0;  ///< index of the last write; cas() compares it
};

/// One element of the result of kv_map::list().
template <class Value>
struct kv_item {
  std::string key;        ///< the whole key, with its prefix
  kv_entry<Value> entry;  ///< a copy
};

/// The outcome of a conditional write.
enum class kv_outcome {
  ok,      ///< the write is done
  absent,  ///< the key does not exist
  stale,   ///< the entry has another modify_index than expected
  exists   ///< the key exists, but the write was to create it
};

/// The result of a conditional write.
struct kv_result {
  kv_outcome outcome = kv_outcome::ok;  ///< whether the write is done, and if not, why
  /// After ok, the new modify_index of the entry (for an erase, the map's index). After stale and exists, the
  /// modify_index of the existing entry. After absent, 0.
  kv_index index = 0;
  /// Whether the write is done.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return outcome == kv_outcome::ok; }
  friend constexpr bool operator==(const kv_result& result, kv_outcome which) noexcept {
    return result.outcome == which;
  }
};

/// The progress of a migration.
struct kv_progress {
  std::size_t moves = 0;    ///< number of moves of the transition
  std::size_t done = 0;     ///< number of moves at move_stage::done
  std::size_t copied = 0;   ///< number of entries that were copied so far
  std::uint64_t epoch = 0;  ///< epoch of the transition
};

/// Copies that one node sent to another.
template <class Node>
struct kv_transfer {
  Node source;             ///< the node that sent the copies
  Node to;                 ///< the node that received the copies
  std::size_t copies = 0;  ///< number of copies; with one replica this is the number of keys
};

/// What a change of nodes did. With one replica, the number of copies is the number of keys.
template <class Node>
struct kv_report {
  std::size_t keys = 0;            ///< keys in the map before the change
  std::size_t moved_keys = 0;      ///< keys that have another primary now, without the lost keys
  std::size_t moved_copies = 0;    ///< copies on nodes that did not hold them before
  std::size_t minimum_copies = 0;  ///< least copies to move, given the numbers of copies per node before and after
  std::size_t examined = 0;        ///< entries that the change looked at
  std::vector<kv_transfer<Node>> transfers;  ///< the copies that moved, by source and receiver, in id order
  std::vector<std::string> lost;             ///< keys whose every copy was on a failed node, in key order
  share moved_share;                         ///< exact share of all hashes whose primary changed, lost keys included
  share minimum_share;                       ///< least share for these loads: see placement_diff::minimum()
  share ideal_share;                         ///< least share for perfectly balanced loads
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
