// SPDX-License-Identifier: MIT
// What the bound on ranges knows of a table before it sets prices.
//
//   slots      a a a B b b - - C d D        capitals stay: B and C between a and d
//   stretch    0 0 0   1 1 1 1   2          a part of a zone lies in one stretch
//
// A stretch is a run of atoms that may move. Its size is what the nodes may give there: no part of a zone is larger. So
// a node that must take six slots needs two parts if all stretches are of five or fewer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class range_stretches {
 public:
  using amount = std::int64_t;
  static constexpr amount unit = 1 << 20;  // the price of one range

  explicit range_stretches(const range_problem& problem)
      : previous(problem.atoms.size(), none), stretch(problem.atoms.size(), none), in_(problem) {
    find_joints();
    find_stretches();
    count_parts();
  }

  // What a part in that stretch counts towards what the node must take, in 1 / unit of a part.
  [[nodiscard]] amount share(std::uint32_t n, std::uint32_t where) const noexcept {
    const amount need = in_.take_least[n];
    if (need == 0) return 0;
    if (parts[n] > 1 || sizes[where] >= need) return unit;
    return (unit * sizes[where] + need - 1) / need;
  }

  // By atom: the atom of the same owner that it may be joined to, because the owner may take all slots between; or
  // none.
  std::vector<std::uint32_t> previous;
  std::vector<std::uint32_t> stretch;  // by atom that may move
  std::vector<std::uint32_t> sizes;    // by stretch
  std::vector<amount> parts;           // by node: the fewest parts in which it takes what it must
  std::vector<std::uint32_t> takers;   // the nodes that must take
  amount fewest_takers = 0;            // the fewest nodes that can take all that moves

 private:
  void find_joints() {
    std::vector<std::uint32_t> last(in_.nodes(), none);
    std::uint32_t blocked = none;  // the last atom that cannot vanish
    for (std::uint32_t i = 0; i < in_.atoms.size(); ++i) {
      const auto owner = in_.atoms[i].owner;
      if (in_.takes(owner)) {
        const std::uint32_t before = last[owner];
        if (before != none && before + 1 < i && (blocked == none || blocked <= before)) {
          const std::uint32_t gap = in_.atoms[i].start - in_.atoms[before].start - in_.atoms[before].length;
          if (gap <= in_.take_most[owner]) previous[i] = before;
        }
        last[owner] = i;
      }
      if (!in_.can_vanish(i)) blocked = i;
    }
  }

  void find_stretches() {
    std::vector<std::uint32_t> given(in_.nodes(), 0);
    for (std::size_t i = 0; i < in_.atoms.size(); ++i) {
      if (!in_.atoms[i].free) continue;
      const std::size_t begin = i;
      std::uint32_t size = 0;
      for (; i < in_.atoms.size() && in_.atoms[i].free; ++i) {
        const auto& one = in_.atoms[i];
        stretch[i] = static_cast<std::uint32_t>(sizes.size());
        std::uint32_t count = one.length;
        if (!in_.is_hole(i)) {
          count = (std::min)(count, in_.give_most[one.owner] - given[one.owner]);
          given[one.owner] += count;
        }
        size += count;
      }
      for (std::size_t j = begin; j < i; ++j) {
        if (!in_.is_hole(j)) given[in_.atoms[j].owner] = 0;
      }
      sizes.push_back(size);
    }
  }

  void count_parts() {
    std::vector<std::uint32_t> falling = sizes;
    std::sort(falling.begin(), falling.end(), std::greater<>());
    std::vector<std::uint64_t> sums;
    std::uint64_t sum = 0;
    for (const std::uint32_t size : falling) sums.push_back(sum += size);
    for (std::uint32_t n = 0; n < in_.nodes(); ++n) {
      const std::uint32_t need = in_.take_least[n];
      const auto enough = std::lower_bound(sums.begin(), sums.end(), need);
      parts.push_back(need == 0 ? 0 : 1 + static_cast<amount>(enough - sums.begin()));
      if (need > 0) takers.push_back(n);
    }
    std::vector<std::uint32_t> most = in_.take_most;
    std::sort(most.begin(), most.end(), std::greater<>());
    std::uint64_t taken = 0;
    for (std::size_t i = 0; i < most.size() && taken < in_.moves(); ++i) {
      taken += most[i];
      ++fewest_takers;
    }
  }

  const range_problem& in_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
