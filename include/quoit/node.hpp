// SPDX-License-Identifier: MIT
// What a node is: an id that decides its place, a weight, a failure domain, and whatever else your type carries.
//
//   identity   the id: a string, an integer, or what quoit_id(node) yields. Same id, same place.
//   payload    everything else in your type (address, connection, …): carried along, never looked at.
//
// One description of the nodes serves the whole library. Rejected: hashing the address, so that a node which comes back
// under a new address would land somewhere else.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <quoit/hash.hpp>
#include <quoit/key.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Beside the node itself, when it is added.
struct node_options {
  /// How many shares of load; 0 drains: the node stays known and owns nothing. Signed, so that a negative one is
  /// refused instead of becoming huge.
  std::int64_t weight = 1;
  /// Failure domain: a path such as "eu/zone-1". Empty means that nothing is known, and such a node shares its domain
  /// with nobody.
  std::string domain = {};
};

/// A node with its options: what assign() takes, as service discovery delivers it.
template <class Node>
struct node_spec {
  Node node;                ///< id and payload
  std::int64_t weight = 1;  ///< as in node_options
  std::string domain = {};  ///< as in node_options
};

namespace detail {

// A string_view or the integer: cheap to pass, to compare, and to turn into bytes.
template <class Node>
constexpr auto id_of(const Node& node) noexcept {
  if constexpr (integer_id<Node>) {
    return node;
  } else if constexpr (string_id<Node>) {
    return string_of(node);
  } else {
    static_assert(identified<Node>,
                  "quoit: a node needs an id. Use a string or an integer, or write in the namespace of your type: "
                  "std::string_view quoit_id(const T& node) noexcept; (or an integer instead of the string_view)");
    static_assert(!std::same_as<std::decay_t<decltype(quoit_id(node))>, std::string> ||
                      std::is_lvalue_reference_v<decltype(quoit_id(node))>,
                  "quoit: quoit_id returns a temporary string. Return std::string_view or const std::string&");
    return detail::id_of(quoit_id(node));
  }
}

template <class Node>
using id_type = decltype(detail::id_of(std::declval<const Node&>()));

template <class Node>
constexpr bool require_node() {
  static_assert(!std::is_pointer_v<Node>, "quoit: a pointer is not a node, as the ring would not own its text. Use "
                                          "std::string, an integer, or a type with quoit_id");
  static_assert(!std::is_same_v<Node, std::string_view>,
                "quoit: a string_view is not a node, as the ring would not own its text. Use std::string");
  static_assert(std::copy_constructible<Node> && std::is_nothrow_move_constructible_v<Node> &&
                    std::is_nothrow_move_assignable_v<Node>,
                "quoit: a node type must be copyable, and movable without throwing");
  static_assert(std::is_same_v<id_type<Node>, std::string_view> || integer_id<id_type<Node>>);
  return true;
}

// Ids of two nodes, or of a node and what the caller wrote for it: equal types compare directly, integers by value.
template <class A, class B>
constexpr bool id_less(const A& a, const B& b) noexcept {
  if constexpr (std::integral<A>) return std::cmp_less(a, b);
  else return a < b;
}

template <class A, class B>
constexpr bool id_equal(const A& a, const B& b) noexcept {
  if constexpr (std::integral<A>) return std::cmp_equal(a, b);
  else return a == b;
}

// Calls use(bytes) with the id as bytes: an integer as eight of them, little-endian.
template <class Node, class Use>
void with_id_bytes(const Node& node, const Use& use) {
  const auto id = id_of(node);
  if constexpr (std::integral<decltype(id_of(node))>) {
    char bytes[8];
    write_little_endian(static_cast<std::uint64_t>(id), bytes, 8);
    use(std::string_view(bytes, 8));
  } else {
    use(id);
  }
}

inline std::string id_text(std::string_view id) { return std::string(id); }
template <std::integral Id>
std::string id_text(Id id) {
  return std::to_string(id);
}

}  // namespace detail

/// The id of a node as text, for messages, reports and pictures. O(its length), allocates.
template <class Node>
[[nodiscard]] std::string id_text(const Node& node) {
  return detail::id_text(detail::id_of(node));
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
