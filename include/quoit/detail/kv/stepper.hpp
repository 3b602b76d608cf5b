// SPDX-License-Identifier: MIT
// Takes a kv_map from one placement to another in small steps, while other threads read and write; and handles the loss
// of a node.
//
//   start ─▶ step, step, step … ─▶ settled in the new placement
//                  └─ stop ─▶ settled between the two: finished moves keep their effect
//
// Every step is one stage of one move of the transition (detail/kv/migration.hpp). Steps and other changes of nodes run
// one after the other. Every step makes what can fail first, and changes the map afterwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/arcs.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/kv/locks.hpp>
#include <quoit/detail/kv/state.hpp>
#include <quoit/node.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Value, class Placement>
class kv_migrator {
  using state_type = kv_state<Value, Placement>;
  using topology = typename state_type::topology_type;
  using node_type = typename Placement::node_type;
  using shard = typename topology::shard;
  using migration_type = typename topology::migration_type;

 public:
  explicit kv_migrator(state_type& state) noexcept : state_(state) {}

  void start(Placement after) {
    std::unique_ptr<migration_type> migration;
    const std::lock_guard change_lock(state_.change_mutex);
    state_.require_no_migration();
    if (!state_.topology.placement()->arcs().empty() && after.arcs().empty()) {
      throw_invalid_argument("kv_map: the placement to migrate to has no owner; no node would be left to hold the "
                             "entries; give one a weight above 0");
    }
    transition_options<node_type> how;
    how.replicas = state_.topology.options().replicas;
    how.apart = state_.topology.options().apart;
    how.how = access::replicated;
    how.failed = state_.topology.lost_nodes();
    how.leaving_nodes_serve = true;  // the lost nodes are known, and all others serve
    quoit::transition<Placement> transition(*state_.topology.placement(), std::move(after), std::move(how));
    require_holders(transition);
    transition.set_limits({.in = ~std::uint32_t{0}, .out = ~std::uint32_t{0}});  // only one move is in flight anyway
    migration = state_.topology.make_migration(std::move(transition));
    const std::unique_lock topology_lock(state_.topology_mutex);
    state_.topology.start(migration);
    state_.copied = 0;
  }

  // Returns whether there is another step.
  bool step() {
    ending end;
    const std::lock_guard change_lock(state_.change_mutex);
    auto* const migration = state_.topology.migration();
    if (migration == nullptr) return false;
    const std::optional<std::size_t> move = migration->next();
    if (!move) {
      if (migration->transition().finished())
        settle(std::make_shared<const Placement>(migration->transition().after()), end);
      return false;
    }
    switch (migration->transition().stage(*move)) {
    case move_stage::pending: {
      const std::unique_lock topology_lock(state_.topology_mutex);
      migration->begin(*move);
      break;
    }
    case move_stage::copying: {
      copy(*move, end);
      const std::unique_lock topology_lock(state_.topology_mutex);
      migration->copied();
      break;
    }
    case move_stage::copied:
    case move_stage::done:
    case move_stage::returning:
      finish(*move, end);
    }
    return true;
  }

  // make_table(transition) returns the placement that has the finished moves and no others.
  template <class MakeTable>
  void stop(const MakeTable& make_table) {
    ending end;
    const std::lock_guard change_lock(state_.change_mutex);
    auto* const migration = state_.topology.migration();
    if (migration == nullptr) return;
    // First everything that may fail, with a copy of the migration; then the same steps again.
    migration_type next(*migration);
    const auto move = migration->current();
    const bool starts = move && migration->starts_from_nothing(*move);
    if (starts) next.copied();
    const bool finishes = move && next.transition().stage(*move) == move_stage::copied;
    if (move) finishes ? next.finish() : next.back();
    auto placement = std::make_shared<const Placement>(make_table(next.transition()));
    const auto left = leaving(next, *placement);
    end.left.resize(left.size());
    end.shards = state_.topology.shards_for(*placement);
    end.placement = std::move(placement);

    if (starts) {
      const std::unique_lock topology_lock(state_.topology_mutex);
      migration->copied();
    }
    if (finishes) {
      finish(*move, end);
    } else if (move) {
      {
        const std::unique_lock topology_lock(state_.topology_mutex);
        migration->back();
      }
      const auto& what = migration->transition().moves()[*move];
      drop(migration->of(what.to), migration->transition().parts()[what.part].range, end.dropped);
    }
    {
      const std::unique_lock topology_lock(state_.topology_mutex);
      state_.topology.settle(end.placement, end.shards, end.migration);
    }
    for (std::size_t i = 0; i < left.size(); ++i) drop(left[i].first, left[i].second, end.left[i]);
  }

  // A node and its entries are lost, but it stays in the placement. Returns the keys that had no other copy.
  template <class Id>
  std::vector<std::string> lose(const Id& id) {
    ending end;
    std::vector<std::string> lost;
    {
      const std::lock_guard change_lock(state_.change_mutex);
      const std::unique_lock topology_lock(state_.topology_mutex);
      shard* const one = state_.topology.shard_of(id);
      if (one == nullptr)
        throw_invalid_argument("kv_map: node '" + quoit::id_text(id) +
                               "' is unknown; placement_now()->nodes() has those of this map");
      if (state_.topology.is_lost(one)) return lost;
      one->for_each_with_prefix({}, [&](const typename shard::element& element) {
        const auto others = state_.topology.whole_holders(element.second.position);
        const bool safe = std::any_of(others.begin(), others.end(), [&](const shard* other) {
          return other != one && other->find(element.first) != nullptr;
        });
        // A copy that is not complete here is complete elsewhere, so its loss loses no key.
        if (!safe && std::find(others.begin(), others.end(), one) != others.end()) lost.push_back(element.first);
      });
      std::sort(lost.begin(), lost.end());
      state_.topology.reserve_lost();
      if (auto* const migration = state_.topology.migration(); migration != nullptr) {
        const auto stopped = migration->failed(id);
        if (stopped) {
          const auto& what = migration->transition().moves()[*stopped];
          shard* const to = migration->of(what.to);
          if (to != nullptr && to != one) to->hand_over(migration->transition().parts()[what.part].range, end.dropped);
        }
      }
      state_.topology.lose(one);
      one->hand_over(end.lost);
      state_.size -= lost.size();
      if (!lost.empty()) state_.counter.next();
    }
    if (!lost.empty()) state_.counter.wake();
    return lost;
  }

 private:
  // What an operation removed from the map. Declared before the locks, so that it ends after they are released.
  struct ending {
    shard dropped, lost, copies;
    std::vector<shard> left;
    std::shared_ptr<const Placement> placement;
    typename topology::shard_index shards;
    std::unique_ptr<migration_type> migration;
  };
  static constexpr std::size_t copies_at_once = 256;

  // Allocates every record before it adds the first one, so that a step that fails adds none. A write meanwhile goes to
  // both shards; a key that is erased meanwhile must not come back.
  void copy(std::size_t move, ending& end) {
    const auto* const migration = state_.topology.migration();
    const auto& what = migration->transition().moves()[move];
    shard* const to = migration->of(what.to);
    if (to == nullptr) return;
    const position_range range = migration->transition().parts()[what.part].range;
    const auto holders = state_.topology.complete_holders(range.to);
    if (holders.empty() || holders.front() == to) return;
    shard* const from = holders.front();  // it stays the one: only this thread changes the migration
    typename shard::cursor at;
    for (bool more = true; more;) {
      const std::shared_lock topology_lock(state_.topology_mutex);
      const two_locks locks(*from, *to);
      more = from->for_some_in(range, at, copies_at_once, [&](const typename shard::element& element) {
        if (to->find(element.first) != nullptr) return;
        end.copies.attach(shard::make(element.first, element.second.position, element.second.entry));
      });
    }
    while (end.copies.size() != 0) {
      const std::shared_lock topology_lock(state_.topology_mutex);
      const two_locks locks(*from, *to);
      for (std::size_t n = 0; n < copies_at_once && end.copies.size() != 0; ++n) {
        auto copy = end.copies.take_first();
        const bool wanted = from->find(copy.by_key.key()) != nullptr && to->find(copy.by_key.key()) == nullptr;
        (wanted ? *to : end.dropped).attach(std::move(copy));
        state_.copied += wanted ? 1U : 0U;
      }
    }
  }

  // The mutexes of two shards, which may be the same one, in the order of their addresses. Allocates nothing.
  class two_locks {
   public:
    two_locks(const shard& a, const shard& b) {
      writer_first_mutex *first = &a.mutex(), *second = &b.mutex();
      if (std::less<>()(second, first)) std::swap(first, second);
      first_ = std::unique_lock(*first);
      if (second != first) second_ = std::unique_lock(*second);
    }

   private:
    std::unique_lock<writer_first_mutex> first_, second_;
  };

  void finish(std::size_t move, ending& end) {
    auto* const migration = state_.topology.migration();
    {
      const std::unique_lock topology_lock(state_.topology_mutex);
      migration->finish();
    }
    const auto& what = migration->transition().moves()[move];
    drop(migration->of(what.replaces), migration->transition().parts()[what.part].range, end.dropped);
  }

  // Takes a range that no operation reads or writes any more out of a shard. Allocates nothing, so that it cannot stop
  // half-way: records that stayed would count as copies if the range came back.
  void drop(shard* holder, const position_range& range, shard& dropped) {
    if (holder == nullptr) return;
    const std::shared_lock topology_lock(state_.topology_mutex);
    const std::unique_lock lock(holder->mutex());
    holder->hand_over(range, dropped);
  }

  // A slot that would become a hole would lose its entries, also those that are written meanwhile.
  static void require_holders(const quoit::transition<Placement>& transition) {
    const auto has_owner = [](const Placement& placement, std::uint64_t position) {
      const node_type* node = nullptr;
      return placement.preferred(position, std::span<const node_type*>(&node, 1)) != 0;
    };
    for (const transition_part& part : transition.parts()) {
      const std::uint64_t slot = part.range.to;
      if (!has_owner(transition.before(), slot) || has_owner(transition.after(), slot)) continue;
      throw_invalid_argument("kv_map: slot " + std::to_string(slot) +
                             " has a copy now, and none in the table to migrate to; no node would be left to hold its "
                             "entries; give the slot a copy");
    }
  }

  // With spread::domains_only, if the later table changes domains, the table of an unfinished migration may list fewer
  // nodes for a slot than hold it. The other holders drop their copies. If every listed node is lost, the table would
  // lose the live copies: that throws.
  [[nodiscard]] std::vector<std::pair<shard*, position_range>> leaving(const migration_type& migration,
                                                                       const Placement& placement) const {
    const auto& options = state_.topology.options();
    std::vector<std::pair<shard*, position_range>> left;
    std::vector<const node_type*> room((std::min)(options.replicas, placement.nodes().size()));
    const auto shards = state_.topology.shards_for(placement);
    for (const transition_part& part : migration.transition().parts()) {
      const std::size_t count = placement.preferred(part.range.to, room, options.apart);
      const auto holders = state_.topology.complete_holders(migration, part.range.to);
      const std::size_t before = left.size();
      for (shard* const one : holders) {
        const bool stays = std::any_of(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(count),
                                       [&](const node_type* node) { return shards.find(node)->second.get() == one; });
        if (!stays) left.emplace_back(one, part.range);
      }
      if (!holders.empty() && left.size() - before == holders.size()) {
        throw_logic_error(
            "kv_map: the migration cannot stop here: with spread::domains_only, only lost nodes would hold slot " +
            std::to_string(part.range.to));
      }
    }
    return left;
  }

  void settle(std::shared_ptr<const Placement> placement, ending& end) {
    end.shards = state_.topology.shards_for(*placement);
    end.placement = std::move(placement);
    const std::unique_lock topology_lock(state_.topology_mutex);
    state_.topology.settle(end.placement, end.shards, end.migration);
  }

  state_type& state_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
