// SPDX-License-Identifier: MIT
#include "catch2.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/node.hpp>
#include <quoit/node_id.hpp>

using quoit::node_id;

namespace shop {
struct server {
  std::string name;
  int port;
};
std::string_view quoit_id(const server& one) noexcept { return one.name; }
}  // namespace shop

TEST_CASE("a node_id is made from a string, an integer or a node") {
  CHECK(node_id("a").text() == "a");
  CHECK(node_id(std::string("b")).text() == "b");
  CHECK(node_id(shop::server{"c", 1}).text() == "c");
  CHECK(node_id(7).text() == "7");
  CHECK(node_id(-7).text() == "-7");
  CHECK(node_id((std::numeric_limits<std::uint64_t>::max)()).text() == "18446744073709551615");
  CHECK(node_id((std::numeric_limits<std::int64_t>::min)()).text() == "-9223372036854775808");
}

TEST_CASE("node_ids are equal if they name the same node, whatever the type of the integer") {
  CHECK(node_id("a") == node_id(std::string("a")));
  CHECK(node_id(7) == node_id(std::uint64_t{7}));
  CHECK(node_id(7) != node_id("7"));
  CHECK(node_id(-1) != node_id((std::numeric_limits<std::uint64_t>::max)()));
}

TEST_CASE("a node_id owns its text") {
  std::vector<node_id> ids;
  {
    const std::string text(100, 'x');
    ids.emplace_back(text);
  }
  CHECK(ids.front().text() == std::string(100, 'x'));
}

TEST_CASE("a node_id is found in a list in id order, and an id of the other kind is not") {
  const std::vector<quoit::node_spec<std::string>> names = {{"a"}, {"b"}};
  const std::vector<quoit::node_spec<std::int8_t>> numbers = {{-5}, {7}};
  const auto find = [](const auto& list, const node_id& id) {
    return quoit::detail::find_node_id(list, id, quoit::detail::node_of_spec);
  };
  CHECK(find(names, "b") == 1);
  CHECK(find(names, "c") == quoit::detail::none);
  CHECK(find(names, 1) == quoit::detail::none);
  CHECK(find(numbers, -5) == 0);
  CHECK(find(numbers, std::uint64_t{7}) == 1);
  CHECK(find(numbers, 251) == quoit::detail::none);
  CHECK(find(numbers, "7") == quoit::detail::none);
}
