// SPDX-License-Identifier: MIT
// kv_map: an in-process key/value map, sharded over nodes by any placement, with R copies of every key.
//
//   key ─▶ placement ─▶ preference list ─▶ the shards of its first R nodes       (invariant: exactly those hold the key)
//
// The semantics are those of Consul's KV store without sessions: flags, create and modify index, compare-and-set,
// listing by prefix, waiting for an index. One counter serves the whole map, so that an entry keeps its indexes when it
// moves to another node and a compare-and-set token stays valid. Unlike Consul, writing an equal value counts as a
// write.
//
// rehome changes the nodes, with any placement; join, leave, fail and set_weight do so through the placement's own add,
// remove and set_weight. start_migration and step_migration do the same in small steps, along a transition, while
// everybody reads and writes. Only keys whose preference list changes are looked at, copies are handed over without
// copying values, and it happens whole or (when memory runs out) not at all. The copies of a key share one immutable
// value, as they could not differ.
//
// Rejected: one counter a shard, which would run backwards for an entry that moves and revive old tokens; scanning
// every entry at a change; transactions and sessions (a process has mutexes).
//
// Threads: every member may be called from any number of threads. Two keys on different nodes are written in parallel
// unless their nodes share one of 16 locks. Changes of nodes take turns. Such a change works out, beside all other
// operations, where the new preference lists differ from the old ones; then it waits for those that run and lets none
// in while it moves the entries that lie there. Values are destroyed, and copied for you, when no lock is held: a value
// may use its map to the end. detail/kv/state.hpp has the locks and their order.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#include <version>

#include <quoit/concepts.hpp>
#include <quoit/detail/kv/counter.hpp>
#include <quoit/detail/kv/store.hpp>
#include <quoit/fwd.hpp>
#include <quoit/key.hpp>
#include <quoit/kv_entry.hpp>
#include <quoit/node.hpp>
#include <quoit/ring.hpp>
#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// An in-process key/value map over any placement, with R copies of every key; see the head of this file. `Value` must
/// be copyable only where values are read by copy (get, list). A failed allocation throws std::bad_alloc and changes
/// nothing. Threads: every member may be called from any number of threads.
template <class Value, class Placement>
class kv_map {
  static_assert(ranged_placement<Placement>,
                "quoit: kv_map needs a placement made of ranges of positions, such as quoit::ring<>, as it moves ranges "
                "when nodes change. Freeze another placement with quoit::slot_table<>::adopt(placement)");

 public:
  using node_type = typename Placement::node_type;          ///< a node of the placement
  using entry_type = kv_entry<Value>;                       ///< value, flags and indexes
  using entry_pointer = std::shared_ptr<const entry_type>;  ///< shared by all copies; what it points to never changes
  using report_type = kv_report<node_type>;                 ///< what a change of nodes did

  /// An empty map over the nodes of `placement`. O(nodes), allocates. Throws std::invalid_argument for 0 replicas.
  explicit kv_map(Placement placement = Placement(), kv_options options = {}) : store_(std::move(placement), options) {}

  // ---- Reading. O(lookup + log entries of the node), where it says nothing else.

  /// The entry without a copy, null where there is none. Stays valid, and as it was, whatever happens to the map.
  [[nodiscard]] entry_pointer find(std::string_view key) const { return store_.find(key); }

  /// A copy of the entry, nothing where there is none.
  [[nodiscard]] std::optional<entry_type> get(std::string_view key) const {
    const entry_pointer entry = find(key);
    return entry == nullptr ? std::nullopt : std::optional<entry_type>(*entry);
  }

  /// The copy that one node holds, null where it holds none or is unknown. O(log nodes + log entries of the node).
  template <class Id>
  [[nodiscard]] entry_pointer find_on(const Id& node, std::string_view key) const {
    return store_.find_on(node, key);
  }

  /// All entries whose key begins with `prefix`, bytewise, in key order: one consistent view. Takes every lock, asks
  /// every node and looks at every copy of a match: O(nodes × log entries + matches × (R × lookup + log matches)), and
  /// nobody writes meanwhile. The values are copied afterwards.
  [[nodiscard]] std::vector<kv_item<Value>> list(std::string_view prefix = {}) const {
    std::vector<std::pair<std::string, entry_pointer>> found;
    store_.for_each_with_prefix(prefix,
                                [&](const auto& element) { found.emplace_back(element.first, element.second.entry); });
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<kv_item<Value>> items;
    items.reserve(found.size());
    for (auto& [key, entry] : found) items.push_back({std::move(key), *entry});
    return items;
  }

  /// The keys that begin with `prefix`, in order; with a separator, cut behind its first occurrence past the prefix and
  /// without repetitions, as a listing of one directory. Costs what list() costs.
  [[nodiscard]] std::vector<std::string> keys(std::string_view prefix = {}, std::string_view separator = {}) const {
    std::vector<std::string> found;
    store_.for_each_with_prefix(prefix, [&](const auto& element) {
      const std::string& key = element.first;
      const std::size_t cut = separator.empty() ? std::string::npos : key.find(separator, prefix.size());
      found.push_back(cut == std::string::npos ? key : key.substr(0, cut + separator.size()));
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  /// Number of keys. O(1).
  [[nodiscard]] std::size_t size() const noexcept { return store_.size(); }
  /// Whether there are none. O(1).
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // ---- Writing. O(R × (lookup + log entries of a node)), where it says nothing else. Every write bumps the map's
  // index and gives it to the entry. A map whose placement has no owner takes no entries: std::logic_error. It has none
  // either, so what needs one is told that it is absent.

  /// Creates or overwrites; flags become what is given. Returns the entry's new modify_index.
  kv_index put(std::string_view key, Value value, std::uint64_t flags = 0) {
    return store_.write(key, std::move(value), flags, [](const entry_type*) { return kv_result{}; }).index;
  }

  /// Compare-and-set: writes only if the entry's modify_index is `expected`; 0 means create only.
  kv_result cas(std::string_view key, Value value, kv_index expected, std::uint64_t flags = 0) {
    return store_.write(key, std::move(value), flags, [expected](const entry_type* now) -> kv_result {
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
        store_.erase(key, [](const entry_type& now) { return kv_result{kv_outcome::ok, now.modify_index}; }));
  }

  /// Erases only if the entry's modify_index is `expected`. 0 never erases.
  kv_result erase(std::string_view key, kv_index expected) {
    return store_.erase(key, [expected](const entry_type& now) { return compare(&now, expected); });
  }

  /// Erases every key that begins with `prefix`, at one index. Returns how many. Nobody reads or writes meanwhile;
  /// costs what list() costs.
  std::size_t erase_prefix(std::string_view prefix) { return store_.erase_prefix(prefix); }

  // ---- The index, and waiting for it. O(1), beside the waiting.

  /// The index of the newest change.
  [[nodiscard]] kv_index index() const noexcept { return store_.counter().now(); }

#if defined(__cpp_lib_jthread)
  /// Waits until the index is past `seen`, or a stop is requested; returns the index. As with Consul, no promise that
  /// what you care about changed: read again. Where the standard library has std::stop_token: libc++ has it since
  /// version 20, and in 18 and 19 with -fexperimental-library.
  kv_index wait_past(kv_index seen, std::stop_token stop) const {
    return store_.counter().wait_past(
        seen, [&](auto& changed, auto& lock, const auto& passed) { changed.wait(lock, stop, passed); });
  }
#endif
  /// The same with a deadline.
  template <class Clock, class Duration>
  kv_index wait_past(kv_index seen, const std::chrono::time_point<Clock, Duration>& deadline) const {
    return store_.counter().wait_past(
        seen, [&](auto& changed, auto& lock, const auto& passed) { changed.wait_until(lock, deadline, passed); });
  }
  /// The same for a time, such as 5ms; more than a hundred years count as a hundred.
  template <class Rep, class Period>
  kv_index wait_past(kv_index seen, const std::chrono::duration<Rep, Period>& time) const {
    return wait_past(seen, std::chrono::steady_clock::now() + detail::bounded(time));
  }

  // ---- Nodes. Each returns what it did. Bad arguments and a failing allocation throw and change nothing. Beside other
  // operations: a copy of the placement and the change to it, O(vnodes) for a diff and, for R > 1, two preference lists
  // a vnode. Shutting them out: O((pieces of the circle that change + copies that move) × log entries). Where nothing
  // changes but a node's payload, there is no diff, and nobody is shut out for longer than a pointer takes.

  /// A node joins. Throws what the placement's add() throws.
  report_type join(node_type node, node_options options = {}) {
    static_assert(
        requires(Placement& p) { p.add(std::move(node), std::move(options)); },
        "quoit: kv_map::join() needs the placement's add(node, options); rehome() works with any placement");
    return store_.edit([&](Placement& next, auto&) { next.add(std::move(node), std::move(options)); });
  }

  /// A node leaves in good order and hands over what it holds. The last node that owns anything cannot leave while
  /// there are entries: std::invalid_argument, as for an unknown node.
  template <class Id>
  report_type leave(const Id& node) {
    require_remove<const Id&>();
    return store_.edit([&](Placement& next, auto&) { next.remove(node); });
  }

  /// A node is lost with all it holds; its keys are re-placed from the surviving copies. Keys without one are in the
  /// report.
  template <class Id>
  report_type fail(const Id& node) {
    require_remove<const Id&>();
    return store_.edit([&](Placement& next, auto& failed) {
      next.remove(node);
      failed.push_back(store_.find_node(node));
    });
  }

  /// Several nodes are lost at once, named by any range: with R copies, any R - 1 of them lose nothing.
  template <std::ranges::input_range Ids>
    requires(!detail::string_id<std::remove_cvref_t<Ids>>)
  report_type fail_all(Ids&& nodes) {
    require_remove<std::ranges::range_reference_t<Ids>>();
    return store_.edit([&](Placement& next, auto& failed) {
      for (auto&& node : nodes) {
        next.remove(node);
        failed.push_back(store_.find_node(node));
      }
    });
  }
  /// The same for a list in braces.
  report_type fail_all(std::initializer_list<node_type> nodes) {
    return fail_all<std::initializer_list<node_type>&>(nodes);
  }

  /// Changes a node's weight; 0 drains it.
  template <class Id>
  report_type set_weight(const Id& node, std::int64_t weight) {
    static_assert(
        requires(Placement& p) { p.set_weight(node, weight); },
        "quoit: kv_map::set_weight() needs the placement's set_weight(id, weight); rehome() works with any "
        "placement");
    return store_.edit([&](Placement& next, auto&) { next.set_weight(node, weight); });
  }

  /// Moves everything to where another placement wants it, which must put keys at the same positions.
  report_type rehome(Placement placement) {
    return store_.change(
        [&](std::shared_ptr<Placement>& next, auto&) { next = std::make_shared<Placement>(std::move(placement)); });
  }

  // ---- Migration: to another slot table in small steps, while everybody reads and writes. What rehome() does at once.

  /// Sets out for another table, which must put keys at the same positions. Nothing has moved yet. Costs what making a
  /// transition costs, beside other operations. Throws std::logic_error while another migration is under way, and
  /// std::invalid_argument for placements that cannot be compared, or one without an owner.
  void start_migration(Placement after) {
    static_assert(
        requires(const transition<Placement>& way) { table_now(way); },
        "quoit: kv_map::start_migration() needs a slot table, which can say what has moved and what has not; "
        "rehome() works with any placement");
    store_.migrator().start(std::move(after));
  }
  /// The next stage of the next move of the transition: begin to write to both nodes, copy the part and read the new
  /// one, or drop the old copy. Returns whether there is more to do; false at the end, where the new placement is in
  /// force, and also where what is left could only move to lost nodes: then plan anew. O(entries of the part ×
  /// log entries of a node); others wait for no more than 256 entries to be copied.
  bool step_migration() { return store_.migrator().step(); }
  /// Stops where it is: what has moved stays where it is now, and the placement is the table that says so. For slot
  /// tables. Costs what table_now() and a step cost. Throws, and the migration can go on, what table_now() throws, and
  /// std::logic_error where that table would leave a slot to lost nodes alone (spread::domains_only, and domains that
  /// the later table changed).
  void stop_migration() {
    store_.migrator().stop([](const transition<Placement>& way) { return table_now(way); });
  }
  /// Where the migration is, all zero if there is none. O(1).
  [[nodiscard]] kv_progress migration_progress() const {
    return store_.with_migration([](const transition<Placement>* way, std::size_t copied) {
      return way == nullptr ? kv_progress{}
                            : kv_progress{way->moves().size(), way->count(move_stage::done), copied, way->epoch()};
    });
  }
  /// A copy of the transition that it follows; nothing if there is none. O(moves), allocates.
  [[nodiscard]] std::optional<transition<Placement>> migration() const {
    return store_.with_migration([](const transition<Placement>* way, std::size_t) {
      return way == nullptr ? std::nullopt : std::optional<transition<Placement>>(*way);
    });
  }

  /// A node crashes, with all it holds, and the placement goes on to name it: its keys are read from and written to
  /// their other copies, until a migration (or rehome) to a placement without it makes new ones. Returns the keys that
  /// had no other copy, in order; with R copies, any R - 1 losses between repairs lose nothing. O(entries of
  /// the node × R × (lookup + log entries)), and nobody reads or writes meanwhile. Throws std::invalid_argument for an
  /// unknown node.
  template <class Id>
  std::vector<std::string> lose(const Id& node) {
    return store_.migrator().lose(node);
  }

  /// The placement now: an immutable snapshot. While a migration is under way, the one that it set out from. O(1).
  [[nodiscard]] std::shared_ptr<const Placement> placement_now() const { return store_.placement(); }

  /// How many copies each node holds, in id order: one consistent view. O(nodes), allocates.
  [[nodiscard]] std::vector<std::pair<node_type, std::size_t>> copies_per_node() const {
    return store_.copies_per_node();
  }

 private:
  template <class Id>
  static constexpr void require_remove() {
    static_assert(
        requires(Placement& p, Id id) { p.remove(id); },
        "quoit: kv_map::leave() and fail() need the placement's remove(id); rehome() works with any placement");
  }

  static kv_result compare(const entry_type* now, kv_index expected) noexcept {
    if (now == nullptr) return {kv_outcome::absent, 0};
    return {now->modify_index == expected ? kv_outcome::ok : kv_outcome::stale, now->modify_index};
  }

  detail::kv_store<Value, Placement> store_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
