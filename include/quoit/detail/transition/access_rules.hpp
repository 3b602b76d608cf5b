// SPDX-License-Identifier: MIT
// The sets of a transition at one moment: from how far the moves of a part are to what an operation has to do.
//
//   old ends   the copies of a part with every move in flight at its old node       write_both: a quorum in each
//   new ends   the same with every move in flight at its new node
//   now        each move at the end that is read
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Plan: transition_plan<Placement>.
template <class Plan>
class access_sets {
  using view = move_states::view;
  using node_type = typename Plan::node_type;
  using set_type = access_set<node_type>;

 public:
  access_sets(const Plan& plan, const move_states& states, access how) noexcept
      : plan_(plan), states_(states), how_(how) {}

  std::size_t now(std::uint64_t position, std::span<const node_type*> out) const noexcept {
    const std::span<const node_type*> room = out.first((std::min)(out.size(), plan_.replicas()));
    const std::size_t part = plan_.part_at(position);
    if (part == Plan::no_part) return plan_.after().preferred(position, room, plan_.apart());
    std::size_t count = 0;
    for_each_node(part, view::now, [&](const node_type* node) {
      if (count < out.size()) out[count++] = node;
    });
    return count;
  }

  [[nodiscard]] set_type read(std::uint64_t position) const {
    const std::size_t part = moving_part(position);
    set_type result;
    if (part == Plan::no_part || how_ == access::replicated) {
      const std::vector<const node_type*> nodes = nodes_now(position, how_ == access::replicated ? all : 1);
      for (const node_type* const node : nodes) result.push_back({node, action::use, true, true});
      return result;
    }
    if (how_ == access::store) return handover(part);
    const node_type* const old_node = primary(part, view::old_ends);
    const node_type* const new_node = primary(part, view::new_ends);
    if (old_node == nullptr || old_node == new_node || (new_node != nullptr && !warming(part))) {
      if (new_node != nullptr) result.push_back({new_node, action::use, old_node == new_node, true});
      return result;
    }
    if (new_node != nullptr) result.push_back({new_node, action::use, false, true});
    result.push_back({old_node, action::use, true, false});
    if (new_node != nullptr) result.push_back({new_node, action::fill_add, false, true});
    return result;
  }

  [[nodiscard]] set_type write(std::uint64_t position) const { return change(position, action::use); }
  [[nodiscard]] set_type erase(std::uint64_t position) const { return change(position, action::invalidate_and_hold); }

 private:
  static constexpr std::size_t all = ~std::size_t{0};

  // The part of a position in which something is in flight.
  [[nodiscard]] std::size_t moving_part(std::uint64_t position) const noexcept {
    const std::size_t part = plan_.part_at(position);
    if (part == Plan::no_part) return part;
    const auto moves = plan_.moves().moves_of(part);
    return std::any_of(moves.begin(), moves.end(),
                       [&](std::uint32_t i) { return move_states::in_flight(states_.stage(i)); })
               ? part
               : Plan::no_part;
  }

  template <class Use>
  void for_each_node(std::size_t part, view v, const Use& use) const noexcept {
    states_.for_each_copy(part, v, [&](std::uint32_t rank) { use(plan_.node(rank)); });
  }

  [[nodiscard]] std::vector<const node_type*> nodes_now(std::uint64_t position, std::size_t most) const {
    std::vector<const node_type*> nodes((std::min)(most, plan_.nodes().size()));
    nodes.resize(now(position, nodes));
    return nodes;
  }

  [[nodiscard]] const node_type* primary(std::size_t part, view v) const noexcept {
    const node_type* first = nullptr;
    for_each_node(part, v, [&](const node_type* node) {
      if (first == nullptr) first = node;
    });
    return first;
  }

  // cache: whether the new node still misses what the old one has.
  [[nodiscard]] bool warming(std::size_t part) const noexcept {
    const auto moves = plan_.moves().moves_of(part);
    return std::any_of(moves.begin(), moves.end(),
                       [&](std::uint32_t i) { return states_.stage(i) == move_stage::copying; });
  }

  // store: one copy, so one move.
  [[nodiscard]] set_type handover(std::size_t part) const {
    const node_type* const old_node = primary(part, view::old_ends);
    const node_type* const new_node = primary(part, view::new_ends);
    const move_stage stage = states_.stage(plan_.moves().moves_of(part).front());
    set_type result;
    const auto old_step = [&](action what) { result.push_back({old_node, what, true, false}); };
    const auto new_step = [&](action what) { result.push_back({new_node, what, false, true}); };
    if (new_node == nullptr) {
      if (old_node != nullptr) old_step(action::use);
    } else if (old_node == nullptr || stage == move_stage::copied) {
      new_step(action::use);
    } else if (stage == move_stage::returning) {
      new_step(action::use_if_present);
      old_step(action::use);
    } else {
      old_step(action::use_if_present);
      new_step(action::use);
    }
    return result;
  }

  // A write or an erasure; `cold` is what the latter does at a node of a cache that is being filled.
  [[nodiscard]] set_type change(std::uint64_t position, action cold) const {
    const std::size_t part = moving_part(position);
    set_type result;
    if (part == Plan::no_part) {
      for (const node_type* const node : nodes_now(position, all)) result.push_back({node, action::use, true, true});
      return result;
    }
    if (how_ == access::store) return handover(part);
    const bool cache = how_ == access::cache;
    std::vector<const node_type*> old_nodes, new_nodes;
    for_each_node(part, view::old_ends, [&](const node_type* node) { old_nodes.push_back(node); });
    for_each_node(part, view::new_ends, [&](const node_type* node) { new_nodes.push_back(node); });
    for (const node_type* const node : new_nodes) {
      const bool in_old = contains(old_nodes, node);
      result.push_back({node, cache && !in_old ? cold : action::use, in_old, true});
    }
    for (const node_type* const node : old_nodes) {
      if (!contains(new_nodes, node)) result.push_back({node, cache ? action::invalidate : action::use, true, false});
    }
    if (!cache) result.require_both_quorums();
    return result;
  }

  const Plan& plan_;
  const move_states& states_;
  access how_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
