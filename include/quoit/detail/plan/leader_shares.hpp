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
#include <quoit/detail/plan/leader_flow.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class leader_shares {
  using vertex = std::uint32_t;

 public:
  // `choices`: by slot, the distinct nodes that may lead it, and `none`; a slot without any has no leader. The weights
  // of those nodes must be above 0, and their sum below 2^63 + 2^32. Takes nodes out of slots: a slot is left with its
  // nodes of the lowest level, which need it, and with nodes of the same part where a part was not divided to the end.
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
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
