// SPDX-License-Identifier: MIT
// Slot tables as text, and random slot tables.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <quoit/slot_table.hpp>

#include "support/nodes.hpp"
#include "support/random.hpp"

namespace test {

/// The list of a slot as text: "a b -". Without nodes, all copies are missing.
template <class Table>
std::string text_of(const Table& table, std::uint64_t slot) {
  std::string text;
  for (std::size_t i = 0; i < table.replica_count(); ++i) {
    const auto* const node = table.at(slot, i);
    text += (i == 0 ? "" : " ") + (node == nullptr ? std::string("-") : quoit::id_text(*node));
  }
  return text;
}

/// The lists of all slots.
template <class Table>
std::vector<std::string> lists_of(const Table& table) {
  std::vector<std::string> lists;
  for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) lists.push_back(text_of(table, slot));
  return lists;
}

/// The preference list of a position of any placement, as text.
template <class Placement>
std::string preferred_text(const Placement& placement, std::uint64_t position, std::size_t k,
                           quoit::spread apart = quoit::spread::nodes) {
  std::vector<const typename Placement::node_type*> room(k);
  room.resize(placement.preferred(position, room, apart));
  std::string text;
  for (const auto* node : room) text += (text.empty() ? "" : " ") + quoit::id_text(*node);
  return text;
}

/// The arguments of a table's constructor: nodes in random order, missing copies anywhere, and some holes.
template <class Node>
struct table_parts {
  std::vector<quoit::node_spec<Node>> nodes;
  std::vector<std::uint32_t> replicas;
  quoit::slot_table_options options;
};

template <class Node>
table_parts<Node> random_parts(test::random& random, std::size_t nodes, std::uint64_t slots, std::size_t replicas) {
  table_parts<Node> parts;
  const char* const domains[] = {"", "eu/a", "eu/b", "us", "eu"};
  for (std::size_t i = 0; i < nodes; ++i) {
    parts.nodes.push_back(
        {make_node<Node>(static_cast<int>(i)), static_cast<std::int64_t>(random.below(4)), domains[random.index(5)]});
  }
  random.shuffle(parts.nodes);
  parts.options = {.slots = slots, .replicas = replicas, .seed = random.next()};
  std::vector<std::uint32_t> all(nodes);
  for (std::size_t i = 0; i < nodes; ++i) all[i] = static_cast<std::uint32_t>(i);
  for (std::uint64_t slot = 0; slot < slots; ++slot) {
    if (slot != 0 && random.chance(3)) {
      parts.replicas.insert(parts.replicas.end(), parts.replicas.end() - static_cast<std::ptrdiff_t>(replicas),
                            parts.replicas.end());
      continue;
    }
    std::vector<std::uint32_t> list(replicas, ~std::uint32_t{0});
    random.shuffle(all);
    const std::size_t copies = random.index(std::min(nodes, replicas) + 1);
    for (std::size_t i = 0; i < copies; ++i) list[i] = all[i];
    random.shuffle(list);
    parts.replicas.insert(parts.replicas.end(), list.begin(), list.end());
  }
  return parts;
}

/// The same with random sizes up to these. They are drawn one after the other, because arguments of a call are
/// evaluated in no fixed order.
template <class Node>
table_parts<Node> random_parts_up_to(test::random& random, std::size_t nodes, std::uint64_t slots,
                                     std::size_t replicas) {
  nodes = 1 + random.index(nodes);
  slots = 1 + random.below(slots);
  replicas = 1 + random.index(replicas);
  return random_parts<Node>(random, nodes, slots, replicas);
}

}  // namespace test
