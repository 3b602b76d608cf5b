// SPDX-License-Identifier: MIT
// spread_rule: how a slot's replicas are to be spread over failure domains, where weights and domains pull in different
// directions.
//
//   strict()             as evenly as the domains allow, level by level, whatever the weights: with R = 3 and three zones
//                        or more, never two copies in one zone; with two zones, 2 + 1. The nodes of a small zone may get
//                        more than their weight
//   at_least(k, level)   every slot in at least k domains of that level, and otherwise by weight
//   weighted()           by weight alone; only two copies on one node are ruled out
//   overload(permille)   as strict() as long as no node gets more than its weighted share and so many thousandths of it;
//                        where one would, the domains that hold the others back may take one copy more, one by one
//
// Under every rule each domain holds floor or ceil of its share of every slot, and each node floor or ceil of its share
// of all.
#pragma once

#include <cstdint>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Which nodes may follow each other in a preference list.
enum class spread {
  nodes,        ///< distinct ones
  domains,      ///< one of every failure domain; where those are fewer than copies, then the next distinct nodes
  domains_only  ///< one of every failure domain; where those are fewer than copies, the list is shorter
};

/// How a slot's replicas are spread; the head of this file compares the rules. A value. O(1). Threads: as with an int.
class spread_rule {
 public:
  /// Which rule it is.
  enum class kind {
    strict,    ///< as evenly as the domains allow
    at_least,  ///< in so many domains, and otherwise by weight
    weighted,  ///< by weight alone
    overload   ///< strict, as long as nobody gets too much more than its weight
  };

  /// strict().
  constexpr spread_rule() noexcept = default;

  /// As evenly as the domains allow, level by level, whatever the weights.
  [[nodiscard]] static constexpr spread_rule strict() noexcept { return {}; }
  /// Every slot in that many domains at least, and otherwise by weight. `level` 1 is the first component of the domain
  /// paths ("eu" of "eu/zone-1"), 2 the second, and so on. A node whose path is shorter counts as a domain of its own.
  /// Where so many domains cannot be had, and for 0 of either, the plan is refused.
  [[nodiscard]] static constexpr spread_rule at_least(std::uint32_t domains, std::uint32_t level = 1) noexcept {
    return {kind::at_least, domains, level};
  }
  /// By weight alone; only two copies on one node are ruled out.
  [[nodiscard]] static constexpr spread_rule weighted() noexcept { return {kind::weighted, 0, 0}; }
  /// As strict(), as long as no node gets more than that above its weighted share, in thousandths: 100 is a tenth more.
  [[nodiscard]] static constexpr spread_rule overload(std::uint32_t permille) noexcept {
    return {kind::overload, permille, 0};
  }

  /// Which rule it is.
  [[nodiscard]] constexpr kind what() const noexcept { return kind_; }
  /// at_least: how many domains; overload: how many thousandths; else 0.
  [[nodiscard]] constexpr std::uint32_t amount() const noexcept { return amount_; }
  /// at_least: of which level; else 0.
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
