// SPDX-License-Identifier: MIT
// vnode_circle against a sorted vector, with vnodes that no hash would choose: after changes in place and after
// rebuilds, with narrow and wide lines, on every kind of circle; and the worst cases.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <quoit/detail/ring/circle.hpp>
#include <quoit/detail/ring/steps.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/random.hpp"
#include "support/ring/vnodes.hpp"

namespace {

using quoit::detail::no_tie;
using quoit::detail::none;

// A circle and the vnodes that it should have.
template <class Tie>
struct engine {
  using circle_type = quoit::detail::vnode_circle<Tie>;
  using vnode_type = quoit::detail::vnode<Tie>;
  using list_type = test::vnode_list<Tie>;

  explicit engine(std::uint64_t last_position) : last(last_position), circle(last) {}

  void change_circle(const list_type& removed, const list_type& added, std::size_t numbers) {
    test::vnodes_of_list<Tie> to_remove{removed}, to_add{added};
    circle.change({removed.size(), to_remove}, {added.size(), to_add}, numbers, test::scrambled{});
  }
  void change(const list_type& removed, const list_type& added, std::size_t numbers) {
    change_circle(removed, added, numbers);
    naive.change(removed, added);
  }

  std::vector<std::uint32_t> walk(std::uint64_t position, std::size_t most) const {
    std::vector<std::uint32_t> list;
    circle.walk(position, [&](std::uint32_t number) {
      if (std::find(list.begin(), list.end(), number) == list.end()) list.push_back(number);
      return list.size() < most;
    });
    return list;
  }

  // Whether walk() and a cursor pass the first `most` vnodes in order, and each vnode once.
  bool passes_once(std::uint64_t position, std::size_t most) const {
    const auto expected = naive.numbers(position, most);
    std::vector<std::uint32_t> walked, stepped;
    circle.walk(position, [&](std::uint32_t number) {
      walked.push_back(number);
      return walked.size() < most;
    });
    quoit::detail::vnode_cursor<Tie> cursor(circle, position);
    for (std::uint32_t number; stepped.size() < most && (number = cursor.next()) != quoit::detail::none;)
      stepped.push_back(number);
    return walked == expected && stepped == expected;
  }

  std::string difference(test::random& random, std::size_t samples = 30) const {
    const auto at = [](const char* what, std::uint64_t position) { return what + (" at " + std::to_string(position)); };
    if (circle.size() != naive.all.size()) return "size";
    std::size_t count = 0;
    bool same = true;
    circle.for_each(
        [&](const auto& v) { same = same && count < naive.all.size() && test::same_vnode(v, naive.all[count++]); });
    if (!same || count != naive.all.size()) return "vnodes";
    std::vector<std::uint64_t> tries{0, last, last + 1, last + 2, ~std::uint64_t{0}};
    for (const auto& v : naive.all) tries.insert(tries.end(), {v.position, v.position - 1, v.position + 1});
    for (std::size_t i = 0; i < samples; ++i) {
      tries.push_back(random.next());
      if (last != ~std::uint64_t{0}) tries.push_back(random.below(last + 1));
      if (!naive.all.empty())
        tries.push_back(naive.all[random.below(count)].position ^ (random.next() >> random.below(64)));
    }
    for (const std::uint64_t position : tries) {
      CHECK_FALSE(circle.address(position) == nullptr);
      if (circle.find(position) != (position > last ? quoit::detail::none : naive.owner(position)))
        return at("owner", position);
    }
    for (std::size_t i = 0; i < samples; ++i) {
      const std::uint64_t position = tries[random.below(tries.size())];
      const std::size_t most = random.chance(20) ? 60 : 1 + random.below(8);
      const auto expected = naive.distinct(position, most);
      if (walk(position, most) != (position > last ? decltype(expected)() : expected)) return at("walk", position);
      const std::size_t vnodes = random.chance(2) ? 1 + random.below(50) : ~std::size_t{0};
      if (position <= last && !passes_once(position, vnodes)) return at("one pass", position);
      if (position > last && quoit::detail::vnode_cursor<Tie>(circle, position).next() != quoit::detail::none)
        return at("cursor", position);
    }
    return "";
  }

  std::uint64_t last;
  circle_type circle;
  test::naive_circle<Tie> naive;
};

// Random vnodes of one adverse kind, or of that kind among uniform ones.
template <class Tie>
class source {
 public:
  using engine_type = engine<Tie>;

  source(std::uint64_t last, int kind, std::uint64_t special_one_in, test::random& random)
      : positions_(last, random), kind_(kind), special_one_in_(special_one_in), random_(random) {}

  typename engine_type::vnode_type next(const engine_type& it, std::uint32_t numbers) {
    const std::uint64_t lines = std::max<std::uint64_t>(1, (it.naive.all.size() + 16) / 32) * 4;
    const std::uint64_t near = it.naive.all.empty() ? 0 : it.naive.all[random_.below(it.naive.all.size())].position;
    const auto kind =
        random_.chance(special_one_in_) ? static_cast<test::positions::kind>(kind_) : test::positions::uniform;
    const std::uint64_t ties = random_.chance(2) ? 3 : ~std::uint64_t{0};
    const std::uint64_t position = positions_.next(kind, lines, near);
    return engine_type::circle_type::make(position, random_.below(ties),
                                          static_cast<std::uint32_t>(random_.below(numbers)));
  }

  typename engine_type::list_type list(const engine_type& it, std::size_t count, std::uint32_t numbers) {
    typename engine_type::list_type result;
    while (result.size() < count) result.push_back(next(it, numbers));
    return result;
  }
  // Distinct vnodes of the circle.
  typename engine_type::list_type some(const engine_type& it, std::size_t count) {
    auto all = it.naive.all;
    random_.shuffle(all);
    all.resize(std::min(count, all.size()));
    return all;
  }

 private:
  test::positions positions_;
  int kind_;
  std::uint64_t special_one_in_;
  test::random& random_;
};

template <class Tie>
void check_circle(std::uint64_t last, std::size_t vnodes, std::uint32_t numbers, std::uint64_t special_one_in) {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int kind = 0; kind < test::positions::last_kind; ++kind) {
    INFO("last position " << last << ", " << vnodes << " vnodes, " << numbers << " numbers, kind of positions "
                          << kind);
    engine<Tie> it(last);
    source<Tie> from(last, kind, special_one_in, random);
    REQUIRE(it.difference(random) == "");
    it.change({}, from.list(it, vnodes, numbers), numbers);
    REQUIRE(it.difference(random) == "");
    // Small changes, which are made in place. Together they exceed a fifth, so that pages become crowded or sparse.
    for (int step = 0; step < 16; step += test::slow ? 2 : 1) {
      const std::size_t few = it.naive.all.size() / (test::slow ? 8 : 16);
      const std::size_t removed = step < 6    ? 0
                                  : step < 12 ? few
                                              : few / 2,
                        added = step < 6    ? few
                                : step < 12 ? 0
                                            : few / 2;
      it.change(from.some(it, removed), from.list(it, added, numbers), numbers);
      REQUIRE(it.difference(random) == "");
    }
    // One vnode at a time.
    for (int step = 0; step < 8; ++step) {
      it.change({}, from.list(it, 1, numbers), numbers);
      it.change(from.some(it, 1), {}, numbers);
    }
    REQUIRE(it.difference(random) == "");
    // Many vnodes, nearly all, all.
    it.change(from.some(it, vnodes / 2), from.list(it, vnodes / 3, numbers), numbers);
    REQUIRE(it.difference(random) == "");
    it.change(from.some(it, it.naive.all.size() - 1), {}, numbers);
    REQUIRE(it.difference(random) == "");
    it.change(it.naive.all, from.list(it, 1, numbers), numbers);
    REQUIRE(it.difference(random) == "");
    it.change(it.naive.all, {}, numbers);
    REQUIRE(it.difference(random) == "");
    it.change({}, from.list(it, 20, numbers), numbers);
    REQUIRE(it.difference(random) == "");
  }
}

constexpr std::uint64_t whole = ~std::uint64_t{0};
constexpr std::uint32_t many_nodes = 100000;  // more than the 16-bit numbers of narrow lines

}  // namespace

TEST_CASE("vnode_circle: the whole circle", "[detail]") {
  check_circle<no_tie>(whole, 8, 1, 1);
  check_circle<no_tie>(whole, 50, 4, 1);
  check_circle<no_tie>(whole, 700, 40, 1);
  check_circle<no_tie>(whole, 2050, 40, 8);
}
TEST_CASE("vnode_circle: the whole circle with node numbers of more than 16 bits", "[detail]") {
  check_circle<no_tie>(whole, 8, many_nodes, 1);
  check_circle<no_tie>(whole, 700, many_nodes, 1);
  check_circle<no_tie>(whole, 2050, many_nodes, 8);
}
TEST_CASE("vnode_circle: finite circles with a table", "[detail]") {
  for (const std::uint64_t slots : {1U, 2U, 9U, 1000U, 16384U, 1U << 18})
    check_circle<std::uint64_t>(slots - 1, slots > 10000 ? 60 : 500, 40, 2);
  check_circle<std::uint64_t>(999, 2050, many_nodes, 2);
}
TEST_CASE("vnode_circle: finite circles without a table", "[detail]") {
  for (const std::uint64_t last :
       {std::uint64_t{1} << 18, (std::uint64_t{1} << 40) - 1, std::uint64_t{1} << 63, whole - 1}) {
    check_circle<std::uint64_t>(last, 500, 40, 2);
  }
  check_circle<std::uint64_t>((std::uint64_t{1} << 40) + 1, 2050, many_nodes, 2);
}

TEST_CASE("vnode_circle: lines become wide and narrow again when node numbers grow and shrink", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  engine<no_tie> it(whole);
  source<no_tie> from(whole, test::positions::uniform, 1, random);
  it.change({}, from.list(it, 1000, 65535), 65535);
  // The largest number that a narrow line can hold.
  it.change({}, {{random.next(), {}, 65534}}, 65535);
  REQUIRE(it.difference(random) == "");
  const std::size_t narrow = it.circle.lookup_memory();
  it.change({}, {{random.next(), {}, 65535}}, 65536);
  REQUIRE(it.difference(random) == "");
  CHECK(it.circle.lookup_memory() > narrow);
  for (const std::uint32_t number : {65536U, 65537U, (1U << 20) + 7, 0xfffffffeU}) {
    it.change({}, {{random.next(), {}, number}}, std::size_t{number} + 1);
    REQUIRE(it.difference(random) == "");
  }
  // The largest number of nodes: all numbers except `none`.
  CHECK(it.naive.all.size() == 1006);
  it.change(from.some(it, 500), {}, 0xffffffffU);
  REQUIRE(it.difference(random) == "");
  typename engine<no_tie>::list_type large;
  for (const auto& v : it.naive.all) {
    if (v.number >= 65535) large.push_back(v);
  }
  it.change(large, from.list(it, 500, 65535), 65535);
  REQUIRE(it.difference(random) == "");
  CHECK(it.circle.lookup_memory() <= narrow);
}

TEST_CASE("vnode_circle: keeps its lines until more than a fifth of its vnodes is added or removed", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::size_t vnodes : {300U, 600U, 2048U, 5000U, 20000U}) {
    INFO(vnodes << " vnodes");
    engine<no_tie> it(whole);
    source<no_tie> from(whole, test::positions::uniform, 1, random);
    it.change({}, from.list(it, vnodes, 40), 40);
    const std::size_t memory = it.circle.lookup_memory();
    engine<no_tie> grown = it, shrunk = it;
    for (int step = 1; step <= 10; ++step) {
      grown.change({}, from.list(grown, vnodes / 20, 40), 40);
      shrunk.change(from.some(shrunk, vnodes / 20), {}, 40);
      if (step > 4 || vnodes < 2000) continue;
      CHECK(grown.circle.lookup_memory() == memory);
      CHECK(shrunk.circle.lookup_memory() == memory);
    }
    CHECK(grown.circle.lookup_memory() > memory);
    CHECK(shrunk.circle.lookup_memory() < memory);
    REQUIRE(grown.difference(random) == "");
    REQUIRE(shrunk.difference(random) == "");
  }
}

TEST_CASE("vnode_circle: whichever allocation fails, the circle stays as it was", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto try_every_failure = [&](const auto& it, const auto& removed, const auto& added) {
    std::size_t failures = 0;
    for (;; ++failures) {
      auto copy = it;
      bool failed = false;
      {
        const test::failing_allocations fail(failures);
        try {
          copy.change_circle(removed, added, 40);
        } catch (const std::bad_alloc&) {
          failed = true;
        }
      }
      if (!failed) {
        copy.naive.change(removed, added);
        REQUIRE(copy.difference(random) == "");
        return failures;
      }
      INFO("allocation " << failures);
      REQUIRE(copy.difference(random) == "");
    }
  };
  const auto try_all = [&](auto it, auto from) {
    it.change({}, from.list(it, 640, 40), 40);
    // Pages with spare room, and full pages.
    for (int round = 0; round < 4; ++round) {
      CHECK(try_every_failure(it, from.some(it, 30), from.list(it, 30, 40)) >= 2);
      it.change({}, from.list(it, 20, 40), 40);
    }
    CHECK(try_every_failure(it, from.some(it, 300), from.list(it, 10, 40)) >= 2);
    CHECK(try_every_failure(it, it.naive.all, from.list(it, 10, 40)) >= 2);
    CHECK(try_every_failure(it, it.naive.all, from.list(it, 0, 40)) == 0);
  };
  try_all(engine<no_tie>(whole), source<no_tie>(whole, test::positions::few, 5, random));
  try_all(engine<std::uint64_t>(99), source<std::uint64_t>(99, test::positions::uniform, 1, random));
}

TEST_CASE("vnode_circle: copies are independent, moves leave an empty circle, swaps exchange everything", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const auto run_with = [&](auto it, auto from) {
    using engine_type = decltype(it);
    it.change({}, from.list(it, 300, many_nodes), many_nodes);
    engine_type other(it.last);
    other.change({}, from.list(other, 40, 9), 9);
    auto copy = it;
    copy.change(from.some(it, 30), {}, many_nodes);
    REQUIRE(it.difference(random) == "");
    REQUIRE(copy.difference(random) == "");
    std::swap(copy, other);
    REQUIRE(other.difference(random) == "");
    REQUIRE(copy.difference(random) == "");
    auto& same = it.circle;
    it.circle = same;
    REQUIRE(it.difference(random) == "");
    it.circle = std::move(same);
    REQUIRE(it.difference(random) == "");
    it.change(from.some(it, 10), from.list(it, 10, many_nodes), many_nodes);
    REQUIRE(it.difference(random) == "");
    const auto taken = std::move(it.circle);
    REQUIRE(taken.size() == it.naive.all.size());
    it.naive.all.clear();
    REQUIRE(it.difference(random) == "");
    REQUIRE(it.circle.lookup_memory() == 0);
    it.change({}, from.list(it, 100, 9), 9);
    REQUIRE(it.difference(random) == "");
  };
  run_with(engine<no_tie>(whole), source<no_tie>(whole, test::positions::uniform, 1, random));
  run_with(engine<std::uint64_t>(99), source<std::uint64_t>(99, test::positions::uniform, 1, random));
  run_with(engine<std::uint64_t>(std::uint64_t{1} << 50),
           source<std::uint64_t>(std::uint64_t{1} << 50, test::positions::uniform, 1, random));
}

// ---- Worst cases. The time limit only detects a search that has become linear, with a million steps for each lookup.

TEST_CASE("vnode_circle: a search among a million vnodes in one page takes few steps", "[detail]") {
  using circle_type = quoit::detail::vnode_circle<no_tie>;
  const std::uint32_t count = 1U << 20;
  for (const std::uint64_t apart : {0U, 1U, 1000U}) {  // equal positions, neighbouring ones, close ones
    INFO("distance " << apart);
    const std::uint64_t first = std::uint64_t{0x123456789abc} << 16;
    circle_type circle(whole);
    test::vnode_list<no_tie> list;
    for (std::uint32_t i = 0; i < count; ++i) list.push_back(circle_type::make(first + i * apart, 0, i));
    test::vnodes_of_list<no_tie> no_vnodes{{}}, all{list};
    circle.change({0, no_vnodes}, {count, all}, count, [](std::uint32_t a, std::uint32_t b) { return a < b; });
    REQUIRE(circle.size() == count);
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t end = first + (count - 1) * apart;
    std::size_t wrong = 0, most_visits = 0;
    for (std::uint32_t i = 0; i < 20000; ++i) {
      // Far away on both sides, at vnodes, and next to them.
      const std::uint64_t at = (i + 1) * std::uint64_t{52};
      wrong += circle.find(at << 40) != 0 ? 1U : 0U;
      wrong += circle.find(end + 1 + at) != 0 ? 1U : 0U;
      wrong += circle.find(first - at) != 0 ? 1U : 0U;
      if (apart != 0)
        wrong += circle.find(first + at * apart) != at || circle.find(first + at * apart - apart + 1) != at ? 1U : 0U;
      for (const std::uint64_t from : {first - at, end + at, first + 5 * apart, std::uint64_t{0}, whole}) {
        std::size_t visits = 0;
        std::vector<std::uint32_t> met;
        circle.walk(from, [&](std::uint32_t number) {
          ++visits;
          if (std::find(met.begin(), met.end(), number) == met.end()) met.push_back(number);
          return met.size() < 3;
        });
        most_visits = std::max(most_visits, visits);
        if (i % 1000 != 0) break;
      }
    }
    CHECK(wrong == 0);
    CHECK(most_visits <= 5);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  }
}

TEST_CASE("vnode_circle: two groups of vnodes with many empty lines between them", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::uint32_t numbers : {50U, many_nodes}) {
    engine<no_tie> it(whole);
    typename engine<no_tie>::list_type list;
    for (std::uint32_t i = 0; i < 3000; ++i)
      list.push_back({(std::uint64_t{i % 2 + 1} << 61) + i, {}, static_cast<std::uint32_t>(random.below(numbers))});
    it.change({}, list, numbers);
    REQUIRE(it.difference(random) == "");
    // The first vnode of a group changes repeatedly, and with it all the empty lines before it.
    for (int step = 0; step < 20; ++step) {
      it.change({it.naive.all.front()}, {{(std::uint64_t{3} << 61) - static_cast<std::uint64_t>(step), {}, 7}},
                numbers);
      const std::uint64_t second = std::uint64_t{2} << 61;
      it.change({it.naive.all[it.naive.search(second)]}, {}, numbers);
      if (step % 5 == 0) REQUIRE(it.difference(random) == "");
    }
  }
}
