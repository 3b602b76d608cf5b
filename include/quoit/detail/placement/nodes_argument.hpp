// SPDX-License-Identifier: MIT
// nodes_argument: a list of nodes as the argument of a call: in braces, or any range.
//
//   {"a", "b", {"c", {.weight = 2}}, {"d", 2, "eu/zone-1"}}     plain nodes, and nodes with options
//   {{.node = "a", .weight = 2}}                                by the names of node_spec
//   a vector, a view, nodes() of a placement                  of node_spec, or of values that convert to the node type
//
// Invariant: every element is one node. A node of a string is made from one argument only, because a string of two
// arguments, as std::string{"a", "b"} makes it, reads from the first pointer to the second. An integer that does not
// fit the type of the nodes is refused.
//
// Rejected: std::vector<node_spec<Node>> as the argument, whose constructor takes {"a", "b"} for two iterators; pairs
// as nodes, because nothing says whether a number is a weight, a port or a rank.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/key.hpp>
#include <quoit/node.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// A value that may become an integer without changing its meaning. bool, characters and doubles may not.
template <class T>
concept integer_like = integer_id<T> || std::is_enum_v<T>;

// Whether Node can be made from a T, by a constructor or by an implicit conversion.
template <class T, class Node>
concept makes_node = std::constructible_from<Node, T> && !std::same_as<std::remove_cvref_t<T>, std::nullptr_t> &&
                     (!integer_id<Node> || integer_like<std::remove_cvref_t<T>>);

// Without an explicit constructor, except that any string makes a std::string.
template <class T, class Node>
concept converts_to_node =
    makes_node<T, Node> &&
    (std::convertible_to<T, Node> || (std::same_as<Node, std::string> && string_id<std::remove_cvref_t<T>>));

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

template <class T>
concept range_of_nodes = std::ranges::input_range<T> && !string_id<std::remove_cvref_t<T>>;

// Throws std::invalid_argument for an integer that the type of the nodes cannot hold.
template <class Node, class T>
[[nodiscard]] Node make_node(T&& value) {
  if constexpr (integer_id<Node> && integer_id<std::remove_cvref_t<T>>) {
    if (!std::in_range<Node>(value)) {
      throw_invalid_argument("node '" + std::to_string(value) + "' does not fit the type of the nodes, which holds " +
                             std::to_string((std::numeric_limits<Node>::min)()) + " to " +
                             std::to_string((std::numeric_limits<Node>::max)()) + "; use a wider integer as the node");
    }
    return static_cast<Node>(value);
  } else {
    return Node(std::forward<T>(value));
  }
}

// Says what to write instead of an element that is no node.
template <class Element>
constexpr void refuse_listed_node() {
  if constexpr (tuple_like<Element>) {
    static_assert(always_false<Element>,
                  "quoit: a pair or a tuple is not a node, because nothing says what its parts mean. Write "
                  "quoit::node_spec<Node>{node, weight} for each element, or call add(node, {.weight = weight}) in a "
                  "loop");
  } else {
    static_assert(always_false<Element>,
                  "quoit: the elements of this range are not nodes of this placement. Pass a range of its node type, "
                  "of values that convert to it, or of quoit::node_spec<Node>{node, weight, domain}; or choose another "
                  "node type, such as quoit::ring<int> for integers");
  }
}

// One element of a list in braces: a node, {node, options}, {node, weight} or {node, weight, domain}.
template <class Node>
struct listed_node {
  node_spec<Node> spec;

  // A template, because a list in braces must not become a node_spec here without the braces of its node.
  template <class Spec>
    requires std::same_as<std::remove_cvref_t<Spec>, node_spec<Node>>
  listed_node(Spec&& whole) : spec(std::forward<Spec>(whole)) {}
  template <converts_to_node<Node> T>
  listed_node(T&& node) : spec{detail::make_node<Node>(std::forward<T>(node)), 1, {}} {}
  template <converts_to_node<Node> T>
  listed_node(T&& node, node_options options)
      : spec{detail::make_node<Node>(std::forward<T>(node)), options.weight, std::move(options.domain),
             options.leader_weight} {}
  template <converts_to_node<Node> T, integer_id Weight>
  listed_node(T&& node, Weight weight)
      : spec{detail::make_node<Node>(std::forward<T>(node)), detail::make_node<std::int64_t>(weight), {}} {}
  template <converts_to_node<Node> T, integer_id Weight, string_id Domain>
  listed_node(T&& node, Weight weight, const Domain& domain)
      : spec{detail::make_node<Node>(std::forward<T>(node)), detail::make_node<std::int64_t>(weight),
             std::string(string_of(domain))} {}
  // A near miss, for its message.
  template <class T>
    requires(tuple_like<std::remove_cvref_t<T>> && !converts_to_node<T, Node>)
  listed_node(const T&) {
    refuse_listed_node<std::remove_cvref_t<T>>();
  }
};

// A node that is made from one argument.
template <class Node>
struct single_node {
  Node node;
  template <converts_to_node<Node> T>
  single_node(T&& value) : node(detail::make_node<Node>(std::forward<T>(value))) {}
};

// An element of a list in braces that is written with the names of node_spec.
template <class Node>
struct named_node {
  single_node<Node> node;
  std::int64_t weight = 1;
  std::string domain = {};
  std::optional<std::int64_t> leader_weight = {};
};

// A node that is an aggregate may also be written as the list of its members: {{"a", 8080}, 2}.
template <class Node>
using node_literal = std::conditional_t<std::is_aggregate_v<Node>, node_spec<Node>, named_node<Node>>;

// Appends an element of a range.
template <class Node, class Element>
void append_node(std::vector<node_spec<Node>>& list, Element&& element) {
  using type = std::remove_cvref_t<Element>;
  if constexpr (std::same_as<type, node_spec<Node>>) {
    list.push_back(std::forward<Element>(element));
  } else if constexpr (std::same_as<type, listed_node<Node>>) {
    list.push_back(std::forward<Element>(element).spec);
  } else if constexpr (std::same_as<type, named_node<Node>>) {
    list.push_back({element.node.node, element.weight, element.domain, element.leader_weight});
  } else if constexpr (makes_node<Element, Node>) {
    list.push_back({detail::make_node<Node>(std::forward<Element>(element)), 1, {}});
  } else {
    refuse_listed_node<type>();
  }
}

// Copies a range of descriptions, or of plain nodes (weight 1), into a list.
template <class Node, class Specs>
std::vector<node_spec<Node>> to_specs(Specs&& specs) {
  if constexpr (std::same_as<Specs, std::vector<node_spec<Node>>>) {
    return std::move(specs);  // an rvalue
  } else {
    static_assert(range_of_nodes<Specs>,
                  "quoit: a string is one node and not a list of nodes. Write it in braces: assign({\"a\"})");
    std::vector<node_spec<Node>> list;
    if constexpr (range_of_nodes<Specs>) {
      for (auto&& element : specs) detail::append_node(list, std::forward<decltype(element)>(element));
    }
    return list;
  }
}

template <class Node>
class nodes_argument {
 public:
  nodes_argument() = default;
  nodes_argument(std::initializer_list<listed_node<Node>> nodes) : specs_(detail::to_specs<Node>(nodes)) {}
  // A template, so that the list above is preferred where both fit.
  template <class Literal = node_literal<Node>>
  nodes_argument(std::initializer_list<std::type_identity_t<Literal>> nodes) : specs_(detail::to_specs<Node>(nodes)) {}
  template <std::ranges::input_range Range>
    requires(!std::same_as<std::remove_cvref_t<Range>, nodes_argument>)
  nodes_argument(Range&& range) : specs_(detail::to_specs<Node>(std::forward<Range>(range))) {}

  [[nodiscard]] std::vector<node_spec<Node>> take() noexcept { return std::move(specs_); }

 private:
  std::vector<node_spec<Node>> specs_;
};

template <class Id, class Node>
concept id_in_list = std::same_as<Id, Node> || (integer_id<id_type<Node>> ? integer_id<Id> : string_id<Id>);

// The id of a node in a list in braces: a string, an integer, or a node. It is made from one argument only, so that
// {"a", "b"} is two ids and never one string from the first pointer to the second. Valid as long as its argument.
template <class Node>
struct listed_id {
  id_type<Node> id;
  template <id_in_list<Node> Id>
  listed_id(const Id& value) : id(detail::make_node<id_type<Node>>(id_of(value))) {}
  // Braces around an integer are not an id: in {0, 1, {2}} they are the nodes of a range of slots.
  template <integer_id Id>
  listed_id(std::initializer_list<Id>) QUOIT_DETAIL_TEMPORARY("a range of slots is {first, last, {id, ...}}");
  friend id_type<Node> quoit_id(const listed_id& listed) noexcept { return listed.id; }
};

// The node type that a list of T stands for: std::string for all kinds of strings.
template <class T>
struct node_of_list {
  using type = std::conditional_t<string_id<T>, std::string, T>;
};
template <class Node>
struct node_of_list<node_spec<Node>> {
  using type = Node;
};
template <class T>
using node_of_list_t = typename node_of_list<std::remove_cvref_t<T>>::type;

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
