// SPDX-License-Identifier: MIT
// Fills the zones of given slots with the nodes that take slots, in few ranges.
//
//   zone between ranges of a and d        a . . . . . . d
//   a takes 2 and d takes 1, free         a a a . . . d d
//   the rest is a part of its own         a a a x x x d d
//
// Every range or part uses up a zone or a node; an exact fit uses up both. So the free parts come first, which extend a
// range of the node, the smallest first; then exact fits; then the largest node into the largest zone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <queue>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/range_gifts.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/hash.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class range_fill {
 public:
  using node = range_problem::node;

  // Writes the next table, by slot. `seed` as for range_gifts.
  range_fill(const range_problem& problem, const range_gifts& gifts, std::uint64_t seed, std::span<node> table)
      : in_(problem), seed_(seed), table_(table), must_(problem.take_least), extra_(problem.nodes(), 0),
        spare_(problem.spare_takes) {
    for (std::size_t n = 0; n < extra_.size(); ++n) extra_[n] = in_.take_most[n] - in_.take_least[n];
    find_zones(gifts);
    join();
    extend();
    fit();
    fill_rest();
  }

 private:
  struct zone {
    std::uint32_t begin, end;  // the slots that are still open
    node left, right;          // the owners beside them, or none
    [[nodiscard]] std::uint32_t size() const noexcept { return end - begin; }
  };

  [[nodiscard]] std::uint64_t tie(std::uint64_t x) const noexcept {
    return seed_ == 0 ? 0 : splitmix64(x + seed_) >> 32U;
  }
  [[nodiscard]] std::uint32_t may(node n) const noexcept {
    return must_[n] + static_cast<std::uint32_t>((std::min<std::uint64_t>)(spare_, extra_[n]));
  }
  void take(node n, std::uint32_t count) {
    const std::uint32_t owed = (std::min)(count, must_[n]);
    must_[n] -= owed;
    extra_[n] -= count - owed;
    spare_ -= count - owed;
  }
  // Gives `count` slots at that end of the zone to the node.
  void put(zone& z, bool at_left, node n, std::uint32_t count) {
    take(n, count);
    const std::uint32_t from = at_left ? z.begin : z.end - count;
    std::fill_n(table_.begin() + from, count, n);
    (at_left ? z.left : z.right) = n;
    if (at_left) z.begin += count;
    else z.end -= count;
  }

  void find_zones(const range_gifts& gifts) {
    bool open = false;
    for (std::size_t i = 0; i < in_.atoms.size(); ++i) {
      const auto& one = in_.atoms[i];
      const std::uint32_t from = one.start + gifts.left[i], to = one.start + one.length - gifts.right[i];
      const auto add = [&](std::uint32_t begin, std::uint32_t end) {
        if (begin == end) return;
        if (open) zones_.back().end = end;
        else zones_.push_back({begin, end, begin == 0 ? none : table_[begin - 1], none});
        open = true;
      };
      add(one.start, from);
      if (from < to) {
        std::fill(table_.begin() + from, table_.begin() + to, one.owner);
        if (open) zones_.back().right = one.owner;
        open = false;
      }
      add(to, one.start + one.length);
    }
  }

  // Zones between two ranges of a node that can take all of it.
  void join() {
    std::vector<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>> order;
    for (std::uint32_t i = 0; i < zones_.size(); ++i) {
      const zone& z = zones_[i];
      if (z.left == z.right && in_.takes(z.left)) order.emplace_back(z.size(), tie(i), i);
    }
    std::sort(order.begin(), order.end());
    for (const auto& one : order) {
      zone& z = zones_[std::get<2>(one)];
      if (z.size() <= may(z.left)) put(z, true, z.left, z.size());
    }
  }

  void extend() {
    using entry = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, bool>;
    std::priority_queue<entry, std::vector<entry>, std::greater<>> next;
    std::vector<std::uint32_t> options(in_.nodes(), 0);
    std::vector<bool> used(2 * zones_.size(), false);
    const auto offer = [&](std::uint32_t i, bool at_left) {
      const zone& z = zones_[i];
      const node n = at_left ? z.left : z.right;
      if (n == none || z.size() == 0 || used[2 * i + (at_left ? 1U : 0U)] || may(n) == 0) return;
      next.emplace((std::min)(may(n), z.size()), tie(2 * i + (at_left ? 1U : 0U)), i, at_left);
    };
    for (std::uint32_t i = 0; i < zones_.size(); ++i) {
      for (const bool at_left : {true, false}) offer(i, at_left);
    }
    while (!next.empty()) {
      const auto [size, order, i, at_left] = next.top();
      next.pop();
      zone& z = zones_[i];
      const node n = at_left ? z.left : z.right;
      if (z.size() == 0 || may(n) == 0 || used[2 * i + (at_left ? 1U : 0U)]) continue;
      const std::uint32_t now = (std::min)(may(n), z.size());
      if (now != size) {
        next.emplace(now, order, i, at_left);
        continue;
      }
      used[2 * i + (at_left ? 1U : 0U)] = true;
      put(z, at_left, n, now);
    }
  }

  // Zones that are exactly as large as what a node must or may take.
  void fit() {
    std::map<std::uint32_t, std::vector<node>> by_size;
    for (node n = 0; n < in_.nodes(); ++n) {
      if (must_[n] > 0) by_size[must_[n]].push_back(n);
    }
    for (zone& z : zones_) {
      if (z.size() == 0) continue;
      for (std::uint32_t less = 0; less < 2 && less < z.size(); ++less) {
        const auto found = by_size.find(z.size() - less);
        if (found == by_size.end() || found->second.empty()) continue;
        const node n = found->second.back();
        if (less > (std::min<std::uint64_t>)(spare_, extra_[n])) continue;
        found->second.pop_back();
        put(z, true, n, z.size());
        break;
      }
    }
  }

  void fill_rest() {
    std::priority_queue<std::tuple<std::uint32_t, std::uint64_t, node>> nodes;
    std::set<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>> zones;
    const auto offer = [&](node n) {
      if (may(n) > 0) nodes.emplace(must_[n] > 0 ? may(n) : 0, tie(n), n);
    };
    for (node n = 0; n < in_.nodes(); ++n) offer(n);
    for (std::uint32_t i = 0; i < zones_.size(); ++i) {
      if (zones_[i].size() > 0) zones.emplace(zones_[i].size(), tie(i), i);
    }
    while (!zones.empty() && !nodes.empty()) {
      const auto [size, order, n] = nodes.top();
      nodes.pop();
      if (may(n) == 0) continue;
      if (size != (must_[n] > 0 ? may(n) : 0)) {
        offer(n);
        continue;
      }
      // The zone that the node fills exactly, if there is one.
      auto at = zones.lower_bound({may(n), 0, 0});
      if (at == zones.end() || std::get<0>(*at) != may(n)) at = std::prev(zones.end());
      const std::uint32_t i = std::get<2>(*at);
      zones.erase(at);
      zone& z = zones_[i];
      put(z, true, n, (std::min)(may(n), z.size()));
      if (z.size() > 0) zones.emplace(z.size(), tie(i), i);
      offer(n);
    }
    complete_ = zones.empty();
  }

 public:
  // Whether every slot has an owner.
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  const range_problem& in_;
  std::uint64_t seed_;
  std::span<node> table_;
  std::vector<std::uint32_t> must_, extra_;  // by node: what it must still take, and may take beyond that
  std::uint64_t spare_;                      // what the nodes take in total beyond what each must
  std::vector<zone> zones_;
  bool complete_ = false;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
