// SPDX-License-Identifier: MIT
// printed<T>: whether quoit/print.hpp has a text for a T. Declares all types that it prints, and includes none of them,
// so a user of one type pays for no other.
#pragma once

#include <concepts>
#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

enum class spread;
enum class access;
enum class action : std::uint8_t;
enum class move_stage : std::uint8_t;
enum class transfer_unit : std::uint8_t;
enum class transition_state : std::uint8_t;
enum class kv_outcome;
class spread_rule;
struct assign_result;
struct adopt_report;
struct plan_report;
struct plan_all_report;
struct transfer_limits;
struct transition_part;
struct transition_report;
struct failure_report;
struct transition_status;
struct kv_result;
struct kv_progress;
struct weight_scaling;
class startable_moves;
template <class Node>
struct node_spec;
template <class Node>
class preference_list;
template <class Node>
struct transfer;
template <class Node>
struct key_move;
template <class Node>
struct slot_move;
template <class Node>
struct substitute_leader;
template <class Node>
struct copy_move;
template <class Node>
struct transfer_stream;
template <class Node>
struct access_step;
template <class Node>
class access_set;
template <class Node>
struct node_load;
template <class Node>
class balance;
template <class Node>
struct kv_transfer;
template <class Node>
struct kv_report;
template <class Node>
struct slot_range;
template <class Node>
class node_range;
template <class Node>
class slot_replicas;
template <class Node>
class key_groups;
template <class Node>
class key_diff;
template <class Node>
class placement_diff;
template <class Steps>
class node_walk;
template <class Table>
class slot_plan;
template <class Table>
class slot_plans;
namespace detail {

// Whether the operator<< of this header prints a T.
template <class T>
inline constexpr bool printed = false;
template <class T>
  requires(std::same_as<T, spread> || std::same_as<T, access> || std::same_as<T, action> ||
           std::same_as<T, move_stage> || std::same_as<T, kv_outcome> || std::same_as<T, spread_rule> ||
           std::same_as<T, assign_result> || std::same_as<T, adopt_report> || std::same_as<T, plan_report> ||
           std::same_as<T, plan_all_report> || std::same_as<T, transfer_limits> || std::same_as<T, transition_part> ||
           std::same_as<T, transition_report> || std::same_as<T, failure_report> ||
           std::same_as<T, transition_status> || std::same_as<T, transfer_unit> || std::same_as<T, transition_state> ||
           std::same_as<T, kv_result> || std::same_as<T, kv_progress> || std::same_as<T, weight_scaling> ||
           std::same_as<T, startable_moves>)
inline constexpr bool printed<T> = true;
template <class Node>
inline constexpr bool printed<node_spec<Node>> = true;
template <class Node>
inline constexpr bool printed<preference_list<Node>> = true;
template <class Node>
inline constexpr bool printed<transfer<Node>> = true;
template <class Node>
inline constexpr bool printed<key_move<Node>> = true;
template <class Node>
inline constexpr bool printed<slot_move<Node>> = true;
template <class Node>
inline constexpr bool printed<substitute_leader<Node>> = true;
template <class Node>
inline constexpr bool printed<copy_move<Node>> = true;
template <class Node>
inline constexpr bool printed<transfer_stream<Node>> = true;
template <class Node>
inline constexpr bool printed<access_step<Node>> = true;
template <class Node>
inline constexpr bool printed<access_set<Node>> = true;
template <class Node>
inline constexpr bool printed<node_load<Node>> = true;
template <class Node>
inline constexpr bool printed<balance<Node>> = true;
template <class Node>
inline constexpr bool printed<kv_transfer<Node>> = true;
template <class Node>
inline constexpr bool printed<kv_report<Node>> = true;
template <class Node>
inline constexpr bool printed<slot_range<Node>> = true;
template <class Node>
inline constexpr bool printed<node_range<Node>> = true;
template <class Node>
inline constexpr bool printed<slot_replicas<Node>> = true;
template <class Node>
inline constexpr bool printed<key_groups<Node>> = true;
template <class Node>
inline constexpr bool printed<key_diff<Node>> = true;
template <class Node>
inline constexpr bool printed<placement_diff<Node>> = true;
template <class Steps>
inline constexpr bool printed<node_walk<Steps>> = true;
template <class Table>
inline constexpr bool printed<slot_plan<Table>> = true;
template <class Table>
inline constexpr bool printed<slot_plans<Table>> = true;

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
