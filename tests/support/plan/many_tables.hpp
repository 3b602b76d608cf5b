// SPDX-License-Identifier: MIT
// Nodes and tables for the tests that plan many tables together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/node.hpp>
#include <quoit/slot_table_options.hpp>

namespace test {

// n0, n1, … as many in each zone.
inline std::vector<quoit::node_spec<std::string>> in_zones(std::size_t zones, std::size_t each) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (std::size_t i = 0; i < zones * each; ++i)
    nodes.push_back({"n" + std::to_string(i), 1, "z" + std::to_string(i / each)});
  return nodes;
}

inline std::vector<quoit::slot_table_options> many(std::size_t tables, std::uint64_t slots, std::size_t replicas) {
  return std::vector<quoit::slot_table_options>(tables, {.slots = slots, .replicas = replicas});
}

}  // namespace test
