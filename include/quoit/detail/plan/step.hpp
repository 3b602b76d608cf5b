// SPDX-License-Identifier: MIT
// One step of a path through the network: the smallest change that flow.hpp makes to a slot table.
//
//                                to node `to`    to gap `to`, where the slot has a copy too many
//   from node `from`             replace         drop            the node gives up the copy in cell `at`
//   from gap `from`, where the   add             cancel
//   slot lacks a copy
//   between a node and the sink  raise_target (node to sink), lower_target (sink to node)
//
// A path changes every node, and every gap, that it passes through by nothing in total; only its two ends change.
//
// Rejected: one struct whose kind follows from the fields that are set, which every reader of a step had to decode.
#pragma once

#include <cstdint>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/state.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

enum class step_kind : std::uint32_t {
  replace,       // `to` gets the copy that `from` gives up
  drop,          // `from` gives up its copy, and the surplus at `to` shrinks by one
  add,           // `to` gets a new copy, and the shortage at `from` shrinks by one
  cancel,        // a shortage at `from` and a surplus at `to` cancel each other; no copy changes
  raise_target,  // `from` is to hold one copy more in total; `to` is the sink
  lower_target   // `to` is to hold one copy less in total; `from` is the sink
};

struct step {
  step_kind kind = step_kind::replace;
  domain_tree::vertex from = none;  // a node, the sink, or the vertex of a gap, as the kind says
  domain_tree::vertex to = none;
  slot_state::slot in_slot = 0;  // not for raise_target and lower_target
  slot_state::cell at = 0;       // replace and drop: the cell that `from` gives up

  [[nodiscard]] bool is_inside_slot() const noexcept {
    return kind != step_kind::raise_target && kind != step_kind::lower_target;
  }
  [[nodiscard]] bool starts_at_gap() const noexcept { return kind == step_kind::add || kind == step_kind::cancel; }
  [[nodiscard]] bool ends_at_gap() const noexcept { return kind == step_kind::drop || kind == step_kind::cancel; }
};

// The first half of a step inside a slot: the node or gap that gives a unit up. Together with the node or gap that
// takes the unit it becomes a step.
struct step_origin {
  slot_state::slot in_slot = 0;
  domain_tree::vertex from = none;
  slot_state::cell at = 0;
  bool is_gap = false;

  [[nodiscard]] static step_origin node(slot_state::slot p, domain_tree::vertex from, slot_state::cell at) noexcept {
    return {p, from, at, false};
  }
  [[nodiscard]] static step_origin gap(slot_state::slot p, domain_tree::vertex where) noexcept {
    return {p, where, 0, true};
  }

  [[nodiscard]] step to_node(domain_tree::vertex to) const noexcept {
    return {is_gap ? step_kind::add : step_kind::replace, from, to, in_slot, at};
  }
  [[nodiscard]] step to_gap(domain_tree::vertex to) const noexcept {
    return {is_gap ? step_kind::cancel : step_kind::drop, from, to, in_slot, at};
  }
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
