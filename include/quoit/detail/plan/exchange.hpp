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
  void balance_last() { balance(tables_.size() - 1); }
  void balance_all() { balance(0); }

  // Makes exchanges that cost something, at most `budget` in total. Each one moves a node that is at the largest
  // distance from its fair total closer to it. Returns what they cost.
  std::uint64_t pay(std::uint64_t budget) {
    first_ = 0;
    left_ = budget;
    std::vector<bool> stuck(hubs_, false);
    while (left_ > 0) {
      std::uint64_t most = 0;
      for (hub node = 0; node < hubs_; ++node) {
        if (!stuck[node]) most = (std::max)(most, distance(node));
      }
      if (most == 0) break;
      if (exchange_at(most, stuck, true) || exchange_at(most, stuck, false)) continue;
      for (hub node = 0; node < hubs_; ++node) stuck[node] = stuck[node] || distance(node) == most;
    }
    return budget - left_;
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

  void balance(std::size_t first) {
    first_ = first;
    for (;;) {
      cheapest_ = best_hub([](hub) { return true; });
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

  template <class Allowed>
  [[nodiscard]] hub best_hub(const Allowed& allowed) const {
    hub best = none;
    for (hub node = 0; node < hubs_; ++node) {
      if (allowed(node) && (best == none || totals_.cost_of_one(node) < totals_.cost_of_one(best))) best = node;
    }
    return best;
  }

  // ---- Exchanges that cost something.

  [[nodiscard]] std::uint64_t distance(hub node) const noexcept {
    return (std::max)(totals_.above(node), totals_.below(node));
  }

  // One exchange that moves a node at this distance closer. `well`: the other node must not move away from its fair
  // total; otherwise it must stay closer than the first one was.
  bool exchange_at(std::uint64_t most, const std::vector<bool>& stuck, bool well) {
    const auto closer = [&](std::uint64_t other) { return most > 1 && other < most - 1; };
    const auto gives = [&](hub node) {
      return totals_.now(node) > 0 && (totals_.can_spare(node) || (!well && closer(totals_.below(node))));
    };
    const auto takes = [&](hub node) { return totals_.has_room(node) || (!well && closer(totals_.above(node))); };
    return exchange(gives, [&](hub node) { return !stuck[node] && totals_.below(node) == most; }) ||
           exchange([&](hub node) { return !stuck[node] && totals_.above(node) == most; }, takes);
  }

  // A cheapest path from one of the sources to one of the ends; takes it if it costs no more than what is left.
  template <class IsSource, class IsEnd>
  bool exchange(const IsSource& is_source, const IsEnd& is_end) {
    std::vector<hub> sources, ends;
    for (hub node = 0; node < hubs_; ++node) {
      if (is_source(node)) sources.push_back(node);
      else if (is_end(node)) ends.push_back(node);
    }
    if (sources.empty() || ends.empty()) return false;
    // An exchange costs the difference of the potentials of its ends, so sources with the highest potential come first.
    std::int32_t start = potential_[sources.front()];
    for (const hub node : sources) start = (std::max)(start, potential_[node]);
    std::size_t reached = 0;
    std::int64_t patience = 0;
    for (;;) {
      begin();
      for (const hub node : sources) {
        if (potential_[node] == start) visit(node, none, {});
      }
      flood(
          [&](hub node) {
            if (is_end(node) && (end_ == none || potential_[node] < potential_[end_])) end_ = node;
          },
          [this] { return end_ != none; });
      if (end_ != none) break;
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
        if (seen_[v] != search_) ++potential_[v];
      }
    }
    const std::int64_t cost = std::int64_t{potential_[end_]} - start;
    if (cost > limit()) return false;
    left_ -= static_cast<std::uint64_t>(cost);  // a path that saves moves gives them back
    take();
    return true;
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
    for (std::size_t t = first_; t < tables_.size(); ++t) {
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
  std::size_t first_ = 0;  // the first table that takes part

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
  std::uint64_t left_ = 0;  // what exchanges may still cost
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
