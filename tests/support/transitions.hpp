// SPDX-License-Identifier: MIT
// Random slot tables and rings for transitions, and the invariants of every state of a transition between them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include "catch2.hpp"
#include "random.hpp"

namespace test {

using table = quoit::slot_table<>;
using slotted_ring = quoit::ring<std::string, quoit::xxh3, quoit::slots<64>>;
using names = std::vector<std::string>;

inline std::vector<quoit::node_spec<std::string>> random_nodes(random& r, std::size_t count) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    std::string domain;
    for (std::uint64_t level = r.below(4); level > 0; --level)
      domain += std::string(domain.empty() ? "" : "/") + "abc"[r.index(3)];
    nodes.push_back({"n" + std::to_string(i), 1, domain});
  }
  return nodes;
}

/// A table with random lists, some of which lack a copy. Every seventh slot is a hole.
inline table random_table(random& r, std::vector<quoit::node_spec<std::string>> nodes, std::uint64_t slots,
                          std::size_t replicas) {
  std::vector<std::uint32_t> lists, order(nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  for (std::uint64_t slot = 0; slot < slots; ++slot) {
    r.shuffle(order);
    const std::size_t certain = r.index(replicas);
    for (std::size_t i = 0; i < replicas; ++i) {
      const bool there =
          slot % 7 != 6 && i < order.size() && (i == std::min(certain, order.size() - 1) || !r.chance(8));
      lists.push_back(there ? order[i] : table::no_node);
    }
  }
  return table(std::move(nodes), lists, {.slots = slots, .replicas = static_cast<std::size_t>(replicas)});
}

/// A table like `before`, with some nodes removed, some added, and parts of most lists kept. Slots may be holes.
inline table changed_table(random& r, const table& before) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (const auto& entry : before.nodes()) {
    if (before.size() < 3 || !r.chance(5)) nodes.push_back(entry);
  }
  for (std::uint64_t more = r.below(3); more > 0; --more) {
    auto fresh = random_nodes(r, 1).front();
    fresh.node = "x" + std::to_string(more);
    nodes.push_back(fresh);
  }
  if (nodes.empty()) nodes.push_back({"x9", 1, {}});
  const auto index_of = [&](const std::string& name) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].node == name) return i;
    }
    return table::no_node;
  };
  const std::size_t replicas = before.replica_count();
  std::vector<std::uint32_t> lists;
  for (std::uint64_t slot = 0; slot < before.slot_count(); ++slot) {
    std::vector<std::uint32_t> list(replicas, table::no_node);
    for (std::size_t i = 0; i < replicas; ++i) {
      if (const std::string* const node = before.at(slot, i); node != nullptr && !r.chance(3))
        list[i] = index_of(*node);
    }
    for (std::uint32_t& entry : list) {
      const auto candidate = static_cast<std::uint32_t>(r.index(nodes.size()));
      if (entry == table::no_node && !r.chance(6) && std::find(list.begin(), list.end(), candidate) == list.end())
        entry = candidate;
    }
    if (r.chance(6)) r.shuffle(list);
    lists.insert(lists.end(), list.begin(), list.end());
  }
  return table(std::move(nodes), lists, before.options());
}

inline slotted_ring random_ring(random& r, const std::vector<quoit::node_spec<std::string>>& nodes) {
  slotted_ring ring({.vnodes = 4});
  for (const auto& entry : nodes) {
    if (!r.chance(4)) ring.add(entry.node, {.weight = static_cast<std::int64_t>(r.below(4)), .domain = entry.domain});
  }
  return ring;
}

template <class Placement>
names preferred(const Placement& p, std::uint64_t position, std::size_t replicas) {
  std::vector<const std::string*> room(std::max<std::size_t>(replicas, 1));
  room.resize(p.preferred(position, std::span(room).first(replicas)));
  names result;
  for (const std::string* node : room) result.push_back(*node);
  return result;
}

template <class Transition>
names now(const Transition& t, std::uint64_t position) {
  std::vector<const std::string*> room(64);
  room.resize(t.now(position, room));
  names result;
  for (const std::string* node : room) result.push_back(*node);
  return result;
}

/// The lost nodes of a transition.
using losses = std::set<std::string>;

/// The number of listed nodes in each domain, by its whole path.
template <class Transition>
std::map<std::string, std::size_t> domain_counts(const Transition& t, const names& list) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& name : list) {
    const auto* const after = t.after().find_node(name);
    const std::string path = after != nullptr ? after->domain : t.before().find_node(name)->domain;
    ++counts[""];
    for (std::size_t end = path.find('/'); !path.empty(); end = path.find('/', end + 1)) {
      ++counts[path.substr(0, end)];
      if (end == path.npos) break;
    }
  }
  return counts;
}

/// At each position: at least min(old, new) live copies, no node twice, and for each domain a number of copies between
/// the old and the new one.
template <class Transition>
void check_copies(const Transition& t, std::uint64_t positions, const losses& lost) {
  for (std::uint64_t position = 0; position < positions; ++position) {
    const names old_list = preferred(t.before(), position, t.replicas());
    const names new_list = preferred(t.after(), position, t.replicas());
    const names list = now(t, position);
    const auto live = [&](const names& l) {
      return static_cast<std::size_t>(
          std::count_if(l.begin(), l.end(), [&](const auto& n) { return lost.count(n) == 0; }));
    };
    REQUIRE(std::set<std::string>(list.begin(), list.end()).size() == list.size());
    REQUIRE(live(list) >= std::min(new_list.size(), live(old_list)));
    auto old_counts = domain_counts(t, old_list), new_counts = domain_counts(t, new_list),
         counts = domain_counts(t, list);
    for (const auto& each : {old_counts, new_counts, counts}) {
      for (const auto& [path, count] : each) {
        REQUIRE(counts[path] >= std::min(old_counts[path], new_counts[path]));
        REQUIRE(counts[path] <= std::max(old_counts[path], new_counts[path]));
      }
    }
  }
}

template <class Transition, class Placement>
void check_equal(const Transition& t, const Placement& p, std::uint64_t positions) {
  for (std::uint64_t position = 0; position < positions; ++position) {
    REQUIRE(now(t, position) == preferred(p, position, t.replicas()));
  }
}

template <class Transition>
void do_move(Transition& t, std::size_t move) {
  t.begin(move);
  t.copied(move);
  t.finish(move);
}

}  // namespace test
