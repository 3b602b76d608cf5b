// SPDX-License-Identifier: MIT
// spread: which nodes a preference list may contain. spread_rule: how a plan spreads a slot's replicas over failure
// domains if weights and domains conflict.
//
//   strict()             as evenly as the domains allow, level by level, whatever the weights. With R = 3 and three
//                        zones or more, never two copies in one zone; with two zones, 2 + 1. The nodes of a small
//                        zone may get more than their weight
//   at_least(k, level)   every slot in at least k domains of that level, and otherwise by weight
//   weighted()           by weight alone; only two copies on one node are not allowed
//   overload(permille)   like strict() as long as no node gets more than its weighted share plus that many thousandths
//                        of it. If a node would, the domains that limit the other nodes may take one copy more, one by
//                        one
//
// Under every rule each domain holds floor or ceil of its share of every slot, and each node holds floor or ceil of its
// share of all slots. Only pinned slots keep their copies however they are spread.
#pragma once

#include <cstdint>

#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Which nodes a preference list may contain.
enum class spread {
  nodes,    ///< distinct nodes
  domains,  ///< one node of every failure domain; if there are fewer domains than copies, then further distinct nodes
  domains_only  ///< one node of every failure domain; if there are fewer domains than copies, the list is shorter
};

/// How a slot's replicas are spread over failure domains. The head of this file compares the rules. A value. O(1).
/// Threads: not synchronised, like a built-in type.
class spread_rule {
 public:
  /// The kinds of rules.
  enum class kind {
    strict,    ///< as evenly as the domains allow
    at_least,  ///< in a minimum number of domains, and otherwise by weight
    weighted,  ///< by weight alone
    overload   ///< like strict, as long as no node gets too much more than its weight
  };

  /// strict().
  constexpr spread_rule() noexcept = default;

  /// As evenly as the domains allow, level by level, whatever the weights.
  [[nodiscard]] static constexpr spread_rule strict() noexcept { return {}; }
  /// Every slot that is not pinned in at least `domains` domains, and otherwise by weight. `level` 1 is the first
  /// component of the domain paths ("eu" of "eu/zone-1"), 2 the second, and so on. A node with a shorter path counts as
  /// a domain of its own. plan() throws if there are not enough domains, or if either argument is 0.
  [[nodiscard]] static constexpr spread_rule at_least(std::uint32_t domains, std::uint32_t level = 1) noexcept {
    return {kind::at_least, domains, level};
  }
  /// By weight alone; only two copies on one node are not allowed.
  [[nodiscard]] static constexpr spread_rule weighted() noexcept { return {kind::weighted, 0, 0}; }
  /// Like strict(), as long as no node gets more than its weighted share plus `permille` thousandths of it: 100 allows
  /// a tenth more.
  [[nodiscard]] static constexpr spread_rule overload(std::uint32_t permille) noexcept {
    return {kind::overload, permille, 0};
  }

  /// The kind of this rule.
  [[nodiscard]] constexpr kind what() const noexcept { return kind_; }
  /// at_least: the number of domains; overload: the thousandths; else 0.
  [[nodiscard]] constexpr std::uint32_t amount() const noexcept { return amount_; }
  /// at_least: the level of the domains; else 0.
  [[nodiscard]] constexpr std::uint32_t level() const noexcept { return level_; }

  friend constexpr bool operator==(const spread_rule&, const spread_rule&) noexcept = default;

 private:
  constexpr spread_rule(kind what, std::uint32_t amount, std::uint32_t level) noexcept
      : kind_(what), amount_(amount), level_(level) {}

  kind kind_ = kind::strict;
  std::uint32_t amount_ = 0;
  std::uint32_t level_ = 0;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
