// SPDX-License-Identifier: MIT
// plan_rounds: the rounds of all moves that are not done, at any stage of a transition: at its beginning, and again
// after a node was lost.
//
//   done          keep their round
//   in flight     round 0
//   pending       from round 0 on, or from 1 if a move is in flight; phases by urgency (schedule.hpp)
//   impossible    copy_move::no_round: the receiver is lost, or a copy that is only dropped is needed
//
// The k-th missing copy of a part with n live copies has phase n + k. A move that replaces a live copy comes last. So a
// copy that another move of the part replaces can serve as a source before it is dropped. Moves with a later round keep
// their sources until then, so the limits hold in every round.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/holders.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/schedule.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct planned_rounds {
  std::vector<std::uint32_t> round;  // of a move; `none` for those that are done or impossible
  std::uint32_t count = 0;
  std::uint32_t bound = 0;  // no schedule has fewer rounds
};

class round_planner {
 public:
  round_planner(const move_plan& plan, const part_holders& holders, const move_progress& now)
      : plan_(plan), holders_(holders), now_(now) {}

  // O(moves × copies), plus the cost of the schedule.
  [[nodiscard]] planned_rounds run(transfer_limits limits) {
    planned_rounds result;
    result.round.assign(plan_.moves().size(), none);
    for (std::size_t p = 0; p < plan_.parts(); ++p) add_part(p);
    const auto nodes = static_cast<std::uint32_t>(plan_.nodes());
    const std::vector<std::uint32_t> rounds = rounds_of(list_, nodes, limits);
    const std::uint32_t offset = in_flight_.empty() ? 0 : 1;
    result.count = offset;
    result.bound = bound_of_rounds(list_, nodes, limits) + offset;
    for (const std::uint32_t i : in_flight_) result.round[i] = 0;
    for (std::size_t k = 0; k < list_.size(); ++k) {
      result.round[index_[k]] = rounds[k] + offset;
      result.count = (std::max)(result.count, rounds[k] + offset + 1);
    }
    return result;
  }

 private:
  static constexpr std::uint32_t last_phase = none - 1;

  void add_part(std::size_t p) {
    std::size_t live = holders_.live(p);
    std::uint32_t first_receiver = none;  // has the only copy of a part that had none
    bool possible = true;
    for (const std::uint32_t i : plan_.moves_of(p)) {
      if (!in_flight(now_.stage[i])) continue;
      in_flight_.push_back(i);
      if (live == 0 && first_receiver == none) first_receiver = plan_.moves()[i].to;
      if (transfers(now_.stage[i]) && holders_.repairs(plan_.moves()[i])) ++live;
    }
    for (const std::uint32_t i : plan_.moves_of(p)) {
      const move_plan::move& one = plan_.moves()[i];
      if (now_.stage[i] != move_stage::pending || one.to == none) continue;
      if (now_.lost[one.to]) {
        possible = false;
        continue;
      }
      const std::uint32_t source = source_then(i, first_receiver);
      if (live == 0 && first_receiver == none) first_receiver = one.to;
      add(i, source,
          holders_.repairs(one) ? static_cast<std::uint32_t>((std::min)(live++, std::size_t{last_phase - 1}))
                                : last_phase);
    }
    if (possible) add_drops(p);
  }

  // The source of a pending move when its round comes. A node that a move in flight replaces has handed its part over.
  [[nodiscard]] std::uint32_t source_then(std::uint32_t i, std::uint32_t first_receiver) const {
    const std::uint32_t source = now_.source[i];
    if (source == none) return first_receiver;
    for (const std::uint32_t other : plan_.moves_of(plan_.moves()[i].part)) {
      const move_plan::move& one = plan_.moves()[other];
      if (in_flight(now_.stage[other]) && one.replaces == source && one.to != none) return one.to;
    }
    return source;
  }

  // As many live copies may be dropped as are more than wanted when all copies are made.
  void add_drops(std::size_t p) {
    const std::size_t wanted = holders_.wanted(p);
    std::size_t spare = 0, under_way = 0;
    for (const std::uint32_t rank : plan_.after(p)) spare += rank != none && !now_.lost[rank] ? 1U : 0U;
    const auto is_drop = [&](std::uint32_t i) {
      return plan_.moves()[i].to == none && now_.stage[i] != move_stage::done;
    };
    for (const std::uint32_t i : plan_.moves_of(p)) {
      if (!is_drop(i) || now_.lost[plan_.moves()[i].replaces]) continue;
      ++spare;
      if (now_.stage[i] != move_stage::pending) ++under_way;
    }
    spare -= (std::min)(spare, wanted + under_way);
    for (const std::uint32_t i : plan_.moves_of(p)) {
      if (!is_drop(i) || now_.stage[i] != move_stage::pending) continue;
      const bool live = !now_.lost[plan_.moves()[i].replaces];
      if (live && spare == 0) continue;
      if (live) --spare;
      add(i, none, last_phase);
    }
  }

  void add(std::uint32_t i, std::uint32_t source, std::uint32_t phase) {
    list_.push_back({plan_.moves()[i].part, source, plan_.moves()[i].to, phase});
    index_.push_back(i);
  }

  const move_plan& plan_;
  const part_holders& holders_;
  const move_progress& now_;
  std::vector<std::uint32_t> in_flight_;
  std::vector<scheduled_move> list_;
  std::vector<std::uint32_t> index_;  // of a move of list_
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
