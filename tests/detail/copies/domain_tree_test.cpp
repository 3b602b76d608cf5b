// SPDX-License-Identifier: MIT
// domain_tree: paths as a tree of failure domains.
#include <quoit/detail/copies/domain_tree.hpp>

#include <string_view>
#include <vector>

#include "catch2.hpp"

using quoit::detail::domain_tree;

namespace {

domain_tree tree_of(const std::vector<std::string_view>& paths) { return domain_tree(paths); }

}  // namespace

TEST_CASE("domain_tree: no nodes, no domains") {
  const domain_tree tree;
  CHECK(tree.leaves() == 0);
  CHECK(tree.size() == 1);
  CHECK(tree.root() == 0);
  CHECK(tree.parent(0) == quoit::detail::none);
  CHECK(tree.children(0).empty());
  CHECK(tree.name(0).empty());
}

TEST_CASE("domain_tree: paths become a tree, parents before children") {
  const domain_tree tree = tree_of({"eu/a", "eu/a", "eu/b", "", "us/a", "eu"});
  REQUIRE(tree.leaves() == 6);
  REQUIRE(tree.root() == 6);
  REQUIRE(tree.size() == 12);
  const std::vector<std::string_view> names{"", "eu", "eu/a", "eu/b", "us", "us/a"};
  for (std::uint32_t v = tree.root(); v < tree.size(); ++v) {
    CHECK(tree.name(v) == names[v - tree.root()]);
    if (v != tree.root()) CHECK(tree.parent(v) < v);
  }
  const auto list = [&](std::uint32_t v) {
    const auto children = tree.children(v);
    return std::vector<std::uint32_t>(children.begin(), children.end());
  };
  CHECK(list(6) == std::vector<std::uint32_t>{3, 7, 10});
  CHECK(list(7) == std::vector<std::uint32_t>{5, 8, 9});
  CHECK(list(8) == std::vector<std::uint32_t>{0, 1});
  CHECK(list(9) == std::vector<std::uint32_t>{2});
  CHECK(list(0).empty());
  CHECK(tree.max_depth() == 3);
  CHECK(tree.depth(3) == 1);
  CHECK(tree.depth(5) == 2);
  CHECK(tree.ancestor(0, 0) == 6);
  CHECK(tree.ancestor(0, 1) == 7);
  CHECK(tree.ancestor(0, 2) == 8);
  CHECK(tree.ancestor(0, 3) == 0);
  CHECK(tree.ancestor(0, 4) == quoit::detail::none);
  CHECK(tree.ancestor(3, 1) == 3);
  CHECK(tree.ancestor(3, 2) == quoit::detail::none);
  CHECK(tree.contains(7, 2));
  CHECK(tree.contains(7, 5));
  CHECK(!tree.contains(7, 4));
  CHECK(!tree.contains(7, 3));
  CHECK(tree.contains(6, 3));
  CHECK(tree.contains(4, 4));
}

TEST_CASE("domain_tree: empty components are ignored") {
  const domain_tree tree = tree_of({"/x", "x/", "x", "x//y", "/", "/x/y/"});
  CHECK(tree.name(tree.parent(0)) == "x");
  CHECK(tree.parent(1) == tree.parent(0));
  CHECK(tree.parent(2) == tree.parent(0));
  CHECK(tree.name(tree.parent(3)) == "x/y");
  CHECK(tree.parent(4) == tree.root());
  CHECK(tree.parent(5) == tree.parent(3));
}
