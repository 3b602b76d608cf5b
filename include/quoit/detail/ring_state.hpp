// SPDX-License-Identifier: MIT
// What a ring holds, and the one way in which it changes.
//
//   nodes_     in id order           become(next) builds the new points beside the old ones and swaps at the end:
//   points_    vnodes, sorted        everything that can throw happens before the first member is touched
//
// ring is the face of it; this is where a faster engine goes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/domain_numbers.hpp>
#include <quoit/detail/ring_points.hpp>
#include <quoit/detail/vnode_label.hpp>
#include <quoit/node.hpp>
#include <quoit/ring_options.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Node, class Hash, class Slots>
class ring_state {
 public:
  using node_list = std::vector<node_spec<Node>>;

  ring_state(ring_options options, Hash hash, Slots slots)
      : options_(options), hash_(std::move(hash)), slots_(std::move(slots)) {
    check_options();
  }

  [[nodiscard]] const node_list& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const ring_points<Slots>& points() const noexcept { return points_; }
  [[nodiscard]] const ring_options& options() const noexcept { return options_; }
  [[nodiscard]] const Hash& hash() const noexcept { return hash_; }
  [[nodiscard]] const Slots& slots() const noexcept { return slots_; }
  [[nodiscard]] std::size_t active() const noexcept { return active_; }
  [[nodiscard]] std::size_t active_domains() const noexcept { return domains_; }

  static bool same_description(const node_spec<Node>& a, const node_spec<Node>& b) noexcept {
    return id_equal(id_of(a.node), id_of(b.node)) && a.weight == b.weight && a.domain == b.domain;
  }

  template <class Id>
  [[nodiscard]] typename node_list::const_iterator lower_bound(const Id& id) const noexcept {
    return std::lower_bound(nodes_.begin(), nodes_.end(), id, [](const node_spec<Node>& entry, const Id& value) {
      return id_less(id_of(entry.node), value);
    });
  }

  template <class Id>
  [[nodiscard]] typename node_list::const_iterator known(const Id& node_or_id) const {
    const auto id = id_of(node_or_id);
    const auto at = lower_bound(id);
    if (at == nodes_.end() || !id_equal(id_of(at->node), id)) {
      throw_invalid_argument("ring: node '" + quoit::id_text(node_or_id) + "' is unknown");
    }
    return at;
  }

  // Makes `next`, in id order and without duplicates, the whole set of nodes.
  assign_result become(node_list next) {
    assign_result result;
    std::uint64_t total = 0;
    for (const node_spec<Node>& entry : next) total += vnodes_of(entry);
    if (total >= node_gone) throw_invalid_argument("ring: more than 2^32 - 2 virtual nodes in all");

    std::vector<std::uint32_t> renumber(nodes_.size(), node_gone);
    ring_points<Slots> fresh;
    std::size_t old = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      const auto id = id_of(next[i].node);
      while (old < nodes_.size() && id_less(id_of(nodes_[old].node), id)) ++old, ++result.removed;
      const auto number = static_cast<std::uint32_t>(i);
      const bool stays = old < nodes_.size() && id_equal(id_of(nodes_[old].node), id);
      if (stays && nodes_[old].weight == next[i].weight) renumber[old] = number;
      else push_vnodes(fresh, next[i], number);
      if (!stays) ++result.added;
      else if (!same_description(nodes_[old++], next[i])) ++result.changed;
    }
    result.removed += nodes_.size() - old;

    auto points = ring_points<Slots>::merged(points_, renumber, std::move(fresh));
    auto domains = domain_numbers(std::span<const node_spec<Node>>(next));
    const auto active = std::count_if(next.begin(), next.end(), [](const auto& entry) { return entry.weight > 0; });

    nodes_.swap(next);
    std::swap(points_, points);
    domain_of_.swap(domains.of);
    domains_ = domains.active;
    active_ = static_cast<std::size_t>(active);
    return result;
  }

  // Goes on from `found` to `want` nodes, each one new, and of a new domain where they are to be apart.
  std::size_t walk(std::size_t at, std::span<const Node*> out, std::size_t found, std::size_t want,
                   bool apart) const noexcept {
    for (std::size_t steps = points_.size(); found < want && steps > 0; --steps) {
      const std::uint32_t candidate = points_[at].node;
      if (++at == points_.size()) at = 0;
      const auto clashes = [&](const Node* chosen) {
        return apart ? domain_of_[index_of(chosen)] == domain_of_[candidate] : chosen == &nodes_[candidate].node;
      };
      const auto chosen = out.first(found);
      if (std::none_of(chosen.begin(), chosen.end(), clashes)) out[found++] = &nodes_[candidate].node;
    }
    return found;
  }

 private:
  void check_options() const {
    if (options_.vnodes < 1 || options_.vnodes > max_vnodes_per_node) {
      throw_invalid_argument("ring: vnodes = " + std::to_string(options_.vnodes) + "; it must be 1 to " +
                             std::to_string(max_vnodes_per_node));
    }
    if (!is_whole_circle<Slots> && slots_.count() == 0) {
      throw_invalid_argument("ring: slot policy '" + std::string(slots_.name()) + "' has no slots");
    }
  }

  [[nodiscard]] std::uint32_t vnodes_of(const node_spec<Node>& entry) const {
    if (entry.weight < 0 || entry.weight > max_vnodes_per_node / options_.vnodes) {
      throw_invalid_argument("ring: node '" + quoit::id_text(entry.node) + "' has weight " +
                             std::to_string(entry.weight) + "; it must be 0 to " +
                             std::to_string(max_vnodes_per_node / options_.vnodes));
    }
    return static_cast<std::uint32_t>(entry.weight * options_.vnodes);
  }

  void push_vnodes(ring_points<Slots>& points, const node_spec<Node>& entry, std::uint32_t node) const {
    for_each_vnode(hash_, options_.seed, entry.node, vnodes_of(entry), [&](std::uint64_t hash) {
      const std::uint64_t position = slots_.slot(hash);
      if (!is_whole_circle<Slots> && position >= slots_.count()) {
        throw_logic_error("ring: slot policy '" + std::string(slots_.name()) + "' gave slot " +
                          std::to_string(position) + " of " + std::to_string(slots_.count()));
      }
      points.push_back(position, hash, node);
    });
  }

  [[nodiscard]] std::size_t index_of(const Node* node) const noexcept {
    const auto address = [](const Node* at) { return reinterpret_cast<std::uintptr_t>(at); };
    return (address(node) - address(&nodes_.front().node)) / sizeof(node_spec<Node>);
  }

  node_list nodes_;            // in id order
  ring_points<Slots> points_;  // of the nodes whose weight is above 0
  std::vector<std::uint32_t> domain_of_;
  std::size_t domains_ = 0;
  std::size_t active_ = 0;
  ring_options options_;
  [[no_unique_address]] Hash hash_;
  [[no_unique_address]] Slots slots_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
