// SPDX-License-Identifier: MIT
// transition: the migration from one placement to another. Which node copies what from which source and in which order,
// and which nodes to read, write and erase meanwhile.
//
//   before ─┐                ┌─ moves()              what is copied, in which order: to, source, replaces, round
//           ├─ transition ───┼─ begin … finish       the stage of each move; next_startable() says which may begin
//   after  ─┘                └─ read_set(key) …      the nodes of an operation now
//
// The caller does the copying and the network. If every step is done, the transition guarantees:
//   - Unless a node fails, no part ever has fewer live copies than min(copies wanted, live copies at the beginning),
//     and the number of copies in each failure domain stays between the old and the new number (P4 for copies).
//   - Every order that startable() allows ends in `after`. If every move goes back, the result is `before`. So do the
//     rounds: all moves of a round begin, all copies are made, all moves are finished, then the next round.
//   - Copies that are missing are made first: parts with the fewest live copies before others.
//   - A part that no node held, such as a hole of a slot table, begins empty. Its first move has no source: there is
//     nothing to copy, and copied() may follow begin() at once. Until then the sets of its keys are empty (with store
//     and cache until begin()), which says that no node serves the key. A slot that is a hole before and after is no
//     part. The keys of a slot that becomes a hole are dropped.
//   - Clients that follow the sets and the rules below lose nothing: no false miss, no lost update, no deleted key that
//     comes back, no stale read. (With access::cache a read may be stale for a while; docs/migrate.md says when.)
//     access_set.hpp says why simpler orders lose data.
//
// The rules. Every process must know the epoch of the transition that it uses. Save a change before you publish it, and
// publish again after a restart. A client has a change when it uses it and its older operations have ended.
//   replicated   Publish a change, and wait until every client has it, before the next change of the same part and
//                before copying begins. Before copied(), the receiver must have everything that a read quorum of the
//                old list has. If source == replaces, all data of that node is enough. From any other source ask a
//                quorum, or repair afterwards: a single other copy need not have seen a write that reached a quorum. A
//                quorum is a majority.
//   store        Every server keeps the highest epoch that it has seen, and refuses clients with a lower one. Both the
//                old node and the receiver know the new epoch before the first key is handed over, and before the
//                coordinator looks for keys. A request to hand over carries its epoch, and both refuse an older one.
//                Each key is handed over atomically. copied() says that no key is left at the old node. Going back
//                follows the same rules in the other direction: the second back() says that no key is left at the
//                receiver.
//   cache        The receiver is empty, or emptied, before begin(). Fill it by add or a lease, never by set. An erasure
//                holds the key at the receiver for longer than an erasure and a fill take together. Wait until every
//                client has a change before the next one, and before you empty a node.
//
// To undo a migration: back() or abort() for moves in flight; transition(after, before) for moves that are done.
//
// The stages are based on ScyllaDB's tablet migration, the sets on Redis Cluster's ASK rule and memcached leases.
//
// Threads: const members may run in any number of threads. Other members need exclusive access. A copy is O(moves) and
// shares everything else, also placements and nodes, so a published<> transition costs little.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/access_sets.hpp>
#include <quoit/detail/transition/losses.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/plan.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/record.hpp>
#include <quoit/detail/transition/rounds.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/detail/transition/status.hpp>
#include <quoit/detail/transition/streams.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/startable_moves.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The migration from one placement to another: its moves, the stage of each, and the nodes of a key meanwhile. The
/// head of this file has the rules. A copy is O(moves) and shares everything else. O(1) unless stated otherwise.
/// Threads: const members may run in any number of threads; other members need exclusive access (or a
/// quoit::published).
template <placement Placement>
class transition {
  static_assert(detail::require_ranged_placement<Placement>());
  using plan_type = detail::transition_plan<Placement>;

 public:
  using placement_type = Placement;                           ///< the type of before() and after()
  using node_type = typename Placement::node_type;            ///< what moves and sets refer to
  static constexpr std::size_t no_part = plan_type::no_part;  ///< stands for no part

  /// Plans the migration between two placements, which must put keys at the same positions. O(vnodes or slots ×
  /// replicas + moves); in the worst case O(moves² × copies) for the best sources and rounds. Throws
  /// std::invalid_argument for placements that cannot be compared, a failed node that neither placement knows, a limit
  /// of 0, `store` with several copies (a key has one authority), and `replicated` with more than one move of a part at
  /// a time (the quorums of their lists need not overlap).
  transition(Placement before, Placement after, transition_options<node_type> options = {})
      : transition(make_plan(std::move(before), std::move(after), options), options.how, options.limits, options.epoch,
                   options.leaving_nodes_serve) {}

  // Not movable: the moved-from object would be a transition without a plan.
  /// O(moves), allocates. Both objects refer to the same nodes.
  transition(const transition&) = default;
  /// O(moves), allocates. Changes nothing if it throws std::bad_alloc.
  transition& operator=(const transition& other) {
    transition copy(other);
    take(copy);
    return *this;
  }
  ~transition() = default;

  // ---- The plan.

  /// The placement that the migration starts from.
  [[nodiscard]] const Placement& before() const& noexcept { return plan_->before(); }
  /// The placement that the migration leads to.
  [[nodiscard]] const Placement& after() const& noexcept { return plan_->after(); }
  /// The number of copies of every key.
  [[nodiscard]] std::size_t replicas() const noexcept { return plan_->replicas(); }
  /// The kind of access; never access::automatic.
  [[nodiscard]] access how() const noexcept { return states_.rules().how(); }

  /// The ranges whose copies differ, ascending. A part in which only the order of the copies differs has no moves, and
  /// its new order holds at once.
  [[nodiscard]] const std::vector<transition_part>& parts() const& noexcept { return plan_->parts(); }
  /// The part of a position; no_part if nothing changes there, and if there is no such position. O(log parts).
  [[nodiscard]] std::size_t part_at(std::uint64_t position) const noexcept { return plan_->part_at(position); }

  /// All moves in the recommended order, by rounds: missing copies first, those of the parts with the fewest live
  /// copies before others; then the moves that replace a live copy. `source` changes when its node is lost or has
  /// dropped its copy. `round` changes when a node is lost; see failed(). The order and all other fields stay.
  [[nodiscard]] const std::vector<copy_move<node_type>>& moves() const& noexcept { return moves_; }
  /// The moves of a part, ascending. Precondition: part < parts().size(); QUOIT_ASSERT checks it.
  [[nodiscard]] std::span<const std::uint32_t> moves_of(std::size_t part) const& noexcept {
    QUOIT_ASSERT(part < parts().size(), "transition: there is no such part");
    return plan_->moves().moves_of(part);
  }
  /// The moves grouped by source and receiver, in the order of their first moves. Moves that only drop a copy are in
  /// none. The pointers are those of moves(). O(moves log moves), allocates.
  [[nodiscard]] std::vector<transfer_stream<node_type>> streams() const& { return detail::streams_of(*plan_, states_); }
  /// The plan in numbers, as it was at the beginning.
  [[nodiscard]] const transition_report& report() const& noexcept { return plan_->report(); }

  // ---- The steps of a move. O(moves of the part × copies + log moves), amortised; see next_startable(). They do not
  // allocate. A step that is not possible throws std::logic_error, which names the move and its stage, and changes
  // nothing.

  /// The stage of a move. O(1).
  [[nodiscard]] move_stage stage(std::size_t move) const { return states_.stage(checked(move)); }

  /// pending -> copying: the caller starts copying from `source`. Also returning -> copying, for access::store. Not
  /// possible beyond the limits, to a lost node, or for a move that only drops a copy before all new copies of its part
  /// are done.
  void begin(std::size_t move) {
    states_.begin(checked(move));
    update_sources_of(move);
  }
  /// copying -> copied: the copy at the receiver is complete.
  void copied(std::size_t move) {
    states_.copied(checked(move));
    update_sources_of(move);
  }
  /// copied -> done: the replaced copy may be dropped.
  void finish(std::size_t move) {
    states_.finish(checked(move));
    update_sources_of(move);
  }
  /// One stage back: copied -> copying, copying -> pending. With access::store, copied or copying -> returning, and
  /// returning -> pending when all keys are handed back. Not possible if the receiver has the last live copy, or keys
  /// would go back to a lost node.
  void back(std::size_t move) {
    states_.back(checked(move));
    update_sources_of(move);
  }
  /// Takes all moves in flight back as far as is possible at once. Returns the moves that are still in flight: with
  /// access::store those at `returning`, and every move whose receiver has the only live copy, which must be finished.
  /// O(moves × copies). If it throws std::bad_alloc, nothing has changed.
  std::vector<std::size_t> abort() {
    std::vector<std::size_t> left = states_.abort();
    update_sources();
    return left;
  }

  // ---- What may begin, and how it goes on.

  /// The most urgent move that may begin now; empty if none may. Of the moves that the limits allow, it is one whose
  /// part has the fewest live copies. O(log moves). To keep it so cheap, each step also costs O(log moves), or at worst
  /// O(log moves) for each stream of its two nodes.
  [[nodiscard]] std::optional<std::size_t> next_startable() const noexcept {
    const std::uint32_t move = states_.next_startable();
    if (move == detail::none) return std::nullopt;
    return move;
  }
  /// All moves that may begin now, by urgency: each of them alone, or all of them in this order. They are found while
  /// the range is read. O(1).
  [[nodiscard]] startable_moves startable() const& noexcept { return startable_moves(states_); }

  /// Whether the transition is done, working, paused or stuck, and why. While it is working, next_startable() names a
  /// move, or a move is in flight. If it is stuck, plan again; with slot tables from table_now(). O(1), or O(moves)
  /// if it is stuck; allocates.
  [[nodiscard]] transition_status status() const { return detail::status_of(*plan_, states_, loses_later_); }

  /// The limits in force. O(1).
  [[nodiscard]] transfer_limits limits() const noexcept { return states_.now().limits; }
  /// Sets the limits for moves that begin from now on; 0 pauses. The rounds stay as planned. O(1) to pause and to
  /// resume with the same limits, else O(moves log moves). Throws std::invalid_argument for limits that the constructor
  /// refuses, except 0.
  void set_limits(transfer_limits limits) {
    states_.rules().check_limits(limits);
    states_.set_limits(limits);
  }

  /// Reports that a node, named by its id, is lost with all that it holds. Moves to it go back to pending and cannot
  /// begin. Moves that are being copied from it go back to pending and get another source if there is one. With
  /// access::store they become `copied` instead, because the receiver has all keys that are left. The rounds of all
  /// moves that are not done are computed again, with the limits in force: moves in flight get round 0, the others
  /// follow. The report also counts what was lost in ranges that do not change. O(moves × copies + vnodes or slots ×
  /// copies), plus the cost of the rounds. Throws std::invalid_argument for an unknown node. If it throws, nothing has
  /// changed.
  template <class Id>
  failure_report failed(const Id& id) {
    const std::uint32_t node = find(*plan_, id);
    failure_report report;
    if (states_.now().lost[node]) {
      for (std::size_t i = 0; i < moves_.size(); ++i) {
        if (stage(i) != move_stage::done && moves_[i].round != moves_[i].no_round)
          report.rounds = (std::max)(report.rounds, moves_[i].round + 1);
      }
      return report;
    }
    transition next(*this);
    report = next.states_.fail(node);
    next.loses_later_ = true;
    next.plan_rounds(report);
    detail::add_lost_ranges(*plan_, next.states_.now(), node, report);
    next.update_sources();
    take(next);
    return report;
  }

  /// Whether all moves are done. O(1).
  [[nodiscard]] bool finished() const noexcept { return count(move_stage::done) == moves_.size(); }
  /// The number of moves at a stage. O(1).
  [[nodiscard]] std::size_t count(move_stage stage) const noexcept { return states_.count(stage); }
  /// Grows with every change of a stage and with every lost node. O(1).
  [[nodiscard]] std::uint64_t epoch() const noexcept { return states_.now().epoch; }

  // ---- The nodes of a key now. O(bytes of the key + log parts + copies × moves of the part).

  /// The preference list in force at a position: each copy at its new node once it is complete there, else at its old
  /// one. The order becomes that of `after` when all copies of the part are complete. Writes as many nodes as fit, and
  /// returns their number: 0 if there is no such position. O(log parts + copies × moves of the part).
  std::size_t now(std::uint64_t position, std::span<const node_type*> out) const& noexcept {
    return sets().now(position, out);
  }
  /// The same list for a key. Allocates for more than eight nodes.
  template <class Key>
  [[nodiscard]] preference_list<node_type> holders(const Key& key) const& {
    preference_list<node_type> list((std::min)(replicas(), plan_->nodes().size()) + 1);
    list.resize(now(after().position(key), list.room()));
    return list;
  }

  /// The steps of a read of a key now, for the kind of access of this transition. Empty if no node serves the key, as
  /// in a hole. O(bytes of the key + log parts + copies × moves of the part); allocates.
  template <class Key>
  [[nodiscard]] access_set<node_type> read_set(const Key& key) const& {
    return read_set_at(after().position(key));
  }
  /// The steps of a write, likewise.
  template <class Key>
  [[nodiscard]] access_set<node_type> write_set(const Key& key) const& {
    return write_set_at(after().position(key));
  }
  /// The steps of a deletion, likewise.
  template <class Key>
  [[nodiscard]] access_set<node_type> erase_set(const Key& key) const& {
    return erase_set_at(after().position(key));
  }

  /// The same as read_set(), for a position. Empty if there is no such position.
  [[nodiscard]] access_set<node_type> read_set_at(std::uint64_t position) const& { return sets().read(position); }
  /// The same as write_set(), for a position. Empty if there is no such position.
  [[nodiscard]] access_set<node_type> write_set_at(std::uint64_t position) const& { return sets().write(position); }
  /// The same as erase_set(), for a position. Empty if there is no such position.
  [[nodiscard]] access_set<node_type> erase_set_at(std::uint64_t position) const& { return sets().erase(position); }

  // ---- Persistence.

  /// Everything except the placements, as canonical bytes with a checksum. O(moves + fingerprints of both placements),
  /// allocates.
  [[nodiscard]] std::string save() const {
    const detail::move_progress& now = states_.now();
    detail::transition_record r{before().fingerprint(),
                                after().fingerprint(),
                                plan_->moves_fingerprint(),
                                now.epoch,
                                replicas(),
                                plan_->apart(),
                                how(),
                                leaving_nodes_serve_,
                                first_limits_,
                                now.limits,
                                {},
                                now.stage,
                                now.source,
                                {}};
    for (std::size_t rank = 0; rank < now.lost.size(); ++rank) {
      r.lost.push_back(plan_->moves().lost()[rank] ? 1 : now.lost[rank] ? 2 : 0);
    }
    if (new_rounds_) {
      for (const auto& one : moves_) r.round.push_back(one.round);
    }
    return detail::write_record(r);
  }

  /// A transition that continues where the saved one was. Same cost as the constructor. Throws std::invalid_argument
  /// with the reason for bytes that are damaged, truncated or of an unknown format, and for placements or a version of
  /// the library that plan other moves. Reads what version 0.1 saved; a source that has no copy is replaced.
  [[nodiscard]] static transition restore(Placement before, Placement after, std::string_view bytes) {
    const detail::transition_record r = detail::read_record(bytes);
    if (r.before != before.fingerprint())
      detail::refuse_record("it was made for another placement before; give both placements of the saved transition");
    if (r.after != after.fingerprint())
      detail::refuse_record("it was made for another placement after; give both placements of the saved transition");
    if (!std::in_range<std::size_t>(r.replicas))
      detail::refuse_record("it has more copies than std::size_t can count on this machine");
    require_limits(r.first_limits);
    auto plan =
        std::make_shared<plan_type>(std::move(before), std::move(after), static_cast<std::size_t>(r.replicas), r.apart);
    if (plan->nodes().size() != r.lost.size()) detail::refuse_record("the number of nodes differs");
    std::vector<bool> lost_first(r.lost.size()), lost_now(r.lost.size());
    for (std::size_t i = 0; i < r.lost.size(); ++i) {
      lost_first[i] = r.lost[i] == 1;
      lost_now[i] = r.lost[i] != 0;
    }
    plan->plan(lost_first, r.first_limits);
    if (plan->moves().moves().size() != r.stage.size() || plan->moves_fingerprint() != r.moves)
      detail::refuse_record("this version plans other moves; finish it with the version that saved it");
    if (r.how != access::store && std::find(r.stage.begin(), r.stage.end(), move_stage::returning) != r.stage.end())
      detail::refuse_record("only a move with access::store can be returning");
    for (const std::uint32_t source : r.source) {
      if (source != detail::none && source >= r.lost.size())
        detail::refuse_record("a source is not a node of the placements");
    }
    transition result(std::move(plan), r.how, r.first_limits, r.epoch, r.leaving_nodes_serve);
    result.states_.rules().check_limits(r.limits);
    result.states_ = detail::move_states(result.shared_moves(), result.states_.rules(),
                                         {r.stage, r.source, std::move(lost_now), r.limits, r.epoch});
    result.loses_later_ = std::find(r.lost.begin(), r.lost.end(), 2) != r.lost.end();
    result.new_rounds_ = !r.round.empty();
    for (std::size_t i = 0; i < r.round.size(); ++i) result.moves_[i].round = r.round[i];
    if (result.loses_later_ && r.round.empty()) {  // version 0.1 did not compute the rounds again
      failure_report rounds;
      result.plan_rounds(rounds);
    }
    result.update_sources();
    return result;
  }

  // ---- A temporary transition hands out nothing that refers to it (P9).

  /// The plan in numbers, as it was at the beginning.
  [[nodiscard]] transition_report report() const&& noexcept { return plan_->report(); }
  void before() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void after() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void parts() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void moves() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void streams() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void startable() const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void moves_of(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void now(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void holders(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void read_set(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void write_set(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void erase_set(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void read_set_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void write_set_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");
  void erase_set_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the transition in a variable first");

 private:
  transition(std::shared_ptr<const plan_type> plan, access how, transfer_limits limits, std::uint64_t epoch,
             bool leaving_nodes_serve)
      : plan_(std::move(plan)), first_limits_(limits), leaving_nodes_serve_(leaving_nodes_serve),
        states_(shared_moves(), detail::access_rules(detail::access_rules::decided(how, plan_->replicas())), limits,
                epoch) {
    states_.rules().check_limits(limits);
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
    static_cast<void>(detail::access_rules::decided(options.how, plan->replicas()));  // before the costly part
    std::vector<bool> lost(plan->nodes().size());
    for (const node_type& node : options.failed) lost[find(*plan, node)] = true;
    for (std::size_t rank = 0; rank < lost.size() && !options.leaving_nodes_serve; ++rank) {
      if (plan->nodes()[rank].after == nullptr) lost[rank] = true;
    }
    plan->plan(lost, options.limits);
    return plan;
  }

  static void require_limits(const transfer_limits& limits) {
    if (limits.has_zero()) {
      detail::throw_invalid_argument("transition: limits." + std::string(limits.name_of_zero()) +
                                     " is 0, so no move could begin; a limit is 0 only to pause, and then set with "
                                     "set_limits(): here it must be at least 1");
    }
  }
  template <class Id>
  static std::uint32_t find(const plan_type& plan, const Id& id) {
    const std::uint32_t node = plan.find(id);
    if (node == detail::none)
      detail::throw_invalid_argument("transition: neither placement knows the failed node '" + quoit::id_text(id) +
                                     "'; name a node of before() or after()");
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

  // Becomes the other one, which must not be used afterwards.
  void take(transition& other) noexcept {
    plan_ = std::move(other.plan_);
    first_limits_ = other.first_limits_;
    leaving_nodes_serve_ = other.leaving_nodes_serve_;
    loses_later_ = other.loses_later_;
    new_rounds_ = other.new_rounds_;
    states_ = std::move(other.states_);
    moves_ = std::move(other.moves_);
  }

  void update_source(std::size_t move) noexcept { moves_[move].source = plan_->node(states_.source(move)); }
  void update_sources_of(std::size_t move) noexcept {
    for (const std::uint32_t i : plan_->moves().moves_of(moves_[move].part)) update_source(i);
  }
  void update_sources() noexcept {
    for (std::size_t i = 0; i < moves_.size(); ++i) update_source(i);
  }

  // The rounds of all moves that are not done.
  void plan_rounds(failure_report& report) {
    transfer_limits limits = states_.now().limits;
    if (limits.has_zero()) limits = first_limits_;
    const detail::planned_rounds rounds =
        detail::round_planner(plan_->moves(), states_.holders(), states_.now()).run(limits);
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (states_.stage(i) != move_stage::done) moves_[i].round = rounds.round[i];
    }
    report.rounds = rounds.count;
    new_rounds_ = true;
  }

  [[nodiscard]] detail::access_sets<plan_type> sets() const noexcept { return {*plan_, states_}; }

  std::shared_ptr<const plan_type> plan_;
  transfer_limits first_limits_;
  bool leaving_nodes_serve_;
  bool loses_later_ = false;  // whether a node was lost since the beginning
  bool new_rounds_ = false;   // whether the rounds are not those of the plan
  detail::move_states states_;
  std::vector<copy_move<node_type>> moves_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
