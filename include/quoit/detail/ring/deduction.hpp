// SPDX-License-Identifier: MIT
// The node type of a ring that is declared without one.
//
//   ring r({"a", "b", {"c", {.weight = 2}}})     ring<std::string>: strings of all kinds, and lists in braces
//   ring r({1, 2, 3})                            ring<int>
//   ring r(servers)                              the element type of the range, or the node type of its node_spec
#pragma once

#include <initializer_list>
#include <ranges>
#include <string>

#include <quoit/detail/placement/nodes_argument.hpp>
#include <quoit/fwd.hpp>
#include <quoit/ring_options.hpp>
#include <quoit/slots.hpp>
#include <quoit/xxhash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

ring(std::initializer_list<detail::listed_node<std::string>>, ring_options = {}) -> ring<>;
template <class T, class Hash = xxh3, class Slots = whole_circle>
ring(std::initializer_list<T>, ring_options = {}, Hash = {}, Slots = {})
    -> ring<detail::node_of_list_t<T>, Hash, Slots>;
template <detail::range_of_nodes Nodes, class Hash = xxh3, class Slots = whole_circle>
  requires(!detail::tuple_like<std::ranges::range_value_t<Nodes>>)
ring(Nodes&&, ring_options = {}, Hash = {}, Slots = {})
    -> ring<detail::node_of_list_t<std::ranges::range_value_t<Nodes>>, Hash, Slots>;

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
