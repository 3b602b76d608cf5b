// SPDX-License-Identifier: MIT
// preference_list: a random-access range of nodes. It owns pointers, never nodes.
#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

#include <quoit/preference_list.hpp>
#include <quoit/ring.hpp>

#include "catch2.hpp"

using list_type = quoit::preference_list<std::string>;

static_assert(std::random_access_iterator<list_type::iterator>);
static_assert(std::ranges::random_access_range<const list_type> && std::ranges::sized_range<const list_type>);
static_assert(std::same_as<std::ranges::range_reference_t<const list_type>, const std::string&>);

namespace {

list_type make(const std::vector<std::string>& nodes, std::size_t capacity) {
  list_type list(capacity);
  for (std::size_t i = 0; i < nodes.size(); ++i) list.room()[i] = &nodes[i];
  list.resize(nodes.size());
  return list;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> nodes;
  for (int i = 0; i < count; ++i) nodes.push_back("n" + std::to_string(i));
  return nodes;
}

}  // namespace

TEST_CASE("preference_list: an empty list", "[preference_list]") {
  const list_type list;
  CHECK(list.empty());
  CHECK(list.size() == 0);
  CHECK(list.begin() == list.end());
  CHECK(list.pointers().empty());
}

TEST_CASE("preference_list: elements, iterators and copies of lists around eight nodes", "[preference_list]") {
  for (const int count : {1, 7, 8, 9, 20}) {
    INFO(count << " nodes");
    const auto nodes = numbered(count);
    const auto size = nodes.size();
    list_type list = make(nodes, size);
    CHECK(list.room().size() == std::max<std::size_t>(8, size));
    REQUIRE(list.size() == size);
    CHECK(&list.front() == &nodes.front());
    CHECK(&list[size - 1] == &nodes.back());
    CHECK(&list.back() == &nodes.back());
    CHECK(std::equal(list.begin(), list.end(), nodes.begin(), nodes.end()));
    CHECK(std::vector<std::string>(list.begin(), list.end()) == nodes);
    const list_type copy = list;
    list = list_type();
    CHECK(list.empty());
    CHECK(std::equal(copy.begin(), copy.end(), nodes.begin(), nodes.end()));
    list = copy;
    const list_type taken = std::move(list);
    CHECK(std::equal(taken.begin(), taken.end(), nodes.begin(), nodes.end()));
  }
}

TEST_CASE("preference_list: a moved-from list is valid", "[preference_list]") {
  for (const int count : {3, 20}) {
    INFO(count << " nodes");
    const auto nodes = numbered(count);
    list_type list = make(nodes, nodes.size());
    const list_type taken = std::move(list);
    // All of its elements can be read.
    REQUIRE(list.size() <= list.room().size());  // NOLINT: use after move is the test
    for (const auto* node : list.pointers()) CHECK(node != nullptr);
  }
}

TEST_CASE("preference_list: back() is the last copy", "[preference_list]") {
  quoit::ring<> ring({.vnodes = 8});
  for (int i = 0; i < 20; ++i) ring.add("node-" + std::to_string(i));
  for (const std::size_t size : {1U, 3U, 8U, 9U, 20U}) {
    const auto list = ring.replicas("key", size);
    CHECK(&list.back() == &list[size - 1]);
    CHECK(&ring.replicas("key", size).back() == &list.back());  // refers to the ring, not to the list
  }
}

TEST_CASE("preference_list: iterator arithmetic", "[preference_list]") {
  const auto nodes = numbered(5);
  const list_type list = make(nodes, 5);
  auto at = list.begin();
  CHECK(*at++ == "n0");
  CHECK(*at == "n1");
  CHECK(*++at == "n2");
  CHECK(*at-- == "n2");
  CHECK(*--at == "n0");
  CHECK(at[3] == "n3");
  CHECK(*(at + 4) == "n4");
  CHECK(*(2 + at) == "n2");
  CHECK(*(list.end() - 1) == "n4");
  at += 3;
  at -= 1;
  CHECK(at->size() == 2);
  CHECK(at - list.begin() == 2);
  CHECK(list.begin() < at);
  CHECK(at <= list.end());
  CHECK(std::ranges::find(list, "n3") - list.begin() == 3);
}

TEST_CASE("preference_list: move assignment empties the source, and self-assignment is safe", "[preference_list]") {
  quoit::ring<> ring({.vnodes = 8});
  for (int i = 0; i < 20; ++i) ring.add("node-" + std::to_string(i));
  for (const std::size_t size : {3U, 20U}) {
    auto list = ring.replicas("key", size);
    quoit::preference_list<std::string> other;
    other = std::move(list);
    CHECK(list.empty());  // NOLINT: use after move is the test
    REQUIRE(other.size() == size);
    auto& same = other;
    other = std::move(same);
    REQUIRE(other.size() == size);
    for (std::size_t i = 0; i < size; ++i) CHECK(&other[i] == &ring.replicas("key", size)[i]);
  }
}
