// SPDX-License-Identifier: MIT
// access_sets: the nodes of a key at one moment, and the steps of an operation on it. From the stages of the moves of a
// part to its lists of copies; access_rules.hpp then turns the lists into steps.
//
//   old nodes   the copies of a part with every move in flight at the node that it replaces
//   new nodes   the same with every move in flight at its receiver
//   now         each move at the node that is read: the receiver from `copied` on
//
// A part without a move in flight has one list, and every operation goes to it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Plan: transition_plan<Placement>. Refers to both of its arguments.
template <class Plan>
class access_sets {
  using node_type = typename Plan::node_type;
  using node_list = std::vector<const node_type*>;
  using set_type = access_set<node_type>;

 public:
  access_sets(const Plan& plan, const move_states& states) noexcept : plan_(plan), states_(states) {}

  // Writes as many nodes as fit, and returns their number.
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
    return steps(position, states_.rules().reads_every_copy() ? all : 1,
                 [&](const part_in_flight& part, set_type& set) { states_.rules().read(part, set); });
  }
  [[nodiscard]] set_type write(std::uint64_t position) const {
    return steps(position, all, [&](const part_in_flight& part, set_type& set) { states_.rules().write(part, set); });
  }
  [[nodiscard]] set_type erase(std::uint64_t position) const {
    return steps(position, all, [&](const part_in_flight& part, set_type& set) { states_.rules().erase(part, set); });
  }

 private:
  static constexpr std::size_t all = ~std::size_t{0};

  enum class view { old_nodes, now, new_nodes };

  // What the rules may ask about a part with a move in flight.
  class part_in_flight {
   public:
    part_in_flight(const access_sets& sets, std::uint64_t position, std::size_t part) noexcept
        : sets_(sets), position_(position), part_(part) {}

    [[nodiscard]] node_list old_nodes() const { return nodes(view::old_nodes); }
    [[nodiscard]] node_list new_nodes() const { return nodes(view::new_nodes); }
    [[nodiscard]] node_list nodes_now() const { return sets_.nodes_now(position_, all); }
    // The first node of a list; null if the list is empty.
    [[nodiscard]] const node_type* old_primary() const noexcept { return primary(view::old_nodes); }
    [[nodiscard]] const node_type* new_primary() const noexcept { return primary(view::new_nodes); }
    // Whether one of its moves is at a stage.
    [[nodiscard]] bool has(move_stage stage) const noexcept {
      const auto moves = sets_.plan_.moves().moves_of(part_);
      return std::any_of(moves.begin(), moves.end(), [&](std::uint32_t i) { return sets_.states_.stage(i) == stage; });
    }

   private:
    [[nodiscard]] node_list nodes(view v) const {
      node_list result;
      sets_.for_each_node(part_, v, [&](const node_type* node) { result.push_back(node); });
      return result;
    }
    [[nodiscard]] const node_type* primary(view v) const noexcept {
      const node_type* first = nullptr;
      sets_.for_each_node(part_, v, [&](const node_type* node) {
        if (first == nullptr) first = node;
      });
      return first;
    }

    const access_sets& sets_;
    std::uint64_t position_;
    std::size_t part_;
  };

  // The set for a position: add(part, set) where a move is in flight, else the operation itself at up to `most` nodes.
  template <class Add>
  [[nodiscard]] set_type steps(std::uint64_t position, std::size_t most, const Add& add) const {
    set_type set;
    if (const std::size_t part = moving_part(position); part != Plan::no_part) {
      add(part_in_flight(*this, position, part), set);
    } else {
      for (const node_type* const node : nodes_now(position, most)) set.push_back({node, action::use, true, true});
    }
    return set;
  }

  // The part of a position if a move of it is in flight.
  [[nodiscard]] std::size_t moving_part(std::uint64_t position) const noexcept {
    const std::size_t part = plan_.part_at(position);
    if (part == Plan::no_part) return part;
    const auto moves = plan_.moves().moves_of(part);
    return std::any_of(moves.begin(), moves.end(), [&](std::uint32_t i) { return in_flight(states_.stage(i)); })
               ? part
               : Plan::no_part;
  }

  [[nodiscard]] node_list nodes_now(std::uint64_t position, std::size_t most) const {
    node_list nodes((std::min)(most, plan_.nodes().size()));
    nodes.resize(now(position, nodes));
    return nodes;
  }

  // Whether a list shows a move at its receiver.
  [[nodiscard]] bool at_receiver(std::size_t i, view v) const noexcept {
    const move_stage stage = states_.stage(i);
    if (!in_flight(stage)) return stage == move_stage::done;
    return v == view::now ? stage == move_stage::copied : v == view::new_nodes;
  }

  // Calls use(node) for the copies of a part in their order. O(copies × moves of the part).
  template <class Use>
  void for_each_node(std::size_t part, view v, const Use& use) const {
    const move_plan& plan = plan_.moves();
    const auto moves = plan.moves_of(part);
    const auto arrived = [&](std::uint32_t i) { return at_receiver(i, v); };
    // Only the new list says in which order the copies stand in the end, so it holds as soon as all are there.
    if (std::all_of(moves.begin(), moves.end(), arrived)) {
      for (const std::uint32_t rank : plan.after(part)) {
        if (rank != none) use(plan_.node(rank));
      }
      return;
    }
    for (std::uint32_t rank : plan.before(part)) {
      if (rank == none) continue;
      const auto replaced = std::find_if(
          moves.begin(), moves.end(), [&](std::uint32_t i) { return plan.moves()[i].replaces == rank && arrived(i); });
      if (replaced != moves.end()) rank = plan.moves()[*replaced].to;
      if (rank != none) use(plan_.node(rank));
    }
    for (const std::uint32_t i : moves) {
      if (plan.moves()[i].replaces == none && arrived(i)) use(plan_.node(plan.moves()[i].to));
    }
  }

  const Plan& plan_;
  const move_states& states_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
