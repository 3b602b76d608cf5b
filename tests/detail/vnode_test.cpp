// SPDX-License-Identifier: MIT
// circle_cut: every position in a part, in order, and finer parts within coarser ones; precedes: the order of vnodes.
#include <algorithm>
#include <cstdint>
#include <vector>

#include <quoit/detail/vnode.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::circle_cut;
using quoit::detail::no_tie;
using quoit::detail::vnode;
using quoit::detail::wide;

template <class Tie>
void try_cut(std::uint64_t last, std::uint64_t parts, test::random& random) {
  INFO("positions to " << last << " in " << parts << " parts");
  const circle_cut<Tie> cut(last, parts);
  std::vector<std::uint64_t> positions{0, last, last / 2, last - last / 3};
  for (int i = 0; i < 300; ++i) {
    // All over the circle, and near its ends.
    const std::uint64_t position = random.next() >> random.below(64);
    if (position <= last) positions.insert(positions.end(), {position, last - position});
  }
  std::sort(positions.begin(), positions.end());
  wide before{0, 0};
  bool ordered = true, within = true, nested = true;
  for (const std::uint64_t position : positions) {
    const wide at = cut(position);
    ordered = ordered && before <= at;
    within = within && at.high < parts;
    for (const std::uint64_t times : {std::uint64_t{4}, std::uint64_t{6}}) {
      nested = nested && cut.finer(times)(position).high / times == at.high;
    }
    before = at;
  }
  CHECK(ordered);
  CHECK(within);
  CHECK(nested);
}

}  // namespace

TEST_CASE("circle_cut: in order and within the parts for every circle", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint64_t parts : {1ULL, 2ULL, 3ULL, 63ULL, 64ULL, 1000ULL, 50001ULL, 1ULL << 27}) {
    try_cut<no_tie>(~std::uint64_t{0}, parts, random);
    for (const std::uint64_t count : {1ULL, 2ULL, 3ULL, 7ULL, 16384ULL, 16385ULL, (1ULL << 40) - 1, 1ULL << 40, 1ULL << 63,
                                      (1ULL << 63) + 1, ~0ULL - 1, ~0ULL}) {
      try_cut<std::uint64_t>(count - 1, parts, random);
    }
  }
}

TEST_CASE("circle_cut: parts of a finite circle are of nearly equal width", "[detail]") {
  // A tenth more than 1,000 slots in 10 parts should have: the factor is a whole number, and the last part has what is left.
  const circle_cut<std::uint64_t> cut(999, 10);
  std::vector<int> slots(10);
  for (std::uint64_t slot = 0; slot < 1000; ++slot) ++slots[cut(slot).high];
  CHECK(*std::min_element(slots.begin(), slots.end()) >= 70);
  CHECK(*std::max_element(slots.begin(), slots.end()) <= 110);
  CHECK(circle_cut<std::uint64_t>(0, 8)(0).high == 0);
  CHECK(circle_cut<no_tie>()(~std::uint64_t{0}).high == 0);
}

TEST_CASE("vnode: position then tie then id decide", "[detail]") {
  const auto larger_number_first = [](std::uint32_t a, std::uint32_t b) { return a > b; };
  using plain = vnode<no_tie>;
  using tied = vnode<std::uint64_t>;
  CHECK(precedes(plain{1, {}, 1}, plain{2, {}, 9}, larger_number_first));
  CHECK(precedes(plain{2, {}, 9}, plain{2, {}, 1}, larger_number_first));
  CHECK(!precedes(plain{2, {}, 9}, plain{2, {}, 9}, larger_number_first));
  CHECK(precedes(tied{2, 5, 1}, tied{2, 6, 9}, larger_number_first));
  CHECK(!precedes(tied{2, 6, 9}, tied{2, 5, 1}, larger_number_first));
  CHECK(precedes(tied{2, 5, 9}, tied{2, 5, 1}, larger_number_first));
  CHECK(sizeof(plain) <= 16);  // 12 where 64-bit integers are aligned to four bytes
}
