// SPDX-License-Identifier: MIT
// A division of slots among the nodes that may lead them, in units of a fraction of a slot, made to fit demands as well
// as possible: a maximum flow (Dinic 1970).
//
//   node with too many units ─▶ node of the same slot ─▶ … ─▶ node that asks for more
//
// Every unit always belongs to some node of its slot. A path passes units of one slot after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

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

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
