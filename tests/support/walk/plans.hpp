// SPDX-License-Identifier: MIT
// Small migrations between two slot tables, for walks: tables that were planned, and tables that break every rule of
// planning (missing copies, holes, two copies in a domain).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include "support/choices.hpp"

namespace test::walk {

using table = quoit::slot_table<>;
using transition = quoit::transition<table>;
using node_list = std::vector<quoit::node_spec<std::string>>;

struct migration {
  table before;
  table after;
  quoit::transition_options<std::string> options;
};

inline std::string choose_domain(choices& c) {
  static const char* const domains[] = {"", "a", "a/x", "a/y", "b", "b/x"};
  return domains[c.below(6)];
}

inline node_list choose_nodes(choices& c) {
  node_list nodes;
  const std::size_t count = 2 + c.index(5);
  for (std::size_t i = 0; i < count; ++i)
    nodes.push_back({"n" + std::to_string(i), 1 + static_cast<std::int64_t>(c.below(3)), choose_domain(c)});
  return nodes;
}

/// Some nodes leave, some change weight or domain, some join.
inline node_list changed(choices& c, std::span<const quoit::node_spec<std::string>> nodes) {
  node_list next;
  for (const auto& node : nodes) {
    const std::uint64_t what = c.below(8);
    if (what == 1) continue;
    next.push_back(node);
    if (what == 2) next.back().weight = static_cast<std::int64_t>(c.below(4));
    if (what == 3) next.back().domain = choose_domain(c);
  }
  for (std::uint64_t joining = c.below(3); joining > 0; --joining)
    next.push_back({"x" + std::to_string(joining), 1 + static_cast<std::int64_t>(c.below(2)), choose_domain(c)});
  if (next.empty()) next.push_back({"x9", 1, {}});
  return next;
}

/// Any lists, also without any copy: most copies of `before` stay if there is a table before.
inline table any_table(choices& c, const node_list& nodes, const quoit::slot_table_options& options,
                       const table* before = nullptr) {
  const auto rank_of = [&](const std::string* node) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (node != nullptr && nodes[i].node == *node) return i;
    }
    return table::no_node;
  };
  std::vector<std::uint32_t> lists;
  for (std::uint64_t slot = 0; slot < options.slots; ++slot) {
    std::vector<std::uint32_t> list(options.replicas, table::no_node);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (before != nullptr && !c.chance(3)) list[i] = rank_of(before->at(slot, i));
    }
    for (std::uint32_t& entry : list) {
      const std::uint32_t candidate = c.number(static_cast<std::uint32_t>(nodes.size()));
      if (entry == table::no_node && !c.chance(6) && std::find(list.begin(), list.end(), candidate) == list.end())
        entry = candidate;
    }
    if (c.chance(6)) c.shuffle(list);
    lists.insert(lists.end(), list.begin(), list.end());
  }
  return table(nodes, lists, options);
}

/// 2 to 6 nodes, 1 to 12 slots, 1 to 4 copies, with joins, leaves, weights, domains, losses and limits.
inline migration choose_migration(choices& c) {
  const node_list nodes = choose_nodes(c);
  quoit::slot_table_options size;
  size.slots = 1 + c.below(12);
  size.replicas = 1 + c.index((std::min<std::size_t>)(4, nodes.size()));
  quoit::plan_options spread;
  if (c.chance(2)) spread.spread = quoit::spread_rule::weighted();
  if (c.chance(3)) spread.balance_primaries = false;
  const bool planned = !c.chance(3);
  migration result{planned ? quoit::build(nodes, size, spread) : any_table(c, nodes, size), {}, {}};
  const node_list next = changed(c, nodes);
  if (c.chance(2)) {
    result.after = any_table(c, next, size, &result.before);
  } else {
    const auto active = std::ranges::count_if(next, [](const auto& node) { return node.weight > 0; });
    spread.replicas = (std::min)(size.replicas + c.index(2), static_cast<std::size_t>(active));
    // No node with a weight is left, or the table had no copies: any table is as good.
    if (spread.replicas == 0) result.after = any_table(c, next, size, &result.before);
    else result.after = quoit::plan(result.before, next, spread).after();
  }

  auto& options = result.options;
  const std::size_t width = (std::max)(result.before.replica_count(), result.after.replica_count());
  if (c.chance(6)) options.replicas = 1 + c.index(width);
  const bool one_copy = (options.replicas != 0 ? options.replicas : width) == 1;
  options.how = static_cast<quoit::access>(c.below(4));
  if (options.how == quoit::access::store && !one_copy) options.how = quoit::access::replicated;
  if (c.chance(6)) options.apart = quoit::spread::domains;
  options.leaving_nodes_serve = !c.chance(3);
  if (c.chance(6)) options.failed.push_back(nodes[c.index(nodes.size())].node);
  options.limits.in = 1 + c.number(3);
  options.limits.out = 1 + c.number(3);
  const bool overlaps = options.how == quoit::access::cache || one_copy;
  if (overlaps && options.how != quoit::access::replicated) options.limits.per_part = 1 + c.number(3);
  if (c.chance(4)) options.limits.total = 1 + c.number(3);
  if (c.chance(4)) options.limits.unit = quoit::transfer_unit::streams;
  return result;
}

/// The nodes that hold nothing at the beginning.
inline std::set<std::string> lost_at_first(const migration& m) {
  std::set<std::string> lost(m.options.failed.begin(), m.options.failed.end());
  for (const auto& node : m.before.nodes()) {
    if (!m.options.leaving_nodes_serve && !m.after.contains_node(node.node)) lost.insert(node.node);
  }
  return lost;
}

}  // namespace test::walk
