// SPDX-License-Identifier: MIT
// A plan with a budget: the moves in order of value, and the table after as many of them as the budget allows.
//
//   table before ─┐                         ┌─ the first N moves ─▶ table after the cut
//                 ├─ safe_pairs, move_order ┤
//   whole plan ───┘                         └─ the others: the copies that they would replace stay
//
// A unit of several moves that does not fit is left out, and later moves take its place. Slots without moves are as in
// the whole plan: changes of primaries and surplus copies cost nothing. In a slot with moves left, the primary of the
// whole plan leads once it has its copy; until then, the old primary leads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/move_order.hpp>
#include <quoit/detail/plan/safe_pairs.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class budget_cut {
 public:
  using vertex = domain_tree::vertex;
  // `next` is the whole plan. `gone` tells which nodes of `old` are lost. `keep_positions`: a copy that stays keeps its
  // index.
  budget_cut(const domain_tree& tree, const std::vector<bool>& gone, const entitlement& rules, cell_rows old,
             cell_rows next, bool keep_positions, std::uint64_t max_moves)
      : table_(next.cells.begin(), next.cells.end()), replaced_(table_.size(), none), rank_(table_.size(), none) {
    const std::uint32_t width = next.width;
    std::vector<ordered_move> moves;
    std::vector<std::uint32_t> load(tree.leaves(), 0), goal(tree.leaves(), 0);
    std::vector<move_order::bounds> nodes(tree.leaves());
    safe_pairs pairs(tree, gone);
    for (std::size_t slot = 0; slot < next.slots(); ++slot) {
      const std::span<const vertex> now = next[slot];
      pairs.find(old[slot], now, !keep_positions);
      for (const vertex node : pairs.live()) ++nodes[node].limit;
      for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] == none) continue;
        ++goal[now[i]];
        if (detail::contains(pairs.live(), now[i])) ++load[now[i]];
        else if (pairs.replaced()[i] != none) ++load[pairs.replaced()[i]];
      }
      auto live = static_cast<std::uint32_t>(pairs.live().size());
      const bool was_lost = live == 0;
      for (const std::size_t i : pairs.positions()) {
        const vertex replaced = pairs.replaced()[i];
        std::uint32_t value = move_order::value_of_balance;
        if (!pairs.safe()) value = move_order::value_of_joined;
        else if (replaced == none) value = move_order::value_of_repair(live++, was_lost);
        else if (pairs.mends(rules.most, now[i], replaced)) value = move_order::value_of_spread;
        moves.push_back({static_cast<std::uint32_t>(slot), static_cast<std::uint32_t>(i), now[i], replaced, value,
                         turn_of(old, slot, replaced)});
        replaced_[slot * width + i] = replaced;
      }
    }
    whole_moves_ = moves.size();
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      nodes[node].limit = (std::max)(nodes[node].limit, goal[node]);
      // A receiver is due what it holds in the end, which may be its ceiling. Planning again then finds that choice
      // more often. Pins may push a load out of the entitlement for good.
      nodes[node].least = goal[node];
      nodes[node].most = (std::max)(rules.most_load[node], goal[node]);
    }
    const move_order order(moves, std::move(load), nodes);
    std::vector<bool> made(moves.size(), false);
    order.for_each_unit([&](std::span<const std::uint32_t> unit) {
      if (unit.size() > max_moves - made_) return;
      for (const std::uint32_t i : unit) {
        made[i] = true;
        rank_[std::size_t{moves[i].slot} * width + moves[i].position] = made_++;
      }
    });
    if (made_ < moves.size()) undo(moves, made, old, gone, width, keep_positions);
  }

  // R entries for each slot; `none` where a copy is still missing.
  [[nodiscard]] std::span<const vertex> table() const noexcept { return table_; }
  // By cell of table(): the copy that the new one replaces.
  [[nodiscard]] std::span<const vertex> replaced() const noexcept { return replaced_; }
  // By cell of table(): the place of its move in the order, less than moves().
  [[nodiscard]] std::span<const std::uint32_t> rank() const noexcept { return rank_; }
  [[nodiscard]] std::uint32_t moves() const noexcept { return made_; }
  [[nodiscard]] std::uint64_t whole_moves() const noexcept { return whole_moves_; }

 private:
  // The flow repairs slots in ascending order, and a node gives up its last copies first. In the same order, planning
  // again finds the same loads more often.
  static std::uint32_t turn_of(cell_rows old, std::size_t slot, vertex replaced) noexcept {
    if (replaced == none) return static_cast<std::uint32_t>(slot);
    const std::span<const vertex> row = old[slot];
    const auto at = static_cast<std::size_t>(std::find(row.begin(), row.end(), replaced) - row.begin());
    return none - static_cast<std::uint32_t>(at * old.slots() + slot);
  }

  // Puts the replaced copies of the moves that are not made back into their slots.
  void undo(const std::vector<ordered_move>& moves, const std::vector<bool>& made, cell_rows old,
            const std::vector<bool>& gone, std::uint32_t width, bool keep_positions) {
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const std::size_t first = std::size_t{moves[i].slot} * width;
      if (!made[i]) table_[first + moves[i].position] = std::exchange(replaced_[first + moves[i].position], none);
    }
    if (keep_positions) {
      for (std::size_t i = 0; i < moves.size(); ++i) {
        if (!made[i]) take_own_indices(moves[i].slot, old[moves[i].slot], width);
      }
      return;
    }
    for (std::size_t i = 0; i < moves.size(); ++i) {
      if (made[i] || moves[i].position != 0) continue;
      const std::size_t slot = moves[i].slot, first = slot * width;
      const auto row = std::span(table_).subspan(first, width);
      const std::span<const vertex> before = old[slot];
      const auto live = [&](vertex node) { return node != none && !gone[node]; };
      const auto primary = std::find_if(before.begin(), before.end(), live);
      std::size_t at = primary == before.end()
                           ? row.size()
                           : static_cast<std::size_t>(std::find(row.begin(), row.end(), *primary) - row.begin());
      if (at == row.size() && row.front() == none)
        at = static_cast<std::size_t>(std::find_if(row.begin(), row.end(), live) - row.begin());
      if (at != row.size() && at != 0) swap_cells(first, first + at);
    }
  }

  // If R shrinks, a copy whose index is gone may have taken that of a copy that is put back, or the pairs of the moves
  // may be of different indices.
  void take_own_indices(std::size_t slot, std::span<const vertex> before, std::uint32_t width) {
    for (std::size_t i = 0; i < width; ++i) {
      for (;;) {
        const vertex node = table_[slot * width + i];
        const auto own = static_cast<std::size_t>(std::find(before.begin(), before.end(), node) - before.begin());
        if (node == none || own == i || own >= (std::min)(before.size(), std::size_t{width})) break;
        swap_cells(slot * width + i, slot * width + own);
      }
    }
  }

  void swap_cells(std::size_t a, std::size_t b) {
    std::swap(table_[a], table_[b]);
    std::swap(replaced_[a], replaced_[b]);
    std::swap(rank_[a], rank_[b]);
  }

  std::vector<vertex> table_;
  std::vector<vertex> replaced_;
  std::vector<std::uint32_t> rank_;
  std::uint32_t made_ = 0;
  std::uint64_t whole_moves_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
