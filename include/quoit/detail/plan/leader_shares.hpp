// SPDX-License-Identifier: MIT
// How many slots each node is to lead: the fairest shares in proportion to leader weights, as floors and ceilings.
//
//   slot ─▶ one of the nodes that may lead it          x(n) slots for node n, level(n) = x(n) / weight(n)
//
// The max-min-fair point: no node can lead more, unless one of the same or a lower level leads less. It is unique, even
// as fractions (Megiddo, Optimal flows in networks with multiple sources and sinks, 1974). A set of nodes leads at most
// the slots that it holds, and this bound is submodular. So whole numbers between the floors and the ceilings exist
// (Edmonds, Submodular functions, matroids, and certain polyhedra, 1970).
//
// One flow at a level P / Q divides the nodes in three: each slot has Q units, and node n asks for P × weight(n).
//
//   level below P / Q                level P / Q        level above P / Q
//   can pass units to a node         x = P × weight     can get units from a node
//   that still asks for some         / Q, exactly       that has too many
//
// The first and the last are problems of their own. A part is done without a flow if the bounds of its levels leave
// each node one floor. All arithmetic is in integers of 128 bits, so every machine finds the same shares.
//
// Rejected: a flow for each level, because a thousand weights may have a thousand levels; rounding to a divisor, as in
// the apportionment of seats, which may leave the floor and the ceiling of a share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// A division of slots among the nodes that may lead them, in units of a fraction of a slot, that is made to fit demands
// as well as possible: a maximum flow (Dinic 1970). A node passes a unit of a slot on to another node of the slot.
class leader_flow {
 public:
  using vertex = std::uint32_t;

  // `choices`: by slot, the distinct nodes that may lead it, and `none`. It must outlive the flow. A node may be taken
  // out of a slot later, by `none` in its place; it is passed no unit of the slot from then on.
  leader_flow(cell_rows choices, std::size_t nodes)
      : choices_(choices), first_(nodes + 1, 0), amount_(choices.cells.size()), load_(nodes), demand_(nodes),
        level_(nodes, unseen), next_(nodes, 0) {
    for (const vertex node : choices.cells) {
      if (node != none) ++first_[node + std::size_t{1}];
    }
    for (std::size_t n = 0; n < nodes; ++n) first_[n + 1] += first_[n];
    cells_.resize(first_.back());
    std::vector<std::uint32_t> at(first_.begin(), first_.end() - 1);
    for (std::size_t cell = 0; cell < choices.cells.size(); ++cell) {
      if (choices.cells[cell] != none) cells_[at[choices.cells[cell]]++] = static_cast<std::uint32_t>(cell);
    }
  }

  // The cells that a node has had.
  [[nodiscard]] std::span<const std::uint32_t> cells(vertex node) const noexcept {
    return std::span<const std::uint32_t>(cells_).subspan(first_[node], first_[node + 1] - first_[node]);
  }
  [[nodiscard]] wide& demand(vertex node) noexcept { return demand_[node]; }
  [[nodiscard]] const wide& amount(std::size_t cell) const noexcept { return amount_[cell]; }

  // All units of the slots of a part go to the cells given by lead(slot). The demands must be set.
  template <class Lead>
  void start(std::span<const vertex> nodes, std::span<const std::uint32_t> slots, std::uint64_t units,
             const Lead& lead) {
    for (const vertex node : nodes) load_[node] = {};
    for (const std::uint32_t p : slots) {
      const std::size_t begin = std::size_t{p} * choices_.width;
      for (std::uint32_t i = 0; i < choices_.width; ++i) amount_[begin + i] = {};
      const std::size_t cell = lead(p);
      amount_[cell] = {0, units};
      load_[choices_.cells[cell]] = add(load_[choices_.cells[cell]], amount_[cell]);
    }
  }

  // Passes on as much as possible. Afterwards level(n) is set for the nodes that can still get units of a node that has
  // too many.
  void run(std::span<const vertex> nodes) {
    while (search(nodes)) {
      for (const vertex node : nodes) next_[node] = first_[node];
      for (const vertex node : nodes) {
        while (level_[node] == 0 && demand_[node] < load_[node] && pass_from(node)) {
        }
      }
    }
  }

  [[nodiscard]] bool can_get(vertex node) const noexcept { return level_[node] != unseen; }

  // After run(): whether a node can pass units on to a node that asks for more.
  [[nodiscard]] std::vector<bool> givers(std::span<const vertex> nodes) {
    std::vector<bool> gives(load_.size(), false);
    queue_.clear();
    for (const vertex node : nodes) {
      if (load_[node] < demand_[node]) {
        gives[node] = true;
        queue_.push_back(node);
      }
    }
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      for (const std::uint32_t cell : cells(queue_[i])) {
        if (choices_.cells[cell] == none) continue;
        for_each_other(cell, [&](std::size_t at, vertex from) {
          if (gives[from] || amount_[at] == wide{}) return;
          gives[from] = true;
          queue_.push_back(from);
        });
      }
    }
    return gives;
  }

 private:
  static constexpr std::uint32_t unseen = ~std::uint32_t{0};

  // Calls use(cell, node) for the other nodes of a slot.
  template <class Use>
  void for_each_other(std::uint32_t cell, const Use& use) const {
    const std::size_t begin = cell - cell % choices_.width;
    for (std::size_t at = begin; at < begin + choices_.width; ++at) {
      const vertex other = choices_.cells[at];
      if (at != cell && other != none) use(at, other);
    }
  }

  // Levels from the nodes that have too many units. Returns whether a node that asks for more can be reached.
  bool search(std::span<const vertex> nodes) {
    queue_.clear();
    for (const vertex node : nodes) {
      level_[node] = demand_[node] < load_[node] ? 0 : unseen;
      if (level_[node] == 0) queue_.push_back(node);
    }
    std::uint32_t end = unseen;
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const vertex node = queue_[i];
      if (level_[node] >= end) break;  // only shortest paths are taken
      for (const std::uint32_t cell : cells(node)) {
        if (amount_[cell] == wide{}) continue;
        for_each_other(cell, [&](std::size_t, vertex to) {
          if (level_[to] != unseen) return;
          level_[to] = level_[node] + 1;
          if (load_[to] < demand_[to]) end = level_[to];
          queue_.push_back(to);
        });
      }
    }
    return end != unseen;
  }

  // Takes one path of ascending levels from `source` to a node that asks for more. Returns whether there is one.
  bool pass_from(vertex source) {
    path_.clear();
    vertex node = source;
    for (;;) {
      if (load_[node] < demand_[node]) break;
      const hop way = next_hop(node);
      if (way.to != none) {
        path_.push_back(way);
        node = choices_.cells[way.to];
      } else if (node == source) {
        return false;
      } else {
        level_[node] = unseen;  // it leads nowhere in this search
        node = choices_.cells[path_.back().from];
        path_.pop_back();
      }
    }
    wide most = (std::min)(subtract(load_[source], demand_[source]), subtract(demand_[node], load_[node]));
    for (const hop& one : path_) most = (std::min)(most, amount_[one.from]);
    for (const hop& one : path_) {
      amount_[one.from] = subtract(amount_[one.from], most);
      amount_[one.to] = add(amount_[one.to], most);
    }
    load_[source] = subtract(load_[source], most);
    load_[node] = add(load_[node], most);
    return true;
  }

  // Two cells of one slot.
  struct hop {
    std::uint32_t from = none;
    std::uint32_t to = none;
  };
  hop next_hop(vertex node) {
    for (std::uint32_t& at = next_[node]; at < first_[node + std::size_t{1}]; ++at) {
      const std::uint32_t cell = cells_[at];
      if (amount_[cell] == wide{}) continue;
      std::uint32_t to = none;
      for_each_other(cell, [&](std::size_t other, vertex next) {
        if (level_[next] == level_[node] + 1) to = static_cast<std::uint32_t>(other);
      });
      if (to != none) return {cell, to};
    }
    return {};
  }

  cell_rows choices_;
  std::vector<std::uint32_t> first_;  // by node: the first of its cells
  std::vector<std::uint32_t> cells_;
  std::vector<wide> amount_;  // by cell
  std::vector<wide> load_;    // by node
  std::vector<wide> demand_;  // by node
  std::vector<std::uint32_t> level_;
  std::vector<std::uint32_t> next_;  // by node: the first of its cells that may still lead on
  std::vector<vertex> queue_;
  std::vector<hop> path_;
};

class leader_shares {
  using vertex = std::uint32_t;

 public:
  // `choices`: by slot, the distinct nodes that may lead it, and `none`; a slot without any has no leader. The weights
  // of those nodes must be above 0, and their sum below 2^63 + 2^32. Afterwards the choices of a slot are those of its
  // nodes that have the lowest level, and perhaps others whose level leaves them the same floors: all slots of a node
  // below the level of another node are needed below it.
  leader_shares(std::span<vertex> choices, std::uint32_t width, std::span<const std::uint64_t> weights)
      : choices_(choices), width_(width), weights_(weights), flow_({choices, width}, weights.size()),
        lead_(choices.size() / width, none), shares_(weights.size()) {
    part whole;
    for (vertex node = 0; node < weights.size(); ++node) {
      if (!flow_.cells(node).empty()) whole.nodes.push_back(node);
    }
    for (std::uint32_t p = 0; p < lead_.size(); ++p) {
      if (first_copy(cell_rows{choices, width}[p]) != none) whole.slots.push_back(p);
    }
    guess(whole);
    parts_.push_back(std::move(whole));
    while (!parts_.empty()) {
      const part next = std::move(parts_.back());
      parts_.pop_back();
      if (!next.nodes.empty() && !settled(next)) divide(next);
    }
  }

  // The fewest and the most slots that a node is to lead.
  [[nodiscard]] const floor_ceil& operator[](vertex node) const noexcept { return shares_[node]; }
  [[nodiscard]] std::uint64_t flows() const noexcept { return flows_; }

 private:
  // copies / weights of water_level are slots / weights here.
  struct part {
    std::vector<vertex> nodes;
    std::vector<std::uint32_t> slots;
    water_level above{0, 1};  // all its levels lie between these two
    water_level below{};
  };

  // A first division that is close to the fair one: every slot to the node with the lowest level, several times.
  void guess(const part& whole) {
    std::vector<std::uint64_t> count(weights_.size(), 0);
    for (int round = 0; round < 4; ++round) {
      for (const std::uint32_t p : whole.slots) {
        if (lead_[p] != none) --count[choices_[lead_[p]]];
        std::uint32_t best = none;
        for (std::uint32_t cell = p * width_; cell < (p + 1) * width_; ++cell) {
          const vertex node = choices_[cell];
          if (node == none) continue;
          if (best == none ||
              multiply(count[node] + 1, weights_[choices_[best]]) < multiply(count[choices_[best]] + 1, weights_[node]))
            best = cell;
        }
        lead_[p] = best;
        ++count[choices_[best]];
      }
    }
  }

  // Whether the bounds of the levels are enough. If so, the shares are set.
  bool settled(const part& one) {
    if (one.below.weights == 0) return false;
    for (const vertex node : one.nodes) {
      const std::uint64_t floor = share_of(weights_[node], one.above, 1).floor;
      if (share_of(weights_[node], one.below, 1).ceil > floor + 1) return false;
      shares_[node] = {floor, floor + 1};
    }
    return true;
  }

  void divide(const part& one) {
    ++flows_;
    water_level level{one.slots.size(), 0};
    for (const vertex node : one.nodes) level.weights += weights_[node];
    for (const vertex node : one.nodes) flow_.demand(node) = multiply(weights_[node], level.copies);
    flow_.start(one.nodes, one.slots, level.weights, [&](std::uint32_t p) { return lead_[p]; });
    flow_.run(one.nodes);
    const std::vector<bool> gives = flow_.givers(one.nodes);
    part low{{}, {}, one.above, level}, high{{}, {}, level, one.below};
    for (const vertex node : one.nodes) {
      if (gives[node]) low.nodes.push_back(node);
      else if (flow_.can_get(node)) high.nodes.push_back(node);
      else shares_[node] = share_of(weights_[node], level, 1);
    }
    for (const std::uint32_t p : one.slots) {
      const auto row = choices_.subspan(std::size_t{p} * width_, width_);
      const auto has = [&](const auto& what) {
        return std::any_of(row.begin(), row.end(), [&](vertex node) { return node != none && what(node); });
      };
      const auto keep = [&](const auto& what) {
        for (vertex& node : row) {
          if (node != none && !what(node)) node = none;
        }
      };
      const auto is_low = [&](vertex node) { return bool{gives[node]}; };
      const auto is_exact = [&](vertex node) { return !flow_.can_get(node); };
      if (has(is_low)) {
        keep(is_low);
        low.slots.push_back(p);
      } else if (has(is_exact)) {
        keep(is_exact);
        continue;
      } else {
        high.slots.push_back(p);
      }
      lead_[p] = fullest(p);
    }
    parts_.push_back(std::move(low));
    parts_.push_back(std::move(high));
  }

  // The cell of a slot with the most units.
  [[nodiscard]] std::uint32_t fullest(std::uint32_t p) const noexcept {
    std::uint32_t best = none;
    for (std::uint32_t cell = p * width_; cell < (p + 1) * width_; ++cell) {
      if (choices_[cell] != none && (best == none || flow_.amount(best) < flow_.amount(cell))) best = cell;
    }
    return best;
  }

  std::span<vertex> choices_;
  std::uint32_t width_;
  std::span<const std::uint64_t> weights_;
  leader_flow flow_;
  std::vector<std::uint32_t> lead_;  // by slot: the cell of its likely leader
  std::vector<floor_ceil> shares_;
  std::vector<part> parts_;
  std::uint64_t flows_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
