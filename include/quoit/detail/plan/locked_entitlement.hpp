// SPDX-License-Identifier: MIT
// The entitlements where some nodes are locked: they hold exactly what they hold now, and the others share the rest.
//
//   3,000 slots, R = 1     rs1 100, locked   ▶  100          rs2 and rs3 share 2,900 by weight: 1,450 each
//
// The rest is shared by water_fill, for all slots together. A domain takes from a slot what its cap leaves beside the
// locked copies of that slot. The result is the fair share of every node if slots could be exchanged for one another.
// Where locked copies lie so that they cannot, the planner lets loads leave their entitlement, as it does for pins.
//
// The caps are those of the spread rule for all nodes. If some slot then has no room for its copies, because the rule
// counts on a node that receives nothing, the caps are those for the nodes that are not locked.
//
// Rejected: caps for each pattern of locked copies, which the shares of nodes would have to follow: the shares are then
// a flow problem of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/version.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/slot_limits.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class locked_entitlement {
  using vertex = domain_tree::vertex;
  using cap_list = std::vector<std::uint32_t>;

 public:
  // `alive` is the table without lost copies. No slot has more than `replicas` copies on locked nodes, and every slot
  // finds `replicas` nodes among those and the nodes that may receive copies.
  locked_entitlement(const domain_tree& tree, std::span<const std::uint64_t> weights, std::uint32_t replicas,
                     const std::vector<bool>& locked, cell_rows alive)
      : tree_(tree), all_(weights), rest_(weights.begin(), weights.end()), replicas_(replicas), locked_(locked),
        alive_(alive), copies_(alive.width) {
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      if (locked_[node]) rest_[node] = 0;
      open_ += rest_[node] > 0 ? 1U : 0U;
    }
  }

  [[nodiscard]] entitlement apply(spread_rule rule) {
    const cap_list caps = caps_with_room(rule);
    const std::uint64_t slots = alive_.slots();
    // Over all slots, by vertex: the locked copies, and those of them that use up the cap.
    std::vector<std::uint64_t> fixed(tree_.size(), 0), used(tree_.size(), 0);
    slot_room room(tree_, caps);
    for (std::size_t p = 0; p < slots; ++p) {
      for (const vertex node : locked_copies(p)) fixed[node == none ? tree_.root() : node] += node == none ? 0U : 1U;
      room.for_each_above(copies_, [&](vertex v, std::uint32_t kept, std::uint32_t) {
        fixed[v] += kept;
        used[v] += (std::min)(kept, caps[v]);
      });
    }
    const std::uint64_t rest = slots * replicas_ - fixed[tree_.root()];
    cap_list shared(tree_.size(), 0);
    for (vertex v = 0; v < tree_.size(); ++v) {
      // More than the rest is no limit, and might not fit into 32 bits.
      shared[v] = static_cast<std::uint32_t>((std::min)({caps[v] * slots - used[v], rest, std::uint64_t{none}}));
    }
    for (vertex node = 0; node < tree_.leaves(); ++node) shared[node] = rest_[node] > 0 ? unit() : 0;
    const water_fill fill(tree_, rest_, shared, unit());

    entitlement result;
    for (vertex v = 0; v < tree_.size(); ++v) {
      const floor_ceil share = fill.feasible() ? fill.share(v) : floor_ceil{};  // if all nodes are locked, none shares
      if (tree_.is_leaf(v)) {
        result.least_load.push_back(static_cast<std::uint32_t>(share.floor + fixed[v]));
        result.most_load.push_back(static_cast<std::uint32_t>(share.ceil + fixed[v]));
        result.least.push_back(share.floor == slots ? 1 : 0);
        result.most.push_back(share.ceil > 0 ? 1 : 0);
        result.wide.push_back(result.most.back());
        continue;
      }
      result.least.push_back((std::min)(caps[v], static_cast<std::uint32_t>((share.floor + fixed[v]) / slots)));
      result.most.push_back(
          (std::min)(caps[v], static_cast<std::uint32_t>((share.ceil + fixed[v] + slots - 1) / slots)));
      result.wide.push_back(caps[v]);
    }
    return result;
  }

 private:
  [[nodiscard]] std::uint32_t unit() const noexcept { return static_cast<std::uint32_t>(alive_.slots()); }

  // The locked copies of a slot, with `none` for the others.
  std::span<const vertex> locked_copies(std::size_t p) {
    const std::span<const vertex> row = alive_[p];
    std::transform(row.begin(), row.end(), copies_.begin(),
                   [this](vertex node) { return node != none && locked_[node] ? node : none; });
    return copies_;
  }

  // The first of some lists of caps under which every slot has room for its copies.
  [[nodiscard]] cap_list caps_with_room(spread_rule rule) {
    const entitlement_rules all(tree_, all_, replicas_);
    cap_list caps = all.caps_of(rule);  // throws for a rule that cannot be kept even without locks
    if (rule.what() == spread_rule::kind::at_least) {
      cap_list even = all.caps_of(spread_rule::weighted());
      cap_level(rule, even);
      if (has_room(even)) return even;
      even = all.caps_of(spread_rule::strict());
      if (has_room(even)) return even;
      if (has_room(caps)) return caps;
      rule = spread_rule::strict();
    } else if (has_room(caps)) {
      return caps;
    }
    if (open_ >= replicas_) {
      const entitlement_rules rest(tree_, rest_, replicas_);
      caps = rest.caps_of(rule);
      lift_small_domains(rest.caps_of(spread_rule::weighted()), caps);
      if (has_room(caps)) return caps;
    }
    return all.caps_of(spread_rule::weighted());
  }

  // With at most this many copies in a domain of the level, the copies of a slot are in enough domains. The entitlement
  // without locks could do with less, because it knows how many copies each domain gets.
  void cap_level(spread_rule rule, cap_list& caps) const {
    if (rule.amount() < 2) return;
    const std::uint32_t cap = (replicas_ - 1) / (rule.amount() - 1);
    for (vertex v = tree_.root() + 1; v < tree_.size(); ++v) {
      if (tree_.depth(v) == rule.level()) caps[v] = (std::min)(caps[v], cap);
    }
  }

  // A domain whose cap is the number of its nodes that are not locked is not limited by the rule. Beside locked copies
  // it may have as many as its siblings.
  void lift_small_domains(const cap_list& nodes, cap_list& caps) const {
    for (vertex v = tree_.root(); v < tree_.size(); ++v) {
      std::uint32_t highest = 0;
      for (const vertex child : tree_.children(v)) highest = (std::max)(highest, caps[child]);
      for (const vertex child : tree_.children(v)) {
        if (!tree_.is_leaf(child) && caps[child] == nodes[child]) caps[child] = highest;
      }
    }
  }

  // The caps of nodes become 0 where they may receive nothing.
  [[nodiscard]] bool has_room(cap_list& caps) {
    for (vertex node = 0; node < tree_.leaves(); ++node) caps[node] = rest_[node] > 0 ? caps[node] : 0;
    slot_room room(tree_, caps);
    for (std::size_t p = 0; p < alive_.slots(); ++p) {
      if (room.of_slot(locked_copies(p)) < replicas_) return false;
    }
    return true;
  }

  const domain_tree& tree_;
  std::span<const std::uint64_t> all_;  // the weights of all nodes
  std::vector<std::uint64_t> rest_;     // by node: 0 if it is locked, otherwise its weight
  std::uint32_t replicas_;
  const std::vector<bool>& locked_;
  cell_rows alive_;
  std::vector<vertex> copies_;
  std::uint32_t open_ = 0;  // nodes that may receive copies
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
