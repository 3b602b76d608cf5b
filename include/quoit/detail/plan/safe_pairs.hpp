// SPDX-License-Identifier: MIT
// Which copy of a slot each new copy replaces, so that the slot is safe whichever of its moves have been made.
//
//   before  A1 B1 B2 E1      A1→E2, B2→C1: if only the first is made, {E2 B1 B2 E1} is in two domains, not in three
//   after   C1 B1 E2 E1      A1→C1, B2→E2: every subset of the moves leaves at least three domains
//
// Safe: every subset of the moves leaves as many live copies, as many domains of every level, and as few copies in each
// domain, as the worse of the two lists. pair_replacements() keeps the last of these, and nearly always the others.
//
// If R shrinks, more copies leave than arrive. Those without a partner are dropped before the first move.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/copies/replacements.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class safe_pairs {
 public:
  using vertex = domain_tree::vertex;

  safe_pairs(const domain_tree& tree, const std::vector<bool>& gone) : tree_(tree), gone_(gone) {}

  // Finds the pairs of a slot. `any_position`: whether a copy may replace one at another position. It always may if
  // a copy without a partner is dropped.
  void find(std::span<const vertex> old, std::span<const vertex> now, bool any_position) {
    live_.clear();
    for (const vertex node : old) {
      if (node != none && !gone_[node]) live_.push_back(node);
    }
    kept_.clear();
    added_.assign(now.begin(), now.end());
    positions_.clear();
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i] == none) continue;
      if (detail::contains(live_, now[i])) {
        kept_.push_back(now[i]);
        added_[i] = none;
      } else {
        positions_.push_back(i);
      }
    }
    replaced_.assign(now.size(), none);
    safe_ = true;
    if (positions_.empty()) return;
    removed_.assign(old.begin(), old.end());
    for (vertex& node : removed_) {
      if (node != none && detail::contains(now, node)) node = none;
    }
    pair_replacements(tree_, removed_, added_, [&](std::size_t out, std::size_t in) {
      if (in < now.size() && out < old.size() && !gone_[removed_[out]]) replaced_[in] = removed_[out];
    });
    std::erase_if(removed_, [&](vertex node) { return node == none || gone_[node]; });
    if (is_plain(now) || is_safe(now)) return;
    const auto paired = std::count_if(replaced_.begin(), replaced_.end(), [](vertex node) { return node != none; });
    safe_ = (any_position || static_cast<std::size_t>(paired) != removed_.size()) && search(now);
  }

  // By position in the new list: the live copy that a new copy replaces; none if a copy was missing or lost.
  [[nodiscard]] std::span<const vertex> replaced() const noexcept { return replaced_; }
  // The positions of the new copies.
  [[nodiscard]] std::span<const std::size_t> positions() const noexcept { return positions_; }
  // The copies before that are neither missing nor lost.
  [[nodiscard]] std::span<const vertex> live() const noexcept { return live_; }
  // If false, all the moves of the slot must be made together.
  [[nodiscard]] bool safe() const noexcept { return safe_; }

  // Whether the slot has more copies in some domain than `most`, and the move takes one of them out.
  [[nodiscard]] bool mends(std::span<const std::uint32_t> most, vertex to, vertex replaced) const noexcept {
    for (vertex v = tree_.parent(replaced); v != tree_.root(); v = tree_.parent(v)) {
      if (tree_.contains(v, to)) return false;
      const auto copies = std::count_if(live_.begin(), live_.end(), [&](vertex n) { return tree_.contains(v, n); });
      if (static_cast<std::uint64_t>(copies) > most[v]) return true;
    }
    return false;
  }

 private:
  // A move, by the numbers of its domains.
  struct change {
    std::uint32_t from, to;
  };

  static constexpr std::size_t most_orders = 5040;

  // Cheap cases that are safe: nothing is replaced, or no domain changes but by one move.
  [[nodiscard]] bool is_plain(std::span<const vertex> now) const noexcept {
    if (removed_.empty()) return true;
    std::size_t paired = 0, repairs = 0, crossing = 0;
    for (const std::size_t i : positions_) {
      if (replaced_[i] == none) {
        ++repairs;
        continue;
      }
      ++paired;
      crossing += tree_.parent(now[i]) != tree_.parent(replaced_[i]) ? 1U : 0U;
    }
    if (paired != removed_.size()) return false;
    return tree_.max_depth() <= 1 || crossing == 0 || (crossing == 1 && repairs == 0);
  }

  // The domain of a level, or the node itself if its path is too short.
  [[nodiscard]] vertex at_level(vertex node, vertex level) const noexcept {
    return level < tree_.depth(node) ? tree_.ancestor(node, level) : node;
  }

  // The number of a domain of the level within the slot.
  [[nodiscard]] std::uint32_t number(vertex node, vertex level) {
    const vertex v = at_level(node, level);
    const auto found = std::find(domains_.begin(), domains_.end(), v);
    const auto at = static_cast<std::uint32_t>(found - domains_.begin());
    if (found == domains_.end()) domains_.push_back(v);
    return at;
  }

  [[nodiscard]] bool is_safe(std::span<const vertex> now) {
    std::size_t held = kept_.size();
    for (const std::size_t i : positions_) held += replaced_[i] != none ? 1U : 0U;
    if (held < (std::min)(live_.size(), kept_.size() + positions_.size())) return false;
    for (vertex level = 1; level < tree_.max_depth(); ++level) {
      if (!is_safe(now, level)) return false;
    }
    return true;
  }

  [[nodiscard]] bool is_safe(std::span<const vertex> now, vertex level) {
    domains_.clear();
    before_.clear();
    after_.clear();
    base_.clear();
    const auto count = [&](std::vector<std::uint32_t>& copies, vertex node) {
      const std::uint32_t at = number(node, level);
      if (at >= copies.size()) copies.resize(at + std::size_t{1}, 0);
      ++copies[at];
      return at;
    };
    for (const vertex node : live_) count(before_, node);
    for (const vertex node : kept_) {
      count(after_, node);
      count(base_, node);
    }
    changes_.clear();
    for (const std::size_t i : positions_)
      changes_.push_back({replaced_[i] != none ? number(replaced_[i], level) : none, count(after_, now[i])});
    before_.resize(domains_.size(), 0);
    after_.resize(domains_.size(), 0);
    base_.resize(domains_.size(), 0);
    const auto domains_in = [](const std::vector<std::uint32_t>& copies) {
      return static_cast<std::size_t>(
          std::count_if(copies.begin(), copies.end(), [](std::uint32_t n) { return n != 0; }));
    };
    arrivals_.assign(domains_.size(), 0);
    leavers_.assign(domains_.size(), 0);
    for (const change& one : changes_) {
      if (one.from != none) ++base_[one.from];
      if (one.from == one.to) continue;
      ++arrivals_[one.to];
      if (one.from != none) ++leavers_[one.from];
    }
    // The worst subset vacates domains, and fills none that it can avoid to fill. By König's theorem it loses as many
    // domains as a maximum matching of vacated to new domains leaves without a partner.
    partner_.assign(domains_.size(), none);
    std::size_t lost = 0;
    for (std::uint32_t d = 0; d < domains_.size(); ++d) {
      // If copies only come or only leave, their number is always between the two ends.
      if (arrivals_[d] != 0 && leavers_[d] != 0) return false;
      if (base_[d] == 0 || leavers_[d] != base_[d]) continue;
      tried_.assign(domains_.size(), false);
      lost += match(d) ? 0U : 1U;
    }
    return domains_in(base_) >= (std::min)(domains_in(before_), domains_in(after_)) + lost;
  }

  // Finds a new domain for the vacated domain d, along an augmenting path.
  bool match(std::uint32_t d) {
    for (const change& one : changes_) {
      if (one.from != d || one.to == d || base_[one.to] != 0 || tried_[one.to]) continue;
      tried_[one.to] = true;
      if (partner_[one.to] != none && !match(partner_[one.to])) continue;
      partner_[one.to] = d;
      return true;
    }
    return false;
  }

  // Tries other pairs, in a fixed order.
  bool search(std::span<const vertex> now) {
    order_ = removed_;
    while (order_.size() < positions_.size()) order_.push_back(none);
    std::sort(order_.begin(), order_.end());
    std::size_t tried = 0;
    do {
      for (std::size_t k = 0; k < positions_.size(); ++k) replaced_[positions_[k]] = order_[k];
      if (is_safe(now)) return true;
    } while (++tried < most_orders && std::next_permutation(order_.begin(), order_.end()));
    return false;
  }

  const domain_tree& tree_;
  const std::vector<bool>& gone_;
  std::vector<vertex> live_, kept_, added_, removed_, replaced_, order_, domains_;
  std::vector<std::uint32_t> before_, after_, base_;  // by number of the domain: copies of the slot
  std::vector<std::uint32_t> arrivals_, leavers_;     // by number of the domain: moves across its border
  std::vector<std::uint32_t> partner_;                // by number of a new domain: the vacated one
  std::vector<bool> tried_;
  std::vector<std::size_t> positions_;
  std::vector<change> changes_;
  bool safe_ = true;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
