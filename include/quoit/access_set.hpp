// SPDX-License-Identifier: MIT
// access_set: which nodes an operation on a key goes to during a migration, and what it does there. A transition makes
// these sets. While a move is at `copying`:
//
//   store        read, write, erase   [old: use if present] [new: use]
//   replicated   write, erase         every node of both lists; a quorum of each list
//                read                 a quorum of the old list (from `copied` on: of the new list)
//   cache        read                 [new: use] [old: use] [new: add what was found]
//                write                [new: use] [old: invalidate]
//                erase                [new: invalidate and hold] [old: invalidate]
//
// Simpler orders lose data:
//   new, then old                     the key moves between the two requests: a false miss
//   old, then new; write new only     the old copy hides the newer one: a stale read
//   write both, without versions      two writes reach the two nodes in different orders, and one update is lost
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/small_list.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The kind of data that moves. It decides the sets that a transition gives for a key.
enum class access {
  automatic,   ///< store for one copy of each key, replicated for several
  store,       ///< one authoritative copy; keys are handed over one by one, each atomically (Redis MIGRATE)
  replicated,  ///< writes carry versions, the newest wins, deletions leave a marker, reads and writes need a quorum
  cache        ///< a missing value can be fetched again from elsewhere
};

/// What an operation does at a node.
enum class action : std::uint8_t {
  use,             ///< the operation itself
  use_if_present,  ///< if the key is there, do the operation and stop: this is the true copy; else go to the next step
  fill_add,        ///< store what another step read, if the key is still missing (memcached add, or a lease)
  invalidate,      ///< remove the key
  invalidate_and_hold  ///< remove the key, and refuse fill_add for longer than an erasure and a fill take
};

/// One step of an operation.
template <class Node>
struct access_step {
  const Node* at = nullptr;   ///< never null in a set of a transition
  action what = action::use;  ///< what the operation does there
  bool in_old = false;        ///< whether the node counts for the quorum of the old list
  bool in_new = false;        ///< whether the node counts for the quorum of the new list
};

/// The steps of an operation, in order. Refers to nodes of the transition and its copies. Up to eight steps need no
/// allocation. O(1) and noexcept unless stated otherwise. Threads: not synchronised, like a built-in type.
template <class Node>
class QUOIT_DETAIL_VIEW access_set {
 public:
  using value_type = access_step<Node>;  ///< the element type

  /// For transition: appends a step. Amortised O(1). May throw std::bad_alloc from the ninth step on.
  void push_back(const access_step<Node>& step) { steps_.push_back(step); }

  /// All steps.
  [[nodiscard]] std::span<const access_step<Node>> steps() const& noexcept { return {steps_.data(), steps_.size()}; }
  /// The first step.
  [[nodiscard]] auto begin() const& noexcept { return steps().begin(); }
  /// One past the last step.
  [[nodiscard]] auto end() const& noexcept { return steps().end(); }
  /// The number of steps.
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  /// Whether there are no steps: no node serves the key now, because its slot has no copy. That is no answer: a client
  /// refuses the operation, as Redis Cluster does with CLUSTERDOWN, and does not take the key for absent.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The i-th step. Precondition: i < size(); QUOIT_ASSERT checks it.
  [[nodiscard]] const access_step<Node>& operator[](std::size_t i) const& noexcept {
    QUOIT_ASSERT(i < size(), "access_set: index out of range");
    return steps_.data()[i];
  }
  /// The same of a temporary set: a copy of the step.
  [[nodiscard]] access_step<Node> operator[](std::size_t i) const&& noexcept { return (*this)[i]; }
  /// Whether a write needs two quorums: one of the steps that are in_old, and one of the steps that are in_new.
  [[nodiscard]] bool both_quorums() const noexcept { return both_quorums_; }
  /// For transition: sets both_quorums().
  void require_both_quorums() noexcept { both_quorums_ = true; }

  // ---- A temporary set hands out nothing that refers to it (P9). A loop over a temporary set is allowed.

  void steps() const&& QUOIT_DETAIL_TEMPORARY("keep the set in a variable first");
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the set in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the set in a variable first");

 private:
  detail::small_list<access_step<Node>> steps_;
  bool both_quorums_ = false;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
