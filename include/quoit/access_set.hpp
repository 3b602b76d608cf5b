// SPDX-License-Identifier: MIT
// Which nodes an operation on a key has to go to, and what to do there: the sets that a transition gives.
//
//   store        the key is on its way from old to new
//       read, write, erase   [old: use it if it is there] [new: use]
//   replicated   a copy is on its way
//       write, erase         every node of both lists, and a quorum in each of the two
//       read                 a quorum of the old list, later of the new one
//   cache        the new node is cold
//       read                 [new: use] [old: use] [new: add what was found]
//       write                [new: use] [old: invalidate]
//       erase                [new: invalidate and hold] [old: invalidate]
//
// The orders that come to mind first lose data:
//   new, then old           the key moves between the two questions: a false miss
//   old, then new; write to new only    the old copy hides the newer one: stale reads
//   write to both, without versions     two writers arrive in different orders: one update is lost for good
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/small_list.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// How a node's data is reached, which decides the sets that a transition gives for a key.
enum class access {
  automatic,   ///< store for one copy, replicated for several
  store,       ///< one copy, which is the truth; keys are handed over one by one, each atomically (Redis MIGRATE)
  replicated,  ///< writes carry versions, the newest wins, deletions leave a marker, reads and writes need a quorum
  cache        ///< what is missing can be fetched again
};

/// What to do at a node.
enum class action : std::uint8_t {
  use,                 ///< the operation itself
  use_if_present,      ///< if the key is there, this is the true copy: do the operation, and go no further; else go on
  fill_add,            ///< store what was read further on, if the key is still missing here (memcached add, or a lease)
  invalidate,          ///< remove the key
  invalidate_and_hold  ///< remove the key, and refuse fill_add for longer than a fill may be on its way
};

/// One node that an operation goes to.
template <class Node>
struct access_step {
  const Node* at = nullptr;   ///< never null in a set of a transition
  action what = action::use;  ///< what to do there
  bool in_old = false;        ///< whether the node counts for the quorum of the old list
  bool in_new = false;        ///< whether the node counts for the quorum of the new list
};

/// Steps in order. Refers to nodes of the transition and its copies; up to eight steps without an allocation. O(1) and
/// noexcept, where nothing else is said. Threads: as with an int.
template <class Node>
class access_set {
 public:
  using value_type = access_step<Node>;  ///< what a range-for gets

  /// For transition: one more step. O(1), amortised. Throws std::bad_alloc from the ninth on.
  void push_back(const access_step<Node>& step) { steps_.push_back(step); }

  /// All of them.
  [[nodiscard]] std::span<const access_step<Node>> steps() const noexcept { return {steps_.data(), steps_.size()}; }
  /// The first step.
  [[nodiscard]] auto begin() const noexcept { return steps().begin(); }
  /// Behind the last one.
  [[nodiscard]] auto end() const noexcept { return steps().end(); }
  /// How many steps.
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  /// Whether there are none: nobody holds the key.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The i-th step; i < size() is a precondition: QUOIT_ASSERT.
  [[nodiscard]] const access_step<Node>& operator[](std::size_t i) const noexcept {
    QUOIT_ASSERT(i < size(), "access_set: index out of range");
    return steps_.data()[i];
  }
  /// Whether the write has to reach its quorum among the steps that are in_old and, apart from that, among those
  /// in_new.
  [[nodiscard]] bool both_quorums() const noexcept { return both_quorums_; }
  /// For transition: it has.
  void require_both_quorums() noexcept { both_quorums_ = true; }

 private:
  detail::small_list<access_step<Node>> steps_;
  bool both_quorums_ = false;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
