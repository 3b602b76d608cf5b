// SPDX-License-Identifier: MIT
// Small value types: position_range, arc, fingerprint and key_groups.
#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/key_groups.hpp>

#include "catch2.hpp"

TEST_CASE("position_range: open at its begin, closed at its end, and wrapping", "[arcs]") {
  constexpr std::uint64_t top = ~std::uint64_t{0};
  constexpr quoit::position_range plain{10, 20}, wrapping{20, 10}, whole{5, 5}, last{top - 1, top}, first{top, 0};
  STATIC_REQUIRE(!plain.contains(10));
  CHECK(plain.contains(11));
  CHECK(plain.contains(20));
  CHECK(!plain.contains(21));
  CHECK(!wrapping.contains(20));
  CHECK(wrapping.contains(21));
  CHECK(wrapping.contains(top));
  CHECK(wrapping.contains(0));
  CHECK(wrapping.contains(10));
  CHECK(!wrapping.contains(11));
  for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{5}, std::uint64_t{6}, top}) {
    CHECK(whole.contains(position));
    CHECK(last.contains(position) == (position == top));
    CHECK(first.contains(position) == (position == 0));
  }
  CHECK(to_string(plain) == "(0x000000000000000a, 0x0000000000000014]");
  CHECK(to_string(first) == "(0xffffffffffffffff, 0x0000000000000000]");
}

TEST_CASE("arcs, ranges and fingerprints can be printed", "[arcs]") {
  const std::string node = "cache-a";
  std::ostringstream out;
  out << quoit::position_range{16, 255} << '\n'
      << quoit::arc<std::string>{{16, 255}, &node, quoit::share::ratio(1, 4)} << '\n'
      << quoit::fingerprint{1, 2};
  CHECK(out.str() ==
        "(0x0000000000000010, 0x00000000000000ff]\n(0x0000000000000010, 0x00000000000000ff]  cache-a  25.0000%\n"
        "00000000000000010000000000000002");
}

TEST_CASE("fingerprint: text and order", "[fingerprint]") {
  CHECK(to_string(quoit::fingerprint{0x0123456789abcdefU, 1}) == "0123456789abcdef0000000000000001");
  CHECK(to_string(quoit::fingerprint{}) == std::string(32, '0'));
  CHECK(quoit::fingerprint{1, 2} < quoit::fingerprint{2, 1});
  CHECK(quoit::fingerprint{1, 1} != quoit::fingerprint{1, 2});
}

TEST_CASE("P5 fingerprint: the boundaries of fields count", "[fingerprint]") {
  const auto of = [](const std::vector<std::string>& fields) {
    quoit::detail::fingerprint_builder builder;
    for (const auto& field : fields) builder.text(field);
    return builder.finish();
  };
  CHECK(of({"ab", "c"}) != of({"a", "bc"}));
  CHECK(of({"ab"}) != of({"ab", ""}));
  CHECK(of({"", "ab"}) != of({"ab", ""}));
}

TEST_CASE("key_groups: groups are in id order of their nodes, and keys are ascending", "[key_groups]") {
  const std::vector<std::string> nodes{"a", "b", "c", "d"};
  // Numbers are not in id order: 3 is "a", 1 is "b", 0 is "c", 4 is "d". No node has the number 2.
  const std::vector<std::uint32_t> order{3, 1, 0, 4}, owner_of{0, 3, 0, 4, 3, 0};
  const auto node_at = [&](std::uint32_t number) {
    return &nodes[static_cast<std::size_t>(std::find(order.begin(), order.end(), number) - order.begin())];
  };
  quoit::key_groups<std::string> made(owner_of, 5, order, node_at);
  const auto groups = std::move(made);  // groups stay valid when the object is moved
  REQUIRE(groups.size() == 3);          // b owns nothing
  const auto keys = [&](std::size_t n) {
    return std::vector<std::size_t>(groups[n].keys.begin(), groups[n].keys.end());
  };
  CHECK(*groups[0].node == "a");
  CHECK(keys(0) == std::vector<std::size_t>{1, 4});
  CHECK(*groups[1].node == "c");
  CHECK(keys(1) == std::vector<std::size_t>{0, 2, 5});
  CHECK(*groups[2].node == "d");
  CHECK(keys(2) == std::vector<std::size_t>{3});
  CHECK(groups.end() - groups.begin() == 3);
  CHECK(quoit::key_groups<std::string>().empty());
  CHECK(quoit::key_groups<std::string>({}, 5, order, node_at).empty());
  // Groups of a copy would be views into the original.
  STATIC_REQUIRE(!std::is_copy_constructible_v<quoit::key_groups<std::string>>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<quoit::key_groups<std::string>>);
}
