// SPDX-License-Identifier: MIT
// access_rules: everything that the kind of access decides in a transition. No other file decides by the kind.
//
//                              store                       replicated                cache
//   copies of a key            1                           any number                any number
//   moves of a part at a time  1, as there is no other     1                         limits.per_part
//   stage that back() enters   returning, then pending     the stage before          the stage before
//   replaced copy is whole     while pending               until finish()            until finish()
//   a lost node loses          the keys that it has        its copies                its copies
//   back() needs               the old node, alive         another live copy         another live copy
//
// The steps of reads, writes and erasures are at the head of quoit/access_set.hpp.
//
// A store hands over keys, and each key has one copy. So its way back has a stage of its own, `returning`, in which the
// keys travel in the other direction. Clients must ask the sender first and the receiver second. With one order for
// both directions a client would ask each node just when the key is at the other one.
//
// Rejected: virtual functions, which would need an object for each transition and hide three functions of one line;
// one class template for each kind, which would make the kind a part of the type of a transition.
#pragma once

#include <cstddef>
#include <string>

#include <quoit/access_set.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Every kind has these members. A `part` is a part with a move in flight, of the class access_sets::part_in_flight.
//
//   moves_may_overlap            whether several moves of a part may be in flight at a time
//   loses_keys_with_a_node       whether a lost node takes keys with it that no other node has
//   reads_every_copy             whether a read of a key that does not move goes to every copy
//   stage_before(stage)          the stage that back() enters
//   old_copy_is_whole(stage)     whether the replaced node has all keys of the part
//   keys_are_split(stage)        whether some keys are at the replaced node and the others at the receiver
//   back_needs_old_node(stage)   whether back() makes the replaced node receive keys
//   back_drops_new_copy(stage)   whether back() makes the receiver give up a whole copy
//   read, write, erase           add the steps of an operation to a set

struct store_rules {
  static constexpr bool moves_may_overlap = true;
  static constexpr bool loses_keys_with_a_node = true;
  static constexpr bool reads_every_copy = false;

  static constexpr move_stage stage_before(move_stage stage) noexcept {
    return stage == move_stage::returning ? move_stage::pending : move_stage::returning;
  }
  template <class Stage>
  static constexpr bool old_copy_is_whole(const Stage& stage) noexcept {
    return stage() == move_stage::pending;
  }
  static constexpr bool keys_are_split(move_stage stage) noexcept {
    return stage == move_stage::copying || stage == move_stage::returning;
  }
  static constexpr bool back_needs_old_node(move_stage stage) noexcept { return stage != move_stage::returning; }
  static constexpr bool back_drops_new_copy(move_stage) noexcept { return false; }

  template <class Part, class Set>
  static void read(const Part& part, Set& set) {
    find_authority(part, set);
  }
  template <class Part, class Set>
  static void write(const Part& part, Set& set) {
    find_authority(part, set);
  }
  template <class Part, class Set>
  static void erase(const Part& part, Set& set) {
    find_authority(part, set);
  }

 private:
  // Exactly one node has authority over a key. The steps find it: the sender first, as the key can leave it only for
  // the receiver.
  template <class Part, class Set>
  static void find_authority(const Part& part, Set& set) {
    const auto* const old_node = part.old_primary();
    const auto* const new_node = part.new_primary();
    const auto old_step = [&](action what) { set.push_back({old_node, what, true, false}); };
    const auto new_step = [&](action what) { set.push_back({new_node, what, false, true}); };
    if (new_node == nullptr) {
      if (old_node != nullptr) old_step(action::use);
    } else if (old_node == nullptr || part.has(move_stage::copied)) {
      new_step(action::use);
    } else if (part.has(move_stage::returning)) {
      new_step(action::use_if_present);
      old_step(action::use);
    } else {
      old_step(action::use_if_present);
      new_step(action::use);
    }
  }
};

// What replicated and cache have in common: a copy is made, and the replaced one stays whole until it may be dropped.
struct copying_rules {
  static constexpr bool loses_keys_with_a_node = false;

  static constexpr move_stage stage_before(move_stage stage) noexcept {
    return stage == move_stage::copied ? move_stage::copying : move_stage::pending;
  }
  template <class Stage>
  static constexpr bool old_copy_is_whole(const Stage&) noexcept {
    return true;
  }
  static constexpr bool keys_are_split(move_stage) noexcept { return false; }
  static constexpr bool back_needs_old_node(move_stage) noexcept { return false; }
  static constexpr bool back_drops_new_copy(move_stage stage) noexcept { return stage == move_stage::copied; }

 protected:
  // Calls use(node, in_old, in_new) for each node of the two lists: the new list, then what only the old one has.
  template <class Part, class Use>
  static void for_each_node_of_both(const Part& part, const Use& use) {
    const auto old_nodes = part.old_nodes(), new_nodes = part.new_nodes();
    for (const auto* const node : new_nodes) use(node, detail::contains(old_nodes, node), true);
    for (const auto* const node : old_nodes) {
      if (!detail::contains(new_nodes, node)) use(node, true, false);
    }
  }
};

struct replicated_rules : copying_rules {
  // Quorums of the lists before and after a change must have a node in common. With two moves at a time they need not.
  static constexpr bool moves_may_overlap = false;
  static constexpr bool reads_every_copy = true;

  template <class Part, class Set>
  static void read(const Part& part, Set& set) {
    for (const auto* const node : part.nodes_now()) set.push_back({node, action::use, true, true});
  }
  template <class Part, class Set>
  static void write(const Part& part, Set& set) {
    // One of the lists is empty: no node had the part before, or no node is to have it. Before its first copy is
    // complete, no node takes a write either, because back() could drop it.
    if (part.old_primary() == nullptr || part.new_primary() == nullptr) return read(part, set);
    for_each_node_of_both(
        part, [&](const auto* node, bool in_old, bool in_new) { set.push_back({node, action::use, in_old, in_new}); });
    set.require_both_quorums();
  }
  template <class Part, class Set>
  static void erase(const Part& part, Set& set) {
    write(part, set);
  }
};

struct cache_rules : copying_rules {
  static constexpr bool moves_may_overlap = true;
  static constexpr bool reads_every_copy = false;

  template <class Part, class Set>
  static void read(const Part& part, Set& set) {
    const auto* const old_node = part.old_primary();
    const auto* const new_node = part.new_primary();
    const bool cold = part.has(move_stage::copying);
    if (old_node == nullptr || old_node == new_node || (new_node != nullptr && !cold)) {
      if (new_node != nullptr) set.push_back({new_node, action::use, old_node == new_node, true});
      return;
    }
    if (new_node != nullptr) set.push_back({new_node, action::use, false, true});
    set.push_back({old_node, action::use, true, false});
    if (new_node != nullptr) set.push_back({new_node, action::fill_add, false, true});
  }
  template <class Part, class Set>
  static void write(const Part& part, Set& set) {
    change(part, action::use, set);
  }
  template <class Part, class Set>
  static void erase(const Part& part, Set& set) {
    change(part, action::invalidate_and_hold, set);
  }

 private:
  // `at_receiver` is what is done at a node that only the new list has.
  template <class Part, class Set>
  static void change(const Part& part, action at_receiver, Set& set) {
    for_each_node_of_both(part, [&](const auto* node, bool in_old, bool in_new) {
      const action what = !in_new ? action::invalidate : in_old ? action::use : at_receiver;
      set.push_back({node, what, in_old, in_new});
    });
  }
};

// The rules of one kind of access: dispatch() is the only place that tells the kinds apart.
class access_rules {
  // Before its callers, which need its return type.
  template <class Ask>
  constexpr auto dispatch(const Ask& ask) const {
    switch (how_) {
    case access::replicated:
      return ask(replicated_rules{});
    case access::cache:
      return ask(cache_rules{});
    case access::automatic:
    case access::store:
      break;
    }
    return ask(store_rules{});
  }

 public:
  // Not access::automatic: see decided().
  explicit constexpr access_rules(access how) noexcept : how_(how) {}

  // What access::automatic stands for. Throws std::invalid_argument for a store with several copies.
  [[nodiscard]] static access decided(access how, std::size_t copies) {
    if (how == access::automatic) return copies == 1 ? access::store : access::replicated;
    if (how == access::store && copies != 1) {
      throw_invalid_argument("transition: access::store needs one copy of every key, not " + std::to_string(copies) +
                             "; set replicas = 1, or how = access::replicated");
    }
    return how;
  }
  // Throws std::invalid_argument for limits that the kind does not allow.
  void check_limits(const transfer_limits& limits) const {
    if (limits.per_part > 1 && !dispatch([]<class Rules>(Rules) { return Rules::moves_may_overlap; })) {
      throw_invalid_argument("transition: per_part = " + std::to_string(limits.per_part) +
                             "; with access::replicated only one copy of a part may move at a time");
    }
  }

  [[nodiscard]] constexpr access how() const noexcept { return how_; }
  [[nodiscard]] constexpr bool loses_keys_with_a_node() const noexcept {
    return dispatch([]<class Rules>(Rules) { return Rules::loses_keys_with_a_node; });
  }
  [[nodiscard]] constexpr bool reads_every_copy() const noexcept {
    return dispatch([]<class Rules>(Rules) { return Rules::reads_every_copy; });
  }
  [[nodiscard]] constexpr move_stage stage_before(move_stage stage) const noexcept {
    return dispatch([=]<class Rules>(Rules) { return Rules::stage_before(stage); });
  }
  // stage() gives the stage: only a store pays for the search.
  template <class Stage>
  [[nodiscard]] constexpr bool old_copy_is_whole(const Stage& stage) const noexcept {
    return dispatch([&]<class Rules>(Rules) { return Rules::old_copy_is_whole(stage); });
  }
  [[nodiscard]] constexpr bool keys_are_split(move_stage stage) const noexcept {
    return dispatch([=]<class Rules>(Rules) { return Rules::keys_are_split(stage); });
  }
  [[nodiscard]] constexpr bool back_needs_old_node(move_stage stage) const noexcept {
    return dispatch([=]<class Rules>(Rules) { return Rules::back_needs_old_node(stage); });
  }
  [[nodiscard]] constexpr bool back_drops_new_copy(move_stage stage) const noexcept {
    return dispatch([=]<class Rules>(Rules) { return Rules::back_drops_new_copy(stage); });
  }

  template <class Part, class Set>
  void read(const Part& part, Set& set) const {
    dispatch([&]<class Rules>(Rules) { Rules::read(part, set); });
  }
  template <class Part, class Set>
  void write(const Part& part, Set& set) const {
    dispatch([&]<class Rules>(Rules) { Rules::write(part, set); });
  }
  template <class Part, class Set>
  void erase(const Part& part, Set& set) const {
    dispatch([&]<class Rules>(Rules) { Rules::erase(part, set); });
  }

 private:
  access how_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
