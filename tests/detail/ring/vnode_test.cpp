// SPDX-License-Identifier: MIT
// circle_cut: every position is in a part, parts are in order, and finer parts are within coarser ones; precedes(): the
// order of vnodes; vnode_source and vnode_labels: the same sequence for every size of batches.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/ring/label.hpp>
#include <quoit/detail/ring/source.hpp>
#include <quoit/detail/ring/vnode.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

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
    // Everywhere on the circle, and near both ends.
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

TEST_CASE("circle_cut: positions are in order and within the parts on every circle", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint64_t parts : {1ULL, 2ULL, 3ULL, 63ULL, 64ULL, 1000ULL, 50001ULL, 1ULL << 27}) {
    try_cut<no_tie>(~std::uint64_t{0}, parts, random);
    for (const std::uint64_t count : {1ULL, 2ULL, 3ULL, 7ULL, 16384ULL, 16385ULL, (1ULL << 40) - 1, 1ULL << 40,
                                      1ULL << 63, (1ULL << 63) + 1, ~0ULL - 1, ~0ULL}) {
      try_cut<std::uint64_t>(count - 1, parts, random);
    }
  }
}

TEST_CASE("circle_cut: parts of a finite circle have nearly equal width", "[detail]") {
  // The multiplier is an integer, so the parts of 1,000 slots may have up to a tenth more than 100, and the last one
  // the rest.
  const circle_cut<std::uint64_t> cut(999, 10);
  std::vector<int> slots(10);
  for (std::uint64_t slot = 0; slot < 1000; ++slot) ++slots[cut(slot).high];
  CHECK(*std::min_element(slots.begin(), slots.end()) >= 70);
  CHECK(*std::max_element(slots.begin(), slots.end()) <= 110);
  CHECK(circle_cut<std::uint64_t>(0, 8)(0).high == 0);
  CHECK(circle_cut<no_tie>()(~std::uint64_t{0}).high == 0);
}

TEST_CASE("P1 vnode: ordered by position, then tie, then id", "[detail]") {
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

TEST_CASE("id_order: compares numbers, or calls the function that it refers to", "[detail]") {
  const quoit::detail::id_order by_number;
  CHECK(by_number(1, 2));
  CHECK(!by_number(2, 1));
  CHECK(!by_number(2, 2));
  const test::scrambled scrambled;
  const quoit::detail::id_order by_id(scrambled), copy = by_id;
  for (std::uint32_t a = 0; a < 9; ++a) {
    for (std::uint32_t b = 0; b < 9; ++b) CHECK(copy(a, b) == scrambled(a, b));
  }
  static_assert(noexcept(by_id(1, 2)));
}

TEST_CASE("vnode_source: gives all vnodes in order", "[detail]") {
  constexpr std::size_t batch = quoit::detail::vnode_source<no_tie>::batch;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, batch - 1, batch, batch + 1, 3 * batch, 1000 * batch + 7}) {
    test::vnode_list<no_tie> list, read;
    for (std::size_t i = 0; i < size; ++i) list.push_back({i * 3, {}, static_cast<std::uint32_t>(i)});
    test::vnodes_of_list<no_tie> from{list};
    const quoit::detail::vnode_source<no_tie> source(size, from);
    CHECK(source.size() == size);
    source.for_each_batch([&](std::span<const vnode<no_tie>> some) {
      CHECK(!some.empty());
      read.insert(read.end(), some.begin(), some.end());
    });
    CHECK(std::equal(read.begin(), read.end(), list.begin(), list.end(), test::same_vnode<no_tie>));
    CHECK(from.left.empty());
  }
}

TEST_CASE("vnode_source: exceptions of the generator reach the caller", "[detail]") {
  test::vnodes_of_list<no_tie> too_few{{}};
  const quoit::detail::vnode_source<no_tie> source(1, too_few);
  CHECK_THROWS_AS(source.for_each_batch([](const auto&) {}), std::logic_error);
}

TEST_CASE("vnode_labels: the labels of one node after the other", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto little_endian = [](std::size_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
  };
  // Ids with many labels in a batch, and with one; empty spans; spans that do not begin at 0.
  const std::vector<std::string> ids{"node", "", std::string(248, 'x'), std::string(249, 'y'), std::string(1000, 'z'),
                                     "a"};
  const std::vector<quoit::detail::vnode_span> spans{{3, 7, 7},         {0, 0, 100}, {1, 5, 6},
                                                     {2, 250, 300},     {4, 9, 9},   {4, 1, 1},
                                                     {3, 65530, 65540}, {4, 0, 3},   {5, 0xfffffff0U, 0xffffffffU},
                                                     {0, 0, 0}};
  std::vector<std::pair<std::uint32_t, std::string>> expected;
  for (const auto& span : spans) {
    for (std::uint32_t i = span.from; i < span.to; ++i) {
      expected.emplace_back(span.number, little_endian(ids[span.number].size()) + ids[span.number] + little_endian(i));
    }
  }
  for (int round = 0; round < 30; ++round) {
    std::vector<std::pair<std::uint32_t, std::string>> made;
    quoit::detail::vnode_labels labels(spans);
    CHECK(labels.left() == expected.size());
    while (labels.left() > 0) {
      if (labels.is_node_done()) labels.begin(ids[labels.next_node()]);
      const std::size_t most = 1 + random.below(round == 0 ? 1 : 70);
      const auto batch = labels.write(most);
      REQUIRE((batch.count > 0 && batch.count <= most));
      for (std::size_t i = 0; i < batch.count; ++i) made.emplace_back(labels.number(), batch[i]);
      CHECK(labels.left() == expected.size() - made.size());
    }
    CHECK(made == expected);
  }
  CHECK(quoit::detail::vnode_labels({}).left() == 0);
}
