// SPDX-License-Identifier: MIT
// transition: two epochs at once. What is copied from where and in which order, and which copies to use meanwhile.
//
//   before ─┐                          ┌─ moves()            who copies what from whom, instead of whom, in which order
//           ├─ transition ─────────────┼─ begin … finish     how far each move is; startable() is what may begin
//   after  ─┘                          └─ read_set(key) …    which nodes an operation has to go to now
//
// The copying and the network are yours. What the transition promises, as long as nobody skips a step:
//   - whatever part of the moves is done, no part of the circle has fewer live copies than it had or is to have, and
//     every failure domain holds a number of them between the old and the new one (P4 for copies);
//   - every order that startable() allows ends in `after`; going back from everything ends in `before`;
//   - the sets lose nothing: no false miss, no stale read, no lost update, no deleted key that comes back, if the steps
//     of the clients and of the copying follow the rules below. access_set.hpp says why simpler orders do lose.
//
// The rules. Every process must know the epoch of what it uses.
//   replicated   Publish a change, and wait until everybody has it before the next one, and before copying begins.
//                Before copied(), the receiver has everything that a read quorum of the old list has: all of what the
//                node that it replaces holds is enough; from any other source (from != replaces) ask a quorum, or
//                repair afterwards: a single other copy need not have heard of a write that a quorum has. A quorum is a
//                majority.
//   store        Every server keeps the highest epoch that it has seen, and refuses clients of a lower one. Both the
//                old node and the receiver know the new epoch before the first key is handed over, each key atomically;
//                copied() says that none is left at the old node. The way back the same way, until back() says so
//                again.
//   cache        The receiver is empty, or emptied, before begin().
//
// Going back for good: back() or abort() as far as moves are in flight; for those that are done, a
// transition(after, before).
//
// Stages after ScyllaDB's of tablet migration; sets after Redis Cluster's ASK rule and memcached leases.
//
// Threads: const members may run in any number of threads; changing members need exclusive access. A copy is O(moves)
// and shares all else, placements and nodes among it, so that a published<> transition costs little.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/plan.hpp>
#include <quoit/detail/transition/record.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Two epochs at once: the moves from one placement to another, how far each is, and where data is meanwhile. The head
/// of this file has the rules. A copy is O(moves) and shares all else. O(1), where nothing else is said. Threads: const
/// members may run in any number of threads; changing members need exclusive access (or a quoit::published).
template <placement Placement>
class transition {
  static_assert(detail::require_ranged_placement<Placement>());
  using plan_type = detail::transition_plan<Placement>;

 public:
  using placement_type = Placement;                           ///< of before() and after()
  using node_type = typename Placement::node_type;            ///< whom moves and sets name
  static constexpr std::size_t no_part = plan_type::no_part;  ///< stands for a part that is none

  /// Plans the way from one placement to the other, which must put keys at the same positions. O(vnodes or slots ×
  /// replicas + moves), and at worst O(moves² × copies) for the best sources and rounds. Throws std::invalid_argument
  /// for placements that cannot be compared, a failed node that neither knows, a limit of 0, `store` with several
  /// copies (it has one authority a key), and `replicated` with more than one move of a part at a time (their lists
  /// would not overlap).
  transition(Placement before, Placement after, transition_options<node_type> options = {})
      : transition(make_plan(std::move(before), std::move(after), options), options.how, options.limits, options.epoch,
                   options.leaving_nodes_serve) {}

  // No moving: what was moved from would be a transition of nothing.
  /// O(moves), allocates. Both refer to the same nodes.
  transition(const transition&) = default;
  /// O(moves), allocates.
  transition& operator=(const transition&) = default;
  ~transition() = default;

  // ---- The plan.

  /// What it sets out from.
  [[nodiscard]] const Placement& before() const noexcept { return plan_->before(); }
  /// Where it goes.
  [[nodiscard]] const Placement& after() const noexcept { return plan_->after(); }
  /// Copies of every key.
  [[nodiscard]] std::size_t replicas() const noexcept { return plan_->replicas(); }
  /// How they are reached; what was automatic is decided.
  [[nodiscard]] access how() const noexcept { return how_; }

  /// What differs, ascending. Where only the order of the copies does, there are no moves, and the new one holds at
  /// once.
  [[nodiscard]] const std::vector<transition_part>& parts() const noexcept { return plan_->parts(); }
  /// The part that a position belongs to, no_part if nothing changes there. O(log parts).
  [[nodiscard]] std::size_t part_at(std::uint64_t position) const noexcept { return plan_->part_at(position); }

  /// In the recommended order: parts that are short of copies first, then the others, each by rounds. `from` changes
  /// when its node is lost or has dropped its copy; all else stays.
  [[nodiscard]] const std::vector<copy_move<node_type>>& moves() const noexcept { return moves_; }
  /// Those of one part, ascending; part < parts().size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] std::span<const std::uint32_t> moves_of(std::size_t part) const noexcept {
    QUOIT_ASSERT(part < parts().size(), "transition: there is no such part");
    return plan_->moves().moves_of(part);
  }
  /// The whole plan in numbers, as it was at the beginning.
  [[nodiscard]] const transition_report& report() const noexcept { return plan_->report(); }

  // ---- The moves. O(moves of the part × copies). A step that is not possible throws std::logic_error, naming move and
  // stage, and changes nothing.

  /// How far a move is. O(1).
  [[nodiscard]] move_stage stage(std::size_t move) const { return states_.stage(checked(move)); }

  /// pending -> copying: start copying. Not beyond the limits, not to a lost node, and no copy is dropped
  /// before all others of its part are there. May choose another source: see moves(). (returning ->
  /// copying.)
  void begin(std::size_t move) {
    states_.begin(checked(move));
    update_source(move);
  }
  /// copying -> copied: the copy is complete.
  void copied(std::size_t move) { states_.copied(checked(move)); }
  /// copied -> done: the replaced copy may be dropped.
  void finish(std::size_t move) { states_.finish(checked(move)); }
  /// One step back, copied -> copying -> pending; with access::store both -> returning, and
  /// returning -> pending when all keys are handed back. Not from the last live copy, nor to a lost one.
  void back(std::size_t move) {
    states_.back(checked(move));
    update_source(move);
  }
  /// Takes all moves in flight back, as far as it goes at once. O(moves × copies), allocates. Returns those that are
  /// still in flight: with access::store the returning ones, and where only the new copy lives, that one, which has to
  /// be finished.
  std::vector<std::size_t> abort() {
    std::vector<std::size_t> left = states_.abort();
    update_sources();
    return left;
  }

  /// The moves that may begin now: any one of them, or all together in this order. O(moves × copies), allocates.
  [[nodiscard]] std::vector<std::size_t> startable() const { return states_.startable(); }
  /// The limits in force. O(1).
  [[nodiscard]] transfer_limits limits() const noexcept { return states_.now().limits; }
  /// For moves that begin from now on; 0 pauses. The rounds stay as they were planned. O(1). Throws
  /// std::invalid_argument for what the constructor refuses but 0.
  void set_limits(transfer_limits limits) {
    require_one_move(how_, limits);
    states_.set_limits(limits);
  }

  /// A node, named by its id, is lost with all it holds. Moves to it go back to pending and cannot begin; moves in
  /// flight from it go back to pending and have another source. O(moves + parts). Throws std::invalid_argument if it is
  /// unknown.
  template <class Id>
  failure_report failed(const Id& id) {
    const std::uint32_t node = find(*plan_, id);
    failure_report report = states_.fail(node);
    update_sources();
    return report;
  }

  /// Whether all moves are done. O(1).
  [[nodiscard]] bool finished() const noexcept { return count(move_stage::done) == moves_.size(); }
  /// How many moves are at a stage; moves().size() is all of them. O(1).
  [[nodiscard]] std::size_t count(move_stage stage) const noexcept { return states_.count(stage); }
  /// Grows with every change of a stage, and when a node is lost. O(1).
  [[nodiscard]] std::uint64_t epoch() const noexcept { return states_.now().epoch; }

  // ---- Where data is now. O(bytes of the key + log parts + copies × moves of the part).

  /// The preference list in force at a position: copies that are complete at their new node, the others at their old
  /// one. The order becomes that of `after` when all of the part are. Writes as many as fit, returns how many. O(log
  /// parts + copies × moves of the part).
  std::size_t now(std::uint64_t position, std::span<const node_type*> out) const noexcept {
    return sets().now(position, out);
  }
  /// The same list for a key. Allocates above eight nodes.
  template <class Key>
  [[nodiscard]] preference_list<node_type> holders(const Key& key) const {
    preference_list<node_type> list((std::min)(replicas(), plan_->nodes().size()) + 1);
    list.resize(now(after().position(key), list.room()));
    return list;
  }

  /// What an operation on a key has to do now, for the access that the transition was made with. Empty where nobody
  /// holds the key. O(bytes of the key + log parts + copies × moves of the part); allocates for more than eight steps.
  template <class Key>
  [[nodiscard]] access_set<node_type> read_set(const Key& key) const {
    return read_set_at(after().position(key));
  }
  /// The same for a write.
  template <class Key>
  [[nodiscard]] access_set<node_type> write_set(const Key& key) const {
    return write_set_at(after().position(key));
  }
  /// The same for a deletion.
  template <class Key>
  [[nodiscard]] access_set<node_type> erase_set(const Key& key) const {
    return erase_set_at(after().position(key));
  }

  /// As read_set(), for a position.
  [[nodiscard]] access_set<node_type> read_set_at(std::uint64_t position) const { return sets().read(position); }
  /// As write_set(), for a position.
  [[nodiscard]] access_set<node_type> write_set_at(std::uint64_t position) const { return sets().write(position); }
  /// As erase_set(), for a position.
  [[nodiscard]] access_set<node_type> erase_set_at(std::uint64_t position) const { return sets().erase(position); }

  // ---- Persistence.

  /// Everything but the placements: canonical bytes with a checksum. O(moves + fingerprints of both), allocates.
  [[nodiscard]] std::string save() const {
    const detail::move_states::memory& now = states_.now();
    detail::transition_record r{before().fingerprint(),
                                after().fingerprint(),
                                plan_->moves_fingerprint(),
                                now.epoch,
                                replicas(),
                                plan_->apart(),
                                how_,
                                leaving_nodes_serve_,
                                first_limits_,
                                now.limits,
                                {},
                                now.stage,
                                now.source};
    for (std::size_t rank = 0; rank < now.lost.size(); ++rank) {
      r.lost.push_back(plan_->moves().lost()[rank] ? 1 : now.lost[rank] ? 2 : 0);
    }
    return detail::write_record(r);
  }

  /// A transition that goes on where the saved one was. Costs what making one costs. Throws std::invalid_argument,
  /// naming the reason, for bytes that are damaged, truncated or of an unknown format, and for placements or a version
  /// of the library that plan other moves.
  [[nodiscard]] static transition restore(Placement before, Placement after, std::string_view bytes) {
    const detail::transition_record r = detail::read_record(bytes);
    if (r.before != before.fingerprint()) detail::refuse_record("it was made for another placement before");
    if (r.after != after.fingerprint()) detail::refuse_record("it was made for another placement after");
    if (!std::in_range<std::size_t>(r.replicas)) detail::refuse_record("it has more copies than this machine counts");
    require_limits(r.first_limits);
    auto plan =
        std::make_shared<plan_type>(std::move(before), std::move(after), static_cast<std::size_t>(r.replicas), r.apart);
    if (plan->nodes().size() != r.lost.size()) detail::refuse_record("it has another number of nodes");
    std::vector<bool> lost_first(r.lost.size()), lost_now(r.lost.size());
    for (std::size_t i = 0; i < r.lost.size(); ++i) {
      lost_first[i] = r.lost[i] == 1;
      lost_now[i] = r.lost[i] != 0;
    }
    plan->plan(lost_first, r.first_limits);
    if (plan->moves().moves().size() != r.stage.size() || plan->moves_fingerprint() != r.moves)
      detail::refuse_record("this version plans other moves");
    for (const std::uint32_t source : r.source) {
      if (source != detail::none && source >= r.lost.size()) detail::refuse_record("a source is no node");
    }
    transition result(std::move(plan), r.how, r.first_limits, r.epoch, r.leaving_nodes_serve);
    require_one_move(result.how_, r.limits);
    result.states_ = detail::move_states(result.shared_moves(), result.how_,
                                         {r.stage, r.source, std::move(lost_now), r.limits, r.epoch});
    result.update_sources();
    return result;
  }

 private:
  transition(std::shared_ptr<const plan_type> plan, access how, transfer_limits limits, std::uint64_t epoch,
             bool leaving_nodes_serve)
      : plan_(std::move(plan)), how_(decided(how, plan_->replicas())), first_limits_(limits),
        leaving_nodes_serve_(leaving_nodes_serve), states_(shared_moves(), how_, limits, epoch) {
    require_one_move(how_, limits);
    moves_.reserve(plan_->moves().moves().size());
    for (const auto& one : plan_->moves().moves()) {
      moves_.push_back({one.part, plan_->node(one.to), nullptr, plan_->node(one.replaces), one.position, one.round});
      update_source(moves_.size() - 1);
    }
  }

  static std::shared_ptr<const plan_type> make_plan(Placement before, Placement after,
                                                    const transition_options<node_type>& options) {
    require_limits(options.limits);
    auto plan = std::make_shared<plan_type>(std::move(before), std::move(after), options.replicas, options.apart);
    decided(options.how, plan->replicas());
    std::vector<bool> lost(plan->nodes().size());
    for (const node_type& node : options.failed) lost[find(*plan, node)] = true;
    for (std::size_t rank = 0; rank < lost.size() && !options.leaving_nodes_serve; ++rank) {
      if (plan->nodes()[rank].after == nullptr) lost[rank] = true;
    }
    plan->plan(lost, options.limits);
    return plan;
  }

  static access decided(access how, std::size_t replicas) {
    if (how == access::automatic) return replicas == 1 ? access::store : access::replicated;
    if (how == access::store && replicas != 1) {
      detail::throw_invalid_argument("transition: access::store has one copy of every key, not " +
                                     std::to_string(replicas) + "; ask for replicas = 1, or for access::replicated");
    }
    return how;
  }
  static void require_limits(const transfer_limits& limits) {
    if (limits.in == 0 || limits.out == 0 || limits.per_part == 0)
      detail::throw_invalid_argument("transition: a limit of 0; nothing could ever move");
  }
  static void require_one_move(access how, const transfer_limits& limits) {
    if (how == access::replicated && limits.per_part > 1) {
      detail::throw_invalid_argument("transition: per_part = " + std::to_string(limits.per_part) +
                                     "; with access::replicated only one copy of a part may move at a time");
    }
  }

  template <class Id>
  static std::uint32_t find(const plan_type& plan, const Id& id) {
    const std::uint32_t node = plan.find(id);
    if (node == detail::none)
      detail::throw_invalid_argument("transition: neither placement knows the failed node '" + quoit::id_text(id) +
                                     "'");
    return node;
  }

  [[nodiscard]] std::shared_ptr<const detail::move_plan> shared_moves() const { return {plan_, &plan_->moves()}; }

  std::size_t checked(std::size_t move) const {
    if (move >= moves_.size()) {
      detail::throw_logic_error("transition: there is no move " + std::to_string(move) + "; there are " +
                                std::to_string(moves_.size()));
    }
    return move;
  }

  void update_source(std::size_t move) { moves_[move].source = plan_->node(states_.source(move)); }
  void update_sources() {
    for (std::size_t i = 0; i < moves_.size(); ++i) update_source(i);
  }

  [[nodiscard]] detail::access_sets<plan_type> sets() const noexcept { return {*plan_, states_, how_}; }

  std::shared_ptr<const plan_type> plan_;
  access how_;
  transfer_limits first_limits_;
  bool leaving_nodes_serve_;
  detail::move_states states_;
  std::vector<copy_move<node_type>> moves_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
