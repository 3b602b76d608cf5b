// SPDX-License-Identifier: MIT
// Exchanges units between nodes over many tables, to even out the totals of the nodes. A unit is a copy, or a primary.
//
//   hub a ─▶ (table 3, a) ─slot 7─▶ (table 3, c) ─▶ hub c ─▶ (table 9, c) ─slot 0─▶ (table 9, b) ─▶ hub b
//
// Node a gives a unit up, c passes one on, and b gets one. An edge from a hub into a table, or back, needs a load that
// may be one less, or one more; inside a table the edges are those of network.hpp. All tables are solved, so every edge
// has a reduced cost of at least 0, where a hub has the potential of the sink in each table. Paths over edges of reduced
// cost 0 between hubs of the same potential cost nothing: each table keeps its fewest moves.
//
// Sources come by falling gain. What an earlier source reaches is worth no more to a later one, so a search visits
// every vertex once, and the last one, which finds nothing, proves that no exchange is left.
//
// Rejected: one flow over the slots of all tables with a convex cost for each total, which needs a solver of its own; to
// exchange copies of one slot only, which finds no path where a node is at its least load in every table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/network.hpp>
#include <quoit/detail/plan/search.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/plan/step.hpp>
#include <quoit/detail/plan/totals.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class unit_exchange {
 public:
  using hub = node_totals::hub;
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;

  // The totals must outlive this, and so must the tables.
  explicit unit_exchange(node_totals& totals)
      : totals_(totals), hubs_(totals.hubs()), potential_(hubs_, 0), seen_(hubs_, 0), arrival_(hubs_) {}

  // A solved table. hub_of: by node of the table, or none for a node that is lost. Its loads are not added to the
  // totals.
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

  // Makes all exchanges that improve the totals and cost nothing, in the last table only or in all of them.
  void balance_last() { balance(tables_.size() - 1, tables_.size()); }
  void balance_all() { balance(0, tables_.size()); }

  // Makes exchanges that cost something, at most `budget` in total. Each one moves a node that is at the largest
  // distance from its fair total closer to it. Must be called once, and last.
  void pay(std::uint64_t budget) {
    left_ = budget;
    closed_.assign(hubs_, 0);
    while (left_ > 0) {
      std::uint64_t most = 0;
      for (hub node = 0; node < hubs_; ++node) {
        if (closed_[node] < tiers) most = (std::max)(most, distance(node));
      }
      if (most == 0) return;
      for (std::uint32_t tier = 0; tier < tiers; ++tier) {
        if (exchange_at(most, tier)) break;
      }
    }
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

  // ---- Free exchanges.

  void balance(std::size_t first, std::size_t last) {
    first_ = first;
    last_ = last;
    for (;;) {
      cheapest_ = 0;
      for (hub node = 1; node < hubs_; ++node) {
        if (totals_.cost_of_one(node) < totals_.cost_of_one(cheapest_)) cheapest_ = node;
      }
      begin();
      while (end_ == none) {
        // The unseen hub with the largest gain.
        source_ = none;
        for (hub node = 0; node < hubs_; ++node) {
          if (totals_.now(node) == 0 || is_seen(node)) continue;
          if (source_ == none || totals_.gain_without_one(source_) < totals_.gain_without_one(node)) source_ = node;
        }
        if (source_ == none) return;
        gain_ = totals_.gain_without_one(source_);
        if (!(totals_.cost_of_one(cheapest_) < gain_)) return;
        visit(source_, none, {});
        flood([this](hub node) { offer(node); },
              [this] { return end_ != none && !(totals_.cost_of_one(cheapest_) < totals_.cost_of_one(end_)); });
      }
      take();
    }
  }

  // A hub that the search reaches: is it the best end so far?
  void offer(hub node) {
    const auto cost = totals_.cost_of_one(node);
    if (cost < gain_ && (end_ == none || cost < totals_.cost_of_one(end_))) end_ = node;
  }

  // ---- Exchanges that cost something.

  [[nodiscard]] std::uint64_t distance(hub node) const noexcept {
    return (std::max)(totals_.above(node), totals_.below(node));
  }

  // One exchange that moves a node at this distance closer. The tier says what the other node may be: 0, one that gets
  // closer, too; 1, one that stays close; 2, one that is and stays closer than the first one was. A node for which
  // there is no such exchange is closed to the tier.
  bool exchange_at(std::uint64_t most, std::uint32_t tier) {
    const auto closer = [&](std::uint64_t other) { return tier == 2 && most > 1 && other < most - 1; };
    const auto is_open = [&](hub node) { return closed_[node] <= tier; };
    std::vector<hub> givers, lacking, takers, exceeding;
    for (hub node = 0; node < hubs_; ++node) {
      const std::uint64_t above = totals_.above(node), below = totals_.below(node);
      if (below == most && is_open(node)) lacking.push_back(node);
      else if (totals_.now(node) > 0 && (above > 0 || (tier > 0 && totals_.can_spare(node)) || closer(below)))
        givers.push_back(node);
      if (above == most && is_open(node)) exceeding.push_back(node);
      else if (below > 0 || (tier > 0 && totals_.has_room(node)) || closer(above)) takers.push_back(node);
    }
    if (exchange(givers, lacking) || exchange(exceeding, takers)) return true;
    for (const hub node : lacking) closed_[node] = tier + 1;
    for (const hub node : exceeding) closed_[node] = tier + 1;
    return false;
  }

  // A cheapest path from one of the sources to one of the ends; takes it if it costs no more than what is left.
  bool exchange(std::vector<hub>& sources, const std::vector<hub>& ends) {
    if (sources.empty() || ends.empty()) return false;
    // An exchange costs the difference of the potentials of its ends, so sources with the highest potential come first.
    std::int32_t start = potential_[sources.front()];
    for (const hub node : sources) start = (std::max)(start, potential_[node]);
    std::stable_sort(sources.begin(), sources.end(),
                     [this](hub a, hub b) { return totals_.gain_without_one(b) < totals_.gain_without_one(a); });
    is_end_.assign(hubs_, false);
    for (const hub node : ends) is_end_[node] = true;
    const auto take_if_cheap = [&] {
      const std::int64_t cost = std::int64_t{potential_[end_]} - start;
      if (cost > limit()) return false;
      left_ -= static_cast<std::uint64_t>(cost);  // a path that saves moves gives them back
      take();
      return true;
    };
    // Nearly always one table is enough, and its search is short. The table of the last exchange comes first.
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const std::size_t table = (last_paid_ + i) % tables_.size();
      first_ = table;
      last_ = table + 1;
      if (!search_from(sources, start)) continue;
      last_paid_ = table;
      return take_if_cheap();
    }
    first_ = 0;
    last_ = tables_.size();
    std::size_t reached = 0;
    std::int64_t patience = 0;
    while (!search_from(sources, start)) {
      // The reduced cost of an edge is at most 1 + the range of the potentials, and a rise lowers it by 1. Where that
      // many rises reach nothing new, there is nothing to reach.
      if (queue_.size() > reached) {
        reached = queue_.size();
        const auto [low, high] = std::minmax_element(potential_.begin(), potential_.end());
        patience = std::int64_t{*high} - *low + 2;
      }
      std::int64_t cheapest = none;
      for (const hub node : ends) cheapest = (std::min)(cheapest, std::int64_t{potential_[node]} + 1 - start);
      if (--patience < 0 || cheapest > limit()) return false;
      for (std::size_t v = 0; v < potential_.size(); ++v) {
        if (!is_seen(v)) ++potential_[v];
      }
    }
    return take_if_cheap();
  }

  // One search from those sources that have the potential `start`, in order. Returns whether it reaches an end.
  bool search_from(const std::vector<hub>& sources, std::int32_t start) {
    begin();
    const auto reach = [this](hub node) {
      if (is_end_[node] && (end_ == none || potential_[node] < potential_[end_])) end_ = node;
    };
    for (const hub node : sources) {
      if (potential_[node] != start || is_seen(node)) continue;
      visit(node, none, {});
      flood(reach, [this] { return end_ != none; });
      if (end_ != none) return true;
    }
    return false;
  }

  [[nodiscard]] std::int64_t limit() const noexcept {
    return static_cast<std::int64_t>((std::min)(left_, std::uint64_t{none}));
  }

  // ---- One search.

  void begin() {
    ++search_;
    queue_.clear();
    next_ = 0;
    end_ = none;
  }
  [[nodiscard]] bool is_seen(std::size_t v) const noexcept { return seen_[v] == search_; }

  void visit(std::size_t v, std::uint32_t from, const step& by) {
    seen_[v] = search_;
    arrival_[v] = {from, by};
    queue_.push_back(static_cast<std::uint32_t>(v));
  }

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
    const auto [t, node] = place_[v - hubs_];
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
      network.climb(p, node, [&, t = t](vertex top) {
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

  // Takes the path to end_: every table on it stays solved, and the total of its source gives a unit to end_.
  void take() {
    std::uint32_t v = end_;
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
    totals_.move(v, end_);
  }

  node_totals& totals_;
  hub hubs_;
  std::vector<member> tables_;
  std::size_t first_ = 0;  // the tables that take part
  std::size_t last_ = 0;   // one past them

  // By vertex: the hubs, then the nodes of each table.
  std::vector<std::int32_t> potential_;
  std::vector<std::uint32_t> seen_;  // the last search that visited it
  std::vector<arrival> arrival_;
  std::vector<table_node> place_;  // by vertex without the hubs

  std::uint32_t search_ = 0;
  std::vector<std::uint32_t> queue_;
  std::size_t next_ = 0;
  hub end_ = none;       // the best end that the search has reached
  hub source_ = none;    // free exchanges: where the search is coming from
  hub cheapest_ = none;  // free exchanges: no end is better than this one
  node_totals::worth gain_ = {0, 0, 1};

  // ---- For exchanges that cost something.

  static constexpr std::uint32_t tiers = 3;
  std::vector<std::uint32_t> closed_;  // by hub: the tiers below are closed to it
  std::vector<bool> is_end_;           // by hub
  std::uint64_t left_ = 0;             // what exchanges may still cost
  std::size_t last_paid_ = 0;          // the table of the last exchange
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
