// SPDX-License-Identifier: MIT
// part_holders: which nodes hold a copy of a part, at the present stages of its moves.
//
//   old copy   whole until its move is done; with access::store only while its move is pending
//   new copy   whole from `copied` on
//   split      (access::store) some keys are at the replaced node, the others at the receiver
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Refers to its arguments. O(copies × moves of the part).
class part_holders {
 public:
  part_holders(const move_plan& plan, const access_rules& rules, const move_progress& now) noexcept
      : plan_(plan), rules_(rules), now_(now) {}

  [[nodiscard]] std::size_t live(std::size_t part) const noexcept {
    std::size_t result = 0;
    for_each_copy(part, [&](std::uint32_t node, move_stage) { result += now_.lost[node] ? 0U : 1U; });
    return result;
  }
  // The copies that the new list has.
  [[nodiscard]] std::size_t wanted(std::size_t part) const noexcept {
    const auto list = plan_.after(part);
    return list.size() - static_cast<std::size_t>(std::count(list.begin(), list.end(), none));
  }
  // Whether a node has a whole copy of a part, or some keys of a copy that is split between two nodes.
  [[nodiscard]] bool holds_keys(std::size_t part, std::uint32_t node) const noexcept {
    bool found = false;
    for_each_copy(part, [&](std::uint32_t holder, move_stage) { found = found || holder == node; });
    for (const std::uint32_t i : plan_.moves_of(part)) {
      const move_plan::move& one = plan_.moves()[i];
      found = found || (rules_.keys_are_split(now_.stage[i]) && (one.to == node || one.replaces == node));
    }
    return found;
  }
  // Whether a move makes a copy that was missing or is lost.
  [[nodiscard]] bool repairs(const move_plan::move& one) const noexcept {
    return one.to != none && (one.replaces == none || now_.lost[one.replaces]);
  }

  // The node that a move should copy from. `planned` if it still has a copy, else the node that has replaced it. Else
  // the best of the nodes that keep theirs until the move is done, else of those that another move of the part
  // replaces, else of those whose own move could still go back. Within a group the node with the least to send, and the
  // lowest rank among equals.
  template <class ToSend>
  [[nodiscard]] std::uint32_t source(std::size_t i, std::uint32_t planned, const ToSend& to_send) const noexcept {
    const move_plan::move& one = plan_.moves()[i];
    if (one.to == none) return none;
    // A store hands its keys over from the replaced node, whatever the stage.
    if (rules_.loses_keys_with_a_node() && one.replaces != none && !now_.lost[one.replaces]) return one.replaces;
    const std::uint32_t heir = heir_of(one.part, planned);
    std::uint32_t best = none;
    int best_group = 0;
    bool keep = false, inherit = false;
    for_each_copy(one.part, [&](std::uint32_t node, move_stage stage) {
      if (now_.lost[node] || node == one.to) return;
      keep = keep || node == planned;
      inherit = inherit || node == heir;
      const int group = stage != move_stage::done                                               ? 2
                        : node == one.replaces || detail::contains(plan_.after(one.part), node) ? 0
                                                                                                : 1;
      const bool better =
          best == none || group < best_group ||
          (group == best_group && (to_send[node] < to_send[best] || (to_send[node] == to_send[best] && node < best)));
      if (!better) return;
      best = node;
      best_group = group;
    });
    return keep ? planned : inherit ? heir : best;
  }

  // Calls use(node, stage) for each whole copy of a part, also on lost nodes: with `done` for those of the old list,
  // and with the stage of their move for receivers.
  template <class Use>
  void for_each_copy(std::size_t part, const Use& use) const noexcept {
    for (const std::uint32_t rank : plan_.before(part)) {
      if (rank == none || is_dropped(part, rank)) continue;
      if (rules_.old_copy_is_whole([&] { return stage_of_old(part, rank); })) use(rank, move_stage::done);
    }
    for (const std::uint32_t i : plan_.moves_of(part)) {
      const bool whole = now_.stage[i] == move_stage::done || now_.stage[i] == move_stage::copied;
      if (whole && plan_.moves()[i].to != none) use(plan_.moves()[i].to, now_.stage[i]);
    }
  }

 private:
  // The receiver of the move that has replaced the copy of a node; none if none has.
  [[nodiscard]] std::uint32_t heir_of(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_.moves_of(part)) {
      if (node != none && plan_.moves()[i].replaces == node && now_.stage[i] == move_stage::done)
        return plan_.moves()[i].to;
    }
    return none;
  }
  [[nodiscard]] bool is_dropped(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_.moves_of(part)) {
      if (plan_.moves()[i].replaces == node && now_.stage[i] == move_stage::done) return true;
    }
    return false;
  }
  // The stage of the move that replaces a copy of the old list with a new one; pending if no move does.
  [[nodiscard]] move_stage stage_of_old(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_.moves_of(part)) {
      if (plan_.moves()[i].replaces == node && plan_.moves()[i].to != none) return now_.stage[i];
    }
    return move_stage::pending;
  }

  const move_plan& plan_;
  const access_rules& rules_;
  const move_progress& now_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
