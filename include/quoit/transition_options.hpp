// SPDX-License-Identifier: MIT
// What a transition is told, and what it tells: options, moves, stages, reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/arcs.hpp>
#include <quoit/share.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// How many copies may be in the making at the same time.
struct transfer_limits {
  std::uint32_t in = 1;        ///< to one node
  std::uint32_t out = 1;       ///< from one node
  std::uint32_t per_part = 1;  ///< of one part
  friend constexpr bool operator==(const transfer_limits&, const transfer_limits&) noexcept = default;
};

/// What a transition is made with.
template <class Node>
struct transition_options {
  /// Copies of every key; 0 is what the placement has (replica_count()), and 1 where it does not say.
  std::size_t replicas = 0;
  spread apart = spread::nodes;    ///< as in preferred()
  access how = access::automatic;  ///< how a node's data is reached
  std::vector<Node> failed = {};   ///< nodes that are lost with all they held
  /// Whether nodes that `after` does not know can still be copied from; else they are lost, too.
  bool leaving_nodes_serve = false;
  transfer_limits limits = {};  ///< for the first moves; set_limits() changes them
  std::uint64_t epoch = 1;      ///< the first one
};

/// A piece of the circle in which the copies change.
struct transition_part {
  position_range range;  ///< of positions, or of slots
  share size;            ///< in hashes
};

/// One copy of a part that goes to another node. Nodes are those of transition::before() and after(), as the latter has
/// them.
template <class Node>
struct copy_move {
  /// Index into transition::parts().
  std::size_t part = 0;
  /// Who receives the copy; null: nobody, a copy is only dropped.
  const Node* to = nullptr;
  /// Who sends it; null: nobody holds one.
  const Node* source = nullptr;
  /// Whose copy may be dropped when the move is done; null: nobody's, there was one too few.
  const Node* replaces = nullptr;
  /// Index in the list of copies after the move, or before it where a copy is only dropped.
  std::uint32_t position = 0;
  /// From 0: who does one round after the other keeps the limits.
  std::uint32_t round = 0;
};

/// How far a move is. pending ⇄ copying ⇄ copied → done. Only with access::store the way back
/// goes through `returning`: keys that were handed over are handed back.
enum class move_stage : std::uint8_t {
  pending,   ///< not begun: the old copy is used
  copying,   ///< being copied
  copied,    ///< the copy is complete, and the old one still there
  done,      ///< the old copy may be dropped
  returning  ///< keys are handed back (access::store)
};

/// The plan of a transition in numbers. moves = copies + those without a source + drops.
struct transition_report {
  std::size_t moves = 0;              ///< all of them
  std::size_t copies = 0;             ///< that are sent by somebody
  std::size_t unrecoverable = 0;      ///< parts whose every copy is lost
  std::size_t drops = 0;              ///< moves by which a copy is only dropped
  std::uint32_t rounds = 0;           ///< see copy_move::round
  std::uint32_t round_bound = 0;      ///< no schedule has fewer rounds
  std::size_t max_in = 0;             ///< copies that one node receives in all
  std::size_t max_out = 0;            ///< copies that one node sends in all
  std::size_t cross_domain = 0;       ///< copies between different failure domains
  std::size_t primaries_changed = 0;  ///< parts with another first node
  /// The most that one node holds at any time if the moves are done one after the other in their order, as a share of
  /// all hashes and counting every copy.
  share peak_load;
};

/// What the loss of a node did to a transition, as indices into parts() and moves().
struct failure_report {
  std::vector<std::size_t> lost;       ///< parts without any copy left, or (access::store) without some of their keys
  std::vector<std::size_t> last_copy;  ///< parts with a single copy left
  std::vector<std::size_t> stopped;    ///< moves that went back to pending
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
