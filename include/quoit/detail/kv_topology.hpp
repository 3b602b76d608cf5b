// SPDX-License-Identifier: MIT
// A kv_map's nodes: the placement, one shard a node, and which shards hold a position. Takes no locks of its own accord.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/kv_shard.hpp>
#include <quoit/kv_entry.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

namespace detail {

template <class Entry, class Placement>
class kv_topology {
 public:
  using node_type = typename Placement::node_type;
  using shard = kv_shard<Entry>;
  using shard_list = std::vector<shard*>;
  // The shard of every node of a placement, by the node's address in it.
  using shard_index = std::unordered_map<const node_type*, std::shared_ptr<shard>>;

  kv_topology(std::shared_ptr<const Placement> placement, kv_options options)
      : options_(options), placement_(std::move(placement)) {
    if (options.replicas == 0) throw_invalid_argument("kv_map: replicas = 0; every key needs a node");
    for (const auto& entry : placement_->nodes()) shards_.emplace(&entry.node, make_shard());
  }

  [[nodiscard]] std::shared_ptr<shard> make_shard() {
    return std::make_shared<shard>((*mutexes_)[made_++ % mutexes_->size()]);
  }

  [[nodiscard]] const std::shared_ptr<const Placement>& placement() const noexcept { return placement_; }
  [[nodiscard]] const shard_index& shards() const noexcept { return shards_; }
  [[nodiscard]] std::uint64_t position(std::string_view key) const noexcept { return placement_->position(key); }

  [[nodiscard]] shard* primary(std::uint64_t position) const noexcept {
    const node_type* node = nullptr;
    return placement_->preferred(position, std::span<const node_type*>(&node, 1)) == 0
               ? nullptr
               : shards_.find(node)->second.get();
  }

  // The shards that hold a position under this or another placement, primary first.
  [[nodiscard]] shard_list holders(std::uint64_t position) const { return holders(*placement_, shards_, position); }
  [[nodiscard]] shard_list holders(const Placement& placement, const shard_index& shards,
                                   std::uint64_t position) const {
    preference_list<node_type> nodes(std::min(options_.replicas, shards.size()));
    nodes.resize(
        placement.preferred(position, nodes.room().first(std::min(options_.replicas, shards.size())), options_.apart));
    shard_list result;
    result.reserve(nodes.size());
    for (const node_type* node : nodes.pointers()) result.push_back(shards.find(node)->second.get());
    return result;
  }

  template <class Id>
  [[nodiscard]] shard* shard_of(const Id& id) const noexcept {
    for (const auto& entry : placement_->nodes()) {
      if (id_equal(id_of(entry.node), id_of(id))) return shards_.find(&entry.node)->second.get();
    }
    return nullptr;
  }

  // Locks in one order everywhere, that of the addresses, whatever the order of the list.
  [[nodiscard]] static std::vector<std::unique_lock<writer_first_mutex>> lock(const shard_list& shards) {
    return lock_in_order<std::unique_lock<writer_first_mutex>>(shards);
  }
  [[nodiscard]] auto lock_all() const { return lock(all()); }
  [[nodiscard]] auto lock_all_shared() const { return lock_in_order<std::shared_lock<writer_first_mutex>>(all()); }

  // Every key once: each is looked at in the shard of its primary only.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    for (const auto& [node, one] : shards_) {
      one->for_each_with_prefix(prefix, [&, self = one.get()](const typename shard::element& element) {
        if (primary(element.second.position) == self) use(element);
      });
    }
  }

  // Allocates before it erases, so that it erases all or nothing.
  std::size_t erase_prefix(std::string_view prefix) {
    std::vector<std::pair<shard*, const typename shard::element*>> found;
    std::size_t keys = 0;
    for (const auto& [node, one] : shards_) {
      one->for_each_with_prefix(prefix, [&, self = one.get()](const typename shard::element& element) {
        found.emplace_back(self, &element);
        if (primary(element.second.position) == self) ++keys;
      });
    }
    for (const auto& [self, element] : found) static_cast<void>(self->detach(*element));
    return keys;
  }

  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    std::vector<std::pair<node_type, std::size_t>> result;
    for (const auto& entry : placement_->nodes()) {
      result.emplace_back(entry.node, shards_.find(&entry.node)->second->size());
    }
    return result;
  }

  // The end of a change: cannot fail.
  void become(std::shared_ptr<const Placement> placement, shard_index shards) noexcept {
    placement_.swap(placement);
    shards_.swap(shards);
  }

 private:
  [[nodiscard]] shard_list all() const {
    shard_list result;
    result.reserve(shards_.size());
    for (const auto& [node, one] : shards_) result.push_back(one.get());
    return result;
  }

  template <class Lock>
  static std::vector<Lock> lock_in_order(const shard_list& shards) {
    std::vector<writer_first_mutex*> mutexes;
    mutexes.reserve(shards.size());
    for (const shard* const one : shards) mutexes.push_back(&one->mutex());
    std::sort(mutexes.begin(), mutexes.end(), std::less<>());
    mutexes.erase(std::unique(mutexes.begin(), mutexes.end()), mutexes.end());
    std::vector<Lock> locks;
    locks.reserve(mutexes.size());
    for (writer_first_mutex* const mutex : mutexes) locks.emplace_back(*mutex);
    return locks;
  }

  // A fixed number of mutexes, dealt out to the shards in turn: whoever needs all shards takes no more locks than this
  // however many nodes there are (ThreadSanitizer gives up on a thread that holds 64), and two shards seldom meet.
  using mutex_list = std::array<writer_first_mutex, 16>;
  std::unique_ptr<mutex_list> mutexes_ = std::make_unique<mutex_list>();
  std::size_t made_ = 0;

  kv_options options_;
  std::shared_ptr<const Placement> placement_;
  shard_index shards_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
