// SPDX-License-Identifier: MIT
// replace_node: a table with another node in the place of one of its nodes, and the moves that lead there.
//
//   before   a x c │ x b a │ c b -       replace_node(table, "x", "y")
//   after    a y c │ y b a │ c b -       exactly x's copies move, each to y, each to the same index
//
// plan() is for nodes that join and leave: it may move copies of other nodes, too, and may give y other slots than x
// had. Here y takes over exactly what x had, as when a machine is exchanged.
//
// Rejected: a rule of plan() that finds out by itself which node replaces which; the lists of nodes do not say so.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <quoit/detail/core/named_options.hpp>
#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/detail/plan/replacer.hpp>
#include <quoit/node.hpp>
#include <quoit/node_id.hpp>
#include <quoit/slot_plan.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A node that takes the place of another one, as in {.node = "y", .weight = 2}.
template <class Node>
struct new_node {
  /// Id and payload. (A string is made from one argument only.)
  std::conditional_t<std::is_aggregate_v<Node>, Node, detail::single_node<Node>> node;
  std::optional<std::int64_t> weight = {};         ///< as in node_options; if left out, that of the old node
  std::optional<std::string> domain = {};          ///< as in node_options; if left out, that of the old node
  std::optional<std::int64_t> leader_weight = {};  ///< as in node_options; if left out, as the old node has it
};

/// The options of replace_node().
struct replace_options {
  /// Options are given by name, as in {.lost = true}: a plain value is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// Whether the old node is lost with its copies. If not, it can still send them.
  bool lost = false;
};

namespace detail {

template <class New, class Node>
concept plain_new_node = std::same_as<std::remove_cvref_t<New>, node_spec<Node>> || converts_to_node<New, Node>;

}  // namespace detail

/// The table with `node` in the place of `old_node`, which is an id or a node of the table:
///
///     const auto plan = quoit::replace_node(table, "x", "y");
///     quoit::transition migration(plan.before(), plan.after(), {.leaving_nodes_serve = true});
///     // … and afterwards plan.after() has y in the place of x
///
/// Exactly the copies of the old node move, each to the new node at the same index of the same slot. All other copies
/// stay, and missing ones stay missing. The nodes of after() are those of `from` with the new node instead of the old
/// one; its version is one higher.
///
/// The new node is a plain node, or new_node in braces: {.node = "y", .weight = 2}. Omitted values are copied from the
/// old node, even a weight of 0: a later plan then drains the new node. A whole node_spec has a weight, a domain and a
/// leader weight of its own. If they differ from those of the old node, neither balance nor spread is checked, and
/// every slot keeps its leader: `report().dispersion` counts what is not spread, `substitute_leaders()` has the nodes
/// that lead with leader weight 0, and a later plan() corrects all that. If they are the same, and if plan() with
/// default options would not change `from`, it does not change after() either.
///
/// In the report `optimal` is true, because every copy of the old node has to move. If the node is lost, all moves are
/// `repairs` and replace nothing, and `lost_slots` counts the slots that it held alone. `slack` is 0. If
/// `leaving_nodes_serve` is true, a transition also copies from nodes that `after` does not have.
///
/// O(Q × R + nodes log nodes) and the choice of sources for max_out, allocates.
///
/// Throws std::invalid_argument, and names the culprit, if the table has no such node (also if the id is of the other
/// kind, an integer or a string), if it has the new node already, if the weight or the leader weight is negative or the
/// sum of either is 2^63 or more, and if the domain has more than max_domain_levels levels.
template <class Table, class New>
  requires detail::plain_new_node<New, typename Table::node_type>
[[nodiscard]] slot_plan<Table> replace_node(const Table& from, const node_id& old_node, New&& node,
                                            const replace_options& options = {}) {
  using spec_type = node_spec<typename Table::node_type>;
  const auto new_spec = [&](const spec_type& old) {
    if constexpr (std::same_as<std::remove_cvref_t<New>, spec_type>) {
      return spec_type(std::forward<New>(node));
    } else {
      spec_type spec = old;
      spec.node = detail::make_node<typename Table::node_type>(std::forward<New>(node));
      return spec;
    }
  };
  return detail::node_replacer<Table>(from, old_node, new_spec).make(options.lost);
}

/// The same for a node in braces.
template <class Table>
[[nodiscard]] slot_plan<Table> replace_node(const Table& from, const node_id& old_node,
                                            new_node<typename Table::node_type> node,
                                            const replace_options& options = {}) {
  using node_type = typename Table::node_type;
  const auto new_spec = [&](const node_spec<node_type>& old) {
    node_spec<node_type> spec = old;
    if constexpr (std::is_aggregate_v<node_type>) spec.node = std::move(node.node);
    else spec.node = std::move(node.node.node);
    if (node.weight) spec.weight = *node.weight;
    if (node.domain) spec.domain = *std::move(node.domain);
    if (node.leader_weight) spec.leader_weight = node.leader_weight;
    return spec;
  };
  return detail::node_replacer<Table>(from, old_node, new_spec).make(options.lost);
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
