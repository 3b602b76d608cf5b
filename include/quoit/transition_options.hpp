// SPDX-License-Identifier: MIT
// The values of a transition: options and limits, parts and moves, stages, reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/arcs.hpp>
#include <quoit/detail/core/named_options.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/share.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What transfer_limits::in, out and total count.
enum class transfer_unit : std::uint8_t {
  moves,   ///< every copy that is being made
  streams  ///< pairs of nodes between which copies are being made; a stream may carry any number of moves
};

/// How many copies may be made at the same time. A limit of 0 pauses: no further move begins.
struct transfer_limits {
  /// Options are given by name, as in {.in = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  std::uint32_t in = 1;                       ///< to one receiver
  std::uint32_t out = 1;                      ///< from one source
  std::uint32_t per_part = 1;                 ///< moves of one part, whatever the unit
  std::uint32_t total = ~std::uint32_t{0};    ///< in the whole cluster
  transfer_unit unit = transfer_unit::moves;  ///< what in, out and total count

  /// Whether a limit is 0, which pauses. O(1).
  [[nodiscard]] constexpr bool has_zero() const noexcept { return in == 0 || out == 0 || per_part == 0 || total == 0; }
  /// "in", "out", "per_part" or "total": the first limit that is 0. Precondition: has_zero(). O(1).
  [[nodiscard]] constexpr const char* name_of_zero() const noexcept {
    return in == 0 ? "in" : out == 0 ? "out" : per_part == 0 ? "per_part" : "total";
  }
  friend constexpr bool operator==(const transfer_limits&, const transfer_limits&) noexcept = default;
};

/// The options of a transition.
template <class Node>
struct transition_options {
  /// Options are given by name, as in {.replicas = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// Copies of every key; 0 means replica_count() of the placement, or 1 for a placement without that member.
  std::size_t replicas = 0;
  spread apart = spread::nodes;    ///< as in preferred()
  access how = access::automatic;  ///< the kind of data; see quoit::access
  std::vector<Node> failed = {};   ///< nodes that are lost with all that they held
  /// Whether nodes that `after` does not know can still be copied from. If not, they count as lost.
  bool leaving_nodes_serve = false;
  transfer_limits limits = {};  ///< at the beginning; set_limits() changes them
  std::uint64_t epoch = 1;      ///< the first epoch
};

/// A range of positions, or a slot, whose copies change.
struct transition_part {
  position_range range;  ///< of positions, or of slots
  share size;            ///< in hashes
};

/// One copy of a part that goes to another node: `source` sends it, `to` receives it, and `replaces` may drop its own
/// copy afterwards. Nodes are those of transition::before() and after(); a node that both know is the object of
/// after().
template <class Node>
struct copy_move {
  /// Index into transition::parts().
  std::size_t part = 0;
  /// The node that receives the copy; null if a copy is only dropped.
  const Node* to = nullptr;
  /// The node that sends the copy; null if no other live node holds one, as in a hole of a slot table, or if a copy is
  /// only dropped.
  const Node* source = nullptr;
  /// The node that may drop its copy when the move is done; null if the part lacked a copy.
  const Node* replaces = nullptr;
  /// Index in the list of copies after the migration, or in the list before it if a copy is only dropped.
  std::uint32_t position = 0;
  /// Counted from 0. Begin all moves of a round, make all of its copies, finish all, and go on with the next round:
  /// every step is then possible within the limits. transition::failed() computes the rounds again. no_round if the
  /// move cannot be made, because its receiver is lost or too few copies would be left.
  std::uint32_t round = 0;

  /// The round of a move that cannot be made.
  static constexpr std::uint32_t no_round = ~std::uint32_t{0};
};

/// All moves from one node to another: one connection that carries many ranges.
template <class Node>
struct transfer_stream {
  const Node* source = nullptr;        ///< as in a move; null if no other live node holds a copy
  const Node* to = nullptr;            ///< as in a move
  std::vector<std::size_t> moves;      ///< indices into transition::moves(), ascending
  std::vector<position_range> ranges;  ///< the range of each move, in the same order
  share size;                          ///< of all ranges, in hashes
};

/// The stage of a move.
///
///     pending ──begin──▶ copying ──copied──▶ copied ──finish──▶ done
///             ◀──back───         ◀──back────
///
/// With access::store back() goes from `copying` and `copied` to `returning`, and from there to `pending`.
///
/// | stage     | store                           | replicated                     | cache                          |
/// |-----------|---------------------------------|--------------------------------|--------------------------------|
/// | pending   | all keys are at the old node    | read and write the old list    | use the old node               |
/// | copying   | keys are handed over one by one | write both lists, read the old | fill the new node from the old |
/// | copied    | all keys are at the new node    | write both lists, read the new | use the new node               |
/// | done      | all keys are at the new node    | read and write the new list    | use the new node               |
/// | returning | keys are handed back one by one | does not occur                 | does not occur                 |
///
/// A store has one copy of a key, so an operation is done at one node only, also while copying: at the old node if the
/// key is there, else at the new one; at `returning` the other way round. A replicated write needs a quorum of each of
/// the two lists. A cache removes the key at the old node with each write and erasure from `copying` until `done`.
enum class move_stage : std::uint8_t {
  pending,   ///< not begun; the old copy is in use
  copying,   ///< data travels from the source to the receiver
  copied,    ///< the new copy is complete, and the old one is kept
  done,      ///< the old copy may be dropped
  returning  ///< keys travel back to the old node (access::store only)
};

/// The plan of a transition in numbers. moves = copies + moves without a source + drops; plan_report does not count
/// drops.
struct transition_report {
  std::size_t moves = 0;              ///< all moves
  std::size_t copies = 0;             ///< moves with a source
  std::size_t unrecoverable = 0;      ///< parts of which every copy is lost; not those that had none
  std::size_t drops = 0;              ///< moves that only drop a copy
  std::uint32_t rounds = 0;           ///< the number of rounds; see copy_move::round
  std::uint32_t round_bound = 0;      ///< a lower bound: no schedule has fewer rounds
  std::size_t streams = 0;            ///< pairs of nodes between which copies are made
  std::size_t max_in = 0;             ///< the most copies that one node receives
  std::size_t max_out = 0;            ///< the most copies that one node sends
  std::size_t cross_domain = 0;       ///< copies between different failure domains
  std::size_t primaries_changed = 0;  ///< parts whose first node changes
  /// The most that one live node holds at any time if the moves are done one by one in their order, as a share of all
  /// hashes. Every copy counts.
  share peak_load;
};

/// What a transition lost with a node. `lost`, `last_copy` and `stopped` are indices into parts() and moves(). The
/// ranges count all positions, also those that do not change their copies; for slot tables each is one slot.
struct failure_report {
  std::vector<std::size_t> lost;                  ///< parts with no copy left, or (access::store) with keys lost
  std::vector<std::size_t> last_copy;             ///< parts with one copy left
  std::vector<std::size_t> stopped;               ///< moves that went back to pending
  std::vector<transition_part> lost_ranges;       ///< all ranges whose last copy (or, with a store, some keys) went
  share lost_size;                                ///< of lost_ranges together
  std::vector<transition_part> last_copy_ranges;  ///< all ranges of which the node left one copy
  share last_copy_size;                           ///< of last_copy_ranges together
  std::uint32_t rounds = 0;  ///< the number of rounds from now on: all moves that are not done have new ones
};

/// What a transition can do next.
enum class transition_state : std::uint8_t {
  done,     ///< all moves are done
  working,  ///< a move is in flight, or one may begin
  paused,   ///< nothing is in flight, and a limit of 0 forbids to begin
  stuck     ///< nothing is in flight, and no move can begin with any limits: plan again
};

/// The state of a transition, and a sentence that says why.
struct transition_status {
  transition_state state = transition_state::done;  ///< what it can do next
  std::string why;                                  ///< for a person: how many moves, which limit, which node
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
