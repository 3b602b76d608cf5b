// SPDX-License-Identifier: MIT
// Plans tables together, stage by stage, and evens out the totals of the nodes between the stages. A single table whose
// nodes carry other tables is a group of one.
//
//   each table:  start() ─┐          place(), start_primaries() ─┐            finish()
//   all tables:           └─▶ exchange copies ─▶                 └─▶ exchange primaries ─▶
//
// While tables are added, the copies of the last one are exchanged for the totals so far: a table has few copies, so
// that is fast, and it leaves little to exchange between tables.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/plan/exchange.hpp>
#include <quoit/detail/plan/maker.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/plan/totals.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/node.hpp>
#include <quoit/node_id.hpp>
#include <quoit/plan_options.hpp>
#include <quoit/slot_plan.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The smallest and largest total, and the largest distance from a fair total.
struct total_range {
  std::uint64_t least = (std::numeric_limits<std::uint64_t>::max)();
  std::uint64_t most = 0;
  std::uint64_t imbalance = 0;
};

template <class Table>
class plan_group {
  using maker = plan_maker<Table>;
  using hub = node_totals::hub;

 public:
  // The tables to plan, at least one, with the same nodes and options. Throws std::invalid_argument for a node that is
  // carried and unknown or leads more than it holds, and for too many copies.
  explicit plan_group(std::span<const std::unique_ptr<maker>> makers) : makers_(makers) {
    read_carried();
    std::uint64_t vertices = nodes().size();
    for (const auto& one : makers_) {
      units_ += one->slots() * one->options().replicas;
      vertices += one->ranks().size();
    }
    if (vertices >= none) {
      throw_invalid_argument("plan_all: " + std::to_string(makers_.size()) + " tables of " +
                             std::to_string(nodes().size()) +
                             " nodes are too many to plan together; the maximum is 2^32 - 2 tables × nodes, so plan "
                             "them in parts, with plan_options::carried");
    }
    if (units_ > fair_totals::most_units) refuse_copies();
  }

  // Plans all tables, up to finish() of each. Moves beyond the fewest, and changes of primaries beyond the fewest, may
  // be made for the totals.
  void run(std::uint64_t moves = 0, std::uint64_t primaries = 0) {
    for (const auto& one : makers_) one->start();
    const maker& first = *makers_.front();
    fair_totals fair(first.tree(), first.weights(), static_cast<std::uint32_t>(first.options().replicas),
                     first.options().spread);
    node_totals copies(hubs());
    if (!first.options().locked.empty()) {
      // Locked nodes are entitled to what they hold, and the others share the rest.
      std::vector<std::uint64_t> open;
      for (std::uint32_t node = 0; node < first.weights().size(); ++node) {
        open.push_back(first.weights()[node] == 0 || first.locked()[node] ? 0 : fair.weight(node));
      }
      fair.use(std::move(open));
    }
    copies_ = even_out(fair, first.locked(), carried_copies_, moves, first.options().replicas, copies,
                       [](maker& one) { return &one.planner().copies(); });
    for (const auto& one : makers_) one->planner().place(true);
    if (!first.leading().empty()) {
      fair.use({first.leading().begin(), first.leading().end()});
    } else if (!first.options().locked.empty()) {
      // A locked node leads its share of what it holds.
      std::vector<std::uint64_t> held;
      for (const std::uint32_t rank : first.ranks()) held.push_back(rank == none ? 0 : copies.now(rank));
      fair.use(std::move(held));
    }
    node_totals leaders(hubs());
    leaders_ = even_out(fair, {}, carried_leaders_, primaries, 1, leaders,
                        [](maker& one) { return one.planner().start_primaries(true); });
  }

  // After run().
  [[nodiscard]] const total_range& copies() const noexcept { return copies_; }
  [[nodiscard]] const total_range& leaders() const noexcept { return leaders_; }

 private:
  [[nodiscard]] const auto& nodes() const noexcept { return makers_.front()->nodes(); }

  void read_carried() {
    carried_copies_.assign(nodes().size(), 0);
    carried_leaders_.assign(nodes().size(), 0);
    for (const carried_load& one : makers_.front()->options().carried) {
      const std::uint32_t rank = find_node_id(nodes(), one.node, node_of_spec);
      if (rank == none) {
        throw_invalid_argument("plan: node '" + one.node.text() + "' carries " + std::to_string(one.copies) +
                               " copies, but is not among the " + std::to_string(nodes().size()) +
                               " nodes of the plan; name only these in plan_options::carried");
      }
      for (const std::uint64_t units : {one.copies, one.leaders}) {
        if (units > fair_totals::most_units || units_ > fair_totals::most_units) refuse_copies(one.node.text());
        units_ += units;
      }
      carried_copies_[rank] += one.copies;
      carried_leaders_[rank] += one.leaders;
    }
    for (std::size_t rank = 0; rank < carried_copies_.size(); ++rank) {
      if (carried_leaders_[rank] <= carried_copies_[rank]) continue;
      throw_invalid_argument("plan: node '" + quoit::id_text(nodes()[rank].node) + "' carries " +
                             std::to_string(carried_leaders_[rank]) + " leaders, but only " +
                             std::to_string(carried_copies_[rank]) +
                             " copies; each leader is a copy, so count it in carried_load::copies, too");
    }
  }

  [[noreturn]] static void refuse_copies(const std::string& node = {}) {
    throw_invalid_argument("plan: the tables" + (node.empty() ? std::string() : ", and what node '" + node + "'") +
                           " carries, have more than 2^52 copies and primaries together; give what nodes carry in "
                           "copies, not in bytes");
  }

  [[nodiscard]] hub hubs() const noexcept { return static_cast<hub>(nodes().size()); }

  // solve(maker) is the solved table, or null if its primaries stay as they are. Every slot has `units` units. The fair
  // total of a node that is `held` is what it holds; the list may be empty.
  template <class Solve>
  total_range even_out(const fair_totals& fair, const std::vector<bool>& held,
                       const std::vector<std::uint64_t>& carried, std::uint64_t budget, std::uint64_t units,
                       node_totals& totals, const Solve& solve) {
    const auto ranks = makers_.front()->ranks();
    const auto weights = makers_.front()->weights();
    const auto is_held = [&](std::uint32_t node) { return !held.empty() && held[node]; };
    std::uint64_t sum = 0;
    for (std::uint32_t node = 0; node < ranks.size(); ++node) {
      const hub rank = ranks[node];
      if (rank == none) continue;
      totals.add(rank, carried[rank]);
      if (weights[node] == 0) continue;  // what a drained node carries is not there to stay
      totals.set_weight(rank, fair.weight(node));
      if (!is_held(node)) sum += carried[rank];
    }
    unit_exchange exchange(totals);
    for (const auto& one : makers_) {
      sum += one->slots() * units;
      solved_flow* const solved = solve(*one);
      if (solved == nullptr) add_primaries(*one, totals);
      for (std::uint32_t node = 0; solved != nullptr && node < one->ranks().size(); ++node) {
        if (one->ranks()[node] == none) continue;
        const std::uint64_t load = solved->state.load(node);
        totals.add(one->ranks()[node], load);
        if (!held.empty() && one->locked()[node]) sum -= load;
      }
      for (std::uint32_t node = 0; node < ranks.size(); ++node) {
        const hub rank = ranks[node];
        if (rank == none || weights[node] == 0) continue;
        totals.set_fair(rank, is_held(node) ? floor_ceil{totals.now(rank), totals.now(rank)} : fair.of(node, sum));
      }
      if (solved == nullptr) continue;
      exchange.add(*solved, one->ranks());
      exchange.balance_last();
    }
    exchange.balance_all();
    exchange.pay(budget);
    total_range result;
    for (std::uint32_t node = 0; node < ranks.size(); ++node) {
      if (weights[node] == 0) continue;
      const hub rank = ranks[node];
      result.least = (std::min)(result.least, totals.now(rank));
      result.most = (std::max)(result.most, totals.now(rank));
      result.imbalance = (std::max)({result.imbalance, totals.above(rank), totals.below(rank)});
    }
    return result;
  }

  static void add_primaries(const maker& one, node_totals& totals) {
    const auto table = one.planner().table();
    for (std::size_t cell = 0; cell < table.size(); cell += one.options().replicas) {
      totals.add(one.ranks()[table[cell]], 1);
    }
  }

  std::span<const std::unique_ptr<maker>> makers_;
  std::vector<std::uint64_t> carried_copies_, carried_leaders_;  // by hub: the rank of a node
  std::uint64_t units_ = 0;
  total_range copies_, leaders_;
};

// A plan of one table whose nodes carry other tables.
template <class Table>
[[nodiscard]] slot_plan<Table> plan_beside(std::unique_ptr<plan_maker<Table>> maker, std::uint64_t version) {
  const std::unique_ptr<plan_maker<Table>> one[] = {std::move(maker)};
  plan_group<Table>(one).run();
  return one[0]->finish(version);
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
