// SPDX-License-Identifier: MIT
// Checks a change of nodes key by key, independently of the map's report: which nodes hold a key before and after,
// whether the key had to move, and whether every copy is unchanged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/kv_map.hpp>
#include <quoit/ring.hpp>

#include "input.hpp"
#include "progress.hpp"

namespace demo {

using ring = quoit::ring<std::string>;
using kv = quoit::kv_map<std::string>;

/// The expected entry for one line of the input.
struct expectation {
  record line;
  std::uint64_t flags = 0;
  quoit::kv_index create_index = 0;
  quoit::kv_index modify_index = 0;
  bool lost = false;
};

inline bool matches(const expectation& expected, const kv::entry_pointer& entry) {
  return entry != nullptr && entry->value == expected.line.value && entry->flags == expected.flags &&
         entry->create_index == expected.create_index && entry->modify_index == expected.modify_index;
}

/// 128 bits over keys, values, flags, create and modify indexes. A sum over the entries, so their order does not
/// matter.
class digest {
 public:
  void add(std::string_view key, std::string_view value, std::uint64_t flags, quoit::kv_index created,
           quoit::kv_index modified) {
    text_.clear();
    for (const std::uint64_t number : {std::uint64_t{key.size()}, flags, created, modified}) {
      for (int shift = 0; shift < 64; shift += 8) text_ += static_cast<char>((number >> shift) & 0xffU);
    }
    text_.append(key).append(value);
    const quoit::hash128 hash = quoit::murmur3_x64_128(text_);
    first_ += hash.first;
    second_ += hash.second;
  }
  void add(const expectation& one) { add(one.line.key, one.line.value, one.flags, one.create_index, one.modify_index); }

  [[nodiscard]] std::string text() const { return quoit::to_string(quoit::fingerprint{first_, second_}); }
  friend bool operator==(const digest& a, const digest& b) noexcept {
    return a.first_ == b.first_ && a.second_ == b.second_;
  }

 private:
  std::uint64_t first_ = 0, second_ = 0;
  std::string text_;
};

/// The digest of all entries of the map.
inline digest digest_of(const kv& map) {
  digest result;
  for (const auto& [key, entry] : map.list()) {
    result.add(key, entry.value, entry.flags, entry.create_index, entry.modify_index);
  }
  return result;
}

/// The digest of all expected entries.
inline digest digest_of(const std::vector<expectation>& all) {
  digest result;
  for (const expectation& one : all) {
    if (!one.lost) result.add(one);
  }
  return result;
}

enum class change { join, leave, crash };

/// The effects of a change, counted key by key. All counts of errors must be 0.
struct observation {
  std::size_t moved_keys = 0;      ///< keys with another primary
  std::size_t minimum_keys = 0;    ///< least keys to move, given the numbers of keys per primary
  std::size_t modulo_keys = 0;     ///< keys that `hash % n` over the same nodes would have moved
  std::size_t moved_copies = 0;    ///< copies on nodes that did not hold the key before
  std::size_t minimum_copies = 0;  ///< least copies to move, given the numbers of copies per node
  std::size_t lost = 0;            ///< keys whose every copy was on the crashed node
  std::size_t unnecessary = 0;     ///< error: keys that moved although the changed node does not hold them
  std::size_t altered = 0;         ///< error: keys with a missing or altered copy
  std::size_t surplus = 0;         ///< error: copies on nodes that must not hold them
};

namespace detail {

// Whether `longer` begins with `shorter` without the changed node. Then the other nodes kept their order.
template <class List>
bool kept_order(const List& shorter, const List& longer, std::string_view changed) {
  std::size_t at = 0;
  for (const std::string& node : shorter) {
    if (node == changed) continue;
    if (at == longer.size() || longer[at] != node) return false;
    ++at;
  }
  return true;
}

template <class List>
bool contains(const List& list, const std::string& node) {
  return std::find(list.begin(), list.end(), node) != list.end();
}

using counts = std::map<std::string, std::size_t>;

// The least number of moves. Each copy that a node has more than before was sent by another node. A crashed node sends
// nothing.
inline std::size_t least_moved(const counts& before, const counts& after) {
  std::size_t moved = 0;
  for (const auto& [node, now] : after) {
    const std::size_t had = before.contains(node) ? before.at(node) : 0;
    if (now > had) moved += now - had;
  }
  return moved;
}

}  // namespace detail

/// The nodes of a ring as `hash % n` numbers them: in the order of `all`, each as often as its weight says.
inline std::vector<std::string_view> numbered(const ring& placement, const std::vector<std::string>& all) {
  std::map<std::string_view, std::int64_t> weights;
  for (const auto& one : placement.nodes()) weights.emplace(one.node, one.weight);
  std::vector<std::string_view> result;
  for (const std::string& name : all) {
    const auto at = weights.find(name);
    if (at != weights.end()) result.insert(result.end(), static_cast<std::size_t>(at->second), name);
  }
  return result;
}

/// Checks every key. `names`: all nodes, the newest last. Marks as lost exactly the keys that the crash must have lost.
inline observation observe(const kv& map, const ring& before, const ring& after, std::size_t replicas, change what,
                           const std::string& node, const std::vector<std::string>& names,
                           std::vector<expectation>& all, const progress& show) {
  observation seen;
  const auto numbered_before = numbered(before, names), numbered_after = numbered(after, names);
  detail::counts held_before, held_after, first_before, first_after;
  for (std::size_t i = 0; i < all.size(); ++i) {
    show.at("checking", i, all.size());
    expectation& one = all[i];
    if (one.lost) continue;
    const std::uint64_t hash = before.position(one.line.key);
    const auto by_modulo = [&](const auto& nodes) { return nodes[static_cast<std::size_t>(hash % nodes.size())]; };
    seen.modulo_keys += by_modulo(numbered_before) != by_modulo(numbered_after) ? 1U : 0U;
    const auto from = before.replicas(one.line.key, replicas), to = after.replicas(one.line.key, replicas);
    for (const std::string& holder : from) ++held_before[holder];
    ++first_before[from[0]];
    if (what == change::crash && from.size() == 1 && from[0] == node) {
      one.lost = true;
      ++seen.lost;
      if (map.find(one.line.key) != nullptr) ++seen.altered;
      continue;
    }
    ++first_after[to[0]];
    if (from[0] != to[0]) ++seen.moved_keys;
    for (const std::string& holder : to) {
      ++held_after[holder];
      if (!detail::contains(from, holder)) ++seen.moved_copies;
    }
    // A new node moves others back in the list, and a node that leaves moves others up. Their order must not change.
    const auto& with_it = what == change::join ? to : from;
    const auto& without_it = what == change::join ? from : to;
    const bool in_order = detail::kept_order(with_it, without_it, node);
    const bool concerned = detail::contains(with_it, node);
    const bool same = from.size() == to.size() && std::equal(from.begin(), from.end(), to.begin());
    if (!in_order || (!same && !concerned)) ++seen.unnecessary;

    const bool held = std::all_of(to.begin(), to.end(), [&](const std::string& holder) {
      return matches(one, map.find_on(holder, one.line.key));
    });
    if (!held || !matches(one, map.find(one.line.key))) ++seen.altered;
  }
  seen.minimum_keys = detail::least_moved(first_before, first_after);
  seen.minimum_copies = detail::least_moved(held_before, held_after);
  for (const auto& [holder, copies] : map.copies_per_node()) {
    const std::size_t due = held_after.contains(holder) ? held_after.at(holder) : 0;
    seen.surplus += copies > due ? copies - due : 0;
  }
  return seen;
}

}  // namespace demo
