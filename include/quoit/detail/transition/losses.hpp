// SPDX-License-Identifier: MIT
// add_lost_ranges: what a lost node held, in ranges: those of the parts that a report names, and all others.
//
//   parts that change       named in the report by move_states::fail()
//   everything else         the same list before and after; looked through here
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/share.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Plan: transition_plan<Placement>. Completes the report of a lost node. O(vnodes or slots × copies).
template <class Plan>
void add_lost_ranges(const Plan& plan, const move_progress& now, std::uint32_t node, failure_report& report) {
  for (const std::size_t part : report.lost) report.lost_ranges.push_back(plan.parts()[part]);
  for (const std::size_t part : report.last_copy) report.last_copy_ranges.push_back(plan.parts()[part]);
  plan.for_each_unchanged([&](const transition_part& range, const std::vector<std::uint32_t>& nodes) {
    if (!detail::contains(nodes, node)) return;
    std::size_t live = 0;
    for (const std::uint32_t one : nodes) live += now.lost[one] ? 0U : 1U;
    if (live == 0) report.lost_ranges.push_back(range);
    if (live == 1) report.last_copy_ranges.push_back(range);
  });
  const auto add_up = [](std::vector<transition_part>& ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const transition_part& a, const transition_part& b) { return a.range.to < b.range.to; });
    share size;
    for (const transition_part& one : ranges) size += one.size;
    return size;
  };
  report.lost_size = add_up(report.lost_ranges);
  report.last_copy_size = add_up(report.last_copy_ranges);
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
