// SPDX-License-Identifier: MIT
// What a transition is told, and what it tells: options, moves, stages, reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/share.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

/// How a node's data is reached, which decides the sets that a transition gives for a key. `automatic` is `store` for
/// one copy and `replicated` for several.
///   store        one copy, which is the truth; keys are handed over one by one, each atomically (Redis MIGRATE)
///   replicated   writes carry versions, the newest wins, deletions leave a marker, and reads and writes need a quorum
///   cache        what is missing can be fetched again
enum class access { automatic, store, replicated, cache };

/// How many copies may be in the making at the same time: to one node, from one node, and of one part.
struct transfer_limits {
  std::uint32_t in = 1;
  std::uint32_t out = 1;
  std::uint32_t per_part = 1;
  friend constexpr bool operator==(const transfer_limits&, const transfer_limits&) noexcept = default;
};

/// replicas: copies of every key; 0 is what the placement has (replica_count()), and 1 where it does not say. apart: as
/// in preferred(). failed: nodes that are lost with all they held; so are nodes that `after` does not know, unless
/// leaving_nodes_serve. epoch: the first one.
template <class Node>
struct transition_options {
  std::size_t replicas = 0;
  spread apart = spread::nodes;
  access how = access::automatic;
  std::vector<Node> failed = {};
  bool leaving_nodes_serve = false;
  transfer_limits limits = {};
  std::uint64_t epoch = 1;
};

/// A piece of the circle in which the copies change.
struct transition_part {
  position_range range;
  share size;
};

/// One copy of a part that goes to another node. Nodes are those of transition::before() and after(), as the latter has
/// them.
template <class Node>
struct copy_move {
  std::size_t part = 0;
  /// Who receives the copy; null: nobody, a copy is only dropped.
  const Node* to = nullptr;
  /// Who sends it; null: nobody holds one.
  const Node* from = nullptr;
  /// Whose copy may be dropped when the move is done; null: nobody's, there was one too few.
  const Node* replaces = nullptr;
  /// Index in the list of copies after the move, or before it where a copy is only dropped.
  std::uint32_t position = 0;
  std::uint32_t round = 0;
};

/// pending ⇄ write_both_read_old ⇄ write_both_read_new → done. Only with access::store the way back goes through
/// `returning`: keys that were handed over are handed back.
enum class move_stage : std::uint8_t { pending, write_both_read_old, write_both_read_new, done, returning };

/// moves = copies + those without a source + drops. unrecoverable: parts whose every copy is lost. round_bound: no
/// schedule has fewer rounds. max_in, max_out: copies that one node receives, or sends, in all. cross_domain: copies
/// between different failure domains. primaries_changed: parts with another first node. peak_load: the most that one
/// node holds at any time if the moves are done one after the other in their order, as a share of all hashes and
/// counting every copy.
struct transition_report {
  std::size_t moves = 0;
  std::size_t copies = 0;
  std::size_t unrecoverable = 0;
  std::size_t drops = 0;
  std::uint32_t rounds = 0;
  std::uint32_t round_bound = 0;
  std::size_t max_in = 0;
  std::size_t max_out = 0;
  std::size_t cross_domain = 0;
  std::size_t primaries_changed = 0;
  share peak_load;
};

/// What the loss of a node did to a transition. Parts without any copy left, or (access::store) without some of their
/// keys; parts with a single one left; and the moves that went back to pending.
struct failure_report {
  std::vector<std::size_t> lost;
  std::vector<std::size_t> last_copy;
  std::vector<std::size_t> stopped;
};

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
