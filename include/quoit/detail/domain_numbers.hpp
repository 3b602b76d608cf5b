// SPDX-License-Identifier: MIT
// Numbers for failure domains, so that a walk along the ring compares integers instead of paths.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/node.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

struct domain_numbering {
  std::vector<std::uint32_t> of;  // for each node; equal numbers are equal domains
  std::size_t active;             // how many domains have a node that owns something
};

// A node without a domain gets a number of its own.
template <class Node>
[[nodiscard]] domain_numbering domain_numbers(std::span<const node_spec<Node>> nodes) {
  std::vector<std::uint32_t> order(nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return nodes[a].domain < nodes[b].domain; });
  domain_numbering result{std::vector<std::uint32_t>(nodes.size()), 0};
  std::uint32_t number = 0;
  bool counted = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const node_spec<Node>& entry = nodes[order[i]];
    if (i != 0 && (entry.domain.empty() || entry.domain != nodes[order[i - 1]].domain)) ++number, counted = false;
    result.of[order[i]] = number;
    if (entry.weight > 0 && !counted) ++result.active, counted = true;
  }
  return result;
}

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
