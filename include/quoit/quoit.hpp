// SPDX-License-Identifier: MIT
// Includes all of quoit, in reading order.
#pragma once

// IWYU pragma: begin_exports
#include <quoit/version.hpp>  // the version
#include <quoit/config.hpp>   // error reporting
#include <quoit/fwd.hpp>      // forward declarations

#include <quoit/concepts.hpp>  // the concepts: stable_hash, slot_policy, placement, ranged_placement
#include <quoit/key.hpp>       // keys
#include <quoit/hash.hpp>      // hashes without dependencies
#include <quoit/xxhash.hpp>    // the default hash
#include <quoit/slots.hpp>     // slot policies: from a hash to a position or a slot
#include <quoit/node.hpp>      // nodes: id, weight and failure domain

#include <quoit/ring.hpp>                // the ring: which node owns a key
#include <quoit/ring_options.hpp>        // the options of a ring
#include <quoit/scaled_weights.hpp>      // large weights as small ones
#include <quoit/slot_table.hpp>          // the same, from a table of slots
#include <quoit/slot_table_options.hpp>  // the options of a slot table
#include <quoit/slot_replicas.hpp>       // the nodes that hold one slot
#include <quoit/adopt_report.hpp>        // how much a table differs from the placement it was made from
#include <quoit/spread.hpp>              // replicas in different failure domains
#include <quoit/preference_list.hpp>     // the nodes that hold the copies of a key
#include <quoit/walk.hpp>                // the first node that is alive, and the others in their order
#include <quoit/node_walk.hpp>           // the range of nodes that walk() returns
#include <quoit/key_groups.hpp>          // keys grouped by owner
#include <quoit/node_id.hpp>             // the id of a node of any type
#include <quoit/node_range.hpp>          // the nodes of a placement
#include <quoit/fingerprint.hpp>         // whether two processes place keys alike

#include <quoit/print.hpp>   // to_string and operator<< for what quoit returns
#include <quoit/format.hpp>  // std::formatter for the same

#include <quoit/share.hpp>     // exact parts of the hash space
#include <quoit/arcs.hpp>      // ranges of the circle with their owners
#include <quoit/diff.hpp>      // what moves between two placements
#include <quoit/key_diff.hpp>  // which of your keys move
#include <quoit/stats.hpp>     // load and balance

#include <quoit/plan.hpp>          // the next slot table, with the fewest moves
#include <quoit/plan_all.hpp>      // the next tables of many, with even totals
#include <quoit/plan_options.hpp>  // the options of a plan
#include <quoit/replace_node.hpp>  // another node in the place of one
#include <quoit/slot_plan.hpp>     // the result of a plan: the table and the moves
#include <quoit/plan_report.hpp>   // the cost of a plan

#include <quoit/transition.hpp>          // the migration from one placement to the next, move by move
#include <quoit/transition_options.hpp>  // options, moves, stages and reports of a transition
#include <quoit/startable_moves.hpp>     // the moves that may begin now
#include <quoit/access_set.hpp>          // the nodes to read and write during a transition
#include <quoit/table_now.hpp>           // the current state of a transition, as a slot table

#include <quoit/published.hpp>  // a value that readers use while it is replaced
#include <quoit/kv_map.hpp>     // an in-process map over any ranged placement
#include <quoit/kv_entry.hpp>   // entries, results and reports of a kv_map
// IWYU pragma: end_exports

/// @namespace quoit All of quoit. Unless a comment states otherwise, a call is O(1), does not allocate and does not
/// throw. Threads: free functions may be called from any number of threads. Const members of an object may be called
/// from any number of threads as long as no thread changes the object; other members need exclusive access. A copy is
/// an independent object. Q is the number of slots, R the number of copies. A lookup is O(bytes of the key + 1), and
/// O(log vnodes) in the worst case. Amounts of memory are in bytes, shares in hashes out of 2^64. Programs must not use
/// names in `quoit::detail`.
