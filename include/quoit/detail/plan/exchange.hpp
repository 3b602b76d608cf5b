// SPDX-License-Identifier: MIT
// Evens out the totals of the nodes over many tables: exchanges units along the paths of exchange_search.hpp while
// totals.hpp says that it is worth it. A unit is a copy, or a primary.
//
// Free exchanges: sources come by falling gain. What an earlier source reaches is worth no more to a later one, so a
// search visits every vertex once, and the last one, which finds nothing, proves that no exchange is left. Each table
// keeps its fewest moves.
//
// Paid exchanges: the potentials of vertices out of reach rise until one is in reach, as in search.hpp.
//
// Rejected: one flow over the slots of all tables with a convex cost for each total, which needs a solver of its own;
// to exchange copies of one slot only, which finds no path where a node is at its least load in every table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/exchange_search.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/totals.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class unit_exchange {
 public:
  using hub = node_totals::hub;

  // The totals must outlive this, and so must the tables.
  explicit unit_exchange(node_totals& totals) : totals_(totals), hubs_(totals.hubs()), search_(hubs_) {}

  // A solved table, as exchange_search::add() takes it. Its loads are not added to the totals.
  void add(solved_flow& table, std::span<const std::uint32_t> hub_of) { search_.add(table, hub_of); }

  // Makes all exchanges that improve the totals and cost nothing, in the last table only or in all of them.
  void balance_last() { balance(search_.tables() - 1, search_.tables()); }
  void balance_all() { balance(0, search_.tables()); }

  // Makes exchanges that cost something, at most `budget` in total. The cheapest come first, up to the cost of 8 moves;
  // dearer ones are rare, and come in any order. Among exchanges of one cost, the one for the node that is farthest
  // from its fair total comes first; each moves that node closer. Must be called last.
  void pay(std::uint64_t budget) {
    left_ = budget;
    for (most_cost_ = 1; left_ > 0; most_cost_ = most_cost_ < 8 ? most_cost_ + 1 : left_) {
      too_dear_ = false;
      closed_.assign(hubs_, 0);
      for (bool more = true; more;) more = pay_next();
      if (!too_dear_ || most_cost_ >= left_) return;
    }
  }

 private:
  // ---- Free exchanges.

  void balance(std::size_t first, std::size_t last) {
    for (;;) {
      cheapest_ = 0;
      for (hub node = 1; node < hubs_; ++node) {
        if (totals_.cost_of_one(node) < totals_.cost_of_one(cheapest_)) cheapest_ = node;
      }
      search_.begin(first, last);
      end_ = none;
      while (end_ == none) {
        // The unseen hub with the largest gain.
        source_ = none;
        for (hub node = 0; node < hubs_; ++node) {
          if (totals_.now(node) == 0 || search_.is_seen(node)) continue;
          if (source_ == none || totals_.gain_without_one(source_) < totals_.gain_without_one(node)) source_ = node;
        }
        if (source_ == none) return;
        gain_ = totals_.gain_without_one(source_);
        if (!(totals_.cost_of_one(cheapest_) < gain_)) return;
        search_.add_source(source_);
        search_.flood([this](hub node) { offer(node); }, [this] { return is_best_end(); });
      }
      take();
    }
  }

  // For each hub that the search reaches.
  void offer(hub node) {
    const auto cost = totals_.cost_of_one(node);
    if (cost < gain_ && (end_ == none || cost < totals_.cost_of_one(end_))) end_ = node;
  }

  [[nodiscard]] bool is_best_end() const noexcept {
    return end_ != none && !(totals_.cost_of_one(cheapest_) < totals_.cost_of_one(end_));
  }

  // ---- Exchanges that cost something.

  // Makes one exchange, or closes some node to a tier. Returns whether there is more to try.
  bool pay_next() {
    std::uint64_t most = 0;
    for (hub node = 0; node < hubs_; ++node) {
      if (closed_[node] < tiers) most = (std::max)(most, distance(node));
    }
    if (most == 0 || left_ == 0) return false;
    for (std::uint32_t tier = 0; tier < tiers; ++tier) {
      if (exchange_at(most, tier)) break;
    }
    return true;
  }

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

  // A cheapest path from one of the sources to one of the ends; takes it if it costs no more than limit().
  bool exchange(std::vector<hub>& sources, const std::vector<hub>& ends) {
    if (sources.empty() || ends.empty()) return false;
    // An exchange costs the difference of the potentials of its ends, so sources with the highest potential come first.
    std::int32_t start = search_.potential(sources.front());
    for (const hub node : sources) start = (std::max)(start, search_.potential(node));
    // Not std::stable_sort, which makes newer clangs warn in every program that includes this with libstdc++ 12.
    std::sort(sources.begin(), sources.end(), [this](hub a, hub b) {
      const auto of_a = totals_.gain_without_one(a), of_b = totals_.gain_without_one(b);
      return of_b < of_a || (!(of_a < of_b) && a < b);
    });
    is_end_.assign(hubs_, false);
    cheapest_ = ends.front();
    for (const hub node : ends) {
      is_end_[node] = true;
      if (totals_.cost_of_one(node) < totals_.cost_of_one(cheapest_)) cheapest_ = node;
    }
    // Nearly always one table is enough, and its search is short. The table of the last exchange comes first.
    for (std::size_t i = 0; i < search_.tables(); ++i) {
      const std::size_t table = (last_paid_ + i) % search_.tables();
      if (!search_from(sources, start, table, table + 1)) continue;
      last_paid_ = table;
      return take_for(start);
    }
    std::size_t reached = 0;
    std::int64_t patience = 0;
    while (!search_from(sources, start, 0, search_.tables())) {
      // Where so many rises reach nothing new, there is nothing to reach.
      if (search_.visited() > reached) {
        reached = search_.visited();
        patience = search_.most_rises();
      }
      std::int64_t cheapest = none;
      for (const hub node : ends) cheapest = (std::min)(cheapest, std::int64_t{search_.potential(node)} + 1 - start);
      if (--patience < 0) return false;
      if (cheapest > limit()) {
        too_dear_ = true;
        return false;
      }
      search_.raise_unseen();
    }
    return take_for(start);
  }
  bool take_for(std::int32_t start) {
    // A path that saves moves gives them back.
    left_ -= static_cast<std::uint64_t>(std::int64_t{search_.potential(end_)} - start);
    take();
    return true;
  }

  // One search, in these tables, from those sources that have the potential `start`, in order. Returns whether it
  // reaches an end at a cost of at most limit().
  bool search_from(const std::vector<hub>& sources, std::int32_t start, std::size_t first, std::size_t last) {
    search_.begin(first, last);
    end_ = none;
    const auto reach = [this, start](hub node) {
      if (!is_end_[node] || std::int64_t{search_.potential(node)} - start > limit()) return;
      if (end_ == none || totals_.cost_of_one(node) < totals_.cost_of_one(end_)) end_ = node;
    };

    for (const hub node : sources) {
      if (search_.potential(node) != start || search_.is_seen(node)) continue;
      search_.add_source(node);
      search_.flood(reach, [this] { return is_best_end(); });
      if (end_ != none) return true;
    }
    return false;
  }

  void take() { totals_.move(search_.take(end_), end_); }

  [[nodiscard]] std::int64_t limit() const noexcept {
    constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
    return static_cast<std::int64_t>((std::min)({left_, most_cost_, most}));
  }

  node_totals& totals_;
  hub hubs_;
  exchange_search search_;
  hub end_ = none;       // the best end that the search has reached
  hub source_ = none;    // free exchanges: where the search is coming from
  hub cheapest_ = none;  // no end is better than this one
  node_totals::worth gain_ = {0, 0, 1};

  // ---- For exchanges that cost something.

  static constexpr std::uint32_t tiers = 3;
  std::vector<std::uint32_t> closed_;  // by hub: the tiers below are closed to it
  std::vector<bool> is_end_;           // by hub
  std::uint64_t left_ = 0;             // what exchanges may still cost
  std::uint64_t most_cost_ = 0;        // what the next one may cost
  bool too_dear_ = false;              // whether one was refused for its cost
  std::size_t last_paid_ = 0;          // the table of the last exchange
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
