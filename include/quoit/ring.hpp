// SPDX-License-Identifier: MIT
// The ring: consistent hashing with virtual nodes (Karger et al., STOC 1997, §4).
//
//        vnode of b      vnode of a            vnode of b
//   ─────────●───────────────●─────────────────────●──────▶ positions, wrapping
//     → b        → a               → b                → (wraps)
//
// A node with weight w has w × vnodes virtual nodes; vnode i lies at hash(u32 length of id, id, u32 i), all little-endian.
// The owner of a position is the first vnode at or after it. So the ring is a pure function of the set of nodes
// (P1), a join moves keys only to the newcomer and a leave only from the leaver (P4), and a larger weight only adds
// vnodes.
//
// Rejected: normalising vnodes by the total weight, as the ketama family does: a joining node would then move the points of
// all others. Labels without a length: "node1" + "1" would be "node" + "11" (P5).
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
#include <quoit/detail/ring_state.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/fwd.hpp>
#include <quoit/key.hpp>
#include <quoit/key_groups.hpp>
#include <quoit/node.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/slots.hpp>
#include <quoit/xxhash.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

template <class Node, class Hash, class Slots>
class ring {
  static_assert(detail::require_node<Node>() && detail::require_stable_hash<Hash>() &&
                detail::require_slot_policy<Slots>());

 public:
  using node_type = Node;
  using hash_type = Hash;
  using slots_type = Slots;

  /// An empty ring. Throws std::invalid_argument for vnodes outside 1 … max_vnodes_per_node, and for a policy of 0 slots.
  ring() : ring(ring_options{}) {}
  explicit ring(ring_options options, Hash hash = Hash(), Slots slots = Slots())
      : state_(options, std::move(hash), std::move(slots)) {}
  explicit ring(ring_options options, Slots slots) : ring(options, Hash(), std::move(slots)) {}

  // ---- Membership. Every change either happens whole or throws and changes nothing.

  /// Adds a node. O(nodes + vnodes of the ring). Throws std::invalid_argument if the id is known already, the weight is
  /// negative, or weight × vnodes is above max_vnodes_per_node.
  void add(Node node, node_options options = {}) {
    const auto id = detail::id_of(node);
    const auto at = state_.lower_bound(id);
    if (at != state_.nodes().end() && detail::id_equal(detail::id_of(at->node), id)) {
      detail::throw_invalid_argument("ring: node '" + quoit::id_text(node) + "' is known already");
    }
    auto next = state_.nodes();
    next.insert(next.begin() + (at - state_.nodes().begin()),
                node_spec<Node>{std::move(node), options.weight, std::move(options.domain)});
    state_.become(std::move(next));
  }

  /// Removes a node, named by its id or by a node with that id. O(nodes + vnodes of the ring). Throws
  /// std::invalid_argument if it is unknown.
  template <class Id>
  void remove(const Id& id) {
    const auto at = state_.known(id);
    auto next = state_.nodes();
    next.erase(next.begin() + (at - state_.nodes().begin()));
    state_.become(std::move(next));
  }

  /// Changes a weight; 0 drains the node. Keys move only to or from it. O(nodes + vnodes of the ring). Throws as add(),
  /// and if the node is unknown.
  template <class Id>
  void set_weight(const Id& id, std::int64_t weight) {
    const auto at = state_.known(id);
    auto next = state_.nodes();
    next[static_cast<std::size_t>(at - state_.nodes().begin())].weight = weight;
    state_.become(std::move(next));
  }

  /// Makes the given nodes the whole set: node_spec<Node> elements, or plain nodes (weight 1). Known ids keep
  /// their place and take over the new payload. O((nodes + new vnodes) log + vnodes of the ring). Throws
  /// std::invalid_argument for an id given twice and as add().
  template <std::ranges::input_range Specs>
  assign_result assign(const Specs& specs) {
    std::vector<node_spec<Node>> next;
    for (const auto& spec : specs) {
      if constexpr (std::same_as<std::remove_cvref_t<decltype(spec)>, node_spec<Node>>) next.push_back(spec);
      else next.push_back(node_spec<Node>{Node(spec), 1, {}});
    }
    std::sort(next.begin(), next.end(), [](const auto& a, const auto& b) {
      return detail::id_less(detail::id_of(a.node), detail::id_of(b.node));
    });
    const auto twice = std::adjacent_find(next.begin(), next.end(), [](const auto& a, const auto& b) {
      return detail::id_equal(detail::id_of(a.node), detail::id_of(b.node));
    });
    if (twice != next.end()) {
      detail::throw_invalid_argument("ring: node '" + quoit::id_text(twice->node) + "' is given twice");
    }
    return state_.become(std::move(next));
  }
  assign_result assign(std::initializer_list<node_spec<Node>> specs) {
    return assign<std::initializer_list<node_spec<Node>>>(specs);
  }

  // ---- Lookup. noexcept and allocation-free unless it says otherwise; results refer to the ring until it changes.

  /// The position (or slot) of a key. O(bytes of the key).
  template <class Key>
  [[nodiscard]] std::uint64_t position(const Key& key) const noexcept {
    static_assert(detail::require_key<Key>());
    if constexpr (detail::prescribes_key_hash<Slots> && !std::same_as<Key, key_hash>) {
      static_assert(!detail::integer_id<Key>,
                    "quoit: this slot policy hashes the text of a key. Write the integer as text");
      if constexpr (detail::string_id<Key>) return state_.slots().slot(state_.slots().hash_key(detail::string_of(key)));
      else if constexpr (detail::byte_range<Key>)
        return state_.slots().slot(state_.slots().hash_key(detail::bytes_of(key)));
      else return position(quoit_id(key));
    } else {
      return state_.slots().slot(hash_key(state_.hash(), key, state_.options().seed));
    }
  }

  /// The node that owns the key, null where no node owns anything. O(log vnodes).
  template <class Key>
  [[nodiscard]] const Node* find(const Key& key) const noexcept {
    return find_at(position(key));
  }

  /// The node that owns the key. A ring without an owner (empty, or all drained) is a broken precondition: QUOIT_ASSERT.
  template <class Key>
  [[nodiscard]] const Node& owner(const Key& key) const noexcept {
    const Node* const node = find(key);
    QUOIT_ASSERT(node != nullptr, "ring::owner() on a ring that has no owner; find() answers null instead");
    return *node;
  }

  /// The owner of a position.
  [[nodiscard]] const Node* find_at(std::uint64_t position) const noexcept {
    return state_.points().size() == 0 ? nullptr
                                       : &state_.nodes()[state_.points()[state_.points().search(position)].node].node;
  }

  /// The first k distinct nodes of the key's preference list, primary first; all of them if there are fewer. `apart`
  /// says whether domains must differ. Allocates for k > 8 (std::bad_alloc). O(log vnodes + steps × k), where the steps
  /// to k distinct nodes are about k for k well below the number of nodes, and all vnodes at worst.
  template <class Key>
  [[nodiscard]] preference_list<Node> replicas(const Key& key, std::size_t k, spread apart = spread::nodes) const {
    preference_list<Node> list(std::min(k, state_.active()));
    list.resize(preferred(position(key), list.room().first(std::min(k, state_.active())), apart));
    return list;
  }

  /// The same into memory of the caller's, as many as fit; returns how many. Never allocates.
  template <class Key>
  std::size_t replicas(const Key& key, std::span<const Node*> out, spread apart = spread::nodes) const noexcept {
    return preferred(position(key), out, apart);
  }

  /// The preference list of a position.
  std::size_t preferred(std::uint64_t position, std::span<const Node*> out,
                        spread apart = spread::nodes) const noexcept {
    if (state_.points().size() == 0) return 0;
    const std::size_t start = state_.points().search(position);
    if (apart == spread::nodes) return state_.walk(start, out, 0, std::min(out.size(), state_.active()), false);
    const std::size_t found = state_.walk(start, out, 0, std::min(out.size(), state_.active_domains()), true);
    if (apart == spread::domains_only) return found;
    return state_.walk(start, out, found, std::min(out.size(), state_.active()), false);
  }

  /// The owner of each key, in order: out[i] belongs to the i-th key, null where no node owns anything. Writes as many
  /// as there are keys and room; returns how many.
  template <std::ranges::input_range Keys>
  std::size_t owners(const Keys& keys, std::span<const Node*> out) const noexcept {
    std::size_t count = 0;
    for (auto at = std::ranges::begin(keys); count < out.size() && at != std::ranges::end(keys); ++at) {
      out[count++] = find(*at);
    }
    return count;
  }

  /// The same into a new vector (allocates).
  template <std::ranges::input_range Keys>
  [[nodiscard]] std::vector<const Node*> owners(const Keys& keys) const {
    std::vector<const Node*> result;
    if constexpr (std::ranges::sized_range<const Keys>) result.reserve(std::ranges::size(keys));
    for (const auto& key : keys) result.push_back(find(key));
    return result;
  }

  /// The keys grouped by owner, for one request a node: groups in id order, each with the indices of its keys in
  /// their order. Allocates. No groups where no node owns anything. O(keys × log vnodes + nodes).
  template <std::ranges::input_range Keys>
  [[nodiscard]] key_groups<Node> partition_by_owner(const Keys& keys) const {
    std::vector<std::uint32_t> owner_of;
    if (state_.points().size() == 0) return {};
    if constexpr (std::ranges::sized_range<const Keys>) owner_of.reserve(std::ranges::size(keys));
    for (const auto& key : keys) owner_of.push_back(state_.points()[state_.points().search(position(key))].node);
    return key_groups<Node>(owner_of, state_.nodes().size(),
                            [this](std::size_t node) { return &state_.nodes()[node].node; });
  }

  // ---- What the ring is.

  /// Number of known nodes, drained ones included.
  [[nodiscard]] std::size_t size() const noexcept { return state_.nodes().size(); }
  /// Whether no node is known.
  [[nodiscard]] bool empty() const noexcept { return state_.nodes().empty(); }
  /// Number of nodes that own something to begin with: weight above 0.
  [[nodiscard]] std::size_t active() const noexcept { return state_.active(); }
  /// Number of virtual nodes.
  [[nodiscard]] std::size_t vnode_count() const noexcept { return state_.points().size(); }
  [[nodiscard]] const ring_options& options() const noexcept { return state_.options(); }
  [[nodiscard]] const Slots& slots() const noexcept { return state_.slots(); }

  /// The node with that id, its weight and domain; null if unknown. (find() takes keys.) O(log nodes).
  template <class Id>
  [[nodiscard]] const node_spec<Node>* find_node(const Id& id) const noexcept {
    const auto at = state_.lower_bound(detail::id_of(id));
    return at != state_.nodes().end() && detail::id_equal(detail::id_of(at->node), detail::id_of(id)) ? &*at : nullptr;
  }
  template <class Id>
  [[nodiscard]] bool contains(const Id& id) const noexcept {
    return find_node(id) != nullptr;
  }

  /// All known nodes with weight and domain, in id order.
  [[nodiscard]] std::span<const node_spec<Node>> nodes() const noexcept { return state_.nodes(); }

  /// The arcs in ascending order of their ends, one for every distinct position that has a vnode, so that neighbours may
  /// have the same owner. Their sizes sum to share::whole(). Empty where no node owns anything. O(vnodes), allocates.
  [[nodiscard]] std::vector<arc<Node>> arcs() const {
    std::vector<arc<Node>> result;
    for (std::size_t i = 0; i < state_.points().size(); ++i) {
      const std::uint64_t position = state_.points()[i].position;
      if (!result.empty() && result.back().range.to == position) continue;
      result.push_back({{0, position}, &state_.nodes()[state_.points()[i].node].node, share()});
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
      position_range& range = result[i].range;
      range.from = result[i == 0 ? result.size() - 1 : i - 1].range.to;
      result[i].size = size_of(range);
    }
    return result;
  }

  /// The exact part of all hashes that falls into a range of positions.
  [[nodiscard]] share size_of(const position_range& range) const noexcept {
    if constexpr (detail::is_whole_circle<Slots>) {
      return range.from == range.to ? share::whole() : share(range.to - range.from);
    } else {
      const share from = detail::hashes_below(state_.slots(), range.from + 1),
                  to = detail::hashes_below(state_.slots(), range.to + 1);
      return range.from < range.to ? to - from : share::whole() - from + to;
    }
  }

  /// The part of the spec that decides where a key lies: two placements with the same one can be compared.
  [[nodiscard]] std::string key_spec() const {
    return std::string(stable_hash_name<Hash>) + ";slots=" + state_.slots().name() +
           ";seed=" + std::to_string(state_.options().seed);
  }
  /// Everything but the nodes, as text: "ring/1;xxh3;vnodes=512;slots=whole_circle;seed=0". The number behind "ring/"
  /// changes when a placement does.
  [[nodiscard]] std::string spec() const {
    return "ring/1;" + std::string(stable_hash_name<Hash>) + ";vnodes=" + std::to_string(state_.options().vnodes) +
           ";slots=" + state_.slots().name() + ";seed=" + std::to_string(state_.options().seed);
  }

  /// 128 bits over spec and nodes; equal in two processes that place alike. O(nodes), allocates.
  [[nodiscard]] quoit::fingerprint fingerprint() const {
    detail::fingerprint_builder builder;
    builder.text(spec());
    builder.number(
        state_.hash()("quoit", state_.options().seed));  // a hash that changed under its old name is found out
    for (const node_spec<Node>& entry : state_.nodes()) {
      detail::with_id_bytes(entry.node, [&](std::string_view id) { builder.text(id); });
      builder.number(static_cast<std::uint64_t>(entry.weight));
      builder.text(entry.domain);
    }
    return builder.finish();
  }

  /// Whether both place every key alike: same spec, same ids, weights and domains. Payloads do not count. O(nodes).
  friend bool operator==(const ring& a, const ring& b) {
    return a.state_.options().seed == b.state_.options().seed &&
           a.state_.options().vnodes == b.state_.options().vnodes &&
           std::string(a.state_.slots().name()) == std::string(b.state_.slots().name()) &&
           std::equal(a.state_.nodes().begin(), a.state_.nodes().end(), b.state_.nodes().begin(),
                      b.state_.nodes().end(), detail::ring_state<Node, Hash, Slots>::same_description);
  }

  /// Bytes that the vnodes take.
  [[nodiscard]] std::size_t vnode_memory() const noexcept { return state_.points().memory(); }

 private:
  detail::ring_state<Node, Hash, Slots> state_;
};

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE

// diff() is how one sees what a change of a ring moves; whoever has a ring has it.
#include <quoit/diff.hpp>  // IWYU pragma: export
