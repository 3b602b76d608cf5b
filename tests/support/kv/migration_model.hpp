// SPDX-License-Identifier: MIT
// A kv_map and a std::map that must hold the same, during any migrations, crashes and changes of nodes.
//
// The model derives who may hold a copy from placement_now(), migration() and the lost nodes, and never asks the map's
// internals. A check returns a text: the failure, or an empty text if all is correct.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>

#include "support/kv/checks.hpp"
#include "support/random.hpp"

namespace test {

template <class Placement>
class kv_migration_model {
 public:
  using map_type = quoit::kv_map<std::uint64_t, Placement>;

  kv_migration_model(Placement placement, quoit::kv_options options) : options_(options), map(placement, options) {
    know(placement);
  }

  // ---- Operations. Their results must be those of the model.

  std::string put(const std::string& key, std::uint64_t value) {
    if (!has_home(key)) {
      try {
        map.put(key, value);
      } catch (const std::logic_error&) {
        return "";
      }
      return "put() of a key without a node did not throw";
    }
    const std::uint64_t index = map.put(key, value, value + 1);
    const auto [at, created] = rows.try_emplace(key, kv_row<std::uint64_t>{value, value + 1, index, index});
    if (!created) at->second = {value, value + 1, at->second.create_index, index};
    return "";
  }
  std::string erase(const std::string& key) {
    return map.erase(key) == (rows.erase(key) != 0) ? "" : "erase() of '" + key + "' returns the opposite";
  }
  std::string cas(random& random, const std::string& key, std::uint64_t value) {
    if (!has_home(key)) return "";
    const auto at = rows.find(key);
    const std::uint64_t expected = random.chance(2)                       ? 0
                                   : at == rows.end() || random.chance(3) ? 1
                                                                          : at->second.modify_index;
    const bool right = at == rows.end() ? expected == 0 : expected == at->second.modify_index;
    const auto result = map.cas(key, value, expected, 7);
    if (static_cast<bool>(result) != right) return "cas() of '" + key + "' returns the opposite";
    if (right) rows[key] = {value, 7, at == rows.end() ? result.index : at->second.create_index, result.index};
    return "";
  }
  std::string update(const std::string& key) {
    if (!has_home(key)) return "";
    const std::uint64_t index = map.update(key, [](const std::uint64_t* now) { return now == nullptr ? 1 : *now + 1; });
    const auto [at, created] = rows.try_emplace(key, kv_row<std::uint64_t>{1, 0, index, index});
    if (!created) ++at->second.value, at->second.modify_index = index;
    return "";
  }
  std::string erase_prefix(const std::string& prefix) {
    const std::size_t erased = std::erase_if(rows, [&](const auto& row) { return row.first.starts_with(prefix); });
    return map.erase_prefix(prefix) == erased ? "" : "erase_prefix() erased another number of keys";
  }
  std::string any_operation(random& random, const std::string& key) {
    const std::uint64_t seen = map.index(), value = random.below(1000);
    const auto before = rows;
    std::string wrong;
    switch (random.index(7)) {
    case 0:
      wrong = erase(key);
      break;
    case 1:
      wrong = cas(random, key, value);
      break;
    case 2:
      wrong = update(key);
      break;
    case 3:
      wrong = random.chance(4) ? erase_prefix(key.substr(0, 2)) : "";
      break;
    default:
      wrong = put(key, value);
    }
    if (!wrong.empty()) return wrong;
    const std::uint64_t now = map.wait_past(seen, std::chrono::milliseconds(0));
    return (now > seen) == (before != rows) ? "" : "the index grew without a change, or did not grow with one";
  }

  // A node crashes. Exactly the keys that no other node has completely must be lost.
  std::string lose(const std::string& node) {
    const std::vector<std::string> expected = only_on({node});
    const std::vector<std::string> reported = map.lose(node);
    lost.insert(node);
    if (reported != expected) {
      return "lose(" + node + ") reports " + std::to_string(reported.size()) + " lost keys instead of " +
             std::to_string(expected.size());
    }
    for (const std::string& key : expected) rows.erase(key);
    return "";
  }
  // The keys of which only these nodes have a complete copy, in order.
  [[nodiscard]] std::vector<std::string> only_on(const std::set<std::string>& gone) const {
    std::vector<std::string> keys;
    const auto migration = map.migration();
    for (const auto& row : rows) {
      bool safe = false;
      for (const std::string& other : known) {
        safe = safe || (gone.count(other) == 0 && map.find_on(other, row.first) != nullptr &&
                        !(migration && fragment(*migration, row.first, other)));
      }
      if (!safe) keys.push_back(row.first);
    }
    return keys;
  }

  void know(const Placement& placement) {
    for (const auto& entry : placement.nodes()) known.insert(entry.node);
  }
  // For the time after a migration, when only the nodes of the placement are left.
  void forget() {
    known.clear();
    know(*map.placement_now());
    std::erase_if(lost, [&](const std::string& node) { return known.count(node) == 0; });
  }

  // ---- Comparison of the whole map.

  [[nodiscard]] std::string difference() const {
    if (std::string text = kv_difference(map, rows); !text.empty()) return text;
    const auto migration = map.migration();
    const auto placement = map.placement_now();
    std::map<std::string, std::size_t> copies;
    for (const std::string& node : known) copies[node] = 0;
    for (const auto& [key, row] : rows) {
      std::set<std::string> must = holders(key), may = must;
      if (migration) add_moving(*migration, key, must, may);
      for (const std::string& node : known) {
        const auto copy = map.find_on(node, key);
        if (copy == nullptr && must.count(node) != 0 && lost.count(node) == 0) return node + " lacks '" + key + "'";
        if (copy == nullptr) continue;
        ++copies[node];
        if (may.count(node) == 0 || lost.count(node) != 0) return node + " should not hold '" + key + "'";
        if (row_of(*copy) != row) return node + " holds an old '" + key + "'";
      }
    }
    const auto counted = map.copies_per_node();
    if (counted.size() != copies.size()) return "copies_per_node() does not have one element for every node";
    for (const auto& [node, count] : counted) {
      if (copies.count(node) == 0 || copies.at(node) != count)
        return node + " holds copies of keys that are not in the map";
    }
    return "";
  }

  // The preference list in force, with lost nodes.
  [[nodiscard]] std::set<std::string> holders(const std::string& key) const {
    std::set<std::string> names;
    if (const auto migration = map.migration(); migration) {
      for (const auto& node : migration->holders(key)) names.insert(node);
    } else {
      for (const auto& node : map.placement_now()->replicas(key, options_.replicas, options_.apart)) names.insert(node);
    }
    return names;
  }

 private:
  using transition_type = quoit::transition<Placement>;

  template <class Use>
  static void for_moves(const transition_type& transition, const std::string& key, const Use& use) {
    const std::size_t part = transition.part_at(transition.after().position(key));
    if (part == transition.no_part) return;
    for (const std::uint32_t move : transition.moves_of(part)) use(transition.moves()[move], transition.stage(move));
  }
  static void add_moving(const transition_type& transition, const std::string& key, std::set<std::string>& must,
                         std::set<std::string>& may) {
    for_moves(transition, key, [&](const auto& move, quoit::move_stage stage) {
      if (stage == quoit::move_stage::copying && move.to != nullptr) may.insert(*move.to);
      if (stage == quoit::move_stage::copied && move.replaces != nullptr) {
        may.insert(*move.replaces);
        must.insert(*move.replaces);
      }
    });
  }
  // Whether a node is the receiver of an unfinished copy, so that its copy may be incomplete.
  static bool fragment(const transition_type& transition, const std::string& key, const std::string& node) {
    bool found = false;
    for_moves(transition, key, [&](const auto& move, quoit::move_stage stage) {
      if (stage == quoit::move_stage::copying && move.to != nullptr && move.source != nullptr) {
        found = found || *move.to == node;
      }
    });
    return found;
  }
  [[nodiscard]] bool has_home(const std::string& key) const {
    std::set<std::string> names = holders(key), must;
    if (const auto migration = map.migration(); migration) add_moving(*migration, key, must, names);
    return std::any_of(names.begin(), names.end(), [&](const std::string& node) { return lost.count(node) == 0; });
  }

  quoit::kv_options options_;

 public:
  map_type map;
  kv_rows<std::uint64_t> rows;
  std::set<std::string> known, lost;
};

}  // namespace test
