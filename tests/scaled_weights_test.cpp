// SPDX-License-Identifier: MIT
// scaled_weights: sizes of disks become weights that a ring accepts, with the least possible error.
#include <quoit/scaled_weights.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <quoit/detail/placement/apportion.hpp>
#include <quoit/ring.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"

namespace {

using scale_list = std::vector<std::int64_t>;
using Catch::Matchers::ContainsSubstring;

std::uint64_t sum_of(const scale_list& weights) {
  return static_cast<std::uint64_t>(std::accumulate(weights.begin(), weights.end(), std::int64_t{0}));
}

// The largest difference |a / sum of a - w / sum of w| as a fraction, whose denominator is the product of both sums.
std::uint64_t error_of(const std::vector<std::uint64_t>& given, const scale_list& scaled) {
  const std::uint64_t total = std::accumulate(given.begin(), given.end(), std::uint64_t{0}), sum = sum_of(scaled);
  std::uint64_t worst = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::uint64_t before = given[i] * sum, after = static_cast<std::uint64_t>(scaled[i]) * total;
    worst = (std::max)(worst, before < after ? after - before : before - after);
  }
  return worst;
}

// The least error of all weights with this sum in which 0 stays 0 and every other weight is 1 to most.
std::uint64_t least_error(const std::vector<std::uint64_t>& given, std::uint64_t sum, std::int64_t most,
                          scale_list chosen = {}) {
  if (chosen.size() == given.size()) return sum == 0 ? error_of(given, chosen) : ~std::uint64_t{0};
  std::uint64_t least = ~std::uint64_t{0};
  const bool drained = given[chosen.size()] == 0;
  chosen.push_back(0);
  for (std::int64_t weight = drained ? 0 : 1; weight <= (drained ? 0 : most); ++weight) {
    if (static_cast<std::uint64_t>(weight) > sum) break;
    chosen.back() = weight;
    least = (std::min)(least, least_error(given, sum - static_cast<std::uint64_t>(weight), most, chosen));
  }
  return least;
}

}  // namespace

TEST_CASE("scaled_weights: 24 disks of 4,000 GB fit into 100,000 vnodes", "[scaled_weights]") {
  const std::vector<int> sizes(24, 4000);
  const auto scaled = quoit::scaled_weights(sizes, 100'000);
  CHECK(scaled.weights == scale_list(24, 8));  // 24 × 8 × 512 = 98,304
  CHECK(scaled.vnodes == 98'304);
  CHECK(scaled.error == quoit::share());
  quoit::ring<> ring;
  for (std::size_t i = 0; i < sizes.size(); ++i) ring.add("disk" + std::to_string(i), {.weight = scaled.weights[i]});
  CHECK(ring.vnode_count() == scaled.vnodes);
}

TEST_CASE("scaled_weights: the ring's options decide how fine the scale is", "[scaled_weights]") {
  const std::vector<std::uint64_t> sizes{4'000, 4'000, 8'000};
  const quoit::ring_options options{.vnodes = 16};
  const auto scaled = quoit::scaled_weights(sizes, 100'000, options);
  CHECK(scaled.weights == scale_list{1562, 1562, 3124});
  CHECK(scaled.vnodes == 99'968);
  CHECK(scaled.error == quoit::share());
  CHECK(quoit::scaled_weights({4, 4, 8}, 100'000, options).weights == scaled.weights);  // TB instead of GB
  CHECK(quoit::scaled_weights({1, 2}, 3, {.vnodes = 1}).weights == scale_list{1, 2});
  CHECK(quoit::scaled_weights({5, 3, 2}, 7, {.vnodes = 1}).weights == scale_list{4, 2, 1});
  const auto coarse = quoit::scaled_weights({999, 1}, 2, {.vnodes = 1});
  CHECK(coarse.weights == scale_list{1, 1});
  CHECK(coarse.error == quoit::share::ratio(1, 2) - quoit::share::ratio(1, 1000));
}

TEST_CASE("scaled_weights: no other weights of that sum have a smaller error", "[scaled_weights]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (std::uint64_t i = 0; i < test::random_cases(100, 1500); ++i) {
    std::vector<std::uint64_t> given(1 + random.index(4));
    for (std::uint64_t& weight : given) weight = random.chance(5) ? 0 : 1 + random.below(random.chance(2) ? 5 : 300);
    const auto positive = static_cast<std::uint64_t>(given.size()) -
                          static_cast<std::uint64_t>(std::count(given.begin(), given.end(), 0U));
    const std::uint64_t unit = 1 + random.below(3), budget = unit * (positive + random.below(16)) + random.below(unit);
    const auto scaled = quoit::scaled_weights(given, budget, {.vnodes = static_cast<std::int64_t>(unit)});
    const std::uint64_t sum = sum_of(scaled.weights);
    INFO("budget " << budget << " of " << unit << " each");
    REQUIRE(sum * unit == scaled.vnodes);
    REQUIRE(scaled.vnodes <= budget);
    for (std::size_t n = 0; n < given.size(); ++n) REQUIRE((given[n] == 0) == (scaled.weights[n] == 0));
    if (positive == 0) continue;
    const std::uint64_t error = error_of(given, scaled.weights),
                        total = std::accumulate(given.begin(), given.end(), std::uint64_t{0});
    REQUIRE(error == least_error(given, sum, 40));
    // The whole budget is used, unless the shares are exact; then a larger multiple would exceed it.
    if (error != 0) REQUIRE(sum == budget / unit);
    const quoit::share exact = quoit::share::ratio(error, total * sum);
    const quoit::share said = scaled.error;
    REQUIRE((said < exact ? exact - said : said - exact) <= quoit::share(1));
    for (std::size_t a = 0; a < given.size(); ++a) {
      for (std::size_t b = 0; b < given.size(); ++b) {
        if (given[a] > given[b]) REQUIRE(scaled.weights[a] >= scaled.weights[b]);
      }
    }
  }
}

TEST_CASE("scaled_weights: bytes beyond 32 bits, and sums beyond 64", "[scaled_weights]") {
  constexpr std::uint64_t huge = (std::numeric_limits<std::uint64_t>::max)();
  const auto equal = quoit::scaled_weights(std::vector<std::uint64_t>(10, huge), 1000, {.vnodes = 1});
  CHECK(equal.weights == scale_list(10, 100));
  CHECK(equal.error == quoit::share());
  const std::vector<std::uint64_t> odd{huge, huge - 1, huge / 2, 3, 0};
  const auto scaled = quoit::scaled_weights(odd, 1001, {.vnodes = 1});
  CHECK(scaled.weights == scale_list{400, 400, 200, 1, 0});
  CHECK(scaled.error <= quoit::share::ratio(1, 1001));
  const auto disks = quoit::scaled_weights({16'000'900'661'248U, 8'001'563'222'016U, 4'000'787'030'016U}, 1'000'000);
  CHECK(disks.weights == scale_list{1116, 558, 279});
  CHECK(disks.error < quoit::share::ratio(1, 1000));
}

TEST_CASE("scaled_weights: a ring accepts the weights of any budget", "[scaled_weights]") {
  // More than max_vnodes_per_node for one node is not possible, however large the budget.
  const auto one = quoit::scaled_weights({1'000'000, 1}, 1'000'000'000);
  CHECK(one.weights == scale_list{32'768, 1});
  CHECK(one.vnodes == 32'769 * 512U);
  const auto many = quoit::scaled_weights({7}, ~std::uint64_t{0}, {.vnodes = 3});
  CHECK(many.weights == scale_list{(std::int64_t{1} << 24) / 3});
  const auto full = quoit::scaled_weights(std::vector<int>(1000, 5), ~std::uint64_t{0}, {.vnodes = 1});
  CHECK(full.vnodes <= quoit::max_vnodes);
  CHECK(full.weights == scale_list(1000, 4'294'967));
  std::vector<std::uint64_t> uneven(40'000, 3);
  uneven[17] = 1'000'000'000;
  const auto wide = quoit::scaled_weights(uneven, ~std::uint64_t{0});
  CHECK(wide.weights[17] == 32'768);
  CHECK(std::count(wide.weights.begin(), wide.weights.end(), 1) == 39'999);
}

TEST_CASE("scaled_weights: if one node would be too large, the next sum does not fit", "[scaled_weights]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto greatest = [](const scale_list& list) { return *std::max_element(list.begin(), list.end()); };
  for (std::uint64_t i = 0; i < test::random_cases(100, 2000); ++i) {
    const std::int64_t most = 1 + static_cast<std::int64_t>(random.below(40));
    const quoit::ring_options options{.vnodes = quoit::max_vnodes_per_node / most};
    std::vector<std::uint64_t> given(2 + random.index(9));
    for (std::uint64_t& weight : given) weight = 1 + random.below(random.chance(2) ? 9 : 1000);
    const auto scaled = quoit::scaled_weights(given, ~std::uint64_t{0}, options);
    const std::uint64_t sum = sum_of(scaled.weights);
    const std::int64_t limit = quoit::max_vnodes_per_node / options.vnodes;
    REQUIRE(greatest(scaled.weights) <= limit);
    if (scaled.error == quoit::share()) continue;  // an exact multiple
    const quoit::detail::apportioner from(given);
    REQUIRE(scaled.weights == from.of_sum(sum));
    const std::uint64_t units = quoit::max_vnodes / static_cast<std::uint64_t>(options.vnodes);
    if (sum != units) REQUIRE(greatest(from.of_sum(sum + 1)) > limit);
  }
}

TEST_CASE("scaled_weights: nothing to scale", "[scaled_weights]") {
  CHECK(quoit::scaled_weights(std::vector<int>(), 0).weights.empty());
  CHECK(quoit::scaled_weights({0, 0}, 0).weights == scale_list{0, 0});
  CHECK(quoit::scaled_weights({0, 0}, 0).vnodes == 0);
  CHECK(quoit::scaled_weights(std::vector<short>{0, 9, 0}, 512).weights == scale_list{0, 1, 0});
}

TEST_CASE("P7 scaled_weights: an impossible budget and a negative weight are refused with the way out",
          "[scaled_weights]") {
  const std::string small = test::message_of([] { (void)quoit::scaled_weights({5, 0, 5, 5}, 1535); });
  CHECK_THAT(small, ContainsSubstring("3 positive weights need at least 3 x 512 virtual nodes; the budget is 1535"));
  CHECK_THAT(small, ContainsSubstring("Raise the budget, or take fewer virtual nodes for each unit of weight"));
  CHECK(quoit::scaled_weights({5, 0, 5, 5}, 1536).weights == scale_list{1, 0, 1, 1});
  CHECK_THAT(test::message_of([] { (void)quoit::scaled_weights({5, -2}, 10'000); }),
             ContainsSubstring("weight 1 is -2; it must not be negative"));
  CHECK_THAT(test::message_of([] { (void)quoit::scaled_weights({5}, 10'000, {.vnodes = 0}); }),
             ContainsSubstring("options.vnodes = 0; it must be 1 to 16777216"));
}

TEST_CASE("P7 a ring that refuses a weight or too many vnodes says what to do", "[ring][scaled_weights]") {
  quoit::ring<> ring;
  ring.add("a");
  const std::string heavy = test::message_of([&] { ring.add("disk", {.weight = 4'000'000}); });
  CHECK_THAT(heavy,
             ContainsSubstring("node 'disk' has weight 4000000; it must be 0 to 32768, because each unit is 512"));
  CHECK_THAT(heavy, ContainsSubstring("quoit::scaled_weights()"));
  CHECK_THAT(test::message_of([&] { ring.set_weight("a", 32'769); }), ContainsSubstring("scaled_weights"));
  std::vector<quoit::node_spec<std::string>> many;
  for (int i = 0; i < 257; ++i) many.push_back({"n" + std::to_string(1000 + i), 32'768, {}});
  const std::string total = test::message_of([&] { ring.assign(many); });
  CHECK_THAT(total,
             ContainsSubstring("with node 'n1255' there would be 4294967296 virtual nodes; the limit is 4294967294"));
  CHECK_THAT(total, ContainsSubstring("quoit::scaled_weights()"));
  CHECK(ring.size() == 1);
}
