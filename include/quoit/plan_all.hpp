// SPDX-License-Identifier: MIT
// build_all and plan_all: many tables on the same nodes, planned together.
//
//   100 tables of one slot, R = 3, six nodes      alone      100 100   0   0   0 100 copies
//                                                 together    50  50  50  50  50  50
//
// A table with few slots cannot be even: each node holds floor or ceil of its entitlement, and the order of the nodes
// would decide which, in each table alike. plan_all() decides for all tables together, so that the total of each node
// is even, too.
//
// The result: each table is as good as plan() makes it, and the total of each node is floor or ceil of the sum of its
// entitlements. Proof: let each slot of each table have t copies on a node, the fraction that entitlement.hpp computes.
// Then every slot and domain is within its limits, which form a laminar family. So is every node in a table, and every
// node in total; these form another, because a total is the union of its tables. If fractions satisfy the limits of two
// laminar families, so do whole numbers (Edmonds, Submodular functions, matroids, and certain polyhedra, 1970).
// build_all() reaches that. For primaries the same holds with 1 / R in place of t.
//
// For existing tables, the fewest moves have priority. Among the tables with as few moves, the totals are the best: the
// squares of their distances from the fair totals have the least sum, and the largest distance is as small as possible.
//
// Rejected: a seed for each table that varies the order of the nodes, which is even on average only; moves for the
// totals by default, because no caller could predict their number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/named_options.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/detail/plan/group.hpp>
#include <quoit/detail/plan/kept_copies.hpp>
#include <quoit/detail/plan/maker.hpp>
#include <quoit/node.hpp>
#include <quoit/plan_options.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/slot_plan.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The options of plan_all().
struct plan_all_options {
  /// Options are given by name, as in {.moves_for_totals = 10}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// The options of each table. Slots and copies are pinned in every table, and nodes are locked in every table.
  /// `carried` is what the nodes carry in tables that take no part. With `contiguous`, a table has few ranges among
  /// those with the same loads. `max_moves` must not be set.
  plan_options each = {};
  /// The number of moves above the minimum that may be spent on even totals. 0: none, every table has its fewest moves.
  /// Each such exchange reduces the largest distance of a total from its fair total. An exchange costs a search: 4,360
  /// of them in 1,000 tables of 16 slots take a second or two.
  std::uint64_t moves_for_totals = 0;
  /// The same for primaries: how many slots, above the minimum, may change their primary. Such a change moves no copy.
  std::uint64_t primaries_for_totals = 0;
};

/// What plan_all() costs, and the totals of the nodes. A total is what a node with a weight above 0 holds in all tables
/// of the plan, and carries in others. Its fair total is its share of all copies, rounded down or up; that of a locked
/// node is what it holds, and the others share the rest. If a leader weight is set, the fair total of primaries is the
/// share by leader weight. Leaders are chosen after the copies, so the totals of primaries come as close to their fair
/// totals as the copies allow.
struct plan_all_report {
  /// Copies that a node must receive, in all tables.
  std::uint64_t moves = 0;
  /// The sum of the lower bounds of all tables: the fewest moves if each was planned alone. The moves above it were
  /// spent on even totals.
  std::uint64_t lower_bound = 0;
  /// Tables with at least one move.
  std::uint64_t moved_tables = 0;
  /// Moves that restore a missing or lost copy.
  std::uint64_t repairs = 0;
  /// Slots that have no copy left to copy from.
  std::uint64_t lost_slots = 0;
  /// Slots without any copy before the plan: holes.
  std::uint64_t missing_slots = 0;
  /// Slots that get another primary.
  std::uint64_t primaries_changed = 0;
  /// Slots whose primary has leader weight 0. 0 if no leader weight is set.
  std::uint64_t slots_without_leader = 0;

  /// Copies on the emptiest node, in total.
  std::uint64_t min_load = 0;
  /// Copies on the fullest node, in total.
  std::uint64_t max_load = 0;
  /// The largest distance of a node from its fair total, in copies. 0: every total is as even as theory allows.
  std::uint64_t imbalance = 0;
  /// Slots of the node with the fewest primaries, in total.
  std::uint64_t min_leaders = 0;
  /// Slots of the node with the most primaries, in total.
  std::uint64_t max_leaders = 0;
  /// The largest distance of a node from its fair total of primaries.
  std::uint64_t leader_imbalance = 0;
};

/// The result of plan_all(): a plan for each table, in order. O(1) and noexcept unless stated otherwise. Threads: not
/// synchronised, like a built-in type.
template <class Table>
class slot_plans {
 public:
  using table_type = Table;             ///< the type of the tables
  using value_type = slot_plan<Table>;  ///< the element type of the range

  /// For plan_all() only.
  slot_plans(std::vector<slot_plan<Table>> plans, const plan_all_report& report)
      : plans_(std::move(plans)), report_(report) {}

  /// The plan of each table, in the order of the tables.
  [[nodiscard]] const std::vector<slot_plan<Table>>& plans() const& noexcept { return plans_; }
  /// The plan of the table with that index, which must be less than size(): QUOIT_ASSERT.
  [[nodiscard]] const slot_plan<Table>& operator[](std::size_t index) const& noexcept {
    QUOIT_ASSERT(index < plans_.size(), "slot_plans: the index of a table must be less than size()");
    return plans_[index];
  }
  /// The plan of the first table.
  [[nodiscard]] auto begin() const& noexcept { return plans_.begin(); }
  /// One past the plan of the last table.
  [[nodiscard]] auto end() const& noexcept { return plans_.end(); }
  /// The number of tables.
  [[nodiscard]] std::size_t size() const noexcept { return plans_.size(); }
  /// Whether there are no tables.
  [[nodiscard]] bool empty() const noexcept { return plans_.empty(); }
  /// The next tables, in order. O(tables), allocates.
  [[nodiscard]] std::vector<Table> after() const {
    std::vector<Table> tables;
    tables.reserve(plans_.size());
    for (const slot_plan<Table>& one : plans_) tables.push_back(one.after());
    return tables;
  }
  /// The costs and the totals.
  [[nodiscard]] const plan_all_report& report() const& noexcept { return report_; }

  // ---- A temporary hands out nothing that refers to it (P9).

  /// The costs and the totals.
  [[nodiscard]] plan_all_report report() const&& noexcept { return report_; }
  void plans() const&& QUOIT_DETAIL_TEMPORARY("keep the plans in a variable first");
  void operator[](std::size_t) const&& QUOIT_DETAIL_TEMPORARY("keep the plans in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the plans in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the plans in a variable first");

 private:
  std::vector<slot_plan<Table>> plans_;
  plan_all_report report_;
};

namespace detail {

// What messages call the function, and its options of each table.
struct plan_all_names {
  std::string call;
  std::string each;

  // Tables are counted from 0.
  [[nodiscard]] std::string table(std::size_t index) const { return call + ": table " + std::to_string(index); }
};

// Throws std::invalid_argument if tables are not alike.
template <class Table>
void require_alike(const std::vector<Table>& tables, const plan_options& each, const plan_all_names& names) {
  const Table* known = nullptr;  // the first table that has nodes
  std::size_t known_at = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const Table& table = tables[i];
    const std::string name = names.table(i);
    if (each.replicas == 0 && table.replica_count() != tables.front().replica_count()) {
      throw_invalid_argument(name + " has " + std::to_string(table.replica_count()) + " replicas, but table 0 has " +
                             std::to_string(tables.front().replica_count()) +
                             "; plan tables with as many replicas together, or give all of them a new number: " +
                             names.each + ".replicas");
    }
    if (table.empty()) continue;
    if (known == nullptr) {
      known = &table;
      known_at = i;
      continue;
    }
    merge_by_id(known->nodes(), table.nodes(), node_of_spec, node_of_spec, [&](std::uint32_t a, std::uint32_t b) {
      if (a != none && b != none) return;
      const auto& node = a != none ? known->nodes()[a].node : table.nodes()[b].node;
      throw_invalid_argument(
          name + (a != none ? " does not know node '" : " knows node '") + quoit::id_text(node) + "', but table " +
          std::to_string(known_at) + (a != none ? " does" : " does not") +
          "; plan tables of the same nodes together, and tell each group what its nodes carry in the "
          "others: " +
          names.each + ".carried");
    });
  }
}

// Plans all tables. `versions`: of the next tables, by table.
template <class Table>
[[nodiscard]] slot_plans<Table> plan_tables(const std::vector<Table>& tables,
                                            const std::vector<node_spec<typename Table::node_type>>& nodes,
                                            const plan_all_options& options, bool fresh) {
  const plan_all_names names = fresh ? plan_all_names{"build_all", "options"} : plan_all_names{"plan_all", "each"};
  require_alike(tables, options.each, names);
  if (options.each.max_moves) {
    throw_invalid_argument(names.call + ": " + names.each + ".max_moves is " + std::to_string(*options.each.max_moves) +
                           ", but plans that are cut do not even out totals; leave it unset, or call plan() for one "
                           "table after the other, each with max_moves and carried");
  }
  std::vector<slot_plan<Table>> plans;
  plan_all_report report;
  if (tables.empty()) return slot_plans<Table>(std::move(plans), report);
  std::vector<std::unique_ptr<plan_maker<Table>>> makers;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    makers.push_back(std::make_unique<plan_maker<Table>>(tables[i], nodes, options.each,
                                                         table_label{names.table(i), "that every table has"}));
  }
  plan_group<Table> group(makers);
  group.run(options.moves_for_totals, options.primaries_for_totals);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    plans.push_back(makers[i]->finish(fresh ? 1 : tables[i].version() + 1));
    makers[i].reset();
    const plan_report& one = plans.back().report();
    report.moves += one.moves;
    report.lower_bound += one.lower_bound;
    report.moved_tables += one.moves > 0 ? 1U : 0U;
    report.repairs += one.repairs;
    report.lost_slots += one.lost_slots;
    report.missing_slots += one.missing_slots;
    report.slots_without_leader += one.slots_without_leader;
    report.primaries_changed += one.primaries_changed;
  }
  report.min_load = group.copies().least;
  report.max_load = group.copies().most;
  report.imbalance = group.copies().imbalance;
  report.min_leaders = group.leaders().least;
  report.max_leaders = group.leaders().most;
  report.leader_imbalance = group.leaders().imbalance;
  return slot_plans<Table>(std::move(plans), report);
}

}  // namespace detail

/// The next table after each of `tables`, a range of slot tables, for these nodes, as plan() takes them. Each load is
/// within one copy of its entitlement and each table has its fewest moves, as if it was planned alone; among such
/// tables, the totals of the nodes are as close as possible to their fair totals. Then moves_for_totals and
/// primaries_for_totals may be spent. The tables have the same number of replicas and the same nodes, or none; their
/// slots may differ. The result is a function of the list of tables, the set of nodes and the options.
///
/// Costs what plan() costs for each table, and the exchanges: each is one search, which visits at most all copies of
/// all tables and all nodes of each, and usually those of one table.
///
/// Throws what plan() throws, and std::invalid_argument if tables differ in replicas or nodes, if a node that is
/// carried is not one of the nodes, and if max_moves is set. Messages name the table, counted from 0, if only one of
/// them is the cause.
template <std::ranges::forward_range Tables>
[[nodiscard]] auto plan_all(Tables&& tables,
                            detail::nodes_argument<typename std::ranges::range_value_t<Tables>::node_type> nodes,
                            const plan_all_options& options = {}) {
  using table_type = std::ranges::range_value_t<Tables>;
  // Copies, which are cheap, because the elements of a view may be temporaries.
  const std::vector<table_type> kept(std::ranges::begin(tables), std::ranges::end(tables));
  return detail::plan_tables(kept, nodes.take(), options, false);
}

/// The first tables, of version 1, one for each element of `what`: like plan_all() from tables without nodes. The total
/// of each node is floor or ceil of the sum of its entitlements, in copies and in primaries. Costs what plan_all()
/// costs. Throws what plan_all() and the table's constructor throw.
template <class Table = slot_table<>>
[[nodiscard]] std::vector<Table> build_all(detail::nodes_argument<typename Table::node_type> nodes,
                                           const std::vector<slot_table_options>& what,
                                           const plan_options& options = {}) {
  std::vector<Table> tables;
  tables.reserve(what.size());
  for (const slot_table_options& one : what) tables.emplace_back(Table({}, {}, one));
  return detail::plan_tables(tables, nodes.take(), {.each = options}, true).after();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
