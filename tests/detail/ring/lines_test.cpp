// SPDX-License-Identifier: MIT
// vnode_lines against a sorted vector: the answers of lines are right, walks continue at the right place, and updated
// lines equal rebuilt ones, for every distribution of vnodes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/ring/lines.hpp>
#include <quoit/detail/ring/sort.hpp>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

using quoit::detail::narrow_line;
using quoit::detail::no_tie;
using quoit::detail::none;
using quoit::detail::wide_line;

template <class Tie, class Line>
struct engine {
  using lines_type = quoit::detail::vnode_lines<Tie, Line>;

  engine(std::uint64_t last_position, const test::vnode_list<Tie>& list)
      : last(last_position), store(last, list.size()) {
    quoit::detail::vnode_sort<Tie> sort(store, list.size());
    sort.add(std::span<const quoit::detail::vnode<Tie>>(list));
    sort.finish(test::scrambled{});
    naive.change({}, list);
    if (!list.empty()) lines = lines_type(store);
  }

  void insert(const quoit::detail::vnode<Tie>& v) {
    store.reserve(store.page_of(v.position), 1);
    lines.update(store, store.insert(v, test::scrambled{}), v.position);
    naive.change({}, {v});
  }
  void erase(const quoit::detail::vnode<Tie>& v) {
    const auto at = store.find(v);
    store.erase(at);
    lines.update(store, at, v.position);
    naive.change({v}, {});
  }

  // The first `most` distinct nodes from the position on. Uses the lines, and the store where they cannot continue.
  std::vector<std::uint32_t> walk(std::uint64_t position, std::size_t most) const {
    std::vector<std::uint32_t> list;
    const auto visit = [&](std::uint32_t number) {
      if (std::find(list.begin(), list.end(), number) == list.end()) list.push_back(number);
      return list.size() < most;
    };
    std::size_t left = store.size();
    auto at = lines.walk(store, position, left, visit);
    if (!at) return list;
    for (; left > 0 && visit(store[*at].number); --left) *at = store.next(*at);
    return list;
  }

  // first_few() may return false, but must not give wrong nodes.
  bool few_are_right(std::uint64_t position) const {
    for (std::size_t want = 1; want <= 3; ++want) {
      for (const bool many : {false, true}) {
        std::vector<std::uint32_t> found(want, quoit::detail::none);
        const auto put = [&](std::size_t i, std::uint_fast32_t number) {
          found[i] = static_cast<std::uint32_t>(number);
        };
        if (lines.first_few(position, want, many, put) && found != naive.distinct(position, want)) return false;
      }
    }
    return true;
  }

  // first() may write fewer numbers than fit, or none, but no wrong ones.
  bool first_are_right(std::uint64_t position) const {
    std::array<std::uint32_t, 16> room{};
    const std::size_t count = lines.first(position, room);
    std::vector<std::uint32_t> expected;
    for (std::size_t at = naive.search(position); expected.size() < count; ++at)
      expected.push_back(naive.all[at % naive.all.size()].number);
    return std::equal(expected.begin(), expected.end(), room.begin()) &&
           (count > 0) == (lines.find(position) != quoit::detail::none);
  }

  std::string difference(test::random& random) const {
    const lines_type rebuilt(store);
    std::vector<std::uint64_t> tries{0, last};
    for (const auto& v : naive.all) {
      for (const std::uint64_t position :
           {v.position, v.position - 1, v.position + 1, v.position ^ (random.next() >> random.below(64))}) {
        if (position <= last) tries.push_back(position);
      }
    }
    test::positions positions(last, random);
    for (int i = 0; i < 20; ++i) tries.push_back(positions.anywhere());
    // Updated lines answer as often as rebuilt ones, except for a few false positives of may_tie().
    int unknown = 0;
    for (const std::uint64_t position : tries) {
      const std::uint_fast32_t number = lines.find(position);
      unknown += number == quoit::detail::none ? 1 : 0;
      unknown -= rebuilt.find(position) == quoit::detail::none ? 1 : 0;
      if (number != quoit::detail::none && number != naive.owner(position))
        return "owner at " + std::to_string(position);
      if (!first_are_right(position)) return "first from " + std::to_string(position);
      if (!few_are_right(position)) return "first few from " + std::to_string(position);
      if (random.chance(16)) {
        const std::size_t most = 1 + random.below(6);
        if (walk(position, most) != naive.distinct(position, most)) return "walk from " + std::to_string(position);
      }
    }
    return unknown < 3 + static_cast<int>(tries.size() / 50) ? "" : "fewer answers than rebuilt lines";
  }

  std::uint64_t last;
  quoit::detail::vnode_store<Tie> store;
  lines_type lines;
  test::naive_circle<Tie> naive;
};

template <class Tie, class Line>
void run(std::uint64_t last, std::size_t vnodes) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int kind = 0; kind < test::positions::last_kind; ++kind) {
    // Only vnodes of this kind, or some of them among uniform ones.
    for (const bool alone : {true, false}) {
      INFO("last position " << last << ", " << vnodes << " vnodes, kind of positions " << kind << ", alone: " << alone);
      test::positions positions(last, random);
      std::size_t parts = (vnodes + 16) / 32 * 4;
      parts = std::max<std::size_t>(parts, 4) * (Line::capacity == narrow_line::capacity ? 2 : 3) / 2;
      std::uint64_t near = last / 2;
      const auto random_vnode = [&](bool special) {
        quoit::detail::vnode<Tie> v{
            positions.next(special ? static_cast<test::positions::kind>(kind) : test::positions::uniform, parts, near),
            {},
            static_cast<std::uint32_t>(random.below(30))};
        if constexpr (std::is_same_v<Tie, std::uint64_t>) v.tie = random.below(3);
        return v;
      };
      test::vnode_list<Tie> list;
      for (std::size_t i = 0; i < vnodes; ++i) {
        list.push_back(random_vnode(alone || random.chance(10)));
        if (random.chance(4)) near = list[random.below(list.size())].position;
      }
      engine<Tie, Line> it(last, list);
      REQUIRE(it.difference(random) == "");
      // Lines are updated only if there are many more vnodes than a line has.
      if (vnodes < 100) continue;
      for (int round = 0; round < (test::slow ? 1 : 3); ++round) {
        for (int step = 0; step < 12; ++step) {
          if (round % 3 == 0 || random.chance(2)) it.erase(it.naive.all[random.below(it.naive.all.size())]);
          else it.insert(random_vnode(true));
        }
        REQUIRE(it.difference(random) == "");
      }
    }
  }
}

template <class Tie, class Line>
void run_all(std::uint64_t last) {
  for (const std::size_t vnodes : {1U, 2U, 17U, 48U, 300U, 2048U}) run<Tie, Line>(last, vnodes);
}

}  // namespace

TEST_CASE("vnode_lines: narrow lines on the whole circle", "[detail]") {
  run_all<no_tie, narrow_line>(~std::uint64_t{0});
}
TEST_CASE("vnode_lines: wide lines on the whole circle", "[detail]") { run_all<no_tie, wide_line>(~std::uint64_t{0}); }
TEST_CASE("vnode_lines: narrow and wide lines on finite circles", "[detail]") {
  for (const std::uint64_t last : {0ULL, 4ULL, 16383ULL, (1ULL << 40) + 1, ~0ULL - 1}) {
    run<std::uint64_t, narrow_line>(last, 30);
    run<std::uint64_t, narrow_line>(last, 300);
    run<std::uint64_t, wide_line>(last, 300);
  }
}

TEST_CASE("vnode_lines: answer nearly every lookup if positions are uniform", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  test::vnode_list<no_tie> list;
  for (std::uint32_t i = 0; i < 20000; ++i) list.push_back({random.next(), {}, i % 1000});
  const engine<no_tie, narrow_line> narrow(~std::uint64_t{0}, list);
  const engine<no_tie, wide_line> wide(~std::uint64_t{0}, list);
  int unknown_narrow = 0, unknown_wide = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t position = random.next();
    if (narrow.lines.find(position) == quoit::detail::none) ++unknown_narrow;
    if (wide.lines.find(position) == quoit::detail::none) ++unknown_wide;
  }
  CHECK(unknown_narrow < 20000 / 250);
  CHECK(unknown_wide < 20000 / 100);
}

TEST_CASE("vnode_lines: copies are independent and moved-from lines answer nothing", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  test::vnode_list<no_tie> list;
  for (std::uint32_t i = 0; i < 100; ++i) list.push_back({random.next(), {}, i});
  engine<no_tie, narrow_line> it(~std::uint64_t{0}, list);
  auto copy = it;
  const auto first = it.naive.all[0];
  it.erase(first);
  CHECK(it.difference(random) == "");
  CHECK(copy.difference(random) == "");
  const auto moved = std::move(copy.lines);
  CHECK(moved.memory() > 0);
  CHECK(copy.lines.find(first.position - 1) == quoit::detail::none);  // NOLINT: use after move is the test
  CHECK(copy.lines.memory() == 0);
  const auto copy_of_nothing = copy.lines;
  CHECK(copy_of_nothing.find(0) == quoit::detail::none);
}
