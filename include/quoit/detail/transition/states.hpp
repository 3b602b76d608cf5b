// SPDX-License-Identifier: MIT
// move_states: how far each move of a transition is, and which step may come next. Knows nodes by rank; does no I/O.
//
//   pending ──begin──▶ copying ──copied──▶ copied ──finish──▶ done
//           ◀──back───         ◀──back────
//
//   store:  pending ◀──back── returning ◀──back── copying or copied
//                             returning ──begin──▶ copying
//
// Invariants, at any time:
//   - A part has at least min(copies wanted, live copies at the beginning) live copies, unless nodes fail meanwhile.
//   - A copy is dropped only when no move copies from it, and never if it is the last one.
//   - The source of a pending move holds a copy, if any other live node does. begin() does not choose another one, so a
//     move that the queue offers may begin.
//   - The queue offers exactly the pending moves that only the limits of nodes and of the cluster can forbid.
//
// A step touches the moves of one part: O(moves of the part × copies + log moves), and it does not allocate.
//
// What depends on the kind of access is in access_rules.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/holders.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/start_queue.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class move_states {
 public:
  static constexpr std::size_t stages = 5;

  move_states(std::shared_ptr<const move_plan> plan, access_rules rules, transfer_limits limits, std::uint64_t epoch)
      : move_states(plan, rules,
                    {std::vector<move_stage>(plan->moves().size(), move_stage::pending), plan->sources(), plan->lost(),
                     limits, epoch}) {}
  // `now` has as many moves and nodes as the plan, and its sources are nodes of the plan or none.
  move_states(std::shared_ptr<const move_plan> plan, access_rules rules, move_progress now)
      : plan_(std::move(plan)), rules_(rules), now_(std::move(now)),
        running_(now_.limits.has_zero() ? transfer_limits() : now_.limits),
        queue_(plan_->nodes(), plan_->moves().size(), running_), to_send_(plan_->nodes()), in_part_(plan_->parts()) {
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (transfers(stage(i)) && source(i) == none) now_.source[i] = holders().source(i, none, to_send_);
      ++counts_[static_cast<std::size_t>(stage(i))];
      if (in_flight(stage(i))) ++in_part_[part_of(i)];
      if (transfers(stage(i))) queue_.occupy(source(i), plan_->moves()[i].to);
      if (stage(i) != move_stage::done && source(i) != none) ++to_send_[source(i)];
    }
    offer_all();
  }

  [[nodiscard]] const access_rules& rules() const noexcept { return rules_; }
  [[nodiscard]] const move_plan& plan() const noexcept { return *plan_; }
  [[nodiscard]] const move_progress& now() const noexcept { return now_; }
  [[nodiscard]] move_stage stage(std::size_t i) const noexcept { return now_.stage[i]; }
  [[nodiscard]] std::uint32_t source(std::size_t i) const noexcept { return now_.source[i]; }
  [[nodiscard]] std::size_t count(move_stage stage) const noexcept { return counts_[static_cast<std::size_t>(stage)]; }
  [[nodiscard]] part_holders holders() const noexcept { return {*plan_, rules_, now_}; }

  // O(1) to pause and to resume with the same limits, else O(moves log moves).
  void set_limits(transfer_limits limits) noexcept {
    now_.limits = limits;
    if (limits.has_zero()) return;
    queue_.set_limits(limits);
    const bool other_parts = limits.per_part != running_.per_part;
    running_ = limits;
    if (other_parts) offer_all();
  }

  // ---- The steps. Each throws std::logic_error if it is not possible, and changes nothing then.

  void begin(std::size_t i) {
    if (stage(i) != move_stage::returning) {
      require_stage(i, "begin", move_stage::pending);
      if (const char* const why = obstacle(i); why != nullptr) refuse(i, "begin", why);
    }
    enter(i, move_stage::copying);
  }

  void copied(std::size_t i) {
    require_stage(i, "copied", move_stage::copying);
    enter(i, move_stage::copied);
  }

  void finish(std::size_t i) {
    require_stage(i, "finish", move_stage::copied);
    const move_plan::move& one = plan_->moves()[i];
    if (is_source(i, one.replaces)) refuse(i, "finish", "another move still copies from the node that it replaces");
    if (one.to == none && !enough_copies(i, 0)) refuse(i, "finish", too_few_copies);
    enter(i, move_stage::done);
  }

  void back(std::size_t i) {
    if (const char* const why = obstacle_to_go_back(i); why != nullptr) refuse(i, "back", why);
    go_back(i);
  }

  // Takes every move in flight back as far as is possible at once; returns those that are still in flight. O(moves ×
  // copies).
  std::vector<std::size_t> abort() {
    move_states next(*this);
    // A copy that another move copies from can go back only after that move.
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < now_.stage.size(); ++i) {
        while (in_flight(next.stage(i)) && next.stage(i) != move_stage::returning &&
               next.obstacle_to_go_back(i) == nullptr) {
          next.go_back(i);
          again = true;
        }
      }
    }
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (in_flight(next.stage(i))) left.push_back(i);
    }
    *this = std::move(next);
    return left;
  }

  // A node, which must not be lost yet, is lost with all that it holds. O(moves × copies + parts). The report has parts
  // and moves only. If it throws, only a part of that has happened: the caller works on a copy.
  failure_report fail(std::uint32_t node) {
    failure_report report;
    std::vector<bool> touched(plan_->parts());
    for (std::size_t p = 0; p < touched.size(); ++p) touched[p] = holders().holds_keys(p, node);
    now_.lost[node] = true;
    ++now_.epoch;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (lose(i, node)) report.stopped.push_back(i);
    }
    for (std::size_t i = now_.stage.size(); i-- > 0;) {
      if (!is_impossible_drop(i)) continue;
      enter(i, move_stage::pending);
      report.stopped.push_back(i);
    }
    std::sort(report.stopped.begin(), report.stopped.end());
    offer_all();
    for (std::size_t p = 0; p < touched.size(); ++p) {
      if (!touched[p]) continue;
      const std::size_t left = rules_.loses_keys_with_a_node() ? 0 : holders().live(p);
      if (left == 0) report.lost.push_back(p);
      if (left == 1) report.last_copy.push_back(p);
    }
    return report;
  }

  // ---- Which moves may begin.

  // The most urgent move that may begin; none if there is none.
  [[nodiscard]] std::uint32_t next_startable() const noexcept { return paused() ? none : queue_.next(); }
  // Whether a move could begin if no limit was 0. Exact while nothing is in flight.
  [[nodiscard]] bool waits_for_limits() const noexcept { return !queue_.empty(); }

  // For startable_walk.
  [[nodiscard]] const start_queue& queue() const noexcept { return queue_; }
  [[nodiscard]] bool paused() const noexcept { return now_.limits.has_zero(); }
  [[nodiscard]] bool is_pending(std::size_t i) const noexcept { return stage(i) == move_stage::pending; }
  [[nodiscard]] std::uint32_t part_of(std::size_t i) const noexcept { return plan_->moves()[i].part; }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> nodes_of(std::size_t i) const noexcept {
    return {source(i), plan_->moves()[i].to};
  }
  // Whether a move of the same part may begin beside `extra` more than those in flight.
  [[nodiscard]] bool part_has_room(std::size_t i, std::uint32_t extra) const noexcept {
    const std::uint32_t busy = in_part_[part_of(i)];
    return busy < running_.per_part && extra < running_.per_part - busy;
  }
  // Whether a copy may be dropped beside `extra` more live ones than those whose drop is in flight.
  [[nodiscard]] bool may_drop(std::size_t i, std::size_t extra) const noexcept {
    return enough_copies(i, dropping(i) + extra);
  }
  [[nodiscard]] bool drops_live_copy(std::size_t i) const noexcept {
    return plan_->moves()[i].to == none && !now_.lost[plan_->moves()[i].replaces];
  }

 private:
  static constexpr const char* too_few_copies = "too few copies would be left";

  [[noreturn]] void refuse(std::size_t i, const char* step, const char* why) const {
    throw_logic_error("transition: " + std::string(step) + "() of move " + std::to_string(i) + ", which is " +
                      to_string(stage(i)) + ": " + why);
  }
  void require_stage(std::size_t i, const char* step, move_stage stage) const {
    if (this->stage(i) != stage) refuse(i, step, (std::string("it must be ") + to_string(stage)).c_str());
  }

  // ---- Obstacles: why a step is not possible now; null if it is.

  // An obstacle to begin().
  [[nodiscard]] const char* obstacle(std::size_t i) const noexcept {
    if (paused()) return "a limit of 0 pauses the transition; set_limits() with larger ones resumes it";
    if (const char* const why = obstacle_without_nodes(i); why != nullptr) return why;
    return queue_.obstacle(source(i), plan_->moves()[i].to);
  }
  // The same without the limits of nodes and of the cluster.
  [[nodiscard]] const char* obstacle_without_nodes(std::size_t i) const noexcept {
    const move_plan::move& one = plan_->moves()[i];
    if (!part_has_room(i, 0)) return "its part has as many moves in flight as per_part allows";
    if (one.to == none) {
      for (const std::uint32_t other : plan_->moves_of(one.part)) {
        if (plan_->moves()[other].to != none && stage(other) != move_stage::done)
          return "a copy is dropped only after all new copies of its part are done";
      }
      return may_drop(i, 0) ? nullptr : too_few_copies;
    }
    return now_.lost[one.to] ? "its receiver is lost; plan again without that node" : nullptr;
  }

  // Whether enough copies are left without the one that a move drops, and without `others`.
  [[nodiscard]] bool enough_copies(std::size_t i, std::size_t others) const noexcept {
    const move_plan::move& one = plan_->moves()[i];
    return now_.lost[one.replaces] || holders().live(one.part) > holders().wanted(one.part) + others;
  }

  [[nodiscard]] const char* obstacle_to_go_back(std::size_t i) const noexcept {
    const move_plan::move& one = plan_->moves()[i];
    if (!in_flight(stage(i))) return "only a move in flight can go back";
    if (rules_.back_needs_old_node(stage(i)) && one.replaces == none)
      return "no node had the keys before, so the receiver has the only copy";
    if (rules_.back_needs_old_node(stage(i)) && now_.lost[one.replaces])
      return "the node that its keys would go back to is lost";
    if (!rules_.back_drops_new_copy(stage(i)) || one.to == none) return nullptr;
    if (is_source(i, one.to)) return "another move still copies from its receiver";
    if (!now_.lost[one.to] && holders().live(one.part) == 1) return "its receiver has the last copy";
    return nullptr;
  }

  // The live copies of the part whose drop is in flight, without that of the move itself.
  [[nodiscard]] std::size_t dropping(std::size_t i) const noexcept {
    std::size_t result = 0;
    for (const std::uint32_t other : plan_->moves_of(part_of(i))) {
      result += other != i && in_flight(stage(other)) && drops_live_copy(other) ? 1U : 0U;
    }
    return result;
  }
  // Whether a drop in flight could not be finished any more.
  [[nodiscard]] bool is_impossible_drop(std::size_t i) const noexcept {
    return plan_->moves()[i].to == none && in_flight(stage(i)) && !may_drop(i, 0);
  }

  // Whether another move of the part copies from a node.
  [[nodiscard]] bool is_source(std::size_t i, std::uint32_t node) const noexcept {
    for (const std::uint32_t other : plan_->moves_of(part_of(i))) {
      if (other != i && node != none && transfers(stage(other)) && source(other) == node) return true;
    }
    return false;
  }

  // ---- Changes.

  void go_back(std::size_t i) noexcept {
    // The source was free to drop its copy from `copied` on.
    if (stage(i) == move_stage::copied) choose_source(i);
    enter(i, rules_.stage_before(stage(i)));
  }

  void choose_source(std::size_t i) noexcept {
    const std::uint32_t sender = holders().source(i, source(i), to_send_);
    if (sender == source(i)) return;
    if (source(i) != none) --to_send_[source(i)];
    now_.source[i] = sender;
    if (sender != none) ++to_send_[sender];
  }

  // A move that began when no node had a copy gets a source as soon as one has.
  void find_source_in_flight(std::uint32_t i) noexcept {
    const std::uint32_t to = plan_->moves()[i].to;
    if (to == none) return;
    queue_.release(none, to);
    choose_source(i);
    queue_.occupy(source(i), to);
  }

  // What the loss of a node means for a move. Returns whether the move went back to pending.
  bool lose(std::size_t i, std::uint32_t node) noexcept {
    const move_plan::move& one = plan_->moves()[i];
    const move_stage s = stage(i);
    bool stopped = false;
    if (rules_.keys_are_split(s) && one.to != none && one.replaces == node) {
      enter(i, move_stage::copied);  // the receiver has all keys that are left
    } else if (in_flight(s) && (one.to == node || (transfers(s) && one.to != none && source(i) == node))) {
      enter(i, move_stage::pending);
      stopped = true;
    }
    if (stage(i) != move_stage::done && !transfers(stage(i)) && source(i) == node) choose_source(i);
    return stopped;
  }

  void enter(std::size_t i, move_stage next) noexcept {
    const move_stage old = stage(i);
    const std::uint32_t to = plan_->moves()[i].to;
    queue_.withdraw(static_cast<std::uint32_t>(i));
    if (transfers(old)) queue_.release(source(i), to);
    if (in_flight(old)) --in_part_[part_of(i)];
    --counts_[static_cast<std::size_t>(old)];
    now_.stage[i] = next;
    ++now_.epoch;
    ++counts_[static_cast<std::size_t>(next)];
    if (in_flight(next)) ++in_part_[part_of(i)];
    if (transfers(next)) queue_.occupy(source(i), to);
    if (next == move_stage::done && source(i) != none) --to_send_[source(i)];
    offer(part_of(i));
  }

  // Gives the moves of a part a source that has a copy, and offers those that may begin, by their urgency.
  void offer(std::size_t part) noexcept {
    const std::size_t live = holders().live(part);
    for (const std::uint32_t i : plan_->moves_of(part)) {
      if (transfers(stage(i)) && source(i) == none) find_source_in_flight(i);
      if (stage(i) != move_stage::pending) continue;
      const std::uint32_t before = source(i);
      choose_source(i);
      const bool possible = obstacle_without_nodes(i) == nullptr;
      if (possible && source(i) == before && queue_.offers(i, urgency(i, live))) continue;
      queue_.withdraw(i);
      if (possible) queue_.offer(i, source(i), plan_->moves()[i].to, urgency(i, live));
    }
  }
  void offer_all() noexcept {
    for (std::size_t p = 0; p < plan_->parts(); ++p) offer(p);
  }
  // Fewest live copies first, then moves that make a missing copy, then the recommended order.
  [[nodiscard]] std::uint64_t urgency(std::uint32_t i, std::size_t live) const noexcept {
    const std::uint64_t by_copies = (std::min)(std::uint64_t{live}, std::uint64_t{0x7fffffff});
    return by_copies << 33 | std::uint64_t{holders().repairs(plan_->moves()[i]) ? 0U : 1U} << 32 | i;
  }

  std::shared_ptr<const move_plan> plan_;
  access_rules rules_;
  move_progress now_;
  // Derived from now_:
  transfer_limits running_;  // those in force, or the last ones before a pause: without 0
  start_queue queue_;
  std::vector<std::uint32_t> to_send_;        // copies that a node sends until all moves are done
  std::vector<std::uint32_t> in_part_;        // moves of a part in flight
  std::array<std::size_t, stages> counts_{};  // moves at a stage
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
