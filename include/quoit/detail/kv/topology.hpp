// SPDX-License-Identifier: MIT
// A kv_map's nodes: the placement, one shard per node, and which shards hold a position. Takes no lock by itself.
//
// All members need the map's topology lock: exchange() exclusively, the others shared. While no other change of nodes
// can run, members that do not look into shards need no lock.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <ranges>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/kv/locks.hpp>
#include <quoit/detail/kv/migration.hpp>
#include <quoit/detail/kv/shard.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/kv_entry.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
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
  using migration_type = kv_migration<Entry, Placement>;

  kv_topology(std::shared_ptr<const Placement> placement, kv_options options)
      : options_(options), placement_(std::move(placement)) {
    if (options.replicas == 0)
      throw_invalid_argument("kv_map: replicas = 0; it must be at least 1, because every key needs a node");
    require_domains("kv_map", *placement_);
    for (const auto& entry : placement_->nodes()) shards_.emplace(&entry.node, make_shard());
  }

  [[nodiscard]] std::shared_ptr<shard> make_shard() {
    return std::make_shared<shard>((*mutexes_)[made_++ % mutexes_->size()]);
  }

  [[nodiscard]] const std::shared_ptr<const Placement>& placement() const noexcept { return placement_; }
  [[nodiscard]] const shard_index& shards() const noexcept { return shards_; }
  [[nodiscard]] std::uint64_t position(std::string_view key) const noexcept { return placement_->position(key); }

  // Why a key has no holder, and the way out, for a message.
  [[nodiscard]] std::string why_homeless(std::uint64_t position) const {
    if constexpr (requires { placement_->missing_slots(); }) {
      if (!shards_.empty()) {
        return "no live node holds slot " + std::to_string(position) +
               "; rehome() or start_migration() to a table in which it has a copy, such as plan() makes";
      }
    }
    return "join() a node with a weight above 0 first";
  }

  [[nodiscard]] const kv_options& options() const noexcept { return options_; }

  // Whether the placement alone determines the holders: there is no migration, and no lost node in the placement.
  [[nodiscard]] bool settled() const noexcept { return migration_ == nullptr && lost_.empty(); }

  [[nodiscard]] shard* primary(std::uint64_t position) const {
    if (!settled()) {
      const shard_list all = holders(position);
      return all.empty() ? nullptr : all.front();
    }
    const node_type* node = nullptr;
    return placement_->preferred(position, std::span<const node_type*>(&node, 1), options_.apart) == 0
               ? nullptr
               : shards_.find(node)->second.get();
  }

  // The shards that a write to a position goes to. The first one has every entry, and is the one to read.
  [[nodiscard]] shard_list holders(std::uint64_t position) const { return ask(&migration_type::holders, position); }
  // The holders that have every entry of the position.
  [[nodiscard]] shard_list complete_holders(std::uint64_t position) const {
    return ask(&migration_type::complete_holders, position);
  }
  // The same at another stage of the migration.
  [[nodiscard]] shard_list complete_holders(const migration_type& migration, std::uint64_t position) const {
    shard_list result;
    migration.complete_holders(position, result);
    std::erase_if(result, [this](const shard* one) { return is_lost(one); });
    return result;
  }
  // The holders from whose copy alone the map could continue.
  [[nodiscard]] shard_list whole_holders(std::uint64_t position) const {
    return ask(&migration_type::whole_holders, position);
  }

  // Null if the node is unknown. O(log nodes).
  template <class Id>
  [[nodiscard]] const node_type* find_node(const Id& id) const noexcept {
    return find_node(*placement_, id);
  }
  template <class Id>
  [[nodiscard]] shard* shard_of(const Id& id) const noexcept {
    if (const node_type* const node = find_node(id); node != nullptr) return shards_.find(node)->second.get();
    if (migration_ == nullptr) return nullptr;
    const node_type* const node = find_node(migration_->transition().after(), id);
    return node == nullptr ? nullptr : migration_->of(node);
  }

  // ---- Migration, and lost nodes that are still in the placement.

  [[nodiscard]] migration_type* migration() const noexcept { return migration_.get(); }
  [[nodiscard]] bool is_lost(const shard* one) const noexcept { return detail::contains(lost_, one); }

  // The lost nodes that are in the placement.
  [[nodiscard]] std::vector<node_type> lost_nodes() const {
    std::vector<node_type> nodes;
    for (const auto& entry : placement_->nodes()) {
      if (is_lost(shards_.find(&entry.node)->second.get())) nodes.push_back(entry.node);
    }
    return nodes;
  }
  void reserve_lost() { lost_.reserve(lost_.size() + 1); }
  void lose(const shard* one) noexcept { lost_.push_back(one); }

  // A migration along the transition, which begins at the current placement. Nodes in both placements keep their
  // shards.
  [[nodiscard]] std::unique_ptr<migration_type> make_migration(typename migration_type::transition_type transition) {
    shard_index all;
    for (const auto& [before, after] : node_union<node_type>(*placement_, transition.after())) {
      const auto one = before != nullptr ? shards_.find(before)->second : make_shard();
      if (after != nullptr) all.emplace(after, one);
      if (before != nullptr) all.emplace(find_node(transition.before(), *before), one);
    }
    return std::make_unique<migration_type>(std::move(transition), std::move(all));
  }
  void start(std::unique_ptr<migration_type>& migration) noexcept { migration_.swap(migration); }

  // The shards of the nodes of `placement`, with which a migration ends or stops. Each node must be in the migration.
  [[nodiscard]] shard_index shards_for(const Placement& placement) const {
    shard_index result;
    for (const auto& entry : placement.nodes()) {
      const node_type* node = find_node(migration_->transition().after(), entry.node);
      if (node == nullptr) node = find_node(migration_->transition().before(), entry.node);
      result.emplace(&entry.node, migration_->shards().find(node)->second);
    }
    return result;
  }
  // Cannot fail. Leaves the previous values in the arguments.
  void settle(std::shared_ptr<const Placement>& placement, shard_index& shards,
              std::unique_ptr<migration_type>& migration) noexcept {
    migration_.swap(migration);
    exchange(placement, shards);
  }

  // Locks in the order of addresses, independent of the order of the list.
  [[nodiscard]] static std::vector<std::unique_lock<writer_first_mutex>> lock(const shard_list& shards) {
    return lock_in_order<std::unique_lock<writer_first_mutex>>(shards);
  }
  [[nodiscard]] auto lock_all() const { return lock_every<std::unique_lock<writer_first_mutex>>(); }
  [[nodiscard]] auto lock_all_shared() const { return lock_every<std::shared_lock<writer_first_mutex>>(); }

  // Calls use() once for every key, in no order. Searches every shard, and for every copy of a match looks up whether
  // it is the one on the key's primary.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    for_each_shard([&](shard& one) {
      one.for_each_with_prefix(prefix, [&](const typename shard::element& element) {
        if (is_primary(one, element)) use(element);
      });
    });
  }

  // What erase_prefix() removed, for the caller to destroy after the locks are released.
  struct erased_records {
    std::vector<loose_record> records;
    std::size_t keys = 0;
  };

  // Allocates before it erases, so it erases all or nothing.
  [[nodiscard]] erased_records erase_prefix(std::string_view prefix) {
    std::vector<std::pair<shard*, const typename shard::element*>> found;
    erased_records erased;
    for_each_shard([&](shard& one) {
      one.for_each_with_prefix(prefix, [&](const typename shard::element& element) {
        found.emplace_back(&one, &element);
        if (is_primary(one, element)) ++erased.keys;
      });
    });
    erased.records.reserve(found.size());
    for (const auto& [self, element] : found) erased.records.push_back(self->detach(*element));
    return erased;
  }

  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    std::vector<std::pair<node_type, std::size_t>> result;
    const Placement& next = migration_ == nullptr ? *placement_ : migration_->transition().after();
    for (const auto& entry : node_union<node_type>(*placement_, next)) {
      result.emplace_back(entry.newest(), shard_of(entry.newest())->size());
    }
    return result;
  }

  // Ends a change. Cannot fail. Leaves the previous values in the arguments.
  void exchange(std::shared_ptr<const Placement>& placement, shard_index& shards) noexcept {
    placement_.swap(placement);
    shards_.swap(shards);
    std::erase_if(lost_, [this](const shard* one) {
      return std::none_of(shards_.begin(), shards_.end(),
                          [one](const auto& known) { return known.second.get() == one; });
    });
  }

 private:
  // One of the migration's lists, or the placement's list if there is no migration; without lost nodes.
  [[nodiscard]] shard_list ask(void (migration_type::*list)(std::uint64_t, shard_list&) const,
                               std::uint64_t position) const {
    shard_list result;
    if (migration_ != nullptr) {
      ((*migration_).*list)(position, result);
    } else {
      const std::size_t most = (std::min)(options_.replicas, shards_.size());
      preference_list<node_type> nodes(most);
      nodes.resize(placement_->preferred(position, nodes.room().first(most), options_.apart));
      result.reserve(nodes.size());
      for (const node_type* node : nodes.pointers()) result.push_back(shards_.find(node)->second.get());
    }
    std::erase_if(result, [this](const shard* one) { return is_lost(one); });
    return result;
  }

  template <class Id>
  [[nodiscard]] static const node_type* find_node(const Placement& placement, const Id& id) noexcept {
    const auto& nodes = placement.nodes();
    const std::uint32_t rank = find_spec(nodes, id_of(id));
    return rank == none ? nullptr : &std::ranges::begin(nodes)[static_cast<std::ptrdiff_t>(rank)].node;
  }

  // Calls use() once for every shard: those of the placement, and the new ones of a migration.
  template <class Use>
  void for_each_shard(const Use& use) const {
    for (const auto& [node, one] : shards_) use(*one);
    if (migration_ == nullptr) return;
    for (const auto& entry : migration_->transition().after().nodes()) {
      if (find_node(entry.node) == nullptr) use(*migration_->of(&entry.node));
    }
  }

  [[nodiscard]] bool is_primary(const shard& one, const typename shard::element& element) const {
    return (options_.replicas == 1 && settled()) || primary(element.second.position) == &one;
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

  // A fixed number of mutexes, assigned to the shards in turn. So an operation on all shards takes at most this many
  // locks, with any number of nodes (ThreadSanitizer fails if a thread holds 64), and two shards seldom share a mutex.
  using mutex_list = std::array<writer_first_mutex, 16>;
  std::unique_ptr<mutex_list> mutexes_ = std::make_unique<mutex_list>();
  std::size_t made_ = 0;

  kv_options options_;
  std::shared_ptr<const Placement> placement_;
  shard_index shards_;
  std::unique_ptr<migration_type> migration_;
  std::vector<const shard*> lost_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
