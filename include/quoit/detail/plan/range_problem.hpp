// SPDX-License-Identifier: MIT
// The ranges of a table with one copy of each slot, and how many slots each node may give and take when it has the
// fewest moves.
//
//   slots    0 1 2 3 4 5 6 7 8 9
//   before   a a a a b b b - - c        atoms: a×4, b×3, hole×2, c×1
//   next     a a a d d b b c c c        a and b give one slot each, c takes two, d takes two
//
// With the fewest moves, no node both gives and takes: it could keep what it gives instead. Two cases remain. Where the
// nodes with too few slots lack more than there is too much, each of them takes exactly what it lacks. Otherwise each
// node with too many slots gives exactly what is too much.
//
// An atom is a range of one owner, cut where it changes from slots that may move to slots that may not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The number of maximal runs of equal entries.
[[nodiscard]] inline std::uint64_t count_ranges(std::span<const std::uint32_t> owners) noexcept {
  std::uint64_t ranges = 0;
  for (std::size_t p = 0; p < owners.size(); ++p) ranges += p == 0 || owners[p] != owners[p - 1] ? 1U : 0U;
  return ranges;
}

class range_problem {
 public:
  using node = std::uint32_t;

  struct atom {
    node owner;  // none for a hole
    std::uint32_t start, length;
    bool free;  // its slots may go to another node
  };

  // `old`: by slot, the owner or none. `fixed`: by slot, it stays where it is if it has an owner. `least` and `most`:
  // by node, the limits of its load.
  range_problem(std::span<const node> old, const std::vector<bool>& fixed, std::span<const std::uint32_t> least,
                std::span<const std::uint32_t> most)
      : give_least(least.size(), 0), give_most(least.size(), 0), take_least(least.size(), 0),
        take_most(least.size(), 0), slots_(static_cast<std::uint32_t>(old.size())) {
    std::vector<std::uint32_t> load(least.size(), 0), loose(least.size(), 0);
    std::uint64_t holes = 0, lacking = 0, surplus = 0;
    for (std::size_t p = 0; p < old.size(); ++p) {
      if (old[p] == none) {
        ++holes;
        continue;
      }
      ++load[old[p]];
      if (!fixed[p]) ++loose[old[p]];
    }
    for (std::size_t n = 0; n < load.size(); ++n) {
      lacking += least[n] - (std::min)(least[n], load[n]);
      surplus += load[n] - (std::min)(most[n], load[n]);
    }
    moves_ = (std::max)(lacking, holes + surplus);
    const bool takes_are_exact = lacking >= holes + surplus;
    const bool gives_are_exact = lacking <= holes + surplus;
    for (std::size_t n = 0; n < load.size(); ++n) {
      const auto over = [&](std::uint32_t limit) { return load[n] - (std::min)(limit, load[n]); };
      const auto under = [&](std::uint32_t limit) { return limit - (std::min)(limit, load[n]); };
      give_least[n] = over(most[n]);
      give_most[n] = (std::min)(loose[n], gives_are_exact ? give_least[n] : over(least[n]));
      take_least[n] = under(least[n]);
      take_most[n] = takes_are_exact ? take_least[n] : under(most[n]);
      if (give_least[n] > give_most[n]) possible_ = false;
    }
    tighten(give_least, give_most, moves_ - holes, spare_gives);
    tighten(take_least, take_most, moves_, spare_takes);
    for (std::uint32_t p = 0; p < slots_; ++p) {
      const bool free = old[p] == none || (!fixed[p] && give_most[old[p]] > 0);
      if (!atoms.empty() && atoms.back().owner == old[p] && atoms.back().free == free) ++atoms.back().length;
      else atoms.push_back({old[p], p, 1, free});
    }
  }

  // The fewest moves. It is what the flow finds, unless slots that must stay leave no table within the limits.
  [[nodiscard]] std::uint64_t moves() const noexcept { return moves_; }
  [[nodiscard]] bool possible() const noexcept { return possible_; }
  [[nodiscard]] std::size_t nodes() const noexcept { return give_least.size(); }
  [[nodiscard]] std::uint32_t slots() const noexcept { return slots_; }
  [[nodiscard]] bool takes(node n) const noexcept { return n != none && take_most[n] > 0; }
  [[nodiscard]] bool is_hole(std::size_t i) const noexcept { return atoms[i].owner == none; }
  // Whether all slots of the atom can go to other nodes.
  [[nodiscard]] bool can_vanish(std::size_t i) const noexcept {
    if (is_hole(i) || !atoms[i].free) return atoms[i].free;
    const node n = atoms[i].owner;
    return atoms[i].length <= (std::min<std::uint64_t>)(give_most[n], give_least[n] + spare_gives);
  }
  // Whether the atom and the one before it are one range.
  [[nodiscard]] bool continues(std::size_t i) const noexcept { return i > 0 && atoms[i].owner == atoms[i - 1].owner; }

  std::vector<atom> atoms;
  // By node. In total, the nodes give give_least and `spare_gives` more, and take take_least and `spare_takes` more.
  std::vector<std::uint32_t> give_least, give_most, take_least, take_most;
  std::uint64_t spare_gives = 0, spare_takes = 0;

 private:
  // A node whose `most` the others cannot do without must give or take more than its `least`.
  void tighten(std::vector<std::uint32_t>& least, const std::vector<std::uint32_t>& most, std::uint64_t total,
               std::uint64_t& spare) {
    const std::uint64_t all = std::accumulate(most.begin(), most.end(), std::uint64_t{0});
    if (all < total) possible_ = false;
    const std::uint64_t unused = all - (std::min)(all, total);
    spare = total;
    for (std::size_t n = 0; n < most.size(); ++n) {
      const auto forced = static_cast<std::uint32_t>(most[n] - (std::min<std::uint64_t>)(most[n], unused));
      least[n] = (std::max)(least[n], forced);
      if (spare < least[n]) possible_ = false;
      spare -= (std::min<std::uint64_t>)(spare, least[n]);
    }
  }

  std::uint32_t slots_;
  std::uint64_t moves_ = 0;
  bool possible_ = true;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
