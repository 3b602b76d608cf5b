// SPDX-License-Identifier: MIT
// sorted_points: the oracle of a ring's index. All vnodes are in one sorted vector, and a lookup is a binary search.
//
//   (position, hash, rank)   ascending; `rank` is the index of the node among the ring's nodes, which are in id order
//
// It is built from the ring's nodes, weights, domains, seed and policy, and from the documented form of a label. It
// shares no code with the index. Unlike ring_model it is fast enough for millions of vnodes.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <quoit/ring.hpp>

#include "support/random.hpp"

namespace test {

/// Refers to the nodes of the ring that it is built from. Valid until that ring changes.
template <class Ring>
class sorted_points {
 public:
  using node_type = typename Ring::node_type;
  struct point {
    std::uint64_t position;
    std::uint64_t hash;  // decides in a shared slot; equal to the position on the whole circle
    std::uint32_t rank;
    friend auto operator<=>(const point&, const point&) = default;
  };

  explicit sorted_points(const Ring& ring) : last_(ring.slots().count() - 1) {
    std::map<std::string, std::uint32_t> domains;
    const typename Ring::hash_type hash{};
    const auto slots = ring.slots();
    for (const auto& spec : ring.nodes()) {
      const auto rank = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back(&spec.node);
      // A node without a domain is a domain of its own.
      const auto next = static_cast<std::uint32_t>(nodes_.size() + domains.size());
      domains_.push_back(spec.domain.empty() ? 0x80000000U + rank : domains.emplace(spec.domain, next).first->second);
      if (spec.weight == 0) continue;
      ++active_;
      named_domains_.push_back(domains_.back());
      const std::string id = bytes_of(spec.node);
      std::string label = little_endian(id.size(), 4) + id + std::string(4, '\0');
      const auto count = static_cast<std::uint32_t>(spec.weight * ring.options().vnodes);
      for (std::uint32_t i = 0; i < count; ++i) {
        label.replace(label.size() - 4, 4, little_endian(i, 4));
        const std::uint64_t h = hash(std::string_view(label), ring.options().seed);
        points_.push_back({slots.slot(h), h, rank});
      }
    }
    std::sort(points_.begin(), points_.end());
    std::sort(named_domains_.begin(), named_domains_.end());
    named_domains_.erase(std::unique(named_domains_.begin(), named_domains_.end()), named_domains_.end());
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (i == 0 || points_[i].position != points_[i - 1].position) heads_.push_back(i);
    }
  }

  const std::vector<point>& points() const { return points_; }
  /// Indices of the first point at each distinct position.
  const std::vector<std::size_t>& heads() const { return heads_; }
  std::size_t active() const { return active_; }
  const node_type* node(std::size_t index) const { return nodes_[points_[index].rank]; }

  /// The first point at or after the position, wrapping.
  std::size_t search(std::uint64_t position) const {
    const auto at = std::lower_bound(points_.begin(), points_.end(), position,
                                     [](const point& p, std::uint64_t value) { return p.position < value; });
    return at == points_.end() ? 0 : static_cast<std::size_t>(at - points_.begin());
  }

  const node_type* owner(std::uint64_t position) const { return points_.empty() ? nullptr : node(search(position)); }

  std::vector<const node_type*> preferred(std::uint64_t position, std::size_t k, quoit::spread apart) const {
    std::vector<std::uint32_t> chosen, used;
    const auto walk = [&](std::size_t want, bool by_domain) {
      std::size_t at = search(position);
      for (std::size_t left = points_.size(); left > 0 && chosen.size() < want; --left) {
        const std::uint32_t rank = points_[at].rank;
        const bool taken = by_domain ? contains(used, domains_[rank]) : contains(chosen, rank);
        if (!taken) {
          chosen.push_back(rank);
          used.push_back(domains_[rank]);
        }
        at = at + 1 == points_.size() ? 0 : at + 1;
      }
    };
    if (apart != quoit::spread::nodes) walk(std::min(k, named_domains_.size()), true);
    if (apart != quoit::spread::domains_only) walk(std::min(k, active_), false);
    std::vector<const node_type*> list;
    for (const std::uint32_t rank : chosen) list.push_back(nodes_[rank]);
    return list;
  }

 private:
  static bool contains(const std::vector<std::uint32_t>& list, std::uint32_t value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  static std::string little_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i, value /= 256) text += static_cast<char>(static_cast<unsigned char>(value % 256));
    return text;
  }
  static std::string bytes_of(const node_type& node) {
    if constexpr (std::is_integral_v<node_type>) return little_endian(static_cast<std::uint64_t>(node), 8);
    else return node;
  }

  std::uint64_t last_;
  std::vector<const node_type*> nodes_;
  std::vector<std::uint32_t> domains_;
  std::vector<std::uint32_t> named_domains_;
  std::vector<point> points_;
  std::vector<std::size_t> heads_;
  std::size_t active_ = 0;
};

/// Compares a ring with the oracle: arcs, the owners at and next to every vnode, and owners and preference lists at
/// `samples` positions, which are random or at any distance from a vnode. Empty, or the first difference.
template <class Ring>
std::string engine_difference(const Ring& ring, test::random& random, std::size_t samples = 200) {
  const sorted_points<Ring> oracle(ring);
  const auto& points = oracle.points();
  const auto& heads = oracle.heads();
  const std::uint64_t last = ring.slots().count() - 1;
  const auto at = [](const char* what, std::uint64_t position) { return what + (" at " + std::to_string(position)); };
  if (ring.vnode_count() != points.size()) return "vnode_count()";
  if (ring.active() != oracle.active()) return "active()";
  if (points.empty())
    return ring.find_at(0) == nullptr && ring.find_at(last) == nullptr && ring.arcs().empty() ? "" : "an owner";

  const auto arcs = ring.arcs();
  if (arcs.size() != heads.size()) return "number of arcs";
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::uint64_t from = points[heads[i == 0 ? heads.size() - 1 : i - 1]].position,
                        to = points[heads[i]].position;
    if (arcs[i].range.from != from || arcs[i].range.to != to) return at("arc", to);
    if (arcs[i].owner != oracle.node(heads[i])) return at("owner of the arc", to);
    if (ring.find_at(to) != arcs[i].owner) return at("owner", to);
    // The owner is the same at both ends of the arc.
    if (to != 0 && to - 1 != from && ring.find_at(to - 1) != arcs[i].owner) return at("owner before the vnode", to - 1);
    if (from != last && ring.find_at(from + 1) != arcs[i].owner) return at("owner after a vnode", from + 1);
  }
  const auto first = oracle.node(0);
  if (ring.find_at(0) != first && points[0].position == 0) return "owner of 0";
  if (ring.find_at(0) != oracle.owner(0)) return "owner of 0";
  if (ring.find_at(last) != oracle.owner(last)) return "owner of the last position";
  // The slots after the last vnode belong to the first vnode, and values that are no slots to no node.
  for (const std::uint64_t position : {last + 1, last + 2, last * 2, ~std::uint64_t{0}, ~std::uint64_t{0} - 1}) {
    if (position > last && ring.find_at(position) != nullptr) return at("owner after the last slot", position);
  }

  constexpr std::size_t sizes[] = {1, 2, 3, 8, 20, 60};
  std::vector<const typename Ring::node_type*> room(60);
  for (std::size_t i = 0; i < samples; ++i) {
    std::uint64_t position = ring.slots().slot(random.next());
    // At every scale: in the same line, with the same remainder, at the same vnode.
    if (i % 2 == 1) position = points[random.index(points.size())].position ^ (random.next() >> random.below(64));
    if (position > last) position = last;
    if (ring.find_at(position) != oracle.owner(position)) return at("owner", position);
    for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
      const std::size_t k = sizes[random.below(6)];
      const auto expected = oracle.preferred(position, k, apart);
      const std::size_t count = ring.preferred(position, std::span(room).first(k), apart);
      if (!std::equal(expected.begin(), expected.end(), room.begin(),
                      room.begin() + static_cast<std::ptrdiff_t>(count))) {
        return at("preference list", position) + ", k = " + std::to_string(k);
      }
    }
  }
  return "";
}

}  // namespace test
