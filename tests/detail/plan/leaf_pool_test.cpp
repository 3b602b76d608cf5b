// SPDX-License-Identifier: MIT
// The pool of nodes compared with a full search, while nodes are removed and domains are closed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/plan/leaf_pool.hpp>

#include "catch2.hpp"
#include "support/plan/cases.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::domain_tree;
using quoit::detail::leaf_pool;
using vertex = domain_tree::vertex;

constexpr std::uint64_t pool_cases = test::random_cases(100, 2'000);

// A pool, and the classes that its nodes should have.
class checked_pool {
 public:
  checked_pool(const domain_tree& tree, std::uint32_t classes, test::random& random)
      : tree_(tree), pool_(tree), classes_(classes), class_of_(tree.leaves()), closed_(tree.size(), false) {
    refill(random);
  }

  void refill(test::random& random) {
    for (auto& one : class_of_)
      one = random.chance(5) ? quoit::detail::none : static_cast<std::uint32_t>(random.below(classes_));
    pool_.fill(classes_, [this](vertex leaf) { return class_of_[leaf]; });
  }
  void remove(vertex leaf) {
    pool_.remove(leaf);
    class_of_[leaf] = quoit::detail::none;
  }
  // Closes one vertex in `one_in`, none for 0, and opens the others.
  void close(std::uint64_t one_in, test::random& random) {
    for (vertex v = 0; v < tree_.size(); ++v) closed_[v] = one_in != 0 && random.chance(one_in);
  }

  // Calls find(). Returns what is wrong with its answer, or an empty text.
  std::string find(vertex top, std::uint32_t one, std::uint32_t salt, vertex& found) {
    found = pool_.find(top, one, salt, [this](vertex v) { return !closed_[v]; });
    std::size_t members = 0;
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) members += fits(top, one, leaf) ? 1U : 0U;
    if (found == quoit::detail::none)
      return members == 0 ? "" : "no node found, but there are " + std::to_string(members);
    return found < tree_.leaves() && fits(top, one, found) ? ""
                                                           : "found " + std::to_string(found) + ", which does not fit";
  }
  std::string wrong_count() const {
    for (std::uint32_t one = 0; one < classes_ + 2; ++one) {
      const auto members = static_cast<std::uint32_t>(std::count(class_of_.begin(), class_of_.end(), one));
      if (pool_.left(one) != members)
        return "class " + std::to_string(one) + ": " + std::to_string(pool_.left(one)) + " left";
    }
    return "";
  }
  std::uint32_t class_of(vertex leaf) const { return class_of_[leaf]; }

 private:
  bool fits(vertex top, std::uint32_t one, vertex leaf) const {
    if (class_of_[leaf] != one || !tree_.contains(top, leaf)) return false;
    for (vertex v = leaf; v != top; v = tree_.parent(v)) {
      if (closed_[v]) return false;
    }
    return true;
  }

  const domain_tree& tree_;
  leaf_pool pool_;
  std::uint32_t classes_;
  std::vector<std::uint32_t> class_of_;
  std::vector<bool> closed_;
};

domain_tree random_tree(test::random& random, std::size_t most) {
  const test::detail::domain_shape shape(random);
  std::vector<std::string> domains(1 + random.index(most));
  for (auto& domain : domains) domain = shape.path(random);
  return domain_tree(std::vector<std::string_view>(domains.begin(), domains.end()));
}

}  // namespace

TEST_CASE("leaf_pool finds a node exactly if there is one", "[detail][plan][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < pool_cases; ++i) {
    test::random random(test::seed() + i);
    const domain_tree tree = random_tree(random, 40);
    const auto classes = static_cast<std::uint32_t>(1 + random.below(4));
    checked_pool pool(tree, classes, random);
    INFO("tree " << i << " of " << tree.leaves() << " nodes");
    for (int step = 0; step < 60; ++step) {
      if (random.chance(3)) pool.close(random.below(6), random);
      const auto top = static_cast<vertex>(tree.root() + random.below(tree.size() - tree.root()));
      const auto one = static_cast<std::uint32_t>(random.below(classes));
      vertex found = 0;
      REQUIRE(pool.find(top, one, static_cast<std::uint32_t>(random.next()), found) == "");
      if (found != quoit::detail::none && random.chance(2)) pool.remove(found);
      if (random.chance(4)) pool.remove(static_cast<vertex>(random.below(tree.leaves())));  // may be removed already
      REQUIRE(pool.wrong_count() == "");
      if (random.chance(40)) pool.refill(random);
    }
  }
}

TEST_CASE("leaf_pool gives every node once", "[detail][plan][random]") {
  QUOIT_INFO_SEED();
  for (std::uint64_t i = 0; i < pool_cases; ++i) {
    test::random random(test::seed() + i);
    const domain_tree tree = random_tree(random, 30);
    checked_pool pool(tree, 2, random);
    pool.close(0, random);
    INFO("tree " << i << " of " << tree.leaves() << " nodes");
    for (std::uint32_t one = 0; one < 2; ++one) {
      for (;;) {
        vertex found = 0;
        // Part of the class may be closed in between.
        pool.close(1 + random.below(4), random);
        REQUIRE(pool.find(tree.root(), one, static_cast<std::uint32_t>(random.next()), found) == "");
        pool.close(0, random);
        REQUIRE(pool.find(tree.root(), one, static_cast<std::uint32_t>(random.next()), found) == "");
        if (found == quoit::detail::none) break;
        REQUIRE(pool.class_of(found) == one);
        pool.remove(found);
      }
    }
  }
}

// A node that was moved into a free place must be tried, wherever in the list the search began.
TEST_CASE("leaf_pool: removals hide no node, for any start of the search", "[detail][plan]") {
  constexpr vertex count = 7;
  const std::vector<std::string_view> flat(count);
  const domain_tree tree(flat);
  for (std::uint32_t salt = 0; salt < 64; ++salt) {
    for (std::uint32_t gone = 0; gone < 1U << count; ++gone) {
      for (vertex only = 0; only < count; ++only) {
        if ((gone >> only & 1U) != 0) continue;
        leaf_pool pool(tree);
        pool.fill(1, [](vertex) { return 0U; });
        for (vertex leaf = 0; leaf < count; ++leaf) {
          if ((gone >> leaf & 1U) != 0) pool.remove(leaf);
        }
        const auto enter_none = [](vertex) { return false; };
        if (pool.find(tree.root(), 0, salt + 1, enter_none) != quoit::detail::none) FAIL("entered");
        const auto found = pool.find(tree.root(), 0, salt, [&](vertex v) { return v == only; });
        if (found != only) FAIL("salt " << salt << ", gone " << gone << ": " << only << " is not found");
      }
    }
  }
}
