// SPDX-License-Identifier: MIT
// The conformance suite of `placement`: what every placement answers, with or without ranges (P1, P2, P6, P7), through
// the members of the concept alone.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <quoit/key_diff.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/allocations.hpp"
#include "support/highest_random_weight.hpp"

using test::placements;

namespace {

constexpr std::array<quoit::spread, 3> spreads{quoit::spread::nodes, quoit::spread::domains,
                                               quoit::spread::domains_only};

std::vector<quoit::key_hash> hashes(std::uint64_t count) {
  std::vector<quoit::key_hash> result{{0}, {~std::uint64_t{0}}};
  for (std::uint64_t i = 0; i < count; ++i) result.push_back({quoit::splitmix64(i)});
  return result;
}

template <class Placement>
std::vector<const typename Placement::node_type*> list_of(const Placement& p, const quoit::key_hash& key,
                                                          std::size_t most, quoit::spread apart) {
  std::vector<const typename Placement::node_type*> list(most);
  list.resize(p.preferred(p.position(key), list, apart));
  return list;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("placement: models the concept, and only what has ranges the ranged one", "[conformance]",
                        placements) {
  STATIC_REQUIRE(quoit::placement<TestType>);
  STATIC_REQUIRE(quoit::ranged_placement<TestType> != std::is_same_v<TestType, test::highest_random_weight>);
}

TEMPLATE_LIST_TEST_CASE(
    "P1 placement: equal nodes give equal answers and fingerprints, other nodes another fingerprint", "[conformance]",
    placements) {
  const TestType a = test::make_placement_of<TestType>(9), b = test::make_placement_of<TestType>(9),
                 other = test::make_placement_of<TestType>(8);
  CHECK(a.fingerprint() == b.fingerprint());
  CHECK(a.fingerprint() != other.fingerprint());
  CHECK(a.spec() == other.spec());
  CHECK(a.key_spec() == other.key_spec());
  CHECK(quoit::diff(a, b, hashes(200)).empty());
  CHECK(quoit::moved_keys(a, b, hashes(200)) == 0);
}

TEMPLATE_LIST_TEST_CASE("P1 placement: find() is the first of every preference list", "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(12);
  for (const quoit::key_hash& key : hashes(60)) {
    for (const quoit::spread apart : spreads) {
      const auto one = list_of(p, key, 1, apart);
      REQUIRE(one.size() == 1);
      REQUIRE(one.front() == p.find(key));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("P7 placement: a list has each node once, is a prefix of a longer one, and ends with the nodes",
                        "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(12);
  std::set<const void*> known;
  std::size_t active = 0;
  for (const auto& entry : p.nodes()) {
    if (entry.weight > 0) known.insert(&entry.node), ++active;
  }
  for (const quoit::key_hash& key : hashes(20)) {
    for (const quoit::spread apart : spreads) {
      auto shorter = list_of(p, key, 0, apart);
      REQUIRE(shorter.empty());
      for (std::size_t most = 1; most <= 14; ++most) {
        const auto list = list_of(p, key, most, apart);
        REQUIRE(list.size() <= (std::min)(most, active));
        if (apart != quoit::spread::domains_only) REQUIRE(list.size() == (std::min)(most, active));
        REQUIRE(std::equal(shorter.begin(), shorter.end(), list.begin()));
        REQUIRE(std::set<const void*>(list.begin(), list.end()).size() == list.size());
        for (const void* const node : list) REQUIRE(known.count(node) == 1);  // an object of nodes(), and not drained
        shorter = list;
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("placement: domains differ as long as there are enough", "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(15);
  std::set<std::string> named;
  std::size_t domains = 0;
  const auto domain_of = [&](const void* node) -> std::string {
    for (const auto& entry : p.nodes()) {
      if (&entry.node == node) return entry.domain;
    }
    return "unknown";
  };
  for (const auto& entry : p.nodes()) {
    if (entry.weight > 0 && (entry.domain.empty() || named.insert(entry.domain).second)) ++domains;
  }
  for (const quoit::key_hash& key : hashes(20)) {
    const auto only = list_of(p, key, 99, quoit::spread::domains_only);
    const auto all = list_of(p, key, 99, quoit::spread::domains);
    REQUIRE(only.size() == domains);
    REQUIRE(std::equal(only.begin(), only.end(), all.begin()));
    std::set<std::string> seen;
    for (const void* const node : only) {
      const std::string domain = domain_of(node);
      if (!domain.empty()) REQUIRE(seen.insert(domain).second);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("P6 placement: lookups are noexcept and do not allocate", "[conformance]", placements) {
  STATIC_REQUIRE(noexcept(std::declval<const TestType&>().find(quoit::key_hash{})));
  STATIC_REQUIRE(noexcept(std::declval<const TestType&>().position(quoit::key_hash{})));
  STATIC_REQUIRE(noexcept(std::declval<const TestType&>().preferred(0, {}, quoit::spread::nodes)));
  const TestType p = test::make_placement_of<TestType>(12);
  std::array<const typename TestType::node_type*, 12> room{};
  const auto keys = hashes(20);
  const std::size_t before = test::allocations();
  std::size_t found = 0;
  for (const quoit::key_hash& key : keys) {
    found += p.find(key) != nullptr ? 1U : 0U;
    for (const quoit::spread apart : spreads) found += p.preferred(p.position(key), room, apart);
  }
  const std::size_t allocated = test::allocations() - before;
  CHECK(allocated == 0);
  CHECK(found > keys.size() * 20);
}

TEMPLATE_LIST_TEST_CASE("P7 placement: without an owner, find() is null and lists are empty", "[conformance]",
                        placements) {
  const TestType p = test::make_placement_of<TestType>(0);
  CHECK(p.find(quoit::key_hash{1}) == nullptr);
  for (const quoit::spread apart : spreads) CHECK(list_of(p, quoit::key_hash{1}, 3, apart).empty());
  CHECK(std::ranges::empty(p.nodes()));
}

TEMPLATE_LIST_TEST_CASE("P7 placement: a slot after the last one has no nodes", "[conformance]", placements) {
  for (const int nodes : {1, 12}) {
    const TestType p = test::make_placement_of<TestType>(nodes);
    const std::uint64_t last = quoit::detail::last_position_of(p);
    if constexpr (test::has_slots<TestType>) REQUIRE(last + 1 == p.slots().count());
    for (const std::uint64_t position : {last + 1, last + 2, 2 * last, ~std::uint64_t{0} / 2, ~std::uint64_t{0}}) {
      if (position <= last) continue;  // a circle of 2^64 positions has no position after the last one
      std::array<const typename TestType::node_type*, 3> room{};
      for (const quoit::spread apart : spreads) {
        REQUIRE(p.preferred(position, room, apart) == 0);
        REQUIRE(p.preferred(position, std::span(room).first(1), apart) == 0);
      }
      if constexpr (requires { p.find_at(position); }) REQUIRE(p.find_at(position) == nullptr);
      if constexpr (test::is_table<TestType>) {
        REQUIRE(p.replicas_of(position).empty());
        REQUIRE(p.at(position, 0) == nullptr);
        REQUIRE(std::ranges::all_of(p.ranks(position), [](std::uint32_t rank) { return rank == TestType::no_node; }));
      }
    }
    std::array<const typename TestType::node_type*, 1> room{};
    REQUIRE(p.preferred(last, room, quoit::spread::nodes) == 1);
  }
}

TEMPLATE_LIST_TEST_CASE("placement: counted loads add up, and agree with find()", "[conformance]", placements) {
  const TestType p = test::make_placement_of<TestType>(7);
  const auto keys = hashes(500);
  const auto balance = quoit::balance_of(p, keys);
  std::uint64_t total = 0;
  for (const auto& one : balance) {
    std::uint64_t expected = 0;
    for (const quoit::key_hash& key : keys)
      expected += quoit::id_text(*p.find(key)) == quoit::id_text(one.node) ? 1U : 0U;
    CHECK(one.keys == expected);
    if (one.weight == 0) CHECK(one.keys == 0);
    total += one.keys;
  }
  CHECK(total == keys.size());
}

TEMPLATE_LIST_TEST_CASE("placement: many keys give what one after the other gives, also where parts of the keys end",
                        "[conformance]", placements) {
  const TestType before = test::make_placement_of<TestType>(9), after = test::make_placement_of<TestType>(7);
  for (const std::uint64_t count : {0U, 1U, 1022U, 1023U, 2046U, 2500U}) {
    const auto keys = hashes(count);
    const auto owner = [](const TestType& p, const quoit::key_hash& key) { return quoit::id_text(*p.find(key)); };
    std::vector<std::size_t> moved;
    std::map<std::string, std::uint64_t> load;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (owner(before, keys[i]) != owner(after, keys[i])) moved.push_back(i);
      ++load[owner(after, keys[i])];
    }
    REQUIRE(quoit::moved_keys(before, after, keys) == moved.size());
    std::vector<std::size_t> listed;
    const auto diff = quoit::diff(before, after, keys);
    for (const auto& move : diff) listed.insert(listed.end(), move.keys.begin(), move.keys.end());
    std::sort(listed.begin(), listed.end());
    REQUIRE(listed == moved);
    REQUIRE(diff.keys() == keys.size());
    for (const auto& one : quoit::balance_of(after, keys)) REQUIRE(one.keys == load[quoit::id_text(one.node)]);
    // Keys that can be read only once.
    std::istringstream text("a b c d e f g h i j k l m n o p");
    struct words {
      std::istringstream* text;
      [[nodiscard]] auto begin() const { return std::istream_iterator<std::string>(*text); }
      [[nodiscard]] auto end() const { return std::istream_iterator<std::string>(); }
    };
    std::size_t read = 0;
    if constexpr (!std::is_same_v<TestType, test::highest_random_weight>) {
      after.for_each_owner(words{&text}, [&](const auto* node) { read += node != nullptr ? 1U : 0U; });
      REQUIRE(read == 16);
    }
  }
}
