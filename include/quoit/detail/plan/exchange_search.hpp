// SPDX-License-Identifier: MIT
// The search for paths by which nodes exchange units over many tables. A unit is a copy, or a primary.
//
//   hub a ─▶ (table 3, a) ─slot 7─▶ (table 3, c) ─▶ hub c ─▶ (table 9, c) ─slot 0─▶ (table 9, b) ─▶ hub b
//
// Node a gives a unit up, c passes one on, and b gets one. A hub is a node of the plan; its edges into a table, and
// back, need a load there that may be one less, or one more. Inside a table the edges are those of network.hpp.
//
// All tables are solved, and a hub starts with the potential of the sink in each table, so every edge has a reduced
// cost of at least 0. A path over edges of reduced cost 0 costs the difference of the potentials of its ends: 0 until
// raise_unseen() tells them apart. A path with the fewest steps passes through no place of a slot twice, as in
// flow.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/network.hpp>
#include <quoit/detail/plan/search.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/plan/step.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class exchange_search {
 public:
  using hub = std::uint32_t;
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;

  explicit exchange_search(std::uint32_t hubs) : hubs_(hubs), potential_(hubs, 0), seen_(hubs, 0), arrival_(hubs) {}

  // A solved table, which must outlive this. hub_of: by node of the table, or none for a node that is lost.
  void add(solved_flow& table, std::span<const std::uint32_t> hub_of) {
    path_search& search = table.flow.search();
    tables_.push_back({&table, hub_of, {}, potential_.size(), 0, 0});
    tables_.back().node_of.assign(hubs_, none);
    for (vertex node = 0; node < hub_of.size(); ++node) {
      if (hub_of[node] != none) tables_.back().node_of[hub_of[node]] = node;
      potential_.push_back(search.potential(node) - search.potential(search.sink()));
      place_.push_back({static_cast<std::uint32_t>(tables_.size() - 1), node});
    }
    seen_.resize(potential_.size(), 0);
    arrival_.resize(potential_.size());
  }

  [[nodiscard]] std::size_t tables() const noexcept { return tables_.size(); }

  // The potential of a hub.
  [[nodiscard]] std::int32_t potential(hub node) const noexcept { return potential_[node]; }
  // Raises the potential of all that the search has not visited by 1. The search must have visited all that it can.
  void raise_unseen() noexcept {
    for (std::size_t v = 0; v < potential_.size(); ++v) {
      if (!is_seen(v)) ++potential_[v];
    }
  }
  // How often raise_unseen() may be needed until the search reaches more: the edges out of what it has visited have no
  // larger reduced cost. Each call of raise_unseen() makes it one less.
  [[nodiscard]] std::int64_t most_rises() const noexcept {
    std::int64_t visited = (std::numeric_limits<std::int32_t>::min)(),
                 unseen = (std::numeric_limits<std::int32_t>::max)();
    for (std::size_t v = 0; v < potential_.size(); ++v) {
      if (is_seen(v)) visited = (std::max)(visited, std::int64_t{potential_[v]});
      else unseen = (std::min)(unseen, std::int64_t{potential_[v]});
    }
    return visited - unseen + 1;
  }

  // ---- One search.

  // Begins a new search in the tables from `first` up to, and without, `last`.
  void begin(std::size_t first, std::size_t last) {
    first_ = first;
    last_ = last;
    ++search_;
    queue_.clear();
    next_ = 0;
  }
  [[nodiscard]] bool is_seen(std::size_t v) const noexcept { return seen_[v] == search_; }

  void add_source(hub node) { visit(node, none, {}); }
  // How many vertices have been visited.
  [[nodiscard]] std::size_t visited() const noexcept { return queue_.size(); }

  // Visits what can be reached from the queue at reduced cost 0. Calls reach(hub) for each hub but the sources, until
  // done() returns true.
  template <class Reach, class Done>
  void flood(const Reach& reach, const Done& done) {
    while (next_ < queue_.size() && !done()) {
      const std::uint32_t v = queue_[next_++];
      if (v < hubs_) scan_hub(v);
      else scan_node(v, reach);
    }
  }

  // Takes the path to a hub that the search has reached. Every table on it stays solved. Returns its source.
  hub take(hub end) {
    std::uint32_t v = end;
    while (arrival_[v].from != none) {
      const std::uint32_t from = arrival_[v].from;
      if (v < hubs_) {
        const auto [t, node] = place_[from - hubs_];
        tables_[t].solved->flow.search().raise_target(node);
      } else {
        const auto [t, node] = place_[v - hubs_];
        solved_flow& table = *tables_[t].solved;
        const step& by = arrival_[v].by;
        if (from < hubs_) {
          table.flow.search().lower_target(node);
        } else {
          table.state.remove(by.at);
          table.state.put(by.at, by.to);
        }
      }
      v = from;
    }
    return v;
  }

 private:
  struct member {
    solved_flow* solved;
    std::span<const std::uint32_t> hub_of;  // by node
    std::vector<std::uint32_t> node_of;     // by hub
    std::size_t first;                      // its first vertex: the nodes follow each other
    std::uint32_t filled;                   // the search for which its pool is filled
    std::int32_t lowest;                    // the potential of class 0 of the pool
  };
  struct table_node {
    std::uint32_t table;
    vertex node;
  };
  // How the search reached a vertex. `by` is the step inside a slot if both are in a table.
  struct arrival {
    std::uint32_t from = none;
    step by = {};
  };

  void visit(std::size_t v, std::uint32_t from, const step& by) {
    seen_[v] = search_;
    arrival_[v] = {from, by};
    queue_.push_back(static_cast<std::uint32_t>(v));
  }

  void scan_hub(hub from) {
    for (std::size_t t = first_; t < last_; ++t) {
      const member& table = tables_[t];
      const vertex node = table.node_of[from];
      if (node == none || potential_[table.first + node] != potential_[from] || is_seen(table.first + node)) continue;
      if (table.solved->state.load(node) > table.solved->rules.least_load[node]) reach_node(t, node, from, {});
    }
  }

  template <class Reach>
  void scan_node(std::uint32_t v, const Reach& reach) {
    const std::uint32_t t = place_[v - hubs_].table;
    const vertex node = place_[v - hubs_].node;
    const member& table = tables_[t];
    const slot_state& state = table.solved->state;
    const hub own = table.hub_of[node];
    if (own != none && !is_seen(own) && potential_[own] == potential_[v] &&
        state.load(node) < table.solved->rules.most_load[node]) {
      visit(own, v, {});
      reach(own);
    }
    slot_network& network = table.solved->flow.search().network();
    for (const slot_state::cell at : state.held(node)) {
      const slot p = state.slot_at(at);
      const auto origin = step_origin::node(p, node, at);
      const std::int32_t reached = potential_[v] - network.cost(p, node);
      network.climb(p, node, [&](vertex top) {
        network.for_each_listed(p, top, [&](vertex to, std::int32_t price) {
          const std::size_t there = tables_[t].first + to;
          if (potential_[there] == reached + price && !is_seen(there)) reach_node(t, to, v, origin.to_node(to));
        });
        const std::int32_t wanted = reached + network.price() - tables_[t].lowest;
        for (vertex to; (to = network.any(p, top, wanted)) != none;) reach_node(t, to, v, origin.to_node(to));
        return true;
      });
    }
  }

  void reach_node(std::size_t t, vertex node, std::uint32_t from, const step& by) {
    member& table = tables_[t];
    slot_network& network = table.solved->flow.search().network();
    if (table.filled != search_) {
      table.filled = search_;
      const auto begin = potential_.begin() + static_cast<std::ptrdiff_t>(table.first);
      const auto [low, high] = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(table.hub_of.size()));
      table.lowest = *low;
      network.fill_pool([&](vertex one) { return potential_[table.first + one] - table.lowest; }, *high - *low + 1);
    }
    network.take_out(node);
    visit(table.first + node, from, by);
  }

  hub hubs_;
  std::vector<member> tables_;

  // By vertex: the hubs, then the nodes of each table.
  std::vector<std::int32_t> potential_;
  std::vector<std::uint32_t> seen_;  // the last search that visited it
  std::vector<arrival> arrival_;
  std::vector<table_node> place_;  // by vertex without the hubs

  std::uint32_t search_ = 0;
  std::size_t first_ = 0, last_ = 0;  // the tables that take part
  std::vector<std::uint32_t> queue_;
  std::size_t next_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
