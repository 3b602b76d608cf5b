// SPDX-License-Identifier: MIT
// kv_map: an in-process key/value map, sharded over nodes by any ranged placement, with R copies of every key.
//
//   key ─▶ placement ─▶ preference list ─▶ the shards of its first R nodes      (invariant: exactly those hold the key)
//
// The semantics are those of Consul's KV store without sessions: flags, create and modify index, compare-and-set,
// listing by prefix, waiting for an index. The whole map has one counter. So an entry keeps its indexes when it moves
// to another node, and a compare-and-set token stays valid. Unlike in Consul, a write of an equal value is a write.
//
// rehome() changes to another placement of the same type. join(), leave(), fail(), set_weight() and set_domain() do so
// through the placement's own add(), remove(), set_weight() and set_domain(). start_migration() and step_migration()
// change them in small steps, along a transition, while other threads read and write. A change looks only at keys whose
// preference list changes. It hands over copies without copying values. It is complete, or (if memory runs out) it
// changes nothing. All copies of a key share one immutable value, because they are always equal.
//
// Rejected: one counter per shard, which would decrease for an entry that moves and make old tokens valid again; a scan
// of every entry at a change; transactions and sessions (a process has mutexes).
//
// Threads: every member may be called from any number of threads. Writes of two keys run in parallel unless the keys'
// nodes share one of 16 locks. Changes of nodes run one after the other. Such a change first computes where the new
// preference lists differ from the old ones; other operations run meanwhile. Then it waits for running operations,
// blocks new ones, and moves the entries. The map destroys values, and copies them for the caller, only while it holds
// no lock. So a value's constructors and destructor may use the map. detail/kv/state.hpp has the locks and their order.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
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
#include <quoit/detail/placement/nodes_argument.hpp>
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

/// An in-process key/value map over any ranged placement, with R copies of every key; see the head of this file.
/// `Value` must be copyable only for members that return copies (get, list). A failed allocation throws std::bad_alloc
/// and changes nothing. Threads: every member may be called from any number of threads.
template <class Value, class Placement>
class kv_map {
  static_assert(ranged_placement<Placement>,
                "quoit: kv_map needs a placement made of ranges of positions, such as quoit::ring<>: it moves ranges "
                "when nodes change. Freeze another placement with quoit::slot_table<>::adopt(placement)");

 public:
  using node_type = typename Placement::node_type;          ///< a node of the placement
  using entry_type = kv_entry<Value>;                       ///< value, flags and indexes
  using entry_pointer = std::shared_ptr<const entry_type>;  ///< shared by all copies; the entry never changes
  using report_type = kv_report<node_type>;                 ///< what a change of nodes did

  /// An empty map over the nodes of `placement`. O(nodes), allocates. Throws std::invalid_argument for 0 replicas.
  explicit kv_map(Placement placement = Placement(), kv_options options = {}) : store_(std::move(placement), options) {}

  // ---- Reading. O(lookup + log entries of the node) unless stated otherwise.

  /// The entry without a copy, or null if there is none. It stays valid and unchanged when the map changes or ends.
  [[nodiscard]] entry_pointer find(std::string_view key) const { return store_.find(key); }

  /// A copy of the entry, or nothing if there is none.
  [[nodiscard]] std::optional<entry_type> get(std::string_view key) const {
    const entry_pointer entry = find(key);
    return entry == nullptr ? std::nullopt : std::optional<entry_type>(*entry);
  }

  /// The copy on one node. Null if the node has none, or is unknown. O(log nodes + log entries of the node).
  template <class Id>
  [[nodiscard]] entry_pointer find_on(const Id& node, std::string_view key) const {
    return store_.find_on(node, key);
  }

  /// All entries whose key begins with `prefix`, bytewise, in key order: one consistent view. Takes every lock and
  /// searches every node; writers wait. Copies the values after the locks are released.
  /// O(nodes × log entries + matches × (R × lookup + log matches)).
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

  /// The keys that begin with `prefix`, in order. With a separator, each key is cut after the separator's first
  /// occurrence past the prefix, and duplicates are removed, like a listing of one directory. Complexity as for list().
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
  /// Whether the map has no keys. O(1).
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // ---- Writing. O(R × (lookup + log entries of a node)) unless stated otherwise. Every write increments the map's
  // index and stores it in the entry. Where no node owns a key, because the placement has no owner or the key's slot no
  // copy, there is no entry: a write that creates one throws std::logic_error, which names the key and its slot, and a
  // write that needs one returns kv_outcome::absent.

  /// Creates or overwrites the entry, with the given flags. Returns the entry's new modify_index.
  kv_index put(std::string_view key, Value value, std::uint64_t flags = 0) {
    return store_.write(key, std::move(value), flags, [](const entry_type*) { return kv_result{}; }).index;
  }

  /// Compare-and-set: writes only if the entry's modify_index is `expected`. 0 means: only create.
  kv_result cas(std::string_view key, Value value, kv_index expected, std::uint64_t flags = 0) {
    return store_.write(key, std::move(value), flags, [expected](const entry_type* now) -> kv_result {
      if (expected == 0) return now == nullptr ? kv_result{} : kv_result{kv_outcome::exists, now->modify_index};
      return compare(now, expected);
    });
  }

  /// Read-modify-write of one key: change(const Value* now) -> Value, where `now` is null if there is no entry. Calls
  /// `change` without any lock, and again after each write of another thread in between. Keeps the flags. Returns the
  /// new modify_index.
  template <class Change>
  kv_index update(std::string_view key, const Change& change) {
    for (;;) {
      const entry_pointer now = find(key);
      const kv_result result = now == nullptr ? cas(key, change(static_cast<const Value*>(nullptr)), 0)
                                              : cas(key, change(&now->value), now->modify_index, now->flags);
      if (result) return result.index;
    }
  }

  /// Erases the entry. Returns whether the key existed.
  bool erase(std::string_view key) {
    return static_cast<bool>(
        store_.erase(key, [](const entry_type& now) { return kv_result{kv_outcome::ok, now.modify_index}; }));
  }

  /// Erases the entry only if its modify_index is `expected`. 0 never erases.
  kv_result erase(std::string_view key, kv_index expected) {
    return store_.erase(key, [expected](const entry_type& now) { return compare(&now, expected); });
  }

  /// Erases every key that begins with `prefix`, with one index. Returns the number of keys. Readers and writers wait.
  /// Complexity as for list().
  std::size_t erase_prefix(std::string_view prefix) { return store_.erase_prefix(prefix); }

  // ---- The index, and waiting for it. O(1) without the time spent waiting.

  /// The index of the newest change.
  [[nodiscard]] kv_index index() const noexcept { return store_.counter().now(); }

#if defined(__cpp_lib_jthread)
  /// Waits until the index is greater than `seen`, or a stop is requested. Returns the index. As in Consul, the key
  /// that the caller needs may be unchanged: read it again. Needs std::stop_token, which libc++ has since version 20,
  /// and in 18 and 19 with -fexperimental-library.
  kv_index wait_past(kv_index seen, std::stop_token stop) const {
    return store_.counter().wait_past(
        seen, [&](auto& changed, auto& lock, const auto& passed) { changed.wait(lock, stop, passed); });
  }
#endif
  /// The same with a deadline of any clock. One that is more than 100 years away counts as 100 years away, and one that
  /// is not a number as over.
  template <class Clock, class Duration>
  kv_index wait_past(kv_index seen, const std::chrono::time_point<Clock, Duration>& deadline) const {
    const auto end = detail::bounded(deadline);
    return store_.counter().wait_past(
        seen, [&](auto& changed, auto& lock, const auto& passed) { changed.wait_until(lock, end, passed); });
  }
  /// The same with a duration, such as 5ms. More than 100 years count as 100 years. A negative one, and one that is not
  /// a number, is over: the call returns at once.
  template <class Rep, class Period>
  kv_index wait_past(kv_index seen, const std::chrono::duration<Rep, Period>& time) const {
    return wait_past(seen, std::chrono::steady_clock::now() + detail::bounded(time));
  }

  // ---- Nodes. Each member returns a report. Bad arguments and failed allocations throw and change nothing.
  // While other operations run: copies and changes the placement, O(vnodes) for a diff and, for R > 1, two preference
  // lists per vnode. While other operations wait: O((pieces of the circle that change + copies that move) × log
  // entries). If only a node's payload changes, there is no diff, and others wait only for the exchange of a pointer.

  /// A node joins. Throws what the placement's add() throws.
  report_type join(node_type node, node_options options = {}) {
    static_assert(
        requires(Placement& p) { p.add(std::move(node), std::move(options)); },
        "quoit: kv_map::join() needs the placement's add(node, options); rehome() works with any placement");
    return store_.edit([&](Placement& next, auto&) { next.add(std::move(node), std::move(options)); });
  }

  /// A node leaves in good order and hands over its entries. Throws std::invalid_argument for an unknown node, and for
  /// the last node that owns anything while the map has entries.
  template <class Id>
  report_type leave(const Id& node) {
    require_remove<const Id&>();
    return store_.edit([&](Placement& next, auto&) { next.remove(node); });
  }

  /// A node fails, and its entries are lost. The surviving copies of its keys are the sources of new ones. The report
  /// has the keys without a surviving copy.
  template <class Id>
  report_type fail(const Id& node) {
    require_remove<const Id&>();
    return store_.edit([&](Placement& next, auto& failed) {
      next.remove(node);
      failed.push_back(store_.find_node(node));
    });
  }

  /// Several nodes, given by a range of ids, fail at once. With R copies, the failure of any R - 1 nodes loses no key.
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
  /// The same for ids in braces.
  report_type fail_all(std::initializer_list<detail::listed_id<node_type>> nodes) {
    return fail_all<std::initializer_list<detail::listed_id<node_type>>&>(nodes);
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

  /// Changes a node's failure domain, and moves the copies of the keys whose preference lists change.
  template <class Id>
  report_type set_domain(const Id& node, const std::string& domain) {
    static_assert(
        requires(Placement& p) { p.set_domain(node, domain); },
        "quoit: kv_map::set_domain() needs the placement's set_domain(id, domain); rehome() works with any placement");
    return store_.edit([&](Placement& next, auto&) { next.set_domain(node, domain); });
  }

  /// Changes to another placement, which must map keys to the same positions, and moves the entries. Throws
  /// std::invalid_argument, and names the key, if an entry would have no node: in a slot that has no copy, for example.
  report_type rehome(Placement placement) {
    return store_.change(
        [&](std::shared_ptr<Placement>& next, auto&) { next = std::make_shared<Placement>(std::move(placement)); });
  }

  // ---- Migration: what rehome() does at once, for slot tables and in small steps. Other threads read and write
  // meanwhile.

  /// Starts a migration to another table, which must map keys to the same positions. Moves nothing yet. Costs what the
  /// constructor of transition costs; other operations run meanwhile. Throws std::logic_error while another migration
  /// is under way, and std::invalid_argument for placements that cannot be compared, or one in which a slot that has a
  /// copy now has none. A slot without a copy takes writes as soon as its first move has begun.
  void start_migration(Placement after) {
    static_assert(
        requires(const transition<Placement>& now) { table_now(now); },
        "quoit: kv_map::start_migration() needs a slot table, which can represent a migration that is not finished; "
        "rehome() works with any placement");
    store_.migrator().start(std::move(after));
  }
  /// Does one stage of one move of the transition. Depending on the stage, the map from now on writes to both nodes; or
  /// it copies the part and from now on reads the new copy; or it drops the old copy. Returns whether there is more to
  /// do. False means that the new placement is in force, or that all remaining moves go to lost nodes; in that case
  /// make a new plan. O(entries of the part × log entries of a node); others wait for at most 256 entries to be copied.
  bool step_migration() { return store_.migrator().step(); }
  /// Stops the migration. Finished moves keep their effect, and the map's placement becomes table_now() of the
  /// transition. Costs what table_now() and a step cost. Throws what table_now() throws, and std::logic_error if that
  /// table would leave a slot to lost nodes alone (with spread::domains_only, if the later table changed domains). If
  /// it throws, the migration can continue.
  void stop_migration() {
    store_.migrator().stop([](const transition<Placement>& now) { return table_now(now); });
  }
  /// The progress of the migration; all zero if there is none. O(1).
  [[nodiscard]] kv_progress migration_progress() const {
    return store_.with_migration([](const transition<Placement>* now, std::size_t copied) {
      return now == nullptr ? kv_progress{}
                            : kv_progress{now->moves().size(), now->count(move_stage::done), copied, now->epoch()};
    });
  }
  /// A copy of the migration's transition, or nothing if there is no migration. O(moves), allocates.
  [[nodiscard]] std::optional<transition<Placement>> migration() const {
    return store_.with_migration([](const transition<Placement>* now, std::size_t) {
      return now == nullptr ? std::nullopt : std::optional<transition<Placement>>(*now);
    });
  }

  /// A node crashes, and its entries are lost, but it stays in the placement. The map reads and writes the other copies
  /// of its keys. A migration (or rehome()) to a placement without the node makes new copies. Returns the keys that had
  /// no other copy, in order. With R copies, any R - 1 losses between repairs lose no key. Readers and writers wait.
  /// O(entries of the node × R × (lookup + log entries)). Throws std::invalid_argument for an unknown node.
  template <class Id>
  std::vector<std::string> lose(const Id& node) {
    return store_.migrator().lose(node);
  }

  /// The current placement: an immutable snapshot. During a migration, the placement before it. O(1).
  [[nodiscard]] std::shared_ptr<const Placement> placement_now() const { return store_.placement(); }

  /// The number of copies on each node, in id order: one consistent view. O(nodes), allocates.
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
