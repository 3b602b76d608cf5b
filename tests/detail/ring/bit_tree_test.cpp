// SPDX-License-Identifier: MIT
// bit_tree against std::set: sizes at and near powers of 64, and the neighbours of every number.
#include <cstddef>
#include <set>
#include <vector>

#include <quoit/detail/ring/bit_tree.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

namespace {

using quoit::detail::bit_tree;

std::size_t at_or_after(const std::set<std::size_t>& set, std::size_t number) {
  const auto at = set.lower_bound(number);
  return at == set.end() ? quoit::detail::none : *at;
}
std::size_t before(const std::set<std::size_t>& set, std::size_t number) {
  const auto at = set.lower_bound(number);
  return at == set.begin() ? quoit::detail::none : *std::prev(at);
}

}  // namespace

TEST_CASE("bit_tree: every number has the same neighbours as in a set", "[detail]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (const std::size_t size : {1U, 2U, 63U, 64U, 65U, 127U, 128U, 4095U, 4096U, 4097U}) {
    INFO("size " << size);
    bit_tree tree(size);
    std::set<std::size_t> set;
    // Grows and shrinks repeatedly, so that words of all levels become empty and are used again.
    for (int step = 0; step < 300; ++step) {
      const std::size_t number = random.below(size);
      if (step / 50 % 2 == 0) {
        tree.insert(number);
        set.insert(number);
      } else {
        const std::size_t erased = random.chance(3) || set.empty() ? number : at_or_after(set, before(set, size));
        tree.erase(erased);
        set.erase(erased);
      }
      for (int probe = 0; probe < 20; ++probe) {
        const std::size_t at = random.below(size + 1);
        REQUIRE(tree.at_or_after(at) == at_or_after(set, at));
        REQUIRE(tree.before(at) == before(set, at));
      }
    }
    bool same = true;
    for (std::size_t at = 0; at <= size; ++at) {
      same = same && tree.at_or_after(at) == at_or_after(set, at) && tree.before(at) == before(set, at);
    }
    CHECK(same);
  }
}

TEST_CASE("bit_tree: distant neighbours in a tree for a quarter million numbers", "[detail]") {
  const std::size_t size = 64 * 64 * 64 + 1;
  bit_tree tree(size);
  CHECK(tree.at_or_after(0) == quoit::detail::none);
  CHECK(tree.before(size) == quoit::detail::none);
  tree.insert(0);
  tree.insert(size - 1);
  tree.insert(size - 1);  // the second insertion has no effect
  CHECK(tree.at_or_after(0) == 0);
  CHECK(tree.at_or_after(1) == size - 1);
  CHECK(tree.before(size) == size - 1);
  CHECK(tree.before(size - 1) == 0);
  CHECK(tree.before(0) == quoit::detail::none);
  CHECK(tree.at_or_after(size) == quoit::detail::none);
  const bit_tree copy = tree;
  tree.erase(size - 1);
  CHECK(tree.at_or_after(1) == quoit::detail::none);
  CHECK(copy.at_or_after(1) == size - 1);
  tree.erase(12345);  // not a member
  CHECK(tree.before(size) == 0);
  CHECK(tree.memory() == (4097 + 65 + 2 + 1) * sizeof(std::uint64_t));
}

TEST_CASE("bit_tree: the last member is found from the end if the size is a power of 64", "[detail]") {
  for (const std::size_t size : {std::size_t{64}, std::size_t{64 * 64}, std::size_t{64 * 64 * 64}}) {
    bit_tree tree(size);
    tree.insert(1);
    CHECK(tree.before(size) == 1);
    CHECK(tree.at_or_after(size) == quoit::detail::none);
  }
}

TEST_CASE("bit_tree: an empty tree has no members", "[detail]") {
  for (const bit_tree& tree : {bit_tree(), bit_tree(0)}) {
    CHECK(tree.at_or_after(0) == quoit::detail::none);
    CHECK(tree.before(0) == quoit::detail::none);
  }
}
