// SPDX-License-Identifier: MIT
// Node types for tests, and a function that makes the n-th node of any type.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace test {

/// A node with a payload. Its id is `name`.
struct server {
  std::string name;
  std::string address = {};
  friend std::string_view quoit_id(const server& s) noexcept { return s.name; }
};

/// A node whose id is an integer.
struct shard {
  std::int32_t number = 0;
  std::string note = {};
  friend std::int32_t quoit_id(const shard& s) noexcept { return s.number; }
};

/// The n-th node. Signed integers alternate in sign, so that their order differs from the order of their bytes.
template <class Node>
Node make_node(int n) {
  if constexpr (std::integral<Node>) return static_cast<Node>(std::signed_integral<Node> && n % 2 != 0 ? -n : n);
  else if constexpr (std::same_as<Node, server>)
    return server{"server-" + std::to_string(n), "10.0.0." + std::to_string(n)};
  else if constexpr (std::same_as<Node, shard>) return shard{n % 2 != 0 ? -n : n, "note"};
  else return Node("node-" + std::to_string(n));
}

}  // namespace test
