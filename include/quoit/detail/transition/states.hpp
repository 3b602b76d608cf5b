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
#include <quoit/detail/transition/moves.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

constexpr const char* name_of(move_stage stage) noexcept {
  constexpr const char* names[]{"pending", "copying", "copied", "done", "returning"};
  return names[static_cast<std::size_t>(stage)];
}

class move_states {
 public:
  static constexpr std::size_t stages = 5;

  // What changes during a transition, and all that has to be saved.
  struct progress {
    std::vector<move_stage> stage;      // of a move
    std::vector<std::uint32_t> source;  // of a move
    std::vector<bool> lost;             // of a node
    transfer_limits limits;
    std::uint64_t epoch;
  };

  move_states(std::shared_ptr<const move_plan> plan, access_rules rules, transfer_limits limits, std::uint64_t epoch)
      : plan_(std::move(plan)), rules_(rules), now_{std::vector<move_stage>(plan_->moves().size(), move_stage::pending),
                                                    plan_->sources(), plan_->lost(), limits, epoch} {
    count();
  }
  // `now` has as many moves and nodes as the plan, and its sources are nodes of the plan or none.
  move_states(std::shared_ptr<const move_plan> plan, access_rules rules, progress now)
      : plan_(std::move(plan)), rules_(rules), now_(std::move(now)) {
    count();
  }

  [[nodiscard]] const access_rules& rules() const noexcept { return rules_; }
  [[nodiscard]] const progress& now() const noexcept { return now_; }
  [[nodiscard]] move_stage stage(std::size_t i) const noexcept { return now_.stage[i]; }
  [[nodiscard]] std::uint32_t source(std::size_t i) const noexcept { return now_.source[i]; }
  [[nodiscard]] std::size_t count(move_stage stage) const noexcept { return counts_[static_cast<std::size_t>(stage)]; }
  void set_limits(transfer_limits limits) noexcept { now_.limits = limits; }

  [[nodiscard]] static bool in_flight(move_stage stage) noexcept {
    return stage != move_stage::pending && stage != move_stage::done;
  }

  // ---- The steps. Each throws std::logic_error if it is not possible, and changes nothing then.

  void begin(std::size_t i) {
    if (stage(i) == move_stage::returning) return enter(i, move_stage::copying);
    require_stage(i, "begin", move_stage::pending);
    const std::uint32_t sender = usable_source(i);
    if (const char* const why = obstacle(i, sender, load_); why != nullptr) refuse(i, "begin", why);
    take_source(i, sender);
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
    if (one.to == none) {
      if (const char* const why = obstacle_to_drop(one); why != nullptr) refuse(i, "finish", why);
    }
    enter(i, move_stage::done);
  }

  void back(std::size_t i) {
    if (const char* const why = obstacle_to_go_back(i); why != nullptr) refuse(i, "back", why);
    // The source was free to drop its copy from `copied` on.
    if (stage(i) == move_stage::copied) take_source(i, usable_source(i));
    enter(i, rules_.stage_before(stage(i)));
  }

  // Takes every move in flight back as far as is possible at once; returns those that are still in flight.
  std::vector<std::size_t> abort() {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      while (in_flight(stage(i)) && stage(i) != move_stage::returning && obstacle_to_go_back(i) == nullptr) back(i);
      if (in_flight(stage(i))) left.push_back(i);
    }
    return left;
  }

  // The moves that may begin: each alone, and all of them in this order. O(moves + nodes + parts).
  [[nodiscard]] std::vector<std::size_t> startable() const {
    std::vector<std::size_t> result;
    if (count(move_stage::pending) == 0) return result;
    workload load = load_;  // as if the moves of the result had begun
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (stage(i) != move_stage::pending) continue;
      const std::uint32_t sender = usable_source(i, load.to_send);
      if (obstacle(i, sender, load) != nullptr) continue;
      const move_plan::move& one = plan_->moves()[i];
      ++load.in_part[one.part];
      if (one.to != none) ++load.in[one.to];
      if (one.to != none && sender != none) ++load.out[sender];
      if (source(i) != none) --load.to_send[source(i)];
      if (sender != none) ++load.to_send[sender];
      result.push_back(i);
    }
    return result;
  }

  // A node is lost with all that it holds. O(moves + parts).
  failure_report fail(std::uint32_t node) {
    failure_report report;
    if (now_.lost[node]) return report;
    std::vector<bool> touched(plan_->parts());
    for (std::size_t p = 0; p < touched.size(); ++p) touched[p] = holds_keys(p, node);
    // All allocations come before the first change, so that an exception leaves the transition as it was.
    const auto most = static_cast<std::size_t>(std::count(touched.begin(), touched.end(), true));
    report.lost.reserve(most);
    report.last_copy.reserve(most);
    report.stopped.reserve(static_cast<std::size_t>(std::count_if(now_.stage.begin(), now_.stage.end(), in_flight)));
    now_.lost[node] = true;
    ++now_.epoch;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (stage(i) != move_stage::done) lose(i, node, touched, report);
    }
    for (std::size_t p = 0; p < touched.size(); ++p) {
      if (!touched[p]) continue;
      const std::size_t left = rules_.loses_keys_with_a_node() ? 0 : live_copies(p);
      if (left == 0) report.lost.push_back(p);
      if (left == 1) report.last_copy.push_back(p);
    }
    return report;
  }

 private:
  // How busy nodes and parts are.
  struct workload {
    std::vector<std::uint32_t> in, out;  // copies that a node receives and sends now
    std::vector<std::uint32_t> to_send;  // copies that a node sends until all moves are done
    std::vector<std::uint32_t> in_part;  // moves of a part in flight
  };

  // Whether data travels between both nodes of a move.
  [[nodiscard]] static bool transfers(move_stage stage) noexcept {
    return stage == move_stage::copying || stage == move_stage::returning;
  }

  [[noreturn]] void refuse(std::size_t i, const char* step, const char* why) const {
    throw_logic_error("transition: " + std::string(step) + "() of move " + std::to_string(i) + ", which is " +
                      name_of(stage(i)) + ": " + why);
  }
  void require_stage(std::size_t i, const char* step, move_stage stage) const {
    if (this->stage(i) != stage) refuse(i, step, (std::string("it must be ") + name_of(stage)).c_str());
  }

  // ---- Obstacles: why a step is not possible now; null if it is.

  // An obstacle to begin().
  [[nodiscard]] const char* obstacle(std::size_t i, std::uint32_t sender, const workload& load) const {
    const move_plan::move& one = plan_->moves()[i];
    if (load.in_part[one.part] >= now_.limits.per_part)
      return "its part has as many moves in flight as per_part allows";
    if (one.to == none) {
      for (const std::uint32_t other : plan_->moves_of(one.part)) {
        if (plan_->moves()[other].to != none && stage(other) != move_stage::done)
          return "a copy is dropped only after all new copies of its part are done";
      }
      return obstacle_to_drop(one);
    }
    if (now_.lost[one.to]) return "its receiver is lost";
    if (load.in[one.to] >= now_.limits.in) return "its receiver already receives as many copies as the limit allows";
    if (sender != none && load.out[sender] >= now_.limits.out)
      return "its source already sends as many copies as the limit allows";
    return nullptr;
  }

  [[nodiscard]] const char* obstacle_to_drop(const move_plan::move& one) const {
    const auto wanted = plan_->after(one.part);
    const auto missing = static_cast<std::size_t>(std::count(wanted.begin(), wanted.end(), none));
    if (now_.lost[one.replaces] || live_copies(one.part) > wanted.size() - missing) return nullptr;
    return "too few copies would be left";
  }

  [[nodiscard]] const char* obstacle_to_go_back(std::size_t i) const {
    const move_plan::move& one = plan_->moves()[i];
    if (!in_flight(stage(i))) return "only a move in flight can go back";
    if (rules_.back_needs_old_node(stage(i)) && one.replaces != none && now_.lost[one.replaces])
      return "the node that its keys would go back to is lost";
    if (!rules_.back_drops_new_copy(stage(i)) || one.to == none) return nullptr;
    if (is_source(i, one.to)) return "another move still copies from its receiver";
    if (!now_.lost[one.to] && live_copies(one.part) == 1) return "its receiver has the last copy";
    return nullptr;
  }

  // Whether another move of the part copies from a node.
  [[nodiscard]] bool is_source(std::size_t i, std::uint32_t node) const noexcept {
    for (const std::uint32_t other : plan_->moves_of(plan_->moves()[i].part)) {
      if (other != i && node != none && transfers(stage(other)) && source(other) == node) return true;
    }
    return false;
  }

  // ---- Copies, of live and lost nodes alike.

  // Calls use(node, stage) for each whole copy of a part: with `done` for those of the old list, and with the stage of
  // their move for receivers.
  template <class Use>
  void for_each_copy(std::size_t part, const Use& use) const {
    for (const std::uint32_t rank : plan_->before(part)) {
      if (rank == none || is_dropped(part, rank)) continue;
      if (rules_.old_copy_is_whole([&] { return stage_of_old(part, rank); })) use(rank, move_stage::done);
    }
    for (const std::uint32_t i : plan_->moves_of(part)) {
      const bool whole = stage(i) == move_stage::done || stage(i) == move_stage::copied;
      if (whole && plan_->moves()[i].to != none) use(plan_->moves()[i].to, stage(i));
    }
  }
  [[nodiscard]] bool is_dropped(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_->moves_of(part)) {
      if (plan_->moves()[i].replaces == node && stage(i) == move_stage::done) return true;
    }
    return false;
  }
  // The stage of the move that replaces a copy of the old list with a new one; pending if no move does.
  [[nodiscard]] move_stage stage_of_old(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_->moves_of(part)) {
      if (plan_->moves()[i].replaces == node && plan_->moves()[i].to != none) return stage(i);
    }
    return move_stage::pending;
  }

  [[nodiscard]] std::size_t live_copies(std::size_t part) const {
    std::size_t live = 0;
    for_each_copy(part, [&](std::uint32_t node, move_stage) { live += now_.lost[node] ? 0U : 1U; });
    return live;
  }
  // Whether a node has a whole copy of a part, or some keys of a copy that is split between two nodes.
  [[nodiscard]] bool holds_keys(std::size_t part, std::uint32_t node) const {
    bool found = false;
    for_each_copy(part, [&](std::uint32_t holder, move_stage) { found = found || holder == node; });
    for (const std::uint32_t i : plan_->moves_of(part)) {
      const move_plan::move& one = plan_->moves()[i];
      found = found || (rules_.keys_are_split(stage(i)) && (one.to == node || one.replaces == node));
    }
    return found;
  }

  // ---- Sources.

  // The planned source of a move if it still has its copy. Else the node that has least to send, and the lowest rank
  // among equals, of those that will surely keep their copy; else one whose move could still go back.
  [[nodiscard]] std::uint32_t usable_source(std::size_t i) const { return usable_source(i, load_.to_send); }
  [[nodiscard]] std::uint32_t usable_source(std::size_t i, const std::vector<std::uint32_t>& to_send) const {
    const move_plan::move& one = plan_->moves()[i];
    if (one.to == none) return none;
    const std::uint32_t planned = source(i);
    std::uint32_t best = none, uncertain = none;
    bool keep = false;
    for_each_copy(one.part, [&](std::uint32_t node, move_stage stage) {
      if (now_.lost[node] || node == one.to) return;
      if (stage != move_stage::done) {
        uncertain = node;
        return;
      }
      keep = keep || node == planned;
      if (best == none || to_send[node] < to_send[best] || (to_send[node] == to_send[best] && node < best)) best = node;
    });
    if (keep) return planned;
    return best != none ? best : uncertain;
  }

  void take_source(std::size_t i, std::uint32_t sender) {
    if (source(i) != none) --load_.to_send[source(i)];
    now_.source[i] = sender;
    if (sender != none) ++load_.to_send[sender];
  }

  // What the loss of a node means for a move that is not done.
  void lose(std::size_t i, std::uint32_t node, const std::vector<bool>& touched, failure_report& report) {
    const move_plan::move& one = plan_->moves()[i];
    const move_stage s = stage(i);
    if (rules_.keys_are_split(s) && one.to != none && one.replaces == node) {
      enter(i, move_stage::copied);  // the receiver has all keys that are left
    } else if (in_flight(s) && (one.to == node || (transfers(s) && one.to != none && source(i) == node))) {
      enter(i, move_stage::pending);
      report.stopped.push_back(i);
    }
    if (touched[one.part] && source(i) == node) take_source(i, usable_source(i));
  }

  // ---- Counts.

  void enter(std::size_t i, move_stage next) {
    const move_stage old = stage(i);
    --counts_[static_cast<std::size_t>(old)];
    ++counts_[static_cast<std::size_t>(next)];
    account(i, old, -1);
    now_.stage[i] = next;
    account(i, next, 1);
    if (next == move_stage::done && source(i) != none) --load_.to_send[source(i)];
    ++now_.epoch;
  }

  // A move keeps its nodes busy while data travels, and its part until it is done.
  void account(std::size_t i, move_stage s, int sign) {
    const move_plan::move& one = plan_->moves()[i];
    const auto by = static_cast<std::uint32_t>(sign);
    if (in_flight(s)) load_.in_part[one.part] += by;
    if (!transfers(s) || one.to == none) return;
    load_.in[one.to] += by;
    if (source(i) != none) load_.out[source(i)] += by;
  }
  void count() {
    load_.in.assign(plan_->nodes(), 0);
    load_.out.assign(plan_->nodes(), 0);
    load_.to_send.assign(plan_->nodes(), 0);
    load_.in_part.assign(plan_->parts(), 0);
    counts_.fill(0);
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      ++counts_[static_cast<std::size_t>(stage(i))];
      account(i, stage(i), 1);
      if (stage(i) != move_stage::done && source(i) != none) ++load_.to_send[source(i)];
    }
  }

  std::shared_ptr<const move_plan> plan_;
  access_rules rules_;
  progress now_;
  // Derived from now_:
  workload load_;
  std::array<std::size_t, stages> counts_{};  // moves at a stage
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
