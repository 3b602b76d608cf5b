// SPDX-License-Identifier: MIT
// How many keys change their owner when a placement is frozen into a slot table.
//
//   placement   ──a──┬──────b──────┬──a──      ranged: both are cut into pieces in which neither changes,
//   table       ──a──────┬────b────┬──a──      and the pieces with different owners are added up
//   different        ~~~~
//
// A placement without ranges is sampled at fixed hashes, so that the estimate is the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <quoit/adopt_report.hpp>
#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/detail/placement/lookup.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/detail/placement/segments.hpp>
#include <quoit/hash.hpp>
#include <quoit/key.hpp>
#include <quoit/share.hpp>
#include <quoit/slots.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

inline constexpr std::uint64_t adopt_samples = std::uint64_t{1} << 16;

// `table` has a slot policy of its own, and the placement the whole circle.
template <class Placement, class Table>
[[nodiscard]] share changed_on_circle(const Placement& frozen, const Table& table) {
  using node_type = typename Placement::node_type;
  const node_union<node_type> nodes(frozen, table);
  std::vector<arc<node_type>> runs = table.arcs();
  for (arc<node_type>& run : runs) {
    const auto last_hash = [&](std::uint64_t slot) { return (hashes_below(table.slots(), slot + 1) - share(1)).low(); };
    run.range = {last_hash(run.range.from), last_hash(run.range.to)};
  }
  share changed;
  for_each_segment(frozen.arcs(), runs, [&](const position_range& range, const auto* before, const auto* after) {
    if (nodes.rank(owner_of(before)) != nodes.rank(owner_of(after))) changed += frozen.size_of(range);
  });
  return changed;
}

// The half-width of the 99 % interval of Agresti and Coull (The American Statistician 1998), which does not shrink to
// nothing where no sample or every sample differs.
[[nodiscard]] inline double error_of_sample(std::uint64_t found, std::uint64_t samples) noexcept {
  constexpr double z = 2.576;
  const double n = static_cast<double>(samples) + z * z;
  const double center = (static_cast<double>(found) + z * z / 2) / n;
  // The interval is around `center`, but the report is around the fraction that was found.
  const double fraction = static_cast<double>(found) / static_cast<double>(samples);
  const double offset = center < fraction ? fraction - center : center - fraction;
  return z * std::sqrt(center * (1 - center) / n) + offset;
}

template <class Placement, class Table>
[[nodiscard]] adopt_report adopt_error(const Placement& frozen, const Table& table) {
  adopt_report report;
  if (table.empty()) return report;
  if constexpr (ranged_placement<Placement>) {
    // At equal positions the table's primary is the placement's.
    if (frozen.key_spec() != table.key_spec()) report.changed = changed_on_circle(frozen, table);
  } else {
    using node_type = typename Placement::node_type;
    const node_union<node_type> nodes(frozen, table);
    std::uint64_t changed = 0;
    std::vector<key_hash> keys;
    for (std::uint64_t i = 0; i < adopt_samples; ++i) keys.push_back({splitmix64(i)});
    for_each_pair_of_owners(frozen, table, keys, [&](const node_type* before, const node_type* after) {
      changed += nodes.rank(before) != nodes.rank(after) ? 1U : 0U;
    });
    report.changed = share::ratio(changed, adopt_samples);
    report.exact = false;
    report.error = error_of_sample(changed, adopt_samples);
    report.samples = adopt_samples;
  }
  return report;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
