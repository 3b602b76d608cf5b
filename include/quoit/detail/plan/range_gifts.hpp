// SPDX-License-Identifier: MIT
// Chooses the slots that go to other nodes, so that few ranges remain and the given slots lie together.
//
//   before   a a a a a a b b b b c c c c c      a, b and c give 2, 1 and 1
//   given            a a b       c              a and b give where they meet, c gives at its left end
//
// Whole ranges that are given away are chosen first: the prices of the bound name them. Then each node that has to give
// more cuts an end of a range: next to slots that are given already, else next to a node that takes, else where it
// meets another node that must give, else anywhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/hash.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class range_gifts {
 public:
  using node = range_problem::node;

  // By atom: slots given at its left and at its right end. An atom that is given as a whole has all of them in `left`.
  std::vector<std::uint32_t> left, right;

  // `whole`: atoms that are best given as a whole. `seed` changes the order of choices that look equal; 0 changes none.
  range_gifts(const range_problem& problem, const std::vector<bool>& whole, std::uint64_t seed)
      : left(problem.atoms.size(), 0), right(problem.atoms.size(), 0), in_(problem), seed_(seed),
        given_(problem.nodes(), 0), spare_(problem.spare_gives), atoms_of_(problem.nodes()) {
    for (std::uint32_t i = 0; i < in_.atoms.size(); ++i) {
      if (in_.is_hole(i)) left[i] = in_.atoms[i].length;
      else if (in_.atoms[i].free) atoms_of_[in_.atoms[i].owner].push_back(i);
    }
    take_whole(whole);
    grow();
    cut();
  }

  [[nodiscard]] bool gone(std::size_t i) const noexcept { return left[i] == in_.atoms[i].length; }
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  [[nodiscard]] std::uint64_t tie(std::uint64_t x) const noexcept {
    return seed_ == 0 ? 0 : splitmix64(x + seed_) >> 32U;
  }
  // How much more the node must give, and how much more it may give.
  [[nodiscard]] std::uint32_t must(node n) const noexcept {
    return in_.give_least[n] - (std::min)(in_.give_least[n], given_[n]);
  }
  [[nodiscard]] std::uint32_t may(node n) const noexcept {
    const std::uint64_t extra =
        (std::min<std::uint64_t>)(spare_, in_.give_most[n] - (std::max)(in_.give_least[n], given_[n]));
    return must(n) + static_cast<std::uint32_t>(extra);
  }
  void give(node n, std::uint32_t count) {
    const std::uint32_t before = must(n);
    given_[n] += count;
    spare_ -= count - (std::min)(count, before);
  }
  void give_whole(std::size_t i) {
    give(in_.atoms[i].owner, in_.atoms[i].length - left[i] - right[i]);
    left[i] = in_.atoms[i].length;
    right[i] = 0;
  }

  // Whether the slot beside the atom, at that end, is given.
  [[nodiscard]] bool open_left(std::size_t i) const noexcept {
    return i > 0 && left[i] == 0 && (gone(i - 1) || right[i - 1] > 0);
  }
  [[nodiscard]] bool open_right(std::size_t i) const noexcept {
    return i + 1 < in_.atoms.size() && right[i] == 0 && left[i + 1] > 0;
  }
  [[nodiscard]] bool taker_left(std::size_t i) const noexcept { return i > 0 && in_.takes(in_.atoms[i - 1].owner); }
  [[nodiscard]] bool taker_right(std::size_t i) const noexcept {
    return i + 1 < in_.atoms.size() && in_.takes(in_.atoms[i + 1].owner);
  }
  [[nodiscard]] unsigned sides(std::size_t i) const noexcept {
    return (open_left(i) || left[i] > 0 || taker_left(i) ? 1U : 0U) +
           (open_right(i) || right[i] > 0 || taker_right(i) ? 1U : 0U);
  }

  void take_whole(const std::vector<bool>& whole) {
    std::vector<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>> order;
    for (node n = 0; n < in_.nodes(); ++n) {
      order.clear();
      for (const std::uint32_t i : atoms_of_[n]) {
        if (!whole[i]) continue;
        const bool inside = i > 0 && i + 1 < in_.atoms.size() && (whole[i - 1] || in_.is_hole(i - 1)) &&
                            (whole[i + 1] || in_.is_hole(i + 1));
        order.emplace_back(2 * in_.atoms[i].length - (inside ? 1U : 0U), tie(i), i);
      }
      std::sort(order.begin(), order.end());
      for (const auto& one : order) {
        const std::uint32_t i = std::get<2>(one);
        if (in_.atoms[i].length <= may(n)) give_whole(i);
      }
    }
  }

  // Gives whole ranges beside given slots and takers, as far as the nodes may give.
  void grow() {
    using entry = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>;
    std::priority_queue<entry, std::vector<entry>, std::greater<>> next;
    const auto offer = [&](std::size_t i) {
      if (in_.is_hole(i) || !in_.can_vanish(i) || gone(i)) return;
      const unsigned open = sides(i);
      const std::uint32_t rest = in_.atoms[i].length - left[i] - right[i];
      if (open > 0 && rest <= may(in_.atoms[i].owner)) {
        next.emplace(open == 2 ? rest : 2 * rest + 1, tie(i), static_cast<std::uint32_t>(i));
      }
    };
    for (std::size_t i = 0; i < in_.atoms.size(); ++i) offer(i);
    while (!next.empty()) {
      const std::size_t i = std::get<2>(next.top());
      next.pop();
      if (gone(i) || in_.atoms[i].length - left[i] - right[i] > may(in_.atoms[i].owner)) continue;
      give_whole(i);
      if (i > 0) offer(i - 1);
      if (i + 1 < in_.atoms.size()) offer(i + 1);
    }
  }

  // Cuts at one end of an atom what its node must still give, as far as the atom has slots.
  void cut_end(std::size_t i, bool at_left) {
    const node n = in_.atoms[i].owner;
    const std::uint32_t rest = in_.atoms[i].length - left[i] - right[i];
    const std::uint32_t count = (std::min)(rest, must(n));
    (at_left ? left : right)[i] += count;
    give(n, count);
    if (count == rest) {
      left[i] = in_.atoms[i].length;
      right[i] = 0;
    }
  }

  // Cuts at the best end that costs no new zone. Whether there is one.
  bool cut_open(node n) {
    std::tuple<unsigned, std::uint64_t> best{~0U, 0};
    std::uint32_t where = none;
    bool at_left = false;
    for (const std::uint32_t i : atoms_of_[n]) {
      if (gone(i)) continue;
      const std::uint32_t rest = in_.atoms[i].length - left[i] - right[i];
      const auto offer = [&](bool open, bool taker, bool side) {
        if (!open && !taker) return;
        const std::tuple<unsigned, std::uint64_t> value{(rest > must(n) ? 1U : 0U) + (open ? 0U : 2U),
                                                        tie(2 * i + side)};
        if (!(value < best)) return;
        best = value;
        where = i;
        at_left = side;
      };
      offer(open_left(i) || left[i] > 0, taker_left(i), true);
      offer(open_right(i) || right[i] > 0, taker_right(i), false);
    }
    if (where == none) return false;
    cut_end(where, at_left);
    return true;
  }

  // Whether the atoms before and at i belong to two nodes that must both give, with slots left to give there.
  [[nodiscard]] bool is_pair(std::size_t i) const noexcept {
    if (i == 0 || !in_.atoms[i].free || !in_.atoms[i - 1].free || gone(i) || gone(i - 1)) return false;
    if (in_.is_hole(i) || in_.is_hole(i - 1)) return false;
    return must(in_.atoms[i].owner) > 0 && must(in_.atoms[i - 1].owner) > 0;
  }

  void cut() {
    std::vector<node> needy;
    const auto cut_all_open = [&] {
      for (bool again = true; std::exchange(again, false);) {
        for (const node n : needy) {
          while (must(n) > 0 && cut_open(n)) again = true;
        }
        std::erase_if(needy, [&](node n) { return must(n) == 0; });
      }
    };
    for (node n = 0; n < in_.nodes(); ++n) {
      if (must(n) > 0) needy.push_back(n);
    }
    cut_all_open();
    // Pairs: the node with the fewest partners first.
    std::vector<std::uint32_t> partners(in_.nodes(), 0);
    // By node: the pair for which partners[node] was counted. A node with many atoms is asked for many times.
    std::vector<std::uint64_t> counted(in_.nodes(), 0);
    std::uint64_t pair = 0;
    const auto count = [&](node n) {
      std::uint32_t found = 0;
      for (const std::uint32_t i : atoms_of_[n]) {
        found += (is_pair(i) ? 1U : 0U) + (i + 1 < in_.atoms.size() && is_pair(i + 1) ? 1U : 0U);
      }
      return found;
    };
    using entry = std::tuple<std::uint32_t, std::uint64_t, node>;
    std::priority_queue<entry, std::vector<entry>, std::greater<>> next;
    const auto offer = [&](node n) {
      if (must(n) == 0) return;
      if (const std::uint32_t found = count(n); found > 0) next.emplace(found, tie(n), n);
    };
    for (const node n : needy) offer(n);
    while (!next.empty()) {
      const auto [fewest, order, n] = next.top();
      next.pop();
      const std::uint32_t now = must(n) == 0 ? 0 : count(n);
      if (now == 0) continue;
      if (now != fewest) {
        next.emplace(now, order, n);
        continue;
      }
      std::tuple<std::uint32_t, std::uint64_t> best{~0U, 0};
      std::size_t where = 0;
      ++pair;
      for (const std::uint32_t i : atoms_of_[n]) {
        for (std::size_t at = i; at <= i + std::size_t{1} && at < in_.atoms.size(); ++at) {
          if (!is_pair(at)) continue;
          const node other = in_.atoms[at == i ? i - 1 : i + 1].owner;
          if (counted[other] != pair) {
            counted[other] = pair;
            partners[other] = count(other);
          }
          const std::tuple<std::uint32_t, std::uint64_t> value{partners[other], tie(at)};
          if (!(value < best)) continue;
          best = value;
          where = at;
        }
      }
      cut_end(where - 1, false);
      cut_end(where, true);
      // What is next to given slots now can be given for nothing.
      for (const std::size_t i : {where - 1, where}) {
        const node owner = in_.atoms[i].owner;
        while (must(owner) > 0 && cut_open(owner)) {
        }
        offer(owner);
      }
    }
    std::erase_if(needy, [&](node n) { return must(n) == 0; });
    cut_all_open();
    while (!needy.empty()) {
      const node n = needy.back();
      std::uint32_t where = none;
      for (const std::uint32_t i : atoms_of_[n]) {
        if (!gone(i) && (where == none || in_.atoms[i].length > in_.atoms[where].length)) where = i;
      }
      if (where == none) {
        complete_ = false;
        return;
      }
      const std::size_t before = where > 0 ? where - std::size_t{1} : where;
      const std::size_t after = (std::min)(where + std::size_t{1}, in_.atoms.size() - 1);
      cut_end(where, before != where && in_.atoms[before].owner != n);
      for (const std::size_t i : {std::size_t{where}, before, after}) {
        const node owner = in_.atoms[i].owner;
        while (owner != none && must(owner) > 0 && cut_open(owner)) {
        }
      }
      while (!needy.empty() && must(needy.back()) == 0) needy.pop_back();
    }
    give_rest();
  }

  // Gives what no node must give, but some nodes have to, where slots are given already.
  void give_rest() {
    for (int round = 0; round < 2 && spare_ > 0; ++round) {
      for (std::size_t i = 0; i < in_.atoms.size() && spare_ > 0; ++i) {
        if (in_.is_hole(i) || !in_.atoms[i].free || gone(i)) continue;
        const std::uint32_t rest = in_.atoms[i].length - left[i] - right[i];
        const std::uint32_t count = (std::min)(rest, may(in_.atoms[i].owner));
        const bool at_left = left[i] > 0 || open_left(i) || taker_left(i);
        if (count == 0 || (round == 0 && !at_left && right[i] == 0 && !open_right(i) && !taker_right(i))) continue;
        (at_left ? left : right)[i] += count;
        give(in_.atoms[i].owner, count);
        if (count != rest) continue;
        left[i] = in_.atoms[i].length;
        right[i] = 0;
      }
    }
    if (spare_ > 0) complete_ = false;
  }

  const range_problem& in_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> given_;  // by node
  std::uint64_t spare_;               // how much the nodes must give in total, above what each must give
  std::vector<std::vector<std::uint32_t>> atoms_of_;
  bool complete_ = true;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
