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
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/indices.hpp>
#include <quoit/detail/plan/primaries.hpp>
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
    bool balance_primaries;
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
    fewest_ = count_moves();
    return *solved_;
  }
  // Gives each copy its index. `exchanged`: copies() has changed, and no load may change any more.
  void place(bool exchanged = false) {
    if (exchanged) take_exchanged();
    if (what_.replicas < what_.old.width && what_.balance_primaries) keep_primaries(solved_->rules);
    solved_.reset();
    measure_slack();
    place_copies(what_.tree, what_.old, what_.gone, table_, what_.replicas);
  }
  // The primaries, while they can be exchanged; null if the plan leaves them alone. After place().
  [[nodiscard]] solved_flow* start_primaries() {
    if (!what_.balance_primaries || what_.replicas == 1) return nullptr;
    primaries_ = std::make_unique<primary_choice>(what_.tree, alive(), what_.pinned, table_, what_.replicas);
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
  // Moves that are proved to be needed, if copies() had more of them afterwards; 0 otherwise.
  [[nodiscard]] std::uint64_t proved() const noexcept { return proved_; }
  // The largest distance of a load from its entitlement, in copies. 0 without pins.
  [[nodiscard]] std::uint32_t slack() const noexcept { return slack_; }

 private:
  [[nodiscard]] cell_rows alive() const noexcept { return {alive_, what_.old.width}; }

  // Afterwards the rows of table_ have the right nodes, in no particular order.
  void share_out() {
    rules_ = entitlement_rules(what_.tree, what_.weights, what_.replicas).apply(what_.spread, slots_);
    const std::vector<std::uint32_t> pinned = pinned_loads();
    entitlement loads = rules_;
    make_room_for(pinned, loads);
    const entitlement exact = loads;
    if (!try_share_out(loads)) {
      // Only pins can make the rules impossible. Let the other loads leave their entitlement, by the least slack that
      // is enough. Doubling and then bisecting needs few attempts.
      const auto fits = [&](std::uint32_t slack) {
        widen(exact, pinned, loads, slack);
        return try_share_out(loads);
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
  }

  void measure_slack() {
    const std::vector<std::uint32_t> now = loads_now();
    for (std::size_t node = 0; node < now.size(); ++node) {
      const std::uint32_t low = rules_.least_load[node], high = rules_.most_load[node];
      slack_ = (std::max)({slack_, low - (std::min)(low, now[node]), now[node] - (std::min)(high, now[node])});
    }
  }
  [[nodiscard]] std::vector<std::uint32_t> loads_now() const {
    std::vector<std::uint32_t> now(what_.tree.leaves(), 0);
    for (const vertex node : table_) ++now[node];
    return now;
  }

  void take_exchanged() {
    take_table(solved_->state);
    const std::uint64_t now = count_moves();
    if (now != fewest_) proved_ = optimal_ ? fewest_ : 0;
    optimal_ = now == fewest_ && solved_->flow.optimal();
    solved_->rules.least_load = solved_->rules.most_load = loads_now();
  }

  // Several tables may have the fewest moves, and differ in the copies that they drop. This tries again with all
  // primaries kept, and takes the result if it has no more moves.
  void keep_primaries(const entitlement& rules) {
    const entitlement loads = rules;
    solved_.reset();  // `rules` belong to it
    std::vector<vertex> primaries(slots_), table = table_;
    for (slot p = 0; p < slots_; ++p) primaries[p] = first_copy(alive()[p]);
    const std::uint64_t so_far = count_moves();
    const bool optimal = optimal_;
    if (!try_share_out(loads, primaries) || count_moves() != so_far) table_.swap(table);
    optimal_ = optimal;
  }

  bool try_share_out(const entitlement& loads, std::span<const vertex> kept = {}) {
    auto attempt = std::make_unique<solved_flow>(
        loads,
        [&](const entitlement& rules) {
          return slot_state(what_.tree, rules, what_.replicas, alive(), alive(), what_.pinned, kept);
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
  [[nodiscard]] std::uint64_t count_moves() const noexcept {
    std::uint64_t count = 0;
    for (slot p = 0; p < slots_; ++p) {
      const auto old = alive()[p], now = cell_rows{table_, what_.replicas}[p];
      count += static_cast<std::uint64_t>(
          std::count_if(now.begin(), now.end(), [&](vertex node) { return !detail::contains(old, node); }));
    }
    return count;
  }

  [[nodiscard]] std::vector<std::uint32_t> pinned_loads() const {
    std::vector<std::uint32_t> loads(what_.tree.leaves(), 0);
    for (slot p = 0; p < slots_; ++p) {
      if (!what_.pinned[p]) continue;
      const std::span<const vertex> row = alive()[p];  // without a name, g++ 14 warns of a dangling reference
      for (const vertex node : row) {
        if (node != none) ++loads[node];
      }
    }
    return loads;
  }

  // A node with more pinned copies than its entitlement keeps them, and the others share the rest in proportion. That
  // may lower another node's entitlement below its pinned copies, so the loop repeats until there is no such node.
  void make_room_for(const std::vector<std::uint32_t>& pinned, entitlement& rules) const {
    const std::vector<std::uint32_t> least = rules.least_load, most = rules.most_load;
    std::vector<bool> over(pinned.size(), false);
    for (bool again = true; std::exchange(again, false);) {
      for (std::size_t node = 0; node < pinned.size(); ++node) {
        if (over[node] || pinned[node] <= rules.most_load[node]) continue;
        over[node] = again = true;
        rules.least_load[node] = rules.most_load[node] = pinned[node];
      }
      if (!again) return;
      std::uint64_t rest = std::uint64_t{slots_} * what_.replicas, due = 0;
      for (std::size_t node = 0; node < pinned.size(); ++node) {
        if (over[node]) rest -= pinned[node];
        else due += most[node];
      }
      if (due == 0) return;
      for (std::size_t node = 0; node < pinned.size(); ++node) {
        if (over[node]) continue;
        rules.least_load[node] = static_cast<std::uint32_t>(multiply_divide(least[node], rest, due));
        rules.most_load[node] = static_cast<std::uint32_t>(multiply_divide_up(most[node], rest, due));
      }
    }
  }

  const request what_;
  slot slots_;
  entitlement rules_;
  std::vector<vertex> alive_;            // the old table without lost copies
  std::vector<vertex> table_;            // the next table
  std::unique_ptr<solved_flow> solved_;  // the flow that table_ comes from, until place()
  std::unique_ptr<primary_choice> primaries_;
  std::uint64_t fewest_ = 0;  // the moves when copies() was called
  std::uint64_t proved_ = 0;
  bool optimal_ = false;
  std::uint32_t slack_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
