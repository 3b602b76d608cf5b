// SPDX-License-Identifier: MIT
// One call of replace_node(): the same table with another node in the place of one of its nodes.
//
//   nodes    a   x   c               the ranks of the table before, and one number more for y
//   number   0   1   2   y: 3
//   before   0 1 │ 1 2 │ 2 -         after is before with 3 in the place of 1, so every other entry stays what it is:
//   after    0 3 │ 3 2 │ 2 -         other copies, their indices, and copies that are missing
//
// Rejected: a plan with all other slots pinned, which would still put the copies where the balance wants them.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/reporter.hpp>
#include <quoit/detail/plan/substitutes.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/node.hpp>
#include <quoit/node_id.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/slot_plan.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Table>
class node_replacer {
  using node_type = typename Table::node_type;
  using spec_type = node_spec<node_type>;
  using vertex = domain_tree::vertex;

 public:
  // new_spec(spec of the old node) gives the spec of the new one. Throws what replace_node() throws.
  template <class NewSpec>
  node_replacer(const Table& before, const node_id& old_node, const NewSpec& new_spec)
      : before_(before), nodes_(before.nodes().begin(), before.nodes().end()), old_(find(old_node)),
        new_(static_cast<vertex>(nodes_.size())) {
    spec_type spec = new_spec(std::as_const(nodes_[old_]));
    if (find_spec(nodes_, id_of(spec.node)) != none) {
      throw_invalid_argument("replace_node: node '" + quoit::id_text(spec.node) +
                             "' is in the table already; give a node that is new, or let plan() share out the copies "
                             "of '" +
                             old_node.text() + "' among the known nodes");
    }
    normalise_domain("replace_node", spec);
    nodes_[old_] = std::move(spec);
    check_weights("replace_node", nodes_);
  }

  [[nodiscard]] slot_plan<Table> make(bool lost) const {
    const auto ranks = before_.ranks();
    Table after(nodes_, std::vector<std::uint32_t>(ranks.begin(), ranks.end()), before_.options(),
                before_.version() + 1, before_.hash(), before_.slots());
    const node_type* const to = &after.find_node(nodes_[old_].node)->node;
    const node_type* const replaces = lost ? nullptr : &before_.nodes()[old_].node;

    std::vector<std::string_view> paths;
    std::vector<std::uint64_t> weights;
    for (const spec_type& spec : before_.nodes()) paths.push_back(spec.domain);
    for (const spec_type& spec : nodes_) weights.push_back(static_cast<std::uint64_t>(spec.weight));
    paths.push_back(nodes_[old_].domain);
    weights.push_back(std::exchange(weights[old_], 0));
    std::vector<bool> gone(paths.size(), false);
    gone[old_] = lost;
    const std::vector<bool> no_locks(paths.size(), false);
    std::vector<vertex> next(ranks.begin(), ranks.end());
    std::replace(next.begin(), next.end(), static_cast<vertex>(old_), new_);

    const domain_tree tree(paths);
    const auto width = static_cast<std::uint32_t>(before_.replica_count());
    plan_reporter report(tree, weights, gone, cell_rows{ranks, width}, cell_rows{next, width}, no_locks);
    std::vector<slot_move<node_type>> moves;
    report.for_each_move([&](std::uint64_t slot, std::size_t position, vertex, vertex) {
      moves.push_back({slot, position, to, replaces});
    });
    entitlement none_due;  // nothing less can do it, whatever nodes are entitled to
    none_due.least_load.assign(paths.size(), 0);
    plan_report figures = report.finish(none_due, true, 0, 0);
    figures.missing_slots = before_.missing_slots();
    auto substitutes = substitute_leaders_in(after, figures);
    return slot_plan<Table>(before_, std::move(after), std::move(moves), figures, std::move(substitutes));
  }

 private:
  // The rank of the node before.
  [[nodiscard]] std::size_t find(const node_id& id) const {
    const std::uint32_t rank = find_node_id(nodes_, id, node_of_spec);
    if (rank != none) return rank;
    constexpr bool integers = std::integral<id_type<node_type>>;
    throw_invalid_argument("replace_node: node '" + id.text() + "' is not in the table" +
                           (id.is_integer() == integers
                                ? std::string("; name one of its " + std::to_string(nodes_.size()) + " nodes")
                                : std::string(", whose ids are ") + (integers ? "integers" : "strings") +
                                      "; name a node by an id of that kind") +
                           ", or add nodes with plan()");
  }

  const Table& before_;
  std::vector<spec_type> nodes_;  // those of the table after, by rank before
  std::size_t old_;
  vertex new_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
