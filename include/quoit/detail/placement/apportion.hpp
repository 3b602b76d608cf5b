// SPDX-License-Identifier: MIT
// apportion: integers of a given sum in proportion to given weights, as in the apportionment of seats.
//
//   weight 5 3 2 of 10, sum 7     quota 3.5 2.1 1.4     rounded down 3 2 1     the last unit to the remainder .5: 4 2 1
//
// quoit/scaled_weights.hpp has the rule. The largest remainder minimises the largest difference from the quotas for a
// given sum (Birkhoff, 1976), and so does taking units one by one where the difference is smallest.
// All arithmetic is in integers of 128 bits, so every machine gets the same weights (P3).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// floor(value / divisor) and the remainder. The divisor must not be 0, and must be below 2^127.
struct wide_quotient {
  wide quotient;
  wide remainder;
};
constexpr wide_quotient divide_wide(wide value, wide divisor) noexcept {
  if (divisor.high == 0) {
    const wide quotient = divide(value, divisor.low);
    // quotient × divisor, without what exceeds 128 bits: there is nothing that does.
    wide product = multiply(quotient.low, divisor.low);
    product.high += quotient.high * divisor.low;
    return {quotient, subtract(value, product)};
  }
  wide_quotient result;
  for (int bit = 127; bit >= 0; --bit) {
    const std::uint64_t next = bit >= 64 ? value.high >> (bit - 64) : value.low >> bit;
    result.remainder = {(result.remainder.high << 1) | (result.remainder.low >> 63),
                        (result.remainder.low << 1) | (next & 1U)};
    if (result.remainder < divisor) continue;
    result.remainder = subtract(result.remainder, divisor);
    std::uint64_t& half = bit >= 64 ? result.quotient.high : result.quotient.low;
    half |= std::uint64_t{1} << (bit & 63);
  }
  return result;
}

struct apportionment {
  std::vector<std::int64_t> weights;
  share error;
};

class apportioner {
 public:
  explicit apportioner(const std::vector<std::uint64_t>& weights) : given_(weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;
      positive_.push_back(i);
      total_ = add(total_, {0, weights[i]});
      divisor_ = std::gcd(divisor_, weights[i]);
      greatest_ = (std::max)(greatest_, weights[i]);
    }
  }

  // The number of positive weights, and so the least sum.
  [[nodiscard]] std::uint64_t least() const noexcept { return positive_.size(); }

  // The largest multiple of the given proportions with a sum of at most `sum`, and none above `most`; 0 if not even the
  // smallest one fits.
  [[nodiscard]] std::uint64_t exact_multiple(std::uint64_t sum, std::uint64_t most) const noexcept {
    const wide reduced = divide(total_, divisor_);
    return reduced.high != 0 ? 0 : (std::min)(sum / reduced.low, most / (greatest_ / divisor_));
  }
  [[nodiscard]] std::vector<std::int64_t> exact(std::uint64_t multiple) const {
    std::vector<std::int64_t> result(given_.size());
    for (const std::size_t i : positive_) result[i] = static_cast<std::int64_t>(given_[i] / divisor_ * multiple);
    return result;
  }

  // The weights of this sum, which must be at least least(), and below 2^32.
  [[nodiscard]] std::vector<std::int64_t> of_sum(std::uint64_t sum) const {
    std::vector<std::int64_t> result(given_.size());
    std::vector<part> parts;
    std::uint64_t left = sum;
    for (const std::size_t i : positive_) {
      const wide_quotient quota = divide_wide(multiply(given_[i], sum), total_);
      const std::uint64_t units = (std::max<std::uint64_t>)(quota.quotient.low, 1);
      result[i] = static_cast<std::int64_t>(units);
      left -= units;  // may wrap below 0: units are missing then
      if (quota.quotient.low != 0) parts.push_back({0, quota.remainder, i});
    }
    if (static_cast<std::int64_t>(left) >= 0) give(result, parts, left);
    else take(result, parts, std::uint64_t{0} - left);
    return result;
  }

  [[nodiscard]] share error_of(const std::vector<std::int64_t>& weights) const noexcept {
    std::uint64_t sum = 0;
    for (const std::int64_t weight : weights) sum += static_cast<std::uint64_t>(weight);
    share worst;
    for (const std::size_t i : positive_) {
      const share before =
          wide{0, given_[i]} == total_ ? share::whole() : share(divide_wide({given_[i], 0}, total_).quotient.low);
      const share after = share::ratio(static_cast<std::uint64_t>(weights[i]), sum);
      worst = (std::max)(worst, before < after ? after - before : before - after);
    }
    return worst;
  }

 private:
  // A weight that is not raised to 1. It is `whole` + remainder / total below its quota.
  struct part {
    std::uint64_t whole;
    wide remainder;
    std::size_t index;
  };
  // The order in which units are taken: from the nearest to its quota first, so the queue has that one at the top.
  struct farther {
    bool operator()(const part& a, const part& b) const noexcept {
      return std::tie(b.whole, b.remainder, b.index) < std::tie(a.whole, a.remainder, a.index);
    }
  };

  // At most one unit each: the remainders add up to at least that many.
  static void give(std::vector<std::int64_t>& result, std::vector<part>& parts, std::uint64_t units) {
    std::sort(parts.begin(), parts.end(), [](const part& a, const part& b) {
      return std::tie(b.remainder, a.index) < std::tie(a.remainder, b.index);
    });
    for (std::size_t i = 0; i < units; ++i) ++result[parts[i].index];
  }

  // Fewer units than there are weights, because each raised weight got less than one that was not its own.
  static void take(std::vector<std::int64_t>& result, const std::vector<part>& parts, std::uint64_t units) {
    std::priority_queue<part, std::vector<part>, farther> left;
    for (const part& one : parts) {
      if (result[one.index] > 1) left.push(one);
    }
    for (; units > 0; --units) {
      part nearest = left.top();
      left.pop();
      ++nearest.whole;
      if (--result[nearest.index] > 1) left.push(nearest);
    }
  }

  const std::vector<std::uint64_t>& given_;
  std::vector<std::size_t> positive_;  // their indices
  wide total_;
  std::uint64_t divisor_ = 0;  // of all weights, the greatest common one
  std::uint64_t greatest_ = 0;
};

// Throws what scaled_weights() throws.
[[nodiscard]] inline apportionment apportion(const std::vector<std::uint64_t>& weights, std::uint64_t vnodes,
                                             std::int64_t vnodes_of_unit) {
  if (vnodes_of_unit < 1 || vnodes_of_unit > max_vnodes_per_node) {
    throw_invalid_argument("scaled_weights: options.vnodes = " + std::to_string(vnodes_of_unit) + "; it must be 1 to " +
                           std::to_string(max_vnodes_per_node) + "; pass the options of the ring");
  }
  const apportioner from(weights);
  if (from.least() == 0) return {std::vector<std::int64_t>(weights.size()), share()};
  const auto unit = static_cast<std::uint64_t>(vnodes_of_unit);
  const std::uint64_t units = (std::min)(vnodes, max_vnodes) / unit;
  const std::uint64_t most = static_cast<std::uint64_t>(max_vnodes_per_node) / unit;
  if (units < from.least()) {
    throw_invalid_argument(
        "scaled_weights: " + std::to_string(from.least()) + " positive weights need at least " +
        std::to_string(from.least()) + " x " + std::to_string(unit) + " virtual nodes; the budget is " +
        std::to_string(vnodes) + ", and no ring has more than " + std::to_string(max_vnodes) +
        ". Raise the budget, or take fewer virtual nodes for each unit of weight (ring_options::vnodes)");
  }
  const auto fits = [&](const std::vector<std::int64_t>& result) {
    return std::cmp_less_equal(*std::max_element(result.begin(), result.end()), most);
  };
  if (const std::uint64_t multiple = from.exact_multiple(units, most); multiple != 0) {
    std::vector<std::int64_t> result = from.exact(multiple);
    return {std::move(result), share()};
  }
  std::vector<std::int64_t> best = from.of_sum(units);
  if (!fits(best)) {
    // `low` fits, as the least sum does with a 1 for each, and `high` does not. Weights do not always grow with the
    // sum, so sums above the result are not all too large; a search through all of them may take too long.
    std::uint64_t low = from.least(), high = units;
    best = from.of_sum(low);
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      std::vector<std::int64_t> next = from.of_sum(middle);
      if (fits(next)) {
        low = middle;
        best = std::move(next);
      } else {
        high = middle;
      }
    }
  }
  const share error = from.error_of(best);
  return {std::move(best), error};
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
