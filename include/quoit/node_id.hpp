// SPDX-License-Identifier: MIT
// node_id: the id of a node of any type, as a value, for options that name nodes.
//
//   {.locked = {"rs1"}}     {.locked = {7}}     {.locked = {server}}     a string, an integer, a type with quoit_id
//
// It owns its text, so that options may outlive what they were made from. A string and an integer are never equal.
//
// Rejected: a template parameter of the options, which every caller would have to write; a string_view, which an id
// made from a temporary string would leave dangling.
#pragma once

#include <concepts>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/key.hpp>
#include <quoit/node.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The id of a node of any type: a string or an integer. Threads: not synchronised, like a built-in type.
class node_id {
 public:
  /// From a string, an integer, or a node with quoit_id. O(length of the id), allocates for long ids.
  template <class Node>
    requires(!std::same_as<Node, node_id> &&
             (detail::string_id<Node> || detail::integer_id<Node> || detail::identified<Node>))
  node_id(const Node& node) {
    const auto id = detail::id_of(node);
    using id_type = std::remove_const_t<decltype(id)>;
    if constexpr (std::same_as<id_type, std::string_view>) {
      text_ = id;
    } else {
      is_integer_ = true;
      negative_ = std::cmp_less(id, 0);
      integer_ = static_cast<std::uint64_t>(id);
    }
  }

  /// Whether the id is an integer. O(1).
  [[nodiscard]] bool is_integer() const noexcept { return is_integer_; }
  /// The id as text, for messages. O(length of the id), allocates.
  [[nodiscard]] std::string text() const {
    if (!is_integer_) return text_;
    return negative_ ? std::to_string(static_cast<std::int64_t>(integer_)) : std::to_string(integer_);
  }

  /// Whether both ids are the same: the same text, or the same integer whatever its type. O(length of the id).
  friend bool operator==(const node_id&, const node_id&) noexcept = default;

  /// Calls use(id) with the id as a std::string_view, a std::int64_t if it is negative, or a std::uint64_t. O(1) and
  /// the call.
  template <class Use>
  decltype(auto) visit(const Use& use) const& {
    if (!is_integer_) return use(std::string_view(text_));
    return negative_ ? use(static_cast<std::int64_t>(integer_)) : use(integer_);
  }

 private:
  std::string text_;
  std::uint64_t integer_ = 0;
  bool is_integer_ = false;
  bool negative_ = false;
};

namespace detail {

// The index of the element with this id in a list in id order, or `none`: also if the id is of the other kind.
// O(log size).
template <class List, class NodeOf>
[[nodiscard]] std::uint32_t find_node_id(const List& list, const node_id& id, const NodeOf& node_of) noexcept {
  using known = decltype(id_of(node_of(*std::ranges::begin(list))));
  return id.visit([&](const auto& value) {
    if constexpr (std::integral<known> == std::integral<std::remove_cvref_t<decltype(value)>>)
      return find_by_id(list, value, node_of);
    else return none;
  });
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
