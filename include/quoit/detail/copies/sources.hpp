// SPDX-License-Identifier: MIT
// Who sends which copy: each task may be done by any node of its list, and the busiest node is to have as little to do
// as possible.
//
//   task 0   a b        a: 0 2      Node a has two tasks more than c, and a path leads there: a ─0─▶ b ─1─▶ c.
//   task 1   b c        b: 1        Moving task 0 to b and task 1 to c makes a less busy and nobody else busier than
//   task 2   a          c:          a was: a: 2, b: 0, c: 1.
//
// Where no such path is left, the loads are optimal: not only is the highest as low as it can be, but also the next
// one, and so on (Harvey, Ladner, Lovász, Tamir: Semi-matchings for bipartite graphs and load balancing, J. Algorithms
// 2006).
// Rejected: the first copy of each list, usually the primary, which made the busiest node send six times as much in the
// same change; the least busy one in turn, which is good and not the optimum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class copy_sources {
 public:
  explicit copy_sources(std::size_t nodes)
      : load_(nodes, 0), done_(nodes), at_(nodes), via_(nodes, 0), seen_(nodes, 0) {}

  // A task for one of these nodes, which must not repeat. None: it stays nobody's. The least busy one takes it for now,
  // the first in number among equals.
  void add(std::span<const std::uint32_t> nodes) {
    const auto task = static_cast<std::uint32_t>(node_of_.size());
    first_.push_back(choices_.size());
    std::uint32_t best = none;
    for (const std::uint32_t node : nodes) {
      if (best == none || load_[node] < load_[best] || (load_[node] == load_[best] && node < best)) best = node;
    }
    choices_.insert(choices_.end(), nodes.begin(), nodes.end());
    node_of_.push_back(none);
    place_.push_back(0);
    if (best != none) assign(task, best);
  }

  // Makes the loads optimal. O(paths × choices), and few paths are left to find.
  void balance() {
    first_.push_back(choices_.size());
    std::uint32_t highest = 0;
    for (const std::uint32_t load : load_) highest = load > highest ? load : highest;
    // What was reached in vain stays closed: no path leads out of it, and nothing in it can end one.
    for (std::uint32_t load = highest; load > 1; --load) {
      for (std::uint32_t node = 0; node < load_.size(); ++node) {
        if (load_[node] == load && !done_[node]) relieve(node);
      }
    }
    first_.pop_back();
  }

  // Who does a task.
  [[nodiscard]] std::uint32_t node_of(std::size_t task) const noexcept { return node_of_[task]; }
  [[nodiscard]] std::uint32_t load(std::size_t node) const noexcept { return load_[node]; }

 private:
  void assign(std::uint32_t task, std::uint32_t node) {
    place_[task] = static_cast<std::uint32_t>(at_[node].size());
    at_[node].push_back(task);
    node_of_[task] = node;
    ++load_[node];
  }

  void release(std::uint32_t task) {
    std::vector<std::uint32_t>& tasks = at_[node_of_[task]];
    place_[tasks.back()] = place_[task];
    tasks[place_[task]] = tasks.back();
    tasks.pop_back();
    --load_[node_of_[task]];
  }

  void relieve(std::uint32_t node) {
    ++search_;
    seen_[node] = search_;
    queue_.assign(1, node);
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      for (const std::uint32_t task : at_[queue_[next]]) {
        for (std::size_t choice = first_[task]; choice < first_[task + 1]; ++choice) {
          const std::uint32_t other = choices_[choice];
          if (seen_[other] == search_ || done_[other]) continue;
          seen_[other] = search_;
          via_[other] = task;
          if (load_[other] + 2 <= load_[node]) return shift(node, other);
          queue_.push_back(other);
        }
      }
    }
    for (const std::uint32_t reached : queue_) done_[reached] = true;
  }

  void shift(std::uint32_t from, std::uint32_t to) {
    while (to != from) {
      const std::uint32_t task = via_[to], giver = node_of_[task];
      release(task);
      assign(task, to);
      to = giver;
    }
  }

  std::vector<std::size_t> first_;  // of a task's choices
  std::vector<std::uint32_t> choices_;
  std::vector<std::uint32_t> node_of_, place_;  // of a task, and its place among that node's
  std::vector<std::uint32_t> load_;
  std::vector<bool> done_;
  std::vector<std::vector<std::uint32_t>> at_;  // tasks of a node
  std::vector<std::uint32_t> via_;              // the task through which a search reached a node
  std::vector<std::uint64_t> seen_;
  std::uint64_t search_ = 0;
  std::vector<std::uint32_t> queue_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
