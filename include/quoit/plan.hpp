// SPDX-License-Identifier: MIT
// build and plan: the next slot table, with perfect balance, the spread that you ask for, and provably the fewest
// moves.
//
//   table now ─┐
//              ├─ plan ─▶ table next, moves, report
//   nodes ─────┘
//
// In the next table every node is within one slot of its entitlement, and every slot is spread over failure domains.
//
//   auto table = quoit::build<quoit::slot_table<>>(nodes, {.slots = 16384, .replicas = 3});
//   auto next  = quoit::plan(table, nodes_tomorrow);           // next.after(), next.moves(), next.report()
//
// Nodes are one list, as everywhere: id, weight, domain. A node of weight 0 drains: it gives everything away, and can
// still be copied from. A node of the table that the list does not name is lost, with all it held.
//
// The plan is a pure function of the table, the set of nodes and the options: their order does not matter, and every
// machine comes to the same one. Always plan from the table that is in force. detail/plan/flow.hpp has the algorithm,
// detail/plan/entitlement.hpp what a node is entitled to and why a perfect table always exists.
//
// Rejected: a budget of moves (take as many moves of the plan as you like, in its order, and plan again); thresholds
// below which an imbalance is left alone, as nothing would then say where the table stops.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/plan/planner.hpp>
#include <quoit/detail/plan/reporter.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/lists.hpp>
#include <quoit/node.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// How to plan.
struct plan_options {
  /// How copies are spread over failure domains.
  spread_rule spread = spread_rule::strict();
  /// Slots that may not move now; they keep all their copies that are not lost, and their primary. The nodes that this
  /// keeps above their entitlement are left there, and the others share the rest.
  std::vector<std::uint64_t> pinned = {};
  /// Off, copies never change their position (for erasure codes).
  bool balance_primaries = true;
  /// A new R; 0 keeps the table's.
  std::int64_t replicas = 0;
};

/// A copy of a slot that a node has to receive.
template <class Node>
struct slot_move {
  std::uint64_t slot = 0;          ///< less than Q
  std::size_t position = 0;        ///< in the list of the slot, less than R
  const Node* to = nullptr;        ///< who receives it; never null
  const Node* replaces = nullptr;  ///< who may drop its own afterwards; null where a copy was missing or is lost
};

/// What plan() gives; a value, whose moves refer to the nodes of its tables. O(1) and noexcept, where nothing else is
/// said. Threads: as with an int.
template <class Table>
class slot_plan {
 public:
  using table_type = Table;                     ///< of before() and after()
  using node_type = typename Table::node_type;  ///< whom moves() name

  /// For plan().
  slot_plan(Table before, Table after, std::vector<slot_move<node_type>> moves, plan_report report)
      : before_(std::move(before)), after_(std::move(after)), moves_(std::move(moves)), report_(std::move(report)) {}

  /// What plan() was given.
  [[nodiscard]] const Table& before() const noexcept { return before_; }
  /// The next table: the result.
  [[nodiscard]] const Table& after() const noexcept { return after_; }
  /// Ascending by slot and position. quoit::transition puts them into an order, with sources and rounds.
  [[nodiscard]] const std::vector<slot_move<node_type>>& moves() const noexcept { return moves_; }
  /// What it costs, and what it comes to.
  [[nodiscard]] const plan_report& report() const noexcept { return report_; }

 private:
  Table before_;
  Table after_;
  std::vector<slot_move<node_type>> moves_;
  plan_report report_;
};

namespace detail {

// One call of plan(): numbers the nodes of both lists, and turns numbers back into nodes.
template <class Table>
class plan_maker {
  using node_type = typename Table::node_type;
  using spec_type = node_spec<node_type>;
  using vertex = domain_tree::vertex;

 public:
  // `before` may have no nodes.
  plan_maker(const Table& before, std::vector<spec_type> nodes, const plan_options& options)
      : before_(before), nodes_(std::move(nodes)), options_(options) {
    sort_specs("plan", nodes_);
    if (nodes_.empty()) throw_invalid_argument("plan: there are no nodes");
    if (check_weights("plan", nodes_) == 0) {
      throw_invalid_argument("plan: all " + std::to_string(nodes_.size()) + " nodes have weight 0, '" +
                             quoit::id_text(nodes_.front().node) + "' and the others: none may hold anything");
    }
    if (options_.replicas == 0) options_.replicas = before_.options().replicas;
    if (options_.replicas < 1 || options_.replicas > most_replicas) {
      throw_invalid_argument("plan: replicas = " + std::to_string(options_.replicas) + "; it must be 1 to " +
                             std::to_string(most_replicas));
    }
    unite();
    pin();
  }

  [[nodiscard]] slot_plan<Table> make(std::uint64_t version) {
    const domain_tree tree(paths_);
    const auto replicas = static_cast<std::uint32_t>(options_.replicas);
    const cell_rows old{old_, static_cast<std::uint32_t>(before_.replica_count())};
    const slot_planner planner(
        {tree, weights_, gone_, old, replicas, options_.spread, pinned_, options_.balance_primaries});

    const auto next = planner.table();
    std::vector<std::uint32_t> ranks(next.size());
    std::transform(next.begin(), next.end(), ranks.begin(), [this](vertex node) { return rank_after_[node]; });
    slot_table_options options = before_.options();
    options.replicas = options_.replicas;
    Table after(nodes_, ranks, options, version, before_.hash(), before_.slots());

    std::vector<slot_move<node_type>> moves;
    plan_reporter report(tree, weights_, gone_, old, {next, replicas});
    report.for_each_move([&](std::uint64_t slot, std::size_t position, vertex to, vertex replaces) {
      moves.push_back({slot, position, &after.nodes()[rank_after_[to]].node,
                       replaces == none ? nullptr : &before_.nodes()[rank_before_[replaces]].node});
    });
    return slot_plan<Table>(before_, std::move(after), std::move(moves),
                            report.finish(planner.rules(), planner.optimal(), planner.slack()));
  }

 private:
  // Both lists of nodes as one, in id order.
  void unite() {
    const auto old = before_.nodes();
    std::size_t b = 0, a = 0;
    std::vector<vertex> number(old.size());
    while (b < old.size() || a < nodes_.size()) {
      const bool take_before = a == nodes_.size() || (b < old.size() && !spec_less(nodes_[a], old[b]));
      const bool take_after = b == old.size() || (a < nodes_.size() && !spec_less(old[b], nodes_[a]));
      const spec_type& spec = take_after ? nodes_[a] : old[b];
      if (take_before) number[b] = static_cast<vertex>(paths_.size());
      paths_.push_back(spec.domain);
      weights_.push_back(take_after ? static_cast<std::uint64_t>(spec.weight) : 0);
      gone_.push_back(!take_after);
      rank_before_.push_back(take_before ? static_cast<std::uint32_t>(b++) : none);
      rank_after_.push_back(take_after ? static_cast<std::uint32_t>(a++) : none);
    }
    if (before_.empty()) {
      old_.assign(static_cast<std::size_t>(before_.slot_count()) * before_.replica_count(), none);
    } else {
      for (const std::uint32_t rank : before_.ranks()) old_.push_back(rank == Table::no_node ? none : number[rank]);
    }
  }

  void pin() {
    pinned_.assign(static_cast<std::size_t>(before_.slot_count()), false);
    for (const std::uint64_t slot : options_.pinned) {
      if (slot >= pinned_.size()) {
        throw_invalid_argument("plan: slot " + std::to_string(slot) + " is pinned, and there are only " +
                               std::to_string(pinned_.size()));
      }
      const auto row = static_cast<std::size_t>(slot);
      std::int64_t copies = 0;
      for (std::size_t i = 0; i < before_.replica_count(); ++i) {
        const vertex node = old_[row * before_.replica_count() + i];
        if (node != none && !gone_[node]) ++copies;
      }
      if (copies > options_.replicas) {
        throw_invalid_argument("plan: slot " + std::to_string(slot) + " is pinned with " + std::to_string(copies) +
                               " copies, and may keep only " + std::to_string(options_.replicas));
      }
      pinned_[row] = true;
    }
  }

  const Table& before_;
  std::vector<spec_type> nodes_;
  plan_options options_;
  std::vector<std::string_view> paths_;  // these by number
  std::vector<std::uint64_t> weights_;
  std::vector<bool> gone_;
  std::vector<std::uint32_t> rank_before_, rank_after_;
  std::vector<vertex> old_;   // by cell
  std::vector<bool> pinned_;  // by slot
};

}  // namespace detail

/// The table that follows `from` when these are the nodes: node_spec elements, or plain nodes (weight 1), in any order.
/// Its version is one higher. A table that breaks the rules of today (copies missing, two in a domain, nodes that are
/// gone) is repaired. O(Q × R) and the flow: milliseconds for 16,384 slots and 1,000 nodes, some seconds for a
/// million slots; at worst a search of O(Q × R × levels of domains) for every copy that stands wrong and every node.
/// Throws std::invalid_argument, naming the culprit, for no nodes or none with a weight, an id given
/// twice, a negative weight, weights whose sum is 2^63 or more, replicas out of range, fewer nodes than replicas, a
/// spread that the domains cannot give, and pins of slots that are not there or would lose a copy.
template <class Table, std::ranges::input_range Nodes>
[[nodiscard]] slot_plan<Table> plan(const Table& from, Nodes&& nodes, const plan_options& options = {}) {
  return detail::plan_maker<Table>(from, detail::to_specs<typename Table::node_type>(nodes), options)
      .make(from.version() + 1);
}
/// The same for a list in braces.
template <class Table>
[[nodiscard]] slot_plan<Table> plan(const Table& from,
                                    std::initializer_list<node_spec<typename Table::node_type>> nodes,
                                    const plan_options& options = {}) {
  return plan<Table, std::initializer_list<node_spec<typename Table::node_type>>>(from, std::move(nodes), options);
}

/// The first table, of version 1: as plan() from a table without nodes. Costs what plan() costs, and throws what that
/// and the table's constructor throw.
template <class Table = slot_table<>, std::ranges::input_range Nodes>
[[nodiscard]] Table build(Nodes&& nodes, const slot_table_options& what = {}, const plan_options& options = {}) {
  return detail::plan_maker<Table>(Table({}, {}, what), detail::to_specs<typename Table::node_type>(nodes), options)
      .make(1)
      .after();
}
/// The same for a list in braces.
template <class Table = slot_table<>>
[[nodiscard]] Table build(std::initializer_list<node_spec<typename Table::node_type>> nodes,
                          const slot_table_options& what = {}, const plan_options& options = {}) {
  return build<Table, std::initializer_list<node_spec<typename Table::node_type>>>(std::move(nodes), what, options);
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
