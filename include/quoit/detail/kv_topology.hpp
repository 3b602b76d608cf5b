// SPDX-License-Identifier: MIT
// A kv_map's nodes: the placement, one shard a node, and which shards hold a position. Takes no locks of its own accord.
//
// Everything here needs the map's topology lock, shared, and exchange() exclusively; whoever knows that no other change of
// nodes runs may go without it, except for what looks into shards.
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
  using loose_record = typename shard::loose_record;
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

  [[nodiscard]] const kv_options& options() const noexcept { return options_; }

  [[nodiscard]] shard* primary(std::uint64_t position) const noexcept {
    const node_type* node = nullptr;
    return placement_->preferred(position, std::span<const node_type*>(&node, 1), options_.apart) == 0
               ? nullptr
               : shards_.find(node)->second.get();
  }

  // The shards that hold a position, primary first.
  [[nodiscard]] shard_list holders(std::uint64_t position) const {
    const std::size_t most = std::min(options_.replicas, shards_.size());
    preference_list<node_type> nodes(most);
    nodes.resize(placement_->preferred(position, nodes.room().first(most), options_.apart));
    shard_list result;
    result.reserve(nodes.size());
    for (const node_type* node : nodes.pointers()) result.push_back(shards_.find(node)->second.get());
    return result;
  }

  // Null where the node is unknown. O(log nodes).
  template <class Id>
  [[nodiscard]] const node_type* find_node(const Id& id) const noexcept {
    const auto& nodes = placement_->nodes();
    const auto at = std::lower_bound(nodes.begin(), nodes.end(), id, [](const auto& entry, const Id& value) {
      return id_less(id_of(entry.node), id_of(value));
    });
    return at != nodes.end() && id_equal(id_of((*at).node), id_of(id)) ? &(*at).node : nullptr;
  }
  template <class Id>
  [[nodiscard]] shard* shard_of(const Id& id) const noexcept {
    const node_type* const node = find_node(id);
    return node == nullptr ? nullptr : shards_.find(node)->second.get();
  }

  // Locks in one order everywhere, that of the addresses, whatever the order of the list.
  [[nodiscard]] static std::vector<std::unique_lock<writer_first_mutex>> lock(const shard_list& shards) {
    return lock_in_order<std::unique_lock<writer_first_mutex>>(shards);
  }
  [[nodiscard]] auto lock_all() const { return lock_every<std::unique_lock<writer_first_mutex>>(); }
  [[nodiscard]] auto lock_all_shared() const { return lock_every<std::shared_lock<writer_first_mutex>>(); }

  // Every key once, in no order. Asks every shard, and looks at every copy of a match to find the one on its primary.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    for (const auto& [node, one] : shards_) {
      one->for_each_with_prefix(prefix, [&, self = one.get()](const typename shard::element& element) {
        if (is_primary(*self, element)) use(element);
      });
    }
  }

  // What erase_prefix() took out, for the caller to destroy where no lock is held.
  struct erased_records {
    std::vector<loose_record> records;
    std::size_t keys = 0;
  };

  // Allocates before it erases, so that it erases all or nothing.
  [[nodiscard]] erased_records erase_prefix(std::string_view prefix) {
    std::vector<std::pair<shard*, const typename shard::element*>> found;
    erased_records erased;
    for (const auto& [node, one] : shards_) {
      one->for_each_with_prefix(prefix, [&, self = one.get()](const typename shard::element& element) {
        found.emplace_back(self, &element);
        if (is_primary(*self, element)) ++erased.keys;
      });
    }
    erased.records.reserve(found.size());
    for (const auto& [self, element] : found) erased.records.push_back(self->detach(*element));
    return erased;
  }

  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    std::vector<std::pair<node_type, std::size_t>> result;
    for (const auto& entry : placement_->nodes()) {
      result.emplace_back(entry.node, shards_.find(&entry.node)->second->size());
    }
    return result;
  }

  // The end of a change: cannot fail. Leaves in the arguments what was before.
  void exchange(std::shared_ptr<const Placement>& placement, shard_index& shards) noexcept {
    placement_.swap(placement);
    shards_.swap(shards);
  }

 private:
  [[nodiscard]] bool is_primary(const shard& one, const typename shard::element& element) const noexcept {
    return options_.replicas == 1 || primary(element.second.position) == &one;
  }

  template <class Lock>
  [[nodiscard]] std::vector<Lock> lock_every() const {
    std::vector<Lock> locks;
    locks.reserve(mutexes_->size());
    for (writer_first_mutex& mutex : *mutexes_) locks.emplace_back(mutex);
    return locks;
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
