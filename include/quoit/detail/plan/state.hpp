// SPDX-License-Identifier: MIT
// A slot table while it is being planned: who holds a copy of which slot, and where that breaks the entitlements.
//
// Every slot is a small flow of R units down the domain tree, root ▶ region ▶ zone ▶ node; each edge may carry from
// least to most:
//
//   root    R          gap(v) = flow into v - flow out of it
//   ├─ a    1          > 0: a copy is still missing below v      < 0: there is one too many below v
//   │  └─ n 1          0 everywhere: the slot keeps every rule
//   └─ b    2
//
// flow(slot, v) is not stored but counted: the copies below v plus the gaps at and below it. Most slots have no gap but
// one at the root. A cell is one place in the table, slot × width + position; a cell without a copy holds nobody. The
// table is wide enough for what a slot may hold on the way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// A table of nodes, `width` entries a slot, slot by slot.
struct cell_rows {
  std::span<const domain_tree::vertex> cells;
  std::uint32_t width = 1;
  [[nodiscard]] std::size_t slots() const noexcept { return cells.size() / width; }
  [[nodiscard]] std::span<const domain_tree::vertex> operator[](std::size_t slot) const noexcept {
    return cells.subspan(slot * width, width);
  }
};

class slot_state {
 public:
  using vertex = domain_tree::vertex;
  using slot = std::uint32_t;
  using cell = std::uint32_t;

  struct gap {
    vertex where;
    std::int32_t copies;
  };

  // `start` has so many entries a slot, each a distinct node or nobody: where the copies are. `free` the same: the
  // nodes that the slot could have a copy on for nothing, usually those it starts with. A pinned slot keeps all its
  // copies, whatever the rules. `kept`, if not empty, is a node of each slot, or nobody, that keeps its copy.
  slot_state(const domain_tree& tree, const entitlement& rules, std::uint32_t replicas, cell_rows start, cell_rows free,
             const std::vector<bool>& pinned, std::span<const vertex> kept = {})
      : tree_(tree), rules_(rules), pinned_(pinned), kept_(kept), loose_(pinned.size(), false), start_(start),
        free_(free), held_(tree.leaves()), first_gap_(1, 0), root_gap_(start.slots(), 0) {
    for (vertex v = 0; v < tree.size(); ++v) {
      if (rules.least[v] > 0 && v != tree.root()) always_.push_back(v);
    }
    first_gap_.reserve(slots() + std::size_t{1});
    gap_finder find(*this, replicas);
    std::uint32_t most = replicas;
    for (slot p = 0; p < slots(); ++p) {
      most = (std::max)(most, find(p));
      first_gap_.push_back(static_cast<std::uint32_t>(gaps_.size()));
    }
    width_ = (std::max)(most, start.width);
    if (std::uint64_t{slots()} * width_ >= none) {
      throw_invalid_argument("plan: " + std::to_string(slots()) + " slots that may hold " + std::to_string(width_) +
                             " copies on the way; there may be 2^32 - 2 in all");
    }
    table_.assign(std::size_t{slots()} * width_, none);
    place_.resize(table_.size());
    // Primaries first: a node gives copies up from the end.
    for (std::uint32_t i = 0; i < start.width; ++i) {
      for (slot p = 0; p < slots(); ++p) {
        if (start[p][i] != none) put(p * width_ + i, start[p][i]);
      }
    }
  }

  [[nodiscard]] const domain_tree& tree() const noexcept { return tree_; }
  [[nodiscard]] slot slots() const noexcept { return static_cast<slot>(root_gap_.size()); }
  [[nodiscard]] std::uint32_t width() const noexcept { return width_; }
  [[nodiscard]] slot slot_of(cell at) const noexcept { return at / width_; }

  [[nodiscard]] std::span<const vertex> copies(slot p) const noexcept {
    return std::span<const vertex>(table_).subspan(std::size_t{p} * width_, width_);
  }
  [[nodiscard]] std::span<const vertex> free_copies(slot p) const noexcept { return free_[p]; }
  [[nodiscard]] bool holds(slot p, vertex node) const noexcept { return contains(copies(p), node); }
  // Whether a copy there costs nothing.
  [[nodiscard]] bool is_free(slot p, vertex node) const noexcept { return contains(free_[p], node); }

  // The cells of a node, in no order that means anything.
  [[nodiscard]] const std::vector<cell>& held(vertex node) const noexcept { return held_[node]; }
  [[nodiscard]] std::uint32_t load(vertex node) const noexcept {
    return static_cast<std::uint32_t>(held_[node].size());
  }

  // ---- What may change in one slot.

  [[nodiscard]] std::int32_t& root_gap(slot p) noexcept { return root_gap_[p]; }
  [[nodiscard]] std::span<gap> inner_gaps(slot p) noexcept {
    return std::span<gap>(gaps_).subspan(first_gap_[p], first_gap_[p + 1] - first_gap_[p]);
  }
  [[nodiscard]] std::span<const gap> inner_gaps(slot p) const noexcept {
    return std::span<const gap>(gaps_).subspan(first_gap_[p], first_gap_[p + 1] - first_gap_[p]);
  }

  [[nodiscard]] bool may_grow(slot p, vertex v) const noexcept { return flow(p, v) < rules_.most[v]; }
  // A pinned slot gives up nothing that it starts with; a copy that it lacked may still end up anywhere.
  [[nodiscard]] bool may_shrink(slot p, vertex v) const noexcept {
    if (v == tree_.root() || (pinned_[p] && tree_.is_leaf(v) && contains(start_[p], v))) return false;
    if (!kept_.empty() && kept_[p] == v) return false;
    return loose_[p] || flow(p, v) > rules_.least[v];
  }
  // Whether one more unit can go from `top` down to `v`.
  [[nodiscard]] bool may_descend(slot p, vertex top, vertex v) const noexcept {
    for (; v != top; v = tree_.parent(v)) {
      if (v == none || tree_.depth(v) <= tree_.depth(top) || !may_grow(p, v)) return false;
    }
    return true;
  }

  // ---- Changing it.

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
    link(at);
  }
  [[nodiscard]] cell free_cell(slot p) const noexcept {
    cell at = p * width_;
    while (table_[at] != none) ++at;
    return at;
  }

 private:
  void link(cell at) {
    std::vector<cell>& cells = held_[table_[at]];
    place_[at] = static_cast<std::uint32_t>(cells.size());
    cells.push_back(at);
  }

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

  // Clips the flow of a slot to the rules, from the copies upward, and notes what is left over.
  class gap_finder {
   public:
    gap_finder(slot_state& state, std::uint32_t replicas)
        : state_(state), replicas_(replicas), inflow_(state.tree_.size(), 0), seen_(state.tree_.size(), false),
          by_depth_(state.tree_.max_depth() + std::size_t{1}) {}

    // Returns how many copies the slot may have on the way: those that lack may come before those that are too many go.
    std::uint32_t operator()(slot p) {
      const std::size_t first = state_.gaps_.size();
      if (state_.pinned_[p]) {
        // What it lacks goes where the rules want it, if its other copies leave so much room.
        if (!find(p, false, true)) {
          state_.gaps_.resize(first);
          state_.loose_[p] = true;
          find(p, false, false);
        }
        return replicas_;
      }
      find(p, true, true);
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
    // Domains are held to their most, or to their least, or both. Whether what the least asks for has room.
    bool find(slot p, bool most, bool least) {
      bool fits = true;
      for (const vertex copy : state_.start_[p]) {
        if (copy != none) ++inflow_[see(copy)];
      }
      for (std::size_t i = 0; i < state_.always_.size() && least; ++i) see(state_.always_[i]);
      for (std::size_t depth = by_depth_.size(); depth-- > 1;) {
        for (std::size_t i = 0; i < by_depth_[depth].size(); ++i) {
          const vertex v = by_depth_[depth][i];
          const std::int32_t out = std::exchange(inflow_[v], 0);
          std::int32_t in = out;
          // A node that is entitled to nothing may still hold its copy: it is over its load, and gives it away like any
          // other.
          if (most && !state_.tree_.is_leaf(v)) in = (std::min)(in, static_cast<std::int32_t>(state_.rules_.most[v]));
          if (least) in = (std::max)(in, static_cast<std::int32_t>(state_.rules_.least[v]));
          if (!most)
            fits = fits && in <= (std::max)(static_cast<std::int32_t>(state_.rules_.most[v]), started_with(p, v));
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
      return fits && state_.root_gap_[p] >= 0;
    }

    [[nodiscard]] std::int32_t started_with(slot p, vertex v) const noexcept {
      std::int32_t copies = 0;
      for (const vertex copy : state_.start_[p]) copies += copy != none && state_.tree_.contains(v, copy) ? 1 : 0;
      return copies;
    }

    slot_state& state_;
    std::uint32_t replicas_;
    std::vector<std::int32_t> inflow_;
    std::vector<bool> seen_;
    std::vector<std::vector<vertex>> by_depth_;
  };

  const domain_tree& tree_;
  const entitlement& rules_;
  const std::vector<bool>& pinned_;
  std::span<const vertex> kept_;
  std::vector<bool> loose_;  // by slot: pinned so that the domains' least cannot be kept
  cell_rows start_;
  cell_rows free_;
  std::uint32_t width_ = 0;
  std::vector<vertex> table_;         // by cell
  std::vector<std::uint32_t> place_;  // by cell: where it stands in its node's list
  std::vector<std::vector<cell>> held_;
  std::vector<vertex> always_;  // what no slot may do without
  std::vector<gap> gaps_;       // at nodes and domains, slot by slot
  std::vector<std::uint32_t> first_gap_;
  std::vector<std::int32_t> root_gap_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
