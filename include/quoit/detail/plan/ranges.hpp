// SPDX-License-Identifier: MIT
// Contiguous ranges: a table with one copy of each slot, the fewest moves, and few ranges.
//
//   old table, limits of loads ─▶ range_problem ─┬─▶ range_bound ── prices, ranges to give whole ─┐
//                                                └─▶ range_gifts ─▶ range_fill ─▶ table ◀─────────┘ the best of several
//
// The fewest ranges cannot be found fast in general: whether two nodes can share three ranges exactly is a question of
// sums (Garey and Johnson 1979, SP12). So several tables are made, and the best is compared with a bound.
//
// Rejected: an exchange of slots in the table of the flow, which starts from thousands of ranges and stops far from the
// bound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/range_bound.hpp>
#include <quoit/detail/plan/range_fill.hpp>
#include <quoit/detail/plan/range_gifts.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/hash.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class range_planner {
 public:
  using node = range_problem::node;

  // The arguments are those of range_problem. `table` is a table with the fewest moves within the limits; afterwards it
  // is one with few ranges.
  range_planner(std::span<const node> old, const std::vector<bool>& fixed, std::span<const std::uint32_t> least,
                std::span<const std::uint32_t> most, std::span<node> table)
      : in_(old, fixed, least, most), table_(table), ranges_(count_ranges(table)), bound_(1) {
    std::uint64_t moves = 0;
    for (std::size_t p = 0; p < old.size(); ++p) moves += old[p] != table[p] ? 1U : 0U;
    // They differ only where fixed slots leave no table within the limits.
    if (!in_.possible() || moves != in_.moves()) return;
    bound_ = fewest_owners();
    search();
  }

  [[nodiscard]] std::uint64_t ranges() const noexcept { return ranges_; }
  // No table with as few moves within the same limits has fewer ranges.
  [[nodiscard]] std::uint64_t bound() const noexcept { return bound_; }

 private:
  // A range for each node that must hold slots, and for as many others as are needed to hold all.
  [[nodiscard]] std::uint64_t fewest_owners() const {
    std::vector<std::uint32_t> least(in_.nodes(), 0);
    for (const auto& one : in_.atoms) {
      if (one.owner != none) least[one.owner] += one.length;
    }
    std::vector<std::uint32_t> most = least;
    for (std::size_t n = 0; n < least.size(); ++n) {
      least[n] = least[n] + in_.take_least[n] - in_.give_most[n];
      most[n] = most[n] + in_.take_most[n] - in_.give_least[n];
    }
    std::vector<std::uint32_t> others;
    std::uint64_t owners = 0, held = 0;
    for (std::size_t n = 0; n < least.size(); ++n) {
      if (least[n] == 0) {
        others.push_back(most[n]);
      } else {
        ++owners;
        held += most[n];
      }
    }
    std::sort(others.begin(), others.end(), std::greater<>());
    for (std::size_t i = 0; i < others.size() && held < in_.slots(); ++i) {
      ++owners;
      held += others[i];
    }
    return owners;
  }

  void search() {
    range_bound bound(in_);
    using amount = range_bound::amount;
    constexpr amount unit = range_bound::unit;
    const bool is_small = in_.atoms.size() <= 256;
    const std::uint64_t rounds = std::clamp<std::uint64_t>(8'000 / in_.atoms.size(), 2, 60);
    const std::vector<bool> nothing(in_.atoms.size(), false);
    std::uint64_t seed = 0;
    whole_ = nothing;
    attempt(nothing, seed);
    const std::vector<bool> everything(in_.atoms.size(), true);
    if (is_small) attempt(everything, seed);
    for (const auto& [taker_price, part_price] : {std::pair<amount, amount>{unit, 0}, {0, 0}, {0, unit}}) {
      if (part_price > 0 && (!bound.has_few_takers() || !is_small)) continue;
      for (const amount giver_price : {unit / 2, amount{0}}) {
        if (giver_price == 0 && !is_small) continue;
        bound.start(giver_price, taker_price, part_price);
        for (std::uint64_t i = 0; i < rounds && !done(); ++i) {
          bound_ = (std::max)(bound_, bound.evaluate());
          bound.adjust(1 + static_cast<amount>(i) / 4);
          if (is_small) attempt(i % 8 == 3 ? nothing : i % 8 == 7 ? everything : bound.vanishes(), seed++);
          else if (i + 1 == rounds) attempt(bound.vanishes(), 0);
        }
      }
    }
    if (is_small) climb();
    bound_ = (std::min)(bound_, ranges_);
  }

  // A large table is good enough if it is close to the bound.
  [[nodiscard]] bool done() const noexcept { return ranges_ - (std::min)(ranges_, bound_) <= ranges_ / 256; }

  // Changes the ranges that the best table gives away as a whole, one or two at a time, while it is far from the bound.
  void climb() {
    std::vector<bool> whole = whole_;
    std::uint64_t ranges = ranges_;
    for (std::uint64_t i = 1; i <= 1000 && 5 * bound_ < 4 * ranges_; ++i) {
      std::vector<bool> next = whole;
      for (std::uint64_t flips = 1 + i % 3; flips > 0; --flips) {
        const auto at = static_cast<std::size_t>(splitmix64(8 * i + flips) % next.size());
        next[at] = !next[at];
      }
      const std::uint64_t now = attempt(next, i % 4 == 0 ? i : 0);
      if (now > ranges) continue;
      whole = std::move(next);
      ranges = now;
    }
  }

  // The ranges of a table where these atoms are given as a whole, as far as possible.
  std::uint64_t attempt(const std::vector<bool>& whole, std::uint64_t seed) {
    const range_gifts gifts(in_, whole, seed);
    if (!gifts.complete()) return ~std::uint64_t{0};
    std::vector<node> table(table_.size());
    const range_fill fill(in_, gifts, seed, table);
    if (!fill.complete()) return ~std::uint64_t{0};
    const std::uint64_t ranges = count_ranges(table);
    if (ranges < ranges_) {
      ranges_ = ranges;
      whole_ = whole;
      std::copy(table.begin(), table.end(), table_.begin());
    }
    return ranges;
  }

  range_problem in_;
  std::span<node> table_;
  std::uint64_t ranges_;
  std::vector<bool> whole_;  // what was tried for the best table
  std::uint64_t bound_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
