// SPDX-License-Identifier: MIT
// node.hpp: ids, their order, and their text.
#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/node.hpp>

#include "catch2.hpp"
#include "support/nodes.hpp"

TEST_CASE("node: the id of a string, an integer and a user-defined type", "[node]") {
  STATIC_REQUIRE(std::is_same_v<quoit::detail::id_type<std::string>, std::string_view>);
  STATIC_REQUIRE(std::is_same_v<quoit::detail::id_type<std::int16_t>, std::int16_t>);
  STATIC_REQUIRE(std::is_same_v<quoit::detail::id_type<test::server>, std::string_view>);
  STATIC_REQUIRE(std::is_same_v<quoit::detail::id_type<test::shard>, std::int32_t>);
  CHECK(quoit::detail::id_of(test::server{"a", "b"}) == "a");
  CHECK(quoit::detail::id_of(test::shard{-4}) == -4);
}

TEST_CASE("node: the id as text", "[node]") {
  CHECK(quoit::id_text(std::string("cache-a")) == "cache-a");
  CHECK(quoit::id_text(test::server{"a", "b"}) == "a");
  CHECK(quoit::id_text(test::shard{-4}) == "-4");
  CHECK(quoit::id_text(std::uint64_t{18446744073709551615U}) == "18446744073709551615");
  CHECK(quoit::id_text(std::int8_t{65}) == "65");
}

TEST_CASE("P3 node: integer ids of different types compare by value", "[node]") {
  using quoit::detail::id_equal;
  using quoit::detail::id_less;
  CHECK(id_less(-1, 1U));
  CHECK(!id_less(1U, -1));
  CHECK(!id_equal(-1, 4294967295U));
  CHECK(id_equal(std::int8_t{5}, std::uint64_t{5}));
  CHECK(id_less(std::string_view("a"), std::string_view("a\0", 2)));
  CHECK(id_less(std::string_view("z"), std::string_view("\xc3\xa9")));  // unsigned bytes
}

TEST_CASE("node: the default weight is 1, and the default domain is empty", "[node]") {
  CHECK(quoit::node_options{}.weight == 1);
  CHECK(quoit::node_options{}.domain.empty());
  CHECK(quoit::node_spec<int>{7}.weight == 1);
  CHECK(quoit::node_spec<int>{7}.domain.empty());
  CHECK_FALSE(quoit::node_options{}.leader_weight.has_value());
  CHECK_FALSE(quoit::node_spec<int>{7}.leader_weight.has_value());
}
