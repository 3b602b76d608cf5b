// SPDX-License-Identifier: MIT
// The leader of every slot, with the fewest changes that the given choices allow: a min-cost flow of one unit for each
// slot.
//
//   slot p ─▶ a node that may lead it ─▶ sink       each node takes from `least` to `most` slots
//             cost 0 if it led p before, or if no node that may lead p did; else 1
//
// The method is that of search.hpp and flow.hpp: levels, many paths for each search, and a potential that rises where
// no path leads. Without domains and gaps, a step is only a slot that passes from its leader to another node.
//
// Rejected: slot_flow with one copy for each slot, which is five times as slow here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class leader_changes {
  using vertex = std::uint32_t;
  using slot = std::uint32_t;

 public:
  // `choices`: by slot, the distinct nodes that may lead it, at least one, and `none`. `before`: by slot, the leader so
  // far, or any other number. There must be leaders that keep `least` and `most`, by node.
  leader_changes(cell_rows choices, std::span<const vertex> before, std::span<const std::uint32_t> least,
                 std::span<const std::uint32_t> most)
      : choices_(choices), before_(before.begin(), before.end()), least_(least), most_(most),
        sink_(static_cast<vertex>(least.size())), leader_(before.size(), none), led_(sink_), target_(sink_),
        potential_(sink_ + std::size_t{1}, 0), level_(sink_ + std::size_t{1}), next_(sink_ + std::size_t{1}) {
    start();
    while (misplaced()) {
      if (search()) take_paths();
      else rise();
      // The cost of a path is bounded by the number of nodes.
      if (distance_ > static_cast<std::int64_t>(sink_) + 1) {
        throw_logic_error("plan: no leaders keep their shares; this is a bug in quoit");
      }
    }
  }

  // By slot.
  [[nodiscard]] std::span<const vertex> leaders() const noexcept { return leader_; }

 private:
  static constexpr std::uint32_t unseen = ~std::uint32_t{0};

  // Slots stay where they are. A slot whose change is forced begins at the node that lacks most, because that costs
  // nothing. Targets are as close to the counts as the limits allow.
  void start() {
    std::vector<std::int64_t> lacks(most_.begin(), most_.end());
    for (slot p = 0; p < leader_.size(); ++p) {
      if (!detail::contains(choices_[p], before_[p])) before_[p] = none;
      leader_[p] = before_[p];
      if (leader_[p] != none) --lacks[leader_[p]];
    }
    for (slot p = 0; p < leader_.size(); ++p) {
      if (leader_[p] == none) {
        for (const vertex node : choices_[p]) {
          if (node != none && (leader_[p] == none || lacks[node] > lacks[leader_[p]])) leader_[p] = node;
        }
        --lacks[leader_[p]];
      }
      led_[leader_[p]].push_back(p);
    }
    for (vertex node = 0; node < sink_; ++node) {
      target_[node] = std::clamp(count(node), least_[node], most_[node]);
      sink_excess_ += std::int64_t{target_[node]} - std::int64_t{count(node)};
    }
  }

  [[nodiscard]] std::uint32_t count(vertex node) const noexcept {
    return static_cast<std::uint32_t>(led_[node].size());
  }
  [[nodiscard]] std::int32_t cost(slot p, vertex node) const noexcept {
    return before_[p] == none || before_[p] == node ? 0 : 1;
  }
  [[nodiscard]] bool exceeds(vertex v) const noexcept { return v == sink_ ? sink_excess_ > 0 : count(v) > target_[v]; }
  [[nodiscard]] bool lacks(vertex v) const noexcept { return v == sink_ ? sink_excess_ < 0 : count(v) < target_[v]; }
  [[nodiscard]] bool misplaced() const noexcept {
    for (vertex v = 0; v <= sink_; ++v) {
      if (exceeds(v)) return true;
    }
    return false;
  }

  // Whether the target may change at a reduced cost of 0, and within the limits.
  [[nodiscard]] bool may_raise_target(vertex node) const noexcept {
    return target_[node] < most_[node] && potential_[node] == potential_[sink_];
  }
  [[nodiscard]] bool may_lower_target(vertex node) const noexcept {
    return target_[node] > least_[node] && potential_[node] == potential_[sink_];
  }
  [[nodiscard]] bool may_pass(slot p, vertex from, vertex to) const noexcept {
    return to != none && to != from && potential_[to] - cost(p, to) == potential_[from] - cost(p, from);
  }

  // Levels of what can be reached from a node or the sink that has too many, up to the first that has too few. Returns
  // whether there is one.
  bool search() {
    queue_.clear();
    for (vertex v = 0; v <= sink_; ++v) {
      level_[v] = exceeds(v) ? 0 : unseen;
      if (level_[v] == 0) queue_.push_back(v);
    }
    std::uint32_t end = unseen;
    const auto visit = [&](vertex to, std::uint32_t level) {
      if (level_[to] != unseen) return;
      level_[to] = level;
      // A path may end only where the potential is highest, or a cheaper path could be left.
      if (lacks(to) && potential_[to] == distance_) end = (std::min)(end, level);
      queue_.push_back(to);
    };
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const vertex v = queue_[i];
      if (level_[v] >= end) break;
      if (v == sink_) {
        for (vertex node = 0; node < sink_; ++node) {
          if (may_lower_target(node)) visit(node, level_[v] + 1);
        }
        continue;
      }
      if (may_raise_target(v)) visit(sink_, level_[v] + 1);
      for (const slot p : led_[v]) {
        for (const vertex to : choices_[p]) {
          if (may_pass(p, v, to)) visit(to, level_[v] + 1);
        }
      }
    }
    return end != unseen;
  }

  void rise() noexcept {
    for (vertex v = 0; v <= sink_; ++v) {
      if (level_[v] == unseen) ++potential_[v];
    }
    ++distance_;
  }

  // Takes paths of ascending levels until none is left. A slot is on no path twice: the way past its second node would
  // be one level shorter.
  void take_paths() {
    std::fill(next_.begin(), next_.end(), std::size_t{0});
    for (vertex v = 0; v <= sink_; ++v) {
      while (level_[v] == 0 && exceeds(v) && take_path_from(v)) {
      }
    }
  }

  bool take_path_from(vertex source) {
    path_.clear();
    vertex v = source;
    while (!(lacks(v) && potential_[v] == distance_)) {
      const vertex to = next_from(v);
      if (to != none) {
        path_.push_back(v);
        v = to;
      } else if (path_.empty()) {
        return false;
      } else {
        level_[v] = unseen;  // it leads nowhere in this search
        v = path_.back();
        path_.pop_back();
      }
    }
    path_.push_back(v);
    for (std::size_t i = 0; i + 1 < path_.size(); ++i) step(path_[i], path_[i + 1]);
    return true;
  }

  // The next node of a path; next_ then says by which slot, or that it is by the target.
  [[nodiscard]] vertex next_from(vertex v) {
    const std::uint32_t level = level_[v] + 1;
    if (v == sink_) {
      for (std::size_t& node = next_[v]; node < sink_; ++node) {
        const auto to = static_cast<vertex>(node);
        if (level_[to] == level && may_lower_target(to)) return to;
      }
      return none;
    }
    for (std::size_t& i = next_[v]; i < led_[v].size(); ++i) {
      for (const vertex to : choices_[led_[v][i]]) {
        if (may_pass(led_[v][i], v, to) && level_[to] == level) return to;
      }
    }
    return level_[sink_] == level && may_raise_target(v) ? sink_ : none;
  }

  void step(vertex from, vertex to) {
    if (from == sink_) {
      --target_[to];
      --sink_excess_;
    } else if (to == sink_) {
      ++target_[from];
      ++sink_excess_;
    } else {
      std::vector<slot>& slots = led_[from];
      const slot p = slots[next_[from]];
      slots[next_[from]] = slots.back();
      slots.pop_back();
      led_[to].push_back(p);
      leader_[p] = to;
    }
  }

  cell_rows choices_;
  std::vector<vertex> before_;
  std::span<const std::uint32_t> least_;
  std::span<const std::uint32_t> most_;
  vertex sink_;                         // one past the last node
  std::vector<vertex> leader_;          // by slot
  std::vector<std::vector<slot>> led_;  // by node: the slots that it leads, in no particular order
  std::vector<std::uint32_t> target_;   // by node: the flow to the sink
  std::int64_t sink_excess_ = 0;        // the sum of the targets minus the number of slots
  std::vector<std::int32_t> potential_;
  std::int32_t distance_ = 0;
  std::vector<std::uint32_t> level_;
  std::vector<std::size_t> next_;  // by node and sink: where next_from() goes on
  std::vector<vertex> queue_;
  std::vector<vertex> path_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
