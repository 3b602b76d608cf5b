// SPDX-License-Identifier: MIT
// Computes the next slot table, in numbers only: what each node is entitled to, the fewest moves that reach it, the
// index of each copy in its slot's list, and the primaries.
//
//   old table ─▶ entitlement ─▶ slot_flow: nodes of each slot ─▶ indices ─▶ slot_flow again: primaries ─▶ next table
//                               slot_planner(…)                  place()    start_primaries()  finish()
//
// What comes first wins: a later stage keeps what an earlier one has decided. Between the stages, exchange.hpp may
// exchange copies, and primaries, that cost nothing: for the totals of many tables.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/indices.hpp>
#include <quoit/detail/plan/leader_copies.hpp>
#include <quoit/detail/plan/leaders.hpp>
#include <quoit/detail/plan/loads_beside.hpp>
#include <quoit/detail/plan/locked_entitlement.hpp>
#include <quoit/detail/plan/primaries.hpp>
#include <quoit/detail/plan/ranges.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_planner {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;

  struct request {
    const domain_tree& tree;                 // of all nodes, including lost ones
    std::span<const std::uint64_t> weights;  // by node: 0 if it is to hold nothing
    const std::vector<bool>& gone;           // by node: its copies are lost
    cell_rows old;                           // primary first
    std::uint32_t replicas;
    spread_rule spread;
    const std::vector<bool>& pinned;  // by slot
    const std::vector<bool>& kept;    // by cell of `old`: the copies that must stay, those of pinned slots among them
    const std::vector<bool>& locked;  // by node: neither receives nor gives up a copy
    bool balance_primaries;
    leader_weights leaders;
    bool contiguous;
    std::string_view name;  // of the table, for messages
  };

  explicit slot_planner(const request& what) : what_(what), slots_(static_cast<slot>(what.old.slots())) {
    alive_.assign(what.old.cells.begin(), what.old.cells.end());
    for (vertex& node : alive_) {
      if (node != none && what.gone[node]) node = none;
    }
    share_out();
  }

  // The nodes of each slot, while they can be exchanged: before place(). Must be called before the first exchange.
  [[nodiscard]] solved_flow& copies() noexcept {
    fewest_ = moves();
    return *solved_;
  }
  // Gives each copy its index. `exchanged`: copies() has changed, and no load may change any more.
  void place(bool exchanged = false) {
    if (exchanged) take_exchanged();
    if (exchanged || !what_.leaders.given()) solved_.reset();
    if (what_.replicas < what_.old.width && what_.balance_primaries) keep_primaries();
    if (what_.leaders.given()) find_leaders();
    solved_.reset();
    if (what_.contiguous && what_.replicas == 1 && what_.old.width == 1) {
      no_less_even();
      const range_planner ranges(alive_, what_.kept, loads_.least_load, loads_.most_load, table_);
      ranges_ = ranges.ranges();
      fewest_ranges_ = ranges.bound();
    }
    slack_ = farthest_load(rules_, loads_now());
    if (beyond_) prove_with_slack();
    solved_.reset();
    place_copies(what_.tree, what_.old, what_.gone, table_, what_.replicas);
  }
  // Chooses the primaries. Returns them while they can be exchanged, or null if they stay. After place(). `exchange`:
  // whether they are to be exchanged.
  solved_flow* start_primaries(bool exchange = false) {
    if (!what_.balance_primaries || what_.replicas == 1) return nullptr;
    if (what_.leaders.given()) {
      leader_limits limits = limits_of_leaders(what_.leaders, alive(), what_.pinned, table_, what_.replicas);
      if (!exchange) {
        choose_leaders(limits, table_, what_.replicas);
        return nullptr;
      }
      primaries_ =
          std::make_unique<primary_choice>(what_.tree, std::move(limits), what_.pinned, table_, what_.replicas);
    } else {
      primaries_ = std::make_unique<primary_choice>(what_.tree, alive(), what_.pinned, table_, what_.replicas);
    }
    return primaries_->solved();
  }
  void finish() {
    if (primaries_ != nullptr) primaries_->apply();
    primaries_.reset();
  }

  // R entries for each slot.
  [[nodiscard]] std::span<const vertex> table() const noexcept { return table_; }
  [[nodiscard]] const entitlement& rules() const noexcept { return rules_; }
  // Whether the number of moves is proved to be the least.
  [[nodiscard]] bool optimal() const noexcept { return optimal_; }
  // If the moves are not proved to be the fewest: no table with loads within slack() of the entitlement has fewer than
  // this.
  [[nodiscard]] std::uint64_t lower_bound() const noexcept { return lower_bound_; }
  // The largest distance of a load from its entitlement, in copies. 0 if no copy must stay.
  [[nodiscard]] std::uint32_t slack() const noexcept { return slack_; }
  // Ranges of the table, and a lower bound on them. 0 unless they are wanted and there is one copy of each slot.
  [[nodiscard]] std::uint64_t ranges() const noexcept { return ranges_; }
  [[nodiscard]] std::uint64_t fewest_ranges() const noexcept { return fewest_ranges_; }

 private:
  [[nodiscard]] cell_rows alive() const noexcept { return {alive_, what_.old.width}; }

  // Afterwards the rows of table_ have the right nodes, in no particular order.
  void share_out() {
    locked_entitlement beside(what_.tree, what_.weights, what_.replicas, what_.spread, what_.locked, what_.kept,
                              alive());
    rules_ = any(what_.locked)
                 ? beside.apply()
                 : entitlement_rules(what_.tree, what_.weights, what_.replicas).apply(what_.spread, slots_);
    pinned_ = kept_loads();
    loads_ = rules_;
    const bool only_slots = !any(what_.locked) && only_slots_stay(what_.kept, what_.pinned, what_.old.width);
    if (only_slots) {
      const std::uint64_t copies = std::uint64_t{slots_} * what_.replicas;
      beyond_ = make_room_for(pinned_, what_.locked, loads_, [&](const std::vector<bool>& fixed) {
        scale_loads(rules_, pinned_, fixed, copies, loads_);
      });
      loads_.full_nodes = rules_.full_nodes;
    } else {
      beyond_ = make_exact_room(beside);
    }
    even_ = loads_;
    if (try_share_out(loads_)) return;
    beyond_ = beyond_ || only_slots;
    leave_entitlement(only_slots);
    if (only_slots) try_exact_shares(beside);
  }

  bool make_exact_room(locked_entitlement& beside) {
    return make_room_for(pinned_, what_.locked, loads_,
                         [&](const std::vector<bool>& fixed) { beside.set_loads(fixed, loads_); });
  }

  // Only copies that must stay can make the rules impossible. Lets the other loads leave their entitlement, by the
  // least slack that is enough. Doubling and then bisecting needs few attempts.
  void leave_entitlement(bool only_slots) {
    const auto fits = [&](std::uint32_t slack) {
      widen(even_, pinned_, loads_, slack);
      if (only_slots) loads_.full_nodes = rules_.full_nodes;
      return try_share_out(loads_);
    };
    std::uint32_t low = 0, high = 1;  // `low` is known not to be enough
    for (; !fits(high); high *= 2) {
      if (high / 4 > slots_) throw_logic_error("plan: no table keeps the rules; this is a bug in quoit");
      low = high;
    }
    std::uint32_t last = high;
    while (low + 1 < high) {
      last = low + (high - low) / 2;
      if (fits(last)) high = last;
      else low = last;
    }
    if (last != high) fits(high);  // table_ is the result of the last attempt
  }

  // Scaled shares may have left the entitlement by more than is necessary. Takes what exact shares give if that is
  // closer to it.
  void try_exact_shares(locked_entitlement& beside) {
    const std::uint32_t slack = farthest_load(rules_, loads_now());
    std::uint32_t forced = 0;
    for (std::size_t node = 0; node < pinned_.size(); ++node)
      forced = (std::max)(forced, pinned_[node] - (std::min)(pinned_[node], rules_.most_load[node]));
    if (slack <= forced) return;
    const entitlement even = even_, loads = loads_;
    const std::vector<vertex> table = table_;
    const bool optimal = optimal_;
    std::unique_ptr<solved_flow> solved = std::move(solved_);
    loads_ = rules_;
    make_exact_room(beside);
    even_ = loads_;
    if (!try_share_out(loads_)) leave_entitlement(false);
    if (farthest_load(rules_, loads_now()) < slack) return;
    even_ = even;
    loads_ = loads;
    table_ = table;
    optimal_ = optimal;
    solved_ = std::move(solved);
  }

  void take_exchanged() {
    take_table(solved_->state);
    const std::uint64_t now = moves();
    if (now != fewest_) lower_bound_ = optimal_ ? fewest_ : 0;
    optimal_ = now == fewest_ && solved_->flow.optimal();
    loads_.least_load = loads_.most_load = loads_now();
  }

  // Balance comes before ranges. Beside copies that must stay, the limits of loads may be wider than table_ needs. From
  // now on no load may be farther from its even share than in table_, nor farther from its entitlement than the
  // farthest of table_.
  void no_less_even() {
    const std::vector<std::uint32_t> now = loads_now();
    const std::uint32_t slack = farthest_load(rules_, now);
    for (std::size_t node = 0; node < now.size(); ++node) {
      const std::uint32_t low = rules_.least_load[node] - (std::min)(rules_.least_load[node], slack);
      const std::uint32_t high = rules_.most_load[node] + slack;
      std::uint32_t& least = loads_.least_load[node];
      std::uint32_t& most = loads_.most_load[node];
      least = (std::max)({least, low, (std::min)(now[node], even_.least_load[node])});
      most = (std::min)({most, high, (std::max)(now[node], even_.most_load[node])});
    }
  }

  // The flow has found the fewest moves to the loads that it was given. Where kept copies exceed an entitlement, these
  // are the even shares of what is left. Other loads with the same slack are less even, and may need fewer moves. So
  // this computes the fewest moves to any of them, which is the bound to be reported.
  void prove_with_slack() {
    entitlement loads = rules_;
    widen(rules_, pinned_, loads, slack_);
    for (std::size_t node = 0; node < pinned_.size(); ++node) {
      if (rules_.most[node] == 0) loads.least_load[node] = loads.most_load[node] = pinned_[node];
    }
    std::vector<vertex> table = table_;
    const std::uint64_t planned = moves();
    const bool bounded = try_share_out(loads) && optimal_;
    lower_bound_ = bounded ? moves() : 0;
    optimal_ = bounded && lower_bound_ == planned;
    table_.swap(table);
  }

  // Several tables may have the fewest moves, and differ in the copies that they drop. This tries again with all
  // primaries kept, and takes the result if it has no more moves.
  void keep_primaries() {
    std::vector<vertex> primaries(slots_), table = table_;
    for (slot p = 0; p < slots_; ++p) {
      const vertex primary = first_copy(alive()[p]);
      const bool follows = primary != none && what_.leaders.given() && !what_.leaders.may_lead(primary);
      primaries[p] = follows ? none : primary;
    }
    const std::uint64_t fewest = moves();
    const bool optimal = optimal_;
    if (!try_share_out(loads_, primaries) || moves() != fewest) table_.swap(table);
    solved_.reset();  // it refers to `primaries`
    optimal_ = optimal;
  }

  // Gives slots a node that may lead, where loads get no farther from their entitlement.
  void find_leaders() {
    const auto slots_left = [this] {
      return leader_copies(what_.tree, loads_, what_.leaders, alive(), what_.kept, what_.locked, table_, what_.replicas)
          .exchange();
    };
    const std::uint32_t slack = farthest_load(rules_, loads_now());
    std::vector<vertex> table = table_;
    const std::uint64_t left = slots_left();
    if (farthest_load(rules_, loads_now()) > slack) table_ = table;
    if (left > 0 && slack == 0 && solved_ != nullptr && raise_loads_of_leaders(*solved_, what_.leaders)) {
      table = table_;
      take_table(solved_->state);
      // The path may have left a slot without one that had one.
      if (slots_left() >= left) table_ = table;
    }
    if (what_.replicas > 1) return;
    // Ranges come after leaders: they must not give these copies to other nodes.
    const std::vector<std::uint32_t> loads = loads_now();
    for (std::size_t node = 0; node < loads.size(); ++node) {
      if (what_.leaders.may_lead(static_cast<vertex>(node))) loads_.least_load[node] = loads[node];
      else loads_.most_load[node] = loads[node];
    }
  }

  bool try_share_out(const entitlement& loads, std::span<const vertex> kept = {}) {
    auto attempt = std::make_unique<solved_flow>(
        loads,
        [&](const entitlement& rules) {
          return slot_state(what_.tree, rules, what_.replicas, alive(), alive(), what_.kept, kept, what_.name);
        },
        what_.replicas);
    if (!attempt->flow.solve()) return false;
    optimal_ = attempt->flow.optimal();
    take_table(attempt->state);
    solved_ = std::move(attempt);
    return true;
  }

  void take_table(const slot_state& state) {
    table_.clear();
    for (slot p = 0; p < slots_; ++p) {
      for (const vertex node : state.copies(p)) {
        if (node != none) table_.push_back(node);
      }
    }
  }

  // The copies of table_ that are not in the old table.
  [[nodiscard]] std::uint64_t moves() const noexcept {
    std::uint64_t count = 0;
    for (slot p = 0; p < slots_; ++p) {
      const auto old = alive()[p], now = cell_rows{table_, what_.replicas}[p];
      count += static_cast<std::uint64_t>(
          std::count_if(now.begin(), now.end(), [&](vertex node) { return !detail::contains(old, node); }));
    }
    return count;
  }

  [[nodiscard]] std::vector<std::uint32_t> loads_now() const {
    std::vector<std::uint32_t> loads(what_.tree.leaves(), 0);
    for (const vertex node : table_) ++loads[node];
    return loads;
  }

  [[nodiscard]] std::vector<std::uint32_t> kept_loads() const {
    std::vector<std::uint32_t> loads(what_.tree.leaves(), 0);
    for (std::size_t cell = 0; cell < alive_.size(); ++cell) {
      if (what_.kept[cell]) ++loads[alive_[cell]];
    }
    return loads;
  }

  [[nodiscard]] static bool any(const std::vector<bool>& flags) noexcept {
    return std::find(flags.begin(), flags.end(), true) != flags.end();
  }

  const request what_;
  slot slots_;
  entitlement rules_;
  std::vector<vertex> alive_;            // the old table without lost copies
  std::vector<std::uint32_t> pinned_;    // by node: the copies that must stay
  entitlement loads_;                    // rules_ with the limits of loads that leave room for them
  entitlement even_;                     // loads_ before other loads left their entitlement, too
  bool beyond_ = false;                  // whether other loads with the same slack may need fewer moves
  std::vector<vertex> table_;            // the next table
  std::unique_ptr<solved_flow> solved_;  // the flow that table_ comes from, until place()
  std::unique_ptr<primary_choice> primaries_;
  std::uint64_t fewest_ = 0;  // the moves when copies() was called
  bool optimal_ = false;
  std::uint64_t lower_bound_ = 0;
  std::uint32_t slack_ = 0;
  std::uint64_t ranges_ = 0;
  std::uint64_t fewest_ranges_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
