// SPDX-License-Identifier: MIT
// Nodes: an id, a weight, a failure domain and a payload. The whole library uses this description.
//
//   id        a string, an integer, or the result of quoit_id(node). It determines the positions of the node.
//   payload   all other members of the node type (address, connection, …). It is stored and never read.
//
// Rejected: hashing the address. A node that returns with a new address would get other positions.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <quoit/detail/core/little_endian.hpp>
#include <quoit/detail/core/named_options.hpp>
#include <quoit/key.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The most levels of a domain path. A region, a data centre, a room, a row, a rack and a host are six. A path with
/// more levels is refused (std::invalid_argument), because the work of a plan grows with the number of domains.
inline constexpr std::size_t max_domain_levels = 64;

/// The options of a node that is added.
struct node_options {
  /// Options are given by name, as in {.weight = 2}: a list of plain values is not converted to options.
  detail::named_options by_name = detail::named_options::only();
  /// The load relative to other nodes. With 0 the node is drained: it stays in the set of nodes and owns nothing.
  /// Signed, so that a negative weight is refused instead of becoming a huge one.
  std::int64_t weight = 1;
  /// The failure domain: a path such as "eu/zone-1", of at most max_domain_levels levels. Empty means unknown; such a
  /// node counts as a domain of its own. Levels without a name count for nothing: "/eu//zone-1/" is "eu/zone-1", and a
  /// path that is only slashes is empty. A placement stores this normal form, so nodes() has it, too.
  std::string domain = {};
  /// How many slots of a slot_table the node leads relative to other nodes, as primary. Unset: as its weight, if
  /// some node has a leader weight; if none has, primaries follow the copies. With 0 it
  /// never leads where another copy may: it only follows. plan() reads it, and keeps it in the table. A ring keeps it
  /// for tables that adopt the ring, and places no key by it.
  std::optional<std::int64_t> leader_weight = {};
};

/// A node with its options: an element of the lists that assign() takes and nodes() returns.
template <class Node>
struct node_spec {
  Node node;                                       ///< id and payload
  std::int64_t weight = 1;                         ///< as in node_options
  std::string domain = {};                         ///< as in node_options; in normal form in the nodes() of a placement
  std::optional<std::int64_t> leader_weight = {};  ///< as in node_options
};

namespace detail {

// The id as a string_view or an integer, which is cheap to pass, compare and convert to bytes.
template <class Node>
constexpr auto id_of(const Node& node) noexcept {
  if constexpr (integer_id<Node>) {
    return node;
  } else if constexpr (string_id<Node>) {
    return string_of(node);
  } else {
    static_assert(identified<Node>,
                  "quoit: a node needs an id. Use a string or an integer, or declare in the namespace of your type: "
                  "std::string_view quoit_id(const T& node) noexcept; (it may also return an integer)");
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
  static_assert(!std::is_pointer_v<Node>, "quoit: a pointer is not a node, because the placement must own the id. Use "
                                          "std::string, an integer, or a type with quoit_id");
  static_assert(!std::is_same_v<Node, std::string_view>,
                "quoit: a string_view is not a node, because the placement must own the id. Use std::string");
  static_assert(std::copy_constructible<Node> && std::is_nothrow_move_constructible_v<Node> &&
                    std::is_nothrow_move_assignable_v<Node>,
                "quoit: a node type must be copyable and nothrow movable");
  static_assert(std::is_same_v<id_type<Node>, std::string_view> || integer_id<id_type<Node>>);
  return true;
}

// Compares the ids of two nodes, or the id of a node with an argument of the caller. Integers of different types
// compare by value.
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

// Calls use(bytes) with the bytes of the id. An integer has eight bytes, little-endian.
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

/// The id of a node as text, for messages and reports. O(length of the id), allocates.
template <class Node>
[[nodiscard]] std::string id_text(const Node& node) {
  return detail::id_text(detail::id_of(node));
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
