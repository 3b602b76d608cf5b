// SPDX-License-Identifier: MIT
// Gives slots without a node that may lead one of another slot, where that costs nothing.
//
//   slot p   s1 s2      none may lead          s1 m1
//   slot q   m1 m2      two may lead    ──▶    s2 m2       as many moves, the same loads, the same spread
//
// Two nodes change places, or one copy goes to a node with room. A change costs a move where a new copy replaces one
// that was there before, and saves one where it is the other way round; both slots together must come out even.
//
// Where slots are still without one, a node that may lead holds the copy that its floor and ceiling leave open, instead
// of one that may not. exchange_search.hpp finds the path of copies between them.
//
// Rejected: an optimum, because a slot that needs one of some nodes, and also a number of copies in each domain, is no
// flow problem; longer exchanges, which find little that pairs do not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/exchange_search.hpp>
#include <quoit/detail/plan/leaders.hpp>
#include <quoit/detail/plan/slot_limits.hpp>
#include <quoit/detail/plan/solved_flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class leader_copies {
  using vertex = domain_tree::vertex;
  using slot = std::uint32_t;

 public:
  // `alive` is the old table without lost copies. `kept`: by cell of it, the copies that must stay. `locked`: by node,
  // it receives nothing. `table` has `replicas` nodes for each slot.
  leader_copies(const domain_tree& tree, const entitlement& rules, const leader_weights& leaders, cell_rows alive,
                const std::vector<bool>& kept, const std::vector<bool>& locked, std::span<vertex> table,
                std::uint32_t replicas)
      : tree_(tree), rules_(rules), leaders_(leaders), alive_(alive), kept_(kept), locked_(locked), table_(table),
        replicas_(replicas) {}

  // Returns how many slots are left without a node that may lead.
  std::uint64_t exchange() {
    std::vector<slot> wanting;
    for (slot p = 0; p < alive_.slots(); ++p) {
      if (leading_in(p) == 0) wanting.push_back(p);
    }
    if (wanting.empty()) return 0;
    list_offers();
    std::uint64_t left = 0;
    for (const slot p : wanting) {
      const bool found =
          attempts_ > 0 && (exchange_with_dropped(p) || exchange_new(p) || exchange_own(p) || give_to_spare(p));
      left += found ? 0U : 1U;
    }
    return left;
  }

 private:
  [[nodiscard]] std::span<vertex> row(slot p) const noexcept {
    return table_.subspan(std::size_t{p} * replicas_, replicas_);
  }
  [[nodiscard]] bool had(slot p, vertex node) const noexcept { return detail::contains(alive_[p], node); }
  [[nodiscard]] bool has(slot p, vertex node) const noexcept { return detail::contains(row(p), node); }
  [[nodiscard]] std::uint32_t leading_in(slot p) const noexcept {
    const auto now = row(p);
    return static_cast<std::uint32_t>(
        std::count_if(now.begin(), now.end(), [this](vertex node) { return leaders_.may_lead(node); }));
  }
  [[nodiscard]] bool offers(slot q) const noexcept { return leading_in(q) > 1; }

  // Where a slot can do without a node that may lead.
  void list_offers() {
    dropped_.resize(tree_.leaves());
    loads_.assign(tree_.leaves(), 0);
    for (const vertex node : table_) ++loads_[node];
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      if (leaders_.may_lead(node) && loads_[node] < rules_.most_load[node]) spare_.push_back(node);
    }
    for (slot q = 0; q < alive_.slots(); ++q) {
      if (!offers(q)) continue;
      for (const vertex node : alive_[q]) {
        if (node != none && !has(q, node)) dropped_[node].push_back(q);
      }
      const auto now = row(q);
      if (std::any_of(now.begin(), now.end(), [&](vertex b) { return leaders_.may_lead(b) && !had(q, b); }))
        new_.push_back(q);
    }
    // Most slots find an offer at once. This many attempts in all take no longer than the rest of a plan.
    attempts_ = 4 * table_.size();
  }

  // The change in moves if `to` replaces `from` in a slot.
  [[nodiscard]] int cost(slot p, vertex from, vertex to) const noexcept {
    return (had(p, to) ? 0 : 1) - (had(p, from) ? 0 : 1);
  }

  // Whether slot p keeps the rules if `to` replaces `from`.
  [[nodiscard]] bool keeps_rules(slot p, vertex from, vertex to) const noexcept {
    if (has(p, to) || locked_[to] || stays(alive_, kept_, p, from)) return false;
    const auto copies = [&](vertex v) {
      const auto now = row(p);
      return static_cast<std::uint32_t>(
          std::count_if(now.begin(), now.end(), [&](vertex node) { return tree_.contains(v, node); }));
    };
    for (vertex v = to; !tree_.contains(v, from); v = tree_.parent(v)) {
      if (copies(v) >= rules_.most[v]) return false;
    }
    for (vertex v = from; !tree_.contains(v, to); v = tree_.parent(v)) {
      if (copies(v) <= rules_.least[v]) return false;
    }
    return true;
  }

  void replace(slot p, vertex from, vertex to) noexcept {
    const auto now = row(p);
    *std::find(now.begin(), now.end(), from) = to;
  }

  // Slot p gets some node that may lead from slot q, for `from`.
  bool try_exchange(slot p, slot q, vertex from) {
    if (attempts_ == 0) return false;
    --attempts_;
    if (has(q, from) || !offers(q)) return false;
    for (const vertex to : row(q)) {
      if (!leaders_.may_lead(to) || cost(p, from, to) + cost(q, to, from) != 0) continue;
      if (!keeps_rules(p, from, to) || !keeps_rules(q, to, from)) continue;
      replace(p, from, to);
      replace(q, to, from);
      return true;
    }
    return false;
  }

  // With a slot that drops the copy of a node: it keeps that copy, and drops another one.
  bool exchange_with_dropped(slot p) {
    for (const vertex from : row(p)) {
      for (const slot q : dropped_[from]) {
        if (try_exchange(p, q, from)) return true;
      }
    }
    return false;
  }

  // With a slot that gets a new copy, too.
  bool exchange_new(slot p) {
    for (const vertex from : row(p)) {
      if (had(p, from)) continue;
      // The search goes on where the last one ended, so that slots that suit no node are not tried again and again.
      for (std::size_t i = 0; i < new_.size() && attempts_ > 0; ++i) {
        if (++last_ >= new_.size()) last_ = 0;
        if (!offers(new_[last_])) {
          new_[last_] = new_.back();
          new_.pop_back();
        } else if (try_exchange(p, new_[last_], from)) {
          return true;
        }
      }
    }
    return false;
  }

  // With a slot that keeps a copy on a node whose copy this slot drops: the other one drops it instead.
  bool exchange_own(slot p) {
    if (holding_.empty()) list_holding();
    for (const vertex own : alive_[p]) {
      if (own == none || !leaders_.may_lead(own)) continue;
      for (const vertex from : row(p)) {
        if (had(p, from)) continue;
        for (const slot q : holding_[own]) {
          if (has(q, own) && try_exchange(p, q, from)) return true;
        }
      }
    }
    return false;
  }
  void list_holding() {
    holding_.resize(tree_.leaves());
    for (slot q = 0; q < alive_.slots(); ++q) {
      if (!offers(q)) continue;
      for (const vertex node : row(q)) {
        if (leaders_.may_lead(node) && had(q, node)) holding_[node].push_back(q);
      }
    }
  }

  // To a node that may hold one copy more, from one that may hold one less.
  bool give_to_spare(slot p) {
    for (const vertex from : row(p)) {
      if (loads_[from] <= rules_.least_load[from]) continue;
      for (std::size_t i = 0; i < spare_.size() && attempts_ > 0; ++i, --attempts_) {
        const vertex to = spare_[i];
        if (cost(p, from, to) != 0 || !keeps_rules(p, from, to)) continue;
        replace(p, from, to);
        --loads_[from];
        if (++loads_[to] == rules_.most_load[to]) {
          spare_[i] = spare_.back();
          spare_.pop_back();
        }
        return true;
      }
    }
    return false;
  }

  const domain_tree& tree_;
  const entitlement& rules_;
  const leader_weights& leaders_;
  cell_rows alive_;
  const std::vector<bool>& kept_;
  const std::vector<bool>& locked_;
  std::span<vertex> table_;
  std::uint32_t replicas_;
  std::vector<std::vector<slot>> dropped_;  // by node: the slots that drop its copy and may give a leader
  std::vector<std::vector<slot>> holding_;  // by node: the slots that keep its copy and may give a leader
  std::vector<slot> new_;                   // slots that get a new leader and may give it
  std::size_t last_ = 0;
  std::vector<vertex> spare_;  // nodes that may lead, with room for a copy
  std::vector<std::uint32_t> loads_;
  std::uint64_t attempts_ = 0;
};

// Makes the loads of nodes that may lead as large as `table` allows without another move, at the expense of the other
// nodes. Returns whether any has changed.
inline bool raise_loads_of_leaders(solved_flow& table, const leader_weights& leaders) {
  const auto nodes = static_cast<std::uint32_t>(leaders.leading.size());
  std::vector<std::uint32_t> hub_of(nodes), givers;
  std::iota(hub_of.begin(), hub_of.end(), 0U);
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (!leaders.may_lead(node) && table.state.load(node) > table.rules.least_load[node]) givers.push_back(node);
  }
  exchange_search search(nodes);
  search.add(table, hub_of);
  search.begin(0, 1);
  // Most paths are short. With this many visits in all, the searches take no longer than the rest of a plan.
  std::uint64_t visits = 16 * std::uint64_t{nodes};
  bool any = false;
  // What a giver has reached in vain leads nowhere later, either. So each giver comes once.
  for (const std::uint32_t giver : givers) {
    if (search.is_seen(giver)) continue;
    std::uint32_t end = none;
    const std::size_t before = search.visited();
    search.add_source(giver);
    search.flood([&](std::uint32_t node) { end = leaders.may_lead(node) ? node : end; }, [&] { return end != none; });
    const std::size_t seen = search.visited() - before;
    if (end != none) {
      search.take(end);
      search.begin(0, 1);
      any = true;
    }
    if (seen >= visits) break;
    visits -= seen;
  }
  return any;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
