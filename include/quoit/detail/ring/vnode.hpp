// SPDX-License-Identifier: MIT
// vnode: a virtual node. circle_cut: divides the circle into equal parts.
//
//   (position, tie, number)   `number` identifies the node (see node_table). On the whole circle the position is the
//                             full hash, and there is no tie. On finite circles many vnodes share a slot. There the tie
//                             is the full hash, and it decides before the id does. Otherwise the node with the smallest
//                             id would win every shared slot.
//
//   position ──cut──▶ part, remainder      part = the high 64 bits, remainder = the low 64 bits of position × parts
//
// The multiplication keeps the order: a larger position is in the same or a later part, and within the same part it has
// an equal or larger remainder.
//
// Rejected: a power of two as the number of parts, and a shift. Parts would be up to twice as full as they should be.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>
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

// The id order of two nodes, given by number. It decides between vnodes with equal position and tie (P1). Such a tie is
// rare, so the indirect call costs nothing. It keeps the type of the node out of the code that orders vnodes, which is
// compiled once for all types.
class id_order {
 public:
  using function_type = bool(const void* context, std::uint32_t a, std::uint32_t b) noexcept;

  // Compares numbers. That order suffices for finding a vnode again.
  id_order() noexcept
      : id_order(nullptr, [](const void*, std::uint32_t a, std::uint32_t b) noexcept { return a < b; }) {}
  // Calls function(context, a, b), which returns whether node a has the smaller id.
  id_order(const void* context, function_type* function) noexcept : context_(context), function_(function) {}
  // Calls before(a, b). It must not throw and must outlive this object.
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

// Divides all positions, 0 to `last`, into `parts` parts of (nearly) equal width.
template <class Tie>
class circle_cut {
 public:
  static constexpr bool whole = std::is_same_v<Tie, no_tie>;

  circle_cut() = default;
  circle_cut(std::uint64_t last, std::uint64_t parts) noexcept
      : multiplier_(parts), shift_(whole || last == 0 ? 0 : std::countl_zero(last)) {
    // Finite positions are shifted up to fill 64 bits. A larger multiplier makes up for the values above the last one.
    const std::uint64_t end = (last << shift_) + (std::uint64_t{1} << shift_);
    if (!whole && end != 0) multiplier_ = divide({parts, 0}, end).low;
  }

  // The same cut with every part divided into `times` parts.
  [[nodiscard]] circle_cut finer(std::uint64_t times) const noexcept {
    circle_cut result = *this;
    result.multiplier_ *= times;
    return result;
  }

  // The part (high) and the remainder (low) of a position up to `last`.
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
