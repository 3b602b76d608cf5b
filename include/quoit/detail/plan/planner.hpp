// SPDX-License-Identifier: MIT
// Computes the next slot table, in numbers only: what each node is entitled to, the fewest moves that reach it, the
// index of each copy in its slot's list, and the primaries.
//
//   old table ─▶ entitlement ─▶ slot_flow: nodes of each slot ─▶ indices ─▶ slot_flow again: primaries ─▶ next table
//
// What comes first wins: a later stage keeps what an earlier one has decided.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
#include <quoit/detail/plan/ranges.hpp>
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
    bool contiguous;
  };

  explicit slot_planner(const request& what) : what_(what), slots_(static_cast<slot>(what.old.slots())) {
    alive_.assign(what.old.cells.begin(), what.old.cells.end());
    for (vertex& node : alive_) {
      if (node != none && what.gone[node]) node = none;
    }
    share_out();
    place_copies(what.tree, what.old, what.gone, table_, what.replicas);
    if (what.balance_primaries) choose_primaries(what.tree, alive(), what.pinned, table_, what.replicas);
  }

  // R entries for each slot.
  [[nodiscard]] std::span<const vertex> table() const noexcept { return table_; }
  [[nodiscard]] const entitlement& rules() const noexcept { return rules_; }
  // Whether the number of moves is proved to be the least.
  [[nodiscard]] bool optimal() const noexcept { return optimal_; }
  // The largest distance of a load from its entitlement, in copies. 0 without pins.
  [[nodiscard]] std::uint32_t slack() const noexcept { return slack_; }
  // Ranges of the table, and a lower bound on them. 0 unless they are wanted and there is one copy of each slot.
  [[nodiscard]] std::uint64_t ranges() const noexcept { return ranges_; }
  [[nodiscard]] std::uint64_t fewest_ranges() const noexcept { return fewest_ranges_; }

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
    if (what_.replicas < what_.old.width && what_.balance_primaries) keep_primaries(loads);
    if (what_.contiguous && what_.replicas == 1 && what_.old.width == 1) {
      const range_planner ranges(alive_, what_.pinned, loads.least_load, loads.most_load, table_);
      ranges_ = ranges.ranges();
      fewest_ranges_ = ranges.bound();
    }
    std::vector<std::uint32_t> now(pinned.size(), 0);
    for (const vertex node : table_) ++now[node];
    for (std::size_t node = 0; node < now.size(); ++node) {
      const std::uint32_t low = rules_.least_load[node], high = rules_.most_load[node];
      slack_ = (std::max)({slack_, low - (std::min)(low, now[node]), now[node] - (std::min)(high, now[node])});
    }
  }

  // Several tables may have the fewest moves, and differ in the copies that they drop. This tries again with all
  // primaries kept, and takes the result if it has no more moves.
  void keep_primaries(const entitlement& loads) {
    std::vector<vertex> primaries(slots_), table = table_;
    for (slot p = 0; p < slots_; ++p) primaries[p] = first_copy(alive()[p]);
    const std::uint64_t fewest = moves();
    const bool optimal = optimal_;
    if (!try_share_out(loads, primaries) || moves() != fewest) table_.swap(table);
    optimal_ = optimal;
  }

  bool try_share_out(const entitlement& loads, std::span<const vertex> kept = {}) {
    slot_state state(what_.tree, loads, what_.replicas, alive(), alive(), what_.pinned, kept);
    slot_flow flow(state, loads, what_.replicas);
    if (!flow.solve()) return false;
    optimal_ = flow.optimal();
    table_.clear();
    for (slot p = 0; p < slots_; ++p) {
      for (const vertex node : state.copies(p)) {
        if (node != none) table_.push_back(node);
      }
    }
    return true;
  }

  [[nodiscard]] std::uint64_t moves() const noexcept {
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
  std::vector<vertex> alive_;  // the old table without lost copies
  std::vector<vertex> table_;  // the next table
  bool optimal_ = false;
  std::uint32_t slack_ = 0;
  std::uint64_t ranges_ = 0;
  std::uint64_t fewest_ranges_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
