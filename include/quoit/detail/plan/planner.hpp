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
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/indices.hpp>
#include <quoit/detail/plan/leader_copies.hpp>
#include <quoit/detail/plan/leaders.hpp>
#include <quoit/detail/plan/locked_entitlement.hpp>
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
    const std::vector<bool>& kept;    // by cell of `old`: the copies that must stay, those of pinned slots among them
    const std::vector<bool>& locked;  // by node: neither receives nor gives up a copy
    bool balance_primaries;
    leader_weights leaders;
    bool contiguous;
  };

  explicit slot_planner(const request& what) : what_(what), slots_(static_cast<slot>(what.old.slots())) {
    alive_.assign(what.old.cells.begin(), what.old.cells.end());
    for (vertex& node : alive_) {
      if (node != none && what.gone[node]) node = none;
    }
    share_out();
    place_copies(what.tree, what.old, what.gone, table_, what.replicas);
    if (!what.balance_primaries) return;
    if (what.leaders.given()) choose_leaders(what.leaders, alive(), what.pinned, table_, what.replicas);
    else choose_primaries(what.tree, alive(), what.pinned, table_, what.replicas);
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
    const std::vector<std::uint32_t> pinned = kept_loads();
    entitlement loads = rules_;
    const bool beyond =
        make_room_for(pinned, loads, [&](const std::vector<bool>& fixed) { beside.set_loads(fixed, loads); });
    const bool done = try_share_out(loads);
    if (done && beyond) prefer_scaled(pinned, loads);
    if (!done) {
      const entitlement exact = loads;
      // Only copies that must stay can make the rules impossible. Let the other loads leave their entitlement, by the
      // least slack that is enough. Doubling and then bisecting needs few attempts.
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
    if (what_.leaders.given() && what_.replicas > 1)
      leader_copies(what_.tree, loads, what_.leaders, alive(), what_.kept, what_.locked, table_, what_.replicas)
          .exchange();
    if (what_.contiguous && what_.replicas == 1 && what_.old.width == 1) {
      const range_planner ranges(alive_, what_.kept, loads.least_load, loads.most_load, table_);
      ranges_ = ranges.ranges();
      fewest_ranges_ = ranges.bound();
    }
    slack_ = distance(rules_, loads_now());
    if (beyond) prove_with_slack(pinned);
  }

  // The flow has found the fewest moves to the loads that it was given. Where kept copies exceed an entitlement, these
  // are the even shares of what is left. Other loads with the same slack are less even, and may need fewer moves. So
  // this computes the fewest moves to any of them, which is the bound to be reported.
  void prove_with_slack(const std::vector<std::uint32_t>& pinned) {
    entitlement loads = rules_;
    widen(rules_, pinned, loads, slack_);
    for (std::size_t node = 0; node < pinned.size(); ++node) {
      if (rules_.most[node] == 0) loads.least_load[node] = loads.most_load[node] = pinned[node];
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
  void keep_primaries(const entitlement& loads) {
    std::vector<vertex> primaries(slots_), table = table_;
    for (slot p = 0; p < slots_; ++p) {
      const vertex primary = first_copy(alive()[p]);
      const bool follows = primary != none && what_.leaders.given() && !what_.leaders.may_lead(primary);
      primaries[p] = follows ? none : primary;
    }
    const std::uint64_t fewest = moves();
    const bool optimal = optimal_;
    if (!try_share_out(loads, primaries) || moves() != fewest) table_.swap(table);
    optimal_ = optimal;
  }

  bool try_share_out(const entitlement& loads, std::span<const vertex> kept = {}) {
    slot_state state(what_.tree, loads, what_.replicas, alive(), alive(), what_.kept, kept);
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

  // The largest distance of a load from its limits.
  [[nodiscard]] static std::uint32_t distance(const entitlement& rules, const std::vector<std::uint32_t>& loads,
                                              bool below = true) {
    std::uint32_t most = 0;
    for (std::size_t node = 0; node < loads.size(); ++node) {
      const std::uint32_t low = below ? rules.least_load[node] : 0, high = rules.most_load[node];
      most = (std::max)({most, low - (std::min)(low, loads[node]), loads[node] - (std::min)(high, loads[node])});
    }
    return most;
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

  // A node that keeps more copies than its entitlement is entitled to just these, and the others share the rest. That
  // may lower another node's entitlement below what it keeps, so share() is called until there is no such node. Returns
  // whether there was any.
  template <class Share>
  bool make_room_for(const std::vector<std::uint32_t>& pinned, entitlement& rules, const Share& share) const {
    std::vector<bool> fixed = what_.locked;
    bool any = false;
    for (bool again = true; again;) {
      again = false;
      for (std::size_t node = 0; node < pinned.size(); ++node) {
        if (!fixed[node] && pinned[node] > rules.most_load[node]) fixed[node] = again = any = true;
      }
      if (again) share(fixed);
    }
    rules.full_nodes = rules.full_nodes && !any;
    return any;
  }

  // Plans have always scaled loads, rounded as they are, where pins exceed a share. They still take that table if it
  // has as few moves, and if its loads are as good: within the limits of `loads`, or no further from the entitlement
  // than the pins alone make them.
  void prefer_scaled(const std::vector<std::uint32_t>& pinned, const entitlement& loads) {
    entitlement scaled = rules_;
    make_room_for(pinned, scaled, [&](const std::vector<bool>& fixed) { scale_loads(pinned, fixed, scaled); });
    std::vector<vertex> table = table_;
    const std::uint64_t fewest = moves();
    const bool optimal = optimal_;
    const bool as_good =
        try_share_out(scaled) && moves() <= fewest &&
        (distance(loads, loads_now()) == 0 || distance(rules_, loads_now()) == distance(rules_, pinned, false));
    if (!as_good) table_.swap(table);
    optimal_ = optimal;
  }

  // The rest in proportion to the entitlements, which are rounded already.
  void scale_loads(const std::vector<std::uint32_t>& pinned, const std::vector<bool>& fixed, entitlement& rules) const {
    std::uint64_t rest = std::uint64_t{slots_} * what_.replicas, due = 0;
    for (std::size_t node = 0; node < pinned.size(); ++node) {
      if (fixed[node]) rest -= pinned[node];
      else due += rules_.most_load[node];
    }
    for (std::size_t node = 0; node < pinned.size(); ++node) {
      if (fixed[node]) {
        rules.least_load[node] = rules.most_load[node] = pinned[node];
      } else if (due > 0) {
        rules.least_load[node] = static_cast<std::uint32_t>(multiply_divide(rules_.least_load[node], rest, due));
        rules.most_load[node] = static_cast<std::uint32_t>(multiply_divide_up(rules_.most_load[node], rest, due));
      }
    }
  }

  const request what_;
  slot slots_;
  entitlement rules_;
  std::vector<vertex> alive_;  // the old table without lost copies
  std::vector<vertex> table_;  // the next table
  bool optimal_ = false;
  std::uint64_t lower_bound_ = 0;
  std::uint32_t slack_ = 0;
  std::uint64_t ranges_ = 0;
  std::uint64_t fewest_ranges_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
