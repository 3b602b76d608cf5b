// SPDX-License-Identifier: MIT
// kv_map: an in-process key/value map, sharded over nodes by any placement, with R copies of every key.
//
//   key ─▶ placement ─▶ preference list ─▶ the shards of its first R nodes       (invariant: exactly those hold the key)
//
// The semantics are those of Consul's KV store without sessions: flags, create and modify index, compare-and-set,
// listing by prefix, waiting for an index. One counter serves the whole map, so that an entry keeps its indexes when it
// moves to another node and a compare-and-set token stays valid. Unlike Consul, writing an equal value counts as a write.
//
// join, leave, fail, set_weight and rehome change the nodes. Only keys whose preference list changes are looked at, copies
// are handed over without copying values, and it happens whole or (when memory runs out) not at all. The copies
// of a key share one immutable value, as they could not differ.
//
// Rejected: one counter a shard, which would run backwards for an entry that moves and revive old tokens; scanning
// every entry at a change; transactions and sessions (a process has mutexes).
//
// Threads: every member may be called from any number of threads. Two keys on different nodes are written in parallel
// unless their nodes share one of 16 locks; a change of membership waits for running operations and lets none in. Lock
// order: topology, then the shards' locks by address.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/kv_rehome.hpp>
#include <quoit/detail/kv_shard.hpp>
#include <quoit/detail/kv_topology.hpp>
#include <quoit/detail/writer_first_mutex.hpp>
#include <quoit/fwd.hpp>
#include <quoit/kv_entry.hpp>
#include <quoit/ring.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

/// See the head of this file. `Value` must be copyable only where values are read by copy (get, list).
template <class Value, class Placement>
class kv_map {
  static_assert(placement<Placement>, "quoit: kv_map needs a placement, such as quoit::ring<>");
  using topology = detail::kv_topology<kv_entry<Value>, Placement>;
  using shard = detail::kv_shard<kv_entry<Value>>;

 public:
  using node_type = typename Placement::node_type;
  using entry_type = kv_entry<Value>;
  using entry_pointer = std::shared_ptr<const entry_type>;
  using report_type = kv_report<node_type>;

  /// An empty map over the nodes of `placement`. Throws std::invalid_argument for 0 replicas.
  explicit kv_map(Placement placement = Placement(), kv_options options = {})
      : topology_(std::make_shared<const Placement>(std::move(placement)), options) {}

  // ---- Reading. O(lookup + log entries of the node).

  /// The entry without a copy, null where there is none. Stays valid, and as it was, whatever happens to the map.
  [[nodiscard]] entry_pointer find(std::string_view key) const {
    const std::shared_lock topology_lock(topology_mutex_);
    const shard* const primary = topology_.primary(topology_.position(key));
    return primary == nullptr ? nullptr : read(*primary, key);
  }

  [[nodiscard]] std::optional<entry_type> get(std::string_view key) const {
    const entry_pointer entry = find(key);
    return entry == nullptr ? std::nullopt : std::optional<entry_type>(*entry);
  }

  /// The copy that one node holds, null where it holds none or is unknown.
  template <class Id>
  [[nodiscard]] entry_pointer find_on(const Id& node, std::string_view key) const {
    const std::shared_lock topology_lock(topology_mutex_);
    const shard* const one = topology_.shard_of(node);
    return one == nullptr ? nullptr : read(*one, key);
  }

  /// All entries whose key begins with `prefix`, bytewise, in key order: one consistent view. O(matches × log).
  [[nodiscard]] std::vector<kv_item<Value>> list(std::string_view prefix = {}) const {
    std::vector<std::pair<std::string, entry_pointer>> found;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto locks = topology_.lock_all_shared();
      topology_.for_each_with_prefix(
          prefix, [&](const auto& element) { found.emplace_back(element.first, element.second.entry); });
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<kv_item<Value>> items;
    items.reserve(found.size());
    for (auto& [key, entry] : found) items.push_back({std::move(key), *entry});
    return items;
  }

  /// The keys that begin with `prefix`, in order; with a separator, cut behind its first occurrence past the prefix and
  /// without repetitions, as a listing of one directory.
  [[nodiscard]] std::vector<std::string> keys(std::string_view prefix = {}, std::string_view separator = {}) const {
    std::vector<std::string> found;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto locks = topology_.lock_all_shared();
      topology_.for_each_with_prefix(prefix, [&](const auto& element) {
        const std::string& key = element.first;
        const std::size_t cut = separator.empty() ? std::string::npos : key.find(separator, prefix.size());
        found.push_back(cut == std::string::npos ? key : key.substr(0, cut + separator.size()));
      });
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  /// Number of keys.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // ---- Writing. Every write bumps the map's index and gives it to the entry. A map whose placement has no owner
  // takes no entries: std::logic_error.

  /// Creates or overwrites; flags become what is given. Returns the entry's new modify_index.
  kv_index put(std::string_view key, Value value, std::uint64_t flags = 0) {
    return write(key, std::move(value), flags, [](const entry_type*) { return kv_result{}; }).index;
  }

  /// Compare-and-set: writes only if the entry's modify_index is `expected`; 0 means create only.
  kv_result cas(std::string_view key, Value value, kv_index expected, std::uint64_t flags = 0) {
    return write(key, std::move(value), flags, [expected](const entry_type* now) -> kv_result {
      if (expected == 0) return now == nullptr ? kv_result{} : kv_result{kv_outcome::exists, now->modify_index};
      return compare(now, expected);
    });
  }

  /// Read-modify-write of one key: change(const Value* now) -> Value, where `now` is null if there is no entry. Called
  /// again when somebody else wrote in between, without any lock held. Keeps the flags. Returns the new modify_index.
  template <class Change>
  kv_index update(std::string_view key, const Change& change) {
    for (;;) {
      const entry_pointer now = find(key);
      const kv_result result = now == nullptr ? cas(key, change(static_cast<const Value*>(nullptr)), 0)
                                              : cas(key, change(&now->value), now->modify_index, now->flags);
      if (result) return result.index;
    }
  }

  /// Whether there was such a key.
  bool erase(std::string_view key) {
    return static_cast<bool>(
        erase_if(key, [](const entry_type& now) { return kv_result{kv_outcome::ok, now.modify_index}; }));
  }

  /// Erases only if the entry's modify_index is `expected`. 0 never erases.
  kv_result erase(std::string_view key, kv_index expected) {
    return erase_if(key, [expected](const entry_type& now) { return compare(&now, expected); });
  }

  /// Erases every key that begins with `prefix`, at one index. Returns how many.
  std::size_t erase_prefix(std::string_view prefix) {
    std::size_t erased = 0;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto locks = topology_.lock_all();
      erased = topology_.erase_prefix(prefix);
      if (erased != 0) size_ -= erased, ++index_;
    }
    if (erased != 0) wake();
    return erased;
  }

  // ---- The index, and waiting for it.

  /// The index of the newest change.
  [[nodiscard]] kv_index index() const noexcept { return index_.load(); }

  /// Waits until the index is past `seen`, or a stop is requested; returns the index. As with Consul, no promise that what
  /// you care about changed: read again.
  kv_index wait_past(kv_index seen, std::stop_token stop) const {
    return wait(seen, [&](auto& lock, const auto& passed) { changed_.wait(lock, stop, passed); });
  }
  /// The same with a deadline.
  template <class Clock, class Duration>
  kv_index wait_past(kv_index seen, const std::chrono::time_point<Clock, Duration>& deadline) const {
    return wait(seen, [&](auto& lock, const auto& passed) { changed_.wait_until(lock, deadline, passed); });
  }

  // ---- Nodes. Each returns what it did. Bad arguments and a failing allocation throw and change nothing.

  /// A node joins: O(vnodes × copies + entries that move × log). Throws what the placement's add() throws.
  report_type join(node_type node, node_options options = {}) {
    return change([&](Placement& next) { next.add(std::move(node), std::move(options)); });
  }

  /// A node leaves in good order and hands over what it holds. The last node that owns anything cannot leave while there
  /// are entries: std::invalid_argument, as for an unknown node.
  template <class Id>
  report_type leave(const Id& node) {
    return change([&](Placement& next) { next.remove(node); });
  }

  /// A node is lost with all it holds; its keys are re-placed from the surviving copies. Keys without one are in the report.
  template <class Id>
  report_type fail(const Id& node) {
    return change([&](Placement& next) { next.remove(node); }, [&](const node_type& one) { return same(one, node); });
  }

  /// Several nodes are lost at once: with R copies, any R - 1 of them lose nothing.
  template <class Id>
  report_type fail_all(const std::vector<Id>& nodes) {
    return change(
        [&](Placement& next) {
          for (const Id& node : nodes) next.remove(node);
        },
        [&](const node_type& one) {
          return std::any_of(nodes.begin(), nodes.end(), [&](const Id& node) { return same(one, node); });
        });
  }

  /// Changes a node's weight; 0 drains it.
  template <class Id>
  report_type set_weight(const Id& node, std::int64_t weight) {
    return change([&](Placement& next) { next.set_weight(node, weight); });
  }

  /// Moves everything to where another placement wants it, which must put keys at the same positions.
  report_type rehome(Placement placement) {
    return change([&](Placement& next) { next = std::move(placement); });
  }

  /// The placement now: an immutable snapshot.
  [[nodiscard]] std::shared_ptr<const Placement> placement_now() const {
    const std::shared_lock topology_lock(topology_mutex_);
    return topology_.placement();
  }

  /// How many copies each node holds, in id order.
  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    const std::shared_lock topology_lock(topology_mutex_);
    const auto locks = topology_.lock_all_shared();
    return topology_.copies_per_node();
  }

 private:
  template <class Id>
  static bool same(const node_type& node, const Id& id) noexcept {
    return detail::id_equal(detail::id_of(node), detail::id_of(id));
  }

  static kv_result compare(const entry_type* now, kv_index expected) noexcept {
    if (now == nullptr) return {kv_outcome::absent, 0};
    return {now->modify_index == expected ? kv_outcome::ok : kv_outcome::stale, now->modify_index};
  }

  static entry_pointer read(const shard& one, std::string_view key) {
    const std::shared_lock lock(one.mutex());
    const auto* const held = one.find(key);
    return held == nullptr ? nullptr : held->second.entry;
  }

  // Writes if allow(entry now, or null) says ok; its result otherwise.
  template <class Allow>
  kv_result write(std::string_view key, Value value, std::uint64_t flags, const Allow& allow) {
    auto entry = std::make_shared<entry_type>(entry_type{std::move(value), flags, 0, 0});
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const std::uint64_t position = topology_.position(key);
      const auto holders = topology_.holders(position);
      if (holders.empty())
        detail::throw_logic_error("kv_map: there is no node that could hold '" + std::string(key) + "'");
      const auto locks = topology::lock(holders);
      auto* const held = holders.front()->find(key);
      const kv_result verdict = allow(held == nullptr ? nullptr : held->second.entry.get());
      if (!verdict) return verdict;
      if (held == nullptr) {
        std::vector<typename shard::loose_record> copies;
        copies.reserve(holders.size());
        for (std::size_t i = 0; i < holders.size(); ++i)
          copies.push_back(shard::make(std::string(key), position, entry));
        entry->create_index = entry->modify_index = ++index_;
        for (std::size_t i = 0; i < holders.size(); ++i) holders[i]->attach(std::move(copies[i]));
        ++size_;
      } else {
        entry->create_index = held->second.entry->create_index;
        entry->modify_index = ++index_;
        for (shard* const holder : holders) holder->find(key)->second.entry = entry;
      }
    }
    wake();
    return {kv_outcome::ok, entry->modify_index};
  }

  // Erases if allow(entry) says ok; its result otherwise.
  template <class Allow>
  kv_result erase_if(std::string_view key, const Allow& allow) {
    kv_result verdict;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto holders = topology_.holders(topology_.position(key));
      if (holders.empty()) return {kv_outcome::absent, 0};
      const auto locks = topology::lock(holders);
      const auto* const held = holders.front()->find(key);
      if (held == nullptr) return {kv_outcome::absent, 0};
      verdict = allow(*held->second.entry);
      if (!verdict) return verdict;
      for (shard* const holder : holders) static_cast<void>(holder->detach(*holder->find(key)));
      --size_;
      verdict.index = ++index_;
    }
    wake();
    return verdict;
  }

  template <class Edit>
  report_type change(const Edit& edit) {
    return change(edit, [](const node_type&) { return false; });
  }

  template <class Edit, class Failed>
  report_type change(const Edit& edit, const Failed& failed) {
    report_type report;
    {
      const std::unique_lock topology_lock(topology_mutex_);
      Placement next = *topology_.placement();
      edit(next);
      report = detail::kv_rehome(topology_, std::move(next), failed);
      report.keys = size_;
      if (!report.lost.empty()) size_ -= report.lost.size(), ++index_;
    }
    if (!report.lost.empty()) wake();
    return report;
  }

  template <class Wait>
  kv_index wait(kv_index seen, const Wait& wait_for) const {
    std::unique_lock lock(wait_mutex_);
    ++waiters_;  // before the index is read: a writer that sees no waiter has bumped the index already
    wait_for(lock, [&] { return index_.load() > seen; });
    --waiters_;
    return index_.load();
  }

  void wake() const {
    if (waiters_.load() == 0) return;
    {
      const std::lock_guard lock(wait_mutex_);
    }
    changed_.notify_all();
  }

  mutable detail::writer_first_mutex topology_mutex_;
  topology topology_;
  std::atomic<std::size_t> size_{0};
  std::atomic<kv_index> index_{0};
  mutable std::mutex wait_mutex_;
  mutable std::condition_variable_any changed_;
  mutable std::atomic<std::size_t> waiters_{0};
};

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
