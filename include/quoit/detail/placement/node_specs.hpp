// SPDX-License-Identifier: MIT
// Checks and conversions for node descriptions: every placement turns its input into a list in id order, and its
// fingerprint covers that list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/fwd.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node>
bool spec_less(const node_spec<Node>& a, const node_spec<Node>& b) noexcept {
  return id_less(id_of(a.node), id_of(b.node));
}

template <class Node>
bool same_id(const node_spec<Node>& a, const node_spec<Node>& b) noexcept {
  return id_equal(id_of(a.node), id_of(b.node));
}

// The weight by which a node leads.
template <class Node>
[[nodiscard]] std::int64_t leader_weight_of(const node_spec<Node>& spec) noexcept {
  return spec.leader_weight.value_or(spec.weight);
}

// The weight by which a node is to own keys, as the first of their nodes: its leader weight in a slot_table.
template <class Placement, class Entry>
[[nodiscard]] std::int64_t owner_weight(const Placement&, const Entry& entry) noexcept {
  return entry.weight;
}
template <class Node, class Hash, class Slots>
[[nodiscard]] std::int64_t owner_weight(const slot_table<Node, Hash, Slots>&, const node_spec<Node>& spec) noexcept {
  return leader_weight_of(spec);
}

// Whether some leader weight is set.
template <class Specs>
[[nodiscard]] bool sets_leader_weight(const Specs& specs) noexcept {
  return std::any_of(specs.begin(), specs.end(), [](const auto& spec) { return spec.leader_weight.has_value(); });
}

// Whether id, weights and domain (in normal form) are equal. The payload does not count.
template <class Node>
bool same_description(const node_spec<Node>& a, const node_spec<Node>& b) noexcept {
  return same_id(a, b) && a.weight == b.weight && a.domain == b.domain && a.leader_weight == b.leader_weight;
}

// Throws std::invalid_argument if a list in id order has an id twice. `who` names the placement in the message.
template <class Node>
void require_distinct(std::string_view who, const std::vector<node_spec<Node>>& sorted) {
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(), same_id<Node>);
  if (twice != sorted.end()) {
    throw_invalid_argument(std::string(who) + ": node '" + quoit::id_text(twice->node) +
                           "' is given twice; give each id once");
  }
}

// Brings the domains of all nodes into normal form. Throws std::invalid_argument for a path of too many levels.
template <class Node>
void normalise_domains(std::string_view who, std::vector<node_spec<Node>>& specs) {
  for (node_spec<Node>& spec : specs) normalise_domain(who, spec);
}

// Sorts by id, and brings domains into normal form. Throws what require_distinct() and normalise_domains() throw.
template <class Node>
void sort_specs(std::string_view who, std::vector<node_spec<Node>>& specs) {
  normalise_domains(who, specs);
  std::sort(specs.begin(), specs.end(), spec_less<Node>);
  require_distinct(who, specs);
}

// Throws std::invalid_argument if the leader weight is negative.
template <class Node>
void check_leader_weight(std::string_view who, const node_spec<Node>& spec) {
  if (spec.leader_weight.value_or(0) >= 0) return;
  throw_invalid_argument(std::string(who) + ": node '" + quoit::id_text(spec.node) + "' has leader weight " +
                         std::to_string(*spec.leader_weight) +
                         "; it must not be negative (with 0 the node never leads; unset, it leads by its weight)");
}

// The number of nodes whose weight is above 0. Throws std::invalid_argument if a weight or a leader weight is negative,
// or if the sum of the weights, or of the leader weights, does not fit 63 bits.
template <class Node>
std::size_t check_weights(std::string_view who, const std::vector<node_spec<Node>>& specs) {
  std::int64_t total = 0, leading = 0;
  std::size_t active = 0;
  for (const node_spec<Node>& spec : specs) {
    if (spec.weight < 0) {
      throw_invalid_argument(std::string(who) + ": node '" + quoit::id_text(spec.node) + "' has weight " +
                             std::to_string(spec.weight) + "; it must not be negative (0 drains the node)");
    }
    if (spec.weight > (std::numeric_limits<std::int64_t>::max)() - total) {
      throw_invalid_argument(
          std::string(who) + ": with the weight of node '" + quoit::id_text(spec.node) +
          "' the sum of the weights is 2^63 or more; use smaller weights: divide all by the same number");
    }
    total += spec.weight;
    active += spec.weight > 0 ? 1U : 0U;
    check_leader_weight(who, spec);
    if (leader_weight_of(spec) > (std::numeric_limits<std::int64_t>::max)() - leading) {
      throw_invalid_argument(std::string(who) + ": with the leader weight of node '" + quoit::id_text(spec.node) +
                             "' the sum of the leader weights is 2^63 or more; use smaller ones: divide all by the "
                             "same number (a node without one counts with its weight)");
    }
    leading += leader_weight_of(spec);
  }
  return active;
}

// The rank of an id in a list in id order, or `none` if the id is unknown. O(log nodes).
template <class Specs, class Id>
[[nodiscard]] std::uint32_t find_spec(const Specs& sorted, const Id& id) noexcept {
  return find_by_id(sorted, id, node_of_spec);
}

// Adds the nodes, given in id order, to a fingerprint. A leader weight follows the domain in one text, after two
// slashes: no domain in normal form has them, so nodes without a leader weight give what they always gave.
template <class Specs>
void add_specs(fingerprint_builder& builder, const Specs& specs) {
  for (const auto& entry : specs) {
    with_id_bytes(entry.node, [&](std::string_view id) { builder.text(id); });
    builder.number(static_cast<std::uint64_t>(entry.weight));
    if (entry.leader_weight) builder.text(entry.domain + "//" + std::to_string(*entry.leader_weight));
    else builder.text(entry.domain);
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
