// SPDX-License-Identifier: MIT
// Looks up many keys at once: the index entries of later keys are prefetched while earlier keys are answered.
//
//   key i + 32 ──position──▶ prefetch(index.address(position))
//   key i      ──────────────────────────────────────────────▶ use(index.find(position))
//
// Everything that counts or compares keys uses for_each_owner_in() or for_each_pair_of_owners(), which do so in any
// placement that has a member for_each_owner(), and look up one key after the other in the others.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <vector>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Calls use(number) with the owner of each key, in order, for the first `limit` keys. index.find(position_of(key)) is
// the number, and reads index.address(position). Returns the number of keys. O(lookup) for each key.
template <class Index, class Keys, class PositionOf, class Use>
std::size_t for_each_owner(const Index& index, Keys& keys, std::size_t limit, const PositionOf& position_of,
                           const Use& use) {
  constexpr std::size_t ahead = 32;
  std::array<std::uint64_t, ahead> positions;
  const auto answer = [&](std::size_t key) { use(static_cast<std::uint32_t>(index.find(positions[key % ahead]))); };
  std::size_t fetched = 0;
  for (auto at = std::ranges::begin(keys); fetched < limit && at != std::ranges::end(keys); ++at, ++fetched) {
    const std::uint64_t position = position_of(*at);
    prefetch(index.address(position));
    if (fetched >= ahead) answer(fetched);
    positions[fetched % ahead] = position;
  }
  for (std::size_t key = fetched - (std::min)(fetched, ahead); key < fetched; ++key) answer(key);
  return fetched;
}

// The number of an owner inside its placement: small, and the same for all keys of a call.
struct owner_number {
  std::uint32_t value;
};

// Gives an owner to the `use` of a member for_each_owner(), with its number if `use` can take that.
template <class Node, class Use>
void give_owner(const Use& use, const Node* node, std::uint32_t number) {
  if constexpr (std::invocable<const Use&, const Node*, owner_number>) use(node, owner_number{number});
  else use(node);
}

// The list of result_of(number) for the owner of each key, in order. O(lookup) for each key, allocates.
template <class Result, class Index, class Keys, class PositionOf, class ResultOf>
[[nodiscard]] std::vector<Result> owners_of(const Index& index, Keys& keys, const PositionOf& position_of,
                                            const ResultOf& result_of) {
  std::vector<Result> results;
  if constexpr (std::ranges::sized_range<Keys>) results.reserve(std::ranges::size(keys));
  for_each_owner(index, keys, ~std::size_t{0}, position_of,
                 [&](std::uint32_t number) { results.push_back(result_of(number)); });
  return results;
}

template <class Placement, class Keys>
concept looks_up_many = requires(const Placement& p, Keys& keys, void (&use)(const typename Placement::node_type*)) {
  p.for_each_owner(keys, use);
};

// Calls use(node) with the owner of each key in any placement, in order; null if a key has none. O(lookup) for each
// key.
template <class Placement, class Keys, class Use>
void for_each_owner_in(const Placement& placement, Keys& keys, const Use& use) {
  if constexpr (std::ranges::input_range<Keys> && looks_up_many<Placement, Keys>) {
    placement.for_each_owner(keys, use);
  } else {
    for (auto&& key : keys) use(static_cast<const typename Placement::node_type*>(placement.find(key)));
  }
}

// Some keys of a range. Rejected: std::ranges::subrange, because clang 14 does not compile that of libstdc++.
template <class Iterator>
struct key_part {
  Iterator first, last;

  [[nodiscard]] Iterator begin() const { return first; }
  [[nodiscard]] Iterator end() const { return last; }
};

// Calls use(owner before, owner after) for each key, in order. Keys that can be read twice are looked up in parts,
// first in one placement, then in the other. O(lookup) for each key.
template <class Before, class After, class Keys, class Use>
void for_each_pair_of_owners(const Before& before, const After& after, Keys& keys, const Use& use) {
  using before_type = const typename Before::node_type*;
  using after_type = const typename After::node_type*;
  if constexpr (std::ranges::forward_range<Keys>) {
    constexpr std::ptrdiff_t part = 1024;
    std::array<before_type, static_cast<std::size_t>(part)> owners;
    const auto end = std::ranges::end(keys);
    for (auto first = std::ranges::begin(keys); first != end;) {
      const auto last = std::ranges::next(first, part, end);
      key_part<decltype(first)> some{first, last};
      std::size_t written = 0, read = 0;
      for_each_owner_in(before, some, [&](before_type node) { owners[written++] = node; });
      for_each_owner_in(after, some, [&](after_type node) { use(owners[read++], node); });
      first = last;
    }
  } else {
    for (auto&& key : keys) {
      const before_type from = before.find(key);
      use(from, static_cast<after_type>(after.find(key)));
    }
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
