// SPDX-License-Identifier: MIT
// The ring: consistent hashing with virtual nodes (Karger et al., STOC 1997, §4).
//
//        vnode of b      vnode of a            vnode of b
//   ─────────●───────────────●─────────────────────●──────▶ positions, wrapping
//     → b        → a               → b                → (wraps)
//
// A node with weight w has w × vnodes virtual nodes; vnode i lies at hash(u32 length of id, id, u32 i), all
// little-endian. The owner of a position is the first vnode at or after it. So the ring is a pure function of the set
// of nodes (P1), a join moves keys only to the newcomer and a leave only from the leaver (P4), and a larger weight only
// adds vnodes.
//
// Rejected: normalising vnodes by the total weight, as the ketama family does: a joining node would then move the
// points of all others. Labels without a length: "node1" + "1" would be "node" + "11" (P5).
//
// Threads: const members may run in any number of threads; changing members need exclusive access.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/ring/state.hpp>
#include <quoit/detail/ring/vnode.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/fwd.hpp>
#include <quoit/key.hpp>
#include <quoit/key_groups.hpp>
#include <quoit/node.hpp>
#include <quoit/node_range.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/share.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>
#include <quoit/xxhash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Consistent hashing with virtual nodes: who owns a key (Karger et al., STOC 1997, §4). A value; a copy is O(vnodes).
/// The head of this file says where vnodes lie. O(1), where nothing else is said. Threads: const members may run in any
/// number of threads; changing members need exclusive access (or a quoit::published).
template <class Node, class Hash, class Slots>
class ring {
  static_assert(detail::require_node<Node>() && detail::require_stable_hash<Hash>() &&
                detail::require_slot_policy<Slots>());

 public:
  using node_type = Node;    ///< a string, an integer, or a type with quoit_id
  using hash_type = Hash;    ///< of keys and vnodes
  using slots_type = Slots;  ///< which positions there are

  /// An empty ring of default options. Throws as the following.
  ring() : ring(ring_options{}) {}
  /// An empty ring. Throws std::invalid_argument for vnodes outside 1 … max_vnodes_per_node, and for a policy of 0
  /// slots.
  explicit ring(ring_options options, Hash hash = Hash(), Slots slots = Slots())
      : state_(options, std::move(hash), std::move(slots)) {}
  /// The same for a policy that is told something at run time.
  explicit ring(ring_options options, Slots slots) : ring(options, Hash(), std::move(slots)) {}

  // ---- Membership. Every change either happens whole or throws and changes nothing.

  /// Adds a node. O(vnodes of the node + log nodes), amortised, for a uniform hash; beside that, four bytes a node are
  /// moved. O(all vnodes × log) at worst: after many changes, or where all vnodes lie close together. Throws
  /// std::invalid_argument if the id is known already, the weight is negative, weight × vnodes is above
  /// max_vnodes_per_node, or there would be 2^32 - 1 vnodes or more in all; and std::bad_alloc.
  void add(Node node, node_options options = {}) {
    state_.add(node_spec<Node>{std::move(node), options.weight, std::move(options.domain)});
  }

  /// Removes a node, named by its id or by a node with that id. Costs what add() costs. Throws std::invalid_argument if
  /// it is unknown.
  template <class Id>
  void remove(const Id& id) {
    state_.remove(id);
  }

  /// Changes a weight; 0 drains the node. Keys move only to or from it. Costs what add() costs for the vnodes that come
  /// or go. Throws as add(), and if the node is unknown.
  template <class Id>
  void set_weight(const Id& id, std::int64_t weight) {
    state_.set_weight(id, weight);
  }

  /// Makes the given nodes the whole set: node_spec<Node> elements, or plain nodes (weight 1). Known ids keep their
  /// place and take over the new payload. O(nodes log nodes + vnodes that come or go). Throws std::invalid_argument for
  /// an id given twice and as add().
  template <std::ranges::input_range Specs>
  assign_result assign(Specs&& specs) {
    return assign_all(specs);
  }
  /// The same for a list in braces.
  assign_result assign(std::initializer_list<node_spec<Node>> specs) { return assign_all(specs); }
  /// The same for plain nodes in braces.
  template <class Plain>
  assign_result assign(std::initializer_list<Plain> nodes) {
    return assign_all(nodes);
  }

  // ---- Lookup. O(bytes of the key + 1), noexcept and allocation-free unless it says otherwise; results refer to the
  // ring until it changes.

  /// The position (or slot) of a key. O(bytes of the key).
  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    return detail::position_of_key(state_.hash(), state_.slots(), key, state_.options().seed);
  }

  /// The node that owns the key, null where no node owns anything. O(bytes of the key + 1): one cache line of the ring
  /// for a uniform hash; O(log vnodes) at worst.
  template <class Key>
  [[nodiscard]] const Node* find(const Key& key) const noexcept {
    return find_at(position(key));
  }

  /// The node that owns the key. A ring without an owner (empty, or all drained) is a broken precondition:
  /// QUOIT_ASSERT.
  template <class Key>
  [[nodiscard]] const Node& owner(const Key& key) const noexcept {
    const Node* const node = find(key);
    QUOIT_ASSERT(node != nullptr, "ring::owner() on a ring that has no owner; find() answers null instead");
    return *node;
  }

  /// The owner of a position, null where no node owns anything. Costs what find() costs.
  [[nodiscard]] const Node* find_at(std::uint64_t position) const noexcept { return state_.find(position); }

  /// The first k distinct nodes of the key's preference list, primary first; all of them if there are fewer. `apart`
  /// says whether domains must differ. Allocates for k > 8 (std::bad_alloc). O(steps × k), where the steps to k
  /// distinct nodes are about k for k well below the number of nodes, and all vnodes at worst.
  template <class Key>
  [[nodiscard]] preference_list<Node> replicas(const Key& key, std::size_t k, spread apart = spread::nodes) const {
    const std::size_t most = (std::min)(k, active());
    preference_list<Node> list(most);
    list.resize(preferred(position(key), list.room().first(most), apart));
    return list;
  }

  /// The same into memory of the caller's, as many as fit; returns how many. Never allocates.
  template <class Key>
  std::size_t replicas(const Key& key, std::span<const Node*> out, spread apart = spread::nodes) const noexcept {
    return preferred(position(key), out, apart);
  }

  /// The preference list of a position into memory of the caller's, as many as fit; returns how many.
  std::size_t preferred(std::uint64_t position, std::span<const Node*> out,
                        spread apart = spread::nodes) const noexcept {
    const std::size_t most = (std::min)(out.size(), active());
    if (apart == spread::nodes) return state_.walk(position, out, most);
    const std::size_t found =
        state_.walk(position, out, 0, (std::min)(out.size(), state_.nodes().max_distinct_domains()), true);
    return apart == spread::domains_only ? found : state_.walk(position, out, found, most, false);
  }

  /// The owner of each key, in order: out[i] belongs to the i-th key, null where no node owns anything. Writes as many
  /// as there are keys and room; returns how many. O(lookup) a key, and faster than one by one where the ring is
  /// larger than the cache.
  template <std::ranges::input_range Keys>
  std::size_t owners(Keys&& keys, std::span<const Node*> out) const noexcept {
    std::size_t count = 0;
    return for_each_owner(keys, out.size(), [&](std::uint32_t number) { out[count++] = node_at(number); });
  }

  /// The same into a new vector (allocates).
  template <std::ranges::input_range Keys>
  [[nodiscard]] std::vector<const Node*> owners(Keys&& keys) const {
    std::vector<const Node*> result;
    if constexpr (std::ranges::sized_range<Keys>) result.reserve(std::ranges::size(keys));
    for_each_owner(keys, ~std::size_t{0}, [&](std::uint32_t number) { result.push_back(node_at(number)); });
    return result;
  }

  /// The keys grouped by owner, for one request a node: groups in id order, each with the indices of its keys in
  /// their order. No groups where no node owns anything. O(keys × lookup + nodes), allocates.
  template <std::ranges::input_range Keys>
  [[nodiscard]] key_groups<Node> partition_by_owner(Keys&& keys) const {
    std::vector<std::uint32_t> owner_of;
    if (vnode_count() == 0) return {};
    if constexpr (std::ranges::sized_range<Keys>) owner_of.reserve(std::ranges::size(keys));
    for_each_owner(keys, ~std::size_t{0}, [&](std::uint32_t number) { owner_of.push_back(number); });
    return key_groups<Node>(owner_of, state_.nodes().numbers(), state_.nodes().order(),
                            [this](std::uint32_t number) { return node_at(number); });
  }

  // ---- What the ring is.

  /// Number of known nodes, drained ones included.
  [[nodiscard]] std::size_t size() const noexcept { return state_.nodes().size(); }
  /// Whether no node is known.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Number of nodes with a weight above 0: those that can own something.
  [[nodiscard]] std::size_t active() const noexcept { return state_.nodes().active(); }
  /// Number of virtual nodes.
  [[nodiscard]] std::size_t vnode_count() const noexcept { return state_.circle().size(); }
  /// What it was made with.
  [[nodiscard]] const ring_options& options() const noexcept { return state_.options(); }
  /// The slot policy.
  [[nodiscard]] const Slots& slots() const noexcept { return state_.slots(); }

  /// The node with that id, its weight and domain; null if unknown. (find() takes keys.) O(log nodes).
  template <class Id>
  [[nodiscard]] const node_spec<Node>* find_node(const Id& id) const noexcept {
    const std::uint32_t number = state_.nodes().find(detail::id_of(id));
    return number == detail::none ? nullptr : &state_.nodes()[number];
  }
  /// Whether a node has that id. O(log nodes).
  template <class Id>
  [[nodiscard]] bool contains_node(const Id& id) const noexcept {
    return find_node(id) != nullptr;
  }

  /// All known nodes with weight and domain, in id order: a random-access range of node_spec<Node>.
  [[nodiscard]] node_range<Node> nodes() const noexcept { return state_.nodes().nodes(); }

  /// The arcs in ascending order of their ends, one for every distinct position that has a vnode, so that neighbours
  /// may have the same owner. Their sizes sum to share::whole(). Empty where no node owns anything. O(vnodes),
  /// allocates.
  [[nodiscard]] std::vector<arc<Node>> arcs() const {
    std::vector<arc<Node>> result;
    result.reserve(vnode_count());
    state_.circle().for_each([&](const auto& vnode) {
      if (!result.empty() && result.back().range.to == vnode.position) return;
      arc<Node>& fresh = result.emplace_back();
      fresh.range.to = vnode.position;
      fresh.owner = node_at(vnode.number);
    });
    for (std::size_t i = 0; i < result.size(); ++i) {
      position_range& range = result[i].range;
      range.from = result[i == 0 ? result.size() - 1 : i - 1].range.to;
      result[i].size = size_of(range);
    }
    return result;
  }

  /// The exact part of all hashes that falls into a range of positions.
  [[nodiscard]] share size_of(const position_range& range) const noexcept {
    return detail::size_of_range(state_.slots(), range);
  }

  /// The part of the spec that decides where a key lies: two placements with the same one can be compared.
  /// Allocates.
  [[nodiscard]] std::string key_spec() const {
    return detail::key_spec_of(state_.hash(), state_.slots(), state_.options().seed);
  }
  /// Everything but the nodes, as text: "ring/1;xxh3;vnodes=512;slots=whole_circle;seed=0". The number behind "ring/"
  /// changes when a placement does. Allocates.
  [[nodiscard]] std::string spec() const {
    return "ring/1;" + std::string(stable_hash_name<Hash>) + ";vnodes=" + std::to_string(state_.options().vnodes) +
           ";slots=" + state_.slots().name() + ";seed=" + std::to_string(state_.options().seed);
  }

  /// 128 bits over spec and nodes; equal in two processes that place alike. O(nodes), allocates.
  [[nodiscard]] quoit::fingerprint fingerprint() const {
    detail::fingerprint_builder builder;
    builder.text(spec());
    builder.number(probe());  // a hash that changed under its old name is found out
    detail::add_specs(builder, nodes());
    return builder.finish();
  }

  /// Whether both place every key alike: same spec, same ids, weights and domains. Payloads do not count. O(nodes).
  friend bool operator==(const ring& a, const ring& b) {
    return a.state_.options().seed == b.state_.options().seed && a.probe() == b.probe() &&
           a.state_.options().vnodes == b.state_.options().vnodes &&
           std::string(a.state_.slots().name()) == std::string(b.state_.slots().name()) &&
           std::ranges::equal(a.nodes(), b.nodes(), detail::same_description<Node>);
  }

  /// Bytes that all that is kept of the vnodes takes. O(vnodes).
  [[nodiscard]] std::size_t vnode_memory() const noexcept { return state_.circle().memory(); }
  /// The part of it that a lookup reads. O(vnodes).
  [[nodiscard]] std::size_t lookup_memory() const noexcept { return state_.circle().lookup_memory(); }

 private:
  template <class Specs>
  assign_result assign_all(Specs& specs) {
    std::vector<node_spec<Node>> next = detail::to_specs<Node>(specs);
    detail::sort_specs("ring", next);
    return state_.assign(std::move(next));
  }

  [[nodiscard]] std::uint64_t probe() const noexcept { return detail::probe_of(state_.hash(), state_.options().seed); }

  [[nodiscard]] const Node* node_at(std::uint32_t number) const noexcept {
    return number == detail::none ? nullptr : state_.nodes().node(number);
  }

  template <class Keys, class Use>
  std::size_t for_each_owner(Keys& keys, std::size_t limit, const Use& use) const {
    return detail::for_each_owner(
        state_.circle(), keys, limit, [this](const auto& key) { return this->position(key); }, use);
  }

  detail::ring_state<Node, Hash, Slots> state_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// diff() is how one sees what a change of a ring moves; whoever has a ring has it.
#include <quoit/diff.hpp>  // IWYU pragma: export
