// SPDX-License-Identifier: MIT
// Looks up many keys at once: the index entries of later keys are prefetched while earlier keys are answered.
//
//   key i + 32 ──position──▶ prefetch(index.address(position))
//   key i      ──────────────────────────────────────────────▶ use(index.find(position))
#pragma once

#include <algorithm>
#include <array>
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

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
