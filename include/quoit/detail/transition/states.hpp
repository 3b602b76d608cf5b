// SPDX-License-Identifier: MIT
// How far each move of a transition is, and what may happen next. Knows nodes by rank only; does no I/O.
//
//   pending ──begin──▶ copying ──copied──▶ copied ──finish──▶ done
//           ◀──back───                     ◀──back───
//
// What holds at any time: a part has no fewer live copies than min(copies wanted, live copies at the beginning), unless
// nodes are lost on the way; a copy is dropped only when nobody copies from it, and never if it is the last one.
//
// store: the copy is not copied but handed over key by key, and is the only one of each key. So the way back is one
// of its own, write_both_* ──back──▶ returning ──back──▶ pending, in which keys travel the other way: whoever looks at
// the old node first then, as on the way there, would look at each node just when the key is at the other one.
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

#include <quoit/access_set.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
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

  // What is saved, and enough to go on from.
  struct memory {
    std::vector<move_stage> stage;      // of a move
    std::vector<std::uint32_t> source;  // of a move
    std::vector<bool> lost;             // of a node
    transfer_limits limits;
    std::uint64_t epoch;
  };

  move_states(std::shared_ptr<const move_plan> plan, access how, transfer_limits limits, std::uint64_t epoch)
      : plan_(std::move(plan)), how_(how), now_{std::vector<move_stage>(plan_->moves().size(), move_stage::pending),
                                                plan_->sources(), plan_->lost(), limits, epoch} {
    count();
  }
  // The moves, sources and nodes are as many as in the plan, and below its numbers.
  move_states(std::shared_ptr<const move_plan> plan, access how, memory now)
      : plan_(std::move(plan)), how_(how), now_(std::move(now)) {
    count();
  }

  [[nodiscard]] const move_plan& plan() const noexcept { return *plan_; }
  [[nodiscard]] const memory& now() const noexcept { return now_; }
  [[nodiscard]] move_stage stage(std::size_t i) const noexcept { return now_.stage[i]; }
  [[nodiscard]] std::uint32_t source(std::size_t i) const noexcept { return now_.source[i]; }
  [[nodiscard]] std::size_t count(move_stage stage) const noexcept { return counts_[static_cast<std::size_t>(stage)]; }
  void set_limits(transfer_limits limits) noexcept { now_.limits = limits; }

  void begin(std::size_t i) {
    if (stage(i) == move_stage::returning) return enter(i, move_stage::copying);  // on the way there again
    require_stage(i, "begin", move_stage::pending);
    const std::uint32_t from = usable_source(i);
    if (const char* const why = obstacle(i, from, in_, out_, in_part_); why != nullptr) refuse(i, "begin", why);
    take_source(i, from);
    enter(i, move_stage::copying);
  }

  void copied(std::size_t i) {
    require_stage(i, "copied", move_stage::copying);
    enter(i, move_stage::copied);
  }

  void finish(std::size_t i) {
    require_stage(i, "finish", move_stage::copied);
    const move_plan::move& one = plan_->moves()[i];
    if (is_source(i, one.replaces)) refuse(i, "finish", "another copy is made from the one that it replaces");
    if (one.to == none) {
      if (const char* const why = obstacle_to_drop(one); why != nullptr) refuse(i, "finish", why);
    }
    enter(i, move_stage::done);
  }

  void back(std::size_t i) {
    const char* const why = obstacle_to_go_back(i);
    if (why != nullptr) refuse(i, "back", why);
    // Its source need not have kept the copy.
    if (stage(i) == move_stage::copied) take_source(i, usable_source(i));
    enter(i, before(stage(i)));
  }

  // Every move in flight goes back as far as it can at once; returns those that are still in flight.
  std::vector<std::size_t> abort() {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      while (in_flight(stage(i)) && stage(i) != move_stage::returning && obstacle_to_go_back(i) == nullptr) back(i);
      if (in_flight(stage(i))) left.push_back(i);
    }
    return left;
  }

  // Each of them, and all together in this order. O(moves + nodes + parts).
  [[nodiscard]] std::vector<std::size_t> startable() const {
    std::vector<std::size_t> result;
    if (count(move_stage::pending) == 0) return result;
    std::vector<std::uint32_t> in = in_, out = out_, in_part = in_part_, to_send = to_send_;
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      if (stage(i) != move_stage::pending) continue;
      const std::uint32_t from = usable_source(i, to_send);
      if (obstacle(i, from, in, out, in_part) != nullptr) continue;
      const move_plan::move& one = plan_->moves()[i];
      ++in_part[one.part];
      if (one.to != none) ++in[one.to];
      if (one.to != none && from != none) ++out[from];
      if (source(i) != none) --to_send[source(i)];
      if (from != none) ++to_send[from];
      result.push_back(i);
    }
    return result;
  }

  // O(moves + parts).
  failure_report fail(std::uint32_t node) {
    failure_report report;
    if (now_.lost[node]) return report;
    std::vector<bool> touched(plan_->parts());
    for (std::size_t p = 0; p < touched.size(); ++p) touched[p] = holds(p, node);
    // From here on nothing is allocated.
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
      const std::size_t left = how_ == access::store ? 0 : live_copies(p);
      if (left == 0) report.lost.push_back(p);
      if (left == 1) report.last_copy.push_back(p);
    }
    return report;
  }

  // Which end of its moves a part's list shows.
  enum class view { old_ends, now, new_ends };

  [[nodiscard]] bool at_new_end(std::size_t i, view v) const noexcept {
    const move_stage s = stage(i);
    if (s == move_stage::done || s == move_stage::pending) return s == move_stage::done;
    return v == view::now ? s == move_stage::copied : v == view::new_ends;
  }

  // Calls use(rank) for the copies of a part in their order. O(copies × moves of the part).
  template <class Use>
  void for_each_copy(std::size_t part, view v, const Use& use) const noexcept {
    const auto moves = plan_->moves_of(part);
    const auto arrived = [&](std::uint32_t i) { return at_new_end(i, v); };
    if (std::all_of(moves.begin(), moves.end(), arrived)) {
      for (const std::uint32_t rank : plan_->after(part)) {
        if (rank != none) use(rank);
      }
      return;
    }
    for (std::uint32_t rank : plan_->before(part)) {
      if (rank == none) continue;
      const auto replaced = std::find_if(moves.begin(), moves.end(), [&](std::uint32_t i) {
        return plan_->moves()[i].replaces == rank && arrived(i);
      });
      if (replaced != moves.end()) rank = plan_->moves()[*replaced].to;
      if (rank != none) use(rank);
    }
    for (const std::uint32_t i : moves) {
      if (plan_->moves()[i].replaces == none && arrived(i)) use(plan_->moves()[i].to);
    }
  }

  [[nodiscard]] static bool in_flight(move_stage stage) noexcept {
    return stage != move_stage::pending && stage != move_stage::done;
  }

 private:
  [[nodiscard]] static bool copying(move_stage stage) noexcept {
    return stage == move_stage::copying || stage == move_stage::returning;
  }
  [[nodiscard]] move_stage before(move_stage stage) const noexcept {
    if (stage == move_stage::returning) return move_stage::pending;
    if (how_ == access::store) return move_stage::returning;
    return stage == move_stage::copied ? move_stage::copying : move_stage::pending;
  }

  [[noreturn]] void refuse(std::size_t i, const char* step, const char* why) const {
    throw_logic_error("transition: " + std::string(step) + "() of move " + std::to_string(i) + ", which is " +
                      name_of(stage(i)) + ": " + why);
  }
  void require_stage(std::size_t i, const char* step, move_stage stage) const {
    if (this->stage(i) != stage) refuse(i, step, (std::string("it would have to be ") + name_of(stage)).c_str());
  }

  // Null where nothing stands in the way of begin().
  [[nodiscard]] const char* obstacle(std::size_t i, std::uint32_t from, const std::vector<std::uint32_t>& in,
                                     const std::vector<std::uint32_t>& out,
                                     const std::vector<std::uint32_t>& in_part) const {
    const move_plan::move& one = plan_->moves()[i];
    if (in_part[one.part] >= now_.limits.per_part) return "as many moves of its part as may be are in flight";
    if (one.to == none) {
      for (const std::uint32_t other : plan_->moves_of(one.part)) {
        if (plan_->moves()[other].to != none && stage(other) != move_stage::done)
          return "a copy is dropped when all those are made that the part is to have";
      }
      return obstacle_to_drop(one);
    }
    if (now_.lost[one.to]) return "the receiver is lost";
    if (in[one.to] >= now_.limits.in) return "its receiver receives as much as it may";
    if (from != none && out[from] >= now_.limits.out) return "its source sends as much as it may";
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
    if (how_ == access::store) {
      const bool can = stage(i) == move_stage::returning || one.replaces == none || !now_.lost[one.replaces];
      return can ? nullptr : "the node that it would go back to is lost";
    }
    if (stage(i) != move_stage::copied || one.to == none) return nullptr;
    if (is_source(i, one.to)) return "another copy is made from this one";
    if (!now_.lost[one.to] && live_copies(one.part) == 1) return "this is the last copy that is left";
    return nullptr;
  }

  // Whether another move of the part copies from a node.
  [[nodiscard]] bool is_source(std::size_t i, std::uint32_t node) const noexcept {
    for (const std::uint32_t other : plan_->moves_of(plan_->moves()[i].part)) {
      if (other != i && node != none && copying(stage(other)) && source(other) == node) return true;
    }
    return false;
  }

  [[nodiscard]] bool dropped(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_->moves_of(part)) {
      if (plan_->moves()[i].replaces == node && stage(i) == move_stage::done) return true;
    }
    return false;
  }

  // Calls use(node, stage) for whoever may have a whole copy, dead or alive: those of the old list, as done, and
  // receivers with the stage of their move.
  template <class Use>
  void for_each_holder(std::size_t part, const Use& use) const {
    for (const std::uint32_t rank : plan_->before(part)) {
      if (rank == none || dropped(part, rank)) continue;
      if (how_ != access::store || stage_of_old(part, rank) == move_stage::pending) use(rank, move_stage::done);
    }
    for (const std::uint32_t i : plan_->moves_of(part)) {
      const bool whole = stage(i) == move_stage::done || stage(i) == move_stage::copied;
      if (whole && plan_->moves()[i].to != none) use(plan_->moves()[i].to, stage(i));
    }
  }
  // store: an old copy is whole as long as nothing of it is handed over.
  [[nodiscard]] move_stage stage_of_old(std::size_t part, std::uint32_t node) const noexcept {
    for (const std::uint32_t i : plan_->moves_of(part)) {
      if (plan_->moves()[i].replaces == node && plan_->moves()[i].to != none) return stage(i);
    }
    return move_stage::pending;
  }

  [[nodiscard]] std::size_t live_copies(std::size_t part) const {
    std::size_t live = 0;
    for_each_holder(part, [&](std::uint32_t node, move_stage) { live += now_.lost[node] ? 0U : 1U; });
    return live;
  }
  // Whether anything of the part is lost with a node: a whole copy, or with store what was handed over.
  [[nodiscard]] bool holds(std::size_t part, std::uint32_t node) const {
    bool found = false;
    for_each_holder(part, [&](std::uint32_t holder, move_stage) { found = found || holder == node; });
    if (how_ != access::store) return found;
    for (const std::uint32_t i : plan_->moves_of(part)) {
      const move_plan::move& one = plan_->moves()[i];
      found = found || (copying(stage(i)) && (one.to == node || one.replaces == node));
    }
    return found;
  }

  // The source of a move as it stands, or whoever can take its place: of those that surely keep their copy the one that
  // has least to send, the first in number among equals.
  [[nodiscard]] std::uint32_t usable_source(std::size_t i) const { return usable_source(i, to_send_); }
  [[nodiscard]] std::uint32_t usable_source(std::size_t i, const std::vector<std::uint32_t>& to_send) const {
    const move_plan::move& one = plan_->moves()[i];
    if (one.to == none) return none;
    const std::uint32_t planned = source(i);
    std::uint32_t best = none, last = none;
    bool keep = false;
    for_each_holder(one.part, [&](std::uint32_t node, move_stage stage) {
      if (now_.lost[node] || node == one.to) return;
      if (stage != move_stage::done) {
        last = node;  // could go back, unless it is the last one
        return;
      }
      keep = keep || node == planned;
      if (best == none || to_send[node] < to_send[best] || (to_send[node] == to_send[best] && node < best)) best = node;
    });
    if (keep) return planned;
    return best != none ? best : last;
  }

  void take_source(std::size_t i, std::uint32_t from) {
    if (source(i) != none) --to_send_[source(i)];
    now_.source[i] = from;
    if (from != none) ++to_send_[from];
  }

  // What the loss of a node means for a move that is not done.
  void lose(std::size_t i, std::uint32_t node, const std::vector<bool>& touched, failure_report& report) {
    const move_plan::move& one = plan_->moves()[i];
    const move_stage s = stage(i);
    if (how_ == access::store && one.to != none && copying(s) && one.replaces == node) {
      enter(i, move_stage::copied);  // what was handed over is all there is
    } else if (in_flight(s) && (one.to == node || (copying(s) && one.to != none && source(i) == node))) {
      enter(i, move_stage::pending);
      report.stopped.push_back(i);
    }
    if (touched[one.part] && source(i) == node) take_source(i, usable_source(i));
  }

  void enter(std::size_t i, move_stage next) {
    const move_stage old = stage(i);
    --counts_[static_cast<std::size_t>(old)];
    ++counts_[static_cast<std::size_t>(next)];
    account(i, old, -1);
    now_.stage[i] = next;
    account(i, next, 1);
    if (next == move_stage::done && source(i) != none) --to_send_[source(i)];
    ++now_.epoch;
  }

  // Nodes are busy while a copy is made, the part until the move is done.
  void account(std::size_t i, move_stage s, int sign) {
    const move_plan::move& one = plan_->moves()[i];
    const auto by = static_cast<std::uint32_t>(sign);
    if (in_flight(s)) in_part_[one.part] += by;
    if (!copying(s) || one.to == none) return;
    in_[one.to] += by;
    if (source(i) != none) out_[source(i)] += by;
  }
  void count() {
    const std::size_t nodes = plan_->nodes();
    in_.assign(nodes, 0);
    out_.assign(nodes, 0);
    to_send_.assign(nodes, 0);
    in_part_.assign(plan_->parts(), 0);
    counts_.fill(0);
    for (std::size_t i = 0; i < now_.stage.size(); ++i) {
      ++counts_[static_cast<std::size_t>(stage(i))];
      account(i, stage(i), 1);
      if (stage(i) != move_stage::done && source(i) != none) ++to_send_[source(i)];
    }
  }

  std::shared_ptr<const move_plan> plan_;
  access how_;
  memory now_;
  // Follow from the above: copies in the making to and from a node, copies that a node has to send before all is done,
  // and moves in flight of a part.
  std::vector<std::uint32_t> in_, out_, to_send_, in_part_;
  std::array<std::size_t, stages> counts_{};
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
