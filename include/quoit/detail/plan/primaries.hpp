// SPDX-License-Identifier: MIT
// Chooses the primary of every slot of the next table, among the nodes that hold it.
//
//   copies of the next table ─▶ slot_flow, one unit for each slot ─▶ swaps of the first index with another
//
// Every node becomes primary of floor or ceil of (its copies / R) slots, with the fewest changes. x / R is such a
// choice in fractions, so one in whole numbers exists. With leader weights, leaders.hpp has the limits instead; it also finds
// leaders faster, but not as a flow that can go on.
//
// Rejected: the optimum of moves and primaries together, which is not a flow problem. The fewest moves have priority.
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
#include <quoit/detail/plan/leaders.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class primary_choice {
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;

 public:
  // `alive` is the old table without lost copies. `table` has `replicas` nodes for each slot, at least 2. All must
  // outlive this.
  primary_choice(const domain_tree& tree, cell_rows alive, const std::vector<bool>& pinned_slots,
                 std::span<vertex> table, std::uint32_t replicas)
      : flat_(std::vector<std::string_view>(tree.leaves())), table_(table), replicas_(replicas),
        start_(alive.slots(), none), free_(table.size(), none) {
    std::vector<std::uint32_t> loads(tree.leaves(), 0), pinned(tree.leaves(), 0);
    for (const vertex node : table) ++loads[node];
    for (slot p = 0; p < start_.size(); ++p) {
      const vertex before = first_copy(alive[p]);
      const auto now = row(p);
      const auto free_row = std::span<vertex>(free_).subspan(std::size_t{p} * replicas, replicas);
      if (before != none && detail::contains(now, before)) {
        start_[p] = free_row[0] = before;
        if (pinned_slots[p]) ++pinned[before];
      } else {
        std::copy(now.begin(), now.end(), free_row.begin());  // the change is forced, so every node costs the same
      }
    }
    entitlement rules = one_for_each_slot();
    for (const std::uint32_t load : loads) {
      rules.least_load.push_back(load / replicas);
      rules.most_load.push_back(load / replicas + (load % replicas != 0 ? 1 : 0));
    }
    const entitlement exact = rules;
    for (std::uint32_t slack = 0; slack < 4 * std::uint64_t{start_.size()} + 4; slack = slack == 0 ? 1 : 2 * slack) {
      if (slack != 0) widen(exact, pinned, rules, slack);
      for (std::size_t node = 0; node < loads.size(); ++node) {
        rules.most_load[node] = (std::max)(rules.most_load[node], pinned[node]);
      }
      if (solve(rules, pinned_slots, table)) return;
    }
  }
  // The same with leader weights. `limits` are those of this table.
  primary_choice(const domain_tree& tree, leader_limits limits, const std::vector<bool>& pinned_slots,
                 std::span<vertex> table, std::uint32_t replicas)
      : flat_(std::vector<std::string_view>(tree.leaves())), table_(table), replicas_(replicas),
        choices_(std::move(limits.choices)), start_(limits.before.size(), none), free_(table.size(), none) {
    for (slot p = 0; p < start_.size(); ++p) {
      const auto now = cell_rows{choices_, replicas}[p];
      const auto free_row = std::span<vertex>(free_).subspan(std::size_t{p} * replicas, replicas);
      const vertex before = limits.before[p];
      if (before != none && detail::contains(now, before)) start_[p] = free_row[0] = before;
      else std::copy(now.begin(), now.end(), free_row.begin());
    }
    entitlement rules = one_for_each_slot();
    rules.least_load = std::move(limits.least);
    rules.most_load = std::move(limits.most);
    if (!solve(rules, pinned_slots, choices_))
      throw_logic_error("plan: no leaders keep their shares; this is a bug in quoit");
  }
  primary_choice(const primary_choice&) = delete;  // refers to itself
  primary_choice& operator=(const primary_choice&) = delete;

  // The choice, while primaries can be exchanged; null if none keeps the pins.
  [[nodiscard]] solved_flow* solved() noexcept { return solved_.get(); }

  // Swaps each primary to the front of its slot.
  void apply() {
    if (solved_ == nullptr) return;
    for (slot p = 0; p < start_.size(); ++p) {
      const auto now = row(p);
      std::swap(now.front(), *std::find(now.begin(), now.end(), first_copy(solved_->state.copies(p))));
    }
  }

 private:
  [[nodiscard]] entitlement one_for_each_slot() const {
    entitlement rules;
    rules.least.assign(flat_.size(), 0);
    rules.most.assign(flat_.size(), 1);
    rules.least[flat_.root()] = 1;
    return rules;
  }

  bool solve(const entitlement& rules, const std::vector<bool>& pinned_slots, std::span<const vertex> choices) {
    solved_ = std::make_unique<solved_flow>(
        rules,
        [&](const entitlement& kept) {
          return slot_state(flat_, kept, 1, {start_, 1}, {free_, replicas_}, pinned_slots);
        },
        1, cell_rows{choices, replicas_});
    if (solved_->flow.solve()) return true;
    solved_.reset();
    return false;
  }

  [[nodiscard]] std::span<vertex> row(slot p) const noexcept {
    return table_.subspan(std::size_t{p} * replicas_, replicas_);
  }

  const domain_tree flat_;
  std::span<vertex> table_;
  std::uint32_t replicas_;
  std::vector<vertex> choices_;  // with leader weights, by cell: the nodes that may lead
  std::vector<vertex> start_;    // by slot: the primary that stays for free
  std::vector<vertex> free_;     // by cell: the nodes on which the primary costs nothing
  std::unique_ptr<solved_flow> solved_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
