// SPDX-License-Identifier: MIT
// A slot table while it is being planned: which node holds a copy of which slot, and where that breaks the
// entitlements.
//
// Every slot is a small flow of R units down the domain tree, root ▶ region ▶ zone ▶ node. Each edge may carry from
// least to most:
//
//   root    R          gap(v) = flow into v - flow out of it
//   ├─ a    1          > 0: a shortage, a copy is missing below v      < 0: a surplus, there is a copy too many below v
//   │  └─ n 1          0 everywhere: the slot keeps every rule
//   └─ b    2
//
// flow(slot, v) is not stored but counted: the copies below v plus the gaps at and below it. Most slots have no gap
// except at the root. A cell is one place in the table, slot × width + position. A cell without a copy holds `none`.
// The table is wide enough for the most copies that a slot holds while it is repaired.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/slot_limits.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_state {
 public:
  using vertex = domain_tree::vertex;
  using slot = std::uint32_t;
  using cell = std::uint32_t;

  struct gap {
    vertex where;
    std::int32_t copies;
  };

  // `start` says where the copies are; the nodes of a slot are distinct. `free` lists the nodes on which a copy costs
  // nothing, usually those of `start`. `kept` says of each cell of `start` whether its copy must stay, whatever the
  // rules; if it is empty, none must. `one_more`, if not empty, is one node for each slot, or none, that keeps its copy
  // if the rules allow it. Throws std::invalid_argument for too many cells; `name` is that of the table.
  slot_state(const domain_tree& tree, const entitlement& rules, std::uint32_t replicas, cell_rows start, cell_rows free,
             const std::vector<bool>& kept, std::span<const vertex> one_more = {}, std::string_view name = "plan")
      : tree_(tree), limits_(tree, rules, replicas, start, kept), one_more_(one_more), free_(free),
        held_(tree.leaves()), first_gap_(1, 0), root_gap_(start.slots(), 0) {
    for (vertex v = 0; v < tree.size(); ++v) {
      if (rules.least[v] > 0 && v != tree.root()) always_.push_back(v);
    }
    first_gap_.reserve(slots() + std::size_t{1});
    gap_finder find(*this, replicas, start);
    std::uint32_t most = replicas;
    for (slot p = 0; p < slots(); ++p) {
      most = (std::max)(most, find(p));
      first_gap_.push_back(static_cast<std::uint32_t>(gaps_.size()));
    }
    width_ = (std::max)(most, start.width);
    if (std::uint64_t{slots()} * width_ >= none) {
      throw_invalid_argument(
          std::string(name) + ": " + std::to_string(slots()) + " slots that may hold " + std::to_string(width_) +
          " copies during the plan; the maximum is 2^32 - 2 copies in total, so use fewer slots or replicas");
    }
    table_.assign(std::size_t{slots()} * width_, none);
    place_.resize(table_.size());
    // Primaries first, because a node gives up its last copies first.
    for (std::uint32_t i = 0; i < start.width; ++i) {
      for (slot p = 0; p < slots(); ++p) {
        if (start[p][i] != none) put(p * width_ + i, start[p][i]);
      }
    }
  }

  [[nodiscard]] const domain_tree& tree() const noexcept { return tree_; }
  [[nodiscard]] slot slots() const noexcept { return static_cast<slot>(root_gap_.size()); }
  [[nodiscard]] std::uint32_t width() const noexcept { return width_; }
  [[nodiscard]] slot slot_at(cell at) const noexcept { return at / width_; }

  [[nodiscard]] std::span<const vertex> copies(slot p) const noexcept { return cell_rows{table_, width_}[p]; }
  [[nodiscard]] std::span<const vertex> free_copies(slot p) const noexcept { return free_[p]; }
  [[nodiscard]] bool holds(slot p, vertex node) const noexcept { return detail::contains(copies(p), node); }
  // Whether a copy on that node costs nothing.
  [[nodiscard]] bool is_free(slot p, vertex node) const noexcept { return detail::contains(free_[p], node); }

  // The cells of a node, in no particular order once copies have moved.
  [[nodiscard]] const std::vector<cell>& held(vertex node) const noexcept { return held_[node]; }
  [[nodiscard]] std::uint32_t load(vertex node) const noexcept {
    return static_cast<std::uint32_t>(held_[node].size());
  }

  // ---- What may change in one slot.

  [[nodiscard]] const std::int32_t& root_gap(slot p) const noexcept { return root_gap_[p]; }
  // The gaps at nodes and domains other than the root.
  [[nodiscard]] std::span<const gap> inner_gaps(slot p) const noexcept {
    return std::span<const gap>(gaps_).subspan(first_gap_[p], first_gap_[p + 1] - first_gap_[p]);
  }

  // Whether one more copy below v keeps the rules of v itself.
  [[nodiscard]] bool may_grow(slot p, vertex v) const noexcept { return limits_.may_exceed(p, v, flow(p, v)); }
  // Whether one copy less below v keeps the rules of v itself. A copy that was missing at the start may still move
  // anywhere.
  [[nodiscard]] bool may_shrink(slot p, vertex v) const noexcept {
    if (v == tree_.root() || (tree_.is_leaf(v) && limits_.keeps(p, v))) return false;
    if (!one_more_.empty() && one_more_[p] == v) return false;
    const std::uint32_t least = limits_.least(p, v);
    return least == 0 || flow(p, v) > least;
  }
  // Whether one more unit can go from `top` down to `v`.
  [[nodiscard]] bool may_descend(slot p, vertex top, vertex v) const noexcept {
    for (; v != top; v = tree_.parent(v)) {
      if (v == none || tree_.depth(v) <= tree_.depth(top) || !may_grow(p, v)) return false;
    }
    return true;
  }

  // ---- Changes.

  // The gap of a slot at v. There must be one; the root always has one.
  [[nodiscard]] std::int32_t& gap_at(slot p, vertex v) noexcept {
    for (std::uint32_t i = first_gap_[p]; i < first_gap_[p + 1]; ++i) {
      if (gaps_[i].where == v) return gaps_[i].copies;
    }
    return root_gap_[p];
  }

  void remove(cell at) noexcept {
    std::vector<cell>& cells = held_[table_[at]];
    const cell last = cells.back();
    cells[place_[at]] = last;
    place_[last] = place_[at];
    cells.pop_back();
    table_[at] = none;
  }
  // The cell must be free.
  void put(cell at, vertex node) {
    table_[at] = node;
    place_[at] = static_cast<std::uint32_t>(held_[node].size());
    held_[node].push_back(at);
  }
  // There must be one.
  [[nodiscard]] cell free_cell(slot p) const noexcept {
    cell at = p * width_;
    while (table_[at] != none) ++at;
    return at;
  }

 private:
  [[nodiscard]] std::int64_t flow(slot p, vertex v) const noexcept {
    const vertex depth = tree_.depth(v);
    std::int64_t sum = 0;
    for (const vertex copy : copies(p)) {
      if (copy != none && tree_.ancestor(copy, depth) == v) ++sum;
    }
    for (const gap& one : inner_gaps(p)) {
      vertex at = one.where;
      while (tree_.depth(at) > depth) at = tree_.parent(at);
      if (at == v) sum += one.copies;
    }
    return sum;
  }

  // Limits the flow of a slot to the rules, from the copies upward, and records the differences as gaps.
  class gap_finder {
   public:
    gap_finder(slot_state& state, std::uint32_t replicas, cell_rows start)
        : state_(state), replicas_(replicas), start_(start), inflow_(state.tree_.size(), 0),
          seen_(state.tree_.size(), false), by_depth_(state.tree_.max_depth() + std::size_t{1}) {}

    // Returns the most copies that the slot may hold at once: missing copies may arrive before surplus ones leave.
    std::uint32_t operator()(slot p) {
      const std::size_t first = state_.gaps_.size();
      for (const vertex copy : start_[p]) {
        if (copy != none) ++inflow_[see(copy)];
      }
      for (std::size_t i = 0; i < state_.always_.size() && !state_.limits_.is_loose(p); ++i) see(state_.always_[i]);
      for (std::size_t depth = by_depth_.size(); depth-- > 1;) {
        for (std::size_t i = 0; i < by_depth_[depth].size(); ++i) {
          const vertex v = by_depth_[depth][i];
          const std::int32_t out = std::exchange(inflow_[v], 0);
          std::int32_t in = out;
          // A node that is entitled to nothing may still hold its copy. It is above its load then, and gives the copy
          // away like any other.
          if (!state_.tree_.is_leaf(v)) in = (std::min)(in, static_cast<std::int32_t>(state_.limits_.most(p, v)));
          in = (std::max)(in, static_cast<std::int32_t>(state_.limits_.least(p, v)));
          if (in != out) state_.gaps_.push_back({v, in - out});
          inflow_[see(state_.tree_.parent(v))] += in;
          seen_[v] = false;
        }
        by_depth_[depth].clear();
      }
      const vertex root = state_.tree_.root();
      state_.root_gap_[p] = static_cast<std::int32_t>(replicas_) - std::exchange(inflow_[root], 0);
      seen_[root] = false;
      by_depth_[0].clear();
      std::int32_t surplus = (std::max)(-state_.root_gap_[p], 0);
      for (std::size_t i = first; i < state_.gaps_.size(); ++i) surplus += (std::max)(-state_.gaps_[i].copies, 0);
      return replicas_ + static_cast<std::uint32_t>(surplus);
    }

   private:
    vertex see(vertex v) {
      if (!seen_[v]) by_depth_[state_.tree_.depth(v)].push_back(v);
      seen_[v] = true;
      return v;
    }

    slot_state& state_;
    std::uint32_t replicas_;
    cell_rows start_;
    std::vector<std::int32_t> inflow_;
    std::vector<bool> seen_;
    std::vector<std::vector<vertex>> by_depth_;
  };

  const domain_tree& tree_;
  slot_limits limits_;
  std::span<const vertex> one_more_;
  cell_rows free_;
  std::uint32_t width_ = 0;
  std::vector<vertex> table_;            // by cell
  std::vector<std::uint32_t> place_;     // by cell: its index in the list of its node
  std::vector<std::vector<cell>> held_;  // by node: its cells
  std::vector<vertex> always_;           // nodes and domains that need a copy of every slot
  std::vector<gap> gaps_;                // at nodes and domains, slot by slot
  std::vector<std::uint32_t> first_gap_;
  std::vector<std::int32_t> root_gap_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
