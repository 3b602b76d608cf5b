// SPDX-License-Identifier: MIT
// The module: `import quoit;` gives every public name of <quoit/quoit.hpp>, and no macro.
//
// The module only exports the names of the headers. So a program may include the headers in one file and import the
// module in another: both give the same entities. tests/packaging/module_exports.py compares this list with the
// headers.
//
// Rejected: declarations that belong to the module itself (`export` in front of each). A program that includes in one
// file and imports in another would then have every class twice.
module;

#include <quoit/quoit.hpp>

export module quoit;

export namespace quoit {

// concepts.hpp, key.hpp
using quoit::hash_key;
using quoit::hashable_key;
using quoit::key_hash;
using quoit::placement;
using quoit::ranged_placement;
using quoit::slot_policy;
using quoit::stable_hash;
using quoit::stable_hash_name;

// hash.hpp, xxhash.hpp
using quoit::crc32;
using quoit::crc32_ieee;
using quoit::fmix64;
using quoit::fnv1a;
using quoit::fnv1a_64;
using quoit::fnv1a_64_basis;
using quoit::hash128;
using quoit::mix64;
using quoit::murmur3;
using quoit::murmur3_x64_128;
using quoit::splitmix64;
using quoit::xxh3;
using quoit::xxh64;

// slots.hpp
using quoit::crc16_xmodem;
using quoit::dynamic_slots;
using quoit::modulo_circle;
using quoit::redis_slots;
using quoit::slots;
using quoit::whole_circle;

// node.hpp, node_id.hpp, node_range.hpp
using quoit::id_text;
using quoit::max_domain_levels;
using quoit::new_node;
using quoit::node_id;
using quoit::node_options;
using quoit::node_range;
using quoit::node_spec;

// ring.hpp, ring_options.hpp, scaled_weights.hpp
using quoit::assign_result;
using quoit::default_vnodes;
using quoit::max_vnodes;
using quoit::max_vnodes_per_node;
using quoit::ring;
using quoit::ring_options;
using quoit::scaled_weights;
using quoit::weight_scaling;

// slot_table.hpp, slot_table_options.hpp, slot_replicas.hpp
using quoit::slot_range;
using quoit::slot_replicas;
using quoit::slot_table;
using quoit::slot_table_options;

// preference_list.hpp, walk.hpp, node_walk.hpp, key_groups.hpp, fingerprint.hpp
using quoit::find_if;
using quoit::find_if_at;
using quoit::fingerprint;
using quoit::key_groups;
using quoit::node_walk;
using quoit::preference_list;
using quoit::spread;
using quoit::walk;
using quoit::walk_at;

// share.hpp, arcs.hpp, diff.hpp, stats.hpp
using quoit::arc;
using quoit::balance;
using quoit::balance_of;
using quoit::adopt_report;
using quoit::diff;
using quoit::key_diff;
using quoit::key_move;
using quoit::move;
using quoit::moved_keys;
using quoit::moved_share;
using quoit::node_load;
using quoit::placement_diff;
using quoit::position_range;
using quoit::share;
using quoit::transfer;

// spread.hpp, plan.hpp, plan_all.hpp, plan_report.hpp, replace_node.hpp
using quoit::build;
using quoit::build_all;
using quoit::carried_load;
using quoit::pinned_copy;
using quoit::plan;
using quoit::plan_all;
using quoit::plan_all_options;
using quoit::plan_all_report;
using quoit::plan_options;
using quoit::plan_report;
using quoit::replace_node;
using quoit::replace_options;
using quoit::slot_move;
using quoit::slot_plan;
using quoit::slot_plans;
using quoit::spread_rule;
using quoit::substitute_leader;

// transition.hpp, transition_options.hpp, startable_moves.hpp, access_set.hpp, table_now.hpp
using quoit::access;
using quoit::access_set;
using quoit::access_step;
using quoit::action;
using quoit::copy_move;
using quoit::failure_report;
using quoit::move_stage;
using quoit::table_now;
using quoit::transfer_limits;
using quoit::startable_moves;
using quoit::transfer_stream;
using quoit::transfer_unit;
using quoit::transition;
using quoit::transition_options;
using quoit::transition_part;
using quoit::transition_report;
using quoit::transition_state;
using quoit::transition_status;

// published.hpp
using quoit::published;
using quoit::published_reader;
using quoit::published_snapshot;

// kv_map.hpp, kv_entry.hpp
using quoit::kv_entry;
using quoit::kv_index;
using quoit::kv_item;
using quoit::kv_map;
using quoit::kv_options;
using quoit::kv_outcome;
using quoit::kv_progress;
using quoit::kv_report;
using quoit::kv_result;
using quoit::kv_transfer;

// For several of these types. Other operators are members or friends, which need no line.
using quoit::to_string;
using quoit::operator<<;

}  // namespace quoit
