// SPDX-License-Identifier: MIT
// The slot table with the fewest moves: a min-cost flow whose network is never written down.
//
//   slot p ─▶ regions ─▶ zones ─▶ racks ─▶ node n ─▶ sink        each edge with its least and most
//                                        cost 0 if n held p before, else 1
//
// It starts from the old table, which costs nothing and breaks some rules, and mends them one unit at a time along
// cheapest paths: from where there is too much (a node above its load, a slot that lacks a copy) to where there is too
// little. A step of a path is "in slot p, b instead of a". All costs are 0, 1 or -1, so the potentials are small
// integers: search() walks over edges of reduced cost 0 alone; where that reaches no end, the potentials of all that it
// did not reach rise by one (the primal-dual method: Ford and Fulkerson 1962; Ahuja, Magnanti and Orlin, Network Flows,
// 1993, ch. 9). Paths are then taken level by level, many at a time (Dinic 1970).
//
// Potentials are kept for nodes only; inside a slot they follow from those of the nodes whose copies it holds. A
// shortest path with the fewest steps passes through no place of a slot twice; where many paths are taken from one
// search, a path uses every slot at most once, which makes each of its steps valid on its own.
//
// Rejected: an edge for each slot and node (16 million for 16,384 slots and 1,000 nodes); one vertex for all the nodes
// of a domain, which is wrong as soon as a domain may hold two copies of a slot; a relaxation with repair, which leaves
// some cases to a second algorithm. leaf_pool gives the first, exactly, at the price of the second.
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
#include <quoit/detail/plan/state.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_flow {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;
  using cell = slot_state::cell;
  using step = slot_network::step;

  // `choices`: where a slot may have copies at all; any node, if there is no list.
  slot_flow(slot_state& state, const entitlement& rules, std::uint32_t replicas, cell_rows choices = {})
      : state_(state), tree_(state.tree()), rules_(rules), network_(state, rules, choices), sink_(network_.sink()),
        out_(sink_), potential_(sink_ + std::size_t{1}, 0), level_(sink_ + std::size_t{1}),
        parent_(sink_ + std::size_t{1}), next_(sink_ + std::size_t{1}), dead_(sink_ + std::size_t{1}) {
    std::uint64_t sum = 0;
    for (vertex node = 0; node < sink_; ++node) {
      out_[node] = std::clamp(state_.load(node), rules_.least_load[node], rules_.most_load[node]);
      sum += out_[node];
      missing_ += state_.load(node) > out_[node] ? state_.load(node) - out_[node] : 0;
    }
    sink_excess_ = static_cast<std::int64_t>(sum) - static_cast<std::int64_t>(std::uint64_t{replicas} * state_.slots());
    missing_ += sink_excess_ > 0 ? static_cast<std::uint64_t>(sink_excess_) : 0;
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex, const std::int32_t& copies) {
        if (copies > 0) missing_ += static_cast<std::uint64_t>(copies);
      });
    }
  }

  // Whether all the rules can be kept. If so the state keeps them, with the fewest moves.
  [[nodiscard]] bool solve() {
    std::uint32_t rises = 0;
    while (missing_ > 0) {
      if (search()) {
        if (!take_paths()) take_one_path();
        rises = 0;
      } else {
        // Costs are bounded by the number of nodes, but an end that cannot be reached at any cost is better found at
        // once.
        if (++rises % 8 == 0 && !reachable()) return false;
        rise();
      }
    }
    return true;
  }

  // Checks, from the potentials alone, that no other table which keeps the rules has fewer moves: no edge that could
  // carry a change has a negative reduced cost (complementary slackness).
  [[nodiscard]] bool optimal() {
    network_.fill_pool([this](vertex node) { return potential_[node]; }, distance_ + 1);
    for (vertex node = 0; node < sink_; ++node) {
      if (out_[node] < rules_.most_load[node] && potential_[sink_] > potential_[node]) return false;
      if (out_[node] > rules_.least_load[node] && potential_[node] > potential_[sink_]) return false;
      for (const cell at : state_.held(node)) {
        const slot p = state_.slot_of(at);
        bool found = false;
        network_.climb(p, node, [&](vertex top) {
          const std::int32_t reached = potential_[node] - network_.cost(p, node);
          network_.for_each_listed(
              p, top, [&](vertex to, std::int32_t price) { found = found || potential_[to] > reached + price; });
          for (std::int32_t one = reached + 2; one <= distance_ && !found; ++one)
            found = network_.any(p, top, one) != none;
          return !found && !tree_.is_leaf(top);
        });
        if (found) return false;
      }
    }
    return true;
  }

 private:
  // ---- Searching.

  [[nodiscard]] bool lacks(vertex v) const noexcept {
    if (potential_[v] != distance_) return false;
    return v == sink_ ? sink_excess_ < 0 : state_.load(v) < out_[v];
  }
  [[nodiscard]] bool exceeds(vertex v) const noexcept {
    return v == sink_ ? sink_excess_ > 0 : state_.load(v) > out_[v];
  }

  // Levels of all that can be reached at reduced cost 0, up to the first end; whether there is one.
  bool search() {
    std::fill(level_.begin(), level_.end(), unseen);
    network_.fill_pool([this](vertex node) { return potential_[node]; }, distance_ + 1);
    queue_.clear();
    end_level_ = unseen;
    end_ = {};
    for (vertex v = 0; v <= sink_; ++v) {
      if (exceeds(v)) visit(v, 0, {});
    }
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex where, const std::int32_t& copies) {
        if (copies > 0) scan(p, where, 0, 1, step{none, none, p, 0, where, none});
      });
    }
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const vertex v = queue_[i];
      if (level_[v] >= end_level_) break;
      if (v == sink_) scan_sink();
      else scan_node(v);
    }
    return end_level_ != unseen;
  }

  void visit(vertex v, std::uint32_t level, const step& by) {
    if (level_[v] != unseen) return;
    level_[v] = level;
    parent_[v] = by;
    if (v != sink_) network_.take_out(v);
    queue_.push_back(v);
    if (lacks(v)) arrive(level, by);
  }
  void arrive(std::uint32_t level, const step& by) {
    if (level < end_level_) {
      end_level_ = level;
      end_ = by;
    }
  }

  void scan_sink() {
    for (vertex node = 0; node < sink_; ++node) {
      if (out_[node] > rules_.least_load[node] && potential_[node] == potential_[sink_]) {
        visit(node, level_[sink_] + 1, step{sink_, node});
      }
    }
  }

  void scan_node(vertex node) {
    if (out_[node] < rules_.most_load[node] && potential_[sink_] == potential_[node]) {
      visit(sink_, level_[node] + 1, step{node, sink_});
    }
    for (const cell at : state_.held(node)) {
      const slot p = state_.slot_of(at);
      scan(p, node, potential_[node] - network_.cost(p, node), level_[node] + 1, step{node, none, p, at});
    }
  }

  void scan(slot p, vertex from, std::int32_t reached, std::uint32_t level, step by) {
    if (from < sink_ && by.from == none) {  // a node that every slot must be on
      by.to = from;
      if (potential_[from] == reached + network_.cost(p, from)) visit(from, level, by);
      return;
    }
    network_.climb(p, from, [&](vertex top) {
      if (reached == distance_) {
        by.to = none;
        network_.for_each_end(p, top, [&](vertex gap) {
          by.gap_to = gap;
          arrive(level, by);
        });
        by.gap_to = none;
      }
      network_.for_each_listed(p, top, [&](vertex node, std::int32_t price) {
        by.to = node;
        if (potential_[node] == reached + price) visit(node, level, by);
      });
      while ((by.to = network_.any(p, top, reached + network_.price())) != none) visit(by.to, level, by);
      return true;
    });
  }

  void rise() {
    for (vertex v = 0; v <= sink_; ++v) {
      if (level_[v] == unseen) ++potential_[v];
    }
    ++distance_;
  }

  // Whether any end can be reached, whatever it costs.
  [[nodiscard]] bool reachable() {
    const std::vector<std::int32_t> kept(sink_ + std::size_t{1}, 0);
    auto potential = std::exchange(potential_, kept);
    const std::int32_t distance = std::exchange(distance_, 0);
    network_.set_price(0);
    const bool found = search();
    network_.set_price(1);
    distance_ = distance;
    potential_ = std::move(potential);
    if (found) search();  // the levels that rise() needs
    return found;
  }

  // ---- Taking paths.

  // The nodes that lie on paths of this search, by level and potential.
  [[nodiscard]] std::int32_t class_of(std::uint32_t level, std::int32_t potential) const noexcept {
    return potential < 0 || potential > distance_ || level > end_level_
               ? -1
               : static_cast<std::int32_t>(level) * (distance_ + 1) + potential;
  }

  std::uint64_t take_paths() {
    network_.fill_pool([this](vertex node) { return useful(node) ? class_of(level_[node], potential_[node]) : -1; },
                       class_of(end_level_, distance_) + 1);
    std::fill(next_.begin(), next_.end(), untried);
    next_[sink_] = 0;
    std::fill(dead_.begin(), dead_.end(), false);
    std::uint64_t taken = 0;
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex where, const std::int32_t& copies) {
        while (copies > 0 && follow(step{none, none, p, 0, where, none})) ++taken;
      });
    }
    for (vertex v = 0; v <= sink_; ++v) {
      while (level_[v] == 0 && exceeds(v) && follow(step{none, v})) ++taken;
    }
    return taken;
  }

  // Depth first from a source. The first step of path_ is the source itself where that is a node.
  bool follow(const step& source) {
    path_.assign(1, source);
    while (!path_ends()) {
      const vertex v = path_.back().to;
      if (v == none) return false;
      step next;
      if (!dead_[v] && (v == sink_ ? from_sink(next) : from_node(v, next))) {
        path_.push_back(next);
        continue;
      }
      dead_[v] = true;
      if (v != sink_) network_.take_out(v);
      if (path_.size() > 1) {
        path_.pop_back();
      } else {
        if (path_.front().gap_from == none) return false;
        path_.front().to = none;  // another way out of the gap
      }
    }
    for (const step& one : path_) apply(one);
    --missing_;
    return true;
  }
  // A step without a node is the last one, which ends in a gap, or the first one, which has still to leave its own.
  bool path_ends() {
    step& top = path_.back();
    if (top.to == none && (path_.size() > 1 || from_gap(top))) return true;
    return top.to != none && lacks(top.to);
  }

  // Whether the path ends in the very slot; else sets `to`, or leaves nobody.
  bool from_gap(step& first) { return probe(first.where, first.gap_from, 0, 1, first) && first.to == none; }

  bool from_sink(step& next) {
    std::size_t& at = next_[sink_];
    for (; at < sink_; ++at) {
      const auto node = static_cast<vertex>(at);
      if (level_[node] == level_[sink_] + 1 && !dead_[node] && useful(node) && out_[node] > rules_.least_load[node] &&
          potential_[node] == potential_[sink_]) {
        next = {sink_, node};
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool useful(vertex v) const noexcept { return level_[v] < end_level_ || lacks(v); }

  bool from_node(vertex node, step& next) {
    if (out_[node] < rules_.most_load[node] && potential_[sink_] == potential_[node] &&
        level_[sink_] == level_[node] + 1 && !dead_[sink_] && useful(sink_)) {
      next = {node, sink_};
      return true;
    }
    // From the end, where the copies are that would least be missed.
    const std::vector<cell>& cells = state_.held(node);
    std::size_t& left = next_[node];
    for (left = (std::min)(left, cells.size()); left > 0; --left) {
      const cell at = cells[left - 1];
      const slot p = state_.slot_of(at);
      const bool used = std::any_of(path_.begin(), path_.end(),
                                    [&](const step& one) { return one.is_in_slot(sink_) && one.where == p; });
      if (used) continue;
      next = {node, none, p, at};
      if (probe(p, node, potential_[node] - network_.cost(p, node), level_[node] + 1, next)) return true;
    }
    return false;
  }
  // One step inside a slot to a node of the next level, or to an end.
  bool probe(slot p, vertex from, std::int32_t reached, std::uint32_t level, step& out) {
    bool found = false;
    if (from < sink_ && out.gap_from != none) {
      if (level_[from] != level || dead_[from] || potential_[from] != reached + network_.cost(p, from)) return false;
      out.to = from;
      return true;
    }
    network_.climb(p, from, [&](vertex top) {
      if (reached == distance_) {
        network_.for_each_end(p, top, [&](vertex gap) {
          if (!std::exchange(found, true)) out.gap_to = gap;
        });
        if (found) return false;
      }
      network_.for_each_listed(p, top, [&](vertex node, std::int32_t price) {
        if (!found && level_[node] == level && !dead_[node] && useful(node) && potential_[node] == reached + price) {
          out.to = node;
          found = true;
        }
      });
      if (found) return false;
      out.to = network_.any(p, top, class_of(level, reached + 1));
      found = out.to != none;
      return !found;
    });
    return found;
  }

  // The path by which the search came to its end first.
  void take_one_path() {
    path_.assign(1, end_);
    while (path_.back().from != none && !(path_.back().from == path_.back().to)) {
      const vertex from = path_.back().from;
      if (level_[from] == 0) break;
      path_.push_back(parent_[from]);
    }
    for (std::size_t i = path_.size(); i-- > 0;) apply(path_[i]);
    --missing_;
  }

  void apply(const step& one) {
    if (one.gap_from == none && one.from == none) return;  // the source
    if (one.to == sink_) {
      ++out_[one.from];
      ++sink_excess_;
    } else if (one.from == sink_) {
      --out_[one.to];
      --sink_excess_;
    } else {
      network_.apply(one);
    }
  }

  static constexpr std::uint32_t unseen = ~std::uint32_t{0};
  static constexpr std::size_t untried = ~std::size_t{0};

  slot_state& state_;
  const domain_tree& tree_;
  const entitlement& rules_;
  slot_network network_;
  vertex sink_;                     // behind the last node
  std::vector<std::uint32_t> out_;  // by node: flow to the sink
  std::int64_t sink_excess_ = 0;
  std::uint64_t missing_ = 0;            // units that have still to find their way
  std::vector<std::int32_t> potential_;  // by node, and of the sink: the least cost to get there
  std::int32_t distance_ = 0;            // the same of where paths end
  std::vector<std::uint32_t> level_;
  std::vector<step> parent_;
  std::vector<std::size_t> next_;
  std::vector<bool> dead_;
  std::uint32_t end_level_ = unseen;
  step end_;
  std::vector<vertex> queue_;
  std::vector<step> path_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
