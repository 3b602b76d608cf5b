// SPDX-License-Identifier: MIT
// pair_replacements: which new node replaces which old one.
#include <quoit/detail/copies/replacements.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::detail::domain_tree;
using quoit::detail::none;

namespace {

using list = std::vector<std::uint32_t>;
using pairs = std::vector<std::pair<std::size_t, std::size_t>>;

pairs pairs_of(const domain_tree& tree, const list& removed, const list& added) {
  pairs result;
  quoit::detail::pair_replacements(tree, removed, added,
                                   [&](std::size_t r, std::size_t a) { result.emplace_back(r, a); });
  return result;
}

// How many of these leaves lie in each vertex of the tree.
std::vector<std::size_t> counts_of(const domain_tree& tree, const list& leaves) {
  std::vector<std::size_t> result(tree.size());
  for (std::uint32_t v : leaves) {
    for (; v != none; v = tree.parent(v)) ++result[v];
  }
  return result;
}

}  // namespace

TEST_CASE("replacements: pairs with the deepest common domain come first", "[replacements]") {
  const std::vector<std::string_view> paths{"eu/a", "eu/a", "eu/b", "us/a", "eu/b", ""};
  const domain_tree tree{std::span<const std::string_view>(paths)};
  CHECK(pairs_of(tree, {0, 2}, {1, 3}) == pairs{{0, 0}, {1, 1}});
  CHECK(pairs_of(tree, {0, 2}, {3, 1}) == pairs{{0, 1}, {1, 0}});
  CHECK(pairs_of(tree, {2, 0}, {3, 1}) == pairs{{0, 0}, {1, 1}});
  CHECK(pairs_of(tree, {3, 0}, {2, 5}) == pairs{{0, 1}, {1, 0}});  // eu before the root, although 3 comes first
  CHECK(pairs_of(tree, {5}, {0, 3}) == pairs{{0, 0}, {none, 1}});
  CHECK(pairs_of(tree, {0, 3}, {4}) == pairs{{0, 0}, {1, none}});
  CHECK(pairs_of(tree, {3, 0}, {4}) == pairs{{0, none}, {1, 0}});
  CHECK(pairs_of(tree, {}, {4, 5}) == pairs{{none, 0}, {none, 1}});
  CHECK(pairs_of(tree, {4, 5}, {}) == pairs{{0, none}, {1, none}});
  CHECK(pairs_of(tree, {}, {}).empty());
  CHECK(pairs_of(tree, {2, 0}, {0}) == pairs{{0, none}, {1, 0}});  // a node on both sides is paired with itself
}

TEST_CASE("replacements: equal positions before order, and missing nodes are skipped", "[replacements]") {
  const std::vector<std::string_view> paths{"a", "a", "a", "a", "b", "b"};
  const domain_tree tree{std::span<const std::string_view>(paths)};
  CHECK(pairs_of(tree, {none, 0, 1}, {2, none, 3}) == pairs{{1, 0}, {2, 2}});
  CHECK(pairs_of(tree, {0, 1, none}, {none, 2, 3}) == pairs{{0, 2}, {1, 1}});
  CHECK(pairs_of(tree, {0, 4, none}, {5, none, none, 1}) == pairs{{0, 3}, {1, 0}});
  CHECK(pairs_of(tree, {none, none}, {none}).empty());
  CHECK(pairs_of(tree, {0, none}, {none}) == pairs{{0, none}});
}

TEST_CASE("replacements: any subset keeps the copies of every domain between old and new", "[replacements]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> names;
    const std::size_t nodes = 2 + random.index(10);
    for (std::size_t i = 0; i < nodes; ++i) {
      std::string path;
      for (std::size_t level = random.index(4); level > 0; --level)
        path += std::string(1, "abc"[random.index(3)]) + "/";
      names.push_back(path);
    }
    const std::vector<std::string_view> paths(names.begin(), names.end());
    const domain_tree tree{std::span<const std::string_view>(paths)};
    list order(nodes), before, after, removed, added;
    for (std::size_t i = 0; i < nodes; ++i) order[i] = static_cast<std::uint32_t>(i);
    random.shuffle(order);
    before.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(random.index(nodes + 1)));
    random.shuffle(order);
    after.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(random.index(nodes + 1)));
    const auto in = [](const list& l, std::uint32_t v) { return std::find(l.begin(), l.end(), v) != l.end(); };
    for (const auto v : before) removed.push_back(in(after, v) ? none : v);
    for (const auto v : after) added.push_back(in(before, v) ? none : v);

    const pairs replacements = pairs_of(tree, removed, added);
    const auto old_counts = counts_of(tree, before), new_counts = counts_of(tree, after);
    list removed_once, added_once;
    for (const auto& [r, a] : replacements) {
      if (r != none) removed_once.push_back(removed[r]);
      if (a != none) added_once.push_back(added[a]);
    }
    for (const auto v : removed) REQUIRE((v == none || std::count(removed_once.begin(), removed_once.end(), v) == 1));
    for (const auto v : added) REQUIRE((v == none || std::count(added_once.begin(), added_once.end(), v) == 1));

    for (std::uint32_t subset = 0; subset < (1U << std::min<std::size_t>(replacements.size(), 8)); ++subset) {
      list now = before;
      for (std::size_t i = 0; i < replacements.size(); ++i) {
        if (i >= 8 || (subset >> i & 1U) == 0) continue;
        if (replacements[i].first != none) now.erase(std::find(now.begin(), now.end(), removed[replacements[i].first]));
        if (replacements[i].second != none) now.push_back(added[replacements[i].second]);
      }
      const auto now_counts = counts_of(tree, now);
      for (std::uint32_t v = 0; v < tree.size(); ++v) {
        REQUIRE(now_counts[v] >= std::min(old_counts[v], new_counts[v]));
        REQUIRE(now_counts[v] <= std::max(old_counts[v], new_counts[v]));
      }
    }
  }
}
