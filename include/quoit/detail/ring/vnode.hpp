// SPDX-License-Identifier: MIT
// A virtual node, and how the circle is cut into equal parts.
//
//   (position, tie, number)   `number` names the node (see node_table). On the whole circle a position is the full hash and
//                             there is no tie. In finite slots many vnodes share a slot; there the full hash decides
//                             before the id does, or the node with the smallest id would win every shared slot.
//
//   position ──cut──▶ part, remainder      part = the high, remainder = the low 64 bits of position × parts
//
// Cutting by a multiplication keeps the order: a larger position is in the same or a later part, and in the same part it has
// a remainder at least as large. Rejected: a power of two of parts and a shift, which leaves each part up to twice as
// full as it should be.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <quoit/detail/core/wide.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct no_tie {
  friend constexpr auto operator<=>(const no_tie&, const no_tie&) noexcept = default;
};

template <class Tie>
struct vnode {
  std::uint64_t position = 0;
  [[no_unique_address]] Tie tie = {};
  std::uint32_t number = 0;
};

// No node has this number.

// Which of two nodes comes first: the last word on equal positions (P1). It is asked for nothing else, so a call through
// a pointer costs nothing, and what keeps vnodes in order is compiled once for nodes of every type.
class id_order {
 public:
  using function_type = bool(const void* context, std::uint32_t a, std::uint32_t b) noexcept;

  // By number: any order at all, for who only has to find a vnode again.
  id_order() noexcept
      : id_order(nullptr, [](const void*, std::uint32_t a, std::uint32_t b) noexcept { return a < b; }) {}
  // By function(context, a, b): whether the id of node a is the smaller one.
  id_order(const void* context, function_type* function) noexcept : context_(context), function_(function) {}
  // By before(a, b), which must not throw, and must live as long.
  template <class Before>
    requires std::predicate<const Before&, std::uint32_t, std::uint32_t>
  id_order(const Before& before) noexcept
      : id_order(&before, [](const void* context, std::uint32_t a, std::uint32_t b) noexcept {
          return (*static_cast<const Before*>(context))(a, b);
        }) {}

  [[nodiscard]] bool operator()(std::uint32_t a, std::uint32_t b) const noexcept { return function_(context_, a, b); }

 private:
  const void* context_;
  function_type* function_;
};

template <class Tie>
[[nodiscard]] bool precedes(const vnode<Tie>& a, const vnode<Tie>& b, const id_order& ids) noexcept {
  if (a.position != b.position) [[likely]]
    return a.position < b.position;
  if (a.tie != b.tie) return a.tie < b.tie;
  return ids(a.number, b.number);
}

// All positions, 0 to `last`, in `parts` parts of (nearly) equal width.
template <class Tie>
class circle_cut {
 public:
  static constexpr bool whole = std::is_same_v<Tie, no_tie>;

  circle_cut() = default;
  circle_cut(std::uint64_t last, std::uint64_t parts) noexcept
      : multiplier_(parts), shift_(whole || last == 0 ? 0 : std::countl_zero(last)) {
    // Finite positions are moved up to fill the 64 bits; what is left above them is made up for by a larger factor.
    const std::uint64_t end = (last << shift_) + (std::uint64_t{1} << shift_);
    if (!whole && end != 0) multiplier_ = divide({parts, 0}, end).low;
  }

  // The same cut, every part of it in `times` more.
  [[nodiscard]] circle_cut finer(std::uint64_t times) const noexcept {
    circle_cut result = *this;
    result.multiplier_ *= times;
    return result;
  }

  // high: the part; low: the remainder. For positions up to `last`.
  [[nodiscard]] wide operator()(std::uint64_t position) const noexcept {
    if constexpr (whole) return multiply(position, multiplier_);
    else return multiply(position << shift_, multiplier_);
  }

 private:
  std::uint64_t multiplier_ = 0;
  int shift_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
