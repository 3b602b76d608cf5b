// SPDX-License-Identifier: MIT
// status_of: what a transition can do next, and a sentence that says why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/node.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Nothing is in flight, and no limit stands in the way. Plan: transition_plan<Placement>. O(moves).
template <class Plan>
[[nodiscard]] std::string why_stuck(const Plan& plan, const move_states& states) {
  for (std::size_t i = 0; i < plan.moves().moves().size(); ++i) {
    const std::uint32_t to = plan.moves().moves()[i].to;
    if (states.is_pending(i) && to != none && states.now().lost[to])
      return "their receivers are lost, among them '" + quoit::id_text(*plan.node(to)) + "'";
  }
  return "they only drop copies, and too few live ones would be left";
}

// `lost_later` says whether a node was lost since the beginning. O(1), or O(moves) if nothing can begin; allocates.
template <class Plan>
[[nodiscard]] transition_status status_of(const Plan& plan, const move_states& states, bool lost_later) {
  const std::size_t all = plan.moves().moves().size(), done = states.count(move_stage::done),
                    pending = states.count(move_stage::pending);
  const auto of_all = [&](std::size_t some) { return std::to_string(some) + " of " + std::to_string(all) + " moves"; };
  if (done == all) {
    const std::size_t empty = plan.report().unrecoverable;
    return {transition_state::done,
            std::string("all moves are done") +
                (lost_later ? ", but a node was lost meanwhile: plan again to replace its copies" : "") +
                (empty == 0 ? ""
                            : "; " + std::to_string(empty) + " of " + std::to_string(plan.parts().size()) +
                                  " parts had lost every copy and began empty")};
  }
  if (done + pending < all)
    return {transition_state::working, of_all(all - done - pending) + " are in flight, " + of_all(done) + " are done"};
  if (states.next_startable() != none) return {transition_state::working, of_all(pending) + " wait, and one may begin"};
  if (states.waits_for_limits() && states.paused()) {
    return {transition_state::paused, of_all(pending) + " wait, and limits." + states.now().limits.name_of_zero() +
                                          " is 0: set_limits() with larger limits resumes the transition"};
  }
  return {transition_state::stuck, of_all(pending) + " cannot be made: " + why_stuck(plan, states) + "; plan again"};
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
