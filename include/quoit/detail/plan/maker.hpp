// SPDX-License-Identifier: MIT
// One call of plan(): it turns the user's types into numbers for the planner, and the planner's answer back into types.
//
//   table, nodes ─▶ one list of nodes in id order, numbered ─▶ planner ─▶ numbers ─▶ table, moves, report
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/plan/budget.hpp>
#include <quoit/detail/plan/kept_copies.hpp>
#include <quoit/detail/plan/planner.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/detail/plan/reporter.hpp>
#include <quoit/detail/plan/substitutes.hpp>
#include <quoit/detail/table/lists.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/node.hpp>
#include <quoit/plan_options.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/slot_plan.hpp>
#include <quoit/slot_table_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Table>
class plan_maker {
  using node_type = typename Table::node_type;
  using spec_type = node_spec<node_type>;
  using vertex = domain_tree::vertex;

 public:
  // `before` may have no nodes. `label` is for messages about this table; others are about the nodes or the options,
  // which all tables share. Throws what plan() throws.
  plan_maker(const Table& before, std::vector<spec_type> nodes, const plan_options& options, table_label label = {})
      : before_(before), nodes_(std::move(nodes)), options_(options), label_(std::move(label)) {
    sort_specs("plan", nodes_);
    if (nodes_.empty()) throw_invalid_argument("plan: there are no nodes; give at least one with a weight above 0");
    if (check_weights("plan", nodes_) == 0) {
      throw_invalid_argument("plan: all " + std::to_string(nodes_.size()) + " nodes have weight 0 ('" +
                             quoit::id_text(nodes_.front().node) +
                             "' is the first); at least one needs a weight above 0");
    }
    leads_ = sets_leader_weight(nodes_);
    if (leads_) require_leader();
    if (options_.max_moves == std::uint64_t{0}) {
      throw_invalid_argument("plan: max_moves is 0, so that nothing could move; allow at least 1, or leave it unset to "
                             "make all moves");
    }
    if (options_.replicas == 0) options_.replicas = before_.options().replicas;
    check_replicas("plan", options_.replicas);
    unite();
    pin();
  }

  plan_maker(const plan_maker&) = delete;  // the planner refers to it
  plan_maker& operator=(const plan_maker&) = delete;

  [[nodiscard]] slot_plan<Table> make(std::uint64_t version) {
    start().place();
    planner_->start_primaries();
    return finish(version);
  }

  // ---- The same in stages, for exchanges between them. start(); place(); start_primaries(); finish(version).

  slot_planner& start() {
    stay_.emplace(typename kept_copies<spec_type>::request{before_.nodes(), nodes_, rank_before_, rank_after_, weights_,
                                                           gone_, old(), pinned_, label_},
                  options_);
    tree_.emplace(paths_);
    planner_.emplace(slot_planner::request{*tree_,
                                           weights_,
                                           gone_,
                                           old(),
                                           replicas(),
                                           options_.spread,
                                           pinned_,
                                           stay_->kept(),
                                           stay_->locked(),
                                           options_.balance_primaries,
                                           {leading_, weights_},
                                           options_.contiguous,
                                           label_.name});
    return *planner_;
  }
  [[nodiscard]] slot_planner& planner() noexcept { return *planner_; }
  [[nodiscard]] const slot_planner& planner() const noexcept { return *planner_; }

  [[nodiscard]] slot_plan<Table> finish(std::uint64_t version) {
    planner_->finish();
    if (!options_.max_moves) return finish(version, planner_->table(), nullptr);
    const budget_cut cut(*tree_, gone_, planner_->rules(), old(), {planner_->table(), replicas()},
                         !options_.balance_primaries, *options_.max_moves);
    return finish(version, cut.table(), &cut);
  }

  // ---- What the totals of many tables need. The tree exists after start().

  [[nodiscard]] const domain_tree& tree() const noexcept { return *tree_; }
  [[nodiscard]] std::span<const std::uint64_t> weights() const noexcept { return weights_; }
  // By number of the node. Empty if no leader weight is set.
  [[nodiscard]] std::span<const std::uint64_t> leading() const noexcept { return leading_; }
  // By number of the node. After start().
  [[nodiscard]] const std::vector<bool>& locked() const noexcept { return stay_->locked(); }
  [[nodiscard]] const plan_options& options() const noexcept { return options_; }
  // The new nodes, in id order.
  [[nodiscard]] const std::vector<spec_type>& nodes() const noexcept { return nodes_; }
  // By number of the node: its index in nodes(), or none if it is lost.
  [[nodiscard]] std::span<const std::uint32_t> ranks() const noexcept { return rank_after_; }
  [[nodiscard]] std::uint64_t slots() const noexcept { return before_.slot_count(); }

 private:
  [[nodiscard]] std::uint32_t replicas() const noexcept { return static_cast<std::uint32_t>(options_.replicas); }

  // `cut` is null without a budget.
  [[nodiscard]] slot_plan<Table> finish(std::uint64_t version, std::span<const vertex> next,
                                        const budget_cut* cut) const {
    std::vector<std::uint32_t> ranks(next.size());
    std::transform(next.begin(), next.end(), ranks.begin(),
                   [this](vertex node) { return node == none ? Table::no_node : rank_after_[node]; });
    slot_table_options options = before_.options();
    options.replicas = options_.replicas;
    Table after(nodes_, ranks, options, version, before_.hash(), before_.slots());

    std::vector<slot_move<node_type>> moves;
    if (cut != nullptr) moves.resize(cut->moves());
    plan_reporter report(*tree_, weights_, gone_, old(), {next, replicas()}, stay_->locked(),
                         cut != nullptr ? cut->replaced() : std::span<const vertex>());
    report.for_each_move([&](std::uint64_t slot, std::size_t position, vertex to, vertex replaces) {
      const slot_move<node_type> move{slot, position, &after.nodes()[rank_after_[to]].node,
                                      replaces == none ? nullptr : &before_.nodes()[rank_before_[replaces]].node};
      if (cut == nullptr) moves.push_back(move);
      else moves[cut->rank()[static_cast<std::size_t>(slot) * replicas() + position]] = move;
    });
    plan_report figures =
        report.finish(planner_->rules(), planner_->optimal(), planner_->lower_bound(), planner_->slack());
    figures.missing_slots = before_.missing_slots();
    figures.ranges = planner_->ranges();
    figures.fewest_ranges = planner_->fewest_ranges();
    if (cut != nullptr) {
      figures.whole_moves = cut->whole_moves();
      if (figures.optimal) figures.lower_bound = figures.whole_moves;
      if (figures.ranges != 0) figures.ranges = count_ranges(next);
    }
    auto substitutes = substitute_leaders_in(after, figures);
    return slot_plan<Table>(before_, std::move(after), std::move(moves), figures, std::move(substitutes));
  }

  // A node without a weight holds nothing, so it does not count.
  void require_leader() const {
    const spec_type* first = nullptr;
    std::size_t active = 0;
    for (const spec_type& spec : nodes_) {
      if (spec.weight == 0) continue;
      if (leader_weight_of(spec) > 0) return;
      if (active++ == 0) first = &spec;
    }
    throw_invalid_argument("plan: no node may lead: all " + std::to_string(active) +
                           " nodes with a weight have leader weight 0 ('" + quoit::id_text(first->node) +
                           "' is the first); at least one needs a leader weight above 0, or leave it unset for all");
  }

  [[nodiscard]] cell_rows old() const noexcept { return {old_, static_cast<std::uint32_t>(before_.replica_count())}; }

  // Merges both lists of nodes into one, in id order.
  void unite() {
    const auto old_nodes = before_.nodes();
    std::vector<vertex> number(old_nodes.size());
    merge_by_id(old_nodes, nodes_, node_of_spec, node_of_spec, [&](std::uint32_t before, std::uint32_t after) {
      const spec_type& spec = after != none ? nodes_[after] : old_nodes[before];
      if (before != none) number[before] = static_cast<vertex>(paths_.size());
      paths_.push_back(spec.domain);
      weights_.push_back(after != none ? static_cast<std::uint64_t>(spec.weight) : 0);
      if (leads_) leading_.push_back(after != none ? static_cast<std::uint64_t>(leader_weight_of(spec)) : 0);
      gone_.push_back(after == none);
      rank_before_.push_back(before);
      rank_after_.push_back(after);
    });
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
        throw_invalid_argument(label_.name + ": slot " + std::to_string(slot) + " is pinned, but there are only " +
                               std::to_string(pinned_.size()) + " slots; pin slots " + std::string(label_.pinnable));
      }
      const auto index = static_cast<std::size_t>(slot);
      const auto row = old()[index];
      const auto copies = static_cast<std::size_t>(
          std::count_if(row.begin(), row.end(), [this](vertex node) { return node != none && !gone_[node]; }));
      if (copies > options_.replicas) {
        throw_invalid_argument(label_.name + ": slot " + std::to_string(slot) + " is pinned with " +
                               std::to_string(copies) + " copies, but only " + std::to_string(options_.replicas) +
                               " replicas are allowed; raise replicas, or do not pin the slot");
      }
      pinned_[index] = true;
    }
  }

  const Table& before_;
  std::vector<spec_type> nodes_;
  plan_options options_;
  table_label label_;
  bool leads_ = false;
  // By number of the node.
  std::vector<std::string_view> paths_;
  std::vector<std::uint64_t> weights_;
  std::vector<std::uint64_t> leading_;  // leader weights, if some are set
  std::vector<bool> gone_;
  std::vector<std::uint32_t> rank_before_, rank_after_;

  std::vector<vertex> old_;   // by cell: the old table
  std::vector<bool> pinned_;  // by slot
  std::optional<kept_copies<spec_type>> stay_;
  std::optional<domain_tree> tree_;
  std::optional<slot_planner> planner_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
