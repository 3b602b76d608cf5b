// SPDX-License-Identifier: MIT
// Water-filling on a domain tree: the fairest way to share R copies of a slot among nodes with weights, where no domain
// may hold more than so many.
//
//   t(n) = weight × level, and the level rises for all alike until
//            a node holds 1            ─┐
//            a domain holds its cap     ├─ what is full is frozen, the others go on
//            the root holds R          ─┘  the end
//
// That is the max-min-fair point of t(n) / weight(n) under laminar caps, and unique (Megiddo, Optimal flows in networks
// with multiple sources and sinks, 1974). All caps are integers, so every level at which something freezes is (an
// integer of at most R) / (a sum of weights), and every t is an exact fraction with numbers of 64 bits; floors and
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

// copies / weights: how much a unit of weight gets. The default is higher than every real one.
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

// floor and ceil of factor × weight × level; factor × copies and the results fit 64 bits.
constexpr floor_ceil share_of(std::uint64_t weight, const water_level& level, std::uint64_t factor) noexcept {
  if (weight == 0) return {};
  const wide product = multiply(weight, level.copies * factor);
  const std::uint64_t whole = divide(product, level.weights).low;
  return {whole, whole + (multiply(whole, level.weights) < product ? 1U : 0U)};
}

// The sum of the weights is below 2^63, the caps of leaves are 1 (0 where the weight is), the root's is R.
class water_fill {
 public:
  using vertex = domain_tree::vertex;

  water_fill(const domain_tree& tree, std::span<const std::uint64_t> weights, std::span<const std::uint32_t> caps)
      : tree_(tree), weights_(weights), caps_(caps), own_(tree.size()), level_(tree.size()), floating_(tree.size(), 0),
        whole_(tree.size(), 0) {
    rise();
    if (feasible()) settle();
  }

  // Whether the root's cap was reached at all. If not, nothing below has a meaning.
  [[nodiscard]] bool feasible() const noexcept { return full(tree_.root()); }
  // How many copies of a slot fit under the caps.
  [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_; }

  // Whether the vertex is held back by its own cap, and not by one above it that it shares with others.
  [[nodiscard]] bool binds(vertex v) const noexcept {
    return full(v) && (v == tree_.root() || !(level_[tree_.parent(v)] < own_[v]));
  }
  [[nodiscard]] const water_level& level(vertex v) const noexcept { return level_[v]; }

  // floor and ceil of factor × t(v): a vertex holds whole copies of what is frozen below it, and floats with the rest.
  [[nodiscard]] floor_ceil share(vertex v, std::uint64_t factor = 1) const noexcept {
    if (binds(v)) return {caps_[v] * factor, caps_[v] * factor};
    const floor_ceil part = share_of(floating_[v], level_[v], factor);
    return {whole_[v] * factor + part.floor, whole_[v] * factor + part.ceil};
  }

 private:
  // At `level`, `weight` stops to rise, and `copies` are what it holds then.
  struct event {
    water_level level;
    std::uint64_t weight;
    std::uint64_t copies;
  };

  [[nodiscard]] bool full(vertex v) const noexcept { return own_[v].weights != 0; }

  // The level at which each vertex fills up, children before parents (whose numbers are smaller).
  void rise() {
    std::vector<std::vector<event>> below(tree_.size() - tree_.leaves());
    for (vertex v = tree_.size(); v-- > tree_.root();) {
      std::vector<event>& events = below[v - tree_.root()];
      std::uint64_t rising = 0;
      for (const vertex child : tree_.children(v)) {
        if (tree_.is_leaf(child)) {
          if (weights_[child] == 0) continue;
          own_[child] = {1, weights_[child]};
          events.push_back({own_[child], weights_[child], 1});
        } else {
          auto& inner = below[child - tree_.root()];
          events.insert(events.end(), inner.begin(), inner.end());
          inner = {};
        }
      }
      for (const event& one : events) rising += one.weight;
      std::sort(events.begin(), events.end(), [](const event& a, const event& b) { return a.level < b.level; });
      std::uint64_t frozen = 0;
      for (std::size_t i = 0; i < events.size(); ++i) {
        // frozen + rising × level of the event >= cap?
        const std::uint64_t room = caps_[v] - frozen;
        const water_level filled{room, rising};
        if (!(events[i].level < filled)) {
          own_[v] = filled;
          events.resize(i);
          events.push_back({filled, rising, room});
          frozen = caps_[v];
          break;
        }
        rising -= events[i].weight;
        frozen += events[i].copies;
      }
      if (v == tree_.root()) capacity_ = frozen;
    }
  }

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
  std::vector<water_level> own_;    // where the vertex itself fills up; weights = 0 where it never does
  std::vector<water_level> level_;  // where it stops: the lowest of its own and those above
  std::vector<std::uint64_t> floating_;
  std::vector<std::uint64_t> whole_;
  std::uint64_t capacity_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
