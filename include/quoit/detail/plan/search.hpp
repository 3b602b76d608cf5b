// SPDX-License-Identifier: MIT
// The search for cheapest paths: targets, potentials and levels of the flow. flow.hpp takes the paths and has the whole
// picture.
//
//   source  level 0 ──▶ level 1 ──▶ … ──▶ end       all edges of reduced cost 0, fewest steps
//
// A source is a place with too much: a node above its target, the sink, or a slot that lacks a copy. An end is a place
// with too little: a node below its target, the sink, or a slot with a copy too many. A node's target is the flow on
// its edge to the sink, which lies between the node's least and most load.
//
// All costs are 0, 1 or -1, so the potentials are small integers. If run() reaches no end, the potential of everything
// that it did not reach rises by one (the primal-dual method: Ford and Fulkerson 1962; Ahuja, Magnanti and Orlin,
// Network Flows, 1993, ch. 9). Only nodes and the sink have a stored potential. Inside a slot, potentials follow from
// those of the nodes that hold its copies.
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
#include <quoit/detail/plan/step.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class path_search {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;
  using cell = slot_state::cell;

  // `choices`: the only nodes on which a slot may have copies; without a list, any node.
  path_search(const slot_state& state, const entitlement& rules, std::uint32_t replicas, cell_rows choices)
      : state_(state), tree_(state.tree()), rules_(rules), network_(state, rules, choices), sink_(network_.sink()),
        target_(sink_), potential_(sink_ + std::size_t{1}, 0), level_(sink_ + std::size_t{1}),
        parent_(sink_ + std::size_t{1}) {
    // Targets start as close to the loads as the rules allow, so that little is left to route.
    std::uint64_t sum = 0;
    for (vertex node = 0; node < sink_; ++node) {
      target_[node] = std::clamp(state_.load(node), rules_.least_load[node], rules_.most_load[node]);
      sum += target_[node];
    }
    sink_excess_ = static_cast<std::int64_t>(sum) - static_cast<std::int64_t>(std::uint64_t{replicas} * state_.slots());
  }

  // How many units there are at all sources.
  [[nodiscard]] std::uint64_t excess() const {
    std::uint64_t units = sink_excess_ > 0 ? static_cast<std::uint64_t>(sink_excess_) : 0;
    for (vertex node = 0; node < sink_; ++node) {
      units += state_.load(node) > target_[node] ? state_.load(node) - target_[node] : 0;
    }
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex, const std::int32_t& copies) {
        if (copies > 0) units += static_cast<std::uint64_t>(copies);
      });
    }
    return units;
  }

  // Finds the levels of everything that can be reached at reduced cost 0, up to the first end. Returns whether there is
  // an end.
  bool run() {
    std::fill(level_.begin(), level_.end(), unseen);
    network_.fill_pool([this](vertex node) { return potential_[node]; }, distance_ + 1);
    queue_.clear();
    end_level_ = unseen;
    end_ = {};
    for (vertex v = 0; v <= sink_; ++v) {
      if (exceeds(v)) visit(v, 0, {});  // a source at level 0 needs no step that leads to it
    }
    for (slot p = 0; p < state_.slots(); ++p) {
      network_.for_each_gap(p, [&](vertex where, const std::int32_t& copies) {
        if (copies > 0) scan(step_origin::gap(p, where), 0, 1);
      });
    }
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const vertex v = queue_[i];
      // Only shortest paths are taken, so nothing beyond the level of the first end matters.
      if (level_[v] >= end_level_) break;
      if (v == sink_) scan_sink();
      else scan_node(v);
    }
    return end_level_ != unseen;
  }

  void raise_potentials() {
    for (vertex v = 0; v <= sink_; ++v) {
      if (level_[v] == unseen) ++potential_[v];
    }
    ++distance_;
  }

  // Whether any end can be reached, at any cost.
  [[nodiscard]] bool reachable() {
    auto potential = std::exchange(potential_, std::vector<std::int32_t>(sink_ + std::size_t{1}, 0));
    const std::int32_t distance = std::exchange(distance_, 0);
    network_.set_price(0);
    const bool found = run();
    network_.set_price(1);
    distance_ = distance;
    potential_ = std::move(potential);
    if (found) run();  // raise_potentials() needs the levels at the real costs
    return found;
  }

  // Checks from the potentials alone that no other table that keeps the rules has fewer moves: no edge that could carry
  // a change has a negative reduced cost (complementary slackness).
  [[nodiscard]] bool optimal() {
    network_.fill_pool([this](vertex node) { return potential_[node]; }, distance_ + 1);
    for (vertex node = 0; node < sink_; ++node) {
      if (target_[node] < rules_.most_load[node] && potential_[sink_] > potential_[node]) return false;
      if (target_[node] > rules_.least_load[node] && potential_[node] > potential_[sink_]) return false;
      for (const cell at : state_.held(node)) {
        const slot p = state_.slot_at(at);
        bool improvable = false;
        network_.climb(p, node, [&](vertex top) {
          const std::int32_t reached = potential_[node] - network_.cost(p, node);
          network_.for_each_listed(p, top, [&](vertex to, std::int32_t price) {
            improvable = improvable || potential_[to] > reached + price;
          });
          // A node of the pool costs 1, so one with a potential above reached + 1 would improve the table.
          for (std::int32_t potential = reached + 2; potential <= distance_ && !improvable; ++potential)
            improvable = network_.any(p, top, potential) != none;
          return !improvable && !tree_.is_leaf(top);
        });
        if (improvable) return false;
      }
    }
    return true;
  }

  // Writes the path by which run() reached its first end. It begins at the source.
  void trace(std::vector<step>& path) const {
    path.assign(1, end_);
    while (!path.back().starts_at_gap() && level_[path.back().from] > 0) path.push_back(parent_[path.back().from]);
    std::reverse(path.begin(), path.end());
  }

  // ---- What run() found.

  [[nodiscard]] vertex sink() const noexcept { return sink_; }
  [[nodiscard]] slot_network& network() noexcept { return network_; }
  // By node and sink: the fewest steps from a source.
  [[nodiscard]] std::uint32_t level(vertex v) const noexcept { return level_[v]; }
  [[nodiscard]] std::uint32_t end_level() const noexcept { return end_level_; }
  // By node and sink: the least cost to reach it.
  [[nodiscard]] std::int32_t potential(vertex v) const noexcept { return potential_[v]; }
  // The least cost to reach an end.
  [[nodiscard]] std::int32_t distance() const noexcept { return distance_; }

  // Whether a path may end at a node or the sink.
  [[nodiscard]] bool lacks(vertex v) const noexcept {
    if (potential_[v] != distance_) return false;
    return v == sink_ ? sink_excess_ < 0 : state_.load(v) < target_[v];
  }
  // Whether a path may start there.
  [[nodiscard]] bool exceeds(vertex v) const noexcept {
    return v == sink_ ? sink_excess_ > 0 : state_.load(v) > target_[v];
  }

  // Whether the step has a reduced cost of 0 and keeps the target between least and most load.
  [[nodiscard]] bool may_raise_target(vertex node) const noexcept {
    return target_[node] < rules_.most_load[node] && potential_[sink_] == potential_[node];
  }
  [[nodiscard]] bool may_lower_target(vertex node) const noexcept {
    return target_[node] > rules_.least_load[node] && potential_[node] == potential_[sink_];
  }
  [[nodiscard]] step raise_target_step(vertex node) const noexcept {
    return {step_kind::raise_target, node, sink_, 0, 0};
  }
  [[nodiscard]] step lower_target_step(vertex node) const noexcept {
    return {step_kind::lower_target, sink_, node, 0, 0};
  }

  void raise_target(vertex node) noexcept {
    ++target_[node];
    ++sink_excess_;
  }
  void lower_target(vertex node) noexcept {
    --target_[node];
    --sink_excess_;
  }

 private:
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
      if (may_lower_target(node)) visit(node, level_[sink_] + 1, lower_target_step(node));
    }
  }

  void scan_node(vertex node) {
    if (may_raise_target(node)) visit(sink_, level_[node] + 1, raise_target_step(node));
    for (const cell at : state_.held(node)) {
      const slot p = state_.slot_at(at);
      scan(step_origin::node(p, node, at), potential_[node] - network_.cost(p, node), level_[node] + 1);
    }
  }

  // Visits every node, and every end, that can take the unit from `origin`. `reached` is the potential of the place
  // inside the slot where the unit starts.
  void scan(const step_origin& origin, std::int32_t reached, std::uint32_t level) {
    const slot p = origin.in_slot;
    if (origin.is_gap && tree_.is_leaf(origin.from)) {
      // A gap at a node means that every slot must have a copy there, so the unit can go nowhere else.
      if (potential_[origin.from] == reached + network_.cost(p, origin.from))
        visit(origin.from, level, origin.to_node(origin.from));
      return;
    }
    network_.climb(p, origin.from, [&](vertex top) {
      if (reached == distance_) network_.for_each_end(p, top, [&](vertex gap) { arrive(level, origin.to_gap(gap)); });
      network_.for_each_listed(p, top, [&](vertex node, std::int32_t price) {
        if (potential_[node] == reached + price) visit(node, level, origin.to_node(node));
      });
      // visit() takes the node out of the pool, so that the next call finds another one.
      for (vertex node; (node = network_.any(p, top, reached + network_.price())) != none;)
        visit(node, level, origin.to_node(node));
      return true;
    });
  }

  static constexpr std::uint32_t unseen = ~std::uint32_t{0};

  const slot_state& state_;
  const domain_tree& tree_;
  const entitlement& rules_;
  slot_network network_;
  vertex sink_;                        // one past the last node
  std::vector<std::uint32_t> target_;  // by node: the flow to the sink
  std::int64_t sink_excess_ = 0;       // the sum of the targets minus the copies of all slots
  std::vector<std::int32_t> potential_;
  std::int32_t distance_ = 0;
  std::vector<std::uint32_t> level_;
  std::vector<step> parent_;  // by node and sink: the step by which the search reached it
  std::uint32_t end_level_ = unseen;
  step end_;  // the step by which the search reached its first end
  std::vector<vertex> queue_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
