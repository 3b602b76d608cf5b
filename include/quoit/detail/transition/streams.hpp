// SPDX-License-Identifier: MIT
// streams_of: the moves of a transition grouped by source and receiver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/transition/states.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// In the order of their first moves, without those that only drop a copy. Plan: transition_plan<Placement>. O(moves log
// moves), allocates.
template <class Plan>
[[nodiscard]] auto streams_of(const Plan& plan, const move_states& states) {
  std::vector<transfer_stream<typename Plan::node_type>> result;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> index;
  for (std::size_t i = 0; i < plan.moves().moves().size(); ++i) {
    const auto [source, to] = states.nodes_of(i);
    if (to == none) continue;
    const std::size_t at = index.try_emplace({source, to}, result.size()).first->second;
    if (at == result.size()) result.push_back({plan.node(source), plan.node(to), {}, {}, {}});
    const transition_part& part = plan.parts()[states.part_of(i)];
    result[at].moves.push_back(i);
    result[at].ranges.push_back(part.range);
    result[at].size += part.size;
  }
  return result;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
