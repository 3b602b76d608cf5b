// SPDX-License-Identifier: MIT
// ring_state: the data of a ring, and the operations that change it.
//
//   nodes_     the nodes, with their numbers        circle_    the vnodes, which refer to nodes by number
//
// A change of one node passes only its added and removed vnodes to circle_; everything else stays where it is. Every
// operation finishes what can throw before it changes anything visible.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/assignable.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/detail/ring/circle.hpp>
#include <quoit/detail/ring/label.hpp>
#include <quoit/detail/ring/node_table.hpp>
#include <quoit/detail/ring/vnode.hpp>
#include <quoit/node.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/slots.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// ---- Checks and error messages. They do not depend on template arguments and therefore are outside the class
// template.

inline void check_vnodes(std::int64_t vnodes) {
  if (vnodes >= 1 && vnodes <= max_vnodes_per_node) return;
  throw_invalid_argument("ring: vnodes = " + std::to_string(vnodes) + "; it must be 1 to " +
                         std::to_string(max_vnodes_per_node) + "; leave it out for the default of " +
                         std::to_string(default_vnodes));
}

// The way out for weights that are too large.
inline constexpr const char* smaller_weights =
    "quoit::scaled_weights() turns sizes into weights that fit into a budget of virtual nodes";

// `node` is the one with which the total is reached.
template <class Node>
void check_total(std::uint64_t total, const Node& node) {
  if (total <= max_vnodes) return;
  throw_invalid_argument("ring: with node '" + quoit::id_text(node) + "' there would be " + std::to_string(total) +
                         " virtual nodes; the limit is " + std::to_string(max_vnodes) +
                         ". Use smaller weights or ring_options::vnodes; " + smaller_weights);
}

[[noreturn]] inline void throw_bad_weight(const std::string& id, std::int64_t weight, std::int64_t vnodes) {
  std::string message = "ring: node '" + id + "' has weight " + std::to_string(weight) + "; it must be 0 to " +
                        std::to_string(max_vnodes_per_node / vnodes);
  if (weight > 0) {
    message += ", because each unit is " + std::to_string(vnodes) + " virtual nodes and a node has at most " +
               std::to_string(max_vnodes_per_node) + ". Use smaller weights or ring_options::vnodes; ";
    message += smaller_weights;
  } else {
    message += ". A weight of 0 drains the node, and remove() takes it out";
  }
  throw_invalid_argument(message);
}

[[noreturn]] inline void throw_bad_slot(const std::string& policy, std::uint64_t slot, std::uint64_t count) {
  throw_logic_error("ring: slot policy '" + policy + "' gave slot " + std::to_string(slot) + " of " +
                    std::to_string(count) + "; slot() must be less than count()");
}

template <class Node, class Hash, class Slots>
class ring_state {
 public:
  using tie_type = std::conditional_t<is_whole_circle<Slots>, no_tie, std::uint64_t>;
  using circle_type = vnode_circle<tie_type>;
  using spec_type = node_spec<Node>;

  ring_state(ring_options options, Hash hash, Slots slots)
      : circle_(last_position(slots)), options_(options), hash_(std::move(hash)), slots_(std::move(slots)) {
    check_vnodes(options_.vnodes);
  }

  // Copy assignment copies first. Assigning member by member could fail halfway and leave the nodes of one ring with
  // the vnodes of another.
  ring_state(const ring_state&) = default;
  // A moved-from state has no nodes, and keeps its options, hash and policy.
  ring_state(ring_state&&) noexcept = default;
  ring_state& operator=(const ring_state& other) { return *this = ring_state(other); }
  // Not defaulted: a defaulted one is deleted without a message if a member cannot be assigned, and copy assignment
  // would call itself.
  ring_state& operator=(ring_state&& other) noexcept {
    ring_state taken(std::move(other));  // makes self-assignment safe
    nodes_ = std::move(taken.nodes_);
    circle_ = std::move(taken.circle_);
    options_ = taken.options_;
    hash_ = taken.hash_;
    slots_ = taken.slots_;
    return *this;
  }
  ~ring_state() = default;

  [[nodiscard]] const node_table<Node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const circle_type& circle() const noexcept { return circle_; }
  [[nodiscard]] const ring_options& options() const noexcept { return options_; }
  [[nodiscard]] const Hash& hash() const noexcept { return hash_.get(); }
  [[nodiscard]] const Slots& slots() const noexcept { return slots_.get(); }

  // ---- Lookup.

  [[nodiscard]] const Node* find(std::uint64_t position) const noexcept {
    const std::uint_fast32_t number = circle_.find(position);
    return number == none ? nullptr : nodes_.node(number);
  }

  // Writes the first `want` distinct nodes from a position on; there must be that many. Returns their number.
  std::size_t walk(std::uint64_t position, std::span<const Node*> out, std::size_t want) const noexcept {
    if (want == 0) return 0;
    const auto put = [&](std::size_t i, std::uint_fast32_t number) { out[i] = nodes_.node(number); };
    if (want <= 3 && circle_.first_few(position, want, nodes_.active() >= 12, put)) [[likely]]
      return want;
    return walk(position, out, 0, want, false);
  }

  // Extends a list of `found` nodes to `want` nodes and returns the new number. Every added node differs from those
  // before it; with `distinct_domains` its domain does, too.
  std::size_t walk(std::uint64_t position, std::span<const Node*> out, std::size_t found, std::size_t want,
                   bool distinct_domains) const noexcept {
    if (found >= want) return found;
    circle_.walk(position, [&](std::uint32_t number) noexcept {
      const Node* const candidate = nodes_.node(number);
      for (std::size_t i = 0; i < found; ++i) {
        if (distinct_domains ? nodes_.domain(out[i]) == nodes_.domain(number) : out[i] == candidate) return true;
      }
      out[found++] = candidate;
      return found < want;
    });
    return found;
  }

  // The first node from a position on for which the predicate holds, or null.
  template <class Predicate>
  [[nodiscard]] const Node* find_if(std::uint64_t position, Predicate& holds) const
      noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
    if (position > circle_.last()) return nullptr;
    const Node* found = nullptr;
    circle_.walk(position,
                 [&](std::uint32_t number) noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const Node&>) {
                   const Node* const node = nodes_.node(number);
                   if (!holds(*node)) return true;
                   found = node;
                   return false;
                 });
    return found;
  }

  // ---- Changes.

  void add(spec_type spec) {
    normalise_domain("ring", spec);
    if (nodes_.find(id_of(spec.node)) != none) {
      throw_invalid_argument("ring: node '" + quoit::id_text(spec.node) +
                             "' is already in the ring; set_weight(), set_domain() and assign() change a node");
    }
    const std::uint32_t count = vnodes_of(spec);
    check_leader_weight("ring", spec);
    check_total(circle_.size() + std::uint64_t{count}, spec.node);
    const std::uint32_t number = nodes_.add(std::move(spec));
    // Removes the node again if its vnodes cannot be added.
    struct undo {
      node_table<Node>* nodes;
      std::uint32_t number;
      ~undo() {
        if (nodes != nullptr) nodes->remove(number);
      }
    } guard{&nodes_, number};
    change_one(number, 0, count);
    guard.nodes = nullptr;
  }

  template <class Id>
  void remove(const Id& node_or_id) {
    const std::uint32_t number = number_of(node_or_id);
    change_one(number, vnodes_of(nodes_[number]), 0);
    nodes_.remove(number);
  }

  template <class Id>
  void set_weight(const Id& node_or_id, std::int64_t weight) {
    const std::uint32_t number = number_of(node_or_id);
    const std::uint32_t before = vnodes_of(nodes_[number]), after = vnodes_of(nodes_[number].node, weight);
    check_total(circle_.size() - std::uint64_t{before} + after, nodes_[number].node);
    change_one(number, before, after);
    nodes_.set_weight(number, weight);
  }

  template <class Id>
  void set_domain(const Id& node_or_id, std::string domain) {
    const std::uint32_t number = number_of(node_or_id);
    normalise_path(domain);
    require_levels("ring", nodes_[number].node, domain);
    nodes_.set_domain(number, std::move(domain));
  }

  // Makes `specs`, in id order and without duplicates, the whole set of nodes.
  assign_result assign(std::vector<spec_type> specs) {
    std::uint64_t total = 0;
    for (const spec_type& spec : specs) {
      total += vnodes_of(spec);
      check_leader_weight("ring", spec);
      check_total(total, spec.node);
    }

    assign_result result;
    std::vector<vnode_span> removed, added;
    node_table<Node>::match(nodes_, specs, [&](std::uint32_t number, std::uint32_t index) {
      const std::uint32_t before = number == none ? 0 : vnodes_of(nodes_[number]);
      const std::uint32_t after = index == none ? 0 : vnodes_of(specs[index]);
      if (number == none) ++result.added;
      else if (index == none) ++result.removed;
      else if (!same_description(nodes_[number], specs[index])) ++result.changed;
      if (before > after) removed.push_back({number, after, before});
      if (before < after) added.push_back({index, before, after});
    });
    node_table<Node> next(nodes_, std::move(specs));
    for (vnode_span& span : added) span.number = next.order()[span.number];
    change(nodes_, removed, next, added);
    nodes_.swap(next);
    return result;
  }

  // The number of a node. Throws std::invalid_argument if there is no such node.
  template <class Id>
  [[nodiscard]] std::uint32_t number_of(const Id& node_or_id) const {
    const std::uint32_t number = nodes_.find(id_of(node_or_id));
    if (number == none)
      throw_invalid_argument("ring: node '" + quoit::id_text(node_or_id) +
                             "' is unknown; nodes() has those of this ring");
    return number;
  }

 private:
  static std::uint64_t last_position(const Slots& slots) {
    // On the whole circle count() is 0, which stands for 2^64; 0 - 1 wraps to the right value.
    if (!is_whole_circle<Slots> && slots.count() == 0) {
      throw_invalid_argument("ring: slot policy '" + std::string(slots.name()) +
                             "' has no slots; count() must be at least 1");
    }
    return slots.count() - 1;
  }

  [[nodiscard]] std::uint32_t vnodes_of(const Node& node, std::int64_t weight) const {
    if (weight < 0 || weight > max_vnodes_per_node / options_.vnodes) {
      throw_bad_weight(quoit::id_text(node), weight, options_.vnodes);
    }
    return static_cast<std::uint32_t>(weight * options_.vnodes);
  }
  [[nodiscard]] std::uint32_t vnodes_of(const spec_type& spec) const { return vnodes_of(spec.node, spec.weight); }

  // Changes the number of a node's vnodes. The first vnodes of a node do not depend on its weight, so a new weight only
  // adds or only removes vnodes.
  void change_one(std::uint32_t number, std::uint32_t before, std::uint32_t after) {
    const std::array<vnode_span, 1> removed{{{number, (std::min)(before, after), before}}};
    const std::array<vnode_span, 1> added{{{number, (std::min)(before, after), after}}};
    change(nodes_, removed, nodes_, added);
  }

  void change(const node_table<Node>& old, std::span<const vnode_span> removed, const node_table<Node>& next,
              std::span<const vnode_span> added) {
    vnodes removed_vnodes{*this, old, vnode_labels(removed)}, added_vnodes{*this, next, vnode_labels(added)};
    const std::size_t removed_count = removed_vnodes.labels.left(), added_count = added_vnodes.labels.left();
    if (removed_count + added_count == 0) return;
    circle_.change({removed_count, removed_vnodes}, {added_count, added_vnodes}, next.numbers(), next.ids());
  }

  // Computes the vnodes of a vnode_source.
  struct vnodes {
    const ring_state& ring;
    const node_table<Node>& nodes;
    vnode_labels labels;

    void fill(std::span<vnode<tie_type>> room) {
      for (std::size_t done = 0; done < room.size();) {
        if (labels.is_node_done()) {
          with_id_bytes(*nodes.node(labels.next_node()), [this](std::string_view id) { labels.begin(id); });
        }
        // Local copies: the compiler would have to load members again after every call of the hash.
        const vnode_labels::batch batch = labels.write(room.size() - done);
        const std::uint32_t number = labels.number();
        vnode<tie_type>* const out = room.data() + done;
        for (std::size_t i = 0; i < batch.count; ++i) out[i] = ring.vnode_at(batch[i], number);
        done += batch.count;
      }
    }
  };

  [[nodiscard]] vnode<tie_type> vnode_at(std::string_view label, std::uint32_t number) const {
    const std::uint64_t hash = this->hash()(label, options_.seed), position = slots().slot(hash);
    if constexpr (!is_whole_circle<Slots>) {
      if (position >= slots().count()) throw_bad_slot(slots().name(), position, slots().count());
    }
    return circle_type::make(position, hash, number);
  }

  node_table<Node> nodes_;
  circle_type circle_;
  ring_options options_;
  [[no_unique_address]] assignable<Hash> hash_;
  [[no_unique_address]] assignable<Slots> slots_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
