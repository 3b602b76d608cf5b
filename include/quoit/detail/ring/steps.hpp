// SPDX-License-Identifier: MIT
// ring_steps: the distinct nodes of a ring from a position on, one by one. quoit::node_walk makes a range of it.
//
//   vnodes from the position on    a b a a c b d …    vnode_cursor: 16 numbers at a time
//   nodes that are returned        a b     c   d      seen_: those before
//
// The first numbers come from the cache line that also answers a lookup, later ones from the pages of the store. So the
// first few nodes cost about as much as replicas(), and a node after them as much as the vnodes in front of it.
//
// Rejected: a walk along the cache lines, which needs a state of its own for lines that are empty or overflow, for a
// copy of 16 numbers that is saved.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/number_set.hpp>
#include <quoit/detail/ring/circle.hpp>
#include <quoit/detail/ring/node_table.hpp>
#include <quoit/detail/ring/page.hpp>
#include <quoit/detail/ring/store.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The vnodes of a circle from a position on, each once. Refers to the circle.
template <class Tie>
class vnode_cursor {
 public:
  vnode_cursor() = default;
  // There are no vnodes from a position on that is after the last one of the circle.
  vnode_cursor(const vnode_circle<Tie>& circle, std::uint64_t position) noexcept
      : circle_(&circle), position_(position), left_(position > circle.last() ? 0 : circle.size()) {}

  // The node number of the next vnode, or `none` after the last one.
  [[nodiscard]] std::uint32_t next() noexcept {
    if (left_ == 0) return none;
    --left_;
    if (at_ == count_) read();
    return numbers_[at_++];
  }

 private:
  using place = typename vnode_store<Tie>::place;

  void read() noexcept {
    if (count_ == 0) {
      count_ = circle_->first(position_, numbers_);
      if (count_ != 0) return;
    }
    const vnode_store<Tie>& store = circle_->store();
    if (!is_placed_) {
      place_ = store.at_or_after(position_);
      for (std::size_t i = 0; i < at_; ++i) place_ = store.next(place_);
      is_placed_ = true;
    }
    const vnode_page<Tie>& page = store.pages()[place_.page];
    count_ = (std::min)(numbers_.size(), page.size() - place_.index);
    for (std::size_t i = 0; i < count_; ++i) numbers_[i] = page.number(place_.index + i);
    place_ = store.normalised({place_.page, place_.index + count_});
    at_ = 0;
  }

  const vnode_circle<Tie>* circle_ = nullptr;
  std::uint64_t position_ = 0;
  std::size_t left_ = 0;   // vnodes that were not returned yet
  std::size_t at_ = 0;     // the next one in numbers_
  std::size_t count_ = 0;  // how many numbers_ has
  place place_{};          // the vnode after those in numbers_, once is_placed_
  bool is_placed_ = false;
  std::array<std::uint32_t, 16> numbers_{};
};

template <class Node, class Tie>
class ring_steps {
 public:
  using node_type = Node;

  // Where a walk starts. Refers to the ring.
  struct start {
    const node_table<Node>* nodes;
    const vnode_circle<Tie>* circle;
    std::uint64_t position;
  };

  ring_steps() = default;
  // No steps if the start is default-constructed.
  explicit ring_steps(const start& from) noexcept {
    if (from.circle == nullptr) return;
    nodes_ = from.nodes;
    vnodes_ = vnode_cursor<Tie>(*from.circle, from.position);
    left_ = from.nodes->active();
  }

  // The next node that was not returned before, or null after the last one. Allocates from the ninth node on, and
  // changes nothing if it throws.
  [[nodiscard]] const Node* next() {
    if (left_ == 0) return nullptr;
    seen_.make_room();
    for (;;) {
      const std::uint32_t number = vnodes_.next();
      if (number == none) {
        left_ = 0;
        return nullptr;
      }
      if (!seen_.insert(number)) continue;
      --left_;
      return nodes_->node(number);
    }
  }

 private:
  const node_table<Node>* nodes_ = nullptr;
  number_set seen_;
  vnode_cursor<Tie> vnodes_;
  std::size_t left_ = 0;  // active nodes that were not returned yet
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
