// SPDX-License-Identifier: MIT
// The invariants of a ring, and the positions at which two rings can differ.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/ring.hpp>

namespace test {

/// The last position of a ring.
template <class Ring>
std::uint64_t last_position(const Ring& ring) {
  return ring.slots().count() - 1;  // count() 0 stands for 2^64, and 0 - 1 wraps to the right value
}

/// All positions at which the owner can change in any of the rings, their neighbours, and both ends of the circle.
/// Lookups are constant between two of them, so trying these is equivalent to trying every position.
template <class Ring>
std::vector<std::uint64_t> all_boundaries(const std::vector<const Ring*>& compared) {
  const std::uint64_t last = last_position(*compared.front());
  std::vector<std::uint64_t> positions{0, last};
  for (const Ring* ring : compared) {
    for (const auto& arc : ring->arcs()) {
      positions.push_back(arc.range.to);
      positions.push_back(arc.range.to == last ? 0 : arc.range.to + 1);
      positions.push_back(arc.range.to == 0 ? last : arc.range.to - 1);
    }
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

template <class Node>
std::string name_of(const Node* node) {
  return node == nullptr ? std::string("no node") : quoit::id_text(*node);
}

/// Returns the first broken invariant, or an empty text, so that one CHECK for each ring replaces thousands.
template <class Ring>
std::string broken_invariant(const Ring& ring) {
  const auto arcs = ring.arcs();
  if (arcs.empty() != (ring.active() == 0)) return "arcs and active() disagree on whether there is an owner";
  if (arcs.empty()) return ring.find_at(0) == nullptr ? "" : "an owner without arcs";
  std::uint64_t weights = 0, active = 0;
  for (const auto& entry : ring.nodes()) {
    weights += static_cast<std::uint64_t>(entry.weight);
    active += entry.weight > 0 ? 1U : 0U;
    if (ring.find_node(entry.node) != &entry) return "find_node() misses a node of nodes()";
  }
  if (ring.active() != active) return "active() is wrong";
  if constexpr (requires { ring.vnode_count(); }) {
    if (ring.vnode_count() != weights * static_cast<std::uint64_t>(ring.options().vnodes))
      return "vnode_count() is not the sum of weight x vnodes";
  }
  quoit::share sum;
  for (std::size_t i = 0; i < arcs.size(); ++i) {
    const auto& arc = arcs[i];
    if (arc.range.from != arcs[i == 0 ? arcs.size() - 1 : i - 1].range.to) return "arcs leave a gap";
    if (i != 0 && arc.range.to <= arcs[i - 1].range.to) return "arcs are not ascending";
    if (arc.range.to > last_position(ring)) return "an arc after the last slot";
    if (arc.owner == nullptr || ring.find_at(arc.range.to) != arc.owner)
      return "an arc's owner is not the owner of its end";
    // The first position of the arc. It wraps after the last slot.
    const std::uint64_t begin = arc.range.from == last_position(ring) ? 0 : arc.range.from + 1;
    if (!arc.range.contains(begin) || ring.find_at(begin) != arc.owner)
      return "an arc's owner is not the owner of its begin";
    if (ring.find_node(*arc.owner)->weight == 0) return "a drained node owns something";
    sum += arc.size;
  }
  if (sum != quoit::share::whole()) return "shares do not sum to the whole";
  return "";
}

/// Compares two rings: fingerprints, arcs, and lookups at all_boundaries(). Empty, or what differs.
template <class Ring>
std::string difference(const Ring& a, const Ring& b) {
  if (!(a == b)) return "operator== says that they differ";
  if (a.fingerprint() != b.fingerprint()) return "fingerprints differ";
  if constexpr (requires { a.vnode_count(); }) {
    if (a.vnode_count() != b.vnode_count()) return "vnode counts differ";
  }
  const auto arcs_a = a.arcs(), arcs_b = b.arcs();
  if (arcs_a.size() != arcs_b.size()) return "numbers of arcs differ";
  for (std::size_t i = 0; i < arcs_a.size(); ++i) {
    if (arcs_a[i].range != arcs_b[i].range) return "ranges of arcs differ";
    if (arcs_a[i].size != arcs_b[i].size) return "sizes of arcs differ";
  }
  for (const std::uint64_t position : all_boundaries<Ring>({&a, &b})) {
    std::vector<const typename Ring::node_type*> of_a(a.size()), of_b(b.size());
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      const std::size_t count = a.preferred(position, of_a, apart);
      if (count != b.preferred(position, of_b, apart)) return "preference lists have different lengths";
      for (std::size_t i = 0; i < count; ++i) {
        if (name_of(of_a[i]) != name_of(of_b[i])) return "preference lists differ at " + std::to_string(position);
      }
    }
    if (name_of(a.find_at(position)) != name_of(b.find_at(position)))
      return "owners differ at " + std::to_string(position);
  }
  return "";
}

}  // namespace test
