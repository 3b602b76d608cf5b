// SPDX-License-Identifier: MIT
// startable_moves: the moves of a transition that may begin now, as a range that is computed while it is read.
//
//   for (const std::size_t move : t.startable()) …             all of them, the most urgent first
//   const std::vector<std::size_t> moves = t.startable();      a list
//   t.next_startable()                                         only the first
//
// Each of them may begin alone, and all of them may begin in this order. The loop may begin, copy and finish the moves
// that it is given: the range then names moves that may begin at that moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/startable_walk.hpp>
#include <quoit/detail/transition/states.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The moves of a transition that may begin now, as indices into transition::moves(). A view of the transition, which
/// must outlive it and its iterators. Steps of the transition do not invalidate them; an assignment to the transition
/// does. Const members may run in any number of threads. Allocates while it is read.
class startable_moves {
 public:
  /// Reads the range once, or several times while the transition does not change. Threads: not synchronised, like a
  /// built-in type.
  class iterator {
   public:
    using iterator_concept = std::forward_iterator_tag;  ///< for C++20
    using iterator_category = std::input_iterator_tag;   ///< a reference is a value
    using value_type = std::size_t;                      ///< an index into moves()
    using difference_type = std::ptrdiff_t;              ///< as the standard library wants it
    using pointer = void;                                ///< there is no operator->
    using reference = std::size_t;                       ///< an index into moves()

    /// Belongs to no range. O(1).
    iterator() = default;
    /// The move. O(1).
    [[nodiscard]] std::size_t operator*() const noexcept { return move_; }
    /// Goes to the next move. O(log moves) amortised, unless the moves before have made many streams wait: O(streams).
    iterator& operator++() {
      find();
      return *this;
    }
    /// The same; copies the iterator, which is O(moves read).
    iterator operator++(int) {
      iterator old = *this;
      find();
      return old;
    }
    /// Whether both stand at the same move of one range. O(1).
    [[nodiscard]] friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.move_ == b.move_; }

   private:
    friend class startable_moves;
    explicit iterator(const detail::move_states& states) : walk_(1, detail::startable_walk(states)) { find(); }

    void find() { move_ = walk_.front().next(); }

    std::vector<detail::startable_walk<detail::move_states>> walk_;  // one, or none in a default-constructed iterator
    std::uint32_t move_ = detail::none;
  };

  /// Implements transition::startable(). O(1).
  explicit startable_moves(const detail::move_states& states) noexcept : states_(&states) {}

  /// The most urgent move. O(log moves), allocates.
  [[nodiscard]] iterator begin() const { return iterator(*states_); }
  /// One past the last move. O(1).
  [[nodiscard]] iterator end() const noexcept { return {}; }
  /// Whether no move may begin. O(log moves).
  [[nodiscard]] bool empty() const noexcept { return states_->next_startable() == detail::none; }
  /// The most urgent move. Precondition: not empty; QUOIT_ASSERT checks it. O(log moves).
  [[nodiscard]] std::size_t front() const noexcept {
    QUOIT_ASSERT(!empty(), "startable_moves: front() of an empty range");
    return states_->next_startable();
  }
  /// The number of moves, which are counted. O(moves of the range × log moves).
  [[nodiscard]] std::size_t size() const {
    std::size_t count = 0;
    for (iterator at = begin(); at != end(); ++at) ++count;
    return count;
  }
  /// All of them as a list. O(moves of the range × log moves).
  [[nodiscard]] operator std::vector<std::size_t>() const {
    std::vector<std::size_t> result;
    for (iterator at = begin(); at != end(); ++at) result.push_back(*at);
    return result;
  }
  /// Whether these are the moves of a list, in its order. O(moves of the range × log moves).
  [[nodiscard]] friend bool operator==(const startable_moves& a, const std::vector<std::size_t>& b) {
    return static_cast<std::vector<std::size_t>>(a) == b;
  }
  /// Whether both have the same moves in the same order. O(moves of both × log moves).
  [[nodiscard]] friend bool operator==(const startable_moves& a, const startable_moves& b) {
    return a == static_cast<std::vector<std::size_t>>(b);
  }

 private:
  const detail::move_states* states_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

// Iterators refer to the transition, not to the range.
template <>
inline constexpr bool std::ranges::enable_borrowed_range<quoit::startable_moves> = true;
// size() counts.
template <>
inline constexpr bool std::ranges::disable_sized_range<quoit::startable_moves> = true;
