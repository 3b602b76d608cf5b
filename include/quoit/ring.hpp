// SPDX-License-Identifier: MIT
// ring: consistent hashing with virtual nodes (Karger et al., STOC 1997, §4).
//
//        vnode of b      vnode of a            vnode of b
//   ─────────●───────────────●─────────────────────●──────▶ positions, wrapping
//     → b        → a               → b                → (wraps)
//
// A node with weight w has w × vnodes virtual nodes. The position of vnode i is hash(u32 length of id, id, u32 i), all
// little-endian. The owner of a position is the node of the first vnode at or after it. So the ring is a pure function
// of the set of nodes (P1). A join moves keys only to the new node, and a leave only from the removed one (P4). A
// larger weight only adds vnodes.
//
// Rejected: normalising the number of vnodes by the total weight, as the ketama family does, because a joining node
// would then move the vnodes of all others; labels without a length, because "node1" + "1" would equal "node" + "11"
// (P5).
//
// Threads: const members may be called from any number of threads; other members need exclusive access.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/lookup.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/detail/ring/deduction.hpp>  // IWYU pragma: export
#include <quoit/detail/ring/state.hpp>
#include <quoit/detail/ring/steps.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/fwd.hpp>
#include <quoit/key.hpp>
#include <quoit/key_groups.hpp>
#include <quoit/node.hpp>
#include <quoit/node_range.hpp>
#include <quoit/node_walk.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/share.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>
#include <quoit/xxhash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Consistent hashing with virtual nodes (Karger et al., STOC 1997, §4). The head of this file defines the positions of
/// vnodes. A value type; copying is O(vnodes). A moved-from ring is empty and
/// keeps its options, hash and policy. O(1) unless stated otherwise. Threads: const members may be called from
/// any number of threads; other members need exclusive access (or a quoit::published).
template <class Node, class Hash, class Slots>
class ring {
  static_assert(detail::require_node<Node>() && detail::require_stable_hash<Hash>() &&
                detail::require_slot_policy<Slots>());

 public:
  using node_type = Node;    ///< a string, an integer, or a type with quoit_id
  using hash_type = Hash;    ///< of keys and vnodes
  using slots_type = Slots;  ///< the slot policy
  /// The range that walk() returns.
  using walk_type = node_walk<detail::ring_steps<Node, typename detail::ring_state<Node, Hash, Slots>::tie_type>>;

  /// An empty ring with default options. Throws std::invalid_argument for a policy of 0 slots.
  ring() : ring(ring_options{}) {}
  /// An empty ring. Throws std::invalid_argument for vnodes outside 1 … max_vnodes_per_node, and for a policy of 0
  /// slots.
  explicit ring(ring_options options, Hash hash = Hash(), Slots slots = Slots())
      : state_(options, std::move(hash), std::move(slots)) {}
  /// The same with a slot policy that has run-time parameters.
  explicit ring(ring_options options, Slots slots) : ring(options, Hash(), std::move(slots)) {}

  /// A ring of these nodes: ring({"a", "b", {"c", {.weight = 2}}}). Costs what assign() costs, and throws what the
  /// constructors above and assign() throw.
  explicit ring(std::initializer_list<detail::listed_node<Node>> nodes, ring_options options = {}, Hash hash = Hash(),
                Slots slots = Slots())
      : ring(options, std::move(hash), std::move(slots)) {
    assign(nodes);
  }
  /// The same for elements with the names of node_spec, {.node = "a", .weight = 2}.
  template <class Literal = detail::node_literal<Node>>
  explicit ring(std::initializer_list<std::type_identity_t<Literal>> nodes, ring_options options = {},
                Hash hash = Hash(), Slots slots = Slots())
      : ring(options, std::move(hash), std::move(slots)) {
    assign(nodes);
  }
  /// The same for a range of node_spec<Node>, or of plain nodes.
  template <detail::range_of_nodes Nodes>
  explicit ring(Nodes&& nodes, ring_options options = {}, Hash hash = Hash(), Slots slots = Slots())
      : ring(options, std::move(hash), std::move(slots)) {
    assign(std::forward<Nodes>(nodes));
  }

  // ---- Membership. A member that throws changes nothing.

  /// Adds a node. Amortised O(vnodes of the node + log nodes) for a uniform hash, and it moves four bytes for each node
  /// of the ring. O(all vnodes × log) in the worst case: after many changes, or if all vnodes are close together.
  /// Throws std::invalid_argument if the ring has a node with that id, if the weight or leader weight is negative, if
  /// weight × vnodes exceeds max_vnodes_per_node, or if the ring would have 2^32 - 1 vnodes or more. Throws
  /// std::bad_alloc.
  void add(Node node, node_options options = {}) {
    state_.add(node_spec<Node>{std::move(node), options.weight, std::move(options.domain), options.leader_weight});
  }

  /// Removes a node, given by its id or by a node with that id. Costs what add() costs. Throws std::invalid_argument if
  /// there is no such node, and std::bad_alloc.
  template <class Id>
  void remove(const Id& id) {
    state_.remove(id);
  }

  /// Changes the weight of a node; 0 drains it. Keys move only to or from this node. Costs what add() costs for the
  /// added or removed vnodes. Throws what add() throws, and std::invalid_argument if there is no such node.
  template <class Id>
  void set_weight(const Id& id, std::int64_t weight) {
    state_.set_weight(id, weight);
  }

  /// Changes the failure domain of a node, as node_options::domain; empty means unknown. Owners stay, and so does every
  /// preference list that does not ask for distinct domains. O(log nodes + log domains). Throws std::invalid_argument
  /// if there is no such node, and std::bad_alloc.
  template <class Id>
  void set_domain(const Id& id, std::string domain) {
    state_.set_domain(id, std::move(domain));
  }

  /// Replaces the set of nodes. `nodes` is a list in braces, or a range of node_spec<Node> or of plain nodes (weight
  /// 1). In braces, an element is a node, {node, options}, {node, weight} or {node, weight, domain}. Nodes whose ids
  /// stay keep their positions and get the new payload. O(nodes log nodes + added and removed vnodes). Throws
  /// std::invalid_argument if an id is given twice, and what add() throws.
  assign_result assign(detail::nodes_argument<Node> nodes) {
    std::vector<node_spec<Node>> next = nodes.take();
    detail::sort_specs("ring", next);
    return state_.assign(std::move(next));
  }

  // ---- Lookup. O(bytes of the key + 1), noexcept and allocation-free unless stated otherwise. Results refer to the
  // ring and are valid until it changes.

  /// The position (or slot) of a key. O(bytes of the key).
  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return detail::position_of_key(state_.hash(), state_.slots(), key, state_.options().seed);
  }

  /// The node that owns the key, or null if there are no active nodes. O(bytes of the key + 1): one cache line of the
  /// ring for a uniform hash. O(log vnodes) in the worst case.
  template <class Key>
  [[nodiscard]] const Node* find(const Key& key) const& noexcept {
    return find_at(position(key));
  }

  /// The node that owns the key. Precondition (QUOIT_ASSERT): there is an active node, so the ring is neither empty nor
  /// completely drained.
  template <class Key>
  [[nodiscard]] const Node& owner(const Key& key) const& noexcept {
    const Node* const node = find(key);
    QUOIT_ASSERT(node != nullptr, "ring::owner() on a ring without active nodes; find() returns null instead");
    return *node;
  }

  /// The owner of a position, or null if there are no active nodes or no such position (a slot that is not below the
  /// policy's count()). Costs what find() costs.
  [[nodiscard]] const Node* find_at(std::uint64_t position) const& noexcept { return state_.find(position); }

  /// The first k distinct nodes of the key's preference list, primary first; all active nodes if there are fewer.
  /// `apart` says whether their domains must differ. Allocates for k > 8 and may then throw std::bad_alloc.
  /// O(steps × k): finding k distinct nodes takes about k steps if k is well below the number of nodes, and as many
  /// steps as there are vnodes in the worst case.
  template <class Key>
  [[nodiscard]] preference_list<Node> replicas(const Key& key, std::size_t k, spread apart = spread::nodes) const& {
    const std::size_t most = (std::min)(k, active());
    preference_list<Node> list(most);
    list.resize(preferred(position(key), list.room().first(most), apart));
    return list;
  }

  /// The same, written to memory of the caller: as many nodes as fit. Returns their number. Never allocates.
  template <class Key>
  std::size_t replicas(const Key& key, std::span<const Node*> out, spread apart = spread::nodes) const& noexcept {
    return preferred(position(key), out, apart);
  }

  /// Writes the preference list of a position to memory of the caller: as many nodes as fit. Returns their number,
  /// which is 0 if there is no such position. Costs what replicas() costs.
  std::size_t preferred(std::uint64_t position, std::span<const Node*> out,
                        spread apart = spread::nodes) const& noexcept {
    const std::size_t most = (std::min)(out.size(), active());
    if (apart == spread::nodes) return state_.walk(position, out, most);
    const std::size_t found =
        state_.walk(position, out, 0, (std::min)(out.size(), state_.nodes().max_distinct_domains()), true);
    return apart == spread::domains_only ? found : state_.walk(position, out, found, most, false);
  }

  /// The first node of the key's preference list for which `predicate` holds, or null: the first one that is alive, for
  /// example. The predicate is called with a const Node&, in the order of the list; it may see a node again, and must
  /// not change the ring. Never allocates, and is noexcept if the predicate is. O(vnodes up to that node), which is two
  /// if half of the nodes are down; one pass over the vnodes if it holds for no node.
  template <class Key, std::predicate<const Node&> Predicate>
  [[nodiscard]] const Node*
  find_if(const Key& key,
          Predicate&& predicate) const& noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    return state_.find_if(position(key), predicate);
  }
  /// The same for a position; null for a position after the last slot.
  template <std::predicate<const Node&> Predicate>
  [[nodiscard]] const Node*
  find_if_at(std::uint64_t position,
             Predicate&& predicate) const& noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    return state_.find_if(position, predicate);
  }

  /// The active nodes in the order of the key's preference list, primary first: a lazy forward range, which finds a
  /// node when a loop asks for it. It is by nodes, as replicas() with spread::nodes. The n-th node costs the vnodes
  /// between it and the one before, O(1) each: about n in all for few of many nodes, O(nodes × log nodes) for all of
  /// equal nodes. A step allocates from the ninth node on, and may then throw std::bad_alloc.
  template <class Key>
  [[nodiscard]] walk_type walk(const Key& key) const& noexcept {
    return walk_at(position(key));
  }
  /// The same for a position; no nodes for a position after the last slot.
  [[nodiscard]] walk_type walk_at(std::uint64_t position) const& noexcept {
    return walk_type({&state_.nodes(), &state_.circle(), position});
  }

  /// Writes the owner of the i-th key to out[i], or null if there are no active nodes. Stops at the last key or at the
  /// end of `out`, and returns how many owners it wrote. O(lookup) for each key. Faster than single lookups if the ring
  /// is larger than the cache.
  template <std::ranges::input_range Keys>
  std::size_t owners(Keys&& keys, std::span<const Node*> out) const& noexcept {
    std::size_t count = 0;
    return detail::for_each_owner(state_.circle(), keys, out.size(), position_rule(),
                                  [&](std::uint32_t number) { out[count++] = node_at(number); });
  }

  /// The same for all keys, as a vector. Allocates.
  template <std::ranges::input_range Keys>
  [[nodiscard]] std::vector<const Node*> owners(Keys&& keys) const& {
    return detail::owners_of<const Node*>(state_.circle(), keys, position_rule(),
                                          [this](std::uint32_t number) { return node_at(number); });
  }

  /// Calls use(node) with the owner of each key, in order; null if there are no active nodes. Reads the keys once, does
  /// not allocate, and lets exceptions of `use` and of the keys pass. balance_of(), moved_keys() and diff() use it.
  /// O(lookup) for each key.
  template <std::ranges::input_range Keys, std::invocable<const Node*> Use>
  void for_each_owner(Keys&& keys, const Use& use) const {
    detail::for_each_owner(state_.circle(), keys, ~std::size_t{0}, position_rule(),
                           [&](std::uint32_t number) { detail::give_owner(use, node_at(number), number); });
  }

  /// Groups keys by owner, so that one request for each node suffices. The groups are in id order, and each has the
  /// indices of its keys in ascending order. Without active nodes there are no groups, and all keys are in
  /// without_owner(). O(keys × lookup + nodes), allocates.
  template <std::ranges::input_range Keys>
  [[nodiscard]] key_groups<Node> partition_by_owner(Keys&& keys) const& {
    const bool owned = vnode_count() != 0;
    const auto owner_of =
        detail::owners_of<std::uint32_t>(state_.circle(), keys, position_rule(), [=](std::uint32_t n) {
          QUOIT_ASSERT(detail::is_whole_circle<Slots> || n != detail::none || !owned,
                       "ring: the slot policy gave a slot that is not below its count()");
          return n;
        });
    return key_groups<Node>(owner_of, state_.nodes().numbers(), state_.nodes().order(),
                            [this](std::uint32_t number) { return node_at(number); });
  }

  // ---- Properties.

  /// The number of nodes, including drained ones.
  [[nodiscard]] std::size_t size() const noexcept { return state_.nodes().size(); }
  /// Whether there are no nodes.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The number of active nodes: those whose weight is above 0. Only they can own keys.
  [[nodiscard]] std::size_t active() const noexcept { return state_.nodes().active(); }
  /// The number of virtual nodes.
  [[nodiscard]] std::size_t vnode_count() const noexcept { return state_.circle().size(); }
  /// The options that were given to the constructor.
  [[nodiscard]] const ring_options& options() const& noexcept { return state_.options(); }
  /// The slot policy.
  [[nodiscard]] const Slots& slots() const& noexcept { return state_.slots(); }

  /// The node with this id, with its weight and domain, or null. (find() takes keys.) O(log nodes).
  template <class Id>
  [[nodiscard]] const node_spec<Node>* find_node(const Id& id) const& noexcept {
    const std::uint32_t number = state_.nodes().find(detail::id_of(id));
    return number == detail::none ? nullptr : &state_.nodes()[number];
  }
  /// Whether there is a node with this id. O(log nodes).
  template <class Id>
  [[nodiscard]] bool contains_node(const Id& id) const noexcept {
    return find_node(id) != nullptr;
  }

  /// All nodes with their weights and domains, in id order: a random-access range of node_spec<Node>.
  [[nodiscard]] node_range<Node> nodes() const& noexcept { return state_.nodes().nodes(); }

  /// The arcs in ascending order of their ends: one for each distinct position of a vnode. Neighbouring arcs may have
  /// the same owner. The sizes add up to share::whole(). Empty if there are no active nodes. O(vnodes), allocates.
  [[nodiscard]] std::vector<arc<Node>> arcs() const& {
    std::vector<arc<Node>> result;
    result.reserve(vnode_count());
    state_.circle().for_each([&](const auto& vnode) {
      if (!result.empty() && result.back().range.to == vnode.position) return;
      arc<Node>& next = result.emplace_back();
      next.range.to = vnode.position;
      next.owner = node_at(vnode.number);
    });
    for (std::size_t i = 0; i < result.size(); ++i) {
      position_range& range = result[i].range;
      range.from = result[i == 0 ? result.size() - 1 : i - 1].range.to;
      result[i].size = size_of(range);
    }
    return result;
  }

  /// The exact share of all hashes that fall into a range of positions. No hash falls on a position after the last one.
  [[nodiscard]] share size_of(const position_range& range) const noexcept {
    return detail::size_of_range(state_.slots(), range);
  }

  /// The part of the spec that determines the position of a key. Placements can be compared if their key specs are
  /// equal. Allocates.
  [[nodiscard]] std::string key_spec() const {
    return detail::key_spec_of(state_.hash(), state_.slots(), state_.options().seed);
  }
  /// Everything except the nodes, as text: "ring/1;xxh3;vnodes=512;slots=whole_circle;seed=0". The number after "ring/"
  /// changes whenever a release places keys differently. Allocates.
  [[nodiscard]] std::string spec() const {
    return "ring/1;" + std::string(stable_hash_name<Hash>) + ";vnodes=" + std::to_string(state_.options().vnodes) +
           ";slots=" + state_.slots().name() + ";seed=" + std::to_string(state_.options().seed);
  }

  /// A 128-bit hash of spec and nodes, equal in all processes that place keys alike. O(nodes), allocates.
  [[nodiscard]] quoit::fingerprint fingerprint() const {
    detail::fingerprint_builder builder;
    builder.text(spec());
    builder.number(probe());  // detects a hash that changed without changing its name
    detail::add_specs(builder, nodes());
    return builder.finish();
  }

  /// Whether both rings place every key alike: they have the same spec, ids, weights, leader weights and domains. (A
  /// ring reads no leader weight, but a table that adopts it does.) Payloads are not
  /// compared. O(nodes).
  friend bool operator==(const ring& a, const ring& b) {
    return a.state_.options().seed == b.state_.options().seed && a.probe() == b.probe() &&
           a.state_.options().vnodes == b.state_.options().vnodes &&
           std::string(a.state_.slots().name()) == std::string(b.state_.slots().name()) &&
           std::ranges::equal(a.nodes(), b.nodes(), detail::same_description<Node>);
  }

  /// The memory for vnodes and their index, in bytes. O(vnodes).
  [[nodiscard]] std::size_t vnode_memory() const noexcept { return state_.circle().memory(); }
  /// The part of that memory that lookups read, in bytes. O(vnodes).
  [[nodiscard]] std::size_t lookup_memory() const noexcept { return state_.circle().lookup_memory(); }

  // ---- A temporary ring hands out nothing that refers to it (P9).

  void find(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void owner(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void find_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void replicas(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void preferred(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void find_if(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void find_if_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void walk(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void walk_at(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void owners(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void partition_by_owner(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  /// The same for a temporary: a copy.
  [[nodiscard]] ring_options options() const&& noexcept { return state_.options(); }
  void slots() const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void find_node(auto&&...) const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void nodes() const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");
  void arcs() const&& QUOIT_DETAIL_TEMPORARY("keep the ring in a variable first");

 private:
  [[nodiscard]] std::uint64_t probe() const noexcept { return detail::probe_of(state_.hash(), state_.options().seed); }

  [[nodiscard]] const Node* node_at(std::uint32_t number) const noexcept {
    return number == detail::none ? nullptr : state_.nodes().node(number);
  }

  [[nodiscard]] auto position_rule() const noexcept {
    return [this](const auto& key) { return this->position(key); };
  }

  detail::ring_state<Node, Hash, Slots> state_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// ring.hpp includes diff(), which shows what a change of a ring moves, and walk.hpp, which has find_if() and walk().
#include <quoit/diff.hpp>  // IWYU pragma: export
#include <quoit/walk.hpp>  // IWYU pragma: export
