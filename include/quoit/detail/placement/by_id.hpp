// SPDX-License-Identifier: MIT
// Searches a list that is in id order, and merges two such lists.
//
//   before   a   c   d          merge_by_id calls use(0, none), use(none, 0), use(1, none), use(2, 1)
//   after      b     d          with the indices of a, b, c, d in the two lists
//
// node_of(element) returns the node of an element, so that the same functions work for lists of descriptions, of
// numbers and of pairs. Lists are random-access ranges.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>

#include <quoit/detail/core/none.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The node_of for node_spec, and for every other struct with a member `node`.
inline constexpr auto node_of_spec = [](const auto& spec) -> const auto& { return spec.node; };

// Whether an id of type `Id` can name a node whose id is of type `Known`, with a sentence if not.
template <class Known, class Id>
constexpr bool require_id() {
  constexpr bool alike = std::integral<Known> == std::integral<Id>;
  static_assert(
      alike || std::integral<Known>,
      "quoit: an integer does not name a node here, because the ids of these nodes are strings. Pass the id as "
      "a string, or a node");
  static_assert(
      alike || !std::integral<Known>,
      "quoit: a string does not name a node here, because the ids of these nodes are integers. Pass the id as "
      "an integer, or a node");
  return alike;
}

// The index of the first element whose id is not less than `id`. O(log size).
template <class List, class Id, class NodeOf>
[[nodiscard]] std::size_t lower_bound_by_id(const List& list, const Id& id, const NodeOf& node_of) noexcept {
  const auto first = std::ranges::begin(list);
  const auto at = std::lower_bound(first, std::ranges::end(list), id, [&](const auto& element, const Id& value) {
    return id_less(id_of(node_of(element)), value);
  });
  return static_cast<std::size_t>(at - first);
}

// The index of the element with this id, or `none` if there is no such element. O(log size).
template <class List, class Id, class NodeOf>
[[nodiscard]] std::uint32_t find_by_id(const List& list, const Id& id, const NodeOf& node_of) noexcept {
  if constexpr (require_id<decltype(id_of(node_of(*std::ranges::begin(list)))), Id>()) {
    const std::size_t at = lower_bound_by_id(list, id, node_of);
    if (at == std::ranges::size(list)) return none;
    const auto element = std::ranges::begin(list) + static_cast<std::ptrdiff_t>(at);
    return id_equal(id_of(node_of(*element)), id) ? static_cast<std::uint32_t>(at) : none;
  } else {
    return none;
  }
}

// Calls use(index in before, index in after) for every id in ascending order, with `none` for a list that does not have
// the id. O(before + after).
template <class Before, class After, class NodeOfBefore, class NodeOfAfter, class Use>
void merge_by_id(const Before& before, const After& after, const NodeOfBefore& node_of_before,
                 const NodeOfAfter& node_of_after, const Use& use) {
  const auto first_before = std::ranges::begin(before);
  const auto first_after = std::ranges::begin(after);
  const auto end_before = std::ranges::end(before);
  const auto end_after = std::ranges::end(after);
  auto b = first_before;
  auto a = first_after;
  while (b != end_before || a != end_after) {
    const bool take_before =
        a == end_after || (b != end_before && !id_less(id_of(node_of_after(*a)), id_of(node_of_before(*b))));
    const bool take_after =
        b == end_before || (a != end_after && !id_less(id_of(node_of_before(*b)), id_of(node_of_after(*a))));
    use(take_before ? static_cast<std::uint32_t>(b - first_before) : none,
        take_after ? static_cast<std::uint32_t>(a - first_after) : none);
    if (take_before) ++b;
    if (take_after) ++a;
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
