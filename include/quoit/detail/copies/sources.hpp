// SPDX-License-Identifier: MIT
// Which node sends which copy: each task may be done by any node of its list, and the busiest node gets as little to do
// as possible.
//
//   task 0   a b        a: 0 2      Node a has two tasks more than c, and a path leads there: a ─0─▶ b ─1─▶ c.
//   task 1   b c        b: 1        Moving task 0 to b and task 1 to c makes a less busy, and no node gets as busy as
//   task 2   a          c:          a was: a: 2, b: 0, c: 1.
//
// If no such path is left, the loads are optimal: the highest is as low as it can be, then the next one, and so on
// (Harvey, Ladner, Lovász, Tamir: Semi-matchings for bipartite graphs and load balancing, J. Algorithms 2006).
//
// Rejected: the first copy of each list, usually the primary, because the busiest node then sent six times as much in
// the same change; the least busy node in turn, which is good, but not the optimum.
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
      : load_(nodes, 0), done_(nodes), tasks_(nodes), via_(nodes, 0), seen_(nodes, 0) {}

  // A task for one of these nodes, which must be distinct. The least busy one gets it for now; of equally busy nodes,
  // the one with the lowest number. A task without nodes is done by no node.
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

  // Makes the loads optimal. O(paths × choices); add() leaves few paths to find.
  void balance() {
    first_.push_back(choices_.size());
    std::uint32_t highest = 0;
    for (const std::uint32_t load : load_) highest = load > highest ? load : highest;
    // Nodes that were reached in vain are done: no path leads out of them, and none can end there.
    for (std::uint32_t load = highest; load > 1; --load) {
      for (std::uint32_t node = 0; node < load_.size(); ++node) {
        if (load_[node] == load && !done_[node]) relieve(node);
      }
    }
    first_.pop_back();
  }

  // The node that does a task, `none` if it has no nodes.
  [[nodiscard]] std::uint32_t node_of(std::size_t task) const noexcept { return node_of_[task]; }
  [[nodiscard]] std::uint32_t load(std::size_t node) const noexcept { return load_[node]; }

 private:
  void assign(std::uint32_t task, std::uint32_t node) {
    place_[task] = static_cast<std::uint32_t>(tasks_[node].size());
    tasks_[node].push_back(task);
    node_of_[task] = node;
    ++load_[node];
  }

  void release(std::uint32_t task) {
    std::vector<std::uint32_t>& tasks = tasks_[node_of_[task]];
    place_[tasks.back()] = place_[task];
    tasks[place_[task]] = tasks.back();
    tasks.pop_back();
    --load_[node_of_[task]];
  }

  // Moves one task away from `node` if a path leads to a node with two tasks less.
  void relieve(std::uint32_t node) {
    ++search_;
    seen_[node] = search_;
    queue_.assign(1, node);
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      for (const std::uint32_t task : tasks_[queue_[next]]) {
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

  // Moves every task of the path from `from` to `to` one node on, from the end of the path backwards.
  void shift(std::uint32_t from, std::uint32_t to) {
    while (to != from) {
      const std::uint32_t task = via_[to], previous = node_of_[task];
      release(task);
      assign(task, to);
      to = previous;
    }
  }

  std::vector<std::size_t> first_;  // by task: the index of its first choice
  std::vector<std::uint32_t> choices_;
  std::vector<std::uint32_t> node_of_;             // by task
  std::vector<std::uint32_t> place_;               // by task: its index in the list of its node
  std::vector<std::uint32_t> load_;                // by node: the number of its tasks
  std::vector<bool> done_;                         // by node: no path leads from it to a less busy node
  std::vector<std::vector<std::uint32_t>> tasks_;  // by node: its tasks
  std::vector<std::uint32_t> via_;                 // by node: the task through which the search reached it
  std::vector<std::uint64_t> seen_;                // by node: the last search that reached it
  std::uint64_t search_ = 0;
  std::vector<std::uint32_t> queue_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
