// SPDX-License-Identifier: MIT
// Computes the next slot table, in numbers only: what each node is entitled to, the fewest moves that reach it, the
// index of each copy in its slot's list, and the primaries.
//
//   old table ─▶ entitlement ─▶ slot_flow: nodes of each slot ─▶ indices ─▶ slot_flow again: primaries ─▶ next table
//
// A copy that stays keeps its index. A new copy takes the index of the copy that it replaces, of the same domain
// if possible. Then every node becomes primary of floor or ceil of (its copies / R) slots, with the fewest changes; a
// change swaps two indices. (x / R is such a choice in fractions, so one in whole numbers exists.) The fewest moves
// have priority over the fewest new primaries, because the optimum of both together is not a flow problem.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/copies/replacements.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
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
    place();
    if (what.balance_primaries) choose_primaries();
  }

  // R entries for each slot.
  [[nodiscard]] std::span<const vertex> table() const noexcept { return table_; }
  [[nodiscard]] const entitlement& rules() const noexcept { return rules_; }
  // Whether the number of moves is proved to be the least.
  [[nodiscard]] bool optimal() const noexcept { return optimal_; }
  // The largest distance of a load from its entitlement, in copies. 0 without pins.
  [[nodiscard]] std::uint32_t slack() const noexcept { return slack_; }

 private:
  [[nodiscard]] cell_rows alive() const noexcept { return {alive_, what_.old.width}; }
  [[nodiscard]] std::span<vertex> row(slot p) noexcept {
    return std::span<vertex>(table_).subspan(std::size_t{p} * what_.replicas, what_.replicas);
  }

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
    std::vector<std::uint32_t> now(pinned.size(), 0);
    for (const vertex node : table_) ++now[node];
    for (std::size_t node = 0; node < now.size(); ++node) {
      const std::uint32_t low = rules_.least_load[node], high = rules_.most_load[node];
      slack_ = (std::max)({slack_, low - (std::min)(low, now[node]), now[node] - (std::min)(high, now[node])});
    }
  }

  // Lets loads differ from their exact entitlement by `slack`. No least goes below what is pinned.
  static void widen(const entitlement& exact, const std::vector<std::uint32_t>& pinned, entitlement& rules,
                    std::uint32_t slack) {
    for (std::size_t node = 0; node < pinned.size(); ++node) {
      if (exact.most[node] == 0) continue;
      rules.least_load[node] = (std::max)(exact.least_load[node] - (std::min)(exact.least_load[node], slack),
                                          (std::min)(pinned[node], exact.least_load[node]));
      rules.most_load[node] = exact.most_load[node] + slack;
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

  // Puts the nodes of every row into their positions.
  void place() {
    std::vector<vertex> next(what_.replicas), removed, added;
    std::vector<std::uint32_t> left_by;
    for (slot p = 0; p < slots_; ++p) {
      const auto now = row(p);
      const auto old = what_.old[p];
      std::fill(next.begin(), next.end(), none);
      removed.clear();
      added.clear();
      left_by.clear();
      for (const vertex node : now) {
        const auto at = static_cast<std::size_t>(std::find(old.begin(), old.end(), node) - old.begin());
        if (at < old.size() && at < next.size() && !what_.gone[node]) next[at] = node;
        else added.push_back(node);
      }
      for (std::uint32_t i = 0; i < old.size() && i < next.size(); ++i) {
        if (old[i] == none || next[i] != none) continue;
        removed.push_back(old[i]);
        left_by.push_back(i);
      }
      pair_replacements(what_.tree, removed, added, [&](std::size_t out, std::size_t in) {
        if (out < removed.size() && in < added.size()) next[left_by[out]] = std::exchange(added[in], none);
      });
      // Nodes that replace no copy fill the positions that are left.
      std::size_t at = 0;
      for (const vertex node : added) {
        if (node == none) continue;
        while (next[at] != none) ++at;
        next[at] = node;
      }
      std::copy(next.begin(), next.end(), now.begin());
    }
  }

  // A second flow, with one copy for each slot: the primary. The nodes of the slot are its choices.
  void choose_primaries() {
    const std::uint32_t replicas = what_.replicas;
    if (replicas == 1) return;
    std::vector<vertex> start(slots_, none), free(table_.size(), none);
    std::vector<std::uint32_t> loads(what_.tree.leaves(), 0), pinned(what_.tree.leaves(), 0);
    for (const vertex node : table_) ++loads[node];
    for (slot p = 0; p < slots_; ++p) {
      const vertex before = first_copy(alive()[p]);
      const auto now = row(p);
      const auto free_row = std::span<vertex>(free).subspan(std::size_t{p} * replicas, replicas);
      if (before != none && detail::contains(now, before)) {
        start[p] = free_row[0] = before;
        if (what_.pinned[p]) ++pinned[before];
      } else {
        std::copy(now.begin(), now.end(), free_row.begin());  // the change is forced, so every node costs the same
      }
    }
    const domain_tree flat(std::vector<std::string_view>(what_.tree.leaves()));
    entitlement rules;
    rules.least.assign(flat.size(), 0);
    rules.most.assign(flat.size(), 1);
    rules.least[flat.root()] = 1;
    for (const std::uint32_t load : loads) {
      rules.least_load.push_back(load / replicas);
      rules.most_load.push_back(load / replicas + (load % replicas != 0 ? 1 : 0));
    }
    const entitlement exact = rules;
    for (std::uint32_t slack = 0; slack < 4 * std::uint64_t{slots_} + 4; slack = slack == 0 ? 1 : 2 * slack) {
      if (slack != 0) widen(exact, pinned, rules, slack);
      for (std::size_t node = 0; node < loads.size(); ++node) {
        rules.most_load[node] = (std::max)(rules.most_load[node], pinned[node]);
      }
      slot_state state(flat, rules, 1, {start, 1}, {free, replicas}, what_.pinned);
      slot_flow flow(state, rules, 1, {table_, replicas});
      if (!flow.solve()) continue;
      for (slot p = 0; p < slots_; ++p) {
        const auto now = row(p);
        std::swap(now.front(), *std::find(now.begin(), now.end(), first_copy(state.copies(p))));
      }
      return;
    }
  }

  const request what_;
  slot slots_;
  entitlement rules_;
  std::vector<vertex> alive_;  // the old table without lost copies
  std::vector<vertex> table_;  // the next table
  bool optimal_ = false;
  std::uint32_t slack_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
