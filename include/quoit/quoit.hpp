// SPDX-License-Identifier: MIT
// All of quoit, in reading order.
#pragma once

// IWYU pragma: begin_exports
#include <quoit/version.hpp>  // the version
#include <quoit/config.hpp>   // how errors are reported

#include <quoit/concepts.hpp>  // the concepts: stable_hash, slot_policy, placement, ranged_placement
#include <quoit/key.hpp>       // what may be a key
#include <quoit/hash.hpp>      // hashes without a dependency
#include <quoit/xxhash.hpp>    // the default hash
#include <quoit/slots.hpp>     // from a hash to a position or a slot
#include <quoit/node.hpp>      // id, weight and failure domain

#include <quoit/ring.hpp>             // which node owns a key
#include <quoit/slot_table.hpp>       // the same, from a table of slots
#include <quoit/adopt_report.hpp>     // how exact a table made from another placement is
#include <quoit/spread.hpp>           // replicas in different failure domains
#include <quoit/preference_list.hpp>  // the nodes that hold the copies of a key
#include <quoit/key_groups.hpp>       // many keys, grouped by owner
#include <quoit/fingerprint.hpp>      // whether two processes agree

#include <quoit/share.hpp>  // exact parts of the hash space
#include <quoit/arcs.hpp>   // the pieces of the circle
#include <quoit/diff.hpp>   // what moves between two placements
#include <quoit/key_diff.hpp>  // which of your keys move
#include <quoit/stats.hpp>  // load and balance

#include <quoit/plan.hpp>          // the next slot table, with the fewest moves
#include <quoit/plan_options.hpp>  // what a plan is told
#include <quoit/slot_plan.hpp>     // the table and the moves that a plan returns
#include <quoit/plan_report.hpp>   // what they cost

#include <quoit/transition.hpp>          // the way from one placement to the next, move by move
#include <quoit/transition_options.hpp>  // options, moves, stages and reports of a transition
#include <quoit/access_set.hpp>          // where to read and write a key meanwhile
#include <quoit/table_now.hpp>           // a transition under way, as a slot table

#include <quoit/published.hpp>  // a placement that changes under its readers
#include <quoit/kv_map.hpp>     // an in-process map over any placement
// IWYU pragma: end_exports

/// @namespace quoit
/// All of quoit. What holds where a comment does not say otherwise: a call is O(1), does not allocate and does not
/// throw. Threads: a free function may be called from any number of threads, and so may const members of one object, as
/// long as nobody changes it meanwhile; who changes an object needs it for himself. A copy is an object of its own. Q
/// is the number of slots, R that of copies; a lookup is O(bytes of the key + 1), and O(log vnodes) at worst. Sizes are
/// in bytes, shares in hashes out of 2^64. The names in `quoit::detail` are nobody's to use.
