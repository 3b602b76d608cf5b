// SPDX-License-Identifier: MIT
// The entitlements where some nodes are locked: they hold exactly what they hold now, and the others share the rest.
//
//   3,000 slots, R = 1     rs1 100, locked   ▶  100          rs2 and rs3 share 2,900 by weight: 1,450 each
//
// The rest is shared by water_fill, for all slots together. A domain takes from a slot what its cap leaves beside the
// locked copies of that slot. The result is the fair share of every node if slots could be exchanged for one another.
// Where locked copies lie so that they cannot, the planner lets loads leave their entitlement, as it does for pins.
//
// Where pins keep a node above its entitlement, the others share the rest in the same way.
//
// The caps are those of the spread rule for all nodes. A slot that has no room for its copies under them, because the
// rule counts on a node that receives nothing, has wider caps: those for the nodes that are not locked, or none. The
// other slots keep the rule.
//
// Rejected: caps for each pattern of locked copies, which the shares of nodes would have to follow: the shares are then
// a flow problem of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
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
  // `alive` is the table without lost copies, and `kept` says of each of its cells whether the copy must stay, as all
  // copies of locked nodes must. No slot keeps more than `replicas` copies.
  locked_entitlement(const domain_tree& tree, std::span<const std::uint64_t> weights, std::uint32_t replicas,
                     spread_rule rule, const std::vector<bool>& locked, const std::vector<bool>& kept, cell_rows alive)
      : tree_(tree), weights_(weights), open_(weights.begin(), weights.end()), replicas_(replicas), rule_(rule),
        locked_(locked), kept_(kept), alive_(alive), copies_(alive.width) {
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      if (locked_[node]) open_[node] = 0;
      receivers_ += open_[node] > 0 ? 1U : 0U;
    }
  }

  // If nodes are locked.
  [[nodiscard]] entitlement apply() {
    const sums all = share_beside(locked_);
    const std::uint64_t slots = alive_.slots();
    entitlement result;
    for (vertex v = 0; v < tree_.size(); ++v) {
      const std::uint64_t low = all.share[v].floor + all.fixed[v], high = all.share[v].ceil + all.fixed[v];
      if (tree_.is_leaf(v)) {
        result.least_load.push_back(static_cast<std::uint32_t>(low));
        result.most_load.push_back(static_cast<std::uint32_t>(high));
        result.least.push_back(all.share[v].floor == slots ? 1 : 0);
        result.most.push_back(all.share[v].ceil > 0 ? 1 : 0);
        continue;
      }
      const std::uint32_t cap = caps_.front()[v];
      result.least.push_back((std::min)(cap, static_cast<std::uint32_t>(low / slots)));
      result.most.push_back((std::min)(cap, static_cast<std::uint32_t>((high + slots - 1) / slots)));
    }
    result.wider = caps_;
    for (cap_list& caps : result.wider) std::copy_n(result.most.begin(), tree_.leaves(), caps.begin());
    return result;
  }

  // The loads if these nodes, the locked ones among them, have just the copies that they keep.
  void set_loads(const std::vector<bool>& fixed, entitlement& rules) {
    const sums all = share_beside(fixed);
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      rules.least_load[node] = static_cast<std::uint32_t>(all.share[node].floor + all.fixed[node]);
      rules.most_load[node] = static_cast<std::uint32_t>(all.share[node].ceil + all.fixed[node]);
    }
  }

 private:
  // Over all slots, by vertex: the copies of fixed nodes, and the share of the other nodes.
  struct sums {
    std::vector<std::uint64_t> fixed;
    std::vector<floor_ceil> share;
  };

  [[nodiscard]] sums share_beside(const std::vector<bool>& nodes) {
    if (caps_.empty()) set_caps();
    const auto slots = static_cast<std::uint32_t>(alive_.slots());
    std::vector<std::uint64_t> fixed(tree_.size(), 0), used(tree_.size(), 0), weights(weights_.begin(), weights_.end());
    std::vector<std::uint64_t> slots_under(caps_.size(), 0);
    slot_room room(tree_, caps_.front());
    for (std::size_t p = 0; p < slots; ++p) {
      ++slots_under[caps_of_[p]];
      for (const vertex node : kept_on(nodes, p)) {
        if (node != none) ++fixed[node];
      }
      const cap_list& caps = caps_[caps_of_[p]];
      room.for_each_above(copies_, [&](vertex v, std::uint32_t kept, std::uint32_t) {
        fixed[v] += kept;
        used[v] += (std::min)(kept, caps[v]);  // a cap limits each slot alone
      });
    }
    const std::uint64_t rest = std::uint64_t{slots} * replicas_ - fixed[tree_.root()];
    std::vector<std::uint64_t> below(tree_.size(), 0);
    cap_list shared(tree_.size(), 0);
    for (vertex node = 0; node < tree_.leaves(); ++node) {
      if (nodes[node]) weights[node] = 0;
      shared[node] = weights[node] > 0 ? slots : 0;
      below[tree_.parent(node)] += shared[node];
    }
    for (vertex v = tree_.size(); v-- > tree_.root();) {
      std::uint64_t caps = 0;
      for (std::size_t i = 0; i < caps_.size(); ++i) caps += caps_[i][v] * slots_under[i];
      // More than the rest is no limit, and might not fit into 32 bits.
      const std::uint64_t cap = (std::min)({caps - used[v], rest, std::uint64_t{none}});
      shared[v] = static_cast<std::uint32_t>((std::min)(cap, below[v]));
      if (v != tree_.root()) below[tree_.parent(v)] += shared[v];
    }
    const water_fill fill(tree_, weights, shared, slots);
    sums result{std::move(fixed), {}};
    // If no node is left, none shares.
    for (vertex v = 0; v < tree_.size(); ++v) result.share.push_back(fill.feasible() ? fill.share(v) : floor_ceil{});
    return result;
  }

  // The copies of a slot that these nodes keep, with `none` for the others.
  std::span<const vertex> kept_on(const std::vector<bool>& nodes, std::size_t p) {
    const std::span<const vertex> row = alive_[p];
    for (std::size_t i = 0; i < row.size(); ++i)
      copies_[i] = row[i] != none && nodes[row[i]] && kept_[p * alive_.width + i] ? row[i] : none;
    return copies_;
  }

  // Lists the caps, the strictest first. Every slot has the first ones under which there is room for its copies.
  void set_caps() {
    const entitlement_rules all(tree_, weights_, replicas_);
    cap_list caps = all.caps_of(rule_);  // throws for a rule that cannot be kept even without locks
    caps_of_.assign(alive_.slots(), 0);
    if (std::find(locked_.begin(), locked_.end(), true) == locked_.end()) {
      caps_.push_back(std::move(caps));
      return;
    }
    std::vector<std::size_t> cramped(alive_.slots());
    std::iota(cramped.begin(), cramped.end(), std::size_t{0});
    const cap_list loose = all.caps_of(spread_rule::weighted());
    spread_rule rule = rule_;
    if (rule.what() == spread_rule::kind::at_least) {
      cap_list even = loose;
      cap_level(rule, even);
      rule = spread_rule::strict();
      cap_list strict = all.caps_of(rule);
      if (give_caps(even, cramped) || give_caps(strict, cramped) || give_caps(caps, cramped)) return;
      caps = std::move(strict);
    } else if (give_caps(caps, cramped)) {
      return;
    }
    if (receivers_ >= replicas_) {
      const entitlement_rules open(tree_, open_, replicas_);
      cap_list wider = open.caps_of(rule);
      lift_small_domains(open.caps_of(spread_rule::weighted()), wider);
      for (vertex v = 0; v < tree_.size(); ++v) wider[v] = (std::max)(wider[v], caps[v]);
      if (give_caps(wider, cramped)) return;
    }
    cap_list nodes = loose;
    std::fill(nodes.begin() + tree_.root(), nodes.end(), replicas_);
    give_caps(nodes, cramped);
  }

  // Gives these caps to the slots that have room under them, and takes the slots off the list. Returns whether no slot
  // is left.
  bool give_caps(cap_list caps, std::vector<std::size_t>& cramped) {
    // A node that receives nothing is no room.
    for (vertex node = 0; node < tree_.leaves(); ++node) caps[node] = open_[node] > 0 ? caps[node] : 0;
    slot_room room(tree_, caps);
    const std::vector<bool> all(tree_.leaves(), true);
    const std::size_t found = std::erase_if(cramped, [&](std::size_t p) {
      if (room.of_slot(kept_on(all, p)) < replicas_) return false;
      caps_of_[p] = static_cast<std::uint8_t>(caps_.size());
      return true;
    });
    if (found > 0) caps_.push_back(std::move(caps));
    return cramped.empty();
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

  const domain_tree& tree_;
  std::span<const std::uint64_t> weights_;
  std::vector<std::uint64_t> open_;  // by node: 0 if it is locked, otherwise its weight
  std::uint32_t replicas_;
  spread_rule rule_;
  const std::vector<bool>& locked_;
  const std::vector<bool>& kept_;
  cell_rows alive_;
  std::vector<vertex> copies_;
  std::vector<cap_list> caps_;
  std::vector<std::uint8_t> caps_of_;  // by slot: which of them it has
  std::uint32_t receivers_ = 0;        // nodes that may receive copies
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
