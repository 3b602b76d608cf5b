// SPDX-License-Identifier: MIT
// safe_pairs: every subset of the moves of a slot is safe. All subsets are recounted here.
#include <quoit/detail/plan/safe_pairs.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::detail::domain_tree;
using quoit::detail::none;
using quoit::detail::safe_pairs;

namespace {

using list = std::vector<std::uint32_t>;
using paths = std::vector<std::string_view>;

std::map<std::uint32_t, std::size_t> copies_of(const domain_tree& tree, const list& nodes, std::uint32_t level) {
  std::map<std::uint32_t, std::size_t> counts;
  for (const std::uint32_t node : nodes) ++counts[level < tree.depth(node) ? tree.ancestor(node, level) : node];
  return counts;
}

// Whether every subset of the moves keeps the copies and the spread of the worse of both lists.
bool all_safe(const domain_tree& tree, const list& live, const list& now, const list& replaced) {
  list kept, moved, left;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (std::count(live.begin(), live.end(), now[i]) != 0) {
      kept.push_back(now[i]);
    } else {
      moved.push_back(now[i]);
      left.push_back(replaced[i]);
    }
  }
  for (std::size_t made = 0; made < std::size_t{1} << moved.size(); ++made) {
    list here = kept;
    for (std::size_t k = 0; k < moved.size(); ++k) {
      if ((made >> k & 1U) != 0) here.push_back(moved[k]);
      else if (left[k] != none) here.push_back(left[k]);
    }
    if (here.size() < std::min(live.size(), now.size())) return false;
    for (std::uint32_t level = 1; level <= tree.max_depth(); ++level) {
      auto before = copies_of(tree, live, level), after = copies_of(tree, now, level);
      const auto counts = copies_of(tree, here, level);
      if (counts.size() < std::min(before.size(), after.size())) return false;
      for (const auto& [domain, copies] : counts) {
        if (copies > std::max(before[domain], after[domain])) return false;
      }
    }
  }
  return true;
}

list to_list(auto span) { return list(span.begin(), span.end()); }

}  // namespace

TEST_CASE("a vacated domain gives its copy to a new one", "[plan][safe_pairs]") {
  // The example of the header: A1 B1 B2 E1 becomes C1 B1 E2 E1. The nodes of the slot: 0 1 2 3, then 4 1 5 3.
  const domain_tree tree(paths{"A", "B", "B", "E", "C", "E"});
  const std::vector<bool> gone(6, false);
  safe_pairs pairs(tree, gone);
  // In this order, the pairs by position would be A1→E2 and B2→C1.
  const list before{0, 1, 2, 3}, after{5, 1, 4, 3};
  pairs.find(before, after, true);
  CHECK(pairs.safe());
  CHECK(to_list(pairs.replaced()) == list{2, none, 0, none});
  CHECK(all_safe(tree, before, after, to_list(pairs.replaced())));
  // With fixed positions there is no other choice, and both moves belong together.
  pairs.find(before, after, false);
  CHECK(!pairs.safe());
}

TEST_CASE("no live copy is dropped for the sake of a lost one", "[plan][safe_pairs]") {
  // Node 1 is lost, and node 3 of its domain comes. Node 2 may go only when node 3 is there.
  const domain_tree tree(paths{"a", "b", "c", "b"});
  const std::vector<bool> gone{false, true, false, false};
  safe_pairs pairs(tree, gone);
  pairs.find(list{0, 1, 2}, list{0, 3}, true);
  CHECK(pairs.safe());
  CHECK(to_list(pairs.live()) == list{0, 2});
  CHECK(to_list(pairs.replaced()) == list{none, 2});
}

TEST_CASE("surplus copies that are dropped at once leave the best spread", "[plan][safe_pairs]") {
  const domain_tree tree(paths{"a", "a", "b", "c"});
  const std::vector<bool> gone(4, false);
  safe_pairs pairs(tree, gone);
  pairs.find(list{0, 1, 2}, list{0, 3}, true);
  CHECK(pairs.safe());
  CHECK(to_list(pairs.replaced()) == list{none, 2});
}

TEST_CASE("a move mends the spread if it leaves a domain with too many copies", "[plan][safe_pairs]") {
  const domain_tree tree(paths{"a", "a", "b", "b"});
  const std::vector<bool> gone(4, false);
  safe_pairs pairs(tree, gone);
  pairs.find(list{0, 1}, list{0, 2}, true);
  const std::vector<std::uint32_t> one_each(tree.size(), 1), two_each(tree.size(), 2);
  CHECK(pairs.mends(one_each, 2, 1));
  CHECK(!pairs.mends(two_each, 2, 1));
  CHECK(!pairs.mends(one_each, 1, 0));
}

TEST_CASE("pairs are safe on random lists", "[plan][safe_pairs][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  std::uint64_t joined = 0, moved = 0;
  const std::uint64_t cases = test::random_cases(200, 1200);
  for (std::uint64_t i = 0; i < cases; ++i) {
    const std::size_t nodes = 4 + random.index(9), levels = 1 + random.index(3), width = 1 + random.index(3);
    std::vector<std::string> names(nodes);
    for (std::string& name : names) {
      for (std::size_t depth = random.index(levels + 1); depth > 0; --depth)
        name += (name.empty() ? "" : "/") + std::string(1, static_cast<char>('a' + random.index(width)));
    }
    const domain_tree tree(paths(names.begin(), names.end()));
    list all(nodes);
    for (std::size_t n = 0; n < nodes; ++n) all[n] = static_cast<std::uint32_t>(n);
    std::vector<bool> gone(nodes, false);
    random.shuffle(all);
    list old(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(1 + random.index(std::min<std::size_t>(nodes, 6))));
    for (const std::uint32_t node : old) gone[node] = random.chance(6);
    random.shuffle(all);
    list now;
    const std::size_t replicas = 1 + random.index(5);
    for (const std::uint32_t node : all) {
      if (!gone[node] && now.size() < replicas) now.push_back(node);
    }
    safe_pairs pairs(tree, gone);
    pairs.find(old, now, true);
    moved += pairs.positions().size() > 1 ? 1U : 0U;
    INFO("case " << i);
    if (pairs.safe()) REQUIRE(all_safe(tree, to_list(pairs.live()), now, to_list(pairs.replaced())));
    else ++joined;
  }
  CHECK(moved > cases / 4);
  // It is rare that no pairs are safe.
  CHECK(joined <= cases / 100);
}
