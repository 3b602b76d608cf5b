// SPDX-License-Identifier: MIT
// find_if, walk: through the preference list of a key in any placement, as far as it is needed.
//
//   find_if(placement, key, predicate)    the first node for which the predicate holds: the first that is alive, that
//                                         has room, that is near
//   walk(placement, key)                  a lazy range of the nodes, primary first
//
// They use the members of the placement where it has such: those of ring and slot_table compute no more than they must.
// For all other placements they call preferred() with room for more and more nodes, so a type that models `placement`
// has them without a member of its own. Both are by nodes: what preferred() gives with spread::nodes. For the next
// failure domain let the predicate compare domains.
//
// Rejected: the members as a requirement of `placement`, which every placement of a user would then have to implement;
// function objects, which no other function of quoit is.
#pragma once

#include <concepts>
#include <cstdint>
#include <ranges>
#include <type_traits>

#include <quoit/concepts.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/placement/preferred_steps.hpp>
#include <quoit/node_walk.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

namespace detail {

template <class Placement, class Predicate>
concept has_find_if_at = requires(const Placement& p, std::uint64_t position, Predicate& holds) {
  { p.find_if_at(position, holds) } -> std::same_as<const typename Placement::node_type*>;
};

template <class Placement>
concept has_walk_at = requires(const Placement& p, std::uint64_t position) {
  { p.walk_at(position) } -> std::ranges::input_range;
};

}  // namespace detail

/// The first node of the position's preference list for which `predicate` holds, or null. The predicate is called with
/// a const node_type& and may see a node twice. It must not change the placement. noexcept if the predicate is.
/// O(tested nodes) of the placement's own find_if_at(); without one O(preferred() of twice the tested nodes), which
/// allocates if the first 4,096 nodes were refused, and ends the program (QUOIT_ASSERT) if there is no memory then.
template <placement Placement, std::predicate<const typename Placement::node_type&> Predicate>
[[nodiscard]] const typename Placement::node_type*
find_if_at(const Placement& placement, std::uint64_t position, Predicate&& predicate) noexcept(
    std::is_nothrow_invocable_r_v<bool, Predicate&, const typename Placement::node_type&>) {
  if constexpr (detail::has_find_if_at<Placement, Predicate>) return placement.find_if_at(position, predicate);
  else return detail::find_if_preferred(placement, position, predicate);
}
void find_if_at(const placement auto&&, auto&&...) QUOIT_DETAIL_TEMPORARY("keep the placement in a variable first");

/// The same for a key: for a placement without nodes for it, null. Costs what find_if_at() costs, and position().
template <placement Placement, class Key, std::predicate<const typename Placement::node_type&> Predicate>
[[nodiscard]] const typename Placement::node_type*
find_if(const Placement& placement, const Key& key, Predicate&& predicate) noexcept(
    std::is_nothrow_invocable_r_v<bool, Predicate&, const typename Placement::node_type&>) {
  return quoit::find_if_at(placement, placement.position(key), predicate);
}
void find_if(const placement auto&&, auto&&, auto&&) QUOIT_DETAIL_TEMPORARY("keep the placement in a variable first");

/// The nodes of the position's preference list in order, primary first: a forward range of const node_type&, of which
/// no more is computed than a loop visits. It is valid until the placement changes. The steps of a ring are O(1)
/// amortised, see ring::walk(); without a member walk_at() of the placement's own the first n nodes cost what
/// preferred() of up to 2 n nodes costs, twice, and a node from the ninth on may allocate (std::bad_alloc).
template <placement Placement>
[[nodiscard]] auto walk_at(const Placement& placement, std::uint64_t position) {
  if constexpr (detail::has_walk_at<Placement>) return placement.walk_at(position);
  else return node_walk<detail::preferred_steps<Placement>>({&placement, position});
}
void walk_at(const placement auto&&, std::uint64_t) QUOIT_DETAIL_TEMPORARY("keep the placement in a variable first");

/// The same for a key. Costs what walk_at() costs, and position().
template <placement Placement, class Key>
[[nodiscard]] auto walk(const Placement& placement, const Key& key) {
  return quoit::walk_at(placement, placement.position(key));
}
void walk(const placement auto&&, auto&&) QUOIT_DETAIL_TEMPORARY("keep the placement in a variable first");

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
