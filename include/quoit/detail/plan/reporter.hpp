// SPDX-License-Identifier: MIT
// The moves between the old table and the next one, in numbers, and the figures of the report.
//
//   table before ─┐
//                 ├─ for_each_move() ─▶ moves, sources ─▶ finish() ─▶ plan_report
//   table after ──┘
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/copies/replacements.hpp>
#include <quoit/detail/copies/sources.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class plan_reporter {
  using vertex = domain_tree::vertex;

 public:
  // The arguments are those of slot_planner's request. A copy that is missing in `after` is `none` there. `replaced`,
  // if not empty, has the copy that each new copy replaces, by cell of `after`.
  plan_reporter(const domain_tree& tree, std::span<const std::uint64_t> weights, const std::vector<bool>& gone,
                cell_rows before, cell_rows after, const std::vector<bool>& locked,
                std::span<const vertex> replaced = {})
      : tree_(tree), weights_(weights), gone_(gone), before_(before), after_(after), locked_(locked),
        replaced_(replaced), sources_(tree.leaves()), received_(tree.leaves(), 0) {}

  // Calls use(slot, position, to, replaced) for every move, ascending; `replaced` is `none` if the new copy makes up
  // for a missing or lost one. Must be called once, before finish().
  template <class Use>
  void for_each_move(const Use& use) {
    std::vector<vertex> removed(before_.width), added(after_.width), replaces(after_.width), sources;
    for (std::size_t slot = 0; slot < after_.slots(); ++slot) {
      const auto old = before_[slot], now = after_[slot];
      std::size_t moves = 0;
      for (std::size_t i = 0; i < now.size(); ++i) {
        added[i] = now[i] == none || (detail::contains(old, now[i]) && !gone_[now[i]]) ? none : now[i];
        moves += added[i] != none ? 1U : 0U;
      }
      count_primary(old, now);
      count_lost(old);
      if (moves == 0) continue;
      for (std::size_t i = 0; i < old.size(); ++i) {
        removed[i] = old[i] == none || detail::contains(now, old[i]) ? none : old[i];
      }
      if (!replaced_.empty()) {
        const auto given = replaced_.subspan(slot * after_.width, after_.width);
        replaces.assign(given.begin(), given.end());
      } else {
        pair_replacements(tree_, removed, added, [&](std::size_t out, std::size_t in) {
          if (in < added.size()) replaces[in] = out < removed.size() && !gone_[removed[out]] ? removed[out] : none;
        });
      }
      sources.clear();
      for (const vertex node : old) {
        if (node != none && !gone_[node]) sources.push_back(node);
      }
      // A locked node sends only what no other node has.
      const auto sends = [this](vertex node) { return !locked_[node]; };
      if (std::any_of(sources.begin(), sources.end(), sends)) std::erase_if(sources, std::not_fn(sends));
      else if (!sources.empty()) report_.locked_sources += moves;
      ++report_.moved_slots;
      for (std::size_t i = 0; i < now.size(); ++i) {
        if (added[i] == none) continue;
        sources_.add(sources);
        count_move(now[i], replaces[i]);
        use(slot, i, now[i], replaces[i]);
      }
    }
  }

  // The report. The other arguments come from slot_planner.
  [[nodiscard]] plan_report finish(const entitlement& rules, bool optimal, std::uint64_t lower_bound,
                                   std::uint32_t slack) {
    report_.optimal = optimal;
    report_.slack = slack;
    report_.has_domains = tree_.max_depth() > 1;
    sources_.balance();
    std::vector<std::uint32_t> before(tree_.leaves(), 0), after(tree_.leaves(), 0);
    for (const vertex node : before_.cells) {
      if (node != none && !gone_[node]) ++before[node];
    }
    for (const vertex node : after_.cells) {
      if (node != none) ++after[node];
    }
    report_.min_load = (std::numeric_limits<std::uint64_t>::max)();
    std::uint64_t least = 0;
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      const std::uint32_t low = rules.least_load[node] - (std::min)(rules.least_load[node], slack);
      least += low - (std::min)(low, before[node]);
      report_.max_in = (std::max<std::uint64_t>)(report_.max_in, received_[node]);
      report_.max_out = (std::max<std::uint64_t>)(report_.max_out, sources_.load(node));
      report_.peak_load = (std::max<std::uint64_t>)(report_.peak_load, before[node] + received_[node]);
      if (weights_[node] == 0) continue;
      report_.min_load = (std::min<std::uint64_t>)(report_.min_load, after[node]);
      report_.max_load = (std::max<std::uint64_t>)(report_.max_load, after[node]);
    }
    report_.min_load = (std::min)(report_.min_load, report_.max_load);  // no node may have a weight above 0
    // A plan that is cut leaves loads outside their entitlement.
    if (!replaced_.empty()) report_.slack = (std::max<std::uint64_t>)(report_.slack, farthest_load(rules, after));
    report_.whole_moves = report_.moves;
    report_.lower_bound = optimal ? report_.moves : (std::max)(least, lower_bound);
    report_.rounds = (std::max)(report_.max_in, report_.max_out);
    count_dispersion();
    return report_;
  }

 private:
  void count_move(vertex to, vertex replaces) {
    ++report_.moves;
    ++received_[to];
    if (replaces == none) ++report_.repairs;
    else if (tree_.parent(to) == tree_.root() || tree_.parent(to) != tree_.parent(replaces)) ++report_.cross_domain;
  }

  // A slot that never had a copy is not lost.
  void count_lost(std::span<const vertex> old) noexcept {
    const vertex first = first_copy(old);
    if (first == none || !gone_[first]) return;
    if (std::all_of(old.begin(), old.end(), [this](vertex node) { return node == none || gone_[node]; }))
      ++report_.lost_slots;
  }

  void count_primary(std::span<const vertex> old, std::span<const vertex> now) {
    const vertex primary = first_copy(old);
    if (primary == none || (primary == first_copy(now) && !gone_[primary])) return;
    ++report_.primaries_changed;
    if (gone_[primary] || !detail::contains(now, primary)) ++report_.primaries_forced;
  }

  // Counts the copies above the domain's most under strict spread, by depth of the domain.
  void count_dispersion() {
    // A table that was not planned may have more replicas than nodes with a weight above 0.
    const auto active =
        std::count_if(weights_.begin(), weights_.end(), [](std::uint64_t weight) { return weight > 0; });
    if (active == 0) return;
    const auto replicas = (std::min)(after_.width, static_cast<std::uint32_t>(active));
    const entitlement strict =
        entitlement_rules(tree_, weights_, replicas).apply(spread_rule::strict(), after_.slots());
    std::vector<std::uint32_t> copies(tree_.size(), 0);
    std::vector<std::uint64_t> at_depth(tree_.max_depth() + std::size_t{1}, 0);
    for (std::size_t slot = 0; slot < after_.slots(); ++slot) {
      for (const vertex node : after_[slot]) {
        if (node == none) continue;
        for (vertex v = tree_.parent(node); v != tree_.root(); v = tree_.parent(v)) {
          if (++copies[v] > strict.most[v]) ++at_depth[tree_.depth(v)];
        }
      }
      for (const vertex node : after_[slot]) {
        if (node == none) continue;
        for (vertex v = tree_.parent(node); v != tree_.root(); v = tree_.parent(v)) copies[v] = 0;
      }
    }
    report_.dispersion = *std::max_element(at_depth.begin(), at_depth.end());
  }

  const domain_tree& tree_;
  std::span<const std::uint64_t> weights_;
  const std::vector<bool>& gone_;
  cell_rows before_;
  cell_rows after_;
  const std::vector<bool>& locked_;
  std::span<const vertex> replaced_;
  copy_sources sources_;
  std::vector<std::uint32_t> received_;
  plan_report report_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
