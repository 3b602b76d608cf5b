// SPDX-License-Identifier: MIT
// scaled_weights: large weights, such as the sizes of disks, as small ones that fit into a budget of virtual nodes.
//
//   sizes in GB   4000  4000  8000                    budget 100,000 vnodes, 16 for each unit of weight
//   units         100,000 / 16 = 6,250                the sum of the weights that the budget allows
//   weights       1562  1562  3124                    99,968 vnodes; the shares are exact, so the error is 0
//
// The rule, in integers alone:
//   1. If multiples of the smallest weights with the same proportions fit, the largest such multiple is the result.
//   2. Otherwise the sum is all units. Every weight gets its quota, rounded down, and at least 1. Units that are left
//      go to the largest remainders, one each. Units that are missing, because quotas below 1 were raised to 1, are
//      taken one by one where the difference from the quota becomes the smallest. Ties go to the earlier weight.
//   3. If a weight is more than a ring accepts for one node, the sum is found by halving: none is more with this sum,
//      and one is with the next. A still larger sum may fit now and then, because a weight of rule 2 can shrink by a
//      unit when the sum grows (the Alabama paradox).
//
// No other weights with the same sum have a smaller largest error. The result depends on the proportions alone, so
// bytes and terabytes give the same weights. Equal weights may differ by one unit, and their order decides which gets
// it: pass the weights in the same order everywhere, such as by id.
//
// Rejected: rounding each weight by itself, because the sum may exceed the budget; weights that are left as they are if
// they fit, because GB and TB would then give different rings; a better fit with a smaller sum, because fewer vnodes
// make a ring less even.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/placement/apportion.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What scaled_weights() returns. A value. Threads: not synchronised, like a built-in type.
struct weight_scaling {
  std::vector<std::int64_t> weights;  ///< in the order given; 0 stays 0, and a positive weight is at least 1
  std::uint64_t vnodes = 0;           ///< the virtual nodes that a ring has with these weights; within the budget
  /// The largest difference between the share of a node in all weights before and after, exact to one hash of 2^64.
  share error;
};

/// Scales weights so that a ring with these options has at most `vnodes` virtual nodes: options.vnodes × the sum of
/// the results is at most `vnodes`. The weights are integers of any type, also beyond 32 bits. Their proportions are
/// kept as well as integers can, and `error` says how well that is. The head of this file has the rule. Fewer vnodes
/// for each unit of weight (options.vnodes) give a finer scale; the ring must have the same options. Scale once and
/// keep the unit: other weights for all nodes move keys between all nodes. O(n log n) for n weights, and up to 32 times
/// as much if one node would exceed max_vnodes_per_node. Allocates.
///
/// Throws std::invalid_argument for a negative weight, options.vnodes outside 1 … max_vnodes_per_node, and a budget or
/// a ring that is too small for one unit of each positive weight.
template <std::ranges::input_range Weights>
  requires std::integral<std::ranges::range_value_t<Weights>>
[[nodiscard]] weight_scaling scaled_weights(Weights&& weights, std::uint64_t vnodes, const ring_options& options = {}) {
  using value_type = std::ranges::range_value_t<Weights>;
  static_assert(!std::same_as<value_type, bool> && sizeof(value_type) <= 8, "quoit: a weight is an integer of 64 bits");
  std::vector<std::uint64_t> given;
  for (const value_type weight : weights) {
    if (std::cmp_less(weight, 0)) {
      detail::throw_invalid_argument("scaled_weights: weight " + std::to_string(given.size()) + " is " +
                                     std::to_string(weight) + "; it must not be negative (0 drains a node)");
    }
    given.push_back(static_cast<std::uint64_t>(weight));
  }
  detail::apportionment result = detail::apportion(given, vnodes, options.vnodes);
  std::uint64_t sum = 0;
  for (const std::int64_t weight : result.weights) sum += static_cast<std::uint64_t>(weight);
  return {std::move(result.weights), sum * static_cast<std::uint64_t>(options.vnodes), result.error};
}
/// The same for weights in braces.
template <std::integral Weight>
[[nodiscard]] weight_scaling scaled_weights(std::initializer_list<Weight> weights, std::uint64_t vnodes,
                                            const ring_options& options = {}) {
  return quoit::scaled_weights(std::span<const Weight>(weights.begin(), weights.size()), vnodes, options);
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
