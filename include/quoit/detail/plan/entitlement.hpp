// SPDX-License-Identifier: MIT
// The entitlements: how many copies of one slot, and of all slots together, every node and domain is to hold.
//
//   per slot     floor(t) … ceil(t) for every node and domain: the spread
//   in total     floor(Q t) … ceil(Q t) for every node: the balance
//
// t comes from water_fill, under caps that the spread rule sets. x = t for every slot satisfies all of these
// constraints, and they form two laminar families. So whole numbers satisfy them, too (Edmonds, Submodular functions,
// matroids, and certain polyhedra, 1970): a table with perfect balance and perfect spread always exists.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/detail/plan/water_fill.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct entitlement {
  std::vector<std::uint32_t> least;  // by vertex: copies of any one slot
  std::vector<std::uint32_t> most;
  std::vector<std::uint32_t> least_load;  // by node: copies of all slots
  std::vector<std::uint32_t> most_load;
  // By vertex, the strictest list first: the most of a slot that has too little room under `most` and the lists before,
  // because some nodes receive nothing. Empty if every node receives.
  std::vector<std::vector<std::uint32_t>> wider = {};
  // Whether a node whose least is 1 must have every slot. Not if loads leave their entitlement.
  bool full_nodes = true;
};

// Lets loads differ from their exact entitlement by `slack`. No least goes below what is pinned.
inline void widen(const entitlement& exact, const std::vector<std::uint32_t>& pinned, entitlement& rules,
                  std::uint32_t slack) {
  rules.full_nodes = exact.full_nodes && slack == 0;
  for (std::size_t node = 0; node < pinned.size(); ++node) {
    if (exact.most[node] == 0) continue;
    rules.least_load[node] = (std::max)(exact.least_load[node] - (std::min)(exact.least_load[node], slack),
                                        (std::min)(pinned[node], exact.least_load[node]));
    rules.most_load[node] = exact.most_load[node] + slack;
  }
}

// The largest distance of a load from its entitlement, in copies.
[[nodiscard]] inline std::uint32_t farthest_load(const entitlement& rules, const std::vector<std::uint32_t>& loads) {
  std::uint32_t most = 0;
  for (std::size_t node = 0; node < loads.size(); ++node) {
    const std::uint32_t low = rules.least_load[node], high = rules.most_load[node], now = loads[node];
    most = (std::max)({most, low - (std::min)(low, now), now - (std::min)(high, now)});
  }
  return most;
}

class entitlement_rules {
  using vertex = domain_tree::vertex;

 public:
  entitlement_rules(const domain_tree& tree, std::span<const std::uint64_t> weights, std::uint32_t replicas)
      : tree_(tree), weights_(weights), replicas_(replicas), active_(tree.size(), 0) {
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) {
      active_[leaf] = weights_[leaf] > 0 ? 1 : 0;
      total_ += weights_[leaf];
    }
    add_up(active_);
    if (active_[tree_.root()] < replicas_) {
      throw_invalid_argument("plan: " + std::to_string(replicas_) +
                             " replicas need as many nodes with a weight above 0, but there are " +
                             std::to_string(active_[tree_.root()]) + "; add nodes, or set fewer replicas");
    }
  }

  // By vertex: the most copies of a slot.
  [[nodiscard]] std::vector<std::uint32_t> caps_of(spread_rule rule) const {
    switch (rule.what()) {
    case spread_rule::kind::at_least:
      return at_least(rule.amount(), rule.level());
    case spread_rule::kind::weighted:
      return loose();
    case spread_rule::kind::overload:
      return overload(rule.amount());
    case spread_rule::kind::strict:
      break;
    }
    return strict();
  }

  [[nodiscard]] entitlement apply(spread_rule rule, std::uint64_t slots) const {
    const std::vector<std::uint32_t> caps = caps_of(rule);
    const water_fill fill(tree_, weights_, caps);
    entitlement result;
    for (vertex v = 0; v < tree_.size(); ++v) {
      const floor_ceil one = fill.share(v);
      result.least.push_back(static_cast<std::uint32_t>(one.floor));
      result.most.push_back(static_cast<std::uint32_t>(one.ceil));
      if (!tree_.is_leaf(v)) continue;
      const floor_ceil all = fill.share(v, slots);
      result.least_load.push_back(static_cast<std::uint32_t>(all.floor));
      result.most_load.push_back(static_cast<std::uint32_t>(all.ceil));
    }
    return result;
  }

 private:
  using cap_list = std::vector<std::uint32_t>;

  // Adds the value of every leaf to all domains above it.
  template <class Value>
  void add_up(std::vector<Value>& values) const {
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) {
      for (vertex v = tree_.parent(leaf); v != none; v = tree_.parent(v)) values[v] += values[leaf];
    }
  }

  // The loosest caps: one copy for each active node.
  [[nodiscard]] cap_list loose() const {
    cap_list caps = active_;
    caps[tree_.root()] = replicas_;
    return caps;
  }

  // Level by level: each domain spreads the most copies that it may get as evenly as possible, and no child may hold
  // more than that takes.
  [[nodiscard]] cap_list strict() const {
    cap_list caps = loose();
    for (vertex level = 0; level < tree_.max_depth(); ++level) {
      const water_fill fill(tree_, weights_, caps);
      for (vertex v = tree_.root(); v < tree_.size(); ++v) {
        if (tree_.depth(v) == level) cap_children(v, static_cast<std::uint32_t>(fill.share(v).ceil), caps);
      }
    }
    return caps;
  }

  void cap_children(vertex v, std::uint32_t copies, cap_list& caps) const {
    const auto room = [&](std::uint32_t cap) {
      std::uint64_t sum = 0;
      for (const vertex child : tree_.children(v)) sum += (std::min)(cap, active_[child]);
      return sum;
    };
    // The lowest cap with enough room. A cap of `copies` always has, because the nodes below v can hold them.
    std::uint32_t low = 0, high = copies;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (room(middle) >= copies) high = middle;
      else low = middle + 1;
    }
    for (const vertex child : tree_.children(v)) caps[child] = (std::min)(low, active_[child]);
  }

  // The loosest cap on the domains of that level for which every slot is in at least `wanted` of them, however the
  // entitlements are rounded.
  [[nodiscard]] cap_list at_least(std::uint32_t wanted, std::uint32_t level) const {
    if (wanted == 0 || level == 0) {
      throw_invalid_argument("plan: spread_rule::at_least(" + std::to_string(wanted) + ", " + std::to_string(level) +
                             "): the number of domains and the level must be at least 1");
    }
    std::vector<vertex> domains;
    for (vertex v = 0; v < tree_.size(); ++v) {
      if (is_at(v, level) && active_[v] > 0) domains.push_back(v);
    }
    const auto refuse = [&](const std::string& why) {
      throw_invalid_argument("plan: every slot is to be in " + std::to_string(wanted) + " domains of level " +
                             std::to_string(level) + ", " + why);
    };
    if (wanted > replicas_)
      refuse("but has only " + std::to_string(replicas_) + " replicas; raise replicas, or ask for fewer domains");
    if (wanted > domains.size()) {
      std::string names;
      for (const vertex v : domains) {
        if (!tree_.is_leaf(v)) names += (names.empty() ? ": '" : ", '") + tree_.name(v) + '\'';
      }
      refuse("and only " + std::to_string(domains.size()) + " have a node with a weight" + names +
             "; ask for fewer domains, or add nodes to another one");
    }
    // One cap for all domains of the level is the loosest rule. Where domains are too small for it, strict spread may
    // be enough, and whole copies always are.
    for (std::uint32_t cap = replicas_; cap > 0; --cap) {
      cap_list caps = loose();
      for (const vertex v : domains) caps[v] = (std::min)(caps[v], cap);
      const water_fill fill(tree_, weights_, caps);
      if (fill.feasible() && fewest_domains(fill, level) >= wanted) return caps;
    }
    cap_list caps = strict();
    if (fewest_domains(water_fill(tree_, weights_, caps), level) >= wanted) return caps;
    return dealt_out(wanted, domains);
  }

  // For domains that are too small for an even spread: every domain gets a whole number of copies. The heaviest domains
  // get one each, and the remaining copies go one by one to the domain with the most weight for each copy. Then every
  // slot is spread in exactly this way.
  [[nodiscard]] cap_list dealt_out(std::uint32_t wanted, const std::vector<vertex>& domains) const {
    std::vector<std::uint64_t> weight(tree_.size(), 0);
    std::copy(weights_.begin(), weights_.end(), weight.begin());
    add_up(weight);
    cap_list caps = loose();
    for (const vertex v : domains) caps[v] = 0;
    for (std::uint32_t dealt = 0; dealt < replicas_; ++dealt) {
      vertex best = none;
      for (const vertex v : domains) {
        if (caps[v] == active_[v] || (dealt < wanted && caps[v] > 0)) continue;
        if (best == none ||
            multiply(weight[best], caps[v] + std::uint64_t{1}) < multiply(weight[v], caps[best] + std::uint64_t{1}))
          best = v;
      }
      ++caps[best];
    }
    return caps;
  }

  // Whether v is a domain of the level, or a node whose path is too short for one.
  [[nodiscard]] bool is_at(vertex v, std::uint32_t level) const noexcept {
    return tree_.is_leaf(v) ? tree_.depth(v) <= level : tree_.depth(v) == level;
  }

  // The fewest domains of a level that a slot can be in while every vertex holds floor or ceil of its share.
  [[nodiscard]] std::uint32_t fewest_domains(const water_fill& fill, std::uint32_t level) const {
    std::vector<std::uint32_t> at_floor(tree_.size(), 0), at_ceil(tree_.size(), 0);
    const auto set = [&](vertex v, auto count) {
      const floor_ceil one = fill.share(v);
      at_floor[v] = count(one.floor);
      at_ceil[v] = count(one.ceil);
    };
    const auto any = [](std::uint64_t copies) { return copies > 0 ? 1U : 0U; };
    for (vertex v = 0; v < tree_.leaves(); ++v) {
      if (is_at(v, level)) set(v, any);
    }
    for (vertex v = tree_.size(); v-- > tree_.root();) {
      if (is_at(v, level)) {
        set(v, any);
      } else if (tree_.depth(v) < level) {
        std::uint64_t floors = 0;
        std::uint32_t fewest = 0;
        // By child that may hold one copy above its floor: how many domains that copy adds.
        std::vector<std::uint32_t> more;
        for (const vertex child : tree_.children(v)) {
          const floor_ceil one = fill.share(child);
          floors += one.floor;
          fewest += at_floor[child];
          if (one.floor < one.ceil) more.push_back(at_ceil[child] - at_floor[child]);
        }
        std::sort(more.begin(), more.end());
        // The copies above the floors go where they add the fewest domains.
        set(v, [&](std::uint64_t copies) {
          std::uint32_t domains = fewest;
          for (std::size_t i = 0; i < copies - floors; ++i) domains += more[i];
          return domains;
        });
      }
    }
    return at_floor[tree_.root()];
  }

  // Loosens the caps with the lowest level, which limit their nodes most, one copy at a time, until no node is
  // overloaded.
  [[nodiscard]] cap_list overload(std::uint32_t permille) const {
    cap_list caps = strict();
    for (;;) {
      const water_fill fill(tree_, weights_, caps);
      if (!overloaded(fill, permille)) return caps;
      std::optional<water_level> lowest;
      for (vertex v = tree_.root() + 1; v < tree_.size(); ++v) {
        if (loosenable(fill, v, caps) && (!lowest || fill.level(v) < *lowest)) lowest = fill.level(v);
      }
      if (!lowest) return caps;
      for (vertex v = tree_.root() + 1; v < tree_.size(); ++v) {
        if (loosenable(fill, v, caps) && !(*lowest < fill.level(v))) ++caps[v];
      }
    }
  }

  [[nodiscard]] bool loosenable(const water_fill& fill, vertex v, const cap_list& caps) const noexcept {
    return active_[v] > caps[v] && fill.binds(v);
  }

  // Whether some node holds more than (1 + permille / 1000) × weight × R / total. A full node holds all that it can.
  [[nodiscard]] bool overloaded(const water_fill& fill, std::uint32_t permille) const noexcept {
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) {
      if (active_[leaf] == 0) continue;
      const water_level& level = fill.level(leaf);
      if (multiply(level.weights, std::uint64_t{replicas_} * (1000 + std::uint64_t{permille})) <
          multiply(level.copies * 1000, total_))
        return true;
    }
    return false;
  }

  const domain_tree& tree_;
  std::span<const std::uint64_t> weights_;
  std::uint32_t replicas_;
  std::vector<std::uint32_t> active_;  // by vertex: how many nodes below it have a weight
  std::uint64_t total_ = 0;            // the sum of the weights
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
