// SPDX-License-Identifier: MIT
// The conformance suite of lookups: what rings and tables answer beyond the concept (P1, P6, P7).
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "conformance/placements.hpp"
#include "support/allocations.hpp"
#include "support/ring/checks.hpp"

using test::rings_and_tables;

TEMPLATE_LIST_TEST_CASE("conformance: hash and policy model the concepts, and the spec names them", "[conformance]",
                        rings_and_tables) {
  STATIC_REQUIRE(quoit::stable_hash<typename TestType::hash_type>);
  STATIC_REQUIRE(quoit::slot_policy<typename TestType::slots_type>);
  const TestType p = test::make_placement_of<TestType>(3);
  const std::string hash(quoit::stable_hash_name<typename TestType::hash_type>), slots = p.slots().name();
  if constexpr (test::is_ring<TestType>) CHECK(p.spec() == "ring/1;" + hash + ";vnodes=8;slots=" + slots + ";seed=3");
  else CHECK(p.spec() == "slot_table/1;" + hash + ";slots=" + slots + ";replicas=16;seed=3");
  CHECK(p.key_spec() == hash + ";slots=" + slots + ";seed=3");
}

TEMPLATE_LIST_TEST_CASE("P1 a copy is equal and independent", "[conformance]", rings_and_tables) {
  TestType p = test::make_placement_of<TestType>(6);
  const TestType copy = p;
  TestType moved_to = test::make_placement_of<TestType>(6);
  const TestType moved = std::move(moved_to);
  CHECK(test::difference(copy, moved) == "");
  if constexpr (test::is_ring<TestType>) p.add(test::make_node<typename TestType::node_type>(40));
  else p = test::make_placement_of<TestType>(7);
  CHECK(!(copy == p));
  CHECK(copy.fingerprint() != p.fingerprint());
  CHECK(test::difference(copy, moved) == "");
}

TEMPLATE_LIST_TEST_CASE("conformance: every way to ask for the owner gives the same node", "[conformance]",
                        rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(9);
  test::for_each_key<TestType>(60, [&](const auto& key) {
    const auto* const node = p.find(key);
    REQUIRE(node != nullptr);
    REQUIRE(&p.owner(key) == node);
    REQUIRE(p.find_at(p.position(key)) == node);
    REQUIRE(&p.replicas(key, 1).front() == node);
    REQUIRE(p.find(key) == node);
  });
}

TEMPLATE_LIST_TEST_CASE("conformance: replicas are distinct and each list is a prefix of the next", "[conformance]",
                        rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(12);  // 11 active: longer than what fits without an allocation
  for (const auto apart : {quoit::spread::nodes, quoit::spread::domains, quoit::spread::domains_only}) {
    test::for_each_key<TestType>(8, [&](const auto& key) {
      auto shorter = p.replicas(key, 0, apart);
      REQUIRE(shorter.empty());
      for (std::size_t k = 1; k <= 14; ++k) {
        const auto list = p.replicas(key, k, apart);
        REQUIRE(list.size() >= shorter.size());
        REQUIRE(list.size() <= std::min<std::size_t>(k, 11));
        if (apart != quoit::spread::domains_only) REQUIRE(list.size() == std::min<std::size_t>(k, 11));
        REQUIRE(std::equal(shorter.pointers().begin(), shorter.pointers().end(), list.pointers().begin()));
        REQUIRE(&list.front() == p.find(key));
        const std::set<const void*> distinct(list.pointers().begin(), list.pointers().end());
        REQUIRE(distinct.size() == list.size());
        // The same into memory of the caller's.
        std::vector<const typename TestType::node_type*> out(k);
        out.resize(p.replicas(key, out, apart));
        REQUIRE(std::equal(out.begin(), out.end(), list.pointers().begin(), list.pointers().end()));
        shorter = list;
      }
    });
  }
}

TEMPLATE_LIST_TEST_CASE("conformance: the first replicas are in different domains as long as there are enough",
                        "[conformance]", rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(15);
  // Three domains have active nodes (eu/a, eu/b, us/a), and each active node without a domain counts for itself.
  std::set<std::string> named;
  std::size_t domains = 0;
  for (const auto& entry : p.nodes()) {
    if (entry.weight > 0 && (entry.domain.empty() || named.insert(entry.domain).second)) ++domains;
  }
  test::for_each_key<TestType>(20, [&](const auto& key) {
    const auto all = p.replicas(key, 99, quoit::spread::domains);
    const auto only = p.replicas(key, 99, quoit::spread::domains_only);
    REQUIRE(all.size() == p.active());
    REQUIRE(only.size() == domains);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < only.size(); ++i) {
      REQUIRE(&only[i] == &all[i]);
      const auto& domain = p.find_node(only[i])->domain;
      if (!domain.empty()) REQUIRE(seen.insert(domain).second);
    }
  });
}

TEMPLATE_LIST_TEST_CASE("conformance: many keys at once are as one at a time", "[conformance]", rings_and_tables) {
  using node_type = typename TestType::node_type;
  const TestType p = test::make_placement_of<TestType>(9);
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back("key-" + std::to_string(i));

  const auto owners = p.owners(keys);
  REQUIRE(owners.size() == keys.size());
  std::vector<const node_type*> room(150);
  REQUIRE(p.owners(keys, room) == 150);
  for (std::size_t i = 0; i < keys.size(); ++i) REQUIRE(owners[i] == p.find(keys[i]));
  for (std::size_t i = 0; i < room.size(); ++i) REQUIRE(owners[i] == room[i]);

  const auto groups = p.partition_by_owner(keys);
  std::vector<int> seen(keys.size());
  const node_type* last = nullptr;
  for (const auto& group : groups) {
    REQUIRE(!group.keys.empty());
    REQUIRE(std::is_sorted(group.keys.begin(), group.keys.end()));
    if (last != nullptr)
      REQUIRE(quoit::detail::id_less(quoit::detail::id_of(*last), quoit::detail::id_of(*group.node)));
    last = group.node;
    for (const std::size_t key : group.keys) {
      ++seen[key];
      REQUIRE(p.find(keys[key]) == group.node);
    }
  }
  CHECK(std::count(seen.begin(), seen.end(), 1) == 200);
}

TEMPLATE_LIST_TEST_CASE("P6 lookups do not allocate", "[conformance]", rings_and_tables) {
  using node_type = typename TestType::node_type;
  const TestType p = test::make_placement_of<TestType>(12);
  const std::vector<std::string> keys{"a", "b", "key that is too long for a small string buffer", ""};
  std::array<const node_type*, 20> room{};
  test::for_each_key<TestType>(10, [&](const auto& key) {
    const std::size_t before = test::allocations();
    const auto* const node = p.find(key);
    const auto& owner = p.owner(key);
    std::size_t found = p.replicas(key, room);
    found += p.replicas(key, room, quoit::spread::domains);
    found += p.replicas(key, room, quoit::spread::domains_only);
    found += p.replicas(key, 8).size();
    found += p.replicas(key, 8, quoit::spread::domains).size();
    found += p.owners(keys, room);
    found += p.preferred(p.position(key), room);
    const bool known = p.contains_node(*node);
    const std::size_t allocated = test::allocations() - before;
    REQUIRE(allocated == 0);
    REQUIRE(node == &owner);
    REQUIRE(known);
    REQUIRE(found >= 11 + 11 + 1 + 8 + 8 + 4 + 11);
  });
  // The counter counts: a list of more than eight has to allocate.
  const std::size_t before = test::allocations();
  const auto list = p.replicas(std::string_view("key"), 9);
  const std::size_t allocated = test::allocations() - before;
  CHECK(list.size() == 9);
  CHECK(allocated == 1);
}

TEMPLATE_LIST_TEST_CASE("P6 lookups are noexcept", "[conformance]", rings_and_tables) {
  using node_type = typename TestType::node_type;
  using placement_ref = const TestType&;
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().find(std::string_view())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().find(std::declval<const std::string&>())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().find(quoit::key_hash{})));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().owner(std::string_view())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().position(std::string_view())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().find_at(0)));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().preferred(0, std::span<const node_type*>())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().replicas(std::string_view(), std::span<const node_type*>())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().owners(std::declval<const std::vector<std::string>&>(),
                                                               std::span<const node_type*>())));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().nodes()));
  STATIC_REQUIRE(noexcept(std::declval<placement_ref>().size()));
  // What allocates must not promise: std::bad_alloc would end the program.
  STATIC_REQUIRE(!noexcept(std::declval<placement_ref>().replicas(std::string_view(), 9)));
  STATIC_REQUIRE(!noexcept(std::declval<placement_ref>().arcs()));
  STATIC_REQUIRE(!noexcept(std::declval<placement_ref>().owners(std::declval<const std::vector<std::string>&>())));
  STATIC_REQUIRE(!noexcept(std::declval<placement_ref>().fingerprint()));
  if constexpr (test::is_ring<TestType>) {
    STATIC_REQUIRE(!noexcept(std::declval<TestType&>().remove(std::declval<const node_type&>())));
  }
}

TEMPLATE_LIST_TEST_CASE("P7 asking for more replicas than nodes gives all of them once", "[conformance]",
                        rings_and_tables) {
  const TestType p = test::make_placement_of<TestType>(5);  // one of them drained
  test::for_each_key<TestType>(5, [&](const auto& key) {
    CHECK(p.replicas(key, 5).size() == 4);
    CHECK(p.replicas(key, ~std::size_t{0}).size() == 4);
    CHECK(p.replicas(key, ~std::size_t{0}, quoit::spread::domains).size() == 4);
    CHECK(p.replicas(key, 0).empty());
    std::vector<const typename TestType::node_type*> none;
    CHECK(p.replicas(key, none) == 0);
  });
}

TEMPLATE_LIST_TEST_CASE("P7 odd keys: empty and with NUL bytes and of one megabyte", "[conformance]",
                        rings_and_tables) {
  using namespace std::string_view_literals;
  const TestType p = test::make_placement_of<TestType>(5);
  const std::string large(std::size_t{1} << 20, 'x');
  for (const std::string_view key : {""sv, "\0"sv, "\0\0"sv, "a\0b"sv, std::string_view(large)}) {
    REQUIRE(p.find(key) != nullptr);
    CHECK(p.find(key) == p.find(std::string(key)));
    CHECK(p.position(key) <= test::last_position(p));
  }
}
