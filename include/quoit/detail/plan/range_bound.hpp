// SPDX-License-Identifier: MIT
// A lower bound on the number of ranges, and the ranges that are best given away as a whole.
//
//   before   a a a a b b c c c c - - d d         kept ranges cost 1 each
//   next     a a a x x x x c c c d d d d         a zone, which is a stretch of given slots, costs 1 if no node extends
//                  └ zone ┘      └zone┘          a range into it; a zone that joins two ranges of a node saves 1
//
// Without limits on what nodes give and take, the cheapest choice of zones is a shortest path over the ranges from left
// to right. Each limit is a price instead (Lagrangian relaxation): `slot_price` for each slot that is given in whole
// ranges, against at most give_most of them; `giver_price` for a node that must give, which a zone at one of its ranges
// earns; `taker_price` for a node that must take, which a part of a zone earns. For any prices the path costs no more
// than the true minimum, so it is a bound. All numbers are integers, in units of 1 / unit ranges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/range_problem.hpp>
#include <quoit/detail/plan/range_stretches.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class range_bound {
 public:
  using amount = range_stretches::amount;
  static constexpr amount unit = range_stretches::unit;

  explicit range_bound(const range_problem& problem)
      : in_(problem), of_(problem), slot_price_(problem.nodes(), 0), giver_price_(problem.nodes(), 0),
        taker_price_(problem.nodes(), 0), fee_(problem.nodes(), 0), taken_(problem.nodes(), 0),
        here_(problem.atoms.size() + 1), given_(problem.nodes(), 0), giver_count_(problem.nodes(), 0),
        taker_count_(problem.nodes(), 0) {}

  // Prices from which a search begins: the slot_price at which each node, alone, gives as much as it may in its
  // shortest ranges; and prices for each node that must give or take.
  void start(amount giver_price, amount taker_price, amount part_price) {
    std::vector<std::uint32_t> order(in_.atoms.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    // Not std::stable_sort, which makes newer clangs warn in every program that includes this with libstdc++ 12.
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(in_.atoms[a].length, a) < std::pair(in_.atoms[b].length, b);
    });
    std::vector<std::uint64_t> sum(in_.nodes(), 0);
    std::fill(slot_price_.begin(), slot_price_.end(), 0);
    for (const std::uint32_t i : order) {
      const auto& one = in_.atoms[i];
      if (in_.is_hole(i) || !in_.can_vanish(i) || slot_price_[one.owner] != 0) continue;
      sum[one.owner] += one.length;
      if (sum[one.owner] > in_.give_most[one.owner]) slot_price_[one.owner] = unit / one.length;
    }
    spare_price_ = 0;
    part_price_ = part_price;
    std::uint64_t most = 0;
    for (std::size_t n = 0; n < in_.nodes(); ++n) {
      most += in_.give_most[n] - in_.give_least[n];
      giver_price_[n] = in_.give_least[n] > 0 ? giver_price : 0;
      taker_price_[n] = in_.take_least[n] > 0 ? taker_price : 0;
      fee_[n] = 0;
    }
    optional_ = most > in_.spare_gives;
  }

  // Whether more nodes take slots than must.
  [[nodiscard]] bool has_few_takers() const noexcept {
    return static_cast<amount>(of_.takers.size()) < of_.fewest_takers;
  }

  // The bound for the present prices, rounded up. Afterwards vanishes() tells the path.
  std::uint64_t evaluate() {
    best_taker_price_ = 0;
    amount constant = 0;
    for (std::size_t n = 0; n < in_.nodes(); ++n) {
      best_taker_price_ = (std::max)(best_taker_price_, taker_price_[n]);
      constant += giver_price_[n] + taker_price_[n] * of_.parts[n] - slot_price_[n] * in_.give_most[n] -
                  fee_[n] * in_.take_most[n];
    }
    constant += part_price_ * of_.fewest_takers - spare_price_ * static_cast<amount>(in_.spare_gives);
    walk();
    const amount total = constant + here_[in_.atoms.size()].cost[cheapest_end()];
    return total <= 0 ? 0 : static_cast<std::uint64_t>((total + unit - 1) / unit);
  }

  // Changes the prices by what the path gives too much or too little of. `damping` grows from 1.
  void adjust(amount damping) {
    trace();
    const amount pace = unit / (2 * damping);
    if (has_few_takers()) {
      part_price_ += pace * std::clamp<amount>(of_.fewest_takers - parts_on_path_, -1, 1);
      part_price_ = std::clamp<amount>(part_price_, 0, unit - best_taker_price_);
    }
    if (optional_) {
      const amount spare = static_cast<amount>(in_.spare_gives), over = spare_given_ - spare;
      const amount scale = (std::max)((std::max)(spare, spare_given_), amount{1});
      spare_price_ = std::clamp<amount>(spare_price_ + pace * over / scale, 0, 2 * unit);
    }
    for (std::size_t n = 0; n < in_.nodes(); ++n) {
      const amount most = in_.give_most[n];
      if (most > 0) {
        const amount over = std::clamp<amount>(given_[n] - most, -most, most);
        slot_price_[n] += (slot_price_[n] * over / most - (over < 0 ? 1 : 0)) / (damping + 1);
        if (over > 0 && slot_price_[n] == 0) slot_price_[n] = unit / (8 * most);
        slot_price_[n] = std::clamp<amount>(slot_price_[n], 0, 2 * unit);
      }
      if (in_.give_least[n] > 0) {
        const amount size = (std::max)(pace, giver_price_[n] / (damping + 1));
        giver_price_[n] += size * std::clamp<amount>(unit - giver_count_[n], -unit, unit) / unit;
        giver_price_[n] = std::clamp<amount>(giver_price_[n], 0, 256 * unit);
      }
      if (in_.take_least[n] > 0) {
        taker_price_[n] += pace * std::clamp<amount>(unit * of_.parts[n] - taker_count_[n], -unit, unit) / unit;
        taker_price_[n] = std::clamp<amount>(taker_price_[n], 0, unit - part_price_);
      }
      if (in_.take_most[n] > 0) {
        const amount room = in_.take_most[n], over = std::clamp<amount>(taken_[n] - room, -room, room);
        fee_[n] = std::clamp<amount>(fee_[n] + (fee_[n] + unit / room / 2) * over / room / (damping + 1), 0, 2 * unit);
      }
    }
  }

  // By atom: whether it vanishes on the path of the last trace().
  [[nodiscard]] const std::vector<bool>& vanishes() const noexcept { return vanishes_; }

  // Follows the path back, and counts what it gives.
  void trace() {
    vanishes_.assign(in_.atoms.size(), false);
    std::fill(given_.begin(), given_.end(), 0);
    spare_given_ = 0;
    std::fill(giver_count_.begin(), giver_count_.end(), 0);
    std::fill(taker_count_.begin(), taker_count_.end(), 0);
    std::fill(taken_.begin(), taken_.end(), 0);
    int at = cheapest_end();
    amount new_parts = parts_on_path_ = 0;
    for (std::size_t i = in_.atoms.size(); i > 0;) {
      const way from = here_[i].from[at];
      --i;
      if (from.by == step::jump) {
        const std::size_t before = of_.previous[i];
        for (std::size_t j = before + 1; j < i; ++j) vanish(j);
        count_part(i, i - 1, gap(i));
        i = before + 1;
      } else if (at == free || at == paid) {
        vanish(i);
        if (from.state == kept && i > 0) visits_of(i - 1);
        if (from.state == kept || from.state == touched) {
          if (at == paid) ++new_parts;
          else count_part(i - 1, i, 1);
        }
      } else if (from.by == step::cut) {
        if (from.state == kept) visits_of(i - 1);
        visits_of(i);
        if (in_.takes(in_.atoms[i - 1].owner)) count_part(i - 1, i, 1);
        else if (in_.takes(in_.atoms[i].owner)) count_part(i, i - 1, 1);
        else ++new_parts;
      } else if (from.by == step::inside) {
        visits_of(i);
        ++new_parts;
      } else if (from.state == free || from.state == paid) {
        visits_of(i);
        if (in_.takes(in_.atoms[i].owner)) {
          count_part(i, i - 1, 1);
          if (from.state == paid) --new_parts;
        }
      }
      at = from.state;
    }
    parts_on_path_ += new_parts;
    if (new_parts > 0) {
      // The new parts are for the nodes with the highest taker_price.
      amount takers = 0;
      for (std::size_t n = 0; n < in_.nodes(); ++n)
        takers += in_.take_least[n] > 0 && taker_price_[n] == best_taker_price_ ? 1 : 0;
      for (std::size_t n = 0; n < in_.nodes(); ++n) {
        if (in_.take_least[n] > 0 && taker_price_[n] == best_taker_price_) taker_count_[n] += unit * new_parts / takers;
      }
    }
  }

 private:
  static constexpr amount never = (std::numeric_limits<amount>::max)() / 4;

  // States after an atom: it is kept; it vanishes in a zone that extends the kept range to the left of it, or in
  // another zone; it is kept, and a zone has taken some of its slots already.
  enum : std::uint8_t { kept, free, paid, touched };

  // How a kept atom is reached: from the one before it, with or without a zone between them; with a zone inside of it;
  // or from the range of the same node that it is joined to.
  enum class step : std::uint8_t { plain, cut, inside, jump };

  struct way {
    std::uint8_t state = kept;  // of the atom before
    step by = step::plain;
  };

  struct state {
    amount cost[4] = {never, never, never, never};
    way from[4] = {};
    void offer(int to, amount price, way by) noexcept {
      if (price >= cost[to]) return;
      cost[to] = price;
      from[to] = by;
    }
  };

  [[nodiscard]] std::uint8_t cheapest_end() const noexcept {
    const amount(&cost)[4] = here_[in_.atoms.size()].cost;
    return static_cast<std::uint8_t>(std::min_element(cost, cost + 4) - cost);
  }
  // The slots between the atom and the one that it may be joined to.
  [[nodiscard]] amount gap(std::size_t i) const noexcept {
    const auto& before = in_.atoms[of_.previous[i]];
    return in_.atoms[i].start - before.start - before.length;
  }

  // What a zone at an end of kept atom i earns from its owner.
  [[nodiscard]] amount giver_price(std::size_t i) const noexcept {
    const auto& one = in_.atoms[i];
    if (!one.free || one.owner == none || giver_price_[one.owner] == 0) return 0;
    const std::uint32_t need = in_.give_least[one.owner];
    return (giver_price_[one.owner] * (std::min)(one.length - 1, need) + need - 1) / need;
  }
  void visits_of(std::size_t i) {
    const auto& one = in_.atoms[i];
    if (!one.free || one.owner == none || in_.give_least[one.owner] == 0) return;
    const std::uint32_t need = in_.give_least[one.owner];
    giver_count_[one.owner] += unit * (std::min)(one.length - 1, need) / need;
  }
  // What a part in that stretch that extends kept atom i earns, less the fee for one slot.
  [[nodiscard]] amount taker_price(std::size_t i, std::uint32_t stretch) const noexcept {
    const auto n = in_.atoms[i].owner;
    return part_price_ + times(taker_price_[n], of_.share(n, stretch)) - fee_[n];
  }
  void count_part(std::size_t i, std::size_t zone, amount slots) {
    const auto n = in_.atoms[i].owner;
    taker_count_[n] += of_.share(n, of_.stretch[zone]);
    taken_[n] += slots;
    ++parts_on_path_;
  }
  // What vanishing costs.
  [[nodiscard]] amount price(std::size_t i) const noexcept {
    const auto& one = in_.atoms[i];
    if (one.owner == none) return 0;
    const std::uint32_t need = in_.give_least[one.owner];
    const amount earned = need == 0 ? 0 : (giver_price_[one.owner] * (std::min)(one.length, need) + need - 1) / need;
    return slot_price_[one.owner] * one.length + spare_price_ * (one.length - (std::min)(one.length, need)) - earned;
  }
  void vanish(std::size_t i) {
    vanishes_[i] = true;
    const auto& one = in_.atoms[i];
    if (one.owner == none) return;
    given_[one.owner] += one.length;
    spare_given_ += one.length - (std::min)(one.length, in_.give_least[one.owner]);
    const std::uint32_t need = in_.give_least[one.owner];
    if (need > 0) giver_count_[one.owner] += unit * (std::min)(one.length, need) / need;
  }

  [[nodiscard]] static amount times(amount price, amount share) noexcept {
    return share == unit ? price : (price * share + unit - 1) / unit;
  }

  // By stretch, the most that a new part there earns.
  void find_best_meals() {
    best_.assign(of_.sizes.size(), best_taker_price_ + part_price_);
    if (of_.takers.size() * of_.sizes.size() > 20'000) return;
    for (std::uint32_t s = 0; s < of_.sizes.size(); ++s) {
      best_[s] = 0;
      for (const std::uint32_t n : of_.takers) best_[s] = (std::max)(best_[s], times(taker_price_[n], of_.share(n, s)));
      best_[s] += part_price_;
    }
  }

  void walk() {
    find_best_meals();
    // A part of a zone in that stretch that extends no range.
    const auto fresh = [&](std::size_t i) { return unit - best_[of_.stretch[i]]; };
    sums_.assign(in_.atoms.size() + 1, 0);
    here_[0] = state();
    here_[0].cost[kept] = 0;
    for (std::size_t i = 0; i < in_.atoms.size(); ++i) {
      const state& last = here_[i];
      state& next = here_[i + 1] = state();
      const bool taker = in_.takes(in_.atoms[i].owner), left_taker = i > 0 && in_.takes(in_.atoms[i - 1].owner);
      const amount left_price = i > 0 && !in_.is_hole(i - 1) ? giver_price(i - 1) : 0;
      // A zone that begins at the left of the atom.
      const bool first_touch = last.cost[kept] - left_price <= last.cost[touched];
      const amount begin = (std::min)(last.cost[kept] - left_price, last.cost[touched]);
      const std::uint8_t begin_state = first_touch ? kept : touched;
      if (!in_.is_hole(i)) {
        const amount own_price = giver_price(i), range = in_.continues(i) ? 0 : unit;
        next.offer(kept, last.cost[kept] + range, {kept, step::plain});
        next.offer(kept, last.cost[touched] + range, {touched, step::plain});
        if (of_.previous[i] != none) {
          const std::size_t before = of_.previous[i] + std::size_t{1};
          const amount cost =
              sums_[i] - sums_[before] - taker_price(i, of_.stretch[i - 1]) + fee_[in_.atoms[i].owner] * (gap(i) - 1);
          next.offer(kept, here_[before].cost[kept] + cost, {kept, step::jump});
          next.offer(kept, here_[before].cost[touched] + cost, {touched, step::jump});
        }
        if (i > 0 && !in_.is_hole(i - 1) && (in_.atoms[i].free || in_.atoms[i - 1].free)) {
          // A zone between two kept atoms, made of their ends.
          amount part = fresh(in_.atoms[i].free ? i : i - 1);
          if (left_taker) part = (std::min)(part, -taker_price(i - 1, of_.stretch[i]));
          else if (taker) part = (std::min)(part, -taker_price(i, of_.stretch[i - 1]));
          next.offer(touched, begin + unit + part - own_price, {begin_state, step::cut});
        }
        if (in_.atoms[i].free) {
          // A zone inside the atom splits its range, except at the ends of the table.
          const bool splits = i > 0 && i + 1 < in_.atoms.size();
          const amount cost = range + (splits ? unit : 0) + fresh(i) - own_price;
          next.offer(touched, last.cost[kept] + cost, {kept, step::inside});
          next.offer(touched, last.cost[touched] + cost, {touched, step::inside});
        }
        if (i > 0 && in_.can_vanish(i - 1)) {
          const amount end = unit - own_price, part = taker ? taker_price(i, of_.stretch[i - 1]) : 0;
          next.offer(touched, last.cost[free] + end - (std::max)(part, amount{0}), {free, step::plain});
          next.offer(touched, last.cost[paid] + end - (taker ? (std::max)(fresh(i - 1) + part, amount{0}) : 0),
                     {paid, step::plain});
        }
      }
      amount own = 0;
      if (in_.can_vanish(i)) {
        own = price(i);
        next.offer(free, last.cost[free] + own, {free, step::plain});
        next.offer(paid, last.cost[paid] + own, {paid, step::plain});
        if (left_taker) next.offer(free, begin + own - taker_price(i - 1, of_.stretch[i]), {begin_state, step::plain});
        next.offer(paid, begin + own + fresh(i), {begin_state, step::plain});
      }
      sums_[i + 1] = sums_[i] + own;
    }
  }

  const range_problem& in_;
  const range_stretches of_;
  std::vector<amount> slot_price_, giver_price_, taker_price_;  // by node
  amount part_price_ = 0;  // what each part earns, by any node, against fewest_takers
  amount parts_on_path_ = 0;
  std::vector<amount> fee_;    // by node: for each slot that it takes beside a range of its own
  std::vector<amount> taken_;  // by node: such slots on the path, at least
  amount spare_price_ = 0;     // for each slot given beyond give_least of its node
  amount spare_given_ = 0;
  bool optional_ = false;  // whether spare_gives limits anything
  amount best_taker_price_ = 0;
  std::vector<state> here_;  // before each atom, and after the last
  std::vector<amount> sums_;
  std::vector<amount> given_, giver_count_, taker_count_;  // by node, on the path; the counts in 1 / unit
  std::vector<bool> vanishes_;
  std::vector<amount> best_;  // by stretch, the most that a new part there earns
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
