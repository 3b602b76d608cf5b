// SPDX-License-Identifier: MIT
// slot_table: a fixed number of slots, each with the list of the nodes that hold its copies.
//
//   key ─▶ position = slot ─▶ table ─▶ up to R nodes, primary first
//
//   slot 0   b a c        Any list is allowed: no rule connects slots with nodes. So a plan can balance the slots
//   slot 1   a c -        within one slot and move no more than it must. A copy may be missing (-); the other copies
//   slot 2   - - -        keep their index in the list, which users of erasure codes need. A slot without any copy is
//   slot 3   c b a        a hole: no node owns its keys, until a plan gives it copies.
//
// The table is an immutable value: a change of nodes makes a new table. A lookup hashes, multiplies, and loads one
// entry.
//
// Rejected: lists of R neighbours on a ring of slots, which cannot be balanced and spread over domains for every set of
// nodes; numbers for nodes that are independent of their rank, which would give equal tables two encodings.
//
// Threads: const members may run in any number of threads. Copies share their content, and cost as much as a pointer.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/adopt_report.hpp>
#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/assignable.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/lookup.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/detail/table/adopt.hpp>
#include <quoit/detail/table/adopt_error.hpp>
#include <quoit/detail/table/codec.hpp>
#include <quoit/detail/table/lists.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/fwd.hpp>
#include <quoit/key.hpp>
#include <quoit/key_groups.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/share.hpp>
#include <quoit/slot_replicas.hpp>
#include <quoit/slot_table_options.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>
#include <quoit/xxhash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A fixed number of slots, each with the list of its nodes; see the head of this file. An immutable value: copies are
/// O(1) and share their content, assignments do not throw, and a moved-from table has no nodes. O(1) unless stated
/// otherwise. Threads: const members may run in any number of threads.
template <class Node, class Hash, class Slots>
class slot_table {
  static_assert(detail::require_node<Node>() && detail::require_stable_hash<Hash>() &&
                detail::require_slot_policy<Slots>());
  static_assert(
      !detail::is_whole_circle<Slots>,
      "quoit: a slot table needs a finite number of slots, and whole_circle has 2^64. Use quoit::slots<> (the "
      "default) or another slot policy");
  using lists_type = detail::slot_lists<Node>;

 public:
  using node_type = Node;    ///< a string, an integer, or a type with quoit_id
  using hash_type = Hash;    ///< the hash of keys
  using slots_type = Slots;  ///< maps a hash to a slot
  /// A slot policy as an argument. If left out, the policy is slots<>(options.slots), or default-constructed.
  using slots_choice = detail::slots_choice<Slots>;

  /// The rank that stands for a missing copy.
  static constexpr std::uint32_t no_node = detail::none;

  /// A table with default options and no nodes. O(1), allocates.
  slot_table()
    requires detail::slots_from_options<Slots>
      : slot_table({}, {}) {}

  /// A table from its entries. The parameters `nodes` and `slots` mean the same in all functions below: `nodes` is a
  /// list in braces or a range, as in ring::assign(), and `slots` is the slot policy. The nodes may come in any order.
  /// `replicas` has R entries for slot 0, then R for slot 1, …; each is an index into `nodes` as given, or no_node. A
  /// slot of which all entries are no_node is a hole; all slots may be holes. Without nodes, all entries are no_node,
  /// or there are no entries. `version` counts the changes of a table that is replaced again and again; no lookup reads
  /// it. O(Q × R + nodes log nodes).
  ///
  /// Throws std::invalid_argument, and names the culprit, if R or Q × R is out of range, the policy has 0 slots, the
  /// number of entries is wrong, an index names no node, a slot names a node twice, an id is given twice, a weight or
  /// leader weight is negative, or the sum of either is 2^63 or more.
  slot_table(detail::nodes_argument<Node> nodes, const std::vector<std::uint32_t>& replicas,
             slot_table_options options = {}, std::uint64_t version = 1, Hash hash = Hash(), slots_choice slots = {})
      : slot_table(nodes.take(), replicas, options, version, std::move(hash), slots(options), policy_made()) {}

  // ---- Adopting existing tables and placements. The version is 1. Complexity and exceptions are those of the
  // constructor, unless stated otherwise.

  /// From the table of another system: one range of node ids for each slot, primary first, no longer than R. A shorter
  /// list leaves copies missing, and an empty one makes a hole. Also throws if the number of lists is not the number of
  /// slots, a list is too long, or an id is unknown.
  template <detail::lists_of_ids Lists>
  [[nodiscard]] static slot_table adopt(detail::nodes_argument<Node> nodes, const Lists& ids_of_each_slot,
                                        slot_table_options options = {}, Hash hash = Hash(), slots_choice slots = {}) {
    return adopt_with(nodes.take(), options, std::move(hash), slots(options),
                      [&](auto& entries, const auto&...) { entries.fill_all(ids_of_each_slot); });
  }
  /// The same for lists in braces: adopt({"a", "b"}, {{"a", "b"}, {"b", "a"}}, {.slots = 2, .replicas = 2}).
  /// Lists that fit as ranges are ranges: {0, 1, {2}}.
  template <class Id = detail::listed_id<Node>>
  [[nodiscard]] static slot_table adopt(detail::nodes_argument<Node> nodes,
                                        std::initializer_list<std::initializer_list<std::type_identity_t<Id>>> lists,
                                        slot_table_options options = {}, Hash hash = Hash(), slots_choice slots = {}) {
    return adopt_with(nodes.take(), options, std::move(hash), slots(options),
                      [&](auto& entries, const auto&...) { entries.fill_all(lists); });
  }

  /// From ranges of slots, in any order. A gap is a hole: a slot that no range contains has no copy, as in a damaged
  /// cluster; missing_slots() counts such slots, and plan() gives them copies. Also throws if a slot is in two ranges,
  /// or does not exist.
  template <detail::ranges_of_slots Ranges = std::initializer_list<slot_range<Node>>>
  [[nodiscard]] static slot_table adopt(detail::nodes_argument<Node> nodes, const Ranges& ranges,
                                        slot_table_options options = {}, Hash hash = Hash(), slots_choice slots = {}) {
    return adopt_with(nodes.take(), options, std::move(hash), slots(options),
                      [&](auto& entries, const auto&...) { entries.fill_ranges(ranges); });
  }
  /// The same for ranges in braces: adopt({"a", "b"}, {{0, 5460, {"a", "b"}}, {5461, 16383, {"b", "a"}}}). This
  /// overload is not a template, so overload resolution prefers it to lists of integers.
  [[nodiscard]] static slot_table adopt(detail::nodes_argument<Node> nodes,
                                        std::initializer_list<detail::listed_range<Node>> ranges,
                                        slot_table_options options = {}, Hash hash = Hash(), slots_choice slots = {}) {
    return adopt_with(nodes.take(), options, std::move(hash), slots(options),
                      [&](auto& entries, const auto&...) { entries.fill_ranges(ranges); });
  }

  /// Freezes any placement: a slot gets the first R nodes of its preference list, or all if there are fewer. The
  /// placement must have the same hash and seed, and either the same slot policy or whole_circle; with whole_circle,
  /// the last hash of a slot stands for all its hashes. O(Q × (R + lookup)). Also throws if the placement puts keys at
  /// other positions, if its preference lists name a node that is not in its nodes(), or if (with whole_circle) the
  /// slots of the policy are not pieces of the circle in ascending order. A slot with an empty preference list becomes
  /// a hole, so a placement whose nodes all have weight 0 gives a table of holes.
  template <placement Placement>
    requires std::same_as<typename Placement::node_type, Node>
  [[nodiscard]] static slot_table adopt(const Placement& frozen, slot_table_options options = {},
                                        spread apart = spread::nodes, Hash hash = Hash(), slots_choice slots = {}) {
    return adopt_with(detail::specs_of(frozen), options, std::move(hash), slots(options),
                      [&](auto& entries, const Hash& the_hash, const Slots& policy, const slot_table_options& checked) {
                        const detail::slot_positions positions(the_hash, policy, checked.seed, frozen);
                        detail::freeze(entries, checked, frozen, positions, apart);
                      });
  }

  /// The same, and reports how many keys change their owner: exactly for a ranged_placement, otherwise an estimate from
  /// 65,536 samples, with its error. Costs in addition O(Q × R + arcs) for a ranged_placement, otherwise one lookup for
  /// each sample.
  template <placement Placement>
    requires std::same_as<typename Placement::node_type, Node>
  [[nodiscard]] static slot_table adopt(const Placement& frozen, adopt_report& report, slot_table_options options = {},
                                        spread apart = spread::nodes, Hash hash = Hash(), slots_choice slots = {}) {
    slot_table table = adopt(frozen, options, apart, std::move(hash), std::move(slots));
    report = detail::adopt_error(frozen, table);
    return table;
  }

  /// The table with twice as many slots. Slot p becomes 2p and 2p + 1 with the same nodes, so no key moves. The version
  /// is one higher. O(Q × R + nodes). Throws std::invalid_argument if 2 × Q × R is 2^32 or more.
  [[nodiscard]] slot_table doubled() const
    requires std::same_as<Slots, quoit::slots<>>
  {
    const Slots twice(2 * slot_count());
    const slot_table_options options = detail::checked(options_, twice);
    return slot_table(nodes(), lists_.twice(), options, version_ + 1, hash(), twice);
  }

  // ---- Bytes, the same on every machine. Equal tables of the same version give equal bytes. For nodes of type
  // std::string or integers, which have no payload. detail/table/codec.hpp has the format.

  /// The table as bytes. O(Q × R + nodes), allocates.
  [[nodiscard]] std::string save() const {
    static_assert(saves,
                  "quoit: slot_table::save() is for nodes of type std::string or integers. Save the payload of your "
                  "nodes yourself, and a table of their ids");
    return detail::encode_slot_table(*this);
  }

  /// The saved table, with its version. O(bytes). Throws std::invalid_argument, and says why, if the bytes are not a
  /// table, have an unknown format, are truncated or damaged, belong to another hash, policy or kind of ids, or do not
  /// form a valid table.
  [[nodiscard]] static slot_table restore(std::string_view bytes, Hash hash = Hash(), slots_choice slots = {}) {
    static_assert(saves, "quoit: slot_table::restore() is for nodes of type std::string or integers");
    return detail::decode_slot_table<slot_table>(bytes, std::move(hash), slots);
  }

  // ---- Lookup. noexcept and allocation-free unless stated otherwise. Results refer to the table, and stay valid as
  // long as it or a copy of it.

  /// The slot of a key. O(bytes of the key).
  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return detail::position_of_key(hash(), slots(), key, options_.seed);
  }
  /// The first node of the key's slot, or null if the slot has no copy. O(bytes of the key + 1): one load from the
  /// table; O(R) if the first copy is missing.
  template <class Key>
  [[nodiscard]] const Node* find(const Key& key) const& noexcept {
    return find_at(position(key));
  }

  /// The same as a reference. The key's slot must have a copy: QUOIT_ASSERT ends the program for a key in a hole, and
  /// in a table without nodes. So use find() where missing_slots() may be above 0.
  template <class Key>
  [[nodiscard]] const Node& owner(const Key& key) const& noexcept {
    const Node* const node = find(key);
    QUOIT_ASSERT(node != nullptr, "slot_table::owner() of a key whose slot has no copy; find() returns null instead");
    return *node;
  }

  /// The first node of a slot, or null if it has no copy or there is no such slot. O(R) in the worst case.
  [[nodiscard]] const Node* find_at(std::uint64_t slot) const& noexcept { return lists_.node(lists_.find(slot)); }

  /// The first k nodes of the key's slot, primary first; all of them if there are fewer. `apart` says whether domains
  /// must differ. O(k), and O(R²) if domains must differ. Allocates for k > 8 and R > 8 (std::bad_alloc).
  template <class Key>
  [[nodiscard]] preference_list<Node> replicas(const Key& key, std::size_t k, spread apart = spread::nodes) const& {
    const std::size_t count = (std::min)(k, replica_count());
    preference_list<Node> list(count);
    list.resize(preferred(position(key), list.room().first(count), apart));
    return list;
  }

  /// Writes as many of these nodes as fit into memory of the caller, and returns how many. Never allocates.
  template <class Key>
  std::size_t replicas(const Key& key, std::span<const Node*> out, spread apart = spread::nodes) const& noexcept {
    return preferred(position(key), out, apart);
  }

  /// Writes the preference list of a slot into memory of the caller, and returns how many nodes fit: 0 if it has no
  /// copy or there is no such slot. Same complexity as replicas().
  std::size_t preferred(std::uint64_t slot, std::span<const Node*> out, spread apart = spread::nodes) const& noexcept {
    return lists_.preferred(slot, out, apart);
  }

  /// The first node of the key's slot for which `predicate` holds, or null: the first one that is alive, for example.
  /// Only the copies of the slot are tried, as in replicas(). The predicate is called with a const Node&. Never
  /// allocates, and is noexcept if the predicate is. O(bytes of the key + R).
  template <class Key, std::predicate<const Node&> Predicate>
  [[nodiscard]] const Node*
  find_if(const Key& key,
          Predicate&& predicate) const& noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    return lists_.find_if(position(key), predicate);
  }
  /// The same for a slot; null if it has no copy or there is no such slot. O(R).
  template <std::predicate<const Node&> Predicate>
  [[nodiscard]] const Node*
  find_if_at(std::uint64_t slot,
             Predicate&& predicate) const& noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    return lists_.find_if(slot, predicate);
  }

  /// The nodes that hold copies of the key's slot, primary first, as a range: no other nodes follow, as in replicas().
  /// Never allocates. O(bytes of the key + R).
  template <class Key>
  [[nodiscard]] slot_replicas<Node> walk(const Key& key) const& noexcept {
    return replicas_of(position(key));
  }
  /// The same for a slot, as replicas_of(slot). O(R).
  [[nodiscard]] slot_replicas<Node> walk_at(std::uint64_t slot) const& noexcept { return replicas_of(slot); }

  /// The nodes of a slot, primary first, without missing copies. Empty if it has no copy or there is no such slot.
  /// O(R).
  [[nodiscard]] slot_replicas<Node> replicas_of(std::uint64_t slot) const& noexcept { return lists_.replicas(slot); }

  /// The i-th copy of a slot, or null if it is missing or there is no such slot. A copy keeps its index i when a copy
  /// before it is lost.
  [[nodiscard]] const Node* at(std::uint64_t slot, std::size_t i) const& noexcept {
    return i < replica_count() ? lists_.node(lists_.ranks(slot)[i]) : nullptr;
  }

  /// The R entries of a slot: indices into nodes(), or no_node. All are no_node if it has no copy or there is no such
  /// slot. For code that works on the whole table.
  [[nodiscard]] std::span<const std::uint32_t> ranks(std::uint64_t slot) const& noexcept { return lists_.ranks(slot); }
  /// The entries of all slots, slot by slot. Empty if there are no nodes.
  [[nodiscard]] std::span<const std::uint32_t> ranks() const& noexcept { return lists_.ranks(); }

  /// The owner of each key, in order: out[i] belongs to the i-th key, and is null if its slot has no copy. Writes as
  /// many as there are keys and as fit into `out`, and returns how many. O(lookup) for each key.
  template <std::ranges::input_range Keys>
  std::size_t owners(Keys&& keys, std::span<const Node*> out) const& noexcept {
    std::size_t count = 0;
    return detail::for_each_owner(lists_, keys, out.size(), position_rule(),
                                  [&](std::uint32_t rank) { out[count++] = lists_.node(rank); });
  }

  /// The same into a new vector (allocates).
  template <std::ranges::input_range Keys>
  [[nodiscard]] std::vector<const Node*> owners(Keys&& keys) const& {
    return detail::owners_of<const Node*>(lists_, keys, position_rule(),
                                          [this](std::uint32_t rank) { return lists_.node(rank); });
  }

  /// Calls use(node) with the owner of each key, in order; null if its slot has no copy. Reads the keys once, does not
  /// allocate, and lets exceptions of `use` and of the keys pass. balance_of(), moved_keys() and diff() use it.
  /// O(lookup) for each key.
  template <std::ranges::input_range Keys, std::invocable<const Node*> Use>
  void for_each_owner(Keys&& keys, const Use& use) const {
    detail::for_each_owner(lists_, keys, ~std::size_t{0}, position_rule(),
                           [&](std::uint32_t rank) { detail::give_owner(use, lists_.node(rank), rank); });
  }

  /// The keys grouped by owner, for one request to each node. The groups are in id order, and each has the indices of
  /// its keys in their order. Keys of slots without a copy are in without_owner(). O(keys × lookup + nodes), allocates.
  template <std::ranges::input_range Keys>
  [[nodiscard]] key_groups<Node> partition_by_owner(Keys&& keys) const& {
    std::vector<std::uint32_t> order(size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    const auto owner_of =
        detail::owners_of<std::uint32_t>(lists_, keys, position_rule(), [](std::uint32_t rank) { return rank; });
    return key_groups<Node>(owner_of, size(), order, [this](std::uint32_t rank) { return lists_.node(rank); });
  }

  // ---- Properties of the table.

  /// The number of slots Q.
  [[nodiscard]] std::uint64_t slot_count() const noexcept { return options_.slots; }
  /// The number of slots without any copy: of holes. All slots if there are no nodes.
  [[nodiscard]] std::uint64_t missing_slots() const noexcept { return slot_count() - lists_.held(); }
  /// The length R of a slot's list.
  [[nodiscard]] std::size_t replica_count() const noexcept { return options_.replicas; }
  /// The number of known nodes, including drained ones.
  [[nodiscard]] std::size_t size() const noexcept { return nodes().size(); }
  /// Whether no node is known.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The number of nodes with a weight above 0. A table may have copies on other nodes, too: those have yet to drain.
  [[nodiscard]] std::size_t active() const noexcept { return lists_.active(); }
  /// The version among tables that replace each other. No lookup reads it.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  /// The options. options().slots is the count of the slot policy, whatever the policy is.
  [[nodiscard]] const slot_table_options& options() const& noexcept { return options_; }
  /// The slot policy.
  [[nodiscard]] const Slots& slots() const& noexcept { return slots_.get(); }
  /// The hash.
  [[nodiscard]] const Hash& hash() const& noexcept { return hash_.get(); }
  /// The seed of the hash.
  [[nodiscard]] std::uint64_t seed() const noexcept { return options_.seed; }

  /// All known nodes with weight and domain, in id order.
  [[nodiscard]] std::span<const node_spec<Node>> nodes() const& noexcept { return lists_.nodes(); }

  /// The node with that id, its weight and domain, or null if it is unknown. (find() takes keys.) O(log nodes).
  template <class Id>
  [[nodiscard]] const node_spec<Node>* find_node(const Id& id) const& noexcept {
    const std::uint32_t rank = detail::find_spec(nodes(), detail::id_of(id));
    return rank == no_node ? nullptr : &nodes()[rank];
  }
  /// Whether a node has that id. O(log nodes).
  template <class Id>
  [[nodiscard]] bool contains_node(const Id& id) const noexcept {
    return find_node(id) != nullptr;
  }

  /// The runs of slots with equal lists, in ascending order. Their sizes sum to share::whole(). A run of holes has no
  /// owner (null). Empty if no slot has a copy. O(Q × R), allocates.
  [[nodiscard]] std::vector<arc<Node>> arcs() const& {
    std::vector<arc<Node>> result;
    if (lists_.held() == 0) return result;
    lists_.for_each_run([&](const position_range& run) { result.push_back({run, find_at(run.to), size_of(run)}); });
    return result;
  }

  /// The exact share of all hashes that fall into a range of slots. No hash falls into a slot after the last one.
  [[nodiscard]] share size_of(const position_range& range) const noexcept {
    return detail::size_of_range(slots(), range);
  }

  /// The part of the spec that decides the position of a key. Two placements can be compared if theirs are equal.
  /// Allocates.
  [[nodiscard]] std::string key_spec() const { return detail::key_spec_of(hash(), slots(), options_.seed); }
  /// Everything except nodes and lists, as text: "slot_table/1;xxh3;slots=slots/16384;replicas=3;seed=0". The number
  /// after "slot_table/" changes when the answers of tables change. Allocates.
  [[nodiscard]] std::string spec() const {
    return "slot_table/1;" + std::string(stable_hash_name<Hash>) + ";slots=" + slots().name() +
           ";replicas=" + std::to_string(options_.replicas) + ";seed=" + std::to_string(options_.seed);
  }

  /// 128 bits over spec, nodes and lists. Equal in two processes whose tables place keys alike. The version does not
  /// matter; leader weights do, where they are set. O(Q × R + nodes), allocates.
  [[nodiscard]] quoit::fingerprint fingerprint() const {
    detail::fingerprint_builder builder;
    builder.text(spec());
    builder.number(detail::probe_of(hash(), options_.seed));  // detects a hash that changed and kept its name
    detail::add_specs(builder, nodes());
    builder.numbers(ranks());
    return builder.finish();
  }
  /// Whether both tables place every key alike, and have equal plans: same spec, lists, ids, weights, leader weights
  /// and domains. Versions and payloads do not matter. O(Q × R + nodes), less for copies of one table.
  friend bool operator==(const slot_table& a, const slot_table& b) {
    return a.spec() == b.spec() &&
           detail::probe_of(a.hash(), a.options_.seed) == detail::probe_of(b.hash(), b.options_.seed) &&
           a.lists_.same(b.lists_);
  }

  /// The size of the lists in bytes.
  [[nodiscard]] std::size_t memory() const noexcept { return ranks().size_bytes(); }

  // ---- A temporary table hands out nothing that refers to it (P9).

  void find(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void owner(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void find_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void replicas(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void preferred(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void find_if(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void find_if_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void walk(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void walk_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void owners(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void partition_by_owner(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  /// The same for a temporary: a copy.
  [[nodiscard]] slot_table_options options() const&& noexcept { return options_; }
  void slots() const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void find_node(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void nodes() const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void arcs() const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void hash() const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void replicas_of(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");
  void ranks(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the table in a variable first");

 private:
  static constexpr bool saves = std::same_as<Node, std::string> || detail::integer_id<Node>;

  struct policy_made {};
  slot_table(std::vector<node_spec<Node>> nodes, const std::vector<std::uint32_t>& replicas, slot_table_options options,
             std::uint64_t version, Hash hash, Slots slots, policy_made)
      : options_(detail::checked(options, slots)), version_(version), hash_(std::move(hash)), slots_(std::move(slots)) {
    lists_ = lists_type(std::move(nodes), replicas, options_);
  }

  template <class Fill>
  static slot_table adopt_with(std::vector<node_spec<Node>> nodes, slot_table_options options, Hash hash, Slots slots,
                               const Fill& fill) {
    options = detail::checked(options, slots);
    detail::sort_specs("slot_table", nodes);
    detail::slot_entries<Node> entries(nodes, options);
    fill(entries, hash, slots, options);
    const std::vector<std::uint32_t> replicas = entries.take();
    return slot_table(std::move(nodes), replicas, options, 1, std::move(hash), std::move(slots), policy_made());
  }

  [[nodiscard]] auto position_rule() const noexcept {
    return [this](const auto& key) { return this->position(key); };
  }

  lists_type lists_;
  slot_table_options options_;
  std::uint64_t version_ = 1;
  [[no_unique_address]] detail::assignable<Hash> hash_;
  [[no_unique_address]] detail::assignable<Slots> slots_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// diff() shows which keys another table moves, so it comes with the table, as it does with the ring. So do find_if()
// and walk().
#include <quoit/diff.hpp>  // IWYU pragma: export
#include <quoit/walk.hpp>  // IWYU pragma: export
