// SPDX-License-Identifier: MIT
// The operations of a kv_map, with their locks: reads, writes and changes of nodes. Each one is atomic.
// detail/kv/state.hpp has the locks and their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/kv/counter.hpp>
#include <quoit/detail/kv/rehome.hpp>
#include <quoit/detail/kv/shard.hpp>
#include <quoit/detail/kv/state.hpp>
#include <quoit/detail/kv/stepper.hpp>
#include <quoit/detail/kv/topology.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/kv_entry.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
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
      : state_(std::make_shared<const Placement>(std::move(placement)), options) {}

  // ---- Reading.

  [[nodiscard]] entry_pointer find(std::string_view key) const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    const shard* const primary = state_.topology.primary(state_.topology.position(key));
    return primary == nullptr ? nullptr : read(*primary, key);
  }

  template <class Id>
  [[nodiscard]] entry_pointer find_on(const Id& node, std::string_view key) const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    const shard* const one = state_.topology.shard_of(node);
    return one == nullptr ? nullptr : read(*one, key);
  }

  // Calls use() once for every key, in no order: one consistent view. Holds all locks, so `use` must not call the map.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    const auto locks = state_.topology.lock_all_shared();
    state_.topology.for_each_with_prefix(prefix, use);
  }

  [[nodiscard]] std::size_t size() const noexcept { return state_.size.load(); }
  [[nodiscard]] const kv_counter& counter() const noexcept { return state_.counter; }

  [[nodiscard]] std::shared_ptr<const Placement> placement() const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    return state_.topology.placement();
  }

  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    const auto locks = state_.topology.lock_all_shared();
    return state_.topology.copies_per_node();
  }

  // ---- Writing.

  // Writes if allow(current entry, or null) returns ok. Otherwise returns what allow() returned.
  template <class Allow>
  kv_result write(std::string_view key, Value value, std::uint64_t flags, const Allow& allow) {
    auto entry = std::make_shared<entry_type>(entry_type{std::move(value), flags, 0, 0});
    entry_pointer old;
    {
      const std::shared_lock topology_lock(state_.topology_mutex);
      const std::uint64_t position = state_.topology.position(key);
      const auto holders = state_.topology.holders(position);
      const auto locks = topology::lock(holders);
      auto* const held = holders.empty() ? nullptr : holders.front()->find(key);
      const kv_result verdict = allow(held == nullptr ? nullptr : held->second.entry.get());
      if (!verdict) return verdict;
      if (holders.empty())
        throw_logic_error("kv_map: no node can hold '" + std::string(key) + "'; " +
                          state_.topology.why_homeless(position));
      if (held == nullptr) {
        std::vector<loose_record> copies;
        copies.reserve(holders.size());
        for (std::size_t i = 0; i < holders.size(); ++i)
          copies.push_back(shard::make(std::string(key), position, entry));
        entry->create_index = entry->modify_index = state_.counter.next();
        for (std::size_t i = 0; i < holders.size(); ++i) holders[i]->attach(std::move(copies[i]));
        ++state_.size;
      } else {
        // A receiver of a migration may not have this key yet.
        std::vector<std::pair<shard*, loose_record>> late;
        if (state_.topology.migration() != nullptr) {
          for (shard* const holder : holders) {
            if (holder->find(key) == nullptr) late.emplace_back(holder, shard::make(std::string(key), position, entry));
          }
        }
        old = held->second.entry;
        entry->create_index = old->create_index;
        entry->modify_index = state_.counter.next();
        for (auto& [holder, record] : late) holder->attach(std::move(record));
        for (shard* const holder : holders) holder->find(key)->second.entry = entry;
      }
    }
    state_.counter.wake();
    return {kv_outcome::ok, entry->modify_index};
  }

  // Erases if allow(entry) returns ok. Otherwise returns what allow() returned.
  template <class Allow>
  kv_result erase(std::string_view key, const Allow& allow) {
    kv_result verdict;
    std::vector<loose_record> erased;
    {
      const std::shared_lock topology_lock(state_.topology_mutex);
      const auto holders = state_.topology.holders(state_.topology.position(key));
      if (holders.empty()) return {kv_outcome::absent, 0};
      const auto locks = topology::lock(holders);
      const auto* const held = holders.front()->find(key);
      if (held == nullptr) return {kv_outcome::absent, 0};
      verdict = allow(*held->second.entry);
      if (!verdict) return verdict;
      erased.reserve(holders.size());
      for (shard* const holder : holders) {
        if (const auto* const copy = holder->find(key); copy != nullptr) erased.push_back(holder->detach(*copy));
      }
      --state_.size;
      verdict.index = state_.counter.next();
    }
    state_.counter.wake();
    return verdict;
  }

  std::size_t erase_prefix(std::string_view prefix) {
    typename topology::erased_records erased;
    {
      const std::shared_lock topology_lock(state_.topology_mutex);
      const auto locks = state_.topology.lock_all();
      erased = state_.topology.erase_prefix(prefix);
      if (erased.keys != 0) state_.size -= erased.keys, state_.counter.next();
    }
    if (erased.keys != 0) state_.counter.wake();
    return erased.keys;
  }

  // ---- Nodes.

  // The node in the current placement; null if it is unknown. Only for use in edit(): the nodes must not change.
  template <class Id>
  [[nodiscard]] const node_type* find_node(const Id& id) const noexcept {
    return state_.topology.find_node(id);
  }

  // edit(placement, failed) changes a copy of the placement, and appends the failed nodes, by their addresses in the
  // current placement, to `failed`.
  template <class Edit>
  report_type edit(const Edit& edit) {
    return change([&](std::shared_ptr<Placement>& next, auto& failed) {
      next = std::make_shared<Placement>(*state_.topology.placement());
      edit(*next, failed);
    });
  }

  // make(next, failed) sets the next placement.
  template <class Make>
  report_type change(const Make& make) {
    // These keep what the map drops, so they must outlive the locks.
    std::shared_ptr<Placement> next;
    std::optional<kv_rehome<entry_type, Placement>> moving;
    std::size_t keys = 0;
    {
      const std::lock_guard change_lock(state_.change_mutex);
      std::vector<const node_type*> failed;
      state_.require_no_migration();
      make(next, failed);
      for (const node_type& lost : state_.topology.lost_nodes()) {
        if (has_node(*next, lost)) {
          throw_invalid_argument("kv_map: node '" + quoit::id_text(lost) +
                                 "' is lost; the next placement must not contain it");
        }
        failed.push_back(state_.topology.find_node(lost));
      }
      moving.emplace(state_.topology, next, failed);
      const std::unique_lock topology_lock(state_.topology_mutex);
      moving->plan();
      moving->move();
      keys = state_.size;
      if (moving->lost() != 0) state_.size -= moving->lost(), state_.counter.next();
    }
    if (moving->lost() != 0) state_.counter.wake();
    report_type report = moving->report();
    report.keys = keys;
    return report;
  }

  // ---- Migration: the same as change(), but in steps. Other operations run between them.

  [[nodiscard]] kv_migrator<Value, Placement> migrator() noexcept { return kv_migrator<Value, Placement>(state_); }

  template <class Use>
  auto with_migration(const Use& use) const {
    const std::shared_lock topology_lock(state_.topology_mutex);
    const auto* const migration = state_.topology.migration();
    return use(migration == nullptr ? nullptr : &migration->transition(), state_.copied.load());
  }

 private:
  static bool has_node(const Placement& placement, const node_type& node) {
    return find_spec(placement.nodes(), id_of(node)) != none;
  }

  static entry_pointer read(const shard& one, std::string_view key) {
    const std::shared_lock lock(one.mutex());
    const auto* const held = one.find(key);
    return held == nullptr ? nullptr : held->second.entry;
  }

  kv_state<Value, Placement> state_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
