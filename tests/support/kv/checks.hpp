// SPDX-License-Identifier: MIT
// Invariants of every kv_map, and the expected report of a change, counted key by key from two placements.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quoit/diff.hpp>
#include <quoit/kv_map.hpp>

#include "support/nodes.hpp"

namespace test {

/// A ring of node 0 … count - 1. It has few vnodes: these tests check which nodes hold a key, not balance.
template <class Ring = quoit::ring<>>
Ring ring_of(int count, std::int64_t vnodes = 16, int domains = 0) {
  Ring ring(quoit::ring_options{.vnodes = vnodes});
  for (int n = 0; n < count; ++n) {
    quoit::node_options options;
    if (domains != 0) options.domain = "zone-" + std::to_string(n % domains);
    ring.add(make_node<typename Ring::node_type>(n), options);
  }
  return ring;
}

/// All fields of an entry.
template <class Value>
struct kv_row {
  Value value;
  std::uint64_t flags = 0;
  quoit::kv_index create_index = 0;
  quoit::kv_index modify_index = 0;
  friend bool operator==(const kv_row&, const kv_row&) = default;
};

template <class Value>
using kv_rows = std::map<std::string, kv_row<Value>>;

template <class Value>
kv_row<Value> row_of(const quoit::kv_entry<Value>& entry) {
  return {entry.value, entry.flags, entry.create_index, entry.modify_index};
}

template <class Value>
kv_rows<Value> rows_of(const std::vector<quoit::kv_item<Value>>& items) {
  kv_rows<Value> rows;
  for (const auto& item : items) rows.emplace(item.key, row_of(item.entry));
  return rows;
}

/// The first difference between a map and its expected content, or an empty text. Compares list() and its order,
/// size(), keys(), and get() of every key.
template <class Value, class Placement>
std::string kv_difference(const quoit::kv_map<Value, Placement>& map, const kv_rows<Value>& expected) {
  const auto items = map.list();
  const auto keys = map.keys();
  if (map.size() != expected.size()) {
    return "size() is " + std::to_string(map.size()) + " instead of " + std::to_string(expected.size());
  }
  if (map.empty() != expected.empty()) return "empty() disagrees with size()";
  if (items.size() != expected.size() || keys.size() != expected.size()) return "list() or keys() is too long or short";
  std::size_t n = 0;
  for (const auto& [key, row] : expected) {
    if (items[n].key != key) return "list() has '" + items[n].key + "' in the place of '" + key + "'";
    if (keys[n] != key) return "keys() has '" + keys[n] + "' in the place of '" + key + "'";
    if (row_of(items[n].entry) != row) return "list() has another entry for '" + key + "'";
    const auto entry = map.get(key);
    if (!entry || row_of(*entry) != row) return "get() has another entry for '" + key + "'";
    ++n;
  }
  return "";
}

/// The first violation of the map's invariant, or an empty text. The invariant: exactly the first nodes of a key's
/// preference list hold the key, all with the same entry, and no node holds anything else. O(keys × nodes²), for small
/// maps.
template <class Value, class Placement>
std::string broken_kv_invariant(const quoit::kv_map<Value, Placement>& map, const quoit::kv_options& options) {
  const auto placement = map.placement_now();
  std::map<std::string, std::size_t> copies;
  for (const auto& entry : placement->nodes()) copies[quoit::id_text(entry.node)] = 0;
  for (const std::string& key : map.keys()) {
    const auto held = map.find(key);
    if (held == nullptr) return "find() does not find '" + key + "'";
    std::set<std::string> holders;
    for (const auto& node : placement->replicas(key, options.replicas, options.apart)) {
      holders.insert(quoit::id_text(node));
    }
    for (const auto& entry : placement->nodes()) {
      const std::string name = quoit::id_text(entry.node);
      const auto copy = map.find_on(entry.node, key);
      if ((copy != nullptr) != (holders.count(name) != 0)) {
        return name + (copy != nullptr ? " holds '" : " does not hold '") + key + "'";
      }
      if (copy == nullptr) continue;
      ++copies[name];
      if (copy->value != held->value || copy->flags != held->flags || copy->create_index != held->create_index ||
          copy->modify_index != held->modify_index) {
        return name + " holds another '" + key + "' than the primary";
      }
      if (copy->modify_index > map.index() || copy->create_index > copy->modify_index || copy->create_index == 0) {
        return "'" + key + "' has impossible indexes";
      }
    }
  }
  // Only the counts show a copy of an erased key, or a copy on a node that must not hold it.
  const auto counted = map.copies_per_node();
  if (counted.size() != copies.size()) return "copies_per_node() does not have one element for every node";
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const std::string name = quoit::id_text(counted[i].first);
    if (name != quoit::id_text(placement->nodes()[i].node)) return "copies_per_node() is not in id order";
    if (counted[i].second != copies.at(name)) return name + " holds copies of keys that are not in the map";
  }
  return "";
}

/// The expected report, counted key by key from the preference lists before and after, without the map.
struct kv_expectation {
  std::size_t keys = 0;
  std::size_t moved_keys = 0;
  std::size_t moved_copies = 0;
  std::size_t minimum_copies = 0;
  std::size_t changed = 0;  // keys whose preference list changed, lost keys included
  std::vector<std::string> lost;
  std::map<std::pair<std::string, std::string>, std::size_t> transfers;  // only if every key has just one choice
  bool transfers_known = true;
  std::map<std::string, std::size_t> received;
};

template <class Placement>
std::vector<std::string> names_of(const Placement& placement, const std::string& key,
                                  const quoit::kv_options& options) {
  std::vector<std::string> names;
  for (const auto& node : placement.replicas(key, options.replicas, options.apart))
    names.push_back(quoit::id_text(node));
  return names;
}

/// `keys` must be in ascending order. `failed` has names of nodes of `before`.
template <class Placement>
kv_expectation expect_report(const Placement& before, const Placement& after, const std::vector<std::string>& keys,
                             const quoit::kv_options& options, const std::set<std::string>& failed = {}) {
  kv_expectation expected;
  expected.keys = keys.size();
  std::map<std::string, std::int64_t> growth;
  const auto has = [](const auto& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const std::string& key : keys) {
    const auto old_list = names_of(before, key, options), new_list = names_of(after, key, options);
    if (old_list != new_list) ++expected.changed;
    std::vector<std::string> alive, gone, came;
    for (const auto& name : old_list) {
      if (failed.count(name) == 0) alive.push_back(name);
    }
    if (alive.empty()) {
      expected.lost.push_back(key);
      continue;
    }
    for (const auto& name : alive) {
      if (!has(new_list, name)) gone.push_back(name);
    }
    for (const auto& name : new_list) {
      if (!has(old_list, name)) came.push_back(name);
    }
    if (new_list.front() != old_list.front()) ++expected.moved_keys;
    expected.moved_copies += came.size();
    for (const auto& name : came) ++growth[name], ++expected.received[name];
    for (const auto& name : gone) --growth[name];
    // A node that gives up its copy sends it. If there is none, the first surviving node sends a new copy.
    if (came.size() > 1 || gone.size() > 1) expected.transfers_known = false;
    else if (came.size() == 1) ++expected.transfers[{gone.empty() ? alive.front() : gone.front(), came.front()}];
  }
  for (const auto& [name, change] : growth) {
    if (change > 0) expected.minimum_copies += static_cast<std::size_t>(change);
  }
  return expected;
}

/// The first number of a report that is wrong, or an empty text.
template <class Placement>
std::string report_difference(const quoit::kv_report<typename Placement::node_type>& report,
                              const kv_expectation& expected, const Placement& before, const Placement& after) {
  const auto wrong = [](const char* what, std::size_t is, std::size_t should) {
    return std::string(what) + " is " + std::to_string(is) + " instead of " + std::to_string(should);
  };
  if (report.keys != expected.keys) return wrong("keys", report.keys, expected.keys);
  if (report.moved_keys != expected.moved_keys) return wrong("moved_keys", report.moved_keys, expected.moved_keys);
  if (report.moved_copies != expected.moved_copies) {
    return wrong("moved_copies", report.moved_copies, expected.moved_copies);
  }
  if (report.minimum_copies != expected.minimum_copies) {
    return wrong("minimum_copies", report.minimum_copies, expected.minimum_copies);
  }
  if (report.lost != expected.lost) return "lost is not the list of the keys without a surviving copy";
  if (report.examined > expected.changed) {
    return wrong("the change looked at entries that cannot move: examined", report.examined, expected.changed);
  }
  if (report.examined < report.lost.size() + report.moved_keys) return "examined is less than what moved";

  std::map<std::pair<std::string, std::string>, std::size_t> transfers;
  std::map<std::string, std::size_t> received;
  std::size_t sum = 0;
  const typename Placement::node_type* source = nullptr;
  const typename Placement::node_type* to = nullptr;
  for (const auto& one : report.transfers) {
    const auto less = [](const auto& a, const auto& b) {
      return quoit::detail::id_less(quoit::detail::id_of(a), quoit::detail::id_of(b));
    };
    if (source != nullptr && (less(one.source, *source) || (!less(*source, one.source) && !less(*to, one.to)))) {
      return "transfers are not in id order, or one pair occurs twice";
    }
    source = &one.source, to = &one.to;
    if (one.copies == 0) return "a transfer of nothing";
    transfers[{quoit::id_text(one.source), quoit::id_text(one.to)}] += one.copies;
    received[quoit::id_text(one.to)] += one.copies;
    sum += one.copies;
  }
  if (sum != report.moved_copies) return wrong("the sum of the transfers", sum, report.moved_copies);
  if (received != expected.received) return "transfers have another number of copies for a node than it received";
  if (expected.transfers_known && transfers != expected.transfers) return "transfers name other sources";

  const auto difference = quoit::diff(before, after);
  if (report.moved_share != difference.moved()) return "moved_share differs from the diff's";
  if (report.minimum_share != difference.minimum()) return "minimum_share differs from the diff's";
  if (report.ideal_share != difference.ideal()) return "ideal_share differs from the diff's";
  return "";
}

}  // namespace test
