// SPDX-License-Identifier: MIT
// What a kv_map holds, behind its locks: reads, writes and changes of nodes, each as a whole.
//
//   change_mutex_      changes of nodes take turns; nobody else wants it
//   topology_mutex_    shared by every operation on entries, exclusive for the moment in which entries move
//   shards' mutexes    what one node holds; by address where somebody needs several
//
// Taken in this order. Whatever an operation takes out of the map it declares before its locks, so that values, which are
// the user's code, end when all of them are released.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/kv_counter.hpp>
#include <quoit/detail/kv_rehome.hpp>
#include <quoit/detail/kv_shard.hpp>
#include <quoit/detail/kv_topology.hpp>
#include <quoit/detail/writer_first_mutex.hpp>
#include <quoit/kv_entry.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Value, class Placement>
class kv_store {
  using entry_type = kv_entry<Value>;
  using entry_pointer = std::shared_ptr<const entry_type>;
  using topology = kv_topology<entry_type, Placement>;
  using node_type = typename Placement::node_type;
  using report_type = kv_report<node_type>;
  using shard = kv_shard<entry_type>;
  using loose_record = typename shard::loose_record;

 public:
  kv_store(Placement placement, kv_options options)
      : topology_(std::make_shared<const Placement>(std::move(placement)), options) {}

  // ---- Reading.

  [[nodiscard]] entry_pointer find(std::string_view key) const {
    const std::shared_lock topology_lock(topology_mutex_);
    const shard* const primary = topology_.primary(topology_.position(key));
    return primary == nullptr ? nullptr : read(*primary, key);
  }

  template <class Id>
  [[nodiscard]] entry_pointer find_on(const Id& node, std::string_view key) const {
    const std::shared_lock topology_lock(topology_mutex_);
    const shard* const one = topology_.shard_of(node);
    return one == nullptr ? nullptr : read(*one, key);
  }

  // Every key once, in no order, all of one moment. `use` must not come back to the map.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    const std::shared_lock topology_lock(topology_mutex_);
    const auto locks = topology_.lock_all_shared();
    topology_.for_each_with_prefix(prefix, use);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_.load(); }
  [[nodiscard]] const kv_counter& counter() const noexcept { return counter_; }

  [[nodiscard]] std::shared_ptr<const Placement> placement() const {
    const std::shared_lock topology_lock(topology_mutex_);
    return topology_.placement();
  }

  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    const std::shared_lock topology_lock(topology_mutex_);
    const auto locks = topology_.lock_all_shared();
    return topology_.copies_per_node();
  }

  // ---- Writing.

  // Writes if allow(entry now, or null) says ok; its result otherwise.
  template <class Allow>
  kv_result write(std::string_view key, Value value, std::uint64_t flags, const Allow& allow) {
    auto entry = std::make_shared<entry_type>(entry_type{std::move(value), flags, 0, 0});
    entry_pointer old;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const std::uint64_t position = topology_.position(key);
      const auto holders = topology_.holders(position);
      const auto locks = topology::lock(holders);
      auto* const held = holders.empty() ? nullptr : holders.front()->find(key);
      const kv_result verdict = allow(held == nullptr ? nullptr : held->second.entry.get());
      if (!verdict) return verdict;
      if (holders.empty())
        throw_logic_error("kv_map: there is no node that could hold '" + std::string(key) + "'");
      if (held == nullptr) {
        std::vector<loose_record> copies;
        copies.reserve(holders.size());
        for (std::size_t i = 0; i < holders.size(); ++i)
          copies.push_back(shard::make(std::string(key), position, entry));
        entry->create_index = entry->modify_index = counter_.next();
        for (std::size_t i = 0; i < holders.size(); ++i) holders[i]->attach(std::move(copies[i]));
        ++size_;
      } else {
        old = held->second.entry;
        entry->create_index = old->create_index;
        entry->modify_index = counter_.next();
        for (shard* const holder : holders) holder->find(key)->second.entry = entry;
      }
    }
    counter_.wake();
    return {kv_outcome::ok, entry->modify_index};
  }

  // Erases if allow(entry) says ok; its result otherwise.
  template <class Allow>
  kv_result erase(std::string_view key, const Allow& allow) {
    kv_result verdict;
    std::vector<loose_record> erased;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto holders = topology_.holders(topology_.position(key));
      if (holders.empty()) return {kv_outcome::absent, 0};
      const auto locks = topology::lock(holders);
      const auto* const held = holders.front()->find(key);
      if (held == nullptr) return {kv_outcome::absent, 0};
      verdict = allow(*held->second.entry);
      if (!verdict) return verdict;
      erased.reserve(holders.size());
      for (shard* const holder : holders) erased.push_back(holder->detach(*holder->find(key)));
      --size_;
      verdict.index = counter_.next();
    }
    counter_.wake();
    return verdict;
  }

  std::size_t erase_prefix(std::string_view prefix) {
    typename topology::erased_records erased;
    {
      const std::shared_lock topology_lock(topology_mutex_);
      const auto locks = topology_.lock_all();
      erased = topology_.erase_prefix(prefix);
      if (erased.keys != 0) size_ -= erased.keys, counter_.next();
    }
    if (erased.keys != 0) counter_.wake();
    return erased.keys;
  }

  // ---- Nodes.

  // By the address that the node has now; null where it is unknown. For edit() alone, as it needs the nodes to stay.
  template <class Id>
  [[nodiscard]] const node_type* find_node(const Id& id) const noexcept {
    return topology_.find_node(id);
  }

  // edit(placement, failed) changes a copy of the placement, and names the nodes that failed by their addresses before.
  template <class Edit>
  report_type edit(const Edit& edit) {
    return change([&](std::shared_ptr<Placement>& next, auto& failed) {
      next = std::make_shared<Placement>(*topology_.placement());
      edit(*next, failed);
    });
  }

  // make(next, failed) sets the next placement.
  template <class Make>
  report_type change(const Make& make) {
    // These end with all that the map no longer holds, so they outlive the locks.
    std::shared_ptr<Placement> next;
    std::optional<kv_rehome<entry_type, Placement>> moving;
    std::size_t keys = 0;
    {
      const std::lock_guard change_lock(change_mutex_);
      std::vector<const node_type*> failed;
      make(next, failed);
      moving.emplace(topology_, next, failed);
      const std::unique_lock topology_lock(topology_mutex_);
      moving->plan();
      moving->move();
      keys = size_;
      if (moving->lost() != 0) size_ -= moving->lost(), counter_.next();
    }
    if (moving->lost() != 0) counter_.wake();
    report_type report = moving->report();
    report.keys = keys;
    return report;
  }

 private:
  static entry_pointer read(const shard& one, std::string_view key) {
    const std::shared_lock lock(one.mutex());
    const auto* const held = one.find(key);
    return held == nullptr ? nullptr : held->second.entry;
  }

  std::mutex change_mutex_;
  mutable writer_first_mutex topology_mutex_;
  topology topology_;
  std::atomic<std::size_t> size_{0};
  kv_counter counter_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
