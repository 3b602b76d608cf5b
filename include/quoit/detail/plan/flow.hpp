// SPDX-License-Identifier: MIT
// The slot table with the fewest moves: a min-cost flow on a network that is never written down.
//
//   slot p ─▶ regions ─▶ zones ─▶ racks ─▶ node n ─▶ sink        each edge has a least and a most
//                                        cost 0 if n held p before, else 1
//
// The old table costs nothing and breaks some rules. The flow starts from it and repairs one unit at a time: each unit
// takes a cheapest path from a source, where there is too much, to an end, where there is too little. search.hpp finds
// the paths, step.hpp lists the steps that they are made of, and this file takes them level by level, many at a time
// (Dinic 1970).
//
// A shortest path with the fewest steps passes through no place of a slot twice. Where many paths are taken from one
// search, each of them uses a slot at most once, so that each of its steps is valid on its own.
//
// Rejected: an edge for each slot and node (16 million for 16,384 slots and 1,000 nodes); one vertex for all the nodes
// of a domain, which is wrong as soon as a domain may hold two copies of a slot; a relaxation with repair, which leaves
// some cases to a second algorithm. leaf_pool gives the exact answer of the first at the price of the second.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/network.hpp>
#include <quoit/detail/plan/search.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/plan/step.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_flow {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;
  using cell = slot_state::cell;

  // `choices`: the only nodes on which a slot may have copies; without a list, any node.
  slot_flow(slot_state& state, const entitlement& rules, std::uint32_t replicas, cell_rows choices = {})
      : state_(state), tree_(state.tree()), search_(state, rules, replicas, choices), network_(search_.network()),
        sink_(search_.sink()), unrouted_(search_.excess()), next_(sink_ + std::size_t{1}),
        dead_(sink_ + std::size_t{1}) {}

  slot_flow(const slot_flow&) = delete;  // refers to itself
  slot_flow& operator=(const slot_flow&) = delete;

  // Whether all the rules can be kept. If so, the state keeps them afterwards, with the fewest moves.
  [[nodiscard]] bool solve() {
    std::uint32_t rises = 0;
    while (unrouted_ > 0) {
      if (search_.run()) {
        // take_paths() skips paths that use a slot twice. If all of them do, one path of the search is still valid,
        // because nothing has changed since.
        if (take_paths() == 0) {
          search_.trace(path_);
          take_path();
        }
        rises = 0;
      } else {
        // The cost of a path is bounded by the number of nodes, so enough rises without an end would prove that there
        // is none. A search at any cost proves it sooner.
        if (++rises % 8 == 0 && !search_.reachable()) return false;
        search_.raise_potentials();
      }
    }
    return true;
  }

  // Whether the search certifies that no other table which keeps the rules has fewer moves.
  [[nodiscard]] bool optimal() { return search_.optimal(); }

  // The search, with the potentials of the solution.
  [[nodiscard]] path_search& search() noexcept { return search_; }

 private:
  // A class of the pool for the nodes of a level and a potential; -1 for what lies on no path of this search.
  [[nodiscard]] std::int32_t class_of(std::uint32_t level, std::int32_t potential) const noexcept {
    return potential < 0 || potential > search_.distance() || level > search_.end_level()
               ? -1
               : static_cast<std::int32_t>(level) * (search_.distance() + 1) + potential;
  }

  // Takes shortest paths until none is left that uses every slot at most once. Returns how many.
  std::uint64_t take_paths() {
    network_.fill_pool(
        [this](vertex node) { return useful(node) ? class_of(search_.level(node), search_.potential(node)) : -1; },
        class_of(search_.end_level(), search_.distance()) + 1);
    std::fill(next_.begin(), next_.end(), untried);
    next_[sink_] = 0;
    std::fill(dead_.begin(), dead_.end(), false);
    std::uint64_t taken = 0;
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex where, const std::int32_t& copies) {
        while (copies > 0 && take_path_from_gap(p, where)) ++taken;
      });
    }
    for (vertex v = 0; v <= sink_; ++v) {
      while (search_.level(v) == 0 && search_.exceeds(v) && take_path_from(v)) ++taken;
    }
    return taken;
  }

  bool take_path_from(vertex source) {
    path_.clear();
    if (!extend_path(source)) return false;
    take_path();
    return true;
  }

  bool take_path_from_gap(slot p, vertex where) {
    for (step first; find_step(step_origin::gap(p, where), 0, 1, first);) {
      path_.assign(1, first);
      if (first.ends_at_gap() || extend_path(first.to)) {
        take_path();
        return true;
      }
      // extend_path() has marked first.to as dead, so that find_step() finds another way out of the gap.
    }
    return false;
  }

  // Extends path_ from `v` to an end, depth first. If there is none, `v` is dead and path_ is as it was.
  bool extend_path(vertex v) {
    const std::size_t start = path_.size();
    while (!search_.lacks(v)) {
      step next;
      if (!dead_[v] && (v == sink_ ? find_step_from_sink(next) : find_step_from_node(v, next))) {
        path_.push_back(next);
        if (next.ends_at_gap()) return true;
        v = next.to;
        continue;
      }
      dead_[v] = true;
      if (v != sink_) network_.take_out(v);
      if (path_.size() == start) return false;
      v = path_.back().from;
      path_.pop_back();
    }
    return true;
  }

  // Whether a path can pass through a node or the sink, or end there.
  [[nodiscard]] bool useful(vertex v) const noexcept {
    return search_.level(v) < search_.end_level() || search_.lacks(v);
  }
  [[nodiscard]] bool is_open(vertex v, std::uint32_t level) const noexcept {
    return search_.level(v) == level && !dead_[v] && useful(v);
  }

  bool find_step_from_sink(step& found) {
    std::size_t& next = next_[sink_];  // nodes before it lead to no end any more
    for (; next < sink_; ++next) {
      const auto node = static_cast<vertex>(next);
      if (is_open(node, search_.level(sink_) + 1) && search_.may_lower_target(node)) {
        found = search_.lower_target_step(node);
        return true;
      }
    }
    return false;
  }

  bool find_step_from_node(vertex node, step& found) {
    if (search_.may_raise_target(node) && is_open(sink_, search_.level(node) + 1)) {
      found = search_.raise_target_step(node);
      return true;
    }
    // The list starts with the primaries. A node gives up other copies first, so this loop begins at the end.
    const std::vector<cell>& cells = state_.held(node);
    std::size_t& left = next_[node];  // cells from this index on lead to no end any more
    for (left = (std::min)(left, cells.size()); left > 0; --left) {
      const cell at = cells[left - 1];
      const slot p = state_.slot_at(at);
      const bool used = std::any_of(path_.begin(), path_.end(),
                                    [&](const step& one) { return one.is_inside_slot() && one.in_slot == p; });
      if (used) continue;
      if (find_step(step_origin::node(p, node, at), search_.potential(node) - network_.cost(p, node),
                    search_.level(node) + 1, found))
        return true;
    }
    return false;
  }

  // A step inside a slot, to an end or to an open node of that level.
  bool find_step(const step_origin& origin, std::int32_t reached, std::uint32_t level, step& found) {
    const slot p = origin.in_slot;
    if (origin.is_gap && tree_.is_leaf(origin.from)) {
      // As in path_search::scan(): the unit can go nowhere else, so useful() does not matter.
      const vertex node = origin.from;
      if (search_.level(node) != level || dead_[node] || search_.potential(node) != reached + network_.cost(p, node))
        return false;
      found = origin.to_node(node);
      return true;
    }
    bool done = false;
    network_.climb(p, origin.from, [&](vertex top) {
      if (reached == search_.distance()) {
        network_.for_each_end(p, top, [&](vertex gap) {
          if (!std::exchange(done, true)) found = origin.to_gap(gap);
        });
        if (done) return false;
      }
      network_.for_each_listed(p, top, [&](vertex node, std::int32_t price) {
        if (!done && is_open(node, level) && search_.potential(node) == reached + price) {
          found = origin.to_node(node);
          done = true;
        }
      });
      if (done) return false;
      const vertex node = network_.any(p, top, class_of(level, reached + 1));
      if (node == none) return true;
      found = origin.to_node(node);
      done = true;
      return false;
    });
    return done;
  }

  void take_path() {
    for (const step& one : path_) apply(one);
    --unrouted_;
  }

  void apply(const step& one) {
    switch (one.kind) {
    case step_kind::replace:
      state_.remove(one.at);
      state_.put(one.at, one.to);
      return;
    case step_kind::drop:
      state_.remove(one.at);
      ++state_.gap_at(one.in_slot, one.to);
      return;
    case step_kind::add:
      --state_.gap_at(one.in_slot, one.from);
      state_.put(state_.free_cell(one.in_slot), one.to);
      return;
    case step_kind::cancel:
      --state_.gap_at(one.in_slot, one.from);
      ++state_.gap_at(one.in_slot, one.to);
      return;
    case step_kind::raise_target:
      search_.raise_target(one.from);
      return;
    case step_kind::lower_target:
      search_.lower_target(one.to);
      return;
    }
  }

  static constexpr std::size_t untried = ~std::size_t{0};

  slot_state& state_;
  const domain_tree& tree_;
  path_search search_;
  slot_network& network_;
  vertex sink_;                    // one past the last node
  std::uint64_t unrouted_;         // units that no path has been found for yet
  std::vector<std::size_t> next_;  // by node and sink: where find_step_from_… goes on
  std::vector<bool> dead_;         // by node and sink: no path leads from it to an end
  std::vector<step> path_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
