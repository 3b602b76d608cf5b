// SPDX-License-Identifier: MIT
// std::formatter for everything that quoit prints: std::format("{}", move), std::format("{:>12}", share).
//
// The text is that of to_string(value). The format is that of a string: fill, alignment, width and precision. Without
// <format> in the standard library (__cpp_lib_format), this header adds nothing to print.hpp; to_string and operator<<
// work everywhere.
//
// Rejected: including it in the headers of the types, because <format> alone costs more compile time than a ring.
#pragma once

#include <string>       // IWYU pragma: keep
#include <string_view>  // IWYU pragma: keep
#include <version>      // IWYU pragma: keep

#include <quoit/print.hpp>    // IWYU pragma: keep
#include <quoit/version.hpp>  // IWYU pragma: keep

#if defined(__cpp_lib_format)
#include <format>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

class share;
struct position_range;
struct fingerprint;
template <class Node>
struct arc;
template <class Node>
struct move;

namespace detail {

// Whether this header has a formatter for T.
template <class T>
inline constexpr bool formatted = printed<T>;
template <>
inline constexpr bool formatted<share> = true;
template <>
inline constexpr bool formatted<position_range> = true;
template <>
inline constexpr bool formatted<fingerprint> = true;
template <class Node>
inline constexpr bool formatted<arc<Node>> = true;
template <class Node>
inline constexpr bool formatted<move<Node>> = true;

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit

/// Formats to_string(value) as a string.
template <class T>
  requires quoit::detail::formatted<T>
struct std::formatter<T, char> : std::formatter<std::string_view, char> {
  /// Writes the text. O(length of the text), allocates.
  template <class Context>
  auto format(const T& value, Context& context) const {
    const std::string text(to_string(value));
    return std::formatter<std::string_view, char>::format(std::string_view(text), context);
  }
};

#if defined(__cpp_lib_format_ranges)
// These types are ranges, which the library would format in its own way.
template <class Node>
constexpr auto std::format_kind<quoit::preference_list<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::access_set<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::balance<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::node_range<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::slot_replicas<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::key_groups<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::key_diff<Node>> = std::range_format::disabled;
template <class Node>
constexpr auto std::format_kind<quoit::placement_diff<Node>> = std::range_format::disabled;
template <class Steps>
constexpr auto std::format_kind<quoit::node_walk<Steps>> = std::range_format::disabled;
template <class Table>
constexpr auto std::format_kind<quoit::slot_plan<Table>> = std::range_format::disabled;
template <class Table>
constexpr auto std::format_kind<quoit::slot_plans<Table>> = std::range_format::disabled;
template <>
inline constexpr auto std::format_kind<quoit::startable_moves> = std::range_format::disabled;
#endif
#endif
