// SPDX-License-Identifier: MIT
// The cheapest circulation in a network whose arcs have a least and a most: a min-cost flow, as simple as possible.
//
//   from ──least … most, cost──▶ to          what flows into a vertex flows out of it again
//
// Lower bounds are handled by the usual transformation: they flow from the start, which leaves an excess at some
// vertices and a deficit at others. Then the excess goes along cheapest paths, one after the other, to the deficits
// (Ahuja, Magnanti, Orlin, Network Flows, 1993, sections 6.7 and 9.7: successive shortest paths).
//
// Costs must not be negative: then the empty flow is the cheapest one at the start, and a flow that is the cheapest for
// the remaining excess stays the cheapest when some excess goes along a cheapest path.
//
// Rejected: any faster algorithm.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

namespace test {

class circulation {
 public:
  explicit circulation(std::size_t vertices) : leaving_(vertices), excess_(vertices, 0) {}

  /// Adds an arc and returns its number. Throws std::invalid_argument for a least above the most, or a negative cost.
  std::size_t add(std::size_t from, std::size_t to, std::uint64_t least, std::uint64_t most, std::int64_t cost) {
    if (least > most || cost < 0)
      throw std::invalid_argument("circulation: an arc with least > most, or with a negative cost");
    const auto lower = static_cast<std::int64_t>(least);
    excess_[to] += lower;
    excess_[from] -= lower;
    fixed_cost_ += lower * cost;
    lower_.push_back(lower);
    leaving_[from].push_back(arcs_.size());
    arcs_.push_back({to, static_cast<std::int64_t>(most) - lower, cost});
    leaving_[to].push_back(arcs_.size());
    arcs_.push_back({from, 0, -cost});  // the reverse arc: arc i ^ 1 is the other direction of arc i
    return lower_.size() - 1;
  }

  /// The least cost, or nothing if the bounds cannot all hold. Must be called only once.
  std::optional<std::int64_t> solve() {
    std::int64_t cost = fixed_cost_;
    while (std::any_of(excess_.begin(), excess_.end(), [](std::int64_t e) { return e > 0; })) {
      find_cheapest_paths();
      const std::size_t end = any_end();
      if (end == nowhere) return std::nullopt;
      cost += push_to(end);
    }
    return cost;
  }

  /// The flow through an arc after solve().
  [[nodiscard]] std::int64_t flow(std::size_t arc) const { return lower_[arc] + arcs_[2 * arc + 1].room; }

 private:
  struct half_arc {
    std::size_t to;
    std::int64_t room, cost;
  };
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  static constexpr std::int64_t unreachable = std::numeric_limits<std::int64_t>::max();

  // From all vertices with an excess to all others, by Bellman and Ford's algorithm. It revisits only vertices whose
  // price fell.
  void find_cheapest_paths() {
    price_.assign(leaving_.size(), unreachable);
    arrival_.assign(leaving_.size(), nowhere);
    std::vector<bool> waits(leaving_.size(), false);
    std::deque<std::size_t> queue;
    for (std::size_t v = 0; v < leaving_.size(); ++v) {
      if (excess_[v] <= 0) continue;
      price_[v] = 0;
      waits[v] = true;
      queue.push_back(v);
    }
    while (!queue.empty()) {
      const std::size_t v = queue.front();
      queue.pop_front();
      waits[v] = false;
      for (const std::size_t i : leaving_[v]) {
        const half_arc& arc = arcs_[i];
        if (arc.room == 0 || price_[v] + arc.cost >= price_[arc.to]) continue;
        price_[arc.to] = price_[v] + arc.cost;
        arrival_[arc.to] = i;
        if (waits[arc.to]) continue;
        waits[arc.to] = true;
        queue.push_back(arc.to);
      }
    }
  }

  [[nodiscard]] std::size_t any_end() const {
    for (std::size_t v = 0; v < leaving_.size(); ++v) {
      if (excess_[v] < 0 && price_[v] != unreachable) return v;
    }
    return nowhere;
  }

  // Pushes as much as the path has room for, and returns the cost.
  std::int64_t push_to(std::size_t end) {
    std::size_t start = end;
    std::int64_t amount = -excess_[end];
    for (; arrival_[start] != nowhere; start = arcs_[arrival_[start] ^ 1].to) {
      amount = std::min(amount, arcs_[arrival_[start]].room);
    }
    amount = std::min(amount, excess_[start]);
    for (std::size_t v = end; v != start; v = arcs_[arrival_[v] ^ 1].to) {
      arcs_[arrival_[v]].room -= amount;
      arcs_[arrival_[v] ^ 1].room += amount;
    }
    excess_[start] -= amount;
    excess_[end] += amount;
    return amount * price_[end];
  }

  std::vector<half_arc> arcs_;
  std::vector<std::vector<std::size_t>> leaving_;
  std::vector<std::int64_t> lower_;
  std::vector<std::int64_t> excess_;
  std::int64_t fixed_cost_ = 0;
  std::vector<std::int64_t> price_;
  std::vector<std::size_t> arrival_;
};

}  // namespace test
