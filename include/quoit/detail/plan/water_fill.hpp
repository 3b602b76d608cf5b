// SPDX-License-Identifier: MIT
// Water-filling on a domain tree: the fairest way to share R copies of a slot among weighted nodes, where every domain
// has a cap on its copies.
//
//   t(n) = weight × level, and the level rises for all nodes alike until
//            a node holds 1            ─┐
//            a domain holds its cap     ├─ what is full is frozen, and the others continue
//            the root holds R          ─┘  the end
//
// That is the max-min-fair point of t(n) / weight(n) under laminar caps. It is unique (Megiddo, Optimal flows in
// networks with multiple sources and sinks, 1974). All caps are integers, so every level at which something freezes is
// (an integer of at most R) / (a sum of weights), and every t is an exact fraction of 64-bit numbers. Floors and
// ceilings are the same on every machine.
//
// Rejected: floating point, where a floor depends on the machine; quotas from the weights alone, which a small domain
// cannot hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/wide.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// copies / weights: how much a unit of weight gets. The default is higher than every other level.
struct water_level {
  std::uint64_t copies = 1;
  std::uint64_t weights = 0;
  friend constexpr bool operator<(const water_level& a, const water_level& b) noexcept {
    return multiply(a.copies, b.weights) < multiply(b.copies, a.weights);
  }
};

struct floor_ceil {
  std::uint64_t floor = 0;
  std::uint64_t ceil = 0;
};

// floor and ceil of factor × weight × level. factor × copies, and the results, must fit into 64 bits.
constexpr floor_ceil share_of(std::uint64_t weight, const water_level& level, std::uint64_t factor) noexcept {
  if (weight == 0) return {};
  const wide product = multiply(weight, level.copies * factor);
  const std::uint64_t whole = divide(product, level.weights).low;
  return {whole, whole + (multiply(whole, level.weights) < product ? 1U : 0U)};
}

// The sum of the weights must be below 2^63. The cap of a leaf must be `unit`, or 0 if its weight is 0. The cap of the
// root is what is shared: R with the unit 1, for one slot, or up to Q × R with the unit Q, for all slots together.
class water_fill {
 public:
  using vertex = domain_tree::vertex;

  water_fill(const domain_tree& tree, std::span<const std::uint64_t> weights, std::span<const std::uint32_t> caps,
             std::uint32_t unit = 1)
      : tree_(tree), weights_(weights), caps_(caps), unit_(unit), own_(tree.size()), level_(tree.size()),
        floating_(tree.size(), 0), whole_(tree.size(), 0) {
    rise();
    if (feasible()) settle();
  }

  // Whether R copies fit under the caps. If not, the results of the other members have no meaning.
  [[nodiscard]] bool feasible() const noexcept { return full(tree_.root()); }

  // Whether the vertex is limited by its own cap, and not by the cap of a domain above it.
  [[nodiscard]] bool binds(vertex v) const noexcept {
    return full(v) && (v == tree_.root() || !(level_[tree_.parent(v)] < own_[v]));
  }
  [[nodiscard]] const water_level& level(vertex v) const noexcept { return level_[v]; }

  // floor and ceil of factor × t(v). What is frozen below a vertex adds a whole number of copies, and the rest adds its
  // weight × the level.
  [[nodiscard]] floor_ceil share(vertex v, std::uint64_t factor = 1) const noexcept {
    if (binds(v)) return {caps_[v] * factor, caps_[v] * factor};
    const floor_ceil part = share_of(floating_[v], level_[v], factor);
    return {whole_[v] * factor + part.floor, whole_[v] * factor + part.ceil};
  }

 private:
  // At `level`, nodes that weigh `weight` together become full, and hold `copies` from then on.
  struct event {
    water_level level;
    std::uint64_t weight;
    std::uint64_t copies;
  };

  [[nodiscard]] bool full(vertex v) const noexcept { return own_[v].weights != 0; }

  // Finds the level at which each vertex becomes full. Domains are numbered parents before children, so the loop runs
  // backwards.
  void rise() {
    std::vector<std::vector<event>> below(tree_.size() - tree_.leaves());
    for (vertex v = tree_.size(); v-- > tree_.root();) {
      std::vector<event>& events = below[v - tree_.root()];
      std::uint64_t rising = 0;
      for (const vertex child : tree_.children(v)) {
        if (tree_.is_leaf(child)) {
          if (weights_[child] == 0) continue;
          own_[child] = {unit_, weights_[child]};
          events.push_back({own_[child], weights_[child], unit_});
        } else {
          auto& inner = below[child - tree_.root()];
          // A long path is a chain of domains with one child each: its list is handed up without an allocation.
          if (events.empty()) {
            events.swap(inner);
          } else {
            events.insert(events.end(), inner.begin(), inner.end());
            inner = {};
          }
        }
      }
      for (const event& one : events) rising += one.weight;
      std::sort(events.begin(), events.end(), [](const event& a, const event& b) { return a.level < b.level; });
      std::uint64_t frozen = 0;
      for (std::size_t i = 0; i < events.size(); ++i) {
        // The cap is reached before the event if frozen + rising × event level >= cap.
        const std::uint64_t room = caps_[v] - frozen;
        const water_level filled{room, rising};
        if (!(events[i].level < filled)) {
          own_[v] = filled;
          events.resize(i);
          events.push_back({filled, rising, room});
          break;
        }
        rising -= events[i].weight;
        frozen += events[i].copies;
      }
    }
  }

  // From the root down, every vertex stops at its own level or at its parent's, whichever is lower. From the leaves up,
  // frozen copies and rising weights are summed.
  void settle() {
    level_[tree_.root()] = own_[tree_.root()];
    for (vertex v = tree_.root(); v < tree_.size(); ++v) {
      for (const vertex child : tree_.children(v)) {
        level_[child] = full(child) && own_[child] < level_[v] ? own_[child] : level_[v];
      }
    }
    const auto add = [this](vertex v) {
      if (v == tree_.root()) return;
      if (binds(v)) {
        whole_[tree_.parent(v)] += caps_[v];
      } else {
        whole_[tree_.parent(v)] += whole_[v];
        floating_[tree_.parent(v)] += floating_[v];
      }
    };
    for (vertex v = 0; v < tree_.leaves(); ++v) {
      floating_[v] = weights_[v];
      add(v);
    }
    for (vertex v = tree_.size(); v-- > tree_.root();) add(v);
  }

  const domain_tree& tree_;
  std::span<const std::uint64_t> weights_;
  std::span<const std::uint32_t> caps_;
  std::uint32_t unit_;
  std::vector<water_level> own_;    // by vertex: the level at which it becomes full; weights = 0 if it never does
  std::vector<water_level> level_;  // by vertex: the level at which it stops, the lowest of its own and those above
  std::vector<std::uint64_t> floating_;  // by vertex: the weight below it that no cap below it limits
  std::vector<std::uint64_t> whole_;     // by vertex: the copies below it that such caps fix
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
